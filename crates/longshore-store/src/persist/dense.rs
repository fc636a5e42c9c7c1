//! Which slots belong to which owner: allocations by job, by evaluation, evaluations by job.
//!
//! One ordered map from (owner, slot / 64) to a word of bits: a thousand consecutive slots are sixteen words.

use super::btree::OrdMap;

/// Sets of slots by owner. `Clone` is O(1).
#[derive(Clone, Debug, Default)]
pub(crate) struct SlotSets {
    words: OrdMap<(u32, u32), u64>,
}

impl SlotSets {
    /// Adds a slot to an owner's set.
    pub(crate) fn insert(&mut self, owner: u32, slot: u32) {
        let (key, bit) = ((owner, slot / 64), 1 << (slot % 64));
        match self.words.get_mut(&key) {
            Some(word) => *word |= bit,
            None => {
                self.words.insert(key, bit);
            }
        }
    }

    /// Adds slots that follow each other: a word for each 64 of them, not a look for each.
    pub(crate) fn insert_range(&mut self, owner: u32, slots: std::ops::Range<u32>) {
        let mut from = slots.start;
        while from < slots.end {
            let until = slots.end.min((from / 64 + 1) * 64);
            let bits = (u64::MAX >> (64 - (until - from))) << (from % 64);
            let key = (owner, from / 64);
            match self.words.get_mut(&key) {
                Some(word) => *word |= bits,
                None => drop(self.words.insert(key, bits)),
            }
            from = until;
        }
    }

    /// Takes a slot out of an owner's set.
    pub(crate) fn remove(&mut self, owner: u32, slot: u32) {
        let (key, bit) = ((owner, slot / 64), 1u64 << (slot % 64));
        if let Some(word) = self.words.get_mut(&key) {
            *word &= !bit;
            if *word == 0 {
                self.words.remove(&key);
            }
        }
    }

    /// Whether a slot is in an owner's set.
    pub(crate) fn contains(&self, owner: u32, slot: u32) -> bool {
        self.words.get(&(owner, slot / 64)).is_some_and(|word| word & 1 << (slot % 64) != 0)
    }

    /// How many slots all sets have.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|(_, word)| word.count_ones() as usize).sum()
    }

    /// An owner's slots, ascending: creation order.
    pub(crate) fn of(&self, owner: u32) -> impl Iterator<Item = u32> {
        self.words
            .range_from(&(owner, 0))
            .take_while(move |((of, _), _)| *of == owner)
            .flat_map(|((_, chunk), word)| Bits(*word).map(move |bit| chunk * 64 + bit))
    }
}

/// The set bits of a word, ascending.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let bit = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(bit)
    }
}
