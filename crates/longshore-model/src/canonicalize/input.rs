//! Pass A (3.1): what an absent member of a document means. Nothing that an author wrote changes, but for empty names
//! and a few values that read as a default.

use super::names;
use crate::document::{
    Affinity, ChangeScript, CsiPluginConfig, Job, LogConfig, MigrateStrategy, Multiregion, Overlay, PeriodicConfig,
    RequestedDevice, ReschedulePolicy, Resources, RestartPolicy, Spread, Task, TaskArtifact, TaskGroup, Template,
    UpdateStrategy, Vault, VolumeMount,
};
use crate::wire::Wire;
use crate::{Duration, JobType, List, SharedDefault};

/// What a policy scales that does not say so: the number of allocations.
pub(super) const HORIZONTAL: &str = "horizontal";

impl Job {
    /// Fills in what absent members mean (MODEL-62 to MODEL-73). Doing it twice changes nothing more.
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let mut job: document::Job =
    ///     from_json(r#"{"ID":"web","TaskGroups":[{"Name":"front","Scaling":{"Min":3,"Max":5}}]}"#)?;
    /// job.fill_defaults();
    /// assert_eq!((job.priority, job.task_groups[0].count), (Some(50), Some(3)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub fn fill_defaults(&mut self) {
        scalars(self);
        if let Some(update) = &mut self.update {
            *update = std::mem::take(update).over(crate::UpdateStrategy::default().into());
        } else if has_update(&kind(self)) {
            self.update = Some(crate::UpdateStrategy::default().into());
        }
        self.multiregion.iter_mut().for_each(multiregion);
        self.periodic.iter_mut().for_each(periodic);
        if let Some(ui) = &mut self.ui {
            ui.links.null_if_empty();
        }
        weigh(&mut self.affinities);
        weigh_spreads(&mut self.spreads);
        let mut groups = std::mem::take(&mut self.task_groups);
        let inherited = Inherited::of(self);
        groups.as_mut_slice().iter_mut().for_each(|group| fill_group(group, &inherited));
        self.task_groups = groups;
    }
}

fn kind(job: &Job) -> JobType {
    job.kind.clone().unwrap_or_default()
}

/// MODEL-63: whether jobs of a type are rolled out in steps even if they do not say how.
pub(super) fn has_update(kind: &JobType) -> bool {
    matches!(kind, JobType::Service | JobType::System)
}

/// MODEL-62.
fn scalars(job: &mut Job) {
    let default = crate::Job::shared_default();
    let id = job.id.get_or_insert_default();
    job.name.get_or_insert_with(|| id.to_string());
    job.parent_id.get_or_insert_default();
    job.namespace.get_or_insert_with(|| default.namespace.clone());
    job.region.get_or_insert_with(|| default.region.clone());
    job.kind.get_or_insert_default();
    job.priority.get_or_insert(default.priority);
    job.stop.get_or_insert_default();
    job.all_at_once.get_or_insert_default();
    job.stable.get_or_insert_default();
    for text in [
        &mut job.node_pool,
        &mut job.consul_namespace,
        &mut job.vault_namespace,
        &mut job.nomad_token_id,
        &mut job.status,
        &mut job.status_description,
    ] {
        text.get_or_insert_default();
    }
    for number in [&mut job.version, &mut job.create_index, &mut job.modify_index, &mut job.job_modify_index] {
        number.get_or_insert_default();
    }
}

/// MODEL-64.
fn multiregion(multiregion: &mut Multiregion) {
    let strategy = multiregion.strategy.get_or_insert_default();
    strategy.max_parallel.get_or_insert_default();
    strategy.on_failure.get_or_insert_default();
    for region in multiregion.regions.make() {
        region.count.get_or_insert(crate::MultiregionRegion::shared_default().count);
        region.datacenters.make();
        region.meta.make();
    }
}

/// MODEL-64.
fn periodic(periodic: &mut PeriodicConfig) {
    let default = crate::PeriodicConfig::shared_default();
    periodic.enabled.get_or_insert(default.enabled);
    periodic.spec.get_or_insert_default();
    periodic.specs.make();
    periodic.spec_type.get_or_insert_with(|| default.spec_type.clone());
    periodic.prohibit_overlap.get_or_insert_default();
    fill(periodic.time_zone.get_or_insert_default(), &default.time_zone);
}

/// MODEL-64.
fn weigh(affinities: &mut List<Affinity>) {
    let weight = crate::Affinity::shared_default().weight;
    affinities.as_mut_slice().iter_mut().for_each(|affinity| _ = affinity.weight.get_or_insert(weight));
}

/// MODEL-64.
fn weigh_spreads(spreads: &mut List<Spread>) {
    let weight = crate::Spread::shared_default().weight;
    spreads.as_mut_slice().iter_mut().for_each(|spread| _ = spread.weight.get_or_insert(weight));
}

