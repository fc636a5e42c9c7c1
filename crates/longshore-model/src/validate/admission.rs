//! What an engine refuses beyond what a job says of itself (MODEL-170 to MODEL-175, MODEL-249, MODEL-252).

use std::collections::BTreeSet;
use std::fmt;

use crate::{Cluster, Job, JobType, NamespaceCapabilities, Service, Task, TaskGroup};

use super::expose::exposed_checks;
use super::place::Block;
use super::scope::{At, rules};
use super::service::{CONSUL, NOMAD};

/// What comes before the job's own validation (MODEL-90). Each of these stops at its first fault.
pub(super) fn before(at: &mut At<'_>, job: &Job, cluster: &Cluster) {
    vault(at, job, cluster);
    consul(at, job);
    let allowed = cluster.namespaces.get(&job.namespace);
    rules! { at;
        "MODEL-173" "namespace" "Namespace" if allowed.is_none()
            => "{:?} does not exist; create it, or name one that does", job.namespace;
    }
    if let Some(allowed) = allowed {
        capabilities(at, job, allowed);
    }
    rules! { at;
        "MODEL-173" "node-pool" "NodePool" if !cluster.node_pools.contains(&job.node_pool)
            => "{:?} does not exist; create it, or name one that does", job.node_pool;
    }
    exposed_checks(at, job);
    service_identities(at, job);
}

/// What comes after it.
pub(super) fn after(at: &mut At<'_>, job: &Job, cluster: &Cluster) {
    let (priority, count) = (job.priority, total_count(job));
    let (priority_max, count_max) = (cluster.priority_max, cluster.count_max);
    rules! { at;
        "MODEL-170" "core" "Type" if job.kind == JobType::Core
            => "{:?} is for the engine's own jobs; use service, batch, system or sysbatch", job.kind.as_str();
        "MODEL-170" "payload" "Payload" if !job.payload.is_empty()
            => "is given by dispatching the job; leave it out";
        "MODEL-171" "priority" "Priority" if !(1..=priority_max).contains(&priority)
            => "{} is out of range; use 1 to {}", priority, priority_max;
        "MODEL-172" "total-count" "TaskGroups" if count_max > 0 && count > i128::from(count_max)
            => "asks for {} allocations in all; ask for at most {}", count, count_max;
    }
    numa(at, job);
    schedule(at, job);
}

fn total_count(job: &Job) -> i128 {
    job.task_groups.iter().map(|group| i128::from(group.count)).sum()
}

/// A task of a job and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) group: (usize, &'a TaskGroup),
    pub(super) task: (usize, &'a Task),
}

/// Every task of a job, group by group.
pub(super) fn sites(job: &Job) -> impl Iterator<Item = Site<'_>> {
    let groups = job.task_groups.iter().enumerate();
    groups.flat_map(|group| group.1.tasks.iter().enumerate().map(move |task| Site { group, task }))
}

impl Site<'_> {
    /// Does something at the task.
    pub(super) fn at(&self, at: &mut At<'_>, then: impl FnOnce(&mut At<'_>)) {
        let at = &mut at.element(Block::Group, self.group.0, &self.group.1.name);
        then(&mut at.element(Block::Task, self.task.0, &self.task.1.name));
    }
}

/// Access to secrets storage (MODEL-252): one cluster that may be enabled, no namespaces.
///
/// What the rules say of other clusters cannot be met: they are never enabled.
fn vault(at: &mut At<'_>, job: &Job, cluster: &Cluster) {
    let blocks = || sites(job).filter_map(|site| Some((site, site.task.1.vault.as_deref()?)));
    if let Some((site, vault)) = blocks().find(|(_, vault)| !(cluster.vault_enabled && is_default(&vault.cluster))) {
        return site.at(at, |at| {
            rules! { at.only(Block::Vault);
                "MODEL-252" "vault-not-enabled" "Cluster"
                    => "{:?} is not enabled; enable {:?} and use that, or leave Vault out", vault.cluster, DEFAULT;
            }
        });
    }
    let namespaces: BTreeSet<&str> =
        blocks().map(|(_, vault)| vault.namespace.as_str()).filter(|namespace| !namespace.is_empty()).collect();
    if let Some((site, vault)) = blocks().find(|(_, vault)| !vault.namespace.is_empty()) {
        let all = namespaces.into_iter().collect::<Vec<_>>().join(", ");
        site.at(at, |at| {
            rules! { at.only(Block::Vault);
                "MODEL-252" "vault-namespace" "Namespace" [all]
                    => "{:?} means nothing, secrets have no namespaces here; leave it out", vault.namespace;
            }
        });
    }
}

/// The only cluster of secrets or of the catalogue that there is.
const DEFAULT: &str = "default";

fn is_default(cluster: &str) -> bool {
    matches!(cluster, "" | DEFAULT)
}

