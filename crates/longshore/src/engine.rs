//! The engine: everything that a host calls.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::{Cluster, Duration, EvalId, EvalStatus, Evaluation, Namespace, NodeId, Time};
use longshore_placement::Policy;
use longshore_scheduler::{Ids, Outcome, Preemption, Scheduler, Settings};
use longshore_store::{
    AllocRef, Change, Checkpointer, CommitError, Frame, Index, Kind, MemoryStorage, Recovered, State, Storage,
    StorageError, Writer, settle,
};

use crate::apply_plan;
use crate::blocked::Blocked;
use crate::broker::Broker;
use crate::error::Error;
use crate::events::{Cursor, Event, Lagged, Ring};
use crate::ledgers::Ledgers;
use crate::timers::{Timer, Timers};
use crate::write::Write;

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// How nodes are chosen. Default: `bin-pack`.
    pub policy: Policy,
    /// Everything left to chance follows from it: same calls, same seed, same digest. Default: 0.
    pub seed: u64,
    /// What jobs may ask for.
    pub limits: Limits,
    /// What documents of jobs become and whether they are taken; its highest priority and most allocations are those of
    /// `limits`. Default: the reference's settings, the namespace `default`, the node pools `default` and `all`.
    pub cluster: Cluster,
    /// Whose jobs may displace those of lower priority (PLACE-102). Default: nobody's.
    pub preemption: Preemption,
    /// How many of the latest writes keep their events for readers. Default: 4,096.
    pub events_kept: usize,
    /// Who writes: needed where several engines share a storage, each then with a number that no other ever had.
    /// Default: nobody in particular.
    pub writer: Writer,
}

/// What jobs may ask for. The defaults are the reference's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The least memory of a task, MiB (MODEL-142). Default: 10.
    pub memory_mb_min: i64,
    /// The highest priority (MODEL-171). Default: 100.
    pub priority_max: i64,
    /// The most allocations of a job, over its groups (MODEL-172). Default: 50,000.
    pub count_max: i64,
}

impl Limits {
    /// The cluster with these limits.
    fn within(self, cluster: Cluster) -> Cluster {
        Cluster { priority_max: self.priority_max, count_max: self.count_max, ..cluster }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { memory_mb_min: 10, priority_max: 100, count_max: 50_000 }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            policy: Policy::default(),
            seed: 0,
            limits: Limits::default(),
            cluster: Cluster::default(),
            preemption: Preemption::default(),
            events_kept: 4_096,
            writer: Writer::default(),
        }
    }
}

impl Options {
    /// The defaults, with a policy.
    pub fn with_policy(policy: Policy) -> Options {
        Options { policy, ..Options::default() }
    }

    /// With a seed.
    pub fn seed(mut self, seed: u64) -> Options {
        self.seed = seed;
        self
    }

    /// With jobs that may displace those of lower priority.
    pub fn preemption(mut self, preemption: Preemption) -> Options {
        self.preemption = preemption;
        self
    }

    /// With events of so many writes kept for readers; a host that reads none saves the memory.
    pub fn events_kept(mut self, writes: usize) -> Options {
        self.events_kept = writes;
        self
    }

    /// As a writer that no other engine on the storage ever was.
    pub fn writer(mut self, writer: Writer) -> Options {
        self.writer = writer;
        self
    }

    /// With limits.
    pub fn limits(mut self, limits: Limits) -> Options {
        self.limits = limits;
        self
    }

    /// With namespaces, node pools and settings for documents of jobs.
    pub fn cluster(mut self, cluster: Cluster) -> Options {
        self.cluster = cluster;
        self
    }
}

