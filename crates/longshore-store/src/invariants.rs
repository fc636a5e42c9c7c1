//! What must always hold: indexes and digests equal a recount from the rows.

use thiserror::Error;

use crate::batch::Table;
use crate::digest::{Digest, Hasher};
use crate::rows::JobVersion;
use crate::state::{JobSlot, NodeSlot, State};

/// An index or digest that does not equal its recount.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("table {table}: {what}")]
pub struct Broken {
    /// The table.
    pub table: Table,
    /// What does not hold, and for which row.
    pub what: String,
}

fn broken(table: Table, what: impl Into<String>) -> Broken {
    Broken { table, what: what.into() }
}

impl State {
    /// Recounts every digest and index from the rows.
    ///
    /// # Errors
    /// [`Broken`] for the first that differs: a fault of this crate, or damage.
    ///
    /// # Cost
    /// O(rows), each digested and looked up in every index that it is in.
    pub fn check_invariants(&self) -> Result<(), Broken> {
        self.check_nodes()?;
        self.check_jobs()?;
        self.check_evals()?;
        self.check_allocs()
    }

    fn check_digest(&self, table: Table, rows: impl Iterator<Item = Digest>) -> Result<(), Broken> {
        let mut sum = Digest(0);
        rows.for_each(|row| sum.add(row));
        let kept = self.table_digest(table);
        if sum == kept { Ok(()) } else { Err(broken(table, format!("rows have digest {sum}, the table says {kept}"))) }
    }

    /// An index in which every row was found has no other entries if it has as many.
    fn check_count(&self, table: Table, index: &str, entries: usize, rows: usize) -> Result<(), Broken> {
        if entries == rows {
            return Ok(());
        }
        Err(broken(table, format!("{entries} entries by {index} for {rows} rows")))
    }

    fn check_nodes(&self) -> Result<(), Broken> {
        for (slot, row) in self.nodes.iter() {
            if self.node_ids.get(&row.node.id.0) != Some(slot) {
                return Err(broken(Table::Nodes, format!("node {:?} is not found by its id", row.node.id)));
            }
            if !row.allocs.is_sorted_by(|a, b| a < b) {
                return Err(broken(Table::Nodes, format!("allocations on {:?} are out of order", row.node.id)));
            }
        }
        self.check_count(Table::Nodes, "id", self.node_ids.len(), self.nodes.live())?;
        self.check_digest(Table::Nodes, self.nodes.iter().map(|(_, row)| Hasher::new(0x0D).object(&*row.node).finish()))
    }

    fn check_jobs(&self) -> Result<(), Broken> {
        for (slot, row) in self.jobs.iter() {
            if self.job_slot(&row.state.namespace, &row.state.id) != Some(JobSlot(slot)) {
                return Err(broken(Table::Jobs, format!("job {:?} is not found by its id", row.state.id)));
            }
        }
        self.check_count(Table::Jobs, "id", self.job_ids.len(), self.jobs.live())?;
        let recount = |row: &crate::rows::JobRow| {
            let mut fresh = crate::rows::JobRow::gone(&row.state.namespace, &row.state.id);
            fresh.versions =
                row.versions.iter().map(|version| JobVersion::new(version.job.clone())).collect::<Vec<_>>().into();
            if !row.versions.is_empty() || row.state_digest != Digest(0) {
                fresh.set_state(row.state.clone());
            }
            if let Some(summary) = &row.summary {
                fresh.set_summary(summary.clone());
            }
            fresh.digest()
        };
        self.check_digest(Table::Jobs, self.jobs.iter().map(|(_, row)| recount(row)))
    }

