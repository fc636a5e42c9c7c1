//! Operations on states, with snapshots and forks alive.
//!
//! Each operation begins with a byte that chooses it: a batch of one to four changes, of one kind or of those that an
//! engine writes together; a snapshot to keep, or one to go on from.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore::model::id::Id;
use longshore::model::{
    AllocId, ClientStatus, DesiredStatus, EvalId, Evaluation, Job, JobId, JobStatus, JobSummary, Namespace, Node,
    NodeId, Time,
};
use longshore::store::contract::{Rows, difference};
use longshore::store::{
    AllocExtra, Batch, Change, ChangedAlloc, Cohort, Frame, Index, JobBody, JobState, Kind, NewAlloc, Placed, State,
    hash_bytes,
};

use crate::checkpoint::is_kept;
use crate::choices::Choices;
use crate::twin::Twin;

/// Operations of one input at most, and snapshots kept.
const OPS_MAX: usize = 96;
const KEPT_MAX: usize = 4;

/// Does to a state and to its twin what the bytes choose. After each operation the state answers as the twin does and its
/// digest equals a recount; a batch that refers to what is not there is refused by both; in the end every snapshot is
/// as it was when it was taken, and survives a checkpoint and a storage that keeps rows.
pub fn state_ops(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let (mut now, mut kept): (Lives, Vec<Lives>) = Default::default();
    for _ in 0..OPS_MAX {
        if choices.is_done() {
            break;
        }
        match choices.byte() % 13 {
            11 if kept.len() < KEPT_MAX => kept.push(now.clone()),
            11 => kept[usize::from(choices.byte()) % KEPT_MAX] = now.clone(),
            12 => {
                let Some(taken) = kept.get(usize::from(choices.byte()) % KEPT_MAX) else { continue };
                now = Lives { state: taken.state.fork(), ..taken.clone() };
            }
            kind => {
                let batch = batch(kind, &mut choices, &now.twin);
                now.apply(&batch);
            }
        }
    }
    for Lives { state, twin, rows } in kept.iter().chain([&now]) {
        twin.equals(state);
        is_kept(state);
        let loaded = State::load(&mut rows.clone()).expect("own rows");
        assert_eq!(difference(state, &loaded), None);
    }
}

/// A state, its twin, and the rows that a storage in place would keep.
#[derive(Clone, Debug, Default)]
struct Lives {
    state: State,
    twin: Twin,
    rows: Rows,
}

impl Lives {
    fn apply(&mut self, batch: &Batch) {
        let mut after = self.twin.clone();
        if after.apply(batch) {
            self.rows.write(&Frame::new(self.state.digest(), vec![batch.clone()]));
            self.state.apply(batch).expect("the twin takes it");
            self.twin = after;
        } else {
            assert!(self.state.fork().apply(batch).is_err(), "the twin refuses {batch:?}");
        }
        self.twin.equals(&self.state);
    }
}

/// Kinds of changes that an engine writes together: nodes and evaluations come with what refers to them.
const TOGETHER: [u8; 4] = [0, 6, 9, 10];

/// A batch of changes of different rows.
fn batch(kind: u8, choices: &mut Choices<'_>, twin: &Twin) -> Batch {
    let index = if choices.byte() == 0xFF { choices.any() as Index } else { twin.index + 1 };
    let (mut rows, mut changes) = (BTreeSet::new(), Vec::new());
    let shape = choices.byte();
    for _ in 0..1 + shape % 4 {
        let kind = if shape & 4 != 0 && TOGETHER.contains(&kind) { choices.of(&TOGETHER) } else { kind };
        let (row, change) = change(kind, index, choices, twin);
        if rows.insert(row) {
            changes.push(change);
        }
    }
    Batch { index, time: Time((index as i64).wrapping_mul(1000)), kind: Kind::PlanResult, changes }
}

fn change(kind: u8, index: Index, choices: &mut Choices<'_>, twin: &Twin) -> (Id, Change) {
    let id = id(choices);
    let (namespace, job_id) = job_key(choices);
    let job_row = Id::from(format!("{namespace}/{job_id}").as_str());
    match kind {
        0 => {
            let create_index = twin.nodes.get(&NodeId(id.clone())).map_or(index, |(born, _)| *born);
            let node = Node { id: NodeId(id.clone()), create_index, modify_index: index, ..Node::default() };
            (id, Change::PutNode(Arc::new(node)))
        }
        1 => (id.clone(), Change::DeleteNode(NodeId(id))),
        2 => {
            let version = u64::from(choices.byte() % 3);
            let create_index = u64::from(choices.byte() % 2);
            let job = Job { namespace, id: job_id, version, create_index, modify_index: index, ..Job::default() };
            (job_row, Change::PutJob(Arc::new(job)))
        }
        3 => {
            let status = choices.of(&[JobStatus::Pending, JobStatus::Running, JobStatus::Dead]);
            let state = JobState { namespace, id: job_id, status, modify_index: index, ..JobState::default() };
            (job_row, Change::PutJobState(state))
        }
        4 => {
            let summary = JobSummary { namespace, job_id, modify_index: index, ..JobSummary::default() };
            (job_row, Change::PutSummary(Arc::new(summary)))
        }
        5 => (job_row, Change::DropJobVersion(namespace, job_id, u64::from(choices.byte() % 3))),
        6 | 7 => {
            // An evaluation stays with its job.
            let eval = match twin.evals.get(&EvalId(id.clone())) {
                Some((_, known)) => Evaluation { modify_index: index, ..(**known).clone() },
                None => Evaluation {
                    id: EvalId(id.clone()),
                    namespace,
                    job_id,
                    create_index: index,
                    modify_index: index,
                    ..Evaluation::default()
                },
            };
            (id, Change::PutEval(Arc::new(eval)))
        }
        8 => (id.clone(), Change::DeleteEval(EvalId(id))),
        9 => place(index, choices, twin),
        _ => {
            let changed = changed(index, choices, twin, id);
            (changed.id.0.clone(), Change::PutAlloc(changed))
        }
    }
}

