//! Pass B (3.3): what is empty in a job in stored form. Jobs that were never a document, such as those built in Rust or
//! brought back from an earlier version, enter here.

use super::input::{HORIZONTAL, fill};
use super::names::{self, DEFAULT};
use crate::{
    Duration, Job, JobType, Map, MigrateStrategy, NetworkResource, ParameterizedJob, ReschedulePolicy, RestartPolicy,
    ScalingPolicy, Service, SharedDefault, Task, TaskGroup, Template, Vault, WorkloadIdentity, plain_numbers,
};

/// Whom default identities are for (MODEL-84).
const DEFAULT_AUDIENCE: &str = "nomadproject.io";

impl Job {
    /// Fills in what is empty in stored form (MODEL-80 to MODEL-85). Doing it twice changes nothing more, unless a task has
    /// several identities named `default`.
    ///
    /// ```
    /// use longshore_model::{Job, List};
    /// let mut job = Job { datacenters: List::NULL, ..Job::service("web") };
    /// job.complete();
    /// assert_eq!(*job.datacenters, ["*"]);
    /// ```
    pub fn complete(&mut self) {
        self.meta.null_if_empty();
        self.constraints.null_if_empty();
        self.affinities.null_if_empty();
        self.spreads.null_if_empty();
        if self.namespace.is_empty() {
            self.namespace = Job::shared_default().namespace.clone();
        }
        if self.datacenters.is_empty() {
            self.datacenters = Job::shared_default().datacenters.clone();
        }
        if let Some(parameterized) = &mut self.parameterized_job {
            fill(&mut parameterized.payload, &ParameterizedJob::shared_default().payload);
        }
        if let Some(multiregion) = &mut self.multiregion {
            multiregion.regions.make();
        }
        let mut groups = std::mem::take(&mut self.task_groups);
        for group in groups.as_mut_slice() {
            complete_group(self, group);
        }
        self.task_groups = groups;
    }
}

/// MODEL-77, MODEL-82: whom a policy scales follows from where it stands.
fn complete_scaling(scaling: &mut ScalingPolicy, job: &Job, group: &str, task: Option<&str>) {
    fill(&mut scaling.kind, HORIZONTAL);
    let place = [("Namespace", &*job.namespace), ("Job", &*job.id), ("Group", group)];
    let entries = || place.into_iter().chain(task.map(|task| ("Task", task)));
    let stands = |target: &Map<String>| {
        target.len() == entries().count() && entries().all(|(key, value)| target.get(key).is_some_and(|v| v == value))
    };
    if !stands(&scaling.target) {
        scaling.target = entries().map(|(key, value)| (key, value.to_string())).collect();
    }
}

/// MODEL-80, MODEL-82. The job is there for its own members: its groups are elsewhere meanwhile.
pub(super) fn complete_group(job: &Job, group: &mut TaskGroup) {
    group.meta.null_if_empty();
    group.constraints.null_if_empty();
    group.affinities.null_if_empty();
    group.spreads.null_if_empty();
    if !matches!(job.kind, JobType::SysBatch) {
        group.restart_policy.get_or_insert_with(|| RestartPolicy::of(&job.kind));
    }
    if matches!(job.kind, JobType::Service | JobType::Batch) {
        group.reschedule_policy.get_or_insert_with(|| ReschedulePolicy::of(&job.kind));
    }
    if matches!(job.kind, JobType::Service) {
        group.migrate.get_or_insert_with(MigrateStrategy::default);
    }
    if group.ephemeral_disk.is_null() {
        group.ephemeral_disk = Default::default();
    }
    if let Some(disconnect) = &mut group.disconnect {
        disconnect.replace.get_or_insert(true);
        if disconnect.reconcile.as_str().is_empty() {
            disconnect.reconcile = Default::default();
        }
    }
    if let Some(scaling) = &mut group.scaling {
        complete_scaling(scaling, job, &group.name, None);
    }
    group.networks.as_mut_slice().iter_mut().for_each(complete_network);
    for service in group.services.as_mut_slice() {
        complete_service(service, job, &group.name, None);
    }
    let restart = &group.restart_policy;
    for task in group.tasks.as_mut_slice() {
        complete_task(job, &group.name, restart, task);
    }
}

