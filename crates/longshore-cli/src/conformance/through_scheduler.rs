//! Recorded evaluations of service and batch jobs, run by the scheduler that ships: the world becomes a state, the exact
//! search places. Places, scores, victims, what failed and what is known of classes must be what is recorded. Reasons are
//! texts by then: they must be those of the select in the library, which answers the kinds themselves.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use longshore::scheduler::{Ids, Outcome, Preemption, Scheduler, Settings};
use longshore::store::{AllocExtra, Batch, Change, Cohort, JobBody, Kind, NewAlloc, Placed, State};
use longshore_model::{AllocMetric, Allocation, EvalId, Evaluation, Job, JobType, Map, Resources, Time};
use longshore_placement::{Policy, Scan};
use serde_json::{Value, json};

use super::case::Case;
use super::kinds::driver::{self, compare};
use super::kinds::placement_blocked;
use super::world::World;

const NOW: Time = Time(1_700_000_000_000_000_000);

/// A job as it is registered; versions of the recordings do not matter here.
fn registered(job: &Arc<Job>) -> Arc<Job> {
    Arc::new(Job { create_index: 1, modify_index: 1, job_modify_index: 1, ..Job::clone(job) })
}

/// The number in an allocation's name.
fn number(name: &str) -> u32 {
    name.rsplit_once('[').and_then(|(_, rest)| rest.trim_end_matches(']').parse().ok()).expect("an allocation's name")
}

/// An allocation as it was placed, and as it is now.
fn stored(alloc: &Allocation, jobs: &BTreeMap<&str, Arc<Job>>) -> [Change; 2] {
    let cohort = Cohort {
        job: JobBody(jobs[&*alloc.job_id].clone()),
        group: alloc.task_group.clone(),
        resources: Arc::new(alloc.allocated_resources.clone().unwrap_or_default()),
        create_index: 1,
        ..Cohort::default()
    };
    let extra = (!alloc.preempted_by_allocation.is_empty()).then(|| {
        Arc::new(AllocExtra { preempted_by_allocation: alloc.preempted_by_allocation.clone(), ..AllocExtra::default() })
    });
    let placed = NewAlloc {
        id: alloc.id.clone(),
        node_id: alloc.node_id.clone(),
        index: number(&alloc.name),
        extra: extra.clone(),
    };
    let now = longshore::store::ChangedAlloc {
        id: alloc.id.clone(),
        desired_status: alloc.desired_status,
        client_status: alloc.client_status,
        alloc_modify_index: 1,
        extra,
        ..longshore::store::ChangedAlloc::default()
    };
    [Change::Place(Placed { cohort: Arc::new(cohort), allocs: [placed].into_iter().collect() }), Change::PutAlloc(now)]
}

/// A world as a state.
fn state(world: &World) -> State {
    let jobs: BTreeMap<&str, Arc<Job>> = world.jobs.iter().map(|job| (&*job.id, registered(job))).collect();
    let nodes = world.nodes.iter().map(|node| Change::PutNode(Arc::new(node.clone())));
    let put = jobs.values().map(|job| Change::PutJob(job.clone()));
    let allocs = world.stored.iter().flat_map(|alloc| stored(alloc, &jobs));
    let changes = nodes.chain(put).chain(allocs).collect();
    let mut state = State::new();
    state.apply(&Batch { index: 1, time: NOW, kind: Kind::PlanResult, changes }).expect("a sound world");
    state.check_invariants().expect("a sound state");
    state
}

fn process(world: &World, state: &State) -> Outcome {
    let policy = Policy::builtin(if world.settings.spread { "spread" } else { "bin-pack" }, &[]).expect("a policy");
    let settings = Settings {
        memory_oversubscription: world.settings.oversubscription,
        preemption: Preemption { service: world.settings.preempt, batch: world.settings.preempt },
    };
    let eval = Evaluation {
        id: EvalId::from("eval"),
        namespace: world.job.namespace.clone(),
        job_id: world.job.id.clone(),
        kind: world.job.kind.clone(),
        priority: world.job.priority,
        ..Evaluation::default()
    };
    Scheduler::new(policy, Ids::new(1)).with_settings(settings).process(state, &eval, NOW)
}

