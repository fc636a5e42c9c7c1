//! Allocations: a group's tasks on a node.

use std::sync::Arc;

use crate::job::Job;
use crate::metric::AllocMetric;
use crate::network::{DnsConfig, NetworkResource};
use crate::resources::Resources;
use crate::task_state::TaskState;
use crate::{AllocId, DateTime, DeploymentId, Duration, EvalId, GroupName, JobId, Namespace, NodeId, Time};
use crate::{List, Map};

keyword! {
    /// What an allocation should do (MODEL-41).
    ///
    /// ```
    /// use longshore_model::DesiredStatus;
    /// assert!(DesiredStatus::Evict.is_terminal() && !DesiredStatus::Run.is_terminal());
    /// assert_eq!(DesiredStatus::from_text("stop"), Some(DesiredStatus::Stop));
    /// ```
    pub enum DesiredStatus {
        /// Run.
        Run = "run",
        /// Stop.
        Stop = "stop",
        /// Make room for another.
        Evict = "evict",
    }
}

keyword! {
    /// What an allocation does, as its host says (MODEL-41).
    ///
    /// ```
    /// use longshore_model::ClientStatus;
    /// assert!(ClientStatus::Lost.is_terminal() && !ClientStatus::Unknown.is_terminal());
    /// assert_eq!(ClientStatus::Running.to_string(), "running");
    /// ```
    pub enum ClientStatus {
        /// Not started yet.
        Pending = "pending",
        /// Runs.
        Running = "running",
        /// Ended well.
        Complete = "complete",
        /// Ended badly.
        Failed = "failed",
        /// Gone with its node.
        Lost = "lost",
        /// Its node does not answer.
        Unknown = "unknown",
    }
}

impl DesiredStatus {
    /// Told to stop or to make room (MODEL-211).
    pub const fn is_terminal(self) -> bool {
        matches!(self, DesiredStatus::Stop | DesiredStatus::Evict)
    }
}

impl ClientStatus {
    /// Complete, failed or lost; an unknown one may yet come back (MODEL-211).
    pub const fn is_terminal(self) -> bool {
        matches!(self, ClientStatus::Complete | ClientStatus::Failed | ClientStatus::Lost)
    }
}

record! {
    /// An allocation (MODEL-41).
    ///
    /// ```
    /// use longshore_model::{Allocation, from_json};
    /// let alloc: Allocation = from_json(
    ///     r#"{"Name": "web.front[0]", "DesiredStatus": "run", "ClientStatus": "failed"}"#,
    /// )?;
    /// assert!(alloc.client_terminal() && !alloc.server_terminal() && alloc.terminal());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Allocation: compact {
        /// Its id.
        "ID" id: AllocId,
        /// Its job's namespace.
        "Namespace" namespace: Namespace,
        /// The evaluation that placed or last updated it.
        "EvalID" eval_id: EvalId,
        /// Its name: `JOB.GROUP[INDEX]`.
        "Name" name: String,
        /// Its node.
        "NodeID" node_id: NodeId,
        /// Its node's name.
        "NodeName" node_name: String,
        /// Its job.
        "JobID" job_id: JobId,
        /// The version of the job that it runs.
        "Job" job: Option<Arc<Job>>,
        /// Its group.
        "TaskGroup" task_group: GroupName,
        /// Obsolete view of what it holds.
        "Resources" resources: Option<Box<Resources>>,
        /// Obsolete view of what its tasks share.
        "SharedResources" shared_resources: Option<Box<Resources>>,
        /// Obsolete view of what its tasks hold.
        "TaskResources" task_resources: Map<Resources>,
        /// What it holds.
        "AllocatedResources" allocated_resources: Option<AllocatedResources>,
        /// How its node was chosen.
        "Metrics" metrics: Option<AllocMetric>,
        /// What it should do.
        "DesiredStatus" desired_status: DesiredStatus,
        /// Why, for people.
        "DesiredDescription" desired_description: String,
        /// What it is asked to do next.
        "DesiredTransition" desired_transition: DesiredTransition,
        /// What it does.
        "ClientStatus" client_status: ClientStatus,
        /// Why, for people.
        "ClientDescription" client_description: String,
        /// Its tasks.
        "TaskStates" task_states: Map<TaskState>,
        /// When it became unknown or lost, and back.
        "AllocStates" alloc_states: List<AllocState>,
        /// What it replaced.
        "PreviousAllocation" previous_allocation: AllocId,
        /// What replaced it.
        "NextAllocation" next_allocation: AllocId,
        /// The rollout that it belongs to.
        "DeploymentID" deployment_id: DeploymentId,
        /// Its health in that.
        "DeploymentStatus" deployment_status: Option<AllocDeploymentStatus>,
        /// How often it was placed again.
        "RescheduleTracker" reschedule_tracker: Option<RescheduleTracker>,
        /// Its addresses.
        "NetworkStatus" network_status: Option<NetworkStatus>,
        /// The evaluation that will look at it later.
        "FollowupEvalID" followup_eval_id: EvalId,
        /// Whom it displaced.
        "PreemptedAllocations" preempted_allocations: List<AllocId>,
        /// Who displaced it.
        "PreemptedByAllocation" preempted_by_allocation: AllocId,
        /// The key that signs for it.
        "SigningKeyID" signing_key_id: String,
        /// Index of its creation.
        "CreateIndex" create_index: u64,
        /// Index of its last change.
        "ModifyIndex" modify_index: u64,
        /// Index of its last change by the engine.
        "AllocModifyIndex" alloc_modify_index: u64,
        /// When it was created, Unix ns.
        "CreateTime" create_time: Time,
        /// When it last changed, Unix ns.
        "ModifyTime" modify_time: Time,
    }
}

