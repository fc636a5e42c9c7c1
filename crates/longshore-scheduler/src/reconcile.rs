//! What a job should be against what it is: who stays, who goes, who is missing.
//!
//! A pure function of the state. It names no nodes: choosing them is the placement's part.

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::change::destructive;
use longshore_model::{
    ClientStatus, Constraint, Duration, Evaluation, GroupName, Job, JobType, NodeStatus, TaskGroup, TaskName, Time,
};
use longshore_reschedule::{FollowUp, Verdict};
use longshore_store::{AllocRef, JobRef, State};

use crate::history;
use crate::plan::StopReason;

/// What is to be done about one group.
#[derive(Debug, Default)]
pub(crate) struct GroupPlan<'a> {
    /// The group's name.
    pub(crate) name: GroupName,
    /// Left alone.
    pub(crate) ignore: u64,
    /// To stop, and why.
    pub(crate) stop: Vec<(AllocRef<'a>, StopReason)>,
    /// To move to the current version where they are.
    pub(crate) in_place: Vec<AllocRef<'a>>,
    /// To look at again later, and when.
    pub(crate) later: Vec<(AllocRef<'a>, Time)>,
    /// To place.
    pub(crate) place: Vec<Wanted<'a>>,
}

/// A missing allocation.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// Its index among the group's names.
    pub(crate) index: u32,
    /// What it replaces, and, if that failed, the delay it was held back by.
    pub(crate) previous: Option<(AllocRef<'a>, Option<Duration>)>,
}

/// Compares a job with its allocations, group by group: the job's in their order, then those it dropped by name.
pub(crate) fn reconcile<'a>(
    state: &'a State,
    job: Option<JobRef<'a>>,
    eval: &Evaluation,
    now: Time,
) -> Vec<GroupPlan<'a>> {
    let allocs: Vec<AllocRef<'a>> = state.allocs_of_job(&eval.namespace, &eval.job_id).collect();
    let live = job.filter(|job| !job.spec().stop).map(|job| job.spec());
    let mut plans = Vec::new();
    for group in live.iter().flat_map(|job| job.task_groups.iter()) {
        let of_group = allocs.iter().filter(|alloc| *alloc.group() == group.name).copied();
        if let Some(job) = live {
            plans.push(Reconciler { state, job, group, eval, now }.group_plan(of_group));
        }
    }
    let kept = |name: &GroupName| live.is_some_and(|job| job.group(name).is_some());
    let dropped: BTreeSet<&GroupName> = allocs.iter().map(AllocRef::group).filter(|name| !kept(name)).collect();
    for name in dropped {
        let mut plan = GroupPlan { name: name.clone(), ..GroupPlan::default() };
        for alloc in allocs.iter().filter(|alloc| alloc.group() == name && !alloc.terminal()) {
            let reason = if on_lost_node(alloc) { StopReason::Lost } else { StopReason::NotNeeded };
            plan.stop.push((*alloc, reason));
        }
        plans.push(plan);
    }
    plans
}

/// Whether an allocation's node is gone for good (REC-125).
fn on_lost_node(alloc: &AllocRef<'_>) -> bool {
    alloc.node().is_none_or(|node| node.status == NodeStatus::Down)
}

struct Reconciler<'a, 'e> {
    state: &'a State,
    job: &'a Job,
    group: &'a TaskGroup,
    eval: &'e Evaluation,
    now: Time,
}

