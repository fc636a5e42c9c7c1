//! The fleet table: what every node has and what is free on it, in columns.
//!
//! One slot a node, in creation order and never reused, so that the lowest slot is the oldest node. Device instances of
//! all nodes lie in one array of free thousandths. The table mirrors the state: whoever owns it renews a slot when the
//! state's node or its allocations change, and every change is logged so that search structures can be patched.

mod devices;
mod layout;
mod profiles;
mod usage;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::Node;

use crate::account::{Capacity, CapacityError};
use crate::amounts::{Amounts, Overflow};
use crate::emptiness::Powers;

use self::profiles::Profiles;

pub(crate) use self::devices::Group;
pub use self::devices::{Assigned, DeviceKind, Holdings};
pub(crate) use self::profiles::{NO_PROFILE, NOBODY};
pub use self::view::NodeView;

/// A node's position in the fleet table. Slots rise with the age of nodes: the oldest has the lowest.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Slot(pub u32);

impl Slot {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The fleet table.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    nodes: Vec<Option<Arc<Node>>>,
    /// MiB of disk that each has for allocations; CPU and memory are its shape's.
    disk: Vec<i64>,
    used: Vec<Amounts>,
    /// Allocations on each node, and the most that it takes (0 for any number; PLACE-48, row 1).
    allocs: Vec<(i32, i32)>,
    /// What a pass over all nodes reads.
    hot: Vec<Hot>,
    /// Which profile each slot has.
    profile: Vec<u32>,
    /// How often profiles were numbered anew.
    epoch: u64,
    powers: Powers,
    /// Capacities of CPU and memory met so far, by shape.
    shapes: Vec<(i64, i64)>,
    shape_numbers: BTreeMap<(i64, i64), u32>,
    holdings: Vec<Holdings>,
    /// Each node's groups, as a range of `groups`; a removed one has none.
    layout: Vec<(u32, u32)>,
    /// Entries of `groups` and `free` that no layout names any more.
    given_up: usize,
    groups: Vec<Group>,
    /// Free thousandths of every instance; an unhealthy one has none and never had.
    free: Vec<u16>,
    /// Thousandths held of an instance beyond what it has: a replacement may run before what it replaces has ended.
    excess: BTreeMap<u32, u32>,
    /// Each node's free thousandths, over all its instances.
    idle: Vec<u32>,
    /// Kinds in the order they were met. Never shrinks.
    kinds: Vec<DeviceKind>,
    /// Their numbers, by what they are as bytes.
    kind_numbers: BTreeMap<Box<[u8]>, u32>,
    profiles: Profiles,
    /// Slots in the order they changed; entry `i` is change number `dropped + i`.
    log: Vec<u32>,
    dropped: u64,
    /// Change number of each slot's latest change, and of the latest change of its record.
    changed: Vec<u64>,
    record_changed: Vec<u64>,
}

/// What a pass over all nodes reads, in one line of the cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hot {
    /// Capacity less what is used.
    pub(crate) free: Amounts,
    /// For CPU and memory, `10^(1 − used/capacity)`: a score then needs no power of its own. 1 where there is no capacity.
    pub(crate) emptiness: [f64; 2],
    /// Nodes of equal capacity of CPU and memory share a shape.
    pub(crate) shape: u32,
    /// Whether it takes no more allocations, by their number (PLACE-48, row 1).
    pub(crate) full: bool,
}

/// Bytes that a pass reads of each node.
#[cfg(test)]
pub(crate) const HOT: usize = size_of::<Hot>();

impl Default for Hot {
    fn default() -> Hot {
        Hot { free: Amounts::ZERO, emptiness: [1.0; 2], shape: 0, full: false }
    }
}

/// Past this many entries the older half of the log is forgotten; structures further behind are rebuilt.
const LOG_LIMIT: usize = 1 << 16;

/// Why a node's record or its allocations cannot be kept in the table.
#[derive(Clone, Debug, Eq, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum FleetError {
    /// Amounts that do not add up.
    #[error("node {node}: {overflow}")]
    Overflow {
        /// The node.
        node: String,
        /// Which sum.
        overflow: Overflow,
    },
    /// A record that tells of no capacity.
    #[error("node {node}: {error}")]
    Capacity {
        /// The node.
        node: String,
        /// What is wrong with it.
        error: CapacityError,
    },
}

impl Fleet {
    /// An empty table.
    pub fn new() -> Fleet {
        Fleet::default()
    }