impl Allocation {
    /// Told to stop or evicted (MODEL-211).
    pub fn server_terminal(&self) -> bool {
        self.desired_status.is_terminal()
    }

    /// Complete, failed or lost (MODEL-211).
    pub fn client_terminal(&self) -> bool {
        self.client_status.is_terminal()
    }

    /// Either (MODEL-211).
    pub fn terminal(&self) -> bool {
        self.server_terminal() || self.client_terminal()
    }

    /// Whether it has tasks and all of them ended well (MODEL-212).
    pub fn ran_successfully(&self) -> bool {
        !self.task_states.is_empty() && self.task_states.values().all(TaskState::successful)
    }
}

record! {
    /// What an allocation holds (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedResources, from_json};
    /// let held: AllocatedResources = from_json(
    ///     r#"{"Tasks": {"web": {"Cpu": {"CpuShares": 500}}}, "Shared": {"DiskMB": 300}}"#,
    /// )?;
    /// assert_eq!((held.total().cpu_shares, held.total().disk_mb), (500, 300));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedResources {
        /// By task.
        "Tasks" tasks: Map<AllocatedTaskResources>,
        /// When each task runs; null for a main task.
        "TaskLifecycles" task_lifecycles: Map<Option<TaskLifecycle>>,
        /// What the tasks share.
        "Shared" shared: AllocatedShared,
    }
}

record! {
    /// When a task runs (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{TaskLifecycle, from_json};
    /// let init: TaskLifecycle = from_json(r#"{"Hook": "prestart", "Sidecar": true}"#)?;
    /// assert!(init.hook == "prestart" && init.sidecar);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct TaskLifecycle {
        /// `prestart`, `poststart` or `poststop`.
        "Hook" hook: String,
        /// Whether it goes on beside the main tasks.
        "Sidecar" sidecar: bool,
    }
}

record! {
    /// What a task holds (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedTaskResources, from_json};
    /// let held: AllocatedTaskResources = from_json(
    ///     r#"{"Cpu": {"CpuShares": 500}, "Memory": {"MemoryMB": 256}}"#,
    /// )?;
    /// assert_eq!((held.cpu.cpu_shares, held.memory.memory_mb), (500, 256));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedTaskResources {
        /// CPU.
        "Cpu" cpu: AllocatedCpu,
        /// Memory.
        "Memory" memory: AllocatedMemory,
        /// Networks of its own.
        "Networks" networks: List<NetworkResource>,
        /// Devices.
        "Devices" devices: List<AllocatedDevice>,
    }
}

record! {
    /// CPU that a task holds (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedCpu, from_json};
    /// let cpu: AllocatedCpu = from_json(r#"{"CpuShares": 5000, "ReservedCores": [2, 3]}"#)?;
    /// assert_eq!((cpu.cpu_shares, &*cpu.reserved_cores), (5000, &[2, 3][..]));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedCpu {
        /// MHz.
        "CpuShares" cpu_shares: i64,
        /// Core ids.
        "ReservedCores" reserved_cores: List<i64>,
    }
}

