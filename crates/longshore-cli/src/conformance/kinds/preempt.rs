//! `preempt`: a job placed on a full cluster, and whom it displaces (PLACE-102 to PLACE-123).
//!
//! Allocation after allocation, each on the best of all nodes: first displacing nobody, then, if that finds none and the
//! configuration allows it, displacing (PLACE-27). System jobs look at one node after the other (PLACE-33). Which
//! allocations are missing is not what the kind shows: those of the group's names that do not run.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{Allocation, DesiredStatus, GroupName, JobType, Node, TaskGroup};
use longshore_placement::account::Shortage;
use longshore_placement::feasible::is_candidate;
use longshore_placement::score::Scores;
use longshore_placement::{Examined, Exhausted, Placed, first_best};
use serde_json::{Map, Value, json};

use super::super::compare::{self, Difference, Level, Rules, first_difference};
use super::world::World;
use super::{Case, Kind, reason, score};

pub(super) const KIND: Kind = Kind::new("preempt", answer).compared(compare);

fn answer(input: &Value) -> Result<Value, String> {
    let mut world = World::read(input)?;
    let job = world.job.clone();
    let system = matches!(job.kind, JobType::System | JobType::SysBatch);
    let (mut placements, mut failed) = (Vec::new(), Map::new());
    for group in &job.task_groups {
        world.group = group.name.to_string();
        let mut record = Record::default();
        let nodes: Vec<Node> = world.nodes.iter().filter(|node| is_candidate(&job, node)).cloned().collect();
        let tries: Vec<(String, Vec<Node>)> = match system {
            true => nodes.iter().map(|node| (format!("{}.{}[0]", job.id, group.name), vec![node.clone()])).collect(),
            false => missing(&world, group).into_iter().map(|name| (name, nodes.clone())).collect(),
        };
        for (name, nodes) in tries {
            if !system && record.failed {
                record.coalesce(group);
                continue;
            }
            world.alloc_name = name;
            match select(&mut world, &nodes, system)? {
                Ok((node, placed, scores)) => placements.push(place(&mut world, &node, *placed, &scores, system)),
                Err(_) if record.failed => record.coalesce(group),
                Err(examined) => record = Record::new(&examined, group)?,
            }
        }
        if record.failed {
            failed.insert(group.name.to_string(), record.answer());
        }
    }
    let mut answer = json!({ "placements": placements });
    if !failed.is_empty() {
        answer["failed"] = failed.into();
    }
    Ok(answer)
}

/// The group's names without a running allocation, ascending.
fn missing(world: &World, group: &TaskGroup) -> Vec<String> {
    let names = (0..group.count).map(|index| format!("{}.{}[{index}]", world.job.id, group.name));
    let taken = |name: &String| world.stored.iter().any(|alloc| alloc.name == *name && !alloc.terminal());
    names.filter(|name| !taken(name)).collect()
}

type Found = (Node, Box<Placed>, Scores);

/// The best node, or what the last look at all of them said.
fn select(world: &mut World, nodes: &[Node], system: bool) -> Result<Result<Found, Vec<Examined>>, String> {
    let passes: &[bool] = match (system, world.may_preempt) {
        (true, preempt) => &[preempt],
        (false, true) => &[false, true],
        (false, false) => &[false],
    };
    let mut last = Vec::new();
    for preempt in passes {
        world.preempt = *preempt;
        let examined: Vec<Examined> = nodes.iter().map(|node| world.examine(node)).collect::<Result<_, _>>()?;
        let scored = nodes.iter().zip(&examined).filter_map(|(node, examined)| match examined {
            Examined::Scored(placed, scores) => Some((scores.mean(), (node, placed, scores))),
            _ => None,
        });
        if let Some((_, (node, placed, scores))) = first_best(scored) {
            return Ok(Ok((node.clone(), placed.clone(), *scores)));
        }
        last = examined;
    }
    Ok(Err(last))
}

