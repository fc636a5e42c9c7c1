//! The job itself (MODEL-93 to MODEL-111).

use crate::{Job, JobType};

use super::constraint::{affinities, constraints, spreads};
use super::group;
use super::periodic::{parameterized, periodic};
use super::place::Block;
use super::repeats::repeats;
use super::scope::{At, rules};

/// Longest description of a job or of a version, in bytes.
const DESCRIPTION_MAX: usize = 1000;

/// Everything that the job's own validation finds.
pub(super) fn job(at: &mut At<'_>, job: &Job) {
    header(at, job);
    constraints(at, &job.constraints);
    affinities(at, &job.affinities, &job.kind);
    spreads(at, &job.spreads, &job.kind);
    descriptions(at, job);
    groups(at, job);
    if let Some(config) = &job.periodic {
        periodic(&mut at.only(Block::Periodic), config, &job.kind);
    }
    if let Some(config) = job.parameterized_job.as_ref().filter(|_| !job.dispatched) {
        parameterized(&mut at.only(Block::Parameterized), config, &job.kind);
    }
    let regions = job.multiregion.as_ref().map_or(0, |multiregion| multiregion.regions.len());
    rules! { at;
        "MODEL-111" "multiregion" "Multiregion" if regions > 0
            => "has regions ({}); register the job in each of them instead", regions;
    }
}

fn header(at: &mut At<'_>, job: &Job) {
    let single_region = job.multiregion.is_none();
    rules! { at;
        "MODEL-93" "region-missing" "Region" if job.region.is_empty() && single_region
            => "is missing; name the job's region";
        "MODEL-94" "id-missing" "ID" if job.id.is_empty()
            => "is missing; give the job an id";
        else "MODEL-94" "id-space" "ID" if job.id.contains(' ')
            => "{:?} has a space in it; use other characters", job.id;
        else "MODEL-94" "id-null" "ID" if job.id.contains('\0')
            => "{:?} has a NUL in it; use other characters", job.id;
        "MODEL-95" "name-missing" "Name" if job.name.is_empty()
            => "is missing; give the job a name, or leave the member out for the id";
        else "MODEL-95" "name-null" "Name" if job.name.contains('\0')
            => "{:?} has a NUL in it; use other characters", job.name;
        "MODEL-96" "namespace-missing" "Namespace" if job.namespace.is_empty()
            => "is missing; name the job's namespace";
        "MODEL-97" "type-missing" "Type" if job.kind.as_str().is_empty()
            => "is missing; use service, batch, system or sysbatch";
        else "MODEL-97" "type-unknown" "Type" if matches!(job.kind, JobType::Other(_))
            => "{:?} is no type of job; use service, batch, system or sysbatch", job.kind.as_str();
        "MODEL-98" "datacenters-missing" "Datacenters" if job.datacenters.is_empty() && single_region
            => "is empty; name datacenters, or \"*\" for all";
    }
    for (index, name) in job.datacenters.iter().enumerate() {
        rules! { at;
            "MODEL-98" "datacenter-empty" "Datacenters" if name.is_empty()
                => "has an empty name at position {}; name a datacenter there", index;
        }
    }
    rules! { at;
        "MODEL-99" "groups-missing" "TaskGroups" if job.task_groups.is_empty()
            => "is empty; a job needs at least one group";
    }
}

fn descriptions(at: &mut At<'_>, job: &Job) {
    let length = job.ui.as_ref().map_or(0, |ui| ui.description.len());
    rules! { at.only(Block::Ui);
        "MODEL-103" "ui-description-long" "Description" if length > DESCRIPTION_MAX
            => "has {} bytes; use at most {}", length, DESCRIPTION_MAX;
    }
    let length = job.version_tag.as_ref().map_or(0, |tag| tag.description.len());
    rules! { at.only(Block::VersionTag);
        "MODEL-103" "tag-description-long" "Description" if length > DESCRIPTION_MAX
            => "has {} bytes; use at most {}", length, DESCRIPTION_MAX;
    }
}

/// What only the job can say of its groups, then what they say themselves (MODEL-104 to MODEL-107).
fn groups(at: &mut At<'_>, job: &Job) {
    let mut repeated = repeats(&job.task_groups, |group| group.name.as_str()).into_iter().peekable();
    for (index, group) in job.task_groups.iter().enumerate() {
        let first = repeated.next_if(|repeat| repeat.later == index).map(|repeat| repeat.first);
        let delay = group.shutdown_delay.unwrap_or_default();
        rules! { at.element(Block::Group, index, &group.name);
            "MODEL-104" "group-name-missing" "Name" if group.name.is_empty()
                => "is missing; give the group a name";
            else "MODEL-104" "group-redefined" "Name" if first.is_some()
                => "{:?} is the name of TaskGroups[{}] already; give each its own",
                   group.name, first.unwrap_or_default();
            "MODEL-105" "group-shutdown-delay-negative" "ShutdownDelay" if delay.0 < 0
                => "{} is negative; use 0 or more", delay;
            "MODEL-106" "system-count" "Count" if job.kind == JobType::System && group.count > 1
                => "{} is too many for a system job, which runs one on every node; use 0 or 1", group.count;
        }
    }
    for (index, group) in job.task_groups.iter().enumerate() {
        group::group(&mut at.element(Block::Group, index, &group.name), job, group);
    }
}
