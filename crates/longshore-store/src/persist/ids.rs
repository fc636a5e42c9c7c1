//! Slots by identifier, with O(1) clones: a copy-on-write radix trie over UUIDs, an ordered map for other texts.
//!
//! Random UUIDs spread evenly, so that a lookup passes two or three narrow nodes where a balanced tree would touch some
//! fifteen cache lines. Iterates in the order of the texts; what begins with a prefix is found without a scan.
//!
//! Invariants:
//! 1. Below an inner node at depth `d` all keys agree in their first `d` nibbles; child `i` holds those whose next is `i`.
//! 2. Leaves are sorted; one holds at most [`LEAF`] keys, but at depth 32, where there is one key.
//!    They are slices of just their length: a look that misses the cache misses it once, and a state of a million ids has
//!    no room to spare in its sixty-five thousand leaves. An insert copies its leaf, some 300 bytes.
//! 3. No node but the root leaf is empty.

use std::sync::Arc;

use longshore_model::id::Id;

use super::btree::OrdMap;

const LEAF: usize = 32;
/// Children of an inner node: one a nibble.
const WIDTH: usize = 16;

type Key = [u8; 16];

/// Slots by identifier. `Clone` is O(1); the first write after it copies a path.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdMap {
    uuids: Node,
    texts: OrdMap<Id, u32>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf(Arc<[(Key, u32)]>),
    Inner(Arc<[Option<Node>; WIDTH]>),
}

impl Default for Node {
    fn default() -> Node {
        Node::Leaf(Arc::default())
    }
}

/// The nibble of a key at a depth, the first highest.
const fn nibble(key: &Key, depth: usize) -> usize {
    let byte = key[depth / 2];
    (if depth.is_multiple_of(2) { byte >> 4 } else { byte & 15 }) as usize
}

/// Where a key is in a leaf, or belongs. Keys spread evenly, so the look begins where it should be: mostly one cache
/// line, where halving would touch four.
fn find(pairs: &[(Key, u32)], depth: usize, key: &Key) -> Result<usize, usize> {
    let sought = u128::from_be_bytes(*key);
    let below = (sought.checked_shl(4 * depth as u32).unwrap_or(0) >> 96) as u64;
    let mut at = ((below * pairs.len() as u64) >> 32) as usize;
    let key_at = |at: usize| pairs.get(at).map(|(found, _)| u128::from_be_bytes(*found));
    while key_at(at).is_some_and(|found| found < sought) {
        at += 1;
    }
    while at > 0 && key_at(at - 1).is_some_and(|found| found >= sought) {
        at -= 1;
    }
    if key_at(at) == Some(sought) { Ok(at) } else { Err(at) }
}

impl IdMap {
    /// The slot of an id.
    pub(crate) fn get(&self, id: &Id) -> Option<u32> {
        let Some(key) = id.as_uuid() else { return self.texts.get(id).copied() };
        let (mut node, mut depth) = (&self.uuids, 0);
        loop {
            match node {
                Node::Leaf(pairs) => {
                    let at = find(pairs, depth, key).ok()?;
                    return Some(pairs[at].1);
                }
                Node::Inner(children) => {
                    node = children[nibble(key, depth)].as_ref()?;
                    depth += 1;
                }
            }
        }
    }

    /// Ids held.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Puts a slot; answers the one it replaced.
    pub(crate) fn insert(&mut self, id: Id, slot: u32) -> Option<u32> {
        let old = match id.as_uuid() {
            Some(key) => insert(&mut self.uuids, 0, *key, slot),
            None => self.texts.insert(id, slot),
        };
        self.len += usize::from(old.is_none());
        old
    }

    /// Takes a slot out.
    pub(crate) fn remove(&mut self, id: &Id) -> Option<u32> {
        self.get(id)?;
        let old = match id.as_uuid() {
            Some(key) => remove(&mut self.uuids, 0, key),
            None => self.texts.remove(id),
        };
        self.len -= usize::from(old.is_some());
        old
    }

