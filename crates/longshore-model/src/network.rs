//! Networks and ports.

use crate::{List, Map};

record! {
    /// A network that a group or task asks for, or a node has (MODEL-21).
    ///
    /// ```
    /// use longshore_model::{NetworkResource, from_json};
    /// let network: NetworkResource = from_json(
    ///     r#"{"Mode": "bridge", "DynamicPorts": [{"Label": "http", "To": 8080}]}"#,
    /// )?;
    /// assert_eq!((network.mode.as_str(), network.dynamic_ports[0].to), ("bridge", 8080));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{Port, from_json};
    /// let port: Port = from_json(r#"{"Label": "ssh", "Value": 22}"#)?;
    /// assert_eq!((port.label.as_str(), port.value, port.to), ("ssh", 22, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{DnsConfig, from_json};
    /// let dns: DnsConfig = from_json(r#"{"Servers": ["10.0.0.2"], "Searches": ["example.com"]}"#)?;
    /// assert!(dns.servers.len() == 1 && dns.options.is_null());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
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
    ///
    /// ```
    /// use longshore_model::{CniConfig, from_json};
    /// let cni: CniConfig = from_json(r#"{"Args": {"IP": "10.0.0.9"}}"#)?;
    /// assert_eq!(cni.args.get("IP").map(String::as_str), Some("10.0.0.9"));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct CniConfig {
        /// By name.
        "Args" args: Map<String>,
    }
}
