//! Volumes of storage plugins (FEAS-130 to FEAS-137).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{
    Allocation, ClientStatus, CsiInfo, DesiredStatus, Job, Map, Namespace, Node, NodeId, VolumeRequest,
};

use super::{Asked, CsiProblem, CsiVolume};
use crate::feasible::Unfit;
use crate::score::Census;

/// Volumes of plugins that are asked for by one allocation.
#[derive(Debug, Default)]
pub(super) struct CsiDemand<'a> {
    /// Ids of those that do not exist.
    missing: Vec<String>,
    wanted: Vec<CsiWanted<'a>>,
    in_use: InUse<'a>,
}

/// A volume that is asked for, and what keeps the job from it wherever it runs (FEAS-135 to FEAS-137).
#[derive(Debug)]
struct CsiWanted<'a> {
    volume: &'a CsiVolume,
    problem: Option<CsiProblem>,
}

/// Volumes that allocations stored on a node name, by node and plugin (FEAS-133).
type InUse<'a> = BTreeMap<(&'a NodeId, &'a str), BTreeSet<(&'a Namespace, &'a str)>>;

/// The state of a storage plugin over all nodes (FEAS-135).
#[derive(Clone, Copy, Debug, Default)]
struct Plugin {
    healthy_nodes: u32,
    needs_controller: bool,
    healthy_controllers: u32,
}

impl<'a> CsiDemand<'a> {
    pub(super) fn new(census: Census<'a>, job: &Job, asked: Vec<Asked<'a>>) -> CsiDemand<'a> {
        let mut demand = CsiDemand::default();
        if asked.is_empty() {
            return demand;
        }
        let volumes: BTreeMap<(&Namespace, &str), &CsiVolume> =
            census.volumes.csi.iter().map(|volume| ((&volume.namespace, volume.id.as_str()), volume)).collect();
        for Asked { request, name } in asked {
            match volumes.get(&(&job.namespace, name.as_str())) {
                Some(volume) => demand.wanted.push(CsiWanted::new(census, job, request, volume)),
                None => demand.missing.push(name),
            }
        }
        demand.missing.sort_unstable();
        demand.missing.dedup();
        demand.in_use = in_use(census, &volumes);
        demand
    }

    /// FEAS-131 to FEAS-134.
    pub(super) fn admit(&self, node: &Node) -> Result<(), Unfit> {
        if !self.missing.is_empty() {
            return Err(Unfit::CsiMissing(self.missing.clone()));
        }
        self.wanted.iter().try_for_each(|wanted| self.reaches(wanted, node))
    }

    /// FEAS-132: the first that fails.
    fn reaches(&self, wanted: &CsiWanted<'_>, node: &Node) -> Result<(), Unfit> {
        let volume = wanted.volume;
        let plugin_fails = |problem| Err(Unfit::Csi { problem, subject: volume.plugin.clone() });
        let Some(info) = node.csi_node_plugins.get(&volume.plugin) else {
            return plugin_fails(CsiProblem::PluginMissing);
        };
        if !info.healthy {
            return plugin_fails(CsiProblem::PluginUnhealthy);
        }
        // A free-form member: its numbers are floating-point, as JSON has them.
        let most = info.node_info.as_ref().and_then(|info| info.get("MaxVolumes")?.as_f64()).unwrap_or(0.0);
        let there = self.in_use.get(&(&node.id, volume.plugin.as_str())).map_or(0, BTreeSet::len);
        if there as f64 >= most {
            return plugin_fails(CsiProblem::MaximumVolumes);
        }
        if !reachable(volume, info) {
            return Err(Unfit::CsiTopology);
        }
        let fails = |problem| Err(Unfit::Csi { problem, subject: volume.id.clone() });
        wanted.problem.map_or(Ok(()), fails)
    }
}

