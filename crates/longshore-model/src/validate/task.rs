//! Tasks (MODEL-160 to MODEL-169).

use std::collections::BTreeSet;

use crate::{CsiPluginConfig, Job, JobType, Lifecycle, LogConfig, Task, TaskGroup};

use super::artifact::artifact;
use super::constraint::{affinities, constraint};
use super::identity::identities;
use super::paths;
use super::place::Block;
use super::resources::{is_distinct, resources};
use super::scope::{At, rules};
use super::secret::{actions, secrets, vault};
use super::task_services::task_services;
use super::template::templates;
use super::volume::mount;

/// Everything that a task's own validation finds; `ports` are labels of the group's ports.
pub(super) fn task(at: &mut At<'_>, job: &Job, group: &TaskGroup, ports: &BTreeSet<&str>, task: &Task) {
    header(at, task);
    times(at, job, group, task);
    rules! { at;
        "MODEL-162" "resources-missing" "Resources" if task.resources.is_null()
            => "is missing; say what the task needs";
    }
    if let Some(ask) = task.resources.get() {
        resources(&mut at.only(Block::Resources), ask);
    }
    logs(at, group, task.log_config.as_ref());
    for (index, one) in task.constraints.iter().enumerate() {
        let at = &mut at.element(Block::Constraint, index, "");
        constraint(at, one);
        rules! { at;
            "MODEL-163" "distinct-at-task" "Operand" if is_distinct(&one.operand)
                => "{:?} compares whole allocations; use it on the job or the group", one.operand.as_str();
        }
    }
    affinities(at, &task.affinities, &job.kind);
    task_services(at, ports, task);
    for (index, one) in task.artifacts.iter().enumerate() {
        artifact(&mut at.element(Block::Artifact, index, ""), one);
    }
    templates(at, &task.templates);
    if let Some(payload) = &task.dispatch_payload {
        rules! { at.only(Block::DispatchPayload);
            "MODEL-166" "escape" "File" if paths::escapes(&["task", "local"], &payload.file)
                => "{:?} leads out of the allocation's directory; use a path within it", payload.file;
        }
    }
    if let Some(block) = &task.lifecycle {
        lifecycle(&mut at.only(Block::Lifecycle), block);
    }
    for (index, one) in task.volume_mounts.iter().enumerate() {
        mount(&mut at.element(Block::VolumeMount, index, &one.volume), one, &group.volumes);
    }
    if let Some(plugin) = &task.csi_plugin_config {
        csi_plugin(&mut at.only(Block::CsiPlugin), plugin);
    }
    vault(at, task.vault.as_deref());
    actions(at, &task.actions);
    identities(at, task);
    secrets(at, task);
}

fn header(at: &mut At<'_>, task: &Task) {
    let name = task.name.as_str();
    rules! { at;
        "MODEL-160" "name-missing" "Name" if name.is_empty()
            => "is missing; give the task a name";
        "MODEL-160" "name-alloc" "Name" if name == "alloc"
            => "{:?} is the directory that tasks share; use another name", name;
        "MODEL-160" "name-slash" "Name" if name.contains(['/', '\\'])
            => "{:?} has a slash in it; use other characters", name;
        else "MODEL-160" "name-null" "Name" if name.contains('\0')
            => "{:?} has a NUL in it; use other characters", name;
        "MODEL-160" "driver-missing" "Driver" if task.driver.is_empty()
            => "is missing; say what runs the task, such as exec";
    }
}

fn times(at: &mut At<'_>, job: &Job, group: &TaskGroup, task: &Task) {
    let deadline = match (&job.kind, &group.update) {
        (JobType::Service, Some(update)) => update.progress_deadline,
        _ => Default::default(),
    };
    rules! { at;
        "MODEL-161" "kill-timeout" "KillTimeout" if task.kill_timeout.0 < 0
            => "{} is negative; use 0 or more", task.kill_timeout;
        else "MODEL-161" "kill-timeout-progress" "KillTimeout" if deadline.0 > 0 && task.kill_timeout > deadline
            => "{} is longer than the group's ProgressDeadline, which is {}; use as much or less",
               task.kill_timeout, deadline;
        "MODEL-161" "shutdown-delay" "ShutdownDelay" if task.shutdown_delay.0 < 0
            => "{} is negative; use 0 or more", task.shutdown_delay;
    }
}

fn logs(at: &mut At<'_>, group: &TaskGroup, config: Option<&LogConfig>) {
    rules! { at;
        "MODEL-162" "log-missing" "LogConfig" if config.is_none()
            => "is missing; say how the task's output is kept";
    }
    let Some(LogConfig { max_files: files, max_file_size_mb: size, .. }) = config else { return };
    let all = files.saturating_mul(*size);
    let disk = group.ephemeral_disk.get().map(|disk| disk.size_mb);
    rules! { at.only(Block::LogConfig);
        "MODEL-162" "log-files" "MaxFiles" if *files < 1
            => "{} keeps nothing; use 1 or more", files;
        "MODEL-162" "log-size" "MaxFileSizeMB" if *size < 1
            => "{} keeps nothing; use 1 or more", size;
        "MODEL-162" "log-disk" "" if disk.is_some_and(|disk| disk <= all)
            => "may fill {} MiB, and the group's disk has {} MiB; keep less or ask for a larger disk",
               all, disk.unwrap_or_default();
    }
}

fn lifecycle(at: &mut At<'_>, block: &Lifecycle) {
    let hook = block.hook.as_str();
    rules! { at;
        "MODEL-167" "hook-missing" "Hook" if hook.is_empty()
            => "is missing; use prestart, poststart or poststop";
        else "MODEL-167" "hook-unknown" "Hook" if !matches!(hook, "prestart" | "poststart" | "poststop")
            => "{:?} is unknown; use prestart, poststart or poststop", hook;
    }
}

fn csi_plugin(at: &mut At<'_>, plugin: &CsiPluginConfig) {
    let CsiPluginConfig { id, kind, mount_dir, stage_publish_base_dir: staging, .. } = plugin;
    rules! { at;
        "MODEL-251" "csi-id" "ID" if id.is_empty()
            => "is missing; name the plugin";
        "MODEL-251" "csi-type" "Type" if !matches!(kind.as_str(), "node" | "controller" | "monolith")
            => "{:?} is unknown; use node, controller or monolith", kind;
        "MODEL-251" "csi-dir" "StagePublishBaseDir" if paths::is_within(staging, mount_dir)
            => "{:?} lies within MountDir, which is {:?}; use a directory outside", staging, mount_dir;
    }
}
