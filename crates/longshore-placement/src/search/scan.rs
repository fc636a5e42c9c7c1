//! The best node of an ask that was never seen, for a single placement: one pass, nothing kept.
//!
//! Most asks of a single allocation never come again. For these a board is not worth its making: the pass reads what is
//! hot of each node and keeps the best. It compares sums of powers instead of scores, which are monotone in them, and
//! computes a score only for a node that may be better: two products and a comparison a node.

use super::assign::amounts_fit;
use super::score::folded;
use super::verdicts::Verdicts;
use super::{Choice, Given, Request, Search};
use crate::ask::{Ask, Look};
use crate::fleet::{Fleet, Slot};
use crate::policy::{Algorithm, thinning};
use crate::score::Scores;

/// Asks remembered that were scanned for.
const GLANCES: usize = 4096;

/// The best node by fit alone, the oldest of equals. `None` if there is none.
pub(super) fn best(ask: &Ask, fleet: &Fleet, algorithm: Algorithm, verdicts: &mut Verdicts) -> Option<Slot> {
    let thinned: Vec<[f64; 2]> = fleet.shapes().iter().map(|shape| thinning(ask.amounts, *shape)).collect();
    // Less is better: the sum of powers, or its opposite.
    let sign = match algorithm {
        Algorithm::BinPack => 1.0,
        Algorithm::Spread => -1.0,
    };
    let (mut least, mut best, mut found) = (f64::INFINITY, i64::MIN, None);
    for (at, hot) in fleet.hot().iter().enumerate() {
        let [cpu, memory] = hot.emptiness;
        let [by_cpu, by_memory] = thinned[hot.shape as usize];
        let powers = sign * (cpu * by_cpu + memory * by_memory);
        // A NaN is nobody's better.
        if powers >= least || powers.is_nan() || amounts_fit(ask.amounts, hot).is_err() {
            continue;
        }
        let slot = Slot(at as u32);
        if !verdicts.admit(ask, fleet, slot) {
            continue;
        }
        let key = folded(algorithm.fit(hot.emptiness, thinned[hot.shape as usize]), 1);
        least = powers;
        if key > best {
            (best, found) = (key, Some(slot));
        }
    }
    found
}

impl Search {
    /// Whether one pass will do: for the single placement of an ask never seen, of which columns tell all.
    pub(super) fn may_scan(&self, request: &Request<'_>) -> bool {
        let ask = request.ask;
        let plain =
            ask.look == Look::Columns && ask.devices.is_empty() && ask.affinities.is_empty() && !ask.counts_uses();
        let reference = self.policy.scorer().algorithm().is_some() && self.policy.filters().is_empty();
        let never_seen = || self.place_of(ask).is_none() && !self.glanced.contains(ask);
        request.single && plain && reference && never_seen()
    }

    pub(super) fn scan(&mut self, request: &Request<'_>) -> Option<Choice> {
        let algorithm = self.policy.scorer().algorithm()?;
        let slot = best(request.ask, &self.fleet, algorithm, &mut Verdicts::default())?;
        if self.glanced.len() >= GLANCES {
            self.glanced.clear();
        }
        self.glanced.insert(request.ask.clone());
        let hot = self.fleet.hot()[slot.index()];
        let thinned = thinning(request.ask.amounts, self.fleet.shapes()[hot.shape as usize]);
        let scores = Scores { fit: algorithm.fit(hot.emptiness, thinned), ..Scores::default() };
        let given = Given::Devices(Vec::new());
        Some(Choice { slot, score: scores.mean(), scores, given, victims: Vec::new(), runners_up: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use longshore_model::{Job, Node, Task, TaskGroup};
    use proptest::prelude::*;

    use super::*;
    use crate::amounts::Amounts;

    proptest! {
        /// The twin: every node's key, and the first of the greatest.
        #[test]
        fn equals_a_look_at_every_key(
            nodes in prop::collection::vec((1..4i64, 1..4i64, 0..3i64, any::<bool>()), 1..60),
            cpu in 0..2500i64,
            spread in any::<bool>(),
        ) {
            let algorithm = if spread { Algorithm::Spread } else { Algorithm::BinPack };
            let task = Task::new("t").cpu(cpu).memory_mb(300);
            let job = Job::service("j").constraint("${meta.open}", "=", "true").with_group(TaskGroup::new("g").disk_mb(0).task(task));
            let ask = Ask::new(&job, &job.task_groups[0]).unwrap();
            let mut fleet = Fleet::new();
            for (at, (cpu, memory, used, open)) in nodes.iter().enumerate() {
                let node = Node::new(&format!("n{at}")).cpu(cpu * 1000).memory_mb(memory * 1000);
                fleet.put_node(Slot(at as u32), Arc::new(node.meta("open", &open.to_string()))).unwrap();
                fleet.take(Slot(at as u32), Amounts { cpu: used * 300, memory: used * 200, disk: 0 }, &[]).unwrap();
            }
            let mut twin: Option<(i64, Slot)> = None;
            for (slot, hot) in fleet.slots().zip(fleet.hot()) {
                if nodes[slot.index()].3 && amounts_fit(ask.amounts, hot).is_ok() {
                    let key = folded(algorithm.fit(hot.emptiness, thinning(ask.amounts, fleet.shapes()[hot.shape as usize])), 1);
                    if twin.is_none_or(|(best, _)| key > best) {
                        twin = Some((key, slot));
                    }
                }
            }
            let found = best(&ask, &fleet, algorithm, &mut Verdicts::default());
            prop_assert_eq!(found, twin.map(|(_, slot)| slot));
        }
    }
}
