//! A million allocations, from a registration to a commit: a thousand jobs of a thousand allocations on 5,000 nodes.
//!
//! The nodes are those of the [`grid`](crate::grid), in ten classes by `meta.tier` instead of racks. There are ten kinds
//! of jobs, each constrained to half of the classes, another half for each. A job is registered, evaluated, planned and
//! committed before the next one comes.

use longshore::model::{Job, Node, Task, TaskGroup, Time};
use longshore::store::MemoryStorage;
use longshore::{Engine, Error, Options};

use crate::grid::machine;

/// Nodes of the cluster.
pub const NODES: usize = 5_000;
/// Classes of nodes, and kinds of jobs.
pub const TIERS: usize = 10;
/// Jobs.
pub const JOBS: usize = 1_000;
/// Allocations of a job.
pub const COUNT: u32 = 1_000;

/// When it begins; a second passes from job to job.
const START: i64 = 1_700_000_000;

/// Node number `number`.
#[must_use]
pub fn node(number: usize) -> Node {
    machine(number).meta("tier", &format!("t{}", number % TIERS))
}

/// Job number `number`: its kind is the number's last digit, and a kind may use five tiers from its own on, in a ring.
#[must_use]
pub fn job(number: usize) -> Job {
    let tiers: Vec<String> = (0..TIERS / 2).map(|next| format!("t{}", (number + next) % TIERS)).collect();
    let task = Task::new("task").driver("exec").cpu(50).memory_mb(100);
    Job::service(&format!("job-{number:04}"))
        .datacenters(&["dc-1", "dc-2"])
        .constraint("${meta.tier}", "set_contains_any", &tiers.join(","))
        .with_group(TaskGroup::new("group").count(i64::from(COUNT)).task(task))
}

/// An engine with the nodes, on a storage in memory that keeps what is committed.
///
/// # Errors
/// What the engine says of a node.
pub fn cluster() -> Result<Engine, Error> {
    let mut engine = Engine::open(Box::new(MemoryStorage::new()), Options::default())?;
    for number in 0..NODES {
        engine.register_node(node(number), Time::from_secs(START))?;
    }
    Ok(engine)
}

/// Registers, evaluates, plans and commits job after job: what is timed. Answers how many allocations were placed.
///
/// # Errors
/// What the engine says of a job, or of its storage.
pub fn run(engine: &mut Engine, jobs: Vec<Job>) -> Result<usize, Error> {
    let mut placed = 0;
    for (number, job) in jobs.into_iter().enumerate() {
        let now = Time::from_secs(START + number as i64);
        engine.register_job(job, now)?;
        placed += engine.tick(now)?.placed;
    }
    Ok(placed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ten_kinds_have_ten_halves() {
        let rule = |number| {
            let job = job(number);
            let group = &job.task_groups[0];
            let resources = &group.tasks[0].resources;
            assert_eq!((job.task_groups.len(), group.count, group.tasks.len()), (1, 1_000, 1));
            assert_eq!((resources.cpu, resources.memory_mb), (50, 100));
            assert!(job.clone().build().is_ok());
            format!("{} {}", job.constraints[0].ltarget, job.constraints[0].rtarget)
        };
        assert_eq!([rule(0), rule(7)], ["${meta.tier} t0,t1,t2,t3,t4", "${meta.tier} t7,t8,t9,t0,t1"]);
        assert_eq!((0..JOBS).map(rule).collect::<BTreeSet<_>>().len(), TIERS);
        let class = |node: Node| (node.meta.get("tier").cloned(), node.datacenter);
        let classes: BTreeSet<_> = (0..NODES).map(node).map(class).collect();
        assert_eq!(classes.len(), TIERS);
    }

    #[test]
    fn every_allocation_is_placed_and_committed() -> Result<(), Error> {
        let mut engine = cluster()?;
        assert_eq!(run(&mut engine, (0..3).map(job).collect())?, 3_000);
        let state = engine.state();
        assert_eq!((state.alloc_count(), state.job_count(), engine.blocked_count()), (3_000, 3, 0));
        let tier = |number| format!("t{number}");
        let of_last = state.allocs().filter(|alloc| alloc.name().starts_with("job-0002"));
        let allowed: BTreeSet<String> = (2..7).map(tier).collect();
        assert!(
            of_last.filter_map(|alloc| alloc.node()?.meta.get("tier").cloned()).all(|tier| allowed.contains(&tier))
        );
        state.check_invariants().expect("whole");
        Ok(())
    }
}
