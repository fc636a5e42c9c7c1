//! The plan applier: checks each node of a plan again, then writes what holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{
    AllocId, AllocMetric, AllocatedResources, DeploymentId, EvalStatus, Evaluation, Job, JobId, Map, Namespace,
    NodeScore, Time, TriggeredBy, wire::List,
};
use longshore_placement::score::Scores;
use longshore_scheduler::{Ids, Outcome, Placement, Plan, Preempted, Stop};
use longshore_store::{AllocExtra, ChangedAlloc, Cohort, JobBody, NewAlloc, NodeSlot, Placed, State};

use crate::ledgers::Ledgers;
use crate::write::Write;

/// A plan without the parts that no longer hold.
#[derive(Debug)]
pub(crate) struct Verified {
    /// What is to be written.
    pub(crate) plan: Plan,
    /// Nodes that refuse their part, and why.
    pub(crate) refused: BTreeMap<NodeSlot, String>,
}

impl Verified {
    /// Why the first node refuses, if one does.
    pub(crate) fn why(&self, state: &State) -> Option<String> {
        let (slot, why) = self.refused.first_key_value()?;
        Some(match state.node_at(*slot) {
            Some(node) => format!("node {:?} refused: {why}", node.id),
            None => format!("a node refused: {why}"),
        })
    }
}

/// Checks every node that the plan places on (LOOP-306 to LOOP-310), by ledgers that are not the scheduler's.
pub(crate) fn verify(state: &State, ledgers: &mut Ledgers, mut plan: Plan) -> Verified {
    ledgers.follow(state);
    let mut refused: BTreeMap<NodeSlot, String> = BTreeMap::new();
    // Without a job nothing is placed.
    let Some(job) = plan.job.clone() else { return Verified { plan, refused } };
    let mut placements: Vec<&Placement> = plan.placements.iter().collect();
    placements.sort_by_key(|placement| placement.node);
    let victims = plan.preemptions.iter().map(|victim| &victim.id);
    let gone: BTreeSet<_> = plan.stops.iter().map(|stop| &stop.id).chain(victims).collect();
    for placements in placements.chunk_by(|a, b| a.node == b.node) {
        let slot = placements[0].node;
        let why = match state.node_at(slot) {
            None => Some("it is gone".into()),
            Some(node) if !node.ready() => Some("it is not ready for placements".into()),
            Some(_) => {
                let verdict = ledgers.verdict(state, slot, &gone, &job, placements);
                verdict.err().map(|refusal| refusal.to_string())
            }
        };
        refused.extend(why.map(|why| (slot, why)));
    }
    if !refused.is_empty() {
        if plan.all_at_once {
            plan = Plan { eval_id: plan.eval_id, snapshot_index: plan.snapshot_index, ..Plan::default() };
        } else {
            // A refused node's stops and victims are left out with its placements (LOOP-309).
            plan.placements.retain(|placement| !refused.contains_key(&placement.node));
            plan.stops.retain(|stop| !refused.contains_key(&stop.node));
            plan.preemptions.retain(|victim| !refused.contains_key(&victim.node));
        }
    }
    Verified { plan, refused }
}

/// Writes a verified plan.
pub(crate) fn write(write: &mut Write<'_>, state: &State, ids: Ids, plan: &Plan) {
    let time = write.time();
    for (id, follow_up) in &plan.follow_ups {
        change(write, state, id, time, |_, extra| extra.followup_eval_id = follow_up.clone());
    }
    let replacing = plan.placements.iter().filter(|placement| !placement.previous.is_empty());
    let replacements: BTreeMap<&AllocId, &AllocId> =
        replacing.map(|placement| (&placement.previous, &placement.id)).collect();
    for Stop { id, why, .. } in &plan.stops {
        change(write, state, id, time, |changed, extra| {
            changed.desired_status = longshore_model::DesiredStatus::Stop;
            extra.desired_description = why.as_str().into();
            if let Some(status) = why.client_status() {
                changed.client_status = status;
            }
            if let Some(replacement) = replacements.get(id) {
                extra.next_allocation = (*replacement).clone();
            }
        });
    }
    write_in_place(write, state, plan, time);
    write_preemptions(write, state, ids, plan, time);
    write_placements(write, state, plan, time);
}

