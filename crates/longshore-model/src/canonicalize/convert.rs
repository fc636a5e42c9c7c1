//! Conversion (3.2): from a filled document to a job in stored form; what is not taken is dropped here.

use super::{Cluster, Request};
use crate::document::{self, Settle};
use crate::{Job, List, Map, NetworkResource, Resources, Service, SharedDefault, Task, TaskGroup, UpdateStrategy};

impl document::Job {
    /// The job in stored form that a filled document asks for (MODEL-74 to MODEL-79). What the engine decides, such as
    /// status and indexes, is not taken (MODEL-75).
    pub fn into_submitted(mut self, request: &Request, cluster: &Cluster) -> Job {
        for group in self.task_groups.as_mut_slice() {
            group.scaling.iter_mut().for_each(|scaling| bound_scaling(scaling));
            for task in group.tasks.as_mut_slice() {
                task.scaling_policies.as_mut_slice().iter_mut().for_each(bound_scaling);
                drop_mounts_of_nothing(&mut task.volume_mounts);
            }
        }
        let mut job: Job = self.settle();
        refuse_given(&mut job);
        job.update = rollout_pace(Some(&job.update));
        address(&mut job, request, cluster);
        job.spreads.null_if_empty();
        job.task_groups.null_if_empty();
        let vault_namespace = job.vault_namespace.clone();
        for group in job.task_groups.as_mut_slice() {
            submit_group(group, &vault_namespace);
        }
        job
    }

    /// The job that a document in stored form says: an absent member is zero, nothing is filled in or dropped.
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let document: document::Job = from_json(r#"{"ID":"web","TaskGroups":[{"Name":"front","Tasks":[{}]}]}"#)?;
    /// let job = document.into_stored();
    /// assert_eq!((job.priority, job.task_groups[0].count), (0, 0));
    /// assert!(job.task_groups[0].tasks[0].resources.is_null());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub fn into_stored(self) -> Job {
        self.settle()
    }
}

/// MODEL-77: a missing bound is told apart from 0, which an author may write. Not taken is what the engine gives out.
fn bound_scaling(scaling: &mut document::ScalingPolicy) {
    scaling.max.get_or_insert(-1);
    scaling.enabled.get_or_insert(true);
    scaling.id.clear();
    (scaling.create_index, scaling.modify_index) = (0, 0);
}

/// MODEL-76: a mount that names no volume is none; one that names it `""` is wrong (MODEL-168).
fn drop_mounts_of_nothing(mounts: &mut List<document::VolumeMount>) {
    if mounts.iter().any(|mount| mount.volume.is_none()) {
        *mounts = std::mem::take(mounts).into_iter().filter(|mount| mount.volume.is_some()).collect();
    }
}

/// MODEL-79.
fn address(job: &mut Job, request: &Request, cluster: &Cluster) {
    if !request.region.is_empty() {
        job.region.clone_from(&request.region);
    } else if matches!(&*job.region, "" | "global") {
        job.region.clone_from(&cluster.region);
    }
    if !request.namespace.is_empty() {
        job.namespace = request.namespace.clone();
    } else if job.namespace.is_empty() {
        job.namespace = Job::shared_default().namespace.clone();
    }
}

/// MODEL-75: what only the engine may set.
fn refuse_given(job: &mut Job) {
    job.parent_id = Default::default();
    job.dispatched = false;
    job.dispatch_idempotency_token.clear();
    job.consul_namespace.clear();
    job.nomad_token_id.clear();
    job.status = Default::default();
    job.status_description.clear();
    job.stable = false;
    job.submit_time = Default::default();
    (job.create_index, job.modify_index, job.job_modify_index) = (0, 0, 0);
}

/// MODEL-74: a stored job keeps no more of its update than its pace.
pub(super) fn rollout_pace(update: Option<&UpdateStrategy>) -> UpdateStrategy {
    let none: UpdateStrategy = document::UpdateStrategy::default().settle();
    match update {
        Some(&UpdateStrategy { stagger, max_parallel, .. }) if max_parallel > 0 => {
            UpdateStrategy { stagger, max_parallel, ..none }
        }
        _ => none,
    }
}

fn submit_group(group: &mut TaskGroup, vault_namespace: &str) {
    (group.stop_after_client_disconnect, group.max_client_disconnect) = (None, None);
    group.prevent_reschedule_on_lost = false;
    group.tasks.null_if_empty();
    group.spreads.null_if_empty();
    submit_networks(&mut group.networks);
    submit_services(&mut group.services);
    if group.volumes.is_empty() {
        group.volumes = Map::NULL;
    }
    group.volumes.retain(|_, volume| matches!(&*volume.kind, "host" | "csi"));
    for task in group.tasks.as_mut_slice() {
        submit_task(task, vault_namespace);
    }
}

fn submit_task(task: &mut Task, vault_namespace: &str) {
    submit_services(&mut task.services);
    for service in task.services.as_mut_slice() {
        service.checks.as_mut_slice().iter_mut().for_each(|check| check.task_name.clear());
    }
    task.templates.null_if_empty();
    task.artifacts.null_if_empty();
    task.secrets.null_if_empty();
    task.identities.null_if_empty();
    task.scaling_policies.null_if_empty();
    submit_resources(&mut task.resources);
    if task.schedule.as_ref().is_some_and(|schedule| schedule.cron.is_none()) {
        task.schedule = None;
    }
    if let Some(vault) = &mut task.vault
        && vault.namespace.is_empty()
    {
        vault_namespace.clone_into(&mut vault.namespace);
    }
}

fn submit_resources(resources: &mut Resources) {
    resources.disk_mb = 0;
    resources.devices.null_if_empty();
    submit_networks(&mut resources.networks);
}

fn submit_networks(networks: &mut List<NetworkResource>) {
    networks.null_if_empty();
    for network in networks.as_mut_slice() {
        network.device.clear();
        network.reserved_ports.null_if_empty();
        network.dynamic_ports.null_if_empty();
    }
}

fn submit_services(services: &mut List<Service>) {
    services.null_if_empty();
    for service in services.as_mut_slice() {
        service.namespace.clear();
        service.checks.null_if_empty();
    }
}
