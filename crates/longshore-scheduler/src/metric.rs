//! Why a group found no room, as the reference reports it.

use longshore_model::{AllocMetric, Map};
use longshore_placement::{Ask, Failure};

/// A failure as the reference reports it (PLACE-127 to PLACE-137).
pub(crate) fn metric(failure: &Failure, ask: &Ask) -> AllocMetric {
    let reasons = failure.filtered.iter().map(|(reason, count)| (reason.to_string(), *count));
    AllocMetric {
        nodes_evaluated: failure.evaluated as i64,
        nodes_filtered: failure.filtered.values().sum::<u64>() as i64,
        nodes_in_pool: failure.evaluated as i64,
        node_pool: ask.pool.clone(),
        constraint_filtered: counts(reasons),
        class_filtered: counts(failure.class_filtered.iter().map(|(class, count)| (class.clone(), *count))),
        nodes_exhausted: failure.exhausted.values().sum::<u64>() as i64,
        dimension_exhausted: counts(failure.exhausted.iter().map(|(what, count)| (what.clone(), *count))),
        class_exhausted: counts(failure.class_exhausted.iter().map(|(class, count)| (class.clone(), *count))),
        ..AllocMetric::default()
    }
}

/// Counts by name; null if there are none (PLACE-139).
fn counts(entries: impl Iterator<Item = (String, u64)>) -> Map<i64> {
    let mut map = Map::default();
    for (name, count) in entries {
        *map.or_default(&name) += count as i64;
    }
    map
}
