//! The scheduler: one evaluation in, one plan out.

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::{AllocatedResources, EvalStatus, Evaluation, Job, JobType, TaskGroup, Time};
use longshore_placement::{Amounts, AskError, Fleet, FleetError, Overflow, Policy, Search, Slot};
use longshore_store::{Mark, NodeSlot, State, What};

use crate::ids::Ids;
use crate::plan::{Outcome, Plan};
use crate::reconcile::reconcile;
use crate::run::Run;

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
    pub(crate) search: Search,
    pub(crate) ids: Ids,
    pub(crate) settings: Settings,
    /// How far the search's fleet has followed the state.
    mark: Mark,
    /// Nodes whose usage could not be counted; nothing is placed there.
    unsound: BTreeMap<NodeSlot, FleetError>,
}

/// What schedulers may do, as the reference's scheduler configuration has it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Settings {
    /// Whether tasks may use more memory than they reserve (PLACE-46). Default: no.
    pub memory_oversubscription: bool,
    /// Whose jobs may displace those of lower priority. Default: nobody's.
    pub preemption: Preemption,
}

/// Whose jobs may displace those of lower priority (PLACE-102).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Preemption {
    /// Service jobs.
    pub service: bool,
    /// Batch jobs.
    pub batch: bool,
}

impl Scheduler {
    /// A scheduler that places by a policy.
    pub fn new(policy: Policy, ids: Ids) -> Scheduler {
        let settings = Settings::default();
        Scheduler { search: Search::new(policy), ids, settings, mark: Mark::default(), unsound: BTreeMap::new() }
    }

    /// With settings.
    pub fn with_settings(self, settings: Settings) -> Scheduler {
        Scheduler { settings, ..self }
    }

    /// What it may do.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// The policy that it places by.
    pub fn policy(&self) -> &Policy {
        self.search.policy()
    }

    /// Whether a group can be placed as it says. Asking before the group's evaluation makes that one cheaper.
    ///
    /// # Errors
    /// As [`Ask::new`](longshore_placement::Ask::new).
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
        Run::new(self, state, eval, now, outcome, &groups).finish(groups)
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
        // Allocations of a group share their resources: what the latest came to is known.
        let mut latest: Option<(&AllocatedResources, Result<Amounts, Overflow>)> = None;
        for (slot, what) in changes {
            let What::Placed(alloc) = what else { continue };
            let Some(alloc) = state.alloc_in(*alloc).filter(|_| !renewed.contains(slot)) else { continue };
            let resources = alloc.resources();
            let amounts = match latest {
                Some((of, amounts)) if std::ptr::eq(of, resources) => amounts,
                _ => Amounts::of_allocated(resources),
            };
            latest = Some((resources, amounts));
            let counted = self.search.fleet_mut().add_counted(Slot(slot.0), resources, amounts);
            self.note(*slot, counted);
        }
    }

    /// Notes whether a node could be counted.
    fn note(&mut self, slot: NodeSlot, counted: Result<(), FleetError>) {
        match counted {
            Ok(()) => drop(self.unsound.remove(&slot)),
            Err(error) => drop(self.unsound.insert(slot, error)),
        }
    }

    pub(crate) fn renew(&mut self, state: &State, slot: NodeSlot, what: What) {
        let fleet = self.search.fleet_mut();
        let at = Slot(slot.0);
        let Some(node) = state.node_at(slot) else {
            fleet.remove_node(at);
            self.unsound.remove(&slot);
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
        self.note(slot, counted);
    }

    /// Nodes whose recorded amounts do not add up, as they are now: nothing is placed there.
    pub fn faults(&self) -> impl Iterator<Item = &FleetError> {
        self.unsound.values()
    }
}
