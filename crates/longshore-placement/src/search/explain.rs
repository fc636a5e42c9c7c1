//! Why no node would do.

use std::collections::BTreeMap;

use longshore_model::Node;

use super::board::{Board, Closed, Patch};
use super::dimension::Dimension;
use super::look;
use super::round::Round;
use crate::classes::{Classes, Eligibility};
use crate::feasible::{Unfit, would_do};
use crate::fleet::NodeView;
use crate::record::Record;

/// Nodes by what they are short of: nothing, or one more than a dimension's number.
type Short = [u64; Dimension::ALL.len() + 1];

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
    fn kept_out(&self) -> (Record, BTreeMap<String, bool>) {
        let mut available: BTreeMap<String, u64> = BTreeMap::new();
        let mut record = Record::default();
        let mut classes = Classes::new(self.request.job);
        let mut look = |(node, nodes): (&Node, u64)| {
            if !would_do(&self.ask().pool, &self.ask().datacenters, node) {
                return;
            }
            match available.get_mut(&node.datacenter) {
                Some(there) => *there += nodes,
                None => drop(available.insert(node.datacenter.clone(), nodes)),
            }
            if let Some(unfit) = self.unfit(node, &mut classes) {
                record.filter_many(node, unfit, nodes);
            }
        };
        // A host's filters may look at anything.
        match self.ask().names_nodes() || !self.policy.filters().is_empty() {
            true => self.fleet.nodes().map(|node| (node, 1)).for_each(&mut look),
            false => self.fleet.nodes_by_profile().for_each(&mut look),
        }
        let mut all = Record::of(self.request.job, available);
        all.evaluated = all.in_pool;
        (all.filtered, all.class_filtered) = (record.filtered, record.class_filtered);
        (all, classes.eligibility().classes)
    }

    /// What is known of classes of nodes: of all candidates, each asked for itself. What is missing is known by now if
    /// nodes were looked at.
    pub(super) fn eligibility(&self, board: &mut Board) -> Eligibility {
        let mut none = Classes::new(self.request.job);
        for closed in board.closed.values() {
            if let Closed::Filtered(reason) = closed {
                none.note_missing(self.request.job, reason);
            }
        }
        Eligibility { classes: self.known(board).1.clone(), ..none.eligibility() }
    }

    /// What is known of all candidates until a record changes: it is found out once.
    fn known<'b>(&self, board: &'b mut Board) -> &'b (Record, BTreeMap<String, bool>) {
        let known = board.kept_out.take().unwrap_or_else(|| self.kept_out());
        board.kept_out.insert(known)
    }

    /// Why no node would do. What the filters keep out is looked at once, until a record changes; what is short is told by
    /// the board, in one pass over its bytes.
    pub(super) fn explain(&self, board: &mut Board) -> Record {
        let mut record = self.known(board).0.clone();
        let some_are_out = !board.closed.is_empty() || self.round.is_some_and(Round::keeps_apart);
        // Most are short of something that columns tell: those are counted by number, before anybody writes a text.
        let mut by_profile: Vec<Short> = vec![Short::default(); self.fleet.profile_count()];
        let mut by_class: BTreeMap<&str, Short> = BTreeMap::new();
        for slot in board.admitted.iter() {
            if some_are_out
                && let Some(node) = self.fleet.view(slot)
                && let Some(closed) = self.closed(board, &node)
            {
                match closed {
                    Closed::Filtered(unfit) => record.filter(node.node(), unfit),
                    Closed::Exhausted(exhausted) => record.exhaust(node.node(), exhausted),
                }
                continue;
            }
            let counts = match by_profile.get_mut(self.fleet.profiles()[slot.index()] as usize) {
                Some(counts) => counts,
                None => {
                    let node = self.fleet.view(slot);
                    by_class.entry(node.map_or("", |node| &node.node().node_class)).or_default()
                }
            };
            counts[usize::from(board.short[slot.index()])] += 1;
        }
        for (profile, short) in by_profile.iter().enumerate() {
            if short[1..].iter().any(|nodes| *nodes > 0) {
                let class = self.fleet.first_of(profile as u32).map_or("", |node| &node.node_class);
                by_class.entry(class).or_default().iter_mut().zip(short).for_each(|(sum, nodes)| *sum += nodes);
            }
        }
        for (class, short) in &by_class {
            for (dimension, nodes) in Dimension::ALL.iter().zip(&short[1..]).filter(|(_, nodes)| **nodes > 0) {
                record.exhaust_many(class, dimension.exhausted(), *nodes);
            }
        }
        record
    }

    /// Why a node is out that is admitted: volumes come first, then who is there already, then the rest (FEAS-10).
    fn closed(&self, board: &Board, node: &NodeView<'_>) -> Option<Closed> {
        let found = board.closed.get(&node.slot());
        let company = || {
            let round = self.round?;
            if round.forbids(node.slot()) { Some(Unfit::DistinctHosts) } else { round.taken(node.node()) }
        };
        match found {
            Some(Closed::Filtered(_)) => found.cloned(),
            _ => company().map(Closed::Filtered).or_else(|| found.cloned()),
        }
    }
}
