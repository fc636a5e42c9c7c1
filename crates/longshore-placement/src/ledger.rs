//! A second opinion on one node: does all this fit together?
//!
//! The plan applier asks it before a commit. It shares nothing with the fleet table but the rules: it adds up what
//! allocations hold, one by one, and compares with what the node has.

use longshore_model::{AllocatedResources, Node, NodeDevice};

use crate::account::{Capacity, CapacityError, DeviceTable, FitError, NodeUsage, PortIndex, Shortage, Usage};

/// What is held on a node.
///
/// ```
/// use longshore_model::{AllocatedResources, Node, from_json};
/// use longshore_placement::Ledger;
/// let node = Node::new("n").cpu(1000).memory_mb(512);
/// let held: AllocatedResources =
///     from_json(r#"{"Tasks": {"t": {"Cpu": {"CpuShares": 500}, "Memory": {"MemoryMB": 300}}}}"#)?;
/// let mut ledger = Ledger::new(&node);
/// ledger.add(&node, &held);
/// assert!(ledger.verdict(&node).is_ok());
/// ledger.add(&node, &held);
/// assert_eq!(ledger.verdict(&node).unwrap_err().to_string(), "too little memory");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ledger {
    capacity: Result<Capacity, CapacityError>,
    usage: NodeUsage,
    devices: DeviceTable,
    /// Made when the first port is held.
    ports: Option<Box<PortIndex>>,
    /// What does not add up.
    uncounted: Option<FitError>,
    /// Ports of the node that cannot be read, or a port that is held twice.
    port_fault: Option<Shortage>,
}

/// Equal counts of one node: a kept ledger equals one that was counted again. Which of several ports was found to be held
/// twice depends on the order.
impl PartialEq for Ledger {
    fn eq(&self, other: &Ledger) -> bool {
        let counted = |ledger: &Ledger| (ledger.uncounted.is_some(), ledger.port_fault.is_some());
        (&self.usage, &self.devices) == (&other.usage, &other.devices) && counted(self) == counted(other)
    }
}

/// Why a node refuses what a plan puts there.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Something is short.
    #[error(transparent)]
    Short(#[from] Shortage),
    /// What is held cannot be counted.
    #[error(transparent)]
    Uncountable(#[from] FitError),
}

impl Ledger {
    /// An empty node.
    pub fn new(node: &Node) -> Ledger {
        Ledger {
            capacity: Capacity::of(node),
            usage: NodeUsage::default(),
            devices: DeviceTable::new(groups(node)),
            ports: None,
            uncounted: None,
            port_fault: PortIndex::of(node).err().map(Shortage::NodePorts),
        }
    }

    /// Adds an allocation's resources. Devices that the node does not have are passed over (PLACE-71).
    pub fn add(&mut self, node: &Node, resources: &AllocatedResources) {
        match Usage::of(resources) {
            Ok(usage) => self.add_counted(node, resources, &usage),
            Err(overflow) => self.uncounted = Some(overflow.into()),
        }
    }

    /// The same, with what it comes to at hand.
    pub fn add_counted(&mut self, node: &Node, resources: &AllocatedResources, usage: &Usage) {
        if let Err(overflow) = self.usage.add(usage) {
            self.uncounted = Some(overflow.into());
        }
        if resources.tasks.values().any(|task| !task.devices.is_empty()) {
            self.devices.hold(groups(node), resources);
        }
        let networks = resources.tasks.values().any(|task| !task.networks.is_empty());
        if networks || !resources.shared.ports.is_empty() || !resources.shared.networks.is_empty() {
            let held = self.hold_ports(node, resources);
            self.port_fault = self.port_fault.take().or(held.err());
        }
    }

    fn hold_ports(&mut self, node: &Node, resources: &AllocatedResources) -> Result<(), Shortage> {
        if self.ports.is_none() {
            self.ports = Some(Box::new(PortIndex::of(node).map_err(Shortage::NodePorts)?));
        }
        let held = self.ports.as_mut().map(|ports| ports.hold_resources(resources));
        held.unwrap_or(Ok(())).map_err(Shortage::AllocPorts)
    }

    /// Whether it all fits.
    ///
    /// # Errors
    /// The first resource that is short (LOOP-308), in the order of PLACE-48.
    pub fn verdict(&self, node: &Node) -> Result<(), Refusal> {
        let capacity = self.capacity.as_ref().map_err(|error| FitError::from(*error))?;
        if let Some(error) = self.uncounted {
            return Err(error.into());
        }
        if let Some(short) = self.usage.check(capacity).or_else(|| self.port_fault.clone()) {
            return Err(short.into());
        }
        if self.devices.oversubscribed(groups(node)) {
            return Err(Shortage::Devices.into());
        }
        Ok(())
    }
}

fn groups(node: &Node) -> &[NodeDevice] {
    node.node_resources.as_ref().map_or(&[], |resources| &resources.devices)
}
