//! Nodes: where things run.

use crate::network::NetworkResource;
use crate::{DateTime, Duration, NodeId};
use crate::{List, Map};

keyword! {
    /// Where a node stands (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{Node, NodeStatus};
    /// assert_eq!(Node::new("node-1").status, NodeStatus::Ready);
    /// assert_eq!(Node::default().status, NodeStatus::Initializing);
    /// ```
    pub enum NodeStatus {
        /// Known, not yet heard of.
        Initializing = "initializing",
        /// Answers.
        Ready = "ready",
        /// Given up.
        Down = "down",
        /// Silent, but may come back.
        Disconnected = "disconnected",
    }
}

keyword! {
    /// Whether a node may be given work (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{Eligibility, Node};
    /// let closed = Node { scheduling_eligibility: Eligibility::Ineligible, ..Node::new("node-1") };
    /// assert!(!closed.ready());
    /// ```
    pub enum Eligibility {
        /// It may.
        Eligible = "eligible",
        /// It may not.
        Ineligible = "ineligible",
    }
}

record! {
    /// A node (MODEL-38).
    ///
    /// ```
    /// use longshore_model::Node;
    /// let node = Node::new("node-1").datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(100_000).driver("exec");
    /// assert!(node.ready());
    /// ```
    pub struct Node {
        /// Its id.
        "ID" id: NodeId,
        /// What it proves itself by.
        "SecretID" secret_id: String,
        /// Its datacenter.
        "Datacenter" datacenter: String,
        /// Its name for people.
        "Name" name: String,
        /// Parent of its control groups.
        "CgroupParent" cgroup_parent: String,
        /// Where its client answers.
        "HTTPAddr" http_addr: String,
        /// Whether encrypted.
        "TLSEnabled" tls_enabled: bool,
        /// Facts found out about it; keys that begin with `unique.` are its own alone.
        "Attributes" attributes: Map<String>,
        /// Names of it elsewhere.
        "Links" links: Map<String>,
        /// Facts given by its operator.
        "Meta" meta: Map<String>,
        /// What it has.
        "NodeResources" node_resources: Option<NodeResources>,
        /// What of that is not for allocations.
        "ReservedResources" reserved_resources: Option<ReservedResources>,
        /// A class given by its operator.
        "NodeClass" node_class: String,
        /// Its pool.
        "NodePool" node_pool: String = "default".into(),
        /// Nodes with the same computed class are alike to most rules (MODEL-56).
        "ComputedClass" computed_class: String,
        /// Set while it drains.
        "DrainStrategy" drain_strategy: Option<DrainStrategy>,
        /// Whether it may be given work.
        "SchedulingEligibility" scheduling_eligibility: Eligibility,
        /// Where it stands.
        "Status" status: NodeStatus,
        /// Why, for people.
        "StatusDescription" status_description: String,
        /// The key that signs for it.
        "IdentitySigningKeyID" identity_signing_key_id: String,
        /// When its status changed, Unix *seconds*.
        "StatusUpdatedAt" status_updated_at: i64,
        /// What happened to it, newest last.
        "Events" events: List<NodeEvent>,
        /// What can run tasks on it, by name.
        "Drivers" drivers: Map<DriverInfo>,
        /// Storage controllers on it.
        "CSIControllerPlugins" csi_controller_plugins: Map<CsiInfo>,
        /// Storage drivers on it.
        "CSINodePlugins" csi_node_plugins: Map<CsiInfo>,
        /// Directories it offers as volumes.
        "HostVolumes" host_volumes: Map<ClientHostVolume>,
        /// Whether its volumes go with it.
        "GCVolumesOnNodeGC" gc_volumes_on_node_gc: bool,
        /// Its named networks.
        "HostNetworks" host_networks: Map<ClientHostNetwork>,
        /// How its last drain went.
        "LastDrain" last_drain: Option<DrainMetadata>,
        /// The most allocations it takes; 0 for no limit.
        "NodeMaxAllocs" node_max_allocs: i64,
        /// Index of the last heartbeat it missed.
        "LastMissedHeartbeatIndex" last_missed_heartbeat_index: u64,
        /// Index of the last report on its allocations.
        "LastAllocUpdateIndex" last_alloc_update_index: u64,
        /// Index of its registration.
        "CreateIndex" create_index: u64,
        /// Index of its last change.
        "ModifyIndex" modify_index: u64,
    }
}

impl Node {
    /// A ready node with nothing but an id, which is also its name.
    pub fn new(id: &str) -> Node {
        Node { id: id.into(), name: id.into(), status: NodeStatus::Ready, ..Node::default() }
    }

