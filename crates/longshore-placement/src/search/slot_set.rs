//! A set of slots: a bit each.

use crate::fleet::Slot;

/// Which of the slots from zero to [`len`](SlotSet::len) are in. Bits beyond are zero.
#[derive(Debug, Default)]
pub(super) struct SlotSet {
    words: Vec<u64>,
    len: usize,
}

impl SlotSet {
    /// Makes it that of so many slots, with those for which the iterator says so.
    pub(super) fn refill(&mut self, is_in: impl Iterator<Item = bool>) {
        self.clear();
        let (mut word, mut len) = (0, 0);
        for is_in in is_in {
            word |= u64::from(is_in) << (len % 64);
            len += 1;
            if len % 64 == 0 {
                self.words.push(std::mem::take(&mut word));
            }
        }
        if len % 64 != 0 {
            self.words.push(word);
        }
        self.len = len;
    }

    /// Makes it a set of no slots; its room is kept.
    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.len = 0;
    }

    /// How many slots it tells of.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn contains(&self, slot: Slot) -> bool {
        self.words.get(slot.index() / 64).is_some_and(|word| word >> (slot.index() % 64) & 1 == 1)
    }

    /// Takes one of its slots in, or out.
    pub(super) fn set(&mut self, slot: Slot, is_in: bool) {
        debug_assert!(slot.index() < self.len, "{slot:?} of {}", self.len);
        let bit = 1 << (slot.index() % 64);
        let word = &mut self.words[slot.index() / 64];
        *word = if is_in { *word | bit } else { *word & !bit };
    }

    /// Those that are in, ascending.
    pub(super) fn iter(&self) -> Slots<'_> {
        Slots { words: &self.words, at: 0, left: self.words.first().copied().unwrap_or(0) }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

/// The slots of a set, ascending.
pub(super) struct Slots<'a> {
    words: &'a [u64],
    at: usize,
    /// What is left of the word there.
    left: u64,
}

impl Iterator for Slots<'_> {
    type Item = Slot;

    #[inline]
    fn next(&mut self) -> Option<Slot> {
        while self.left == 0 {
            self.at += 1;
            self.left = *self.words.get(self.at)?;
        }
        let bit = self.left.trailing_zeros();
        self.left &= self.left - 1;
        Some(Slot(self.at as u32 * 64 + bit))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The twin: a truth value a slot.
        #[test]
        fn a_bit_each(
            mut twin in prop::collection::vec(any::<bool>(), 1..300),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..50),
        ) {
            let mut set = SlotSet::default();
            set.refill(twin.iter().copied());
            for (at, is_in) in changes {
                let at = at.index(twin.len());
                twin[at] = is_in;
                set.set(Slot(at as u32), is_in);
            }
            let of_twin = |at: &u32| twin[*at as usize];
            prop_assert_eq!(set.len(), twin.len());
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), (0..twin.len() as u32).filter(of_twin).map(Slot).collect::<Vec<_>>());
            prop_assert!((0..400).all(|at| set.contains(Slot(at)) == twin.get(at as usize).copied().unwrap_or(false)));
        }
    }
}