/// A version that is held, mostly; else any.
fn version(choices: &mut Choices<'_>, twin: &Twin) -> Arc<Job> {
    let held: Vec<_> = twin.jobs.values().flat_map(|job| &job.versions).cloned().collect();
    match choices.byte() {
        0xF0.. => {
            let (namespace, id) = job_key(choices);
            Arc::new(Job { namespace, id, version: u64::from(choices.byte() % 3), ..Job::default() })
        }
        byte => held.get(usize::from(byte) % held.len().max(1)).cloned().unwrap_or_default(),
    }
}

fn place(index: Index, choices: &mut Choices<'_>, twin: &Twin) -> (Id, Change) {
    let cohort = Cohort {
        job: JobBody(version(choices, twin)),
        group: "group".into(),
        eval_id: EvalId(id(choices)),
        create_index: if choices.byte() == 0xFF { index.wrapping_add(1) } else { index },
        create_time: Time(index as i64),
        ..Cohort::default()
    };
    let nodes: Vec<&NodeId> = twin.nodes.keys().collect();
    let first = choices.byte();
    let mut alloc = |ordinal: u8| {
        let node_id = match choices.byte() {
            0xF8.. => NodeId(id(choices)),
            byte => nodes.get(usize::from(byte) % nodes.len().max(1)).map(|id| (*id).clone()).unwrap_or_default(),
        };
        let extra = (choices.byte() % 4 == 0).then(Arc::<AllocExtra>::default);
        NewAlloc { id: AllocId(numbered(first.wrapping_add(ordinal))), node_id, index: u32::from(ordinal), extra }
    };
    let allocs: Vec<NewAlloc> = (0..1 + first % 5).map(&mut alloc).collect();
    let row = allocs[0].id.0.clone();
    (row, Change::Place(Placed { cohort: Arc::new(cohort), allocs: allocs.into() }))
}

fn changed(index: Index, choices: &mut Choices<'_>, twin: &Twin, any: Id) -> ChangedAlloc {
    let known: Vec<&AllocId> = twin.allocs.keys().collect();
    let id = match choices.byte() {
        0xF8.. => AllocId(any),
        byte => known.get(usize::from(byte) % known.len().max(1)).map_or(AllocId(any), |id| (*id).clone()),
    };
    // Updated in place: another version, or another evaluation, of what it is.
    let cohort = twin.allocs.get(&id).filter(|_| choices.byte() % 2 == 0).map(|alloc| {
        let job = if choices.byte() % 2 == 0 { alloc.cohort.job().clone() } else { version(choices, twin) };
        Arc::new(Cohort { job: JobBody(job), eval_id: EvalId(self::id(choices)), ..(*alloc.cohort).clone() })
    });
    ChangedAlloc {
        id,
        desired_status: choices.of(&[DesiredStatus::Run, DesiredStatus::Stop]),
        client_status: choices.of(&[ClientStatus::Pending, ClientStatus::Running, ClientStatus::Failed]),
        alloc_modify_index: index,
        modify_time: Time(index as i64),
        extra: (choices.byte() % 4 == 0).then(Arc::<AllocExtra>::default),
        cohort,
    }
}

fn job_key(choices: &mut Choices<'_>) -> (Namespace, JobId) {
    let byte = choices.byte();
    let namespace = if byte & 4 == 0 { "default" } else { "other" };
    (namespace.into(), ["a", "aa", "b", "a/b"][usize::from(byte % 4)].into())
}

/// One of 256 ids, mostly; else any text.
fn id(choices: &mut Choices<'_>) -> Id {
    match choices.byte() {
        0xFF => {
            let bytes: Vec<u8> = (0..choices.byte() % 32).map(|_| choices.byte()).collect();
            Id::from(String::from_utf8_lossy(&bytes).as_ref())
        }
        // A few come up again and again.
        byte => numbered(byte % 24),
    }
}

/// UUIDs, and texts that begin as others do.
fn numbered(number: u8) -> Id {
    match number % 3 {
        0 => Id::from("a".repeat(usize::from(number)).as_str()),
        1 => Id::from(format!("a\0{number}").as_str()),
        _ => Id::from_random(hash_bytes(u64::from(number), b"id").0.to_le_bytes()),
    }
}
