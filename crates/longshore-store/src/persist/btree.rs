//! An ordered map with O(1) clones: a copy-on-write B+tree.
//!
//! Leaves hold sorted pairs, inner nodes the smallest key below each child. A full node splits; appending at the right
//! edge leaves the left node full. An emptied node is removed; thin nodes are not merged, which costs memory
//! after mass deletion and nothing else.
//!
//! Invariants:
//! 1. Keys rise strictly from left to right; no node but the root leaf is empty.
//! 2. An inner node's `first[i]` is a lower bound of child `i` and an upper bound (exclusive) of child `i - 1`.
//! 3. Every leaf lies at the same depth.

use std::borrow::Borrow;
use std::sync::Arc;

const WIDTH: usize = 64;

/// Values by key. `Clone` is O(1); the first write after it copies a path.
#[derive(Clone, Debug)]
pub(crate) struct OrdMap<K, V> {
    root: Arc<Node<K, V>>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<K, V> {
    Leaf(Vec<(K, V)>),
    Inner { first: Vec<K>, children: Vec<Arc<Node<K, V>>> },
}

impl<K, V> Default for OrdMap<K, V> {
    fn default() -> Self {
        OrdMap { root: Arc::new(Node::Leaf(Vec::new())), len: 0 }
    }
}

/// What an insertion below asks of the node above.
enum Inserted<K, V> {
    Replaced(V),
    Added,
    /// The child split: this goes right of it.
    Split(K, Arc<Node<K, V>>),
}

impl<K: Ord + Clone, V: Clone> OrdMap<K, V> {
    /// Puts a value; answers the one it replaced.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match insert(Arc::make_mut(&mut self.root), key, value) {
            Inserted::Replaced(old) => return Some(old),
            Inserted::Added => {}
            Inserted::Split(right_first, right) => {
                let left = self.root.clone();
                let left_first = smallest(&left).unwrap_or(&right_first).clone();
                self.root = Arc::new(Node::Inner { first: vec![left_first, right_first], children: vec![left, right] });
            }
        }
        self.len += 1;
        None
    }

    /// Takes a value out.
    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.get(key)?;
        let old = remove(Arc::make_mut(&mut self.root), key);
        self.len -= usize::from(old.is_some());
        // A root with one child is a level too many; a root without any is an empty leaf again.
        while let Node::Inner { children, .. } = &*self.root {
            match children.as_slice() {
                [] => self.root = Arc::new(Node::Leaf(Vec::new())),
                [only] => self.root = only.clone(),
                _ => break,
            }
        }
        old
    }

    /// The value of a key, to be changed in place; copies what clones share.
    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.get(key)?;
        let mut node = Arc::make_mut(&mut self.root);
        loop {
            match node {
                Node::Leaf(pairs) => {
                    let at = pairs.binary_search_by(|(k, _)| k.borrow().cmp(key)).ok()?;
                    return Some(&mut pairs[at].1);
                }
                Node::Inner { first, children } => {
                    let at = child_of(first, key);
                    node = Arc::make_mut(&mut children[at]);
                }
            }
        }
    }
}

fn insert<K: Ord + Clone, V: Clone>(node: &mut Node<K, V>, key: K, value: V) -> Inserted<K, V> {
    match node {
        Node::Leaf(pairs) => {
            let at = match pairs.binary_search_by(|(k, _)| k.cmp(&key)) {
                Ok(at) => return Inserted::Replaced(std::mem::replace(&mut pairs[at].1, value)),
                Err(at) => at,
            };
            if pairs.len() < WIDTH {
                pairs.insert(at, (key, value));
                return Inserted::Added;
            }
            let mut right = pairs.split_off(split_point(at));
            if at > pairs.len() || right.is_empty() {
                let at = at - pairs.len();
                right.insert(at, (key, value));
            } else {
                pairs.insert(at, (key, value));
            }
            Inserted::Split(right[0].0.clone(), Arc::new(Node::Leaf(right)))
        }
        Node::Inner { first, children } => {
            let at = child_of(first, &key);
            if at == 0 && key < first[0] {
                first[0] = key.clone();
            }
            match insert(Arc::make_mut(&mut children[at]), key, value) {
                Inserted::Split(right_first, right) => insert_child(first, children, at + 1, right_first, right),
                done => done,
            }
        }
    }
}

fn insert_child<K: Clone, V>(
    first: &mut Vec<K>,
    children: &mut Vec<Arc<Node<K, V>>>,
    at: usize,
    key: K,
    child: Arc<Node<K, V>>,
) -> Inserted<K, V> {
    if children.len() < WIDTH {
        first.insert(at, key);
        children.insert(at, child);
        return Inserted::Added;
    }
    let split = split_point(at);
    let (mut right_first, mut right_children) = (first.split_off(split), children.split_off(split));
    if at > first.len() || right_first.is_empty() {
        let at = at - first.len();
        right_first.insert(at, key);
        right_children.insert(at, child);
    } else {
        first.insert(at, key);
        children.insert(at, child);
    }
    Inserted::Split(right_first[0].clone(), Arc::new(Node::Inner { first: right_first, children: right_children }))
}

