//! Which nodes changed, for mirrors of the state: the scheduler's fleet table patches itself from here.

use std::sync::Arc;

use crate::state::{AllocSlot, NodeSlot};

/// The latest changes of nodes: of their records or of the allocations on them. Cloned with its state.
#[derive(Clone, Debug, Default)]
pub struct NodeLog {
    /// One value per line of history: a fork gets its own, so that a mirror cannot take one fork's log for another's.
    line: Arc<Line>,
    recent: Arc<Vec<(NodeSlot, What)>>,
    /// Changes that came before `recent`.
    dropped: u64,
}

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

/// Past this many entries the older half is dropped; a mirror further behind starts afresh.
const LIMIT: usize = 4096;

impl NodeLog {
    pub(crate) fn fork(&self) -> NodeLog {
        NodeLog { line: Arc::new(Line), ..self.clone() }
    }

    pub(crate) fn push(&mut self, slot: NodeSlot, what: What) {
        let recent = Arc::make_mut(&mut self.recent);
        // The same node again, as when a plan fills it: one entry will do.
        if what == What::Allocs && recent.last() == Some(&(slot, what)) {
            // The mark must still move, or a mirror that has seen the entry would not look again.
            recent.pop();
            self.dropped += 1;
        }
        if recent.len() == LIMIT {
            recent.drain(..LIMIT / 2);
            self.dropped += (LIMIT / 2) as u64;
        }
        recent.push((slot, what));
    }

    /// Where the log stands now.
    pub fn mark(&self) -> Mark {
        Mark { line: Some(self.line.clone()), changes: self.dropped + self.recent.len() as u64 }
    }

    /// The changes after a mark, oldest first, or `None` if the mark is of another line of history, lies too far back,
    /// or lies ahead of this log (as that of an older snapshot).
    pub fn since(&self, mark: &Mark) -> Option<&[(NodeSlot, What)]> {
        let same = mark.line.as_ref().is_some_and(|line| Arc::ptr_eq(line, &self.line));
        let from = mark.changes.checked_sub(self.dropped).filter(|_| same)?;
        self.recent.get(from as usize..)
    }
}