    /// Whether it may be given work: ready, not draining, eligible (MODEL-60).
    pub fn ready(&self) -> bool {
        self.status == NodeStatus::Ready
            && self.drain_strategy.is_none()
            && self.scheduling_eligibility == Eligibility::Eligible
    }

    /// Its datacenter.
    pub fn datacenter(mut self, datacenter: &str) -> Node {
        self.datacenter = datacenter.into();
        self
    }

    /// Its pool.
    pub fn node_pool(mut self, pool: &str) -> Node {
        self.node_pool = pool.into();
        self
    }

    /// MHz, over all cores.
    pub fn cpu(mut self, mhz: i64) -> Node {
        self.resources_mut().cpu.cpu_shares = mhz;
        self
    }

    /// MiB.
    pub fn memory_mb(mut self, mib: i64) -> Node {
        self.resources_mut().memory.memory_mb = mib;
        self
    }

    /// MiB.
    pub fn disk_mb(mut self, mib: i64) -> Node {
        self.resources_mut().disk.disk_mb = mib;
        self
    }

    /// Adds a healthy driver.
    pub fn driver(mut self, name: &str) -> Node {
        self.attributes.insert(format!("driver.{name}"), "1".into());
        self
    }

    /// Adds an attribute.
    pub fn attribute(mut self, key: &str, value: &str) -> Node {
        self.attributes.insert(key, value.into());
        self
    }

    /// Adds a fact given by the operator.
    pub fn meta(mut self, key: &str, value: &str) -> Node {
        self.meta.insert(key, value.into());
        self
    }

    /// Adds a device group.
    pub fn device(mut self, device: NodeDevice) -> Node {
        self.resources_mut().devices.push(device);
        self
    }

    fn resources_mut(&mut self) -> &mut NodeResources {
        self.node_resources.get_or_insert_default()
    }
}

record! {
    /// What a node has (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{NodeResources, from_json};
    /// let has: NodeResources = from_json(r#"{"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": 8192}}"#)?;
    /// assert_eq!(has.total_compute(), 4000);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodeResources {
        /// CPU in the old form.
        "Cpu" cpu: NodeCpu,
        /// CPU core by core.
        "Processors" processors: Processors,
        /// Memory.
        "Memory" memory: NodeMemory,
        /// Disk.
        "Disk" disk: NodeDisk,
        /// Devices, in groups of one kind.
        "Devices" devices: List<NodeDevice>,
        /// Networks with their addresses.
        "NodeNetworks" node_networks: List<NodeNetwork>,
        /// Networks in the old form.
        "Networks" networks: List<NetworkResource>,
        /// The first port given by chance; 0 for 20000.
        "MinDynamicPort" min_dynamic_port: i64,
        /// The last port given by chance; 0 for 32000.
        "MaxDynamicPort" max_dynamic_port: i64,
    }
}

impl NodeResources {
    /// MHz over all cores: the topology's where there is one, else the old form's (MODEL-61, PLACE-37, PLACE-39).
    pub fn total_compute(&self) -> i64 {
        match &self.processors.topology {
            Some(topology) if topology.override_total_compute > 0 => topology.override_total_compute,
            Some(topology) if !topology.cores.is_empty() => {
                topology.cores.iter().fold(0, |sum: i64, core| sum.saturating_add(core.speed()))
            }
            _ => self.cpu.cpu_shares,
        }
    }
}

record! {
    /// CPU in the old form (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{NodeCpu, from_json};
    /// let cpu: NodeCpu = from_json(
    ///     r#"{"CpuShares": 8000, "TotalCpuCores": 4, "ReservableCpuCores": [0, 1, 2, 3]}"#,
    /// )?;
    /// assert_eq!(cpu.reservable_cpu_cores.len() as i64, cpu.total_cpu_cores);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodeCpu {
        /// MHz over all cores.
        "CpuShares" cpu_shares: i64,
        /// Cores.
        "TotalCpuCores" total_cpu_cores: i64,
        /// Ids of cores that may be reserved.
        "ReservableCpuCores" reservable_cpu_cores: List<i64>,
    }
}

record! {
    /// CPU core by core (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{Processors, from_json};
    /// let cores: Processors = from_json(
    ///     r#"{"Topology": {"Cores": [{"BaseSpeed": 2000}, {"BaseSpeed": 2000}]}}"#,
    /// )?;
    /// assert_eq!(cores.topology.map(|topology| topology.cores.len()), Some(2));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Processors {
        /// Cores and how they lie.
        "Topology" topology: Option<Topology>,
    }
}

