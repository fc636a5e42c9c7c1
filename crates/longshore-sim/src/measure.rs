//! What a run achieves: allocation and fragmentation as functions of the arrivals.

mod rounding;
mod sum_tree;

use std::collections::BTreeMap;

use crate::mix::{Mix, ModelId};
use crate::workload::{Class, GPU_MILLI, TraceTask, Workload};

use rounding::{divided_half_even, hundredths};
use sum_tree::SumTree;

/// The measures of a run, fed once per arrival.
///
/// Arrivals are counted in % of the cluster's GPUs that they asked for so far, placed or refused.
/// Measures "at x%" are means over all arrivals at which that count, rounded to a whole number,
/// is x (GPU-29).
#[derive(Debug, Clone)]
pub struct Measure {
    mix: Mix,
    models: Vec<ModelId>,
    capacity_milli: u64,
    /// `A` of GPU-28: what all arrivals so far asked for.
    asked_milli: u64,
    /// `U` of GPU-28: what the placed ones among them got.
    placed_milli: u64,
    /// `F` of every node (GPU-17), and their sum.
    fragmentation: SumTree,
    bins: BTreeMap<u64, Bin>,
    first_refusal_milli: Option<u64>,
    classes: BTreeMap<Class, Accepted>,
}

/// Where a task went, and what is free on that node then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed<'a> {
    /// The node's number.
    pub node: usize,
    /// Its free CPU with the task on it, in 1/1000 core.
    pub cpu_free: u32,
    /// What is free of each of its GPUs with the task on it, 0 to 1000, in any order.
    pub gpus_free: &'a [u16],
}

/// The measures at one whole % of arrivals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Arrivals, in % of the GPUs, rounded (GPU-28).
    pub arrivals_pct: u64,
    /// GPUs allocated, in %, rounded to 2 decimals (GPU-29).
    pub allocated_pct: f64,
    /// Fragmented GPUs, in % of all, rounded to 2 decimals (GPU-30).
    pub fragmented_pct_of_gpus: f64,
    /// Fragmented GPUs, in % of those idle, rounded to 2 decimals (GPU-30); 0 where none is idle.
    pub fragmented_pct_of_idle: f64,
}

/// How many tasks of a class arrived, and how many of these were placed (GPU-58).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Arrivals.
    pub arrived: u64,
    /// Placements.
    pub placed: u64,
}

/// The arrivals that share a whole %.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    arrivals: u64,
    /// Sum of `y` (GPU-28) in 1/100 of a percent, a whole number by its rounding.
    allocated_hundredths: u64,
    fragmented_pct_of_gpus: f64,
    /// Sum over the arrivals, each in 1/100 of a percent.
    idle_fragmented_hundredths: u64,
}

impl Measure {
    /// The measures of an empty cluster, fragmentation against `mix` (GPU-16).
    #[must_use]
    pub fn new(workload: &Workload, mix: &Mix) -> Measure {
        let whole = u16::try_from(GPU_MILLI).unwrap_or(u16::MAX);
        let fragmentation = workload.nodes.iter().map(|node| {
            let gpus = vec![whole; node.gpus as usize];
            mix.fragmentation(node.cpu_milli, &gpus, mix.model_id(&node.model))
        });
        Measure {
            models: workload.nodes.iter().map(|node| mix.model_id(&node.model)).collect(),
            capacity_milli: workload.gpu_capacity_milli(),
            asked_milli: 0,
            placed_milli: 0,
            fragmentation: SumTree::of(fragmentation.collect()),
            bins: BTreeMap::new(),
            first_refusal_milli: None,
            classes: BTreeMap::new(),
            mix: mix.clone(),
        }
    }

    /// Counts an arrival: placed, or refused if `placed` is `None` (GPU-28).
    ///
    /// A node number out of range changes no fragmentation.
    pub fn arrived(&mut self, task: &TraceTask, placed: Option<Placed<'_>>) {
        self.asked_milli += task.demand_milli();
        let class = self.classes.entry(task.class()).or_default();
        class.arrived += 1;
        match placed {
            Some(placed) => {
                class.placed += 1;
                self.placed_milli += task.demand_milli();
                self.changed(placed);
            }
            None if task.models.is_empty() => {
                self.first_refusal_milli.get_or_insert(self.asked_milli); // GPU-32
            }
            None => {}
        }
        self.count();
    }

    /// GPUs allocated at `arrivals_pct`, in %, rounded to 2 decimals, halves to even (GPU-29).
    ///
    /// If no arrival falls on that %, those one % below and above count. `None` if there are none
    /// there either.
    #[must_use]
    pub fn allocated_pct(&self, arrivals_pct: u64) -> Option<f64> {
        let bin = self.bin(arrivals_pct)?;
        let mean = divided_half_even(bin.allocated_hundredths.into(), bin.arrivals.into());
        Some(mean as f64 / 100.0)
    }

    /// Fragmented GPUs at `arrivals_pct`, in % of all GPUs, rounded to 2 decimals (GPU-30).
    ///
    /// GPU-30 leaves open what is rounded; published figures agree with this.
    #[must_use]
    pub fn fragmented_pct_of_gpus(&self, arrivals_pct: u64) -> Option<f64> {
        let bin = self.bin(arrivals_pct)?;
        let mean = bin.fragmented_pct_of_gpus / bin.arrivals as f64;
        Some(hundredths(mean) as f64 / 100.0)
    }

