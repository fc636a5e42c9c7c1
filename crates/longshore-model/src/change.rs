//! Which changes of a group replace its allocations, and which they take up where they are (REC-222 to REC-225).
//!
//! Every object is taken apart member by member, so that one that is added later does not compile before it is decided
//! what a change of it means.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::{
    Affinity, Constraint, Consul, Job, LogConfig, Map, MountOptions, NetworkResource, Port, RequestedDevice, Resources,
    RestartPolicy, Service, Task, TaskGroup, TaskName, VolumeRequest,
};

/// The first thing found about a change that running tasks cannot take up.
///
/// ```
/// use longshore_model::change::Destructive;
/// let why = Destructive { task: Some("server".into()), member: "User" };
/// assert_eq!(why.to_string(), r#"User of task "server""#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Destructive {
    /// The task at fault; `None` if it is the group.
    pub task: Option<TaskName>,
    /// The member that changed.
    pub member: &'static str,
}

impl fmt::Display for Destructive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.task {
            Some(task) => write!(f, "{} of task {:?}", self.member, task.as_str()),
            None => f.write_str(self.member),
        }
    }
}

/// Why allocations of a group must be replaced to go from one version of their job to another; `None` if they can be
/// updated where they are (REC-222), their node permitting (REC-220).
///
/// Takes canonical jobs. A group that one of them does not have is a change of `TaskGroups`.
///
/// ```
/// use longshore_model::{Job, Task, TaskGroup, change::destructive};
/// let job = |group: TaskGroup| Job::service("web").with_group(group);
/// let group = |user: &str| TaskGroup::new("front").task(Task { user: user.into(), ..Task::new("server") });
/// let old = job(group("www"));
/// assert_eq!(destructive(&old, &job(group("www").count(9)), "front"), None);
/// let why = destructive(&old, &job(group("root")), "front").map(|why| why.to_string());
/// assert_eq!(why.as_deref(), Some(r#"User of task "server""#));
/// ```
pub fn destructive(old: &Job, new: &Job, group: &str) -> Option<Destructive> {
    let Some((before, after)) = old.group(group).zip(new.group(group)) else {
        return Some(Destructive { task: None, member: "TaskGroups" });
    };
    if let Some(member) = group_change(before, after) {
        return Some(Destructive { task: None, member });
    }
    let named: BTreeMap<&TaskName, &Task> = after.tasks.iter().map(|task| (&task.name, task)).collect();
    before.tasks.iter().find_map(|task| {
        let change = |member| Destructive { task: Some(task.name.clone()), member };
        let Some(now) = named.get(&task.name) else { return Some(change("Name")) };
        let meta = || meta_differs((old, before, task), (new, after, now)).then_some("Meta");
        task_change(task, now).or_else(meta).map(change)
    })
}

