//! The benchmark through an engine: every arrival a job, registered, evaluated and committed.
//!
//! Nodes are registered in the order of their rank, so that the lowest rank is the oldest node (GPU-41). 1000 milli of
//! CPU are 1000 MHz, a node's GPUs one device group `openb/gpu/MODEL` (GPU-40).

use std::collections::BTreeMap;

use longshore::model::{
    AllocatedResources, Constraint, Job, Node, NodeDevice, NodeDeviceInstance, RequestedDevice, Task, TaskGroup, Time,
};
use longshore::placement::policy::TypicalTask;
use longshore::store::{Digest, NodeSlot, Storage};
use longshore::{Engine, Error, Limits, Options, Policy};

use crate::digest::DecisionDigest;
use crate::draws::Draw;
use crate::measure::{Measure, Placed};
use crate::mix::Mix;
use crate::workload::{TraceNode, TraceTask, Workload};

/// Where an arrival went: the node's number in the trace, and its GPUs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Placement {
    /// Number of the node in the trace.
    pub node: usize,
    /// Numbers of its GPUs, from 0.
    pub gpus: Vec<u32>,
}

/// A trace's cluster inside an engine.
#[derive(Debug)]
pub struct Cluster {
    engine: Engine,
    /// The trace's number of each node, by slot.
    numbers: Vec<usize>,
    arrivals: u64,
}

/// The trace's memory is in the engine to the MiB: a few rows ask for none, which the model's minimum would raise, and
/// that moves results by up to 0.02 points.
const LIMITS: Limits = Limits { memory_mb_min: 0, priority_max: 100, count_max: 50_000 };

impl Cluster {
    /// The cluster of a workload, its nodes registered in rank order, on a storage (memory if there is none).
    ///
    /// # Errors
    /// What the engine says of a node or of its storage.
    pub fn new(
        workload: &Workload,
        draw: &Draw,
        policy: Policy,
        storage: Option<Box<dyn Storage>>,
    ) -> Result<Cluster, Error> {
        let options = Options::with_policy(policy).seed(draw.seed).limits(LIMITS).events_kept(0);
        let mut engine = match storage {
            None => Engine::new(options),
            Some(storage) => Engine::open(storage, options)?,
        };
        let mut numbers: Vec<usize> = (0..workload.nodes.len()).collect();
        numbers.sort_by_key(|number| draw.rank[*number]);
        for number in &numbers {
            engine.register_node(node(&workload.nodes[*number]), Time(0))?;
        }
        Ok(Cluster { engine, numbers, arrivals: 0 })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The job of the next arrival of a task. Made apart from [`Cluster::arrive`], since a host has its jobs at hand.
    #[must_use]
    pub fn job(&self, task: &TraceTask) -> Job {
        job(task, self.arrivals)
    }

    /// Lets a job arrive: registered, evaluated, committed; stopped at once if no node took it (GPU-41). This is what a
    /// decision is, and what is timed.
    ///
    /// # Errors
    /// What the engine says of the job or of its storage.
    pub fn arrive(&mut self, job: Job) -> Result<Option<Placement>, Error> {
        self.arrivals += 1;
        let now = Time::from_secs(self.arrivals as i64);
        let (namespace, id) = (job.namespace.clone(), job.id.clone());
        let written = self.engine.register_job(job, now)?;
        self.engine.tick(now)?;
        let state = self.engine.state();
        if let Some(alloc) = state.allocs_of_eval(&written.eval_id).next() {
            let NodeSlot(slot) = alloc.node_slot();
            return Ok(Some(Placement { node: self.numbers[slot as usize], gpus: gpus(alloc.resources()) }));
        }
        self.engine.stop_job(&namespace, &id, now)?;
        self.engine.tick(now)?;
        Ok(None)
    }

    /// The digest of the whole state: equal for equal runs.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.engine.state().digest()
    }
}

fn node(trace: &TraceNode) -> Node {
    let node = Node::new(&trace.name)
        .datacenter("openb")
        .cpu(i64::from(trace.cpu_milli))
        .memory_mb(i64::from(trace.memory_mib))
        .driver("exec");
    if trace.gpus == 0 {
        return node;
    }
    let instance =
        |number| NodeDeviceInstance { id: format!("{number}"), healthy: true, ..NodeDeviceInstance::default() };
    node.device(NodeDevice {
        instances: (0..trace.gpus).map(instance).collect(),
        ..NodeDevice::new("openb", "gpu", &trace.model)
    })
}