impl<'a> Reconciler<'a, '_> {
    fn group_plan(&self, allocs: impl Iterator<Item = AllocRef<'a>>) -> GroupPlan<'a> {
        let mut plan = GroupPlan { name: self.group.name.clone(), ..GroupPlan::default() };
        let mut keep: Vec<AllocRef<'a>> = Vec::new();
        let mut replace: Vec<(AllocRef<'a>, Option<Duration>)> = Vec::new();
        for alloc in allocs {
            self.classify(alloc, &mut plan, &mut keep, &mut replace);
        }
        self.shrink(&mut plan, &mut keep, &mut replace);
        self.update(&mut plan, &mut keep, &mut replace);
        self.fill(&mut plan, &keep, replace);
        plan
    }

    /// Sorts an allocation into those that hold a name and those that leave one to fill.
    fn classify(
        &self,
        alloc: AllocRef<'a>,
        plan: &mut GroupPlan<'a>,
        keep: &mut Vec<AllocRef<'a>>,
        replace: &mut Vec<(AllocRef<'a>, Option<Duration>)>,
    ) {
        let batch = self.job.kind == JobType::Batch;
        if alloc.server_terminal() {
            return; // REC-205
        }
        let older = alloc.job().version < self.job.version || alloc.job().create_index < self.job.create_index;
        if batch && older && alloc.client_terminal() {
            plan.ignore += 1; // REC-208: a new version starts its work anew
            return;
        }
        match alloc.client_status() {
            ClientStatus::Complete if batch => keep.push(alloc), // REC-502: its work is done
            ClientStatus::Complete | ClientStatus::Lost => {}
            ClientStatus::Failed => self.classify_failed(alloc, plan, keep, replace),
            ClientStatus::Pending | ClientStatus::Running | ClientStatus::Unknown if on_lost_node(&alloc) => {
                plan.stop.push((alloc, StopReason::Lost)); // REC-240
                replace.push((alloc, None));
            }
            ClientStatus::Pending | ClientStatus::Running | ClientStatus::Unknown => keep.push(alloc),
        }
    }

    /// REC-504: now, later or never. One that is never placed again keeps its name, as does one that waits.
    fn classify_failed(
        &self,
        alloc: AllocRef<'a>,
        plan: &mut GroupPlan<'a>,
        keep: &mut Vec<AllocRef<'a>>,
        replace: &mut Vec<(AllocRef<'a>, Option<Duration>)>,
    ) {
        let extra = alloc.extra();
        if extra.is_some_and(|extra| !extra.next_allocation.is_empty()) {
            return; // replaced already
        }
        // One that is over, or gone, will not look again.
        let open = |id: &longshore_model::EvalId| self.state.eval(id).is_some_and(|eval| !eval.status.is_terminal());
        let follow_up = match extra.map(|extra| &extra.followup_eval_id).filter(|id| open(id)) {
            None => FollowUp::None,
            Some(id) if *id == self.eval.id => FollowUp::This,
            Some(_) => FollowUp::Other,
        };
        let policy = history::policy_of(&alloc);
        match history::subject(&alloc, policy.as_ref()).verdict(follow_up, self.now) {
            Verdict::Now(delay) => {
                plan.stop.push((alloc, StopReason::Rescheduled));
                replace.push((alloc, Some(delay)));
            }
            Verdict::Later(due, _) => {
                plan.later.push((alloc, due));
                keep.push(alloc);
            }
            Verdict::Leave => keep.push(alloc),
        }
    }

    /// Stops what is above the count, highest names first (REC-241, REC-242); terminal ones just leave.
    fn shrink(
        &self,
        plan: &mut GroupPlan<'a>,
        keep: &mut Vec<AllocRef<'a>>,
        replace: &mut Vec<(AllocRef<'a>, Option<Duration>)>,
    ) {
        let count = usize::try_from(self.group.count).unwrap_or(0);
        keep.sort_by_key(|alloc| (alloc.index(), alloc.create_index()));
        while keep.len() > count {
            let Some(alloc) = keep.pop() else { break };
            if !alloc.client_terminal() {
                plan.stop.push((alloc, StopReason::NotNeeded));
            }
        }
        replace.sort_by_key(|(alloc, _)| (alloc.index(), alloc.create_index()));
        replace.truncate(count - keep.len());
    }

    /// Moves what runs an older version: where it is if it can take the change up there, else by replacing it (REC-220).
    fn update(
        &self,
        plan: &mut GroupPlan<'a>,
        keep: &mut Vec<AllocRef<'a>>,
        replace: &mut Vec<(AllocRef<'a>, Option<Duration>)>,
    ) {
        // Allocations have few versions of their job among them.
        let mut stays: BTreeMap<u64, bool> = BTreeMap::new();
        keep.retain(|alloc| {
            let version = alloc.job().job_modify_index;
            if version == self.job.job_modify_index {
                plan.ignore += 1;
                return true;
            }
            if *stays.entry(version).or_insert_with(|| self.stays_where_it_is(alloc.job())) {
                if alloc.client_terminal() {
                    plan.ignore += 1;
                } else {
                    plan.in_place.push(*alloc);
                }
                return true;
            }
            plan.stop.push((*alloc, StopReason::Updated));
            replace.push((*alloc, None));
            false
        });
    }

    /// Whether allocations of an older version can take the group's change up where they are. A change of what decides
    /// where the group may run is not tried out on their nodes (rows 5 and 7 of REC-220): it replaces them.
    fn stays_where_it_is(&self, before: &Job) -> bool {
        destructive(before, self.job, &self.group.name).is_none()
            && whereabouts(before, self.group) == whereabouts(self.job, self.group)
    }

    /// Names the missing: those replaced keep their names, the others take the lowest free ones (REC-233).
    fn fill(&self, plan: &mut GroupPlan<'a>, keep: &[AllocRef<'a>], replace: Vec<(AllocRef<'a>, Option<Duration>)>) {
        let count = usize::try_from(self.group.count).unwrap_or(0);
        let mut taken: BTreeSet<u32> = keep.iter().map(AllocRef::index).collect();
        for (alloc, delay) in replace {
            if taken.insert(alloc.index()) {
                plan.place.push(Wanted { index: alloc.index(), previous: Some((alloc, delay)) });
            }
        }
        let mut free = (0..).filter(|index| !taken.contains(index));
        while keep.len() + plan.place.len() < count {
            let Some(index) = free.next() else { break };
            plan.place.push(Wanted { index, previous: None });
        }
        plan.place.sort_by_key(|wanted| wanted.index);
    }
}

/// What a job says about where a group may run.
fn whereabouts<'a>(job: &'a Job, group: &TaskGroup) -> Whereabouts<'a> {
    let group = job.group(&group.name);
    let tasks = group.iter().flat_map(|group| &group.tasks);
    let of_tasks = tasks.map(|task| (&task.name, &*task.constraints)).collect();
    (&job.datacenters, &job.node_pool, &job.constraints, group.map(|group| &*group.constraints), of_tasks)
}

type Whereabouts<'a> =
    (&'a [String], &'a str, &'a [Constraint], Option<&'a [Constraint]>, BTreeMap<&'a TaskName, &'a [Constraint]>);
