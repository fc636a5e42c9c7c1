//! Storage in place: what a frame means for rows, and a state from rows.
//!
//! A SQL table, say, keeps one row per (kind, key) and replaces it. Every row stands for itself: it is put whole, and
//! what may change often lies apart from what never does. What refers to another row does so by its key; a job version
//! is kept as long as it is held or run, so a load finds rows that nothing refers to any more ([`Storage::forget`]).
//!
//! [`Storage::forget`]: crate::Storage::forget

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::id::Id;
use longshore_model::{Job, Time, keyword, record};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::batch::{Batch, Change, Table};
use crate::envelope;
use crate::frame::{Frame, Writer};
use crate::rows::{ChangedAlloc, Cohort, JobReference, JobState, NewAlloc, Placed};

keyword! {
    /// The kinds of rows that a storage in place keeps.
    pub enum RowKind {
        /// How far the writes and each table have got.
        Progress = "progress",
        /// How far each writer has got.
        Writers = "writers",
        /// Nodes.
        Nodes = "nodes",
        /// What jobs are, each version as often as it was registered.
        JobBodies = "job_bodies",
        /// Versions that jobs hold.
        JobVersions = "job_versions",
        /// Changeable parts of jobs.
        JobStates = "job_states",
        /// Counters of jobs.
        JobSummaries = "job_summaries",
        /// Evaluations.
        Evals = "evals",
        /// What the allocations of one placement share.
        Cohorts = "cohorts",
        /// Allocations as they were placed.
        Allocs = "allocs",
        /// Changeable parts of allocations.
        AllocStates = "alloc_states",
        /// Cohorts that allocations moved to.
        AllocCohorts = "alloc_cohorts",
    }
}

/// What a frame does to one row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RowOp {
    /// The row is now this, whether it was there or not.
    Put {
        /// Its kind.
        kind: RowKind,
        /// Its key among those of its kind.
        key: Vec<u8>,
        /// All of it, with a checksum.
        value: Vec<u8>,
    },
    /// The row is not there, whether it was or not.
    Delete {
        /// Its kind.
        kind: RowKind,
        /// Its key among those of its kind.
        key: Vec<u8>,
    },
}

/// A row that a load found nothing to refer to. Others may write to the storage meanwhile: one that has been put since is
/// in use, and to stay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnusedRow {
    /// Its kind.
    pub kind: RowKind,
    /// Its key among those of its kind.
    pub key: Vec<u8>,
    /// How its value begins: with a checksum of all of it. One that was put since begins otherwise.
    pub head: [u8; CHECKSUM],
}

impl UnusedRow {
    /// Whether the row is still the one that was loaded, now that it has this value.
    ///
    /// ```
    /// # use longshore_store::{RowKind, UnusedRow};
    /// let row = UnusedRow { kind: RowKind::Writers, key: vec![1], head: *b"checksum" };
    /// assert!(row.is(b"checksum and content") && !row.is(b"another one, and content"));
    /// ```
    pub fn is(&self, value: &[u8]) -> bool {
        value.starts_with(&self.head)
    }
}

impl Frame {
    /// What the frame does to the rows of a storage in place, in order: all or none of it is to be stored.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use longshore_store::{Frame, RowKind, RowOp};
    /// fn write(rows: &mut BTreeMap<(RowKind, Vec<u8>), Vec<u8>>, frame: &Frame) {
    ///     for op in frame.rows() {
    ///         match op {
    ///             RowOp::Put { kind, key, value } => rows.insert((kind, key), value),
    ///             RowOp::Delete { kind, key } => rows.remove(&(kind, key)),
    ///         };
    ///     }
    /// }
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = RowOp> {
        self.batches().iter().flat_map(batch_rows).chain(self.progress())
    }

