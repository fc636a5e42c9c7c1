//! Tasks and what belongs to them.

use serde_json::Value;

use super::{Affinity, Consul, LogConfig, Resources, RestartPolicy, ScalingPolicy, Service};
use crate::{
    Action, Constraint, DispatchPayload, Duration, Lifecycle, List, Map, Secret, TaskName, TaskSchedule, WaitConfig,
    WorkloadIdentity,
};

document! {
    /// A task: one program of a group; see [`crate::Task`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let task: document::Task = from_json(r#"{"Name": "server", "Driver": "exec"}"#)?;
    /// assert!(task.resources.is_none() && task.kill_timeout.is_none());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Task => crate::Task {
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
        "Resources" resources: Option<Resources>,
        /// How it is restarted in place; what is absent, the group says (MODEL-69).
        "RestartPolicy" restart_policy: Option<RestartPolicy>,
        /// Where a dispatched payload goes.
        "DispatchPayload" dispatch_payload: Option<DispatchPayload>,
        /// When it runs relative to the main tasks.
        "Lifecycle" lifecycle: Option<Lifecycle>,
        /// Facts for people and templates.
        "Meta" meta: Map<String>,
        /// How long it has to end after being asked, ns; absent, 5 s.
        "KillTimeout" kill_timeout: Option<Duration>,
        /// How its output is kept.
        "LogConfig" log_config: Option<LogConfig>,
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

document! {
    /// Access to secrets storage; see [`crate::Vault`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let vault: document::Vault = from_json(r#"{"Role": "web", "Env": false}"#)?;
    /// assert_eq!((vault.env, vault.change_mode), (Some(false), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Vault => crate::Vault {
        /// The role to take on.
        "Role" role: String,
        /// Its namespace there; absent or `""`, the job's.
        "Namespace" namespace: Option<String>,
        /// Which cluster; `""` reads as `default`.
        "Cluster" cluster: String,
        /// Whether the token is put into the environment; absent, yes.
        "Env" env: Option<bool>,
        /// Whether the token is kept out of the task's directory.
        "DisableFile" disable_file: Option<bool>,
        /// What happens when the token changes; absent, `restart`.
        "ChangeMode" change_mode: Option<String>,
        /// The signal for the mode `signal`; absent, `SIGHUP`.
        "ChangeSignal" change_signal: Option<String>,
        /// Whether the task goes on when the token cannot be renewed.
        "AllowTokenExpiration" allow_token_expiration: Option<bool>,
    } ignoring {
        /// Obsolete; not kept (MODEL-76).
        "Policies" policies: List<String>,
    }
}

document! {
    /// A file rendered for a task; see [`crate::Template`].
    ///
    /// ```
    /// use longshore_model::{Duration, document, from_json};
    /// let template: document::Template = from_json(r#"{"DestPath": "local/web.conf", "Splay": 0}"#)?;
    /// assert_eq!((template.splay, template.perms), (Some(Duration::ZERO), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Template => crate::Template {
        /// The template's own path, if it is not embedded.
        "SourcePath" source_path: Option<String>,
        /// Where the result goes.
        "DestPath" dest_path: Option<String>,
        /// The template's text.
        "EmbeddedTmpl" embedded_tmpl: Option<String>,
        /// What happens when the result changes; absent, `restart`.
        "ChangeMode" change_mode: Option<String>,
        /// The signal for the mode `signal`; absent, `SIGHUP` in that mode.
        "ChangeSignal" change_signal: Option<String>,
        /// The program for the mode `script`.
        "ChangeScript" change_script: Option<ChangeScript>,
        /// Whether it is rendered once and then left alone.
        "Once" once: Option<bool>,
        /// The longest random wait before reacting, ns; absent, 5 s.
        "Splay" splay: Option<Duration>,
        /// The file's permissions, octal; absent, `0644`.
        "Perms" perms: Option<String>,
        /// The file's owner; absent, the client's.
        "Uid" uid: Option<i64>,
        /// The file's group; absent, the client's.
        "Gid" gid: Option<i64>,
        /// What opens an expression; absent, `{{`.
        "LeftDelim" left_delim: Option<String>,
        /// What closes an expression; absent, `}}`.
        "RightDelim" right_delim: Option<String>,
        /// Whether the result is read as environment variables.
        "Envvars" envvars: Option<bool>,
        /// Obsolete, ns.
        "VaultGrace" vault_grace: Option<Duration>,
        /// How changes are gathered before rendering.
        "Wait" wait: Option<WaitConfig>,
        /// Whether a missing key is an error.
        "ErrMissingKey" err_missing_key: Option<bool>,
    }
}

