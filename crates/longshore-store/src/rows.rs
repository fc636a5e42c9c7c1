//! Rows: what the tables hold, and what batches carry.
//!
//! What the allocations of one placement share stands once, in a [`Cohort`]; an allocation's own row is small, and what
//! a plain allocation lacks (devices, task states, reschedule history) is an [`AllocExtra`] beside it.

use std::sync::Arc;

use longshore_model::reflect::{Kind, Reflect, View};
use longshore_model::wire::{Form, List, Wire};
use longshore_model::{
    AllocDeploymentStatus, AllocId, AllocMetric, AllocState, AllocatedResources, ClientStatus, DeploymentId,
    DesiredStatus, DesiredTransition, EvalId, GroupName, Job, JobStatus, JobSummary, Map, Namespace, NetworkStatus,
    NodeId, RescheduleTracker, TaskState, Time, record,
};
use serde::{Deserializer, Serializer};

use crate::digest::{Digest, Hasher};
use crate::packed::Packed;

/// An immutable version of a job, shared by everything that refers to it.
///
/// In bytes it is a reference (namespace, id, registration, version), resolved against the versions that the state
/// holds when it is read back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JobBody(pub Arc<Job>);

record! {
    /// How a job body is written in a cohort.
    pub struct JobReference {
        /// Namespace of the job.
        "Namespace" namespace: Namespace,
        /// Its id.
        "ID" id: longshore_model::JobId,
        /// The index of its registration.
        "CreateIndex" create_index: u64,
        /// Its version.
        "Version" version: u64,
    }
}

impl JobReference {
    /// The reference to a job version.
    pub fn to(job: &Job) -> JobReference {
        JobReference {
            namespace: job.namespace.clone(),
            id: job.id.clone(),
            create_index: job.create_index,
            version: job.version,
        }
    }
}

impl Wire for JobBody {
    const NULL_ELEMENT: bool = false;

    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        let mut reference = JobReference::default();
        reference.decode(from)?;
        let JobReference { namespace, id, create_index, version } = reference;
        self.0 = Arc::new(Job { namespace, id, create_index, version, ..Job::default() });
        Ok(())
    }

    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        JobReference::to(&self.0).encode(to, form)
    }

    fn is_zero(&self) -> bool {
        JobReference::to(&self.0).is_zero()
    }
}

impl Reflect for JobBody {
    const KIND: Kind = Kind::Object;
    fn view(&self) -> View<'_> {
        self.0.view()
    }
}

record! {
    /// What the allocations of one placement have in common.
    pub struct Cohort {
        /// The job version that they run.
        "Job" job: JobBody,
        /// Their group.
        "TaskGroup" group: GroupName,
        /// The evaluation that placed or last updated them.
        "EvalID" eval_id: EvalId,
        /// The deployment that they belong to.
        "DeploymentID" deployment_id: DeploymentId,
        /// What each holds, unless its extra says otherwise.
        "Resources" resources: Arc<AllocatedResources>,
        /// How the nodes were chosen.
        "Metrics" metrics: Option<Arc<AllocMetric>>,
        /// Index of their creation; kept by an update in place.
        "CreateIndex" create_index: u64,
        /// Time of their creation.
        "CreateTime" create_time: Time,
    }
}

impl Cohort {
    /// The job version.
    pub fn job(&self) -> &Arc<Job> {
        &self.job.0
    }

    pub(crate) fn digest(&self) -> Digest {
        Hasher::new(0xC0).object(self).finish()
    }
}

