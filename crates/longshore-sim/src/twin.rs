//! The brute-force twin: the plainest program that decides by the rules.
//!
//! It keeps its own ledger of the cluster and scans every node for every task. An engine, which
//! does neither, is judged by it. Formulas are in [`score`], runs of a whole draw in [`simulate`].

pub mod score;
pub mod simulate;

use std::collections::BTreeSet;

use thiserror::Error;

use crate::mix::{Mix, ModelId};
use crate::policy::Policy;
use crate::stream::Stream;
use crate::workload::{Class, GPU_MILLI, TraceTask, Workload};

/// A cluster being filled, and who chooses among its nodes.
#[derive(Debug, Clone)]
pub struct Twin {
    nodes: Vec<NodeState>,
    /// Node numbers by rank, lowest first (GPU-9).
    order: Vec<usize>,
    mix: Mix,
}

/// A node's ledger (§1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeState {
    /// All CPU, in 1/1000 core.
    pub cpu_milli: u32,
    /// All memory, in MiB.
    pub memory_mib: u32,
    /// The model of the GPUs; empty if there are none.
    pub model: String,
    /// The same as the mix knows it.
    pub model_id: ModelId,
    /// Free CPU (`c`), in 1/1000 core.
    pub cpu_free: u32,
    /// Free memory (`m`), in MiB.
    pub memory_free: u32,
    /// What is free of each GPU (`g`), 0 to 1000.
    pub gpus_free: Vec<u16>,
    /// The kinds of GPU tasks on the node (GPU-22).
    pub tags: BTreeSet<Tag>,
}

/// A kind of GPU task, as [`Policy::GpuClustering`] tells them apart (GPU-22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// A part of one GPU.
    Share,
    /// So many whole GPUs: 1, 2, 4 or 8 in the trace.
    Whole(u32),
}

/// Where a task goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The node's number in file order.
    pub node: usize,
    /// The indexes of its GPUs, ascending, from 0; none for a CPU-only task.
    pub gpus: Vec<u32>,
    /// The node's score, a whole number except for [`Policy::BinPack`] and [`Policy::Spread`];
    /// 0 for [`Policy::Random`].
    pub score: f64,
}

/// A decision that the ledger cannot take.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Impossible {
    /// There is no such node.
    #[error("no node {node}; there are {nodes}")]
    NoSuchNode {
        /// The node's number.
        node: usize,
        /// The number of nodes.
        nodes: usize,
    },
    /// The node lacks CPU or memory, or is of the wrong model, or has too few large gaps (GPU-10).
    #[error("the task does not fit node {node} as it is")]
    DoesNotFit {
        /// The node's number.
        node: usize,
    },
    /// The GPUs are not as many as the task asks for, or one does not exist, serves twice or has
    /// too small a gap (GPU-10).
    #[error("the GPUs chosen on node {node} cannot serve the task")]
    WrongGpus {
        /// The node's number.
        node: usize,
    },
}

impl Twin {
    /// An empty cluster with these ranks, fragmentation against the workload's typical mix.
    ///
    /// `rank` is as in [`Draw::rank`](crate::draws::Draw::rank); nodes of equal or without rank
    /// follow in file order.
    #[must_use]
    pub fn new(workload: &Workload, rank: &[u32]) -> Twin {
        Twin::with_mix(workload, rank, Mix::typical(workload))
    }

    /// The same against another mix.
    #[must_use]
    pub fn with_mix(workload: &Workload, rank: &[u32], mix: Mix) -> Twin {
        let mut order: Vec<usize> = (0..workload.nodes.len()).collect();
        order.sort_by_key(|node| rank.get(*node).copied().unwrap_or(u32::MAX));
        let whole = u16::try_from(GPU_MILLI).unwrap_or(u16::MAX);
        let nodes = workload.nodes.iter().map(|node| NodeState {
            cpu_milli: node.cpu_milli,
            memory_mib: node.memory_mib,
            model: node.model.clone(),
            model_id: mix.model_id(&node.model),
            cpu_free: node.cpu_milli,
            memory_free: node.memory_mib,
            gpus_free: vec![whole; node.gpus as usize],
            tags: BTreeSet::new(),
        });
        Twin { nodes: nodes.collect(), order, mix }
    }

    /// Takes a decision into the ledger.
    ///
    /// # Errors
    /// [`Impossible`] if it cannot be; the ledger is unchanged then.
    pub fn apply(&mut self, decision: &Decision, task: &TraceTask) -> Result<(), Impossible> {
        let (node, nodes) = (decision.node, self.nodes.len());
        if node >= nodes {
            return Err(Impossible::NoSuchNode { node, nodes });
        }
        if !self.fits(task, node) {
            return Err(Impossible::DoesNotFit { node });
        }
        let state = &mut self.nodes[node];
        let distinct: BTreeSet<u32> = decision.gpus.iter().copied().collect();
        let large_enough = |gpu: &u32| {
            let gap = state.gpus_free.get(*gpu as usize);
            gap.is_some_and(|gap| u32::from(*gap) >= task.gpu_milli)
        };
        if distinct.len() != decision.gpus.len()
            || distinct.len() != task.gpus as usize
            || !distinct.iter().all(large_enough)
        {
            return Err(Impossible::WrongGpus { node });
        }
        state.cpu_free -= task.cpu_milli;
        state.memory_free -= task.memory_mib;
        for gpu in distinct {
            state.gpus_free[gpu as usize] -= task.gpu_milli as u16;
        }
        state.tags.extend(Tag::of(task));
        Ok(())
    }

