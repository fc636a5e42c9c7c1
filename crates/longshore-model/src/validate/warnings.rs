//! What is allowed and better left (MODEL-179 to MODEL-185, MODEL-254).

use std::collections::BTreeMap;

use crate::{Cluster, Job, Service, Task, TaskGroup, WorkloadIdentity};

use super::admission::sites;
use super::identity;
use super::place::Block;
use super::scope::{At, rules};

/// What a job's own validation warns of.
pub(super) fn job(at: &mut At<'_>, job: &Job) {
    for (index, one) in job.task_groups.iter().enumerate() {
        group(&mut at.element(Block::Group, index, &one.name), one);
    }
    for (index, one) in job.task_groups.iter().enumerate() {
        shutdown_delays(&mut at.element(Block::Group, index, &one.name), one);
    }
    let updates = || job.task_groups.iter().filter_map(|group| group.update.as_ref());
    let promotes = updates().any(|update| update.auto_promote);
    let waits = updates().any(|update| update.canary > 0 && !update.auto_promote);
    let spec = job.periodic.as_ref().map_or("", |config| &config.spec);
    rules! { at, warn;
        "MODEL-183" "auto-promote" "TaskGroups" if promotes && waits
            => "promote canaries by themselves in some groups only, so none is promoted; set AutoPromote in all";
    }
    rules! { at.only(Block::Periodic), warn;
        "MODEL-184" "cron" "Spec" if !spec.is_empty()
            => "{:?} is the old way to give a schedule; use Specs", spec;
    }
}

/// What an engine warns of besides.
pub(super) fn admission(at: &mut At<'_>, job: &Job, cluster: &Cluster) {
    for site in sites(job) {
        let task = site.task.1;
        let memory_max = task.resources.get().map_or(0, |resources| resources.memory_max_mb);
        let of_vault = task.identities.iter().find(|identity| identity.name.starts_with("vault_"));
        site.at(at, |at| {
            rules! { at.only(Block::Resources), warn;
                "MODEL-185" "memory-max" "MemoryMaxMB" if memory_max != 0 && !cluster.memory_oversubscription
                    => "{} has no effect, memory oversubscription is off; turn it on, or leave it out", memory_max;
            }
            if let Some(identity) = of_vault.filter(|_| task.vault.is_none()) {
                rules! { at, warn;
                    "MODEL-254" "vault-identity-unused" "Identities"
                        => "has {:?}, and the task has no Vault block; give it one, or leave it out", identity.name;
                }
            }
        });
    }
}

fn group(at: &mut At<'_>, group: &TaskGroup) {
    let max_parallel = group.update.as_ref().map_or(0, |update| update.max_parallel);
    rules! { at.only(Block::Update), warn;
        "MODEL-180" "max-parallel" "MaxParallel" if group.count > 1 && max_parallel > group.count
            => "{} is above the group's Count, which is {}: an update may replace all at once",
               max_parallel, group.count;
    }
    if let Some(network) = group.networks.first() {
        rules! { at.element(Block::Network, 0, ""), warn;
            "MODEL-181" "mbits" "MBits" if network.mbits > 0
                => "{} is obsolete and ignored; leave it out", network.mbits;
        }
    }
    rules! { at, warn;
        "MODEL-181" "max-client-disconnect" "MaxClientDisconnect" if group.max_client_disconnect.is_some()
            => "is obsolete and ignored; use Disconnect.LostAfter";
        "MODEL-181" "stop-after-client-disconnect" "StopAfterClientDisconnect"
            if group.stop_after_client_disconnect.is_some()
            => "is obsolete and ignored; use Disconnect.StopOnClientAfter";
        "MODEL-181" "prevent-reschedule-on-lost" "PreventRescheduleOnLost" if group.prevent_reschedule_on_lost
            => "is obsolete and ignored; use Disconnect.Replace";
    }
    services(at, &group.services);
    for (index, one) in group.tasks.iter().enumerate() {
        task(&mut at.element(Block::Task, index, &one.name), one);
    }
}

