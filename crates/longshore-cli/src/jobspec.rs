//! `longshore jobspec`: a job as JSON, or as a formatted job specification.

use std::io;

use longshore_jobspec::{Options, Unprintable, parse_json, print_document};
use longshore_model::to_json;
use longshore_model::wire::Form;
use serde_json::{Map, Value};

use crate::args::JobspecArgs;
use crate::console::Console;
use crate::exit::Exit;
use crate::job_file::{self, JobFileError, Source};

/// Why nothing came of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobspecError {
    /// It holds no job.
    #[error(transparent)]
    File(#[from] JobFileError),
    /// The job has no way to be written as a job specification.
    #[error("the job cannot be printed: {0}")]
    Unprintable(#[from] Unprintable),
    /// The result could not be written.
    #[error("the job could not be written: {0}")]
    Output(#[from] io::Error),
}

impl JobspecError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::File(JobFileError::Unreadable { .. }) => Exit::Misuse,
            _ => Exit::Failure,
        }
    }
}

/// Reads a job and writes it; what is wrong with it is written beside, and told by the exit.
///
/// # Errors
/// [`JobspecError`]; a faulty specification is none.
pub fn run(args: &JobspecArgs, console: &mut Console<'_>) -> Result<Exit, JobspecError> {
    match job(args, console) {
        Ok(job) => {
            write(args, job, console)?;
            Ok(Exit::Success)
        }
        Err(JobspecError::File(JobFileError::NoSpecification(failure))) => {
            console.note(failure.render(false).trim_end())?;
            Ok(Exit::Failure)
        }
        Err(error) => Err(error),
    }
}

/// The job of the file; warnings are written.
fn job(args: &JobspecArgs, console: &mut Console<'_>) -> Result<Map<String, Value>, JobspecError> {
    let source = job_file::read(&args.file, &args.reading)?;
    source.note_warnings(console)?;
    match source {
        Source::Specification { job, .. } => Ok(job),
        Source::Api(text) => {
            let path = args.file.display().to_string();
            Ok(from_api(&text, &path)?)
        }
    }
}

/// The job of JSON of the jobs API.
fn from_api(text: &str, path: &str) -> Result<Map<String, Value>, JobFileError> {
    parse_json(text, &Options { path, ..Options::default() }).map_err(JobFileError::NoSpecification)
}

/// Writes the job as it was asked for.
fn write(args: &JobspecArgs, job: Map<String, Value>, console: &mut Console<'_>) -> Result<(), JobspecError> {
    if args.hcl && !args.canonical {
        console.write(&print_document(&job)?)?;
        return Ok(());
    }
    let mut document = job_file::document(&args.file, &job)?;
    if args.canonical {
        document.fill_defaults();
    }
    let text = to_json(&document, Form::Present);
    if args.hcl {
        console.write(&print_document(&from_api(&text, "the canonical job")?)?)?;
    } else {
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        console.line(&format!("{value:#}"))?;
    }
    Ok(())
}
