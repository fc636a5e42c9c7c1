//! How allocations are replaced: rollouts, migrations, disconnections, rescheduling, restarts.

use crate::{Duration, JobType};

keyword! {
    /// What makes an allocation healthy (MODEL-22).
    ///
    /// ```
    /// use longshore_model::HealthCheck;
    /// assert_eq!(HealthCheck::from_text("task_states"), HealthCheck::TaskStates);
    /// ```
    pub enum HealthCheck: open {
        /// Its service checks.
        Checks = "checks",
        /// Its tasks run.
        TaskStates = "task_states",
        /// The operator says so.
        Manual = "manual",
    }
}

keyword! {
    /// Which of an original and its replacement stays (MODEL-24).
    ///
    /// ```
    /// use longshore_model::{DisconnectStrategy, Reconcile};
    /// assert_eq!(DisconnectStrategy::default().reconcile, Reconcile::BestScore);
    /// ```
    pub enum Reconcile: open {
        /// The one on the better node.
        BestScore = "best_score",
        /// The original.
        KeepOriginal = "keep_original",
        /// The replacement.
        KeepReplacement = "keep_replacement",
        /// The one that ran longer.
        LongestRunning = "longest_running",
    }
}

keyword! {
    /// How delays between reschedules grow (MODEL-25).
    ///
    /// ```
    /// use longshore_model::{DelayFunction, ReschedulePolicy};
    /// assert_eq!(ReschedulePolicy::service().delay_function, DelayFunction::Exponential);
    /// ```
    pub enum DelayFunction: open {
        /// Always the same.
        Constant = "constant",
        /// Doubling.
        Exponential = "exponential",
        /// The sum of the last two.
        Fibonacci = "fibonacci",
    }
}

keyword! {
    /// What happens when restarts are used up (MODEL-26).
    ///
    /// ```
    /// use longshore_model::{JobType, RestartMode, RestartPolicy};
    /// assert_eq!(RestartPolicy::of(&JobType::Batch).mode, RestartMode::Fail);
    /// ```
    pub enum RestartMode: open {
        /// The allocation fails.
        Fail = "fail",
        /// It waits for the next interval.
        Delay = "delay",
    }
}

record! {
    /// How a new version is rolled out (MODEL-22).
    ///
    /// ```
    /// use longshore_model::{Duration, UpdateStrategy, from_json};
    /// let update: UpdateStrategy = from_json(r#"{"Canary": 1}"#)?;
    /// assert_eq!((update.canary, update.max_parallel, update.progress_deadline), (1, 1, Duration::from_mins(10)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct UpdateStrategy {
        /// Pause between batches, ns.
        "Stagger" stagger: Duration = Duration::from_secs(30),
        /// Allocations replaced at once; 0 turns rollouts off.
        "MaxParallel" max_parallel: i64 = 1,
        /// What makes a replacement healthy.
        "HealthCheck" health_check: HealthCheck = HealthCheck::Checks,
        /// How long it must be healthy, ns.
        "MinHealthyTime" min_healthy_time: Duration = Duration::from_secs(10),
        /// By when, ns.
        "HealthyDeadline" healthy_deadline: Duration = Duration::from_mins(5),
        /// How long the rollout may stand still, ns.
        "ProgressDeadline" progress_deadline: Duration = Duration::from_mins(10),
        /// Go back to the last stable version on failure.
        "AutoRevert" auto_revert: bool,
        /// Promote canaries once they are healthy.
        "AutoPromote" auto_promote: bool,
        /// Allocations to try the new version on first.
        "Canary" canary: i64,
    }
}

record! {
    /// How allocations leave a draining node (MODEL-23).
    ///
    /// ```
    /// use longshore_model::{Duration, MigrateStrategy, from_json};
    /// let migrate: MigrateStrategy = from_json(r#"{"MaxParallel": 2}"#)?;
    /// assert_eq!((migrate.max_parallel, migrate.min_healthy_time), (2, Duration::from_secs(10)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct MigrateStrategy {
        /// Allocations moved at once.
        "MaxParallel" max_parallel: i64 = 1,
        /// What makes a replacement healthy.
        "HealthCheck" health_check: HealthCheck = HealthCheck::Checks,
        /// How long it must be healthy, ns.
        "MinHealthyTime" min_healthy_time: Duration = Duration::from_secs(10),
        /// By when, ns.
        "HealthyDeadline" healthy_deadline: Duration = Duration::from_mins(5),
    }
}

