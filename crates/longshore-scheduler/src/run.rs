//! The processing of one evaluation.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::{
    AllocId, AllocatedResources, DesiredUpdates, EvalStatus, Evaluation, GroupName, Job, JobType, RescheduleTracker,
    TaskGroup, Time, TriggeredBy, names::alloc_name,
};
use longshore_placement::policy::Occasion;
use longshore_placement::{Ask, Before, Choice, Given, Record, Request, Resident, Search, Slot};
use longshore_reschedule::batches;
use longshore_store::{AllocRef, NodeSlot, State, What};

use crate::history;
use crate::occupants::{ByNode, OnNodes};
use crate::plan::{InPlace, Outcome, Placement, Preempted, Stop, StopReason};
use crate::reconcile::{GroupPlan, Wanted};
use crate::resources::{allocated, with_devices};
use crate::scheduler::Scheduler;

/// Nodes besides the best that a record of scores holds (PLACE-133), where more than one allocation is placed: to find
/// them takes as long as a placement.
const RUNNERS_UP: usize = 4;

/// The processing of one evaluation.
pub(crate) struct Run<'a> {
    scheduler: &'a mut Scheduler,
    state: &'a State,
    eval: &'a Evaluation,
    now: Time,
    /// Counts placements, for ids and chance.
    ordinal: u32,
    /// Placements still to be tried.
    wanted: usize,
    outcome: Outcome,
    /// Allocations whose room the plan gives up.
    released: BTreeSet<AllocId>,
    /// Allocations that make room for their replacement when its turn comes, not before.
    replaced: BTreeSet<AllocId>,
    /// Of those, whose stop is part of the plan; what is lost has left before.
    deferred: BTreeSet<AllocId>,
    /// Of those, the ones that found no replacement, and stay.
    spared: BTreeSet<AllocId>,
    /// The plan's placements by node, as far as somebody has asked.
    by_node: ByNode,
    /// Groups that found no room, and why.
    failed: Vec<(GroupName, Record)>,
    /// What the search has given out, to be given back at the end.
    placed: Vec<(Arc<Ask>, Choice)>,
    /// Nodes whose count has to be renewed at the end.
    touched: BTreeSet<NodeSlot>,
    /// Weights of the spreads of groups that had their turn, and the lowest boost that they saw.
    weights: i64,
    lowest: Option<f64>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        scheduler: &'a mut Scheduler,
        state: &'a State,
        eval: &'a Evaluation,
        now: Time,
        outcome: Outcome,
        groups: &[GroupPlan<'_>],
    ) -> Run<'a> {
        let replaced = |wanted: &Wanted<'_>| wanted.previous.as_ref().map(|(alloc, _)| alloc.id().clone());
        let replaced: BTreeSet<AllocId> = groups.iter().flat_map(|group| &group.place).filter_map(replaced).collect();
        let stops = groups.iter().flat_map(|group| &group.stop);
        let deferred = stops.filter(|(_, why)| *why != StopReason::Lost).map(|(alloc, _)| alloc.id());
        Run {
            scheduler,
            state,
            eval,
            now,
            ordinal: 0,
            wanted: groups.iter().map(|group| group.place.len()).sum(),
            outcome,
            released: BTreeSet::new(),
            deferred: deferred.filter(|id| replaced.contains(id)).cloned().collect(),
            replaced,
            spared: BTreeSet::new(),
            by_node: ByNode::default(),
            failed: Vec::new(),
            placed: Vec::new(),
            touched: BTreeSet::new(),
            weights: 0,
            lowest: None,
        }
    }

    pub(crate) fn finish(mut self, groups: Vec<GroupPlan<'_>>) -> Outcome {
        self.release_stops(&groups);
        for group in groups {
            self.group(group);
        }
        let Run { outcome, spared, failed, .. } = &mut self;
        outcome.plan.stops.retain(|stop| !spared.contains(&stop.id));
        outcome.failed = failed.drain(..).map(|(group, record)| (group, record.metric())).collect();
        for (ask, choice) in self.placed.drain(..).rev() {
            self.scheduler.search.undo(&ask, &choice);
        }
        for slot in &self.touched {
            self.scheduler.renew(self.state, *slot, What::Allocs);
        }
        self.block();
        self.outcome
    }

    /// What the plan stops makes room for what it places (PLACE-34).
    fn release_stops(&mut self, groups: &[GroupPlan<'_>]) {
        let stops = || groups.iter().flat_map(|group| &group.stop).map(|(alloc, _)| alloc);
        self.released = stops().map(|alloc| alloc.id()).filter(|id| !self.replaced.contains(id)).cloned().collect();
        if groups.iter().any(|group| !group.place.is_empty()) {
            let slots: BTreeSet<NodeSlot> = stops().map(|alloc| alloc.node_slot()).collect();
            slots.into_iter().for_each(|slot| self.recount(slot));
        }
    }

    /// Counts a node as the plan so far leaves it: without what is released, with what is placed.
    fn recount(&mut self, slot: NodeSlot) {
        if self.state.node_at(slot).is_none() {
            return;
        }
        self.touched.insert(slot);
        let held = |alloc: &AllocRef<'_>| !alloc.client_terminal() && !self.released.contains(alloc.id());
        let left = self.state.allocs_on(slot).filter(held).map(|alloc| alloc.resources());
        let placements = &self.outcome.plan.placements;
        self.by_node.follow(placements);
        let placed = self.by_node.on(slot, placements).map(|placement| &*placement.resources);
        // The same sums succeeded with more in them.
        let _ = self.scheduler.search.fleet_mut().recount(Slot(slot.0), left.chain(placed));
    }

    /// What is to be replaced makes room for its replacement; if there is none to be had, it stays (PLACE-28, REC-709).
    fn release(&mut self, wanted: &Wanted<'_>, release: bool) {
        let Some((previous, _)) = &wanted.previous else { return };
        if release {
            self.released.insert(previous.id().clone());
        } else {
            self.released.remove(previous.id());
            if self.deferred.contains(previous.id()) {
                self.spared.insert(previous.id().clone());
            }
        }
        let held = !previous.client_terminal();
        if held {
            self.recount(previous.node_slot());
        }
        if self.deferred.contains(previous.id()) {
            let resident = Resident { slot: Slot(previous.node_slot().0), of_group: true };
            match release {
                true => self.scheduler.search.leave(resident, held),
                false => self.scheduler.search.stay(resident, held),
            }
        }
    }

    fn group(&mut self, group: GroupPlan<'_>) {
        let name = group.name.clone();
        let rescheduled = group.place.iter().filter(|wanted| matches!(wanted.previous, Some((_, Some(_))))).count();
        self.outcome.updates.push((
            name.clone(),
            DesiredUpdates {
                ignore: group.ignore,
                place: group.place.len() as u64,
                stop: group.stop.len() as u64,
                in_place_update: group.in_place.len() as u64,
                reschedule_now: rescheduled as u64,
                reschedule_later: group.later.len() as u64,
                ..DesiredUpdates::default()
            },
        ));
        let plan = &mut self.outcome.plan;
        let stop =
            |(alloc, why): &(AllocRef<'_>, _)| Stop { id: alloc.id().clone(), node: alloc.node_slot(), why: *why };
        plan.stops.extend(group.stop.iter().map(stop));
        plan.in_place.extend(group.in_place.iter().map(|alloc| InPlace { id: alloc.id().clone() }));
        self.follow_up(&group.later);
        if let Some(job) = self.outcome.plan.job.clone().filter(|job| !job.stop)
            && let Some(spec) = job.group(&name)
        {
            self.place_all(&job, spec, group.place);
        }
    }

    /// Makes the evaluations that look again at failed allocations when they are due: those within five seconds of
    /// each other share one (REC-512, REC-513).
    fn follow_up(&mut self, later: &[(AllocRef<'_>, Time)]) {
        let mut later: Vec<_> = later.to_vec();
        later.sort_by_key(|(alloc, due)| (*due, alloc.index(), alloc.create_index()));
        for batch in batches(&later, |(_, due)| *due) {
            let Some((_, first)) = batch.first() else { continue };
            let made = Evaluation {
                wait_until: (*first).into(),
                ..self.related(TriggeredBy::AllocReschedule, EvalStatus::Pending)
            };
            let tagged = batch.iter().map(|(alloc, _)| (alloc.id().clone(), made.id.clone()));
            self.outcome.plan.follow_ups.extend(tagged);
            self.outcome.follow_ups.push(made);
        }
    }

    /// An evaluation of the same job that follows this one.
    fn related(&mut self, triggered_by: TriggeredBy, status: EvalStatus) -> Evaluation {
        let ordinal = self.outcome.follow_ups.len() as u32 + u32::from(status == EvalStatus::Blocked) * (1 << 16);
        Evaluation {
            id: self.scheduler.ids.eval_of(&self.eval.id, self.state.index(), ordinal),
            namespace: self.eval.namespace.clone(),
            priority: self.eval.priority,
            kind: self.eval.kind.clone(),
            triggered_by,
            job_id: self.eval.job_id.clone(),
            job_modify_index: self.eval.job_modify_index,
            status,
            previous_eval: self.eval.id.clone(),
            snapshot_index: self.state.index(),
            create_time: self.now,
            modify_time: self.now,
            ..Evaluation::default()
        }
    }

    fn place_all(&mut self, job: &Arc<Job>, group: &TaskGroup, wanted: Vec<Wanted<'_>>) {
        if wanted.is_empty() {
            self.outcome.queued.push((group.name.clone(), 0));
            return;
        }
        let ask = match self.scheduler.search.ask(job, group) {
            Ok(ask) => ask,
            Err(error) => {
                // Registration refuses such a job; a job restored from elsewhere may still be one.
                self.outcome.status = EvalStatus::Failed;
                self.outcome.description = format!("{}: {error}", error.code());
                return;
            }
        };
        let before = self.before(job, group, &ask);
        let turn = Turn { job, group, ask: &ask, single: wanted.len() == 1 && wanted[0].previous.is_none() };
        self.with_request(&turn, "", 0, |search, request| search.begin(request, &before));
        self.outcome.plan.placements.reserve(wanted.len());
        self.placed.reserve(wanted.len());
        let mut shared = Arc::new(allocated(group, self.scheduler.settings.memory_oversubscription));
        let (mut left, mut queued, mut failed) = (wanted.len(), 0, false);
        for wanted in wanted {
            self.wanted = self.wanted.saturating_sub(1);
            left -= 1;
            // The last one may keep what the others were copied from.
            let resources = if left == 0 { std::mem::take(&mut shared) } else { shared.clone() };
            self.release(&wanted, true);
            if failed || !self.place(&turn, resources, &wanted) {
                self.release(&wanted, false);
                queued += 1;
                failed = true;
                self.fail(&turn);
            }
        }
        // A turn that one pass served saw no boosts.
        self.lowest = self.scheduler.search.end().or(self.lowest);
        self.weights = self.weights.saturating_add(ask.spread_weights());
        self.outcome.queued.push((group.name.clone(), queued));
    }

    /// Where the job is when a group's turn comes.
    fn before(&self, job: &Job, group: &TaskGroup, ask: &Ask) -> Before {
        let resident =
            |slot: NodeSlot, name: &GroupName| Resident { slot: Slot(slot.0), of_group: *name == group.name };
        let of = |alloc: &AllocRef<'_>| resident(alloc.node_slot(), alloc.group());
        // What is replaced stops when its replacement's turn comes, if that is found.
        let waits = |id: &AllocId| self.deferred.contains(id) && !self.released.contains(id);
        let stops = self.outcome.plan.stops.iter().map(|stop| &stop.id);
        let stops: BTreeSet<&AllocId> = stops.filter(|id| !waits(id)).collect();
        let placements = self.outcome.plan.placements.iter();
        let placed: Vec<Resident> = placements.map(|placement| resident(placement.node, &placement.group)).collect();
        let allocs = || self.state.allocs_of_job(&job.namespace, &job.id);
        let there = allocs().filter(|alloc| !alloc.client_terminal() && !stops.contains(alloc.id()));
        let mut before = Before {
            count: group.count,
            there: there.map(|alloc| of(&alloc)).chain(placed.iter().copied()).collect(),
            weights: self.weights,
            lowest: self.lowest,
            ..Before::default()
        };
        if ask.counts_uses() {
            let same = |alloc: &AllocRef<'_>| alloc.job().create_index == job.create_index;
            before.stored = allocs().filter(|alloc| !alloc.terminal() && same(alloc)).map(|alloc| of(&alloc)).collect();
            before.stopped = stops.iter().filter_map(|id| self.state.alloc(id)).map(|alloc| of(&alloc)).collect();
            before.placed = placed;
        }
        before
    }

    /// Asks the search something about the group that has its turn.
    fn with_request<T>(
        &mut self,
        turn: &Turn<'_>,
        alloc_name: &str,
        nonce: u64,
        ask: impl FnOnce(&mut Search, &Request<'_>) -> T,
    ) -> T {
        let told = self.outcome.plan.ranked.iter().any(|(group, _)| *group == turn.group.name);
        let placements = &self.outcome.plan.placements;
        // Who looks at nodes themselves asks who is there.
        if turn.ask.looks_at_nodes() || may_displace(self.scheduler, turn.job) {
            self.by_node.follow(placements);
        }
        let (state, released, by_node, job) = (self.state, &self.released, &self.by_node, turn.job);
        let occupants = OnNodes { state, released, job, by_node, placements };
        let request = Request {
            ask: turn.ask,
            job: turn.job,
            group: turn.group,
            alloc_name,
            occasion: Occasion { nonce },
            oversubscription: self.scheduler.settings.memory_oversubscription,
            occupants: &occupants,
            single: turn.single,
            runners_up: if told || turn.single { 0 } else { RUNNERS_UP },
        };
        ask(&mut self.scheduler.search, &request)
    }

    fn place(&mut self, turn: &Turn<'_>, resources: Arc<AllocatedResources>, wanted: &Wanted<'_>) -> bool {
        let penalties = penalty_nodes(self.state, wanted);
        self.scheduler.search.penalize(&penalties);
        let ordinal = self.ordinal;
        let nonce = self.scheduler.ids.nonce(&self.eval.id, self.state.index(), ordinal);
        let name = match turn.ask.goes_by_name() {
            true => alloc_name(&turn.job.id, &turn.group.name, u64::from(wanted.index)),
            false => String::new(),
        };
        let mut choice = self.with_request(turn, &name, nonce, |search, request| search.best(request));
        if choice.is_none() && may_displace(self.scheduler, turn.job) {
            choice = self.with_request(turn, &name, nonce, |search, request| search.best_displacing(request));
        }
        let Some(choice) = choice else { return false };
        let slot = NodeSlot(choice.slot.0);
        let Some(node) = self.state.node_at(slot) else { return false };
        // Nobody looks at the fleet after the last placement, so that one need not be taken and given back.
        let looked_at = self.wanted > 0;
        if looked_at && self.scheduler.search.place(turn.ask, &choice).is_err() {
            self.touched.insert(slot); // it may count as full now
            return false;
        }
        let id = self.scheduler.ids.alloc(&self.eval.id, self.state.index(), ordinal);
        for victim in &choice.victims {
            self.released.insert(victim.clone());
            self.outcome.plan.preemptions.push(Preempted { id: victim.clone(), node: slot, by: id.clone() });
        }
        let resources = match &choice.given {
            Given::Devices(devices) => with_devices(resources, turn.ask, devices, node),
            Given::Resources(resources) => resources.clone(),
        };
        let by_reference = self.scheduler.policy().scorer().algorithm().is_some();
        if by_reference && !self.outcome.plan.ranked.iter().any(|(group, _)| *group == turn.group.name) {
            let best = (slot, choice.scores);
            let next = choice.runners_up.iter().map(|(slot, scores)| (NodeSlot(slot.0), *scores));
            self.outcome.plan.ranked.push((turn.group.name.clone(), [best].into_iter().chain(next).collect()));
        }
        self.ordinal += 1;
        self.outcome.plan.placements.push(Placement {
            id,
            group: turn.group.name.clone(),
            index: wanted.index,
            node: slot,
            node_id: node.id.clone(),
            resources,
            previous: wanted.previous.as_ref().map(|(alloc, _)| alloc.id().clone()).unwrap_or_default(),
            tracker: self.tracker(wanted),
            score: choice.score,
        });
        if looked_at {
            if choice.victims.is_empty() {
                self.placed.push((turn.ask.clone(), choice));
            } else {
                self.recount(slot);
            }
        }
        true
    }

    fn tracker(&self, wanted: &Wanted<'_>) -> Option<RescheduleTracker> {
        let (alloc, delay) = wanted.previous.as_ref()?;
        history::tracker_after(alloc, (*delay)?, self.now)
    }

    /// Notes that one more allocation of the group found no room: why at the first, a count after (PLACE-138).
    fn fail(&mut self, turn: &Turn<'_>) {
        let name = &turn.group.name;
        if let Some((_, record)) = self.failed.iter_mut().find(|(failed, _)| failed == name) {
            record.coalesce(turn.group);
            return;
        }
        let why = |search: &mut Search, request: &Request<'_>| (search.explain(request), search.eligibility(request));
        let (mut record, eligibility) = self.with_request(turn, "", 0, why);
        record.fail(turn.group);
        self.outcome.eligibility.merge(eligibility);
        self.failed.push((name.clone(), record));
    }

    /// A blocked evaluation waits for room for what found none (REC-120).
    fn block(&mut self) {
        if self.outcome.failed.is_empty() || self.eval.status == EvalStatus::Blocked {
            return;
        }
        let failed = self.outcome.failed.iter().map(|(name, metric)| (name.to_string(), metric.clone())).collect();
        self.outcome.blocked = Some(Evaluation {
            status_description: "waits for room for the allocations that found none".into(),
            failed_tg_allocs: failed,
            escaped_computed_class: self.outcome.eligibility.escaped,
            class_eligibility: self.outcome.eligibility.carried(),
            ..self.related(TriggeredBy::QueuedAllocs, EvalStatus::Blocked)
        });
    }
}

/// Whether a job may displace others (REC-706).
fn may_displace(scheduler: &Scheduler, job: &Job) -> bool {
    let preemption = scheduler.settings.preemption;
    if job.kind == JobType::Batch { preemption.batch } else { preemption.service }
}

/// Where a chain failed before (PLACE-26): the previous allocation's node, and those of its history.
fn penalty_nodes(state: &State, wanted: &Wanted<'_>) -> Vec<Slot> {
    let Some((previous, Some(_))) = &wanted.previous else { return Vec::new() };
    let tracker = previous.extra().and_then(|extra| extra.reschedule_tracker.as_ref());
    let events = tracker.map_or(&[][..], |tracker| &tracker.events);
    let before = events.iter().filter_map(|event| state.node_slot(&event.prev_node_id));
    [previous.node_slot()].into_iter().chain(before).map(|slot| Slot(slot.0)).collect()
}

/// The group that has its turn.
struct Turn<'a> {
    job: &'a Arc<Job>,
    group: &'a TaskGroup,
    ask: &'a Arc<Ask>,
    /// Whether a single new allocation is all that it wants.
    single: bool,
}