fn complete_network(network: &mut NetworkResource) {
    for ports in [&mut network.reserved_ports, &mut network.dynamic_ports] {
        ports.null_if_empty();
        for port in ports.as_mut_slice() {
            fill(&mut port.host_network, DEFAULT);
        }
    }
}

/// MODEL-80, MODEL-83.
fn complete_task(job: &Job, group: &str, restart: &Option<RestartPolicy>, task: &mut Task) {
    task.meta.null_if_empty();
    task.env.null_if_empty();
    task.config.null_if_empty();
    task.config.values_mut().for_each(plain_numbers);
    task.constraints.null_if_empty();
    task.affinities.null_if_empty();
    task.volume_mounts.null_if_empty();
    if task.resources.is_null() {
        task.resources = Default::default();
    }
    task.resources.networks.null_if_empty();
    task.resources.devices.null_if_empty();
    task.resources.networks.as_mut_slice().iter_mut().for_each(complete_network);
    if task.restart_policy.is_none() {
        task.restart_policy = restart.clone();
    }
    if task.kill_timeout == Duration::ZERO {
        task.kill_timeout = Task::shared_default().kill_timeout;
    }
    if let Some(vault) = &mut task.vault {
        fill(&mut vault.change_mode, &Vault::shared_default().change_mode);
        names::upper_case(&mut vault.change_signal);
    }
    for Template { change_signal, .. } in task.templates.as_mut_slice() {
        names::upper_case(change_signal);
    }
    complete_identities(task);
    for scaling in task.scaling_policies.as_mut_slice() {
        complete_scaling(scaling, job, group, Some(&task.name));
    }
    let name = task.name.clone();
    for service in task.services.as_mut_slice() {
        complete_service(service, job, group, Some(&name));
    }
}

/// MODEL-84: the last identity named `default` is the task's own.
fn complete_identities(task: &mut Task) {
    for identity in task.identities.as_mut_slice() {
        complete_identity(identity);
    }
    if let Some(at) = task.identities.iter().rposition(|identity| identity.name == DEFAULT) {
        task.identity = Some(Box::new(task.identities.make().remove(at)));
    }
    complete_identity(task.identity.get_or_insert_default());
}

fn complete_identity(identity: &mut WorkloadIdentity) {
    fill(&mut identity.name, DEFAULT);
    if identity.name == DEFAULT && *identity.audience != [DEFAULT_AUDIENCE] {
        identity.audience = [DEFAULT_AUDIENCE.to_string()].into();
    }
    names::upper_case(&mut identity.change_signal);
}

/// MODEL-80, MODEL-85.
fn complete_service(service: &mut Service, job: &Job, group: &str, task: Option<&str>) {
    service.tags.null_if_empty();
    service.canary_tags.null_if_empty();
    service.checks.null_if_empty();
    service.tagged_addresses.null_if_empty();
    if let Some(task) = task {
        fill(&mut service.task_name, task);
    }
    names::substitute(&mut service.name, &job.name, group, task);
    let default = Service::shared_default();
    fill(&mut service.on_update, &default.on_update);
    match service.provider.as_str() {
        "consul" => DEFAULT.clone_into(&mut service.namespace),
        "nomad" => (*job.namespace).clone_into(&mut service.namespace),
        _ => service.namespace.clear(),
    }
    for check in service.checks.as_mut_slice() {
        check.args.null_if_empty();
        check.header.values_mut().for_each(crate::List::null_if_empty);
        if check.header.is_empty() {
            check.header = Map::NULL;
        }
        if check.name.is_empty() {
            check.name = format!("service: {:?} check", service.name);
        }
        fill(&mut check.task_name, &service.task_name);
        fill(&mut check.on_update, &default.on_update);
    }
}