/// The first of these that holds.
fn first(changes: impl IntoIterator<Item = (&'static str, bool)>) -> Option<&'static str> {
    changes.into_iter().find(|(_, changed)| *changed).map(|(member, _)| member)
}

fn group_change(old: &TaskGroup, new: &TaskGroup) -> Option<&'static str> {
    #[rustfmt::skip]
    let TaskGroup {
        tasks, ephemeral_disk, networks, consul, services, volumes, restart_policy,
        meta: _, // as the tasks see it
        // REC-225
        name: _, count: _, update: _, migrate: _, constraints: _, scaling: _, disconnect: _, reschedule_policy: _,
        affinities: _, spreads: _, shutdown_delay: _, max_run_duration: _, stop_after_client_disconnect: _,
        max_client_disconnect: _, prevent_reschedule_on_lost: _,
    } = old;
    first([
        ("Tasks", tasks.len() != new.tasks.len()),
        ("EphemeralDisk", *ephemeral_disk != new.ephemeral_disk),
        ("Networks", networks_differ(networks, &new.networks)),
        ("Consul", consul_differs(consul.as_deref(), new.consul.as_deref())),
        ("Services", connect_differs(services, &new.services)),
        ("Volumes", volumes_differ(volumes, &new.volumes)),
        ("RestartPolicy", renders_again(restart_policy.as_ref()) != renders_again(new.restart_policy.as_ref())),
    ])
}

fn task_change(old: &Task, new: &Task) -> Option<&'static str> {
    #[rustfmt::skip]
    let Task {
        driver, user, config, env, vault, secrets, consul, templates, resources, restart_policy, log_config, artifacts,
        volume_mounts, csi_plugin_config, identity, identities,
        meta: _, // with the group's and the job's
        // REC-225
        name: _, services: _, constraints: _, affinities: _, dispatch_payload: _, lifecycle: _, kill_timeout: _,
        leader: _, shutdown_delay: _, scaling_policies: _, kill_signal: _, kind: _, actions: _, schedule: _,
    } = old;
    let silent = |config: Option<&LogConfig>| config.is_some_and(|config| config.disabled);
    first([
        ("Driver", *driver != new.driver),
        ("User", *user != new.user),
        ("Config", maps_differ(config, &new.config)),
        ("Env", maps_differ(env, &new.env)),
        ("Artifacts", **artifacts != *new.artifacts),
        ("Vault", *vault != new.vault),
        ("Secrets", **secrets != *new.secrets),
        ("Consul", consul_differs(consul.as_deref(), new.consul.as_deref())),
        ("Templates", **templates != *new.templates),
        ("CSIPluginConfig", *csi_plugin_config != new.csi_plugin_config),
        ("VolumeMounts", **volume_mounts != *new.volume_mounts),
        ("Resources", resources_differ(resources, &new.resources)),
        ("Identity", *identity != new.identity),
        ("Identities", **identities != *new.identities),
        ("LogConfig", silent(log_config.as_ref()) != silent(new.log_config.as_ref())),
        ("RestartPolicy", renders_again(restart_policy.as_ref()) != renders_again(new.restart_policy.as_ref())),
    ])
}

/// Where a task stands: its job, its group and itself.
type Standing<'a> = (&'a Job, &'a TaskGroup, &'a Task);

/// Whether a task sees other facts: only what it sees of them counts, not who says it (MODEL-190).
fn meta_differs(old: Standing<'_>, new: Standing<'_>) -> bool {
    fn said((job, group, task): Standing<'_>) -> [&Map<String>; 3] {
        [&job.meta, &group.meta, &task.meta]
    }
    let seen = |(job, group, task): Standing<'_>| job.task_meta(&group.name, &task.name);
    said(old) != said(new) && seen(old) != seen(new)
}

/// Null and empty are one.
fn maps_differ<V: PartialEq>(old: &Map<V>, new: &Map<V>) -> bool {
    !old.iter().eq(new.iter())
}

fn renders_again(policy: Option<&RestartPolicy>) -> bool {
    policy.is_some_and(|policy| policy.render_templates)
}

/// Only where both versions have one, and never for its namespace.
fn consul_differs(old: Option<&Consul>, new: Option<&Consul>) -> bool {
    let Some((old, new)) = old.zip(new) else { return false };
    let Consul { cluster, partition, namespace: _ } = old;
    *cluster != new.cluster || *partition != new.partition
}

fn resources_differ(old: &Resources, new: &Resources) -> bool {
    let Resources { cpu, cores, memory_mb, memory_max_mb, secrets_mb, networks, devices, numa, disk_mb: _, iops: _ } =
        old;
    let amounts = |of: &Resources| [of.cpu, of.cores, of.memory_mb, of.memory_max_mb, of.secrets_mb];
    [*cpu, *cores, *memory_mb, *memory_max_mb, *secrets_mb] != amounts(new)
        || networks_differ(networks, &new.networks)
        || !same_elements(devices, &new.devices, same_device)
        || *numa != new.numa
}

fn same_device(old: &RequestedDevice, new: &RequestedDevice) -> bool {
    let RequestedDevice { name, count, share, constraints, affinities } = old;
    (name, count, share) == (&new.name, &new.count, &new.share)
        && same_elements(constraints, &new.constraints, Constraint::eq)
        && same_elements(affinities, &new.affinities, Affinity::eq)
}