fn job(trace: &TraceTask, arrival: u64) -> Job {
    let mut task =
        Task::new("task").driver("exec").cpu(i64::from(trace.cpu_milli)).memory_mb(i64::from(trace.memory_mib));
    if trace.gpus > 0 {
        let mut gpu = RequestedDevice::new("gpu").count(u64::from(trace.gpus));
        if trace.gpu_milli < 1000 {
            gpu = gpu.share(trace.gpu_milli);
        }
        gpu.constraints = match trace.models.as_slice() {
            [] => longshore::model::List::NULL,
            [model] => [Constraint::new("${device.model}", "=", model)].into(),
            // Every wanted model is one word, so "the set of wanted models contains this one" is said this way round.
            models => [Constraint::new(&models.join(","), "set_contains", "${device.model}")].into(),
        };
        task = task.device(gpu);
    }
    Job::batch(&format!("{arrival:06}-{}", trace.name)).with_group(TaskGroup::new("group").disk_mb(0).task(task))
}

/// The numbers of the GPUs that an allocation holds.
fn gpus(resources: &AllocatedResources) -> Vec<u32> {
    let devices = resources.tasks.values().flat_map(|task| task.devices.iter());
    devices.flat_map(|device| device.device_ids.iter()).filter_map(|id| id.parse().ok()).collect()
}

/// A built-in policy by its name, `fgd` with the typical mix of a workload.
///
/// # Errors
/// [`longshore::placement::policy::UnknownPolicy`], naming those there are.
pub fn policy(name: &str, mix: &Mix) -> Result<Policy, longshore::placement::policy::UnknownPolicy> {
    Policy::builtin(name, &typical(mix))
}

/// The mix as the engine's `fgd` takes it.
#[must_use]
pub fn typical(mix: &Mix) -> Vec<TypicalTask> {
    let task = |of: &crate::mix::MixType| TypicalTask {
        cpu: i64::from(of.cpu_milli),
        count: of.gpus,
        share: of.gpu_milli as u16, // at most 1000
        models: of.models.clone(),
        weight: of.weight,
    };
    mix.types().iter().map(task).collect()
}

/// What became of a run.
#[derive(Debug)]
pub struct Outcome {
    /// What was allocated and fragmented, along the arrivals.
    pub measure: Measure,
    /// A hash over the decisions (GPU-42).
    pub decisions: u64,
    /// The digest of the engine's state at the end.
    pub state: Digest,
    /// Nanoseconds of each decision, as the caller's clock had them.
    pub nanos: Vec<u64>,
    /// Arrivals refused, by what was short at the first look, most first.
    pub refusals: BTreeMap<String, u64>,
}

/// Runs a workload through an engine. `clock` answers nanoseconds from any origin and is read around each decision;
/// `progress` is told after each arrival how many there were.
///
/// # Errors
/// What the engine says.
pub fn run(
    workload: &Workload,
    draw: &Draw,
    mix: &Mix,
    mut cluster: Cluster,
    mut clock: impl FnMut() -> u64,
    mut progress: impl FnMut(u64),
) -> Result<Outcome, Error> {
    let mut measure = Measure::new(workload, mix);
    let mut decisions = DecisionDigest::new();
    let mut free: Vec<(u32, Vec<u16>)> =
        workload.nodes.iter().map(|node| (node.cpu_milli, vec![1000; node.gpus as usize])).collect();
    let mut nanos = Vec::with_capacity(draw.arrivals.len());
    let mut refusals = BTreeMap::new();
    for (number, row) in draw.arrivals.iter().enumerate() {
        let task = &workload.tasks[*row as usize];
        let job = cluster.job(task);
        let before = clock();
        let placement = cluster.arrive(job)?;
        nanos.push(clock().saturating_sub(before));
        match &placement {
            Some(Placement { node, gpus }) => {
                let (cpu, shares) = &mut free[*node];
                *cpu -= task.cpu_milli;
                gpus.iter().for_each(|gpu| shares[*gpu as usize] -= task.gpu_milli as u16);
                measure.arrived(task, Some(Placed { node: *node, cpu_free: *cpu, gpus_free: shares }));
                decisions.decided(*row, Some((*node as u32, gpus)));
            }
            None => {
                measure.arrived(task, None);
                decisions.decided(*row, None);
                *refusals.entry(format!("{:?}", task.class())).or_insert(0) += 1;
            }
        }
        progress(number as u64 + 1);
    }
    Ok(Outcome { measure, decisions: decisions.value(), state: cluster.digest(), nanos, refusals })
}
