//! Rollouts, migrations and disconnections (MODEL-113, MODEL-119 to MODEL-121).

use crate::{DisconnectStrategy, HealthCheck, JobType, MigrateStrategy, Reconcile, UpdateStrategy};

use super::place::Block;
use super::scope::{At, rules};

/// A group's disconnect block (MODEL-113).
pub(super) fn disconnect(at: &mut At<'_>, strategy: &DisconnectStrategy, kind: &JobType) {
    let stop_after = strategy.stop_on_client_after;
    let delay = stop_after.unwrap_or_default();
    let lost_after = strategy.lost_after;
    let stops_may = matches!(kind, JobType::Service | JobType::Batch);
    rules! { at;
        "MODEL-113" "stop-negative" "StopOnClientAfter" if delay.0 < 0
            => "{} is negative; use 0 or more", delay;
        "MODEL-113" "stop-type" "StopOnClientAfter" if stop_after.is_some() && !stops_may
            => "is for service and batch jobs, this one is {:?}; leave it out", kind.as_str();
        "MODEL-113" "lost-negative" "LostAfter" if lost_after.0 < 0
            => "{} is negative; use 0 or more", lost_after;
        "MODEL-113" "stop-and-lost" "" if stop_after.is_some() && lost_after.0 != 0
            => "has both LostAfter {} and StopOnClientAfter {}; use one of them", lost_after, delay;
        "MODEL-113" "reconcile-unknown" "Reconcile" if matches!(strategy.reconcile, Reconcile::Other(_))
            => "{:?} is unknown; use best_score, keep_original, keep_replacement or longest_running",
               strategy.reconcile.as_str();
    }
}

/// A group's update block (MODEL-119, MODEL-120); one without parallelism counts as none (MODEL-22).
pub(super) fn update(at: &mut At<'_>, update: Option<&UpdateStrategy>, kind: &JobType) {
    let Some(update) = update else { return };
    rules! { at;
        "MODEL-119" "update-type" "Update" if !matches!(kind, JobType::Service | JobType::System)
            => "is for service and system jobs, this one is {:?}; leave it out", kind.as_str();
    }
    let (healthy, deadline) = (update.min_healthy_time, update.healthy_deadline);
    let (progress, stagger) = (update.progress_deadline, update.stagger);
    rules! { at.only(Block::Update);
        "MODEL-120" "health-check" "HealthCheck" if matches!(update.health_check, HealthCheck::Other(_))
            => "{:?} is unknown; use checks, task_states or manual", update.health_check.as_str();
        "MODEL-120" "max-parallel" "MaxParallel" if update.max_parallel < 0
            => "{} is negative; use 0 or more", update.max_parallel;
        "MODEL-120" "canary" "Canary" if update.canary < 0
            => "{} is negative; use 0 or more", update.canary;
        "MODEL-120" "auto-promote" "AutoPromote" if update.auto_promote && update.canary == 0
            => "has nothing to promote, Canary is 0; ask for canaries or leave it out";
        "MODEL-120" "min-healthy" "MinHealthyTime" if healthy.0 < 0
            => "{} is negative; use 0 or more", healthy;
        "MODEL-120" "healthy-deadline" "HealthyDeadline" if deadline.0 <= 0
            => "{} leaves no time to become healthy; use more than 0", deadline;
        "MODEL-120" "progress-deadline" "ProgressDeadline" if progress.0 < 0
            => "{} is negative; use 0 or more, 0 for no deadline", progress;
        "MODEL-120" "min-vs-healthy" "MinHealthyTime" if healthy >= deadline
            => "{} is not shorter than HealthyDeadline, which is {}; use less", healthy, deadline;
        "MODEL-120" "healthy-vs-progress" "HealthyDeadline" if progress.0 != 0 && deadline >= progress
            => "{} is not shorter than ProgressDeadline, which is {}; use less", deadline, progress;
        "MODEL-120" "stagger" "Stagger" if stagger.0 <= 0
            => "{} is no pause; use more than 0", stagger;
    }
}

/// A group's migrate block (MODEL-121).
pub(super) fn migrate(at: &mut At<'_>, migrate: Option<&MigrateStrategy>, kind: &JobType) {
    let Some(migrate) = migrate else { return };
    let moves = *kind == JobType::Service;
    rules! { at;
        "MODEL-121" "migrate-type" "Migrate" if !moves
            => "is for service jobs, this one is {:?}; leave it out", kind.as_str();
    }
    if !moves {
        return;
    }
    let check = migrate.health_check.as_str();
    let (healthy, deadline) = (migrate.min_healthy_time, migrate.healthy_deadline);
    rules! { at.only(Block::Migrate);
        "MODEL-121" "max-parallel" "MaxParallel" if migrate.max_parallel < 0
            => "{} is negative; use 0 or more", migrate.max_parallel;
        "MODEL-121" "health-check-missing" "HealthCheck" if check.is_empty() && migrate.max_parallel > 0
            => "is missing; use checks or task_states";
        "MODEL-121" "health-check" "HealthCheck" if !matches!(check, "" | "checks" | "task_states")
            => "{:?} is unknown here; use checks or task_states", check;
        "MODEL-121" "min-healthy" "MinHealthyTime" if healthy.0 < 0
            => "{} is negative; use 0 or more", healthy;
        "MODEL-121" "healthy-deadline" "HealthyDeadline" if deadline.0 < 0
            => "{} is negative; use 0 or more", deadline;
        "MODEL-121" "min-vs-healthy" "MinHealthyTime" if healthy > deadline
            => "{} is longer than HealthyDeadline, which is {}; use as much or less", healthy, deadline;
    }
}
