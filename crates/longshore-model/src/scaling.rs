//! Scaling: bounds on counts, and what was asked of them.

use serde_json::Value;

use crate::{EvalId, JobId, Namespace, Time};
use crate::{List, Map};

record! {
    /// Bounds for the count of a group, or for the resources of a task (MODEL-36).
    ///
    /// Two members have no default of their own here. An absent `Type` is `""` until canonicalization makes it
    /// `horizontal` (MODEL-65), so that a stored policy without one can be told (MODEL-127). An absent `Min` is the
    /// group's count, which only canonicalization knows.
    ///
    /// ```
    /// use longshore_model::{ScalingPolicy, from_json};
    /// let policy: ScalingPolicy = from_json(r#"{"Min": 1, "Max": 5}"#)?;
    /// assert!(policy.enabled && policy.max == 5 && policy.kind.is_empty());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ScalingPolicy {
        /// Names the policy; given out when the job is registered (MODEL-89).
        "ID" id: String,
        /// What it scales; `horizontal` is the number of allocations.
        "Type" kind: String,
        /// Whom it scales: `Namespace`, `Job`, `Group` and perhaps `Task`; rewritten to where it stands (MODEL-77).
        "Target" target: Map<String>,
        /// The autoscaler's own configuration.
        "Policy" policy: Map<Value>,
        /// The lowest count.
        "Min" min: i64,
        /// The highest count; −1 where none was given, which validation refuses (MODEL-77).
        "Max" max: i64 = -1,
        /// Whether the autoscaler may act.
        "Enabled" enabled: bool = true,
        /// Index of its first write.
        "CreateIndex" create_index: u64,
        /// Index of its last write.
        "ModifyIndex" modify_index: u64,
    }
}

record! {
    /// What was asked of a job's counts (MODEL-51).
    ///
    /// ```
    /// use longshore_model::{JobScalingEvents, from_json};
    /// let events: JobScalingEvents = from_json(
    ///     r#"{"JobID": "web", "ScalingEvents": {"front": [{"Count": 3}]}}"#,
    /// )?;
    /// assert_eq!(events.scaling_events.get("front").map(|events| events[0].count), Some(Some(3)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobScalingEvents {
        /// The job's namespace.
        "Namespace" namespace: Namespace,
        /// The job.
        "JobID" job_id: JobId,
        /// By group, newest first, at most 20 each.
        "ScalingEvents" scaling_events: Map<List<ScalingEvent>>,
        /// Index of the last event.
        "ModifyIndex" modify_index: u64,
    }
}

record! {
    /// One request to scale a group (MODEL-51).
    ///
    /// ```
    /// use longshore_model::{ScalingEvent, from_json};
    /// let note: ScalingEvent = from_json(r#"{"PreviousCount": 3, "Message": "still warm"}"#)?;
    /// assert_eq!((note.count, note.error), (None, false));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ScalingEvent {
        /// When, Unix ns.
        "Time" time: Time,
        /// The count asked for; null if only a message was left.
        "Count" count: Option<i64>,
        /// The count before.
        "PreviousCount" previous_count: i64,
        /// Why, for people.
        "Message" message: String,
        /// Whether it tells of a failure.
        "Error" error: bool,
        /// Whatever the caller added.
        "Meta" meta: Map<Value>,
        /// The evaluation it led to; null if none.
        "EvalID" eval_id: Option<EvalId>,
        /// Index of the event.
        "CreateIndex" create_index: u64,
    }
}
