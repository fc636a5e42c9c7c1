//! What must always hold: indexes and digests equal a recount from the rows.

use std::collections::BTreeSet;

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
    /// O(rows): some 20 ms for a million allocations.
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

    fn check_nodes(&self) -> Result<(), Broken> {
        for (slot, row) in self.nodes.iter() {
            if self.node_ids.get(&row.node.id.0) != Some(slot) {
                return Err(broken(Table::Nodes, format!("node {:?} is not found by its id", row.node.id)));
            }
            if !row.allocs.is_sorted_by(|a, b| a < b) {
                return Err(broken(Table::Nodes, format!("allocations on {:?} are out of order", row.node.id)));
            }
        }
        if self.node_ids.len() != self.nodes.live() {
            return Err(broken(Table::Nodes, "more ids than nodes"));
        }
        self.check_digest(Table::Nodes, self.nodes.iter().map(|(_, row)| Hasher::new(0x0D).object(&*row.node).finish()))
    }

    fn check_jobs(&self) -> Result<(), Broken> {
        for (slot, row) in self.jobs.iter() {
            if self.job_slot(&row.state.namespace, &row.state.id) != Some(JobSlot(slot)) {
                return Err(broken(Table::Jobs, format!("job {:?} is not found by its id", row.state.id)));
            }
        }
        if self.job_ids.len() != self.jobs.live() {
            return Err(broken(Table::Jobs, "more ids than jobs"));
        }
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
            if self.eval_ids.get(&eval.id.0) != Some(slot) || !self.evals_by_job.of(row.job_slot).any(|at| at == slot) {
                return Err(broken(Table::Evals, format!("evaluation {:?} is not in its indexes", eval.id)));
            }
        }
        self.check_digest(Table::Evals, self.evals.iter().map(|(_, row)| Hasher::new(0xE0).object(&*row.eval).finish()))
    }

    fn check_allocs(&self) -> Result<(), Broken> {
        let mut by_node: BTreeSet<(u32, u32)> = BTreeSet::new();
        for (slot, row) in self.nodes.iter() {
            by_node.extend(row.allocs.iter().map(|alloc| (slot, *alloc)));
        }
        let mut last = 0;
        for (slot, row) in self.allocs.iter() {
            let found = self.alloc_ids.get(&row.id.0) == Some(slot)
                && self.allocs_by_job.of(row.cohort.job_slot).any(|at| at == slot)
                && row.cohort.eval_slot.is_none_or(|eval| self.allocs_by_eval.of(eval).any(|at| at == slot))
                && by_node.remove(&(row.node, slot));
            if !found {
                return Err(broken(Table::Allocs, format!("allocation {:?} is not in its indexes", row.id)));
            }
            if row.cohort.cohort.create_index < last {
                return Err(broken(Table::Allocs, format!("allocation {:?} is out of creation order", row.id)));
            }
            last = row.cohort.cohort.create_index;
        }
        if let Some((node, alloc)) = by_node.first() {
            return Err(broken(
                Table::Allocs,
                format!("node slot {node} names allocation slot {alloc}, which is not there"),
            ));
        }
        let digest = |row: &crate::rows::AllocRow| {
            let node = self.node_at(NodeSlot(row.node)).map(|node| node.id.clone()).unwrap_or_default();
            row.counted(&node)
        };
        self.check_digest(Table::Allocs, self.allocs.iter().map(|(_, row)| digest(row)))
    }
}
