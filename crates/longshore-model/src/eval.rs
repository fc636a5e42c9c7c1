//! Evaluations: a reason to look at a job.

use crate::job::JobType;
use crate::metric::AllocMetric;
use crate::plan::PlanAnnotations;
use crate::{DateTime, DeploymentId, Duration, EvalId, JobId, Namespace, NodeId, Time};
use crate::{List, Map};

keyword! {
    /// Where an evaluation stands (MODEL-47).
    ///
    /// ```
    /// use longshore_model::EvalStatus;
    /// assert!(EvalStatus::Canceled.is_terminal() && !EvalStatus::Blocked.is_terminal());
    /// ```
    pub enum EvalStatus {
        /// To be processed.
        Pending = "pending",
        /// Waits for room.
        Blocked = "blocked",
        /// Done.
        Complete = "complete",
        /// Could not be done.
        Failed = "failed",
        /// No longer needed.
        Canceled = "canceled",
    }
}

impl EvalStatus {
    /// Whether nothing will come of it any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, EvalStatus::Complete | EvalStatus::Failed | EvalStatus::Canceled)
    }
}

keyword! {
    /// Why there is an evaluation (MODEL-47).
    ///
    /// ```
    /// use longshore_model::TriggeredBy;
    /// assert_eq!(TriggeredBy::from_text("node-drain"), TriggeredBy::NodeDrain);
    /// assert_eq!(TriggeredBy::AllocFailure.as_str(), "alloc-failure");
    /// ```
    pub enum TriggeredBy: open {
        /// Not said.
        Unset = "",
        /// A job was registered.
        JobRegister = "job-register",
        /// A job was stopped.
        JobDeregister = "job-deregister",
        /// A job was launched by its schedule.
        PeriodicJob = "periodic-job",
        /// A node drains.
        NodeDrain = "node-drain",
        /// A node changed.
        NodeUpdate = "node-update",
        /// An allocation was stopped.
        AllocStop = "alloc-stop",
        /// Housekeeping is due.
        Scheduled = "scheduled",
        /// A rollout goes on.
        RollingUpdate = "rolling-update",
        /// A rollout changed.
        DeploymentWatcher = "deployment-watcher",
        /// An evaluation failed before.
        FailedFollowUp = "failed-follow-up",
        /// Plans met with conflict too often.
        MaxPlanAttempts = "max-plan-attempts",
        /// An allocation failed.
        AllocFailure = "alloc-failure",
        /// Some allocations found no room.
        QueuedAllocs = "queued-allocs",
        /// Allocations were displaced.
        Preemption = "preemption",
        /// A job's count was changed.
        JobScaling = "job-scaling",
        /// A node was silent for too long.
        MaxDisconnectTimeout = "max-disconnect-timeout",
        /// A node came back.
        Reconnect = "reconnect",
        /// A failed allocation is due to be placed again.
        AllocReschedule = "alloc-reschedule",
    }
}

record! {
    /// An evaluation: a reason to compare what a job should be with what it is (MODEL-47).
    ///
    /// ```
    /// use longshore_model::{EvalStatus, Evaluation, TriggeredBy, from_json};
    /// let eval: Evaluation = from_json(r#"{"JobID": "web", "TriggeredBy": "job-register", "Priority": 70}"#)?;
    /// assert_eq!((eval.triggered_by, eval.status), (TriggeredBy::JobRegister, EvalStatus::Pending));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Evaluation: compact {
        /// Its id.
        "ID" id: EvalId,
        /// Its job's namespace.
        "Namespace" namespace: Namespace,
        /// Higher goes first.
        "Priority" priority: i64,
        /// Which scheduler it is for.
        "Type" kind: JobType = JobType::Other("".into()),
        /// Why it is there.
        "TriggeredBy" triggered_by: TriggeredBy,
        /// The job to look at.
        "JobID" job_id: JobId,
        /// The job's index when it was made.
        "JobModifyIndex" job_modify_index: u64,
        /// The node that it is about.
        "NodeID" node_id: NodeId,
        /// That node's index when it was made.
        "NodeModifyIndex" node_modify_index: u64,
        /// The rollout that it is about.
        "DeploymentID" deployment_id: DeploymentId,
        /// Where it stands.
        "Status" status: EvalStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// How long it is held back, ns.
        "Wait" wait: Duration,
        /// Until when it is held back.
        "WaitUntil" wait_until: DateTime,
        /// What follows it.
        "NextEval" next_eval: EvalId,
        /// What it follows.
        "PreviousEval" previous_eval: EvalId,
        /// The one that waits for room for the rest.
        "BlockedEval" blocked_eval: EvalId,
        /// Others of its kin.
        "RelatedEvals" related_evals: List<EvaluationStub>,
        /// Why groups found no room.
        "FailedTGAllocs" failed_tg_allocs: Map<AllocMetric>,
        /// What its plan meant to do.
        "PlanAnnotations" plan_annotations: Option<Box<PlanAnnotations>>,
        /// Which node classes could help.
        "ClassEligibility" class_eligibility: Map<bool>,
        /// The quota that is used up.
        "QuotaLimitReached" quota_limit_reached: String,
        /// What is missing that no node has.
        "MissingNonNodeResources" missing_non_node_resources: List<String>,
        /// Whether any node could help.
        "EscapedComputedClass" escaped_computed_class: bool,
        /// Whether to say what the plan means to do.
        "AnnotatePlan" annotate_plan: bool,
        /// Allocations still wanted, by group.
        "QueuedAllocations" queued_allocations: Map<i64>,
        /// Index of the state that it was processed on.
        "SnapshotIndex" snapshot_index: u64,
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

record! {
    /// An evaluation in short (MODEL-47).
    ///
    /// ```
    /// use longshore_model::{EvalStatus, EvaluationStub, from_json};
    /// let stub: EvaluationStub = from_json(r#"{"JobID": "web", "Status": "blocked"}"#)?;
    /// assert_eq!((&*stub.job_id, stub.status), ("web", EvalStatus::Blocked));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct EvaluationStub {
        /// Its id.
        "ID" id: EvalId,
        /// Its job's namespace.
        "Namespace" namespace: Namespace,
        /// Its priority.
        "Priority" priority: i64,
        /// Which scheduler it is for.
        "Type" kind: JobType = JobType::Other("".into()),
        /// Why it is there.
        "TriggeredBy" triggered_by: TriggeredBy,
        /// Its job.
        "JobID" job_id: JobId,
        /// The node that it is about.
        "NodeID" node_id: NodeId,
        /// The rollout that it is about.
        "DeploymentID" deployment_id: DeploymentId,
        /// Where it stands.
        "Status" status: EvalStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// Until when it is held back.
        "WaitUntil" wait_until: DateTime,
        /// What follows it.
        "NextEval" next_eval: EvalId,
        /// What it follows.
        "PreviousEval" previous_eval: EvalId,
        /// The one that waits for room for the rest.
        "BlockedEval" blocked_eval: EvalId,
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
