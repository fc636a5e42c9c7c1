//! One decision: a job of one task is registered, evaluated, placed and committed, on a storage in memory.
//!
//! The cluster fills while it is measured, and starts over, unmeasured, when it is full or the trace is at its end: so
//! the time is the mean over a cluster's life, and more iterations do not mean a fuller cluster.
#![allow(missing_docs)] // of what `criterion_group!` makes
#![allow(clippy::disallowed_methods)] // measures

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use longshore::model::{Job, Time};
use longshore::{Engine, Options};
use longshore_benches::{node, service};
use longshore_sim::cluster::{Cluster, policy};
use longshore_sim::data_dir::data_dir;
use longshore_sim::draws::{Draw, PUBLISHED_PERCENT};
use longshore_sim::mix::Mix;
use longshore_sim::workload::Workload;

/// A cluster that takes one job after the other.
trait Filling {
    /// An empty cluster.
    fn start_over(&mut self);
    /// The next job; `None` if the cluster has had enough.
    fn next_job(&mut self) -> Option<Job>;
    /// The decision that is measured.
    fn decide(&mut self, job: Job);
}

/// A thousand nodes of four sizes, and the same job under ever new names.
struct Synthetic {
    engine: Engine,
    jobs: usize,
}

/// Of the 150,000 for which there is room.
const SYNTHETIC_JOBS: usize = 20_000;

fn thousand_nodes() -> Engine {
    let mut engine = Engine::new(Options::default());
    for number in 0..1_000 {
        engine.register_node(node(number), Time(0)).expect("a sound node");
    }
    engine
}

impl Filling for Synthetic {
    fn start_over(&mut self) {
        *self = Synthetic { engine: thousand_nodes(), jobs: 0 };
    }

    fn next_job(&mut self) -> Option<Job> {
        self.jobs += 1;
        (self.jobs <= SYNTHETIC_JOBS).then(|| service(&format!("job-{:06}", self.jobs), 1))
    }

    fn decide(&mut self, job: Job) {
        let now = Time::from_secs(self.jobs as i64);
        self.engine.register_job(job, now).expect("a sound job");
        assert_eq!(self.engine.tick(now).expect("memory takes all").placed, 1);
    }
}

/// The cluster of the GPU packing benchmark, and its arrivals.
struct Openb {
    workload: Workload,
    draw: Draw,
    mix: Mix,
    policy: &'static str,
    cluster: Cluster,
    arrivals: usize,
}

impl Openb {
    fn new(workload: Workload, policy: &'static str) -> Openb {
        let draw = Draw::of(&workload, 42, PUBLISHED_PERCENT).expect("a workload with GPUs");
        let mix = Mix::typical(&workload);
        let cluster = Openb::cluster(&workload, &draw, &mix, policy);
        Openb { workload, draw, mix, policy, cluster, arrivals: 0 }
    }

    fn cluster(workload: &Workload, draw: &Draw, mix: &Mix, name: &str) -> Cluster {
        Cluster::new(workload, draw, policy(name, mix).expect("a built-in policy"), None).expect("sound nodes")
    }
}

impl Filling for Openb {
    fn start_over(&mut self) {
        self.cluster = Openb::cluster(&self.workload, &self.draw, &self.mix, self.policy);
        self.arrivals = 0;
    }

    fn next_job(&mut self) -> Option<Job> {
        let row = self.draw.arrivals.get(self.arrivals)?;
        self.arrivals += 1;
        Some(self.cluster.job(&self.workload.tasks[*row as usize]))
    }

    fn decide(&mut self, job: Job) {
        black_box(self.cluster.arrive(job).expect("a sound job"));
    }
}

/// The time of so many decisions.
fn decisions(filling: &mut impl Filling, count: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..count {
        let job = filling.next_job().or_else(|| {
            filling.start_over();
            filling.next_job()
        });
        let job = job.expect("an empty cluster takes a job");
        let start = Instant::now();
        filling.decide(job);
        spent += start.elapsed();
    }
    spent
}

fn register_to_commit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("register_to_commit");
    let mut synthetic = Synthetic { engine: thousand_nodes(), jobs: 0 };
    group.bench_function("one_task/1000_nodes/bin-pack", |bencher| {
        bencher.iter_custom(|count| decisions(&mut synthetic, count));
    });
    let workload = data_dir().ok().and_then(|dir| Workload::named("default", &dir).ok());
    for policy in ["best-fit", "fgd"] {
        // Without the public traces there is nothing to measure.
        let Some(workload) = workload.clone() else { break };
        let mut openb = Openb::new(workload, policy);
        group.bench_function(format!("one_task/openb_1213_nodes/{policy}"), |bencher| {
            bencher.iter_custom(|count| decisions(&mut openb, count));
        });
    }
    group.finish();
}

criterion_group!(benches, register_to_commit);
criterion_main!(benches);
