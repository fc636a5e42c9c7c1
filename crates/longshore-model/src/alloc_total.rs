//! What an allocation holds in all (MODEL-215, MODEL-216).

use std::collections::BTreeSet;

use crate::{AllocatedDevice, AllocatedMemory, AllocatedResources, AllocatedTaskResources, NetworkResource};

/// What an allocation holds in all: the most that any phase of its life needs, and every core, network and device.
///
/// ```
/// use longshore_model::{AllocatedResources, AllocatedTotal};
/// assert_eq!(AllocatedResources::default().total(), AllocatedTotal::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllocatedTotal {
    /// MHz.
    pub cpu_shares: i64,
    /// Core ids.
    pub reserved_cores: BTreeSet<i64>,
    /// MiB.
    pub memory_mb: i64,
    /// MiB that memory may grow to.
    pub memory_max_mb: i64,
    /// MiB of disk.
    pub disk_mb: i64,
    /// Networks, one for each interface.
    pub networks: Vec<NetworkResource>,
    /// Devices, one for each vendor, type and name.
    pub devices: Vec<AllocatedDevice>,
}

impl AllocatedResources {
    /// What this comes to (MODEL-215): prestart, main and poststop tasks take turns, so of CPU and memory the greatest
    /// of the three counts; cores are kept throughout. Sums stay at the bound of their type.
    ///
    /// ```
    /// use longshore_model::{AllocatedResources, from_json};
    /// let held: AllocatedResources = from_json(
    ///     r#"{"Tasks": {"init": {"Cpu": {"CpuShares": 900}}, "web": {"Cpu": {"CpuShares": 500}}},
    ///         "TaskLifecycles": {"init": {"Hook": "prestart"}}}"#,
    /// )?;
    /// assert_eq!(held.total().cpu_shares, 900);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub fn total(&self) -> AllocatedTotal {
        let mut total = AllocatedTotal { disk_mb: self.shared.disk_mb, ..AllocatedTotal::default() };
        let (mut main, mut pre, mut stop) = (Phase::default(), Phase::default(), Phase::default());
        for (name, task) in &self.tasks {
            let lifecycle = self.task_lifecycles.get(name).and_then(Option::as_ref);
            let cores = &task.cpu.reserved_cores;
            if !cores.is_empty() {
                total.cpu_shares = total.cpu_shares.saturating_add(task.cpu.cpu_shares);
                total.reserved_cores.extend(cores);
            }
            match lifecycle.map(|lifecycle| (lifecycle.hook.as_str(), lifecycle.sidecar)) {
                None | Some(("poststart", _)) => main.add(task),
                Some(("prestart", false)) => pre.add(task),
                Some(("prestart", true)) => {
                    pre.add(task);
                    main.add(task);
                }
                Some(("poststop", _)) => stop.add(task),
                Some(_) => {}
            }
        }
        let peak = |of: fn(&Phase) -> i64| of(&main).max(of(&pre)).max(of(&stop));
        total.cpu_shares = total.cpu_shares.saturating_add(peak(|phase| phase.cpu_shares));
        total.memory_mb = peak(|phase| phase.memory.memory_mb);
        total.memory_max_mb = peak(|phase| phase.memory.memory_max_mb);
        for phase in [main, pre, stop] {
            phase.networks.iter().for_each(|network| add_network(&mut total.networks, network));
            phase.devices.iter().for_each(|device| add_device(&mut total.devices, device));
        }
        self.shared.networks.iter().for_each(|network| add_network(&mut total.networks, network));
        total
    }
}

/// The sum over tasks that run at the same time.
#[derive(Default)]
struct Phase {
    cpu_shares: i64,
    memory: AllocatedMemory,
    networks: Vec<NetworkResource>,
    devices: Vec<AllocatedDevice>,
}

impl Phase {
    fn add(&mut self, task: &AllocatedTaskResources) {
        if task.cpu.reserved_cores.is_empty() {
            self.cpu_shares = self.cpu_shares.saturating_add(task.cpu.cpu_shares);
        }
        self.memory.add(&task.memory);
        task.networks.iter().for_each(|network| add_network(&mut self.networks, network));
        task.devices.iter().for_each(|device| add_device(&mut self.devices, device));
    }
}

impl AllocatedMemory {
    /// Adds another's; what has no bound of its own may grow to what it has (MODEL-216).
    pub fn add(&mut self, other: &AllocatedMemory) {
        let grown = if other.memory_max_mb == 0 { other.memory_mb } else { other.memory_max_mb };
        self.memory_mb = self.memory_mb.saturating_add(other.memory_mb);
        self.memory_max_mb = self.memory_max_mb.saturating_add(grown);
    }
}

/// Ports join those of the same interface (MODEL-216).
fn add_network(networks: &mut Vec<NetworkResource>, network: &NetworkResource) {
    match networks.iter_mut().find(|known| known.device == network.device) {
        Some(known) => {
            known.mbits = known.mbits.saturating_add(network.mbits);
            known.reserved_ports.extend(network.reserved_ports.iter().cloned());
            known.dynamic_ports.extend(network.dynamic_ports.iter().cloned());
        }
        None => networks.push(network.clone()),
    }
}

/// Instances join those of the same vendor, type and name (MODEL-216).
fn add_device(devices: &mut Vec<AllocatedDevice>, device: &AllocatedDevice) {
    let id = |device: &AllocatedDevice| (device.vendor.clone(), device.kind.clone(), device.name.clone());
    match devices.iter_mut().find(|known| id(known) == id(device)) {
        Some(known) => known.device_ids.extend(device.device_ids.iter().cloned()),
        None => devices.push(device.clone()),
    }
}
