//! What a node has for allocations.

use std::collections::BTreeSet;

use longshore_model::{Node, NodeResources, Topology};
use thiserror::Error;

use crate::amounts::{Amounts, Overflow};

/// What a node has, what of that is for allocations, and its cores.
///
/// Made once from the node's record, which stays as its host wrote it: what old forms of CPU fields mean is worked out
/// here (PLACE-39), not written into the record.
///
/// ```
/// use longshore_model::{Node, from_json};
/// use longshore_placement::account::Capacity;
/// let node: Node = from_json(r#"{
///     "NodeResources": {"Cpu": {"CpuShares": 2000, "TotalCpuCores": 3}, "Memory": {"MemoryMB": 4096}},
///     "ReservedResources": {"Cpu": {"CpuShares": 500, "ReservedCpuCores": [0]}}
/// }"#)?;
/// let capacity = Capacity::of(&node)?;
/// assert_eq!((capacity.total.cpu, capacity.available.cpu), (2000, 1500));
/// assert_eq!(capacity.cores()[2].mhz, 666); // PLACE-39: shares by cores, rounded down
/// assert_eq!(capacity.available_cores.iter().copied().collect::<Vec<_>>(), [1, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacity {
    /// All of it (PLACE-37, PLACE-38).
    pub total: Amounts,
    /// Less what is reserved (PLACE-40).
    pub available: Amounts,
    /// Usable cores less the reserved ones (PLACE-40); none on a node that tells nothing of its cores.
    pub available_cores: BTreeSet<i64>,
    /// The most allocations it takes; 0 for no limit.
    pub max_allocs: i64,
    /// Usable cores, by id.
    usable: Vec<UsableCore>,
}

/// A core that may be reserved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UsableCore {
    /// Its id: an opaque number, with holes and in any order.
    pub id: i64,
    /// The core that is handed out when this id is chosen: itself, unless the node lists its cores out of order
    /// (PLACE-78).
    pub given: i64,
    /// MHz of the core that is handed out.
    pub mhz: i64,
}

/// Why a node's record tells of no capacity.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum CapacityError {
    /// Amounts do not add up.
    #[error("the node's resources: {0}")]
    Overflow(#[from] Overflow),
    /// More cores than any machine has.
    #[error("the node's TotalCpuCores is {found}; a node has at most {CORES_MAX} cores")]
    Cores {
        /// How many it claims.
        found: i64,
    },
}

impl CapacityError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            CapacityError::Overflow(_) => "PLACE-40",
            CapacityError::Cores { .. } => "PLACE-39",
        }
    }
}

/// A count alone must not cost memory without end.
const CORES_MAX: i64 = 65_536;

impl Capacity {
    /// What a node has. O(cores · log cores).
    ///
    /// # Errors
    /// [`CapacityError`] for sums beyond 64 bits and for more cores than 65,536 that are counted, not listed.
    pub fn of(node: &Node) -> Result<Capacity, CapacityError> {
        let Some(resources) = &node.node_resources else {
            return Ok(Capacity { max_allocs: node.node_max_allocs, ..Capacity::default() });
        };
        let cpu = Cpu::of(resources)?;
        let total = Amounts { cpu: cpu.total, memory: resources.memory.memory_mb, disk: resources.disk.disk_mb };
        let mut available_cores: BTreeSet<i64> = cpu.usable.iter().map(|core| core.id).collect();
        let reserved = node.reserved_resources.as_ref().map_or(Amounts::ZERO, |reserved| {
            available_cores.retain(|id| !reserved.cpu.reserved_cpu_cores.contains(id));
            let (cpu, memory, disk) = (reserved.cpu.cpu_shares, reserved.memory.memory_mb, reserved.disk.disk_mb);
            Amounts { cpu, memory, disk }
        });
        let available = total.minus(reserved)?;
        Ok(Capacity { total, available, available_cores, max_allocs: node.node_max_allocs, usable: cpu.usable })
    }

    /// The usable cores, by ascending id; reserved ones too.
    pub fn cores(&self) -> &[UsableCore] {
        &self.usable
    }

    /// PLACE-77, PLACE-78: the lowest free cores, `None` if fewer are free than asked. A node's own reserved cores are
    /// not taken out here, as in the reference: the fit test then says that they are short.
    pub fn choose_cores(&self, count: i64, taken: impl Fn(i64) -> bool) -> Option<Vec<UsableCore>> {
        let count = usize::try_from(count).unwrap_or(0);
        let free = self.usable.iter().filter(|core| !taken(core.id)).copied();
        let chosen: Vec<UsableCore> = free.take(count).collect();
        (chosen.len() == count).then_some(chosen)
    }
}

/// CPU as a node tells it.
#[derive(Default)]
struct Cpu {
    total: i64,
    usable: Vec<UsableCore>,
}

