//! Task groups (MODEL-112 to MODEL-128).

use crate::{Job, JobType, TaskGroup};

use super::constraint::{affinities, constraints, spreads};
use super::group_services::{group_services, shared_labels};
use super::network::networks;
use super::place::Block;
use super::repeats::repeats;
use super::reschedule::reschedule;
use super::restart::restart;
use super::scaling::scaling;
use super::scope::{At, rules};
use super::task;
use super::update::{disconnect, migrate, update};
use super::volume::volume;

/// Least MiB of a group's disk.
const DISK_MIN_MB: i64 = 10;

/// Everything that a group's own validation finds.
pub(super) fn group(at: &mut At<'_>, job: &Job, group: &TaskGroup) {
    header(at, group);
    if let Some(strategy) = &group.disconnect {
        disconnect(&mut at.only(Block::Disconnect), strategy, &job.kind);
    }
    run_time(at, job, group);
    constraints(at, &group.constraints);
    affinities(at, &group.affinities, &job.kind);
    restart(at, group.restart_policy.as_ref());
    spreads(at, &group.spreads, &job.kind);
    reschedule(at, group.reschedule_policy.as_ref(), &job.kind);
    disk(at, group);
    update(at, group.update.as_ref(), &job.kind);
    migrate(at, group.migrate.as_ref(), &job.kind);
    task_names(at, group);
    for (name, request) in &group.volumes {
        volume(&mut at.entry(Block::Volume, name), request, group, &job.kind);
    }
    networks(at, group);
    group_services(at, group);
    if let Some(policy) = &group.scaling {
        scaling(&mut at.only(Block::Scaling), policy, group.count, job.multiregion.is_some());
    }
    let ports = shared_labels(group);
    for (index, one) in group.tasks.iter().enumerate() {
        task::task(&mut at.element(Block::Task, index, &one.name), job, group, &ports, one);
    }
}

fn header(at: &mut At<'_>, group: &TaskGroup) {
    rules! { at;
        "MODEL-112" "group-name-missing" "Name" if group.name.is_empty()
            => "is missing; give the group a name";
        else "MODEL-112" "group-name-null" "Name" if group.name.contains('\0')
            => "{:?} has a NUL in it; use other characters", group.name;
        "MODEL-112" "count-negative" "Count" if group.count < 0
            => "{} is negative; use 0 or more", group.count;
        "MODEL-112" "tasks-missing" "Tasks" if group.tasks.is_empty()
            => "is empty; a group needs at least one task";
    }
}

fn run_time(at: &mut At<'_>, job: &Job, group: &TaskGroup) {
    let Some(limit) = group.max_run_duration else { return };
    rules! { at;
        "MODEL-114" "max-run-not-positive" "MaxRunDuration" if limit.0 <= 0
            => "{} is no time to run; use more than 0, or leave it out for no limit", limit;
        "MODEL-114" "max-run-type" "MaxRunDuration" if !runs_to_completion(&job.kind)
            => "is for batch and sysbatch jobs, this one is {:?}; leave it out", job.kind.as_str();
    }
}

/// Whether jobs of this type end by themselves.
pub(super) fn runs_to_completion(kind: &JobType) -> bool {
    matches!(kind, JobType::Batch | JobType::SysBatch)
}

/// Whether jobs of this type have one allocation on every node.
pub(super) fn runs_everywhere(kind: &JobType) -> bool {
    matches!(kind, JobType::System | JobType::SysBatch)
}

fn disk(at: &mut At<'_>, group: &TaskGroup) {
    let size = group.ephemeral_disk.get().map_or(DISK_MIN_MB, |disk| disk.size_mb);
    rules! { at;
        "MODEL-118" "disk-missing" "EphemeralDisk" if group.ephemeral_disk.is_null()
            => "is missing; give the group a disk";
    }
    rules! { at.only(Block::Disk);
        "MODEL-118" "disk-small" "SizeMB" if size < DISK_MIN_MB
            => "{} MiB is too small; use {} or more", size, DISK_MIN_MB;
    }
}

fn task_names(at: &mut At<'_>, group: &TaskGroup) {
    for (index, task) in group.tasks.iter().enumerate() {
        rules! { at.element(Block::Task, index, &task.name);
            "MODEL-122" "task-name-missing" "Name" if task.name.is_empty()
                => "is missing; give the task a name";
        }
    }
    for repeat in repeats(&group.tasks, |task| task.name.as_str()) {
        let name = &group.tasks[repeat.later].name;
        rules! { at.element(Block::Task, repeat.later, name);
            "MODEL-122" "task-redefined" "Name" if !name.is_empty()
                => "{:?} is the name of Tasks[{}] already; give each its own", name, repeat.first;
        }
    }
    let leaders = group.tasks.iter().filter(|task| task.leader).count();
    rules! { at;
        "MODEL-122" "leaders" "Tasks" if leaders > 1
            => "{} tasks are marked Leader; the group ends with one, mark only that", leaders;
    }
}
