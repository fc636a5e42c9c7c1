//! The cases: their nodes and their jobs.

use std::fmt;

use longshore::model::id::Id;
use longshore::model::{Job, Node, NodeId, Spread, Task, TaskGroup};

use crate::calibration::step;

/// How many nodes the cases have.
pub const NODES: [usize; 4] = [500, 1_000, 5_000, 10_000];
/// How many racks the cases have.
pub const RACKS: [usize; 3] = [25, 50, 75];
/// How many allocations the cases ask for.
pub const COUNTS: [u32; 5] = [50, 300, 600, 900, 1_200];

/// The fact that says which rack a node stands in.
const RACK: &str = "${meta.rack}";
/// The datacenters, in turn.
const DATACENTERS: [&str; 2] = ["dc-1", "dc-2"];

/// A case of the grid. Its name is `nodes/racks/count/spread`, or `plain` at the end for no spread.
///
/// ```
/// use longshore_sim::grid::Case;
/// let case = Case { nodes: 5_000, racks: 50, count: 1_200, spread: true };
/// assert_eq!(case.to_string(), "5000/50/1200/spread");
/// assert_eq!(Case::all().count(), 120);
/// ```
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Case {
    /// Nodes of the cluster.
    pub nodes: usize,
    /// Racks that they stand in.
    pub racks: usize,
    /// Allocations that the job asks for.
    pub count: u32,
    /// Whether they are to be spread over the racks.
    pub spread: bool,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case { nodes, racks, count, spread } = self;
        write!(f, "{nodes}/{racks}/{count}/{}", if *spread { "spread" } else { "plain" })
    }
}

impl Case {
    /// All cases, those of a cluster one after the other.
    pub fn all() -> impl Iterator<Item = Case> {
        let clusters = NODES.into_iter().flat_map(|nodes| RACKS.into_iter().map(move |racks| (nodes, racks)));
        let jobs = || COUNTS.into_iter().flat_map(|count| [false, true].map(|spread| (count, spread)));
        clusters.flat_map(move |(nodes, racks)| jobs().map(move |(count, spread)| Case { nodes, racks, count, spread }))
    }
}

/// A machine of the grid, as the reference's are: a node of a datacenter and without a rack.
#[must_use]
pub fn machine(number: usize) -> Node {
    let (high, low) = (step(number as u64), step(!(number as u64)));
    let id = NodeId(Id::from_random((u128::from(high) << 64 | u128::from(low)).to_le_bytes()));
    let node = Node { id, ..Node::new(&format!("node-{number:05}")) };
    let node = node.datacenter(DATACENTERS[number % DATACENTERS.len()]).driver("exec");
    node.cpu(14_000).memory_mb(32_000).disk_mb(100 * 1_024)
}

/// Node number `number` of a cluster with so many racks.
#[must_use]
pub fn node(number: usize, racks: usize) -> Node {
    machine(number).meta("rack", &format!("r{}", number % racks.max(1)))
}

/// The job of a case: half of the racks will do.
#[must_use]
pub fn job(id: &str, case: Case) -> Job {
    let allowed: Vec<String> = (0..case.racks / 2).map(|rack| format!("r{rack}")).collect();
    let task = Task::new("task").driver("exec").cpu(6_000).memory_mb(6_000);
    let mut job = Job::service(id).datacenters(&DATACENTERS).constraint(RACK, "set_contains_any", &allowed.join(","));
    if case.spread {
        job.spreads.push(Spread { attribute: RACK.into(), ..Spread::default() });
    }
    job.with_group(TaskGroup::new("group").count(i64::from(case.count)).task(task))
}

/// A job in a datacenter that no node is in: who evaluates it has seen the nodes, and placed nothing.
pub(super) fn elsewhere() -> Job {
    let task = Task::new("task").driver("exec");
    Job::service("elsewhere").datacenters(&["elsewhere"]).with_group(TaskGroup::new("group").task(task))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_nodes_are_equal_but_for_datacenter_and_rack() {
        let rows = (0..4).map(|number| {
            let node = node(number, 3);
            let has = node.node_resources.as_ref().expect("resources");
            assert_eq!((node.reserved_resources.as_ref(), node.ready()), (None, true));
            let (cpu, memory, disk) = (has.cpu.cpu_shares, has.memory.memory_mb, has.disk.disk_mb);
            let rack = node.meta.get("rack").expect("a rack");
            format!("{} {} {rack}: {cpu} MHz, {memory} MiB, {disk} MiB of disk\n", node.name, node.datacenter)
        });
        assert_eq!(
            rows.collect::<String>(),
            "node-00000 dc-1 r0: 14000 MHz, 32000 MiB, 102400 MiB of disk\n\
             node-00001 dc-2 r1: 14000 MHz, 32000 MiB, 102400 MiB of disk\n\
             node-00002 dc-1 r2: 14000 MHz, 32000 MiB, 102400 MiB of disk\n\
             node-00003 dc-2 r0: 14000 MHz, 32000 MiB, 102400 MiB of disk\n"
        );
        let ids: BTreeSet<NodeId> = (0..10_000).map(|number| machine(number).id).collect();
        assert_eq!(ids.len(), 10_000);
    }

    #[test]
    fn the_job_is_as_specified() {
        let table = [(25, 50, false), (5, 1_200, true), (4, 300, false)].map(|(racks, count, spread)| {
            let job = job("j", Case { nodes: 500, racks, count, spread });
            assert_eq!(job.clone().build().expect("valid").task_groups.len(), 1);
            let (group, rule) = (&job.task_groups[0], &job.constraints[0]);
            let task = &group.tasks[0];
            assert_eq!((group.tasks.len(), group.networks.len(), job.constraints.len()), (1, 0, 1));
            assert_eq!((task.resources.cpu, task.resources.memory_mb), (6_000, 6_000));
            let spread: String = job.spreads.iter().map(|spread| format!("; spread on {}", spread.attribute)).collect();
            let (kind, places, operand) = (job.kind.as_str(), job.datacenters.join("+"), rule.operand.as_str());
            format!("{kind} in {places}: {} of {} {operand} {}{spread}\n", group.count, rule.ltarget, rule.rtarget)
        });
        assert_eq!(
            table.concat(),
            "service in dc-1+dc-2: 50 of ${meta.rack} set_contains_any r0,r1,r2,r3,r4,r5,r6,r7,r8,r9,r10,r11\n\
             service in dc-1+dc-2: 1200 of ${meta.rack} set_contains_any r0,r1; spread on ${meta.rack}\n\
             service in dc-1+dc-2: 300 of ${meta.rack} set_contains_any r0,r1\n"
        );
    }

    #[test]
    fn every_case_is_there_once() {
        let names: BTreeSet<String> = Case::all().map(|case| case.to_string()).collect();
        assert_eq!(names.len(), 120);
        let first: Vec<String> = Case::all().take(3).map(|case| case.to_string()).collect();
        assert_eq!(first, ["500/25/50/plain", "500/25/50/spread", "500/25/300/plain"]);
    }
}
