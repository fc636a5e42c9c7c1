//! A second opinion on one node: does all this fit together?
//!
//! The plan applier asks it before a commit. It shares nothing with the fleet table but the rules: it adds up what
//! allocations hold, instance by instance, and compares with what the node has.

use longshore_model::{AllocatedResources, Node};

use crate::account::Capacity;
use crate::amounts::Amounts;
use crate::ask::WHOLE;

/// What would be held on a node.
#[derive(Debug)]
pub struct Ledger<'a> {
    node: &'a Node,
    held: Result<Amounts, &'static str>,
    /// Thousandths held of each instance that anybody holds: group, instance, thousandths.
    shares: Vec<(usize, usize, u32)>,
}

impl<'a> Ledger<'a> {
    /// An empty node.
    pub fn new(node: &'a Node) -> Ledger<'a> {
        Ledger { node, held: Ok(Amounts::ZERO), shares: Vec::new() }
    }

    /// Adds an allocation's resources. Devices that the node does not have are passed over (PLACE-71).
    pub fn add(&mut self, resources: &AllocatedResources) {
        let sum = |held: Amounts| Amounts::of_allocated(resources).and_then(|more| held.plus(more));
        self.held = self.held.and_then(|held| sum(held).map_err(|overflow| overflow.what));
        let groups = self.node.node_resources.as_ref().map_or(&[][..], |resources| &resources.devices);
        for held in resources.tasks.values().flat_map(|task| task.devices.iter()) {
            let share = held.share.unwrap_or(u32::from(WHOLE));
            let group = groups
                .iter()
                .position(|group| group.name == held.name && group.kind == held.kind && group.vendor == held.vendor);
            let Some(group) = group else { continue };
            for id in &held.device_ids {
                let Some(instance) = groups[group].instances.iter().position(|found| found.id == *id) else { continue };
                match self.shares.iter_mut().find(|(g, i, _)| (*g, *i) == (group, instance)) {
                    Some((_, _, held)) => *held = held.saturating_add(share),
                    None => self.shares.push((group, instance, share)),
                }
            }
        }
    }

    /// Whether it all fits.
    ///
    /// # Errors
    /// The first resource that is short (LOOP-308).
    pub fn verdict(&self) -> Result<(), &'static str> {
        let (held, room) = (self.held?, Capacity::of(self.node).map_err(|error| error.code())?.available);
        if held.cpu > room.cpu {
            return Err("cpu");
        }
        if held.memory > room.memory {
            return Err("memory");
        }
        if held.disk > room.disk {
            return Err("disk");
        }
        if self.shares.iter().any(|(_, _, held)| *held > u32::from(WHOLE)) {
            return Err("device oversubscribed");
        }
        Ok(())
    }
}
