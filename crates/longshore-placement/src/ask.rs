//! What a placement asks for: amounts, device requests, the rules a node must meet and what it is liked for.

use std::cmp::Ordering;

use longshore_constraint::escapes;
use longshore_model::wire::Wire;
use longshore_model::{Job, JobType, RequestedDevice, TaskGroup, TaskName};
use thiserror::Error;

use crate::account::DeviceRequest;
use crate::amounts::{Amounts, Overflow};
use crate::distinct::{DistinctHosts, DistinctProperty};
use crate::feasible::Demands;
use crate::score::{Affinities, SpreadRule};

/// Thousandths of one device instance: a whole one.
pub const WHOLE: u16 = 1000;

/// Everything about a task group that decides where it may go and what it takes there.
///
/// Two groups with equal asks share one search structure, whatever their jobs are called.
///
/// ```
/// use longshore_model::{Job, RequestedDevice, Task, TaskGroup};
/// use longshore_placement::Ask;
/// let task = Task::new("train").driver("exec").cpu(6000).memory_mb(12_288).device(RequestedDevice::new("gpu").share(460));
/// let job = Job::batch("mnist").with_group(TaskGroup::new("g").task(task));
/// let ask = Ask::new(&job, &job.task_groups[0])?;
/// assert_eq!((ask.amounts.cpu, ask.gpu_demand()), (6000, 460));
/// # Ok::<(), longshore_placement::AskError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ask {
    /// Everything that it is made from, as bytes: equal bytes, equal ask.
    said: Box<[u8]>,
    /// CPU, memory and disk of the group.
    pub amounts: Amounts,
    /// Device requests, in the order of the tasks.
    pub devices: Vec<DeviceAsk>,
    /// The node pool; `all` or empty is every pool.
    pub pool: String,
    /// Datacenters, with `*` as wildcard.
    pub datacenters: Vec<String>,
    /// What a node's record must answer.
    pub(crate) demands: Demands,
    /// What a node is liked for.
    pub(crate) affinities: Affinities,
    /// Over what to spread, the job's first.
    pub(crate) spreads: Vec<SpreadRule>,
    /// The sum of their weights.
    pub(crate) weights: i64,
    /// Where hosts are to be distinct.
    pub(crate) hosts: DistinctHosts,
    /// Properties whose values may be used only so often.
    pub(crate) properties: Vec<DistinctProperty>,
    /// Whether matching devices count as a score of their own (PLACE-83).
    pub(crate) likes_devices: bool,
    /// How much of it columns can answer.
    pub(crate) look: Look,
    by_name: bool,
}

/// How much of an ask the fleet's columns can answer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Look {
    /// All of it.
    Columns,
    /// The score; ports and volumes are looked at on the best node only.
    Winner,
    /// Not even the score, which depends on the cores or devices that it gets: every node is tried.
    Each,
}

/// One device request.
#[derive(Clone, Debug)]
pub struct DeviceAsk {
    /// The task that asks.
    pub task: TaskName,
    /// Instances.
    pub count: u32,
    /// Thousandths of each instance, 1 to [`WHOLE`].
    pub share: u16,
    /// What it demands of a device group.
    pub request: DeviceRequest,
}

impl PartialEq for Ask {
    fn eq(&self, other: &Ask) -> bool {
        self.said == other.said
    }
}

impl Eq for Ask {}

impl Ord for Ask {
    fn cmp(&self, other: &Ask) -> Ordering {
        self.said.cmp(&other.said)
    }
}

impl PartialOrd for Ask {
    fn partial_cmp(&self, other: &Ask) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Why a group cannot be asked for.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum AskError {
    /// The group's amounts do not add up.
    #[error("group {group:?}: {overflow}")]
    Overflow {
        /// The group.
        group: String,
        /// Which sum.
        overflow: Overflow,
    },
    /// A share outside 1..=1000, or with a count other than one.
    #[error(
        "task {task:?}, device {device:?}: Share is {share} with Count {count}; a share is 1 to 1000 thousandths of \
         exactly one instance"
    )]
    Share {
        /// The task.
        task: TaskName,
        /// The device's name.
        device: String,
        /// The share asked for.
        share: u32,
        /// The count asked for.
        count: u64,
    },
    /// A count of zero or of more instances than any node could have.
    #[error("task {task:?}, device {device:?}: Count is {count}; ask for 1 to 65535 instances")]
    Count {
        /// The task.
        task: TaskName,
        /// The device's name.
        device: String,
        /// The count asked for.
        count: u64,
    },
}

impl AskError {
    /// The id of the rule that is broken.
    pub fn code(&self) -> &'static str {
        match self {
            AskError::Overflow { .. } => "PLACE-45",
            AskError::Share { .. } => "LONGSHORE-SHARE",
            AskError::Count { .. } => "PLACE-72",
        }
    }
}

impl Ask {
    /// What one allocation of a group asks for.
    ///
    /// # Errors
    /// [`AskError`] for amounts that overflow and for a bad device share or count.
    pub fn new(job: &Job, group: &TaskGroup) -> Result<Ask, AskError> {
        let mut said = Vec::new();
        Ask::say(job, group, &mut said);
        Ask::of(job, group, said.into())
    }

