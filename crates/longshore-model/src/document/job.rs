//! The job itself.

use super::{MigrateStrategy, ReschedulePolicy, TaskGroup, UpdateStrategy};
use crate::{Bytes, Constraint, JobId, JobType, List, Map, Namespace, SpreadTarget, Time, VersionTag};

document! {
    /// A job as its author wrote it; see [`crate::Job`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let job: document::Job = from_json(r#"{"ID": "web", "Priority": null}"#)?;
    /// assert_eq!((job.priority, job.kind), (None, None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Job => crate::Job {
        /// Whether it is stopped.
        "Stop" stop: Option<bool>,
        /// Its region; absent or `global`, the engine's own.
        "Region" region: Option<String>,
        /// Its namespace; absent, that of the request.
        "Namespace" namespace: Option<Namespace>,
        /// Its id within the namespace.
        "ID" id: Option<JobId>,
        /// Not taken (MODEL-75).
        "ParentID" parent_id: Option<JobId>,
        /// Its name for people; absent, its id.
        "Name" name: Option<String>,
        /// Which scheduler it is for; absent, `service`.
        "Type" kind: Option<JobType>,
        /// 1 to 100; absent or 0, the engine's default.
        "Priority" priority: Option<i64>,
        /// Whether a plan for it is committed whole or not at all.
        "AllAtOnce" all_at_once: Option<bool>,
        /// Datacenters it may run in; none for all.
        "Datacenters" datacenters: List<String>,
        /// The node pool it may run in; absent, `default`.
        "NodePool" node_pool: Option<String>,
        /// Rules that nodes must meet.
        "Constraints" constraints: List<Constraint>,
        /// Rules that make nodes better or worse.
        "Affinities" affinities: List<Affinity>,
        /// How allocations should spread.
        "Spreads" spreads: List<Spread>,
        /// What runs.
        "TaskGroups" task_groups: List<TaskGroup>,
        /// How new versions of its groups are rolled out, where they do not say so themselves.
        "Update" update: Option<UpdateStrategy>,
        /// Regions of a job in several.
        "Multiregion" multiregion: Option<Multiregion>,
        /// When it is launched.
        "Periodic" periodic: Option<PeriodicConfig>,
        /// Whether it is launched by dispatch.
        "ParameterizedJob" parameterized_job: Option<ParameterizedJob>,
        /// Not taken (MODEL-75).
        "Dispatched" dispatched: bool,
        /// Not taken (MODEL-75).
        "DispatchIdempotencyToken" dispatch_idempotency_token: Option<String>,
        /// What it was dispatched with.
        "Payload" payload: Bytes,
        /// Facts for people and templates.
        "Meta" meta: Map<String>,
        /// The namespace of its groups' catalogue blocks, where they do not say so themselves; not kept.
        "ConsulNamespace" consul_namespace: Option<String>,
        /// The namespace of its tasks' secrets blocks, where they do not say so themselves.
        "VaultNamespace" vault_namespace: Option<String>,
        /// Not taken (MODEL-75).
        "NomadTokenID" nomad_token_id: Option<String>,
        /// Not taken (MODEL-75).
        "Status" status: Option<String>,
        /// Not taken (MODEL-75).
        "StatusDescription" status_description: Option<String>,
        /// Not taken (MODEL-75).
        "Stable" stable: Option<bool>,
        /// Counts changes of the specification.
        "Version" version: Option<u64>,
        /// Not taken (MODEL-75).
        "SubmitTime" submit_time: Option<Time>,
        /// Not taken (MODEL-75).
        "CreateIndex" create_index: Option<u64>,
        /// Not taken (MODEL-75).
        "ModifyIndex" modify_index: Option<u64>,
        /// Not taken (MODEL-75).
        "JobModifyIndex" job_modify_index: Option<u64>,
        /// How it is shown.
        "UI" ui: Option<JobUi>,
        /// A name for this version.
        "VersionTag" version_tag: Option<VersionTag>,
    } ignoring {
        /// When failed allocations of its groups are placed again, where they do not say so themselves (MODEL-15).
        "Reschedule" reschedule: Option<ReschedulePolicy>,
        /// How allocations of its groups leave draining nodes, where they do not say so themselves (MODEL-15).
        "Migrate" migrate: Option<MigrateStrategy>,
    }
}

document! {
    /// How a job is shown; see [`crate::JobUi`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let ui: document::JobUi = from_json(r#"{"Description": "The shop", "Links": [{"Label": "Manual"}]}"#)?;
    /// assert_eq!(ui.links.len(), 1);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobUi => crate::JobUi {
        /// What it is.
        "Description" description: String,
        /// Where to read more.
        "Links" links: List<JobUiLink>,
    }
}

