//! Why a benchmark did not run to its end.

use std::io;

use longshore::Error;
use longshore_sim::data_dir::DataDirError;
use longshore_sim::grid::{GridError, ReferenceError};
use longshore_sim::results::ResultsError;

use crate::exit::Exit;

/// Why a benchmark did not run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// The reference's times are not to be found.
    #[error(transparent)]
    Data(#[from] DataDirError),
    /// The reference's times cannot be read.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// No case has such a name.
    #[error("--only {only:?} matches none of the 120 cases; their names are like {example}")]
    NoSuchCase {
        /// The expression.
        only: String,
        /// A name.
        example: String,
    },
    /// The grid's nodes cannot be registered.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The million's nodes or jobs are refused.
    #[error(transparent)]
    Engine(#[from] Box<Error>),
    /// The times cannot be written.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The report cannot be written.
    #[error("the report could not be written: {0}")]
    Output(#[from] io::Error),
}

impl BenchError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Data(_) | Self::Reference(_) | Self::NoSuchCase { .. } => Exit::Misuse,
            Self::Grid(_) | Self::Engine(_) | Self::Results(_) | Self::Output(_) => Exit::Failure,
        }
    }
}
