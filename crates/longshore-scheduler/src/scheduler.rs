//! The scheduler: one evaluation in, one plan out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{
    AllocId, AllocMetric, AllocatedCpu, AllocatedDevice, AllocatedMemory, AllocatedResources, AllocatedShared,
    AllocatedTaskResources, DesiredUpdates, EvalStatus, Evaluation, Job, JobType, RescheduleTracker, TaskGroup, Time,
    TriggeredBy,
};
use longshore_placement::policy::{Marks, Occasion};
use longshore_placement::{Ask, AskError, Choice, Failure, Fleet, FleetError, Policy, Search, Slot};
use longshore_reschedule::batches;
use longshore_store::{AllocRef, Mark, NodeSlot, State, What};

use crate::history;
use crate::ids::Ids;
use crate::plan::{InPlace, Outcome, Placement, Plan, Stop, StopReason};
use crate::reconcile::{GroupPlan, Wanted, reconcile};

/// Answers evaluations with plans.
///
/// The answer is a function of the state, the evaluation, the time and the seed alone. What the scheduler keeps
/// between calls (a mirror of the nodes and search structures over it) makes it fast and changes nothing: a fresh
/// scheduler gives the same answer.
///
/// ```
/// use longshore_model::{Evaluation, JobType, Time};
/// use longshore_placement::Policy;
/// use longshore_scheduler::{Ids, Scheduler};
/// use longshore_store::State;
/// let mut scheduler = Scheduler::new(Policy::default(), Ids::new(42));
/// let eval = Evaluation { job_id: "gone".into(), kind: JobType::Service, ..Evaluation::default() };
/// let outcome = scheduler.process(&State::new(), &eval, Time(0));
/// assert!(outcome.plan.is_no_op()); // nothing of that job is there, and nothing is wanted
/// ```
#[derive(Debug)]
pub struct Scheduler {
    search: Search,
    ids: Ids,
    /// How far the search's fleet has followed the state.
    mark: Mark,
    /// Nodes whose usage could not be counted; nothing is placed there.
    unsound: Vec<FleetError>,
}

impl Scheduler {
    /// A scheduler that places by a policy.
    pub fn new(policy: Policy, ids: Ids) -> Scheduler {
        Scheduler { search: Search::new(policy), ids, mark: Mark::default(), unsound: Vec::new() }
    }

    /// The policy that it places by.
    pub fn policy(&self) -> &Policy {
        self.search.policy()
    }

    /// Whether a group can be placed as it says. Asking before the group's evaluation makes that one cheaper.
    ///
    /// # Errors
    /// As [`Ask::new`].
    pub fn check(&mut self, job: &Job, group: &TaskGroup) -> Result<(), AskError> {
        self.search.ask(job, group).map(|_| ())
    }

    /// Processes an evaluation on a state: what is to be done, and what becomes of the evaluation.
    pub fn process(&mut self, state: &State, eval: &Evaluation, now: Time) -> Outcome {
        if !matches!(eval.kind, JobType::Service | JobType::Batch) {
            return Outcome {
                status: EvalStatus::Failed,
                description: format!("no scheduler for evaluations of type {:?}", eval.kind.as_str()),
                ..Outcome::default()
            };
        }
        self.mirror(state);
        let job = state.job(&eval.namespace, &eval.job_id);
        let groups = reconcile(state, job, eval, now);
        let spec = job.map(|job| job.spec().clone());
        let plan = Plan {
            eval_id: eval.id.clone(),
            all_at_once: spec.as_ref().is_some_and(|job| job.all_at_once),
            job: spec,
            snapshot_index: state.index(),
            ..Plan::default()
        };
        let outcome = Outcome { plan, status: EvalStatus::Complete, ..Outcome::default() };
        let wanted = groups.iter().map(|group| group.place.len()).sum();
        Run {
            scheduler: self,
            state,
            eval,
            now,
            ordinal: 0,
            wanted,
            outcome,
            released: BTreeSet::new(),
            placed: Vec::new(),
        }
        .finish(groups)
    }

    /// Follows the state's changes of nodes and of what runs on them.
    fn mirror(&mut self, state: &State) {
        let mark = state.node_log().mark();
        match state.node_log().since(&self.mark) {
            Some(changes) => self.follow(state, changes),
            None => {
                self.search.replace_fleet(Fleet::new());
                self.unsound.clear();
                for slot in 0..state.node_slots() {
                    self.renew(state, NodeSlot(slot), What::Record);
                }
            }
        }
        self.mark = mark;
    }

