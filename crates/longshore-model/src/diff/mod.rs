//! How two versions of a job differ (MODEL-222 to MODEL-243).
//!
//! [`JobDiff::between`] compares canonical jobs; [`JobDiff::to_text`] shows the result to people.
//!
//! ```
//! use longshore_model::diff::{Detail, DiffType, JobDiff};
//! use longshore_model::{Job, Task, TaskGroup};
//! let job = |count| Job::service("web").with_group(TaskGroup::new("front").count(count).task(Task::new("server")));
//! let diff = JobDiff::between(Some(&job(1)), Some(&job(3)), Detail::Changes)?;
//! assert_eq!(diff.kind, DiffType::Edited);
//! assert_eq!(diff.to_string(), r#"+/- Job: "web"
//! +/- Group: "front"
//!   +/- Count: "1" => "3"
//!       Task: "server"
//! "#);
//! # Ok::<(), longshore_model::diff::OtherJob>(())
//! ```
//!
//! Which members a diff shows, and how, is written down in one place each: `job`, `group`, `task`, `network`,
//! `service`, `template`. A scalar, or a map of scalars, that is added to an object of the model shows by itself;
//! a member with parts of its own does once it is named there, and a property test says so if it is not.
//!
//! | Letter of MODEL-228 to MODEL-230 | Here | Meaning |
//! |---|---|---|
//! | P | `primitive` | differs by its fields alone |
//! | O | `present` | differs as a whole |
//! | S | `set` | a set of texts |
//! | K | `keyed` | a list paired by key, each differing by its fields alone |

mod compare;
mod group;
mod job;
mod network;
mod render;
mod service;
mod task;
mod template;
mod texts;
mod types;

pub use render::Paint;
pub use types::*;

use crate::{Job, JobId};

/// What a diff says of what did not change.
///
/// ```
/// use longshore_model::Job;
/// use longshore_model::diff::{Detail, JobDiff};
/// let (old, new) = (Job::service("web"), Job::service("web").priority(70));
/// let diff = JobDiff::between(Some(&old), Some(&new), Detail::Contextual)?;
/// assert_eq!(diff.fields[0].name, "Priority");
/// # Ok::<(), longshore_model::diff::OtherJob>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Detail {
    /// Nothing.
    Changes,
    /// Fields of a changed object that did not change, too (MODEL-227): what plans and the history of versions show.
    Contextual,
}

/// Two jobs are no versions of one (MODEL-231).
///
/// ```
/// use longshore_model::Job;
/// use longshore_model::diff::{Detail, JobDiff};
/// let error = JobDiff::between(Some(&Job::service("a")), Some(&Job::service("b")), Detail::Changes).unwrap_err();
/// assert_eq!((error.code(), &*error.old), ("MODEL-231", "a"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a diff compares two versions of one job; {old:?} and {new:?} are two jobs")]
pub struct OtherJob {
    /// The old one.
    pub old: JobId,
    /// The new one.
    pub new: JobId,
}

impl OtherJob {
    /// The rule.
    pub fn code(&self) -> &'static str {
        "MODEL-231"
    }
}

impl JobDiff {
    /// Compares two versions of a job; either may be missing (MODEL-231).
    ///
    /// Takes the jobs as they are: canonicalize both, or neither, or defaults show up as changes.
    ///
    /// # Errors
    /// [`OtherJob`] if both are there and their ids differ.
    ///
    /// # Cost
    /// One comparison of the jobs; text is made only for what differs.
    pub fn between(old: Option<&Job>, new: Option<&Job>, detail: Detail) -> Result<JobDiff, OtherJob> {
        match (old, new) {
            (Some(old), Some(new)) if old.id != new.id => Err(OtherJob { old: old.id.clone(), new: new.id.clone() }),
            _ => Ok(job::diff(compare::Pair { old, new }, detail)),
        }
    }
}
