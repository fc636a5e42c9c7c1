//! Plans: what a scheduler wants done.

use std::sync::Arc;

use crate::alloc::Allocation;
use crate::deployment::{Deployment, DeploymentStatus};
use crate::job::Job;
use crate::stubs::AllocListStub;
use crate::{DeploymentId, EvalId, JobId, Namespace, NodeId, Time};
use crate::{List, Map};

record! {
    /// What a scheduler wants done, by node (MODEL-48).
    ///
    /// ```
    /// use longshore_model::Plan;
    /// assert!(Plan::default().is_no_op());
    /// ```
    pub struct Plan: compact {
        /// The evaluation that it is for.
        "EvalID" eval_id: EvalId,
        /// The token of its delivery.
        "EvalToken" eval_token: String,
        /// Higher goes first.
        "Priority" priority: i64,
        /// Commit it whole or not at all.
        "AllAtOnce" all_at_once: bool,
        /// The job.
        "Job" job: Option<Arc<Job>>,
        /// Or what it is called.
        "JobInfo" job_info: Option<JobInfo>,
        /// Allocations to stop, by node.
        "NodeUpdate" node_update: Map<List<Allocation>>,
        /// Allocations to place or update, by node.
        "NodeAllocation" node_allocation: Map<List<Allocation>>,
        /// Allocations to displace, by node.
        "NodePreemptions" node_preemptions: Map<List<Allocation>>,
        /// What it means to do.
        "Annotations" annotations: Option<Box<PlanAnnotations>>,
        /// A rollout to begin or change.
        "Deployment" deployment: Option<Box<Deployment>>,
        /// Rollouts whose status changes.
        "DeploymentUpdates" deployment_updates: List<DeploymentUpdate>,
        /// Index of the state that it was made on.
        "SnapshotIndex" snapshot_index: u64,
    }
}

impl Plan {
    /// Whether it would change nothing (REC-802).
    pub fn is_no_op(&self) -> bool {
        self.node_update.is_empty()
            && self.node_allocation.is_empty()
            && self.deployment.is_none()
            && self.deployment_updates.is_empty()
    }
}

record! {
    /// What a job is called (MODEL-48).
    ///
    /// ```
    /// use longshore_model::{JobInfo, from_json};
    /// let job: JobInfo = from_json(r#"{"Namespace": "lab", "ID": "web"}"#)?;
    /// assert_eq!((&*job.namespace, &*job.id), ("lab", "web"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobInfo {
        /// Its namespace.
        "Namespace" namespace: Namespace,
        /// Its id.
        "ID" id: JobId,
    }
}

record! {
    /// What became of a plan (MODEL-48).
    ///
    /// ```
    /// use longshore_model::{PlanResult, from_json};
    /// let result: PlanResult = from_json(r#"{"RejectedNodes": ["node-1"], "RefreshIndex": 7}"#)?;
    /// assert_eq!((result.rejected_nodes.len(), result.refresh_index), (1, 7));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct PlanResult {
        /// Allocations stopped, by node.
        "NodeUpdate" node_update: Map<List<Allocation>>,
        /// Allocations placed or updated, by node.
        "NodeAllocation" node_allocation: Map<List<Allocation>>,
        /// Allocations displaced, by node.
        "NodePreemptions" node_preemptions: Map<List<Allocation>>,
        /// The rollout begun or changed.
        "Deployment" deployment: Option<Box<Deployment>>,
        /// Rollouts whose status changed.
        "DeploymentUpdates" deployment_updates: List<DeploymentUpdate>,
        /// Nodes that refused their part.
        "RejectedNodes" rejected_nodes: List<NodeId>,
        /// Nodes closed for refusing too often.
        "IneligibleNodes" ineligible_nodes: List<NodeId>,
        /// Look again at a state of at least this index.
        "RefreshIndex" refresh_index: u64,
        /// Index of the commit.
        "AllocIndex" alloc_index: u64,
    }
}

record! {
    /// What a plan means to do (MODEL-48).
    ///
    /// ```
    /// use longshore_model::{PlanAnnotations, from_json};
    /// let meant: PlanAnnotations = from_json(r#"{"DesiredTGUpdates": {"front": {"Place": 2, "Stop": 1}}}"#)?;
    /// assert_eq!(meant.desired_tg_updates.get("front").map(|counts| counts.place), Some(2));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct PlanAnnotations {
        /// By group.
        "DesiredTGUpdates" desired_tg_updates: Map<DesiredUpdates>,
        /// Whom it displaces.
        "PreemptedAllocs" preempted_allocs: List<AllocListStub>,
    }
}

record! {
    /// How many allocations of a group meet with what (MODEL-48).
    ///
    /// ```
    /// use longshore_model::{DesiredUpdates, from_json};
    /// let counts: DesiredUpdates = from_json(r#"{"Ignore": 3, "DestructiveUpdate": 1}"#)?;
    /// assert_eq!((counts.ignore, counts.destructive_update, counts.place), (3, 1, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DesiredUpdates {
        /// Left alone.
        "Ignore" ignore: u64,
        /// Placed.
        "Place" place: u64,
        /// Moved.
        "Migrate" migrate: u64,
        /// Stopped.
        "Stop" stop: u64,
        /// Updated where they are.
        "InPlaceUpdate" in_place_update: u64,
        /// Replaced by a new version.
        "DestructiveUpdate" destructive_update: u64,
        /// Placed to try a new version.
        "Canary" canary: u64,
        /// Displaced.
        "Preemptions" preemptions: u64,
        /// Marked unknown.
        "Disconnect" disconnect: u64,
        /// Taken back.
        "Reconnect" reconnect: u64,
        /// Placed again now.
        "RescheduleNow" reschedule_now: u64,
        /// Placed again later.
        "RescheduleLater" reschedule_later: u64,
    }
}

record! {
    /// A change of a rollout's status (MODEL-48).
    ///
    /// ```
    /// use longshore_model::{DeploymentStatus, DeploymentUpdate, from_json};
    /// let update: DeploymentUpdate = from_json(r#"{"DeploymentID": "d-1", "Status": "successful"}"#)?;
    /// assert_eq!(update.status, DeploymentStatus::Successful);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DeploymentUpdate {
        /// The rollout.
        "DeploymentID" deployment_id: DeploymentId,
        /// Its status.
        "Status" status: DeploymentStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// When, Unix ns.
        "UpdatedAt" updated_at: Time,
    }
}
