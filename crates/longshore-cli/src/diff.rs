//! `longshore diff`: how two versions of a job differ.
//!
//! Both are made canonical first, so that what a default would say anyway is no difference.

use std::io;
use std::path::Path;

use longshore_model::diff::{Detail, DiffType, JobDiff, OtherJob};
use longshore_model::wire::Form;
use longshore_model::{Job, to_json};

use crate::args::DiffArgs;
use crate::console::{Console, Paint};
use crate::exit::Exit;
use crate::job_file::{self, JobFileError};

/// Why there is no diff.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// A file.
    #[error(transparent)]
    File(#[from] JobFileError),
    /// The files hold two jobs.
    #[error("{0} ({code})", code = .0.code())]
    OtherJob(#[from] OtherJob),
    /// The diff could not be written.
    #[error("the diff could not be written: {0}")]
    Output(#[from] io::Error),
}

impl DiffError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::File(_) | Self::OtherJob(_) => Exit::Misuse,
            Self::Output(_) => Exit::Failure,
        }
    }
}

/// Compares two files and writes the diff; the exit says whether they differ.
///
/// # Errors
/// [`DiffError`]; a difference is none.
pub fn run(args: &DiffArgs, console: &mut Console<'_>) -> Result<Exit, DiffError> {
    let (old, new) = (job(&args.old, args, console)?, job(&args.new, args, console)?);
    let detail = if args.contextual { Detail::Contextual } else { Detail::Changes };
    let diff = JobDiff::between(Some(&old), Some(&new), detail)?;
    let equal = old.same_specification(&new);
    if args.json {
        console.line(&to_json(&diff, Form::Full))?;
    } else {
        console.write(&text(&diff, &old, equal, console))?;
    }
    Ok(if equal { Exit::Success } else { Exit::Different })
}

/// The job of a file; warnings are written beside.
fn job(file: &Path, args: &DiffArgs, console: &mut Console<'_>) -> Result<Job, DiffError> {
    let source = job_file::read(file, &args.reading)?;
    source.note_warnings(console)?;
    Ok(source.canonical(file)?)
}

/// The diff for people. A diff leaves some things out (MODEL-232, MODEL-233); then at least that is said.
fn text(diff: &JobDiff, job: &Job, equal: bool, console: &Console<'_>) -> String {
    match diff.kind {
        DiffType::None if equal => format!("{:?} does not differ\n", job.id.as_str()),
        DiffType::None => format!("{:?} differs in what a diff does not show\n", job.id.as_str()),
        _ => diff.to_text(&|kind, text| console.paint(paint(kind), text)),
    }
}

fn paint(kind: DiffType) -> Paint {
    match kind {
        DiffType::None => Paint::Dim,
        DiffType::Added => Paint::Good,
        DiffType::Deleted => Paint::Bad,
        DiffType::Edited => Paint::Warn,
    }
}
