//! Whether a node has the volumes that a group asks for (FEAS-120 to FEAS-137).
//!
//! Host volumes are directories that a node offers: static ones by name alone, dynamic ones as objects of their own with
//! capabilities and claims. Volumes of storage plugins (CSI) are reached through a plugin on the node, if that is healthy,
//! has room, and the volume may be read or written.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::{
    AllocId, Allocation, ClientStatus, CsiInfo, DesiredStatus, GroupName, Job, JobId, Map, Namespace,
};
use longshore_model::{Node, NodeId, TaskGroup, VolumeRequest};

use crate::feasible::Unfit;
use crate::score::Census;

/// A host volume that is an object of its own.
#[derive(Clone, Debug, Default)]
pub struct HostVolume {
    /// Its id.
    pub id: String,
    /// Its namespace.
    pub namespace: Namespace,
    /// The node that it is on.
    pub node: NodeId,
    /// Whether it can be used.
    pub ready: bool,
    /// Pairs of access and attachment modes that it may be used with.
    pub capabilities: Vec<(String, String)>,
}

/// A claim of a job on the volume that its replacements must get.
#[derive(Clone, Debug, Default)]
pub struct StickyClaim {
    /// The job's namespace.
    pub namespace: Namespace,
    /// The job.
    pub job: JobId,
    /// Its group.
    pub group: GroupName,
    /// The allocation that made it.
    pub alloc: AllocId,
    /// The volume.
    pub volume: String,
}

/// A volume of a storage plugin.
#[derive(Clone, Debug, Default)]
pub struct CsiVolume {
    /// Its id.
    pub id: String,
    /// Its namespace.
    pub namespace: Namespace,
    /// The plugin that serves it.
    pub plugin: String,
    /// How it is used now; empty if it is not.
    pub access_mode: String,
    /// Access modes that it may be used with.
    pub capabilities: Vec<String>,
    /// Whether its storage has said that it has no more.
    pub exhausted: bool,
    /// Where it can be reached: the segments of each place; none for everywhere.
    pub topologies: Vec<Map<String>>,
    /// Allocations that claim to write it.
    pub writers: Vec<AllocId>,
}

/// The state of a storage plugin over all nodes (FEAS-135).
#[derive(Clone, Copy, Debug, Default)]
struct Plugin {
    healthy_nodes: u32,
    needs_controller: bool,
    healthy_controllers: u32,
}

/// Everything stored that volumes are judged by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Volumes<'a> {
    /// Host volumes.
    pub host: &'a [HostVolume],
    /// Claims on them.
    pub claims: &'a [StickyClaim],
    /// Volumes of storage plugins.
    pub csi: &'a [CsiVolume],
    /// Registered jobs.
    pub jobs: &'a [Arc<Job>],
    /// All nodes.
    pub nodes: &'a [Node],
}

/// What stands in the way of a volume of a storage plugin (FEAS-132).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum CsiProblem {
    /// The plugin is not on the node.
    PluginMissing,
    /// The plugin on the node is unhealthy.
    PluginUnhealthy,
    /// The plugin has as many volumes there as it takes.
    MaximumVolumes,
    /// The volume cannot be read now.
    NotReadable,
    /// The volume cannot be written now.
    NotWritable,
    /// Somebody else writes it.
    NoWriterClaim,
    /// An allocation that is gone still claims to write it.
    HolderGone,
}

/// The name of the volume that a request means: with the allocation's index, if each has its own (FEAS-121).
fn source(request: &VolumeRequest, alloc_name: &str) -> String {
    let index = alloc_name.rfind('[').filter(|_| request.per_alloc).map_or("", |at| &alloc_name[at..]);
    format!("{}{index}", request.source)
}

/// What is asked of a node's volumes: for one allocation of a group.
pub(crate) struct VolumeDemand<'a> {
    pub(crate) census: Census<'a>,
    pub(crate) job: &'a Job,
    pub(crate) group: &'a TaskGroup,
    pub(crate) alloc_name: &'a str,
}

