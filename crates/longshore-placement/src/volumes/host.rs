//! Host volumes: directories that nodes offer (FEAS-120 to FEAS-128).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{Allocation, Job, JobId, Namespace, Node};

use super::{Asked, HostVolume, StickyClaim, Unmet, source};
use crate::feasible::Unfit;
use crate::proposed::Proposals;
use crate::score::Census;

/// Host volumes asked for by one allocation.
#[derive(Debug, Default)]
pub(super) struct HostDemand<'a> {
    asked: Vec<Asked<'a>>,
    /// Host volumes of the job's namespace, by id.
    volumes: BTreeMap<&'a str, &'a HostVolume>,
    /// Jobs as they are registered now.
    jobs: BTreeMap<(&'a Namespace, &'a JobId), &'a Job>,
    unmet: Unmet<'a>,
}

impl<'a> HostDemand<'a> {
    pub(super) fn new(
        census: Census<'a>,
        proposals: &Proposals<'a>,
        job: &'a Job,
        asked: Vec<Asked<'a>>,
    ) -> HostDemand<'a> {
        if asked.is_empty() {
            return HostDemand::default();
        }
        let own = census.volumes.host.iter().filter(|volume| volume.namespace == job.namespace);
        HostDemand {
            asked,
            volumes: own.map(|volume| (volume.id.as_str(), volume)).collect(),
            jobs: census.volumes.jobs.iter().map(|job| ((&job.namespace, &job.id), &**job)).collect(),
            unmet: unmet(census, proposals, job),
        }
    }

    pub(super) fn unmet(&self) -> Unmet<'a> {
        self.unmet.clone()
    }

    pub(super) fn admit(&self, node: &Node, proposed: &[Arc<Allocation>], unmet: &mut Unmet<'a>) -> Result<(), Unfit> {
        let all = self.asked.iter().all(|asked| self.has(asked, node, proposed, unmet).is_some());
        if all { Ok(()) } else { Err(Unfit::HostVolumes) }
    }

    /// FEAS-121 to FEAS-127.
    fn has(&self, asked: &Asked<'_>, node: &Node, proposed: &[Arc<Allocation>], unmet: &mut Unmet<'a>) -> Option<()> {
        let Asked { request, name } = asked;
        let offered = node.host_volumes.get(name)?;
        if offered.id.is_empty() {
            return (!request.sticky && (request.read_only || !offered.read_only)).then_some(());
        }
        let volume = self.volumes.get(offered.id.as_str()).filter(|volume| volume.ready)?;
        let or = |mode: &str, default: &str| if mode.is_empty() { default.to_owned() } else { mode.to_owned() };
        let default = if request.read_only { "single-node-reader-only" } else { "single-node-writer" };
        let access = or(&request.access_mode, default);
        let attachment = or(&request.attachment_mode, "file-system");
        let capable = volume.capabilities.iter().any(|(a, b)| *a == access && *b == attachment);
        let usable = capable
            && match access.as_str() {
                "single-node-reader-only" => request.read_only,
                "single-node-writer" => !request.read_only,
                "single-node-single-writer" => self.nobody_writes(name, proposed),
                _ => true,
            };
        (usable && (!request.sticky || claim(unmet, &volume.id))).then_some(())
    }

    /// FEAS-126: by name, in the jobs as they are registered now; of a group's allocations, by the first.
    fn nobody_writes(&self, name: &str, proposed: &[Arc<Allocation>]) -> bool {
        let mut judged = BTreeSet::new();
        let mut firsts = proposed.iter().filter(|a| judged.insert((&a.namespace, &a.job_id, &a.task_group)));
        firsts.all(|alloc| {
            let job = self.jobs.get(&(&alloc.namespace, &alloc.job_id));
            let Some(group) = job.and_then(|job| job.group(&alloc.task_group)) else { return false };
            let mut host = group.volumes.values().filter(|request| request.kind == "host" && !request.read_only);
            !host.any(|request| source(request, &alloc.name) == name)
        })
    }
}

/// FEAS-127: claims that nothing running meets must be met first. One that this volume meets is met from now on.
fn claim(unmet: &mut Unmet<'_>, volume: &str) -> bool {
    let before = unmet.len();
    unmet.retain(|claimed| *claimed != volume);
    before == 0 || unmet.len() < before
}

