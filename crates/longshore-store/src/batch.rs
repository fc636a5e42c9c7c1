//! Batches: one write each; and frames: the unit of commit.
//!
//! A batch carries *resulting rows*, not commands: replaying a log never depends on what the code of the day would
//! decide. A frame is a run of consecutive batches that is stored all or none; each batch keeps its own index and
//! events, so that group commit does not show.

use std::fmt;
use std::sync::{Arc, OnceLock};

use longshore_model::wire::List;
use longshore_model::{EvalId, Evaluation, Job, JobId, JobSummary, Namespace, Node, NodeId, Time, keyword, record};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::digest::Digest;
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
        "Place" place: Option<Placed>,
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
            Change::Place(placed) => row.place = Some(placed),
            Change::PutAlloc(alloc) => row.put_alloc = Some(alloc),
        }
        row
    }

    /// The one member that is set; `None` if it is one that this version does not know.
    fn read(row: ChangeRow) -> Option<Change> {
        None.or(row.put_node.map(Change::PutNode))
            .or(row.delete_node.map(Change::DeleteNode))
            .or(row.put_job.map(Change::PutJob))
            .or(row.put_job_state.map(Change::PutJobState))
            .or(row.put_summary.map(Change::PutSummary))
            .or(row.drop_job_version.map(|d| Change::DropJobVersion(d.namespace, d.id, d.version)))
            .or(row.put_eval.map(Change::PutEval))
            .or(row.delete_eval.map(Change::DeleteEval))
            .or(row.place.map(Change::Place))
            .or(row.put_alloc.map(Change::PutAlloc))
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
    struct BatchRow {
        "Index" index: u64,
        "Time" time: Time,
        "Kind" kind: Kind,
        "Changes" changes: List<ChangeRow>,
    }
}

/// Consecutive batches, committed all or none. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    content: Arc<Content>,
}

#[derive(Debug)]
struct Content {
    parent: Digest,
    batches: Vec<Batch>,
    /// Filled on first use; memory storage never needs it.
    bytes: OnceLock<Vec<u8>>,
}

impl PartialEq for Frame {
    fn eq(&self, other: &Frame) -> bool {
        self.content.parent == other.content.parent && self.content.batches == other.content.batches
    }
}

/// Why bytes are no whole frame.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// The bytes end before the frame does: a torn write if nothing follows.
    #[error("the frame ends after {found} of {expected} bytes")]
    Torn {
        /// Bytes there are.
        found: usize,
        /// Bytes there should be.
        expected: usize,
    },
    /// The bytes do not begin as a frame does.
    #[error("no frame begins here: expected the magic {:?}, found {found:?}", MAGIC)]
    Magic {
        /// What stands there.
        found: [u8; 4],
    },
    /// A header that does not match its check: its length cannot be trusted.
    #[error("the frame's header is damaged: check {found:04x}, expected {expected:04x}")]
    Header {
        /// The check that stands there.
        found: u16,
        /// What the header gives.
        expected: u16,
    },
    /// A frame of a later format.
    #[error("the frame has format {found}; this version reads up to {FORMAT}")]
    Format {
        /// Its format.
        found: u16,
    },
    /// The checksum does not match.
    #[error("the frame that begins with index {index} is damaged: checksum {found:016x}, expected {expected:016x}")]
    Checksum {
        /// The index in its header.
        index: Index,
        /// What the bytes give.
        found: u64,
        /// What the header says.
        expected: u64,
    },
    /// A body that cannot be read although its checksum matches: written by another program or a later version.
    #[error("the frame that begins with index {index} cannot be read: {why}")]
    Body {
        /// The index in its header.
        index: Index,
        /// What stood in the way.
        why: String,
    },
}

const MAGIC: [u8; 4] = *b"LSF\n";
const FORMAT: u16 = 1;
/// Magic, format, check of the header, body length, first index, checksum of the body.
const HEADER: usize = 4 + 2 + 2 + 4 + 8 + 8;

/// A check of everything in a header but the check itself: a flipped length must not look like a torn end.
fn header_check(header: &[u8]) -> u16 {
    let mut bytes = [0; HEADER];
    bytes.copy_from_slice(&header[..HEADER]);
    bytes[6..8].fill(0);
    xxh3_64_with_seed(&bytes, u64::from(FORMAT)) as u16
}

#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(rename = "Parent")]
    parent: Digest,
    #[serde(rename = "Batches")]
    batches: Vec<BatchRow>,
}

impl Frame {
    /// A frame of batches built on the state with the digest `parent`. Their indexes must be consecutive.
    pub fn new(parent: Digest, batches: Vec<Batch>) -> Frame {
        debug_assert!(batches.windows(2).all(|pair| pair[0].index + 1 == pair[1].index));
        Frame { content: Arc::new(Content { parent, batches, bytes: OnceLock::new() }) }
    }

