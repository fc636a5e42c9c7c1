//! Nodes: where things run.

use crate::node_resources::{NodeDevice, NodeResources, ReservedResources};
use crate::{DateTime, Duration, List, Map, NodeId};

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
        let cpu = &mut self.resources_mut().cpu;
        cpu.cpu_shares = mhz;
        // A node that tells of no core has no CPU (PLACE-39).
        cpu.total_cpu_cores = cpu.total_cpu_cores.max(1);
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
