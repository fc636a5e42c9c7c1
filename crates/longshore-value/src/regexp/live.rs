//! Programs in use, by their text: a text that somebody has compiled is not compiled again while it is kept.
//!
//! A job's expression is read by its validation and by every group that it is a demand of; a program may take megabytes.
//! A cache and no more: who finds a program gets what compiling would give.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Inner;

/// Entries from which on those that nobody keeps are looked for.
const FEW: usize = 64;

struct Live {
    programs: BTreeMap<String, Weak<Inner>>,
    /// With so many entries, half of them may be of programs that are gone.
    sweep_at: usize,
}

static LIVE: Mutex<Live> = Mutex::new(Live { programs: BTreeMap::new(), sweep_at: FEW });

fn live() -> MutexGuard<'static, Live> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program of a text, if somebody keeps it.
pub(super) fn find(text: &str) -> Option<Arc<Inner>> {
    live().programs.get(text)?.upgrade()
}

/// Lets others find a program for as long as somebody keeps it.
pub(super) fn show(program: &Arc<Inner>) {
    let mut live = live();
    if live.programs.len() >= live.sweep_at {
        live.programs.retain(|_, program| program.strong_count() > 0);
        live.sweep_at = FEW.max(2 * live.programs.len());
    }
    live.programs.insert(program.text.clone(), Arc::downgrade(program));
}

/// How many entries there are.
#[cfg(test)]
pub(super) fn entries() -> usize {
    live().programs.len()
}
