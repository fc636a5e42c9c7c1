//! The runs themselves: every arrival a decision of the engine's.

use std::fs;

use longshore::Error;
use longshore::store::{FileLog, Storage};
use longshore_sim::cluster::{self, Cluster};
use longshore_sim::draws::Draw;
use longshore_sim::measure::CurvePoint;
use longshore_sim::policy::{Policy, UnknownPolicy};
use longshore_sim::results::{ResultRow, Run, Timing};

use super::SimulateError;
use super::plan::Plan;
use crate::progress::Progress;
use crate::stopwatch::stopwatch;

/// Decisions between two steps of the progress bar.
const STEP: u64 = 32;

/// The runs of a policy, one for each draw of the plan.
pub(super) struct PolicyRuns {
    /// Who decided.
    pub(super) policy: Policy,
    /// What came of it; never empty.
    pub(super) runs: Vec<Finished>,
}

/// What is kept of a run.
pub(super) struct Finished {
    /// Its rows in the results: one or two.
    pub(super) rows: Vec<ResultRow>,
    /// Its measures along the arrivals.
    pub(super) curve: Vec<CurvePoint>,
    /// When a task that takes any model was first refused, in % of arrivals (GPU-32).
    pub(super) first_refusal_pct: Option<f64>,
}

/// Runs every policy on every draw, one after the other.
pub(super) fn run(plan: &Plan, quiet: bool) -> Result<Vec<PolicyRuns>, SimulateError> {
    if let Some(path) = &plan.logs {
        let refused = |error| SimulateError::Directory { path: path.clone(), error };
        fs::create_dir_all(path).map_err(refused)?;
    }
    let arrivals: usize = plan.draws.iter().map(|draw| draw.arrivals.len()).sum();
    let decisions = (arrivals * plan.policies.len()) as u64;
    let progress = Progress::new(decisions, "decisions", quiet);
    let mut results = Vec::with_capacity(plan.policies.len());
    for &policy in &plan.policies {
        let runs = plan.draws.iter().map(|draw| one(plan, policy, draw, &progress));
        results.push(PolicyRuns { policy, runs: runs.collect::<Result<_, _>>()? });
    }
    progress.finish();
    Ok(results)
}

/// All rows, in the order of the runs.
pub(super) fn rows(results: &[PolicyRuns]) -> Vec<ResultRow> {
    let runs = results.iter().flat_map(|of_policy| &of_policy.runs);
    runs.flat_map(|run| run.rows.iter().cloned()).collect()
}

/// One run.
fn one(plan: &Plan, policy: Policy, draw: &Draw, progress: &Progress) -> Result<Finished, SimulateError> {
    progress.message(&format!("{policy}, seed {}", draw.seed));
    let storage = match plan.log(policy, draw.seed) {
        Some(file) => Some(Box::new(FileLog::open(file)?) as Box<dyn Storage>),
        None => None,
    };
    let refused = |error: Error| SimulateError::Engine { policy, seed: draw.seed, error: Box::new(error) };
    let how = cluster::policy(policy.name(), &plan.mix);
    let how = how.map_err(|unknown| UnknownPolicy { found: unknown.asked })?;
    let cluster = Cluster::new(&plan.workload, draw, how, storage).map_err(refused)?;
    let step = |arrivals: u64| {
        if arrivals.is_multiple_of(STEP) {
            progress.advance(STEP);
        }
    };
    let outcome = cluster::run(&plan.workload, draw, &plan.mix, cluster, stopwatch(), step).map_err(refused)?;
    progress.advance(draw.arrivals.len() as u64 % STEP);
    let mut nanos = outcome.nanos;
    let run = Run {
        workload: &plan.workload.name,
        policy: policy.name(),
        seed: draw.seed,
        measure: &outcome.measure,
        decisions: draw.arrivals.len() as u64,
        timing: Timing::of(&mut nanos),
        digest: outcome.decisions,
    };
    Ok(Finished {
        rows: ResultRow::of(&run),
        curve: outcome.measure.curve(),
        first_refusal_pct: outcome.measure.first_refusal_pct(),
    })
}
