//! Groups (MODEL-234 to MODEL-236).

use super::compare::{Objects, Pair, fields, list, own_fields};
use super::job::{affinity_key, constraint_key};
use super::texts::Texts;
use super::{Detail, DiffType, TaskGroupDiff, network, service, task};
use crate::{Map, ScalingPolicy, Task, TaskGroup, VolumeRequest};

/// Fields that name the group, are obsolete, or are shown by [`shutdown_delay`] (MODEL-235).
const HIDDEN: &[&str] =
    &["Name", "ShutdownDelay", "MaxRunDuration", "StopAfterClientDisconnect", "MaxClientDisconnect"];

/// Fields of a scaling policy that the engine sets (MODEL-236).
const HIDDEN_OF_SCALING: &[&str] =
    &["ID", "Type", "CreateIndex", "ModifyIndex", "Target[Namespace]", "Target[Job]", "Target[Group]"];

pub(super) fn diff(pair: Pair<'_, TaskGroup>, detail: Detail) -> TaskGroupDiff {
    let name = pair.new.or(pair.old).map(|group| group.name.as_str().to_owned()).unwrap_or_default();
    let kind = pair.kind();
    let tasks = tasks(pair);
    if kind == DiffType::None {
        let tasks = list(tasks.map(task::unchanged).collect());
        return TaskGroupDiff { kind, name, tasks, ..TaskGroupDiff::default() };
    }
    let tasks = list(tasks.map(|pair| task::diff(pair, detail)).collect());
    let mut shown = own_fields(pair, HIDDEN, Detail::Changes);
    shown.extend(shutdown_delay(pair));
    shown.sort_by(|a, b| a.name.cmp(&b.name));
    let objects = objects(pair, detail).in_runs();
    TaskGroupDiff { kind, name, fields: list(shown), objects, tasks, updates: Map::NULL }
}

/// MODEL-237.
fn tasks(pair: Pair<'_, TaskGroup>) -> impl Iterator<Item = Pair<'_, Task>> {
    pair.list(|group| &group.tasks).by_key(|task| &task.name)
}

/// MODEL-235: shown only where both versions of the group exist.
fn shutdown_delay(pair: Pair<'_, TaskGroup>) -> Vec<super::FieldDiff> {
    let (Some(old), Some(new)) = (pair.old, pair.new) else { return Vec::new() };
    let texts = |group: &TaskGroup| {
        Texts::given(group.shutdown_delay.map(|delay| ("ShutdownDelay", delay.as_nanos().to_string())))
    };
    fields(Some(texts(old)), Some(texts(new)), &[], Detail::Changes)
}

/// MODEL-236. Spreads are not compared.
fn objects(pair: Pair<'_, TaskGroup>, detail: Detail) -> Objects {
    let mut objects = Objects::new(detail);
    objects.keyed("Constraint", pair.list(|group| &group.constraints), constraint_key);
    objects.keyed("Affinity", pair.list(|group| &group.affinities), affinity_key);
    objects.primitive("RestartPolicy", pair.nullable(|group| group.restart_policy.as_ref()), &[]);
    objects.primitive("Migrate", pair.nullable(|group| group.migrate.as_ref()), &[]);
    objects.primitive("ReschedulePolicy", pair.nullable(|group| group.reschedule_policy.as_ref()), &[]);
    objects.primitive("EphemeralDisk", pair.nullable(|group| group.ephemeral_disk.get()), &[]);
    objects.primitive("Consul", pair.nullable(|group| group.consul.as_deref()), &[]);
    objects.primitive("Update", pair.nullable(|group| group.update.as_ref()), &["Stagger"]);
    objects.deep("Disconnect", pair.nullable(|group| group.disconnect.as_ref()));
    network::add(&mut objects, pair.list(|group| &group.networks));
    scaling(&mut objects, pair.nullable(|group| group.scaling.as_deref()));
    service::add(&mut objects, pair.list(|group| &group.services));
    volumes(&mut objects, pair);
    objects
}

/// Never contextual (MODEL-227).
fn scaling(objects: &mut Objects, pair: Pair<'_, ScalingPolicy>) {
    let mut plain = Objects::new(Detail::Changes);
    plain.present("Scaling", pair, HIDDEN_OF_SCALING, |pair, within| {
        within.deep_map("Policy", pair.member(|scaling| &scaling.policy));
    });
    objects.append(plain);
}

fn volumes(objects: &mut Objects, pair: Pair<'_, TaskGroup>) {
    let keys = [pair.old, pair.new].into_iter().flatten().flat_map(|group| group.volumes.keys());
    for key in keys.collect::<std::collections::BTreeSet<&String>>() {
        objects.present("Volume", pair.nullable(|group| group.volumes.get(key)), &[], volume);
    }
}

fn volume(pair: Pair<'_, VolumeRequest>, within: &mut Objects) {
    within.present("MountOptions", pair.nullable(|volume| volume.mount_options.as_ref()), &[], |pair, within| {
        within.set("MountFlags", pair.list(|options| &options.mount_flags));
    });
}
