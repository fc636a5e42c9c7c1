//! The fleet table: what every node has and what is free on it, in columns.
//!
//! One slot a node, in creation order and never reused, so that the lowest slot is the oldest node. Device instances of
//! all nodes lie in one array of free thousandths. The table mirrors the state: whoever owns it renews a slot when the
//! state's node or its allocations change, and every change is logged so that search structures can be patched.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_constraint::DeviceFacts;
use longshore_model::{AllocatedResources, DeviceAttribute, Map, Node, NodeDevice};

use crate::account::{Capacity, CapacityError};
use crate::amounts::{Amounts, Overflow};
use crate::ask::WHOLE;
use crate::emptiness::Powers;

/// A node's position in the fleet table. Slots rise with the age of nodes: the oldest has the lowest.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Slot(pub u32);

impl Slot {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a device group is, apart from which instances it has.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceKind {
    /// Such as `nvidia`.
    pub vendor: String,
    /// Such as `gpu`.
    pub kind: String,
    /// Such as `T4`; the reference calls it the name.
    pub model: String,
    /// Facts about it.
    pub attributes: Map<DeviceAttribute>,
}

impl DeviceKind {
    fn is_of(&self, device: &NodeDevice) -> bool {
        self.model == device.name
            && self.kind == device.kind
            && self.vendor == device.vendor
            && self.attributes == device.attributes
    }

    /// What rules may know of it.
    pub(crate) fn facts(&self) -> DeviceFacts<'_> {
        let DeviceKind { vendor, kind, model, attributes } = self;
        DeviceFacts { vendor, kind, model, attributes, instances: &[] }
    }
}

/// How many kinds of holdings are told apart: shares, then whole devices by their number.
const HOLDINGS: usize = 10;

/// How many allocations hold devices on a node: by shares, and by number of whole ones (GPU-22).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Holdings([u16; HOLDINGS]);

impl Holdings {
    /// The place of an allocation that holds this many devices at this share; nine and more share one.
    fn place(count: usize, share: u16) -> usize {
        if share < WHOLE { 0 } else { count.min(HOLDINGS - 1) }
    }

    /// Allocations that hold as this request would.
    pub fn like(&self, count: u32, share: u16) -> u16 {
        self.0[Holdings::place(count as usize, share)]
    }

    /// Whether the node holds any devices for anyone.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|held| *held == 0)
    }

    /// Whether it holds them only as this request would.
    pub fn only_like(&self, count: u32, share: u16) -> bool {
        let place = Holdings::place(count as usize, share);
        self.0.iter().enumerate().all(|(at, held)| (at == place) == (*held > 0))
    }

    fn add(&mut self, count: usize, share: u16) {
        let held = &mut self.0[Holdings::place(count, share)];
        *held = held.saturating_add(1);
    }

    fn take(&mut self, count: usize, share: u16) {
        let held = &mut self.0[Holdings::place(count, share)];
        *held = held.saturating_sub(1);
    }
}

/// A device group of a node: its kind, and where its instances stand in the free column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) kind: u32,
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Group {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

/// Instances of one device group of a node, given to one request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assigned {
    /// Which group of the node, in the node's order.
    pub group: u32,
    /// Which instances of the group, in the group's order.
    pub instances: Vec<u32>,
    /// Thousandths of each.
    pub share: u16,
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
    /// How many nodes have a class.
    classed: usize,
    powers: Powers,
    /// Capacities of CPU and memory met so far, by shape.
    shapes: Vec<(i64, i64)>,
    shape_numbers: BTreeMap<(i64, i64), u32>,
    holdings: Vec<Holdings>,
    /// Each node's groups, as a range of `groups`.
    layout: Vec<(u32, u32)>,
    groups: Vec<Group>,
    /// Free thousandths of every instance; an unhealthy one has none and never had.
    free: Vec<u16>,
    /// Thousandths held of an instance beyond what it has: a replacement may run before what it replaces has ended.
    excess: BTreeMap<u32, u32>,
    /// Each node's free thousandths, over all its instances.
    idle: Vec<u32>,
    /// Kinds in the order they were met. Never shrinks.
    kinds: Vec<DeviceKind>,
    profiles: Profiles,
    /// Slots in the order they changed; entry `i` is change number `dropped + i`.
    log: Vec<u32>,
    dropped: u64,
    /// Change number of each slot's latest change, and of the latest change of its record.
    changed: Vec<u64>,
    record_changed: Vec<u64>,
}

