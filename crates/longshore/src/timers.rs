//! Timers: a closed set of things that come due.

use std::collections::BTreeSet;

use longshore_model::{EvalId, Time};

/// What comes due. Ordered as ties are broken: by kind, then by id (LOOP-002).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Timer {
    /// An evaluation that was held back (LOOP-103, LOOP-104).
    Release(EvalId),
}

/// Timers by due time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Time, Timer)>,
}

impl Timers {
    /// Arms a timer.
    pub(crate) fn arm(&mut self, at: Time, timer: Timer) {
        self.due.insert((at, timer));
    }

    /// The next due time.
    pub(crate) fn next(&self) -> Option<Time> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Takes the next timer that is due by `now`.
    pub(crate) fn fire(&mut self, now: Time) -> Option<Timer> {
        if self.next()? > now {
            return None;
        }
        self.due.pop_first().map(|(_, timer)| timer)
    }
}
