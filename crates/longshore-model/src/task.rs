//! Tasks: what runs.

use serde_json::Value;

use crate::constraint::{Affinity, Constraint};
use crate::opaque::{Action, Consul, CsiPluginConfig, Secret, TaskSchedule, Vault, WorkloadIdentity};
use crate::resources::{RequestedDevice, Resources};
use crate::scaling::ScalingPolicy;
use crate::service::Service;
use crate::template::{TaskArtifact, Template};
use crate::update::RestartPolicy;
use crate::volume::VolumeMount;
use crate::{Duration, TaskName};
use crate::{List, Map, Nullable};

record! {
    /// A task: one program of a group (MODEL-18).
    ///
    /// ```
    /// use longshore_model::Task;
    /// let task = Task::new("server").driver("exec").cpu(500).memory_mb(256);
    /// assert_eq!((task.resources.cpu, task.resources.memory_mb), (500, 256));
    /// ```
    pub struct Task {
        /// Its name within the group.
        "Name" name: TaskName,
        /// What runs it, such as `exec` or `docker`.
        "Driver" driver: String,
        /// As whom.
        "User" user: String,
        /// The driver's own configuration.
        "Config" config: Map<Value>,
        /// Environment variables.
        "Env" env: Map<String>,
        /// Services that it offers.
        "Services" services: List<Service>,
        /// Access to secrets storage.
        "Vault" vault: Option<Box<Vault>>,
        /// Secrets fetched for it.
        "Secrets" secrets: List<Secret>,
        /// Access to the service catalogue.
        "Consul" consul: Option<Box<Consul>>,
        /// Files rendered for it.
        "Templates" templates: List<Template>,
        /// Rules that its node must meet.
        "Constraints" constraints: List<Constraint>,
        /// Rules that make nodes better or worse.
        "Affinities" affinities: List<Affinity>,
        /// What it asks for.
        "Resources" resources: Nullable<Resources>,
        /// How it is restarted in place.
        "RestartPolicy" restart_policy: Option<RestartPolicy>,
        /// Where a dispatched payload goes.
        "DispatchPayload" dispatch_payload: Option<DispatchPayload>,
        /// When it runs relative to the main tasks.
        "Lifecycle" lifecycle: Option<Lifecycle>,
        /// Facts for people and templates.
        "Meta" meta: Map<String>,
        /// How long it has to end after being asked, ns.
        "KillTimeout" kill_timeout: Duration = Duration::from_secs(5),
        /// How its output is kept.
        "LogConfig" log_config: Option<LogConfig> = Some(LogConfig::default()),
        /// Files fetched for it.
        "Artifacts" artifacts: List<TaskArtifact>,
        /// Whether the group ends with it.
        "Leader" leader: bool,
        /// Pause between leaving its services and being asked to end, ns.
        "ShutdownDelay" shutdown_delay: Duration,
        /// Volumes it sees.
        "VolumeMounts" volume_mounts: List<VolumeMount>,
        /// Bounds for scaling it.
        "ScalingPolicies" scaling_policies: List<ScalingPolicy>,
        /// The signal that asks it to end.
        "KillSignal" kill_signal: String,
        /// Internal purpose.
        "Kind" kind: String,
        /// Set for a storage plugin.
        "CSIPluginConfig" csi_plugin_config: Option<Box<CsiPluginConfig>>,
        /// Its default identity.
        "Identity" identity: Option<Box<WorkloadIdentity>>,
        /// Its other identities.
        "Identities" identities: List<WorkloadIdentity>,
        /// Commands that may be run inside.
        "Actions" actions: List<Action>,
        /// When it may run.
        "Schedule" schedule: Option<Box<TaskSchedule>>,
    }
}

impl Task {
    /// A task with nothing but a name and the default resources.
    pub fn new(name: &str) -> Task {
        Task { name: name.into(), ..Task::default() }
    }

    /// What runs it.
    pub fn driver(mut self, driver: &str) -> Task {
        self.driver = driver.into();
        self
    }

    /// MHz.
    pub fn cpu(mut self, mhz: i64) -> Task {
        self.resources.cpu = mhz;
        self
    }

    /// MiB.
    pub fn memory_mb(mut self, mib: i64) -> Task {
        self.resources.memory_mb = mib;
        self
    }

    /// Adds a device request.
    pub fn device(mut self, device: RequestedDevice) -> Task {
        self.resources.devices.push(device);
        self
    }

    /// Adds a rule that its node must meet.
    pub fn constraint(mut self, left: &str, operand: &str, right: &str) -> Task {
        self.constraints.push(Constraint::new(left, operand, right));
        self
    }
}

record! {
    /// Where a dispatched payload goes (MODEL-18).
    ///
    /// ```
    /// use longshore_model::{DispatchPayload, from_json};
    /// let payload: DispatchPayload = from_json(r#"{"File": "input.json"}"#)?;
    /// assert_eq!(payload.file, "input.json");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DispatchPayload {
        /// A path in the task's directory.
        "File" file: String,
    }
}

record! {
    /// When a task runs relative to the main tasks (MODEL-18).
    ///
    /// ```
    /// use longshore_model::{Lifecycle, from_json};
    /// let proxy: Lifecycle = from_json(r#"{"Hook": "prestart", "Sidecar": true}"#)?;
    /// assert!(proxy.sidecar);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Lifecycle {
        /// `prestart`, `poststart` or `poststop`.
        "Hook" hook: String,
        /// Whether it goes on beside them.
        "Sidecar" sidecar: bool,
    }
}

record! {
    /// How a task's output is kept (MODEL-30).
    ///
    /// ```
    /// use longshore_model::{LogConfig, from_json};
    /// let logs: LogConfig = from_json(r#"{"MaxFiles": 3}"#)?;
    /// assert_eq!((logs.max_files, logs.max_file_size_mb), (3, 10));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct LogConfig {
        /// Files kept.
        "MaxFiles" max_files: i64 = 10,
        /// MiB a file.
        "MaxFileSizeMB" max_file_size_mb: i64 = 10,
        /// Keep none.
        "Disabled" disabled: bool,
    }
}
