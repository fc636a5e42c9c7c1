//! Workloads: the nodes of a cluster and the tasks that ask for them, read from trace files.
//!
//! A workload of the openb trace is a node list and a pod list (GPU-1, GPU-2). Nothing here knows
//! an engine: units are those of the trace, and who wants others converts them (GPU-40).

mod error;
mod fit;
mod parse;

use std::path::{Path, PathBuf};

use crate::data_dir::data_dir;
use crate::table::read_file;

pub use error::WorkloadError;
pub use fit::Misfit;

/// Thousandths of a GPU in one GPU (§1).
pub const GPU_MILLI: u32 = 1000;

/// The most GPUs a node may have, or a task ask for.
pub const GPUS_MAX: u32 = 64;

/// The least memory that a task may ask an engine for, in MiB (GPU-40).
pub const MEMORY_MIB_MIN: u32 = 10;

/// The node list that goes with every pod list of the benchmark (GPU-1).
pub const NODE_LIST: &str = "openb_node_list_gpu_node.csv";

/// What the file name of a pod list begins with; the rest of it is the workload's name.
pub const POD_LIST_PREFIX: &str = "openb_pod_list_";

/// The workloads of the benchmark, in the order of its tables.
pub const WORKLOADS: [&str; 17] = [
    "default",
    "cpu050",
    "cpu100",
    "cpu200",
    "cpu250",
    "gpushare40",
    "gpushare60",
    "gpushare80",
    "gpushare100",
    "gpuspec10",
    "gpuspec20",
    "gpuspec25",
    "gpuspec33",
    "multigpu20",
    "multigpu30",
    "multigpu40",
    "multigpu50",
];

/// A cluster and the tasks that arrive at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The name, as in [`WORKLOADS`] or from the pod list's file name.
    pub name: String,
    /// The nodes in file order; a *node number* is an index into this.
    pub nodes: Vec<TraceNode>,
    /// The tasks in file order; a *row* is an index into this.
    pub tasks: Vec<TraceTask>,
}

/// A node, everything on it free (GPU-1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceNode {
    /// The node's name, unlike every other's.
    pub name: String,
    /// CPU in 1/1000 core, above 0.
    pub cpu_milli: u32,
    /// Memory in MiB, above 0.
    pub memory_mib: u32,
    /// Number of GPUs, at most [`GPUS_MAX`].
    pub gpus: u32,
    /// The model of the GPUs; empty only if there are none.
    pub model: String,
}

/// A task: one row of a pod list (GPU-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceTask {
    /// The task's name.
    pub name: String,
    /// CPU in 1/1000 core.
    pub cpu_milli: u32,
    /// Memory in MiB; 0 in one row of most traces, see [`Workload::raise_memory`].
    pub memory_mib: u32,
    /// Number of GPUs (`num`), at most [`GPUS_MAX`].
    pub gpus: u32,
    /// Thousandths of each of these GPUs (`milli`): 1 to 1000, below 1000 only if `gpus` is 1;
    /// 0 if `gpus` is 0.
    pub gpu_milli: u32,
    /// Allowed models in the order of the trace, repetitions kept, since the text of the
    /// specification is a key of the typical mix (GPU-16). Empty: any. Empty if `gpus` is 0.
    pub models: Vec<String>,
}

/// The classes of tasks (§1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// No GPU.
    CpuOnly,
    /// A part of one GPU.
    Share,
    /// One GPU or more, each entirely.
    Whole,
}

impl Workload {
    /// Reads one of [`WORKLOADS`] from the [`data_dir()`], or the pod list at a path.
    ///
    /// What is not a workload's name, yet has a path separator in it or ends in `.csv`, is a path.
    /// `nodes` names another node list than the one of the data directory or beside the pod list.
    ///
    /// # Errors
    /// [`WorkloadError::Unknown`] for a name that is neither, with the names that come nearest;
    /// [`WorkloadError::DataDir`] if there is no data directory; else as [`Workload::read`].
    pub fn open(name_or_path: &str, nodes: Option<&Path>) -> Result<Workload, WorkloadError> {
        if WORKLOADS.contains(&name_or_path) {
            let folder = data_dir()?.join("openb");
            return Workload::read(&pod_list(&folder, name_or_path), nodes);
        }
        let is_path = name_or_path.contains(['/', '\\']) || name_or_path.ends_with(".csv");
        if is_path {
            return Workload::read(Path::new(name_or_path), nodes);
        }
        Err(WorkloadError::unknown(name_or_path))
    }

