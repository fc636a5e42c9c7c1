//! What an allocation holds, and what all allocations of a node hold together.

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::AllocatedResources;

use super::capacity::Capacity;
use super::fit::Shortage;
use crate::amounts::{Amounts, Overflow};
use crate::phases::{Phases, Sum, When};

/// What one allocation holds of the plain resources (PLACE-41, PLACE-42).
///
/// ```
/// use longshore_model::{AllocatedResources, from_json};
/// use longshore_placement::account::Usage;
/// let held: AllocatedResources = from_json(r#"{
///     "Tasks": {"init": {"Cpu": {"CpuShares": 900}},
///               "web": {"Cpu": {"CpuShares": 500}},
///               "pinned": {"Cpu": {"CpuShares": 2000, "ReservedCores": [3]}}},
///     "TaskLifecycles": {"init": {"Hook": "prestart"}}}"#)?;
/// let usage = Usage::of(&held)?;
/// assert_eq!(usage.amounts.cpu, 900 + 2000); // the greater phase, and reserved cores in full
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// CPU, memory and disk.
    pub amounts: Amounts,
    /// MiB that memory may grow to; told, never tested (PLACE-44).
    pub memory_max: i64,
    /// Reserved cores.
    pub cores: BTreeSet<i64>,
}

impl Usage {
    /// What an allocation holds.
    ///
    /// # Errors
    /// [`Overflow`] if the recorded amounts do not add up.
    pub fn of(resources: &AllocatedResources) -> Result<Usage, Overflow> {
        let mut phases: Phases<Running> = Phases::default();
        let (mut pinned, mut cores) = (0i64, BTreeSet::new());
        for (name, task) in resources.tasks.iter() {
            let mut cpu = task.cpu.cpu_shares;
            if !task.cpu.reserved_cores.is_empty() {
                pinned = pinned.checked_add(cpu).ok_or(Overflow { what: "cpu" })?;
                cores.extend(&task.cpu.reserved_cores);
                cpu = 0;
            }
            let memory = task.memory.memory_mb;
            let memory_max = if task.memory.memory_max_mb == 0 { memory } else { task.memory.memory_max_mb };
            let lifecycle = resources.task_lifecycles.get(name).and_then(Option::as_ref);
            phases.add(When::from(lifecycle), Running { cpu, memory, memory_max })?;
        }
        let Running { cpu, memory, memory_max } = phases.peak();
        let cpu = cpu.checked_add(pinned).ok_or(Overflow { what: "cpu" })?;
        Ok(Usage { amounts: Amounts { cpu, memory, disk: resources.shared.disk_mb }, memory_max, cores })
    }

    /// What it may grow to beside others; a bound of nothing is what it holds (MODEL-216). So a sum of one task without
    /// bound, −1, is what it holds: its greatest phase is one of those without tasks, 0.
    fn growth(&self) -> i64 {
        if self.memory_max == 0 { self.amounts.memory } else { self.memory_max }
    }

    /// Adds another's; cores are united.
    ///
    /// # Errors
    /// [`Overflow`]; this is then unchanged.
    pub fn add(&mut self, other: &Usage) -> Result<(), Overflow> {
        let amounts = self.amounts.plus(other.amounts)?;
        self.memory_max = self.memory_max.checked_add(other.growth()).ok_or(Overflow { what: "memory max" })?;
        self.amounts = amounts;
        self.cores.extend(&other.cores);
        Ok(())
    }
}

/// What tasks that run at the same time hold.
#[derive(Clone, Copy, Default)]
struct Running {
    cpu: i64,
    memory: i64,
    memory_max: i64,
}

impl Sum for Running {
    fn plus(self, other: Running) -> Result<Running, Overflow> {
        let sum = |a: i64, b: i64, what| a.checked_add(b).ok_or(Overflow { what });
        Ok(Running {
            cpu: sum(self.cpu, other.cpu, "cpu")?,
            memory: sum(self.memory, other.memory, "memory")?,
            memory_max: sum(self.memory_max, other.memory_max, "memory max")?,
        })
    }

    fn max(self, other: Running) -> Running {
        Running {
            cpu: self.cpu.max(other.cpu),
            memory: self.memory.max(other.memory),
            memory_max: self.memory_max.max(other.memory_max),
        }
    }
}

/// What all allocations of a node hold: kept, not added up again.
///
/// Adding and removing cost what the allocation's own cores cost; [`check`](NodeUsage::check) costs as much as there are
/// held cores. Equal to a recount at any time, whatever the order of changes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NodeUsage {
    /// Allocations, also those that hold nothing any more (PLACE-48, row 1).
    pub allocs: i64,
    /// Their sum.
    pub amounts: Amounts,
    /// MiB that memory may grow to.
    pub memory_max: i64,
    /// How many allocations hold each core; never 0.
    holders: BTreeMap<i64, u32>,
    /// Cores with more than one holder. Invariant: what a count over `holders` gives.
    contested: usize,
}

