//! Why no node would do.

use std::collections::BTreeMap;

use longshore_model::Node;

use super::board::{Board, Closed, Patch};
use super::dimension::Dimension;
use super::look;
use crate::feasible::{Unfit, would_do};
use crate::record::Record;

impl Patch<'_> {
    /// Why a candidate may not be used.
    fn unfit(&self, node: &Node) -> Option<Unfit> {
        let filters = self.policy.filters().iter().map(|filter| filter.admits(self.ask(), node));
        let mut all = std::iter::once(self.ask().demands.admit(node)).chain(filters);
        all.find_map(Result::err).or_else(|| look::unmet(self.ask(), node))
    }

    /// The candidates by datacenter, and whom of them the filters keep out, why.
    fn kept_out(&self, board: &Board) -> Record {
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
        for node in candidates().filter(|node| !board.admitted.contains(node.slot())) {
            if let Some(unfit) = self.unfit(node.node()) {
                record.filter(node.node(), unfit);
            }
        }
        record
    }

    /// Why no node would do. What the filters keep out is looked at once, until a record changes; what is short is told by
    /// the board, in one pass over its bytes.
    pub(super) fn explain(&self, board: &mut Board) -> Record {
        if board.kept_out.is_none() {
            board.kept_out = Some(self.kept_out(board));
        }
        let mut record = board.kept_out.clone().unwrap_or_default();
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
