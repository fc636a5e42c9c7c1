//! What a task asks of its node (MODEL-142, MODEL-143).

use std::collections::BTreeSet;

use crate::{Operand, RequestedDevice, Resources};

use super::constraint::{affinity, constraint};
use super::place::Block;
use super::scope::{At, rules};

const CPU_MIN_MHZ: i64 = 1;
const MEMORY_MIN_MB: i64 = 10;
/// `MemoryMaxMB` for no limit.
const NO_LIMIT: i64 = -1;

pub(super) fn resources(at: &mut At<'_>, ask: &Resources) {
    let Resources { cpu, cores, memory_mb, memory_max_mb, secrets_mb, .. } = *ask;
    rules! { at;
        "MODEL-142" "cpu-and-cores" "" if cores > 0 && cpu > 0
            => "has both CPU {} and Cores {}; ask for one of them", cpu, cores;
        "MODEL-142" "cores-negative" "Cores" if cores < 0
            => "{} is negative; use 0 or more", cores;
        "MODEL-142" "cpu-small" "CPU" if cores == 0 && cpu < CPU_MIN_MHZ
            => "{} MHz is too little; ask for {} or more", cpu, CPU_MIN_MHZ;
        "MODEL-142" "memory-small" "MemoryMB" if memory_mb < MEMORY_MIN_MB
            => "{} MiB is too little; ask for {} or more", memory_mb, MEMORY_MIN_MB;
        "MODEL-142" "disk" "DiskMB" if ask.disk_mb > 0
            => "{} MiB cannot be asked for by a task; ask for it in the group's EphemeralDisk", ask.disk_mb;
    }
    for (index, one) in ask.devices.iter().enumerate() {
        device(&mut at.element(Block::Device, index, &one.name), one);
    }
    if let Some(numa) = &ask.numa {
        let asked: BTreeSet<&str> = ask.devices.iter().map(|device| device.name.as_str()).collect();
        for wanted in &numa.devices {
            rules! { at.only(Block::Numa);
                "MODEL-142" "numa-device" "Devices" if !asked.contains(wanted.as_str())
                    => "names {:?}, which is not among the task's Devices; ask for it there too", wanted;
            }
        }
        rules! { at.only(Block::Numa);
            "MODEL-142" "numa-affinity" "Affinity" if !matches!(numa.affinity.as_str(), "none" | "prefer" | "require")
                => "{:?} is unknown; use none, prefer or require", numa.affinity;
        }
    }
    rules! { at;
        "MODEL-142" "memory-max" "MemoryMaxMB"
            if memory_max_mb != 0 && memory_max_mb != NO_LIMIT && memory_max_mb < memory_mb
            => "{} is below MemoryMB, which is {}; use as much or more, 0 for none, -1 for no limit",
               memory_max_mb, memory_mb;
        "MODEL-142" "secrets-above-memory" "SecretsMB" if secrets_mb > memory_mb
            => "{} is above MemoryMB, which is {}; use as much or less", secrets_mb, memory_mb;
        "MODEL-142" "secrets-negative" "SecretsMB" if secrets_mb < 0
            => "{} is negative; use 0 or more", secrets_mb;
    }
}

fn device(at: &mut At<'_>, device: &RequestedDevice) {
    rules! { at;
        "MODEL-143" "device-name" "Name" if device.name.is_empty()
            => "is missing; write TYPE, VENDOR/TYPE or VENDOR/TYPE/MODEL";
    }
    for (index, one) in device.constraints.iter().enumerate() {
        let at = &mut at.element(Block::Constraint, index, "");
        rules! { at;
            "MODEL-143" "device-operand" "Operand" if is_distinct(&one.operand)
                => "{:?} compares nodes, not devices; use it on the job or the group", one.operand.as_str();
        }
        constraint(at, one);
    }
    for (index, one) in device.affinities.iter().enumerate() {
        affinity(&mut at.element(Block::Affinity, index, ""), one);
    }
}

/// Whether an operand compares allocations with one another rather than with a value.
pub(super) fn is_distinct(operand: &Operand) -> bool {
    matches!(operand, Operand::DistinctHosts | Operand::DistinctProperty)
}
