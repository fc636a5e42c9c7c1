//! The policies of the benchmark by name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A way of choosing among the nodes that fit a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// Any node that fits (GPU-20).
    Random,
    /// The least product of what is free and what is asked (GPU-21).
    DotProduct,
    /// Tasks of a kind together (GPU-22).
    GpuClustering,
    /// GPUs and nodes already in use first (GPU-23).
    GpuPacking,
    /// The least left over (GPU-24, GPU-25).
    BestFit,
    /// Fragmentation gradient descent (GPU-26, GPU-27).
    Fgd,
    /// The lowest rank (GPU-36).
    FirstFit,
    /// The most left over (GPU-37).
    WorstFit,
    /// The bin-pack score over CPU and memory (GPU-38).
    BinPack,
    /// The spread score over CPU and memory (GPU-39).
    Spread,
}

/// A name that is no policy's.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("no policy `{found}`; choose one of {}", Policy::ALL.map(Policy::name).join(", "))]
pub struct UnknownPolicy {
    /// The name.
    pub found: String,
}

impl Policy {
    /// All ten, the published ones first.
    pub const ALL: [Policy; 10] = [
        Policy::Random,
        Policy::DotProduct,
        Policy::GpuClustering,
        Policy::GpuPacking,
        Policy::BestFit,
        Policy::Fgd,
        Policy::FirstFit,
        Policy::WorstFit,
        Policy::BinPack,
        Policy::Spread,
    ];

    /// The six with published figures (§7), in the order of the tables.
    pub const PUBLISHED: [Policy; 6] =
        [Policy::Random, Policy::DotProduct, Policy::GpuClustering, Policy::GpuPacking, Policy::BestFit, Policy::Fgd];

    /// The name on the command line and in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Policy::Random => "random",
            Policy::DotProduct => "dot-product",
            Policy::GpuClustering => "gpu-clustering",
            Policy::GpuPacking => "gpu-packing",
            Policy::BestFit => "best-fit",
            Policy::Fgd => "fgd",
            Policy::FirstFit => "first-fit",
            Policy::WorstFit => "worst-fit",
            Policy::BinPack => "bin-pack",
            Policy::Spread => "spread",
        }
    }

    /// The name in the published figures, without its number; `None` for what is not published.
    #[must_use]
    pub const fn published_name(self) -> Option<&'static str> {
        match self {
            Policy::Random => Some("Random"),
            Policy::DotProduct => Some("DotProd"),
            Policy::GpuClustering => Some("GpuClustering"),
            Policy::GpuPacking => Some("GpuPacking"),
            Policy::BestFit => Some("BestFit"),
            Policy::Fgd => Some("FGD"),
            Policy::FirstFit | Policy::WorstFit | Policy::BinPack | Policy::Spread => None,
        }
    }

    /// The policy of a published name, with or without its number: `06-FGD`, `FGD`.
    #[must_use]
    pub fn of_published_name(name: &str) -> Option<Policy> {
        let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
        let mut policies = Policy::PUBLISHED.into_iter();
        policies.find(|policy| policy.published_name() == Some(name))
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        Policy::ALL
            .into_iter()
            .find(|policy| policy.name() == name)
            .ok_or_else(|| UnknownPolicy { found: crate::table::shortened(name.as_bytes()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for policy in Policy::ALL {
            assert_eq!(policy.name().parse(), Ok(policy));
            assert_eq!(
                policy.published_name().and_then(Policy::of_published_name),
                Policy::PUBLISHED.contains(&policy).then_some(policy)
            );
        }
        assert_eq!(Policy::of_published_name("02-DotProd"), Some(Policy::DotProduct));
        assert_eq!(Policy::of_published_name("07-Other"), None);
        let error = "fdg".parse::<Policy>().unwrap_err().to_string();
        assert!(error.starts_with("no policy `fdg`; choose one of random, dot-product,"));
    }
}
