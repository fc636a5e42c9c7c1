//! A state from the rows of a storage in place.
//!
//! Rows come in any order, so they are kept until all are there; then each table is put together in creation order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{AllocId, ClientStatus, DesiredStatus, EvalId, Evaluation, Job, JobSummary, Node, NodeId};

use crate::batch::Table;
use crate::envelope;
use crate::frame::Writer;
use crate::in_place::{
    AllocCohort, AllocInPlace, AllocState, At, BodyRow, CHECKSUM, CohortInPlace, Progress, RowKind, UnusedRow,
    VersionRow, WriterRow, content,
};
use crate::restore::bad;
use crate::rows::{AllocRow, ChangedAlloc, CohortRow, JobReference, JobState};
use crate::state::State;
use crate::storage::{DamageKind, Damaged, Place};

/// A row's key among those of its kind.
type Key = Vec<u8>;
/// A job version by namespace, id, index of creation and version.
type Version = (String, String, u64, u64);

/// Rows by what they speak of, until all are there.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// A key among these was fed.
    seen: BTreeSet<(RowKind, Key)>,
    progress: BTreeMap<Option<Table>, Progress>,
    writers: Vec<(Loaded, WriterRow)>,
    nodes: BTreeMap<(u64, NodeId), (Key, Node)>,
    bodies: BTreeMap<Version, BTreeMap<At, Body>>,
    versions: BTreeMap<(String, String), Vec<(Key, VersionRow)>>,
    states: BTreeMap<(String, String), JobState>,
    summaries: BTreeMap<(String, String), JobSummary>,
    evals: BTreeMap<(u64, EvalId), (Key, Evaluation)>,
    cohorts: BTreeMap<At, (Loaded, CohortInPlace)>,
    allocs: BTreeMap<(At, u32), (Key, AllocInPlace)>,
    alloc_states: BTreeMap<AllocId, (Key, AllocState)>,
    alloc_cohorts: BTreeMap<AllocId, (Key, AllocCohort)>,
}

#[derive(Debug)]
struct Body {
    loaded: Loaded,
    job: Arc<Job>,
    used: bool,
}

/// What is known of a row's bytes, for one that may turn out to be unused.
#[derive(Debug)]
struct Loaded {
    key: Key,
    head: [u8; CHECKSUM],
}

impl Loaded {
    fn unused(self, kind: RowKind) -> UnusedRow {
        UnusedRow { kind, key: self.key, head: self.head }
    }
}

fn version(job: &JobReference) -> Version {
    (job.namespace.to_string(), job.id.to_string(), job.create_index, job.version)
}

impl Rows {
    /// Takes a row in.
    pub(crate) fn read(&mut self, kind: RowKind, key: &[u8], value: &[u8]) -> Result<(), String> {
        let (head, bytes) = content(kind, key, value)?;
        let key = key.to_vec();
        if !self.seen.insert((kind, key.clone())) {
            return Err("it is there twice".into());
        }
        let job_key = |namespace: &str, id: &str| (namespace.to_owned(), id.to_owned());
        match kind {
            RowKind::Progress => {
                let row: Progress = envelope::read(bytes)?;
                self.progress.insert(row.table, row);
            }
            RowKind::Writers => self.writers.push((Loaded { key, head }, envelope::read(bytes)?)),
            RowKind::Nodes => {
                let node: Node = envelope::read(bytes)?;
                self.nodes.insert((node.create_index, node.id.clone()), (key, node));
            }
            RowKind::JobBodies => {
                let BodyRow { at, job } = envelope::read(bytes)?;
                let of = version(&JobReference::to(&job));
                self.bodies.entry(of).or_default().insert(at, Body { loaded: Loaded { key, head }, job, used: false });
            }
            RowKind::JobVersions => {
                let row: VersionRow = envelope::read(bytes)?;
                self.versions.entry(job_key(&row.job.namespace, &row.job.id)).or_default().push((key, row));
            }
            RowKind::JobStates => {
                let state: JobState = envelope::read(bytes)?;
                self.states.insert(job_key(&state.namespace, &state.id), state);
            }
            RowKind::JobSummaries => {
                let summary: JobSummary = envelope::read(bytes)?;
                self.summaries.insert(job_key(&summary.namespace, &summary.job_id), summary);
            }
            RowKind::Evals => {
                let eval: Evaluation = envelope::read(bytes)?;
                self.evals.insert((eval.create_index, eval.id.clone()), (key, eval));
            }
            RowKind::Cohorts => {
                let row: CohortInPlace = envelope::read(bytes)?;
                self.cohorts.insert(row.at, (Loaded { key, head }, row));
            }
            RowKind::Allocs => {
                let row: AllocInPlace = envelope::read(bytes)?;
                self.allocs.insert((row.at, row.number), (key, row));
            }
            RowKind::AllocStates => {
                let row: AllocState = envelope::read(bytes)?;
                self.alloc_states.insert(row.state.id.clone(), (key, row));
            }
            RowKind::AllocCohorts => {
                let row: AllocCohort = envelope::read(bytes)?;
                self.alloc_cohorts.insert(row.id.clone(), (key, row));
            }
        }
        Ok(())
    }

