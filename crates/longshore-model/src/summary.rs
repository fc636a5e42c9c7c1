//! Summaries: a job's allocations, counted.

use crate::{JobId, Map, Namespace};

record! {
    /// A job's allocations and children, counted (MODEL-50).
    pub struct JobSummary {
        /// The job.
        "JobID" job_id: JobId,
        /// Its namespace.
        "Namespace" namespace: Namespace,
        /// By group.
        "Summary" summary: Map<GroupSummary>,
        /// Its instances, if it has any.
        "Children" children: Option<JobChildren>,
        /// Index of its creation.
        "CreateIndex" create_index: u64,
        /// Index of its last change.
        "ModifyIndex" modify_index: u64,
    }
}

record! {
    /// A group's allocations, counted (MODEL-50).
    pub struct GroupSummary {
        /// Wanted, not placed.
        "Queued" queued: i64,
        /// Ended well.
        "Complete" complete: i64,
        /// Ended badly.
        "Failed" failed: i64,
        /// Run.
        "Running" running: i64,
        /// Placed, not running yet.
        "Starting" starting: i64,
        /// Gone with their nodes.
        "Lost" lost: i64,
        /// On silent nodes.
        "Unknown" unknown: i64,
    }
}

record! {
    /// A job's instances, counted (MODEL-50).
    pub struct JobChildren {
        /// To begin.
        "Pending" pending: i64,
        /// Run.
        "Running" running: i64,
        /// Over.
        "Dead" dead: i64,
    }
}
