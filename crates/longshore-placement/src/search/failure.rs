//! Why no node would do.

use std::collections::BTreeMap;

use crate::filter::Reason;

/// Why no node would do: every candidate is counted once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Failure {
    /// Nodes looked at: those that are ready and in the job's pool and datacenters.
    pub evaluated: u64,
    /// Nodes that a rule kept out, by reason.
    pub filtered: BTreeMap<Reason, u64>,
    /// The same by node class, for nodes that have one (PLACE-129).
    pub class_filtered: BTreeMap<String, u64>,
    /// Nodes with too little room, by the first resource that was short.
    pub exhausted: BTreeMap<String, u64>,
    /// The same by node class, for nodes that have one.
    pub class_exhausted: BTreeMap<String, u64>,
}

impl Failure {
    /// Counts a node that a rule keeps out.
    pub(crate) fn filter(&mut self, reason: Reason, class: &str) {
        self.evaluated += 1;
        *self.filtered.entry(reason).or_default() += 1;
        if !class.is_empty() {
            *self.class_filtered.entry(class.to_owned()).or_default() += 1;
        }
    }

    /// Counts a node that is too full.
    pub(crate) fn exhaust(&mut self, dimension: String, class: &str) {
        self.evaluated += 1;
        *self.exhausted.entry(dimension).or_default() += 1;
        if !class.is_empty() {
            *self.class_exhausted.entry(class.to_owned()).or_default() += 1;
        }
    }
}

/// A resource that columns can tell a node to be short of, in the order of the test (PLACE-48, PLACE-72).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Dimension {
    /// The number of allocations.
    MaxAllocs,
    /// MHz.
    Cpu,
    /// MiB of memory.
    Memory,
    /// MiB of disk.
    Disk,
    /// Device instances, or enough room on one.
    Devices,
}

impl Dimension {
    /// As metrics name it (PLACE-130).
    pub const fn as_str(self) -> &'static str {
        match self {
            Dimension::MaxAllocs => "max-allocs",
            Dimension::Cpu => "cpu",
            Dimension::Memory => "memory",
            Dimension::Disk => "disk",
            Dimension::Devices => "devices: no devices match request",
        }
    }
}
