//! Nodes that rules cannot tell apart.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{Map, Node};

/// Nodes that rules cannot tell apart: equal readiness, datacenter, class, pool, attributes, facts and drivers, but for
/// attributes and facts that are a node's alone.
///
/// Filters are asked once a profile, not once a node: of the first node that was met, which stands for all. Profiles are
/// few, or nodes differ so much that nothing would be gained anyway: past [`PROFILES`] every node is asked. When half of
/// them are of nodes that are no more, all are numbered anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Profiles {
    numbers: BTreeMap<Alike, u32>,
    pub(super) first: Vec<Arc<Node>>,
    /// How many nodes have each, and how many profiles any has.
    nodes: Vec<u32>,
    alive: usize,
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
    /// The profile of a node, one node more of it; none if there are too many.
    pub(super) fn enter(&mut self, node: &Arc<Node>) -> u32 {
        let alike = Alike(node.clone());
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
