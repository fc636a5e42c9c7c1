//! Select after select for one plan in the making, the plain way: every rule as it is written, every node asked anew.
//!
//! A stack is what one attempt at an evaluation chooses nodes with: it is made for a job and its candidates, asked for a
//! node again and again, and thrown away. Between selects it keeps what the reference keeps: where the last walk ended,
//! the visit limit, answers by class, and what spreads have seen.
//!
//! It is slow, and meant to be read: the fast search is measured by it, and studies of how the reference places walk
//! with it.

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::{GroupName, Job, JobType, NetworkResource, Node, NodeId, TaskGroup};

use crate::attempt::Placed;
use crate::classes::{Classes, Eligibility};
use crate::examine::{Before, Examined, Examiner, Manner};
use crate::limit::{Limit, first_best, visit_limit};
use crate::record::Record;
use crate::scan::Scan;
use crate::score::{Census, Scores, SpreadRule};
use crate::top_scores::TopScores;

/// The node limit where none is configured (PLACE-4).
const NODE_LIMIT: i64 = 100;

/// Which nodes a select looks at.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Visit {
    /// All of them; the best final score wins, the first of equals.
    #[default]
    Every,
    /// A few, as the reference does: from where the last select ended, until enough have a score (PLACE-15 to PLACE-23).
    Sampled,
}

/// How a stack goes about its selects.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Which nodes are looked at.
    pub visit: Visit,
    /// Whether what one node or group has shown is held to be true of others, as in the reference: the first node of a
    /// class speaks for all (FEAS-23), a claim that one node would meet is met for the nodes after it (FEAS-127), and a
    /// group without a network is taken to ask for that of the group before (FEAS-18). Otherwise each is asked for itself.
    pub carry_over: bool,
    /// Whether emptier nodes are better (PLACE-81).
    pub spread: bool,
    /// Whether tasks may grow beyond their memory (PLACE-46).
    pub oversubscription: bool,
    /// Whether allocations of lower priority may be displaced where there is no other way (PLACE-27, PLACE-33).
    pub preempt: bool,
    /// How many scored nodes are enough for groups with affinities or spreads; 0 for 100 (PLACE-4, PLACE-19).
    pub node_limit: i64,
    /// Where dynamic ports come from.
    pub seed: u64,
}

/// What one select is about, besides the group: the reference's select options.
#[derive(Clone, Copy, Debug)]
pub struct SelectOptions<'a, 'n> {
    /// The name of the allocation that is placed.
    pub alloc_name: &'a str,
    /// Nodes where it failed before (PLACE-26).
    pub penalty: &'a BTreeSet<NodeId>,
    /// Nodes to try before all others (PLACE-24).
    pub preferred: &'a [&'n Node],
}

/// How a select went.
#[derive(Clone, Debug)]
pub struct Selection<'n> {
    /// The node, unless there is none.
    pub chosen: Option<Chosen<'n>>,
    /// What it tells about itself: of the last walk, if there were several (PLACE-127).
    pub record: Record,
}

/// A node that was chosen.
#[derive(Clone, Debug)]
pub struct Chosen<'n> {
    /// The node.
    pub node: &'n Node,
    /// What the group gets there, and whom it displaces.
    pub placed: Placed,
    /// How good it is.
    pub scores: Scores,
}