/// A scheduling engine.
///
/// # The grammar of calls
/// - **Commands** propose: [`register_node`](Engine::register_node), [`register_document`](Engine::register_document),
///   [`register_job`](Engine::register_job), [`scale_job`](Engine::scale_job), [`stop_job`](Engine::stop_job).
///   **Reports** say what happened: [`report_allocs`](Engine::report_allocs), [`report_node`](Engine::report_node).
///   Each is one atomic, durable write, or an error and no change.
/// - **[`tick`](Engine::tick)** lets the engine act: it processes every evaluation that is ready and fires every timer
///   that is due. Call it after commands and reports, and at [`next_wakeup`](Engine::next_wakeup). A repeated or early
///   tick is harmless.
/// - **Reads** look: [`state`](Engine::state) borrows, [`snapshot`](Engine::snapshot) keeps, [`work_of`](Engine::work_of)
///   says what a node must run, [`read_events`](Engine::read_events) what changed since.
///
/// Where several engines share a storage, [`catch_up`](Engine::catch_up) brings in what the others wrote.
///
/// Every call that writes takes `now`. The engine has no clock, no threads and no I/O but its storage's; a `now` before
/// the latest one seen counts as the latest (LOOP-001).
///
/// ```
/// use longshore::{Engine, Options};
/// use longshore::model::{Job, Node, Task, TaskGroup, Time};
/// let mut engine = Engine::new(Options::default());
/// let now = Time::from_secs(1_700_000_000);
/// engine.register_node(Node::new("node-1").datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec"), now)?;
/// let task = Task::new("server").driver("exec").cpu(500).memory_mb(256);
/// engine.register_job(Job::service("web").with_group(TaskGroup::new("front").count(2).task(task)), now)?;
/// engine.tick(now)?;
/// let names: Vec<String> = engine.work_of(&"node-1".into()).map(|alloc| alloc.name()).collect();
/// assert_eq!(names, ["web.front[0]", "web.front[1]"]);
/// # Ok::<(), longshore::Error>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    pub(crate) state: Arc<State>,
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) checkpointer: Checkpointer,
    /// Why the latest checkpoint was given up, until one is sealed.
    checkpoint_failure: Option<StorageError>,
    pub(crate) recovered: Recovered,
    writer: Writer,
    pub(crate) scheduler: Scheduler,
    ledgers: Ledgers,
    ids: Ids,
    pub(crate) limits: Limits,
    /// Agrees with `limits`.
    pub(crate) cluster: Cluster,
    /// Namespaces met: jobs of one share its text.
    namespaces: BTreeSet<Namespace>,
    broker: Broker,
    blocked: Blocked,
    timers: Timers,
    pub(crate) events: Ring,
    now: Time,
    /// Why no more writes are taken, once that is so.
    pub(crate) stopped: Option<String>,
}

/// A state as it was: `Send + Sync`, outlives later writes, costs what has changed since.
#[derive(Clone, Debug)]
pub struct Snapshot {
    state: Arc<State>,
}

impl std::ops::Deref for Snapshot {
    type Target = State;
    fn deref(&self) -> &State {
        &self.state
    }
}

/// What a tick did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tick {
    /// Evaluations processed.
    pub processed: usize,
    /// Allocations placed.
    pub placed: usize,
    /// Allocations told to stop.
    pub stopped: usize,
    /// Nodes whose part of a plan was refused when it was checked again.
    pub refused: usize,
}

/// What a command or report was written as.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Written {
    /// Index of the write; that of the last write if nothing had to be written.
    pub index: Index,
    /// Evaluations that it gave rise to.
    pub evals: Vec<EvalId>,
}

/// Chunks of a checkpoint, while one is under way, that are written after each commit.
const CHUNKS: usize = 2;

/// How often an evaluation's plan may be refused before the evaluation fails (REC-104).
const ATTEMPTS: u32 = 5;

impl Engine {
    /// An engine on memory alone: when it goes, all goes.
    pub fn new(options: Options) -> Engine {
        Engine::with_state(State::new(), Recovered::default(), Box::new(MemoryStorage::forgetful()), options)
    }

    /// An engine on a storage, as the storage has it. Evaluations that were pending or blocked are so again.
    ///
    /// # Errors
    /// [`Error::Load`] if the storage fails or holds what cannot be right.
    pub fn open(mut storage: Box<dyn Storage>, options: Options) -> Result<Engine, Error> {
        let (state, recovered) = State::recover(&mut *storage)?;
        #[cfg(feature = "tracing")]
        tracing::info!(%recovered, "opened");
        Ok(Engine::with_state(state, recovered, storage, options))
    }

    fn with_state(state: State, recovered: Recovered, storage: Box<dyn Storage>, options: Options) -> Engine {
        let ids = Ids::new(options.seed);
        let mut engine = Engine {
            now: state.time(),
            events: Ring::after(state.index(), options.events_kept),
            state: Arc::new(state),
            storage,
            checkpointer: Checkpointer::after(&recovered),
            checkpoint_failure: None,
            recovered,
            writer: options.writer,
            ledgers: Ledgers::default(),
            scheduler: Scheduler::new(options.policy, ids).with_settings(Settings {
                memory_oversubscription: options.cluster.memory_oversubscription,
                preemption: options.preemption,
            }),
            ids,
            limits: options.limits,
            cluster: options.limits.within(options.cluster),
            namespaces: BTreeSet::new(),
            broker: Broker::default(),
            blocked: Blocked::default(),
            timers: Timers::default(),
            stopped: None,
        };
        engine.route_all();
        engine
    }