impl Cpu {
    fn of(resources: &NodeResources) -> Result<Cpu, CapacityError> {
        match &resources.processors.topology {
            // FEAS-115: deriving node networks empties a topology without cores, its override too.
            Some(topology) if topology.cores.is_empty() && resources.node_networks.is_null() => Ok(Cpu::default()),
            Some(topology) => Ok(Cpu::of_topology(topology)?),
            None => Cpu::of_legacy(resources),
        }
    }

    /// PLACE-37, PLACE-38: disabled cores count towards the total, but cannot be used.
    fn of_topology(topology: &Topology) -> Result<Cpu, Overflow> {
        let sum = || {
            let speeds = topology.cores.iter().map(longshore_model::Core::speed);
            speeds.into_iter().try_fold(0i64, i64::checked_add).ok_or(Overflow { what: "cpu" })
        };
        let total = if topology.override_total_compute > 0 { topology.override_total_compute } else { sum()? };
        let mut ids: Vec<i64> = topology.cores.iter().map(|core| core.id).collect();
        ids.sort_unstable();
        let usable: BTreeSet<i64> = topology.cores.iter().filter(|core| !core.disable).map(|core| core.id).collect();
        let given = |id: &i64| {
            let core = &topology.cores[ids.binary_search(id).unwrap_or(0)];
            UsableCore { id: *id, given: core.id, mhz: core.speed() }
        };
        Ok(Cpu { total, usable: usable.iter().map(given).collect() })
    }

    /// PLACE-39.
    fn of_legacy(resources: &NodeResources) -> Result<Cpu, CapacityError> {
        let cpu = &resources.cpu;
        if cpu.cpu_shares == 0 || cpu.total_cpu_cores == 0 {
            return Ok(Cpu::default());
        }
        let ids: BTreeSet<i64> = match cpu.reservable_cpu_cores.is_empty() {
            true if cpu.total_cpu_cores > CORES_MAX => return Err(CapacityError::Cores { found: cpu.total_cpu_cores }),
            true => (0..cpu.total_cpu_cores).collect(),
            false => cpu.reservable_cpu_cores.iter().copied().collect(),
        };
        let mhz = cpu.cpu_shares / i64::try_from(ids.len().max(1)).unwrap_or(i64::MAX);
        let usable = ids.iter().map(|id| UsableCore { id: *id, given: *id, mhz }).collect();
        Ok(Cpu { total: cpu.cpu_shares, usable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::from_json;

    fn capacity(resources: &str) -> Result<Capacity, CapacityError> {
        Capacity::of(&from_json(&format!(r#"{{"NodeResources": {resources}}}"#)).unwrap())
    }

    #[test]
    fn place_37_39_feas_115_totals() {
        let table = [
            (r#"{"Cpu": {"CpuShares": 2000, "TotalCpuCores": 0}}"#, 0),
            (r#"{"Cpu": {"CpuShares": 2000, "TotalCpuCores": 2}}"#, 2000),
            (r#"{"Processors": {"Topology": {"Cores": [], "OverrideTotalCompute": 3000}}}"#, 0),
            (r#"{"Processors": {"Topology": {"OverrideTotalCompute": 3000}}, "NodeNetworks": []}"#, 3000),
            (
                r#"{"Processors": {"Topology": {"Cores": [{"MaxSpeed": 7}, {"ID": 1, "BaseSpeed": 5, "Disable": true}]}}}"#,
                12,
            ),
        ];
        for (resources, total) in table {
            assert_eq!(capacity(resources).unwrap().total.cpu, total, "{resources}");
        }
    }

    /// PLACE-78: an id chosen stands for a position in the list.
    #[test]
    fn place_77_78_cores_out_of_order() {
        let cores = r#"[{"ID": 4, "BaseSpeed": 40}, {"ID": 1, "BaseSpeed": 10}, {"ID": 9, "BaseSpeed": 90}]"#;
        let capacity = capacity(&format!(r#"{{"Processors": {{"Topology": {{"Cores": {cores}}}}}}}"#)).unwrap();
        let chosen = capacity.choose_cores(2, |id| id == 4).unwrap();
        assert_eq!(chosen.iter().map(|core| (core.given, core.mhz)).collect::<Vec<_>>(), [(4, 40), (9, 90)]);
        assert!(capacity.choose_cores(3, |id| id == 4).is_none());
    }

    #[test]
    fn hostile_numbers_are_errors() {
        let many = capacity(r#"{"Cpu": {"CpuShares": 1, "TotalCpuCores": 9000000000}}"#).unwrap_err();
        assert_eq!((many.code(), many), ("PLACE-39", CapacityError::Cores { found: 9_000_000_000 }));
        let max = i64::MAX;
        let cores = format!(r#"[{{"BaseSpeed": {max}}}, {{"ID": 1, "BaseSpeed": {max}}}]"#);
        let sum = capacity(&format!(r#"{{"Processors": {{"Topology": {{"Cores": {cores}}}}}}}"#));
        assert_eq!(sum, Err(CapacityError::Overflow(Overflow { what: "cpu" })));
        assert_eq!(capacity(r#"{"Cpu": {"CpuShares": 1, "TotalCpuCores": -4}}"#).unwrap().cores(), []);
    }
}