/// Chooses nodes for the groups of a job, one allocation after the other. A stack is for one version of the job; what a
/// select has chosen counts for the next once the caller has put it into the plan.
///
/// ```
/// use std::collections::BTreeSet;
/// use longshore_model::{Job, Node, TaskGroup, Task, from_json};
/// use longshore_placement::score::Census;
/// use longshore_placement::volumes::Volumes;
/// use longshore_placement::{SelectOptions, Scan, Settings, Stack, Tentative};
/// let node = |id: &str, mhz: u32| -> Result<Node, _> {
///     from_json(&format!(
///         r#"{{"ID": "{id}", "Datacenter": "dc1", "Status": "ready", "SchedulingEligibility": "eligible",
///             "Attributes": {{"driver.exec": "1"}},
///             "NodeResources": {{"Cpu": {{"CpuShares": {mhz}, "TotalCpuCores": 1}}, "Memory": {{"MemoryMB": 4096}},
///                 "Disk": {{"DiskMB": 10000}}, "Networks": [{{"Mode": "host"}}]}}}}"#
///     ))
/// };
/// let nodes = [node("large", 8000)?, node("small", 2000)?, node("tiny", 100)?];
/// let group = TaskGroup::new("front").task(Task::new("web").driver("exec").cpu(500).memory_mb(256));
/// let job = Job::service("shop").with_group(group);
///
/// let plan = Tentative::default();
/// let find = |id: &_| nodes.iter().find(|node| node.id == *id);
/// let census = Census { stored: &[], volumes: Volumes::default(), plan: &plan, node: &find };
/// let (penalty, group) = (BTreeSet::new(), &job.task_groups[0]);
/// let options = SelectOptions { alloc_name: "shop.front[0]", penalty: &penalty, preferred: &[] };
///
/// let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings::default());
/// let selection = stack.select(census, group, options);
/// assert_eq!(selection.chosen.unwrap().node.id.to_string(), "small"); // fuller is better
/// assert_eq!((selection.record.evaluated, selection.record.metric().dimension_exhausted.get("cpu")), (3, Some(&1)));
/// # Ok::<(), longshore_model::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stack<'n> {
    job: &'n Job,
    /// The candidates, in visiting order.
    scan: Scan<'n>,
    settings: Settings,
    /// Where the next walk begins (PLACE-15).
    cursor: usize,
    /// How many scored nodes are enough (PLACE-18 to PLACE-20).
    limit: usize,
    /// The lowest boost of spreads so far (PLACE-95).
    lowest: f64,
    /// What spreads of the groups selected so far weigh, and which groups these are (PLACE-93).
    weights: BTreeMap<GroupName, i64>,
    /// The network of the last group that had one (FEAS-18).
    network: Option<NetworkResource>,
    classes: Classes,
}