    /// An allocation that came to a node is added to what is counted there; for any other change the node is counted
    /// anew, once, and with what came to it.
    fn follow<'a>(&mut self, state: &State, changes: impl Iterator<Item = &'a (NodeSlot, What)> + Clone) {
        let anew = |(_, what): &&(NodeSlot, What)| !matches!(what, What::Placed(_));
        let mut renewed = BTreeSet::new();
        for (slot, what) in changes.clone().filter(anew) {
            if renewed.insert(*slot) || *what == What::Record {
                self.renew(state, *slot, *what);
            }
        }
        for (slot, what) in changes {
            let What::Placed(alloc) = what else { continue };
            let Some(alloc) = state.alloc_in(*alloc).filter(|_| !renewed.contains(slot)) else { continue };
            if let Err(error) = self.search.fleet_mut().add(Slot(slot.0), alloc.resources()) {
                self.unsound.push(error);
            }
        }
    }

    fn renew(&mut self, state: &State, slot: NodeSlot, what: What) {
        let fleet = self.search.fleet_mut();
        let at = Slot(slot.0);
        let Some(node) = state.node_at(slot) else {
            fleet.remove_node(at);
            return;
        };
        // A client-terminal allocation holds nothing; one told to stop holds its place until the host says it ended
        // (PLACE-34, PLACE-35).
        let holders = state.allocs_on(slot).filter(|alloc| !alloc.client_terminal());
        let renewed = match what {
            What::Record => fleet.put_node(at, node.clone()),
            What::Allocs | What::Placed(_) => Ok(()),
        };
        let counted = renewed.and_then(|()| fleet.recount(at, holders.map(|alloc| alloc.resources())));
        if let Err(error) = counted {
            self.unsound.push(error);
        }
    }

    /// Faults met while mirroring the state: nodes whose recorded amounts do not add up. Cleared by the call.
    pub fn take_faults(&mut self) -> Vec<FleetError> {
        std::mem::take(&mut self.unsound)
    }
}

/// The processing of one evaluation.
struct Run<'a> {
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
    /// What the search has given out, to be given back at the end.
    placed: Vec<(Arc<Ask>, Choice)>,
}

