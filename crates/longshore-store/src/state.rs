//! The state: every row of the cluster, with the indexes that readers need.
//!
//! Cloning is O(1) and costs what later differs. Nothing but [`State::apply`](crate::State::apply) changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{
    AllocId, AllocatedResources, Allocation, ClientStatus, DesiredStatus, EvalId, Evaluation, GroupName, Job, JobId,
    JobStatus, JobSummary, Namespace, Node, NodeId, Time, names,
};

use crate::batch::{Index, Table};
use crate::digest::Digest;
use crate::frame::Writer;
use crate::node_log::NodeLog;
use crate::persist::arena::Arena;
use crate::persist::btree::OrdMap;
use crate::persist::dense::SlotSets;
use crate::persist::ids::IdMap;
use crate::rows::{AllocExtra, AllocRow, Cohort, JobRow, NodeRow};

/// A node's place in the state. Slots rise in creation order and are never reused; they never leave the process.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct NodeSlot(pub u32);

/// A job's place in the state, for looking at it again without a search. Never reused; it never leaves the process.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct JobSlot(pub(crate) u32);

/// An allocation's place in the state. Slots rise in creation order and are never reused; they never leave the process.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct AllocSlot(pub(crate) u32);

/// The materialised cluster at an index.
///
/// ```
/// use longshore_model::{Node, Time};
/// use longshore_store::{Batch, Change, Kind, State};
/// let mut state = State::new();
/// let before = state.clone(); // O(1), and never changes
/// let node = std::sync::Arc::new(Node::new("node-1").datacenter("dc1"));
/// let batch = Batch { index: 1, time: Time(0), kind: Kind::NodeRegistration, changes: vec![Change::PutNode(node)] };
/// state.apply(&batch)?;
/// assert!(state.node(&"node-1".into()).is_some() && before.node(&"node-1".into()).is_none());
/// # Ok::<(), longshore_store::ApplyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct State {
    pub(crate) index: Index,
    pub(crate) time: Time,
    pub(crate) tables: [TableState; 4],
    pub(crate) nodes: Arena<NodeRow>,
    pub(crate) node_ids: IdMap,
    pub(crate) jobs: Arena<JobRow>,
    pub(crate) job_ids: OrdMap<(Namespace, JobId), u32>,
    /// The job written last: the next look is mostly for it.
    pub(crate) last_job: u32,
    pub(crate) evals: Arena<EvalRow>,
    pub(crate) eval_ids: IdMap,
    pub(crate) evals_by_job: SlotSets,
    pub(crate) allocs: Arena<AllocRow>,
    pub(crate) alloc_ids: IdMap,
    pub(crate) allocs_by_job: SlotSets,
    pub(crate) allocs_by_eval: SlotSets,
    pub(crate) node_log: NodeLog,
    pub(crate) writers: Arc<Writers>,
}

/// The last index of each of the latest writers.
pub(crate) type Writers = BTreeMap<Writer, Index>;

/// What is known of a table as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TableState {
    pub(crate) index: Index,
    pub(crate) digest: Digest,
}

/// An evaluation as the table holds it.
#[derive(Clone, Debug)]
pub(crate) struct EvalRow {
    pub(crate) eval: Arc<Evaluation>,
    pub(crate) job_slot: u32,
    pub(crate) digest: Digest,
}

impl State {
    /// The state before the first write.
    pub fn new() -> State {
        State::default()
    }

    /// A copy that may be written on its own: whoever mirrors this state starts afresh with the fork. O(1).
    pub fn fork(&self) -> State {
        State { node_log: self.node_log.fork(), ..self.clone() }
    }

    /// The index of the last write.
    pub fn index(&self) -> Index {
        self.index
    }

    /// The time of the last write.
    pub fn time(&self) -> Time {
        self.time
    }

    /// The index of the last write to a table.
    pub fn table_index(&self, table: Table) -> Index {
        self.tables[table as usize].index
    }

    /// The digest of all rows: equal states, equal digests, on every platform. O(1).
    pub fn digest(&self) -> Digest {
        let mut sum = Digest(0);
        for (number, table) in self.tables.iter().enumerate() {
            // A row's weight depends on its table, so that equal rows in two tables do not stand for each other.
            sum.add(Digest(table.digest.0.wrapping_mul(2 * number as u128 + 1)));
        }
        sum.add(Digest(u128::from(self.index) << 64));
        sum
    }

    /// The digest of one table's rows.
    pub fn table_digest(&self, table: Table) -> Digest {
        self.tables[table as usize].digest
    }

    /// The last index that a writer wrote, if it is among the latest writers. Not part of the digest.
    pub fn last_by(&self, writer: Writer) -> Option<Index> {
        self.writers.get(&writer).copied()
    }