fn task(at: &mut At<'_>, task: &Task) {
    if let Some(resources) = task.resources.get() {
        rules! { at.only(Block::Resources), warn;
            "MODEL-181" "iops" "IOPS" if resources.iops != 0
                => "{} is obsolete and ignored; leave it out", resources.iops;
            "MODEL-181" "task-network" "Networks" if !resources.networks.is_empty()
                => "is obsolete; move the ports to the group's Networks";
        }
    }
    for (index, template) in task.templates.iter().enumerate() {
        rules! { at.element(Block::Template, index, ""), warn;
            "MODEL-181" "vault-grace" "VaultGrace" if template.vault_grace.0 != 0
                => "{} is obsolete and ignored; leave it out", template.vault_grace;
        }
    }
    for (index, one) in task.identities.iter().enumerate() {
        token(&mut at.element(Block::Identities, index, &one.name), one);
    }
    services(at, &task.services);
}

fn services(at: &mut At<'_>, services: &[Service]) {
    for (index, service) in services.iter().enumerate() {
        if let Some(one) = &service.identity {
            token(&mut at.element(Block::Service, index, &service.name).only(Block::Identity), one);
        }
    }
}

/// Identities whose tokens are worth more than they should be (MODEL-254).
fn token(at: &mut At<'_>, one: &WorkloadIdentity) {
    let audiences = one.audience.len();
    let named = !one.name.is_empty() && one.name != identity::DEFAULT;
    rules! { at, warn;
        "MODEL-254" "identity-no-audience" "Audience" if audiences == 0
            => "is empty, so anyone may take the token; name whom it is for";
        else "MODEL-254" "identity-many-audiences" "Audience" if audiences > 1
            => "names {} takers of one token; use an identity for each", audiences;
        "MODEL-254" "identity-no-ttl" "TTL" if one.ttl.0 == 0 && named
            => "is 0, so the token never expires; use more than 0";
        "MODEL-254" "identity-env" "Env" if one.env && one.change_mode != "restart"
            => "leaves an old token in the environment; use the ChangeMode restart";
    }
}

/// Services that are still announced when their tasks go (MODEL-182).
fn shutdown_delays(at: &mut At<'_>, group: &TaskGroup) {
    let named = || group.services.iter().filter(|service| !service.task_name.is_empty());
    let tasks: BTreeMap<&str, (usize, &Task)> = match named().next() {
        Some(_) => group.tasks.iter().enumerate().rev().map(|task| (task.1.name.as_str(), task)).collect(),
        None => BTreeMap::new(),
    };
    for service in named() {
        let Some((index, task)) = tasks.get(service.task_name.as_str()) else { continue };
        rules! { at.element(Block::Task, *index, &task.name), warn;
            "MODEL-182" "referenced-task" "ShutdownDelay" if task.shutdown_delay.0 == 0
                => "is 0, and service {:?} sends requests to the task until it is gone; use more", service.name;
        }
    }
    for (index, task) in group.tasks.iter().enumerate() {
        rules! { at.element(Block::Task, index, &task.name), warn;
            "MODEL-182" "task" "ShutdownDelay" if !task.services.is_empty() && task.shutdown_delay.0 <= 0
                => "is {}, and the task's services send it requests until it is gone; use more", task.shutdown_delay;
        }
    }
    let of_group = |service: &&Service| service.task_name.is_empty() && !has_sidecar_task(service);
    let delays = group.shutdown_delay.is_some_and(|delay| delay.0 > 0)
        || group.tasks.iter().any(|task| task.shutdown_delay.0 > 0);
    if let Some(service) = group.services.iter().find(of_group) {
        rules! { at, warn;
            "MODEL-182" "group" "ShutdownDelay" if !delays
                => "is not set, nor any task's, and service {:?} sends requests until all are gone; set one",
                   service.name;
        }
    }
}

fn has_sidecar_task(service: &Service) -> bool {
    service.connect.get("SidecarTask").is_some_and(|task| !task.is_null())
}