record! {
    /// Cores and how they lie (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{Topology, from_json};
    /// let topology: Topology = from_json(r#"{"Nodes": [0, 1], "Distances": [[10, 21], [21, 10]]}"#)?;
    /// assert_eq!(topology.distances[0][1], 21);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Topology {
        /// Memory nodes.
        "Nodes" nodes: List<i64>,
        /// Distances between them.
        "Distances" distances: List<List<i64>>,
        /// Cores.
        "Cores" cores: List<Core>,
        /// MHz over all cores, if over 0.
        "OverrideTotalCompute" override_total_compute: i64,
        /// Without effect; written so by the reference.
        "OverrideWitholdCompute" override_withold_compute: i64,
    }
}

record! {
    /// A core (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{Core, from_json};
    /// let core: Core = from_json(r#"{"ID": 3, "BaseSpeed": 0, "MaxSpeed": 3600}"#)?;
    /// assert_eq!(core.speed(), 3600);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Core {
        /// Its socket.
        "SocketID" socket_id: i64,
        /// Its memory node.
        "NodeID" node_id: i64,
        /// Its id.
        "ID" id: i64,
        /// Whether a fast one.
        "Grade" grade: bool,
        /// Whether not to be used.
        "Disable" disable: bool,
        /// MHz, guaranteed.
        "BaseSpeed" base_speed: i64,
        /// MHz at most.
        "MaxSpeed" max_speed: i64,
        /// MHz, estimated.
        "GuessSpeed" guess_speed: i64,
    }
}

impl Core {
    /// MHz: guaranteed, else at most, else estimated (MODEL-61).
    pub fn speed(&self) -> i64 {
        [self.base_speed, self.max_speed].into_iter().find(|mhz| *mhz > 0).unwrap_or(self.guess_speed)
    }
}

record! {
    /// Memory (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{Node, NodeMemory};
    /// let has = Node::new("node-1").memory_mb(8192).node_resources;
    /// assert_eq!(has.map(|has| has.memory), Some(NodeMemory { memory_mb: 8192 }));
    /// ```
    pub struct NodeMemory {
        /// MiB.
        "MemoryMB" memory_mb: i64,
    }
}

record! {
    /// Disk (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{Node, NodeDisk};
    /// let has = Node::new("node-1").disk_mb(9000).node_resources;
    /// assert_eq!(has.map(|has| has.disk), Some(NodeDisk { disk_mb: 9000 }));
    /// ```
    pub struct NodeDisk {
        /// MiB.
        "DiskMB" disk_mb: i64,
    }
}

record! {
    /// A group of devices of one kind (MODEL-39).
    ///
    /// ```
    /// use longshore_model::NodeDevice;
    /// let gpus = NodeDevice::new("nvidia", "gpu", "T4").instances(4);
    /// assert_eq!(gpus.instances.len(), 4);
    /// ```
    pub struct NodeDevice {
        /// Who made them.
        "Vendor" vendor: String,
        /// What they are, such as `gpu`.
        "Type" kind: String,
        /// Their model.
        "Name" name: String,
        /// Each of them.
        "Instances" instances: List<NodeDeviceInstance>,
        /// Facts about them.
        "Attributes" attributes: Map<DeviceAttribute>,
    }
}

impl NodeDevice {
    /// A group without instances.
    pub fn new(vendor: &str, kind: &str, name: &str) -> NodeDevice {
        NodeDevice { vendor: vendor.into(), kind: kind.into(), name: name.into(), ..NodeDevice::default() }
    }

    /// So many healthy instances, named `TYPE-0`, `TYPE-1`, ….
    pub fn instances(mut self, count: usize) -> NodeDevice {
        let instance = |number| NodeDeviceInstance {
            id: format!("{}-{number}", self.kind),
            healthy: true,
            ..NodeDeviceInstance::default()
        };
        self.instances = (0..count).map(instance).collect();
        self
    }
}

record! {
    /// A device (MODEL-39).
    ///
    /// ```
    /// use longshore_model::NodeDevice;
    /// let gpus = NodeDevice::new("nvidia", "gpu", "T4").instances(2).instances;
    /// assert!(gpus[1].id == "gpu-1" && gpus[1].healthy);
    /// ```
    pub struct NodeDeviceInstance {
        /// Its id within the group.
        "ID" id: String,
        /// Whether it works.
        "Healthy" healthy: bool,
        /// Why not.
        "HealthDescription" health_description: String,
        /// Where it sits.
        "Locality" locality: Option<DeviceLocality>,
    }
}

