//! What columns can tell a node to be short of.

use crate::account::{DeviceProblem, Shortage};
use crate::attempt::Exhausted;

/// A resource: a byte a node on every board.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dimension {
    MaxAllocs,
    Cpu,
    Memory,
    Disk,
    Devices,
}

impl Dimension {
    pub(super) const ALL: [Dimension; 5] =
        [Dimension::MaxAllocs, Dimension::Cpu, Dimension::Memory, Dimension::Disk, Dimension::Devices];

    /// What a look at the node would have said.
    pub(super) fn exhausted(self) -> Exhausted {
        match self {
            Dimension::MaxAllocs => Shortage::MaxAllocs.into(),
            Dimension::Cpu => Shortage::Cpu.into(),
            Dimension::Memory => Shortage::Memory.into(),
            Dimension::Disk => Shortage::Disk.into(),
            Dimension::Devices => DeviceProblem::NoMatch.into(),
        }
    }
}
