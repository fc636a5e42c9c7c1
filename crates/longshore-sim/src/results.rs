//! Results as files: a row for each run and point of measurement, and means over the seeds.

mod write;

use serde::{Deserialize, Serialize};

use crate::measure::Measure;

pub use write::{ResultsError, write_atomically, write_csv, write_json};

/// The point of arrivals, in %, that every run is measured at besides its end (GPU-32).
pub const FIRST_POINT_PCT: u64 = 100;

/// One run at one point of its arrivals; the fields are the columns of a results file, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRow {
    /// The workload's name.
    pub workload: String,
    /// The policy's name.
    pub policy: String,
    /// The seed of the run.
    pub seed: u64,
    /// Arrivals, in % of the GPUs asked for (GPU-28).
    pub arrivals_pct: u64,
    /// GPUs allocated at that point, in %, rounded to 2 decimals (GPU-29).
    pub gpus_allocated_pct: f64,
    /// Fragmented GPUs at that point, in % of all, rounded to 2 decimals (GPU-30).
    pub fragmented_pct_of_gpus: f64,
    /// Fragmented GPUs at that point, in % of the idle ones, rounded to 2 decimals (GPU-30).
    pub fragmented_pct_of_idle: f64,
    /// Decisions of the whole run: one for each arrival (GPU-41).
    pub decisions: u64,
    /// Decisions per second of the whole run; empty if nobody measured it.
    pub decisions_per_s: Option<f64>,
    /// Half of the whole run's decisions took no longer, in µs.
    pub p50_us: Option<f64>,
    /// 99% of the whole run's decisions took no longer, in µs.
    pub p99_us: Option<f64>,
    /// The decision digest of the whole run, 16 hexadecimal digits (GPU-42).
    pub digest: String,
}

/// A run that is over, as far as its rows need it.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// The workload's name.
    pub workload: &'a str,
    /// The policy's name.
    pub policy: &'a str,
    /// The seed.
    pub seed: u64,
    /// What the run achieved.
    pub measure: &'a Measure,
    /// How many decisions it took.
    pub decisions: u64,
    /// How long these took, if anybody measured it.
    pub timing: Option<Timing>,
    /// The decision digest.
    pub digest: u64,
}

/// How long decisions took (GPU-41).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Decisions per second of the time spent on decisions.
    pub decisions_per_s: f64,
    /// The median, in µs.
    pub p50_us: f64,
    /// The 99th percentile, in µs.
    pub p99_us: f64,
}

/// A quantity over several runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Statistic {
    /// Number of runs.
    pub runs: u32,
    /// Their mean (GPU-31).
    pub mean: f64,
    /// The sample standard deviation (GPU-32); `None` for a single run.
    pub sd: Option<f64>,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

/// The runs of a workload and a policy at one point of their arrivals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The workload's name.
    pub workload: String,
    /// The policy's name.
    pub policy: String,
    /// Arrivals, in % of the GPUs asked for.
    pub arrivals_pct: u64,
    /// GPUs allocated, in %.
    pub gpus_allocated_pct: Statistic,
    /// Fragmented GPUs, in % of all.
    pub fragmented_pct_of_gpus: Statistic,
    /// Fragmented GPUs, in % of the idle ones.
    pub fragmented_pct_of_idle: Statistic,
    /// Decisions per second, over the runs that measured it.
    pub decisions_per_s: Option<Statistic>,
}

