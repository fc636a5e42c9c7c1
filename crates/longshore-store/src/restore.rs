//! Restoring: from the rows of a checkpoint to a state.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{AllocId, Bytes, Evaluation, Job, JobId, JobSummary, Namespace, Node, Time};

use crate::batch::Table;
use crate::chunk::{AllocColumns, Chunk, Head, PackedCohort, PackedJob};
use crate::columns::column;
use crate::digest::Digest;
use crate::envelope;
use crate::frame::Writer;
use crate::rows::{AllocExtra, AllocRow, Cohort, CohortRow, JobBody, JobState, JobVersion};
use crate::state::{NodeSlot, State};
use crate::storage::DamageKind;

/// What is known between two chunks of a checkpoint.
#[derive(Debug, Default)]
pub(crate) struct Restoring {
    at: u64,
    head: Head,
    /// Slots of the nodes, in the order of the checkpoint.
    nodes: Vec<NodeSlot>,
    bodies: Vec<Arc<Job>>,
    /// Cohorts of the latest chunk: those that go on in the next are shared.
    cohorts: BTreeMap<CohortKey, Arc<CohortRow>>,
}

/// Two cohorts with the same are one: the digest of the content, the address of the job version, the evaluation.
type CohortKey = (Digest, usize, Option<u32>);

/// An error about a row, known by its key or its number in the chunk.
pub(crate) fn bad(table: Table, key: impl ToString, why: impl Into<String>) -> DamageKind {
    DamageKind::Row { table, key: key.to_string(), why: why.into() }
}

fn unpack<T: serde::de::DeserializeOwned>(table: Table, number: usize, bytes: &Bytes) -> Result<T, DamageKind> {
    envelope::read(bytes).map_err(|why| bad(table, format!("#{number} of the chunk"), why))
}

impl Restoring {
    /// Puts a chunk's rows into the state. Chunks come in order.
    pub(crate) fn chunk(&mut self, state: &mut State, chunk: Chunk) -> Result<(), DamageKind> {
        match chunk.head {
            Some(head) if chunk.number == 0 => (self.at, self.head) = (chunk.at, head),
            None if chunk.number > 0 && chunk.at == self.at => {}
            None if chunk.number > 0 => {
                let why = format!("this is of the checkpoint at index {}, not {}", chunk.at, self.at);
                return Err(DamageKind::Chunks(why));
            }
            _ => return Err(DamageKind::Chunks("the head of a checkpoint stands in its first chunk".into())),
        }
        for (number, bytes) in chunk.nodes.iter().enumerate() {
            let node: Node = unpack(Table::Nodes, number, bytes)?;
            state.restore_node(node)?;
            self.nodes.push(NodeSlot(state.node_slots() - 1));
        }
        for (number, bytes) in chunk.jobs.iter().enumerate() {
            let PackedJob { namespace, id, versions, state: changeable, summary } = unpack(Table::Jobs, number, bytes)?;
            let versions = versions.into_iter().map(Arc::new).collect();
            state.restore_job(namespace, id, versions, changeable, summary)?;
        }
        for (number, bytes) in chunk.bodies.iter().enumerate() {
            self.bodies.push(Arc::new(unpack(Table::Jobs, number, bytes)?));
        }
        for (number, bytes) in chunk.evals.iter().enumerate() {
            state.restore_eval(unpack(Table::Evals, number, bytes)?)?;
        }
        let mut cohorts = Vec::with_capacity(chunk.cohorts.len());
        for (number, bytes) in chunk.cohorts.iter().enumerate() {
            let packed: PackedCohort = unpack(Table::Allocs, number, bytes)?;
            cohorts.push(self.cohort(state, packed)?);
        }
        self.cohorts = cohorts.iter().map(|cohort| (key(cohort), cohort.clone())).collect();
        self.allocs(state, &chunk.allocs, &cohorts)
    }

