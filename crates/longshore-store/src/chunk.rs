//! A chunk of a checkpoint in bytes.
//!
//! A checkpoint is the rows of a state, cut into chunks that each stand for themselves: nodes, then jobs, evaluations,
//! allocations, each table in creation order. Rows are packed one by one, so that damage is named row by row; allocations
//! are columns. What they share stands once a chunk; job versions that the state no longer holds but that allocations
//! still run stand once a checkpoint, numbered.

use longshore_model::wire::List;
use longshore_model::{Bytes, ClientStatus, DesiredStatus, Job, JobId, JobSummary, Namespace, Time, record};

use crate::batch::{Index, Table};
use crate::columns::IdColumn;
use crate::digest::Digest;
use crate::envelope::{self, FrameError, Magic};
use crate::rows::{Cohort, JobState};

const MAGIC: Magic = Magic(*b"LSC\n");

record! {
    pub(crate) struct Chunk {
        /// The index of the state.
        "At" at: u64,
        "Number" number: u32,
        /// Whether the checkpoint ends here.
        "Last" last: bool,
        /// In the first.
        "Head" head: Option<Head>,
        "Nodes" nodes: List<Bytes>,
        /// [`PackedJob`]s.
        "Jobs" jobs: List<Bytes>,
        /// Job versions that the jobs do not hold, numbered on from those of earlier chunks.
        "Bodies" bodies: List<Bytes>,
        "Evals" evals: List<Bytes>,
        /// [`PackedCohort`]s, numbered within the chunk.
        "Cohorts" cohorts: List<Bytes>,
        "Allocs" allocs: AllocColumns,
    }
}

record! {
    /// What is known of the state as a whole.
    pub(crate) struct Head {
        "Time" time: Time,
        "Digest" digest: Digest,
        "Tables" tables: List<TableIndex>,
        "Writers" writers: List<WriterIndex>,
    }
}

record! {
    pub(crate) struct TableIndex {
        "Table" table: Table,
        "Index" index: u64,
    }
}

record! {
    pub(crate) struct WriterIndex {
        "Writer" writer: u64,
        "Index" index: u64,
    }
}

record! {
    pub(crate) struct PackedJob {
        "Namespace" namespace: Namespace,
        "ID" id: JobId,
        /// Newest first.
        "Versions" versions: List<Job>,
        "State" state: Option<JobState>,
        "Summary" summary: Option<JobSummary>,
    }
}

record! {
    pub(crate) struct PackedCohort {
        "Cohort" cohort: Cohort,
        /// The number of its job version, if that is none of those held.
        "Body" body: Option<u32>,
        /// Its evaluation was not there when it was placed, whatever there is now.
        "NoEval" no_eval: bool,
    }
}

record! {
    /// Consecutive allocations. Columns relative to creation are all zero, and thus missing, for plain ones.
    pub(crate) struct AllocColumns {
        "ID" id: IdColumn,
        /// Numbers of the nodes, in the order of the checkpoint.
        "Node" node: List<u32>,
        /// Runs of allocations with the same cohort: its number in the chunk, and how many.
        "Cohort" cohort: List<u32>,
        "CohortCount" cohort_count: List<u32>,
        "Index" index: List<u32>,
        /// The different statuses, and which of them each allocation has; missing if there is only one.
        "Statuses" statuses: List<Status>,
        "Status" status: Bytes,
        /// Relative to the cohort's creation, as are the next two.
        "ModifyIndex" modify_index: List<u64>,
        "AllocModifyIndex" alloc_modify_index: List<u64>,
        "ModifyTime" modify_time: List<i64>,
        /// The allocations that have an extra, and these.
        "ExtraAt" extra_at: List<u32>,
        "Extra" extra: List<Bytes>,
    }
}

record! {
    #[derive(Copy)]
    pub(crate) struct Status {
        "Desired" desired: DesiredStatus,
        "Client" client: ClientStatus,
    }
}

pub(crate) fn encode(chunk: &Chunk) -> Vec<u8> {
    envelope::seal(MAGIC, chunk.at, chunk)
}

/// Reads a chunk; nothing may follow it.
pub(crate) fn decode(bytes: &[u8]) -> Result<Chunk, FrameError> {
    let (index, body, length) = envelope::open(MAGIC, bytes)?;
    let unreadable = |why| FrameError::Body { index, why };
    if length != bytes.len() {
        return Err(unreadable(format!("{} bytes follow it", bytes.len() - length)));
    }
    let chunk: Chunk = envelope::read(body).map_err(unreadable)?;
    if chunk.at != index {
        return Err(unreadable(format!("it says that it is of index {}", chunk.at)));
    }
    Ok(chunk)
}

impl Head {
    /// The index of the last write to a table.
    pub(crate) fn table_index(&self, table: Table) -> Index {
        self.tables.iter().find(|entry| entry.table == table).map_or(0, |entry| entry.index)
    }
}