/// What the scheduler wants done, as the kinds record it.
fn answer(world: &World, state: &State, outcome: &Outcome) -> Value {
    let plan = &outcome.plan;
    let victims =
        |by| plan.preemptions.iter().filter(move |victim| victim.by == by).map(|victim| victim.id.to_string());
    let placements = plan.placements.iter().map(|placed| {
        json!({
            "name": format!("{}.{}[{}]", world.job.id, placed.group, placed.index),
            "node": state.node_at(placed.node).expect("a node").name,
            "preempted": victims(placed.id.clone()).collect::<Vec<_>>(),
            "normalized": placed.score,
        })
    });
    let failed = outcome.failed.iter().map(|(group, metric)| (group.to_string(), failure(metric)));
    let mut answer = json!({
        "placements": placements.collect::<Vec<_>>(),
        "failed": failed.collect::<serde_json::Map<_, _>>(),
        "queued": outcome.queued.iter().map(|(group, queued)| (group.to_string(), *queued)).collect::<BTreeMap<_, _>>(),
    });
    // DIFF-22: with several groups, those that failed tell.
    if world.job.task_groups.len() == 1 {
        let blocked = outcome.blocked.iter().map(|_| placement_blocked::blocked(world, &outcome.eligibility, None));
        answer["blocked"] = blocked.collect();
    }
    answer
}

/// Why a group failed, but for the reasons: they are texts by now.
fn failure(metric: &AllocMetric) -> Value {
    let map = |map: &Map<i64>| {
        let entries = || map.iter().map(|(name, count)| (name.clone(), json!(count)));
        if map.is_null() { Value::Null } else { entries().collect() }
    };
    let wanted = |(task, wanted): (&String, &Resources)| {
        (task.clone(), json!({ "cpu": wanted.cpu, "memory": wanted.memory_mb }))
    };
    let wanted: BTreeMap<String, Value> = metric.resources_exhausted.iter().map(wanted).collect();
    json!({
        "coalesced": metric.coalesced_failures,
        "evaluated": metric.nodes_evaluated,
        "filtered": metric.nodes_filtered,
        "exhausted": metric.nodes_exhausted,
        "class_filtered": map(&metric.class_filtered),
        "class_exhausted": map(&metric.class_exhausted),
        "nodes_available": map(&metric.nodes_available),
        "nodes_in_pool": metric.nodes_in_pool,
        "node_pool": metric.node_pool,
        "resources_exhausted": if wanted.is_empty() { Value::Null } else { json!(wanted) },
    })
}

/// What the scheduler does not tell as the kinds do: reasons are texts, parts of scores are told of the first placements.
/// With several groups, those that failed tell of classes (DIFF-22).
const NOT_TOLD: [&str; 4] = ["constraints", "dimensions", "scores", "blocked"];

/// Leaves of both sides what both tell. The kinds record different members; a failure is one even where none is recorded.
fn in_common(expect: &Value, got: &mut Value) -> Value {
    match (expect, got) {
        (Value::Object(expect), Value::Object(got)) => {
            let failed = |member: &str, value: &Value| member == "failed" && *value != json!({});
            got.retain(|member, value| expect.contains_key(member) || failed(member, value));
            let both = expect.iter().filter_map(|(member, value)| match got.get_mut(member) {
                Some(got) => Some((member.clone(), in_common(value, got))),
                None if NOT_TOLD.contains(&member.as_str()) => None,
                None => Some((member.clone(), value.clone())),
            });
            both.collect()
        }
        (Value::Array(expect), Value::Array(got)) if expect.len() == got.len() => {
            expect.iter().zip(got).map(|(expect, got)| in_common(expect, got)).collect()
        }
        (expect, _) => expect.clone(),
    }
}

#[test]
fn place_3_to_123_the_scheduler_answers_recorded_evaluations() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases");
    let (mut run, mut differ) = (0, Vec::new());
    for kind in ["select_many", "preempt", "placement_blocked"] {
        let text = std::fs::read_to_string(cases.join(format!("{kind}.jsonl"))).unwrap();
        for case in text.lines().map(|line| serde_json::from_str::<Case>(line).unwrap()) {
            let world = World::read(&case.input).unwrap();
            if matches!(world.job.kind, JobType::System | JobType::SysBatch) {
                continue;
            }
            run += 1;
            let state = state(&world);
            let outcome = process(&world, &state);
            let mut got = answer(&world, &state, &outcome);
            let case = Case { expect: in_common(&case.expect, &mut got), ..case };
            if let Some(difference) = compare(&case, &got) {
                differ.push(format!("{kind} {}: {difference}", case.name));
            }
            // Reasons are texts here: those of the select in the library, which are recorded.
            let settings = longshore_placement::Settings { carry_over: false, ..world.settings };
            let run = driver::run(&world, Scan::new(&world.job, &world.nodes), settings);
            for (group, metric) in &outcome.failed {
                let reasons =
                    |metric: &AllocMetric| format!("{:?} {:?}", metric.constraint_filtered, metric.dimension_exhausted);
                let plain = run.failed.get(&**group).map(|record| reasons(&record.metric()));
                if plain != Some(reasons(metric)) {
                    differ.push(format!("{kind} {} {group}: {plain:?} {}", case.name, reasons(metric)));
                }
            }
        }
    }
    assert!(differ.is_empty(), "{} of {run} differ:\n{}", differ.len(), differ.join("\n"));
    assert!(run > 500, "{run} evaluations were run");
}
