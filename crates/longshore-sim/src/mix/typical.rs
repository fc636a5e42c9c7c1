//! Which types make up the typical mix of a workload (GPU-16).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Mix, MixType, TYPICAL_PERCENT};
use crate::workload::{TraceTask, Workload};

impl Mix {
    /// The typical mix: the most frequent types that cover [`TYPICAL_PERCENT`] of the rows
    /// (GPU-16).
    ///
    /// Memory is not part of a type; CPU-only rows count.
    #[must_use]
    pub fn typical(workload: &Workload) -> Mix {
        Mix::covering(workload, TYPICAL_PERCENT)
    }

    /// The mix of the most frequent types whose rows are at least `percent` % of all: the shortest
    /// such list. 100 takes all types.
    #[must_use]
    pub fn covering(workload: &Workload, percent: u32) -> Mix {
        let mut types = counted(&workload.tasks);
        let rows = workload.tasks.len() as u64;
        let mut covered = 0u64;
        let mut kept = 0;
        while kept < types.len() && covered * 100 < rows * u64::from(percent) {
            covered += u64::from(types[kept].count);
            kept += 1;
        }
        types.truncate(kept);
        // A type's share of all rows, divided by the share covered. To divide the count by the
        // count covered is the same but for the last bit, and with that bit published figures of
        // FGD differ by up to 0.03 (see GPU-19).
        let rows = rows as f64;
        for t in &mut types {
            t.weight = (f64::from(t.count) / rows) / (covered as f64 / rows);
        }
        Mix::of_types(types, workload.models())
    }
}

/// The types of the tasks in the order of GPU-16: frequent before rare; of equally frequent ones
/// larger CPU first, then larger milli, more GPUs, and the later specification text.
fn counted(tasks: &[TraceTask]) -> Vec<MixType> {
    type Key<'a> = (u32, u32, u32, String, &'a [String]);
    let mut counts: BTreeMap<Key<'_>, u32> = BTreeMap::new();
    for task in tasks {
        let spec = task.models.join("|");
        let key = (task.cpu_milli, task.gpu_milli, task.gpus, spec, task.models.as_slice());
        *counts.entry(key).or_default() += 1;
    }
    let mut counts: Vec<(Key<'_>, u32)> = counts.into_iter().collect();
    counts.sort_by(|(left, left_count), (right, right_count)| {
        Reverse((left_count, left)).cmp(&Reverse((right_count, right)))
    });
    counts
        .into_iter()
        .map(|((cpu_milli, gpu_milli, gpus, _, models), count)| MixType {
            cpu_milli,
            gpu_milli,
            gpus,
            models: models.to_vec(),
            count,
            weight: 0.0,
        })
        .collect()
}
