//! What is held of each device instance of a node.

use longshore_model::{AllocatedResources, NodeDevice};

use crate::ask::WHOLE;

/// Thousandths held of every instance, in the order of the node's record.
///
/// The record itself is not copied: every question comes with the node's device groups, which must be those that the
/// table was made for. Unhealthy instances are counted like others and never given (PLACE-71).
///
/// ```
/// use longshore_model::{AllocatedResources, NodeDevice, from_json};
/// use longshore_placement::account::DeviceTable;
/// let groups = [NodeDevice::new("acme", "gpu", "zx9").instances(2)];
/// let mut table = DeviceTable::new(&groups);
/// let held: AllocatedResources = from_json(
///     r#"{"Tasks": {"t": {"Devices": [{"Vendor": "acme", "Type": "gpu", "Name": "zx9", "DeviceIDs": ["gpu-1"]}]}}}"#,
/// )?;
/// table.hold(&groups, &held);
/// assert_eq!(table.free(&groups, 0, 1000).collect::<Vec<_>>(), [0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DeviceTable {
    held: Vec<Vec<u64>>,
}

impl DeviceTable {
    /// Nothing is held.
    pub fn new(groups: &[NodeDevice]) -> DeviceTable {
        DeviceTable { held: groups.iter().map(|group| vec![0; group.instances.len()]).collect() }
    }

    /// Takes what an allocation holds. Groups and instances that the node does not have are passed over (PLACE-71).
    pub fn hold(&mut self, groups: &[NodeDevice], resources: &AllocatedResources) {
        self.each(groups, resources, |held, share| *held = held.saturating_add(share));
    }

    /// Gives back what an allocation held.
    pub fn release(&mut self, groups: &[NodeDevice], resources: &AllocatedResources) {
        self.each(groups, resources, |held, share| *held = held.saturating_sub(share));
    }

    fn each(&mut self, groups: &[NodeDevice], resources: &AllocatedResources, change: impl Fn(&mut u64, u64)) {
        for device in resources.tasks.values().flat_map(|task| task.devices.iter()) {
            let Some(group) = find(groups, &device.vendor, &device.kind, &device.name) else { continue };
            let share = u64::from(device.share.unwrap_or(u32::from(WHOLE)));
            for id in &device.device_ids {
                let instance = groups[group].instances.iter().position(|instance| instance.id == *id);
                if let Some(held) = instance.and_then(|at| self.held.get_mut(group)?.get_mut(at)) {
                    change(held, share);
                }
            }
        }
    }

    /// Takes thousandths of one instance.
    pub fn take(&mut self, group: usize, instance: usize, share: u32) {
        if let Some(held) = self.held.get_mut(group).and_then(|held| held.get_mut(instance)) {
            *held = held.saturating_add(u64::from(share));
        }
    }

    /// The healthy instances of a group with so many thousandths to spare, in order.
    pub fn free<'a>(&'a self, groups: &'a [NodeDevice], group: usize, share: u32) -> impl Iterator<Item = usize> + 'a {
        let (instances, held) = (groups.get(group), self.held.get(group));
        let pairs = instances.into_iter().flat_map(|group| group.instances.iter()).zip(held.into_iter().flatten());
        let room = move |held: u64| held.saturating_add(u64::from(share)) <= u64::from(WHOLE);
        pairs.enumerate().filter(move |(_, (instance, held))| instance.healthy && room(**held)).map(|(at, _)| at)
    }

    /// Whether more is held of a healthy instance than there is (PLACE-48, row 9).
    pub fn oversubscribed(&self, groups: &[NodeDevice]) -> bool {
        let pairs = groups.iter().zip(&self.held).flat_map(|(group, held)| group.instances.iter().zip(held));
        pairs.into_iter().any(|(instance, held)| instance.healthy && *held > u64::from(WHOLE))
    }
}

/// The group of a vendor, type and name.
pub(crate) fn find(groups: &[NodeDevice], vendor: &str, kind: &str, name: &str) -> Option<usize> {
    groups.iter().position(|group| group.name == name && group.kind == kind && group.vendor == vendor)
}
