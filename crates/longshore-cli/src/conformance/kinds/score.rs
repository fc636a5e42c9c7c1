//! `score`: the scores of all nodes, what the group would get there, and the best (PLACE-37 to PLACE-101).

use longshore_model::{AllocatedTaskResources, JobType};
use longshore_placement::feasible::is_candidate;
use longshore_placement::score::Scores;
use longshore_placement::{Examined, Placed, first_best};
use serde_json::{Map, Value, json};

use super::super::compare::{self, Difference, Level, Rules, first_difference};
use super::world::World;
use super::{Case, Kind, reason};

pub(super) const KIND: Kind = Kind::new("score", answer).compared(compare);

fn answer(input: &Value) -> Result<Value, String> {
    let world = World::read(input)?;
    let system = matches!(world.job.kind, JobType::System | JobType::SysBatch);
    let mut nodes = Map::new();
    let mut scored: Vec<(f64, &str)> = Vec::new();
    for node in &world.nodes {
        if !is_candidate(&world.job, node) {
            nodes.insert(node.name.clone(), json!({ "status": "no-candidate" }));
            continue;
        }
        let examined = world.examine(node)?;
        let mut outcome = reason::outcome(&examined)?;
        if let Examined::Scored(placed, scores) = &examined {
            let mean = scores.mean();
            outcome["normalized"] = compare::score(mean);
            outcome["scores"] = entries(scores, system);
            outcome["resources"] = resources(placed);
            outcome["preempted"] = placed.victims.iter().map(ToString::to_string).collect();
            scored.push((mean, &node.name));
        }
        nodes.insert(node.name.clone(), outcome);
    }
    let mut answer = json!({ "nodes": nodes });
    if !system {
        let best = first_best(scored.iter().copied());
        let mut names: Vec<&str> = scored
            .iter()
            .filter(|(score, _)| best.is_some_and(|(most, _)| *score == most))
            .map(|(_, name)| *name)
            .collect();
        names.sort_unstable();
        match names.as_slice() {
            [] => answer["chosen"] = best.map(|(_, name)| name).into(),
            [one] => answer["chosen"] = (*one).into(),
            _ => answer["tied"] = names.into(),
        }
    }
    Ok(answer)
}

/// Scores as a metric record tells them.
pub(super) fn entries(scores: &Scores, system: bool) -> Value {
    scores.told(system).map(|(name, score)| (name.to_owned(), compare::score(score))).collect::<Map<_, _>>().into()
}

fn resources(placed: &Placed) -> Value {
    let tasks = placed.resources.tasks.iter().map(|(name, held)| (name.clone(), task(held)));
    let mut answer = json!({ "tasks": tasks.collect::<Map<_, _>>() });
    let shared = &placed.resources.shared;
    if !shared.ports.is_empty() {
        let ports = shared.ports.iter().map(|port| (port.label.clone(), json!({ "ip": port.host_ip })));
        answer["ports"] = ports.collect::<Map<_, _>>().into();
    }
    if let Some(network) = shared.networks.first() {
        answer["network_ip"] = Value::from(&*network.ip);
    }
    answer
}

fn task(held: &AllocatedTaskResources) -> Value {
    let mut cores = held.cpu.reserved_cores.to_vec();
    cores.sort_unstable();
    let device = |held: &longshore_model::AllocatedDevice| json!({ "group": format!("{}/{}/{}", held.vendor, held.kind, held.name), "count": held.device_ids.len() });
    let network = held.networks.first();
    json!({
        "cpu": held.cpu.cpu_shares,
        "memory": held.memory.memory_mb,
        "memory_max": held.memory.memory_max_mb,
        "cores": cores,
        "devices": held.devices.iter().map(device).collect::<Vec<_>>(),
        "network": network.map(|one| json!({ "ip": one.ip, "device": one.device, "mbits": one.mbits })),
    })
}

/// Cores are a set.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    let mut expected = case.expect.clone();
    let nodes = expected.get_mut("nodes").and_then(Value::as_object_mut);
    for node in nodes.into_iter().flat_map(Map::values_mut) {
        let tasks = node.pointer_mut("/resources/tasks").and_then(Value::as_object_mut);
        for cores in tasks.into_iter().flat_map(|tasks| tasks.values_mut()).filter_map(|task| task.get_mut("cores")) {
            if let Some(cores) = cores.as_array_mut() {
                cores.sort_by_key(Value::as_i64);
            }
        }
    }
    first_difference(&expected, got, &Rules::DEFAULT.with_scores(&["normalized", "scores"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PLACE-22, PLACE-82: a score that is no number is best if it is first, and no other ties with it.
    #[test]
    fn place_22_82_the_first_best() {
        let empty = json!({ "Networks": [{ "Mode": "host" }] });
        let some = json!({ "Networks": [{ "Mode": "host" }], "Memory": { "MemoryMB": 100 },
            "Cpu": { "CpuShares": 100, "TotalCpuCores": 1 } });
        let task = json!({ "Name": "t", "Driver": "exec", "Resources": { "CPU": 0, "MemoryMB": 0 } });
        let group = json!({ "Name": "g", "EphemeralDisk": { "SizeMB": 0 }, "Tasks": [task] });
        let job = json!({ "ID": "mill", "Type": "service", "TaskGroups": [group] });
        let node = |name: &str, resources: &Value| {
            let attributes = json!({ "driver.exec": "1" });
            json!({ "ID": name, "Name": name, "Attributes": attributes, "NodeResources": resources })
        };
        let table = [([&empty, &some], json!("a"), Value::Null), ([&some, &empty], json!("a"), Value::Null)];
        for (resources, chosen, tied) in table {
            let nodes = [node("a", resources[0]), node("b", resources[1])];
            let answer = answer(&json!({ "nodes": nodes, "job": job, "group": "g" })).unwrap();
            assert_eq!((&answer["chosen"], &answer["tied"]), (&chosen, &tied), "{answer}");
        }
    }
}