    /// The state, and the rows that nothing in it refers to.
    pub(crate) fn into_state(mut self) -> Result<(State, Vec<UnusedRow>), Damaged> {
        let Some(whole) = self.progress.remove(&None) else {
            let why = DamageKind::Bytes("it is missing, though other rows are there".into());
            return Err(Damaged::new(0, why).within(Place::Row(RowKind::Progress, [0].into())));
        };
        let (mut state, mut unused) = (State::new(), Vec::new());
        self.put_nodes(&mut state)?;
        self.put_jobs(&mut state)?;
        self.put_evals(&mut state)?;
        self.put_allocs(&mut state, &mut unused)?;
        for body in self.bodies.into_values().flat_map(BTreeMap::into_values).filter(|body| !body.used) {
            unused.push(body.loaded.unused(RowKind::JobBodies));
        }
        state.index = whole.index;
        state.time = whole.time;
        for (table, progress) in &self.progress {
            if let Some(table) = table {
                state.tables[*table as usize].index = progress.index;
            }
        }
        for (_, row) in &self.writers {
            state.written_by(Writer(row.writer), row.index);
        }
        let forgotten = self.writers.into_iter().filter(|(_, row)| state.last_by(Writer(row.writer)).is_none());
        unused.extend(forgotten.map(|(loaded, _)| loaded.unused(RowKind::Writers)));
        Ok((state, unused))
    }

    fn put_nodes(&mut self, state: &mut State) -> Result<(), Damaged> {
        for (key, node) in std::mem::take(&mut self.nodes).into_values() {
            state.restore_node(node).map_err(|why| damaged(RowKind::Nodes, &key, why))?;
        }
        Ok(())
    }

    fn put_evals(&mut self, state: &mut State) -> Result<(), Damaged> {
        for (key, eval) in std::mem::take(&mut self.evals).into_values() {
            state.restore_eval(eval).map_err(|why| damaged(RowKind::Evals, &key, why))?;
        }
        Ok(())
    }

    fn put_jobs(&mut self, state: &mut State) -> Result<(), Damaged> {
        let (mut versions, mut summaries) = (std::mem::take(&mut self.versions), std::mem::take(&mut self.summaries));
        let mut states = std::mem::take(&mut self.states);
        let keys: BTreeSet<(String, String)> =
            versions.keys().chain(states.keys()).chain(summaries.keys()).cloned().collect();
        for of in keys {
            let mut held = versions.remove(&of).unwrap_or_default();
            held.sort_by_key(|(_, row)| std::cmp::Reverse(row.at)); // newest first
            let mut jobs = Vec::with_capacity(held.len());
            for (key, row) in held {
                let body = self.bodies.get_mut(&version(&row.job)).and_then(|bodies| bodies.get_mut(&row.at));
                let missing = || bad(Table::Jobs, &row.job.id, "a version that it holds is not there");
                let body = body.ok_or_else(|| damaged(RowKind::JobVersions, &key, missing()))?;
                body.used = true;
                jobs.push(body.job.clone());
            }
            let (namespace, id) = (of.0.as_str().into(), of.1.as_str().into());
            let put = state.restore_job(namespace, id, jobs, states.remove(&of), summaries.remove(&of));
            put.map_err(|why| Damaged::new(0, why))?;
        }
        Ok(())
    }