impl Run<'_> {
    fn finish(mut self, groups: Vec<GroupPlan<'_>>) -> Outcome {
        let touched = self.release_stops(&groups);
        for group in groups {
            self.group(group);
        }
        for (ask, choice) in self.placed.drain(..).rev() {
            self.scheduler.search.undo(&ask, &choice);
        }
        for slot in touched {
            self.scheduler.renew(self.state, slot, What::Allocs);
        }
        self.block();
        self.outcome
    }

    /// What the plan stops makes room for what it places (PLACE-34). Answers the nodes to be renewed afterwards.
    fn release_stops(&mut self, groups: &[GroupPlan<'_>]) -> Vec<NodeSlot> {
        let replaced: BTreeSet<&AllocId> = groups
            .iter()
            .flat_map(|group| &group.place)
            .filter_map(|wanted| wanted.previous.as_ref().map(|(alloc, _)| alloc.id()))
            .collect();
        let stops = groups.iter().flat_map(|group| &group.stop).map(|(alloc, _)| alloc.id());
        self.released = stops.filter(|id| !replaced.contains(id)).cloned().collect();
        let mut touched: Vec<NodeSlot> =
            groups.iter().flat_map(|group| &group.stop).map(|(alloc, _)| alloc.node_slot()).collect();
        touched.sort_unstable();
        touched.dedup();
        if !groups.iter().any(|group| !group.place.is_empty()) {
            return Vec::new();
        }
        for slot in &touched {
            self.recount(*slot);
        }
        touched
    }

    /// Counts a node as the plan so far leaves it: without what is released, with what is placed.
    fn recount(&mut self, slot: NodeSlot) {
        if self.state.node_at(slot).is_none() {
            return;
        }
        let held = |alloc: &AllocRef<'_>| !alloc.client_terminal() && !self.released.contains(alloc.id());
        let left = self.state.allocs_on(slot).filter(held);
        let search = &mut self.scheduler.search;
        // The same sums succeeded with more in them.
        let _ = search.fleet_mut().recount(Slot(slot.0), left.map(|alloc| alloc.resources()));
        for (ask, choice) in self.placed.iter().filter(|(_, choice)| choice.slot == Slot(slot.0)) {
            let _ = search.place(ask, choice);
        }
    }

    /// What is to be replaced makes room for its replacement; if there is none to be had, it stays (PLACE-28, REC-709).
    fn release(&mut self, wanted: &Wanted<'_>, release: bool) {
        let Some((previous, _)) = &wanted.previous else { return };
        if release {
            self.released.insert(previous.id().clone());
        } else {
            self.released.remove(previous.id());
            let lost = |stop: &Stop| stop.why == StopReason::Lost;
            self.outcome.plan.stops.retain(|stop| stop.id != *previous.id() || lost(stop));
        }
        if !previous.client_terminal() {
            self.recount(previous.node_slot());
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
        let mut shared = Arc::new(allocated(group));
        let mut left = wanted.len();
        let mut marks = self.marks(job, group);
        let mut queued = 0;
        for wanted in wanted {
            self.wanted = self.wanted.saturating_sub(1);
            left -= 1;
            // The last one may keep what the others were copied from.
            let resources = if left == 0 { std::mem::take(&mut shared) } else { shared.clone() };
            self.release(&wanted, true);
            let placed = !self.outcome.failed.iter().any(|(name, _)| *name == group.name)
                && self.place(&ask, group, resources, &mut marks, &wanted);
            if !placed {
                self.release(&wanted, false);
                queued += 1;
                self.fail(&ask, group);
            }
        }
        self.scheduler.search.mark(&ask, []);
        self.outcome.queued.push((group.name.clone(), queued));
    }

    /// What nodes mean to the group: where its allocations are that the plan does not stop (PLACE-84).
    fn marks(&self, job: &Job, group: &TaskGroup) -> BTreeMap<Slot, Marks> {
        let mut marks: BTreeMap<Slot, Marks> = BTreeMap::new();
        let stopped = |id: &AllocId| self.outcome.plan.stops.iter().any(|stop| stop.id == *id);
        let allocs = self.state.allocs_of_job(&job.namespace, &job.id);
        for alloc in allocs.filter(|alloc| *alloc.group() == group.name && !alloc.client_terminal()) {
            if !stopped(alloc.id()) {
                marks.entry(Slot(alloc.node_slot().0)).or_default().collisions += 1;
            }
        }
        let count = u32::try_from(group.count).unwrap_or(u32::MAX);
        marks.values_mut().for_each(|mark| mark.count = count);
        marks
    }

    fn place(
        &mut self,
        ask: &Arc<Ask>,
        group: &TaskGroup,
        resources: Arc<AllocatedResources>,
        marks: &mut BTreeMap<Slot, Marks>,
        wanted: &Wanted<'_>,
    ) -> bool {
        let count = u32::try_from(group.count).unwrap_or(u32::MAX);
        let penalties = penalty_nodes(self.state, wanted);
        let marked = penalties.iter().map(|slot| {
            let mark = marks.get(slot).copied().unwrap_or(Marks { count, ..Marks::default() });
            (*slot, Marks { penalty: true, ..mark })
        });
        let all: Vec<(Slot, Marks)> = marks.iter().map(|(slot, mark)| (*slot, *mark)).chain(marked).collect();
        let search = &mut self.scheduler.search;
        search.mark(ask, all);
        let ordinal = self.ordinal;
        let nonce = self.scheduler.ids.nonce(&self.eval.id, self.state.index(), ordinal);
        let Some(choice) = search.best(ask, Occasion { nonce }) else { return false };
        let Some(node) = self.state.node_at(NodeSlot(choice.slot.0)) else { return false };
        // Nobody looks at the fleet after the last placement, so that one need not be taken and given back.
        let looked_at = self.wanted > 0;
        if looked_at && search.place(ask, &choice).is_err() {
            return false;
        }
        self.ordinal += 1;
        if looked_at {
            let mark = marks.entry(choice.slot).or_insert(Marks { count, ..Marks::default() });
            mark.collisions += 1;
        }
        self.outcome.plan.placements.push(Placement {
            id: self.scheduler.ids.alloc(&self.eval.id, self.state.index(), ordinal),
            group: group.name.clone(),
            index: wanted.index,
            node: NodeSlot(choice.slot.0),
            node_id: node.id.clone(),
            resources: with_devices(resources, ask, &choice, node),
            previous: wanted.previous.as_ref().map(|(alloc, _)| alloc.id().clone()).unwrap_or_default(),
            tracker: self.tracker(wanted),
            score: choice.score,
        });
        if looked_at {
            self.placed.push((ask.clone(), choice));
        }
        true
    }

    fn tracker(&self, wanted: &Wanted<'_>) -> Option<RescheduleTracker> {
        let (alloc, delay) = wanted.previous.as_ref()?;
        history::tracker_after(alloc, (*delay)?, self.now)
    }

    /// Notes that one more allocation of the group found no room: why at the first, a count after (PLACE-138).
    fn fail(&mut self, ask: &Arc<Ask>, group: &TaskGroup) {
        if let Some((_, metric)) = self.outcome.failed.iter_mut().find(|(name, _)| *name == group.name) {
            metric.coalesced_failures += 1;
            return;
        }
        let failure = self.scheduler.search.explain(ask);
        self.outcome.failed.push((group.name.clone(), metric(&failure, ask)));
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
            escaped_computed_class: true,
            ..self.related(TriggeredBy::QueuedAllocs, EvalStatus::Blocked)
        });
    }
}

