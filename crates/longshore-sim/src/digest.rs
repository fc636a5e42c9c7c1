//! A hash over the decisions of a run: two runs with one digest decided alike.

use xxhash_rust::xxh3::Xxh3;

/// The decision digest (GPU-42), fed once per arrival.
///
/// What is hashed (XXH3, 64 bits) for each arrival, every number as four bytes, lowest first:
/// the arrival's number, its row, the node's number in file order or 2³² − 1 if it was refused, the
/// count of GPUs, and their indexes in ascending order, from 0.
///
/// # Example: the digest knows a refusal from a placement
/// ```
/// use longshore_sim::digest::DecisionDigest;
///
/// let mut placed = DecisionDigest::new();
/// placed.decided(255, Some((7, &[0, 1])));
/// let mut refused = DecisionDigest::new();
/// refused.decided(255, None);
/// assert_ne!(placed.value(), refused.value());
/// ```
#[derive(Clone, Default)]
pub struct DecisionDigest {
    arrivals: u32,
    hash: Xxh3,
}

/// The number that stands for "no node".
const REFUSED: u32 = u32::MAX;

impl DecisionDigest {
    /// The digest of no decision.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the decision on the next arrival: the row that arrived and, if it was placed, the
    /// node's number and the indexes of its GPUs, ascending.
    pub fn decided(&mut self, row: u32, place: Option<(u32, &[u32])>) {
        let (node, gpus) = place.unwrap_or((REFUSED, &[]));
        // A node has at most 64 GPUs.
        for number in [self.arrivals, row, node, gpus.len() as u32] {
            self.hash.update(&number.to_le_bytes());
        }
        for gpu in gpus {
            self.hash.update(&gpu.to_le_bytes());
        }
        self.arrivals = self.arrivals.wrapping_add(1);
    }

    /// The digest of the decisions so far.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.hash.digest()
    }
}

impl std::fmt::Debug for DecisionDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecisionDigest")
            .field("arrivals", &self.arrivals)
            .field("value", &format_args!("{:016x}", self.value()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Arrival<'a> = (u32, Option<(u32, &'a [u32])>);

    fn digest(decisions: &[Arrival<'_>]) -> u64 {
        let mut digest = DecisionDigest::new();
        for (row, place) in decisions {
            digest.decided(*row, *place);
        }
        digest.value()
    }

    #[test]
    fn gpu_42_every_part_of_a_decision_counts() {
        let base = digest(&[(1, Some((2, &[3]))), (4, None)]);
        let others = [
            digest(&[(1, Some((2, &[3])))]),
            digest(&[(0, Some((2, &[3]))), (4, None)]),
            digest(&[(1, Some((1, &[3]))), (4, None)]),
            digest(&[(1, Some((2, &[4]))), (4, None)]),
            digest(&[(1, Some((2, &[]))), (4, None)]),
            digest(&[(1, Some((2, &[3]))), (4, Some((0, &[])))]),
            digest(&[(4, None), (1, Some((2, &[3])))]),
        ];
        assert!(others.iter().all(|other| *other != base));
    }

    /// If this fails, digests of old results can no longer be compared.
    #[test]
    fn gpu_42_the_digest_is_pinned() {
        assert_eq!(digest(&[(1, Some((2, &[3, 4]))), (5, None)]), PINNED);
    }

    const PINNED: u64 = 975_837_369_456_067_041;
}
