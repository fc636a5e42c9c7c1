//! Nodes that rules cannot tell apart.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{Map, Node, NodeResources};

/// Nodes that rules cannot tell apart: equal readiness, datacenter, classes, pool, attributes, facts, drivers, modes and
/// aliases of networks, kinds of devices and how many of them are healthy, but for attributes and facts that are a node's
/// alone.
///
/// Filters are asked once a profile, not once a node: of the first node that was met, which stands for all. Profiles are
/// few, or nodes differ so much that nothing would be gained anyway: past [`PROFILES`] every node is asked. When half of
/// them are of nodes that are no more, all are numbered anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Profiles {
    numbers: BTreeMap<Alike, u32>,
    pub(super) first: Vec<Arc<Node>>,
    /// How many nodes have each, and how many profiles any has.
    pub(super) nodes: Vec<u32>,
    alive: usize,
}

/// No node.
pub(crate) const NOBODY: u32 = u32::MAX - 1;
/// No profile: to be asked by itself.
pub(crate) const NO_PROFILE: u32 = u32::MAX;
const PROFILES: usize = 4096;

/// A node, compared by what it shares with others.
#[derive(Clone, Debug)]
struct Alike {
    node: Arc<Node>,
    devices: Devices,
}

/// A node's device groups: kind, and instances that are healthy.
pub(super) type Devices = Box<[(u32, u32)]>;

impl Ord for Alike {
    fn cmp(&self, other: &Alike) -> Ordering {
        fn shared(map: &Map<String>) -> impl Iterator<Item = (&String, &String)> {
            map.iter().filter(|(name, _)| !name.starts_with("unique."))
        }
        fn drivers(node: &Node) -> impl Iterator<Item = (&String, bool)> {
            node.drivers.iter().map(|(name, info)| (name, info.detected && info.healthy))
        }
        fn modes(has: &NodeResources) -> impl Iterator<Item = &str> {
            has.networks.iter().map(|network| &*network.mode)
        }
        /// As they are derived where they are not said (FEAS-115).
        fn aliases(has: &NodeResources) -> impl Iterator<Item = &str> {
            let derived = has.networks.iter().filter(|network| has.node_networks.is_null() && !network.ip.is_empty());
            let said = has.node_networks.iter().flat_map(|network| network.addresses.iter());
            derived.map(|_| "default").chain(said.map(|address| &*address.alias))
        }
        fn networks(a: Option<&NodeResources>, b: Option<&NodeResources>) -> Ordering {
            match (a, b) {
                (Some(a), Some(b)) => modes(a).cmp(modes(b)).then_with(|| aliases(a).cmp(aliases(b))),
                _ => a.is_some().cmp(&b.is_some()),
            }
        }
        let (a, b) = (&*self.node, &*other.node);
        let named = |node: &Node| (node.ready(), node.datacenter.len(), node.node_class.len(), node.node_pool.len());
        (named(a).cmp(&named(b)))
            .then_with(|| a.datacenter.cmp(&b.datacenter))
            .then_with(|| a.node_class.cmp(&b.node_class))
            .then_with(|| a.node_pool.cmp(&b.node_pool))
            .then_with(|| shared(&a.meta).cmp(shared(&b.meta)))
            .then_with(|| shared(&a.attributes).cmp(shared(&b.attributes)))
            .then_with(|| a.computed_class.cmp(&b.computed_class))
            .then_with(|| drivers(a).cmp(drivers(b)))
            .then_with(|| networks(a.node_resources.as_ref(), b.node_resources.as_ref()))
            .then_with(|| self.devices.cmp(&other.devices))
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
    /// The profile of a node, one node more of it; none if there are too many.
    pub(super) fn enter(&mut self, node: &Arc<Node>, devices: Devices) -> u32 {
        let alike = Alike { node: node.clone(), devices };
        let next = self.numbers.len() as u32;
        let number = match self.numbers.get(&alike) {
            Some(number) => *number,
            None if self.numbers.len() >= PROFILES => return NO_PROFILE,
            None => {
                self.numbers.insert(alike, next);
                self.first.push(node.clone());
                self.nodes.push(0);
                next
            }
        };
        let nodes = &mut self.nodes[number as usize];
        *nodes += 1;
        self.alive += usize::from(*nodes == 1);
        number
    }

    /// One node less of a profile.
    pub(super) fn leave(&mut self, profile: u32) {
        if let Some(nodes) = self.nodes.get_mut(profile as usize) {
            *nodes -= 1;
            self.alive -= usize::from(*nodes == 0);
        }
    }

    /// Whether to number them anew: there is no room, and half of it is of nodes that are no more.
    pub(super) fn are_stale(&self) -> bool {
        self.numbers.len() >= PROFILES && self.alive <= PROFILES / 2
    }
}