    fn cohort(&self, state: &mut State, packed: PackedCohort) -> Result<Arc<CohortRow>, DamageKind> {
        let PackedCohort { cohort, body, no_eval } = packed;
        let named = cohort.job();
        if cohort.create_index > self.at {
            let why = format!("write {} placed it, but the checkpoint is at {}", cohort.create_index, self.at);
            return Err(bad(Table::Allocs, &named.id, why));
        }
        let job = match body {
            Some(number) => self.bodies.get(number as usize).cloned().filter(|job| is(named, job)),
            None => state.held_version(named),
        };
        let job =
            job.ok_or_else(|| bad(Table::Allocs, &named.id, "no such version of the job that allocations run"))?;
        let row = state.restore_cohort(cohort, job, !no_eval);
        Ok(self.cohorts.get(&key(&row)).cloned().unwrap_or_else(|| Arc::new(row)))
    }

    fn allocs(&self, state: &mut State, columns: &AllocColumns, cohorts: &[Arc<CohortRow>]) -> Result<(), DamageKind> {
        let broken = |why: String| bad(Table::Allocs, "all of the chunk", why);
        let ids = columns.id.ids().map_err(broken)?;
        let count = ids.len();
        let mut nodes = column("Node", &columns.node, count).map_err(broken)?;
        let mut indexes = column("Index", &columns.index, count).map_err(broken)?;
        let mut modify_indexes = column("ModifyIndex", &columns.modify_index, count).map_err(broken)?;
        let mut alloc_modify_indexes =
            column("AllocModifyIndex", &columns.alloc_modify_index, count).map_err(broken)?;
        let mut modify_times = column("ModifyTime", &columns.modify_time, count).map_err(broken)?;
        let mut extras = columns.extras(count)?.into_iter();
        if !columns.status.is_null() && columns.status.len() != count {
            return Err(broken(format!("column Status has {} values for {count} allocations", columns.status.len())));
        }
        let mut runs = columns.cohort.iter().zip(&columns.cohort_count);
        let mut run: (Option<&Arc<CohortRow>>, u32) = (None, 0);
        let mut rows: Vec<AllocRow> = Vec::new();
        for (at, id) in ids.into_iter().enumerate() {
            while run.1 == 0 {
                let (cohort, left) = runs.next().ok_or_else(|| bad(Table::Allocs, &id, "it is of no cohort"))?;
                run = (cohorts.get(*cohort as usize), *left);
            }
            run.1 -= 1;
            let cohort = run.0.ok_or_else(|| bad(Table::Allocs, &id, "it is of a cohort that is not there"))?;
            let code = columns.status.get(at).copied().unwrap_or_default();
            let status = columns.statuses.get(usize::from(code));
            let status = status.ok_or_else(|| bad(Table::Allocs, &id, "it has a status that is not there"))?;
            let node = nodes.next().and_then(|number| self.nodes.get(number as usize));
            let node = node.ok_or_else(|| bad(Table::Allocs, &id, "it is on a node that is not there"))?;
            let created = &cohort.cohort;
            let since = |relative: Option<u64>| created.create_index.wrapping_add(relative.unwrap_or_default());
            // A run at a time.
            if let Some(of) = rows.first().map(|row| row.cohort.clone()).filter(|of| !Arc::ptr_eq(of, cohort)) {
                state.restore_allocs(&of, std::mem::take(&mut rows))?;
            }
            rows.push(AllocRow {
                cohort: cohort.clone(),
                node: node.0,
                index: indexes.next().unwrap_or_default(),
                desired_status: status.desired,
                client_status: status.client,
                modify_index: since(modify_indexes.next()),
                alloc_modify_index: since(alloc_modify_indexes.next()),
                modify_time: Time(created.create_time.0.wrapping_add(modify_times.next().unwrap_or_default())),
                extra: extras.next().flatten(),
                digest: [0; 2], // as it is put
                id: AllocId(id),
            });
        }
        match rows.first().map(|row| row.cohort.clone()) {
            Some(of) => state.restore_allocs(&of, rows),
            None => Ok(()),
        }
    }

    /// The last chunk is read: what is known of the whole, and whether the rows add up to it.
    pub(crate) fn finish(self, state: &mut State) -> Result<(), DamageKind> {
        state.index = self.at;
        state.time = self.head.time;
        for table in Table::ALL {
            state.tables[*table as usize].index = self.head.table_index(*table);
        }
        self.head.writers.iter().for_each(|writer| state.written_by(Writer(writer.writer), writer.index));
        let found = state.digest();
        if found == self.head.digest { Ok(()) } else { Err(DamageKind::Sum { expected: self.head.digest, found }) }
    }
}

