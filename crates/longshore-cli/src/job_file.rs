//! Jobs in JSON files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
}

/// The canonical job in a file, as an engine with default settings sees it.
///
/// # Errors
/// [`JobFileError`].
pub fn read(file: &Path) -> Result<Job, JobFileError> {
    let text = fs::read_to_string(file).map_err(|why| JobFileError::Unreadable { file: file.to_path_buf(), why })?;
    canonical(&text).map_err(|why| JobFileError::NoJob { file: file.to_path_buf(), why })
}

longshore_model::record! {
    /// What registering a job sends: the job within an object.
    struct Submission {
        /// The job.
        "Job" job: Option<document::Job>,
    }
}

/// The canonical job of a text: bare, or within an object as registering sends it.
fn canonical(text: &str) -> Result<Job, DecodeError> {
    let document = match from_json::<Submission>(text)?.job {
        Some(document) => document,
        None => from_json(text)?,
    };
    Ok(document.canonicalize(&Request::default(), &Cluster::default()))
}
