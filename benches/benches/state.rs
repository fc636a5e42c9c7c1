//! The state: what a write of one row costs, with and without readers that hold on to what was, and lookups by id.
#![allow(missing_docs)] // of what `criterion_group!` makes

use std::hint::black_box;
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use longshore::model::{AllocId, ClientStatus, Node, NodeId, Time};
use longshore::store::{Batch, Change, Kind, State};
use longshore::{Engine, Options};
use longshore_benches::{node, service};

const NODES: usize = 1_000;
const ALLOCS: usize = 100_000;

/// A thousand nodes that run a hundred thousand allocations of ten jobs.
fn state() -> State {
    let (mut engine, now) = (Engine::new(Options::default()), Time(0));
    for number in 0..NODES {
        engine.register_node(node(number), now).expect("a sound node");
    }
    for number in 0..10 {
        engine.register_job(service(&format!("job-{number}"), (ALLOCS / 10) as i64), now).expect("a sound job");
        engine.tick(now).expect("memory takes all");
    }
    assert_eq!(engine.state().alloc_count(), ALLOCS);
    engine.state().clone()
}

/// Batches of one row each, over rows that lie far from each other. Their indexes are set when they are applied.
fn batches(kind: Kind, changes: impl Iterator<Item = Change>) -> Vec<Batch> {
    changes.map(|change| Batch { index: 0, time: Time(0), kind: kind.clone(), changes: vec![change] }).collect()
}

/// Every 97th allocation, reported as running.
fn alloc_batches(state: &State) -> Vec<Batch> {
    let changes = state.allocs().step_by(97).map(|alloc| {
        let mut changed = alloc.changed();
        changed.client_status = ClientStatus::Running;
        Change::PutAlloc(changed)
    });
    batches(Kind::AllocationUpdated, changes)
}

/// Every 7th node, as it is.
fn node_batches(state: &State) -> Vec<Batch> {
    let changes = state.nodes().step_by(7).map(|node: &Arc<Node>| Change::PutNode(node.clone()));
    batches(Kind::NodeRegistration, changes)
}

fn apply(group: &mut BenchmarkGroup<'_, WallTime>, row: &str, state: &State, mut batches: Vec<Batch>) {
    let mut step = 0;
    let mut next = move |state: &mut State| {
        let at = step % batches.len();
        step += 1;
        batches[at].index = state.index() + 1;
        state.apply(&batches[at]).expect("the rows are there");
    };
    group.bench_function(format!("apply_one_{row}/nothing_held"), |bencher| {
        let mut state = state.clone();
        bencher.iter(|| next(&mut state));
    });
    group.bench_function(format!("apply_one_{row}/a_snapshot_taken_before_each"), |bencher| {
        let mut state = state.clone();
        let mut held = state.clone();
        bencher.iter(|| {
            held = state.clone();
            next(&mut state);
        });
        black_box(held);
    });
}

fn lookup(group: &mut BenchmarkGroup<'_, WallTime>, state: &State) {
    let allocs: Vec<AllocId> = state.allocs().step_by(97).map(|alloc| alloc.id().clone()).collect();
    let nodes: Vec<NodeId> = state.nodes().step_by(7).map(|node| node.id.clone()).collect();
    let mut step = 0;
    group.bench_function(format!("lookup_by_id/of_{ALLOCS}_allocs"), |bencher| {
        bencher.iter(|| {
            step += 1;
            black_box(state.alloc(&allocs[step % allocs.len()]))
        });
    });
    group.bench_function(format!("lookup_by_id/of_{NODES}_nodes"), |bencher| {
        bencher.iter(|| {
            step += 1;
            black_box(state.node(&nodes[step % nodes.len()]))
        });
    });
    group.bench_function("snapshot_taken_and_dropped", |bencher| bencher.iter(|| black_box(state.clone())));
}

fn benches_of_state(criterion: &mut Criterion) {
    let state = state();
    let mut group = criterion.benchmark_group("state");
    apply(&mut group, "alloc", &state, alloc_batches(&state));
    apply(&mut group, "node", &state, node_batches(&state));
    lookup(&mut group, &state);
    group.finish();
}

criterion_group!(benches, benches_of_state);
criterion_main!(benches);