fn key(row: &CohortRow) -> CohortKey {
    (row.digest, Arc::as_ptr(row.cohort.job()) as usize, row.eval_slot)
}

/// Whether a job is the version that a reference names.
pub(crate) fn is(named: &Job, job: &Job) -> bool {
    let parts = |job: &Job| (job.create_index, job.version);
    parts(named) == parts(job) && named.id == job.id && named.namespace == job.namespace
}

impl AllocColumns {
    fn extras(&self, count: usize) -> Result<Vec<Option<Arc<AllocExtra>>>, DamageKind> {
        let mut extras = vec![None; count];
        for (at, bytes) in self.extra_at.iter().zip(&self.extra) {
            let beyond = || bad(Table::Allocs, format!("#{at} of the chunk"), "only its extra is there");
            *extras.get_mut(*at as usize).ok_or_else(beyond)? =
                Some(Arc::new(unpack(Table::Allocs, *at as usize, bytes)?));
        }
        if self.extra_at.len() != self.extra.len() {
            let why = format!("{} extras are there, for {} allocations", self.extra.len(), self.extra_at.len());
            return Err(bad(Table::Allocs, "all of the chunk", why));
        }
        Ok(extras)
    }
}

/// Rows put where no row is, with their indexes and digests. Table indexes and the index are the caller's.
impl State {
    pub(crate) fn restore_node(&mut self, node: Node) -> Result<(), DamageKind> {
        if self.node_slot(&node.id).is_some() {
            return Err(bad(Table::Nodes, &node.id, "it is there twice"));
        }
        self.put_node(&Arc::new(node));
        Ok(())
    }

    pub(crate) fn restore_job(
        &mut self,
        namespace: Namespace,
        id: JobId,
        versions: Vec<Arc<Job>>,
        state: Option<JobState>,
        summary: Option<JobSummary>,
    ) -> Result<(), DamageKind> {
        if self.job_slot(&namespace, &id).is_some() {
            return Err(bad(Table::Jobs, &id, "it is there twice"));
        }
        let states = state.iter().map(|state: &JobState| (&state.namespace, &state.id));
        let summaries = summary.iter().map(|summary| (&summary.namespace, &summary.job_id));
        let bodies = versions.iter().map(|version| (&version.namespace, &version.id));
        if states.chain(summaries).chain(bodies).any(|of| of != (&namespace, &id)) {
            return Err(bad(Table::Jobs, &id, "a part of it is of another job"));
        }
        if state.is_none() && !versions.is_empty() {
            return Err(bad(Table::Jobs, &id, "it has versions, but nothing says how it stands"));
        }
        let slot = self.slot_for_job(&namespace, &id);
        self.change_job(slot, |row| {
            row.versions = Arc::new(versions.into_iter().map(JobVersion::new).collect());
            state.into_iter().for_each(|state| row.set_state(state));
            summary.into_iter().for_each(|summary| row.set_summary(Arc::new(summary)));
        });
        Ok(())
    }

    pub(crate) fn restore_eval(&mut self, eval: Evaluation) -> Result<(), DamageKind> {
        if self.eval(&eval.id).is_some() {
            return Err(bad(Table::Evals, &eval.id, "it is there twice"));
        }
        self.put_eval(&Arc::new(eval));
        Ok(())
    }

    /// The version that a reference names, if the state holds it.
    pub(crate) fn held_version(&self, named: &Job) -> Option<Arc<Job>> {
        let job = self.job(&named.namespace, &named.id)?;
        job.versions().find(|held| is(named, held)).cloned()
    }

    /// A cohort with its job version; its evaluation is only looked for if it was there when it was placed.
    pub(crate) fn restore_cohort(&mut self, cohort: Cohort, job: Arc<Job>, has_eval: bool) -> CohortRow {
        let job_slot = self.slot_for_job(&job.namespace, &job.id);
        let eval_slot = has_eval.then(|| self.eval_ids.get(&cohort.eval_id.0)).flatten();
        let cohort = Cohort { job: JobBody(job), ..cohort };
        let digest = cohort.digest();
        CohortRow { cohort: Arc::new(cohort), job_slot, eval_slot, digest }
    }

