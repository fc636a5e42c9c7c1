//! The typical mix of a workload, and how much of a node's idle GPUs is fragmented against it.
//!
//! A gap on a GPU is *fragmented* for a type of task that cannot use it. The fragmentation of a
//! node is the expected size of its fragmented gaps, if the next task is drawn from the mix
//! (GPU-16, GPU-17).

mod typical;

use std::collections::BTreeSet;

use crate::workload::GPUS_MAX;

/// The share of a workload's rows that its typical mix covers, in % (GPU-16).
pub const TYPICAL_PERCENT: u32 = 95;

/// Types of tasks with their weights, prepared for [`Mix::fragmentation`].
#[derive(Debug, Clone, PartialEq)]
pub struct Mix {
    types: Vec<MixType>,
    models: Vec<String>,
    /// CPU in 1/1000 core and weight of the CPU-only types, in the order of `types`.
    cpu_only: Vec<(u32, f64)>,
    /// The different demands on GPUs among the other types.
    demands: Vec<Demands>,
    /// These types as each of `models` sees them; last, as a node without a model does.
    by_model: Vec<OnModel>,
}

/// A type of task: rows alike in CPU, GPUs and specification (GPU-16).
#[derive(Debug, Clone, PartialEq)]
pub struct MixType {
    /// CPU in 1/1000 core.
    pub cpu_milli: u32,
    /// Thousandths of each GPU; 0 if `gpus` is 0.
    pub gpu_milli: u32,
    /// Number of GPUs; 0 for CPU-only tasks.
    pub gpus: u32,
    /// Allowed models as the trace has them, repetitions kept; empty: any.
    pub models: Vec<String>,
    /// Rows of this type.
    pub count: u32,
    /// The type's share of the mix (`p_t`); the weights of a mix sum to 1.
    pub weight: f64,
}

/// A GPU model as a [`Mix`] knows it: an index. It is good for that mix, and for others of nodes
/// with the same models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelId(usize);

/// The types that ask for GPUs as one model sees them, in the order of the mix.
#[derive(Debug, Clone, PartialEq)]
struct OnModel {
    allowed: Vec<Packed>,
    /// Weights of the types that may not use the model.
    not_allowed: Vec<f64>,
}

/// What [`Mix::fragmentation`] needs of a type.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Packed {
    weight: f64,
    cpu_milli: u32,
    /// Where `demands` has the type's demand on GPUs, lanes counted through.
    demand: u32,
}

/// How many demands on GPUs are held against a node's gaps at once: what fills a vector register.
const LANES: usize = 8;

/// A mix of up to so many times [`LANES`] demands needs no allocation; openb has at most 4 times.
const GROUPS_ON_STACK: usize = 8;

/// Demands on GPUs; lanes that are not needed hold zeros.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Demands {
    gpu_milli: [u16; LANES],
    gpus: [u16; LANES],
}

/// How a node's gaps meet some [`Demands`].
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    /// Sum of the gaps too small, or of all gaps where too few are large enough.
    fragmented: [u16; LANES],
    /// 1 where enough gaps are large enough, else 0.
    has_gpu: [u16; LANES],
}

impl Mix {
    /// A mix of types in the order given, on nodes of these models.
    ///
    /// The order matters to the last bit (GPU-19). A model that is not listed is served by
    /// unrestricted types only.
    #[must_use]
    pub fn of_types(types: Vec<MixType>, models: Vec<String>) -> Mix {
        let cpu_only = types.iter().filter(|t| t.gpus == 0);
        let of_gpus = types.iter().filter(|t| t.gpus > 0);
        let demands: BTreeSet<(u16, u16)> = of_gpus.map(MixType::demand).collect();
        let demands: Vec<(u16, u16)> = demands.into_iter().collect();
        let names = models.iter().map(|model| Some(model.as_str()));
        Mix {
            cpu_only: cpu_only.map(|t| (t.cpu_milli, t.weight)).collect(),
            by_model: names.chain([None]).map(|name| OnModel::of(&types, &demands, name)).collect(),
            demands: demands.chunks(LANES).map(Demands::of).collect(),
            types,
            models,
        }
    }

