//! `longshore conformance`: recorded answers of the reference, run against this engine.
//!
//! A *case* is one input with the answer that the reference gave; a *kind* is a family of cases
//! with one format, and the function that answers them here. The runner reads every
//! `<kind>.jsonl` of a directory, answers each case, compares, and counts. It knows nothing about
//! what a kind means: that is in [`kinds`], one module each.

pub mod case;
pub mod compare;
pub mod directory;
mod guard;
pub mod kinds;
pub mod pending;
mod pipeline;
mod report;
pub mod runner;
#[cfg(test)]
mod through_scheduler;
mod world;

use std::io;

use crate::args::ConformanceArgs;
use crate::console::Console;
use crate::exit::Exit;

pub use runner::{Report, Selection};

/// Why no cases could be run, or none reported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConformanceError {
    /// The directory of cases.
    #[error(transparent)]
    Directory(#[from] directory::DirectoryError),
    /// A file of cases.
    #[error(transparent)]
    Case(#[from] case::CaseError),
    /// The list of pending cases.
    #[error(transparent)]
    Pending(#[from] pending::PendingError),
    /// What was selected is not there.
    #[error(transparent)]
    Selection(#[from] runner::SelectionError),
    /// The report could not be written.
    #[error("the report could not be written: {0}")]
    Output(#[from] io::Error),
}

impl ConformanceError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Directory(_) | Self::Case(_) | Self::Pending(_) | Self::Selection(_) => Exit::Misuse,
            Self::Output(_) => Exit::Failure,
        }
    }
}

/// Runs the cases that `args` selects and writes the report.
///
/// The last line is always `N passed, M failed`; with `--json` it goes to the error stream, so
/// that the result is one JSON document.
///
/// # Errors
/// A [`ConformanceError`]; a case that fails is none, it is counted.
pub fn run(args: &ConformanceArgs, console: &mut Console<'_>) -> Result<Exit, ConformanceError> {
    let directory = directory::find(args.directory.as_deref())?;
    let selection = Selection {
        kinds: args.kinds.clone(),
        name: args.name.clone(),
        level: if args.strict { compare::Level::Strict } else { compare::Level::Ordinary },
    };
    let report = runner::run(&directory, &selection, kinds::ALL)?;
    if args.json {
        console.line(&report::json(&report, args.show))?;
        console.note(&report::closing_line(&report))?;
    } else {
        report::print(&report, args.show, console)?;
    }
    Ok(match report.failed() {
        0 => Exit::Success,
        _ => Exit::Failure,
    })
}