/// Takes the placement into the plan; entries of victims carry no group (PLACE-105).
fn place(world: &mut World, node: &Node, placed: Placed, scores: &Scores, system: bool) -> Value {
    let answer = json!({
        "name": world.alloc_name,
        "node": node.name,
        "normalized": compare::score(scores.mean()),
        "scores": score::entries(scores, system),
        "preempted": placed.victims.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    for victim in world.stored.iter().filter(|alloc| placed.victims.contains(&alloc.id)) {
        let entry = Allocation { task_group: GroupName::default(), ..(**victim).clone() };
        world.plan.preemptions.push(Arc::new(entry));
    }
    world.plan.placements.push(Arc::new(Allocation {
        id: format!("{} {}", world.alloc_name, node.name).into(),
        name: world.alloc_name.clone(),
        namespace: world.job.namespace.clone(),
        job_id: world.job.id.clone(),
        job: Some(world.job.clone()),
        task_group: world.group.as_str().into(),
        node_id: node.id.clone(),
        desired_status: DesiredStatus::Run,
        allocated_resources: Some(placed.resources),
        ..Allocation::default()
    }));
    answer
}

/// Why a group found no node (PLACE-129, PLACE-137, PLACE-138).
#[derive(Default)]
struct Record {
    failed: bool,
    coalesced: u32,
    evaluated: usize,
    filtered: Vec<Value>,
    exhausted: Vec<Value>,
    short_of: (bool, bool),
    resources: BTreeMap<String, (i64, i64)>,
}

impl Record {
    fn new(examined: &[Examined], group: &TaskGroup) -> Result<Record, String> {
        let mut record = Record { failed: true, evaluated: examined.len(), ..Record::default() };
        for one in examined {
            let mut outcome = reason::outcome(one)?;
            match one {
                Examined::Filtered(_) => record.filtered.push(outcome["reason"].take()),
                Examined::Exhausted(Exhausted::Skipped(_)) | Examined::Scored(..) => {}
                Examined::Exhausted(exhausted) => {
                    record.short_of.0 |= *exhausted == Exhausted::Short(Shortage::Cpu);
                    record.short_of.1 |= *exhausted == Exhausted::Short(Shortage::Memory);
                    record.exhausted.push(outcome["reason"].take());
                }
            }
        }
        record.add_resources(group);
        Ok(record)
    }

    fn coalesce(&mut self, group: &TaskGroup) {
        self.coalesced += 1;
        self.add_resources(group);
    }

    fn add_resources(&mut self, group: &TaskGroup) {
        for task in group.tasks.iter().filter(|_| !self.exhausted.is_empty()) {
            let (cpu, memory) = self.resources.entry(task.name.to_string()).or_default();
            *cpu += if self.short_of.0 { task.resources.cpu } else { 0 };
            *memory += if self.short_of.1 { task.resources.memory_mb } else { 0 };
        }
    }

    fn answer(self) -> Value {
        let resources = self.resources.into_iter();
        let resources = resources.map(|(task, (cpu, memory))| (task, json!({ "cpu": cpu, "memory": memory })));
        json!({
            "coalesced": self.coalesced,
            "evaluated": self.evaluated,
            "filtered": self.filtered.len(),
            "exhausted": self.exhausted.len(),
            "constraints": counted(&self.filtered),
            "dimensions": counted(&self.exhausted),
            "resources_exhausted": Some(resources.collect::<Map<_, _>>()).filter(|all| !all.is_empty()),
        })
    }
}

/// Equal reasons once, with their count, in the order of their texts.
fn counted(reasons: &[Value]) -> Vec<Value> {
    let mut counts: BTreeMap<String, (u32, Value)> = BTreeMap::new();
    for reason in reasons {
        counts.entry(reason.to_string()).or_insert_with(|| (0, reason.clone())).0 += 1;
    }
    let with_count = |(count, mut reason): (u32, Value)| {
        reason["count"] = count.into();
        reason
    };
    counts.into_values().map(with_count).collect()
}

/// Reasons come in any order, and scores only where the record kept them.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    let (mut expected, mut got) = (case.expect.clone(), got.clone());
    for side in [&mut expected, &mut got] {
        for record in side["failed"].as_object_mut().into_iter().flat_map(|failed| failed.values_mut()) {
            for list in ["constraints", "dimensions"] {
                if let Some(list) = record[list].as_array_mut() {
                    list.sort_by_key(Value::to_string);
                }
            }
        }
        if let Some(list) = side["placements"].as_array_mut() {
            list.sort_by_key(|one| (one["name"].to_string(), one["node"].to_string()));
        }
    }
    let told = expected["placements"].as_array().cloned().unwrap_or_default();
    for (told, given) in told.iter().zip(got["placements"].as_array_mut().into_iter().flatten()) {
        if told.get("normalized").is_none() {
            given["normalized"] = Value::Null;
            given["scores"] = Value::Null;
        }
    }
    first_difference(&expected, &got, &Rules::DEFAULT.with_scores(&["normalized", "scores"]))
}