    /// The types, most frequent first.
    #[must_use]
    pub fn types(&self) -> &[MixType] {
        &self.types
    }

    /// The id of a model, for nodes of that model. The empty name stands for a node without GPUs.
    #[must_use]
    pub fn model_id(&self, model: &str) -> ModelId {
        let index = self.models.iter().position(|m| m == model);
        ModelId(index.unwrap_or(self.models.len()))
    }

    /// The fragmentation `F` of a node, in 1/1000 GPU (GPU-17 to GPU-19).
    ///
    /// `cpu_free` is the free CPU in 1/1000 core; `gpus_free` holds, for each GPU, what is free of
    /// it, 0 to 1000, in any order.
    ///
    /// For each type `t` of the mix, all idle GPUs count as fragmented if `t` is CPU-only, may not
    /// use the model, lacks CPU or lacks GPUs; otherwise the gaps too small for it do. Memory is
    /// ignored. `F` is the mean over the types, by weight.
    ///
    /// # Exactness
    /// The terms are added in the order of GPU-19, so that two programs get the same bits: whether a
    /// change of `F` is exactly 0 decides between two scores (GPU-26).
    ///
    /// # Cost
    /// O(types + different demands · GPUs), 0.1 µs for the mix of `default`; allocates nothing unless
    /// there are more than 64 different demands on GPUs.
    #[must_use]
    pub fn fragmentation(&self, cpu_free: u32, gpus_free: &[u16], model: ModelId) -> f64 {
        let mut stack = [Met::default(); GROUPS_ON_STACK];
        let mut heap;
        let met = if self.demands.len() <= GROUPS_ON_STACK {
            &mut stack[..self.demands.len()]
        } else {
            heap = vec![Met::default(); self.demands.len()];
            &mut heap[..]
        };
        for (met, demands) in met.iter_mut().zip(&self.demands) {
            *met = demands.met_by(gpus_free);
        }
        let on_model = &self.by_model[model.0.min(self.models.len())];
        let idle_milli = idle_milli(gpus_free);
        let mut buckets = Buckets::default();
        buckets.add_cpu_only(&self.cpu_only, cpu_free, idle_milli);
        buckets.add_not_allowed(&on_model.not_allowed, idle_milli);
        buckets.add_allowed(&on_model.allowed, met, cpu_free, idle_milli);
        buckets.fragmented()
    }
}

impl MixType {
    /// Milli of each GPU, and number of GPUs. Out of 16 bits in a mix made by hand only: no node
    /// meets such a demand.
    fn demand(&self) -> (u16, u16) {
        let narrow = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
        (narrow(self.gpu_milli), narrow(self.gpus))
    }
}

/// The partial sums of GPU-19. Its bucket 2, what satisfied types can use, is no part of `F`.
///
/// Each is summed in the order of the mix; that they are summed in separate loops, and that zeros
/// are added where a type is of another bucket, changes no bit of them.
#[derive(Debug, Default)]
struct Buckets {
    /// Bucket 0.
    lacks_both: f64,
    /// Bucket 1, with the gaps too small for satisfied types.
    lacks_gpu: f64,
    /// Bucket 3.
    lacks_cpu: f64,
    /// Bucket 4: idle GPUs count as fragmented here too (GPU-18).
    cpu_only_fits: f64,
    /// Bucket 5.
    cpu_only_lacks_cpu: f64,
    /// Bucket 6.
    model_not_allowed: f64,
}

impl Buckets {
    fn add_cpu_only(&mut self, types: &[(u32, f64)], cpu_free: u32, idle_milli: u16) {
        let idle = f64::from(idle_milli);
        for &(cpu_milli, weight) in types {
            let has_cpu = cpu_milli <= cpu_free;
            self.cpu_only_fits += only_if(has_cpu, weight * idle);
            self.cpu_only_lacks_cpu += only_if(!has_cpu, weight * idle);
        }
    }

