//! The greatest of many keys, kept current, for many groups of keys at once: 8-ary tournaments in one arena.
//!
//! A *cell* is a group of consecutive positions, in slot order. Its leaves are keys; every inner node is the maximum of
//! its eight children. Changing a leaf costs one pass of O(log₈ n) maxima; the winner is the *leftmost* leaf equal to the
//! root, found on the way down. Leftmost means oldest: slots are given in creation order, so ties go to the oldest node.
//!
//! Invariants:
//! 1. A cell of one key is that key alone. Any other is padded to whole groups of eight on every level but the top;
//!    padding is [`ABSENT`].
//! 2. A key on level `i + 1` is the maximum of the eight below it; the top level has one key.

/// A key below every other: no candidate here.
pub(crate) const ABSENT: i64 = i64::MIN;

const WIDTH: usize = 8;

/// Where a cell's keys stand: cells in order, each with the position of its first leaf.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plots {
    /// First leaf position of each cell, and the number of all positions.
    leaves: Vec<u32>,
    /// Start of each cell in the arena, and the arena's length.
    starts: Vec<u32>,
}

impl Plots {
    /// Cells of these sizes.
    pub(crate) fn of(sizes: impl IntoIterator<Item = usize>) -> Plots {
        let mut plots = Plots { leaves: vec![0], starts: vec![0] };
        let (mut leaf, mut start) = (0, 0);
        for size in sizes {
            leaf += size;
            start += levels(size).map(|(_, width)| width).sum::<usize>();
            plots.leaves.push(leaf as u32);
            plots.starts.push(start as u32);
        }
        plots
    }

    /// Positions in all.
    pub(crate) fn len(&self) -> usize {
        self.leaves.last().map_or(0, |len| *len as usize)
    }

    fn arena(&self) -> usize {
        self.starts.last().map_or(0, |len| *len as usize)
    }

    /// The positions of a cell.
    pub(crate) fn positions(&self, cell: usize) -> std::ops::Range<usize> {
        self.leaves[cell] as usize..self.leaves[cell + 1] as usize
    }

    /// The cell of a position. O(log cells).
    pub(crate) fn cell_of(&self, position: usize) -> usize {
        self.leaves.partition_point(|first| *first as usize <= position) - 1
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        (self.leaves.capacity() + self.starts.capacity()) * size_of::<u32>()
    }
}

/// The levels of a cell from the leaves up: where each begins within it, and how wide it is.
fn levels(size: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut next = match size {
        0 => None,
        1 => Some((0, 1)),
        _ => Some((0, size.next_multiple_of(WIDTH))),
    };
    std::iter::from_fn(move || {
        let (start, width) = next?;
        let above = match width / WIDTH {
            0 => None,
            1 => Some(1),
            more => Some(more.next_multiple_of(WIDTH)),
        };
        next = above.map(|above| (start + width, above));
        Some((start, width))
    })
}

/// Keys by cell and position, with the greatest of each cell at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forest {
    keys: Vec<i64>,
}

impl Forest {
    /// Replaces all keys, keeping memory; `keys` are in order of position. O(n).
    pub(crate) fn build(&mut self, plots: &Plots, mut keys: impl Iterator<Item = i64>) {
        self.keys.clear();
        self.keys.resize(plots.arena(), ABSENT);
        for cell in 0..plots.starts.len() - 1 {
            let size = plots.positions(cell).len();
            let tree = &mut self.keys[plots.starts[cell] as usize..plots.starts[cell + 1] as usize];
            tree.iter_mut().zip(keys.by_ref().take(size)).for_each(|(place, key)| *place = key);
            for ((below, width), (above, _)) in levels(size).zip(levels(size).skip(1)) {
                for group in 0..width / WIDTH {
                    tree[above + group] = max8(&tree[below + group * WIDTH..below + (group + 1) * WIDTH]);
                }
            }
        }
    }

    /// Makes every key absent.
    pub(crate) fn clear(&mut self, plots: &Plots) {
        self.keys.clear();
        self.keys.resize(plots.arena(), ABSENT);
    }

    /// Whether it was built.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Changes one key. O(log n), less if a greater sibling hides the change.
    pub(crate) fn set(&mut self, plots: &Plots, cell: usize, position: usize, key: i64) {
        let positions = plots.positions(cell);
        let tree = &mut self.keys[plots.starts[cell] as usize..];
        let (mut at, mut key) = (position - positions.start, key);
        for (start, width) in levels(positions.len()) {
            if std::mem::replace(&mut tree[start + at], key) == key || width == 1 {
                return;
            }
            at /= WIDTH;
            key = max8(&tree[start + at * WIDTH..start + (at + 1) * WIDTH]);
        }
    }

    /// The leftmost position of a cell with its greatest key, unless all are absent.
    pub(crate) fn best(&self, plots: &Plots, cell: usize) -> Option<(usize, i64)> {
        let positions = plots.positions(cell);
        let tree = &self.keys[plots.starts[cell] as usize..plots.starts[cell + 1] as usize];
        let key = *tree.last()?;
        if key == ABSENT {
            return None;
        }
        // Widths of levels below a billion leaves: ten are plenty.
        let mut below = [0usize; 12];
        let mut depth = 0;
        for (start, width) in levels(positions.len()) {
            if width > 1 {
                below[depth] = start;
                depth += 1;
            }
        }
        let mut at = 0;
        for start in below[..depth].iter().rev() {
            let children = &tree[start + at * WIDTH..start + (at + 1) * WIDTH];
            at = at * WIDTH + children.iter().position(|child| *child == key).unwrap_or(0);
        }
        Some((positions.start + at, key))
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<i64>()
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
            cells in prop::collection::vec(prop::collection::vec(prop_oneof![Just(ABSENT), -3..3i64], 0..90), 0..8),
            wide in prop::collection::vec(-3..3i64, 0..700),
            changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(ABSENT), -3..3i64]), 0..200),
        ) {
            let mut twin: Vec<Vec<i64>> = cells;
            twin.push(wide);
            let plots = Plots::of(twin.iter().map(Vec::len));
            let mut forest = Forest::default();
            forest.build(&plots, twin.iter().flatten().copied());
            let check = |forest: &Forest, twin: &[Vec<i64>]| {
                for (cell, keys) in twin.iter().enumerate() {
                    let start = plots.positions(cell).start;
                    let found = forest.best(&plots, cell).map(|(position, key)| (position - start, key));
                    assert_eq!(found, twin_best(keys));
                }
            };
            check(&forest, &twin);
            for (at, key) in changes {
                if plots.len() == 0 { break; }
                let at = at.index(plots.len());
                let cell = (0..twin.len()).find(|cell| plots.positions(*cell).contains(&at)).unwrap();
                twin[cell][at - plots.positions(cell).start] = key;
                forest.set(&plots, cell, at, key);
                check(&forest, &twin);
            }
        }
    }
}