record! {
    /// Where a device sits (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{DeviceLocality, from_json};
    /// let place: DeviceLocality = from_json(r#"{"PciBusID": "0000:3b:00.0"}"#)?;
    /// assert_eq!(place.pci_bus_id, "0000:3b:00.0");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DeviceLocality {
        /// On the bus.
        "PciBusID" pci_bus_id: String,
    }
}

record! {
    /// A fact about devices: one of four kinds of value, maybe with a unit (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{DeviceAttribute, from_json};
    /// let memory: DeviceAttribute = from_json(r#"{"Int": 16, "Unit": "GiB"}"#)?;
    /// assert_eq!((memory.int, memory.float, memory.unit.as_str()), (Some(16), None, "GiB"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DeviceAttribute {
        /// A number.
        "Float" float: Option<f64>,
        /// A whole number.
        "Int" int: Option<i64>,
        /// Text.
        "String" string: Option<String>,
        /// Yes or no.
        "Bool" bool: Option<bool>,
        /// What a number counts, such as `MiB`.
        "Unit" unit: String,
    }
}

record! {
    /// A network of a node (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{NodeNetwork, from_json};
    /// let network: NodeNetwork = from_json(
    ///     r#"{"Device": "eth0", "Speed": 1000, "Addresses": [{"Address": "10.0.0.7"}]}"#,
    /// )?;
    /// assert_eq!(network.addresses[0].address, "10.0.0.7");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodeNetwork {
        /// Such as `host`.
        "Mode" mode: String,
        /// The interface.
        "Device" device: String,
        /// Its hardware address.
        "MacAddress" mac_address: String,
        /// MBit/s.
        "Speed" speed: i64,
        /// Its addresses.
        "Addresses" addresses: List<NodeNetworkAddress>,
    }
}

record! {
    /// An address of a node (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{NodeNetworkAddress, from_json};
    /// let public: NodeNetworkAddress = from_json(
    ///     r#"{"Family": "ipv4", "Alias": "public", "ReservedPorts": "22,80"}"#,
    /// )?;
    /// assert_eq!((public.alias.as_str(), public.reserved_ports.as_str()), ("public", "22,80"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodeNetworkAddress {
        /// `ipv4`, `ipv6` or nothing.
        "Family" family: String,
        /// The name of its host network.
        "Alias" alias: String,
        /// The address.
        "Address" address: String,
        /// Ports not for allocations, such as `22,80,8000-8100`.
        "ReservedPorts" reserved_ports: String,
        /// The way out.
        "Gateway" gateway: String,
    }
}

record! {
    /// What of a node is not for allocations (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{ReservedResources, from_json};
    /// let kept: ReservedResources = from_json(
    ///     r#"{"Memory": {"MemoryMB": 512}, "Networks": {"ReservedHostPorts": "22"}}"#,
    /// )?;
    /// assert_eq!((kept.memory.memory_mb, kept.cpu.cpu_shares), (512, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ReservedResources {
        /// CPU.
        "Cpu" cpu: ReservedCpu,
        /// Memory.
        "Memory" memory: NodeMemory,
        /// Disk.
        "Disk" disk: NodeDisk,
        /// Ports.
        "Networks" networks: ReservedPorts,
    }
}

record! {
    /// CPU that is not for allocations (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{ReservedCpu, from_json};
    /// let kept: ReservedCpu = from_json(r#"{"CpuShares": 500, "ReservedCpuCores": [0]}"#)?;
    /// assert_eq!(*kept.reserved_cpu_cores, [0]);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ReservedCpu {
        /// MHz.
        "CpuShares" cpu_shares: i64,
        /// Core ids.
        "ReservedCpuCores" reserved_cpu_cores: List<i64>,
    }
}

record! {
    /// Ports that are not for allocations (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{ReservedPorts, from_json};
    /// let kept: ReservedPorts = from_json(r#"{"ReservedHostPorts": "80,443,1000-2000"}"#)?;
    /// assert!(kept.reserved_host_ports.contains("443"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ReservedPorts {
        /// Such as `80,443,1000-2000`.
        "ReservedHostPorts" reserved_host_ports: String,
    }
}

record! {
    /// How a node drains (MODEL-40).
    ///
    /// ```
    /// use longshore_model::{DrainStrategy, Duration, from_json};
    /// let drain: DrainStrategy = from_json(r#"{"Deadline": 3600000000000, "IgnoreSystemJobs": true}"#)?;
    /// assert_eq!(drain.deadline, Duration::from_hours(1));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DrainStrategy {
        /// How long it may take, ns; below 0 at once, 0 for ever.
        "Deadline" deadline: Duration [part DrainSpec],
        /// Whether system jobs stay.
        "IgnoreSystemJobs" ignore_system_jobs: bool [part DrainSpec],
        /// When the rest must go.
        "ForceDeadline" force_deadline: DateTime,
        /// When it began.
        "StartedAt" started_at: DateTime,
    }
}

