//! What is held on every node, kept: the plan applier's second opinion, from one plan to the next.
//!
//! A mirror of the state's allocations that shares nothing with the scheduler's fleet table but the rules. It follows the
//! state's log of nodes: what was placed is added, anything else makes a node be counted anew when it is next asked for.

use std::collections::BTreeSet;

use longshore_model::{AllocId, AllocatedResources, Job};
use longshore_placement::account::{Usage, shared_volume};
use longshore_placement::{Ledger, Refusal};
use longshore_scheduler::Placement;
use longshore_store::{AllocRef, Mark, NodeSlot, State, What};

/// Ledgers by node slot; `None` is to be counted.
#[derive(Debug, Default)]
pub(crate) struct Ledgers {
    mark: Mark,
    nodes: Vec<Option<Ledger>>,
}

impl Ledgers {
    /// Follows the state.
    pub(crate) fn follow(&mut self, state: &State) {
        let mark = state.node_log().mark();
        match state.node_log().since(&self.mark) {
            None => self.nodes.clear(),
            Some(changes) => {
                let mut counted = Counted::default();
                for (slot, what) in changes {
                    let Some(Some(ledger)) = self.nodes.get_mut(slot.0 as usize) else { continue };
                    let placed = match what {
                        What::Placed(alloc) => state.alloc_in(*alloc).zip(state.node_at(*slot)),
                        What::Record | What::Allocs => None,
                    };
                    match placed.filter(|(alloc, _)| !alloc.terminal()) {
                        Some((alloc, node)) => match counted.of(alloc.resources()) {
                            Some(usage) => ledger.add_counted(node, alloc.resources(), usage),
                            None => ledger.add(node, alloc.resources()),
                        },
                        None => self.nodes[slot.0 as usize] = None,
                    }
                }
            }
        }
        self.nodes.resize(self.nodes.len().max(state.node_slots() as usize), None);
        self.mark = mark;
    }

    /// Whether a node takes placements of a job, once those `gone` are.
    ///
    /// # Errors
    /// Why it does not (LOOP-307, LOOP-308).
    pub(crate) fn verdict(
        &mut self,
        state: &State,
        slot: NodeSlot,
        gone: &BTreeSet<&AllocId>,
        job: &Job,
        placements: &[&Placement],
    ) -> Result<(), Refusal> {
        let Some(node) = state.node_at(slot) else { return Ok(()) };
        let left = || state.allocs_on(slot).filter(|alloc| !alloc.terminal());
        let stays = |alloc: &AllocRef<'_>| !gone.contains(alloc.id());
        let count = |allocs: &mut dyn Iterator<Item = AllocRef<'_>>| {
            let mut ledger = Ledger::new(node);
            allocs.for_each(|alloc| ledger.add(node, alloc.resources()));
            ledger
        };
        let leaving = !gone.is_empty() && !left().all(|alloc| stays(&alloc));
        let mut ledger = if leaving {
            count(&mut left().filter(stays))
        } else {
            let kept = self.nodes[slot.0 as usize].get_or_insert_with(|| count(&mut left()));
            debug_assert_eq!(*kept, count(&mut left()), "what is kept of node {} is not what is there", node.id);
            kept.clone()
        };
        let mut counted = Counted::default();
        for placement in placements {
            match counted.of(&placement.resources) {
                Some(usage) => ledger.add_counted(node, &placement.resources, usage),
                None => ledger.add(node, &placement.resources),
            }
        }
        ledger.verdict(node)?;
        // Volumes are not among resources: the groups tell of them.
        let placed = || placements.iter().filter_map(|placement| job.group(&placement.group));
        if placed().all(|group| group.volumes.is_empty()) {
            return Ok(());
        }
        let staying = left().filter(stays).filter_map(|alloc| alloc.job().group(alloc.group()));
        shared_volume(staying.chain(placed())).map_or(Ok(()), |shared| Err(shared.into()))
    }
}

/// What the latest resources come to: allocations of a group share theirs.
#[derive(Default)]
struct Counted<'a> {
    latest: Option<(&'a AllocatedResources, Usage)>,
}

impl<'a> Counted<'a> {
    /// `None` if it does not add up.
    fn of(&mut self, resources: &'a AllocatedResources) -> Option<&Usage> {
        if self.latest.as_ref().is_none_or(|(latest, _)| !std::ptr::eq(*latest, resources)) {
            self.latest = Usage::of(resources).ok().map(|usage| (resources, usage));
        }
        self.latest.as_ref().map(|(_, usage)| usage)
    }
}