    /// Reads one of [`WORKLOADS`] from `openb/` in `data_dir`.
    ///
    /// # Errors
    /// [`WorkloadError::Unknown`] for another name; else as [`Workload::read`].
    pub fn named(name: &str, data_dir: &Path) -> Result<Workload, WorkloadError> {
        if !WORKLOADS.contains(&name) {
            return Err(WorkloadError::unknown(name));
        }
        Workload::read(&pod_list(&data_dir.join("openb"), name), None)
    }

    /// Reads a pod list and a node list; without `nodes`, the [`NODE_LIST`] beside the pod list.
    ///
    /// The name is the pod list's file name without [`POD_LIST_PREFIX`] and extension.
    ///
    /// # Errors
    /// A [`WorkloadError`] for the first line that breaks a rule, the node list being read first.
    pub fn read(tasks: &Path, nodes: Option<&Path>) -> Result<Workload, WorkloadError> {
        let beside = tasks.with_file_name(NODE_LIST);
        let nodes = nodes.unwrap_or(&beside);
        let node_bytes = read_file(nodes)?;
        let task_bytes = read_file(tasks)?;
        Workload::parse((nodes, &node_bytes), (tasks, &task_bytes))
    }

    /// Reads a workload from memory; the paths only name the places of mistakes and the workload.
    ///
    /// # Errors
    /// As [`Workload::read`]. No bytes make it panic.
    pub fn parse(
        (nodes_file, nodes): (&Path, &[u8]),
        (tasks_file, tasks): (&Path, &[u8]),
    ) -> Result<Workload, WorkloadError> {
        let nodes = parse::nodes(nodes_file, nodes)?;
        let tasks = parse::tasks(tasks_file, tasks, &nodes)?;
        let stem = tasks_file.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem.strip_prefix(POD_LIST_PREFIX).unwrap_or(&stem);
        Ok(Workload { name: name.to_owned(), nodes, tasks })
    }

    /// Checks that no task asks for more of anything than any node has.
    ///
    /// Reading a workload has checked this already; a workload put together by hand has not.
    ///
    /// # Errors
    /// The first [`Misfit`], by row: more CPU, memory or GPUs than any node has, or models that no
    /// node has. That one node has all of it together is not asked for: some rows of the trace fail
    /// that and are refused whenever they arrive (GPU-7).
    pub fn check_fits(&self) -> Result<(), Misfit> {
        let largest = fit::Largest::of(&self.nodes);
        (0u32..).zip(&self.tasks).try_for_each(|(row, task)| largest.check(row, task))
    }

    /// Raises the memory of every task below [`MEMORY_MIB_MIN`] to that, as a job of an engine needs
    /// it (GPU-40), and counts the tasks raised: one in 14 of the workloads, none in the others.
    ///
    /// Published figures are those of the traces as they are. Raising leaves most of them alone, but
    /// moves some means by up to 0.03: one node that is short of 10 MiB sends one task elsewhere, and
    /// whatever follows may differ. An engine is compared with a twin of the raised workload.
    pub fn raise_memory(&mut self) -> usize {
        let below = |task: &&mut TraceTask| task.memory_mib < MEMORY_MIB_MIN;
        let raised = self.tasks.iter_mut().filter(below);
        raised.map(|task| task.memory_mib = MEMORY_MIB_MIN).count()
    }

    /// All GPUs of the cluster, in 1/1000 GPU: 6,212,000 for openb.
    #[must_use]
    pub fn gpu_capacity_milli(&self) -> u64 {
        let gpus: u64 = self.nodes.iter().map(|node| u64::from(node.gpus)).sum();
        gpus * u64::from(GPU_MILLI)
    }

    /// The models of the nodes, sorted, each once.
    #[must_use]
    pub fn models(&self) -> Vec<String> {
        parse::models(&self.nodes)
    }
}

impl TraceTask {
    /// What the task asks of all its GPUs together (`D`), in 1/1000 GPU.
    #[must_use]
    pub fn demand_milli(&self) -> u64 {
        u64::from(self.gpus) * u64::from(self.gpu_milli)
    }

    /// The class (§1).
    #[must_use]
    pub fn class(&self) -> Class {
        match (self.gpus, self.gpu_milli) {
            (0, _) => Class::CpuOnly,
            (_, GPU_MILLI) => Class::Whole,
            (_, _) => Class::Share,
        }
    }

    /// Whether GPUs of this model may serve the task (GPU-10). CPU-only tasks take any node.
    #[must_use]
    pub fn allows(&self, model: &str) -> bool {
        self.gpus == 0 || self.models.is_empty() || self.models.iter().any(|m| m == model)
    }
}

fn pod_list(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{POD_LIST_PREFIX}{name}.csv"))
}

#[cfg(test)]
mod tests;
