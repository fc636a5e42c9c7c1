//! Where the devices of nodes stand in the fleet's columns, and how those stay as small as what the nodes have.

use std::mem::take;

use longshore_model::wire::Wire;
use longshore_model::{Node, NodeDevice};

use super::profiles::Devices;
use super::{DeviceKind, Fleet, Group};

impl Fleet {
    /// Groups keep their places if the node has as many instances in each as before, else get new ones at the end.
    pub(super) fn lay_out_devices(&mut self, at: usize, node: &Node) {
        let devices = node.node_resources.as_ref().map_or(&[][..], |resources| &resources.devices);
        let before = self.groups_at(at);
        let same = devices.len() == before.len()
            && devices.iter().zip(before).all(|(device, group)| device.instances.len() == group.len as usize);
        if !same {
            self.give_up_layout(at);
            self.close_gaps();
            let start = self.groups.len() as u32;
            for device in devices {
                let group = Group { kind: 0, start: self.free.len() as u32, len: device.instances.len() as u32 };
                self.free.resize(self.free.len() + device.instances.len(), 0);
                self.groups.push(group);
            }
            self.layout[at] = (start, self.groups.len() as u32);
        }
        let start = self.layout[at].0 as usize;
        for (number, device) in devices.iter().enumerate() {
            self.groups[start + number].kind = self.kind_of(device);
        }
    }

    /// The kinds of a node's groups, as they are laid out, and how many of each are healthy.
    pub(super) fn healthy_devices(&self, at: usize, node: &Node) -> Devices {
        let devices = node.node_resources.as_ref().map_or(&[][..], |has| &has.devices);
        let healthy = |device: &NodeDevice| device.instances.iter().filter(|one| one.healthy).count() as u32;
        devices.iter().zip(self.groups_at(at)).map(|(device, group)| (group.kind, healthy(device))).collect()
    }

    /// Takes a node's groups away; their places stay until gaps are closed.
    pub(super) fn give_up_layout(&mut self, at: usize) {
        let groups = self.groups_at(at);
        self.given_up += groups.len() + groups.iter().map(|group| group.len as usize).sum::<usize>();
        self.layout[at] = (0, 0);
    }

    /// A node's groups.
    pub(super) fn groups_at(&self, at: usize) -> &[Group] {
        let (start, end) = self.layout[at];
        &self.groups[start as usize..end as usize]
    }

    /// Moves what is laid out together, once more is given up than that: a layout costs a constant more, in the long run.
    /// Places are nobody's but the fleet's, so nothing else hears of it.
    fn close_gaps(&mut self) {
        if self.given_up * 2 <= self.groups.len() + self.free.len() {
            return;
        }
        let (groups, free, excess) = (take(&mut self.groups), take(&mut self.free), take(&mut self.excess));
        for (start, end) in &mut self.layout {
            let mine = &groups[*start as usize..*end as usize];
            *start = self.groups.len() as u32;
            for group in mine {
                let moved = Group { start: self.free.len() as u32, ..*group };
                let beyond = excess.range(group.start..group.start + group.len);
                self.excess.extend(beyond.map(|(place, beyond)| (place - group.start + moved.start, *beyond)));
                self.free.extend_from_slice(&free[group.range()]);
                self.groups.push(moved);
            }
            *end = self.groups.len() as u32;
        }
        self.given_up = 0;
    }

    fn kind_of(&mut self, device: &NodeDevice) -> u32 {
        let mut said = Vec::new();
        device.vendor.feed(&mut said);
        device.kind.feed(&mut said);
        device.name.feed(&mut said);
        device.attributes.feed(&mut said);
        if let Some(number) = self.kind_numbers.get(said.as_slice()) {
            return *number;
        }
        self.kind_numbers.insert(said.into(), self.kinds.len() as u32);
        self.kinds.push(DeviceKind {
            vendor: device.vendor.clone(),
            kind: device.kind.clone(),
            model: device.name.clone(),
            attributes: device.attributes.clone(),
        });
        self.kinds.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Assigned, Slot};
    use super::*;
    use crate::amounts::Amounts;

    fn node(id: &str, gpus: &[usize]) -> Arc<Node> {
        let node = Node::new(id).cpu(1).memory_mb(1);
        let group = |(number, gpus): (usize, &usize)| {
            NodeDevice::new("nvidia", "gpu", &format!("model {number}")).instances(*gpus)
        };
        Arc::new(gpus.iter().enumerate().map(group).fold(node, Node::device))
    }

    fn free(fleet: &Fleet, slot: Slot) -> Vec<Vec<u16>> {
        fleet.view(slot).unwrap().devices().map(|(_, free)| free.to_vec()).collect()
    }

    /// A node that is registered with other devices again and again takes no more room than once, and what the others hold
    /// is held on, beyond what they have included.
    #[test]
    fn layouts_that_are_given_up_make_room() {
        let (still, moving, gone) = (Slot(0), Slot(1), Slot(2));
        let mut fleet = Fleet::new();
        fleet.put_node(moving, node("moving", &[1])).unwrap();
        fleet.put_node(still, node("still", &[2, 3])).unwrap();
        let held = |group, share| Assigned { group, instances: vec![1], share };
        fleet.take(still, Amounts::ZERO, &[held(0, 400), held(1, 1000), held(1, 300)]).unwrap();
        for round in 0..10_000 {
            let counts = [round % 8, 1 + round % 3, 5];
            fleet.put_node(moving, node("moving", &counts[..1 + round % 3])).unwrap();
            fleet.put_node(gone, node("gone", &[4])).unwrap();
            fleet.take(gone, Amounts::ZERO, &[held(0, 1000)]).unwrap();
            fleet.remove_node(gone);
            fleet.give_back(gone, Amounts::ZERO, &[held(0, 1000)]);
            let wanted: Vec<_> = counts[..1 + round % 3].iter().map(|count| vec![1000; *count]).collect();
            assert_eq!(free(&fleet, moving), wanted, "{round}");
            assert_eq!(free(&fleet, still), [vec![1000, 600], vec![1000, 0, 1000]], "{round}");
            assert!(fleet.free.len() < 100 && fleet.groups.len() < 50, "{round}: {} places", fleet.free.len());
        }
        assert_eq!(fleet.excess.values().collect::<Vec<_>>(), [&300]);
        fleet.give_back(still, Amounts::ZERO, &[held(1, 300)]);
        assert_eq!(free(&fleet, still)[1], [1000, 0, 1000], "the whole one is still held");
        fleet.give_back(still, Amounts::ZERO, &[held(0, 400), held(1, 1000)]);
        assert_eq!(free(&fleet, still), [[1000; 2].to_vec(), [1000; 3].to_vec()]);
    }
}
