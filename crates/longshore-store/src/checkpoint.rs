//! Checkpoints: a whole state in chunks, so that the log before it can go.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::wire::List;
use longshore_model::{Bytes, Job};

use crate::batch::{Index, Table};
use crate::chunk::{self, AllocColumns, Chunk, Head, PackedCohort, PackedJob, Status, TableIndex, WriterIndex};
use crate::columns::to_column;
use crate::digest::Digest;
use crate::envelope::packed;
use crate::rows::{AllocRow, CohortRow, JobRow};
use crate::state::State;

/// A checkpoint being written: an iterator of chunks over a snapshot.
///
/// Memory is bounded by a chunk, four bytes a node and some bytes for each job version that is no longer held but still
/// run, whatever the size of the state.
///
/// ```
/// use longshore_store::{Checkpoint, MemoryStorage, State, Storage};
/// let (state, mut storage) = (State::new(), MemoryStorage::new());
/// let mut checkpoint = Checkpoint::new(state.clone(), storage.limits());
/// while let Some(chunk) = checkpoint.next() {
///     storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk)?;
/// }
/// storage.seal(checkpoint.at(), checkpoint.chunks(), checkpoint.digest())?;
/// assert_eq!(State::load(&mut storage)?.digest(), state.digest());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Checkpoint {
    state: State,
    /// The most bytes of a chunk.
    most: usize,
    chunks: u32,
    done: bool,
    table: Table,
    /// The next slot of the table.
    slot: u32,
    /// The number of each node, by slot.
    node_numbers: Vec<u32>,
    /// Numbers of the job versions that are not held, by address: the snapshot keeps them where they are.
    bodies: BTreeMap<usize, u32>,
}

/// What a chunk holds unless a storage takes less: large enough to be cheap, small enough to come between two commits.
const CHUNK_BYTES: usize = 128 << 10;

impl Checkpoint {
    /// A checkpoint of a snapshot, in chunks that fit a storage.
    pub fn new(state: State, limits: crate::Limits) -> Checkpoint {
        let mut node_numbers = vec![0; state.nodes.slots() as usize];
        for (number, (slot, _)) in state.nodes.iter().enumerate() {
            node_numbers[slot as usize] = number as u32;
        }
        Checkpoint {
            state,
            most: CHUNK_BYTES.min(limits.frame_bytes),
            chunks: 0,
            done: false,
            table: Table::Nodes,
            slot: 0,
            node_numbers,
            bodies: BTreeMap::new(),
        }
    }

    /// The index of the state.
    pub fn at(&self) -> Index {
        self.state.index()
    }

    /// The digest of the state.
    pub fn digest(&self) -> Digest {
        self.state.digest()
    }

    /// Chunks written so far.
    pub fn chunks(&self) -> u32 {
        self.chunks
    }

    /// How much is written: rows looked at, and all there are.
    pub fn progress(&self) -> (u64, u64) {
        let slots = [Table::Nodes, Table::Jobs, Table::Evals, Table::Allocs].map(|table| self.slots(table));
        let before: u64 = slots[..self.table as usize].iter().map(|slots| u64::from(*slots)).sum();
        (before + u64::from(self.slot), slots.iter().map(|slots| u64::from(*slots)).sum())
    }

    fn slots(&self, table: Table) -> u32 {
        match table {
            Table::Nodes => self.state.nodes.slots(),
            Table::Jobs => self.state.jobs.slots(),
            Table::Evals => self.state.evals.slots(),
            Table::Allocs => self.state.allocs.slots(),
        }
    }

    fn head(&self) -> Head {
        let state = &self.state;
        let table = |table: &Table| TableIndex { table: *table, index: state.table_index(*table) };
        let writer = |(writer, index): (&crate::Writer, &Index)| WriterIndex { writer: writer.0, index: *index };
        Head {
            time: state.time(),
            digest: state.digest(),
            tables: Table::ALL.iter().map(table).collect(),
            writers: state.writers.iter().map(writer).collect(),
        }
    }