/// Those displaced are to end (LOOP-317), and their jobs are looked at again. One that ended meanwhile is passed over
/// (LOOP-311).
fn write_preemptions(write: &mut Write<'_>, state: &State, ids: Ids, plan: &Plan, time: Time) {
    let mut jobs: BTreeMap<(Namespace, JobId), Arc<Job>> = BTreeMap::new();
    for Preempted { id, by, .. } in &plan.preemptions {
        let Some(alloc) = state.alloc(id).filter(|alloc| !alloc.terminal()) else { continue };
        change(write, state, id, time, |changed, extra| {
            changed.desired_status = longshore_model::DesiredStatus::Evict;
            extra.desired_description = format!("displaced by allocation {by} of higher priority");
            extra.preempted_by_allocation = by.clone();
        });
        if let Some(job) = state.job(&alloc.job().namespace, &alloc.job().id) {
            jobs.insert((job.spec().namespace.clone(), job.spec().id.clone()), job.spec().clone());
        }
    }
    for (ordinal, job) in jobs.values().enumerate() {
        let id = ids.eval_of(&plan.eval_id, write.index(), (1 << 18) + ordinal as u32);
        write.put_eval(Evaluation {
            id,
            namespace: job.namespace.clone(),
            priority: job.priority,
            kind: job.kind.clone(),
            triggered_by: TriggeredBy::Preemption,
            job_id: job.id.clone(),
            job_modify_index: job.job_modify_index,
            status: EvalStatus::Pending,
            create_time: time,
            modify_time: time,
            ..Evaluation::default()
        });
    }
}

/// Changes an existing allocation, its extra included.
fn change(
    write: &mut Write<'_>,
    state: &State,
    id: &longshore_model::AllocId,
    time: Time,
    edit: impl FnOnce(&mut ChangedAlloc, &mut AllocExtra),
) {
    let Some(alloc) = state.alloc(id) else { return };
    let mut changed = alloc.changed();
    let mut extra = changed.extra.as_deref().cloned().unwrap_or_default();
    edit(&mut changed, &mut extra);
    changed.alloc_modify_index = write.index();
    changed.modify_time = time;
    changed.extra = Some(Arc::new(extra));
    write.put_alloc(&alloc, changed);
}

/// Allocations that move together to a version share their new cohort, as they shared the old one.
fn write_in_place(write: &mut Write<'_>, state: &State, plan: &Plan, time: Time) {
    let Some(job) = &plan.job else { return };
    // By identity, and only ever looked up: the order says nothing.
    let mut moved: BTreeMap<*const Cohort, Arc<Cohort>> = BTreeMap::new();
    for update in &plan.in_place {
        let Some(alloc) = state.alloc(&update.id) else { continue };
        let before = alloc.cohort();
        let cohort = moved.entry(Arc::as_ptr(before)).or_insert_with(|| {
            Arc::new(Cohort { job: JobBody(job.clone()), eval_id: plan.eval_id.clone(), ..(**before).clone() })
        });
        let changed = ChangedAlloc {
            cohort: Some(cohort.clone()),
            alloc_modify_index: write.index(),
            modify_time: time,
            ..alloc.changed()
        };
        write.put_alloc(&alloc, changed);
    }
}

/// Placements of one group become one cohort.
fn write_placements(write: &mut Write<'_>, state: &State, plan: &Plan, time: Time) {
    let Some(job) = &plan.job else { return };
    let mut victims: BTreeMap<&AllocId, Vec<AllocId>> = BTreeMap::new();
    plan.preemptions.iter().for_each(|victim| victims.entry(&victim.by).or_default().push(victim.id.clone()));
    let mut rest: &[Placement] = &plan.placements;
    while let Some(first) = rest.first() {
        let len = rest.iter().take_while(|placement| placement.group == first.group).count();
        let (group, after) = rest.split_at(len);
        rest = after;
        let cohort = Cohort {
            job: JobBody(job.clone()),
            group: first.group.clone(),
            eval_id: plan.eval_id.clone(),
            resources: first.resources.clone(),
            deployment_id: DeploymentId::EMPTY,
            metrics: Some(Arc::new(placed_metric(state, plan, first))),
            create_index: write.index(),
            create_time: time,
        };
        let new = |placement: &Placement| {
            new_alloc(placement, &first.resources, victims.get(&placement.id).map_or(&[][..], Vec::as_slice))
        };
        let allocs: List<NewAlloc> = group.iter().map(new).collect();
        write.place(Placed { cohort: Arc::new(cohort), allocs });
    }
}

/// The best nodes when the first of a cohort was placed, and their scores (PLACE-131 to PLACE-133); the exact search looks
/// at every node, so counts of visited nodes say nothing.
fn placed_metric(state: &State, plan: &Plan, first: &Placement) -> AllocMetric {
    let ranked = plan.ranked.iter().find(|(group, _)| *group == first.group);
    let Some((_, ranked)) = ranked else {
        // A policy of the host's own: its score is all there is to tell.
        let node_id = first.node_id.clone();
        let score = NodeScore { node_id, norm_score: first.score, ..NodeScore::default() };
        return AllocMetric { score_meta_data: [score].into(), ..AllocMetric::default() };
    };
    let score = |(slot, scores): &(NodeSlot, Scores)| NodeScore {
        node_id: state.node_at(*slot).map(|node| node.id.clone()).unwrap_or_default(),
        scores: scores.told(false).map(|(name, score)| (name.to_owned(), score)).collect(),
        norm_score: scores.mean(),
    };
    AllocMetric { score_meta_data: ranked.iter().map(score).collect(), ..AllocMetric::default() }
}