/// Two lists of one length of which each old element has its like among the new (REC-223). Their order does not matter.
fn same_elements<T>(old: &[T], new: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    let like = |(at, element): (usize, &T)| new.get(at).into_iter().chain(new).any(|other| same(element, other));
    old.len() == new.len() && old.iter().enumerate().all(like)
}

fn volumes_differ(old: &Map<VolumeRequest>, new: &Map<VolumeRequest>) -> bool {
    let same = |old: &VolumeRequest, new: &VolumeRequest| {
        #[rustfmt::skip]
        let VolumeRequest {
            name, kind, source, read_only, sticky, access_mode, attachment_mode, mount_options, per_alloc,
        } = old;
        (name, kind, source, access_mode, attachment_mode)
            == (&new.name, &new.kind, &new.source, &new.access_mode, &new.attachment_mode)
            && (*read_only, *sticky, *per_alloc) == (new.read_only, new.sticky, new.per_alloc)
            && same_options(mount_options.as_ref(), new.mount_options.as_ref())
    };
    old.len() != new.len() || !old.iter().zip(new.iter()).all(|(old, new)| old.0 == new.0 && same(old.1, new.1))
}

fn same_options(old: Option<&MountOptions>, new: Option<&MountOptions>) -> bool {
    let Some((old, new)) = old.zip(new) else { return old.is_none() && new.is_none() };
    let MountOptions { fs_type, mount_flags } = old;
    *fs_type == new.fs_type && same_elements(mount_flags, &new.mount_flags, String::eq)
}

/// REC-223: one by one, in order.
fn networks_differ(old: &[NetworkResource], new: &[NetworkResource]) -> bool {
    old.len() != new.len() || old.iter().zip(new).any(|(old, new)| network_differs(old, new))
}

fn network_differs(old: &NetworkResource, new: &NetworkResource) -> bool {
    #[rustfmt::skip]
    let NetworkResource {
        mode, hostname, mbits, dns, reserved_ports: _, dynamic_ports: _, cni, device: _, cidr: _, ip: _,
    } = old;
    (mode, hostname, mbits, dns) != (&new.mode, &new.hostname, &new.mbits, &new.dns)
        || *cni != new.cni
        || !ports(old).eq(ports(new))
}

/// What counts of ports: a dynamic one has no number of its own yet, so that a fixed one of −1 is like it.
fn ports(network: &NetworkResource) -> impl Iterator<Item = (&str, i64, i64, &str)> {
    fn part(port: &Port, number: i64) -> (&str, i64, i64, &str) {
        let Port { label, value: _, to, host_network, ignore_collision: _ } = port;
        (label, number, *to, host_network)
    }
    let fixed = network.reserved_ports.iter().map(|port| part(port, port.value));
    fixed.chain(network.dynamic_ports.iter().map(|port| part(port, -1)))
}

/// REC-224: whatever the new services ask of the mesh that those of their name did not. Going without it is no change.
fn connect_differs(old: &[Service], new: &[Service]) -> bool {
    let before: BTreeMap<&str, &Service> = old.iter().map(|service| (service.name.as_str(), service)).collect();
    new.iter().filter(|service| !service.connect.is_null()).any(|service| {
        before.get(service.name.as_str()).is_some_and(|old| {
            old.port_label != service.port_label
                || old.cluster != service.cluster
                || mesh(&old.connect) != mesh(&service.connect)
        })
    })
}

/// What counts of mesh settings; null where they are.
fn mesh(connect: &Value) -> Option<(bool, &Value, &Value, Option<&str>)> {
    let member = |name| connect.get(name).unwrap_or(&Value::Null);
    let native = member("Native").as_bool().unwrap_or(false);
    let sidecar_port = member("SidecarService").as_object().map(|sidecar| {
        let port = sidecar.get("Port").and_then(Value::as_str);
        port.unwrap_or_default()
    });
    connect.is_object().then(|| (native, member("Gateway"), member("SidecarTask"), sidecar_port))
}
