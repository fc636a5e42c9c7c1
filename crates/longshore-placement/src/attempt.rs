//! One group on one node: what it would get, whom it would displace, or what is short.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_constraint::Target;
use longshore_model::{
    AllocId, AllocatedCpu, AllocatedDevice, AllocatedMemory, AllocatedResources, AllocatedTaskResources, Allocation,
    Job, NetworkResource, Node, NodeDevice, Task, TaskGroup, TaskLifecycle,
};
use thiserror::Error;

use crate::account::{
    Capacity, DeviceOffer, DeviceProblem, DeviceRequest, DeviceTable, FitError, NodeFault, NodeUsage, PortIndex,
    PortProblem, Shortage, Usage,
};
use crate::amounts::{Amounts, Overflow};
use crate::preempt::{self, Candidates};

/// What is to be placed, and how.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The job.
    pub job: &'a Job,
    /// Its group.
    pub group: &'a TaskGroup,
    /// Whether tasks may grow beyond their memory (PLACE-46).
    pub oversubscription: bool,
    /// Where dynamic ports come from.
    pub seed: u64,
    /// The plan's victims so far, if somebody may be displaced.
    pub preempt: Option<&'a [Arc<Allocation>]>,
}

/// What a group gets on a node.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What it would hold.
    pub resources: AllocatedResources,
    /// CPU and memory used on the node, this group included: what is scored (PLACE-70).
    pub used: Amounts,
    /// Those it displaces, in order (PLACE-123).
    pub victims: Vec<AllocId>,
    /// Weights of matching device affinities by the weights of all (PLACE-83); `None` without any.
    pub devices: Option<f64>,
}

/// Why a group cannot have a node.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum Exhausted {
    /// A port names a host network that means nothing here: the node is passed over, not counted (PLACE-56).
    #[error("host network {0:?} means nothing on this node")]
    Skipped(String),
    /// The node's ports cannot be read.
    #[error(transparent)]
    InvalidNode(#[from] NodeFault),
    /// Allocations that are there share a port.
    #[error("allocations on the node already share a port")]
    PortCollision,
    /// Ports or bandwidth.
    #[error(transparent)]
    Ports(#[from] PortProblem),
    /// Devices.
    #[error(transparent)]
    Devices(#[from] DeviceProblem),
    /// Cores to reserve.
    #[error("too few cores are free")]
    Cores,
    /// Anything else.
    #[error(transparent)]
    Short(#[from] Shortage),
    /// Recorded amounts do not add up.
    #[error(transparent)]
    Unaccountable(#[from] FitError),
}

impl Exhausted {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Exhausted::Skipped(_) => "PLACE-56",
            Exhausted::InvalidNode(_) | Exhausted::PortCollision => "PLACE-66",
            Exhausted::Ports(problem) => problem.code(),
            Exhausted::Devices(problem) => problem.code(),
            Exhausted::Cores => "PLACE-77",
            Exhausted::Short(short) => short.code(),
            Exhausted::Unaccountable(error) => error.code(),
        }
    }
}

impl Attempt<'_> {
    /// Tries a node with the allocations that a plan leaves on it (PLACE-66 to PLACE-69): first networks, devices and
    /// cores, task by task, then the sum of everything.
    ///
    /// # Errors
    /// [`Exhausted`], the first thing that is short.
    ///
    /// # Cost
    /// The node's accounts are made anew: O(what its allocations hold). The search keeps them and asks this only for
    /// nodes that have already won.
    pub fn on(&self, node: &Node, proposed: &[Arc<Allocation>]) -> Result<Placed, Exhausted> {
        let mut bench = Bench::new(self, node, proposed)?;
        if let Some(network) = self.group.networks.first() {
            bench.group_network(&interpolated(network, node)?)?;
        }
        for task in &self.group.tasks {
            bench.task(task)?;
        }
        bench.finish()
    }
}

/// PLACE-56: every port's host network, as this node reads it; one that names none means the default one.
///
/// # Errors
/// [`Exhausted::Skipped`] with the first host network that the node cannot read.
pub fn interpolated(network: &NetworkResource, node: &Node) -> Result<NetworkResource, Exhausted> {
    let mut network = network.clone();
    let (fixed, dynamic) = (network.reserved_ports.as_mut_slice(), network.dynamic_ports.as_mut_slice());
    for port in fixed.iter_mut().chain(dynamic) {
        if port.host_network.is_empty() {
            port.host_network = "default".into();
        }
        let resolved = Target::parse(&port.host_network).resolve(node).map(|text| text.into_owned());
        port.host_network = resolved.ok_or_else(|| Exhausted::Skipped(port.host_network.clone()))?;
    }
    Ok(network)
}

/// A node while a group is tried on it.
struct Bench<'a> {
    attempt: &'a Attempt<'a>,
    node: &'a Node,
    groups: &'a [NodeDevice],
    capacity: Capacity,
    /// Those that hold something and stay: proposed less ended ones and victims.
    staying: Vec<Arc<Allocation>>,
    /// How many of a plan's own have ended: counted, but they hold nothing (PLACE-48).
    ended: usize,
    ports: PortIndex,
    devices: DeviceTable,
    /// Device offers so far, to be taken again when victims go (PLACE-120).
    offers: Vec<(DeviceOffer, u32)>,
    /// Task networks offered so far, likewise; the current task's is not in `resources` yet.
    networks: Vec<NetworkResource>,
    held_cores: BTreeSet<i64>,
    resources: AllocatedResources,
    victims: Vec<AllocId>,
    matched: i64,
    weight: i64,
}