record! {
    /// Memory that a task holds (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedMemory, from_json};
    /// let memory: AllocatedMemory = from_json(r#"{"MemoryMB": 256, "MemoryMaxMB": 512}"#)?;
    /// assert_eq!((memory.memory_mb, memory.memory_max_mb), (256, 512));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedMemory {
        /// MiB.
        "MemoryMB" memory_mb: i64,
        /// MiB it may grow to.
        "MemoryMaxMB" memory_max_mb: i64,
    }
}

record! {
    /// Devices of one group that a task holds (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedDevice, from_json};
    /// let half: AllocatedDevice = from_json(
    ///     r#"{"Vendor": "nvidia", "Type": "gpu", "Name": "T4", "DeviceIDs": ["gpu-1"], "Share": 500}"#,
    /// )?;
    /// assert_eq!((half.device_ids.len(), half.share), (1, Some(500)));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedDevice {
        /// Who made them.
        "Vendor" vendor: String,
        /// What they are.
        "Type" kind: String,
        /// Their model.
        "Name" name: String,
        /// Which ones.
        "DeviceIDs" device_ids: List<String>,
        /// *Extension.* Thousandths of the one instance; absent for whole ones.
        "Share" share: Option<u32> [omit_empty],
    }
}

record! {
    /// What the tasks of an allocation share (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedShared, from_json};
    /// let shared: AllocatedShared = from_json(
    ///     r#"{"DiskMB": 300, "Ports": [{"Label": "http", "Value": 20080, "To": 8080}]}"#,
    /// )?;
    /// assert_eq!((shared.disk_mb, shared.ports[0].value), (300, 20080));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedShared {
        /// Networks.
        "Networks" networks: List<NetworkResource>,
        /// MiB of disk.
        "DiskMB" disk_mb: i64,
        /// Ports.
        "Ports" ports: List<AllocatedPort>,
    }
}

record! {
    /// A port that an allocation holds (MODEL-42).
    ///
    /// ```
    /// use longshore_model::{AllocatedPort, from_json};
    /// let port: AllocatedPort = from_json(r#"{"Label": "http", "Value": 20080, "HostIP": "10.0.0.7"}"#)?;
    /// assert_eq!((port.value, port.to, port.ignore_collision), (20080, 0, false));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocatedPort: compact {
        /// Its name.
        "Label" label: String,
        /// Its number.
        "Value" value: i64,
        /// Its number inside.
        "To" to: i64,
        /// The address that it is on.
        "HostIP" host_ip: String,
        /// Whether others may use it too.
        "IgnoreCollision" ignore_collision: bool,
    }
}

record! {
    /// What an allocation is asked to do next (MODEL-41); an absent member asks nothing.
    ///
    /// ```
    /// use longshore_model::{DesiredTransition, from_json};
    /// let asked: DesiredTransition = from_json(r#"{"Migrate": true, "Reschedule": false}"#)?;
    /// assert!(asked.should_migrate() && !asked.should_reschedule());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct DesiredTransition {
        /// Leave its node.
        "Migrate" migrate: Option<bool>,
        /// Be placed again.
        "Reschedule" reschedule: Option<bool>,
        /// Be placed again whatever the policy says.
        "ForceReschedule" force_reschedule: Option<bool>,
        /// Stop without waiting.
        "NoShutdownDelay" no_shutdown_delay: Option<bool>,
        /// Leave its node without a replacement.
        "MigrateDisablePlacement" migrate_disable_placement: Option<bool>,
    }
}

impl DesiredTransition {
    /// Takes over the members that `update` sets (MODEL-213).
    ///
    /// ```
    /// use longshore_model::DesiredTransition;
    /// let mut asked = DesiredTransition { migrate: Some(true), ..Default::default() };
    /// asked.merge(&DesiredTransition { reschedule: Some(true), ..Default::default() });
    /// assert!(asked.should_migrate() && asked.should_reschedule());
    /// ```
    pub fn merge(&mut self, update: &DesiredTransition) {
        fn take(place: &mut Option<bool>, update: Option<bool>) {
            *place = update.or(*place);
        }
        take(&mut self.migrate, update.migrate);
        take(&mut self.reschedule, update.reschedule);
        take(&mut self.force_reschedule, update.force_reschedule);
        take(&mut self.no_shutdown_delay, update.no_shutdown_delay);
        take(&mut self.migrate_disable_placement, update.migrate_disable_placement);
    }

