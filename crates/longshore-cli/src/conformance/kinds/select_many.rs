//! `select_many`: all allocations of a job, placed one after the other, and why some find no node (PLACE-3 to PLACE-101,
//! PLACE-127 to PLACE-139).

use serde_json::{Map, Value, json};

use super::super::compare;
use super::world::World;
use super::{Kind, driver, score};

pub(super) const KIND: Kind =
    Kind::new("select_many", |input| answer(input, false)).compared(|case, got, _| driver::compare(case, got));

/// Placements, with whom they displace if that is asked for, and failures.
pub(super) fn answer(input: &Value, preempted: bool) -> Result<Value, String> {
    driver::answer(input, |world, run| tell(world, run, preempted))
}

/// The same of a run.
pub(super) fn tell(world: &World, run: &driver::Run<'_>, preempted: bool) -> Result<Value, String> {
    let system = driver::is_system(world);
    let placement = |one: &driver::Placement| {
        let (normalized, scores) = (compare::score(one.scores.mean()), score::entries(&one.scores, system));
        let mut told = json!({ "name": one.name, "node": one.node, "normalized": normalized, "scores": scores });
        if preempted {
            told["preempted"] = one.victims.clone().into();
        }
        told
    };
    let mut answer = json!({ "placements": run.placements.iter().map(placement).collect::<Vec<_>>() });
    if !run.failed.is_empty() {
        let failed = run.failed.iter().map(|(group, record)| Ok((group.clone(), driver::failed(record)?)));
        answer["failed"] = failed.collect::<Result<Map<_, _>, String>>()?.into();
    }
    Ok(answer)
}
