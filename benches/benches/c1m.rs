//! A million allocations, from the registration of their jobs to the last commit, on a storage in memory.
//!
//! `longshore bench c1m` measures the same and compares with what is wanted. `--test` runs a hundredth of it.
#![allow(missing_docs)] // of what `criterion_group!` makes
#![allow(clippy::disallowed_methods)] // measures

use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use longshore_benches::is_test;
use longshore_sim::c1m;

fn million(jobs: usize) -> Duration {
    let mut engine = c1m::cluster().expect("sound nodes");
    let made = (0..jobs).map(c1m::job).collect();
    let start = Instant::now();
    let placed = c1m::run(&mut engine, made).expect("sound jobs");
    let spent = start.elapsed();
    assert_eq!(placed, jobs * c1m::COUNT as usize);
    spent
}

fn c1m(criterion: &mut Criterion) {
    let jobs = if is_test() { c1m::JOBS / 100 } else { c1m::JOBS };
    let mut group = criterion.benchmark_group("c1m");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements((jobs * c1m::COUNT as usize) as u64));
    group.bench_function("register_to_commit", |bencher| {
        bencher.iter_custom(|count| (0..count).map(|_| million(jobs)).sum());
    });
    group.finish();
}

criterion_group!(benches, c1m);
criterion_main!(benches);
