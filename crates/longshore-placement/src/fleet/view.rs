//! One node of the table, as others may see it.

use std::sync::Arc;

use longshore_model::Node;

use super::{DeviceKind, Fleet, Group, Holdings, Hot, Slot};
use crate::amounts::Amounts;

/// A node as scorers and choosers see it: its record, and what is used and free right now.
#[derive(Clone, Copy, Debug)]
pub struct NodeView<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) slot: Slot,
    pub(super) node: &'a Arc<Node>,
}

impl<'a> NodeView<'a> {
    /// Its slot: lower is older.
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// Its record.
    pub fn node(&self) -> &'a Node {
        self.node
    }

    /// What it has for allocations: capacity less reservations.
    pub fn capacity(&self) -> Amounts {
        self.fleet.capacity_of(self.slot.index())
    }

    /// What allocations hold.
    pub fn used(&self) -> Amounts {
        self.fleet.used[self.slot.index()]
    }

    /// What is left; negative where the node shrank under its allocations.
    pub fn free(&self) -> Amounts {
        self.hot().free
    }

    pub(crate) fn hot(&self) -> &'a Hot {
        &self.fleet.hot[self.slot.index()]
    }

    /// How allocations hold devices here.
    pub fn holdings(&self) -> &'a Holdings {
        &self.fleet.holdings[self.slot.index()]
    }

    /// Its device groups: kind, and free thousandths of each instance.
    pub fn devices(&self) -> impl Iterator<Item = (&'a DeviceKind, &'a [u16])> + use<'a> {
        let fleet = self.fleet;
        self.groups().iter().map(|group| (&fleet.kinds[group.kind as usize], &fleet.free[group.range()]))
    }

    /// Nodes with one profile are alike to every rule that does not name a single node.
    pub(crate) fn profile(&self) -> u32 {
        self.fleet.profile[self.slot.index()]
    }

    pub(crate) fn groups(&self) -> &'a [Group] {
        let (start, end) = self.fleet.layout[self.slot.index()];
        &self.fleet.groups[start as usize..end as usize]
    }

    /// Free thousandths of every instance of every group, in the node's order.
    pub fn instances(&self) -> &'a [u16] {
        match self.groups() {
            [] => &[],
            // Groups of a node are laid out one after the other.
            [first, .., last] => &self.fleet.free[first.start as usize..(last.start + last.len) as usize],
            [only] => &self.fleet.free[only.range()],
        }
    }

    /// Free thousandths of all its instances together.
    pub fn idle(&self) -> i64 {
        i64::from(self.fleet.idle[self.slot.index()])
    }

    pub(crate) fn free_of(&self, group: Group) -> &'a [u16] {
        &self.fleet.free[group.range()]
    }
}