/// An empty text reads as a default.
pub(super) fn fill(text: &mut String, default: &str) {
    if text.is_empty() {
        default.clone_into(text);
    }
}

/// What groups take from their job.
struct Inherited<'a> {
    name: &'a str,
    update: Option<&'a UpdateStrategy>,
    migrate: Option<MigrateStrategy>,
    reschedule: Option<ReschedulePolicy>,
    migrate_default: MigrateStrategy,
    reschedule_default: ReschedulePolicy,
    restart: RestartPolicy,
    consul_namespace: &'a str,
}

impl<'a> Inherited<'a> {
    fn of(job: &'a Job) -> Inherited<'a> {
        let kind = kind(job);
        let migrate_default = MigrateStrategy::from(crate::MigrateStrategy::default());
        let reschedule_default = ReschedulePolicy::from(crate::ReschedulePolicy::of(&kind));
        let service = matches!(kind, JobType::Service);
        let reschedules = !matches!(kind, JobType::System | JobType::SysBatch);
        Inherited {
            name: job.name.as_deref().unwrap_or_default(),
            update: job.update.as_ref(),
            migrate: job.migrate.clone().or_else(|| service.then(|| migrate_default.clone())),
            reschedule: job.reschedule.clone().or_else(|| reschedules.then(|| reschedule_default.clone())),
            migrate_default,
            reschedule_default,
            restart: crate::RestartPolicy::of(&kind).into(),
            consul_namespace: job.consul_namespace.as_deref().unwrap_or_default(),
        }
    }
}

/// MODEL-65 to MODEL-70.
fn fill_group(group: &mut TaskGroup, job: &Inherited<'_>) {
    let name = group.name.get_or_insert_default().clone();
    let least = group.scaling.as_ref().and_then(|scaling| scaling.min);
    let count = *group.count.get_or_insert(least.unwrap_or(crate::TaskGroup::shared_default().count));
    if let Some(scaling) = &mut group.scaling {
        scaling.enabled.get_or_insert(true);
        scaling.min.get_or_insert(count);
        fill(&mut scaling.kind, HORIZONTAL);
    }
    weigh(&mut group.affinities);
    weigh_spreads(&mut group.spreads);
    group.update = group_update(group.update.take(), job.update);
    group.migrate = overlaid(group.migrate.take(), &job.migrate, &job.migrate_default);
    group.reschedule_policy = overlaid(group.reschedule_policy.take(), &job.reschedule, &job.reschedule_default);
    let restart = group.restart_policy.take().unwrap_or_default().over(job.restart.clone());
    let disk = group.ephemeral_disk.take().unwrap_or_default();
    group.ephemeral_disk = Some(disk.over(crate::EphemeralDisk::default().into()));
    if let Some(disconnect) = &mut group.disconnect {
        disconnect.replace.get_or_insert(true);
        disconnect.reconcile.get_or_insert_default();
    }
    if let Some(consul) = &mut group.consul {
        fill(&mut consul.namespace, job.consul_namespace);
        fill(&mut consul.cluster, &crate::Consul::shared_default().cluster);
    }
    super::service::fill_all(&mut group.services, || names::service(job.name, &name, None));

    for task in group.tasks.as_mut_slice() {
        fill_task(task, job.name, &name, &restart);
    }
    group.restart_policy = Some(restart);
}

/// MODEL-66.
fn group_update(group: Option<UpdateStrategy>, job: Option<&UpdateStrategy>) -> Option<UpdateStrategy> {
    match (group, job) {
        (Some(group), Some(job)) => Some(group.over(job.clone())),
        (Some(group), None) => Some(group.over(crate::UpdateStrategy::default().into())),
        (None, Some(job)) => (!all_zero(job)).then(|| job.clone()),
        (None, None) => None,
    }
}

fn all_zero(update: &UpdateStrategy) -> bool {
    let stored: crate::UpdateStrategy = crate::document::Settle::settle(update.clone());
    stored.is_zero()
}

/// MODEL-67, MODEL-68.
fn overlaid<P: Overlay + Clone>(group: Option<P>, job: &Option<P>, default: &P) -> Option<P> {
    let stated = match (group, job) {
        (Some(group), Some(job)) => Some(group.over(job.clone())),
        (group, job) => group.or_else(|| job.clone()),
    };
    stated.map(|policy| policy.over(default.clone()))
}

/// MODEL-69, MODEL-71.
fn fill_task(task: &mut Task, job: &str, group: &str, restart: &RestartPolicy) {
    super::service::fill_all(&mut task.services, || names::service(job, group, Some(&task.name)));

    weigh(&mut task.affinities);
    fill_resources(task.resources.get_or_insert_default());
    task.restart_policy = Some(task.restart_policy.take().unwrap_or_default().over(restart.clone()));
    task.kill_timeout.get_or_insert(crate::Task::shared_default().kill_timeout);
    let logs = task.log_config.take().unwrap_or_default();
    task.log_config = Some(fill_logs(logs));
    task.artifacts.as_mut_slice().iter_mut().for_each(artifact);
    task.templates.as_mut_slice().iter_mut().for_each(template);
    task.volume_mounts.as_mut_slice().iter_mut().for_each(fill_mount);
    task.vault.iter_mut().for_each(|block| vault(block));
    task.consul.iter_mut().for_each(|block| fill(&mut block.cluster, &crate::Consul::shared_default().cluster));
    task.csi_plugin_config.iter_mut().for_each(|block| csi_plugin(block));
    for secret in task.secrets.as_mut_slice() {
        secret.config.null_if_empty();
        secret.env.null_if_empty();
    }
}

pub(super) fn fill_logs(logs: LogConfig) -> LogConfig {
    logs.over(crate::LogConfig::default().into())
}

/// MODEL-72.
pub(super) fn fill_resources(resources: &mut Resources) {
    let default = crate::Resources::shared_default();
    resources.cpu.get_or_insert(if resources.cores.is_some() { 0 } else { default.cpu });
    resources.cores.get_or_insert(default.cores);
    resources.memory_mb.get_or_insert(default.memory_mb);
    for RequestedDevice { count, affinities, .. } in resources.devices.as_mut_slice() {
        count.get_or_insert(crate::RequestedDevice::shared_default().count);
        weigh(affinities);
    }
    if let Some(numa) = &mut resources.numa {
        fill(&mut numa.affinity, &crate::Numa::shared_default().affinity);
    }
}

/// MODEL-71.
fn artifact(artifact: &mut TaskArtifact) {
    artifact.getter_options.null_if_empty();
    artifact.getter_headers.null_if_empty();
    artifact.getter_insecure.get_or_insert_default();
    let default = crate::TaskArtifact::shared_default();
    let mode = artifact.getter_mode.get_or_insert_with(|| default.getter_mode.clone());
    let source = artifact.getter_source.get_or_insert_default();
    artifact.relative_dest.get_or_insert_with(|| match (mode.as_str(), names::last_element(source)) {
        ("file", "" | ".") => "local".into(),
        ("file", "..") => ".".into(),
        ("file", last) => format!("local/{last}"),
        _ => "local/".into(),
    });
}

/// MODEL-71.
fn template(template: &mut Template) {
    for text in [&mut template.source_path, &mut template.dest_path, &mut template.embedded_tmpl] {
        text.get_or_insert_default();
    }
    let default = crate::Template::shared_default();
    let mode = template.change_mode.get_or_insert_with(|| default.change_mode.clone());
    match &mut template.change_signal {
        Some(signal) => names::upper_case(signal),
        absent => {
            *absent = Some(if mode == "signal" {
                crate::Vault::shared_default().change_signal.clone()
            } else {
                String::new()
            })
        }
    }
    template.change_script.iter_mut().for_each(change_script);
    template.once.get_or_insert_default();
    template.splay.get_or_insert(default.splay);
    template.perms.get_or_insert_with(|| default.perms.clone());
    template.left_delim.get_or_insert_with(|| default.left_delim.clone());
    template.right_delim.get_or_insert_with(|| default.right_delim.clone());
    template.envvars.get_or_insert_default();
    template.vault_grace.get_or_insert_default();
    template.err_missing_key.get_or_insert_default();
}

fn change_script(script: &mut ChangeScript) {
    script.command.get_or_insert_default();
    script.args.make();
    script.timeout.get_or_insert(crate::ChangeScript::shared_default().timeout);
    script.fail_on_error.get_or_insert_default();
    script.run_on_first_render.get_or_insert_default();
}

pub(super) fn fill_mount(mount: &mut VolumeMount) {
    mount.read_only.get_or_insert_default();
    mount.propagation_mode.get_or_insert_with(|| crate::VolumeMount::shared_default().propagation_mode.clone());
    mount.selinux_label.get_or_insert_default();
}

fn vault(vault: &mut Vault) {
    let default = crate::Vault::shared_default();
    vault.namespace.get_or_insert_default();
    fill(&mut vault.cluster, &default.cluster);
    vault.env.get_or_insert(default.env);
    vault.disable_file.get_or_insert_default();
    vault.change_mode.get_or_insert_with(|| default.change_mode.clone());
    vault.change_signal.get_or_insert_with(|| default.change_signal.clone());
    vault.allow_token_expiration.get_or_insert_default();
}

fn csi_plugin(plugin: &mut CsiPluginConfig) {
    let default = crate::CsiPluginConfig::shared_default();
    fill(&mut plugin.mount_dir, &default.mount_dir);
    fill(&mut plugin.stage_publish_base_dir, &default.stage_publish_base_dir);
    if plugin.health_timeout == Duration::ZERO {
        plugin.health_timeout = default.health_timeout;
    }
}
