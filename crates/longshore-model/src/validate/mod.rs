//! Whether a job can be taken: every rule of the job model, all faults at once.
//!
//! [`validate`] looks at a canonical job as an engine admits it, [`validate_stored`] at a job by itself. Both report
//! violations and warnings. Each has the code of its rule, the place, and a message that says what was found and what
//! would be right.
//!
//! One file for each idea. A rule is one row of a table (`scope`): its code, the word for its part, the member at
//! fault, the condition, the message. Rows stand in the order of the rules, which is the order of the report
//! (MODEL-90).
//!
//! A job whose regular expressions take too much (`regexps`) is not looked at any further: that alone is reported.
//!
//! The cost is O(n log n) of a job's size. What is valid is looked at and not written down: only names that must
//! differ, ports and parsed texts (versions, expressions) take memory.

mod admission;
mod artifact;
mod check;
mod constraint;
mod expose;
mod finding;
mod group;
mod group_services;
mod http_path;
mod identity;
mod job;
mod names;
mod network;
mod paths;
mod periodic;
mod place;
mod regexps;
mod repeats;
mod reschedule;
mod resources;
mod restart;
mod scaling;
mod scope;
mod secret;
mod service;
mod task;
mod task_services;
mod template;
mod update;
mod volume;
mod warnings;

#[cfg(test)]
mod tests;

pub use finding::{Finding, Report};
pub use place::{Block, Place, Step};
pub use regexps::{REGEXPS_BYTES_MAX, Regexps};

use crate::{Cluster, Job};
use scope::At;

/// Everything that keeps a canonical job from being admitted to an engine, and what it is warned of.
///
/// ```
/// use longshore_model::{Cluster, Request, document, from_json, validate::validate};
/// let document: document::Job = from_json(
///     r#"{"ID":"web","TaskGroups":[{"Name":"front","Tasks":[{"Name":"server","Resources":{"CPU":0}}]}]}"#,
/// )?;
/// let cluster = Cluster::default();
/// let job = document.canonicalize(&Request::default(), &cluster);
/// let found: Vec<String> = validate(&job, &cluster).violations.iter().map(ToString::to_string).collect();
/// assert_eq!(found, [
///     "TaskGroups[0].Tasks[0].Driver: is missing; say what runs the task, such as exec (MODEL-160)",
///     "TaskGroups[0].Tasks[0].Resources.CPU: 0 MHz is too little; ask for 1 or more (MODEL-142)",
/// ]);
/// # Ok::<(), longshore_model::DecodeError>(())
/// ```
pub fn validate(job: &Job, cluster: &Cluster) -> Report {
    let regexps = Regexps::of(job);
    if let Some(beyond) = regexps.beyond() {
        return beyond.clone().into();
    }
    let mut report = Report::default();
    let at = &mut At::job(&mut report);
    admission::before(at, job, cluster);
    job::job(at, job);
    admission::after(at, job, cluster);
    warnings::job(at, job);
    warnings::admission(at, job, cluster);
    report
}

/// Everything wrong with a job by itself, whatever engine it is for: MODEL-93 to MODEL-169, and the warnings.
///
/// A job is taken as it is; what canonicalization would have filled in is missed here (MODEL-92).
pub fn validate_stored(job: &Job) -> Report {
    let regexps = Regexps::of(job);
    if let Some(beyond) = regexps.beyond() {
        return beyond.clone().into();
    }
    let mut report = Report::default();
    let at = &mut At::job(&mut report);
    job::job(at, job);
    warnings::job(at, job);
    report
}
