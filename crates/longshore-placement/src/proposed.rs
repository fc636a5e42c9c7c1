//! What a plan in the making leaves on nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{AllocId, Allocation, GroupName, NodeId};

/// A plan in the making: what it stops, displaces and places.
#[derive(Clone, Debug, Default)]
pub struct Tentative {
    /// Allocations that it stops.
    pub stops: Vec<Arc<Allocation>>,
    /// Allocations that it displaces.
    pub preemptions: Vec<Arc<Allocation>>,
    /// Allocations that it places, each with its node.
    pub placements: Vec<Arc<Allocation>>,
}

impl Tentative {
    /// Displaces an allocation, as a scheduler does: the entry carries no group, so that groups of which several are
    /// displaced are not spared (PLACE-105).
    pub fn displace(&mut self, victim: &Allocation) {
        self.preemptions.push(Arc::new(Allocation { task_group: GroupName::default(), ..victim.clone() }));
    }

    /// The allocations of a node as the plan leaves it, by id: those stored that have not ended, less those stopped and
    /// displaced, and those placed, which replace stored ones of their id (PLACE-34). One that is told to stop but still
    /// runs stays (PLACE-35).
    ///
    /// # Cost
    /// O(stored + plan).
    pub fn proposed(&self, node: &NodeId, stored: &[Arc<Allocation>]) -> Vec<Arc<Allocation>> {
        Proposals::of(stored.iter().filter(|alloc| alloc.node_id == *node), self).on(node)
    }
}

/// The allocations of all nodes as a plan leaves them.
#[derive(Debug)]
pub(crate) struct Proposals<'a> {
    by_node: BTreeMap<&'a NodeId, BTreeMap<&'a AllocId, &'a Arc<Allocation>>>,
}

impl<'a> Proposals<'a> {
    pub(crate) fn of(stored: impl IntoIterator<Item = &'a Arc<Allocation>>, plan: &'a Tentative) -> Proposals<'a> {
        let gone: BTreeSet<&AllocId> = plan.stops.iter().chain(&plan.preemptions).map(|alloc| &alloc.id).collect();
        let stay = stored.into_iter().filter(|alloc| !alloc.client_terminal() && !gone.contains(&alloc.id));
        let mut by_node: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        // Placed ones come last: they replace.
        for alloc in stay.chain(&plan.placements) {
            by_node.entry(&alloc.node_id).or_default().insert(&alloc.id, alloc);
        }
        Proposals { by_node }
    }

    /// Those of one node, by id (PLACE-140).
    pub(crate) fn on(&self, node: &NodeId) -> Vec<Arc<Allocation>> {
        self.by_node.get(node).into_iter().flat_map(|there| there.values()).map(|alloc| Arc::clone(alloc)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::from_json;

    /// Row 10 of the specification's scenarios.
    #[test]
    fn place_34_35_proposed() {
        let alloc = |text: &str| Arc::new(from_json::<Allocation>(text).unwrap());
        let stored = [
            alloc(r#"{"ID": "a", "NodeID": "n", "ClientStatus": "running"}"#),
            alloc(r#"{"ID": "b", "NodeID": "n", "ClientStatus": "running"}"#),
            alloc(r#"{"ID": "c", "NodeID": "n", "ClientStatus": "complete"}"#),
            alloc(r#"{"ID": "d", "NodeID": "n", "ClientStatus": "running", "DesiredStatus": "stop"}"#),
            alloc(r#"{"ID": "f", "NodeID": "m", "ClientStatus": "running"}"#),
        ];
        let plan = Tentative {
            stops: vec![stored[0].clone()],
            preemptions: vec![stored[1].clone()],
            placements: vec![
                alloc(r#"{"ID": "e", "NodeID": "n"}"#),
                alloc(r#"{"ID": "d", "NodeID": "n", "Name": "new"}"#),
            ],
        };
        let there = plan.proposed(&"n".into(), &stored);
        assert_eq!(
            there.iter().map(|alloc| (alloc.id.to_string(), alloc.name.as_str())).collect::<Vec<_>>(),
            [("d".into(), "new"), ("e".into(), "")]
        );
    }
}
