//! Node lists and pod lists, row by row; the first line that breaks a rule ends the reading.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::fit::Largest;
use super::{GPU_MILLI, GPUS_MAX, TraceNode, TraceTask, WorkloadError};
use crate::table::{Row, Table};

/// The largest amount of CPU or memory in a file: what a signed 32-bit number holds.
const AMOUNT_MAX: u32 = i32::MAX as u32;

/// Reads a node list (GPU-1).
pub(super) fn nodes(file: &Path, bytes: &[u8]) -> Result<Vec<TraceNode>, WorkloadError> {
    let columns = ["sn", "cpu_milli", "memory_mib", "gpu", "model"];
    let mut table = Table::parse(file, bytes, &columns, &[])?;
    let mut nodes = Vec::new();
    let mut line_of_name = BTreeMap::new();
    while let Some(row) = table.next_row()? {
        let node = node(file, &row)?;
        if let Some(first_line) = line_of_name.insert(node.name.clone(), row.line()) {
            return Err(WorkloadError::DuplicateNode {
                file: file.to_path_buf(),
                line: row.line(),
                found: node.name,
                first_line,
            });
        }
        nodes.push(node);
    }
    not_empty(file, nodes)
}

/// Reads a pod list (GPU-2) for a cluster of `nodes`. `multigpu*` lists have no `gpu_spec`.
pub(super) fn tasks(file: &Path, bytes: &[u8], nodes: &[TraceNode]) -> Result<Vec<TraceTask>, WorkloadError> {
    let columns = ["name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"];
    let mut table = Table::parse(file, bytes, &columns, &["gpu_spec"])?;
    let largest = Largest::of(nodes);
    let mut tasks = Vec::new();
    while let Some(row) = table.next_row()? {
        let task = task(file, &row)?;
        let number = u32::try_from(tasks.len()).unwrap_or(u32::MAX);
        largest.check(number, &task).map_err(|misfit| WorkloadError::TooLarge {
            file: file.to_path_buf(),
            line: row.line(),
            misfit,
        })?;
        tasks.push(task);
    }
    not_empty(file, tasks)
}

/// The models of the nodes, sorted, each once.
pub(super) fn models(nodes: &[TraceNode]) -> Vec<String> {
    let models: BTreeSet<&str> =
        nodes.iter().map(|node| node.model.as_str()).filter(|model| !model.is_empty()).collect();
    models.into_iter().map(str::to_owned).collect()
}

fn node(file: &Path, row: &Row<'_>) -> Result<TraceNode, WorkloadError> {
    let node = TraceNode {
        name: named(row, "sn")?,
        cpu_milli: row.number("cpu_milli", 0..=AMOUNT_MAX)?,
        memory_mib: row.number("memory_mib", 0..=AMOUNT_MAX)?,
        gpus: row.number("gpu", 0..=GPUS_MAX)?,
        model: row.text("model")?.to_owned(),
    };
    for (field, amount) in [("cpu_milli", node.cpu_milli), ("memory_mib", node.memory_mib)] {
        if amount == 0 {
            return Err(WorkloadError::NoCapacity { file: file.to_path_buf(), line: row.line(), field });
        }
    }
    if node.gpus > 0 && node.model.is_empty() {
        return Err(row.wrong("model", "the model of the node's GPUs").into());
    }
    if node.model.contains('|') {
        return Err(row.wrong("model", "one model, so without `|`").into());
    }
    Ok(TraceNode {
        // GPU-1: a model without GPUs is no model.
        model: if node.gpus == 0 { String::new() } else { node.model },
        ..node
    })
}

fn task(file: &Path, row: &Row<'_>) -> Result<TraceTask, WorkloadError> {
    let task = TraceTask {
        name: named(row, "name")?,
        cpu_milli: row.number("cpu_milli", 0..=AMOUNT_MAX)?,
        memory_mib: row.number("memory_mib", 0..=AMOUNT_MAX)?,
        gpus: row.number("num_gpu", 0..=GPUS_MAX)?,
        gpu_milli: row.number("gpu_milli", 0..=GPU_MILLI)?,
        models: allowed(row)?,
    };
    if task.gpus == 0 {
        // GPU-2: without GPUs, neither a share nor a model.
        return Ok(TraceTask { gpu_milli: 0, models: Vec::new(), ..task });
    }
    if task.gpu_milli == 0 {
        let expected = "a whole number from 1 to 1000 where num_gpu is above 0";
        return Err(row.wrong("gpu_milli", expected).into());
    }
    if task.gpus > 1 && task.gpu_milli < GPU_MILLI {
        return Err(WorkloadError::ShareOfSeveral {
            file: file.to_path_buf(),
            line: row.line(),
            found: task.gpu_milli,
            gpus: task.gpus,
        });
    }
    Ok(task)
}

/// The models of `gpu_spec`, in its order.
fn allowed(row: &Row<'_>) -> Result<Vec<String>, WorkloadError> {
    let spec = row.text("gpu_spec")?;
    if spec.is_empty() {
        return Ok(Vec::new());
    }
    if spec.split('|').any(str::is_empty) {
        let expected = "models joined by `|`, none of them empty";
        return Err(row.wrong("gpu_spec", expected).into());
    }
    Ok(spec.split('|').map(str::to_owned).collect())
}

fn named(row: &Row<'_>, field: &'static str) -> Result<String, WorkloadError> {
    let name = row.text(field)?;
    if name.is_empty() {
        return Err(row.wrong(field, "a name").into());
    }
    Ok(name.to_owned())
}

fn not_empty<T>(file: &Path, rows: Vec<T>) -> Result<Vec<T>, WorkloadError> {
    if rows.is_empty() {
        return Err(WorkloadError::Empty { file: file.to_path_buf() });
    }
    Ok(rows)
}
