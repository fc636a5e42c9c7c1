//! A small scheduler for the kinds that run a whole evaluation: `select_many`, `preempt`, `placement_blocked` (§5).
//!
//! Group after group, each allocation that is missing is placed by the library's stack, on the best of all nodes, and taken
//! into the plan before the next. (The engine's own scheduler is held to the same cases by a test, `through_scheduler`.) System jobs look at one node after the other. Which allocations are missing is not what
//! these kinds show: those of a group's names that do not run, or ran on a node that is down. Nothing else is stopped, and
//! nothing updated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{AllocId, Allocation, DesiredStatus, JobType, Node, NodeId, NodeStatus, TaskGroup};
use longshore_placement::score::Scores;
use longshore_placement::{
    Chosen, Eligibility, EveryNode, Record, Scan, SelectOptions, Selection, Settings, Stack, Tentative, Wanted,
};
use serde_json::{Map, Value, json};

use super::super::compare::{Difference, Rules, first_difference};
use super::world::World;
use super::{Case, reason};

/// So many allocations a case may ask for: each is looked at by itself.
const MOST_ASKED: i64 = 100_000;

/// What became of an evaluation.
pub(in super::super) struct Run<'w> {
    pub(super) placements: Vec<Placement>,
    /// Why groups found no node, by name.
    pub(in super::super) failed: BTreeMap<String, Record>,
    /// Allocations that are still missing, by group.
    pub(super) queued: BTreeMap<String, i64>,
    /// Blocked evaluations, some of them bound to a node.
    pub(super) blocked: Vec<(Eligibility, Option<&'w Node>)>,
}

/// A new allocation.
pub(super) struct Placement {
    pub(super) name: String,
    pub(super) node: String,
    pub(super) scores: Scores,
    pub(super) victims: Vec<String>,
}

struct Driver<'w> {
    world: &'w World,
    stack: Stack<'w>,
    plan: Tentative,
    run: Run<'w>,
}