    /// The ask that a job and a group [say](Ask::say).
    pub(crate) fn of(job: &Job, group: &TaskGroup, said: Box<[u8]>) -> Result<Ask, AskError> {
        let amounts = Amounts::of_group(group)
            .map_err(|overflow| AskError::Overflow { group: group.name.to_string(), overflow })?;
        let mut devices = Vec::new();
        for task in &group.tasks {
            for device in &task.resources.devices {
                devices.push(DeviceAsk::new(&task.name, device)?);
            }
        }
        Ok(Ask {
            said,
            amounts,
            likes_devices: likes_devices(group),
            look: Look::of(group, &devices),
            by_name: group.volumes.values().any(|volume| volume.per_alloc),
            devices,
            pool: job.node_pool.clone(),
            datacenters: job.datacenters.to_vec(),
            demands: Demands::new(job, group).lenient(),
            affinities: Affinities::of(job, group),
            spreads: SpreadRule::of(job, group),
            weights: SpreadRule::weights(job, group),
            hosts: DistinctHosts::of(job, group),
            properties: DistinctProperty::of(job, group),
        })
    }

    /// Writes everything that [`Ask::of`] reads.
    pub(crate) fn say(job: &Job, group: &TaskGroup, out: &mut Vec<u8>) {
        out.push(u8::from(matches!(job.kind, JobType::System | JobType::SysBatch)));
        job.node_pool.feed(out);
        job.datacenters.feed(out);
        job.constraints.feed(out);
        job.affinities.feed(out);
        job.spreads.feed(out);
        group.constraints.feed(out);
        group.affinities.feed(out);
        group.spreads.feed(out);
        group.ephemeral_disk.feed(out);
        group.networks.feed(out);
        group.volumes.feed(out);
        let shares = job.spreads.iter().chain(group.spreads.iter()).any(|spread| !spread.spread_target.is_empty());
        if shares {
            group.count.feed(out); // targets are shares of it (PLACE-92)
        }
        for task in &group.tasks {
            task.name.feed(out);
            task.driver.feed(out);
            task.constraints.feed(out);
            task.affinities.feed(out);
            task.lifecycle.feed(out);
            task.resources.feed(out);
            task.secrets.feed(out);
        }
    }

    /// The sum of the weights of its spreads (PLACE-93).
    pub fn spread_weights(&self) -> i64 {
        self.weights
    }

    /// Whether anybody asks how often property values are in use: a spread, or a property that is to be distinct.
    pub fn counts_uses(&self) -> bool {
        !self.spreads.is_empty() || !self.properties.is_empty()
    }

    /// Whether nodes themselves are looked at, with all that is on them: for ports, cores, volumes and liked devices.
    pub fn looks_at_nodes(&self) -> bool {
        self.look != Look::Columns
    }

    /// Whether where it may go depends on the allocation's name: each has volumes of its own (FEAS-121).
    pub fn goes_by_name(&self) -> bool {
        self.by_name
    }

    /// Whether it was made from these bytes.
    pub(crate) fn says(&self, bytes: &[u8]) -> bool {
        *self.said == *bytes
    }

    /// Whether a rule names single nodes, so that nodes must be asked one by one (FEAS-24).
    pub(crate) fn names_nodes(&self) -> bool {
        self.demands.name_nodes() || self.properties.iter().any(|property| escapes(&property.written))
    }

    /// Thousandths of device instances asked for, over all requests.
    pub fn gpu_demand(&self) -> i64 {
        self.devices.iter().map(DeviceAsk::demand).sum()
    }
}

impl DeviceAsk {
    fn new(task: &TaskName, device: &RequestedDevice) -> Result<DeviceAsk, AskError> {
        let share = device.share.unwrap_or(u32::from(WHOLE));
        let bad_share =
            || AskError::Share { task: task.clone(), device: device.name.clone(), share, count: device.count };
        if !(1..=u32::from(WHOLE)).contains(&share) || (share < u32::from(WHOLE) && device.count != 1) {
            return Err(bad_share());
        }
        let count = u16::try_from(device.count).ok().filter(|count| *count > 0).ok_or_else(|| AskError::Count {
            task: task.clone(),
            device: device.name.clone(),
            count: device.count,
        })?;
        Ok(DeviceAsk {
            task: task.clone(),
            count: u32::from(count),
            share: share as u16, // at most 1000, checked above
            request: DeviceRequest::new(device),
        })
    }

    /// Thousandths asked for: count times share.
    pub fn demand(&self) -> i64 {
        i64::from(self.count) * i64::from(self.share)
    }
}

/// PLACE-83: whether weights of device affinities do not add up to nothing.
fn likes_devices(group: &TaskGroup) -> bool {
    let devices = group.tasks.iter().flat_map(|task| task.resources.devices.iter());
    devices.flat_map(|device| device.affinities.iter()).any(|affinity| affinity.weight != 0)
}

impl Look {
    fn of(group: &TaskGroup, devices: &[DeviceAsk]) -> Look {
        let likes = |task: &longshore_model::Task| task.resources.devices.iter().any(|one| !one.affinities.is_empty());
        let each = group.tasks.iter().any(|task| task.resources.cores != 0 || likes(task))
            || devices.iter().any(|one| one.request.names_instances());
        let networks = group.tasks.iter().any(|task| !task.resources.networks.is_empty());
        if each {
            Look::Each
        } else if networks || !group.networks.is_empty() || !group.volumes.is_empty() {
            Look::Winner
        } else {
            Look::Columns
        }
    }
}
