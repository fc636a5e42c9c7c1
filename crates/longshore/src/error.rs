//! What can go wrong, by who can mend it.

use longshore_model::validate::Finding;
use longshore_model::{AllocId, GroupName, JobId, NodeId, UpdateError};
use longshore_placement::AskError;
use longshore_store::{CommitError, LoadError};
use thiserror::Error;

/// Why a call did not do what was asked. Nothing was changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A job that cannot be taken as it is: every fault found.
    #[error("job {id:?} is refused: {}", list(faults))]
    Job {
        /// The job's id.
        id: JobId,
        /// What is wrong with it; never empty.
        faults: Vec<JobFault>,
    },
    /// A node that cannot be taken as it is.
    #[error("node {id:?} is refused: {why}")]
    Node {
        /// The node's id.
        id: NodeId,
        /// What is wrong with it, and what would be right.
        why: String,
        /// The rule that says so.
        code: &'static str,
    },
    /// There is no such job.
    #[error("there is no job {id:?} in namespace {namespace:?}")]
    NoSuchJob {
        /// Its namespace.
        namespace: longshore_model::Namespace,
        /// The id asked for.
        id: JobId,
    },
    /// There is no such group in the job.
    #[error("job {job:?} has no group {group:?}; it has {}", names(has))]
    NoSuchGroup {
        /// The job.
        job: JobId,
        /// The group asked for.
        group: GroupName,
        /// The groups there are.
        has: Vec<GroupName>,
    },
    /// There is no such node.
    #[error("there is no node {0:?}")]
    NoSuchNode(NodeId),
    /// There is no such allocation.
    #[error("there is no allocation {0:?}")]
    NoSuchAlloc(AllocId),
    /// The storage did not take the write. After [`CommitError::Conflict`] the engine has caught up with the one that was
    /// first: look again, and repeat the call if it is still wanted.
    #[error("the write was not stored: {0}")]
    Storage(#[from] CommitError),
    /// The storage holds what cannot be opened.
    #[error("the state cannot be opened: {0}")]
    Load(#[from] LoadError),
    /// An earlier write was stored or not, nobody knows; or the engine met a fault of its own. It takes no more writes:
    /// open it again from its storage.
    #[error("the engine has stopped taking writes: {0}")]
    Stopped(String),
}

impl Error {
    /// The id of the rule that was broken, or of the kind of failure: stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Job { faults, .. } => faults.first().map_or("LONGSHORE-JOB", |fault| fault.code),
            Error::Node { code, .. } => code,
            Error::NoSuchJob { .. } => "API-502",
            Error::NoSuchGroup { .. } => "API-521",
            Error::NoSuchNode(_) => "LOOP-705",
            Error::NoSuchAlloc(_) => "LOOP-304",
            Error::Storage(_) => "LONGSHORE-STORAGE",
            Error::Load(_) => "LONGSHORE-LOAD",
            Error::Stopped(_) => "LONGSHORE-STOPPED",
        }
    }
}

impl Error {
    /// Whether another engine on the storage was first, and nothing else was wrong.
    ///
    /// ```
    /// use longshore::{Error, store::CommitError};
    /// assert!(Error::Storage(CommitError::Conflict { expected: 4, current: 5 }).is_conflict());
    /// assert!(!Error::Stopped("of this or that".into()).is_conflict());
    /// ```
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Storage(CommitError::Conflict { .. }))
    }
}

/// One thing wrong with a job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobFault {
    /// The rule that says so.
    pub code: &'static str,
    /// Where: a path such as `TaskGroups[0].Tasks[1].Resources.CPU`.
    pub path: String,
    /// What was found, and what would be right.
    pub message: String,
}

impl JobFault {
    pub(crate) fn new(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> JobFault {
        JobFault { code, path: path.into(), message: message.into() }
    }

    pub(crate) fn from_ask(path: String, error: &AskError) -> JobFault {
        JobFault { code: error.code(), path, message: error.to_string() }
    }
}

impl From<&Finding> for JobFault {
    fn from(finding: &Finding) -> JobFault {
        JobFault::new(finding.code, finding.place.to_string(), &*finding.message)
    }
}

impl From<&UpdateError> for JobFault {
    fn from(error: &UpdateError) -> JobFault {
        JobFault::new(error.code(), error.member(), error.problem())
    }
}

impl std::fmt::Display for JobFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.message, self.code)
    }
}

fn list(faults: &[JobFault]) -> String {
    faults.iter().map(JobFault::to_string).collect::<Vec<_>>().join("; ")
}

fn names(names: &[GroupName]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}
