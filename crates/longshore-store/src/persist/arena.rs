//! An append-only vector with O(1) clones: where rows live.
//!
//! A trie over slots: leaves of 32 rows kept inline, inner nodes 16 wide, all shared by reference counts. A slot is
//! given once and never again, so slot order is creation order. Writing copies only the path that a clone shares.
//!
//! Invariants:
//! 1. `len` slots have been given; slots at or above it hold nothing.
//! 2. Every leaf lies at the same depth; `height` inner levels stand above the leaves.
//! 3. `live` is the number of slots that hold a row.

use std::sync::Arc;

const LEAF: usize = 32;
const WIDTH: usize = 16;

/// Rows by slot. `Clone` is O(1); the first write after it copies a path.
#[derive(Clone, Debug)]
pub(crate) struct Arena<T> {
    root: Option<Arc<Node<T>>>,
    height: u32,
    len: u32,
    live: u32,
}

#[derive(Clone, Debug)]
enum Node<T> {
    Leaf([Option<T>; LEAF]),
    Inner([Option<Arc<Node<T>>>; WIDTH]),
}

impl<T> Node<T> {
    fn empty_leaf() -> Node<T> {
        Node::Leaf([const { None }; LEAF])
    }

    fn empty_inner() -> Node<T> {
        Node::Inner([const { None }; WIDTH])
    }
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena { root: None, height: 0, len: 0, live: 0 }
    }
}

/// How many slots a subtree of this height spans.
const fn span(height: u32) -> usize {
    LEAF * WIDTH.pow(height)
}

impl<T: Clone> Arena<T> {
    /// Puts a row into the next slot.
    ///
    /// # Panics
    /// Never in practice: four thousand million rows would have to be written first (renumber long before).
    pub(crate) fn push(&mut self, row: T) -> u32 {
        let slot = self.len;
        let root = self.root.get_or_insert_with(|| Arc::new(Node::empty_leaf()));
        if slot as usize == span(self.height) {
            let mut above = Node::empty_inner();
            if let Node::Inner(children) = &mut above {
                children[0] = Some(root.clone());
            }
            *root = Arc::new(above);
            self.height += 1;
        }
        let mut node = self.root.as_mut();
        let mut at = slot as usize;
        let mut height = self.height;
        while let Some(current) = node.take() {
            match Arc::make_mut(current) {
                Node::Leaf(rows) => {
                    rows[at] = Some(row);
                    break;
                }
                Node::Inner(children) => {
                    height -= 1;
                    let child = &mut children[at / span(height)];
                    at %= span(height);
                    node = Some(child.get_or_insert_with(|| {
                        Arc::new(if height == 0 { Node::empty_leaf() } else { Node::empty_inner() })
                    }));
                }
            }
        }
        self.len += 1;
        self.live += 1;
        slot
    }

    /// Puts rows into the next slots; answers which. The path to a leaf is walked once for its 32 rows.
    pub(crate) fn extend(&mut self, rows: impl IntoIterator<Item = T>) -> std::ops::Range<u32> {
        let first = self.len;
        let mut rows = rows.into_iter();
        while let Some(row) = rows.next() {
            let slot = self.push(row);
            let room = LEAF - 1 - slot as usize % LEAF;
            let Some(leaf) = self.leaf(slot) else { break };
            let mut filled = 0;
            for (place, row) in leaf[LEAF - room..].iter_mut().zip(rows.by_ref().take(room)) {
                *place = Some(row);
                filled += 1;
            }
            self.len += filled;
            self.live += filled;
        }
        first..self.len
    }

    /// The row of a slot, to be changed in place; copies what clones share.
    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        self.place(slot)?.as_mut()
    }

    /// Empties a slot; it is not given again.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<T> {
        self.get(slot)?;
        let row = self.place(slot)?.take();
        self.live -= 1;
        row
    }

    fn place(&mut self, slot: u32) -> Option<&mut Option<T>> {
        self.leaf(slot).map(|rows| &mut rows[slot as usize % LEAF])
    }

    /// The leaf that holds a slot, to be changed.
    fn leaf(&mut self, slot: u32) -> Option<&mut [Option<T>; LEAF]> {
        let mut node = Arc::make_mut(self.root.as_mut()?);
        let mut at = slot as usize;
        let mut height = self.height;
        if at >= span(height) {
            return None;
        }
        loop {
            match node {
                Node::Leaf(rows) => return Some(rows),
                Node::Inner(children) => {
                    height -= 1;
                    node = Arc::make_mut(children[at / span(height)].as_mut()?);
                    at %= span(height);
                }
            }
        }
    }
}

impl<T> Arena<T> {
    /// The row of a slot.
    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        let mut node = &**self.root.as_ref()?;
        let mut at = slot as usize;
        let mut height = self.height;
        if at >= span(height) {
            return None;
        }
        loop {
            match node {
                Node::Leaf(rows) => return rows[at].as_ref(),
                Node::Inner(children) => {
                    height -= 1;
                    node = children[at / span(height)].as_ref()?;
                    at %= span(height);
                }
            }
        }
    }

    /// Rows held.
    pub(crate) fn live(&self) -> usize {
        self.live as usize
    }

    /// Slots given so far.
    pub(crate) fn slots(&self) -> u32 {
        self.len
    }

    /// Rows with their slots, in creation order. Holes cost a look each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..self.len).filter_map(|slot| Some((slot, self.get(slot)?)))
    }
}
