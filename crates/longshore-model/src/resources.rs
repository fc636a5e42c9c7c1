//! What a task asks for.

use crate::constraint::{Affinity, Constraint};
use crate::network::NetworkResource;
use crate::wire::List;

record! {
    /// What a task asks of its node (MODEL-19).
    ///
    /// ```
    /// use longshore_model::{Resources, from_json};
    /// let asked: Resources = from_json(r#"{"MemoryMB": 512}"#)?;
    /// assert_eq!((asked.cpu, asked.memory_mb), (100, 512));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Resources {
        /// MHz; 0 where cores are asked for.
        "CPU" cpu: i64 = 100,
        /// Whole cores.
        "Cores" cores: i64,
        /// MiB.
        "MemoryMB" memory_mb: i64 = 300,
        /// MiB it may grow to; 0 for no more, −1 for no limit.
        "MemoryMaxMB" memory_max_mb: i64,
        /// MiB; belongs to the group, must be 0 here.
        "DiskMB" disk_mb: i64,
        /// Obsolete.
        "IOPS" iops: i64,
        /// The task's own networks; obsolete.
        "Networks" networks: List<NetworkResource>,
        /// Devices.
        "Devices" devices: List<RequestedDevice>,
        /// Nearness of cores and devices.
        "NUMA" numa: Option<Numa>,
        /// MiB for secrets, on top of memory.
        "SecretsMB" secrets_mb: i64,
    }
}

record! {
    /// A request for devices (MODEL-20).
    ///
    /// ```
    /// use longshore_model::RequestedDevice;
    /// let pair = RequestedDevice::new("nvidia/gpu").count(2);
    /// let half = RequestedDevice::new("nvidia/gpu").share(500);
    /// assert_eq!((pair.count, half.count, half.share), (2, 1, Some(500)));
    /// ```
    pub struct RequestedDevice {
        /// `type`, `vendor/type` or `vendor/type/model`.
        "Name" name: String,
        /// Instances.
        "Count" count: u64 = 1,
        /// *Extension.* Thousandths of one instance, 1 to 1000, only with a count of 1. Absent or 1000 is a whole
        /// instance, as the reference knows it.
        "Share" share: Option<u32> [omit_empty],
        /// Rules that the device must meet.
        "Constraints" constraints: List<Constraint>,
        /// Rules that make a device better or worse.
        "Affinities" affinities: List<Affinity>,
    }
}

impl RequestedDevice {
    /// One whole device of a name.
    pub fn new(name: &str) -> RequestedDevice {
        RequestedDevice { name: name.into(), ..RequestedDevice::default() }
    }

    /// How many.
    pub fn count(mut self, count: u64) -> RequestedDevice {
        self.count = count;
        self
    }

    /// How many thousandths of one.
    pub fn share(mut self, share: u32) -> RequestedDevice {
        self.share = Some(share);
        self
    }

    /// A rule that the device must meet.
    pub fn constraint(mut self, left: &str, operand: &str, right: &str) -> RequestedDevice {
        self.constraints.push(Constraint::new(left, operand, right));
        self
    }
}

record! {
    /// Nearness of cores and devices (MODEL-20).
    ///
    /// ```
    /// use longshore_model::{Numa, from_json};
    /// let numa: Numa = from_json(r#"{"Devices": ["nvidia/gpu"]}"#)?;
    /// assert_eq!(numa.affinity, "none");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Numa {
        /// `none`, `prefer` or `require`.
        "Affinity" affinity: String = "none".into(),
        /// Devices that should be near.
        "Devices" devices: List<String>,
    }
}