record! {
    /// What a plain allocation lacks. Every member has its empty default; what few have is boxed, for a million of these
    /// may be held.
    pub struct AllocExtra {
        /// What this allocation holds, where it differs from its cohort (device instances).
        "Resources" resources: Option<Arc<AllocatedResources>>,
        /// Why it was stopped.
        "DesiredDescription" desired_description: String,
        /// What the host said of it.
        "ClientDescription" client_description: String,
        /// Its tasks, as the host reported them.
        "TaskStates" task_states: Packed<Map<TaskState>>,
        /// When its client status changed to and from `unknown` or `lost`.
        "AllocStates" alloc_states: Option<Box<List<AllocState>>>,
        /// What it replaced.
        "PreviousAllocation" previous_allocation: AllocId,
        /// What replaced it.
        "NextAllocation" next_allocation: AllocId,
        /// The evaluation that will look at it later.
        "FollowupEvalID" followup_eval_id: EvalId,
        /// How often it was rescheduled.
        "RescheduleTracker" reschedule_tracker: Option<Box<RescheduleTracker>>,
        /// What it is asked to do.
        "DesiredTransition" desired_transition: DesiredTransition,
        /// Its health.
        "DeploymentStatus" deployment_status: Option<Box<AllocDeploymentStatus>>,
        /// Its addresses.
        "NetworkStatus" network_status: Option<Box<NetworkStatus>>,
        /// Whom it displaced.
        "PreemptedAllocations" preempted_allocations: Option<Box<List<AllocId>>>,
        /// Who displaced it.
        "PreemptedByAllocation" preempted_by_allocation: AllocId,
    }
}

record! {
    /// A new allocation of a cohort, as a batch carries it.
    pub struct NewAlloc {
        /// Its id.
        "ID" id: AllocId,
        /// The node it is placed on.
        "NodeID" node_id: NodeId,
        /// Its index among its group's names.
        "Index" index: u32,
        /// What else there is to it.
        "Extra" extra: Option<Arc<AllocExtra>>,
    }
}

record! {
    /// New allocations that share a cohort.
    pub struct Placed {
        /// What they share.
        "Cohort" cohort: Arc<Cohort>,
        /// Each of them.
        "Allocs" allocs: List<NewAlloc>,
    }
}

record! {
    /// The resulting changeable part of an existing allocation.
    pub struct ChangedAlloc {
        /// Its id.
        "ID" id: AllocId,
        /// What it should do.
        "DesiredStatus" desired_status: DesiredStatus,
        /// What it does.
        "ClientStatus" client_status: ClientStatus,
        /// Index of the last change by the engine.
        "AllocModifyIndex" alloc_modify_index: u64,
        /// Time of the last change.
        "ModifyTime" modify_time: Time,
        /// What else there is to it.
        "Extra" extra: Option<Arc<AllocExtra>>,
        /// Its new cohort, after an update in place.
        "Cohort" cohort: Option<Arc<Cohort>>,
    }
}

record! {
    /// A job's changeable part, beside its versions.
    pub struct JobState {
        /// Namespace of the job.
        "Namespace" namespace: Namespace,
        /// Its id.
        "ID" id: longshore_model::JobId,
        /// Whether it runs, waits or is dead.
        "Status" status: JobStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// Whether the current version has proven itself.
        "Stable" stable: bool,
        /// Index of the last change of any kind.
        "ModifyIndex" modify_index: u64,
    }
}

impl JobState {
    /// The changeable part that a version brings with it.
    pub fn of(job: &Job) -> JobState {
        JobState {
            namespace: job.namespace.clone(),
            id: job.id.clone(),
            status: job.status,
            status_description: job.status_description.clone(),
            stable: job.stable,
            modify_index: job.modify_index,
        }
    }
}

/// A job as the table holds it.
#[derive(Clone, Debug)]
pub(crate) struct JobRow {
    /// Versions held, newest first; the first is current. Empty for a job that is gone but still spoken of.
    pub(crate) versions: Arc<Vec<JobVersion>>,
    pub(crate) state: JobState,
    pub(crate) state_digest: Digest,
    pub(crate) summary: Option<Arc<JobSummary>>,
    pub(crate) summary_digest: Digest,
}

/// A version of a job, hashed once when it comes in.
#[derive(Clone, Debug)]
pub(crate) struct JobVersion {
    pub(crate) job: Arc<Job>,
    pub(crate) digest: Digest,
}

impl JobVersion {
    pub(crate) fn new(job: Arc<Job>) -> JobVersion {
        let digest = Hasher::new(0x0B).object(&*job).finish();
        JobVersion { job, digest }
    }
}

