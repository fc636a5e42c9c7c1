//! What rules say of nodes: asked once a profile, unless they name single nodes.

use longshore_model::Node;

use crate::ask::Ask;
use crate::feasible::would_do;
use crate::fleet::{Fleet, NO_PROFILE, NOBODY, NodeView, Slot};

use super::look;
use super::slot_set::SlotSet;

const UNASKED: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

/// One ask's answers, by profile.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdicts {
    of: Vec<u8>,
}

impl Verdicts {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.of.clear();
    }

    /// Whether a node may be used, by its record.
    #[inline]
    pub(super) fn admit(&mut self, ask: &Ask, fleet: &Fleet, slot: Slot) -> bool {
        let profile = fleet.profiles()[slot.index()];
        match self.of.get(profile as usize) {
            _ if profile == NOBODY => false,
            Some(&NO) => false,
            Some(&YES) => true,
            _ => fleet.view(slot).is_some_and(|node| self.ask(ask, fleet, &node)),
        }
    }

    /// The same of every slot, in order.
    pub(super) fn admit_all(&mut self, ask: &Ask, fleet: &Fleet, into: &mut SlotSet) {
        into.refill(fleet.slots().zip(fleet.profiles()).map(|(slot, profile)| match self.of.get(*profile as usize) {
            Some(&NO) => false,
            Some(&YES) => true,
            _ => self.admit(ask, fleet, slot),
        }));
    }

    fn ask(&mut self, ask: &Ask, fleet: &Fleet, node: &NodeView<'_>) -> bool {
        let rules = |node: &Node| {
            would_do(&ask.pool, &ask.datacenters, node)
                && ask.demands.admit(node).is_ok()
                && look::unmet(ask, node).is_none()
        };
        let profile = node.profile() as usize;
        if node.profile() == NO_PROFILE || ask.names_nodes() {
            return rules(node.node());
        }
        if self.of.len() <= profile {
            self.of.resize(profile + 1, UNASKED);
        }
        let first = fleet.first_of(node.profile()).map_or(node.node(), |first| first);
        let admitted = rules(first);
        self.of[profile] = if admitted { YES } else { NO };
        admitted
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.of.capacity()
    }
}
