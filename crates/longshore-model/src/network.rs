//! Networks and ports.

use crate::{List, Map};

record! {
    /// A network that a group or task asks for, or a node has (MODEL-21).
    pub struct NetworkResource: compact {
        /// `host`, `bridge`, `none` or `cni/NAME`.
        "Mode" mode: String,
        /// The interface.
        "Device" device: String,
        /// Its addresses.
        "CIDR" cidr: String,
        /// The address.
        "IP" ip: String,
        /// The host name inside.
        "Hostname" hostname: String [omit_empty],
        /// Bandwidth, MBit/s; obsolete.
        "MBits" mbits: i64,
        /// Name resolution.
        "DNS" dns: Option<DnsConfig>,
        /// Ports with fixed numbers.
        "ReservedPorts" reserved_ports: List<Port>,
        /// Ports with any number.
        "DynamicPorts" dynamic_ports: List<Port>,
        /// Arguments of the network plugin.
        "CNI" cni: Option<CniConfig>,
    }
}

record! {
    /// A port (MODEL-21).
    pub struct Port: compact {
        /// Its name.
        "Label" label: String,
        /// Its number; 0 for a dynamic one until it is placed.
        "Value" value: i64,
        /// Its number inside; −1 for the same.
        "To" to: i64,
        /// The host network it is on.
        "HostNetwork" host_network: String,
        /// Whether others may use it too.
        "IgnoreCollision" ignore_collision: bool,
    }
}

record! {
    /// Name resolution (MODEL-21).
    pub struct DnsConfig {
        /// Servers.
        "Servers" servers: List<String>,
        /// Search domains.
        "Searches" searches: List<String>,
        /// Options.
        "Options" options: List<String>,
    }
}

record! {
    /// Arguments of the network plugin (MODEL-21).
    pub struct CniConfig {
        /// By name.
        "Args" args: Map<String>,
    }
}
