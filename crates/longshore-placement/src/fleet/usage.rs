//! What allocations hold: counted anew, added, taken for a placement in progress and given back.

use longshore_model::AllocatedResources;

use super::devices::Hand;
use super::{Assigned, Fleet, FleetError, Holdings, Slot};
use crate::amounts::{Amounts, Overflow};
use crate::ask::WHOLE;

impl Fleet {
    /// Empties a slot: nothing used, every healthy instance free.
    pub(super) fn clear_usage(&mut self, slot: Slot) {
        let at = slot.index();
        self.used[at] = Amounts::ZERO;
        self.allocs[at].0 = 0;
        self.holdings[at] = Holdings::default();
        let (start, end) = self.layout[at];
        let devices = self.nodes[at].as_ref().and_then(|node| node.node_resources.as_ref()).map(|r| &*r.devices);
        for (number, group) in self.groups[start as usize..end as usize].iter().enumerate() {
            let instances = devices.and_then(|devices| devices.get(number)).map_or(&[][..], |device| &device.instances);
            let beyond: Vec<u32> =
                self.excess.range(group.start..group.start + group.len).map(|(place, _)| *place).collect();
            for place in &beyond {
                self.excess.remove(place);
            }
            for (place, instance) in self.free[group.range()].iter_mut().zip(instances) {
                *place = if instance.healthy { WHOLE } else { 0 };
            }
        }
    }

    /// Counts a slot's usage anew from the allocations that occupy the node.
    ///
    /// # Errors
    /// [`FleetError::Overflow`] if their amounts do not add up; the slot then counts as full.
    pub fn recount<'a>(
        &mut self,
        slot: Slot,
        allocations: impl Iterator<Item = &'a AllocatedResources>,
    ) -> Result<(), FleetError> {
        self.clear_usage(slot);
        let mut sum = Ok(Amounts::ZERO);
        for resources in allocations {
            sum = sum.and_then(|sum| sum.plus(Amounts::of_allocated(resources)?));
            self.move_devices(slot, resources, Hand::Takes);
            self.allocs[slot.index()].0 += 1;
        }
        self.count(slot, sum)
    }

    /// Notes a slot's sum; one that does not add up fills the slot.
    fn count(&mut self, slot: Slot, sum: Result<Amounts, Overflow>) -> Result<(), FleetError> {
        const FULL: Amounts = Amounts { cpu: i64::MAX, memory: i64::MAX, disk: i64::MAX };
        self.used[slot.index()] = sum.unwrap_or(FULL);
        self.touch(slot);
        sum.map(|_| ()).map_err(|overflow| self.overflow(slot, overflow))
    }

    /// Adds one more allocation to a slot's usage.
    ///
    /// # Errors
    /// [`FleetError::Overflow`] if the amounts do not add up; the slot then counts as full.
    pub fn add(&mut self, slot: Slot, resources: &AllocatedResources) -> Result<(), FleetError> {
        self.add_counted(slot, resources, Amounts::of_allocated(resources))
    }

    /// The same, with what it comes to at hand.
    ///
    /// # Errors
    /// As [`Fleet::add`].
    pub fn add_counted(
        &mut self,
        slot: Slot,
        resources: &AllocatedResources,
        amounts: Result<Amounts, Overflow>,
    ) -> Result<(), FleetError> {
        let sum = amounts.and_then(|more| self.used[slot.index()].plus(more));
        self.move_devices(slot, resources, Hand::Takes);
        self.allocs[slot.index()].0 += 1;
        self.count(slot, sum)
    }

    /// Takes an allocation that was [added](Fleet::add) away again.
    pub fn remove(&mut self, slot: Slot, resources: &AllocatedResources) {
        let at = slot.index();
        let less = Amounts::of_allocated(resources).and_then(|less| self.used[at].minus(less));
        self.used[at] = less.unwrap_or(self.used[at]); // what was added adds up
        self.move_devices(slot, resources, Hand::Gives);
        self.allocs[at].0 -= 1;
        self.touch(slot);
    }

    /// Instances that the node does not have are passed over (PLACE-71).
    fn move_devices(&mut self, slot: Slot, resources: &AllocatedResources, hand: Hand) {
        for held in resources.tasks.values().flat_map(|task| task.devices.iter()) {
            let share = held.share.map_or(WHOLE, |share| share.min(u32::from(WHOLE)) as u16);
            hand.count(&mut self.holdings[slot.index()], held.device_ids.len(), share);
            let (start, end) = self.layout[slot.index()];
            let Some(node) = &self.nodes[slot.index()] else { return };
            let devices = node.node_resources.as_ref().map_or(&[][..], |resources| &resources.devices);
            let groups = &self.groups[start as usize..end as usize];
            let Some((device, group)) = devices.iter().zip(groups).find(|(device, _)| {
                device.name == held.name && device.kind == held.kind && device.vendor == held.vendor
            }) else {
                continue;
            };
            for id in &held.device_ids {
                let found = device.instances.iter().position(|instance| instance.id == *id);
                if let Some(at) = found.filter(|at| device.instances[*at].healthy) {
                    hand.move_share(&mut self.free, &mut self.excess, group.start + at as u32, share);
                }
            }
        }
    }

    /// Takes amounts and instances for a placement in progress.
    ///
    /// # Errors
    /// [`FleetError::Overflow`] if the amounts do not add up; nothing is taken then.
    pub fn take(&mut self, slot: Slot, amounts: Amounts, devices: &[Assigned]) -> Result<(), FleetError> {
        let at = slot.index();
        self.used[at] = self.used[at].plus(amounts).map_err(|overflow| self.overflow(slot, overflow))?;
        self.allocs[at].0 += 1;
        self.move_assigned(slot, devices, Hand::Takes);
        self.touch(slot);
        Ok(())
    }

    /// Gives back what [`Fleet::take`] took.
    pub fn give_back(&mut self, slot: Slot, amounts: Amounts, devices: &[Assigned]) {
        let at = slot.index();
        // What was taken before fits: the sum did.
        self.used[at] = self.used[at].minus(amounts).unwrap_or(self.used[at]);
        self.allocs[at].0 -= 1;
        self.move_assigned(slot, devices, Hand::Gives);
        self.touch(slot);
    }

    fn move_assigned(&mut self, slot: Slot, devices: &[Assigned], hand: Hand) {
        for assigned in devices {
            hand.count(&mut self.holdings[slot.index()], assigned.instances.len(), assigned.share);
            let group = self.groups_at(slot.index()).get(assigned.group as usize);
            let Some(group) = group.copied() else { continue }; // the node is gone, and its devices with it
            for instance in &assigned.instances {
                hand.move_share(&mut self.free, &mut self.excess, group.start + instance, assigned.share);
            }
        }
    }
}