    /// Slots of the ids whose texts begin with a prefix, in the order of the texts.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = u32> + 'a {
        let from = Id::from(prefix);
        let texts = self.texts.range_from(&from).map(|(id, slot)| (id.clone(), *slot));
        let mut texts = texts.take_while(move |(id, _)| id.text(&mut [0; 36]).starts_with(prefix)).peekable();
        let uuids = self.uuids_from(prefix).map(|(key, slot)| (Id::from_bytes(*key), slot));
        let mut uuids = uuids.filter(move |(id, _)| id.text(&mut [0; 36]).starts_with(prefix)).peekable();
        std::iter::from_fn(move || match (uuids.peek(), texts.peek()) {
            (Some((uuid, _)), Some((text, _))) if text < uuid => texts.next(),
            (Some(_), _) => uuids.next(),
            (None, _) => texts.next(),
        })
        .map(|(_, slot)| slot)
    }

    /// UUIDs below the node that holds all that begin with a prefix, in order; more than those if a leaf does.
    fn uuids_from(&self, prefix: &str) -> Walk<'_> {
        let mut node = &self.uuids;
        for byte in prefix.bytes().filter(|byte| *byte != b'-') {
            let nothing = Walk { path: Vec::new() };
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return nothing, // no lower-case UUID
            };
            let Node::Inner(children) = node else { break };
            let Some(child) = &children[usize::from(digit)] else { return nothing };
            node = child;
        }
        Walk { path: vec![(node, 0)] }
    }
}

fn insert(node: &mut Node, depth: usize, key: Key, slot: u32) -> Option<u32> {
    match node {
        Node::Inner(children) => match &mut Arc::make_mut(children)[nibble(&key, depth)] {
            Some(child) => insert(child, depth + 1, key, slot),
            empty => {
                *empty = Some(Node::Leaf(Arc::new([(key, slot)])));
                None
            }
        },
        Node::Leaf(pairs) => match find(pairs, depth, &key) {
            Ok(at) => Some(std::mem::replace(&mut Arc::make_mut(pairs)[at].1, slot)),
            Err(at) if pairs.len() < LEAF => {
                let (before, after) = pairs.split_at(at);
                *pairs = before.iter().copied().chain([(key, slot)]).chain(after.iter().copied()).collect();
                None
            }
            Err(_) => {
                *node = split(pairs, depth);
                insert(node, depth, key, slot)
            }
        },
    }
}

/// A full leaf as an inner node: its keys differ, so depth 32 is never split.
fn split(pairs: &[(Key, u32)], depth: usize) -> Node {
    let mut children: [Option<Node>; WIDTH] = Default::default();
    for group in pairs.chunk_by(|(a, _), (b, _)| nibble(a, depth) == nibble(b, depth)) {
        children[nibble(&group[0].0, depth)] = Some(Node::Leaf(group.into()));
    }
    Node::Inner(Arc::new(children))
}

fn remove(node: &mut Node, depth: usize, key: &Key) -> Option<u32> {
    match node {
        Node::Leaf(pairs) => {
            let at = find(pairs, depth, key).ok()?;
            let slot = pairs[at].1;
            *pairs = pairs[..at].iter().chain(&pairs[at + 1..]).copied().collect();
            Some(slot)
        }
        Node::Inner(children) => {
            let children = Arc::make_mut(children);
            let child = &mut children[nibble(key, depth)];
            let old = remove(child.as_mut()?, depth + 1, key);
            if child.as_ref().is_some_and(Node::is_empty) {
                *child = None;
            }
            if children.iter().all(Option::is_none) {
                *node = Node::default();
            }
            old
        }
    }
}

impl Node {
    fn is_empty(&self) -> bool {
        matches!(self, Node::Leaf(pairs) if pairs.is_empty())
    }
}

/// Keys below a node, in order.
#[derive(Debug)]
struct Walk<'a> {
    /// From the top down: a node and the position to look at next in it.
    path: Vec<(&'a Node, usize)>,
}

impl<'a> Iterator for Walk<'a> {
    type Item = (&'a Key, u32);
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (node, at) = self.path.last_mut()?;
            match *node {
                Node::Leaf(pairs) => {
                    if let Some((key, slot)) = pairs.get(*at) {
                        *at += 1;
                        return Some((key, *slot));
                    }
                }
                Node::Inner(children) => {
                    if let Some(child) = children.get(*at) {
                        *at += 1;
                        self.path.extend(child.as_ref().map(|child| (child, 0)));
                        continue;
                    }
                }
            }
            self.path.pop();
        }
    }
}