impl<'n> Stack<'n> {
    /// A stack for a job and its candidates, which are visited in the order that they have in `scan`.
    pub fn new(job: &'n Job, scan: Scan<'n>, settings: Settings) -> Stack<'n> {
        Stack {
            limit: visit_limit(scan.nodes.len(), job.kind != JobType::Batch, None),
            job,
            scan,
            settings,
            cursor: 0,
            lowest: -1.0,
            weights: BTreeMap::new(),
            network: None,
            classes: Classes::new(job),
        }
    }

    /// Chooses a node for one allocation of a service or batch job's group: preferred nodes first (PLACE-24), and first
    /// without displacing anybody (PLACE-27).
    ///
    /// # Cost
    /// O(stored allocations) to begin with, and for every node that is looked at, what its allocations hold.
    pub fn select<'a>(
        &mut self,
        census: Census<'a>,
        group: &'a TaskGroup,
        options: SelectOptions<'a, 'n>,
    ) -> Selection<'n>
    where
        'n: 'a,
    {
        let mut selection = self.pass(census, group, options, false);
        if selection.chosen.is_none() && self.settings.preempt {
            selection = self.pass(census, group, options, true);
        }
        selection
    }

    /// Looks at one node only: for system jobs, which are asked node by node (PLACE-16, PLACE-33), and for others to see
    /// whether an allocation may change where it is (PLACE-29). Where the next walk begins does not change. What came of
    /// all nodes for a system job is for [`EveryNode`](crate::EveryNode) to add up.
    pub fn select_on<'a>(
        &mut self,
        node: &'n Node,
        census: Census<'a>,
        group: &'a TaskGroup,
        options: SelectOptions<'a, 'n>,
    ) -> Selection<'n>
    where
        'n: 'a,
    {
        let system = matches!(self.job.kind, JobType::System | JobType::SysBatch);
        if system {
            self.classes.forget();
        }
        let examiner = self.examiner(census, group, options, system && self.settings.preempt);
        let mut selection = self.walk(&examiner, group, &[node], 0, None);
        if system {
            selection.record = selection.record.on_one_node(selection.chosen.is_some());
        }
        selection
    }

    /// What is known of classes of nodes, and what is missing: for an evaluation that is blocked (FEAS-33, FEAS-34).
    pub fn eligibility(&self) -> Eligibility {
        self.classes.eligibility()
    }

    /// One select in the reference's sense: preferred nodes, then all.
    fn pass<'a>(
        &mut self,
        census: Census<'a>,
        group: &'a TaskGroup,
        options: SelectOptions<'a, 'n>,
        preempt: bool,
    ) -> Selection<'n>
    where
        'n: 'a,
    {
        let examiner = self.examiner(census, group, options, preempt);
        let sampled = self.settings.visit == Visit::Sampled;
        let limit = sampled.then_some(self.limit);
        if !options.preferred.is_empty() {
            let selection = self.walk(&examiner, group, options.preferred, 0, limit);
            self.cursor = 0;
            if selection.chosen.is_some() {
                return selection;
            }
        }
        let nodes = std::mem::take(&mut self.scan.nodes);
        let begin = if sampled { self.cursor } else { 0 };
        let selection = self.walk(&examiner, group, &nodes, begin, limit);
        let drawn = usize::try_from(selection.record.evaluated).unwrap_or(0);
        self.cursor = (begin + drawn).checked_rem(nodes.len()).unwrap_or(0);
        self.scan.nodes = nodes;
        selection
    }

    fn examiner<'a>(
        &mut self,
        census: Census<'a>,
        group: &'a TaskGroup,
        options: SelectOptions<'a, 'n>,
        preempt: bool,
    ) -> Examiner<'a>
    where
        'n: 'a,
    {
        let Settings { spread, oversubscription, seed, node_limit, .. } = self.settings;
        if prefers(self.job, group) {
            let least = if node_limit == 0 { NODE_LIMIT } else { node_limit };
            self.limit = visit_limit(self.scan.nodes.len(), true, Some((group.count, least)));
        }
        if self.settings.carry_over && !group.networks.is_empty() {
            self.network = group.networks.first().cloned();
        }
        self.weights.insert(group.name.clone(), SpreadRule::weights(self.job, group));
        let others = self.weights.iter().filter(|(name, _)| **name != group.name).map(|(_, weight)| weight);
        let before = Before { weights: others.sum(), network: self.network.as_ref() };
        let manner = Manner {
            alloc_name: options.alloc_name,
            spread,
            oversubscription,
            preempt,
            penalty: options.penalty,
            seed,
        };
        Examiner::after(before, census, self.job, group, manner)
    }

    /// Draws from a ring of nodes as far as it must: without a limit, all of them.
    fn walk<'a>(
        &mut self,
        examiner: &Examiner<'a>,
        group: &TaskGroup,
        ring: &[&'n Node],
        begin: usize,
        limit: Option<usize>,
    ) -> Selection<'n> {
        let (mut record, mut top) = (Record::begin(self.job, &self.scan), TopScores::new());
        let mut unmet = examiner.unmet();
        let (before, after) = ring.split_at(begin);
        let scored = after.iter().chain(before).filter_map(|node| {
            record.evaluated += 1;
            if !self.settings.carry_over {
                unmet = examiner.unmet();
            }
            let admitted = self.classes.admit(examiner.demands(), &group.name, node, self.settings.carry_over);
            match examiner.examine_admitted(admitted, node, &mut self.lowest, &mut unmet) {
                Examined::Filtered(reason) => {
                    self.classes.note_missing(self.job, &reason);
                    record.filter(node, reason);
                    None
                }
                Examined::Exhausted(reason) => {
                    record.exhaust(node, reason);
                    None
                }
                Examined::Scored(placed, scores) => {
                    top.push(scores.mean(), (node.id.clone(), scores));
                    Some((scores.mean(), Chosen { node, placed: *placed, scores }))
                }
            }
        });
        let best = match limit {
            Some(limit) => first_best(Limit::new(limit, scored)),
            None => first_best(scored),
        };
        record.rank(top);
        if best.is_none() {
            record.fail(group);
        }
        Selection { chosen: best.map(|(_, chosen)| chosen), record }
    }
}

/// Whether a group has affinities or spreads (PLACE-19).
fn prefers(job: &Job, group: &TaskGroup) -> bool {
    let affinities = !job.affinities.is_empty() || !group.affinities.is_empty();
    let of_tasks = group.tasks.iter().any(|task| !task.affinities.is_empty());
    affinities || of_tasks || !job.spreads.is_empty() || !group.spreads.is_empty()
}