/// An allocation of a cohort that holds `shared`.
fn new_alloc(placement: &Placement, shared: &Arc<AllocatedResources>, victims: &[AllocId]) -> NewAlloc {
    let same = Arc::ptr_eq(&placement.resources, shared) || placement.resources == *shared;
    let own = (!same).then(|| placement.resources.clone());
    let plain = own.is_none() && placement.previous.is_empty() && victims.is_empty();
    let extra = (!plain).then(|| {
        Arc::new(AllocExtra {
            resources: own,
            previous_allocation: placement.previous.clone(),
            reschedule_tracker: placement.tracker.clone().map(Box::new),
            preempted_allocations: (!victims.is_empty()).then(|| Box::new(victims.iter().cloned().collect())),
            ..AllocExtra::default()
        })
    });
    NewAlloc { id: placement.id.clone(), node_id: placement.node_id.clone(), index: placement.index, extra }
}

/// Writes what becomes of the evaluation, and those that follow from it (REC-109, REC-110, REC-120, REC-123).
pub(crate) fn write_eval(
    write: &mut Write<'_>,
    state: &State,
    eval: &Arc<Evaluation>,
    outcome: &Outcome,
    ids: Ids,
    exhausted: Option<String>,
) {
    let time = write.time();
    let failed: Map<AllocMetric> = match outcome.failed.as_slice() {
        [] => Map::NULL,
        failed => failed.iter().map(|(name, metric)| (name.to_string(), metric.clone())).collect(),
    };
    let mut ended = Evaluation { modify_time: time, ..(**eval).clone() };
    for follow_up in &outcome.follow_ups {
        ended.next_eval = write.put_eval(follow_up.clone()).id.clone();
    }
    if eval.status == EvalStatus::Blocked && !failed.is_empty() {
        // Blocked again: classes are told even where nodes of one differ (FEAS-35).
        let classes = outcome.eligibility.classes.clone().into();
        let escaped_computed_class = outcome.eligibility.escaped;
        write.put_eval(Evaluation {
            failed_tg_allocs: failed,
            class_eligibility: classes,
            escaped_computed_class,
            ..ended
        });
        return;
    }
    let blocked = match exhausted {
        Some(_) => Some(after_conflicts(eval, outcome, ids, write)),
        None => outcome.blocked.clone(),
    };
    if let Some(blocked) = blocked {
        let older = state.evals_of_job(&eval.namespace, &eval.job_id);
        for older in older.filter(|older| older.status == EvalStatus::Blocked && older.id != eval.id) {
            cancel(write, older, "a newer evaluation of the job waits for room", time);
        }
        ended.blocked_eval = write.put_eval(blocked).id.clone();
    } else if failed.is_empty() && outcome.status == EvalStatus::Complete {
        // All is placed: what waited for it need not wait longer (LOOP-402).
        let older = state.evals_of_job(&eval.namespace, &eval.job_id);
        for older in older.filter(|older| older.status == EvalStatus::Blocked && older.id != eval.id) {
            cancel(write, older, "all that the job wanted is placed", time);
        }
    }
    ended.status = if exhausted.is_some() { EvalStatus::Failed } else { outcome.status };
    ended.status_description = match exhausted {
        Some(why) => format!("its plans were refused too often, the last one because {why}"),
        None => outcome.description.clone(),
    };
    ended.failed_tg_allocs = failed;
    if !outcome.queued.is_empty() {
        ended.queued_allocations = outcome.queued.iter().map(|(name, count)| (name.to_string(), *count)).collect();
    }
    ended.snapshot_index = state.index();
    write.put_eval(ended);
}

fn cancel(write: &mut Write<'_>, eval: &Arc<Evaluation>, why: &str, time: Time) {
    write.put_eval(Evaluation {
        status: EvalStatus::Canceled,
        status_description: why.into(),
        modify_time: time,
        ..(**eval).clone()
    });
}

/// REC-121: tried too often; to be looked at again when something changes.
fn after_conflicts(eval: &Evaluation, outcome: &Outcome, ids: Ids, write: &Write<'_>) -> Evaluation {
    Evaluation {
        id: outcome
            .blocked
            .as_ref()
            .map(|blocked| blocked.id.clone())
            .unwrap_or_else(|| ids.eval_of(&eval.id, write.index(), 1 << 17)),
        triggered_by: TriggeredBy::MaxPlanAttempts,
        status: EvalStatus::Blocked,
        status_description: "its plans were refused too often; it is looked at again when something changes".into(),
        previous_eval: eval.id.clone(),
        escaped_computed_class: outcome.eligibility.escaped,
        class_eligibility: outcome.eligibility.carried(),
        create_index: 0,
        create_time: write.time(),
        modify_time: write.time(),
        ..eval.clone()
    }
}
