//! Jobs (MODEL-231 to MODEL-233).

use super::compare::{Objects, Pair, list, own_fields};
use super::{Detail, DiffType, JobDiff, TaskGroupDiff, group};
use crate::constraint::{Affinity, Constraint};
use crate::{Job, JobUi, Multiregion, MultiregionRegion, MultiregionStrategy};

/// Fields that say what the engine made of a job, not what it should be (MODEL-232).
const HIDDEN: &[&str] = &[
    "ID",
    "Status",
    "StatusDescription",
    "Version",
    "Stable",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "SubmitTime",
    "NomadTokenID",
    "Payload",
];

pub(super) fn diff(pair: Pair<'_, Job>, detail: Detail) -> JobDiff {
    let id = pair.new.or(pair.old).map(|job| job.id.to_string()).unwrap_or_default();
    let groups = groups(pair, detail);
    let fields = list(own_fields(pair, HIDDEN, Detail::Changes));
    let objects = objects(pair, detail).in_runs();
    let kind = match (pair.old, pair.new) {
        (None, None) => DiffType::None,
        (None, Some(_)) => DiffType::Added,
        (Some(_), None) => DiffType::Deleted,
        // Not by comparing the jobs: what is not shown makes no difference here, unlike that of a group.
        (Some(_), Some(_)) => {
            let shown = !fields.is_empty() || !objects.is_empty();
            let changed = shown || groups.iter().any(|group| group.kind != DiffType::None);
            if changed { DiffType::Edited } else { DiffType::None }
        }
    };
    JobDiff { kind, id, fields, objects, task_groups: list(groups) }
}

/// MODEL-234.
fn groups(pair: Pair<'_, Job>, detail: Detail) -> Vec<TaskGroupDiff> {
    pair.list(|job| &job.task_groups).by_key(|group| &group.name).map(|pair| group::diff(pair, detail)).collect()
}

/// MODEL-233. Spreads, the update and the version's tag are not compared.
fn objects(pair: Pair<'_, Job>, detail: Detail) -> Objects {
    let mut objects = Objects::new(detail);
    objects.changed_set("Datacenters", pair.list(|job| &job.datacenters));
    objects.keyed("Constraint", pair.list(|job| &job.constraints), constraint_key);
    objects.keyed("Affinity", pair.list(|job| &job.affinities), affinity_key);
    objects.present("Periodic", pair.nullable(|job| job.periodic.as_ref()), &[], |pair, within| {
        within.changed_set("Specs", pair.list(|periodic| &periodic.specs));
    });
    objects.present("ParameterizedJob", pair.nullable(|job| job.parameterized_job.as_ref()), &[], |pair, within| {
        within.set("MetaOptional", pair.list(|job| &job.meta_optional));
        within.set("MetaRequired", pair.list(|job| &job.meta_required));
    });
    objects.present("Multiregion", pair.nullable(|job| job.multiregion.as_ref()), &[], multiregion);
    objects.present("UI", pair.nullable(|job| job.ui.as_ref()), &[], ui);
    objects
}

fn multiregion(pair: Pair<'_, Multiregion>, within: &mut Objects) {
    // A job that was in one region had a strategy without content, as the reference sees it.
    let none = MultiregionStrategy::default();
    let strategy = pair.member(|regions| &regions.strategy);
    within.primitive("Strategy", Pair { old: strategy.old.or(Some(&none)), ..strategy }, &[]);
    for region in pair.list(|regions| &regions.regions).by_key(|region| &region.name) {
        // Datacenters alone do not make a region differ.
        within.primitive_with("Region", region, &[], |pair: Pair<'_, MultiregionRegion>, within| {
            within.changed_set("Datacenters", pair.list(|region| &region.datacenters));
        });
    }
}

fn ui(pair: Pair<'_, JobUi>, within: &mut Objects) {
    pair.list(|ui| &ui.links).by_position().for_each(|link| within.present("Link", link, &[], |_, _| {}));
}

/// What tells constraints apart (MODEL-230): how they are written.
pub(super) fn constraint_key(constraint: &Constraint) -> String {
    let Constraint { ltarget, operand, rtarget } = constraint;
    format!("{ltarget} {operand} {rtarget}")
}

/// What tells affinities apart (MODEL-230): how they are written.
pub(super) fn affinity_key(affinity: &Affinity) -> String {
    let Affinity { ltarget, operand, rtarget, weight } = affinity;
    format!("{ltarget} {operand} {rtarget} {weight}")
}
