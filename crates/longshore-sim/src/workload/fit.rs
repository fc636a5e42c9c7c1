//! Whether a task asks for more than any node has.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{TraceNode, TraceTask};

/// A task that asks for more of something than any node has, empty as it may be.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("{field} is {found}; {expected}")]
#[non_exhaustive]
pub struct Misfit {
    /// The task's row, from 0.
    pub row: u32,
    /// The column that asks for too much: `cpu_milli`, `memory_mib`, `num_gpu` or `gpu_spec`.
    pub field: &'static str,
    /// What the task asks for.
    pub found: String,
    /// What the nodes have.
    pub expected: String,
}

/// The most of each quantity among the nodes, and their models.
#[derive(Debug)]
pub(super) struct Largest<'a> {
    cpu_milli: u32,
    memory_mib: u32,
    gpus: u32,
    models: BTreeSet<&'a str>,
}

impl<'a> Largest<'a> {
    pub(super) fn of(nodes: &'a [TraceNode]) -> Self {
        let most = |of: fn(&TraceNode) -> u32| nodes.iter().map(of).max().unwrap_or(0);
        Largest {
            cpu_milli: most(|node| node.cpu_milli),
            memory_mib: most(|node| node.memory_mib),
            gpus: most(|node| node.gpus),
            models: nodes.iter().map(|node| node.model.as_str()).collect(),
        }
    }

    /// Says which wish of the task at `row` no node can grant. Wishes are judged one by one: the
    /// trace itself has tasks of which a node grants each but no node all (gpuspec33, row 1639,
    /// wants 120 cores and G2 GPUs), and they count as arrivals that are refused.
    pub(super) fn check(&self, row: u32, task: &TraceTask) -> Result<(), Misfit> {
        let amounts = [
            ("cpu_milli", task.cpu_milli, self.cpu_milli),
            ("memory_mib", task.memory_mib, self.memory_mib),
            ("num_gpu", task.gpus, self.gpus),
        ];
        for (field, asked, largest) in amounts {
            if asked > largest {
                return Err(Misfit {
                    row,
                    field,
                    found: asked.to_string(),
                    expected: format!("the largest node has {largest}"),
                });
            }
        }
        if !self.models.iter().any(|model| task.allows(model)) {
            return Err(Misfit {
                row,
                field: "gpu_spec",
                found: format!("`{}`", task.models.join("|")),
                expected: "no node has such a model".to_owned(),
            });
        }
        Ok(())
    }
}
