//! Jobs in files: job specifications, and jobs of the jobs API as `*.json`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use longshore_jobspec::{Failure, Options, parse};
use longshore_model::{Cluster, DecodeError, Job, Request, document, from_json};

/// Why a file gave no job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobFileError {
    /// It could not be read.
    #[error("{} cannot be read: {why}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        why: io::Error,
    },
    /// It holds no job.
    #[error("{} holds no job: {why} ({})", .file.display(), .why.code())]
    NoJob {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        why: DecodeError,
    },
    /// It holds no job specification.
    #[error("{0}")]
    NoSpecification(Failure),
}

/// The canonical job in a file, as an engine with default settings sees it.
///
/// # Errors
/// [`JobFileError`].
pub fn read(file: &Path) -> Result<Job, JobFileError> {
    let text = fs::read_to_string(file).map_err(|why| JobFileError::Unreadable { file: file.to_path_buf(), why })?;
    Ok(document(file, &text)?.canonicalize(&Request::default(), &Cluster::default()))
}

/// The job in the text of a file, as its author wrote it. Files called `*.json` hold jobs of the jobs API, all others
/// job specifications.
///
/// # Errors
/// [`JobFileError`].
pub fn document(file: &Path, text: &str) -> Result<document::Job, JobFileError> {
    let no_job = |why| JobFileError::NoJob { file: file.to_path_buf(), why };
    if file.extension().is_some_and(|extension| extension == "json") {
        return api_document(text).map_err(no_job);
    }
    let path = file.display().to_string();
    let parsed = parse(text, &Options { path: &path, ..Options::default() }).map_err(JobFileError::NoSpecification)?;
    parsed.to_document().map_err(no_job)
}

longshore_model::record! {
    /// What registering a job sends: the job within an object.
    struct Submission {
        /// The job.
        "Job" job: Option<document::Job>,
    }
}

/// The job of a text: bare, or within an object as registering sends it.
fn api_document(text: &str) -> Result<document::Job, DecodeError> {
    match from_json::<Submission>(text)?.job {
        Some(document) => Ok(document),
        None => from_json(text),
    }
}
