//! What a node has, and what it keeps back.

use crate::network::NetworkResource;
use crate::{List, Map};

record! {
    /// What a node has (MODEL-39).
    ///
    /// ```
    /// use longshore_model::{NodeResources, from_json};
    /// let has: NodeResources = from_json(r#"{"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": 8192}}"#)?;
    /// assert_eq!((has.cpu.cpu_shares, has.memory.memory_mb), (4000, 8192));
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
