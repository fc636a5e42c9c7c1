//! The flags of `bench`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use longshore_sim::c1m;
use longshore_value::Regexp;

use super::file_to_write;

/// Which benchmark to run, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum BenchArgs {
    /// The reference's benchmark grid.
    Grid(GridArgs),
    /// A million allocations.
    C1m(C1mArgs),
    /// The calibration loop.
    Calibrate {
        /// A short loop.
        quick: bool,
    },
}

/// Which cases of the grid to run, and how to report.
#[derive(Clone, Debug, PartialEq)]
pub struct GridArgs {
    /// Only cases whose name this matches.
    pub only: Option<Regexp>,
    /// The file that times are written to.
    pub csv: Option<PathBuf>,
    /// Evaluations of each case, of which the fastest counts; 1 or more.
    pub repeats: u32,
    /// A short calibration loop.
    pub quick: bool,
    /// No progress bar.
    pub quiet: bool,
}

/// How to run a million allocations.
#[derive(Clone, Debug, PartialEq)]
pub struct C1mArgs {
    /// Jobs of a thousand allocations each.
    pub jobs: usize,
    /// Runs, of which the fastest counts; 1 or more.
    pub repeats: u32,
    /// A short calibration loop.
    pub quick: bool,
    /// No progress bar.
    pub quiet: bool,
}

/// The flags as clap sees them.
#[derive(Debug, Args)]
pub(super) struct BenchFlags {
    #[command(subcommand)]
    what: Benchmark,
}

/// The benchmarks.
#[derive(Debug, Subcommand)]
enum Benchmark {
    /// Time one evaluation of each of 120 cases, and compare with the reference's own times
    ///
    /// Nodes 500, 1,000, 5,000, 10,000; racks 25, 50, 75; counts 50, 300, 600, 900, 1,200; with a spread over the racks
    /// or without. Timed from the evaluation to the finished plan, which is not committed; nothing is cached for the
    /// job.
    Grid(GridFlags),
    /// Time a million allocations, from the registration of their jobs to the last commit
    C1m(C1mFlags),
    /// Time the calibration loop, by which times of two machines are compared
    Calibrate(CalibrateFlags),
}

#[derive(Debug, Args)]
struct GridFlags {
    /// Only cases whose name this regular expression matches; names are `nodes/racks/count/spread`, or `plain` at the
    /// end: '^5000/.*/spread$'
    #[arg(long, value_name = "REGEX", value_parser = only)]
    only: Option<Regexp>,
    /// Write times to this file: nodes, racks, count, spread, placed, ns_per_evaluation
    #[arg(long, value_name = "FILE", value_parser = file_to_write)]
    csv: Option<PathBuf>,
    /// Evaluate each case so many times; the fastest counts [default: 5, with --quick 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: Option<u32>,
    /// For a first look: a short calibration loop, and one evaluation of each case
    #[arg(long)]
    quick: bool,
    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Args)]
struct C1mFlags {
    /// So many jobs of a thousand allocations each
    #[arg(long, value_name = "N", default_value_t = c1m::JOBS as u64,
          value_parser = clap::value_parser!(u64).range(1..=c1m::JOBS as u64))]
    jobs: u64,
    /// Do it so many times; the fastest counts [default: 3, with --quick 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: Option<u32>,
    /// For a first look: a short calibration loop, and one run
    #[arg(long)]
    quick: bool,
    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Args)]
struct CalibrateFlags {
    /// For a first look: a short loop
    #[arg(long)]
    quick: bool,
}

impl BenchFlags {
    /// The flags as plain values.
    pub(super) fn check(self) -> BenchArgs {
        let repeats = |asked: Option<u32>, quick, usual| asked.unwrap_or(if quick { 1 } else { usual });
        match self.what {
            Benchmark::Grid(GridFlags { only, csv, repeats: asked, quick, quiet }) => {
                BenchArgs::Grid(GridArgs { only, csv, repeats: repeats(asked, quick, 5), quick, quiet })
            }
            Benchmark::C1m(C1mFlags { jobs, repeats: asked, quick, quiet }) => {
                BenchArgs::C1m(C1mArgs { jobs: jobs as usize, repeats: repeats(asked, quick, 3), quick, quiet })
            }
            Benchmark::Calibrate(CalibrateFlags { quick }) => BenchArgs::Calibrate { quick },
        }
    }
}

/// A regular expression.
fn only(text: &str) -> Result<Regexp, String> {
    Regexp::new(text).map_err(|error| error.to_string())
}
