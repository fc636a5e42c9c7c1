//! What a run draws before it begins: the order of the arrivals and the ranks of the nodes.
//!
//! A run of the benchmark depends on its seed through these alone, the choices of
//! [`Policy::Random`](crate::policy::Policy::Random) aside. They come from a generator of our own
//! ([`Draw::of`]) or from a record of the published simulator's ([`Draw::recorded`]), with which
//! published figures are reproduced to the last digit.
//!
//! How a draw comes about:
//!
//! 1. All rows of the pod list are shuffled (GPU-4).
//! 2. If they ask for less than the target, rows drawn from the *file*, with replacement, follow
//!    after them, until the next would pass the target (GPU-5).
//! 3. If they ask for more, uniformly chosen elements are taken out until they do not (GPU-6).
//! 4. Then the nodes are ranked by a random permutation (GPU-9).

mod recorded;

use std::path::PathBuf;

use thiserror::Error;

use crate::stream::Stream;
use crate::table::TableError;
use crate::workload::Workload;

/// What published runs ask for at the end, in % of the cluster's GPUs (GPU-4).
pub const PUBLISHED_PERCENT: u32 = 130;

/// The seeds of the published runs (GPU-3).
pub const PUBLISHED_SEEDS: std::ops::RangeInclusive<u64> = 42..=51;

/// The most a draw may ask for, in % of the cluster's GPUs.
pub const PERCENT_MAX: u32 = 10_000;

/// The most arrivals of a draw.
pub const ARRIVALS_MAX: usize = 10_000_000;

/// Arrivals and ranks of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The seed of the run.
    pub seed: u64,
    /// The rows of the workload's tasks in the order of their arrival (GPU-7).
    pub arrivals: Vec<u32>,
    /// The rank of each node, in file order: a permutation of 0 … nodes − 1. Of equally good nodes
    /// the one with the smaller number is taken (GPU-9, GPU-13).
    pub rank: Vec<u32>,
}

/// Why there is no draw. Lines count from 1, as an editor shows them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DrawError {
    /// More than [`PERCENT_MAX`] was asked for.
    #[error("percent is {found}; at most {PERCENT_MAX}")]
    Percent {
        /// What was asked for.
        found: u32,
    },
    /// The cluster has no GPU, so that a percentage of its GPUs says nothing.
    #[error("the nodes have no GPU; arrivals are counted in % of the GPUs")]
    NoGpus,
    /// No task asks for a GPU, so that the target would never be reached (GPU-5).
    #[error("no task asks for a GPU; arrivals would never reach {percent}% of the GPUs")]
    NoDemand {
        /// The target.
        percent: u32,
    },
    /// The tasks ask for so little that the target is too many arrivals away.
    #[error("more than {ARRIVALS_MAX} arrivals before {percent}% of the GPUs; ask for less")]
    TooMany {
        /// The target.
        percent: u32,
    },
    /// The record cannot be read.
    #[error(transparent)]
    Unreadable(#[from] TableError),
    /// A line of the record is not what it should be.
    #[error("{}:{line}: {field} is `{found}`; it must be {expected}", file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The line.
        line: u64,
        /// `seed`, `arrivals`, `rank`, or an element such as `arrivals[3]`, counted from 0.
        field: String,
        /// What stands there, shortened if long.
        found: String,
        /// What would be right.
        expected: String,
    },
}

impl Draw {
    /// Draws arrivals for `percent` of the cluster's GPUs, and ranks (GPU-4, GPU-5, GPU-6, GPU-9).
    ///
    /// Published runs ask for [`PUBLISHED_PERCENT`]. Equal arguments give equal draws, on every
    /// machine.
    ///
    /// # Errors
    /// [`DrawError::Percent`], [`DrawError::NoGpus`], [`DrawError::NoDemand`] or
    /// [`DrawError::TooMany`].
    ///
    /// # Example
    /// ```
    /// use longshore_sim::data_dir::data_dir;
    /// use longshore_sim::draws::Draw;
    /// use longshore_sim::workload::Workload;
    ///
    /// let workload = Workload::named("default", &data_dir()?)?;
    /// let draw = Draw::of(&workload, 42, 130)?;
    /// assert_eq!(draw.rank.len(), workload.nodes.len());
    /// assert!(draw.arrivals.len() > workload.tasks.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(workload: &Workload, seed: u64, percent: u32) -> Result<Draw, DrawError> {
        if percent > PERCENT_MAX {
            return Err(DrawError::Percent { found: percent });
        }
        let target = Target::of(workload, percent)?;
        let mut stream = Stream::seeded(seed);
        let mut arrivals = indexes(workload.tasks.len());
        stream.shuffle(&mut arrivals); // GPU-4
        let asked: u64 = workload.tasks.iter().map(|task| task.demand_milli()).sum();
        if target.passed_by(asked) {
            remove_above(target, workload, asked, &mut stream, &mut arrivals);
        } else {
            append_below(target, workload, asked, &mut stream, &mut arrivals)?;
        }
        let mut rank = indexes(workload.nodes.len());
        stream.shuffle(&mut rank); // GPU-9
        Ok(Draw { seed, arrivals, rank })
    }
}

/// What the arrivals are to ask for (`T` of GPU-4), kept as a fraction so that no sum is rounded.
#[derive(Debug, Clone, Copy)]
struct Target {
    capacity_milli: u64,
    percent: u32,
}

impl Target {
    fn of(workload: &Workload, percent: u32) -> Result<Self, DrawError> {
        match workload.gpu_capacity_milli() {
            0 => Err(DrawError::NoGpus),
            capacity_milli => Ok(Target { capacity_milli, percent }),
        }
    }

    fn passed_by(self, asked_milli: u64) -> bool {
        self.compare(asked_milli).is_gt()
    }

    fn missed_by(self, asked_milli: u64) -> bool {
        self.compare(asked_milli).is_lt()
    }

    fn compare(self, asked_milli: u64) -> std::cmp::Ordering {
        // At most 10⁴ times the capacity on either side, so 128 bits are ample.
        let asked = u128::from(asked_milli) * 100;
        asked.cmp(&(u128::from(self.capacity_milli) * u128::from(self.percent)))
    }
}

/// GPU-5: draws rows of the file until the next would pass the target.
fn append_below(
    target: Target,
    workload: &Workload,
    mut asked: u64,
    stream: &mut Stream,
    arrivals: &mut Vec<u32>,
) -> Result<(), DrawError> {
    if !target.missed_by(asked) {
        return Ok(());
    }
    let percent = target.percent;
    if asked == 0 {
        return Err(DrawError::NoDemand { percent });
    }
    let rows = count(workload.tasks.len());
    loop {
        let row = stream.below(rows);
        let task = &workload.tasks[row as usize];
        // The rule weighs one GPU of the task here, and all of them below.
        if target.passed_by(asked + u64::from(task.gpu_milli)) {
            return Ok(());
        }
        if arrivals.len() == ARRIVALS_MAX {
            return Err(DrawError::TooMany { percent });
        }
        asked += task.demand_milli();
        arrivals.push(row);
    }
}

/// GPU-6: takes out elements until what is left does not pass the target.
fn remove_above(target: Target, workload: &Workload, mut asked: u64, stream: &mut Stream, arrivals: &mut Vec<u32>) {
    while target.passed_by(asked) && !arrivals.is_empty() {
        let row = arrivals.remove(stream.below(count(arrivals.len())) as usize);
        asked -= workload.tasks[row as usize].demand_milli();
    }
}

fn indexes(len: usize) -> Vec<u32> {
    (0..count(len)).collect()
}

/// Rows and nodes are counted in 32 bits; memory ends long before these do.
fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
