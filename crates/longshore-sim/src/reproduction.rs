//! Published figures held against runs of the twin (GPU-33).

use crate::baselines::{Baseline, Baselines};
use crate::draws::{Draw, PUBLISHED_PERCENT};
use crate::policy::Policy;
use crate::results::{FIRST_POINT_PCT, Statistic};
use crate::twin::simulate::{Report, simulate};
use crate::workload::Workload;

/// Figures of our own runs beside the published ones. All are percentages.
#[derive(Debug, Clone, PartialEq)]
pub struct Reproduction {
    /// The workload's name.
    pub workload: String,
    /// The policy.
    pub policy: Policy,
    /// What was published.
    pub published: Baseline,
    /// GPUs allocated at 100% of arrivals (GPU-29).
    pub allocated_at_100: Statistic,
    /// GPUs allocated at 130% of arrivals.
    pub allocated_at_130: Statistic,
    /// Fragmented GPUs at 100%, in % of all (GPU-30).
    pub fragmented_pct_of_gpus_at_100: Statistic,
    /// Fragmented GPUs at 100%, in % of the idle ones (GPU-30).
    pub fragmented_pct_of_idle_at_100: Statistic,
}

impl Reproduction {
    /// Runs a policy over some draws of a workload, one after the other.
    ///
    /// `None` if nothing was published for the two, or the draws end before 130% of arrivals.
    #[must_use]
    pub fn run(workload: &Workload, draws: &[Draw], policy: Policy, baselines: &Baselines) -> Option<Reproduction> {
        let published = *baselines.get(&workload.name, policy)?;
        let reports: Vec<Report> = draws.iter().map(|draw| simulate(workload, draw, policy)).collect();
        let over = |of: &dyn Fn(&Report) -> Option<f64>| {
            let numbers: Option<Vec<f64>> = reports.iter().map(of).collect();
            Statistic::of(&numbers?)
        };
        let last = u64::from(PUBLISHED_PERCENT);
        Some(Reproduction {
            workload: workload.name.clone(),
            policy,
            published,
            allocated_at_100: over(&|r| r.measure.allocated_pct(FIRST_POINT_PCT))?,
            allocated_at_130: over(&|r| r.measure.allocated_pct(last))?,
            fragmented_pct_of_gpus_at_100: over(&|r| r.measure.fragmented_pct_of_gpus(FIRST_POINT_PCT))?,
            fragmented_pct_of_idle_at_100: over(&|r| r.measure.fragmented_pct_of_idle(FIRST_POINT_PCT))?,
        })
    }

    /// Our allocation less the published one, in percentage points, at 100% and at 130%.
    #[must_use]
    pub fn deviations(&self) -> [f64; 2] {
        [
            self.allocated_at_100.mean - self.published.allocated_at_100_mean,
            self.allocated_at_130.mean - self.published.allocated_at_130_mean,
        ]
    }

    /// The larger deviation as a part of what GPU-33 allows: up to 1 is as it should be.
    #[must_use]
    pub fn part_of_bound(&self) -> f64 {
        let [at_100, at_130] = self.deviations();
        let at_100 = at_100.abs() / self.published.bound_at_100();
        at_100.max(at_130.abs() / self.published.bound_at_130())
    }
}