    /// Puts the row of a slot into a chunk; false if the chunk has no room for it.
    fn put(&mut self, into: &mut Building) -> bool {
        let slot = self.slot;
        match self.table {
            Table::Nodes => {
                let Some(row) = self.state.nodes.get(slot) else { return true };
                into.put(self.most, packed(&*row.node), |chunk| &mut chunk.nodes)
            }
            Table::Jobs => {
                let Some(row) = self.state.jobs.get(slot).filter(|row| row.is_there()) else { return true };
                into.put(self.most, packed(&pack_job(row)), |chunk| &mut chunk.jobs)
            }
            Table::Evals => {
                let Some(row) = self.state.evals.get(slot) else { return true };
                into.put(self.most, packed(&*row.eval), |chunk| &mut chunk.evals)
            }
            Table::Allocs => {
                let Some(row) = self.state.allocs.get(slot) else { return true };
                let node = self.node_numbers.get(row.node as usize).copied().unwrap_or(u32::MAX);
                into.put_alloc(self.most, row, node, &self.state, &mut self.bodies)
            }
        }
    }
}

impl Iterator for Checkpoint {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.done {
            return None;
        }
        let mut building = Building::default();
        building.chunk.at = self.at();
        building.chunk.number = self.chunks;
        if self.chunks == 0 {
            building.chunk.head = Some(self.head());
        }
        loop {
            if self.slot < self.slots(self.table) {
                if !self.put(&mut building) {
                    break;
                }
                self.slot += 1;
            } else if let Some(next) = Table::ALL.get(self.table as usize + 1) {
                (self.table, self.slot) = (*next, 0);
            } else {
                self.done = true;
                break;
            }
        }
        self.chunks += 1;
        building.chunk.last = self.done;
        Some(building.finish())
    }
}

/// A chunk being filled.
#[derive(Debug, Default)]
struct Building {
    chunk: Chunk,
    /// Bytes so far, without what the envelope and names take.
    bytes: usize,
    ids: Vec<longshore_model::id::Id>,
    allocs: Allocs,
    /// Numbers of the chunk's cohorts, by address.
    cohorts: BTreeMap<usize, u32>,
}

/// Columns being filled; see [`AllocColumns`].
#[derive(Debug, Default)]
struct Allocs {
    node: Vec<u32>,
    cohorts: Vec<(u32, u32)>,
    index: Vec<u32>,
    statuses: Vec<Status>,
    status: Vec<u8>,
    modify_index: Vec<u64>,
    alloc_modify_index: Vec<u64>,
    modify_time: Vec<i64>,
    extra: Vec<(u32, Bytes)>,
}

/// About what an allocation without extra takes in columns.
const ALLOC_BYTES: usize = 16 + 3 + 3 + 1 + 3 + 3 + 9;

impl Building {
    /// Whether so many bytes more fit. Into an empty chunk everything does.
    fn takes(&mut self, most: usize, bytes: usize) -> bool {
        // A tenth is left for the envelope, the names and the estimate of an allocation.
        if self.bytes > 0 && self.bytes + bytes > most - most / 10 {
            return false;
        }
        self.bytes += bytes;
        true
    }

    fn put(&mut self, most: usize, row: Vec<u8>, list: impl FnOnce(&mut Chunk) -> &mut List<Bytes>) -> bool {
        let takes = self.takes(most, row.len() + 5);
        if takes {
            list(&mut self.chunk).make().push(row.into());
        }
        takes
    }

    fn put_alloc(
        &mut self,
        most: usize,
        row: &AllocRow,
        node: u32,
        state: &State,
        bodies: &mut BTreeMap<usize, u32>,
    ) -> bool {
        let extra = row.extra.as_ref().map(|extra| packed(&**extra));
        let text = if row.id.0.as_uuid().is_some() { 0 } else { row.id.0.text(&mut [0; 36]).len() + 16 };
        let bytes = ALLOC_BYTES + text + extra.as_ref().map_or(0, |extra| extra.len() + 10);
        let cohort_key = Arc::as_ptr(&row.cohort.cohort) as usize;
        let known = self.cohorts.get(&cohort_key).copied();
        let new = known.is_none().then(|| NewCohort::of(&row.cohort, state, bodies));
        if !self.takes(most, bytes + new.as_ref().map_or(0, NewCohort::bytes)) {
            return false;
        }
        let cohort = known.unwrap_or_else(|| {
            let number = self.cohorts.len() as u32;
            self.cohorts.insert(cohort_key, number);
            number
        });
        if let Some(new) = new {
            new.put(&mut self.chunk, bodies);
        }
        let at = self.ids.len() as u32;
        self.ids.push(row.id.0.clone());
        self.allocs.push(row, node, cohort);
        self.allocs.extra.extend(extra.map(|extra| (at, extra.into())));
        true
    }