/// Nodes that rules cannot tell apart: equal readiness, datacenter, class, pool, attributes, facts and drivers, but for
/// attributes and facts that are a node's alone.
///
/// Filters are asked once a profile, not once a node: of the first node that was met, which stands for all. Profiles met
/// are kept; they are few, or nodes differ so much that nothing would be gained anyway (past [`PROFILES`] every node is
/// asked).
#[derive(Clone, Debug, Default)]
struct Profiles {
    numbers: BTreeMap<Alike, u32>,
    first: Vec<Arc<Node>>,
}

/// No node.
pub(crate) const NOBODY: u32 = u32::MAX - 1;
/// No profile: to be asked by itself.
pub(crate) const NO_PROFILE: u32 = u32::MAX;
const PROFILES: usize = 4096;

/// A node, compared by what it shares with others.
#[derive(Clone, Debug)]
struct Alike(Arc<Node>);

impl Ord for Alike {
    fn cmp(&self, other: &Alike) -> Ordering {
        fn shared(map: &Map<String>) -> impl Iterator<Item = (&String, &String)> {
            map.iter().filter(|(name, _)| !name.starts_with("unique."))
        }
        fn drivers(node: &Node) -> impl Iterator<Item = (&String, bool)> {
            node.drivers.iter().map(|(name, info)| (name, info.detected && info.healthy))
        }
        let (a, b) = (&*self.0, &*other.0);
        let named = |node: &Node| (node.ready(), node.datacenter.len(), node.node_class.len(), node.node_pool.len());
        (named(a).cmp(&named(b)))
            .then_with(|| a.datacenter.cmp(&b.datacenter))
            .then_with(|| a.node_class.cmp(&b.node_class))
            .then_with(|| a.node_pool.cmp(&b.node_pool))
            .then_with(|| shared(&a.meta).cmp(shared(&b.meta)))
            .then_with(|| shared(&a.attributes).cmp(shared(&b.attributes)))
            .then_with(|| drivers(a).cmp(drivers(b)))
    }
}