impl NodeUsage {
    /// Counts an allocation that holds nothing any more.
    pub fn add_ended(&mut self) {
        self.allocs += 1;
    }

    /// Adds an allocation.
    ///
    /// # Errors
    /// [`Overflow`]; nothing is added then.
    pub fn add(&mut self, usage: &Usage) -> Result<(), Overflow> {
        let amounts = self.amounts.plus(usage.amounts)?;
        self.memory_max = self.memory_max.checked_add(usage.growth()).ok_or(Overflow { what: "memory max" })?;
        self.amounts = amounts;
        self.allocs += 1;
        for core in &usage.cores {
            let holders = self.holders.entry(*core).or_default();
            *holders += 1;
            self.contested += usize::from(*holders == 2);
        }
        Ok(())
    }

    /// Takes an allocation away that was added.
    ///
    /// # Errors
    /// [`Overflow`]; nothing is taken then.
    pub fn remove(&mut self, usage: &Usage) -> Result<(), Overflow> {
        let amounts = self.amounts.minus(usage.amounts)?;
        self.memory_max = self.memory_max.checked_sub(usage.growth()).ok_or(Overflow { what: "memory max" })?;
        self.amounts = amounts;
        self.allocs -= 1;
        for core in &usage.cores {
            let Some(holders) = self.holders.get_mut(core) else { continue };
            *holders -= 1;
            self.contested -= usize::from(*holders == 1);
            if *holders == 0 {
                self.holders.remove(core);
            }
        }
        Ok(())
    }

    /// Whether somebody holds a core.
    pub fn holds_core(&self, id: i64) -> bool {
        self.holders.contains_key(&id)
    }

    /// The cores that somebody holds, ascending.
    pub fn cores(&self) -> impl Iterator<Item = i64> + '_ {
        self.holders.keys().copied()
    }

    /// The first shortage, in the order of PLACE-48, rows 1 to 6; equality fits.
    pub fn check(&self, capacity: &Capacity) -> Option<Shortage> {
        if capacity.max_allocs != 0 && capacity.max_allocs < self.allocs {
            return Some(Shortage::MaxAllocs);
        }
        if self.contested > 0 {
            return Some(Shortage::Cores);
        }
        if self.amounts.cpu > capacity.available.cpu {
            return Some(Shortage::Cpu);
        }
        let known = &capacity.available_cores;
        if !known.is_empty() && self.holders.keys().any(|core| !known.contains(core)) {
            return Some(Shortage::Cores);
        }
        if self.amounts.memory > capacity.available.memory {
            return Some(Shortage::Memory);
        }
        (self.amounts.disk > capacity.available.disk).then_some(Shortage::Disk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usages() -> impl Strategy<Value = Vec<Usage>> {
        let one = (0..50i64, 0..50i64, prop::collection::btree_set(0..6i64, 0..3)).prop_map(|(cpu, memory, cores)| {
            Usage { amounts: Amounts { cpu, memory, disk: 1 }, memory_max: memory, cores }
        });
        prop::collection::vec(one, 0..8)
    }

    proptest! {
        /// The twin: what is kept equals what is counted again, and clashes are found as by pairs.
        #[test]
        fn place_48_kept_equals_recounted(all in usages(), gone in prop::collection::vec(any::<bool>(), 8)) {
            let mut kept = NodeUsage::default();
            all.iter().for_each(|usage| kept.add(usage).unwrap());
            let (out, stay): (Vec<_>, Vec<_>) = all.iter().zip(&gone).partition(|(_, gone)| **gone);
            out.iter().for_each(|(usage, _)| kept.remove(usage).unwrap());
            let mut again = NodeUsage::default();
            stay.iter().for_each(|(usage, _)| again.add(usage).unwrap());
            prop_assert_eq!(&kept, &again);
            let clash = (0..stay.len()).any(|b| (0..b).any(|a| !stay[a].0.cores.is_disjoint(&stay[b].0.cores)));
            prop_assert_eq!(kept.check(&Capacity::default()) == Some(Shortage::Cores), clash);
        }
    }

    #[test]
    fn sums_beyond_64_bits_change_nothing() {
        let most = Usage { amounts: Amounts { memory: i64::MAX, ..Amounts::ZERO }, ..Usage::default() };
        let mut node = NodeUsage::default();
        node.add(&most).unwrap();
        let before = node.clone();
        assert_eq!(node.add(&most), Err(Overflow { what: "memory" }));
        assert_eq!(node, before);
    }
}
