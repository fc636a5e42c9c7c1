//! Whether a node has the volumes that a group asks for (FEAS-120 to FEAS-137).
//!
//! Host volumes are directories that a node offers: static ones by name alone, dynamic ones as objects of their own with
//! capabilities and claims. Volumes of storage plugins (CSI) are reached through a plugin on the node, if that is healthy,
//! has room, and the volume may be read or written.

mod csi;
mod host;

use std::sync::Arc;

use longshore_model::{
    AllocId, Allocation, GroupName, Job, JobId, Map, Namespace, Node, NodeId, TaskGroup, VolumeRequest,
};

use crate::feasible::Unfit;
use crate::proposed::Proposals;
use crate::score::Census;
use csi::CsiDemand;
use host::HostDemand;

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

/// A request, and the name of the volume that it means.
#[derive(Debug)]
struct Asked<'a> {
    request: &'a VolumeRequest,
    name: String,
}

/// Volumes that the job has claimed and nothing running meets: its next allocations must have them (FEAS-128).
pub(crate) type Unmet<'a> = Vec<&'a str>;

/// What is asked of nodes' volumes for one allocation of a group: all that does not hang on the node, worked out once.
#[derive(Debug)]
pub(crate) struct VolumeDemand<'a> {
    host: HostDemand<'a>,
    csi: CsiDemand<'a>,
}

impl<'a> VolumeDemand<'a> {
    pub(crate) fn new(
        census: Census<'a>,
        proposals: &Proposals<'a>,
        job: &'a Job,
        group: &'a TaskGroup,
        alloc_name: &str,
    ) -> VolumeDemand<'a> {
        let of_kind = |kind: &'static str| {
            let requests = group.volumes.values().filter(move |request| request.kind == kind);
            requests.map(|request| Asked { request, name: source(request, alloc_name) }).collect::<Vec<_>>()
        };
        VolumeDemand {
            host: HostDemand::new(census, proposals, job, of_kind("host")),
            csi: CsiDemand::new(census, job, of_kind("csi")),
        }
    }

    /// The claims that are not met as a select begins.
    pub(crate) fn unmet(&self) -> Unmet<'a> {
        self.host.unmet()
    }

    /// Whether a node has all of them; host volumes first. What it has of what is claimed is taken out of `unmet`.
    pub(crate) fn admit(&self, node: &Node, proposed: &[Arc<Allocation>], unmet: &mut Unmet<'a>) -> Result<(), Unfit> {
        self.host.admit(node, proposed, unmet)?;
        self.csi.admit(node)
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
}