    /// Asked to leave its node.
    pub fn should_migrate(&self) -> bool {
        self.migrate == Some(true)
    }

    /// Asked to be placed again.
    pub fn should_reschedule(&self) -> bool {
        self.reschedule == Some(true)
    }

    /// Asked to be placed again whatever the policy says.
    pub fn should_force_reschedule(&self) -> bool {
        self.force_reschedule == Some(true)
    }

    /// Asked to stop without waiting.
    pub fn should_ignore_shutdown_delay(&self) -> bool {
        self.no_shutdown_delay == Some(true)
    }
}

record! {
    /// A change of an allocation's client status to or from unknown or lost (MODEL-41).
    ///
    /// ```
    /// use longshore_model::{AllocState, from_json};
    /// let lost: AllocState = from_json(
    ///     r#"{"Field": 0, "Value": "unknown", "Time": "2023-11-14T22:13:20Z"}"#,
    /// )?;
    /// assert_eq!((lost.value.as_str(), lost.time.to_string()), ("unknown", "2023-11-14T22:13:20Z".to_string()));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocState {
        /// Which member changed; 0 is the client status.
        "Field" field: u8,
        /// To what.
        "Value" value: String,
        /// When.
        "Time" time: DateTime,
    }
}

record! {
    /// An allocation's health in a rollout (MODEL-41).
    ///
    /// ```
    /// use longshore_model::{AllocDeploymentStatus, from_json};
    /// let fresh: AllocDeploymentStatus = from_json(r#"{"Canary": true}"#)?;
    /// assert!(fresh.canary && fresh.healthy.is_none());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct AllocDeploymentStatus {
        /// Null until it is known.
        "Healthy" healthy: Option<bool>,
        /// When that was found out.
        "Timestamp" timestamp: DateTime,
        /// Whether it tries a new version before the others.
        "Canary" canary: bool,
        /// Index of the last change.
        "ModifyIndex" modify_index: u64,
    }
}

record! {
    /// How often an allocation's chain was placed again (MODEL-41).
    ///
    /// ```
    /// use longshore_model::{Duration, RescheduleTracker, from_json};
    /// let tracker: RescheduleTracker = from_json(
    ///     r#"{"Events": [{"Delay": 30000000000}], "LastReschedule": "ok"}"#,
    /// )?;
    /// assert_eq!(tracker.events[0].delay, Duration::from_secs(30));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct RescheduleTracker {
        /// Each time, oldest first.
        "Events" events: List<RescheduleEvent>,
        /// How the last went: nothing, `ok` or `no placement`.
        "LastReschedule" last_reschedule: String,
    }
}

record! {
    /// One time that an allocation was placed again (MODEL-41).
    ///
    /// ```
    /// use longshore_model::{RescheduleEvent, Time, from_json};
    /// let event: RescheduleEvent = from_json(
    ///     r#"{"RescheduleTime": 1700000000000000000, "PrevNodeID": "node-1"}"#,
    /// )?;
    /// assert_eq!(event.reschedule_time, Time::from_secs(1_700_000_000));
    /// assert_eq!(event.prev_node_id.to_string(), "node-1");
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct RescheduleEvent {
        /// When, Unix ns.
        "RescheduleTime" reschedule_time: Time,
        /// What it replaced.
        "PrevAllocID" prev_alloc_id: AllocId,
        /// Where that was.
        "PrevNodeID" prev_node_id: NodeId,
        /// How long it was held back, ns.
        "Delay" delay: Duration,
    }
}

record! {
    /// An allocation's addresses (MODEL-41).
    ///
    /// ```
    /// use longshore_model::{NetworkStatus, from_json};
    /// let status: NetworkStatus = from_json(r#"{"InterfaceName": "eth0", "Address": "172.26.64.2"}"#)?;
    /// assert!(status.address == "172.26.64.2" && status.dns.is_none());
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct NetworkStatus {
        /// Its interface.
        "InterfaceName" interface_name: String,
        /// Its address.
        "Address" address: String,
        /// Its IPv6 address.
        "AddressIPv6" address_ipv6: String,
        /// Name resolution.
        "DNS" dns: Option<DnsConfig>,
    }
}
