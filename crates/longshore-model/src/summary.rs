//! Summaries: a job's allocations, counted.

use crate::{JobId, Map, Namespace};

record! {
    /// A job's allocations and children, counted (MODEL-50).
    ///
    /// ```
    /// use longshore_model::{JobSummary, from_json};
    /// let counted: JobSummary = from_json(r#"{"JobID": "web", "Summary": {"front": {"Running": 3}}}"#)?;
    /// assert_eq!(counted.summary.get("front").map(|group| group.running), Some(3));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{GroupSummary, from_json};
    /// let counted: GroupSummary = from_json(r#"{"Queued": 1, "Running": 2}"#)?;
    /// assert_eq!((counted.queued, counted.running, counted.lost), (1, 2, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{JobChildren, from_json};
    /// let children: JobChildren = from_json(r#"{"Running": 1, "Dead": 6}"#)?;
    /// assert_eq!(children.pending + children.running + children.dead, 7);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobChildren {
        /// To begin.
        "Pending" pending: i64,
        /// Run.
        "Running" running: i64,
        /// Over.
        "Dead" dead: i64,
    }
}