    /// Chooses a node and its GPUs; `None` if the task fits nowhere, and only then (GPU-12).
    ///
    /// `nonce` makes the choices of [`Policy::Random`]: equal nonces, equal choices. Others ignore
    /// it.
    #[must_use]
    pub fn decide(&self, policy: Policy, task: &TraceTask, nonce: u64) -> Option<Decision> {
        let scores: Vec<Option<f64>> = (0..self.nodes.len()).map(|node| self.raw_score(policy, task, node)).collect();
        self.choose(policy, task, &scores, nonce)
    }

    /// The score of every node in file order, `None` where the task does not fit.
    ///
    /// The highest wins; of equal ones the lowest rank (GPU-13). The scores of [`Policy::BinPack`]
    /// and [`Policy::Spread`] are real, and an engine may add them up in another way: compare within
    /// 1e-12.
    #[must_use]
    pub fn scores(&self, policy: Policy, task: &TraceTask) -> Vec<Option<f64>> {
        let mut scores: Vec<Option<f64>> =
            (0..self.nodes.len()).map(|node| self.raw_score(policy, task, node)).collect();
        if policy == Policy::BestFit {
            score::stretch(&mut scores);
        }
        scores
    }

    /// Whether a node, as it is, can take a task (GPU-10). False for a number out of range.
    #[must_use]
    pub fn fits(&self, task: &TraceTask, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|state| state.fits(task))
    }

    /// A node's ledger.
    #[must_use]
    pub fn node(&self, node: usize) -> Option<&NodeState> {
        self.nodes.get(node)
    }

    /// The mix that fragmentation is measured against.
    #[must_use]
    pub fn mix(&self) -> &Mix {
        &self.mix
    }

    /// A node's score before any stretching; `None` if the task does not fit.
    fn raw_score(&self, policy: Policy, task: &TraceTask, node: usize) -> Option<f64> {
        let state = &self.nodes[node];
        state.fits(task).then(|| score::raw(policy, &self.mix, state, task))
    }

    /// Chooses among the nodes that have a score (GPU-13).
    fn choose(&self, policy: Policy, task: &TraceTask, raw_scores: &[Option<f64>], nonce: u64) -> Option<Decision> {
        let mut stream = Stream::seeded(nonce);
        let (node, score) = match policy {
            Policy::Random => self.any(raw_scores, &mut stream)?,
            Policy::BestFit => {
                let mut scores = raw_scores.to_vec();
                score::stretch(&mut scores);
                self.best(&scores)?
            }
            _ => self.best(raw_scores)?,
        };
        Some(Decision { node, gpus: score::gpus(policy, &self.mix, &self.nodes[node], task, &mut stream), score })
    }

    /// The highest score; of equal ones the lowest rank (GPU-13).
    fn best(&self, scores: &[Option<f64>]) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for &node in &self.order {
            if let Some(score) = scores[node]
                && best.is_none_or(|(_, highest)| score > highest)
            {
                best = Some((node, score));
            }
        }
        best
    }

    /// Any node that fits, each equally likely (GPU-20).
    fn any(&self, scores: &[Option<f64>], stream: &mut Stream) -> Option<(usize, f64)> {
        let fitting = self.order.iter().copied().filter(|node| scores[*node].is_some());
        let fitting: Vec<usize> = fitting.collect();
        let chosen = stream.below(u32::try_from(fitting.len()).unwrap_or(u32::MAX));
        fitting.get(chosen as usize).map(|node| (*node, 0.0))
    }
}

impl NodeState {
    /// Whether the node, as it is, can take a task (GPU-10).
    #[must_use]
    pub fn fits(&self, task: &TraceTask) -> bool {
        self.cpu_free >= task.cpu_milli
            && self.memory_free >= task.memory_mib
            && task.allows(&self.model)
            && self.usable(task).count() >= task.gpus as usize
    }

    /// All idle milli of the GPUs (`L`).
    #[must_use]
    pub fn idle_milli(&self) -> u32 {
        self.gpus_free.iter().map(|gap| u32::from(*gap)).sum()
    }

    /// The indexes of the GPUs that have a gap large enough for a GPU of the task.
    fn usable(&self, task: &TraceTask) -> impl Iterator<Item = usize> + use<'_> {
        let milli = task.gpu_milli;
        let gaps = self.gpus_free.iter().enumerate();
        gaps.filter(move |(_, gap)| u32::from(**gap) >= milli).map(|(gpu, _)| gpu)
    }
}

impl Tag {
    /// The tag that a task leaves on its node; none if it is CPU-only.
    #[must_use]
    pub fn of(task: &TraceTask) -> Option<Tag> {
        match task.class() {
            Class::CpuOnly => None,
            Class::Share => Some(Tag::Share),
            Class::Whole => Some(Tag::Whole(task.gpus)),
        }
    }
}

#[cfg(test)]
mod tests;