    /// A copy of this engine's cluster that goes its own way, on memory alone: for asking what would happen. O(1) in
    /// the size of the state; this engine is not touched.
    pub fn fork(&self) -> Engine {
        let policy = self.scheduler.policy().clone();
        let (limits, events_kept) = (self.limits, self.events.kept());
        let cluster = self.cluster.clone();
        let preemption = self.scheduler.settings().preemption;
        let options =
            Options { policy, seed: self.ids.seed(), limits, cluster, preemption, events_kept, writer: self.writer };
        let storage = Box::new(MemoryStorage::forked(self.state.index()));
        let mut fork = Engine::with_state(self.state.fork(), Recovered::default(), storage, options);
        fork.now = self.now;
        fork
    }

    // Reads.

    /// The state, borrowed: the cheapest way to look.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state as it is now, to keep. O(1).
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { state: self.state.clone() }
    }

    /// The latest time seen.
    pub fn now(&self) -> Time {
        self.now
    }

    /// What a node must run: its allocations that are wanted and have not ended, oldest first. Whatever else runs there
    /// must stop.
    pub fn work_of(&self, node: &NodeId) -> impl Iterator<Item = AllocRef<'_>> {
        let slot = self.state.node_slot(node);
        slot.into_iter().flat_map(|slot| self.state.allocs_on(slot)).filter(|alloc| !alloc.terminal())
    }

    /// Appends the events after the cursor to `into`, oldest first, and moves the cursor past them.
    ///
    /// # Errors
    /// [`Lagged`] if events after the cursor are no longer kept (see [`Options::events_kept`]).
    pub fn read_events(&self, cursor: &mut Cursor, into: &mut Vec<Event>) -> Result<(), Lagged> {
        self.events.read(cursor, into)
    }

    /// A cursor past everything that has happened.
    pub fn cursor(&self) -> Cursor {
        Cursor { after: Some(self.state.index()) }
    }

    /// When to call [`tick`](Engine::tick) next: at once if an evaluation is ready, else when the next timer is due.
    /// Every command, report and tick may change the answer.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Time> {
        if self.broker.is_idle() { self.timers.next() } else { Some(self.now) }
    }

    /// Evaluations that wait for room.
    pub fn blocked_count(&self) -> usize {
        self.blocked.len()
    }

    /// Evaluations that are ready or wait behind one of their job.
    pub fn pending_count(&self) -> usize {
        self.broker.len()
    }

    /// Why the latest checkpoint of the storage was given up, if it was: the log grows until one is sealed. Nothing is
    /// lost by that, and the engine tries again by itself.
    pub fn checkpoint_failure(&self) -> Option<&StorageError> {
        self.checkpoint_failure.as_ref()
    }

    /// What was found in the storage when the engine was opened, for the host to print: where it goes on from, and what
    /// a crash had left.
    ///
    /// ```
    /// # use longshore::{Engine, Options, store::MemoryStorage};
    /// let engine = Engine::open(Box::new(MemoryStorage::new()), Options::default())?;
    /// assert_eq!(engine.recovered().to_string(), format!("index 0 from 0 frames, digest {}", engine.state().digest()));
    /// # Ok::<(), longshore::Error>(())
    /// ```
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    // The engine acts.

    /// Fires every timer that is due by `now` and processes every evaluation that is ready, and what follows from that.
    ///
    /// # Errors
    /// [`Error::Storage`] if a write was not stored: what was processed before it stands, and a later tick goes on.
    /// [`Error::Stopped`] once the engine takes no more writes.
    pub fn tick(&mut self, now: Time) -> Result<Tick, Error> {
        let now = self.see(now);
        let mut tick = Tick::default();
        loop {
            while let Some(Timer::Release(id)) = self.timers.fire(now) {
                if let Some(eval) = self.state.eval(&id).filter(|eval| eval.status == EvalStatus::Pending) {
                    self.broker.enqueue(eval.clone());
                }
            }
            let Some(eval) = self.broker.dequeue() else { return Ok(tick) };
            // What was queued may be over by now, or have changed since: the state says how it stands.
            let current = self.state.eval(&eval.id).filter(|eval| !eval.status.is_terminal()).cloned();
            let Some(eval) = current else {
                self.broker.skip(&eval);
                continue;
            };
            if let Err(error) = self.process(&eval, &mut tick) {
                self.broker.nack(eval);
                if error.is_conflict() {
                    continue; // caught up by now: the state says whether the evaluation still waits
                }
                return Err(error);
            }
        }
    }

    fn process(&mut self, eval: &Arc<Evaluation>, tick: &mut Tick) -> Result<(), Error> {
        tick.processed += 1;
        let (mut attempt, mut most) = (1, usize::MAX);
        loop {
            let mut outcome = self.scheduler.process(&self.state, eval, self.now);
            let mut verified = apply_plan::verify(&self.state, &mut self.ledgers, std::mem::take(&mut outcome.plan));
            let refused = verified.refused.len();
            let whole = verified.plan.keep(most);
            // A plan refused in part is made again on the state that its accepted part leaves (REC-108).
            let last = whole && (refused == 0 || attempt == ATTEMPTS);
            if !last {
                // Their evaluations are written with the last attempt, which finds them again.
                verified.plan.follow_ups.clear();
            }
            match self.commit_outcome(eval, &outcome, &verified, last, tick) {
                // What the storage does not take at once is written in parts: half as many changes a frame, until it
                // does. Sending it again as it is would never succeed.
                Err(Error::Storage(CommitError::TooLarge { .. })) if verified.plan.can_be_cut() => {
                    most = verified.plan.size() / 2;
                }
                Err(Error::Storage(error @ CommitError::TooLarge { .. })) => return self.give_up(eval, &error),
                Err(error) => return Err(error),
                Ok(()) => {
                    tick.refused += refused;
                    if last {
                        return Ok(());
                    }
                    attempt += u32::from(whole);
                }
            }
        }
    }

    /// Fails an evaluation whose plan the storage will never take, so that those behind it have their turn.
    fn give_up(&mut self, eval: &Arc<Evaluation>, error: &CommitError) -> Result<(), Error> {
        let mut write = Write::new(&self.state, self.now, Kind::EvaluationUpdated);
        write.put_eval(Evaluation {
            status: EvalStatus::Failed,
            status_description: format!("its plan cannot be stored, not even in parts: {error}"),
            modify_time: self.now,
            ..(**eval).clone()
        });
        let frame = write.frame();
        self.commit(frame)?;
        self.broker.ack(eval);
        Ok(())
    }

    fn commit_outcome(
        &mut self,
        eval: &Arc<Evaluation>,
        outcome: &Outcome,
        verified: &apply_plan::Verified,
        last: bool,
        tick: &mut Tick,
    ) -> Result<(), Error> {
        let exhausted = verified.why(&self.state).filter(|_| last);
        let mut write = Write::new(&self.state, self.now, Kind::PlanResult);
        apply_plan::write(&mut write, &self.state, self.ids, &verified.plan);
        write.next(Kind::EvaluationUpdated);
        if last {
            apply_plan::write_eval(&mut write, &self.state, eval, outcome, self.ids, exhausted);
        }
        let state = &self.state;
        let open = |eval: &EvalId| state.eval(eval).filter(|eval| !eval.status.is_terminal()).cloned();
        let superseded = if last { self.broker.superseded(eval, open) } else { Vec::new() };
        for eval in &superseded {
            write.put_eval(Evaluation {
                status: EvalStatus::Canceled,
                status_description: "a later evaluation of the job covers it".into(),
                modify_time: self.now,
                ..(**eval).clone()
            });
        }
        let frame = write.frame();
        // An evaluation that was not written is not done: it keeps its turn.
        self.commit(frame)?;
        if last {
            self.broker.ack(eval);
        }
        #[cfg(feature = "tracing")]
        for fault in self.scheduler.faults() {
            tracing::warn!(%fault, "a node is not placed on");
        }
        #[cfg(feature = "tracing")]
        tracing::debug!(
            eval = %eval.id,
            job = %eval.job_id,
            placed = verified.plan.placements.len(),
            stopped = verified.plan.stops.len(),
            refused = verified.refused.len(),
            "evaluated"
        );
        tick.placed += verified.plan.placements.len();
        tick.stopped += verified.plan.stops.len();
        Ok(())
    }

    // Writing.

    /// Time only goes forward.
    pub(crate) fn see(&mut self, now: Time) -> Time {
        self.now = self.now.max(now);
        self.now
    }

    /// The namespace's shared text.
    pub(crate) fn share_namespace(&mut self, namespace: &mut Namespace) {
        match self.namespaces.get(namespace) {
            Some(shared) => *namespace = shared.clone(),
            None => {
                self.namespaces.insert(namespace.clone());
            }
        }
    }

    /// Identifiers.
    pub(crate) fn ids(&self) -> Ids {
        self.ids
    }

    /// Stores a frame, then applies it, then lets its evaluations in and its events out. All or nothing.
    pub(crate) fn commit(&mut self, frame: Option<Frame>) -> Result<Index, Error> {
        let Some(frame) = frame else { return Ok(self.state.index()) };
        if let Some(why) = &self.stopped {
            return Err(Error::Stopped(why.clone()));
        }
        let frame = if self.writer == Writer::default() { frame } else { frame.by(self.writer) };
        match self.store(&frame) {
            Ok(()) => {}
            Err(error @ CommitError::Conflict { .. }) => return Err(self.give_way(error)),
            Err(error) => {
                if matches!(error, CommitError::Unknown(_)) {
                    self.stopped = Some(error.to_string());
                }
                return Err(error.into());
            }
        }
        #[cfg(feature = "tracing")]
        tracing::debug!(first = frame.first_index(), last = frame.last_index(), "committed");
        let state = Arc::make_mut(&mut self.state);
        if let Err(error) = state.apply_frame(&frame) {
            // The engine's own frame refers to what is not there: a fault of its own. The write is stored, so this
            // engine no longer knows what the storage holds.
            debug_assert!(false, "own frame: {error}");
            self.stopped = Some(error.to_string());
            return Err(Error::Stopped(error.to_string()));
        }
        self.publish(frame);
        match self.checkpointer.step(&self.state, &mut *self.storage, CHUNKS) {
            Ok(None) => {}
            Ok(Some(_)) => self.checkpoint_failure = None,
            // The write itself is stored.
            Err(error) => self.checkpoint_failure = Some(error),
        }
        Ok(self.state.index())
    }

    /// Stores a frame; what became of one whose answer was lost is found out by sending it again.
    fn store(&mut self, frame: &Frame) -> Result<(), CommitError> {
        const TRIES: u32 = 3;
        let expected = self.state.index();
        match self.storage.commit(expected, frame) {
            Err(CommitError::Unknown(_)) => settle(&mut *self.storage, expected, frame, TRIES),
            outcome => outcome,
        }
    }

    /// Lets the evaluations of a frame in and its events out, once it is stored and applied.
    pub(crate) fn publish(&mut self, frame: Frame) {
        for change in frame.batches().iter().flat_map(|batch| &batch.changes) {
            if let Change::PutEval(eval) = change {
                self.route(eval.clone());
            }
        }
        self.events.push(frame);
    }

    /// Sends every evaluation of the state where it belongs: for an engine that knows nothing yet.
    pub(crate) fn route_all(&mut self) {
        let stored: Vec<Arc<Evaluation>> = self.state.evals().cloned().collect();
        stored.into_iter().for_each(|eval| self.route(eval));
        // There may have been room made before the state was stored that nobody has looked at since.
        self.unblock();
    }

    /// Sends a written evaluation where its status says (LOOP-403, LOOP-104).
    fn route(&mut self, eval: Arc<Evaluation>) {
        match eval.status {
            EvalStatus::Pending => match eval.wait_until.time() {
                Some(due) => self.timers.arm(due, Timer::Release(eval.id.clone())),
                None if eval.wait > Duration::ZERO => {
                    self.timers.arm(self.now + eval.wait, Timer::Release(eval.id.clone()));
                }
                None => self.broker.enqueue(eval),
            },
            EvalStatus::Blocked => {
                // The older one of the job was canceled in the same write.
                self.blocked.track(eval);
            }
            EvalStatus::Complete if eval.failed_tg_allocs.is_empty() => {
                self.blocked.untrack(&eval.namespace, &eval.job_id);
            }
            EvalStatus::Complete | EvalStatus::Failed | EvalStatus::Canceled => {}
        }
    }

    /// Something may have made room: every evaluation that waits for it gets another look.
    pub(crate) fn unblock(&mut self) {
        for eval in self.blocked.release() {
            self.broker.enqueue(eval);
        }
    }
}