    /// Which nodes' records or allocations changed, for mirrors of the state.
    pub fn node_log(&self) -> &NodeLog {
        &self.node_log
    }

    // Nodes.

    /// A node by id.
    pub fn node(&self, id: &NodeId) -> Option<&Arc<Node>> {
        self.node_at(self.node_slot(id)?)
    }

    /// A node's slot.
    pub fn node_slot(&self, id: &NodeId) -> Option<NodeSlot> {
        self.node_ids.get(&id.0).map(NodeSlot)
    }

    /// The node in a slot, unless it was removed.
    pub fn node_at(&self, slot: NodeSlot) -> Option<&Arc<Node>> {
        self.nodes.get(slot.0).map(|row| &row.node)
    }

    /// Node slots given so far, removed nodes included.
    pub fn node_slots(&self) -> u32 {
        self.nodes.slots()
    }

    /// Nodes in creation order.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.nodes.iter().map(|(_, row)| &row.node)
    }

    /// Nodes whose id begins with `prefix`, in id order.
    pub fn nodes_by_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Arc<Node>> {
        self.node_ids.with_prefix(prefix).filter_map(|slot| self.node_at(NodeSlot(slot)))
    }

    // Jobs.

    /// A job by namespace and id.
    pub fn job(&self, namespace: &Namespace, id: &JobId) -> Option<JobRef<'_>> {
        self.job_in(self.job_slot(namespace, id)?)
    }

    /// A job's slot, if it was ever spoken of.
    pub fn job_slot(&self, namespace: &Namespace, id: &JobId) -> Option<JobSlot> {
        let last = self.jobs.get(self.last_job).map(|row| &row.state);
        if last.is_some_and(|last| last.id == *id && last.namespace == *namespace) {
            return Some(JobSlot(self.last_job));
        }
        self.job_ids.get(&(namespace.clone(), id.clone())).copied().map(JobSlot)
    }

    /// The job in a slot, if it is there.
    pub fn job_in(&self, slot: JobSlot) -> Option<JobRef<'_>> {
        let row = self.jobs.get(slot.0)?;
        let current = &row.versions.first()?.job;
        Some(JobRef { slot, row, current })
    }

    /// Jobs in order of namespace and id.
    pub fn jobs(&self) -> impl Iterator<Item = JobRef<'_>> {
        self.job_ids.iter().filter_map(|(_, slot)| self.job_in(JobSlot(*slot)))
    }

    /// A namespace's jobs whose ids begin with `prefix`, in order of their ids.
    pub fn jobs_from<'a>(
        &'a self,
        namespace: &'a Namespace,
        prefix: &'a str,
    ) -> impl Iterator<Item = JobRef<'a>> + use<'a> {
        let from = (namespace.clone(), JobId::from(prefix));
        let rest = self.job_ids.range_from(&from);
        let slots = rest.take_while(move |((found, id), _)| found == namespace && id.starts_with(prefix));
        slots.filter_map(|(_, slot)| self.job_in(JobSlot(*slot)))
    }

    /// How many jobs there are, stopped ones included.
    pub fn job_count(&self) -> usize {
        self.jobs().count()
    }

    // Evaluations.

    /// An evaluation by id.
    pub fn eval(&self, id: &EvalId) -> Option<&Arc<Evaluation>> {
        self.evals.get(self.eval_ids.get(&id.0)?).map(|row| &row.eval)
    }

    /// Evaluations in creation order.
    pub fn evals(&self) -> impl Iterator<Item = &Arc<Evaluation>> {
        self.evals.iter().map(|(_, row)| &row.eval)
    }

    /// Evaluations whose id begins with `prefix`, in id order.
    pub fn evals_by_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Arc<Evaluation>> {
        self.eval_ids.with_prefix(prefix).filter_map(|slot| self.evals.get(slot).map(|row| &row.eval))
    }

    /// A job's evaluations in creation order.
    pub fn evals_of_job(&self, namespace: &Namespace, id: &JobId) -> impl Iterator<Item = &Arc<Evaluation>> {
        self.job_slot(namespace, id).into_iter().flat_map(|slot| self.evals_of_job_in(slot))
    }

    /// The evaluations of the job in a slot, in creation order.
    pub fn evals_of_job_in(&self, slot: JobSlot) -> impl Iterator<Item = &Arc<Evaluation>> {
        self.evals_by_job.of(slot.0).filter_map(|slot| self.evals.get(slot).map(|row| &row.eval))
    }

    // Allocations.

    /// An allocation by id.
    pub fn alloc(&self, id: &AllocId) -> Option<AllocRef<'_>> {
        self.alloc_at(self.alloc_ids.get(&id.0)?)
    }

    /// The allocation in a slot, unless it was removed.
    pub fn alloc_in(&self, slot: AllocSlot) -> Option<AllocRef<'_>> {
        self.alloc_at(slot.0)
    }

    pub(crate) fn alloc_at(&self, slot: u32) -> Option<AllocRef<'_>> {
        Some(AllocRef { state: self, row: self.allocs.get(slot)? })
    }

    /// How many allocations there are, terminal ones included.
    pub fn alloc_count(&self) -> usize {
        self.allocs.live()
    }

    /// Allocations in creation order.
    pub fn allocs(&self) -> impl Iterator<Item = AllocRef<'_>> {
        self.allocs.iter().map(|(_, row)| AllocRef { state: self, row })
    }

    /// Allocations whose id begins with `prefix`, in id order.
    pub fn allocs_by_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = AllocRef<'a>> {
        self.alloc_ids.with_prefix(prefix).filter_map(|slot| self.alloc_at(slot))
    }

    /// A job's allocations in creation order, those of earlier registrations included (REC-1).
    pub fn allocs_of_job(&self, namespace: &Namespace, id: &JobId) -> impl Iterator<Item = AllocRef<'_>> {
        self.job_slot(namespace, id).into_iter().flat_map(|slot| self.allocs_of_job_in(slot))
    }

    /// The allocations of the job in a slot, in creation order, those of earlier registrations included.
    pub fn allocs_of_job_in(&self, slot: JobSlot) -> impl Iterator<Item = AllocRef<'_>> {
        self.allocs_by_job.of(slot.0).filter_map(|slot| self.alloc_at(slot))
    }

    /// The allocations that an evaluation placed or last updated, in creation order.
    pub fn allocs_of_eval(&self, id: &EvalId) -> impl Iterator<Item = AllocRef<'_>> {
        let slot = self.eval_ids.get(&id.0);
        slot.into_iter().flat_map(|slot| self.allocs_by_eval.of(slot)).filter_map(|slot| self.alloc_at(slot))
    }

    /// The allocations placed on a node, in creation order, terminal ones included.
    pub fn allocs_on(&self, slot: NodeSlot) -> impl Iterator<Item = AllocRef<'_>> {
        let row = self.nodes.get(slot.0);
        row.into_iter().flat_map(|row| row.allocs.iter()).filter_map(|slot| self.alloc_at(*slot))
    }
}

