//! Who is on which node, as the plan in the making leaves it.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::{AllocId, Allocation, Job};
use longshore_placement::{Occupants, Slot};
use longshore_store::{NodeSlot, State};

use crate::plan::{Placement, Plan};

/// Stored allocations that have not ended, less those that the plan releases, and those that it places (PLACE-34).
pub(crate) struct OnNodes<'a> {
    pub(crate) state: &'a State,
    pub(crate) released: &'a BTreeSet<AllocId>,
    pub(crate) mine: Mine<'a>,
}

/// What the plan places: allocations of one job.
pub(crate) struct Mine<'a> {
    pub(crate) job: &'a Arc<Job>,
    pub(crate) plan: &'a Plan,
}

impl Occupants for OnNodes<'_> {
    fn on(&self, slot: Slot) -> Vec<Arc<Allocation>> {
        let slot = NodeSlot(slot.0);
        let left = self.state.allocs_on(slot);
        let left = left.filter(|alloc| !alloc.client_terminal() && !self.released.contains(alloc.id()));
        let placed = self.mine.plan.placements.iter().filter(|placement| placement.node == slot);
        let mut all: Vec<Arc<Allocation>> = left.map(|alloc| Arc::new(alloc.to_allocation())).collect();
        all.extend(placed.map(|placement| Arc::new(self.mine.allocation(placement))));
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }
}

impl Mine<'_> {
    fn allocation(&self, placement: &Placement) -> Allocation {
        Allocation {
            id: placement.id.clone(),
            namespace: self.job.namespace.clone(),
            job_id: self.job.id.clone(),
            job: Some(self.job.clone()),
            task_group: placement.group.clone(),
            node_id: placement.node_id.clone(),
            allocated_resources: Some((*placement.resources).clone()),
            ..Allocation::default()
        }
    }
}
