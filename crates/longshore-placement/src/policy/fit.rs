//! Scorers that look at how full a node gets.

use super::{Marks, Occasion, Scorer, int};
use crate::ask::Ask;
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

/// `10^f` for CPU plus the same for memory, `f` the free fraction after the placement.
///
/// Through `libm`, so that every platform agrees. A resource that the node does not have counts as full.
fn powers(ask: &Ask, node: &NodeView<'_>) -> f64 {
    let (capacity, used) = (node.capacity(), node.used());
    let power = |used: i64, asked: i64, has: i64| {
        if has <= 0 { 1.0 } else { libm::exp10(1.0 - (used.saturating_add(asked)) as f64 / has as f64) }
    };
    power(used.cpu, ask.amounts.cpu, capacity.cpu) + power(used.memory, ask.amounts.memory, capacity.memory)
}

impl Scorer for BinPack {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        (20.0 - powers(ask, node)).clamp(0.0, 18.0) / 18.0
    }

    fn blend(&self, score: f64, marks: Marks) -> f64 {
        mean(score, marks)
    }
}

impl Scorer for Spread {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        (powers(ask, node) - 2.0).clamp(0.0, 18.0) / 18.0
    }

    fn blend(&self, score: f64, marks: Marks) -> f64 {
        mean(score, marks)
    }
}

/// The mean of the scores that apply (PLACE-88): anti-affinity where the job already runs, −1 where it failed.
fn mean(score: f64, marks: Marks) -> f64 {
    let (mut sum, mut scores) = (score, 1.0);
    if marks.collisions > 0 {
        sum += -(f64::from(marks.collisions) + 1.0) / f64::from(marks.count.max(1));
        scores += 1.0;
    }
    if marks.penalty {
        sum -= 1.0;
        scores += 1.0;
    }
    sum / scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_88_means_only_what_applies() {
        let marks = Marks { collisions: 2, count: 4, penalty: false };
        // Recorded: antiaffinity-count-4-k-2.
        assert!((mean(0.241_093_861_102_261_83, marks) - -0.254_453_069_448_869_1).abs() < 1e-12);
        assert_eq!(mean(0.5, Marks::default()), 0.5);
        assert_eq!(mean(0.5, Marks { penalty: true, ..marks }), (0.5 - 0.75 - 1.0) / 3.0);
    }
}
