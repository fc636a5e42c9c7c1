//! What the engine refuses in a job before it takes it.
//!
//! Documents are validated by the model; here is what keeps the engine's own rows and placements sound, for jobs that
//! come without a document, too.

use std::collections::BTreeSet;

use longshore_model::reflect::Reflect;
use longshore_model::validate::Regexps;
use longshore_model::{Job, JobType, Map, Node, Task, TaskGroup, TaskState, deep_values};
use longshore_placement::account::{Capacity, PortIndex};
use longshore_scheduler::Scheduler;

use crate::engine::Limits;
use crate::error::JobFault;

/// The most groups of a job, and tasks of a group: names are compared pair by pair.
const GROUPS: usize = 1_000;

/// Everything wrong with a job, in its order.
pub(crate) fn job_faults(job: &Job, limits: &Limits, scheduler: &mut Scheduler) -> Vec<JobFault> {
    let mut faults = Vec::new();
    let mut fault = |code, path: &str, message: String| faults.push(JobFault::new(code, path, message));
    if job.id.is_empty() {
        fault("MODEL-94", "ID", "is missing; give the job an id".into());
    } else if job.id.contains([' ', '\0']) {
        fault("MODEL-94", "ID", format!("{:?} contains a space or a NUL; use other characters", job.id));
    }
    if !matches!(job.kind, JobType::Service | JobType::Batch) {
        let found = job.kind.as_str();
        fault("MODEL-97", "Type", format!("{found:?} is not supported; use \"service\" or \"batch\""));
    }
    if !(1..=limits.priority_max).contains(&job.priority) {
        let message = format!("{} is out of range; use 1 to {}", job.priority, limits.priority_max);
        fault("MODEL-171", "Priority", message);
    }
    if job.datacenters.is_empty() {
        fault("MODEL-98", "Datacenters", "is empty; name datacenters, or \"*\" for all".into());
    }
    if job.periodic.is_some() || job.parameterized_job.is_some() {
        fault("LONGSHORE-UNSUPPORTED", "Periodic", "periodic and parameterized jobs are not supported yet".into());
    }
    if job.task_groups.len() > GROUPS || job.task_groups.iter().any(|group| group.tasks.len() > GROUPS) {
        let message = format!("has more than {GROUPS} groups, or a group more than {GROUPS} tasks; split the job");
        fault("LONGSHORE-SIZE", "TaskGroups", message);
        return faults;
    }
    // Kept until the groups' demands are made of them.
    let regexps = Regexps::of(job);
    if let Some(beyond) = regexps.beyond() {
        faults.push(beyond.into());
        return faults;
    }
    let mut fault = |code, path: &str, message: String| faults.push(JobFault::new(code, path, message));
    for path in deep_values(job, LEVELS) {
        fault("LONGSHORE-SIZE", &path, TOO_DEEP.into());
    }
    if job.task_groups.is_empty() {
        fault("MODEL-99", "TaskGroups", "is empty; a job needs at least one group".into());
    }
    let total = job.task_groups.iter().try_fold(0i64, |sum, group| sum.checked_add(group.count.max(0)));
    if total.is_none_or(|total| total > limits.count_max) {
        let message = format!("asks for more than {} allocations; lower the counts", limits.count_max);
        fault("MODEL-172", "TaskGroups", message);
    }
    for (number, group) in job.task_groups.iter().enumerate() {
        let place = Place { group: number, task: None };
        if repeats(&job.task_groups, number, |group| &group.name) {
            faults.push(place.fault("MODEL-104", "Name", format!("{:?} is used twice", group.name)));
        }
        group_faults(job, group, place, limits, scheduler, &mut faults);
    }
    faults
}

/// Where a fault is. Its path is only written out for a fault: most jobs have none.
#[derive(Clone, Copy)]
struct Place {
    group: usize,
    task: Option<usize>,
}

impl Place {
    fn path(self) -> String {
        match self.task {
            None => format!("TaskGroups[{}]", self.group),
            Some(task) => format!("TaskGroups[{}].Tasks[{task}]", self.group),
        }
    }

    fn fault(self, code: &'static str, member: &str, message: String) -> JobFault {
        JobFault::new(code, format!("{}.{member}", self.path()), message)
    }
}

/// Whether an element's name was used before it.
fn repeats<T, N: PartialEq>(items: &[T], at: usize, name: impl Fn(&T) -> &N) -> bool {
    items[..at].iter().any(|before| name(before) == name(&items[at]))
}