    /// Puts allocations of one cohort, in the order of their creation.
    pub(crate) fn restore_allocs(&mut self, cohort: &CohortRow, mut rows: Vec<AllocRow>) -> Result<(), DamageKind> {
        let Some(first) = rows.first() else { return Ok(()) };
        let next = self.allocs.slots();
        let before = next.checked_sub(1).and_then(|slot| self.allocs.get(slot));
        if before.is_some_and(|before| before.cohort.cohort.create_index > cohort.cohort.create_index) {
            return Err(bad(Table::Allocs, &first.id, "it was created before the one in front of it"));
        }
        let (mut sum, mut nodes) = (Digest::default(), Vec::with_capacity(rows.len()));
        for (slot, row) in (next..).zip(&mut rows) {
            let node = self.nodes.get(row.node);
            let node = node.ok_or_else(|| bad(Table::Allocs, &row.id, "it is on a node that is not there"))?;
            row.hash(&node.id);
            sum.add(row.digest());
            nodes.push(row.node);
            if self.alloc_ids.insert(row.id.0.clone(), slot).is_some() {
                return Err(bad(Table::Allocs, &row.id, "it is there twice"));
            }
        }
        let slots = self.allocs.extend(rows);
        self.index_allocs(slots, &nodes, cohort);
        self.count(Table::Allocs, None, Some(sum));
        Ok(())
    }
}

/// Rows that contradict each other though their checksums and their sum are right: found by fuzzing.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, Change, Kind};
    use crate::checkpoint::Checkpoint;
    use crate::contract::Life;

    #[test]
    fn a_job_with_versions_stands_somehow() {
        let job = Job { id: "web".into(), ..Job::default() };
        let (namespace, id) = (job.namespace.clone(), job.id.clone());
        let refused = State::new().restore_job(namespace, id, vec![Arc::new(job)], None, None);
        let why = refused.unwrap_err().to_string();
        assert!(why.ends_with("it has versions, but nothing says how it stands"), "{why}");
    }

    #[test]
    fn allocations_come_in_order_of_creation_and_none_from_later() {
        let mut life = Life::new(5);
        (0..60).for_each(|_| drop(life.frame(1)));
        let whole = Checkpoint::new(life.state().clone(), crate::Limits::NONE).next().unwrap();
        let read = |edit: &dyn Fn(&mut Chunk)| {
            let mut chunk = crate::chunk::decode(&whole).unwrap();
            edit(&mut chunk);
            Restoring::default().chunk(&mut State::new(), chunk).map_err(|why| why.to_string())
        };
        assert_eq!(read(&|_| {}), Ok(()));
        let reversed = read(&|chunk| chunk.allocs.cohort.make().reverse()).unwrap_err();
        assert!(reversed.ends_with("it was created before the one in front of it"), "{reversed}");
        let early = read(&|chunk| chunk.at = 1).unwrap_err();
        assert!(early.ends_with("but the checkpoint is at 1"), "{early}");
    }

    #[test]
    fn an_allocation_stays_with_its_job() {
        let mut life = Life::new(5);
        let state = loop {
            life.frame(1);
            if life.state().job_count() > 1 && life.state().alloc_count() > 0 {
                break life.state();
            }
        };
        let alloc = state.allocs().next().unwrap();
        let other = state.jobs().map(|job| job.spec()).find(|job| job.id != alloc.job().id).unwrap();
        let mut changed = alloc.changed();
        changed.cohort = Some(Arc::new(Cohort { job: JobBody(other.clone()), ..(**alloc.cohort()).clone() }));
        let (index, kind) = (state.index() + 1, Kind::AllocationUpdated);
        let batch = Batch { index, time: Time(0), kind, changes: vec![Change::PutAlloc(changed)] };
        let why = state.fork().apply(&batch).unwrap_err().to_string();
        assert!(why.ends_with("its new cohort is of another job"), "{why}");
    }
}