    fn progress(&self) -> Vec<RowOp> {
        let time = self.batches().last().map_or(Time::default(), |batch| batch.time);
        let whole = Progress { table: None, index: self.last_index(), time };
        let mut ops = vec![put(RowKind::Progress, Key::new().text(""), &whole)];
        for table in Table::ALL {
            let touches = |batch: &&Batch| batch.changes.iter().any(|change| change.table() == *table);
            if let Some(batch) = self.batches().iter().rev().find(touches) {
                let progress = Progress { table: Some(*table), index: batch.index, time: batch.time };
                ops.push(put(RowKind::Progress, Key::new().text(table.as_str()), &progress));
            }
        }
        if self.writer() != Writer::default() {
            let row = WriterRow { writer: self.writer().0, index: self.last_index() };
            ops.push(put(RowKind::Writers, Key::new().number(self.writer().0), &row));
        }
        ops
    }
}

record! {
    /// How far the writes have got, or those of a table.
    pub(crate) struct Progress {
        "Table" table: Option<Table>,
        "Index" index: u64,
        "Time" time: Time,
    }
}

record! {
    pub(crate) struct WriterRow {
        "Writer" writer: u64,
        "Index" index: u64,
    }
}

record! {
    /// Which change: the index of its batch, and its number there.
    #[derive(Copy, Eq, PartialOrd, Ord)]
    pub(crate) struct At {
        "Index" index: u64,
        "Change" change: u32,
    }
}

record! {
    pub(crate) struct BodyRow {
        "At" at: At,
        "Job" job: Arc<Job>,
    }
}

record! {
    /// A version that a job holds, and the change that put its body.
    pub(crate) struct VersionRow {
        "At" at: At,
        "Job" job: JobReference,
    }
}

record! {
    pub(crate) struct CohortInPlace {
        "At" at: At,
        "Cohort" cohort: Arc<Cohort>,
    }
}

record! {
    /// An allocation as it was placed: by which change, where in it, and when.
    pub(crate) struct AllocInPlace {
        "At" at: At,
        "Number" number: u32,
        "Time" time: Time,
        "Alloc" alloc: NewAlloc,
    }
}

record! {
    pub(crate) struct AllocState {
        "Index" index: u64,
        "State" state: ChangedAlloc,
    }
}

record! {
    /// The cohort that an allocation moved to.
    pub(crate) struct AllocCohort {
        "At" at: At,
        "ID" id: longshore_model::AllocId,
    }
}

/// A key: texts, each with an end that none of them can contain, and numbers, the greatest byte first.
#[derive(Debug, Default)]
struct Key(Vec<u8>);

impl Key {
    fn new() -> Key {
        Key::default()
    }

    fn text(mut self, text: &str) -> Key {
        for byte in text.bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(0xff);
            }
        }
        self.0.push(0);
        self
    }

    fn id(self, id: &Id) -> Key {
        self.text(id.text(&mut [0; 36]))
    }

    fn number(mut self, number: u64) -> Key {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    fn at(self, at: At) -> Key {
        self.number(at.index).number(u64::from(at.change))
    }

    fn job(self, namespace: &str, id: &str) -> Key {
        self.text(namespace).text(id)
    }
}

fn put(kind: RowKind, key: Key, value: &impl Serialize) -> RowOp {
    let mut bytes = vec![0; CHECKSUM];
    envelope::write(value, &mut bytes);
    let checksum = checksum(kind, &key.0, &bytes[CHECKSUM..]);
    bytes[..CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    RowOp::Put { kind, key: key.0, value: bytes }
}

pub(crate) const CHECKSUM: usize = 8;

/// Of a row's content, by its kind and key: a row in another's place is not whole either.
fn checksum(kind: RowKind, key: &[u8], content: &[u8]) -> u64 {
    xxh3_64_with_seed(content, xxh3_64_with_seed(key, kind as u64))
}

/// The checksum of a row and its content, if it is whole.
pub(crate) fn content<'a>(kind: RowKind, key: &[u8], value: &'a [u8]) -> Result<([u8; CHECKSUM], &'a [u8]), String> {
    let Some((head, content)) = value.split_first_chunk::<CHECKSUM>() else {
        return Err(format!("it has {} bytes", value.len()));
    };
    let (found, expected) = (checksum(kind, key, content), u64::from_le_bytes(*head));
    if found == expected {
        Ok((*head, content))
    } else {
        Err(format!("checksum {found:016x}, expected {expected:016x}"))
    }
}