document! {
    /// A program run when a rendered file changes; see [`crate::ChangeScript`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let script: document::ChangeScript = from_json(r#"{"Command": "/bin/reload"}"#)?;
    /// assert!(script.timeout.is_none() && script.args.is_null());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ChangeScript => crate::ChangeScript {
        /// The program.
        "Command" command: Option<String>,
        /// Its arguments.
        "Args" args: List<String>,
        /// How long it may take, ns; absent, 5 s.
        "Timeout" timeout: Option<Duration>,
        /// Whether its failure is the task's.
        "FailOnError" fail_on_error: Option<bool>,
        /// Whether it runs after the first rendering too.
        "RunOnFirstRender" run_on_first_render: Option<bool>,
    }
}

document! {
    /// A file or directory fetched for a task; see [`crate::TaskArtifact`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let artifact: document::TaskArtifact = from_json(r#"{"GetterSource": "https://example.com/a.tgz"}"#)?;
    /// assert_eq!((artifact.getter_mode, artifact.relative_dest), (None, None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskArtifact => crate::TaskArtifact {
        /// Where from.
        "GetterSource" getter_source: Option<String>,
        /// Options of the fetcher, such as a checksum.
        "GetterOptions" getter_options: Map<String>,
        /// HTTP headers.
        "GetterHeaders" getter_headers: Map<String>,
        /// What it is; absent, `any`.
        "GetterMode" getter_mode: Option<String>,
        /// Whether certificates go unchecked.
        "GetterInsecure" getter_insecure: Option<bool>,
        /// Where to, relative to the task's directory; absent, as mode and source say (MODEL-71).
        "RelativeDest" relative_dest: Option<String>,
        /// Whether it is given to the task's user.
        "Chown" chown: bool,
    }
}

document! {
    /// Where a task sees a volume; see [`crate::VolumeMount`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let mount: document::VolumeMount = from_json(r#"{"Destination": "/srv"}"#)?;
    /// assert_eq!(mount.volume, None); // of nothing, and so none
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct VolumeMount: null_element => crate::VolumeMount {
        /// The volume's name within the group; a mount without is dropped (MODEL-76).
        "Volume" volume: Option<String>,
        /// The path inside the task.
        "Destination" destination: Option<String>,
        /// Whether the task may not write to it.
        "ReadOnly" read_only: Option<bool>,
        /// Whether later mounts are seen; absent, `private`.
        "PropagationMode" propagation_mode: Option<String>,
        /// Security label.
        "SELinuxLabel" selinux_label: Option<String>,
    }
}

document! {
    /// A task that is a storage plugin; see [`crate::CsiPluginConfig`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let plugin: document::CsiPluginConfig = from_json(r#"{"ID": "ebs", "Type": "node"}"#)?;
    /// assert!(plugin.mount_dir.is_empty());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct CsiPluginConfig => crate::CsiPluginConfig {
        /// The plugin's id in the cluster.
        "ID" id: String,
        /// Which side it serves.
        "Type" kind: String,
        /// Where its socket is, inside the task; `""` reads as `/csi`.
        "MountDir" mount_dir: String,
        /// Where it mounts volumes, inside the task; `""` reads as `/local/csi`.
        "StagePublishBaseDir" stage_publish_base_dir: String,
        /// How long it may take to become healthy, ns; 0 reads as 30 s.
        "HealthTimeout" health_timeout: Duration,
    }
}
