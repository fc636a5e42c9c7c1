//! What the benches have in common: clusters and jobs of a known shape.
//!
//! Benches live in `benches/benches`; the names of their measurements say the shape of the input.
//!
//! | Bench | Measures |
//! |---|---|
//! | `argmax` | finding the best node: again after one node changed, and for an ask never seen before |
//! | `register_to_commit` | one decision: a job registered, evaluated, placed and committed |
//! | `state` | applying a batch of one row, with and without snapshots held; lookups by id |

use longshore::model::{Job, Node, Task, TaskGroup};

/// Node number `number` of a synthetic cluster: one of four sizes, 4,000 to 32,000 MHz, 2 MiB for each MHz.
pub fn node(number: usize) -> Node {
    let cpu = 4_000 << (number % 4);
    Node::new(&format!("node-{number:06}"))
        .datacenter("dc1")
        .cpu(cpu)
        .memory_mb(2 * cpu)
        .disk_mb(1_000_000)
        .driver("exec")
}

/// A service of so many allocations of one task, 100 MHz and 200 MiB each.
pub fn service(id: &str, count: i64) -> Job {
    Job::service(id).with_group(TaskGroup::new("group").count(count).task(task(100)))
}

/// A task of so many MHz, with 2 MiB for each.
pub fn task(cpu: i64) -> Task {
    Task::new("task").driver("exec").cpu(cpu).memory_mb(2 * cpu)
}
