//! Policies: which fitting node is best, and which instances of its devices to take.
//!
//! A [`Policy`] is a [`Scorer`], a [`Chooser`] and any number of [`Filter`]s of the host's own. The ten built-in ones
//! are those of the GPU packing benchmark (`fgd`, `best-fit`, …); `bin-pack` and `spread` are also the reference's
//! own two algorithms.

mod chooser;
mod fgd;
mod fit;
mod gpu;
mod random;

use std::sync::Arc;

use thiserror::Error;

pub use chooser::{Loosest, Tightest};
pub use fgd::{Fgd, TypicalTask};
pub(crate) use fit::thinning;
pub use fit::{Algorithm, BestFit, BinPack, FirstFit, Spread, WorstFit};
pub use gpu::{DotProduct, GpuClustering, GpuPacking};
pub use random::Random;

use crate::ask::{Ask, DeviceAsk};
use crate::filter::Filter;
use crate::fleet::NodeView;

/// What one placement knows besides the ask.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Occasion {
    /// A number unlike that of any other placement, derived from the evaluation; the source of all chance.
    pub nonce: u64,
}

/// Ranks nodes that fit: the highest score wins, the oldest node among equals.
///
/// Scores lie within ±65,536 and are compared in steps of 2⁻³⁶; a NaN ranks last. A score may depend on the ask and on
/// what the [`NodeView`] shows, on nothing else: it is kept until the node changes.
///
/// ```
/// use longshore_placement::{Ask, NodeView, policy::{Occasion, Scorer}};
/// /// Prefers nodes with the most free memory.
/// #[derive(Debug)]
/// struct Roomy;
/// impl Scorer for Roomy {
///     fn score(&self, _: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
///         node.free().memory as f64 / node.capacity().memory.max(1) as f64
///     }
/// }
/// ```
pub trait Scorer: std::fmt::Debug + Send + Sync {
    /// The score of a node that fits, in its state before the placement.
    fn score(&self, ask: &Ask, node: &NodeView<'_>, occasion: Occasion) -> f64;

    /// Which of the reference's own two ways to rank it is, if it is one of them. All other scores, affinities and spreads
    /// among them, are then averaged with this one (PLACE-88). A score of one's own decides alone (GPU-14).
    fn algorithm(&self) -> Option<Algorithm> {
        None
    }

    /// Whether scores depend on the occasion. They are then computed anew for every placement.
    fn by_chance(&self) -> bool {
        false
    }
}

/// Chooses among the instances of a device group for a request that takes a share of one.
///
/// Whole instances are not a matter of choice: the first free ones are taken (GPU-15, PLACE-73).
pub trait Chooser: std::fmt::Debug + Send + Sync {
    /// The position in `free` of the instance to use; `free[i] >= request.share` holds for at least one.
    /// An answer that does not fit is replaced by the first that does.
    fn choose(&self, ask: &Ask, request: &DeviceAsk, node: &NodeView<'_>, free: &[u16], occasion: Occasion) -> usize;
}

/// A way to place: a scorer, a chooser, and filters of the host's own.
#[derive(Clone, Debug)]
pub struct Policy {
    name: String,
    scorer: Arc<dyn Scorer>,
    chooser: Arc<dyn Chooser>,
    filters: Vec<Arc<dyn Filter>>,
}

/// The names of the built-in policies, in the order of the benchmark's table.
pub const BUILTIN: [&str; 10] = [
    "random",
    "dot-product",
    "gpu-clustering",
    "gpu-packing",
    "best-fit",
    "fgd",
    "first-fit",
    "worst-fit",
    "bin-pack",
    "spread",
];

/// No such policy.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("there is no policy {asked:?}; the built-in ones are {}", BUILTIN.join(", "))]
pub struct UnknownPolicy {
    /// The name asked for.
    pub asked: String,
}

impl Policy {
    /// A policy of one's own.
    pub fn new(name: impl Into<String>, scorer: impl Scorer + 'static, chooser: impl Chooser + 'static) -> Policy {
        Policy { name: name.into(), scorer: Arc::new(scorer), chooser: Arc::new(chooser), filters: Vec::new() }
    }

    /// Adds a filter.
    pub fn filter(mut self, filter: impl Filter + 'static) -> Policy {
        self.filters.push(Arc::new(filter));
        self
    }

    /// A built-in policy by its name. `typical` is the mix of tasks that `fgd` measures fragmentation by; the others
    /// pass it over.
    ///
    /// # Errors
    /// [`UnknownPolicy`], naming those there are.
    pub fn builtin(name: &str, typical: &[TypicalTask]) -> Result<Policy, UnknownPolicy> {
        Ok(match name {
            "random" => Policy::new(name, Random, Random),
            "dot-product" => Policy::new(name, DotProduct, Tightest),
            "gpu-clustering" => Policy::new(name, GpuClustering, Tightest),
            "gpu-packing" => Policy::new(name, GpuPacking, Tightest),
            "best-fit" => Policy::new(name, BestFit, Tightest),
            "fgd" => {
                let fgd = Fgd::new(typical);
                Policy::new(name, fgd.clone(), fgd)
            }
            "first-fit" => Policy::new(name, FirstFit, Tightest),
            "worst-fit" => Policy::new(name, WorstFit, Loosest),
            "bin-pack" => Policy::new(name, BinPack, Tightest),
            "spread" => Policy::new(name, Spread, Loosest),
            _ => return Err(UnknownPolicy { asked: name.into() }),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its scorer.
    pub fn scorer(&self) -> &dyn Scorer {
        &*self.scorer
    }

    /// Its chooser of device instances.
    pub fn chooser(&self) -> &dyn Chooser {
        &*self.chooser
    }

    pub(crate) fn filters(&self) -> &[Arc<dyn Filter>] {
        &self.filters
    }
}

impl Default for Policy {
    /// `bin-pack`, as the reference's initial configuration has it.
    fn default() -> Policy {
        Policy::new("bin-pack", BinPack, Tightest)
    }
}

/// Rounds toward zero, as the published simulator's integer scores do.
fn int(x: f64) -> f64 {
    x.trunc()
}

/// The device request that the benchmark's policies look at, as (count, share): the first; a benchmark task has no more.
fn request(ask: &Ask) -> (u32, u16) {
    ask.devices.first().map_or((0, 0), |device| (device.count, device.share))
}