    /// The digest of the state that the first batch was built on.
    pub fn parent(&self) -> Digest {
        self.content.parent
    }

    /// The batches, in order.
    pub fn batches(&self) -> &[Batch] {
        &self.content.batches
    }

    /// Index of the first batch; zero for an empty frame.
    pub fn first_index(&self) -> Index {
        self.content.batches.first().map_or(0, |batch| batch.index)
    }

    /// Index of the last batch; zero for an empty frame.
    pub fn last_index(&self) -> Index {
        self.content.batches.last().map_or(0, |batch| batch.index)
    }

    /// The frame in bytes, encoded on first use.
    pub fn bytes(&self) -> &[u8] {
        self.content.bytes.get_or_init(|| self.encode())
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        let row = |batch: &Batch| BatchRow {
            index: batch.index,
            time: batch.time,
            kind: batch.kind.clone(),
            changes: batch.changes.iter().map(Change::row).collect(),
        };
        let body = Body { parent: self.content.parent, batches: self.content.batches.iter().map(row).collect() };
        // Writing to memory cannot fail, and model objects have only text keys.
        let written = body.serialize(&mut rmp_serde::Serializer::new(&mut bytes).with_struct_map());
        debug_assert!(written.is_ok());
        let (length, index) = ((bytes.len() - HEADER) as u32, self.first_index());
        let checksum = xxh3_64_with_seed(&bytes[HEADER..], index);
        bytes[..4].copy_from_slice(&MAGIC);
        bytes[4..6].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[8..12].copy_from_slice(&length.to_le_bytes());
        bytes[12..20].copy_from_slice(&index.to_le_bytes());
        bytes[20..28].copy_from_slice(&checksum.to_le_bytes());
        let check = header_check(&bytes);
        bytes[6..8].copy_from_slice(&check.to_le_bytes());
        bytes
    }

    /// Whether the bytes begin as a frame does.
    pub(crate) fn begins(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Reads the frame that `bytes` begin with; answers it and its length in bytes.
    ///
    /// # Errors
    /// [`FrameError`]; never a panic, whatever the bytes.
    pub fn decode(bytes: &[u8]) -> Result<(Frame, usize), FrameError> {
        let Some(header) = bytes.first_chunk::<HEADER>() else {
            return Err(FrameError::Torn { found: bytes.len(), expected: HEADER });
        };
        let magic = [header[0], header[1], header[2], header[3]];
        if magic != MAGIC {
            return Err(FrameError::Magic { found: magic });
        }
        let format = u16::from_le_bytes([header[4], header[5]]);
        if format != FORMAT {
            return Err(FrameError::Format { found: format });
        }
        let check = u16::from_le_bytes([header[6], header[7]]);
        if check != header_check(header) {
            return Err(FrameError::Header { found: check, expected: header_check(header) });
        }
        let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| header[at + i]));
        let length = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
        let (index, expected) = (number(12), number(20));
        let whole = HEADER.saturating_add(length);
        let Some(body) = bytes.get(HEADER..whole) else {
            return Err(FrameError::Torn { found: bytes.len(), expected: whole });
        };
        let found = xxh3_64_with_seed(body, index);
        if found != expected {
            return Err(FrameError::Checksum { index, found, expected });
        }
        let frame = Frame::read(body).map_err(|why| FrameError::Body { index, why })?;
        if frame.first_index() != index {
            let why = format!("its first batch has index {}", frame.first_index());
            return Err(FrameError::Body { index, why });
        }
        Ok((frame, whole))
    }

    fn read(body: &[u8]) -> Result<Frame, String> {
        let mut decoder = rmp_serde::Deserializer::from_read_ref(body);
        // Rows nest a dozen levels; bytes that go deeper are no frame, and must not exhaust the stack.
        decoder.set_max_depth(100);
        let body = Body::deserialize(&mut decoder).map_err(|why| why.to_string())?;
        let mut batches: Vec<Batch> = Vec::with_capacity(body.batches.len());
        for row in body.batches {
            if batches.last().is_some_and(|last| last.index.checked_add(1) != Some(row.index)) {
                return Err(format!("batch {} does not follow the one before it", row.index));
            }
            let mut changes = Vec::with_capacity(row.changes.len());
            for (number, change) in row.changes.into_vec().into_iter().enumerate() {
                let unknown = || format!("batch {}: change {number} is of a kind unknown to this version", row.index);
                changes.push(Change::read(change).ok_or_else(unknown)?);
            }
            batches.push(Batch { index: row.index, time: row.time, kind: row.kind, changes });
        }
        Ok(Frame::new(body.parent, batches))
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes: usize = self.content.batches.iter().map(|batch| batch.changes.len()).sum();
        write!(f, "frame {}..={} with {changes} changes", self.first_index(), self.last_index())
    }
}
