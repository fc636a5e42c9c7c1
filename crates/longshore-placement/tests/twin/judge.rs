//! One question, answered by looking at every node: which is the best, and what does the allocation get there?

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{AllocatedResources, Allocation, Job, Node, RequestedDevice, TaskGroup};
use longshore_placement::{Attempt, Placed};

use crate::fit::{self, Devices, Room};
use crate::ledger::{Held, Ledger, asked_by, available};
use crate::policies;
use crate::rules;
use crate::uses::{Block, combined};

/// What is to be placed, and what records say of it: they do not change during a turn.
pub(crate) struct Judge<'a> {
    pub(crate) policy: &'a str,
    pub(crate) job: (usize, &'a Job),
    pub(crate) group: (usize, &'a TaskGroup),
    /// The sum of the weights of spreads so far (PLACE-93).
    pub(crate) weights: f64,
    blocks: Vec<Block>,
    /// Limits of distinct properties, and whether only the group counts.
    limits: Vec<(u64, bool)>,
    records: Vec<Option<Record<'a>>>,
    asked: [i64; 3],
    requests: Vec<&'a RequestedDevice>,
    looks: (bool, bool),
}

/// What a node's record says of a group.
struct Record<'a> {
    node: &'a Node,
    admitted: bool,
    has: [i64; 3],
    affinity: Option<f64>,
    /// Values that spreads and distinct properties look at.
    spread: Vec<Option<String>>,
    distinct: Vec<Option<String>>,
}

/// What the twin decides.
pub(crate) struct Answer {
    pub(crate) slot: usize,
    /// The plain mean.
    pub(crate) mean: f64,
    pub(crate) given: Given,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    Devices(Devices),
    Resources(Box<AllocatedResources>),
}

/// A node that would do.
struct Candidate {
    slot: usize,
    own: f64,
    parts: i64,
    given: Given,
}

/// What differs between questions of one turn.
pub(crate) struct Question<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) penalties: &'a [usize],
    pub(crate) alloc_name: &'a str,
    pub(crate) nonce: u64,
}

/// Whether a look at a node tells what the group gets there, and whether it tells how good that is.
fn looks(group: &TaskGroup) -> (bool, bool) {
    let likes = group.tasks.iter().any(|task| task.resources.devices.iter().any(|one| !one.affinities.is_empty()));
    let scored = likes || group.tasks.iter().any(|task| task.resources.cores > 0);
    (scored || !group.networks.is_empty() || !group.volumes.is_empty(), scored)
}

const STEPS: f64 = (1u64 << 36) as f64;

impl<'a> Judge<'a> {
    pub(crate) fn new(
        policy: &'a str,
        job: (usize, &'a Job),
        group: (usize, &'a TaskGroup),
        nodes: &'a [Option<Arc<Node>>],
        weights_before: i64,
    ) -> Judge<'a> {
        let blocks = Block::all(job.1, group.1);
        let limits = rules::distinct_limits(job.1, group.1).map(|(_, limit, own)| (limit.unwrap_or(0), own));
        let record = |node: &'a Node| {
            let spread = |block: &Block| Some(block.folded(rules::resolve(&block.attribute, node)?));
            let distinct = rules::distinct_limits(job.1, group.1);
            Record {
                node,
                admitted: rules::admits(job.1, group.1, node),
                has: available(node),
                affinity: rules::affinity(job.1, group.1, node),
                spread: blocks.iter().map(spread).collect(),
                distinct: distinct.map(|(target, _, _)| rules::resolve(target, node)).collect(),
            }
        };
        let records = nodes.iter().map(|node| node.as_deref().map(record)).collect();
        let all = job.1.spreads.iter().chain(group.1.spreads.iter());
        let weights = weights_before + all.map(|spread| i64::from(spread.weight)).sum::<i64>();
        let (asked, requests, looks) = (asked_by(group.1), fit::requests(group.1), looks(group.1));
        let (weights, limits) = (weights as f64, limits.collect());
        Judge { policy, job, group, weights, limits, records, blocks, asked, requests, looks }
    }

    /// The best of all nodes, the oldest of equals. `lowest` is the lowest boost so far (PLACE-95).
    pub(crate) fn best(&self, question: &Question<'_>, lowest: &mut f64) -> Option<Answer> {
        let candidates = self.candidates(question);
        if policies::score(self.policy, &Room::default(), [0; 3], 0, 0, 0).is_some() {
            let fixed =
                |own: f64| if own.is_nan() { i64::MIN } else { (own.clamp(-65_536.0, 65_536.0) * STEPS) as i64 };
            let best = candidates.into_iter().max_by_key(|one| (fixed(one.own), std::cmp::Reverse(one.slot)))?;
            return Some(Answer { slot: best.slot, mean: best.own, given: best.given });
        }
        let uses = self.spread_uses(question);
        // The lowest boost is that over all nodes that would do, before one of them is chosen (DIFF-19).
        for one in &candidates {
            self.boost(one.slot, &uses, lowest);
        }
        let mut best: Option<(i128, Answer)> = None;
        for one in candidates {
            let boost = self.boost(one.slot, &uses, lowest);
            let parts = one.parts + i64::from(boost != 0.0);
            let own = (one.own.clamp(-65_536.0, 65_536.0) * STEPS) as i64;
            let score = (i128::from(own) + (boost * STEPS) as i128) * i128::from(420 / parts);
            if best.as_ref().is_none_or(|(top, _)| score > *top) {
                let mean = (one.own + boost) / parts as f64;
                best = Some((score, Answer { slot: one.slot, mean, given: one.given }));
            }
        }
        best.map(|(_, answer)| answer)
    }