impl ResultRow {
    /// The rows of a run: at [`FIRST_POINT_PCT`], if arrivals came so far, and at its end.
    #[must_use]
    pub fn of(run: &Run<'_>) -> Vec<ResultRow> {
        let last = run.measure.last_arrivals_pct();
        let mut points = vec![FIRST_POINT_PCT.min(last), last];
        points.dedup();
        let row = |arrivals_pct| {
            let point = run.measure.point(arrivals_pct)?;
            Some(ResultRow {
                workload: run.workload.to_owned(),
                policy: run.policy.to_owned(),
                seed: run.seed,
                arrivals_pct,
                gpus_allocated_pct: point.allocated_pct,
                fragmented_pct_of_gpus: point.fragmented_pct_of_gpus,
                fragmented_pct_of_idle: point.fragmented_pct_of_idle,
                decisions: run.decisions,
                decisions_per_s: run.timing.map(|timing| timing.decisions_per_s),
                p50_us: run.timing.map(|timing| timing.p50_us),
                p99_us: run.timing.map(|timing| timing.p99_us),
                digest: format!("{:016x}", run.digest),
            })
        };
        points.into_iter().filter_map(row).collect()
    }
}

impl Timing {
    /// The timing of decisions that took so many nanoseconds each; sorts them. `None` for none.
    ///
    /// A percentile is the least of these times that so many % of the decisions did not exceed.
    #[must_use]
    pub fn of(nanoseconds: &mut [u64]) -> Option<Timing> {
        nanoseconds.sort_unstable();
        let percentile_us = |percent: usize| {
            let rank = (nanoseconds.len() * percent).div_ceil(100).max(1);
            nanoseconds.get(rank - 1).map(|time| *time as f64 / 1e3)
        };
        let total: u64 = nanoseconds.iter().sum();
        Some(Timing {
            decisions_per_s: nanoseconds.len() as f64 * 1e9 / total.max(1) as f64,
            p50_us: percentile_us(50)?,
            p99_us: percentile_us(99)?,
        })
    }
}

impl Statistic {
    /// The statistic of some numbers; `None` for none.
    #[must_use]
    pub fn of(numbers: &[f64]) -> Option<Statistic> {
        let runs = u32::try_from(numbers.len()).ok().filter(|runs| *runs > 0)?;
        let mean = numbers.iter().sum::<f64>() / f64::from(runs);
        let squares: f64 = numbers.iter().map(|number| (number - mean) * (number - mean)).sum();
        Some(Statistic {
            runs,
            mean,
            sd: (runs > 1).then(|| (squares / f64::from(runs - 1)).sqrt()),
            min: numbers.iter().copied().fold(f64::INFINITY, f64::min),
            max: numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

impl Summary {
    /// Means over the seeds: one for each workload, policy and point, in the order in which the
    /// rows first mention them.
    #[must_use]
    pub fn of(rows: &[ResultRow]) -> Vec<Summary> {
        let key = |row: &ResultRow| (row.workload.clone(), row.policy.clone(), row.arrivals_pct);
        let mut keys: Vec<(String, String, u64)> = Vec::new();
        for row in rows {
            if !keys.contains(&key(row)) {
                keys.push(key(row));
            }
        }
        let summary = |wanted: &(String, String, u64)| {
            let rows: Vec<&ResultRow> = rows.iter().filter(|row| key(row) == *wanted).collect();
            Summary::of_group(&rows)
        };
        keys.iter().filter_map(summary).collect()
    }

    /// The summary of rows that differ in their seeds only.
    fn of_group(rows: &[&ResultRow]) -> Option<Summary> {
        let first = rows.first()?;
        let over = |of: fn(&ResultRow) -> Option<f64>| {
            let numbers: Vec<f64> = rows.iter().filter_map(|row| of(row)).collect();
            Statistic::of(&numbers)
        };
        Some(Summary {
            workload: first.workload.clone(),
            policy: first.policy.clone(),
            arrivals_pct: first.arrivals_pct,
            gpus_allocated_pct: over(|row| Some(row.gpus_allocated_pct))?,
            fragmented_pct_of_gpus: over(|row| Some(row.fragmented_pct_of_gpus))?,
            fragmented_pct_of_idle: over(|row| Some(row.fragmented_pct_of_idle))?,
            decisions_per_s: over(|row| row.decisions_per_s),
        })
    }
}

#[cfg(test)]
mod tests;
