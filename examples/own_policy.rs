//! A policy of one's own: a scorer, run on a public GPU trace against a built-in policy.
//!
//! Run it with `cargo run --release --example own_policy`.
#![allow(clippy::print_stdout)] // a program that prints

use std::error::Error;

use longshore::Policy;
use longshore::placement::policy::{BestFit, Occasion, Scorer, Tightest};
use longshore::placement::{Ask, NodeView, WHOLE};
use longshore_sim::cluster::{self, Cluster};
use longshore_sim::data_dir::data_dir;
use longshore_sim::draws::Draw;
use longshore_sim::mix::Mix;
use longshore_sim::workload::Workload;

/// Leaves as little behind that nobody can use: rests of shared GPUs, and whole ones without the CPU to feed them.
#[derive(Debug)]
struct LeastWaste {
    /// What a whole GPU is taken to need, MHz.
    cpu_per_gpu: i64,
}

impl LeastWaste {
    /// Thousandths of GPUs that are of little use while this much CPU is free beside them.
    fn waste(&self, cpu: i64, gpus: impl Iterator<Item = u16>) -> i64 {
        let (mut rests, mut whole) = (0, 0);
        gpus.for_each(|free| if free == WHOLE { whole += 1 } else { rests += i64::from(free) });
        let fed = cpu.max(0) / self.cpu_per_gpu;
        rests / 2 + (whole - fed).max(0) * i64::from(WHOLE)
    }
}

impl Scorer for LeastWaste {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, occasion: Occasion) -> f64 {
        let (cpu, gpus) = (node.free().cpu, node.instances());
        let before = self.waste(cpu, gpus.iter().copied());
        let mut after = gpus.to_vec();
        for request in &ask.devices {
            for _ in 0..request.count {
                // As the chooser below takes them: the fullest instance that still has room.
                let fitting = after.iter_mut().filter(|free| **free >= request.share);
                fitting.min().into_iter().for_each(|free| *free -= request.share);
            }
        }
        let after = self.waste(cpu - ask.amounts.cpu, after.into_iter());
        // Equally wasteful nodes: the best fit among them.
        (before - after) as f64 + BestFit.score(ask, node, occasion) / 1000.0
    }
}

/// What a policy gets allocated of a cluster's GPUs, in %, once arrivals have asked for `percent`.
fn allocated(policy: Policy, workload: &Workload, percent: u32) -> Result<f64, Box<dyn Error>> {
    let (draw, mix) = (Draw::of(workload, 42, percent)?, Mix::typical(workload));
    let cluster = Cluster::new(workload, &draw, policy, None)?;
    let outcome = cluster::run(workload, &draw, &mix, cluster, || 0, |_| ())?;
    outcome.measure.allocated_pct(u64::from(percent)).ok_or_else(|| "no arrival came that far".into())
}

fn compare(percent: u32) -> Result<[f64; 2], Box<dyn Error>> {
    let workload = Workload::named("default", &data_dir()?)?;
    let builtin = Policy::builtin("best-fit", &[])?;
    let own = Policy::new("least-waste", LeastWaste { cpu_per_gpu: 8_000 }, Tightest);
    let mut results = [0.0; 2];
    for (policy, result) in [builtin, own].into_iter().zip(&mut results) {
        let name = policy.name().to_string();
        *result = allocated(policy, &workload, percent)?;
        println!("{name:<12} {:>6.2}% of the GPUs allocated, {percent}% asked for", *result);
    }
    Ok(results)
}

fn main() -> Result<(), Box<dyn Error>> {
    compare(130).map(|_| ())
}

#[test]
fn the_example_runs() -> Result<(), Box<dyn Error>> {
    // While there is room for everything, policies differ in nothing.
    let [builtin, own] = compare(30)?;
    assert_eq!(builtin, own);
    let [builtin, own] = compare(110)?;
    assert!(own > builtin, "{own}% is less than {builtin}%");
    Ok(())
}