    /// Slots given, removed nodes included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no slot was ever given.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Bytes of the columns that every node has an entry in; its record and its devices are apart.
    pub fn column_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Option<Arc<Node>>>()
            + self.disk.capacity() * size_of::<i64>()
            + self.used.capacity() * size_of::<Amounts>()
            + self.allocs.capacity() * size_of::<(i32, i32)>()
            + self.hot.capacity() * size_of::<Hot>()
            + self.profile.capacity() * size_of::<u32>()
            + self.holdings.capacity() * size_of::<Holdings>()
            + self.layout.capacity() * size_of::<(u32, u32)>()
            + self.idle.capacity() * size_of::<u32>()
            + (self.changed.capacity() + self.record_changed.capacity()) * size_of::<u64>()
    }

    /// Profiles by slot: nodes of one are alike to every rule that does not name a single node.
    pub(crate) fn profiles(&self) -> &[u32] {
        &self.profile
    }

    /// The node that stands for a profile.
    pub(crate) fn first_of(&self, profile: u32) -> Option<&Arc<Node>> {
        self.profiles.first.get(profile as usize)
    }

    /// How many profiles are numbered.
    pub(crate) fn profile_count(&self) -> usize {
        self.profiles.first.len()
    }

    /// Every node that is there, those of a profile by the one that stands for them, and for how many it stands.
    pub(crate) fn nodes_by_profile(&self) -> impl Iterator<Item = (&Node, u64)> {
        let profiles = self.profiles.first.iter().zip(&self.profiles.nodes).filter(|(_, nodes)| **nodes > 0);
        let others = self.nodes.iter().zip(&self.profile).filter(|(_, profile)| **profile == NO_PROFILE);
        let others = others.filter_map(|(node, _)| Some((&**node.as_ref()?, 1)));
        profiles.map(|(node, nodes)| (&**node, u64::from(*nodes))).chain(others)
    }

    /// Every node that is there.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().flatten().map(|node| &**node)
    }

    /// What a pass over all nodes reads, by slot.
    pub(crate) fn hot(&self) -> &[Hot] {
        &self.hot
    }

    /// Capacities of CPU and memory met so far, by shape.
    pub(crate) fn shapes(&self) -> &[(i64, i64)] {
        &self.shapes
    }

    /// Device kinds met so far, by number.
    pub fn kinds(&self) -> &[DeviceKind] {
        &self.kinds
    }

    /// Puts a node's record into a slot, at most one past the last. Its usage starts at nothing: recount it.
    ///
    /// # Errors
    /// [`FleetError::Capacity`] if its record tells of no capacity.
    pub fn put_node(&mut self, slot: Slot, node: Arc<Node>) -> Result<(), FleetError> {
        let at = slot.index();
        while self.nodes.len() <= at {
            self.nodes.push(None);
            self.disk.push(0);
            self.used.push(Amounts::ZERO);
            self.allocs.push((0, 0));
            self.hot.push(Hot::default());
            self.profile.push(NOBODY);
            self.holdings.push(Holdings::default());
            self.layout.push((0, 0));
            self.idle.push(0);
            self.changed.push(0);
            self.record_changed.push(0);
        }
        let capacity = match Capacity::of(&node) {
            Ok(capacity) => capacity,
            Err(error) => {
                // Nothing can be said of what is free on it, so nothing is placed there.
                self.remove_node(slot);
                return Err(FleetError::Capacity { node: node.id.to_string(), error });
            }
        };
        self.lay_out_devices(at, &node);
        self.disk[at] = capacity.available.disk;
        self.allocs[at].1 = capacity.max_allocs.clamp(-1, i64::from(i32::MAX)) as i32;
        self.hot[at].shape = self.shape_of(capacity.available);
        self.enter_profile(at, &node);
        self.nodes[at] = Some(node);
        self.clear_usage(slot);
        self.touch(slot);
        self.record_changed[at] = self.changed[at];
        Ok(())
    }

    fn enter_profile(&mut self, at: usize, node: &Arc<Node>) {
        self.profiles.leave(std::mem::replace(&mut self.profile[at], NOBODY));
        if self.profiles.are_stale() {
            self.profiles = Profiles::default();
            self.epoch += 1;
            for other in 0..self.nodes.len() {
                let Some(node) = self.nodes[other].as_ref().filter(|_| self.profile[other] != NOBODY) else { continue };
                let devices = self.healthy_devices(other, node);
                self.profile[other] = self.profiles.enter(node, devices);
            }
        }
        let devices = self.healthy_devices(at, node);
        self.profile[at] = self.profiles.enter(node, devices);
    }

    /// Raised when profiles are numbered anew: what was said of their numbers is void then.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Takes a node out; its slot stays empty.
    pub fn remove_node(&mut self, slot: Slot) {
        if slot.index() < self.nodes.len() {
            self.nodes[slot.index()] = None;
            self.profiles.leave(std::mem::replace(&mut self.profile[slot.index()], NOBODY));
            self.give_up_layout(slot.index());
            self.clear_usage(slot);
            self.touch(slot);
            self.record_changed[slot.index()] = self.changed[slot.index()];
        }
    }

    fn capacity_of(&self, at: usize) -> Amounts {
        let (cpu, memory) = self.shapes.get(self.hot[at].shape as usize).copied().unwrap_or_default();
        Amounts { cpu, memory, disk: self.disk[at] }
    }

    fn shape_of(&mut self, Amounts { cpu, memory, .. }: Amounts) -> u32 {
        let next = self.shapes.len() as u32;
        let number = *self.shape_numbers.entry((cpu, memory)).or_insert(next);
        if number == next {
            self.shapes.push((cpu, memory));
        }
        number
    }

    fn overflow(&self, slot: Slot, overflow: Overflow) -> FleetError {
        let node = self.nodes[slot.index()].as_ref().map_or_else(String::new, |node| node.id.to_string());
        FleetError::Overflow { node, overflow }
    }

    /// Notes that a slot has changed: after the change, since what is hot is made of it.
    fn touch(&mut self, slot: Slot) {
        if self.log.len() >= LOG_LIMIT {
            self.log.drain(..LOG_LIMIT / 2);
            self.dropped += (LOG_LIMIT / 2) as u64;
        }
        self.log.push(slot.0);
        let at = slot.index();
        self.changed[at] = self.now();
        let (used, has, (allocs, most)) = (self.used[at], self.capacity_of(at), self.allocs[at]);
        let hot = &mut self.hot[at];
        hot.full = most != 0 && allocs >= most;
        hot.free = Amounts {
            cpu: has.cpu.saturating_sub(used.cpu),
            memory: has.memory.saturating_sub(used.memory),
            disk: has.disk.saturating_sub(used.disk),
        };
        hot.emptiness = [self.powers.emptiness(used.cpu, has.cpu), self.powers.emptiness(used.memory, has.memory)];
        let (start, end) = self.layout[at];
        let free = self.groups[start as usize..end as usize].iter().flat_map(|group| &self.free[group.range()]);
        self.idle[at] = free.map(|free| u32::from(*free)).sum(); // a node has at most 65,536 instances in a request's reach
    }

    /// The number of the latest change; structures built now are current up to it.
    pub(crate) fn now(&self) -> u64 {
        self.dropped + self.log.len() as u64
    }

    /// Slots changed after change number `since`, each once, or `None` if that is too long ago.
    pub(crate) fn changed_since(&self, since: u64) -> Option<impl Iterator<Item = Slot>> {
        let from = since.checked_sub(self.dropped)?;
        let entries = self.log.get(from as usize..)?.iter().zip(since + 1..);
        Some(entries.filter(|(slot, number)| self.changed[**slot as usize] == *number).map(|(slot, _)| Slot(*slot)))
    }

    /// Whether the node's record changed after change number `since`.
    pub(crate) fn record_changed_since(&self, slot: Slot, since: u64) -> bool {
        self.record_changed[slot.index()] > since
    }

    /// Every slot.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = Slot> + use<> {
        (0..self.nodes.len() as u32).map(Slot)
    }

    /// What a scorer or chooser may know of a node; `None` for a removed one.
    pub fn view(&self, slot: Slot) -> Option<NodeView<'_>> {
        let node = self.nodes.get(slot.index())?.as_ref()?;
        Some(NodeView { fleet: self, slot, node })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A node that changes for ever has a profile for ever, and those that do not change keep theirs together.
    #[test]
    fn profiles_of_nodes_that_are_no_more_make_room() {
        let mut fleet = Fleet::new();
        let node = |id: &str, version: &str| Arc::new(Node::new(id).cpu(1).memory_mb(1).attribute("version", version));
        fleet.put_node(Slot(0), node("still", "1")).unwrap();
        fleet.put_node(Slot(1), node("still too", "1")).unwrap();
        for version in 0..10_000 {
            fleet.put_node(Slot(2), node("moving", &format!("v{version}"))).unwrap();
            let [a, b, c] = [0, 1, 2].map(|at| fleet.profiles()[at]);
            assert!(a == b && b != c && c < NO_PROFILE, "{version}: {a} {b} {c}");
        }
        assert_eq!(fleet.epoch(), 2);
    }
}