fn group_faults(
    job: &Job,
    group: &TaskGroup,
    place: Place,
    limits: &Limits,
    scheduler: &mut Scheduler,
    faults: &mut Vec<JobFault>,
) {
    let before = faults.len();
    let mut fault = |code, member: &str, message: String| {
        faults.push(place.fault(code, member, message));
    };
    if group.name.is_empty() {
        fault("MODEL-112", "Name", "is missing; give the group a name".into());
    }
    if group.count < 0 {
        fault("MODEL-112", "Count", format!("{} is negative; use 0 or more", group.count));
    }
    if group.tasks.is_empty() {
        fault("MODEL-112", "Tasks", "is empty; a group needs at least one task".into());
    }
    if group.ephemeral_disk.size_mb < 0 {
        fault("MODEL-118", "EphemeralDisk.SizeMB", format!("{} is negative", group.ephemeral_disk.size_mb));
    }
    for (number, task) in group.tasks.iter().enumerate() {
        let place = Place { task: Some(number), ..place };
        if repeats(&group.tasks, number, |task| &task.name) {
            faults.push(place.fault("MODEL-122", "Name", format!("{:?} is used twice", task.name)));
        }
        task_faults(task, place, limits, faults);
    }
    if faults.len() == before
        && let Err(error) = scheduler.check(job, group)
    {
        faults.push(JobFault::from_ask(place.path(), &error));
    }
}

fn task_faults(task: &Task, place: Place, limits: &Limits, faults: &mut Vec<JobFault>) {
    let mut fault = |code, member: &str, message: String| {
        faults.push(place.fault(code, member, message));
    };
    if task.name.is_empty() {
        fault("MODEL-122", "Name", "is missing; give the task a name".into());
    }
    let resources = &task.resources;
    match (resources.cores, resources.cpu) {
        (0, cpu) if cpu < 1 => {
            fault("MODEL-142", "Resources.CPU", format!("{cpu} MHz is too little; ask for 1 or more"));
        }
        (0, _) | (1.., 0) => {}
        (cores, _) if cores < 0 => {
            fault(
                "MODEL-142",
                "Resources.Cores",
                format!("{cores} is less than nothing; ask for 1 or more, or for CPU"),
            );
        }
        (_, cpu) => {
            let message = format!("{cpu} MHz beside cores, which bring their own; ask for one or the other");
            fault("MODEL-142", "Resources.CPU", message);
        }
    }
    if resources.memory_mb < limits.memory_mb_min {
        let message = format!("{} MiB is too little; ask for {} or more", resources.memory_mb, limits.memory_mb_min);
        fault("MODEL-142", "Resources.MemoryMB", message);
    }
    if resources.secrets_mb < 0 || resources.secrets_mb > resources.memory_mb {
        fault("MODEL-142", "Resources.SecretsMB", format!("{} must lie between 0 and MemoryMB", resources.secrets_mb));
    }
}

/// How deep opaque values may nest. What is stored is read back to a hundred levels and no further, with a dozen of them
/// around such a value: one that came in deeper would be acknowledged, and its storage never open again.
const LEVELS: usize = 32;

const TOO_DEEP: &str = "nests more than 32 levels deep; flatten it";

/// Reports bring no opaque values, and need not be looked through for them.
const _: () = assert!(!<Map<TaskState> as Reflect>::OPAQUE);

/// What is wrong with a node, by rule.
pub(crate) fn node_fault(node: &Node) -> Option<(&'static str, String)> {
    if node.id.is_empty() {
        return Some(("LOOP-701", "its ID is missing; give it one".into()));
    }
    if let Some(path) = deep_values(node, LEVELS).first() {
        return Some(("LONGSHORE-SIZE", format!("{path} {TOO_DEEP}")));
    }
    let resources = node.node_resources.as_ref();
    let total = match Capacity::of(node) {
        Ok(capacity) => capacity.total,
        Err(error) => return Some((error.code(), error.to_string())),
    };
    if total.cpu <= 0 || total.memory <= 0 {
        let why = format!(
            "it has {} MHz and {} MiB; a node without capacity could never be given work. CPU counts by the cores that a \
             node tells of: by a topology with cores, or by TotalCpuCores beside CpuShares (PLACE-39)",
            total.cpu, total.memory
        );
        return Some(("PLACE-143", why));
    }
    if let Err(fault) = PortIndex::of(node) {
        return Some((fault.code(), fault.to_string()));
    }
    let amounts = resources.map(|_| [total.cpu, total.memory, total.disk]);
    let reserved = node.reserved_resources.as_ref();
    let reserved = reserved.map(|held| [held.cpu.cpu_shares, held.memory.memory_mb, held.disk.disk_mb]);
    if let Some(negative) = amounts.iter().chain(&reserved).flatten().find(|amount| **amount < 0) {
        return Some(("PLACE-40", format!("an amount of {negative} is negative; capacities and reservations are not")));
    }
    let devices = resources.map_or(&[][..], |has| &has.devices);
    for (number, group) in devices.iter().enumerate() {
        let mut ids = BTreeSet::new();
        if let Some(twice) = group.instances.iter().find(|instance| !ids.insert(&instance.id)) {
            let why = format!("NodeResources.Devices[{number}] has two instances with the ID {:?}", twice.id);
            return Some(("PLACE-71", why));
        }
        let same = |other: &&longshore_model::NodeDevice| {
            (&other.vendor, &other.kind, &other.name) == (&group.vendor, &group.kind, &group.name)
        };
        if devices[..number].iter().any(|other| same(&other)) {
            let name = format!("{}/{}/{}", group.vendor, group.kind, group.name);
            return Some(("PLACE-71", format!("NodeResources.Devices has two groups {name}; join their instances")));
        }
    }
    None
}
