//! The chart of a simulation: allocation against arrivals, a line for each policy.

use std::collections::BTreeMap;

use super::plan::Plan;
use super::runs::PolicyRuns;
use crate::chart::{Chart, Series};

/// The chart of all policies, each the mean of its runs.
pub(super) fn chart(plan: &Plan, results: &[PolicyRuns]) -> Chart {
    let mean_of = if plan.draws.len() > 1 { "mean of " } else { "" };
    let series: Vec<Series> = results.iter().map(|of| Series::new(of.policy.name(), mean(of))).collect();
    Chart {
        title: format!("GPUs allocated, {}, {mean_of}{}", plan.title, plan.seeds()),
        subtitle: format!("{}; {}, placed or refused one by one", plan.cluster(), plan.arrivals()),
        x_label: "GPUs that arrivals have asked for, % of all GPUs".to_owned(),
        y_label: "GPUs allocated, % of all GPUs".to_owned(),
        x_range: full(&series),
        series,
        ..Chart::default()
    }
}

/// From a little before the first policy is full, to the end: all is allocated that is asked for
/// before, or nearly so. `None` where arrivals end too early for that.
fn full(series: &[Series]) -> Option<(f64, f64)> {
    const STEP: f64 = 5.0;
    let ends = || series.iter().filter_map(|line| line.points.last());
    let to = ends().map(|end| end.0).reduce(f64::max)?;
    let least = ends().map(|end| end.1).reduce(f64::min)?;
    let from = ((least / STEP).floor() - 1.0) * STEP;
    (from > 0.0 && to - from >= 4.0 * STEP).then_some((from, to))
}

/// Allocation at every whole % of arrivals that a run has, over the runs that have it.
fn mean(of: &PolicyRuns) -> Vec<(f64, f64)> {
    let mut sums: BTreeMap<u64, (f64, u32)> = BTreeMap::new();
    for point in of.runs.iter().flat_map(|run| &run.curve) {
        let (sum, runs) = sums.entry(point.arrivals_pct).or_default();
        *sum += point.allocated_pct;
        *runs += 1;
    }
    sums.into_iter().map(|(x, (sum, runs))| (x as f64, sum / f64::from(runs))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_cluster_is_shown_large() {
        let line = |end: (f64, f64)| Series::new("", vec![(0.0, 0.0), end]);
        assert_eq!(full(&[line((130.0, 95.3)), line((130.0, 86.0))]), Some((80.0, 130.0)));
        assert_eq!(full(&[line((20.0, 19.9))]), None, "nothing is full at 20%");
        assert_eq!(full(&[line((130.0, 3.0))]), None);
        assert_eq!(full(&[]), None);
    }
}
