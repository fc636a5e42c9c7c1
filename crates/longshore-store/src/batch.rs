//! Batches: one write each, and the changes that they make.
//!
//! A batch carries *resulting rows*, not commands: replaying a log never depends on what the code of the day would
//! decide.

use std::sync::Arc;

use longshore_model::wire::List;
use longshore_model::{EvalId, Evaluation, Job, JobId, JobSummary, Namespace, Node, NodeId, Time, keyword, record};

use crate::columns::PlacedColumns;
use crate::rows::{ChangedAlloc, JobState, Placed};

/// The number of a write: one more than the write before it.
pub type Index = u64;

keyword! {
    /// The tables of the state.
    pub enum Table {
        /// Nodes.
        Nodes = "nodes",
        /// Jobs, their versions and summaries.
        Jobs = "jobs",
        /// Evaluations.
        Evals = "evals",
        /// Allocations.
        Allocs = "allocs",
    }
}

keyword! {
    /// What kind of write a batch is: the type of its events (LOOP-1401).
    pub enum Kind: open {
        /// A job was registered or scaled.
        JobRegistered = "JobRegistered",
        /// A job was stopped or purged.
        JobDeregistered = "JobDeregistered",
        /// A node came or came again.
        NodeRegistration = "NodeRegistration",
        /// A node went.
        NodeDeregistration = "NodeDeregistration",
        /// A node's status changed.
        NodeStatus = "NodeStreamEvent",
        /// A node opened or closed for work.
        NodeEligibility = "NodeEligibility",
        /// Evaluations changed.
        EvaluationUpdated = "EvaluationUpdated",
        /// A plan was applied.
        PlanResult = "PlanResult",
        /// The host reported on allocations.
        AllocationUpdated = "AllocationUpdated",
    }
}

/// One change of one row, as it results.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A node, new or in place of the one with its id.
    PutNode(Arc<Node>),
    /// A node is gone.
    DeleteNode(NodeId),
    /// A job version, current from now on.
    PutJob(Arc<Job>),
    /// A job's changeable part.
    PutJobState(JobState),
    /// A job's counters.
    PutSummary(Arc<JobSummary>),
    /// An old version is dropped: namespace, id, version.
    DropJobVersion(Namespace, JobId, u64),
    /// An evaluation, new or in place of the one with its id.
    PutEval(Arc<Evaluation>),
    /// An evaluation is gone.
    DeleteEval(EvalId),
    /// New allocations of one cohort.
    Place(Placed),
    /// An existing allocation's changeable part.
    PutAlloc(ChangedAlloc),
}

record! {
    /// A change in bytes: one member is set. Members that a reader does not know are refused by [`Change::read`].
    struct ChangeRow {
        "PutNode" put_node: Option<Arc<Node>>,
        "DeleteNode" delete_node: Option<NodeId>,
        "PutJob" put_job: Option<Arc<Job>>,
        "PutJobState" put_job_state: Option<JobState>,
        "PutSummary" put_summary: Option<Arc<JobSummary>>,
        "DropJobVersion" drop_job_version: Option<DroppedVersion>,
        "PutEval" put_eval: Option<Arc<Evaluation>>,
        "DeleteEval" delete_eval: Option<EvalId>,
        // As maps, one an allocation: read, no longer written.
        "Place" place: Option<Placed>,
        "PlaceColumns" place_columns: Option<PlacedColumns>,
        "PutAlloc" put_alloc: Option<ChangedAlloc>,
    }
}

record! {
    struct DroppedVersion {
        "Namespace" namespace: Namespace,
        "ID" id: JobId,
        "Version" version: u64,
    }
}

impl Change {
    /// The table that the change is in.
    pub fn table(&self) -> Table {
        match self {
            Change::PutNode(_) | Change::DeleteNode(_) => Table::Nodes,
            Change::PutJob(_) | Change::PutJobState(_) | Change::PutSummary(_) | Change::DropJobVersion(..) => {
                Table::Jobs
            }
            Change::PutEval(_) | Change::DeleteEval(_) => Table::Evals,
            Change::Place(_) | Change::PutAlloc(_) => Table::Allocs,
        }
    }

    fn row(&self) -> ChangeRow {
        let mut row = ChangeRow::default();
        match self.clone() {
            Change::PutNode(node) => row.put_node = Some(node),
            Change::DeleteNode(id) => row.delete_node = Some(id),
            Change::PutJob(job) => row.put_job = Some(job),
            Change::PutJobState(state) => row.put_job_state = Some(state),
            Change::PutSummary(summary) => row.put_summary = Some(summary),
            Change::DropJobVersion(namespace, id, version) => {
                row.drop_job_version = Some(DroppedVersion { namespace, id, version });
            }
            Change::PutEval(eval) => row.put_eval = Some(eval),
            Change::DeleteEval(id) => row.delete_eval = Some(id),
            Change::Place(placed) => row.place_columns = Some(PlacedColumns::of(&placed)),
            Change::PutAlloc(alloc) => row.put_alloc = Some(alloc),
        }
        row
    }

    /// The one member that is set; an error if it is one that this version does not know.
    fn read(row: ChangeRow) -> Result<Change, String> {
        if let Some(columns) = row.place_columns {
            return columns.placed().map(Change::Place);
        }
        let change = None
            .or(row.put_node.map(Change::PutNode))
            .or(row.delete_node.map(Change::DeleteNode))
            .or(row.put_job.map(Change::PutJob))
            .or(row.put_job_state.map(Change::PutJobState))
            .or(row.put_summary.map(Change::PutSummary))
            .or(row.drop_job_version.map(|d| Change::DropJobVersion(d.namespace, d.id, d.version)))
            .or(row.put_eval.map(Change::PutEval))
            .or(row.delete_eval.map(Change::DeleteEval))
            .or(row.place.map(Change::Place))
            .or(row.put_alloc.map(Change::PutAlloc));
        change.ok_or_else(|| "it is of a kind unknown to this version".to_owned())
    }
}

/// One write: its rows, index and time.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The write's number.
    pub index: Index,
    /// When the host says it happened.
    pub time: Time,
    /// What kind of write it is.
    pub kind: Kind,
    /// The rows that result, in the order of application.
    pub changes: Vec<Change>,
}

record! {
    /// A batch in bytes.
    pub(crate) struct BatchRow {
        "Index" index: u64,
        "Time" time: Time,
        "Kind" kind: Kind,
        "Changes" changes: List<ChangeRow>,
    }
}

impl Batch {
    pub(crate) fn row(&self) -> BatchRow {
        BatchRow {
            index: self.index,
            time: self.time,
            kind: self.kind.clone(),
            changes: self.changes.iter().map(Change::row).collect(),
        }
    }

    pub(crate) fn read(row: BatchRow) -> Result<Batch, String> {
        let BatchRow { index, time, kind, changes } = row;
        let read =
            |(number, change)| Change::read(change).map_err(|why| format!("batch {index}, change {number}: {why}"));
        let changes = changes.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(Batch { index, time, kind, changes })
    }
}
