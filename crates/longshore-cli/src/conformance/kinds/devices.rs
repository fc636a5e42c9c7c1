//! `devices`: which device instances a group gets on a node (PLACE-71 to PLACE-75, PLACE-118, PLACE-119).
//!
//! The engine takes the first free instances; a case lists all that may be taken, so its lists are checked to hold ours.

use std::collections::BTreeSet;

use longshore_model::AllocatedDevice;
use longshore_placement::{Examined, Placed};
use serde_json::{Map, Value, json};

use super::super::compare::{Difference, Level, Rules, first_difference};
use super::world::World;
use super::{Case, Kind, reason};

pub(super) const KIND: Kind = Kind::new("devices", answer).compared(compare);

fn answer(input: &Value) -> Result<Value, String> {
    let world = World::read(input)?;
    let examined = world.examine(world.nodes.first().ok_or("there is no node")?)?;
    let mut answer = reason::outcome(&examined)?;
    if let Examined::Scored(placed, scores) = &examined {
        answer["tasks"] = tasks(placed);
        if let Some(score) = scores.devices {
            answer["score"] = score.into();
        }
        if !placed.victims.is_empty() {
            answer["preempted"] = placed.victims.iter().map(ToString::to_string).collect();
        }
    }
    Ok(answer)
}

fn tasks(placed: &Placed) -> Value {
    let device = |held: &AllocatedDevice| json!({ "group": format!("{}/{}/{}", held.vendor, held.kind, held.name), "ids": held.device_ids.to_vec() });
    let tasks = placed.resources.tasks.iter().filter(|(_, held)| !held.devices.is_empty());
    tasks.map(|(name, held)| (name.clone(), held.devices.iter().map(device).collect())).collect::<Map<_, _>>().into()
}

/// What is taken must be among what may be taken, and nothing twice; the rest compares as it is.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    let mut got = got.clone();
    let distinct = is_distinct(&got["tasks"]);
    let expected = case.expect["tasks"].as_object().into_iter().flatten();
    for (task, wanted) in expected.flat_map(|(task, list)| {
        let list = list.as_array().into_iter().flatten().enumerate();
        list.map(move |(at, wanted)| ((task, at), wanted))
    }) {
        let (task, at) = task;
        let list = got.get_mut("tasks").and_then(|tasks| tasks.get_mut(task));
        let Some(given) = list.and_then(|list| list.get_mut(at)) else { continue };
        let has = |list: &Value, item: &Value| list.as_array().is_some_and(|list| list.contains(item));
        let ids: Vec<&Value> = given["ids"].as_array().into_iter().flatten().collect();
        let allowed = ids.iter().all(|id| has(&wanted["instances_from"], id));
        let group = given["group"] == wanted["group"] || has(&wanted["one_of"], &given["group"]);
        if distinct && allowed && group && wanted["count"] == ids.len() {
            *given = wanted.clone();
        }
    }
    first_difference(&case.expect, &got, &Rules::DEFAULT.with_scores(&["score"]))
}

/// Whether no instance is given to two requests of the group.
fn is_distinct(tasks: &Value) -> bool {
    let given = tasks.as_object().into_iter().flat_map(|tasks| tasks.values());
    let mut seen = BTreeSet::new();
    given.flat_map(|list| list.as_array().into_iter().flatten()).all(|held| {
        let mut ids = held["ids"].as_array().into_iter().flatten();
        ids.all(|id| seen.insert((held["group"].to_string(), id.to_string())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_71_an_instance_is_given_once() {
        let held = |group: &str, ids: &[&str]| json!({ "group": group, "ids": ids });
        let table = [
            (json!({ "a": [held("g", &["0", "1"])], "b": [held("g", &["2"]), held("h", &["0"])] }), true),
            (json!({ "a": [held("g", &["0"])], "b": [held("g", &["0"])] }), false),
            (json!({ "a": [held("g", &["0", "0"])] }), false),
        ];
        for (tasks, distinct) in table {
            assert_eq!(is_distinct(&tasks), distinct, "{tasks}");
        }
    }
}