record! {
    /// What happens while a node does not answer (MODEL-24).
    ///
    /// ```
    /// use longshore_model::{DisconnectStrategy, Duration, from_json};
    /// let silent: DisconnectStrategy = from_json(r#"{"LostAfter": 21600000000000}"#)?;
    /// assert_eq!((silent.lost_after, silent.replace), (Duration::from_hours(6), Some(true)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DisconnectStrategy {
        /// How long an allocation may stay unknown, ns.
        "LostAfter" lost_after: Duration,
        /// When the client itself stops it, ns; null is never, 0 at once.
        "StopOnClientAfter" stop_on_client_after: Option<Duration>,
        /// Whether to replace it meanwhile.
        "Replace" replace: Option<bool> = Some(true),
        /// Which one stays afterwards.
        "Reconcile" reconcile: Reconcile = Reconcile::BestScore,
    }
}

record! {
    /// When and how often a failed allocation is placed again (MODEL-25).
    ///
    /// ```
    /// use longshore_model::ReschedulePolicy;
    /// assert!(ReschedulePolicy::service().unlimited && ReschedulePolicy::batch().attempts == 1);
    /// assert!(!ReschedulePolicy::default().enabled());
    /// ```
    pub struct ReschedulePolicy {
        /// Attempts within the interval.
        "Attempts" attempts: i64,
        /// The interval, ns.
        "Interval" interval: Duration,
        /// The first delay, ns.
        "Delay" delay: Duration,
        /// How delays grow.
        "DelayFunction" delay_function: DelayFunction = DelayFunction::Other("".into()),
        /// The longest delay, ns; 0 for none.
        "MaxDelay" max_delay: Duration,
        /// No bound on attempts.
        "Unlimited" unlimited: bool,
    }
}

impl ReschedulePolicy {
    /// What service jobs get that say nothing.
    pub fn service() -> ReschedulePolicy {
        ReschedulePolicy {
            delay: Duration::from_secs(30),
            delay_function: DelayFunction::Exponential,
            max_delay: Duration::from_hours(1),
            unlimited: true,
            ..ReschedulePolicy::default()
        }
    }

    /// What batch jobs get that say nothing.
    pub fn batch() -> ReschedulePolicy {
        ReschedulePolicy {
            attempts: 1,
            interval: Duration::from_hours(24),
            delay: Duration::from_secs(5),
            delay_function: DelayFunction::Constant,
            ..ReschedulePolicy::default()
        }
    }

    /// What jobs of a type get that say nothing; all zero for types that have no default.
    pub fn of(kind: &JobType) -> ReschedulePolicy {
        match kind {
            JobType::Service => ReschedulePolicy::service(),
            JobType::Batch => ReschedulePolicy::batch(),
            _ => ReschedulePolicy::default(),
        }
    }

    /// Whether it allows any attempt.
    pub fn enabled(&self) -> bool {
        self.attempts > 0 || self.unlimited
    }
}

record! {
    /// How the client restarts tasks in place (MODEL-26).
    ///
    /// ```
    /// use longshore_model::{JobType, RestartPolicy};
    /// assert_eq!(RestartPolicy::of(&JobType::Service).attempts, 2);
    /// ```
    pub struct RestartPolicy {
        /// Restarts within the interval.
        "Attempts" attempts: i64,
        /// The interval, ns.
        "Interval" interval: Duration,
        /// Pause before a restart, ns.
        "Delay" delay: Duration,
        /// What happens when they are used up.
        "Mode" mode: RestartMode = RestartMode::Other("".into()),
        /// Whether templates are rendered again.
        "RenderTemplates" render_templates: bool,
    }
}

impl RestartPolicy {
    /// What groups get whose job is of a type and that say nothing.
    pub fn of(kind: &JobType) -> RestartPolicy {
        let (attempts, interval) = match kind {
            JobType::Service | JobType::System => (2, Duration::from_mins(30)),
            _ => (3, Duration::from_hours(24)),
        };
        let delay = Duration::from_secs(15);
        RestartPolicy { attempts, interval, delay, mode: RestartMode::Fail, render_templates: false }
    }
}
