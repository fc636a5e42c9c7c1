//! Why a simulation did not run to its end.

use std::io;
use std::path::PathBuf;

use longshore::Error;
use longshore::store::StorageError;
use longshore_sim::baselines::BaselinesError;
use longshore_sim::draws::DrawError;
use longshore_sim::policy::{Policy, UnknownPolicy};
use longshore_sim::results::ResultsError;
use longshore_sim::workload::WorkloadError;

use crate::chart::ChartError;
use crate::exit::Exit;

/// Why a simulation did not run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The workload cannot be read.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// There is no such policy.
    #[error(transparent)]
    Policy(#[from] UnknownPolicy),
    /// The arrivals cannot be drawn or read.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// The published figures cannot be read.
    #[error(transparent)]
    Baselines(#[from] BaselinesError),
    /// The record has none of the seeds asked for.
    #[error("{}: no arrivals of {wanted}; it has those of {held}", file.display())]
    NoSuchSeed {
        /// The record.
        file: PathBuf,
        /// The seeds asked for.
        wanted: String,
        /// The seeds that it has.
        held: String,
    },
    /// The tasks are so large that not one arrives.
    #[error("seed {seed}: no task arrives within {percent}% of the GPUs; ask for a larger --percent")]
    NoArrivals {
        /// The seed.
        seed: u64,
        /// The percentage asked for.
        percent: u32,
    },
    /// A run's log is there already.
    #[error("{}: a log is there already; name another directory for --storage, or move it away", file.display())]
    LogTaken {
        /// The log.
        file: PathBuf,
    },
    /// A run's log cannot be kept.
    #[error(transparent)]
    Log(#[from] StorageError),
    /// The engine refused a node or a task, or could not store a decision.
    #[error("{policy}, seed {seed}: {error}")]
    Engine {
        /// Who decided.
        policy: Policy,
        /// The seed of the run.
        seed: u64,
        /// What the engine said.
        error: Box<Error>,
    },
    /// A directory cannot be made or looked into.
    #[error("{}: cannot be used as a directory: {error}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The results cannot be written.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The results cannot be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// The report cannot be written.
    #[error("the report could not be written: {0}")]
    Output(#[from] io::Error),
}

impl SimulateError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Workload(_)
            | Self::Policy(_)
            | Self::Draw(_)
            | Self::Baselines(_)
            | Self::NoSuchSeed { .. }
            | Self::NoArrivals { .. }
            | Self::LogTaken { .. } => Exit::Misuse,
            // What the engine refuses stands in the workload.
            Self::Engine { error, .. } if matches!(**error, Error::Job { .. } | Error::Node { .. }) => Exit::Misuse,
            Self::Engine { .. }
            | Self::Log(_)
            | Self::Directory { .. }
            | Self::Results(_)
            | Self::Chart(_)
            | Self::Output(_) => Exit::Failure,
        }
    }
}