    /// PLACE-101.
    fn boost(&self, slot: usize, uses: &[BTreeMap<&str, u64>], lowest: &mut f64) -> f64 {
        let Some(record) = &self.records[slot] else { return 0.0 };
        let each = self.blocks.iter().zip(&record.spread).zip(uses);
        each.map(|((block, value), uses)| block.boost(value.as_deref(), uses, self.weights, lowest)).sum()
    }

    /// What the twin thinks of some nodes.
    pub(crate) fn tell(&self, question: &Question<'_>, slots: &[usize], lowest: f64) -> String {
        let uses = self.spread_uses(question);
        let mut told = format!("uses {uses:?}, lowest {lowest}");
        for one in self.candidates(question).iter().filter(|one| slots.contains(&one.slot)) {
            let values = self.records[one.slot].as_ref().map(|record| &record.spread);
            let boost = self.boost(one.slot, &uses, &mut lowest.clone());
            told += &format!("\nslot {} own {} parts {} boost {boost} {values:?}", one.slot, one.own, one.parts);
        }
        told
    }

    fn spread_uses<'b>(&'b self, question: &Question<'b>) -> Vec<BTreeMap<&'b str, u64>> {
        let ours = || question.ledger.of_job(self.job.0).filter(|held| held.group == self.group.0);
        let uses = |at: usize| combined(ours(), |slot| self.records[slot].as_ref()?.spread[at].as_deref());
        (0..self.blocks.len()).map(uses).collect()
    }

    pub(crate) fn has_targets(&self) -> bool {
        self.blocks.iter().any(Block::has_targets)
    }

    fn candidates(&self, question: &Question<'_>) -> Vec<Candidate> {
        let hosts = rules::distinct_hosts(self.job.1, self.group.1);
        let ours = || question.ledger.of_job(self.job.0);
        let uses = |(at, (_, own)): (usize, &(u64, bool))| {
            let counted = ours().filter(move |held| !own || held.group == self.group.0);
            combined(counted, |slot| self.records[slot].as_ref()?.distinct[at].as_deref())
        };
        let uses: Vec<BTreeMap<&str, u64>> = self.limits.iter().enumerate().map(uses).collect();
        // FEAS-158.
        let open = |record: &Record<'_>| {
            let mut each = self.limits.iter().zip(&uses).zip(&record.distinct);
            each.all(|(((limit, _), uses), value)| {
                value.as_deref().is_some_and(|value| uses.get(value).copied().unwrap_or(0) < *limit)
            })
        };
        // Those that the plan leaves on each node (PLACE-34).
        let mut there: Vec<Vec<&Held>> = vec![Vec::new(); self.records.len()];
        question.ledger.allocs.iter().filter(|held| held.is_there()).for_each(|held| there[held.slot].push(held));
        let mut found = Vec::new();
        for (slot, record) in self.records.iter().enumerate() {
            let Some(record) = record.as_ref().filter(|record| record.admitted && open(record)) else { continue };
            let company = || there[slot].iter().filter(|held| held.job == self.job.0);
            let of_group = company().filter(|held| held.group == self.group.0).count();
            // FEAS-152.
            if (hosts.0 && company().count() > 0) || (hosts.1 && of_group > 0) {
                continue;
            }
            found.extend(self.candidate(question, slot, record, (&there[slot], of_group)));
        }
        found
    }

    /// The node as a candidate, if the group fits there (PLACE-48 to PLACE-78).
    fn candidate(
        &self,
        question: &Question<'_>,
        slot: usize,
        record: &Record<'_>,
        (there, k): (&[&Held], usize),
    ) -> Option<Candidate> {
        let &Record { node, has, .. } = record;
        let (looks, scored) = self.looks;
        let (asked, requests) = (self.asked, &self.requests);
        let room = Room::of(node, has, there);
        if !looks && !room.takes(asked) {
            return None;
        }
        let spread = self.policy == "spread";
        let (given, tried) = if looks {
            let tried = self.attempt(question, there, node)?;
            (Given::Resources(Box::new(tried.resources.clone())), Some(tried))
        } else {
            let choice = policies::choice(self.policy, slot, question.nonce);
            (Given::Devices(room.devices(requests, node, choice)?), None)
        };
        let demand = fit::demand(requests);
        if let Some(own) = policies::score(self.policy, &room, asked, demand, slot, question.nonce) {
            return Some(Candidate { slot, own, parts: 1, given });
        }
        let fit = match &tried {
            Some(tried) if scored => fit::by_powers(has, [tried.used.cpu, tried.used.memory], spread),
            _ => fit::by_products(&room, asked, spread),
        };
        // PLACE-83 to PLACE-86, in the order of the mean (PLACE-88).
        let rest = [
            tried.and_then(|tried| tried.devices),
            (k > 0).then(|| -(k as f64 + 1.0) / self.group.1.count as f64),
            question.penalties.contains(&slot).then_some(-1.0),
            record.affinity,
        ];
        let (own, parts) = rest.into_iter().flatten().fold((fit, 1), |(sum, parts), one| (sum + one, parts + 1));
        Some(Candidate { slot, own, parts, given })
    }

    /// Ports, cores, device affinities, volumes: what recorded cases tell of one node.
    fn attempt(&self, question: &Question<'_>, there: &[&Held], node: &Node) -> Option<Placed> {
        if !rules::volumes(self.group.1, node, question.alloc_name) {
            return None;
        }
        let there: Vec<Arc<Allocation>> = there.iter().map(|held| held.alloc.clone()).collect();
        let (job, group) = (self.job.1, self.group.1);
        let attempt = Attempt { job, group, oversubscription: false, seed: question.nonce, preempt: None };
        attempt.on(node, &there).ok()
    }
}
