//! What tasks and groups ask for.

use super::Affinity;
use crate::{CniConfig, Constraint, DnsConfig, List, Port};

document! {
    /// What a task asks of its node; see [`crate::Resources`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let asked: document::Resources = from_json(r#"{"Cores": 2}"#)?;
    /// assert_eq!((asked.cores, asked.cpu), (Some(2), None)); // 0 MHz, since there are cores
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Resources => crate::Resources {
        /// MHz; absent, 100, or 0 where `Cores` is present (MODEL-72).
        "CPU" cpu: Option<i64>,
        /// Whole cores.
        "Cores" cores: Option<i64>,
        /// MiB; absent, 300.
        "MemoryMB" memory_mb: Option<i64>,
        /// MiB it may grow to; 0 for no more, −1 for no limit.
        "MemoryMaxMB" memory_max_mb: Option<i64>,
        /// Not taken (MODEL-76).
        "DiskMB" disk_mb: Option<i64>,
        /// Obsolete.
        "IOPS" iops: Option<i64>,
        /// The task's own networks; obsolete.
        "Networks" networks: List<NetworkResource>,
        /// Devices.
        "Devices" devices: List<RequestedDevice>,
        /// Nearness of cores and devices.
        "NUMA" numa: Option<Numa>,
        /// MiB for secrets, on top of memory.
        "SecretsMB" secrets_mb: Option<i64>,
    }
}

document! {
    /// A request for devices; see [`crate::RequestedDevice`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let gpu: document::RequestedDevice = from_json(r#"{"Name": "nvidia/gpu"}"#)?;
    /// assert_eq!(gpu.count, None);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct RequestedDevice => crate::RequestedDevice {
        /// `type`, `vendor/type` or `vendor/type/model`.
        "Name" name: String,
        /// Instances; absent, 1.
        "Count" count: Option<u64>,
        /// *Extension.* Thousandths of one instance.
        "Share" share: Option<u32>,
        /// Rules that the device must meet.
        "Constraints" constraints: List<Constraint>,
        /// Rules that make a device better or worse.
        "Affinities" affinities: List<Affinity>,
    }
}

document! {
    /// Nearness of cores and devices; see [`crate::Numa`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let numa: document::Numa = from_json(r#"{"Devices": ["nvidia/gpu"]}"#)?;
    /// assert!(numa.affinity.is_empty());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Numa => crate::Numa {
        /// `none`, `prefer` or `require`; `""` reads as `none`.
        "Affinity" affinity: String,
        /// Devices that should be near.
        "Devices" devices: List<String>,
    }
}

document! {
    /// A network; see [`crate::NetworkResource`].
    ///
    /// ```
    /// use longshore_model::{document, from_json};
    /// let network: document::NetworkResource = from_json(r#"{"DynamicPorts": [{"Label": "http"}]}"#)?;
    /// assert_eq!((network.dynamic_ports.len(), network.mbits), (1, None));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NetworkResource => crate::NetworkResource {
        /// `host`, `bridge`, `none` or `cni/NAME`.
        "Mode" mode: String,
        /// Not taken (MODEL-76).
        "Device" device: String,
        /// Its addresses.
        "CIDR" cidr: String,
        /// The address.
        "IP" ip: String,
        /// The host name inside.
        "Hostname" hostname: String,
        /// Bandwidth, MBit/s; obsolete.
        "MBits" mbits: Option<i64>,
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
