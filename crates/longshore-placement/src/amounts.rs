//! Amounts of the plain resources, and what allocations and groups come to.

use longshore_model::{AllocatedResources, AllocatedTaskResources, TaskGroup};
use thiserror::Error;

use crate::phases::{Phases, When};

/// CPU, memory and disk. All arithmetic is checked: a sum that does not fit is an error, never a wrap.
///
/// ```
/// use longshore_placement::Amounts;
/// let node = Amounts { cpu: 4000, memory: 8192, disk: 0 };
/// assert!(Amounts { cpu: 4000, memory: 100, disk: 0 }.fits_in(&node)); // equality fits (PLACE-48)
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Amounts {
    /// MHz.
    pub cpu: i64,
    /// MiB.
    pub memory: i64,
    /// MiB.
    pub disk: i64,
}

/// A sum beyond what 64 bits hold.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("the sum of {what} is beyond 64 bits")]
pub struct Overflow {
    /// `cpu`, `memory`, `memory max` or `disk`.
    pub what: &'static str,
}

impl Amounts {
    /// Nothing.
    pub const ZERO: Amounts = Amounts { cpu: 0, memory: 0, disk: 0 };

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] naming the first resource whose sum does not fit.
    pub fn plus(self, other: Amounts) -> Result<Amounts, Overflow> {
        self.combine(other, i64::checked_add)
    }

    /// The difference; may be negative.
    ///
    /// # Errors
    /// [`Overflow`] naming the first resource whose difference does not fit.
    pub fn minus(self, other: Amounts) -> Result<Amounts, Overflow> {
        self.combine(other, i64::checked_sub)
    }

    fn combine(self, other: Amounts, with: fn(i64, i64) -> Option<i64>) -> Result<Amounts, Overflow> {
        Ok(Amounts {
            cpu: with(self.cpu, other.cpu).ok_or(Overflow { what: "cpu" })?,
            memory: with(self.memory, other.memory).ok_or(Overflow { what: "memory" })?,
            disk: with(self.disk, other.disk).ok_or(Overflow { what: "disk" })?,
        })
    }

    /// The greater of each.
    pub fn max(self, other: Amounts) -> Amounts {
        Amounts { cpu: self.cpu.max(other.cpu), memory: self.memory.max(other.memory), disk: self.disk.max(other.disk) }
    }

    /// Whether each is at most the other's.
    pub fn fits_in(&self, room: &Amounts) -> bool {
        self.cpu <= room.cpu && self.memory <= room.memory && self.disk <= room.disk
    }

    /// What a group asks for: the largest phase of its life per resource, and its disk (PLACE-41, PLACE-45, PLACE-47).
    ///
    /// # Errors
    /// [`Overflow`] where the reference would saturate.
    pub fn of_group(group: &TaskGroup) -> Result<Amounts, Overflow> {
        let mut phases: Phases<Amounts> = Phases::default();
        for task in &group.tasks {
            let resources = &task.resources;
            let memory = resources.memory_mb.checked_add(resources.secrets_mb).ok_or(Overflow { what: "memory" })?;
            phases.add(When::from(task.lifecycle.as_ref()), Amounts { cpu: resources.cpu, memory, disk: 0 })?;
        }
        Ok(Amounts { disk: group.ephemeral_disk.size_mb, ..phases.peak() })
    }

    /// What an allocation holds (MODEL-215). The CPU of tasks with cores of their own is shared with no phase (PLACE-42).
    ///
    /// # Errors
    /// [`Overflow`] if the recorded amounts do not add up.
    pub fn of_allocated(resources: &AllocatedResources) -> Result<Amounts, Overflow> {
        let (mut phases, mut pinned) = (Phases::<Amounts>::default(), Amounts::ZERO);
        for (name, task) in resources.tasks.iter() {
            let lifecycle = resources.task_lifecycles.get(name).and_then(Option::as_ref);
            let mut amounts = task_amounts(task);
            if !task.cpu.reserved_cores.is_empty() {
                pinned = pinned.plus(Amounts { cpu: std::mem::take(&mut amounts.cpu), ..Amounts::ZERO })?;
            }
            phases.add(When::from(lifecycle), amounts)?;
        }
        Amounts { disk: resources.shared.disk_mb, ..phases.peak() }.plus(pinned)
    }
}

fn task_amounts(task: &AllocatedTaskResources) -> Amounts {
    Amounts { cpu: task.cpu.cpu_shares, memory: task.memory.memory_mb, disk: 0 }
}
