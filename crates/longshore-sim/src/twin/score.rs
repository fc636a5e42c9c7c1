//! What each policy thinks of a node, and which of its GPUs it would use.
//!
//! Scores use the node's state before the task except where "after" is said, and are whole numbers
//! except for [`bin_pack`] and [`spread`] (GPU-13). `int` drops the fraction. Constants are those of
//! the published simulator: 128,000 is the most CPU of a node of the trace, 8,000 the most GPU
//! milli.

use super::{NodeState, Tag};
use crate::mix::Mix;
use crate::policy::Policy;
use crate::stream::Stream;
use crate::workload::{Class, GPU_MILLI, TraceTask};

const CPU_SCALE: f64 = 128_000.0;
const GPU_SCALE: f64 = 8_000.0;

/// The score of a node that fits; for [`Policy::BestFit`] before [`stretch`].
#[must_use]
pub fn raw(policy: Policy, mix: &Mix, node: &NodeState, task: &TraceTask) -> f64 {
    match policy {
        // GPU-20 draws among the fitting nodes; GPU-36 leaves it to the ranks.
        Policy::Random | Policy::FirstFit => 0.0,
        Policy::DotProduct => dot_product(node, task),
        Policy::GpuClustering => gpu_clustering(node, task),
        Policy::GpuPacking => gpu_packing(node, task),
        Policy::BestFit => best_fit(node, task),
        Policy::Fgd => fgd(mix, node, task).0,
        Policy::WorstFit => worst_fit(node, task),
        Policy::BinPack => bin_pack(node, task),
        Policy::Spread => spread(node, task),
    }
}

/// GPU-21: `int(100·(1 − ½·(c/128000 · cpu/128000 + L/8000 · D/8000)))`.
#[must_use]
pub fn dot_product(node: &NodeState, task: &TraceTask) -> f64 {
    let cpu = f64::from(node.cpu_free) / CPU_SCALE * (f64::from(task.cpu_milli) / CPU_SCALE);
    let gpu = f64::from(node.idle_milli()) / GPU_SCALE * (task.demand_milli() as f64 / GPU_SCALE);
    (100.0 * (1.0 - 0.5 * (cpu + gpu))).trunc()
}

/// GPU-22: 0 for CPU-only tasks; otherwise `⌊25·(8000 − L)/8000⌋` plus 75 if the node holds tasks
/// of this kind only, 50 if among others, 25 if it holds no GPU task, 0 if only other kinds.
#[must_use]
pub fn gpu_clustering(node: &NodeState, task: &TraceTask) -> f64 {
    let Some(tag) = Tag::of(task) else {
        return 0.0;
    };
    let base = match (node.tags.contains(&tag), node.tags.len()) {
        (true, 1) => 75,
        (true, _) => 50,
        (false, 0) => 25,
        (false, _) => 0,
    };
    let fullness = (25 * (8000 - i64::from(node.idle_milli()))).div_euclid(8000);
    (base + fullness) as f64
}

/// GPU-23: 0 for CPU-only tasks. `max(33 − G, G)` on a node all of whose G GPUs are free. Otherwise,
/// of the `num` smallest gaps that are large enough, let `w` be entirely free: `max(50 − w, 33)` if
/// any is; else `max(100 − ⌊(Σ ⌊g·100/1000⌋)/10⌋, 50)`.
#[must_use]
pub fn gpu_packing(node: &NodeState, task: &TraceTask) -> f64 {
    if task.gpus == 0 {
        return 0.0;
    }
    let whole = |gap: &u32| *gap == GPU_MILLI;
    let mut gaps: Vec<u32> = node.gpus_free.iter().map(|gap| u32::from(*gap)).collect();
    if gaps.iter().all(whole) {
        let gpus = gaps.len() as i64;
        return (33 - gpus).max(gpus) as f64;
    }
    gaps.sort_unstable();
    gaps.retain(|gap| *gap >= task.gpu_milli);
    gaps.truncate(task.gpus as usize);
    let free = gaps.iter().copied().filter(whole).count() as i64;
    if free > 0 {
        return (50 - free).max(33) as f64;
    }
    let percents: i64 = gaps.iter().map(|gap| i64::from(gap * 100 / 1000)).sum();
    (100 - percents / 10).max(50) as f64
}

/// GPU-24: `int(100·(1 − ½·((c − cpu)/128000 + (L − D)/8000)))`, to be stretched (GPU-25).
#[must_use]
pub fn best_fit(node: &NodeState, task: &TraceTask) -> f64 {
    (100.0 * (1.0 - 0.5 * left_over(node, task))).trunc()
}

/// GPU-37: `int(100·½·((c − cpu)/128000 + (L − D)/8000))`.
#[must_use]
pub fn worst_fit(node: &NodeState, task: &TraceTask) -> f64 {
    (100.0 * 0.5 * left_over(node, task)).trunc()
}

/// GPU-25: replaces the raw scores of the fitting nodes, `hi` and `lo` the extremes among them, by
/// `⌊(raw − lo)·100/(hi − lo)⌋`, or all by 0 if `hi = lo`.
pub fn stretch(scores: &mut [Option<f64>]) {
    let fitting = scores.iter().flatten().copied();
    let (low, high) =
        fitting.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), score| (low.min(score), high.max(score)));
    for score in scores.iter_mut().flatten() {
        // Whole numbers below 2⁵³, so the quotient's floor is exact.
        *score = if high == low { 0.0 } else { ((*score - low) * 100.0 / (high - low)).floor() };
    }
}

