//! Tasks (MODEL-237 to MODEL-240).

use super::compare::{Objects, Pair, content, list, own_fields};
use super::job::{affinity_key, constraint_key};
use super::{Detail, DiffType, TaskDiff, network, service, template};
use crate::{RequestedDevice, Resources, Task, TaskArtifact, WorkloadIdentity};

pub(super) fn diff(pair: Pair<'_, Task>, detail: Detail) -> TaskDiff {
    let kind = pair.kind();
    if kind == DiffType::None {
        return unchanged(pair);
    }
    let fields = list(own_fields(pair, &["Name"], Detail::Changes));
    TaskDiff { kind, fields, objects: objects(pair, detail).in_runs(), ..unchanged(pair) }
}

/// A task of which nothing but the name is shown.
pub(super) fn unchanged(pair: Pair<'_, Task>) -> TaskDiff {
    let name = pair.new.or(pair.old).map(|task| task.name.as_str().to_owned()).unwrap_or_default();
    TaskDiff { name, ..TaskDiff::default() }
}

/// MODEL-239. Restart policy, life cycle, scaling policies and plugin are not compared (MODEL-237).
fn objects(pair: Pair<'_, Task>, detail: Detail) -> Objects {
    let mut objects = Objects::new(detail);
    objects.keyed("Constraint", pair.list(|task| &task.constraints), constraint_key);
    objects.keyed("Affinity", pair.list(|task| &task.affinities), affinity_key);
    objects.deep_map("Config", pair.member(|task| &task.config));
    objects.present("Resources", pair.nullable(|task| task.resources.get()), &[], resources);
    objects.primitive("LogConfig", pair.nullable(|task| task.log_config.as_ref()), &[]);
    objects.primitive("DispatchPayload", pair.nullable(|task| task.dispatch_payload.as_ref()), &[]);
    objects.keyed("Artifact", pair.list(|task| &task.artifacts), artifact_key);
    service::add(&mut objects, pair.list(|task| &task.services));
    objects.present("Vault", pair.nullable(|task| task.vault.as_deref()), &[], |_, _| {});
    for secret in pair.list(|task| &task.secrets).by_key(|secret| &secret.name) {
        objects.deep("Secret", secret);
    }
    objects.primitive("Consul", pair.nullable(|task| task.consul.as_deref()), &[]);
    template::add(&mut objects, pair.list(|task| &task.templates));
    objects.present("Identity", pair.nullable(|task| task.identity.as_deref()), &[], identity);
    for named in pair.list(|task| &task.identities).by_key(|identity| &identity.name) {
        objects.present("Identity", named, &[], identity);
    }
    for action in pair.list(|task| &task.actions).by_position() {
        objects.present("Action", action, &[], |pair, within| within.set("Args", pair.list(|action| &action.args)));
    }
    for mount in pair.list(|task| &task.volume_mounts).by_position() {
        objects.present("VolumeMount", mount, &[], |_, _| {});
    }
    let schedule = pair.nullable(|task| task.schedule.as_ref()?.cron.as_ref());
    objects.primitive("Schedule", schedule, &[]);
    objects
}

/// What tells artifacts apart (MODEL-230): where they go, else all of them.
fn artifact_key(artifact: &TaskArtifact) -> (&str, Vec<u8>) {
    let rest = if artifact.relative_dest.is_empty() { content(artifact) } else { Vec::new() };
    (&artifact.relative_dest, rest)
}

/// MODEL-240.
fn resources(pair: Pair<'_, Resources>, within: &mut Objects) {
    network::add(within, pair.list(|resources| &resources.networks));
    for device in pair.list(|resources| &resources.devices).by_key(|device: &RequestedDevice| &device.name) {
        // Constraints and affinities of a device make it differ, and are not shown.
        within.present("Device", device, &[], |_, _| {});
    }
    // So do the devices that should be near.
    within.present("NUMA", pair.nullable(|resources| resources.numa.as_ref()), &[], |_, _| {});
}

/// A task's or a service's.
pub(super) fn identity(pair: Pair<'_, WorkloadIdentity>, within: &mut Objects) {
    within.set("Audience", pair.list(|identity| &identity.audience));
}