    fn add_not_allowed(&mut self, weights: &[f64], idle_milli: u16) {
        let idle = f64::from(idle_milli);
        for weight in weights {
            self.model_not_allowed += weight * idle;
        }
    }

    fn add_allowed(&mut self, types: &[Packed], met: &[Met], cpu_free: u32, idle_milli: u16) {
        for t in types {
            let (group, lane) = (t.demand as usize / LANES, t.demand as usize % LANES);
            let has_cpu = t.cpu_milli <= cpu_free;
            let has_gpu = met[group].has_gpu[lane] == 1;
            let fragmented = if has_cpu { met[group].fragmented[lane] } else { idle_milli };
            let term = t.weight * f64::from(fragmented);
            self.lacks_both += only_if(!has_cpu & !has_gpu, term);
            self.lacks_gpu += only_if(has_cpu, term);
            self.lacks_cpu += only_if(!has_cpu & has_gpu, term);
        }
    }

    fn fragmented(&self) -> f64 {
        self.lacks_both
            + self.lacks_gpu
            + self.lacks_cpu
            + self.cpu_only_fits
            + self.cpu_only_lacks_cpu
            + self.model_not_allowed
    }
}

impl OnModel {
    /// `None` is a node without a model that any type names. `demands` has those of all types,
    /// sorted.
    fn of(types: &[MixType], demands: &[(u16, u16)], model: Option<&str>) -> Self {
        let allows =
            |t: &&MixType| t.models.is_empty() || model.is_some_and(|model| t.models.iter().any(|m| m == model));
        let pack = |t: &MixType| Packed {
            weight: t.weight,
            cpu_milli: t.cpu_milli,
            demand: demands.partition_point(|demand| *demand < t.demand()) as u32,
        };
        let (allowed, not_allowed): (Vec<&MixType>, Vec<&MixType>) =
            types.iter().filter(|t| t.gpus > 0).partition(allows);
        OnModel {
            allowed: allowed.into_iter().map(pack).collect(),
            not_allowed: not_allowed.iter().map(|t| t.weight).collect(),
        }
    }
}

impl Demands {
    /// At most [`LANES`] demands: milli of each GPU, number of GPUs.
    fn of(demands: &[(u16, u16)]) -> Self {
        let mut lanes = Demands::default();
        for (lane, (gpu_milli, gpus)) in demands.iter().enumerate() {
            lanes.gpu_milli[lane] = *gpu_milli;
            lanes.gpus[lane] = *gpus;
        }
        lanes
    }

    fn met_by(&self, gpus_free: &[u16]) -> Met {
        let mut usable = [0u16; LANES];
        let mut too_small = [0u16; LANES];
        for &gap in gpus_free {
            for lane in 0..LANES {
                let fits = gap >= self.gpu_milli[lane];
                usable[lane] = usable[lane].saturating_add(u16::from(fits));
                too_small[lane] = too_small[lane].saturating_add(if fits { 0 } else { gap });
            }
        }
        let idle = idle_milli(gpus_free);
        let mut met = Met::default();
        for lane in 0..LANES {
            let has_gpu = usable[lane] >= self.gpus[lane];
            met.has_gpu[lane] = u16::from(has_gpu);
            met.fragmented[lane] = if has_gpu { too_small[lane] } else { idle };
        }
        met
    }
}

/// The sum of the gaps (`L`). The 64 GPUs that a node may have stay within 16 bits.
fn idle_milli(gpus_free: &[u16]) -> u16 {
    debug_assert!(gpus_free.len() <= GPUS_MAX as usize);
    gpus_free.iter().fold(0, |idle, gap| idle.saturating_add(*gap))
}

/// The term or 0, without a branch: conditions here are as good as random.
fn only_if(condition: bool, term: f64) -> f64 {
    f64::from_bits(term.to_bits() & u64::from(condition).wrapping_neg())
}

#[cfg(test)]
mod tests;