/// A job as it stands: its current version, and what changes without a new one.
#[derive(Clone, Copy, Debug)]
pub struct JobRef<'a> {
    slot: JobSlot,
    row: &'a JobRow,
    current: &'a Arc<Job>,
}

impl<'a> JobRef<'a> {
    /// Its slot.
    pub fn slot(&self) -> JobSlot {
        self.slot
    }

    /// The current version's specification. Its status, stability and modify index are those of its writing; ask this
    /// reference for the present ones.
    pub fn spec(&self) -> &'a Arc<Job> {
        self.current
    }

    /// Versions held, newest first.
    pub fn versions(&self) -> impl Iterator<Item = &'a Arc<Job>> + use<'a> {
        self.row.versions.iter().map(|version| &version.job)
    }

    /// Its status.
    pub fn status(&self) -> JobStatus {
        self.row.state.status
    }

    /// Index of its last change of any kind.
    pub fn modify_index(&self) -> Index {
        self.row.state.modify_index
    }

    /// Its changeable part.
    pub fn state(&self) -> &'a crate::rows::JobState {
        &self.row.state
    }

    /// Its counters.
    pub fn summary(&self) -> Option<&'a Arc<JobSummary>> {
        self.row.summary.as_ref()
    }

    /// The whole job, as a reader of the reference would get it.
    pub fn to_job(&self) -> Job {
        let state = &self.row.state;
        Job {
            status: state.status,
            status_description: state.status_description.clone(),
            stable: state.stable,
            modify_index: state.modify_index,
            ..(**self.current).clone()
        }
    }
}

/// An allocation in the state. Cheap to copy; the whole object is made by [`AllocRef::to_allocation`].
#[derive(Clone, Copy, Debug)]
pub struct AllocRef<'a> {
    state: &'a State,
    row: &'a AllocRow,
}

