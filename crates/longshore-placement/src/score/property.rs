//! How often each value of a node property is in use by a job's allocations.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_constraint::Target;
use longshore_model::{Allocation, Job, Node, NodeId};

use crate::proposed::Tentative;
use crate::volumes::Volumes;

/// Use counts of one property (FEAS-153 to FEAS-157, PLACE-89, PLACE-90).
///
/// ```
/// use longshore_placement::score::PropertyUse;
/// let counts = PropertyUse::from_counts([("r1", 2), ("r2", 0)]);
/// assert_eq!((counts.of("r1"), counts.of("r9"), counts.extremes()), (2, 0, Some((0, 2))));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PropertyUse {
    /// Values that were counted at all; one that a plan has emptied stays, with 0 (PLACE-99).
    counts: BTreeMap<String, u64>,
}

/// Where allocations are counted: what is stored, what a plan changes, and which node is which.
#[derive(Clone, Copy)]
pub struct Census<'a> {
    /// Stored allocations.
    pub stored: &'a [Arc<Allocation>],
    /// Stored volumes, and what they are judged by.
    pub volumes: Volumes<'a>,
    /// The plan in the making.
    pub plan: &'a Tentative,
    /// A node by id.
    pub node: &'a dyn Fn(&NodeId) -> Option<&'a Node>,
}

impl PropertyUse {
    /// Counts as given.
    pub fn from_counts<'a>(counts: impl IntoIterator<Item = (&'a str, u64)>) -> PropertyUse {
        PropertyUse { counts: counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect() }
    }

    /// Counts a job's allocations, or those of one group of it, by what `target` stands for on their nodes; `fold` says
    /// under which name a value is counted.
    pub fn count(
        census: Census<'_>,
        job: &Job,
        group: Option<&str>,
        target: &Target,
        fold: &dyn Fn(&str) -> String,
    ) -> PropertyUse {
        let own = |alloc: &Allocation| {
            let group = group.is_none_or(|group| alloc.task_group == *group);
            group && alloc.namespace == job.namespace && alloc.job_id == job.id
        };
        let incarnation =
            |alloc: &Allocation| alloc.job.as_ref().is_none_or(|embedded| embedded.create_index == job.create_index);
        let tally = |allocs: &[Arc<Allocation>], counts: &dyn Fn(&Allocation) -> bool| {
            let mut tally: BTreeMap<String, u64> = BTreeMap::new();
            for alloc in allocs.iter().filter(|alloc| own(alloc) && counts(alloc)) {
                let node = (census.node)(&alloc.node_id);
                if let Some(value) = node.and_then(|node| target.resolve(node)) {
                    *tally.entry(fold(&value)).or_default() += 1;
                }
            }
            tally
        };
        let mut counts = tally(census.stored, &|alloc| !alloc.terminal() && incarnation(alloc));
        let proposed = tally(&census.plan.placements, &|alloc| !alloc.terminal());
        let mut cleared = tally(&census.plan.stops, &|_| true);
        for (value, count) in proposed {
            // FEAS-156: one stop makes way for the placements of its value.
            cleared.entry(value.clone()).and_modify(|cleared| *cleared -= u64::from(*cleared > 1));
            *counts.entry(value).or_default() += count;
        }
        for (value, cleared) in cleared {
            counts.entry(value).and_modify(|count| *count = count.saturating_sub(cleared));
        }
        PropertyUse { counts }
    }

    /// How often a value is in use.
    pub fn of(&self, value: &str) -> u64 {
        self.counts.get(value).copied().unwrap_or(0)
    }

    /// The least and the greatest count, of values that were counted at all.
    pub fn extremes(&self) -> Option<(u64, u64)> {
        Some((*self.counts.values().min()?, *self.counts.values().max()?))
    }
}

impl std::fmt::Debug for Census<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Census").field("stored", &self.stored.len()).field("plan", self.plan).finish_non_exhaustive()
    }
}
