//! Small sets of small numbers.

/// A set of numbers below 192.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Set([u64; 3]);

impl Set {
    /// Adds a number; one that is too large is left out.
    pub(crate) fn insert(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// The smallest member that is not below `from`.
    pub(crate) fn at_or_after(&self, from: u32) -> Option<u32> {
        let first = from as usize / 64;
        (first..self.0.len()).find_map(|at| {
            let below = if at == first { (1u64 << (from % 64)) - 1 } else { 0 };
            let word = self.0.get(at)? & !below;
            (word != 0).then(|| at as u32 * 64 + word.trailing_zeros())
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0 == [0; 3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The same answers as the standard library's set gives.
        #[test]
        fn sets_are_sets(members in proptest::collection::btree_set(0u32..192, 0..12), from in 0u32..300) {
            let mut set = Set::default();
            members.iter().for_each(|member| set.insert(*member));
            prop_assert_eq!(set.contains(from), members.contains(&from));
            prop_assert_eq!(set.at_or_after(from), members.range(from..).next().copied());
            prop_assert_eq!(set.is_empty(), members.is_empty());
        }
    }
}
