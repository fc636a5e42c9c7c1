//! Prints published figures of the benchmark beside those of the twin.
//!
//! `reproduce recorded [WORKLOAD…]` runs the recorded draws of the published simulator, of which
//! there are five workloads; `reproduce own [WORKLOAD…]` runs draws of our own, on all seventeen.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use longshore_sim::baselines::Baselines;
use longshore_sim::data_dir::data_dir;
use longshore_sim::draws::{Draw, PUBLISHED_PERCENT, PUBLISHED_SEEDS};
use longshore_sim::policy::Policy;
use longshore_sim::reproduction::Reproduction;
use longshore_sim::workload::{WORKLOADS, Workload};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (own, workloads) = match arguments.split_first() {
        Some((draws, workloads)) if draws == "recorded" => (false, workloads),
        Some((draws, workloads)) if draws == "own" => (true, workloads),
        _ => {
            eprintln!("usage: reproduce recorded|own [WORKLOAD…]");
            return ExitCode::from(2);
        }
    };
    match print(own, workloads) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print(own: bool, workloads: &[String]) -> Result<(), Box<dyn Error>> {
    let data_dir = data_dir()?;
    let baselines = Baselines::read(&data_dir)?;
    let all: Vec<String> = WORKLOADS
        .into_iter()
        .filter(|workload| own || record(&data_dir, workload).exists())
        .map(str::to_owned)
        .collect();
    let workloads = if workloads.is_empty() { &all } else { workloads };
    println!("workload     policy           published 100/130   reproduced 100/130  of GPU-33");
    let mut worst: Option<Reproduction> = None;
    for name in workloads {
        let workload = Workload::named(name, &data_dir)?;
        let draws = if own {
            let draw = |seed| Draw::of(&workload, seed, PUBLISHED_PERCENT);
            PUBLISHED_SEEDS.map(draw).collect::<Result<_, _>>()?
        } else {
            Draw::recorded(&record(&data_dir, name), &workload)?
        };
        for reproduction in reproductions(&workload, &draws, &baselines) {
            println!("{}", line(&reproduction));
            let part = reproduction.part_of_bound();
            if worst.as_ref().is_none_or(|worst| part > worst.part_of_bound()) {
                worst = Some(reproduction);
            }
        }
    }
    if let Some(worst) = worst {
        println!("farthest from published, as a part of what GPU-33 allows:\n{}", line(&worst));
    }
    Ok(())
}

/// All published policies, each on a thread of its own.
fn reproductions(workload: &Workload, draws: &[Draw], baselines: &Baselines) -> Vec<Reproduction> {
    std::thread::scope(|scope| {
        let run = |policy| scope.spawn(move || Reproduction::run(workload, draws, policy, baselines));
        let threads = Policy::PUBLISHED.map(run);
        let joined = threads.into_iter().filter_map(|thread| thread.join().ok());
        joined.flatten().collect()
    })
}

fn line(r: &Reproduction) -> String {
    format!(
        "{:<12} {:<15} {:>9.3} {:>8.3}   {:>9.3} {:>8.3}   {:>8.3}",
        r.workload,
        r.policy,
        r.published.allocated_at_100_mean,
        r.published.allocated_at_130_mean,
        r.allocated_at_100.mean,
        r.allocated_at_130.mean,
        r.part_of_bound(),
    )
}

fn record(data_dir: &Path, workload: &str) -> std::path::PathBuf {
    data_dir.join("openb").join("arrivals").join(format!("{workload}.txt"))
}