/// FEAS-128: of claims whose allocation and volume still exist, those that nothing running meets.
fn unmet<'a>(census: Census<'a>, proposals: &Proposals<'a>, job: &Job) -> Unmet<'a> {
    let own = |claim: &&StickyClaim| claim.namespace == job.namespace && claim.job == job.id;
    let claims = census.volumes.claims.iter().filter(own);
    let met = |claim: &&StickyClaim| {
        let alloc = census.stored.iter().find(|alloc| alloc.id == claim.alloc);
        let volume = census.volumes.host.iter().find(|volume| volume.id == claim.volume);
        let (Some(alloc), Some(volume)) = (alloc, volume) else { return true };
        proposals.on(&volume.node).iter().any(|other| {
            let alike = other.namespace == alloc.namespace
                && other.job_id == alloc.job_id
                && other.task_group == alloc.task_group
                && other.node_id == alloc.node_id;
            !other.terminal() && (other.id == alloc.id || alike)
        })
    };
    claims.filter(|claim| !met(claim)).map(|claim| claim.volume.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{VolumeDemand, Volumes};
    use super::*;
    use crate::proposed::Tentative;
    use longshore_model::{NodeId, from_json};

    fn host_volume(id: &str) -> HostVolume {
        let modes = |access: &str| (access.to_owned(), "file-system".to_owned());
        let capabilities = vec![modes("single-node-writer"), modes("single-node-single-writer")];
        HostVolume { id: id.into(), namespace: "default".into(), node: "n".into(), ready: true, capabilities }
    }

    fn job(volumes: &str) -> Job {
        from_json(&format!(
            r#"{{"ID": "web", "Namespace": "default", "TaskGroups": [{{"Name": "g", "Volumes": {{{volumes}}}}}]}}"#
        ))
        .unwrap()
    }

    /// Asks node `n`, with all of the job's claims unmet, and then again with what is left of them.
    fn admitted(job: &Job, volumes: Volumes<'_>, stored: &[Arc<Allocation>], on: &[&str]) -> Vec<bool> {
        let plan = Tentative::default();
        let node =
            |offered: &&str| from_json::<Node>(&format!(r#"{{"ID": "n", "HostVolumes": {{{offered}}}}}"#)).unwrap();
        let find = |_: &NodeId| None;
        let census = Census { stored, volumes, plan: &plan, node: &find };
        let proposals = Proposals::of(stored, &plan);
        let demand = VolumeDemand::new(census, &proposals, job, &job.task_groups[0], "web.g[1]");
        let mut unmet = demand.unmet();
        let nodes = on.iter().map(node);
        nodes.map(|node| demand.admit(&node, &proposals.on(&node.id), &mut unmet).is_ok()).collect()
    }

    #[test]
    fn feas_127_128_a_claim_is_met_once() {
        let sticky = |name: &str| format!(r#""{name}": {{"Type": "host", "Source": "{name}", "Sticky": true}}"#);
        let offers = |name: &str, id: &str| format!(r#""{name}": {{"ID": "{id}"}}"#);
        let host = [host_volume("of a"), host_volume("of b")];
        let claim = StickyClaim {
            namespace: "default".into(),
            job: "web".into(),
            group: "g".into(),
            alloc: "old".into(),
            volume: "of a".into(),
        };
        let old = r#"{"ID": "old", "NodeID": "n", "JobID": "web", "Namespace": "default", "ClientStatus": "failed"}"#;
        let stored = [Arc::new(from_json::<Allocation>(old).unwrap())];
        let volumes = Volumes { host: &host, claims: &[claim], ..Volumes::default() };
        // The first request meets the claim, so the second may have any volume.
        let both = job(&[sticky("a"), sticky("b")].join(","));
        let all = [offers("a", "of a"), offers("b", "of b")].join(",");
        assert_eq!(admitted(&both, volumes, &stored, &[&all]), [true]);
        // A node without it is out of the question, until another one has met it.
        let (with, without) = (offers("a", "of a"), offers("a", "of b"));
        let nodes: [&str; 3] = [&without, &with, &without];
        assert_eq!(admitted(&job(&sticky("a")), volumes, &stored, &nodes), [false, true, true]);
    }

    #[test]
    fn feas_126_the_first_of_a_group_is_judged() {
        let single =
            r#""d": {"Type": "host", "Source": "data", "PerAlloc": true, "AccessMode": "single-node-single-writer"}"#;
        let web = job(single);
        let host = [host_volume("of data")];
        let other: Job = from_json(
            r#"{"ID": "db", "Namespace": "default", "TaskGroups": [{"Name": "g", "Volumes": {
                "d": {"Type": "host", "Source": "data", "PerAlloc": true}}}]}"#,
        )
        .unwrap();
        let jobs = [Arc::new(web.clone()), Arc::new(other)];
        let volumes = Volumes { host: &host, jobs: &jobs, ..Volumes::default() };
        let holder = |index: u32| {
            let alloc = format!(
                r#"{{"ID": "{index}", "NodeID": "n", "JobID": "db", "Namespace": "default", "TaskGroup": "g",
                    "Name": "db.g[{index}]", "ClientStatus": "running"}}"#
            );
            Arc::new(from_json::<Allocation>(&alloc).unwrap())
        };
        let offered = [r#""data[1]": {"ID": "of data"}"#];
        let table: [(&[u32], bool); 3] = [(&[0], true), (&[1], false), (&[0, 1], true)];
        for (holders, free) in table {
            let stored: Vec<_> = holders.iter().map(|index| holder(*index)).collect();
            assert_eq!(admitted(&web, volumes, &stored, &offered), [free], "{holders:?}");
        }
    }
}
