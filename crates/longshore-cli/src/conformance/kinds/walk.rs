//! `walk`: several selects of one stack, as the reference walks: its shuffle, a few nodes each, and what it keeps between
//! selects (PLACE-9 to PLACE-24, PLACE-93, PLACE-95, FEAS-28).

use std::collections::BTreeSet;

use longshore_model::{Node, NodeId};
use longshore_placement::{Scan, SelectOptions, Selection, Settings, Stack, Visit};
use serde_json::{Value, json};

use super::super::compare::{self, Difference, Level, Rules, first_difference};
use super::world::{self, World};
use super::{Case, Kind, driver, reason};

pub(super) const KIND: Kind = Kind::new("walk", answer).compared(compare);

fn answer(input: &Value) -> Result<Value, String> {
    let world = World::read(&input["world"])?;
    let index = world::snapshot_index(&input["world"]);
    let base = Scan::new(&world.job, &world.nodes);
    let order = base.clone().shuffled(input["eval_id"].as_str().ok_or("there is no eval_id")?, index as u64);
    let names = |scan: &Scan<'_>| scan.nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
    let mut answer = json!({ "snapshot_index": index, "base": names(&base), "order": names(&order) });
    let settings = Settings { visit: Visit::Sampled, preempt: false, ..world.settings };
    let mut stack = Stack::new(&world.job, order, settings);
    let mut plan = world.plan.clone();
    let selects = input["selects"].as_array().into_iter().flatten().enumerate();
    let steps = selects.map(|(k, select)| {
        let group = select["group"].as_str().and_then(|name| world.job.group(name)).ok_or("there is no such group")?;
        let alloc_name = format!("{}.{}[{k}]", world.job.id, group.name);
        let penalty: BTreeSet<NodeId> = named(&world, &select["penalty_nodes"]).map(|node| node.id.clone()).collect();
        let preferred: Vec<&Node> = named(&world, &select["preferred_nodes"]).collect();
        let options = SelectOptions { alloc_name: &alloc_name, penalty: &penalty, preferred: &preferred };
        let find = |id: &NodeId| world.find(id);
        let selection = stack.select(world.census(&plan, &find), group, options);
        let step = step(&world, &selection)?;
        if let Some(chosen) = selection.chosen.filter(|_| select["place"] == true) {
            driver::place(&mut plan, &world, group, &alloc_name, &chosen);
        }
        Ok(step)
    });
    answer["steps"] = steps.collect::<Result<_, String>>()?;
    Ok(answer)
}

fn named<'w>(world: &'w World, names: &'w Value) -> impl Iterator<Item = &'w Node> {
    let names = names.as_array().into_iter().flatten();
    names.filter_map(|name| world.nodes.iter().find(|node| *name == *node.name))
}

fn step(world: &World, selection: &Selection<'_>) -> Result<Value, String> {
    let record = &selection.record;
    let name = |id: &NodeId| world.find(id).map(|node| node.name.clone());
    let scored = record.best.iter();
    let scored = scored.map(|one| json!({ "node": name(&one.node), "normalized": compare::score(one.score) }));
    Ok(json!({
        "node": selection.chosen.as_ref().map(|chosen| &chosen.node.name),
        "evaluated": record.evaluated,
        "filtered": record.filtered.total(),
        "exhausted": record.exhausted.total(),
        "constraints": reason::constraints(record)?,
        "scored": scored.collect::<Vec<_>>(),
    }))
}

/// Reasons come in any order.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    let (mut expected, mut got) = (case.expect.clone(), got.clone());
    for side in [&mut expected, &mut got] {
        let steps = side.get_mut("steps").and_then(Value::as_array_mut);
        steps.into_iter().flatten().for_each(driver::sort_reasons);
    }
    first_difference(&expected, &got, &Rules::DEFAULT.with_scores(&["normalized"]))
}
