//! What lists show of allocations and jobs.

use crate::alloc::{
    AllocDeploymentStatus, AllocatedResources, ClientStatus, DesiredStatus, DesiredTransition, RescheduleTracker,
};
use crate::job::{JobStatus, JobType};
use crate::periodic::Multiregion;
use crate::summary::JobSummary;
use crate::task_state::TaskState;
use crate::{AllocId, EvalId, GroupName, JobId, Namespace, NodeId, Time};
use crate::{List, Map};

record! {
    /// What lists show of an allocation (MODEL-46).
    ///
    /// ```
    /// use longshore_model::{AllocListStub, ClientStatus, from_json};
    /// let stub: AllocListStub = from_json(r#"{"Name": "web.front[0]", "ClientStatus": "running"}"#)?;
    /// assert_eq!((stub.name.as_str(), stub.client_status), ("web.front[0]", ClientStatus::Running));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocListStub {
        /// Its id.
        "ID" id: AllocId,
        /// The evaluation that placed or last updated it.
        "EvalID" eval_id: EvalId,
        /// Its name: `JOB.GROUP[INDEX]`.
        "Name" name: String,
        /// Its job's namespace.
        "Namespace" namespace: Namespace,
        /// Its node.
        "NodeID" node_id: NodeId,
        /// Its node's name.
        "NodeName" node_name: String,
        /// Its job.
        "JobID" job_id: JobId,
        /// Its job's type.
        "JobType" job_type: JobType,
        /// The version of the job that it runs.
        "JobVersion" job_version: u64,
        /// Its group.
        "TaskGroup" task_group: GroupName,
        /// What it holds, if the list was asked for it.
        "AllocatedResources" allocated_resources: Option<AllocatedResources> [omit_empty],
        /// What it should do.
        "DesiredStatus" desired_status: DesiredStatus,
        /// Why, for people.
        "DesiredDescription" desired_description: String,
        /// What it does.
        "ClientStatus" client_status: ClientStatus,
        /// Why, for people.
        "ClientDescription" client_description: String,
        /// What it is asked to do next.
        "DesiredTransition" desired_transition: DesiredTransition,
        /// Its tasks.
        "TaskStates" task_states: Map<TaskState>,
        /// Its health in its rollout.
        "DeploymentStatus" deployment_status: Option<AllocDeploymentStatus>,
        /// The evaluation that will look at it later.
        "FollowupEvalID" followup_eval_id: EvalId,
        /// What replaced it.
        "NextAllocation" next_allocation: AllocId,
        /// How often it was placed again.
        "RescheduleTracker" reschedule_tracker: Option<RescheduleTracker>,
        /// Whom it displaced.
        "PreemptedAllocations" preempted_allocations: List<AllocId>,
        /// Who displaced it.
        "PreemptedByAllocation" preempted_by_allocation: AllocId,
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
    /// What lists show of a job (MODEL-46).
    ///
    /// ```
    /// use longshore_model::{JobListStub, from_json};
    /// let stub: JobListStub = from_json(r#"{"ID": "web", "Type": "service", "Periodic": true}"#)?;
    /// assert!(stub.id == "web" && stub.periodic && !stub.stop);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobListStub {
        /// Its id within the namespace.
        "ID" id: JobId,
        /// The job that it is an instance of.
        "ParentID" parent_id: JobId,
        /// Its name for people.
        "Name" name: String,
        /// Its namespace.
        "Namespace" namespace: Namespace [omit_empty],
        /// Datacenters it may run in.
        "Datacenters" datacenters: List<String>,
        /// The node pool it may run in.
        "NodePool" node_pool: String,
        /// Regions of a job in several.
        "Multiregion" multiregion: Option<Multiregion>,
        /// Which scheduler it is for.
        "Type" kind: JobType,
        /// 1 to 100; higher goes first.
        "Priority" priority: i64,
        /// Whether it is launched by the clock: it says when, even if that is turned off.
        "Periodic" periodic: bool,
        /// Whether it is launched by dispatch: it says how, and is no such launch itself.
        "ParameterizedJob" parameterized_job: bool,
        /// Whether it is stopped.
        "Stop" stop: bool,
        /// Where it stands.
        "Status" status: JobStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// Its allocations counted.
        "JobSummary" job_summary: Option<JobSummary>,
        /// Index of its registration.
        "CreateIndex" create_index: u64,
        /// Index of its last change of any kind.
        "ModifyIndex" modify_index: u64,
        /// Index of its last change of specification.
        "JobModifyIndex" job_modify_index: u64,
        /// When it was submitted, Unix ns.
        "SubmitTime" submit_time: Time,
        /// Facts for people and templates, if the list was asked for them.
        "Meta" meta: Map<String> [omit_empty],
    }
}
