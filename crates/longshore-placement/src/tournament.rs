//! The greatest of many keys, kept current: an 8-ary tournament.
//!
//! Leaves are keys in slot order; every inner node is the maximum of its eight children. Changing a leaf costs one
//! pass of O(log₈ n) maxima; the winner is the *leftmost* leaf equal to the root, found on the way down. Leftmost means
//! oldest: slots are given in creation order, so ties go to the oldest node.
//!
//! Invariants:
//! 1. Level 0 has a multiple of eight keys; those beyond `len` are [`ABSENT`].
//! 2. `levels[i + 1][k]` is the maximum of `levels[i][8k .. 8k + 8]`; the top level has one key.

/// A key below every other: no candidate here.
pub(crate) const ABSENT: i64 = i64::MIN;

const WIDTH: usize = 8;

/// Keys by position, with the greatest at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tournament {
    /// From the leaves up. Empty if there are no keys.
    levels: Vec<Vec<i64>>,
    len: usize,
}

impl Tournament {
    /// Replaces all keys, keeping memory. O(n).
    pub(crate) fn build(&mut self, keys: impl ExactSizeIterator<Item = i64>) {
        self.len = keys.len();
        let mut depth = 0;
        self.fill(depth, keys);
        while self.levels[depth].len() > 1 {
            let below = std::mem::take(&mut self.levels[depth]);
            self.fill(depth + 1, below.chunks_exact(WIDTH).map(max8));
            self.levels[depth] = below;
            depth += 1;
        }
        self.levels.truncate(depth + 1);
    }

    /// Level 0 is padded to whole groups of eight; so is every level but the top.
    fn fill(&mut self, depth: usize, keys: impl Iterator<Item = i64>) {
        if self.levels.len() == depth {
            self.levels.push(Vec::new());
        }
        let level = &mut self.levels[depth];
        level.clear();
        level.extend(keys);
        if depth == 0 || level.len() > 1 {
            level.resize(level.len().max(1).next_multiple_of(WIDTH), ABSENT);
        }
    }

    /// Keys held.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The key at a position.
    #[cfg(test)]
    pub(crate) fn get(&self, at: usize) -> i64 {
        self.levels[0][at]
    }

    /// Changes one key. O(log n), less if a greater sibling hides the change.
    pub(crate) fn set(&mut self, at: usize, key: i64) {
        let mut at = at;
        let mut key = key;
        for level in 0..self.levels.len() {
            if std::mem::replace(&mut self.levels[level][at], key) == key {
                return;
            }
            if level + 1 == self.levels.len() {
                return;
            }
            at /= WIDTH;
            key = max8(&self.levels[level][at * WIDTH..(at + 1) * WIDTH]);
        }
    }

    /// The leftmost position with the greatest key, unless all are absent.
    pub(crate) fn best(&self) -> Option<(usize, i64)> {
        let key = *self.levels.last()?.first()?;
        if key == ABSENT {
            return None;
        }
        let mut at = 0;
        for level in self.levels.iter().rev().skip(1) {
            let children = &level[at * WIDTH..(at + 1) * WIDTH];
            at = at * WIDTH + children.iter().position(|child| *child == key).unwrap_or(0);
        }
        Some((at, key))
    }
}

/// The greatest of eight keys, without branches.
fn max8(keys: &[i64]) -> i64 {
    keys.iter().copied().fold(ABSENT, i64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn twin_best(keys: &[i64]) -> Option<(usize, i64)> {
        let best = *keys.iter().max()?;
        if best == ABSENT { None } else { Some((keys.iter().position(|key| *key == best)?, best)) }
    }

    proptest! {
        #[test]
        fn equals_a_scan(
            keys in proptest::collection::vec(prop_oneof![Just(ABSENT), -3..3i64], 0..700),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(ABSENT), -3..3i64]), 0..200),
        ) {
            let mut twin = keys;
            let mut tree = Tournament::default();
            tree.build(twin.iter().copied());
            prop_assert_eq!(tree.best(), twin_best(&twin));
            for (at, key) in changes {
                if twin.is_empty() { break; }
                let at = at.index(twin.len());
                twin[at] = key;
                tree.set(at, key);
                prop_assert_eq!(tree.best(), twin_best(&twin));
                prop_assert_eq!(tree.get(at), key);
            }
            prop_assert_eq!(tree.len(), twin.len());
        }
    }
}
