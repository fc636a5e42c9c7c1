//! What a plan in the making leaves on a node.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{AllocId, Allocation, NodeId};

/// A plan in the making: what it stops, displaces and places.
#[derive(Clone, Debug, Default)]
pub struct Tentative {
    /// Allocations that it stops.
    pub stops: Vec<Arc<Allocation>>,
    /// Allocations that it displaces.
    pub preemptions: Vec<Arc<Allocation>>,
    /// Allocations that it places, each with its node.
    pub placements: Vec<Arc<Allocation>>,
}

impl Tentative {
    /// The allocations of a node as the plan leaves it, by id: those stored that have not ended, less those stopped and
    /// displaced, and those placed, which replace stored ones of their id (PLACE-34). One that is told to stop but still
    /// runs stays (PLACE-35).
    ///
    /// # Cost
    /// O(stored + allocations of the node × plan).
    pub fn proposed(&self, node: &NodeId, stored: &[Arc<Allocation>]) -> Vec<Arc<Allocation>> {
        let here = stored.iter().filter(|alloc| alloc.node_id == *node && !alloc.client_terminal());
        let mut left: BTreeMap<&AllocId, &Arc<Allocation>> = here.map(|alloc| (&alloc.id, alloc)).collect();
        left.retain(|id, _| !self.stops.iter().chain(&self.preemptions).any(|gone| gone.id == **id));
        left.extend(self.placements.iter().filter(|alloc| alloc.node_id == *node).map(|alloc| (&alloc.id, alloc)));
        left.into_values().cloned().collect()
    }
}