impl VolumeDemand<'_> {
    /// Whether a node has them all; host volumes first.
    pub(crate) fn admit(&self, node: &Node, proposed: &[Arc<Allocation>]) -> Result<(), Unfit> {
        let host = self.of_kind("host").all(|request| self.host(request, node, proposed).is_some());
        if !host {
            return Err(Unfit::HostVolumes);
        }
        let find = |request: &VolumeRequest| {
            let id = source(request, self.alloc_name);
            self.csi_volume(&self.job.namespace, &id).ok_or(id)
        };
        let found: Vec<_> = self.of_kind("csi").map(|request| (request, find(request))).collect();
        let missing: BTreeSet<String> = found.iter().filter_map(|(_, volume)| volume.clone().err()).collect();
        if !missing.is_empty() {
            return Err(Unfit::CsiMissing(missing.into_iter().collect()));
        }
        let mut found = found.into_iter().filter_map(|(request, volume)| Some((request, volume.ok()?)));
        found.try_for_each(|(request, volume)| self.csi(request, volume, node))
    }

    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &VolumeRequest> {
        self.group.volumes.values().filter(move |request| request.kind == kind)
    }

    fn csi_volume(&self, namespace: &Namespace, id: &str) -> Option<&CsiVolume> {
        self.census.volumes.csi.iter().find(|volume| volume.id == id && volume.namespace == *namespace)
    }

    /// FEAS-121 to FEAS-127.
    fn host(&self, request: &VolumeRequest, node: &Node, proposed: &[Arc<Allocation>]) -> Option<()> {
        let name = source(request, self.alloc_name);
        let offered = node.host_volumes.get(&name)?;
        if offered.id.is_empty() {
            return (!request.sticky && (request.read_only || !offered.read_only)).then_some(());
        }
        let here = |volume: &&HostVolume| volume.id == offered.id && volume.namespace == self.job.namespace;
        let volume = self.census.volumes.host.iter().find(here).filter(|volume| volume.ready)?;
        let or = |mode: &str, default: &str| if mode.is_empty() { default.to_owned() } else { mode.to_owned() };
        let default = if request.read_only { "single-node-reader-only" } else { "single-node-writer" };
        let access = or(&request.access_mode, default);
        let attachment = or(&request.attachment_mode, "file-system");
        let capable = volume.capabilities.iter().any(|(a, b)| *a == access && *b == attachment);
        let usable = capable
            && match access.as_str() {
                "single-node-reader-only" => request.read_only,
                "single-node-writer" => !request.read_only,
                "single-node-single-writer" => self.nobody_writes(&name, proposed),
                _ => true,
            };
        (usable && (!request.sticky || self.claimed(volume))).then_some(())
    }

    /// FEAS-126: by name, in the jobs as they are registered now.
    fn nobody_writes(&self, name: &str, proposed: &[Arc<Allocation>]) -> bool {
        proposed.iter().all(|alloc| {
            let same = |job: &&Arc<Job>| job.namespace == alloc.namespace && job.id == alloc.job_id;
            let job = self.census.volumes.jobs.iter().find(same);
            let Some(group) = job.and_then(|job| job.group(&alloc.task_group)) else { return false };
            let mut host = group.volumes.values().filter(|request| request.kind == "host" && !request.read_only);
            !host.any(|request| source(request, &alloc.name) == name)
        })
    }

    /// FEAS-127, FEAS-128: claims of the job that nothing running meets must be met by this volume. Each node is asked
    /// for itself: what one of them would meet is not remembered for the next.
    fn claimed(&self, volume: &HostVolume) -> bool {
        let mut unmet = self.unmet().peekable();
        unmet.peek().is_none() || unmet.any(|claim| claim.volume == volume.id)
    }

    fn unmet(&self) -> impl Iterator<Item = &StickyClaim> {
        let own = |claim: &&StickyClaim| claim.namespace == self.job.namespace && claim.job == self.job.id;
        self.census.volumes.claims.iter().filter(own).filter(|claim| {
            let alloc = self.census.stored.iter().find(|alloc| alloc.id == claim.alloc);
            let volume = self.census.volumes.host.iter().find(|volume| volume.id == claim.volume);
            let (Some(alloc), Some(volume)) = (alloc, volume) else { return false };
            let mut there = self.census.plan.proposed(&volume.node, self.census.stored).into_iter();
            !there.any(|other| {
                let alike = other.namespace == alloc.namespace
                    && other.job_id == alloc.job_id
                    && other.task_group == alloc.task_group
                    && other.node_id == alloc.node_id;
                !other.terminal() && (other.id == alloc.id || alike)
            })
        })
    }

    /// FEAS-132: the first that fails.
    fn csi(&self, request: &VolumeRequest, volume: &CsiVolume, node: &Node) -> Result<(), Unfit> {
        let plugin_fails = |problem| Err(Unfit::Csi { problem, subject: volume.plugin.clone() });
        let fails = |problem| Err(Unfit::Csi { problem, subject: volume.id.clone() });
        let Some(info) = node.csi_node_plugins.get(&volume.plugin) else {
            return plugin_fails(CsiProblem::PluginMissing);
        };
        if !info.healthy {
            return plugin_fails(CsiProblem::PluginUnhealthy);
        }
        // A free-form member: its numbers are floating-point, as JSON has them.
        let most = info.node_info.as_ref().and_then(|info| info.get("MaxVolumes")?.as_f64()).unwrap_or(0.0);
        if self.volumes_on(node, &volume.plugin) as f64 >= most {
            return plugin_fails(CsiProblem::MaximumVolumes);
        }
        if !reachable(volume, info) {
            return Err(Unfit::CsiTopology);
        }
        let schedulable = self.plugin(&volume.plugin).schedulable() && !volume.exhausted;
        if request.read_only {
            return if schedulable { Ok(()) } else { fails(CsiProblem::NotReadable) };
        }
        if !schedulable || !writable(volume) {
            return fails(CsiProblem::NotWritable);
        }
        self.writer(volume).map_or(Ok(()), fails)
    }

    /// FEAS-133: volumes of a plugin that allocations stored on a node name.
    fn volumes_on(&self, node: &Node, plugin: &str) -> usize {
        let live = |alloc: &&Arc<Allocation>| {
            alloc.node_id == node.id
                && (alloc.desired_status == DesiredStatus::Run || alloc.client_status == ClientStatus::Running)
        };
        let mut counted: BTreeSet<(&Namespace, &str)> = BTreeSet::new();
        for alloc in self.census.stored.iter().filter(live) {
            let group = alloc.job.as_ref().and_then(|job| job.group(&alloc.task_group));
            let requests = group.into_iter().flat_map(|group| group.volumes.values());
            for request in requests.filter(|request| request.kind == "csi") {
                let volume = self.csi_volume(&alloc.namespace, &request.source);
                if volume.is_some_and(|volume| volume.plugin == plugin) {
                    counted.insert((&alloc.namespace, &request.source));
                }
            }
        }
        counted.len()
    }

    fn plugin(&self, id: &str) -> Plugin {
        let mut plugin = Plugin::default();
        for node in self.census.volumes.nodes {
            plugin.healthy_nodes += u32::from(node.csi_node_plugins.get(id).is_some_and(|info| info.healthy));
            if let Some(info) = node.csi_controller_plugins.get(id) {
                plugin.needs_controller |= info.requires_controller_plugin;
                plugin.healthy_controllers += u32::from(info.healthy);
            }
        }
        plugin
    }

    /// FEAS-137: who keeps the job from writing.
    fn writer(&self, volume: &CsiVolume) -> Option<CsiProblem> {
        if matches!(volume.access_mode.as_str(), "" | "multi-node-multi-writer") {
            return None;
        }
        volume.writers.iter().find_map(|id| {
            let Some(alloc) = self.census.stored.iter().find(|alloc| alloc.id == *id) else {
                return Some(CsiProblem::HolderGone);
            };
            let own = alloc.namespace == self.job.namespace && alloc.job_id == self.job.id;
            (!own).then_some(CsiProblem::NoWriterClaim)
        })
    }
}

impl Plugin {
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
    fn feas_121_sources() {
        let request = |per_alloc| VolumeRequest { source: "data".into(), per_alloc, ..VolumeRequest::default() };
        assert_eq!(source(&request(true), "web.cache[2]"), "data[2]");
        assert_eq!(source(&request(true), "odd"), "data");
        assert_eq!(source(&request(false), "web.cache[2]"), "data");
    }

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
