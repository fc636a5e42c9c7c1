//! What nodes have and what is held of it, exactly: integers only, every sum checked.
//!
//! | Module | Keeps | Rules |
//! |---|---|---|
//! | [`capacity`](Capacity) | what a node has for allocations | PLACE-37 to PLACE-40 |
//! | [`usage`](Usage) | what an allocation holds, and all on a node together | PLACE-41 to PLACE-44 |
//! | [`port_set`](PortSet) | a set of ports in a few hundred bytes | PLACE-50 |
//! | [`ports`](PortIndex) | which ports of which addresses are taken, and who may have which | PLACE-51 to PLACE-65 |
//! | [`devices`](DeviceTable) | what is held of each device instance | PLACE-71 to PLACE-74 |
//! | [`fit`](fit()) | does all this fit, and if not, what is short | PLACE-48 |
//!
//! Each is plain data made from one node's record, small enough to be kept for every node of a fleet, and changed in
//! time that depends on what changes, not on what the node holds. Numbers in records may be anything: what does not add
//! up is an error that names the sum, never a panic, a wrap or a silently bounded value.

mod capacity;
mod device_offer;
mod devices;
mod fit;
mod port_set;
mod ports;
mod usage;

pub use capacity::{Capacity, CapacityError, UsableCore};
pub use device_offer::{DeviceOffer, DeviceProblem, DeviceRequest};
pub use devices::DeviceTable;
pub use fit::{FitError, Shortage, Verdict, fit, shared_volume};
pub use port_set::PortSet;
pub(crate) use ports::node_networks;
pub use ports::{Collision, NodeFault, PortIndex, PortProblem};
pub use usage::{NodeUsage, Usage};
