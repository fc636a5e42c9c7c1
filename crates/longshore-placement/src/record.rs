//! What a select tells about itself: how many nodes it looked at, and what was wrong with them (FEAS-175 to FEAS-181,
//! PLACE-127 to PLACE-139).

use std::collections::BTreeMap;
use std::fmt::Display;

use longshore_model::{AllocMetric, Job, JobType, List, Map, Node, NodeId, NodeScore, Resources, TaskGroup};

use crate::account::Shortage;
use crate::attempt::Exhausted;
use crate::feasible::Unfit;
use crate::scan::Scan;
use crate::score::Scores;
use crate::top_scores::TopScores;

/// The record of one select. Reasons are kept as they are; [`metric`](Record::metric) turns them into texts.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Candidates by datacenter; `None` if the record tells nothing of the candidates (FEAS-179, FEAS-180).
    pub available: Option<BTreeMap<String, u64>>,
    /// Candidates; 0 if the record tells nothing of them.
    pub in_pool: u64,
    /// The job's pool; empty if the record does not tell it.
    pub pool: String,
    /// Nodes drawn (PLACE-128).
    pub evaluated: u64,
    /// Nodes out of the question, by reason (FEAS-176).
    pub filtered: Tally<Unfit>,
    /// The same, by node class, where a node has one.
    pub class_filtered: BTreeMap<String, u64>,
    /// Nodes too full, by what was short (PLACE-129).
    pub exhausted: Tally<Exhausted>,
    /// The same, by node class, where a node has one.
    pub class_exhausted: BTreeMap<String, u64>,
    /// What tasks would have needed of CPU and memory, where these were short (PLACE-137).
    pub resources_exhausted: BTreeMap<String, Wanted>,
    /// Further allocations of the group that were not tried (PLACE-138).
    pub coalesced: u64,
    /// The best of the scored nodes, best first (PLACE-133).
    pub best: Vec<Ranked>,
    system: bool,
    merged: bool,
}

/// What tasks of a name would have needed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Wanted {
    /// MHz.
    pub cpu: i64,
    /// MiB.
    pub memory: i64,
}

/// A scored node.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The node.
    pub node: NodeId,
    /// The final score.
    pub score: f64,
    /// What it is the mean of.
    pub scores: Scores,
}

/// How often each reason was given, by its text.
#[derive(Clone, Debug)]
pub struct Tally<T> {
    reasons: BTreeMap<String, (T, u64)>,
}

impl<T> Default for Tally<T> {
    fn default() -> Tally<T> {
        Tally { reasons: BTreeMap::new() }
    }
}

impl<T: Display> Tally<T> {
    fn add(&mut self, reason: T, nodes: u64) {
        self.reasons.entry(reason.to_string()).or_insert((reason, 0)).1 += nodes;
    }

    /// Reasons with their counts, by text.
    pub fn iter(&self) -> impl Iterator<Item = (&T, u64)> {
        self.reasons.values().map(|(reason, count)| (reason, *count))
    }

    /// How many reasons were given in all.
    pub fn total(&self) -> u64 {
        self.reasons.values().map(|(_, count)| count).sum()
    }
}

impl Record {
    /// The record of a select that is about to begin.
    pub(crate) fn begin(job: &Job, scan: &Scan<'_>) -> Record {
        Record::of(job, scan.by_datacenter.clone())
    }

    /// The same, with the candidates by datacenter.
    pub(crate) fn of(job: &Job, available: BTreeMap<String, u64>) -> Record {
        let system = matches!(job.kind, JobType::System | JobType::SysBatch);
        let in_pool = available.values().sum();
        Record { available: Some(available), in_pool, pool: job.node_pool.clone(), system, ..Record::default() }
    }

    /// What the record of a system job on one node tells of the candidates: of a node that is out of the question
    /// nothing, and of a placement not the pool (FEAS-180, FEAS-184).
    pub(crate) fn on_one_node(mut self, chosen: bool) -> Record {
        let filtered = !chosen && self.filtered.total() > 0;
        if filtered {
            (self.available, self.in_pool) = (None, 0);
        }
        if filtered || chosen {
            self.pool.clear();
        }
        self
    }

    pub(crate) fn filter(&mut self, node: &Node, reason: Unfit) {
        self.filter_many(node, reason, 1);
    }

    /// The same, for so many nodes like this one.
    pub(crate) fn filter_many(&mut self, node: &Node, reason: Unfit, nodes: u64) {
        self.filtered.add(reason, nodes);
        count(&mut self.class_filtered, &node.node_class, nodes);
    }

    /// A node that is skipped is not counted (PLACE-56).
    pub(crate) fn exhaust(&mut self, node: &Node, reason: Exhausted) {
        if !matches!(reason, Exhausted::Skipped(_)) {
            self.exhausted.add(reason, 1);
            count(&mut self.class_exhausted, &node.node_class, 1);
        }
    }

    /// The same, for so many nodes of a class.
    pub(crate) fn exhaust_many(&mut self, class: &str, reason: Exhausted, nodes: u64) {
        self.exhausted.add(reason, nodes);
        count(&mut self.class_exhausted, class, nodes);
    }

    pub(crate) fn rank(&mut self, top: TopScores<(NodeId, Scores)>) {
        let ranked = |(score, (node, scores))| Ranked { node, score, scores };
        self.best = top.into_sorted().into_iter().map(ranked).collect();
    }

