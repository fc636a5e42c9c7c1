//! What a scheduler wants done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{
    AllocId, AllocMetric, AllocatedResources, ClientStatus, DesiredUpdates, EvalId, EvalStatus, Evaluation, GroupName,
    Job, NodeId, RescheduleTracker,
};
use longshore_placement::Eligibility;
use longshore_placement::score::Scores;
use longshore_store::NodeSlot;

/// What a scheduler wants done: the answer to an evaluation on a state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The evaluation that it answers.
    pub eval_id: EvalId,
    /// The job version that its placements run; `None` if the job is gone.
    pub job: Option<Arc<Job>>,
    /// Index of the state that it was made on.
    pub snapshot_index: u64,
    /// Commit it whole or not at all.
    pub all_at_once: bool,
    /// Allocations to stop.
    pub stops: Vec<Stop>,
    /// Allocations to move to the job's version where they are.
    pub in_place: Vec<InPlace>,
    /// Allocations to note a later evaluation on.
    pub follow_ups: Vec<(AllocId, EvalId)>,
    /// Allocations to place.
    pub placements: Vec<Placement>,
    /// Allocations of other jobs that make room for them.
    pub preemptions: Vec<Preempted>,
    /// For the first placement of each group, the best nodes and their scores, best first (PLACE-133).
    pub ranked: Vec<(GroupName, Vec<(NodeSlot, Scores)>)>,
}

/// An allocation that makes room for another.
#[derive(Clone, Debug, PartialEq)]
pub struct Preempted {
    /// Which.
    pub id: AllocId,
    /// Where it is.
    pub node: NodeSlot,
    /// For whom.
    pub by: AllocId,
}

impl Plan {
    /// Whether it would change nothing (REC-802).
    pub fn is_no_op(&self) -> bool {
        self.stops.is_empty() && self.in_place.is_empty() && self.follow_ups.is_empty() && self.placements.is_empty()
    }

    /// How many allocations it stops, moves or places.
    pub fn size(&self) -> usize {
        self.stops.len() + self.in_place.len() + self.placements.len()
    }

    /// Whether a part of it may be committed without the rest.
    pub fn can_be_cut(&self) -> bool {
        self.size() > 1 && !self.all_at_once
    }

    /// Keeps a part of it that is no larger than so many allocations, and of one at least; answers whether that is all
    /// of it. A node's stops and placements stay together, as the ones make room for the others, unless a single node
    /// has too many: then its stops come first.
    pub fn keep(&mut self, most: usize) -> bool {
        if self.size() <= most {
            return true;
        }
        let most = most.max(1);
        let mut nodes: BTreeMap<NodeSlot, usize> = BTreeMap::new();
        let slots = self.stops.iter().map(|stop| stop.node).chain(self.placements.iter().map(|placed| placed.node));
        slots.for_each(|slot| *nodes.entry(slot).or_default() += 1);
        let (mut left, mut kept) = (most, BTreeSet::new());
        for (slot, size) in nodes {
            let Some(rest) = left.checked_sub(size) else { break };
            left = rest;
            kept.insert(slot);
        }
        if kept.is_empty() {
            self.stops.truncate(most);
            self.placements.truncate(if self.stops.is_empty() { most } else { 0 });
            self.in_place.truncate(if self.stops.is_empty() && self.placements.is_empty() { most } else { 0 });
            let placed: BTreeSet<&AllocId> = self.placements.iter().map(|placed| &placed.id).collect();
            self.preemptions.retain(|victim| placed.contains(&victim.by));
        } else {
            self.stops.retain(|stop| kept.contains(&stop.node));
            self.placements.retain(|placed| kept.contains(&placed.node));
            self.preemptions.retain(|victim| kept.contains(&victim.node));
            self.in_place.truncate(left);
        }
        false
    }
}

/// An allocation to stop.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// Which.
    pub id: AllocId,
    /// Where it is.
    pub node: NodeSlot,
    /// Why, for people.
    pub why: StopReason,
}

/// Why an allocation is stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum StopReason {
    /// Its job was stopped, shrank or dropped the group.
    NotNeeded,
    /// Its node is gone; it counts as lost.
    Lost,
    /// It failed and is placed again.
    Rescheduled,
    /// Its job changed so that it cannot stay.
    Updated,
}

impl StopReason {
    /// The reason in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            StopReason::NotNeeded => "no longer wanted by its job",
            StopReason::Lost => "lost with its node",
            StopReason::Rescheduled => "failed; placed again elsewhere",
            StopReason::Updated => "replaced by a new version of its job",
        }
    }

    /// What its client status becomes, where the host will not say.
    pub const fn client_status(self) -> Option<ClientStatus> {
        match self {
            StopReason::Lost => Some(ClientStatus::Lost),
            _ => None,
        }
    }
}

/// An allocation to move to the job's version where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct InPlace {
    /// Which.
    pub id: AllocId,
}

/// An allocation to place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Its id.
    pub id: AllocId,
    /// Its group.
    pub group: GroupName,
    /// Its index among the group's names.
    pub index: u32,
    /// Its node.
    pub node: NodeSlot,
    /// Its node's id.
    pub node_id: NodeId,
    /// What it holds; shared with the others of the group that hold the same.
    pub resources: Arc<AllocatedResources>,
    /// What it replaces.
    pub previous: AllocId,
    /// The chain's history, if it replaces a failed one.
    pub tracker: Option<RescheduleTracker>,
    /// The node's score.
    pub score: f64,
}

/// All that processing an evaluation comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What is to be done.
    pub plan: Plan,
    /// What the evaluation becomes.
    pub status: EvalStatus,
    /// Why, for people.
    pub description: String,
    /// Groups that found no room, and why.
    pub failed: Vec<(GroupName, AllocMetric)>,
    /// What is known of classes of nodes by the groups that found no room: a class that none of them may run on need not
    /// be waited for.
    pub eligibility: Eligibility,
    /// Allocations still wanted, by group.
    pub queued: Vec<(GroupName, i64)>,
    /// What it means to do, by group.
    pub updates: Vec<(GroupName, DesiredUpdates)>,
    /// An evaluation that waits for room for the rest.
    pub blocked: Option<Evaluation>,
    /// Evaluations that are due later.
    pub follow_ups: Vec<Evaluation>,
}
