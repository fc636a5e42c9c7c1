//! Who is where: every allocation, one by one. Nothing is summed but when it is asked for.

use std::sync::Arc;

use longshore_model::{AllocatedResources, Allocation, Job, Node, TaskGroup};

/// Where an allocation of the state stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    /// It runs and is to.
    Running,
    /// It runs, and is to stop: it holds its place, but is not counted among uses (FEAS-150, FEAS-154).
    Told,
    /// It runs, and is of a job of this id that was purged since (FEAS-154).
    Older,
    /// It has ended: it holds nothing.
    Ended,
}

/// One allocation.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) id: u64,
    pub(crate) slot: usize,
    pub(crate) job: usize,
    pub(crate) group: usize,
    pub(crate) status: Status,
    /// Whether the plan in the making has placed it.
    pub(crate) planned: bool,
    /// Whether the plan in the making stops it.
    pub(crate) stopped: bool,
    /// CPU, memory, disk.
    pub(crate) amounts: [i64; 3],
    /// Model, instance and thousandths of each device.
    pub(crate) devices: Vec<(String, String, i64)>,
    pub(crate) alloc: Arc<Allocation>,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) allocs: Vec<Held>,
    pub(crate) next: u64,
}

impl Ledger {
    /// Those that the plan leaves on a node (PLACE-34).
    pub(crate) fn on(&self, slot: usize) -> impl Iterator<Item = &Held> {
        self.allocs.iter().filter(move |held| held.slot == slot && held.is_there())
    }

    pub(crate) fn of_job(&self, job: usize) -> impl Iterator<Item = &Held> + Clone {
        self.allocs.iter().filter(move |held| held.job == job)
    }

    pub(crate) fn get(&mut self, id: u64) -> &mut Held {
        self.allocs.iter_mut().find(|held| held.id == id).expect("ids are given once")
    }

    /// Notes a placement of the plan in the making.
    pub(crate) fn place(&mut self, slot: usize, job: (usize, &Job), group: usize, resources: &Arc<AllocatedResources>) {
        let alloc = Allocation {
            id: format!("a{}", self.next).into(),
            job_id: job.1.id.clone(),
            task_group: job.1.task_groups[group].name.clone(),
            allocated_resources: Some((**resources).clone()),
            ..Allocation::default()
        };
        let tasks = resources.tasks.values();
        let devices = tasks.flat_map(|task| task.devices.iter()).flat_map(|held| {
            let share = held.share.map_or(1000, i64::from);
            held.device_ids.iter().map(move |id| (held.name.clone(), id.clone(), share))
        });
        self.allocs.push(Held {
            id: self.next,
            slot,
            job: job.0,
            group,
            status: Status::Running,
            planned: true,
            stopped: false,
            amounts: held_by(resources),
            devices: devices.collect(),
            alloc: Arc::new(alloc),
        });
        self.next += 1;
    }
}

impl Held {
    pub(crate) fn is_there(&self) -> bool {
        self.status != Status::Ended && !self.stopped
    }

    pub(crate) fn resources(&self) -> &AllocatedResources {
        self.alloc.allocated_resources.as_ref().expect("every allocation here has resources")
    }
}

/// PLACE-41: the greatest of the phases; what holds cores adds its CPU to all of them (PLACE-42).
fn peak<'a>(tasks: impl Iterator<Item = (Option<(&'a str, bool)>, i64, i64, bool)>) -> [i64; 2] {
    let (mut main, mut before, mut after, mut apart) = ([0; 2], [0; 2], [0; 2], 0);
    for (lifecycle, cpu, memory, cores) in tasks {
        let shared = if cores { 0 } else { cpu };
        apart += cpu - shared;
        let add = |phase: &mut [i64; 2]| (phase[0], phase[1]) = (phase[0] + shared, phase[1] + memory);
        match lifecycle {
            None | Some(("poststart", _)) => add(&mut main),
            Some(("prestart", sidecar)) => {
                add(&mut before);
                if sidecar {
                    add(&mut main);
                }
            }
            Some(_) => add(&mut after),
        }
    }
    let most = |of: usize| main[of].max(before[of]).max(after[of]);
    [most(0) + apart, most(1)]
}

/// What an allocation of a group without cores holds: CPU, memory, disk.
pub(crate) fn asked_by(group: &TaskGroup) -> [i64; 3] {
    let tasks = group.tasks.iter().map(|task| {
        let lifecycle = task.lifecycle.as_ref().map(|when| (when.hook.as_str(), when.sidecar));
        (lifecycle, task.resources.cpu, task.resources.memory_mb, false)
    });
    let [cpu, memory] = peak(tasks);
    [cpu, memory, group.ephemeral_disk.size_mb]
}

fn held_by(resources: &AllocatedResources) -> [i64; 3] {
    let tasks = resources.tasks.iter().map(|(name, task)| {
        let lifecycle = resources.task_lifecycles.get(name).and_then(Option::as_ref);
        let lifecycle = lifecycle.map(|when| (when.hook.as_str(), when.sidecar));
        (lifecycle, task.cpu.cpu_shares, task.memory.memory_mb, !task.cpu.reserved_cores.is_empty())
    });
    let [cpu, memory] = peak(tasks);
    [cpu, memory, resources.shared.disk_mb]
}

/// What a node has for allocations (PLACE-37 to PLACE-40).
pub(crate) fn available(node: &Node) -> [i64; 3] {
    let Some(has) = &node.node_resources else { return [0; 3] };
    let cores = has.processors.topology.as_ref().map(|topology| topology.cores.iter().map(|core| core.base_speed));
    let cpu = cores.map_or(has.cpu.cpu_shares, Iterator::sum);
    let kept = node.reserved_resources.as_ref();
    let kept = kept.map_or([0; 3], |kept| [kept.cpu.cpu_shares, kept.memory.memory_mb, kept.disk.disk_mb]);
    [cpu - kept[0], has.memory.memory_mb - kept[1], has.disk.disk_mb - kept[2]]
}