/// GPU-26, GPU-27: `int(100·σ((F(n) − F(n after))/1000))`, and the GPU used if the task is a share.
///
/// A share tries every GPU with a gap large enough, in index order: the largest score is the
/// node's, and the GPU is the first to reach it, both after `int`.
#[must_use]
pub fn fgd(mix: &Mix, node: &NodeState, task: &TraceTask) -> (f64, Option<u32>) {
    let before = mix.fragmentation(node.cpu_free, &node.gpus_free, node.model_id);
    let cpu_after = node.cpu_free.saturating_sub(task.cpu_milli);
    let score_of = |gpus_after: &[u16]| {
        let after = mix.fragmentation(cpu_after, gpus_after, node.model_id);
        (100.0 * sigmoid((before - after) / 1000.0)).trunc()
    };
    let mut gpus = node.gpus_free.clone();
    if task.class() != Class::Share {
        for gpu in lowest_free(node, task.gpus) {
            gpus[gpu as usize] = 0;
        }
        return (score_of(&gpus), None);
    }
    let mut best = (f64::NEG_INFINITY, None);
    for gpu in node.usable(task) {
        gpus[gpu] -= task.gpu_milli as u16;
        let score = score_of(&gpus);
        gpus[gpu] = node.gpus_free[gpu];
        if score > best.0 {
            best = (score, Some(gpu as u32));
        }
    }
    best
}

/// GPU-38, by PLACE-79 and PLACE-80: `clamp(20 − (10^f_c + 10^f_m), 0, 18)/18`, a real number,
/// `f` being the share of CPU and of memory that is free after the task.
#[must_use]
pub fn bin_pack(node: &NodeState, task: &TraceTask) -> f64 {
    (20.0 - powers(node, task)).clamp(0.0, 18.0) / 18.0
}

/// GPU-39, by PLACE-79 and PLACE-81: `clamp((10^f_c + 10^f_m) − 2, 0, 18)/18`, a real number.
#[must_use]
pub fn spread(node: &NodeState, task: &TraceTask) -> f64 {
    (powers(node, task) - 2.0).clamp(0.0, 18.0) / 18.0
}

/// The GPUs that a policy uses on a node that fits, ascending (GPU-15).
///
/// Whole GPUs are the lowest that are entirely free. For a share, the policy decides: any
/// (GPU-20), its own (GPU-27), the largest gap (GPU-37, GPU-39) or the tightest (all others); of
/// equal gaps the lowest index.
#[must_use]
pub fn gpus(policy: Policy, mix: &Mix, node: &NodeState, task: &TraceTask, stream: &mut Stream) -> Vec<u32> {
    if task.class() != Class::Share {
        return lowest_free(node, task.gpus);
    }
    let usable: Vec<usize> = node.usable(task).collect();
    let gap = |gpu: &usize| node.gpus_free[*gpu];
    let chosen = match policy {
        Policy::Random => usable.get(stream.below(usable.len() as u32) as usize).copied(),
        Policy::Fgd => fgd(mix, node, task).1.map(|gpu| gpu as usize),
        // `min_by_key` takes the first of equals.
        Policy::WorstFit | Policy::Spread => usable.into_iter().min_by_key(|gpu| std::cmp::Reverse(gap(gpu))),
        Policy::DotProduct
        | Policy::GpuClustering
        | Policy::GpuPacking
        | Policy::BestFit
        | Policy::FirstFit
        | Policy::BinPack => usable.into_iter().min_by_key(gap),
    };
    chosen.into_iter().map(|gpu| gpu as u32).collect()
}

/// The `count` lowest indexes of GPUs that are entirely free (GPU-15).
fn lowest_free(node: &NodeState, count: u32) -> Vec<u32> {
    let free = (0..).zip(&node.gpus_free).filter(|(_, gap)| u32::from(**gap) == GPU_MILLI);
    free.map(|(gpu, _)| gpu).take(count as usize).collect()
}

/// `(c − cpu)/128000 + (L − D)/8000` (GPU-24, GPU-37).
fn left_over(node: &NodeState, task: &TraceTask) -> f64 {
    let cpu = f64::from(node.cpu_free) - f64::from(task.cpu_milli);
    let gpu = f64::from(node.idle_milli()) - task.demand_milli() as f64;
    cpu / CPU_SCALE + gpu / GPU_SCALE
}

/// `10^f_c + 10^f_m` with `f = 1 − U/A`, U what is used after the task, A all there is (PLACE-79).
fn powers(node: &NodeState, task: &TraceTask) -> f64 {
    let free = |all: u32, free: u32, asked: u32| {
        let used = f64::from(all) - f64::from(free) + f64::from(asked);
        1.0 - used / f64::from(all)
    };
    let cpu = free(node.cpu_milli, node.cpu_free, task.cpu_milli);
    let memory = free(node.memory_mib, node.memory_free, task.memory_mib);
    libm::pow(10.0, cpu) + libm::pow(10.0, memory)
}

/// σ(x) = 1/(1 + e⁻ˣ) (§1).
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}
