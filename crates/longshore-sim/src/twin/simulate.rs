//! A whole run of the twin: every arrival of a draw, decided and applied (GPU-7).

use std::collections::BTreeMap;

use super::{Decision, Twin};
use crate::digest::DecisionDigest;
use crate::draws::Draw;
use crate::measure::{Measure, Placed};
use crate::policy::Policy;
use crate::workload::{TraceTask, Workload};

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// Who decided.
    pub policy: Policy,
    /// The seed of the draw.
    pub seed: u64,
    /// One for each arrival, in order; `None` where it was refused.
    pub decisions: Vec<Option<Decision>>,
    /// Allocation, fragmentation, refusals.
    pub measure: Measure,
    /// The decision digest (GPU-42).
    pub digest: u64,
}

/// Runs a policy over the arrivals of a draw on an empty cluster.
///
/// The decisions are those of [`Twin::decide`] with [`nonce`], one arrival after the other. A
/// node's score for a kind of task is kept until the node changes (GPU-35), so that a run takes
/// seconds and not minutes.
///
/// # Panics
/// If the draw is of another workload, so that an arrival is not a row of this one.
#[must_use]
pub fn simulate(workload: &Workload, draw: &Draw, policy: Policy) -> Report {
    let mut twin = Twin::new(workload, &draw.rank);
    let mut cache = ScoreCache::new(workload);
    let mut measure = Measure::new(workload, &twin.mix);
    let mut digest = DecisionDigest::new();
    let mut decisions = Vec::with_capacity(draw.arrivals.len());
    for (arrival, &row) in (0..).zip(&draw.arrivals) {
        let task = &workload.tasks[row as usize];
        let scores = cache.scores(&twin, policy, task, row as usize);
        let decision = twin.choose(policy, task, scores, nonce(draw.seed, arrival));
        if let Some(decision) = &decision {
            let applied = twin.apply(decision, task);
            debug_assert_eq!(applied, Ok(()), "only nodes that fit have a score");
            cache.changed.push(decision.node);
        }
        measure.arrived(task, decision.as_ref().map(|decision| twin.placed(decision)));
        let place = decision.as_ref().map(|d| (d.node as u32, d.gpus.as_slice()));
        digest.decided(row, place);
        decisions.push(decision);
    }
    Report { policy, seed: draw.seed, decisions, measure, digest: digest.value() }
}

/// The nonce of an arrival, counted from 0, in a run: no two runs share one while arrivals are
/// fewer than 2³².
#[must_use]
pub fn nonce(seed: u64, arrival: u64) -> u64 {
    seed.rotate_left(32) ^ arrival
}

impl Twin {
    /// What a [`Measure`] wants to know of a decision just applied.
    fn placed(&self, decision: &Decision) -> Placed<'_> {
        let node = &self.nodes[decision.node];
        Placed { node: decision.node, cpu_free: node.cpu_free, gpus_free: &node.gpus_free }
    }
}

/// Scores by kind of task and node, each valid until the node changes (GPU-35).
struct ScoreCache {
    /// The kind of each row: rows of one kind ask for the same.
    kinds: Vec<usize>,
    by_kind: Vec<Kind>,
    /// The nodes that changed, in order; a node may be in it many times.
    changed: Vec<usize>,
}

#[derive(Clone, Default)]
struct Kind {
    /// Empty until the kind is first asked for.
    scores: Vec<Option<f64>>,
    /// How much of `changed` these scores know of.
    known: usize,
}

impl ScoreCache {
    fn new(workload: &Workload) -> Self {
        let mut numbers = BTreeMap::new();
        let kind_of = |task: &TraceTask| {
            let asks = (task.cpu_milli, task.memory_mib, task.gpus, task.gpu_milli, task.models.clone());
            let next = numbers.len();
            *numbers.entry(asks).or_insert(next)
        };
        let kinds: Vec<usize> = workload.tasks.iter().map(kind_of).collect();
        ScoreCache { by_kind: vec![Kind::default(); numbers.len()], kinds, changed: Vec::new() }
    }

    /// The scores of all nodes for the task at `row`.
    fn scores(&mut self, twin: &Twin, policy: Policy, task: &TraceTask, row: usize) -> &[Option<f64>] {
        let nodes = twin.nodes.len();
        let kind = &mut self.by_kind[self.kinds[row]];
        let news = &self.changed[kind.known..];
        if kind.scores.is_empty() || news.len() >= nodes {
            let fresh = (0..nodes).map(|node| twin.raw_score(policy, task, node));
            kind.scores = fresh.collect();
        } else {
            for &node in news {
                kind.scores[node] = twin.raw_score(policy, task, node);
            }
        }
        kind.known = self.changed.len();
        &kind.scores
    }
}
