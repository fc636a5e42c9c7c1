//! Jobs that beget jobs: by the clock, by dispatch, by region.

use crate::{List, Map};

record! {
    /// When a job is launched (MODEL-27).
    ///
    /// ```
    /// use longshore_model::{PeriodicConfig, from_json};
    /// let nightly: PeriodicConfig = from_json(r#"{"Spec": "0 3 * * *"}"#)?;
    /// assert!(nightly.enabled && nightly.spec_type == "cron" && nightly.time_zone == "UTC");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{ParameterizedJob, from_json};
    /// let dispatch: ParameterizedJob = from_json(r#"{"MetaRequired": ["video"]}"#)?;
    /// assert_eq!((dispatch.payload.as_str(), dispatch.meta_required.len()), ("optional", 1));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{Multiregion, from_json};
    /// let regions: Multiregion = from_json(r#"{"Regions": [{"Name": "eu"}, {"Name": "us"}]}"#)?;
    /// assert_eq!((regions.regions.len(), regions.strategy.max_parallel), (2, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Multiregion {
        /// How they follow one another.
        "Strategy" strategy: MultiregionStrategy,
        /// The regions.
        "Regions" regions: List<MultiregionRegion> = List::from([]),
    }
}

record! {
    /// How regions follow one another (MODEL-28).
    ///
    /// ```
    /// use longshore_model::{MultiregionStrategy, from_json};
    /// let one_by_one: MultiregionStrategy = from_json(r#"{"MaxParallel": 1, "OnFailure": "fail_all"}"#)?;
    /// assert_eq!(one_by_one.on_failure, "fail_all");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct MultiregionStrategy {
        /// Regions at once; 0 for all.
        "MaxParallel" max_parallel: i64,
        /// What happens to the others when one fails.
        "OnFailure" on_failure: String,
    }
}

record! {
    /// What one region changes (MODEL-28).
    ///
    /// ```
    /// use longshore_model::{MultiregionRegion, from_json};
    /// let eu: MultiregionRegion = from_json(r#"{"Name": "eu", "Datacenters": ["eu-1"]}"#)?;
    /// assert_eq!((eu.count, eu.datacenters.len()), (1, 1));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
