//! One evaluation of a fresh job of one task on an empty cluster of the grid, its job registered before.
//!
//! - `seen_before/N_nodes`: other jobs asked for the same; a thousand jobs in turn, so that none is evaluated twice in a
//!   row. It should hardly matter how many nodes there are.
//! - `never_seen/amounts`: no job before asked for as much; `never_seen/constraint`: nor was there one with its constraint.
#![allow(missing_docs)] // of what `criterion_group!` makes
#![allow(clippy::disallowed_methods)] // measures

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use longshore::model::Job;
use longshore_benches::is_test;
use longshore_sim::grid::{Case, EmptyCluster, Registered, job};

const RACKS: usize = 50;
/// Where asks that were never seen are measured.
const NODES: usize = 10_000;
/// Jobs that ask for the same.
const EQUAL: usize = 1_000;
/// Asks that a scheduler sees, each once, before another takes its place.
const NEW: usize = 200;

/// A job of one allocation of the grid's task.
fn one_task(number: usize) -> Job {
    job(&format!("job-{number:04}"), Case { nodes: NODES, racks: RACKS, count: 1, spread: false })
}

fn more_cpu(number: usize) -> Job {
    let mut job = one_task(number);
    job.task_groups.make()[0].tasks.make()[0].resources.cpu += number as i64;
    job
}

fn other_constraint(number: usize) -> Job {
    let mut job = more_cpu(number);
    job.constraints.make()[0].rtarget.push_str(&format!(",x{number}"));
    job
}

/// Evaluates job after job, by a scheduler that has evaluated the first of them twice.
fn seen_before(registered: &Registered, count: u64) -> Duration {
    let mut scheduler = registered.scheduler();
    // The first is served by one pass; the second makes the board that all others use.
    (0..2).for_each(|_| drop(black_box(registered.evaluate(&mut scheduler, 0))));
    let jobs = registered.jobs();
    let start = Instant::now();
    for number in 1..=count as usize {
        black_box(registered.evaluate(&mut scheduler, number % jobs));
    }
    start.elapsed()
}

/// Evaluates job after job, each but once by a scheduler.
fn never_seen(registered: &Registered, count: u64) -> Duration {
    let mut spent = Duration::ZERO;
    let mut left = count as usize;
    while left > 0 {
        let mut scheduler = registered.scheduler();
        let now = left.min(registered.jobs());
        let start = Instant::now();
        for number in 0..now {
            black_box(registered.evaluate(&mut scheduler, number));
        }
        spent += start.elapsed();
        left -= now;
    }
    spent
}

/// Jobs on a cluster, not evaluated yet; one of them is there to be placed.
fn registered(nodes: usize, jobs: usize, job: fn(usize) -> Job) -> Registered {
    let nodes = if is_test() { nodes / 10 } else { nodes };
    let cluster = EmptyCluster::new(nodes, RACKS).expect("sound nodes");
    let registered = cluster.with((0..jobs).map(job)).expect("sound jobs");
    assert_eq!(registered.evaluate(&mut registered.scheduler(), 0).plan.placements.len(), 1);
    registered
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one_task");
    for nodes in [1_000, 2_000, 5_000, 10_000, 20_000, 50_000] {
        let mut made = None;
        group.bench_function(format!("seen_before/{nodes}_nodes"), |bencher| {
            let registered = made.get_or_insert_with(|| registered(nodes, EQUAL, one_task));
            bencher.iter_custom(|count| seen_before(registered, count));
        });
    }
    for (what, job) in [("amounts", more_cpu as fn(usize) -> Job), ("constraint", other_constraint)] {
        let mut made = None;
        group.bench_function(format!("never_seen/{what}/{NODES}_nodes"), |bencher| {
            let registered = made.get_or_insert_with(|| registered(NODES, NEW, job));
            bencher.iter_custom(|count| never_seen(registered, count));
        });
    }
    group.finish();
}

criterion_group!(one_task_benches, benches);
criterion_main!(one_task_benches);