    fn check_evals(&self) -> Result<(), Broken> {
        for (slot, row) in self.evals.iter() {
            let eval = &row.eval;
            if self.eval_ids.get(&eval.id.0) != Some(slot) || !self.evals_by_job.contains(row.job_slot, slot) {
                return Err(broken(Table::Evals, format!("evaluation {:?} is not in its indexes", eval.id)));
            }
        }
        self.check_count(Table::Evals, "id", self.eval_ids.len(), self.evals.live())?;
        self.check_count(Table::Evals, "job", self.evals_by_job.count(), self.evals.live())?;
        self.check_digest(Table::Evals, self.evals.iter().map(|(_, row)| Hasher::new(0xE0).object(&*row.eval).finish()))
    }

    fn check_allocs(&self) -> Result<(), Broken> {
        let on_node = |node: u32, slot: u32| {
            self.nodes.get(node).is_some_and(|node| node.allocs.binary_search(&slot).is_ok()) // in order: see above
        };
        let (mut last, mut by_eval) = (0, 0);
        for (slot, row) in self.allocs.iter() {
            by_eval += usize::from(row.cohort.eval_slot.is_some());
            let found = self.alloc_ids.get(&row.id.0) == Some(slot)
                && self.allocs_by_job.contains(row.cohort.job_slot, slot)
                && row.cohort.eval_slot.is_none_or(|eval| self.allocs_by_eval.contains(eval, slot))
                && on_node(row.node, slot);
            if !found {
                return Err(broken(Table::Allocs, format!("allocation {:?} is not in its indexes", row.id)));
            }
            if row.cohort.cohort.create_index < last {
                return Err(broken(Table::Allocs, format!("allocation {:?} is out of creation order", row.id)));
            }
            last = row.cohort.cohort.create_index;
        }
        let (rows, by_node) = (self.allocs.live(), self.nodes.iter().map(|(_, node)| node.allocs.len()).sum());
        self.check_count(Table::Allocs, "id", self.alloc_ids.len(), rows)?;
        self.check_count(Table::Allocs, "node", by_node, rows)?;
        self.check_count(Table::Allocs, "job", self.allocs_by_job.count(), rows)?;
        self.check_count(Table::Allocs, "evaluation", self.allocs_by_eval.count(), by_eval)?;
        let digest = |row: &crate::rows::AllocRow| {
            let node = self.node_at(NodeSlot(row.node)).map(|node| node.id.clone()).unwrap_or_default();
            row.counted(&node)
        };
        self.check_digest(Table::Allocs, self.allocs.iter().map(|(_, row)| digest(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Life;

    /// An index that has too much or too little is named.
    #[test]
    fn whatever_an_index_has_amiss_is_found() {
        type Amiss = (&'static str, fn(&mut State));
        let amiss: [Amiss; 9] = [
            ("entries by id", |state| assert!(state.node_ids.insert("stray".into(), 0).is_none())),
            ("entries by id", |state| assert!(state.eval_ids.insert("stray".into(), 0).is_none())),
            ("entries by job", |state| state.evals_by_job.insert(0, 9_999)),
            ("entries by id", |state| assert!(state.alloc_ids.insert("stray".into(), 0).is_none())),
            ("entries by job", |state| state.allocs_by_job.insert(9_999, 0)),
            ("entries by evaluation", |state| state.allocs_by_eval.insert(9_999, 0)),
            ("is not in its indexes", |state| {
                let job = state.allocs.get(0).unwrap().cohort.job_slot;
                state.allocs_by_job.remove(job, 0);
            }),
            ("is not in its indexes", |state| {
                let node = state.allocs.get(0).unwrap().node;
                std::sync::Arc::make_mut(&mut state.nodes.get_mut(node).unwrap().allocs).remove(0);
            }),
            ("entries by node", |state| {
                std::sync::Arc::make_mut(&mut state.nodes.get_mut(0).unwrap().allocs).push(9_999);
            }),
        ];
        let mut life = Life::new(3);
        (0..40).for_each(|_| drop(life.frame(1)));
        life.state().check_invariants().unwrap();
        for (expected, amiss) in amiss {
            let mut state = life.state().clone();
            amiss(&mut state);
            let found = state.check_invariants().unwrap_err().to_string();
            assert!(found.contains(expected), "{found}, not {expected}");
        }
    }
}
