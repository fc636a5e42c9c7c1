//! Who is on which node, as the plan in the making leaves it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{AllocId, Allocation, Job};
use longshore_placement::{Occupants, Slot};
use longshore_store::{NodeSlot, State};

use crate::plan::Placement;

/// Stored allocations that have not ended, less those that the plan releases, and those that it places (PLACE-34).
pub(crate) struct OnNodes<'a> {
    pub(crate) state: &'a State,
    pub(crate) released: &'a BTreeSet<AllocId>,
    /// The job that the plan places.
    pub(crate) job: &'a Arc<Job>,
    pub(crate) by_node: &'a ByNode,
    pub(crate) placements: &'a [Placement],
}

impl Occupants for OnNodes<'_> {
    fn on(&self, slot: Slot) -> Vec<Arc<Allocation>> {
        let slot = NodeSlot(slot.0);
        let left = self.state.allocs_on(slot);
        let left = left.filter(|alloc| !alloc.client_terminal() && !self.released.contains(alloc.id()));
        let mut all: Vec<Arc<Allocation>> = left.map(|alloc| Arc::new(alloc.to_allocation())).collect();
        all.extend(self.by_node.on(slot, self.placements).map(|placement| Arc::new(self.allocation(placement))));
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }
}

impl OnNodes<'_> {
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

/// A plan's placements by node. Most plans are never asked, so it follows only when somebody is about to.
#[derive(Default)]
pub(crate) struct ByNode {
    numbers: BTreeMap<NodeSlot, Vec<u32>>,
    /// How many placements it knows.
    followed: usize,
}

impl ByNode {
    /// Takes in what was placed since; placements are only ever added.
    pub(crate) fn follow(&mut self, placements: &[Placement]) {
        for (number, placement) in placements.iter().enumerate().skip(self.followed) {
            self.numbers.entry(placement.node).or_default().push(number as u32);
        }
        self.followed = placements.len();
    }

    /// Those on a node, of the ones that it knows.
    pub(crate) fn on<'p>(&self, slot: NodeSlot, placements: &'p [Placement]) -> impl Iterator<Item = &'p Placement> {
        let numbers = self.numbers.get(&slot).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|number| &placements[*number as usize])
    }
}