/// Places all groups of a world's job by the exact search, and tells how it went.
pub(super) fn answer(input: &Value, tell: impl Fn(&World, &Run<'_>) -> Result<Value, String>) -> Result<Value, String> {
    let world = World::read(input)?;
    let asked = world.job.task_groups.iter().map(|group| group.count.max(0)).fold(0, i64::saturating_add);
    if asked > MOST_ASKED {
        return Err(format!("the job asks for {asked} allocations: at most {MOST_ASKED} are placed"));
    }
    tell(&world, &run(&world, Scan::new(&world.job, &world.nodes), world.settings))
}

/// Places all groups of a world's job.
pub(in super::super) fn run<'w>(world: &'w World, scan: Scan<'w>, settings: Settings) -> Run<'w> {
    let nodes = scan.nodes.clone();
    let run = Run { placements: Vec::new(), failed: BTreeMap::new(), queued: BTreeMap::new(), blocked: Vec::new() };
    let stack = Stack::new(&world.job, scan, settings);
    let mut driver = Driver { world, stack, plan: world.plan.clone(), run };
    driver.plan.stops.extend(lost(world).cloned());
    for group in world.job.task_groups.iter().filter(|group| group.count > 0) {
        match is_system(world) {
            true => driver.on_every(&nodes, group),
            false => driver.one_by_one(group),
        }
    }
    if !is_system(world) && !driver.run.failed.is_empty() {
        driver.run.blocked.push((driver.stack.eligibility(), None));
    }
    driver.run
}

pub(super) fn is_system(world: &World) -> bool {
    matches!(world.job.kind, JobType::System | JobType::SysBatch)
}

impl<'w> Driver<'w> {
    /// Service and batch: after a failure the rest is not tried (PLACE-31).
    fn one_by_one(&mut self, group: &'w TaskGroup) {
        let (mut failure, mut queued): (Option<Record>, i64) = (None, 0);
        for name in missing(self.world, group) {
            if let Some(record) = &mut failure {
                record.coalesce(group);
                queued += 1;
                continue;
            }
            let selection = self.select(group, &name, None);
            match selection.chosen {
                Some(chosen) => self.place(group, &name, &chosen),
                None => {
                    failure = Some(selection.record);
                    queued += 1;
                }
            }
        }
        self.run.queued.insert(group.name.to_string(), queued);
        if let Some(record) = failure {
            self.run.failed.insert(group.name.to_string(), record);
        }
    }

    /// System and sysbatch.
    fn on_every(&mut self, nodes: &[&'w Node], group: &'w TaskGroup) {
        let name = format!("{}.{}[0]", self.world.job.id, group.name);
        let mut every = EveryNode::new(group, nodes.len(), false);
        for node in nodes {
            let selection = self.select(group, &name, Some(node));
            every.note(node, &selection, &self.stack);
            if let Some(chosen) = selection.chosen {
                self.place(group, &name, &chosen);
            }
        }
        let blocked = every.blocked().map(|(node, eligibility)| (eligibility.clone(), Some(node)));
        self.run.blocked.extend(blocked);
        self.run.queued.insert(group.name.to_string(), i64::try_from(every.queued()).unwrap_or(i64::MAX));
        self.run.failed.extend(every.failure().map(|record| (group.name.to_string(), record.clone())));
    }

    fn select(&mut self, group: &'w TaskGroup, alloc_name: &str, on: Option<&'w Node>) -> Selection<'w> {
        let find = |id: &NodeId| self.world.find(id);
        let census = self.world.census(&self.plan, &find);
        let penalty = BTreeSet::new();
        let options = SelectOptions { alloc_name, penalty: &penalty, preferred: &[] };
        match on {
            Some(node) => self.stack.select_on(node, census, group, options),
            None => self.stack.select(census, group, options),
        }
    }

    fn place(&mut self, group: &TaskGroup, name: &str, chosen: &Chosen<'_>) {
        place(&mut self.plan, self.world, group, name, chosen);
        self.run.placements.push(Placement {
            name: name.to_owned(),
            node: chosen.node.name.clone(),
            scores: chosen.scores,
            victims: chosen.placed.victims.iter().map(ToString::to_string).collect(),
        });
    }
}

/// The job's allocations on nodes that are down.
fn lost(world: &World) -> impl Iterator<Item = &Arc<Allocation>> {
    let down = |id: &NodeId| world.find(id).is_some_and(|node| node.status == NodeStatus::Down);
    world.stored.iter().filter(move |alloc| alloc.job_id == world.job.id && !alloc.terminal() && down(&alloc.node_id))
}

/// The group's names without a running allocation, ascending.
fn missing(world: &World, group: &TaskGroup) -> Vec<String> {
    let lost: BTreeSet<&AllocId> = lost(world).map(|alloc| &alloc.id).collect();
    let running = world.stored.iter().filter(|alloc| !alloc.terminal() && !lost.contains(&alloc.id));
    let taken: BTreeSet<&str> = running.map(|alloc| alloc.name.as_str()).collect();
    let names = (0..group.count).map(|index| format!("{}.{}[{index}]", world.job.id, group.name));
    names.filter(|name| !taken.contains(name.as_str())).collect()
}

/// Takes a placement into a plan.
pub(super) fn place(plan: &mut Tentative, world: &World, group: &TaskGroup, name: &str, chosen: &Chosen<'_>) {
    let victims = world.stored.iter().filter(|alloc| chosen.placed.victims.contains(&alloc.id));
    victims.for_each(|victim| plan.displace(victim));
    plan.placements.push(Arc::new(Allocation {
        id: format!("{name} {}", chosen.node.name).into(),
        name: name.to_owned(),
        namespace: world.job.namespace.clone(),
        job_id: world.job.id.clone(),
        job: Some(world.job.clone()),
        task_group: group.name.clone(),
        node_id: chosen.node.id.clone(),
        desired_status: DesiredStatus::Run,
        allocated_resources: Some(chosen.placed.resources.clone()),
        ..Allocation::default()
    }));
}

/// The members of a failure that all kinds tell.
pub(super) fn failed(record: &Record) -> Result<Value, String> {
    let wanted =
        |(task, wanted): (&String, &Wanted)| (task.clone(), json!({ "cpu": wanted.cpu, "memory": wanted.memory }));
    let resources: Map<String, Value> = record.resources_exhausted.iter().map(wanted).collect();
    Ok(json!({
        "coalesced": record.coalesced,
        "evaluated": record.evaluated,
        "filtered": record.filtered.total(),
        "exhausted": record.exhausted.total(),
        "constraints": reason::constraints(record)?,
        "dimensions": reason::dimensions(record)?,
        "resources_exhausted": Some(resources).filter(|all| !all.is_empty()),
    }))
}

/// Brings the reasons of a record into one order.
pub(super) fn sort_reasons(record: &mut Value) {
    for list in ["constraints", "dimensions"] {
        if let Some(list) = record.get_mut(list).and_then(Value::as_array_mut) {
            list.sort_by_key(Value::to_string);
        }
    }
}

/// Reasons come in any order; scores are told only where the record kept them.
pub(in super::super) fn compare(case: &Case, got: &Value) -> Option<Difference> {
    let (mut expected, mut got) = (case.expect.clone(), got.clone());
    for side in [&mut expected, &mut got] {
        let failed = side.get_mut("failed").and_then(Value::as_object_mut);
        failed.into_iter().flat_map(Map::values_mut).for_each(sort_reasons);
        if let Some(list) = side.get_mut("placements").and_then(Value::as_array_mut) {
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use longshore_placement::Visit;

    use super::super::{placement_blocked, select_many};
    use super::*;

    /// Cases were recorded only if several visiting orders gave one answer: the sampled search gives it too.
    #[test]
    fn place_15_21_both_searches_agree_on_recorded_evaluations() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases");
        for kind in [select_many::KIND, super::super::preempt::KIND, placement_blocked::KIND] {
            let text = std::fs::read_to_string(cases.join(format!("{}.jsonl", kind.name))).unwrap();
            for case in text.lines().map(|line| serde_json::from_str::<Case>(line).unwrap()) {
                let world = World::read(&case.input).unwrap();
                let scan = Scan::new(&world.job, &world.nodes);
                let told = |scan, settings| select_many::tell(&world, &run(&world, scan, settings), true).unwrap();
                let exact = told(scan.clone(), world.settings);
                for eval_id in ["de84eda5-6ba9-ae7d-de60-dec23b0a5034", "d7f6d7ce-dacc-e445-0c01-f048c29168f0"] {
                    let settings = Settings { visit: Visit::Sampled, ..world.settings };
                    let order = match is_system(&world) {
                        true => scan.clone(),
                        false => scan.clone().shuffled(eval_id, 600),
                    };
                    assert_eq!(told(order, settings), exact, "{} {} {eval_id}", kind.name, case.name);
                }
            }
        }
    }
}