/// FEAS-133: by what allocations that are stored name, whatever a plan does to them.
fn in_use<'a>(census: Census<'a>, volumes: &BTreeMap<(&Namespace, &str), &'a CsiVolume>) -> InUse<'a> {
    let mut in_use = InUse::new();
    let live = |alloc: &&Arc<Allocation>| {
        alloc.desired_status == DesiredStatus::Run || alloc.client_status == ClientStatus::Running
    };
    for alloc in census.stored.iter().filter(live) {
        let group = alloc.job.as_ref().and_then(|job| job.group(&alloc.task_group));
        let requests = group.into_iter().flat_map(|group| group.volumes.values());
        for request in requests.filter(|request| request.kind == "csi") {
            if let Some(volume) = volumes.get(&(&alloc.namespace, request.source.as_str())) {
                let there = in_use.entry((&alloc.node_id, volume.plugin.as_str())).or_default();
                there.insert((&volume.namespace, volume.id.as_str()));
            }
        }
    }
    in_use
}

impl<'a> CsiWanted<'a> {
    fn new(census: Census<'_>, job: &Job, request: &VolumeRequest, volume: &'a CsiVolume) -> CsiWanted<'a> {
        let schedulable = Plugin::of(census, &volume.plugin).schedulable() && !volume.exhausted;
        let problem = match request.read_only {
            true => (!schedulable).then_some(CsiProblem::NotReadable),
            false if !schedulable || !writable(volume) => Some(CsiProblem::NotWritable),
            false => writer(census, job, volume),
        };
        CsiWanted { volume, problem }
    }
}

/// FEAS-137: who keeps the job from writing.
fn writer(census: Census<'_>, job: &Job, volume: &CsiVolume) -> Option<CsiProblem> {
    if matches!(volume.access_mode.as_str(), "" | "multi-node-multi-writer") {
        return None;
    }
    volume.writers.iter().find_map(|id| {
        let Some(alloc) = census.stored.iter().find(|alloc| alloc.id == *id) else {
            return Some(CsiProblem::HolderGone);
        };
        let own = alloc.namespace == job.namespace && alloc.job_id == job.id;
        (!own).then_some(CsiProblem::NoWriterClaim)
    })
}

impl Plugin {
    fn of(census: Census<'_>, id: &str) -> Plugin {
        let mut plugin = Plugin::default();
        for node in census.volumes.nodes {
            plugin.healthy_nodes += u32::from(node.csi_node_plugins.get(id).is_some_and(|info| info.healthy));
            if let Some(info) = node.csi_controller_plugins.get(id) {
                plugin.needs_controller |= info.requires_controller_plugin;
                plugin.healthy_controllers += u32::from(info.healthy);
            }
        }
        plugin
    }

    fn schedulable(&self) -> bool {
        self.healthy_nodes > 0 && (!self.needs_controller || self.healthy_controllers > 0)
    }
}

/// FEAS-134.
fn reachable(volume: &CsiVolume, info: &CsiInfo) -> bool {
    let segments = info.node_info.as_ref().and_then(|info| info.get("AccessibleTopology")?.get("Segments"));
    let has = |key: &str, value: &str| {
        segments.and_then(|segments| segments.get(key)?.as_str()).is_some_and(|there| there == value)
    };
    let within = |place: &Map<String>| segments.is_some() && place.iter().all(|(key, value)| has(key, value));
    volume.topologies.is_empty() || volume.topologies.iter().any(within)
}

/// FEAS-136.
fn writable(volume: &CsiVolume) -> bool {
    let writes =
        |mode: &str| matches!(mode, "single-node-writer" | "multi-node-single-writer" | "multi-node-multi-writer");
    match volume.access_mode.as_str() {
        "" => volume.capabilities.iter().any(|mode| writes(mode)),
        mode => writes(mode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feas_136_writing() {
        let volume = |access_mode: &str| CsiVolume {
            access_mode: access_mode.into(),
            capabilities: vec!["single-node-writer".into()],
            ..CsiVolume::default()
        };
        assert!(writable(&volume("")) && !writable(&volume("single-node-reader-only")));
    }
}
