//! A million allocations on ten thousand nodes, of a thousand jobs: what the state weighs, and what work on it costs.
//!
//! Not one of criterion's: building the state is the measurement. Prints a table, with the calibration loop of
//! BENCHMARKS.md beside it; `--test` builds a hundredth of it.
#![allow(clippy::disallowed_methods, clippy::print_stdout)] // it measures, and tells
#![allow(missing_docs)]

use std::alloc::System;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use longshore::model::id::Id;
use longshore::model::{AllocId, ClientStatus, Job, Map, Node, NodeId, TaskEvent, TaskRunState, TaskState, Time};
use longshore::store::{
    AllocExtra, Batch, Change, Cohort, Frame, JobBody, Kind, MemoryStorage, NewAlloc, Placed, State, Storage,
};
use longshore::{Engine, Options};
use longshore_benches::{calibrate, is_test, node, service};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The number after, in a fixed order without a pattern (splitmix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn uuid(number: u64) -> Id {
    Id::from_random((u128::from(mixed(number)) << 64 | u128::from(mixed(!number))).to_le_bytes())
}

fn batch(index: u64, kind: Kind, changes: Vec<Change>) -> Batch {
    Batch { index, time: Time(1_700_000_000_000_000_000 + index as i64), kind, changes }
}

/// Nodes and jobs, and then one batch a job that places its share.
struct Cluster {
    nodes: Vec<Arc<Node>>,
    jobs: Vec<Arc<Job>>,
    allocs: usize,
}

impl Cluster {
    fn new(nodes: usize, jobs: usize, allocs: usize) -> Cluster {
        let node = |number| Arc::new(Node { id: NodeId(uuid(number as u64)), ..node(number) });
        let job = |number| Arc::new(service(&format!("job-{number}"), (allocs / jobs) as i64));
        Cluster { nodes: (0..nodes).map(node).collect(), jobs: (0..jobs).map(job).collect(), allocs }
    }

    /// The state with nodes and jobs.
    fn state(&self) -> State {
        let mut state = State::new();
        let nodes = self.nodes.iter().cloned().map(Change::PutNode).collect();
        state.apply(&batch(1, Kind::NodeRegistration, nodes)).expect("nodes");
        let jobs = self.jobs.iter().cloned().map(Change::PutJob).collect();
        state.apply(&batch(2, Kind::JobRegistered, jobs)).expect("jobs");
        state
    }

    fn share(&self) -> usize {
        self.allocs / self.jobs.len()
    }

    /// The batch that places a job's allocations.
    fn placement(&self, index: u64, job: usize) -> Batch {
        let cohort = Cohort {
            job: JobBody(self.jobs[job].clone()),
            group: "group".into(),
            create_index: index,
            ..Cohort::default()
        };
        let alloc = |ordinal: usize| {
            let number = (job * self.share() + ordinal) as u64;
            let node = mixed(number) as usize % self.nodes.len();
            NewAlloc { id: alloc_id(number), node_id: self.nodes[node].id.clone(), index: ordinal as u32, extra: None }
        };
        let placed = Placed { cohort: Arc::new(cohort), allocs: (0..self.share()).map(alloc).collect() };
        batch(index, Kind::PlanResult, vec![Change::Place(placed)])
    }

    /// The batch that reports an allocation as running, its one task with three events.
    fn report(index: u64, number: u64) -> Batch {
        let time = Time(1_700_000_000_000_000_000 + number as i64);
        let event = |kind: &str, message: &str| TaskEvent {
            kind: kind.into(),
            time,
            message: message.into(),
            ..TaskEvent::default()
        };
        let events = [
            event("Received", "Task received by client"),
            event("Task Setup", "Building Task Directory"),
            event("Started", "Task started by client"),
        ];
        let task = TaskState { state: TaskRunState::Running, events: events.to_vec().into(), ..TaskState::default() };
        let task_states: Map<TaskState> = [("task".to_owned(), task)].into_iter().collect();
        let extra = AllocExtra { task_states: task_states.into(), ..AllocExtra::default() };
        let changed = longshore::store::ChangedAlloc {
            id: alloc_id(number),
            client_status: ClientStatus::Running,
            modify_time: time,
            extra: Some(Arc::new(extra)),
            ..Default::default()
        };
        batch(index, Kind::AllocationUpdated, vec![Change::PutAlloc(changed)])
    }
}

fn alloc_id(number: u64) -> AllocId {
    AllocId(uuid(1 << 40 | number))
}

/// Bytes that live more at the end of some work than at its beginning.
fn grown<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let region = Region::new(ALLOCATOR);
    let done = work();
    (done, living(&region))
}

/// Bytes that live now more than when a region was begun.
fn living(region: &Region<'_, System>) -> f64 {
    let stats = region.change();
    stats.bytes_allocated as f64 - stats.bytes_deallocated as f64
}