document! {
    /// A link; see [`crate::JobUiLink`]. Documents write its target `URL`, the canonical form `Url`.
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let link: document::JobUiLink = from_json(r#"{"Label": "Manual", "URL": "https://example.com"}"#)?;
    /// assert_eq!(link.url, "https://example.com");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct JobUiLink => crate::JobUiLink {
        /// Its text.
        "Label" label: String,
        /// Its target.
        "URL" url: String,
    }
}

document! {
    /// A rule that makes a node better or worse; see [`crate::Affinity`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let affinity: document::Affinity = from_json(r#"{"LTarget": "${node.class}", "RTarget": "ssd"}"#)?;
    /// assert_eq!(affinity.weight, None); // 50, once it is filled in
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Affinity => crate::Affinity {
        /// The left target.
        "LTarget" ltarget: String,
        /// The right target.
        "RTarget" rtarget: String,
        /// How they compare.
        "Operand" operand: String,
        /// How much it matters; absent, 50.
        "Weight" weight: Option<i8>,
    }
}

document! {
    /// How allocations should spread; see [`crate::Spread`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let spread: document::Spread = from_json(r#"{"Attribute": "${node.datacenter}", "Weight": 0}"#)?;
    /// assert_eq!(spread.weight, Some(0)); // wrong, and for validation to say so
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Spread => crate::Spread {
        /// The attribute.
        "Attribute" attribute: String,
        /// How much it matters; absent, 50.
        "Weight" weight: Option<i8>,
        /// Wanted shares.
        "SpreadTarget" spread_target: List<SpreadTarget>,
    }
}

document! {
    /// When a job is launched; see [`crate::PeriodicConfig`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let periodic: document::PeriodicConfig = from_json(r#"{"Spec": "@daily"}"#)?;
    /// assert_eq!((periodic.spec.as_deref(), periodic.enabled), (Some("@daily"), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct PeriodicConfig => crate::PeriodicConfig {
        /// Whether it is launched at all; absent, yes.
        "Enabled" enabled: Option<bool>,
        /// One schedule.
        "Spec" spec: Option<String>,
        /// Several schedules, in place of the one.
        "Specs" specs: List<String>,
        /// How the schedule is written; absent, `cron`.
        "SpecType" spec_type: Option<String>,
        /// Whether a launch is left out while the last one still runs.
        "ProhibitOverlap" prohibit_overlap: Option<bool>,
        /// The time zone of the schedule; absent or `""`, `UTC`.
        "TimeZone" time_zone: Option<String>,
    }
}

document! {
    /// What a dispatch of the job may or must bring; see [`crate::ParameterizedJob`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let dispatch: document::ParameterizedJob = from_json(r#"{"MetaRequired": ["video"]}"#)?;
    /// assert!(dispatch.payload.is_empty() && dispatch.meta_optional.is_null());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ParameterizedJob => crate::ParameterizedJob {
        /// Whether it brings a payload; `""` reads as `optional`.
        "Payload" payload: String,
        /// Facts it must bring.
        "MetaRequired" meta_required: List<String>,
        /// Facts it may bring.
        "MetaOptional" meta_optional: List<String>,
    }
}

document! {
    /// Regions of a job in several; see [`crate::Multiregion`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let regions: document::Multiregion = from_json(r#"{"Regions": [{"Name": "eu"}]}"#)?;
    /// assert!(regions.strategy.is_none() && regions.regions[0].count.is_none());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Multiregion => crate::Multiregion {
        /// How they follow one another.
        "Strategy" strategy: Option<MultiregionStrategy>,
        /// The regions.
        "Regions" regions: List<MultiregionRegion>,
    }
}

document! {
    /// How regions follow one another; see [`crate::MultiregionStrategy`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let strategy: document::MultiregionStrategy = from_json(r#"{"MaxParallel": 1}"#)?;
    /// assert_eq!((strategy.max_parallel, strategy.on_failure), (Some(1), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct MultiregionStrategy => crate::MultiregionStrategy {
        /// Regions at once; 0 for all.
        "MaxParallel" max_parallel: Option<i64>,
        /// What happens to the others when one fails.
        "OnFailure" on_failure: Option<String>,
    }
}

document! {
    /// What one region changes; see [`crate::MultiregionRegion`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let eu: document::MultiregionRegion = from_json(r#"{"Name": "eu"}"#)?;
    /// assert_eq!(eu.count, None);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct MultiregionRegion => crate::MultiregionRegion {
        /// Its name.
        "Name" name: String,
        /// Allocations, for groups that say 0; absent, 1.
        "Count" count: Option<i64>,
        /// Its datacenters.
        "Datacenters" datacenters: List<String>,
        /// Its node pool.
        "NodePool" node_pool: String,
        /// Its facts.
        "Meta" meta: Map<String>,
    }
}
