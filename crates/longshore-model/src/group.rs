//! Task groups: tasks placed together on one node.

use crate::constraint::{Affinity, Constraint, Spread};
use crate::network::NetworkResource;
use crate::opaque::Consul;
use crate::scaling::ScalingPolicy;
use crate::service::Service;
use crate::task::Task;
use crate::update::{DisconnectStrategy, MigrateStrategy, ReschedulePolicy, RestartPolicy, UpdateStrategy};
use crate::volume::VolumeRequest;
use crate::{Duration, GroupName};
use crate::{List, Map, Nullable};

record! {
    /// A task group: what one allocation runs (MODEL-17).
    ///
    /// ```
    /// use longshore_model::{Task, TaskGroup};
    /// let group = TaskGroup::new("web").count(3).task(Task::new("server").driver("exec"));
    /// assert_eq!((group.count, group.tasks.len()), (3, 1));
    /// ```
    pub struct TaskGroup {
        /// Its name within the job.
        "Name" name: GroupName,
        /// How many allocations.
        "Count" count: i64 = 1,
        /// How new versions are rolled out.
        "Update" update: Option<UpdateStrategy>,
        /// How allocations leave draining nodes.
        "Migrate" migrate: Option<MigrateStrategy>,
        /// Rules that the node must meet.
        "Constraints" constraints: List<Constraint>,
        /// Bounds for scaling it.
        "Scaling" scaling: Option<Box<ScalingPolicy>>,
        /// How tasks are restarted in place.
        "RestartPolicy" restart_policy: Option<RestartPolicy>,
        /// What happens while the node does not answer.
        "Disconnect" disconnect: Option<DisconnectStrategy>,
        /// What runs.
        "Tasks" tasks: List<Task>,
        /// Disk shared by the tasks.
        "EphemeralDisk" ephemeral_disk: Nullable<EphemeralDisk>,
        /// Facts for people and templates.
        "Meta" meta: Map<String>,
        /// When failed allocations are placed again; null for the default of the job's type.
        "ReschedulePolicy" reschedule_policy: Option<ReschedulePolicy>,
        /// Rules that make nodes better or worse.
        "Affinities" affinities: List<Affinity>,
        /// How allocations should spread.
        "Spreads" spreads: List<Spread>,
        /// Networks shared by the tasks.
        "Networks" networks: List<NetworkResource>,
        /// Access to the service catalogue.
        "Consul" consul: Option<Box<Consul>>,
        /// Services that the group offers.
        "Services" services: List<Service>,
        /// Volumes that the tasks may mount.
        "Volumes" volumes: Map<VolumeRequest>,
        /// Pause between leaving services and asking tasks to end, ns.
        "ShutdownDelay" shutdown_delay: Option<Duration>,
        /// How long an allocation may run, ns.
        "MaxRunDuration" max_run_duration: Option<Duration>,
        /// Obsolete.
        "StopAfterClientDisconnect" stop_after_client_disconnect: Option<Duration>,
        /// Obsolete.
        "MaxClientDisconnect" max_client_disconnect: Option<Duration>,
        /// Obsolete.
        "PreventRescheduleOnLost" prevent_reschedule_on_lost: bool,
    }
}

impl TaskGroup {
    /// A group with nothing but a name.
    pub fn new(name: &str) -> TaskGroup {
        TaskGroup { name: name.into(), ..TaskGroup::default() }
    }

    /// How many allocations.
    pub fn count(mut self, count: i64) -> TaskGroup {
        self.count = count;
        self
    }

    /// Adds a task.
    pub fn task(mut self, task: Task) -> TaskGroup {
        self.tasks.push(task);
        self
    }

    /// Disk shared by the tasks, MiB.
    pub fn disk_mb(mut self, mib: i64) -> TaskGroup {
        self.ephemeral_disk.size_mb = mib;
        self
    }

    /// Adds a rule that the node must meet.
    pub fn constraint(mut self, left: &str, operand: &str, right: &str) -> TaskGroup {
        self.constraints.push(Constraint::new(left, operand, right));
        self
    }

    /// When failed allocations are placed again.
    pub fn reschedule(mut self, policy: ReschedulePolicy) -> TaskGroup {
        self.reschedule_policy = Some(policy);
        self
    }
}

record! {
    /// Disk shared by the tasks of a group (MODEL-30).
    ///
    /// ```
    /// use longshore_model::{EphemeralDisk, TaskGroup};
    /// assert_eq!(EphemeralDisk::default().size_mb, 300);
    /// assert_eq!(TaskGroup::new("front").disk_mb(1000).ephemeral_disk.size_mb, 1000);
    /// ```
    pub struct EphemeralDisk {
        /// Whether a replacement should go to the same node.
        "Sticky" sticky: bool,
        /// MiB.
        "SizeMB" size_mb: i64 = 300,
        /// Whether its content follows to another node.
        "Migrate" migrate: bool,
    }
}