impl<'a> AllocRef<'a> {
    /// Its id.
    pub fn id(&self) -> &'a AllocId {
        &self.row.id
    }

    /// What it shares with others of its placement.
    pub fn cohort(&self) -> &'a Arc<Cohort> {
        &self.row.cohort.cohort
    }

    /// The job version that it runs.
    pub fn job(&self) -> &'a Arc<Job> {
        self.cohort().job()
    }

    /// Its group.
    pub fn group(&self) -> &'a GroupName {
        &self.cohort().group
    }

    /// Its index among its group's names.
    pub fn index(&self) -> u32 {
        self.row.index
    }

    /// Its name (MODEL-187).
    pub fn name(&self) -> String {
        names::alloc_name(&self.job().id, self.group(), u64::from(self.row.index))
    }

    /// Its node's slot.
    pub fn node_slot(&self) -> NodeSlot {
        NodeSlot(self.row.node)
    }

    /// Its node, unless that was removed.
    pub fn node(&self) -> Option<&'a Arc<Node>> {
        self.state.node_at(self.node_slot())
    }

    /// What it should do.
    pub fn desired_status(&self) -> DesiredStatus {
        self.row.desired_status
    }

    /// What it does, as the host last said.
    pub fn client_status(&self) -> ClientStatus {
        self.row.client_status
    }

    /// Told to stop or evicted (MODEL-211).
    pub fn server_terminal(&self) -> bool {
        self.row.desired_status.is_terminal()
    }

    /// Complete, failed or lost (MODEL-211).
    pub fn client_terminal(&self) -> bool {
        self.row.client_status.is_terminal()
    }

    /// Either (MODEL-211).
    pub fn terminal(&self) -> bool {
        self.server_terminal() || self.client_terminal()
    }

    /// What it holds on its node.
    pub fn resources(&self) -> &'a AllocatedResources {
        let own = self.row.extra.as_ref().and_then(|extra| extra.resources.as_ref());
        own.unwrap_or(&self.cohort().resources)
    }

    /// What a plain allocation lacks, if it has any of it.
    pub fn extra(&self) -> Option<&'a Arc<AllocExtra>> {
        self.row.extra.as_ref()
    }

    /// Index of its creation.
    pub fn create_index(&self) -> Index {
        self.cohort().create_index
    }

    /// Index of its last change.
    pub fn modify_index(&self) -> Index {
        self.row.modify_index
    }

    /// Index of its last change by the engine.
    pub fn alloc_modify_index(&self) -> Index {
        self.row.alloc_modify_index
    }

    /// Time of its last change.
    pub fn modify_time(&self) -> Time {
        self.row.modify_time
    }

    /// The changeable part, to be changed and put back by a batch.
    pub fn changed(&self) -> crate::rows::ChangedAlloc {
        crate::rows::ChangedAlloc {
            id: self.row.id.clone(),
            desired_status: self.row.desired_status,
            client_status: self.row.client_status,
            alloc_modify_index: self.row.alloc_modify_index,
            modify_time: self.row.modify_time,
            extra: self.row.extra.clone(),
            cohort: None,
        }
    }

    /// The whole object, as a reader of the reference would get it, its job embedded.
    pub fn to_allocation(&self) -> Allocation {
        let (row, cohort) = (self.row, self.cohort());
        let node = self.node();
        let extra = row.extra.as_deref().cloned().unwrap_or_default();
        Allocation {
            id: row.id.clone(),
            namespace: cohort.job().namespace.clone(),
            eval_id: cohort.eval_id.clone(),
            name: self.name(),
            node_id: node.map(|node| node.id.clone()).unwrap_or_default(),
            node_name: node.map(|node| node.name.clone()).unwrap_or_default(),
            job_id: cohort.job().id.clone(),
            job: Some(cohort.job().clone()),
            task_group: cohort.group.clone(),
            allocated_resources: Some(self.resources().clone()),
            metrics: cohort.metrics.as_deref().cloned(),
            desired_status: row.desired_status,
            desired_description: extra.desired_description,
            desired_transition: extra.desired_transition,
            client_status: row.client_status,
            client_description: extra.client_description,
            task_states: extra.task_states.get(),
            alloc_states: unboxed(extra.alloc_states).unwrap_or_default(),
            previous_allocation: extra.previous_allocation,
            next_allocation: extra.next_allocation,
            deployment_id: cohort.deployment_id.clone(),
            deployment_status: unboxed(extra.deployment_status),
            reschedule_tracker: unboxed(extra.reschedule_tracker),
            network_status: unboxed(extra.network_status),
            followup_eval_id: extra.followup_eval_id,
            preempted_allocations: unboxed(extra.preempted_allocations).unwrap_or_default(),
            preempted_by_allocation: extra.preempted_by_allocation,
            create_index: cohort.create_index,
            modify_index: row.modify_index,
            alloc_modify_index: row.alloc_modify_index,
            create_time: cohort.create_time,
            modify_time: row.modify_time,
            ..Allocation::default()
        }
    }
}

fn unboxed<T>(part: Option<Box<T>>) -> Option<T> {
    part.map(|part| *part)
}
