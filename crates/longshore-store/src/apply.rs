//! Applying batches: the one way in.

use std::ops::Range;
use std::sync::Arc;

use longshore_model::id::Id;
use longshore_model::{DesiredStatus, EvalId, Evaluation, Job, JobId, JobSummary, Namespace, Node, NodeId};
use thiserror::Error;

use crate::batch::{Batch, Change, Index, Table};
use crate::digest::{Digest, Hasher};
use crate::node_log::What;
use crate::rows::{
    AllocRow, ChangedAlloc, Cohort, CohortRow, JobBody, JobRow, JobState, JobVersion, NewAlloc, NodeRow, Placed,
};
use crate::state::{AllocSlot, EvalRow, JobSlot, NodeSlot, State};

/// Why a batch cannot be applied. The state is then part of the way through it: throw it away.
///
/// An engine's own batches never meet this; a damaged log may.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ApplyError {
    /// A batch that does not follow the last one.
    #[error("batch {found} cannot follow index {last}")]
    Gap {
        /// The index of the last write.
        last: Index,
        /// The batch's index.
        found: Index,
    },
    /// A row that refers to what is not there.
    #[error("table {table}, row {key:?}: {why}")]
    Row {
        /// The table.
        table: Table,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

fn dangling(table: Table, key: impl ToString, why: &'static str) -> ApplyError {
    ApplyError::Row { table, key: key.to_string(), why }
}

impl State {
    /// Applies a batch in place.
    ///
    /// # Errors
    /// [`ApplyError`] if its index is not the next, or a row refers to what is not there.
    ///
    /// # Cost
    /// About a microsecond a row; paths shared with snapshots are copied first.
    pub fn apply(&mut self, batch: &Batch) -> Result<(), ApplyError> {
        if self.index.checked_add(1) != Some(batch.index) {
            return Err(ApplyError::Gap { last: self.index, found: batch.index });
        }
        self.put_new_in_order(batch);
        for change in &batch.changes {
            match change {
                Change::PutNode(node) => self.put_node(node),
                Change::DeleteNode(id) => self.delete_node(id)?,
                Change::PutJob(job) => self.put_job(job),
                Change::PutJobState(state) => self.put_job_state(state)?,
                Change::PutSummary(summary) => self.put_summary(summary),
                Change::DropJobVersion(namespace, id, version) => self.drop_version(namespace, id, *version)?,
                Change::PutEval(eval) => self.put_eval(eval),
                Change::DeleteEval(id) => self.delete_eval(id)?,
                Change::Place(placed) => self.place(placed, batch)?,
                Change::PutAlloc(changed) => self.put_alloc(changed, batch)?,
            }
            self.tables[change.table() as usize].index = batch.index;
        }
        self.index = batch.index;
        self.time = batch.time;
        Ok(())
    }

    /// Slots of nodes and evaluations are in the order of (index of creation, id): so those new in a batch get theirs
    /// first and by id, whatever the order of changes. What refers to them, a cohort that is placed or moved to, then
    /// finds them, as it does when rows are read back. Allocations keep the order of their placement.
    fn put_new_in_order(&mut self, batch: &Batch) {
        let puts = batch.changes.iter().filter(|change| matches!(change, Change::PutNode(_) | Change::PutEval(_)));
        let refers = |change: &Change| match change {
            Change::Place(_) => true,
            Change::PutAlloc(changed) => changed.cohort.is_some(),
            _ => false,
        };
        match puts.clone().take(2).count() {
            0 => return,
            1 if !batch.changes.iter().any(refers) => return, // the one is in order
            _ => {}
        }
        let mut new: Vec<(&Id, &Change)> = puts.filter_map(|change| Some((self.id_if_new(change)?, change))).collect();
        new.sort_by_key(|(id, _)| *id);
        for (_, change) in new {
            match change {
                Change::PutNode(node) => self.put_node(node),
                Change::PutEval(eval) => self.put_eval(eval),
                _ => {}
            }
        }
    }

    fn id_if_new<'a>(&self, change: &'a Change) -> Option<&'a Id> {
        let (id, ids) = match change {
            Change::PutNode(node) => (&node.id.0, &self.node_ids),
            Change::PutEval(eval) => (&eval.id.0, &self.eval_ids),
            _ => return None,
        };
        ids.get(id).is_none().then_some(id)
    }

    pub(crate) fn count(&mut self, table: Table, old: Option<Digest>, new: Option<Digest>) {
        let digest = &mut self.tables[table as usize].digest;
        old.into_iter().for_each(|row| digest.subtract(row));
        new.into_iter().for_each(|row| digest.add(row));
    }

    pub(crate) fn put_node(&mut self, node: &Arc<Node>) {
        let digest = Hasher::new(0x0D).object(&**node).finish();
        let old = match self.node_ids.get(&node.id.0) {
            Some(slot) => {
                self.node_log.push(NodeSlot(slot), What::Record);
                self.nodes.get_mut(slot).map(|row| {
                    row.node = node.clone();
                    std::mem::replace(&mut row.digest, digest)
                })
            }
            None => {
                let slot = self.nodes.push(NodeRow {
                    id: node.id.clone(),
                    node: node.clone(),
                    allocs: Arc::default(),
                    digest,
                });
                self.node_ids.insert(node.id.0.clone(), slot);
                self.node_log.push(NodeSlot(slot), What::Record);
                None
            }
        };
        self.count(Table::Nodes, old, Some(digest));
    }

    fn delete_node(&mut self, id: &NodeId) -> Result<(), ApplyError> {
        let missing = || dangling(Table::Nodes, id, "no such node to delete");
        let slot = self.node_ids.get(&id.0).ok_or_else(missing)?;
        // Its allocations may outlive it; their digests name the node, which then has no name.
        let row = self.nodes.get(slot).cloned().ok_or_else(missing)?;
        if let Some(alloc) = row.allocs.iter().find_map(|slot| self.allocs.get(*slot)) {
            return Err(dangling(Table::Nodes, &alloc.id, "an allocation is still recorded on the node to delete"));
        }
        self.node_ids.remove(&id.0);
        self.nodes.remove(slot);
        self.node_log.push(NodeSlot(slot), What::Record);
        self.count(Table::Nodes, Some(row.digest), None);
        Ok(())
    }

    /// The slot of a job, given if it has none: evaluations and allocations may speak of jobs that are gone.
    pub(crate) fn slot_for_job(&mut self, namespace: &Namespace, id: &JobId) -> u32 {
        if let Some(JobSlot(slot)) = self.job_slot(namespace, id) {
            self.last_job = slot;
            return slot;
        }
        let slot = self.jobs.push(JobRow::gone(namespace, id));
        self.job_ids.insert((namespace.clone(), id.clone()), slot);
        self.last_job = slot;
        slot
    }

    pub(crate) fn change_job(&mut self, slot: u32, change: impl FnOnce(&mut JobRow)) {
        let Some(row) = self.jobs.get_mut(slot) else { return };
        let old = row.digest();
        change(row);
        let new = row.digest();
        self.count(Table::Jobs, Some(old), Some(new));
    }

    fn put_job(&mut self, job: &Arc<Job>) {
        let slot = self.slot_for_job(&job.namespace, &job.id);
        let version = JobVersion::new(job.clone());
        self.change_job(slot, |row| {
            let versions = Arc::make_mut(&mut row.versions);
            versions.retain(|held| held.job.version != job.version);
            versions.reserve_exact(1);
            versions.insert(0, version);
            row.set_state(JobState::of(job));
        });
    }

    fn put_job_state(&mut self, state: &JobState) -> Result<(), ApplyError> {
        let Some(JobSlot(slot)) = self.job_slot(&state.namespace, &state.id) else {
            return Err(dangling(Table::Jobs, &state.id, "no such job to change"));
        };
        self.change_job(slot, |row| row.set_state(state.clone()));
        Ok(())
    }

    fn put_summary(&mut self, summary: &Arc<JobSummary>) {
        let slot = self.slot_for_job(&summary.namespace, &summary.job_id);
        self.change_job(slot, |row| row.set_summary(summary.clone()));
    }

    fn drop_version(&mut self, namespace: &Namespace, id: &JobId, version: u64) -> Result<(), ApplyError> {
        let Some(JobSlot(slot)) = self.job_slot(namespace, id) else {
            return Err(dangling(Table::Jobs, id, "no such job to drop a version of"));
        };
        self.change_job(slot, |row| Arc::make_mut(&mut row.versions).retain(|held| held.job.version != version));
        Ok(())
    }

    pub(crate) fn put_eval(&mut self, eval: &Arc<Evaluation>) {
        let digest = Hasher::new(0xE0).object(&**eval).finish();
        let old = match self.eval_ids.get(&eval.id.0) {
            Some(slot) => self.evals.get_mut(slot).map(|row| {
                row.eval = eval.clone();
                std::mem::replace(&mut row.digest, digest)
            }),
            None => {
                let job_slot = self.slot_for_job(&eval.namespace, &eval.job_id);
                let slot = self.evals.push(EvalRow { eval: eval.clone(), job_slot, digest });
                self.eval_ids.insert(eval.id.0.clone(), slot);
                self.evals_by_job.insert(job_slot, slot);
                None
            }
        };
        self.count(Table::Evals, old, Some(digest));
    }

    fn delete_eval(&mut self, id: &EvalId) -> Result<(), ApplyError> {
        let slot =
            self.eval_ids.remove(&id.0).ok_or_else(|| dangling(Table::Evals, id, "no such evaluation to delete"))?;
        let Some(row) = self.evals.remove(slot) else { return Ok(()) };
        self.evals_by_job.remove(row.job_slot, slot);
        self.count(Table::Evals, Some(row.digest), None);
        Ok(())
    }

    fn place(&mut self, placed: &Placed, batch: &Batch) -> Result<(), ApplyError> {
        if placed.cohort.create_index != batch.index {
            // Slots are in the order of creation.
            let key = placed.allocs.first().map(|alloc| alloc.id.to_string()).unwrap_or_default();
            return Err(dangling(Table::Allocs, key, "its cohort says that it was placed by another write"));
        }
        let cohort = self.cohort(&placed.cohort)?;
        let no_node = |alloc: &NewAlloc| dangling(Table::Allocs, &alloc.id, "the node it is placed on does not exist");
        let node_of = |alloc: &NewAlloc| self.node_ids.get(&alloc.node_id.0).ok_or_else(|| no_node(alloc));
        let nodes: Vec<u32> = placed.allocs.iter().map(node_of).collect::<Result<_, _>>()?;
        self.name_allocs(&placed.allocs)?;
        let mut sum = Digest::default();
        let rows = placed.allocs.iter().zip(&nodes).map(|(alloc, node)| {
            let row = AllocRow {
                id: alloc.id.clone(),
                cohort: cohort.clone(),
                node: *node,
                index: alloc.index,
                desired_status: DesiredStatus::Run,
                client_status: longshore_model::ClientStatus::Pending,
                modify_index: batch.index,
                alloc_modify_index: batch.index,
                modify_time: batch.time,
                extra: alloc.extra.clone(),
                digest: [0; 2], // in a moment
            };
            let row = row.hashed(&alloc.node_id);
            sum.add(row.digest());
            row
        });
        let slots = self.allocs.extend(rows);
        self.index_allocs(slots, &nodes, &cohort);
        self.count(Table::Allocs, None, Some(sum));
        Ok(())
    }

    /// Gives the ids of new allocations the slots that come next; none of them if one is taken.
    fn name_allocs(&mut self, allocs: &[NewAlloc]) -> Result<(), ApplyError> {
        let first = self.allocs.slots();
        for (at, alloc) in allocs.iter().enumerate() {
            let Some(taken) = self.alloc_ids.insert(alloc.id.0.clone(), first + at as u32) else { continue };
            for named in &allocs[..at] {
                self.alloc_ids.remove(&named.id.0);
            }
            if taken < first {
                self.alloc_ids.insert(alloc.id.0.clone(), taken);
            }
            return Err(dangling(Table::Allocs, &alloc.id, "an allocation with this id exists already"));
        }
        Ok(())
    }

    /// Puts new allocations of one cohort, whose rows and ids are there, into all other indexes.
    pub(crate) fn index_allocs(&mut self, slots: Range<u32>, nodes: &[u32], cohort: &CohortRow) {
        for (slot, node) in slots.clone().zip(nodes) {
            if let Some(row) = self.nodes.get_mut(*node) {
                Arc::make_mut(&mut row.allocs).push(slot);
            }
            self.node_log.push(NodeSlot(*node), What::Placed(AllocSlot(slot)));
        }
        self.allocs_by_job.insert_range(cohort.job_slot, slots.clone());
        if let Some(eval) = cohort.eval_slot {
            self.allocs_by_eval.insert_range(eval, slots);
        }
    }

    /// The cohort with its job version resolved: read from bytes, it is only named.
    fn cohort(&mut self, cohort: &Arc<Cohort>) -> Result<Arc<CohortRow>, ApplyError> {
        let job = cohort.job();
        let job_slot = self.slot_for_job(&job.namespace, &job.id);
        let held = self.jobs.get(job_slot).and_then(|row| {
            row.versions.iter().map(|version| &version.job).find(|held| {
                Arc::ptr_eq(held, job) || (held.version == job.version && held.create_index == job.create_index)
            })
        });
        let held = held.ok_or_else(|| dangling(Table::Allocs, &job.id, "no such version of the job to place"))?;
        let cohort = if Arc::ptr_eq(held, job) {
            cohort.clone()
        } else {
            Arc::new(Cohort { job: JobBody(held.clone()), ..(**cohort).clone() })
        };
        let digest = cohort.digest();
        let eval_slot = self.eval_ids.get(&cohort.eval_id.0);
        Ok(Arc::new(CohortRow { cohort, job_slot, eval_slot, digest }))
    }

    fn put_alloc(&mut self, changed: &ChangedAlloc, batch: &Batch) -> Result<(), ApplyError> {
        let missing = || dangling(Table::Allocs, &changed.id, "no such allocation to change");
        let slot = self.alloc_ids.get(&changed.id.0).ok_or_else(missing)?;
        let cohort = changed.cohort.as_ref().map(|cohort| self.cohort(cohort)).transpose()?;
        let row = self.allocs.get(slot).ok_or_else(missing)?;
        let node_slot = row.node;
        if let Some(cohort) = &cohort {
            let refused = |why| Err(dangling(Table::Allocs, &changed.id, why));
            if cohort.cohort.create_index != row.cohort.cohort.create_index {
                return refused("its new cohort says that it was placed by another write");
            }
            if cohort.job_slot != row.cohort.job_slot {
                return refused("its new cohort is of another job");
            }
        }
        let node = self.nodes.get(node_slot).map(|row| row.id.clone()).unwrap_or_default();
        let row = self.allocs.get_mut(slot).ok_or_else(missing)?;
        let old = row.digest();
        row.desired_status = changed.desired_status;
        row.client_status = changed.client_status;
        row.modify_index = batch.index;
        row.alloc_modify_index = changed.alloc_modify_index;
        row.modify_time = changed.modify_time;
        row.extra.clone_from(&changed.extra);
        if let Some(cohort) = cohort {
            let before = std::mem::replace(&mut row.cohort, cohort.clone());
            if let Some(eval) = before.eval_slot {
                self.allocs_by_eval.remove(eval, slot);
            }
            if let Some(eval) = cohort.eval_slot {
                self.allocs_by_eval.insert(eval, slot);
            }
        }
        row.hash(&node);
        let new = row.digest();
        self.node_log.push(NodeSlot(node_slot), What::Allocs);
        self.count(Table::Allocs, Some(old), Some(new));
        Ok(())
    }
}