impl PartialOrd for Alike {
    fn partial_cmp(&self, other: &Alike) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Alike {
    fn eq(&self, other: &Alike) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Alike {}

impl Profiles {
    fn of(&mut self, node: &Arc<Node>) -> u32 {
        let alike = Alike(node.clone());
        let next = self.numbers.len() as u32;
        match self.numbers.get(&alike) {
            Some(number) => *number,
            None if self.numbers.len() >= PROFILES => NO_PROFILE,
            None => {
                self.numbers.insert(alike, next);
                self.first.push(node.clone());
                next
            }
        }
    }
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

    /// Whether a node has a class.
    pub(crate) fn has_classes(&self) -> bool {
        self.classed > 0
    }

    /// The node that stands for a profile.
    pub(crate) fn first_of(&self, profile: u32) -> Option<&Arc<Node>> {
        self.profiles.first.get(profile as usize)
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
        self.profile[at] = self.profiles.of(&node);
        self.classed += usize::from(!node.node_class.is_empty());
        self.classed -= self.nodes[at].as_ref().map_or(0, |before| usize::from(!before.node_class.is_empty()));
        self.nodes[at] = Some(node);
        self.clear_usage(slot);
        self.touch(slot);
        self.record_changed[at] = self.changed[at];
        Ok(())
    }

    /// Takes a node out; its slot stays empty.
    pub fn remove_node(&mut self, slot: Slot) {
        if slot.index() < self.nodes.len() {
            let before = self.nodes[slot.index()].take();
            self.classed -= before.map_or(0, |before| usize::from(!before.node_class.is_empty()));
            self.profile[slot.index()] = NOBODY;
            self.clear_usage(slot);
            self.touch(slot);
            self.record_changed[slot.index()] = self.changed[slot.index()];
        }
    }

    /// Groups keep their places if the node has as many instances in each as before, else get new ones at the end.
    fn lay_out_devices(&mut self, at: usize, node: &Node) {
        let devices = node.node_resources.as_ref().map_or(&[][..], |resources| &resources.devices);
        let (start, end) = self.layout[at];
        let same = devices.len() == (end - start) as usize
            && devices
                .iter()
                .zip(&self.groups[start as usize..end as usize])
                .all(|(device, group)| device.instances.len() == group.len as usize);
        if !same {
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

    fn kind_of(&mut self, device: &NodeDevice) -> u32 {
        let known = self.kinds.iter().position(|kind| kind.is_of(device));
        known.unwrap_or_else(|| {
            self.kinds.push(DeviceKind {
                vendor: device.vendor.clone(),
                kind: device.kind.clone(),
                model: device.name.clone(),
                attributes: device.attributes.clone(),
            });
            self.kinds.len() - 1
        }) as u32
    }

    /// Empties a slot: nothing used, every healthy instance free.
    fn clear_usage(&mut self, slot: Slot) {
        let at = slot.index();
        self.used[at] = Amounts::ZERO;
        self.allocs[at].0 = 0;
        self.holdings[at] = Holdings::default();
        let (start, end) = self.layout[at];
        let devices = self.nodes[at].as_ref().and_then(|node| node.node_resources.as_ref()).map(|r| &*r.devices);
        for (number, group) in self.groups[start as usize..end as usize].iter().enumerate() {
            let instances = devices.and_then(|devices| devices.get(number)).map_or(&[][..], |device| &device.instances);
            self.excess.retain(|place, _| !group.range().contains(&(*place as usize)));
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
            let group = self.groups[self.layout[slot.index()].0 as usize + assigned.group as usize];
            for instance in &assigned.instances {
                hand.move_share(&mut self.free, &mut self.excess, group.start + instance, assigned.share);
            }
        }
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

/// Which way things go between a node and its allocations.
#[derive(Clone, Copy)]
enum Hand {
    Takes,
    Gives,
}

impl Hand {
    fn count(self, holdings: &mut Holdings, count: usize, share: u16) {
        match self {
            Hand::Takes => holdings.add(count, share),
            Hand::Gives => holdings.take(count, share),
        }
    }

    /// Moves thousandths of an instance: what is taken beyond what it has is given back first.
    fn move_share(self, free: &mut [u16], excess: &mut BTreeMap<u32, u32>, at: u32, share: u16) {
        let free = &mut free[at as usize];
        match self {
            Hand::Takes if share > *free => {
                *excess.entry(at).or_default() += u32::from(share - *free);
                *free = 0;
            }
            Hand::Takes => *free -= share,
            Hand::Gives => {
                let beyond = excess.get(&at).map_or(0, |beyond| (*beyond).min(u32::from(share)) as u16);
                if let Some(left) = excess.get_mut(&at) {
                    *left -= u32::from(beyond);
                    if *left == 0 {
                        excess.remove(&at);
                    }
                }
                *free = (*free + (share - beyond)).min(WHOLE);
            }
        }
    }
}

/// A node as scorers and choosers see it: its record, and what is used and free right now.
#[derive(Clone, Copy, Debug)]
pub struct NodeView<'a> {
    fleet: &'a Fleet,
    slot: Slot,
    node: &'a Arc<Node>,
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