record! {
    /// How the last drain went (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{DrainMetadata, from_json};
    /// let last: DrainMetadata = from_json(r#"{"Status": "complete", "Meta": {"why": "new kernel"}}"#)?;
    /// assert_eq!(last.meta.get("why").map(String::as_str), Some("new kernel"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DrainMetadata {
        /// When it began.
        "StartedAt" started_at: DateTime,
        /// When it last changed.
        "UpdatedAt" updated_at: DateTime,
        /// `draining`, `complete` or `canceled`.
        "Status" status: String,
        /// Who asked for it.
        "AccessorID" accessor_id: String,
        /// Why, in their words.
        "Meta" meta: Map<String>,
    }
}

record! {
    /// Something that happened to a node (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{NodeEvent, from_json};
    /// let event: NodeEvent = from_json(r#"{"Message": "Node registered", "Subsystem": "Cluster"}"#)?;
    /// assert_eq!(event.message, "Node registered");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NodeEvent {
        /// What.
        "Message" message: String,
        /// Who says so.
        "Subsystem" subsystem: String,
        /// More about it.
        "Details" details: Map<String>,
        /// When.
        "Timestamp" timestamp: DateTime,
        /// Index of its writing.
        "CreateIndex" create_index: u64,
    }
}

record! {
    /// A driver on a node (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{DriverInfo, from_json};
    /// let docker: DriverInfo = from_json(r#"{"Detected": true, "HealthDescription": "no socket"}"#)?;
    /// assert!(docker.detected && !docker.healthy);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DriverInfo {
        /// Facts about it.
        "Attributes" attributes: Map<String>,
        /// Whether it is there.
        "Detected" detected: bool,
        /// Whether it works.
        "Healthy" healthy: bool,
        /// Why not.
        "HealthDescription" health_description: String,
        /// When that was found out.
        "UpdateTime" update_time: DateTime,
    }
}

record! {
    /// A storage plugin on a node (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{CsiInfo, from_json};
    /// let plugin: CsiInfo = from_json(
    ///     r#"{"PluginID": "ebs", "Healthy": true, "NodeInfo": {"MaxVolumes": 39}}"#,
    /// )?;
    /// assert!(plugin.healthy && plugin.node_info.is_some() && plugin.controller_info.is_none());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct CsiInfo {
        /// The plugin.
        "PluginID" plugin_id: String,
        /// The allocation that runs it.
        "AllocID" alloc_id: String,
        /// Whether it works.
        "Healthy" healthy: bool,
        /// Why not.
        "HealthDescription" health_description: String,
        /// When that was found out.
        "UpdateTime" update_time: DateTime,
        /// Who makes it.
        "Provider" provider: String,
        /// Which version.
        "ProviderVersion" provider_version: String,
        /// Whether it needs a controller.
        "RequiresControllerPlugin" requires_controller_plugin: bool,
        /// Whether it minds where volumes are.
        "RequiresTopologies" requires_topologies: bool,
        /// What it can do as a controller.
        "ControllerInfo" controller_info: Option<serde_json::Value> [omit_empty],
        /// What it can do on the node.
        "NodeInfo" node_info: Option<serde_json::Value> [omit_empty],
    }
}

record! {
    /// A directory that a node offers as a volume (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{ClientHostVolume, from_json};
    /// let certs: ClientHostVolume = from_json(r#"{"Name": "certs", "Path": "/etc/ssl", "ReadOnly": true}"#)?;
    /// assert!(certs.read_only && certs.id.is_empty());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ClientHostVolume {
        /// Its name.
        "Name" name: String,
        /// Where it lies.
        "Path" path: String,
        /// Whether it may not be written.
        "ReadOnly" read_only: bool,
        /// Its id, if it was made for this.
        "ID" id: String,
    }
}

record! {
    /// A named network of a node (MODEL-38).
    ///
    /// ```
    /// use longshore_model::{ClientHostNetwork, from_json};
    /// let public: ClientHostNetwork = from_json(
    ///     r#"{"Name": "public", "CIDR": "203.0.113.0/24", "ReservedPorts": "22"}"#,
    /// )?;
    /// assert_eq!(public.cidr, "203.0.113.0/24");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct ClientHostNetwork {
        /// Its name.
        "Name" name: String,
        /// Its addresses.
        "CIDR" cidr: String,
        /// Its interface.
        "Interface" interface: String,
        /// Ports not for allocations.
        "ReservedPorts" reserved_ports: String,
    }
}
