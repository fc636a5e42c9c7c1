//! Jobs that beget jobs: by the clock, by dispatch, by region.

use crate::{List, Map};

record! {
    /// When a job is launched (MODEL-27).
    pub struct PeriodicConfig {
        /// Whether it is launched at all.
        "Enabled" enabled: bool = true,
        /// One schedule, as cron writes it.
        "Spec" spec: String,
        /// Several schedules, in place of the one.
        "Specs" specs: List<String> = List::from([]),
        /// How the schedule is written: `cron`, or `_internal_test` for Unix seconds separated by commas.
        "SpecType" spec_type: String = "cron".into(),
        /// Whether a launch is left out while the last one still runs.
        "ProhibitOverlap" prohibit_overlap: bool,
        /// The time zone of the schedule; `""` reads as `UTC`.
        "TimeZone" time_zone: String = "UTC".into(),
    }
}

record! {
    /// What a dispatch of the job may or must bring (MODEL-28).
    pub struct ParameterizedJob {
        /// Whether it brings a payload: `optional`, `required` or `forbidden`.
        "Payload" payload: String = "optional".into(),
        /// Facts it must bring.
        "MetaRequired" meta_required: List<String>,
        /// Facts it may bring.
        "MetaOptional" meta_optional: List<String>,
    }
}

record! {
    /// Regions of a job in several (MODEL-28): preserved; validation refuses more than none (MODEL-111).
    pub struct Multiregion {
        /// How they follow one another.
        "Strategy" strategy: MultiregionStrategy,
        /// The regions.
        "Regions" regions: List<MultiregionRegion> = List::from([]),
    }
}

record! {
    /// How regions follow one another (MODEL-28).
    pub struct MultiregionStrategy {
        /// Regions at once; 0 for all.
        "MaxParallel" max_parallel: i64,
        /// What happens to the others when one fails.
        "OnFailure" on_failure: String,
    }
}

record! {
    /// What one region changes (MODEL-28).
    pub struct MultiregionRegion {
        /// Its name.
        "Name" name: String,
        /// Allocations, for groups that say 0.
        "Count" count: i64 = 1,
        /// Its datacenters.
        "Datacenters" datacenters: List<String> = List::from([]),
        /// Its node pool.
        "NodePool" node_pool: String,
        /// Its facts.
        "Meta" meta: Map<String> = Map::from(std::collections::BTreeMap::new()),
    }
}