/// Access to the service catalogue: one partition, one cluster.
fn consul(at: &mut At<'_>, job: &Job) {
    for site in sites(job) {
        let of_group = site.group.1.consul.as_ref().map_or("", |consul| &consul.partition);
        let of_task = site.task.1.consul.as_ref().map_or("", |consul| &consul.partition);
        if !of_group.is_empty() && !of_task.is_empty() && of_group != of_task {
            return site.at(at, |at| {
                rules! { at.only(Block::Consul);
                    "MODEL-252" "consul-partition" "Partition"
                        => "{:?} is not the group's, which is {:?}; use one", of_task, of_group;
                }
            });
        }
    }
    for (index, group) in job.task_groups.iter().enumerate() {
        let blocks = group.consul.iter().chain(group.tasks.iter().filter_map(|task| task.consul.as_ref()));
        let services = group.services.iter().chain(group.tasks.iter().flat_map(|task| &task.services));
        let of_consul = services.filter(|service| service.provider == CONSUL).map(|service| &service.cluster);
        let other = blocks.map(|consul| &consul.cluster).chain(of_consul).find(|cluster| !is_default(cluster));
        if let Some(cluster) = other {
            rules! { at.element(Block::Group, index, &group.name);
                "MODEL-175" "consul-cluster" ""
                    => "uses {:?}, another cluster of the catalogue, and there is one; use {:?}", cluster, DEFAULT;
            }
            return;
        }
    }
}

/// What the namespace lets its jobs use (MODEL-174): drivers, and only then network modes.
fn capabilities(at: &mut At<'_>, job: &Job, allowed: &NamespaceCapabilities) {
    let NamespaceCapabilities {
        enabled_task_drivers,
        disabled_task_drivers,
        enabled_network_modes,
        disabled_network_modes,
    } = allowed;
    let drivers = sites(job).map(|site| site.task.1.driver.as_str());
    let drivers = refused(drivers, enabled_task_drivers, disabled_task_drivers);
    let modes = job.task_groups.iter().flat_map(|group| &group.networks).map(|network| match network.mode.as_str() {
        "" => "host",
        mode => mode,
    });
    let modes = refused(modes, enabled_network_modes, disabled_network_modes);
    rules! { at;
        "MODEL-174" "driver" "TaskGroups" [drivers] if !drivers.0.is_empty()
            => "uses drivers that namespace {:?} does not allow: {}; use others", job.namespace, drivers;
        else "MODEL-174" "network-mode" "TaskGroups" [modes] if !modes.0.is_empty()
            => "uses network modes that namespace {:?} does not allow: {}; use others", job.namespace, modes;
    }
}

/// What is not allowed: it is disabled, or others are enabled.
fn refused<'a>(used: impl Iterator<Item = &'a str>, enabled: &[String], disabled: &[String]) -> Quoted<'a> {
    let has = |list: &[String], name: &str| list.iter().any(|item| item == name);
    Quoted(used.filter(|name| has(disabled, name) || !(enabled.is_empty() || has(enabled, name))).collect())
}

/// Names as messages of the rules write them (MODEL-11): one in quotes, several between brackets.
struct Quoted<'a>(Vec<&'a str>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "{one:?}"),
            several => write!(f, "[{}]", several.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" ")),
        }
    }
}

/// A service's identity has a name; those of the catalogue get theirs from the service (MODEL-88, MODEL-249).
fn service_identities(at: &mut At<'_>, job: &Job) {
    for (index, group) in job.task_groups.iter().enumerate() {
        nameless(&mut at.element(Block::Group, index, &group.name), &group.services);
    }
    for site in sites(job) {
        site.at(at, |at| nameless(at, &site.task.1.services));
    }
}

fn nameless(at: &mut At<'_>, services: &[Service]) {
    for (number, Service { name, provider, identity, .. }) in services.iter().enumerate() {
        rules! { at.element(Block::Service, number, name);
            "MODEL-249" "service-identity-name" "Identity"
                if provider == NOMAD && identity.as_ref().is_some_and(|identity| identity.name.is_empty())
                => "has no Name; give it one";
        }
    }
}

fn numa(at: &mut At<'_>, job: &Job) {
    let wanted = |site: &Site<'_>| {
        let numa = site.task.1.resources.get().and_then(|resources| resources.numa.as_ref());
        numa.is_some_and(|numa| !matches!(numa.affinity.as_str(), "" | "none"))
    };
    if let Some(site) = sites(job).find(wanted) {
        site.at(at, |at| {
            rules! { at.only(Block::Resources).only(Block::Numa);
                "MODEL-175" "numa" "Affinity"
                    => "asks for nearness, which is not supported; use none, or leave it out";
            }
        });
    }
}

fn schedule(at: &mut At<'_>, job: &Job) {
    if let Some(site) = sites(job).find(|site| site.task.1.schedule.is_some()) {
        site.at(at, |at| {
            rules! { at;
                "MODEL-175" "schedule" "Schedule"
                    => "is not supported; leave it out, or make the job periodic";
            }
        });
    }
}
