//! A stream of random numbers that is the same on every machine and in every version.
//!
//! The generator is ChaCha with 8 rounds; what turns its words into draws is written here, because
//! the algorithms of the `rand` crate may change between its versions.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A seeded stream of draws.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of a seed; nearby seeds give unrelated streams.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Stream(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from 0 to `bound` − 1, each equally likely; 0 if `bound` is 0.
    ///
    /// # Source
    /// Multiply and shift, with rejection of the products that would favour some numbers (Lemire,
    /// "Fast Random Integer Generation in an Interval", 2019).
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        let mut product = self.product(bound);
        if (product as u32) < bound {
            // 2³² mod bound: as many of the smallest low words are one too many.
            let excess = bound.wrapping_neg() % bound;
            while (product as u32) < excess {
                product = self.product(bound);
            }
        }
        (product >> 32) as u32
    }

    /// Shuffles the items, each order equally likely (Fisher and Yates, from the end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            // Lists here are counted in `u32`; a longer one would be shuffled in part only.
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            items.swap(last, self.below(bound) as usize);
        }
    }

    fn product(&mut self, bound: u32) -> u64 {
        u64::from(self.0.next_u32()) * u64::from(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, every draw of every seed has changed.
    #[test]
    fn the_stream_is_pinned() {
        let mut stream = Stream::seeded(42);
        let draws: Vec<u32> = (0..8).map(|_| stream.below(1000)).collect();
        let mut items: Vec<u32> = (0..10).collect();
        stream.shuffle(&mut items);
        assert_eq!((draws.as_slice(), items.as_slice()), (&PINNED_DRAWS[..], &PINNED_ORDER[..]));
    }

    const PINNED_DRAWS: [u32; 8] = [224, 681, 146, 950, 772, 427, 344, 627];
    const PINNED_ORDER: [u32; 10] = [3, 4, 8, 0, 9, 6, 1, 5, 2, 7];

    /// Each of the bound's numbers comes up as often as it should, within five deviations.
    #[test]
    fn draws_are_uniform() {
        const DRAWS: u32 = 200_000;
        let mut stream = Stream::seeded(1);
        for bound in [1, 2, 3, 7, 64, 1213] {
            let mut counts = vec![0u32; bound as usize];
            for _ in 0..DRAWS {
                counts[stream.below(bound) as usize] += 1;
            }
            let mean = f64::from(DRAWS) / f64::from(bound);
            let within = 5.0 * mean.sqrt() + 1e-9;
            assert!(counts.iter().all(|count| (f64::from(*count) - mean).abs() <= within));
        }
        assert_eq!(stream.below(0), 0);
    }

    /// A bound of 3·2³⁰ rejects a quarter of the words; without that, a third of the numbers would
    /// come twice as often.
    #[test]
    fn large_bounds_are_uniform_too() {
        const DRAWS: u32 = 30_000;
        let mut stream = Stream::seeded(2);
        let mut thirds = [0u32; 3];
        for _ in 0..DRAWS {
            thirds[(stream.below(3 << 30) >> 30) as usize] += 1;
        }
        assert!(thirds.iter().all(|count| count.abs_diff(DRAWS / 3) < 500));
    }

    #[test]
    fn all_orders_are_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        let mut stream = Stream::seeded(3);
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            stream.shuffle(&mut items);
            *counts.entry(items).or_insert(0u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        assert!(counts.values().all(|count| count.abs_diff(1000) < 160));
    }
}