/// Where a full node splits: in the middle, or at the end if the new entry is appended there.
const fn split_point(at: usize) -> usize {
    if at == WIDTH { WIDTH } else { WIDTH / 2 }
}

fn remove<K: Ord + Borrow<Q> + Clone, V: Clone, Q: Ord + ?Sized>(node: &mut Node<K, V>, key: &Q) -> Option<V> {
    match node {
        Node::Leaf(pairs) => {
            let at = pairs.binary_search_by(|(k, _)| k.borrow().cmp(key)).ok()?;
            Some(pairs.remove(at).1)
        }
        Node::Inner { first, children } => {
            let at = child_of(first, key);
            let old = remove(Arc::make_mut(&mut children[at]), key);
            if is_empty(&children[at]) {
                first.remove(at);
                children.remove(at);
            }
            old
        }
    }
}

fn is_empty<K, V>(node: &Node<K, V>) -> bool {
    match node {
        Node::Leaf(pairs) => pairs.is_empty(),
        Node::Inner { children, .. } => children.is_empty(),
    }
}

fn smallest<K, V>(node: &Node<K, V>) -> Option<&K> {
    match node {
        Node::Leaf(pairs) => pairs.first().map(|(key, _)| key),
        Node::Inner { first, .. } => first.first(),
    }
}

/// The child that holds the key if any does.
fn child_of<K: Borrow<Q>, Q: Ord + ?Sized>(first: &[K], key: &Q) -> usize {
    first.partition_point(|k| k.borrow() <= key).saturating_sub(1)
}

impl<K: Ord, V> OrdMap<K, V> {
    /// The value of a key.
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut node = &*self.root;
        loop {
            match node {
                Node::Leaf(pairs) => {
                    let at = pairs.binary_search_by(|(k, _)| k.borrow().cmp(key)).ok()?;
                    return Some(&pairs[at].1);
                }
                Node::Inner { first, children } => node = &children[child_of(first, key)],
            }
        }
    }

    /// Pairs held.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Pairs in key order.
    pub(crate) fn iter(&self) -> Range<'_, K, V> {
        Range { root: &self.root, pairs: leftmost(&self.root) }
    }

    /// Pairs with keys at or above `from`, in key order.
    pub(crate) fn range_from<Q: Ord + ?Sized>(&self, from: &Q) -> Range<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let (pairs, right) = leaf_of(&self.root, from);
        let rest = &pairs[pairs.partition_point(|(k, _)| k.borrow() < from)..];
        Range { root: &self.root, pairs: if rest.is_empty() { right.map_or(rest, leftmost) } else { rest } }
    }
}

/// A leaf's pairs, and the node right of its path.
type LeafOf<'a, K, V> = (&'a [(K, V)], Option<&'a Node<K, V>>);

/// The pairs of the leaf that holds a key if any does, and the node right of that leaf's path.
fn leaf_of<'a, K: Borrow<Q>, V, Q: Ord + ?Sized>(mut node: &'a Node<K, V>, key: &Q) -> LeafOf<'a, K, V> {
    let mut right = None;
    loop {
        match node {
            Node::Leaf(pairs) => return (pairs, right),
            Node::Inner { first, children } => {
                let at = child_of(first, key);
                right = children.get(at + 1).map(|child| &**child).or(right);
                node = &children[at];
            }
        }
    }
}

/// The pairs of the leaf furthest left below a node.
fn leftmost<K, V>(mut node: &Node<K, V>) -> &[(K, V)] {
    loop {
        match node {
            Node::Leaf(pairs) => return pairs,
            Node::Inner { children, .. } => node = &children[0],
        }
    }
}

/// An iterator over pairs in key order. It holds no path: at the end of a leaf the next is looked up from the root, so
/// that the many looks that end within a leaf allocate nothing.
#[derive(Debug)]
pub(crate) struct Range<'a, K, V> {
    root: &'a Node<K, V>,
    /// What is left of a leaf; empty only at the end.
    pairs: &'a [(K, V)],
}

impl<'a, K: Ord, V> Iterator for Range<'a, K, V> {
    type Item = (&'a K, &'a V);
    fn next(&mut self) -> Option<Self::Item> {
        let ((key, value), rest) = self.pairs.split_first()?;
        self.pairs = rest;
        if rest.is_empty() {
            self.pairs = leaf_of(self.root, key).1.map_or(rest, leftmost);
        }
        Some((key, value))
    }
}