    /// Fragmented GPUs at `arrivals_pct`, in % of the idle ones, rounded to 2 decimals (GPU-30).
    ///
    /// GPU-30 leaves open what is rounded; published figures agree with rounding each arrival's
    /// value and then the mean, as GPU-28 and GPU-29 do with allocation.
    #[must_use]
    pub fn fragmented_pct_of_idle(&self, arrivals_pct: u64) -> Option<f64> {
        let bin = self.bin(arrivals_pct)?;
        let mean = divided_half_even(bin.idle_fragmented_hundredths.into(), bin.arrivals.into());
        Some(mean as f64 / 100.0)
    }

    /// All measures at `arrivals_pct`.
    #[must_use]
    pub fn point(&self, arrivals_pct: u64) -> Option<CurvePoint> {
        Some(CurvePoint {
            arrivals_pct,
            allocated_pct: self.allocated_pct(arrivals_pct)?,
            fragmented_pct_of_gpus: self.fragmented_pct_of_gpus(arrivals_pct)?,
            fragmented_pct_of_idle: self.fragmented_pct_of_idle(arrivals_pct)?,
        })
    }

    /// The measures at 0, 1, 2 … up to the last arrival: 131 points if arrivals end at 130%.
    #[must_use]
    pub fn curve(&self) -> Vec<CurvePoint> {
        (0..=self.last_arrivals_pct()).filter_map(|arrivals_pct| self.point(arrivals_pct)).collect()
    }

    /// The last arrival's %, rounded: 130 in published runs.
    #[must_use]
    pub fn last_arrivals_pct(&self) -> u64 {
        self.bins.last_key_value().map_or(0, |(pct, _)| *pct)
    }

    /// Arrivals, in % of the GPUs and not rounded, when a task without model restriction was
    /// refused for the first time, that task included (GPU-32). `None` if none was.
    #[must_use]
    pub fn first_refusal_pct(&self) -> Option<f64> {
        let asked_milli = self.first_refusal_milli?;
        Some(asked_milli as f64 * 100.0 / self.capacity_milli.max(1) as f64)
    }

    /// Arrivals and placements of a class (GPU-58).
    #[must_use]
    pub fn accepted(&self, class: Class) -> Accepted {
        self.classes.get(&class).copied().unwrap_or_default()
    }

    /// Sum of `F` over the nodes as it stands, in 1/1000 GPU (GPU-17).
    ///
    /// It is the same to the last bit however the nodes came to their state.
    #[must_use]
    pub fn fragmentation_milli(&self) -> f64 {
        self.fragmentation.sum()
    }

    fn changed(&mut self, placed: Placed<'_>) {
        if let Some(model) = self.models.get(placed.node) {
            let after = self.mix.fragmentation(placed.cpu_free, placed.gpus_free, *model);
            self.fragmentation.set(placed.node, after);
        }
    }

    /// GPU-28: adds the state as it is now to the bin of the arrivals so far.
    fn count(&mut self) {
        let capacity = u128::from(self.capacity_milli.max(1));
        let pct = divided_half_even(u128::from(self.asked_milli) * 100, capacity);
        let allocated = divided_half_even(u128::from(self.placed_milli) * 10_000, capacity);
        let fragmented = self.fragmentation.sum();
        let idle = self.capacity_milli.saturating_sub(self.placed_milli);
        let bin = self.bins.entry(pct).or_default();
        bin.arrivals += 1;
        bin.allocated_hundredths += allocated;
        bin.fragmented_pct_of_gpus += fragmented / (self.capacity_milli.max(1) as f64 / 100.0);
        if idle > 0 {
            bin.idle_fragmented_hundredths += hundredths(100.0 * fragmented / idle as f64);
        }
    }

    /// GPU-29: the arrivals at a %, or those within one of it.
    fn bin(&self, arrivals_pct: u64) -> Option<Bin> {
        if let Some(bin) = self.bins.get(&arrivals_pct) {
            return Some(*bin);
        }
        let around = arrivals_pct.saturating_sub(1)..=arrivals_pct.saturating_add(1);
        self.bins.range(around).map(|(_, bin)| *bin).reduce(Bin::joined)
    }
}

impl Accepted {
    /// The placed ones in % of the arrived; `None` if none arrived.
    #[must_use]
    pub fn placed_pct(self) -> Option<f64> {
        (self.arrived > 0).then(|| 100.0 * self.placed as f64 / self.arrived as f64)
    }
}

impl Bin {
    fn joined(self, other: Bin) -> Bin {
        Bin {
            arrivals: self.arrivals + other.arrivals,
            allocated_hundredths: self.allocated_hundredths + other.allocated_hundredths,
            fragmented_pct_of_gpus: self.fragmented_pct_of_gpus + other.fragmented_pct_of_gpus,
            idle_fragmented_hundredths: self.idle_fragmented_hundredths + other.idle_fragmented_hundredths,
        }
    }
}

#[cfg(test)]
mod tests;
