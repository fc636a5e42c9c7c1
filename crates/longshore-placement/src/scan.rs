//! The candidate scan: which nodes a job is tried on at all (FEAS-1 to FEAS-6).

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::{Job, Node, NodeId};

use crate::feasible::is_candidate;
use crate::filter::in_pool;
use crate::shuffle::shuffle;

/// The candidates of a job, and what its metrics tell about them.
///
/// ```
/// use longshore_model::{Job, JobStatus, Node, NodeStatus};
/// use longshore_placement::Scan;
/// let mut down = Node::new("a");
/// down.status = NodeStatus::Down;
/// let nodes = [Node::new("c").datacenter("dc1"), Node::new("b").datacenter("dc2"), down];
/// let scan = Scan::new(&Job::service("web"), &nodes);
/// assert_eq!(scan.nodes.iter().map(|node| node.id.to_string()).collect::<Vec<_>>(), ["b", "c"]);
/// assert_eq!((scan.by_datacenter["dc1"], scan.not_ready.len()), (1, 1));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scan<'n> {
    /// The candidates, by ascending id until somebody puts them in another order (FEAS-6).
    pub nodes: Vec<&'n Node>,
    /// Candidates by datacenter; no datacenter without one (FEAS-5).
    pub by_datacenter: BTreeMap<String, u64>,
    /// Nodes of the job's pool that are not ready, in whatever datacenter: system jobs ask for them (FEAS-5).
    pub not_ready: BTreeSet<NodeId>,
}

impl<'n> Scan<'n> {
    /// Looks at every node. O(nodes · log nodes).
    pub fn new(job: &Job, nodes: impl IntoIterator<Item = &'n Node>) -> Scan<'n> {
        let mut scan = Scan::default();
        for node in nodes {
            if is_candidate(job, node) {
                *scan.by_datacenter.entry(node.datacenter.clone()).or_default() += 1;
                scan.nodes.push(node);
            } else if !node.ready() && in_pool(&job.node_pool, &node.node_pool) {
                scan.not_ready.insert(node.id.clone());
            }
        }
        scan.nodes.sort_by(|a, b| a.id.cmp(&b.id));
        scan
    }

    /// The same candidates in the order in which the reference visits them for an evaluation on a state of this index
    /// (PLACE-9 to PLACE-13): service and batch jobs.
    pub fn shuffled(mut self, eval_id: &str, index: u64) -> Scan<'n> {
        shuffle(&mut self.nodes, eval_id, index);
        self
    }
}
