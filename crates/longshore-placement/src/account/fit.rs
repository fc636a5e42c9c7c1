//! Does all this fit on one node, and if not, what is short?

use std::collections::BTreeMap;

use longshore_model::{Allocation, Node, NodeDevice, TaskGroup, VolumeRequest};
use thiserror::Error;

use super::capacity::{Capacity, CapacityError};
use super::devices::DeviceTable;
use super::ports::{Collision, NodeFault, PortIndex};
use super::usage::{NodeUsage, Usage};
use crate::amounts::Overflow;

/// What is short on a node, in the order of the checks (PLACE-48).
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum Shortage {
    /// More allocations than the node takes.
    #[error("the node takes no more allocations")]
    MaxAllocs,
    /// A core with two holders, or one that is not for allocations.
    #[error("too few cores")]
    Cores,
    /// MHz.
    #[error("too little CPU")]
    Cpu,
    /// MiB of memory.
    #[error("too little memory")]
    Memory,
    /// MiB of disk.
    #[error("too little disk")]
    Disk,
    /// The node's own ports cannot be read.
    #[error(transparent)]
    NodePorts(NodeFault),
    /// Allocations share a port.
    #[error(transparent)]
    AllocPorts(Collision),
    /// More of a device instance is held than there is.
    #[error("a device instance is held twice")]
    Devices,
    /// A host volume for a single writer has several users.
    #[error("host volume {0:?} is for a single writer and is used twice")]
    HostVolume(String),
}

impl Shortage {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "PLACE-48"
    }
}

/// How a fit test went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// What is used in all; nothing if there are too many allocations, since nothing is then added up.
    pub used: Usage,
    /// What is short; `None` fits.
    pub short: Option<Shortage>,
}

/// Why no verdict can be given.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FitError {
    /// The node's record.
    #[error(transparent)]
    Capacity(#[from] CapacityError),
    /// The allocations' records.
    #[error("the allocations' resources: {0}")]
    Usage(#[from] Overflow),
}

impl FitError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            FitError::Capacity(error) => error.code(),
            FitError::Usage(_) => "PLACE-41",
        }
    }
}

/// Whether allocations fit on a node, counted from nothing (PLACE-48): what plan verification asks, and what every kept
/// account is judged by. Those that have ended hold nothing, but are counted. `devices` also checks device instances and
/// host volumes; of these the jobs that the allocations carry tell.
///
/// ```
/// use longshore_model::{AllocatedResources, Allocation, Node, from_json};
/// use longshore_placement::account::{Shortage, fit};
/// let node: Node = from_json(
///     r#"{"NodeResources": {"Cpu": {"CpuShares": 1000, "TotalCpuCores": 1}, "Memory": {"MemoryMB": 512}}}"#,
/// )?;
/// let alloc: Allocation = from_json(
///     r#"{"AllocatedResources": {"Tasks": {"t": {"Cpu": {"CpuShares": 500}, "Memory": {"MemoryMB": 300}}}}}"#,
/// )?;
/// assert_eq!(fit(&node, &[&alloc], true)?.short, None);
/// let both = fit(&node, &[&alloc, &alloc], true)?;
/// assert_eq!((both.short, both.used.amounts.memory), (Some(Shortage::Memory), 600));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`FitError`] if recorded amounts do not add up.
///
/// # Cost
/// In proportion to what the allocations hold.
pub fn fit(node: &Node, allocs: &[&Allocation], devices: bool) -> Result<Verdict, FitError> {
    let capacity = Capacity::of(node)?;
    let count = i64::try_from(allocs.len()).unwrap_or(i64::MAX);
    if capacity.max_allocs != 0 && capacity.max_allocs < count {
        return Ok(Verdict { short: Some(Shortage::MaxAllocs), ..Verdict::default() });
    }
    let (mut kept, mut used) = (NodeUsage::default(), Usage::default());
    for alloc in allocs {
        match &alloc.allocated_resources {
            Some(resources) if !alloc.client_terminal() => {
                let usage = Usage::of(resources)?;
                kept.add(&usage)?;
                used.add(&usage)?;
            }
            _ => kept.add_ended(),
        }
    }
    let short = kept.check(&capacity).or_else(|| ports(node, allocs));
    let short = short.or_else(|| if devices { instances(node, allocs).or_else(|| volumes(allocs)) } else { None });
    Ok(Verdict { used, short })
}

/// Rows 7 and 8.
fn ports(node: &Node, allocs: &[&Allocation]) -> Option<Shortage> {
    let mut index = match PortIndex::of(node) {
        Ok(index) => index,
        Err(fault) => return Some(Shortage::NodePorts(fault)),
    };
    let mut result = Ok(());
    allocs.iter().for_each(|alloc| result = index.hold(alloc).and(std::mem::replace(&mut result, Ok(()))));
    result.err().map(Shortage::AllocPorts)
}

/// Row 9.
fn instances(node: &Node, allocs: &[&Allocation]) -> Option<Shortage> {
    let groups: &[NodeDevice] = node.node_resources.as_ref().map_or(&[], |resources| &resources.devices);
    let mut table = DeviceTable::new(groups);
    let live = allocs.iter().filter(|alloc| !alloc.client_terminal());
    live.filter_map(|alloc| alloc.allocated_resources.as_ref()).for_each(|resources| table.hold(groups, resources));
    table.oversubscribed(groups).then_some(Shortage::Devices)
}

/// Row 10: every request counts by its source, whatever its kind and whether it writes.
fn volumes(allocs: &[&Allocation]) -> Option<Shortage> {
    let live = allocs.iter().filter(|alloc| !alloc.client_terminal());
    shared_volume(live.filter_map(|alloc| alloc.job.as_ref()?.group(&alloc.task_group)))
}

/// The first volume for a single writer that several allocations use, each by its group (PLACE-48, row 10).
pub fn shared_volume<'a>(groups: impl IntoIterator<Item = &'a TaskGroup>) -> Option<Shortage> {
    let mut claims: BTreeMap<&str, (u32, bool)> = BTreeMap::new();
    for request in groups.into_iter().flat_map(|group| group.volumes.values()) {
        let (count, single) = claims.entry(&request.source).or_default();
        *count += 1;
        *single |= is_single_writer(request);
    }
    let shared = claims.into_iter().find(|(_, (count, single))| *single && *count > 1);
    shared.map(|(source, _)| Shortage::HostVolume(source.to_owned()))
}

fn is_single_writer(request: &VolumeRequest) -> bool {
    request.access_mode == "single-node-single-writer"
}
