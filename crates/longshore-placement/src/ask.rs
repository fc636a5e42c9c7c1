//! What a placement asks for: amounts, device requests and the rules a node must meet.

use std::fmt;

use longshore_constraint::{DeviceName, DeviceRule};
use longshore_model::{Constraint, Job, Operand, RequestedDevice, TaskGroup, TaskName};
use thiserror::Error;

use crate::amounts::{Amounts, Overflow};

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
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Ask {
    /// CPU, memory and disk of the group.
    pub amounts: Amounts,
    /// Device requests, in the order of the tasks.
    pub devices: Vec<DeviceAsk>,
    /// The node pool; `all` or empty is every pool.
    pub pool: String,
    /// Datacenters, with `*` as wildcard.
    pub datacenters: Vec<String>,
    /// Drivers that the node must have.
    pub drivers: Vec<String>,
    /// Constraints of the job, the group and its tasks.
    pub constraints: Vec<Rule>,
}

/// One device request.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct DeviceAsk {
    /// The task that asks.
    pub task: TaskName,
    /// What it is called: vendor, type, model, as far as they matter.
    pub name: DeviceName,
    /// Instances.
    pub count: u32,
    /// Thousandths of each instance, 1 to [`WHOLE`].
    pub share: u16,
    /// Constraints on the device group.
    pub constraints: Vec<Rule<DeviceRule>>,
}

/// A constraint, compiled. Compared by what it says.
#[derive(Clone, Debug)]
pub struct Rule<C = longshore_constraint::Rule> {
    /// The left target, such as `${attr.kernel.name}`.
    pub left: String,
    /// How the two compare.
    pub operand: Operand,
    /// The right target or literal.
    pub right: String,
    pub(crate) compiled: C,
}

impl<C> Rule<C> {
    fn said(&self) -> (&str, &Operand, &str) {
        (&self.left, &self.operand, &self.right)
    }
}

/// As it was written, with single blanks (FEAS-101).
impl<C> fmt::Display for Rule<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.operand, self.right)
    }
}

impl<C> PartialEq for Rule<C> {
    fn eq(&self, other: &Rule<C>) -> bool {
        self.said() == other.said()
    }
}

impl<C> Eq for Rule<C> {}

impl<C> Ord for Rule<C> {
    fn cmp(&self, other: &Rule<C>) -> std::cmp::Ordering {
        self.said().cmp(&other.said())
    }
}

impl<C> PartialOrd for Rule<C> {
    fn partial_cmp(&self, other: &Rule<C>) -> Option<std::cmp::Ordering> {
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
    /// A part of the job that this version does not place by yet.
    #[error("{place}: {what} is not supported yet, so the job would not be placed as it says; leave it out")]
    Unsupported {
        /// Where it stands.
        place: String,
        /// What it is.
        what: String,
    },
}

impl AskError {
    /// The id of the rule that is broken.
    pub fn code(&self) -> &'static str {
        match self {
            AskError::Overflow { .. } => "PLACE-45",
            AskError::Share { .. } => "LONGSHORE-SHARE",
            AskError::Count { .. } => "PLACE-72",
            AskError::Unsupported { .. } => "LONGSHORE-UNSUPPORTED",
        }
    }
}

impl Ask {
    /// What one allocation of a group asks for.
    ///
    /// # Errors
    /// [`AskError`] for amounts that overflow, a bad device share or count, and blocks that this version cannot place
    /// by (ports, cores, volumes, affinities, spreads, some operands).
    pub fn new(job: &Job, group: &TaskGroup) -> Result<Ask, AskError> {
        Ask::supported(job, group)?;
        let amounts = Amounts::of_group(group)
            .map_err(|overflow| AskError::Overflow { group: group.name.to_string(), overflow })?;
        let mut ask = Ask {
            amounts,
            devices: Vec::new(),
            pool: job.node_pool.clone(),
            datacenters: job.datacenters.to_vec(),
            drivers: Vec::new(),
            constraints: node_rules(&job.constraints, || format!("job {:?}", job.id))?,
        };
        ask.constraints.extend(node_rules(&group.constraints, || format!("group {:?}", group.name))?);
        for task in &group.tasks {
            ask.constraints.extend(node_rules(&task.constraints, || format!("task {:?}", task.name))?);
            if !task.driver.is_empty() && !ask.drivers.contains(&task.driver) {
                ask.drivers.push(task.driver.clone());
            }
            for device in &task.resources.devices {
                ask.devices.push(DeviceAsk::new(&task.name, device)?);
            }
        }
        Ok(ask)
    }

    /// A block that changes where a group may go and that this version would pass over is refused, not ignored.
    pub(crate) fn supported(job: &Job, group: &TaskGroup) -> Result<(), AskError> {
        let found: [(bool, &str); 6] = [
            (!job.affinities.is_empty() || !group.affinities.is_empty(), "an affinity"),
            (!job.spreads.is_empty() || !group.spreads.is_empty(), "a spread"),
            (!group.networks.is_empty(), "a network"),
            (!group.volumes.is_empty(), "a volume"),
            (group.tasks.iter().any(|task| task.resources.cores != 0), "a reserved core"),
            (
                group.tasks.iter().any(|task| {
                    !task.affinities.is_empty()
                        || !task.resources.networks.is_empty()
                        || task.resources.devices.iter().any(|device| !device.affinities.is_empty())
                }),
                "a task's affinity or network",
            ),
        ];
        match found.iter().find(|(there, _)| *there) {
            None => Ok(()),
            Some((_, what)) => {
                Err(AskError::Unsupported { place: format!("group {:?}", group.name), what: (*what).to_string() })
            }
        }
    }

    /// Whether a constraint looks at what only one node has, so that nodes must be asked one by one (FEAS-24).
    pub(crate) fn names_nodes(&self) -> bool {
        self.constraints.iter().any(|rule| rule.compiled.escapes())
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
        let place = || format!("task {task:?}, device {:?}", device.name);
        let compile = |rule: &Constraint| DeviceRule::new(&rule.ltarget, rule.operand.as_str(), &rule.rtarget);
        let constraints = rules(&device.constraints, place, compile)?;
        if let Some(rule) = constraints.iter().find(|rule| rule.compiled.names_instances()) {
            let what = format!(
                "the target {:?}",
                if rule.left.starts_with("${device.ids") { &rule.left } else { &rule.right }
            );
            return Err(AskError::Unsupported { place: place(), what });
        }
        Ok(DeviceAsk {
            task: task.clone(),
            name: DeviceName::parse(&device.name),
            count: u32::from(count),
            share: share as u16, // at most 1000, checked above
            constraints,
        })
    }

    /// Thousandths asked for: count times share.
    pub fn demand(&self) -> i64 {
        i64::from(self.count) * i64::from(self.share)
    }
}

fn node_rules(constraints: &[Constraint], place: impl Fn() -> String) -> Result<Vec<Rule>, AskError> {
    rules(constraints, place, longshore_constraint::Rule::new)
}

fn rules<C>(
    constraints: &[Constraint],
    place: impl Fn() -> String,
    compile: impl Fn(&Constraint) -> C,
) -> Result<Vec<Rule<C>>, AskError> {
    constraints
        .iter()
        .map(|constraint| {
            let rule = Rule {
                left: constraint.ltarget.clone(),
                operand: constraint.operand.clone(),
                right: constraint.rtarget.clone(),
                compiled: compile(constraint),
            };
            if crate::filter::supports(&rule.operand) {
                return Ok(rule);
            }
            Err(AskError::Unsupported { place: place(), what: format!("the operand {:?}", rule.operand.as_str()) })
        })
        .collect()
}
