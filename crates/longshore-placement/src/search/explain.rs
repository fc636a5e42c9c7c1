//! Why no node would do.

use std::collections::BTreeMap;

use longshore_model::Node;

use super::board::{Board, Closed, Patch};
use super::dimension::Dimension;
use super::look;
use crate::classes::{Classes, Eligibility};
use crate::feasible::{Unfit, would_do};
use crate::record::Record;

impl Patch<'_> {
    /// Why a candidate may not be used. The demands are known of its class from then on; a host's filters and properties
    /// are not (FEAS-37).
    fn unfit(&self, node: &Node, classes: &mut Classes) -> Option<Unfit> {
        let demands = classes.admit(&self.ask().demands, &self.request.group.name, node, false);
        let filters = self.policy.filters().iter().map(|filter| filter.admits(self.ask(), node));
        let mut all = std::iter::once(demands).chain(filters);
        all.find_map(Result::err).or_else(|| look::unmet(self.ask(), node))
    }

    /// The candidates by datacenter, whom of them the filters keep out, why, and which classes may run the group.
    fn kept_out(&self, board: &Board) -> (Record, BTreeMap<String, bool>) {
        let candidates = || {
            let nodes = self.fleet.slots().filter_map(|slot| self.fleet.view(slot));
            nodes.filter(|node| would_do(&self.ask().pool, &self.ask().datacenters, node.node()))
        };
        let mut available: BTreeMap<String, u64> = BTreeMap::new();
        for node in candidates() {
            match available.get_mut(&node.node().datacenter) {
                Some(nodes) => *nodes += 1,
                None => drop(available.insert(node.node().datacenter.clone(), 1)),
            }
        }
        let mut record = Record::of(self.request.job, available);
        record.evaluated = record.in_pool;
        let mut classes = Classes::new(self.request.job);
        for node in candidates() {
            if board.admitted.contains(node.slot()) {
                classes.accept(&self.request.group.name, &node.node().computed_class);
            } else if let Some(unfit) = self.unfit(node.node(), &mut classes) {
                record.filter(node.node(), unfit);
            }
        }
        (record, classes.eligibility().classes)
    }

    /// What is known of classes of nodes: of all candidates, each asked for itself.
    pub(super) fn eligibility(&self, board: &mut Board) -> Eligibility {
        let classes = self.known(board).1.clone();
        Eligibility { classes, ..Classes::new(self.request.job).eligibility() }
    }

    /// What is known of all candidates until a record changes: it is found out once.
    fn known<'b>(&self, board: &'b mut Board) -> &'b (Record, BTreeMap<String, bool>) {
        let known = board.kept_out.take().unwrap_or_else(|| self.kept_out(board));
        board.kept_out.insert(known)
    }

    /// Why no node would do. What the filters keep out is looked at once, until a record changes; what is short is told by
    /// the board, in one pass over its bytes.
    pub(super) fn explain(&self, board: &mut Board) -> Record {
        let mut record = self.known(board).0.clone();
        // Most are short of something that columns tell: those are counted by number, before anybody writes a text.
        let mut short: BTreeMap<&str, [u64; Dimension::ALL.len() + 1]> = BTreeMap::new();
        let mut classless = [0u64; Dimension::ALL.len() + 1];
        for slot in board.admitted.iter() {
            let node = || self.fleet.view(slot).map(|node| node.node());
            let class = if self.fleet.has_classes() { node().map_or("", |node| &node.node_class) } else { "" };
            // Volumes come first, then who is there already, then what there is room for (FEAS-10).
            let unfit = self.round.and_then(|round| match round.forbids(slot) {
                true => Some(Unfit::DistinctHosts),
                false if self.ask().properties.is_empty() => None,
                false => node().and_then(|node| round.taken(node)),
            });
            match (unfit, board.closed.get(&slot), class) {
                (_, Some(Closed::Filtered(unfit)), _) => {
                    node().into_iter().for_each(|node| record.filter(node, unfit.clone()));
                }
                (Some(unfit), ..) => node().into_iter().for_each(|node| record.filter(node, unfit.clone())),
                (_, Some(Closed::Exhausted(exhausted)), _) => {
                    node().into_iter().for_each(|node| record.exhaust(node, exhausted.clone()));
                }
                (_, None, "") => classless[usize::from(board.short[slot.index()])] += 1,
                (_, None, class) => short.entry(class).or_default()[usize::from(board.short[slot.index()])] += 1,
            }
        }
        for (class, counts) in short.iter().map(|(class, counts)| (*class, counts)).chain([("", &classless)]) {
            for (dimension, nodes) in Dimension::ALL.iter().zip(&counts[1..]).filter(|(_, nodes)| **nodes > 0) {
                record.exhaust_many(class, dimension.exhausted(), *nodes);
            }
        }
        record
    }
}
