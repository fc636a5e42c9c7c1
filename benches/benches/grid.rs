//! One evaluation of each case of the reference's benchmark grid, each by a scheduler that has nothing cached for it.
//!
//! `longshore bench grid` measures the same, quicker, and compares with the reference's times.
#![allow(missing_docs)] // of what `criterion_group!` makes
#![allow(clippy::disallowed_methods)] // measures

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use longshore_sim::grid::{Case, EmptyCluster, Registered, job};

/// The job of a case on its cluster, made once a case is measured: names may leave most of them out.
#[derive(Default)]
struct Ground {
    cluster: Option<(usize, usize, EmptyCluster)>,
}

impl Ground {
    fn registered(&mut self, case: Case) -> Registered {
        let made = self.cluster.take().filter(|(nodes, racks, _)| (*nodes, *racks) == (case.nodes, case.racks));
        let new = || EmptyCluster::new(case.nodes, case.racks).expect("sound nodes");
        let cluster = made.map_or_else(new, |(_, _, cluster)| cluster);
        let registered = cluster.with([job("grid", case)]).expect("a sound job");
        self.cluster = Some((case.nodes, case.racks, cluster));
        registered
    }
}

fn evaluations(registered: &Registered, count: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..count {
        let mut scheduler = registered.scheduler();
        let start = Instant::now();
        let outcome = registered.evaluate(&mut scheduler, 0);
        spent += start.elapsed();
        black_box(outcome);
    }
    spent
}

fn grid(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("grid");
    group.sample_size(10);
    let mut ground = Ground::default();
    for case in Case::all() {
        let mut registered = None;
        group.bench_function(case.to_string(), |bencher| {
            let registered = registered.get_or_insert_with(|| ground.registered(case));
            bencher.iter_custom(|count| evaluations(registered, count));
        });
    }
    group.finish();
}

criterion_group!(benches, grid);
criterion_main!(benches);
