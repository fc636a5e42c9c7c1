//! Which nodes changed, for mirrors of the state: the scheduler's fleet table patches itself from here.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::state::{AllocSlot, NodeSlot};

/// The latest changes of nodes: of their records or of the allocations on them. Cloned with its state.
#[derive(Clone, Debug, Default)]
pub struct NodeLog {
    /// One value per line of history: a fork gets its own, so that a mirror cannot take one fork's log for another's.
    line: Arc<Line>,
    /// Full chunks, oldest first, and the one that fills: a write after a snapshot copies no more than one chunk.
    full: Arc<VecDeque<Arc<Vec<Entry>>>>,
    filling: Arc<Vec<Entry>>,
    /// Changes that came before those.
    dropped: u64,
}

type Entry = (NodeSlot, What);

/// Identity of a line of history. Never compared but by pointer, never shown.
#[derive(Debug, Default)]
struct Line;

/// What changed about a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What {
    /// Its record: attributes, capacity, status; or it came or went.
    Record,
    /// One more allocation was placed on it.
    Placed(AllocSlot),
    /// The allocations on it, in any way.
    Allocs,
}

/// How far a mirror has followed a log.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    line: Option<Arc<Line>>,
    changes: u64,
}

/// Entries of a chunk.
const CHUNK: usize = 128;
/// Past this many chunks the oldest is dropped; a mirror further behind starts afresh.
const CHUNKS: usize = 32;

impl NodeLog {
    pub(crate) fn fork(&self) -> NodeLog {
        NodeLog { line: Arc::new(Line), ..self.clone() }
    }

    pub(crate) fn push(&mut self, slot: NodeSlot, what: What) {
        let filling = Arc::make_mut(&mut self.filling);
        if filling.len() < CHUNK {
            return filling.push((slot, what));
        }
        let mut next = Vec::with_capacity(CHUNK);
        next.push((slot, what));
        let chunk = std::mem::replace(&mut self.filling, Arc::new(next));
        let full = Arc::make_mut(&mut self.full);
        full.push_back(chunk);
        if full.len() == CHUNKS {
            full.pop_front();
            self.dropped += CHUNK as u64;
        }
    }

    /// Where the log stands now.
    pub fn mark(&self) -> Mark {
        Mark { line: Some(self.line.clone()), changes: self.dropped + self.held() }
    }

    /// The changes after a mark, oldest first, or `None` if the mark is of another line of history, lies too far back,
    /// or lies ahead of this log (as that of an older snapshot).
    pub fn since<'a>(&'a self, mark: &Mark) -> Option<impl Iterator<Item = &'a (NodeSlot, What)> + Clone + use<'a>> {
        let same = mark.line.as_ref().is_some_and(|line| Arc::ptr_eq(line, &self.line));
        let from = mark.changes.checked_sub(self.dropped).filter(|from| same && *from <= self.held())? as usize;
        let (chunks, rest) = (from / CHUNK, from % CHUNK);
        Some(self.full.iter().chain([&self.filling]).skip(chunks).flat_map(|chunk| chunk.iter()).skip(rest))
    }

    /// Entries held: every chunk but the one that fills is full.
    fn held(&self) -> u64 {
        (self.full.len() * CHUNK + self.filling.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32) -> Entry {
        (NodeSlot(number), if number.is_multiple_of(3) { What::Record } else { What::Allocs })
    }

    /// A mark gives every later entry once, wherever chunks end; one that lies too far back gives none.
    #[test]
    fn what_came_after_a_mark() {
        let (mut log, mut marks) = (NodeLog::default(), vec![NodeLog::default().mark()]);
        marks[0].line = log.mark().line;
        for number in 0..6_000 {
            let held_by_a_snapshot = number % 7 == 0;
            let snapshot = held_by_a_snapshot.then(|| log.clone());
            let (slot, what) = entry(number);
            log.push(slot, what);
            marks.push(log.mark());
            drop(snapshot);
            let far = number.saturating_sub(4_100) as usize;
            for at in [far, number.saturating_sub(130) as usize, number as usize, number as usize + 1] {
                let expected: Vec<Entry> = (at as u32..=number).map(entry).collect();
                match log.since(&marks[at]) {
                    Some(found) => assert_eq!(found.copied().collect::<Vec<_>>(), expected, "from {at} to {number}"),
                    None => assert!(number as usize - at > 3_000, "from {at} to {number}"),
                }
            }
        }
        assert!(log.since(&marks[1]).is_none());
        assert!(log.fork().since(&log.mark()).is_none());
    }
}
