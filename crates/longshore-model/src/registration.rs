//! What a registration may change, and whether it changes anything.

use std::borrow::Cow;

use crate::{Job, JobType};

/// Why a job may not be registered over what is there (MODEL-176, MODEL-177).
///
/// ```
/// use longshore_model::{Job, UpdateError};
/// let error = Job::batch("web").check_update(Some(&Job::service("web"))).unwrap_err();
/// assert_eq!((error.code(), error.member()), ("MODEL-177", "Type"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}: {}", self.member(), self.problem())]
#[non_exhaustive]
pub enum UpdateError {
    /// A new job says that it was launched by dispatch.
    NewDispatched,
    /// The type changes.
    Type {
        /// The type of the registered job.
        old: JobType,
        /// The type asked for.
        new: JobType,
    },
    /// A periodic job loses its schedule.
    FromPeriodic,
    /// A job gets a schedule.
    ToPeriodic,
    /// A job that is launched by dispatch no longer is.
    FromParameterized,
    /// A job comes to be launched by dispatch.
    ToParameterized,
    /// The mark of dispatched jobs changes.
    Dispatched,
}

impl UpdateError {
    /// The rule that was broken.
    pub const fn code(&self) -> &'static str {
        match self {
            UpdateError::NewDispatched => "MODEL-176",
            _ => "MODEL-177",
        }
    }

    /// The member of the job that is at fault.
    pub const fn member(&self) -> &'static str {
        match self {
            UpdateError::NewDispatched | UpdateError::Dispatched => "Dispatched",
            UpdateError::Type { .. } => "Type",
            UpdateError::FromPeriodic | UpdateError::ToPeriodic => "Periodic",
            UpdateError::FromParameterized | UpdateError::ToParameterized => "ParameterizedJob",
        }
    }

    /// What was found there, and what would be right.
    pub fn problem(&self) -> Cow<'static, str> {
        let text = match self {
            UpdateError::NewDispatched => "a new job cannot be marked as dispatched; leave it out",
            UpdateError::Type { old, new } => {
                let (old, new) = (old.as_str(), new.as_str());
                return format!("is {old:?} and cannot become {new:?}; register the job under another id").into();
            }
            UpdateError::FromPeriodic => "a periodic job stays periodic; disable it, or register another job",
            UpdateError::ToPeriodic => "a job cannot become periodic; register another job",
            UpdateError::FromParameterized => "a parameterized job stays parameterized; register another job",
            UpdateError::ToParameterized => "a job cannot become parameterized; register another job",
            UpdateError::Dispatched => "is set by the engine; leave it as it is",
        };
        text.into()
    }
}

/// Why an expected index is not met (MODEL-178).
///
/// ```
/// use longshore_model::IndexError;
/// let error = IndexError::Conflict { expected: 7, found: 9 };
/// assert_eq!(error.to_string(), "expected the job at index 7, found it at 9; read it again");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// No job was expected, and there is one.
    #[error("expected no job of this id, found one at index {found}")]
    Exists {
        /// The index of its last change of specification.
        found: u64,
    },
    /// A job was expected, and there is none.
    #[error("expected the job at index {expected}, found none of this id")]
    Missing {
        /// The index asked for.
        expected: u64,
    },
    /// The job has changed since.
    #[error("expected the job at index {expected}, found it at {found}; read it again")]
    Conflict {
        /// The index asked for.
        expected: u64,
        /// The index of its last change of specification.
        found: u64,
    },
}

impl IndexError {
    /// The rule that was broken.
    pub const fn code(&self) -> &'static str {
        "MODEL-178"
    }
}

/// Whether a caller who knows a job at an index may write it (MODEL-178): `existing` is the index of its last change of
/// specification, an expected 0 stands for no job.
///
/// # Errors
/// [`IndexError`] if what is there is not what the caller knows.
///
/// ```
/// use longshore_model::{IndexError, enforce_index};
/// assert_eq!(enforce_index(Some(7), 7), Ok(()));
/// assert_eq!(enforce_index(Some(7), 5), Err(IndexError::Conflict { expected: 5, found: 7 }));
/// ```
pub const fn enforce_index(existing: Option<u64>, expected: u64) -> Result<(), IndexError> {
    match existing {
        None if expected == 0 => Ok(()),
        None => Err(IndexError::Missing { expected }),
        Some(found) if expected == 0 => Err(IndexError::Exists { found }),
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(IndexError::Conflict { expected, found }),
    }
}

impl Job {
    /// Whether this job may be registered where `old` is, or where no job is (MODEL-176, MODEL-177).
    ///
    /// # Errors
    /// The first [`UpdateError`], in the order of the rules.
    ///
    /// ```
    /// use longshore_model::{Job, UpdateError};
    /// let refused = Job::batch("web").check_update(Some(&Job::service("web"))).unwrap_err();
    /// assert_eq!(refused.code(), "MODEL-177");
    /// assert!(Job::service("web").check_update(None).is_ok());
    /// ```
    pub fn check_update(&self, old: Option<&Job>) -> Result<(), UpdateError> {
        let Some(old) = old else {
            return if self.dispatched { Err(UpdateError::NewDispatched) } else { Ok(()) };
        };
        let parameterized = |job: &Job| job.parameterized_job.is_some() && !job.dispatched;
        if old.kind != self.kind {
            return Err(UpdateError::Type { old: old.kind.clone(), new: self.kind.clone() });
        }
        match (old.periodic.is_some(), self.periodic.is_some()) {
            (true, false) => return Err(UpdateError::FromPeriodic),
            (false, true) => return Err(UpdateError::ToPeriodic),
            _ => {}
        }
        match (parameterized(old), parameterized(self)) {
            (true, false) => return Err(UpdateError::FromParameterized),
            (false, true) => return Err(UpdateError::ToParameterized),
            _ => {}
        }
        if old.dispatched != self.dispatched { Err(UpdateError::Dispatched) } else { Ok(()) }
    }

    /// Whether two canonical jobs ask for the same, whatever the engine has made of them since (MODEL-191).
    ///
    /// # Cost
    /// Nothing for one and the same job; otherwise as far as they are equal.
    ///
    /// ```
    /// use longshore_model::{Job, JobStatus};
    /// let job = Job::service("web");
    /// assert!(job.same_specification(&Job { status: JobStatus::Running, version: 3, ..job.clone() }));
    /// assert!(!job.same_specification(&job.clone().priority(51)));
    /// ```
    pub fn same_specification(&self, other: &Job) -> bool {
        /// Every member is named, so that a new one is asked about here.
        macro_rules! equal {
            ({ $($compared:ident)* } but { $($ignored:ident)* }) => {{
                let Job { $($compared,)* $($ignored: _,)* } = self;
                true $(&& *$compared == other.$compared)*
            }};
        }
        std::ptr::eq(self, other)
            || equal!({
                stop region namespace id parent_id name kind priority all_at_once datacenters node_pool
                constraints affinities spreads update multiregion periodic parameterized_job
                dispatched dispatch_idempotency_token payload meta
                consul_namespace vault_namespace nomad_token_id ui version_tag task_groups
            } but {
                status status_description stable version submit_time create_index modify_index job_modify_index
            })
    }
}