fn batch_rows(batch: &Batch) -> Vec<RowOp> {
    let mut ops = Vec::with_capacity(batch.changes.len());
    // Allocations that move together share their cohort: it is put once.
    // By identity, and only ever looked up: the order says nothing.
    let mut moved: BTreeMap<*const Cohort, At> = BTreeMap::new();
    for (number, change) in batch.changes.iter().enumerate() {
        let at = At { index: batch.index, change: number as u32 };
        match change {
            Change::PutNode(node) => ops.push(put(RowKind::Nodes, Key::new().id(&node.id.0), &**node)),
            Change::DeleteNode(id) => ops.push(delete(RowKind::Nodes, Key::new().id(&id.0))),
            Change::PutJob(job) => ops.extend(job_rows(at, job)),
            Change::PutJobState(state) => ops.push(job_state_row(state)),
            Change::PutSummary(summary) => {
                let key = Key::new().job(&summary.namespace, &summary.job_id);
                ops.push(put(RowKind::JobSummaries, key, &**summary));
            }
            Change::DropJobVersion(namespace, id, version) => {
                ops.push(delete(RowKind::JobVersions, Key::new().job(namespace, id).number(*version)));
            }
            Change::PutEval(eval) => ops.push(put(RowKind::Evals, Key::new().id(&eval.id.0), &**eval)),
            Change::DeleteEval(id) => ops.push(delete(RowKind::Evals, Key::new().id(&id.0))),
            Change::Place(placed) => ops.extend(placed_rows(at, batch.time, placed)),
            Change::PutAlloc(changed) => {
                if let Some(cohort) = &changed.cohort {
                    let to = *moved.entry(Arc::as_ptr(cohort)).or_insert_with(|| {
                        ops.push(cohort_row(at, cohort));
                        at
                    });
                    let row = AllocCohort { at: to, id: changed.id.clone() };
                    ops.push(put(RowKind::AllocCohorts, Key::new().id(&changed.id.0), &row));
                }
                let state = ChangedAlloc { cohort: None, ..changed.clone() };
                let row = AllocState { index: batch.index, state };
                ops.push(put(RowKind::AllocStates, Key::new().id(&changed.id.0), &row));
            }
        }
    }
    ops
}

fn delete(kind: RowKind, key: Key) -> RowOp {
    RowOp::Delete { kind, key: key.0 }
}

fn job_rows(at: At, job: &Arc<Job>) -> [RowOp; 3] {
    let reference = JobReference::to(job);
    let version = Key::new().job(&job.namespace, &job.id).number(job.version);
    [
        put(RowKind::JobBodies, body_key(&reference, at), &BodyRow { at, job: job.clone() }),
        put(RowKind::JobVersions, version, &VersionRow { at, job: reference }),
        job_state_row(&JobState::of(job)),
    ]
}

fn body_key(job: &JobReference, at: At) -> Key {
    Key::new().job(&job.namespace, &job.id).number(job.create_index).number(job.version).at(at)
}

fn job_state_row(state: &JobState) -> RowOp {
    put(RowKind::JobStates, Key::new().job(&state.namespace, &state.id), state)
}

fn cohort_row(at: At, cohort: &Arc<Cohort>) -> RowOp {
    put(RowKind::Cohorts, Key::new().at(at), &CohortInPlace { at, cohort: cohort.clone() })
}

fn placed_rows(at: At, time: Time, placed: &Placed) -> impl Iterator<Item = RowOp> {
    let alloc = move |(number, alloc): (usize, &NewAlloc)| {
        let row = AllocInPlace { at, number: number as u32, time, alloc: alloc.clone() };
        put(RowKind::Allocs, Key::new().id(&alloc.id.0), &row)
    };
    std::iter::once(cohort_row(at, &placed.cohort)).chain(placed.allocs.iter().enumerate().map(alloc))
}
