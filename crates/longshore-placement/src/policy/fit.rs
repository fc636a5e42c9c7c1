//! Scorers that look at how full a node gets.

use super::{Occasion, Scorer, int};
use crate::amounts::Amounts;
use crate::ask::Ask;
use crate::emptiness::emptiness;
use crate::fleet::NodeView;

/// The largest node of the benchmark's cluster: 128 cores and eight GPUs, in thousandths.
pub(super) const NODE_CPU: f64 = 128_000.0;
pub(super) const NODE_GPU: f64 = 8_000.0;

/// The least CPU and device room left over, weighed alike (GPU-24).
///
/// The published policy stretches these scores over the fitting nodes to 0..=100 (GPU-25). That keeps their order and
/// their ties: only the highest raw score reaches 100, since `⌊(raw − lo)·100/(hi − lo)⌋ < 100` for any lower one, and
/// with all equal the oldest wins either way. So the raw score decides here, and the twin stretches, to show it.
#[derive(Clone, Copy, Debug)]
pub struct BestFit;

/// The most CPU and device room left over (GPU-37).
#[derive(Clone, Copy, Debug)]
pub struct WorstFit;

/// Every node alike, so the oldest that fits (GPU-36).
#[derive(Clone, Copy, Debug)]
pub struct FirstFit;

fn room_left(ask: &Ask, node: &NodeView<'_>) -> (f64, f64) {
    let cpu = node.free().cpu.saturating_sub(ask.amounts.cpu) as f64;
    let gpu = (node.idle() - ask.gpu_demand()) as f64;
    (cpu, gpu)
}

impl Scorer for BestFit {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        let (cpu, gpu) = room_left(ask, node);
        int(100.0 * (1.0 - 0.5 * (cpu / NODE_CPU + gpu / NODE_GPU)))
    }
}

impl Scorer for WorstFit {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        let (cpu, gpu) = room_left(ask, node);
        int(100.0 * 0.5 * (cpu / NODE_CPU + gpu / NODE_GPU))
    }
}

impl Scorer for FirstFit {
    fn score(&self, _: &Ask, _: &NodeView<'_>, _: Occasion) -> f64 {
        0.0
    }
}

/// The reference's bin packing: fuller is better (PLACE-79, PLACE-80), with its anti-affinity and penalty
/// (PLACE-84, PLACE-85).
#[derive(Clone, Copy, Debug)]
pub struct BinPack;

/// The reference's spread algorithm: emptier is better (PLACE-81).
#[derive(Clone, Copy, Debug)]
pub struct Spread;

impl Scorer for BinPack {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        Algorithm::BinPack.fit_unseen(ask.amounts, node)
    }

    fn algorithm(&self) -> Option<Algorithm> {
        Some(Algorithm::BinPack)
    }
}

impl Scorer for Spread {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        Algorithm::Spread.fit_unseen(ask.amounts, node)
    }

    fn algorithm(&self) -> Option<Algorithm> {
        Some(Algorithm::Spread)
    }
}

/// One of the reference's own two ways to rank: its fit is averaged with all other scores that count (PLACE-88).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// Fuller is better (PLACE-79, PLACE-80).
    BinPack,
    /// Emptier is better (PLACE-81).
    Spread,
}

/// What an ask does to the emptiness of a node of some shape: `10^(−asked/capacity)` of CPU and of memory.
pub(crate) fn thinning(asked: Amounts, (cpu, memory): (i64, i64)) -> [f64; 2] {
    let power = |asked: i64, has: i64| if has <= 0 { 1.0 } else { libm::exp10(-(asked as f64 / has as f64)) };
    [power(asked.cpu, cpu), power(asked.memory, memory)]
}

impl Algorithm {
    /// The fit of a node with the ask on it (PLACE-79 to PLACE-82). The powers of a sum are products of powers: those of
    /// what is used are kept by the fleet, those of the ask are one for all nodes of a shape. A resource that the node
    /// does not have counts as full.
    pub(crate) fn fit(self, [cpu, memory]: [f64; 2], [by_cpu, by_memory]: [f64; 2]) -> f64 {
        self.of_powers(cpu * by_cpu + memory * by_memory)
    }

    fn fit_unseen(self, asked: Amounts, node: &NodeView<'_>) -> f64 {
        self.fit(node.hot().emptiness, thinning(asked, (node.capacity().cpu, node.capacity().memory)))
    }

    /// The fit of a node of which so much is used, the ask included.
    pub(crate) fn fit_used(self, used: Amounts, node: &NodeView<'_>) -> f64 {
        let has = node.capacity();
        self.of_powers(emptiness(used.cpu, has.cpu) + emptiness(used.memory, has.memory))
    }

    /// The fit by the sum of the powers of CPU and memory with the ask on it, `10^(1 − used/capacity)` each.
    pub(crate) fn of_powers(self, powers: f64) -> f64 {
        match self {
            Algorithm::BinPack => (20.0 - powers).clamp(0.0, 18.0) / 18.0,
            Algorithm::Spread => (powers - 2.0).clamp(0.0, 18.0) / 18.0,
        }
    }
}
