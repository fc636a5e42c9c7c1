//! A group on every node: how system and sysbatch jobs, which are asked node by node, add up what came of it (FEAS-184,
//! FEAS-185).

use longshore_model::{Node, TaskGroup};

use crate::classes::Eligibility;
use crate::record::Record;
use crate::stack::{Selection, Stack};

/// What came of one group of a system or sysbatch job on the nodes that it was tried on.
///
/// A node that is out of the question is not waited for, and goes without saying unless all are; the first that is too
/// full is a failure, and its blocked evaluation waits for it alone.
///
/// ```
/// use std::collections::BTreeSet;
/// use longshore_model::{Job, JobType, Node, Task, TaskGroup, from_json};
/// use longshore_placement::score::Census;
/// use longshore_placement::volumes::Volumes;
/// use longshore_placement::{EveryNode, Scan, SelectOptions, Settings, Stack, Tentative};
/// let node = |id: &str, mhz: u32, driver: &str| -> Result<Node, _> {
///     from_json(&format!(
///         r#"{{"ID": "{id}", "Datacenter": "dc1", "Status": "ready", "SchedulingEligibility": "eligible",
///             "Attributes": {{"driver.{driver}": "1"}},
///             "NodeResources": {{"Cpu": {{"CpuShares": {mhz}, "TotalCpuCores": 1}}, "Memory": {{"MemoryMB": 4096}},
///                 "Disk": {{"DiskMB": 10000}}, "Networks": [{{"Mode": "host"}}]}}}}"#
///     ))
/// };
/// let nodes = [node("good", 2000, "exec")?, node("other", 2000, "java")?, node("tiny", 100, "exec")?];
/// let group = TaskGroup::new("logs").task(Task::new("ship").driver("exec").cpu(500).memory_mb(256));
/// let job = Job { kind: JobType::System, ..Job::service("logs").with_group(group) };
///
/// let plan = Tentative::default(); // a scheduler puts into it what is chosen
/// let find = |id: &_| nodes.iter().find(|node| node.id == *id);
/// let penalty = BTreeSet::new();
/// let options = SelectOptions { alloc_name: "logs.logs[0]", penalty: &penalty, preferred: &[] };
///
/// let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings::default());
/// let mut every = EveryNode::new(&job.task_groups[0], nodes.len(), false);
/// for node in &nodes {
///     let census = Census { stored: &[], volumes: Volumes::default(), plan: &plan, node: &find };
///     let selection = stack.select_on(node, census, &job.task_groups[0], options);
///     every.note(node, &selection, &stack);
/// }
/// assert_eq!((every.placed(), every.queued()), (1, 1)); // nobody waits for "other"
/// assert_eq!(every.failure().map(|record| record.exhausted.total()), Some(1));
/// assert!(every.blocked().is_some_and(|(node, _)| node.id.to_string() == "tiny"));
/// # Ok::<(), longshore_model::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EveryNode<'n> {
    group: &'n TaskGroup,
    /// How many nodes are wanted that are not out of the question.
    wanted: usize,
    placed: usize,
    /// Whether the group has an allocation elsewhere that stays.
    stays: bool,
    /// What the nodes that are out of the question add up to, until it is the failure.
    filtered: Option<Record>,
    failure: Option<Record>,
    blocked: Option<(&'n Node, Eligibility)>,
}

impl<'n> EveryNode<'n> {
    /// A group that is about to be tried on so many nodes. `stays` says whether it has an allocation that is left as it is
    /// or updated in place: then the group runs somewhere, and nodes that are out of the question are no failure.
    pub fn new(group: &'n TaskGroup, nodes: usize, stays: bool) -> EveryNode<'n> {
        EveryNode { group, wanted: nodes, placed: 0, stays, filtered: None, failure: None, blocked: None }
    }

    /// Takes what came of a select [on one node](Stack::select_on), and right after it: what the stack knows of classes
    /// is then of this node.
    pub fn note(&mut self, node: &'n Node, selection: &Selection<'_>, stack: &Stack<'_>) {
        let record = &selection.record;
        if selection.chosen.is_some() {
            self.placed += 1;
        } else if record.filtered.total() > 0 {
            self.filter(record);
        } else if let Some(failure) = &mut self.failure {
            failure.coalesce(self.group);
        } else {
            self.failure = Some(record.clone());
            self.blocked = Some((node, stack.eligibility()));
        }
    }

    /// FEAS-184: where all nodes are out of the question, what they add up to is the failure.
    fn filter(&mut self, record: &Record) {
        self.wanted = self.wanted.saturating_sub(1);
        match &mut self.filtered {
            Some(sum) => sum.merge(record),
            None => self.filtered = Some(record.clone()),
        }
        if self.wanted == 0 && !self.stays && self.failure.is_none() {
            self.failure = self.filtered.take();
        }
    }

    /// Nodes on which it was placed.
    pub fn placed(&self) -> usize {
        self.placed
    }

    /// Allocations that are still missing: of nodes that are too full, and of those that it was not yet tried on.
    pub fn queued(&self) -> usize {
        self.wanted.saturating_sub(self.placed)
    }

    /// Why the group failed, if it did.
    pub fn failure(&self) -> Option<&Record> {
        self.failure.as_ref()
    }

    /// The node whose room a blocked evaluation waits for, and what that evaluation carries: the first that was too full
    /// (FEAS-185).
    pub fn blocked(&self) -> Option<(&'n Node, &Eligibility)> {
        self.blocked.as_ref().map(|(node, eligibility)| (*node, eligibility))
    }
}