/// The time that each of some runs takes, in nanoseconds; what they take is made before.
fn each<I>(runs: usize, prepare: impl FnMut(usize) -> I, run: impl FnMut(I)) -> f64 {
    let inputs: Vec<I> = (0..runs).map(prepare).collect();
    let start = Instant::now();
    inputs.into_iter().for_each(run);
    start.elapsed().as_nanos() as f64 / runs as f64
}

fn row(what: &str, figure: f64, unit: &str, wanted: &str) {
    println!("{what:<58} {figure:>9.1} {unit:<8} {wanted}");
}

fn main() {
    let cluster = if is_test() { Cluster::new(100, 10, 10_000) } else { Cluster::new(10_000, 1_000, 1_000_000) };
    let (jobs, allocs) = (cluster.jobs.len(), cluster.allocs);
    let runs = allocs / 100;
    println!(
        "{} nodes, {jobs} jobs, {allocs} allocations; calibration loop {:.2} ns a step",
        cluster.nodes.len(),
        calibrate()
    );

    let whole = Region::new(ALLOCATOR);
    let ((mut state, insert), bytes) = grown(|| {
        let mut state = cluster.state();
        let place = |job: usize| cluster.placement(3 + job as u64, job);
        let insert = each(jobs, place, |batch| state.apply(&batch).expect("it follows"));
        (state, insert / cluster.share() as f64)
    });
    row("memory, everything of the state, an allocation", bytes / allocs as f64, "bytes", "≤ 200");
    row("bulk insert, a job's at a time, an allocation", insert, "ns", "≤ 800");

    let index = state.index();
    let apply = each(
        runs,
        |run| Cluster::report(index + 1 + run as u64, mixed(run as u64) % allocs as u64),
        |batch| state.apply(&batch).expect("it follows"),
    );
    row("one row applied to a state, no snapshot held", apply / 1_000.0, "µs", "");
    commit("one-row commit on memory storage, no snapshot held", &mut state, runs, allocs, false);
    commit("one-row commit on memory storage, a snapshot before each", &mut state, runs, allocs, true);

    row("a state cloned and dropped", each(runs, |_| (), |()| drop(black_box(state.clone()))), "ns", "");
    // The state's size plays no part in it.
    let engine = Engine::new(Options::default());
    let snapshot = each(runs, |_| (), |()| drop(black_box(engine.snapshot())));
    row("a snapshot taken of an engine and dropped", snapshot, "ns", "≤ 50");
    let spare = Cluster { nodes: cluster.nodes.clone(), jobs: cluster.jobs[..1].to_vec(), allocs: 10 };
    let fork = each(
        runs / 10,
        |run| {
            (0..10u64)
                .map(|write| {
                    let mut one = spare.placement(state.index() + 1 + write, 0);
                    for change in &mut one.changes {
                        let Change::Place(placed) = change else { continue };
                        let id = alloc_id(1 << 30 | (run as u64) << 8 | write);
                        let first = placed.allocs[0].clone();
                        placed.allocs = vec![NewAlloc { id, ..first }].into();
                    }
                    one
                })
                .collect::<Vec<_>>()
        },
        |batches| {
            let mut fork = state.fork();
            batches.iter().for_each(|batch| fork.apply(batch).expect("it follows"));
        },
    );
    row("fork, ten writes of a new allocation, and its drop", fork / 1_000.0, "µs", "≤ 100");
    let lookup = each(
        1,
        |_| (0..runs as u64).map(|run| alloc_id(mixed(run) % allocs as u64)).collect::<Vec<_>>(),
        |ids| {
            ids.iter().for_each(|id| {
                black_box(state.alloc(id));
            })
        },
    );
    row("lookup of an allocation by id, in random order", lookup / runs as f64, "ns", "≤ 600");

    // Some run already, of what was measured before: so all of the state is counted again, and nothing else lives.
    drop((engine, spare));
    for number in 0..allocs as u64 {
        state.apply(&Cluster::report(state.index() + 1, number)).expect("it follows");
    }
    row("memory of a running one, a task with three events", living(&whole) / allocs as f64, "bytes", "≤ 600");
    state.check_invariants().expect("whole");
}

/// Commits rows to memory storage and applies them: the store's part of what an engine does for a write.
fn commit(what: &str, state: &mut State, runs: usize, allocs: usize, held: bool) {
    let index = state.index();
    let mut storage = MemoryStorage::forked(index);
    let mut seen = State::new();
    let frames: Vec<Batch> = (0..runs)
        .map(|run| Cluster::report(index + 1 + run as u64, mixed(index + run as u64) % allocs as u64))
        .collect();
    let time = each(
        runs,
        |run| frames[run].clone(),
        |batch| {
            if held {
                seen = state.clone();
            }
            let frame = Frame::new(state.digest(), vec![batch]);
            storage.commit(state.index(), &frame).expect("memory takes all");
            state.apply_frame(&frame).expect("it follows");
        },
    );
    black_box(&seen);
    row(what, time / 1_000.0, "µs", if held { "≤ 10" } else { "≤ 2" });
}