impl JobRow {
    /// A job that is spoken of but not there.
    pub(crate) fn gone(namespace: &Namespace, id: &longshore_model::JobId) -> JobRow {
        JobRow {
            versions: Arc::default(),
            state: JobState { namespace: namespace.clone(), id: id.clone(), ..JobState::default() },
            state_digest: Digest(0),
            summary: None,
            summary_digest: Digest(0),
        }
    }

    /// The sum of the parts' digests: a part that changes is exchanged alone. A job that is gone has none.
    pub(crate) fn digest(&self) -> Digest {
        let mut sum = self.state_digest;
        sum.add(self.summary_digest);
        self.versions.iter().for_each(|version| sum.add(version.digest));
        sum
    }

    pub(crate) fn set_state(&mut self, state: JobState) {
        self.state_digest = Hasher::new(0x10).object(&state).finish();
        self.state = state;
    }

    pub(crate) fn set_summary(&mut self, summary: Arc<JobSummary>) {
        self.summary_digest = Hasher::new(0x05).object(&*summary).finish();
        self.summary = Some(summary);
    }
}

/// A node as the table holds it.
#[derive(Clone, Debug)]
pub(crate) struct NodeRow {
    /// Its id, beside the node: digests of its allocations need no more of it.
    pub(crate) id: NodeId,
    pub(crate) node: Arc<longshore_model::Node>,
    /// Allocations placed here, in creation order, whatever their status.
    pub(crate) allocs: Arc<Vec<u32>>,
    pub(crate) digest: Digest,
}

/// An allocation as the table holds it.
#[derive(Clone, Debug)]
pub(crate) struct AllocRow {
    pub(crate) id: AllocId,
    pub(crate) cohort: Arc<CohortRow>,
    pub(crate) node: u32,
    pub(crate) index: u32,
    pub(crate) desired_status: DesiredStatus,
    pub(crate) client_status: ClientStatus,
    pub(crate) modify_index: u64,
    pub(crate) alloc_modify_index: u64,
    pub(crate) modify_time: Time,
    pub(crate) extra: Option<Arc<AllocExtra>>,
    /// The row's digest in two halves, which need no alignment of sixteen: a change subtracts it without a look at what
    /// the row held.
    pub(crate) digest: [u64; 2],
}

/// A cohort with what the state knows of it.
#[derive(Debug)]
pub(crate) struct CohortRow {
    pub(crate) cohort: Arc<Cohort>,
    pub(crate) job_slot: u32,
    /// The evaluation's slot, if it is held.
    pub(crate) eval_slot: Option<u32>,
    pub(crate) digest: Digest,
}

impl AllocRow {
    /// The digest as of the last [`AllocRow::hash`].
    pub(crate) fn digest(&self) -> Digest {
        Digest(u128::from(self.digest[0]) << 64 | u128::from(self.digest[1]))
    }

    /// The row with its digest.
    pub(crate) fn hashed(mut self, node: &NodeId) -> AllocRow {
        self.hash(node);
        self
    }

    /// Digests the row, which is on a node of this name.
    pub(crate) fn hash(&mut self, node: &NodeId) {
        let Digest(digest) = self.counted(node);
        self.digest = [(digest >> 64) as u64, digest as u64];
    }

    /// The digest, counted anew.
    pub(crate) fn counted(&self, node: &NodeId) -> Digest {
        let mut hasher = Hasher::new(0xA1)
            .id(&self.id.0)
            .id(&node.0)
            .digest(self.cohort.digest)
            .number(u64::from(self.index))
            .number((self.desired_status as u64) << 8 | self.client_status as u64)
            .number(self.modify_index)
            .number(self.alloc_modify_index)
            .number(self.modify_time.0 as u64);
        if let Some(extra) = &self.extra {
            hasher = hasher.object(&**extra);
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plain allocation is this row and its places in indexes; the rest is its cohort's. What grows here grows a
    /// million times.
    #[test]
    fn the_row_of_a_plain_allocation_is_small() {
        assert_eq!(size_of::<AllocRow>(), 96);
        assert_eq!(size_of::<Option<Arc<AllocExtra>>>(), 8, "what a plain one lacks costs one word");
    }
}
