//! Which waiting allocations share one evaluation (REC-513).

use longshore_model::{Duration, Time};

/// Entries due this soon after the first of a batch join it.
const WINDOW: Duration = Duration::from_secs(5);

/// Cuts entries, ordered by their due time, into batches: one holds what is due less than five seconds after its first
/// entry (REC-513). Each batch gets one evaluation, at the time of its first entry.
///
/// ```
/// use longshore_model::Time;
/// use longshore_reschedule::batches;
/// let due = [0, 4, 5, 9, 10].map(Time::from_secs);
/// let sizes: Vec<usize> = batches(&due, |due| *due).map(<[Time]>::len).collect();
/// assert_eq!(sizes, [2, 2, 1]);
/// ```
pub fn batches<T>(entries: &[T], due: impl Fn(&T) -> Time) -> impl Iterator<Item = &[T]> {
    let mut rest = entries;
    std::iter::from_fn(move || {
        let start = due(rest.first()?);
        let end = rest.iter().position(|entry| due(entry) - start >= WINDOW).unwrap_or(rest.len());
        let (batch, later) = rest.split_at(end);
        rest = later;
        Some(batch)
    })
}