    /// Counts what the tasks of a group would have needed of what was short (PLACE-137).
    pub fn fail(&mut self, group: &TaskGroup) {
        let short = |what: Shortage| self.exhausted.iter().any(|(reason, _)| *reason == Exhausted::Short(what.clone()));
        let (cpu, memory) = (short(Shortage::Cpu), short(Shortage::Memory));
        for task in group.tasks.iter().filter(|_| self.exhausted.total() > 0) {
            let wanted = self.resources_exhausted.entry(task.name.to_string()).or_default();
            wanted.cpu = wanted.cpu.saturating_add(if cpu { task.resources.cpu } else { 0 });
            wanted.memory = wanted.memory.saturating_add(if memory { task.resources.memory_mb } else { 0 });
        }
    }

    /// Counts a further allocation of a group that found no node: it is not tried (PLACE-31, PLACE-138).
    pub fn coalesce(&mut self, group: &TaskGroup) {
        self.coalesced += 1;
        self.fail(group);
    }

    /// Adds the record of another node, as system jobs do where a node is filtered (FEAS-184).
    pub(crate) fn merge(&mut self, other: &Record) {
        self.merged = true;
        self.evaluated += other.evaluated;
        for (reason, count) in other.filtered.iter() {
            self.filtered.add(reason.clone(), count);
        }
        for (class, count) in &other.class_filtered {
            *self.class_filtered.entry(class.clone()).or_default() += count;
        }
    }

    /// Whether several nodes were added up, each asked by itself: then the maps of what was filtered are there, if empty
    /// (FEAS-184).
    pub fn merged(&self) -> bool {
        self.merged
    }

    /// The record as an allocation or a failed evaluation carries it; reasons are in our words. Maps in which nothing was
    /// noted are null (PLACE-139), but for those of [merged](Record::merged) records.
    pub fn metric(&self) -> AllocMetric {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let all = |counts: &BTreeMap<String, u64>| counts.iter().map(|(name, n)| (name.clone(), whole(*n))).collect();
        let some = |counts: &BTreeMap<String, u64>| if counts.is_empty() { Map::NULL } else { all(counts) };
        let task = |(name, wanted): (&String, &Wanted)| {
            let resources = Resources { cpu: wanted.cpu, memory_mb: wanted.memory, ..nothing() };
            (name.clone(), resources)
        };
        let scored = |ranked: &Ranked| NodeScore {
            node_id: ranked.node.clone(),
            scores: ranked.scores.told(self.system).collect(),
            norm_score: ranked.score,
        };
        AllocMetric {
            nodes_evaluated: whole(self.evaluated),
            nodes_filtered: whole(self.filtered.total()),
            nodes_in_pool: whole(self.in_pool),
            node_pool: self.pool.clone(),
            nodes_available: self.available.as_ref().map_or(Map::NULL, all),
            class_filtered: if self.merged { all(&self.class_filtered) } else { some(&self.class_filtered) },
            constraint_filtered: sums(self.filtered.iter().map(|(reason, n)| (filter_text(reason), whole(n)))),
            nodes_exhausted: whole(self.exhausted.total()),
            class_exhausted: some(&self.class_exhausted),
            dimension_exhausted: sums(self.exhausted.iter().map(|(reason, n)| (dimension(reason), whole(n)))),
            resources_exhausted: entries(self.resources_exhausted.iter().map(task)),
            score_meta_data: self.best.iter().map(scored).collect::<List<_>>(),
            coalesced_failures: whole(self.coalesced),
            ..AllocMetric::default()
        }
    }
}

fn count(classes: &mut BTreeMap<String, u64>, class: &str, nodes: u64) {
    if !class.is_empty() {
        *classes.entry(class.to_owned()).or_default() += nodes;
    }
}

/// A map that is null without entries.
fn entries<V>(all: impl Iterator<Item = (String, V)>) -> Map<V> {
    let mut all = all.peekable();
    if all.peek().is_some() { all.collect() } else { Map::NULL }
}

/// The same for counts; reasons may share a text.
fn sums(all: impl Iterator<Item = (String, i64)>) -> Map<i64> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    all.for_each(|(text, count)| *sums.entry(text).or_default() += count);
    entries(sums.into_iter())
}

fn nothing() -> Resources {
    Resources { cpu: 0, memory_mb: 0, ..Resources::default() }
}

/// A constraint speaks for itself.
fn filter_text(reason: &Unfit) -> String {
    match reason {
        Unfit::Constraint(written) => written.clone(),
        other => other.to_string(),
    }
}

/// PLACE-130: what was short, in a word where there is one.
fn dimension(reason: &Exhausted) -> String {
    match reason {
        Exhausted::Short(Shortage::Cpu) => "cpu".into(),
        Exhausted::Short(Shortage::Memory) => "memory".into(),
        Exhausted::Short(Shortage::Disk) => "disk".into(),
        Exhausted::Short(Shortage::Cores) | Exhausted::Cores => "cores".into(),
        Exhausted::InvalidNode(_) | Exhausted::PortCollision | Exhausted::Ports(_) => format!("network: {reason}"),
        Exhausted::Devices(problem) => format!("devices: {problem}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PLACE-77: cores may be short in two ways, which share a word.
    #[test]
    fn place_129_one_text_counts_all_its_reasons() {
        let (mut record, node) = (Record::default(), Node::new("n"));
        record.exhaust(&node, Exhausted::Cores);
        record.exhaust(&node, Exhausted::Short(Shortage::Cores));
        let metric = record.metric();
        assert_eq!((metric.nodes_exhausted, metric.dimension_exhausted.get("cores")), (2, Some(&2)));
    }
}
