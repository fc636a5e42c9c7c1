//! The one place of the program that reads a clock to measure.

use std::time::Instant;

/// A clock that answers nanoseconds.
#[allow(clippy::disallowed_methods, reason = "how long decisions take is measured; no decision depends on it")]
pub(crate) fn stopwatch() -> impl FnMut() -> u64 {
    let start = Instant::now();
    move || u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
