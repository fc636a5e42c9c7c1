//! One node under a select's eyes: is it feasible, does the group fit, how good is it?

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::{Allocation, Job, JobType, NetworkResource, Node, NodeId, TaskGroup};

use crate::account::Capacity;
use crate::attempt::{Attempt, Exhausted, Placed};
use crate::feasible::{Demands, Distinct, Unfit};
use crate::proposed::Proposals;
use crate::score::{self, Affinities, Census, Scores, SpreadSet};
use crate::volumes::{Unmet, VolumeDemand};

/// How a select goes about it.
#[derive(Clone, Copy, Debug)]
pub struct Manner<'a> {
    /// The name of the allocation that is placed: some volumes go by it (FEAS-121).
    pub alloc_name: &'a str,
    /// Whether emptier nodes are better (PLACE-81).
    pub spread: bool,
    /// Whether tasks may grow beyond their memory (PLACE-46).
    pub oversubscription: bool,
    /// Whether allocations of lower priority may be displaced.
    pub preempt: bool,
    /// Nodes where it failed before (PLACE-26).
    pub penalty: &'a BTreeSet<NodeId>,
    /// Where dynamic ports come from.
    pub seed: u64,
}

/// A select of one group under one plan in the making: rules compiled, uses counted.
///
/// This is the plain way: every question makes the node's accounts anew. It is what the exact search must agree with, and
/// what looks at the nodes that the search has chosen.
#[derive(Debug)]
pub struct Examiner<'a> {
    census: Census<'a>,
    proposals: Proposals<'a>,
    job: &'a Job,
    group: &'a TaskGroup,
    manner: Manner<'a>,
    demands: Demands,
    volumes: VolumeDemand<'a>,
    distinct: Distinct,
    affinities: Affinities,
    spreads: SpreadSet,
}

/// What earlier selects of the same plan leave behind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Before<'b> {
    /// The sum of the weights of spreads of other groups (PLACE-93).
    pub(crate) weights: i64,
    /// The network that another group asked for (FEAS-18).
    pub(crate) network: Option<&'b NetworkResource>,
}

/// What a node turned out to be.
#[derive(Clone, Debug)]
pub enum Examined {
    /// Out of the question.
    Filtered(Unfit),
    /// Too full.
    Exhausted(Exhausted),
    /// What the group would get there, and how good that is.
    Scored(Box<Placed>, Scores),
}

impl<'a> Examiner<'a> {
    /// Prepares a select: the first of its plan. O(stored allocations).
    pub fn new(census: Census<'a>, job: &'a Job, group: &'a TaskGroup, manner: Manner<'a>) -> Examiner<'a> {
        Examiner::after(Before::default(), census, job, group, manner)
    }

    /// Prepares a select after others.
    pub(crate) fn after(
        before: Before<'_>,
        census: Census<'a>,
        job: &'a Job,
        group: &'a TaskGroup,
        manner: Manner<'a>,
    ) -> Examiner<'a> {
        let proposals = Proposals::of(census.stored, census.plan);
        Examiner {
            census,
            job,
            group,
            manner,
            demands: Demands::new(job, group).with_network(before.network),
            volumes: VolumeDemand::new(census, &proposals, job, group, manner.alloc_name),
            distinct: Distinct::new(census, job, group),
            affinities: Affinities::of(job, group),
            spreads: SpreadSet::new(census, job, group, before.weights),
            proposals,
        }
    }

    /// Whether the job is of a type that is placed on one node after the other, without scores but the fit (PLACE-32).
    pub fn is_system(&self) -> bool {
        matches!(self.job.kind, JobType::System | JobType::SysBatch)
    }

    /// Looks at one node. `lowest` is the lowest boost of spreads so far, −1 at first (PLACE-95).
    pub fn examine(&self, node: &Node, lowest: &mut f64) -> Examined {
        self.examine_admitted(self.demands.admit(node), node, lowest, &mut self.volumes.unmet())
    }

    /// What a node's own record is asked.
    pub(crate) fn demands(&self) -> &Demands {
        &self.demands
    }

    /// Claimed volumes that are not met as the select begins.
    pub(crate) fn unmet(&self) -> Unmet<'a> {
        self.volumes.unmet()
    }

    /// Looks at one node of whose record it is known whether it will do.
    pub(crate) fn examine_admitted(
        &self,
        admitted: Result<(), Unfit>,
        node: &Node,
        lowest: &mut f64,
        unmet: &mut Unmet<'a>,
    ) -> Examined {
        let proposed = self.proposals.on(&node.id);
        let there = proposed.iter().map(|alloc| &**alloc);
        let fit = admitted.and_then(|()| self.volumes.admit(node, &proposed, unmet));
        match fit.and_then(|()| self.distinct.admit(self.job, self.group, node, there)) {
            Ok(()) => self.rank(node, &proposed, lowest),
            Err(unfit) => Examined::Filtered(unfit),
        }
    }

    fn rank(&self, node: &Node, proposed: &[Arc<Allocation>], lowest: &mut f64) -> Examined {
        let attempt = Attempt {
            job: self.job,
            group: self.group,
            oversubscription: self.manner.oversubscription,
            seed: self.manner.seed,
            preempt: self.manner.preempt.then_some(&self.census.plan.preemptions),
        };
        let placed = match attempt.on(node, proposed) {
            Ok(placed) => placed,
            Err(exhausted) => return Examined::Exhausted(exhausted),
        };
        let available = Capacity::of(node).map_or_else(|_| Default::default(), |capacity| capacity.available);
        let mut scores = Scores {
            fit: score::fit(available, placed.used, self.manner.spread),
            devices: placed.devices,
            ..Scores::default()
        };
        if !self.is_system() {
            let own =
                proposed.iter().filter(|alloc| alloc.job_id == self.job.id && alloc.task_group == self.group.name);
            let there = u32::try_from(own.count()).unwrap_or(u32::MAX);
            scores.anti_affinity = score::anti_affinity(there, self.group.count);
            scores.penalty = self.manner.penalty.contains(&node.id).then_some(-1.0);
            scores.affinity = self.affinities.score(node);
            scores.spread = self.spreads.score(node, lowest);
            let victims = proposed.iter().filter(|alloc| placed.victims.contains(&alloc.id));
            let priorities: Vec<i64> = victims.filter_map(|alloc| Some(alloc.job.as_ref()?.priority)).collect();
            scores.preemption = score::preemption(&priorities);
        }
        Examined::Scored(Box::new(placed), scores)
    }
}