/// Where a chain failed before (PLACE-26): the previous allocation's node, and those of its history.
fn penalty_nodes(state: &State, wanted: &Wanted<'_>) -> Vec<Slot> {
    let Some((previous, Some(_))) = &wanted.previous else { return Vec::new() };
    let tracker = previous.extra().and_then(|extra| extra.reschedule_tracker.as_ref());
    let events = tracker.map_or(&[][..], |tracker| &tracker.events);
    let before = events.iter().filter_map(|event| state.node_slot(&event.prev_node_id));
    [previous.node_slot()].into_iter().chain(before).map(|slot| Slot(slot.0)).collect()
}

/// What every allocation of a group holds, devices aside (PLACE-122).
fn allocated(group: &TaskGroup) -> AllocatedResources {
    let task = |task: &longshore_model::Task| {
        let resources = &task.resources;
        let held = AllocatedTaskResources {
            cpu: AllocatedCpu { cpu_shares: resources.cpu, ..AllocatedCpu::default() },
            memory: AllocatedMemory {
                memory_mb: resources.memory_mb.saturating_add(resources.secrets_mb),
                memory_max_mb: 0, // oversubscription is off (PLACE-46)
            },
            ..AllocatedTaskResources::default()
        };
        (task.name.to_string(), held)
    };
    let lifecycle = |task: &longshore_model::Task| {
        let lifecycle = task.lifecycle.as_ref().map(|lifecycle| longshore_model::TaskLifecycle {
            hook: lifecycle.hook.clone(),
            sidecar: lifecycle.sidecar,
        });
        (task.name.to_string(), lifecycle)
    };
    AllocatedResources {
        tasks: group.tasks.iter().map(task).collect(),
        task_lifecycles: group.tasks.iter().map(lifecycle).collect(),
        shared: AllocatedShared { disk_mb: group.ephemeral_disk.size_mb, ..AllocatedShared::default() },
    }
}

/// The group's resources with the chosen device instances.
fn with_devices(
    mut resources: Arc<AllocatedResources>,
    ask: &Ask,
    choice: &Choice,
    node: &longshore_model::Node,
) -> Arc<AllocatedResources> {
    if choice.devices.is_empty() {
        return resources;
    }
    let groups = node.node_resources.as_ref().map_or(&[][..], |has| &has.devices);
    let own = Arc::make_mut(&mut resources);
    for (request, assigned) in ask.devices.iter().zip(&choice.devices) {
        let Some(group) = groups.get(assigned.group as usize) else { continue };
        let ids = assigned.instances.iter().filter_map(|at| group.instances.get(*at as usize));
        let device = AllocatedDevice {
            vendor: group.vendor.clone(),
            kind: group.kind.clone(),
            name: group.name.clone(),
            device_ids: ids.map(|instance| instance.id.clone()).collect(),
            share: (request.share < longshore_placement::WHOLE).then_some(u32::from(request.share)),
        };
        own.tasks.or_default(&request.task).devices.make().push(device);
    }
    resources
}

/// A failure as the reference reports it (PLACE-127 to PLACE-137).
fn metric(failure: &Failure, ask: &Ask) -> AllocMetric {
    let exhausted: u64 = failure.exhausted.iter().map(|(_, nodes)| nodes).sum();
    let filtered: u64 = failure.filtered.values().sum();
    AllocMetric {
        nodes_evaluated: failure.evaluated as i64,
        nodes_filtered: filtered as i64,
        nodes_in_pool: failure.evaluated as i64,
        node_pool: ask.pool.clone(),
        constraint_filtered: counts(failure.filtered.iter().map(|(reason, count)| (reason.to_string(), *count))),
        nodes_exhausted: exhausted as i64,
        dimension_exhausted: counts(failure.exhausted.iter().map(|(what, count)| (what.as_str().to_string(), *count))),
        ..AllocMetric::default()
    }
}

/// Counts by name; null if there are none (PLACE-139).
fn counts(entries: impl Iterator<Item = (String, u64)>) -> longshore_model::Map<i64> {
    let mut map = longshore_model::Map::default();
    for (name, count) in entries {
        *map.or_default(&name) += count as i64;
    }
    map
}
