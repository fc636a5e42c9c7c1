//! Blocks that the scheduler keeps, emits and compares, and never looks into (MODEL-37).

use serde_json::Value;

use crate::Duration;
use crate::{List, Map};

record! {
    /// Access to the service catalogue (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{Consul, from_json};
    /// let consul: Consul = from_json(r#"{"Partition": "eu"}"#)?;
    /// assert_eq!((consul.cluster.as_str(), consul.partition.as_str()), ("default", "eu"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Consul {
        /// Its namespace there.
        "Namespace" namespace: String,
        /// Which cluster.
        "Cluster" cluster: String = "default".into(),
        /// Its partition there; adds a constraint (MODEL-87).
        "Partition" partition: String,
    }
}

record! {
    /// Access to secrets storage (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{Vault, from_json};
    /// let vault: Vault = from_json(r#"{"Role": "web"}"#)?;
    /// assert!(vault.env && vault.change_mode == "restart" && vault.change_signal == "SIGHUP");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Vault {
        /// The role to take on.
        "Role" role: String,
        /// Its namespace there.
        "Namespace" namespace: String,
        /// Which cluster.
        "Cluster" cluster: String = "default".into(),
        /// Whether the token is put into the environment.
        "Env" env: bool = true,
        /// Whether the token is kept out of the task's directory.
        "DisableFile" disable_file: bool,
        /// What happens when the token changes: `noop`, `signal` or `restart`.
        "ChangeMode" change_mode: String = "restart".into(),
        /// The signal for the mode `signal`.
        "ChangeSignal" change_signal: String = "SIGHUP".into(),
        /// Whether the task goes on when the token cannot be renewed.
        "AllowTokenExpiration" allow_token_expiration: bool,
    }
}

record! {
    /// A secret fetched for a task (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{Secret, from_json};
    /// let secret: Secret = from_json(r#"{"Name": "db", "Provider": "vault", "Path": "kv/db"}"#)?;
    /// assert!(secret.name == "db" && secret.config.is_null());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Secret {
        /// Its name within the task.
        "Name" name: String,
        /// What fetches it.
        "Provider" provider: String,
        /// Where it is kept.
        "Path" path: String,
        /// The provider's own configuration.
        "Config" config: Map<Value>,
        /// Environment variables for the provider.
        "Env" env: Map<String>,
    }
}

record! {
    /// What a task or a service identifies itself with (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{Duration, WorkloadIdentity, from_json};
    /// let identity: WorkloadIdentity = from_json(
    ///     r#"{"Name": "aws", "Audience": ["sts"], "TTL": 3600000000000}"#,
    /// )?;
    /// assert_eq!(identity.ttl, Duration::from_hours(1));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct WorkloadIdentity {
        /// Its name; `""` is the default one (MODEL-84).
        "Name" name: String,
        /// Whom it is for.
        "Audience" audience: List<String>,
        /// What happens when the token changes: `noop`, `signal` or `restart`.
        "ChangeMode" change_mode: String,
        /// The signal for the mode `signal`.
        "ChangeSignal" change_signal: String,
        /// Whether the token is put into the environment.
        "Env" env: bool,
        /// Whether the token is put into a file.
        "File" file: bool,
        /// That file's path; `""` for the usual one.
        "Filepath" filepath: String,
        /// The service it is for; derived.
        "ServiceName" service_name: String,
        /// How long a token lasts, ns; 0 for ever.
        "TTL" ttl: Duration,
        /// More claims to put into the token.
        "ExtraClaims" extra_claims: List<String>,
    }
}

record! {
    /// A command that may be run inside a task (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{Action, from_json};
    /// let reload: Action = from_json(r#"{"Name": "reload", "Command": "nginx", "Args": ["-s", "reload"]}"#)?;
    /// assert_eq!((reload.command.as_str(), reload.args.len()), ("nginx", 2));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Action {
        /// Its name within the task.
        "Name" name: String,
        /// The program.
        "Command" command: String,
        /// Its arguments.
        "Args" args: List<String>,
    }
}

record! {
    /// A task that is a storage plugin (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{CsiPluginConfig, Duration, from_json};
    /// let plugin: CsiPluginConfig = from_json(r#"{"ID": "ebs", "Type": "node"}"#)?;
    /// assert_eq!((plugin.mount_dir.as_str(), plugin.health_timeout), ("/csi", Duration::from_secs(30)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct CsiPluginConfig {
        /// The plugin's id in the cluster.
        "ID" id: String,
        /// Which side it serves: `controller`, `node` or `monolith`.
        "Type" kind: String,
        /// Where its socket is, inside the task.
        "MountDir" mount_dir: String = "/csi".into(),
        /// Where it mounts volumes, inside the task.
        "StagePublishBaseDir" stage_publish_base_dir: String = "/local/csi".into(),
        /// How long it may take to become healthy, ns.
        "HealthTimeout" health_timeout: Duration = Duration::from_secs(30),
    }
}

record! {
    /// When a task may run (MODEL-37). One without a cron part is dropped (MODEL-76).
    ///
    /// ```
    /// use longshore_model::{TaskSchedule, from_json};
    /// let nights: TaskSchedule = from_json(r#"{"Cron": {"Start": "0 22 * * *", "End": "0 6 * * *"}}"#)?;
    /// assert!(nights.cron.is_some_and(|cron| cron.start == "0 22 * * *"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskSchedule {
        /// By the clock.
        "Cron" cron: Option<ScheduleCron>,
    }
}

record! {
    /// When a task may run, by the clock (MODEL-37).
    ///
    /// ```
    /// use longshore_model::{ScheduleCron, from_json};
    /// let nights: ScheduleCron = from_json(
    ///     r#"{"Start": "0 22 * * *", "End": "0 6 * * *", "Timezone": "Europe/Berlin"}"#,
    /// )?;
    /// assert_eq!(nights.timezone, "Europe/Berlin");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ScheduleCron {
        /// When it starts, as cron writes it.
        "Start" start: String,
        /// When it ends, as cron writes it.
        "End" end: String,
        /// The time zone of both.
        "Timezone" timezone: String,
    }
}
