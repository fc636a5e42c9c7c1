//! What rules say of nodes: asked once a profile where that will do.

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
            Some(&YES) if !tells_apart(ask) => true,
            _ => fleet.view(slot).is_some_and(|node| self.ask(ask, fleet, &node)),
        }
    }

    /// The same of every slot, in order.
    pub(super) fn admit_all(&mut self, ask: &Ask, fleet: &Fleet, into: &mut SlotSet) {
        let apart = tells_apart(ask);
        into.refill(fleet.slots().zip(fleet.profiles()).map(|(slot, profile)| match self.of.get(*profile as usize) {
            Some(&NO) => false,
            Some(&YES) if !apart => true,
            _ => self.admit(ask, fleet, slot),
        }));
    }

    fn ask(&mut self, ask: &Ask, fleet: &Fleet, node: &NodeView<'_>) -> bool {
        let alike = |node: &Node| would_do(&ask.pool, &ask.datacenters, node) && ask.demands.admits_alike(node);
        let profile = node.profile() as usize;
        let by_rules = if node.profile() == NO_PROFILE || ask.names_nodes() {
            alike(node.node())
        } else {
            if self.of.len() <= profile {
                self.of.resize(profile + 1, UNASKED);
            }
            if self.of[profile] == UNASKED {
                let first = fleet.first_of(node.profile()).map_or(node.node(), |first| first);
                self.of[profile] = if alike(first) { YES } else { NO };
            }
            self.of[profile] == YES
        };
        by_rules
            && (!tells_apart(ask) || ask.demands.admits_apart(node.node()) && look::unmet(ask, node.node()).is_none())
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.of.capacity()
    }
}

/// Whether nodes of one profile may be told apart: by devices, networks or properties.
fn tells_apart(ask: &Ask) -> bool {
    ask.demands.tells_apart() || !ask.properties.is_empty()
}