impl<'a> Bench<'a> {
    fn new(attempt: &'a Attempt<'a>, node: &'a Node, proposed: &[Arc<Allocation>]) -> Result<Bench<'a>, Exhausted> {
        let groups: &[NodeDevice] = node.node_resources.as_ref().map_or(&[], |resources| &resources.devices);
        let mut ports = PortIndex::of(node)?;
        if proposed.iter().any(|alloc| ports.hold(alloc).is_err()) {
            return Err(Exhausted::PortCollision);
        }
        let staying: Vec<_> = proposed.iter().filter(|alloc| !alloc.client_terminal()).cloned().collect();
        let mut bench = Bench {
            attempt,
            node,
            groups,
            capacity: Capacity::of(node).map_err(FitError::from)?,
            ended: proposed.len() - staying.len(),
            staying,
            ports,
            devices: DeviceTable::new(groups),
            offers: Vec::new(),
            networks: Vec::new(),
            held_cores: BTreeSet::new(),
            resources: AllocatedResources::default(),
            victims: Vec::new(),
            matched: 0,
            weight: 0,
        };
        bench.resources.shared.disk_mb = attempt.group.ephemeral_disk.size_mb;
        bench.count_devices();
        bench.count_cores();
        Ok(bench)
    }

    /// Counts device instances anew: of those that stay, and of the offers so far.
    fn count_devices(&mut self) {
        self.devices = DeviceTable::new(self.groups);
        for resources in self.staying.iter().filter_map(|alloc| alloc.allocated_resources.as_ref()) {
            self.devices.hold(self.groups, resources);
        }
        self.offers.iter().for_each(|(offer, share)| self.devices.take_offer(offer, *share));
    }

    /// Counts held cores anew: of those that stay, and of the tasks so far.
    fn count_cores(&mut self) {
        let staying = self.staying.iter().filter_map(|alloc| alloc.allocated_resources.as_ref());
        let tasks = staying.chain([&self.resources]).flat_map(|resources| resources.tasks.values());
        self.held_cores = tasks.flat_map(|task| task.cpu.reserved_cores.iter().copied()).collect();
    }

    /// Counts ports anew: of those that stay, and of the offers so far (PLACE-120). Collisions are no news here.
    fn count_ports(&mut self) {
        let Ok(mut ports) = PortIndex::of(self.node) else { return };
        self.staying.iter().for_each(|alloc| drop(ports.hold(alloc)));
        let _ = ports.hold_ports(&self.resources.shared.ports);
        self.networks.iter().for_each(|network| drop(ports.hold_network(network)));
        self.ports = ports;
    }

    /// Makes room for a network, if somebody may be displaced and that helps (PLACE-67).
    fn displace_for(&mut self, ask: &NetworkResource) -> bool {
        let Some(displaced) = self.attempt.preempt else { return false };
        let victims = preempt::for_network(&self.candidates(displaced), &self.ports, ask);
        let found = !victims.is_empty();
        if found {
            self.displace(victims);
        }
        found
    }

    fn candidates<'b>(&'b self, displaced: &'b [Arc<Allocation>]) -> Candidates<'b> {
        Candidates::new(self.attempt.job, &self.staying, displaced)
    }

    fn displace(&mut self, victims: Vec<AllocId>) {
        self.staying.retain(|alloc| !victims.contains(&alloc.id));
        self.victims.extend(victims);
        self.count_ports();
        self.count_devices();
        self.count_cores();
    }

    /// PLACE-57 to PLACE-62.
    fn group_network(&mut self, ask: &NetworkResource) -> Result<(), Exhausted> {
        let offer = match self.ports.offer_group(ask, self.attempt.seed) {
            Err(_) if self.displace_for(ask) => self.ports.offer_group(ask, self.attempt.seed),
            offer => offer,
        }?;
        // Static ports of one ask may be the same port twice (PLACE-57): then the second taking collides, as recorded.
        let _ = self.ports.hold_ports(&offer);
        let mut network = ask.clone();
        network.ip = self.ports.host_ip().to_owned();
        for port in network.dynamic_ports.as_mut_slice() {
            if let Some(offered) = offer.iter().find(|offered| offered.label == port.label) {
                (port.value, port.to) = (offered.value, offered.to);
            }
        }
        self.resources.shared.networks = [network].into();
        self.resources.shared.ports = offer.into();
        Ok(())
    }

    /// PLACE-68: a task's network, then its devices, then its cores.
    fn task(&mut self, task: &Task) -> Result<(), Exhausted> {
        let asked = &task.resources;
        let mut held = AllocatedTaskResources {
            cpu: AllocatedCpu { cpu_shares: asked.cpu, ..AllocatedCpu::default() },
            memory: memory(task, self.attempt.oversubscription).map_err(FitError::from)?,
            ..AllocatedTaskResources::default()
        };
        if let Some(network) = asked.networks.first() {
            let offer = match self.ports.offer_task(network, self.attempt.seed) {
                Err(_) if self.displace_for(network) => self.ports.offer_task(network, self.attempt.seed),
                offer => offer,
            }?;
            let _ = self.ports.hold_network(&offer);
            self.networks.push(offer.clone());
            held.networks = [offer].into();
        }
        self.task_devices(task, &mut held)?;
        if asked.cores > 0 {
            let taken = |id: i64| self.held_cores.contains(&id);
            let cores = self.capacity.choose_cores(asked.cores, taken).ok_or(Exhausted::Cores)?;
            let mhz = cores.iter().try_fold(0i64, |sum, core| sum.checked_add(core.mhz));
            held.cpu.cpu_shares = mhz.ok_or(FitError::from(Overflow { what: "cpu" }))?;
            held.cpu.reserved_cores = cores.iter().map(|core| core.given).collect();
            self.held_cores.extend(cores.iter().map(|core| core.given));
        }
        let lifecycle = task.lifecycle.as_ref();
        let lifecycle = lifecycle.map(|when| TaskLifecycle { hook: when.hook.clone(), sidecar: when.sidecar });
        self.resources.task_lifecycles.insert(task.name.to_string(), lifecycle);
        self.resources.tasks.insert(task.name.to_string(), held);
        Ok(())
    }

    /// PLACE-75: all requests without eviction; only if one fails, again from the start with eviction.
    fn task_devices(&mut self, task: &Task, held: &mut AllocatedTaskResources) -> Result<(), Exhausted> {
        let requests: Vec<DeviceRequest> = task.resources.devices.iter().map(DeviceRequest::new).collect();
        let before = (self.devices.clone(), self.offers.len());
        let offered: Result<Vec<DeviceOffer>, _> = requests.iter().map(|request| self.device(request)).collect();
        let offers = match (offered, self.attempt.preempt) {
            (Ok(offers), _) => offers,
            (Err(problem), None) => return Err(problem.into()),
            (Err(_), Some(displaced)) => {
                self.devices = before.0;
                self.offers.truncate(before.1);
                let evicting = |request| self.device_evicting(request, displaced);
                requests.iter().map(evicting).collect::<Result<_, _>>()?
            }
        };
        for ((offer, request), asked) in offers.iter().zip(&requests).zip(task.resources.devices.iter()) {
            let group = &self.groups[offer.group];
            self.matched += offer.matched;
            self.weight += request.weight();
            held.devices.push(AllocatedDevice {
                vendor: group.vendor.clone(),
                kind: group.kind.clone(),
                name: group.name.clone(),
                device_ids: offer.instances.iter().map(|at| group.instances[*at].id.clone()).collect(),
                share: asked.share,
            });
        }
        Ok(())
    }

    fn device(&mut self, request: &DeviceRequest) -> Result<DeviceOffer, DeviceProblem> {
        let offer = self.devices.offer(self.groups, request)?;
        self.devices.take_offer(&offer, request.share());
        self.offers.push((offer.clone(), request.share()));
        Ok(offer)
    }

    fn device_evicting(
        &mut self,
        request: &DeviceRequest,
        displaced: &[Arc<Allocation>],
    ) -> Result<DeviceOffer, DeviceProblem> {
        let problem = match self.device(request) {
            Ok(offer) => return Ok(offer),
            Err(problem) => problem,
        };
        let victims = preempt::for_devices(&self.candidates(displaced), self.groups, &self.devices, request);
        if victims.is_empty() {
            return Err(problem);
        }
        self.displace(victims);
        self.device(request)
    }

    /// PLACE-69, PLACE-70: everything together; the score is of what is used before these victims go.
    fn finish(mut self) -> Result<Placed, Exhausted> {
        let total = Usage::of(&self.resources).map_err(FitError::from)?;
        let mut usage = NodeUsage::default();
        (0..self.ended).for_each(|_| usage.add_ended());
        for alloc in &self.staying {
            match &alloc.allocated_resources {
                Some(resources) => {
                    usage.add(&Usage::of(resources).map_err(FitError::from)?).map_err(FitError::from)?;
                }
                None => usage.add_ended(),
            }
        }
        usage.add(&total).map_err(FitError::from)?;
        let mut used = usage.amounts;
        if let Some(short) = usage.check(&self.capacity) {
            let Some(displaced) = self.attempt.preempt else { return Err(short.into()) };
            let victims = preempt::for_amounts(&self.candidates(displaced), &self.capacity, &total);
            if victims.is_empty() {
                return Err(short.into());
            }
            if short == Shortage::MaxAllocs {
                used = Amounts::ZERO; // PLACE-112
            }
            self.displace(victims);
        }
        let devices = (self.weight != 0).then(|| self.matched as f64 / self.weight as f64);
        Ok(Placed { resources: self.resources, used, victims: self.victims, devices })
    }
}

/// The memory that a task gets, and what it may grow to if tasks may grow beyond their memory (PLACE-45, PLACE-46).
///
/// # Errors
/// [`Overflow`] if what it asks for and what its secrets take do not add up.
pub fn memory(task: &Task, oversubscription: bool) -> Result<AllocatedMemory, Overflow> {
    let asked = &task.resources;
    let with_secrets = |mib: i64| mib.checked_add(asked.secrets_mb).ok_or(Overflow { what: "memory" });
    let memory_max_mb = match asked.memory_max_mb {
        -1 if oversubscription => -1,
        max if oversubscription && max > 0 => with_secrets(max)?,
        _ => 0,
    };
    Ok(AllocatedMemory { memory_mb: with_secrets(asked.memory_mb)?, memory_max_mb })
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::from_json;

    /// A node of one address with one device and one core, and bandwidth for one.
    fn node() -> Node {
        from_json(
            r#"{"NodeResources": {"Memory": {"MemoryMB": 1000}, "Disk": {"DiskMB": 9000}, "MinDynamicPort": 20000, "MaxDynamicPort": 20003,
                "Processors": {"Topology": {"Cores": [{"ID": 0, "BaseSpeed": 1000}]}},
                "Networks": [{"Mode": "host", "Device": "eth0", "IP": "10.0.0.1", "CIDR": "10.0.0.1/32", "MBits": 1000}],
                "Devices": [{"Vendor": "acme", "Type": "gpu", "Name": "zx9", "Instances": [{"ID": "g0", "Healthy": true}]}]}}"#,
        )
        .unwrap()
    }

    /// One of low priority that holds all of it.
    fn holder(status: &str) -> Arc<Allocation> {
        let text = r#"{"ID": "held", "ClientStatus": "STATUS", "Job": {"ID": "low", "Priority": 10},
            "AllocatedResources": {"Tasks": {"t": {
                "Cpu": {"CpuShares": 1000, "ReservedCores": [0]}, "Memory": {"MemoryMB": 900},
                "Devices": [{"Vendor": "acme", "Type": "gpu", "Name": "zx9", "DeviceIDs": ["g0"]}]}}}}"#;
        Arc::new(from_json(&text.replace("STATUS", status)).unwrap())
    }

    fn attempt(tasks: &str, proposed: &[Arc<Allocation>], preempt: bool) -> Result<Placed, Exhausted> {
        let job = format!(r#"{{"ID": "boss", "Priority": 80, "TaskGroups": [{{"Name": "g", "Tasks": [{tasks}]}}]}}"#);
        let job: Job = from_json(&job).unwrap();
        let group = &job.task_groups[0];
        let preempt = preempt.then_some(&[][..]);
        Attempt { job: &job, group, oversubscription: false, seed: 1, preempt }.on(&node(), proposed)
    }

    #[test]
    fn place_48_what_has_ended_holds_nothing() {
        let task =
            r#"{"Name": "t", "Resources": {"Cores": 1, "MemoryMB": 900, "Devices": [{"Name": "gpu", "Count": 1}]}}"#;
        assert!(attempt(task, &[holder("running")], false).is_err());
        let placed = attempt(task, &[holder("complete")], false).unwrap();
        assert_eq!(placed.used, Amounts { cpu: 1000, memory: 900, disk: placed.used.disk });
    }

    #[test]
    fn place_120_a_network_stays_offered_when_devices_displace() {
        let task = |name: &str, devices: &str| {
            let network = r#""Networks": [{"MBits": 600, "DynamicPorts": [{"Label": "p"}]}]"#;
            format!(r#"{{"Name": "{name}", "Resources": {{{network}{devices}}}}}"#)
        };
        let gpu = r#", "Devices": [{"Name": "gpu", "Count": 1}]"#;
        let both = [task("a", gpu), task("b", "")].join(",");
        assert_eq!(attempt(&task("a", gpu), &[holder("running")], true).unwrap().victims.len(), 1);
        let short = attempt(&both, &[holder("running")], true).unwrap_err();
        assert_eq!(short, Exhausted::Ports(PortProblem::Bandwidth));
    }
}
