//! Policies: objects of which a group may state a part, and its job or its type the rest.

use crate::{DelayFunction, Duration, HealthCheck, Reconcile, RestartMode};

document! {
    /// How a new version is rolled out; see [`crate::UpdateStrategy`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let update: document::UpdateStrategy = from_json(r#"{"Canary": 1}"#)?;
    /// assert_eq!((update.canary, update.max_parallel), (Some(1), None)); // the rest is the job's to say
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct UpdateStrategy: overlay => crate::UpdateStrategy {
        /// Pause between batches, ns.
        "Stagger" stagger: Option<Duration>,
        /// Allocations replaced at once; 0 turns rollouts off.
        "MaxParallel" max_parallel: Option<i64>,
        /// What makes a replacement healthy.
        "HealthCheck" health_check: Option<HealthCheck>,
        /// How long it must be healthy, ns.
        "MinHealthyTime" min_healthy_time: Option<Duration>,
        /// By when, ns.
        "HealthyDeadline" healthy_deadline: Option<Duration>,
        /// How long the rollout may stand still, ns.
        "ProgressDeadline" progress_deadline: Option<Duration>,
        /// Go back to the last stable version on failure.
        "AutoRevert" auto_revert: Option<bool>,
        /// Promote canaries once they are healthy.
        "AutoPromote" auto_promote: Option<bool>,
        /// Allocations to try the new version on first.
        "Canary" canary: Option<i64>,
    }
}

document! {
    /// How allocations leave a draining node; see [`crate::MigrateStrategy`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let migrate: document::MigrateStrategy = from_json(r#"{"MaxParallel": 2}"#)?;
    /// assert_eq!((migrate.max_parallel, migrate.health_check), (Some(2), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct MigrateStrategy: overlay => crate::MigrateStrategy {
        /// Allocations moved at once.
        "MaxParallel" max_parallel: Option<i64>,
        /// What makes a replacement healthy.
        "HealthCheck" health_check: Option<HealthCheck>,
        /// How long it must be healthy, ns.
        "MinHealthyTime" min_healthy_time: Option<Duration>,
        /// By when, ns.
        "HealthyDeadline" healthy_deadline: Option<Duration>,
    }
}

document! {
    /// What happens while a node does not answer; see [`crate::DisconnectStrategy`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let silent: document::DisconnectStrategy = from_json(r#"{"Replace": false}"#)?;
    /// assert_eq!((silent.replace, silent.lost_after), (Some(false), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DisconnectStrategy => crate::DisconnectStrategy {
        /// How long an allocation may stay unknown, ns.
        "LostAfter" lost_after: Option<Duration>,
        /// When the client itself stops it, ns; absent is never, 0 at once.
        "StopOnClientAfter" stop_on_client_after: Option<Duration>,
        /// Whether to replace it meanwhile; absent, yes.
        "Replace" replace: Option<bool>,
        /// Which one stays afterwards; absent, the one on the better node.
        "Reconcile" reconcile: Option<Reconcile>,
    }
}

document! {
    /// When and how often a failed allocation is placed again; see [`crate::ReschedulePolicy`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let policy: document::ReschedulePolicy = from_json(r#"{"Attempts": 3}"#)?;
    /// assert_eq!((policy.attempts, policy.unlimited), (Some(3), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ReschedulePolicy: overlay => crate::ReschedulePolicy {
        /// Attempts within the interval.
        "Attempts" attempts: Option<i64>,
        /// The interval, ns.
        "Interval" interval: Option<Duration>,
        /// The first delay, ns.
        "Delay" delay: Option<Duration>,
        /// How delays grow.
        "DelayFunction" delay_function: Option<DelayFunction>,
        /// The longest delay, ns; 0 for none.
        "MaxDelay" max_delay: Option<Duration>,
        /// No bound on attempts.
        "Unlimited" unlimited: Option<bool>,
    }
}

document! {
    /// How the client restarts tasks in place; see [`crate::RestartPolicy`].
    ///
    /// ```
    /// use longshore_model::{RestartMode, document, from_json};
    /// let restart: document::RestartPolicy = from_json(r#"{"Mode": "delay"}"#)?;
    /// assert_eq!((restart.mode, restart.attempts), (Some(RestartMode::Delay), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct RestartPolicy: overlay => crate::RestartPolicy {
        /// Restarts within the interval.
        "Attempts" attempts: Option<i64>,
        /// The interval, ns.
        "Interval" interval: Option<Duration>,
        /// Pause before a restart, ns.
        "Delay" delay: Option<Duration>,
        /// What happens when they are used up.
        "Mode" mode: Option<RestartMode>,
        /// Whether templates are rendered again.
        "RenderTemplates" render_templates: Option<bool>,
    }
}

document! {
    /// Disk shared by the tasks of a group; see [`crate::EphemeralDisk`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let disk: document::EphemeralDisk = from_json(r#"{"Sticky": true}"#)?;
    /// assert_eq!((disk.sticky, disk.size_mb), (Some(true), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct EphemeralDisk: overlay => crate::EphemeralDisk {
        /// Whether a replacement should go to the same node.
        "Sticky" sticky: Option<bool>,
        /// MiB; absent, 300.
        "SizeMB" size_mb: Option<i64>,
        /// Whether its content follows to another node.
        "Migrate" migrate: Option<bool>,
    }
}

document! {
    /// How a task's output is kept; see [`crate::LogConfig`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let logs: document::LogConfig = from_json(r#"{"MaxFiles": 3, "Enabled": true}"#)?;
    /// assert_eq!((logs.max_files, logs.max_file_size_mb), (Some(3), None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct LogConfig: overlay => crate::LogConfig {
        /// Files kept; absent, 10.
        "MaxFiles" max_files: Option<i64>,
        /// MiB a file; absent, 10.
        "MaxFileSizeMB" max_file_size_mb: Option<i64>,
        /// Keep none.
        "Disabled" disabled: Option<bool>,
    } ignoring {
        /// Obsolete; not kept (MODEL-76).
        "Enabled" enabled: Option<bool>,
    }
}