    fn finish(mut self) -> Vec<u8> {
        self.chunk.allocs = self.allocs.columns();
        self.chunk.allocs.id = self.ids.iter().collect();
        chunk::encode(&self.chunk)
    }
}

impl Allocs {
    fn push(&mut self, row: &AllocRow, node: u32, cohort: u32) {
        let shared = &row.cohort.cohort;
        self.node.push(node);
        match self.cohorts.last_mut() {
            Some((last, count)) if *last == cohort => *count += 1,
            _ => self.cohorts.push((cohort, 1)),
        }
        self.index.push(row.index);
        let status = Status { desired: row.desired_status, client: row.client_status };
        let code = self.statuses.iter().position(|known| *known == status).unwrap_or_else(|| {
            self.statuses.push(status);
            self.statuses.len() - 1
        });
        self.status.push(code as u8);
        self.modify_index.push(row.modify_index.wrapping_sub(shared.create_index));
        self.alloc_modify_index.push(row.alloc_modify_index.wrapping_sub(shared.create_index));
        self.modify_time.push(row.modify_time.0.wrapping_sub(shared.create_time.0));
    }

    fn columns(self) -> AllocColumns {
        let (cohort, cohort_count): (Vec<u32>, Vec<u32>) = self.cohorts.into_iter().unzip();
        let (extra_at, extra): (Vec<u32>, Vec<Bytes>) = self.extra.into_iter().unzip();
        AllocColumns {
            node: to_column(self.node),
            cohort: cohort.into(),
            cohort_count: cohort_count.into(),
            index: to_column(self.index),
            status: if self.statuses.len() > 1 { self.status.into() } else { Bytes::NULL },
            statuses: self.statuses.into(),
            modify_index: to_column(self.modify_index),
            alloc_modify_index: to_column(self.alloc_modify_index),
            modify_time: to_column(self.modify_time),
            extra_at: extra_at.into(),
            extra: extra.into(),
            ..AllocColumns::default()
        }
    }
}

/// A cohort that its chunk does not have yet.
struct NewCohort {
    packed: Vec<u8>,
    /// The address and bytes of its job version, if that is neither held nor written before.
    body: Option<(usize, Vec<u8>)>,
}

impl NewCohort {
    fn of(row: &CohortRow, state: &State, bodies: &BTreeMap<usize, u32>) -> NewCohort {
        let job = row.cohort.job();
        let held = state.jobs.get(row.job_slot).is_some_and(|jobs| jobs.holds(job));
        let key = Arc::as_ptr(job) as usize;
        let number = bodies.get(&key).copied();
        let eval = state.eval_ids.get(&row.cohort.eval_id.0);
        let cohort = PackedCohort {
            cohort: (*row.cohort).clone(),
            body: (!held).then(|| number.unwrap_or(bodies.len() as u32)),
            no_eval: eval.is_some() && eval != row.eval_slot,
        };
        let body = (!held && number.is_none()).then(|| (key, packed(&**job)));
        NewCohort { packed: packed(&cohort), body }
    }

    fn bytes(&self) -> usize {
        self.packed.len() + 5 + self.body.as_ref().map_or(0, |(_, body)| body.len() + 5)
    }

    fn put(self, chunk: &mut Chunk, bodies: &mut BTreeMap<usize, u32>) {
        chunk.cohorts.make().push(self.packed.into());
        if let Some((key, body)) = self.body {
            bodies.insert(key, bodies.len() as u32);
            chunk.bodies.make().push(body.into());
        }
    }
}

impl JobRow {
    /// Whether there is anything of the job; else it is only spoken of.
    pub(crate) fn is_there(&self) -> bool {
        !self.versions.is_empty() || self.summary.is_some() || self.state_digest != Digest(0)
    }

    /// Whether a version is among those held: the very one, since one that was registered anew has the same number.
    fn holds(&self, job: &Arc<Job>) -> bool {
        self.versions.iter().any(|version| Arc::ptr_eq(&version.job, job))
    }
}

fn pack_job(row: &JobRow) -> PackedJob {
    PackedJob {
        namespace: row.state.namespace.clone(),
        id: row.state.id.clone(),
        versions: row.versions.iter().map(|version| (*version.job).clone()).collect(),
        state: (row.state_digest != Digest(0)).then(|| row.state.clone()),
        summary: row.summary.as_deref().cloned(),
    }
}