    fn put_allocs(&mut self, state: &mut State, unused: &mut Vec<UnusedRow>) -> Result<(), Damaged> {
        let mut cohorts: BTreeMap<At, Arc<CohortRow>> = BTreeMap::new();
        for (key, row) in std::mem::take(&mut self.allocs).into_values() {
            let id = row.alloc.id.clone();
            let damaged = |why: &str| damaged(RowKind::Allocs, &key, bad(Table::Allocs, &id, why));
            let changed = self.alloc_states.remove(&id).map(|(_, row)| row);
            let at = self.alloc_cohorts.remove(&id).map_or(row.at, |(_, moved)| moved.at);
            let cohort = match cohorts.get(&at) {
                Some(cohort) => cohort.clone(),
                None => {
                    let cohort = Arc::new(self.cohort(state, at)?);
                    cohorts.insert(at, cohort.clone());
                    cohort
                }
            };
            let node = state.node_slot(&row.alloc.node_id);
            let node = node.ok_or_else(|| damaged("it is on a node that is not there"))?.0;
            state
                .restore_allocs(&cohort.clone(), vec![alloc_row(row, changed, cohort, node)])
                .map_err(|why| Damaged::new(0, why).within(Place::Row(RowKind::Allocs, key.as_slice().into())))?;
        }
        let stray = self.alloc_states.iter().map(|(id, (key, _))| (RowKind::AllocStates, id, key));
        let stray = stray.chain(self.alloc_cohorts.iter().map(|(id, (key, _))| (RowKind::AllocCohorts, id, key)));
        if let Some((kind, id, key)) = stray.into_iter().next() {
            return Err(damaged(kind, key, bad(Table::Allocs, id, "the allocation as it was placed is not there")));
        }
        let left = std::mem::take(&mut self.cohorts).into_iter().filter(|(at, _)| !cohorts.contains_key(at));
        unused.extend(left.map(|(_, (loaded, _))| loaded.unused(RowKind::Cohorts)));
        Ok(())
    }

    /// A cohort with the body that its job version had when the cohort was put.
    fn cohort(&mut self, state: &mut State, at: At) -> Result<CohortRow, Damaged> {
        let missing =
            || Damaged::new(0, bad(Table::Allocs, format!("{at:?}"), "no such cohort, which allocations are of"));
        let (loaded, row) = self.cohorts.get(&at).ok_or_else(missing)?;
        let named = JobReference::to(row.cohort.job());
        let bodies = self.bodies.get_mut(&version(&named));
        let body = bodies.and_then(|bodies| bodies.range_mut(..=at).next_back());
        let no_body = || bad(Table::Allocs, &named.id, "no such version of the job that allocations run");
        let (_, body) = body.ok_or_else(|| damaged(RowKind::Cohorts, &loaded.key, no_body()))?;
        body.used = true;
        let has_eval = state.eval(&row.cohort.eval_id).is_some_and(|eval| eval.create_index <= at.index);
        Ok(state.restore_cohort((*row.cohort).clone(), body.job.clone(), has_eval))
    }
}

fn damaged(kind: RowKind, key: &[u8], why: DamageKind) -> Damaged {
    Damaged::new(0, why).within(Place::Row(kind, key.into()))
}

fn alloc_row(row: AllocInPlace, changed: Option<AllocState>, cohort: Arc<CohortRow>, node: u32) -> AllocRow {
    let AllocInPlace { at, time, alloc, .. } = row;
    // As it was placed, unless it has changed since.
    let (modify_index, state) = match changed {
        Some(AllocState { index, state }) => (index, state),
        None => {
            let state = ChangedAlloc {
                id: alloc.id.clone(),
                desired_status: DesiredStatus::Run,
                client_status: ClientStatus::Pending,
                alloc_modify_index: at.index,
                modify_time: time,
                extra: alloc.extra,
                cohort: None,
            };
            (at.index, state)
        }
    };
    AllocRow {
        id: alloc.id,
        cohort,
        node,
        index: alloc.index,
        desired_status: state.desired_status,
        client_status: state.client_status,
        modify_index,
        alloc_modify_index: state.alloc_modify_index,
        modify_time: state.modify_time,
        extra: state.extra,
        digest: [0; 2], // as it is put
    }
}
