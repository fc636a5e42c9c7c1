//! Task groups.

use super::{
    Affinity, Consul, DisconnectStrategy, EphemeralDisk, MigrateStrategy, NetworkResource, ReschedulePolicy,
    RestartPolicy, Service, Spread, Task, UpdateStrategy,
};
use crate::{Constraint, Duration, GroupName, List, Map, VolumeRequest};

document! {
    /// A task group; see [`crate::TaskGroup`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let group: document::TaskGroup = from_json(r#"{"Name": "front", "Count": 0}"#)?;
    /// assert_eq!((group.count, group.update), (Some(0), None)); // 0 was written, the update was not
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskGroup => crate::TaskGroup {
        /// Its name within the job.
        "Name" name: Option<GroupName>,
        /// How many allocations; absent, the least that scaling allows, or 1.
        "Count" count: Option<i64>,
        /// How new versions are rolled out; what is absent, the job says (MODEL-66).
        "Update" update: Option<UpdateStrategy>,
        /// How allocations leave draining nodes; what is absent, the job says (MODEL-68).
        "Migrate" migrate: Option<MigrateStrategy>,
        /// Rules that the node must meet.
        "Constraints" constraints: List<Constraint>,
        /// Bounds for scaling it.
        "Scaling" scaling: Option<Box<ScalingPolicy>>,
        /// How tasks are restarted in place; what is absent, the job's type says (MODEL-69).
        "RestartPolicy" restart_policy: Option<RestartPolicy>,
        /// What happens while the node does not answer.
        "Disconnect" disconnect: Option<DisconnectStrategy>,
        /// What runs.
        "Tasks" tasks: List<Task>,
        /// Disk shared by the tasks.
        "EphemeralDisk" ephemeral_disk: Option<EphemeralDisk>,
        /// Facts for people and templates.
        "Meta" meta: Map<String>,
        /// When failed allocations are placed again; what is absent, the job or its type says (MODEL-67).
        "ReschedulePolicy" reschedule_policy: Option<ReschedulePolicy>,
        /// Rules that make nodes better or worse.
        "Affinities" affinities: List<Affinity>,
        /// How allocations should spread.
        "Spreads" spreads: List<Spread>,
        /// Networks shared by the tasks.
        "Networks" networks: List<NetworkResource>,
        /// Access to the service catalogue.
        "Consul" consul: Option<Box<Consul>>,
        /// Services that the group offers.
        "Services" services: List<Service>,
        /// Volumes that the tasks may mount.
        "Volumes" volumes: Map<VolumeRequest>,
        /// Pause between leaving services and asking tasks to end, ns.
        "ShutdownDelay" shutdown_delay: Option<Duration>,
        /// How long an allocation may run, ns.
        "MaxRunDuration" max_run_duration: Option<Duration>,
        /// Obsolete; not taken (MODEL-76).
        "StopAfterClientDisconnect" stop_after_client_disconnect: Option<Duration>,
        /// Obsolete; not taken (MODEL-76).
        "MaxClientDisconnect" max_client_disconnect: Option<Duration>,
        /// Obsolete; not taken (MODEL-76).
        "PreventRescheduleOnLost" prevent_reschedule_on_lost: Option<bool>,
    }
}

document! {
    /// Bounds for scaling; see [`crate::ScalingPolicy`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let scaling: document::ScalingPolicy = from_json(r#"{"Max": 5}"#)?;
    /// assert_eq!((scaling.min, scaling.max), (None, Some(5)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ScalingPolicy => crate::ScalingPolicy {
        /// Names the policy.
        "ID" id: String,
        /// What it scales; `""` reads as `horizontal` in a group.
        "Type" kind: String,
        /// Whom it scales; rewritten to where it stands (MODEL-77).
        "Target" target: Map<String>,
        /// The autoscaler's own configuration.
        "Policy" policy: Map<serde_json::Value>,
        /// The lowest count; absent, the group's count.
        "Min" min: Option<i64>,
        /// The highest count.
        "Max" max: Option<i64>,
        /// Whether the autoscaler may act; absent, yes.
        "Enabled" enabled: Option<bool>,
        /// Index of its first write.
        "CreateIndex" create_index: u64,
        /// Index of its last write.
        "ModifyIndex" modify_index: u64,
    } ignoring {
        /// Not taken.
        "Namespace" namespace: String,
    }
}
