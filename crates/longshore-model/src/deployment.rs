//! Deployments: a version of a job being rolled out.

use crate::{AllocId, DateTime, DeploymentId, Duration, JobId, Namespace, Time};
use crate::{List, Map};

keyword! {
    /// Where a rollout stands (MODEL-219).
    ///
    /// ```
    /// use longshore_model::DeploymentStatus;
    /// assert!(DeploymentStatus::Cancelled.is_terminal() && !DeploymentStatus::Paused.is_terminal());
    /// ```
    pub enum DeploymentStatus {
        /// Not said; neither active nor over.
        Unset = "",
        /// Under way.
        Running = "running",
        /// Held.
        Paused = "paused",
        /// Being set up in other regions.
        Initializing = "initializing",
        /// Waits for another region.
        Pending = "pending",
        /// Done here, waits for other regions.
        Blocked = "blocked",
        /// Other regions are done.
        Unblocking = "unblocking",
        /// Done.
        Successful = "successful",
        /// Given up.
        Failed = "failed",
        /// No longer needed.
        Cancelled = "cancelled",
    }
}

impl DeploymentStatus {
    /// Whether it is over (MODEL-219).
    pub const fn is_terminal(self) -> bool {
        matches!(self, DeploymentStatus::Successful | DeploymentStatus::Failed | DeploymentStatus::Cancelled)
    }
}

record! {
    /// A rollout (MODEL-49).
    ///
    /// ```
    /// use longshore_model::{Deployment, from_json};
    /// let rollout: Deployment = from_json(
    ///     r#"{"Status": "running", "TaskGroups": {"front": {"DesiredCanaries": 1}}}"#,
    /// )?;
    /// assert!(rollout.active() && rollout.requires_promotion() && !rollout.has_auto_promote());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Deployment {
        /// Its id.
        "ID" id: DeploymentId,
        /// Its job's namespace.
        "Namespace" namespace: Namespace,
        /// Its job.
        "JobID" job_id: JobId,
        /// The version rolled out.
        "JobVersion" job_version: u64,
        /// The job's modify index.
        "JobModifyIndex" job_modify_index: u64,
        /// The job's index of specification.
        "JobSpecModifyIndex" job_spec_modify_index: u64,
        /// The job's registration.
        "JobCreateIndex" job_create_index: u64,
        /// Whether in several regions.
        "IsMultiregion" is_multiregion: bool,
        /// By group.
        "TaskGroups" task_groups: Map<DeploymentState>,
        /// Where it stands.
        "Status" status: DeploymentStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// Priority of its evaluations.
        "EvalPriority" eval_priority: i64,
        /// Index of its creation.
        "CreateIndex" create_index: u64,
        /// Index of its last change.
        "ModifyIndex" modify_index: u64,
        /// When it was created, Unix ns.
        "CreateTime" create_time: Time,
        /// When it last changed, Unix ns.
        "ModifyTime" modify_time: Time,
    }
}

impl Deployment {
    /// Whether it is under way in some form (MODEL-219).
    pub fn active(&self) -> bool {
        use DeploymentStatus as S;
        matches!(self.status, S::Running | S::Paused | S::Initializing | S::Pending | S::Blocked | S::Unblocking)
    }

    /// Whether it runs and some group's canaries wait to be promoted (MODEL-220).
    pub fn requires_promotion(&self) -> bool {
        self.status == DeploymentStatus::Running
            && self.task_groups.values().any(|group| group.desired_canaries > 0 && !group.promoted)
    }

    /// Whether it runs and every group with canaries promotes itself (MODEL-220).
    pub fn has_auto_promote(&self) -> bool {
        self.status == DeploymentStatus::Running
            && !self.task_groups.is_empty()
            && self.task_groups.values().all(|group| group.desired_canaries <= 0 || group.auto_promote)
    }

    /// Whether some group has placed a canary.
    pub fn has_placed_canaries(&self) -> bool {
        self.task_groups.values().any(|group| !group.placed_canaries.is_empty())
    }
}

record! {
    /// A rollout of one group (MODEL-49).
    ///
    /// ```
    /// use longshore_model::{DeploymentState, from_json};
    /// let group: DeploymentState = from_json(
    ///     r#"{"DesiredTotal": 3, "PlacedAllocs": 2, "HealthyAllocs": 1}"#,
    /// )?;
    /// assert_eq!((group.desired_total, group.healthy_allocs, group.promoted), (3, 1, false));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DeploymentState {
        /// Go back on failure.
        "AutoRevert" auto_revert: bool,
        /// Promote canaries once they are healthy.
        "AutoPromote" auto_promote: bool,
        /// How long it may stand still, ns.
        "ProgressDeadline" progress_deadline: Duration,
        /// By when it must have moved.
        "RequireProgressBy" require_progress_by: DateTime,
        /// Whether its canaries were promoted.
        "Promoted" promoted: bool,
        /// Its canaries.
        "PlacedCanaries" placed_canaries: List<AllocId>,
        /// Canaries wanted.
        "DesiredCanaries" desired_canaries: i64,
        /// Allocations wanted.
        "DesiredTotal" desired_total: i64,
        /// Allocations placed.
        "PlacedAllocs" placed_allocs: i64,
        /// Of these, healthy.
        "HealthyAllocs" healthy_allocs: i64,
        /// Of these, unhealthy.
        "UnhealthyAllocs" unhealthy_allocs: i64,
    }
}
