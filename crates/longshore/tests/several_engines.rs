//! Several engines on one storage, over a network that loses requests and replies and delivers late, while engines crash
//! and checkpoints take the place of frames: nothing twice, nothing acknowledged lost.
//!
//! Every round is a function of its seed, which a failure names. `LONGSHORE_ROUNDS=1000` tries more of them,
//! `LONGSHORE_ROUND=17` that one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use longshore::model::{ClientStatus, EvalId, EvalStatus, Job, Node, Task, TaskGroup, Time, TriggeredBy};
use longshore::store::{
    Change, ChangesError, CommitError, Digest, Frame, Index, Limits, LoadError, Loader, SharedLog, State, Storage,
    StorageError, Writer, hash_bytes,
};
use longshore::{AllocReport, Cursor, Engine, Error, Event, Options};

const ENGINES: usize = 3;
const STEPS: usize = 150;
const START: i64 = 1_700_000_000;

/// What a network does to requests, in percent.
#[derive(Clone, Copy, Debug, Default)]
struct Weather {
    /// The request never arrives.
    lost: u64,
    /// The reply never arrives.
    unanswered: u64,
    /// The request arrives at some later time, when nobody waits for it.
    late: u64,
    /// A read fails.
    unread: u64,
}

/// How a commit whose outcome is unknown is dealt with by the way to the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Rule {
    /// It is said to be unknown: the engine finds out.
    Tell,
    /// A timeout is taken for a failure. Wrong.
    CallItFailed,
    /// It is sent again, but after a conflict nobody looks whose frame stands there. Wrong.
    ResendBlindly,
}

/// The log, everything it ever accepted, and what is still on its way to it.
#[derive(Debug)]
struct Net {
    log: SharedLog,
    accepted: Vec<Frame>,
    late: Vec<(Index, Frame)>,
    weather: Weather,
    chance: u64,
}

impl Net {
    fn draw(&mut self, bound: u64) -> u64 {
        self.chance = self.chance.wrapping_add(1);
        (hash_bytes(self.chance, b"net").0 % u128::from(bound.max(1))) as u64
    }

    fn happens(&mut self, percent: u64) -> bool {
        self.draw(100) < percent
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        self.log.commit(expected, frame)?;
        self.accepted.push(frame.clone());
        Ok(())
    }

    /// Some of what is on its way arrives.
    fn deliver(&mut self, percent: u64) {
        for (expected, frame) in std::mem::take(&mut self.late) {
            if self.happens(percent) {
                let _ = self.commit(expected, &frame); // nobody hears of it
            } else {
                self.late.push((expected, frame));
            }
        }
    }
}

/// One engine's way to the log.
#[derive(Debug)]
struct Way {
    net: Arc<Mutex<Net>>,
    /// For checkpoints, which each engine writes by itself.
    log: SharedLog,
    rule: Rule,
}

impl Way {
    fn net(&self) -> MutexGuard<'_, Net> {
        self.net.lock().unwrap()
    }

    fn send(&self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        let mut net = self.net();
        let Weather { lost, unanswered, late, .. } = net.weather;
        let unknown = |what: &str| CommitError::Unknown(what.into());
        if net.happens(lost) {
            return Err(unknown("the request was lost"));
        }
        if net.happens(late) {
            net.late.push((expected, frame.clone()));
            return Err(unknown("the request is late"));
        }
        let outcome = net.commit(expected, frame);
        if net.happens(unanswered) { Err(unknown("the reply was lost")) } else { outcome }
    }

    fn readable(&self) -> Result<(), StorageError> {
        let mut net = self.net();
        let percent = net.weather.unread;
        match net.happens(percent) {
            true => Err(StorageError { doing: "read".into(), source: "the network is down".into() }),
            false => Ok(()),
        }
    }
}

impl Storage for Way {
    fn limits(&self) -> Limits {
        self.log.limits()
    }
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.readable()?;
        self.log.load(into)
    }
    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        let sent = self.send(expected, frame);
        match (self.rule, sent) {
            (Rule::CallItFailed, Err(CommitError::Unknown(why))) => Err(CommitError::Failed(why)),
            (Rule::ResendBlindly, Err(CommitError::Unknown(_))) => loop {
                match self.send(expected, frame) {
                    Err(CommitError::Unknown(_)) => {}
                    outcome => break outcome,
                }
            },
            (_, sent) => sent,
        }
    }
    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        self.readable()?;
        // Another process would read bytes.
        self.log.changes_since(after, &mut |frame| into(Frame::decode(frame.bytes()).unwrap().0))
    }
    fn log_bytes(&self) -> u64 {
        self.log.log_bytes()
    }
    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        self.log.put_chunk(at, number, chunk)
    }
    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError> {
        self.log.seal(at, chunks, digest)
    }
}

/// An engine, and a reader of its events.
#[derive(Debug)]
struct Host {
    engine: Engine,
    cursor: Cursor,
    events: Vec<Event>,
    /// Events up to this index were read by nobody here: it was opened there, or lagged.
    unread: Index,
}

/// Engines that share a log, and what their hosts were told.
struct World {
    seed: u64,
    rule: Rule,
    net: Arc<Mutex<Net>>,
    hosts: Vec<Host>,
    writers: u64,
    jobs: usize,
    clock: i64,
    /// By job: the evaluation and index with which its registration was acknowledged.
    acknowledged: BTreeMap<String, (EvalId, Index)>,
    /// Jobs of which nobody knows: the engine stopped amid the call.
    unknown: BTreeSet<String>,
    conflicts: usize,
    stops: usize,
    lags: usize,
}

impl World {
    fn new(seed: u64, rule: Rule) -> World {
        let weather = Weather { lost: 6, unanswered: 8, late: 8, unread: 4 };
        let limits = Limits { log_bytes: Some(12_000), ..Limits::NONE };
        let log = SharedLog::new().with_limits(limits);
        let (accepted, late) = (Vec::new(), Vec::new());
        let net = Net { log, accepted, late, weather, chance: seed << 32 };
        let mut world = World {
            seed,
            rule,
            net: Arc::new(Mutex::new(net)),
            hosts: Vec::new(),
            writers: 0,
            jobs: 0,
            clock: START,
            acknowledged: BTreeMap::new(),
            unknown: BTreeSet::new(),
            conflicts: 0,
            stops: 0,
            lags: 0,
        };
        for _ in 0..ENGINES {
            let host = world.open();
            world.hosts.push(host);
        }
        world
    }

    fn net(&self) -> MutexGuard<'_, Net> {
        self.net.lock().unwrap()
    }

    fn draw(&self, bound: usize) -> usize {
        self.net().draw(bound as u64) as usize
    }

    fn now(&mut self) -> Time {
        self.clock += 1;
        Time::from_secs(self.clock)
    }

    /// Another incarnation: a writer that never was before.
    fn open(&mut self) -> Host {
        loop {
            self.writers += 1;
            let way = Way { net: self.net.clone(), log: self.net().log.clone(), rule: self.rule };
            let options = Options::default().seed(self.seed).writer(Writer(self.writers)).events_kept(40);
            if let Ok(engine) = Engine::open(Box::new(way), options) {
                let (cursor, unread) = (engine.cursor(), engine.state().index());
                return Host { engine, cursor, events: Vec::new(), unread };
            }
        }
    }

    fn step(&mut self) {
        let which = self.draw(ENGINES);
        match self.draw(20) {
            0..=4 => self.register_job(which),
            5 => self.try_until_told(which, |engine, now| {
                let number = engine.state().nodes().count() % 9;
                let node = Node::new(&format!("n{number}")).datacenter("dc1").cpu(4000).memory_mb(8192);
                engine.register_node(node.disk_mb(9000), now).map(drop)
            }),
            6..=10 => self.try_until_told(which, |engine, now| engine.tick(now).map(drop)),
            11 | 12 => self.report(which),
            13 => {
                let _ = self.hosts[which].engine.catch_up();
            }
            14 | 15 => self.net().deliver(50),
            16 => self.hosts[which] = self.open(), // it crashed
            _ => {}
        }
        self.read_events(which);
    }

    /// Does what a host does: again after a conflict, anew with another incarnation once the engine has stopped.
    fn try_until_told(&mut self, which: usize, call: impl Fn(&mut Engine, Time) -> Result<(), Error>) {
        loop {
            let now = self.now();
            match call(&mut self.hosts[which].engine, now) {
                Ok(()) => return,
                Err(error) if error.is_conflict() => self.conflicts += 1,
                // The storage was not there for a moment; or it was not stored, as this storage has it.
                Err(Error::Load(_) | Error::Storage(CommitError::Failed(_))) => {}
                Err(Error::Stopped(_) | Error::Storage(_)) => {
                    self.stops += 1;
                    self.hosts[which] = self.open();
                    return;
                }
                Err(_) => return, // the host asked for what is gone meanwhile
            }
            self.read_events(which);
        }
    }

    fn register_job(&mut self, which: usize) {
        self.jobs += 1;
        let id = format!("job-{}", self.jobs);
        let task = Task::new("t").cpu(300).memory_mb(64);
        let job = Job::service(&id).with_group(TaskGroup::new("g").count(1 + self.jobs as i64 % 3).task(task));
        loop {
            let now = self.now();
            match self.hosts[which].engine.register_job(job.clone(), now) {
                Ok(written) => {
                    self.acknowledged.insert(id, (written.eval_id, written.index));
                    return;
                }
                Err(error) if error.is_conflict() => self.conflicts += 1,
                Err(Error::Load(_) | Error::Storage(CommitError::Failed(_))) => {}
                Err(Error::Stopped(_) | Error::Storage(_)) => {
                    self.stops += 1;
                    self.unknown.insert(id);
                    self.hosts[which] = self.open();
                    return;
                }
                Err(other) => panic!("{id}: {other}"),
            }
        }
    }

    fn report(&mut self, which: usize) {
        let pick = self.draw(50);
        let status = if self.draw(3) == 0 { ClientStatus::Failed } else { ClientStatus::Running };
        self.try_until_told(which, |engine, now| {
            let live: Vec<_> = engine.state().allocs().filter(|alloc| !alloc.terminal()).collect();
            let Some(alloc) = live.get(pick % live.len().max(1)) else { return Ok(()) };
            let report = AllocReport::new(alloc.id().clone(), status).because(&format!("said at {}", now.0));
            engine.report_allocs(&[report], now).map(drop)
        });
    }

    fn read_events(&mut self, which: usize) {
        let Host { engine, cursor, events, unread } = &mut self.hosts[which];
        if engine.read_events(cursor, events).is_err() {
            self.lags += 1;
            (*cursor, *unread) = (engine.cursor(), engine.state().index());
            events.clear();
        }
    }

    /// The network is well again, everything late arrives, and all engines come to rest.
    fn calm(&mut self) {
        self.net().weather = Weather::default();
        self.net().deliver(100);
        for _ in 0..ENGINES {
            self.clock += 3600;
            for which in 0..ENGINES {
                self.try_until_told(which, |engine, now| engine.tick(now).map(drop));
            }
        }
        for which in 0..ENGINES {
            self.hosts[which].engine.catch_up().unwrap();
            self.read_events(which);
        }
    }

    fn judge(&self) -> Result<(), String> {
        let net = self.net();
        let mut replayed = State::new();
        for frame in &net.accepted {
            replayed.apply_frame(frame).map_err(|damaged| format!("the log: {damaged}"))?;
        }
        replayed.check_invariants().map_err(|broken| broken.to_string())?;
        for (number, host) in self.hosts.iter().enumerate() {
            let state = host.engine.state();
            if let Some(difference) = longshore::store::contract::difference(&replayed, state) {
                return Err(format!("engine {number} differs from the log in {difference}"));
            }
            self.events_are_all(host, &net.accepted)?;
        }
        let loaded = State::load(&mut net.log.clone()).map_err(|error| error.to_string())?;
        if let Some(difference) = longshore::store::contract::difference(&replayed, &loaded) {
            return Err(format!("what is loaded differs from the log in {difference}"));
        }
        self.nothing_twice_nothing_lost(&net.accepted)?;
        at_rest(&replayed)
    }

    /// A reader is told of every write since it began to read, once and in order.
    fn events_are_all(&self, host: &Host, accepted: &[Frame]) -> Result<(), String> {
        let evals = |batch: &longshore::store::Batch| {
            let of = |change: &Change| match change {
                Change::PutEval(eval) => Some((batch.index, eval.id.clone())),
                _ => None,
            };
            batch.changes.iter().filter_map(of).collect::<Vec<_>>()
        };
        let written: Vec<_> = accepted.iter().flat_map(Frame::batches).flat_map(evals).collect();
        let expected: Vec<_> = written.into_iter().filter(|(index, _)| *index > host.unread).collect();
        let of = |event: &Event| match &event.subject {
            longshore::Subject::Evaluation(eval) => Some((event.index, eval.id.clone())),
            _ => None,
        };
        let told: Vec<_> = host.events.iter().filter_map(of).collect();
        if told == expected { Ok(()) } else { Err(format!("told of {told:?}, written were {expected:?}")) }
    }

    fn nothing_twice_nothing_lost(&self, accepted: &[Frame]) -> Result<(), String> {
        let mut registered: BTreeMap<String, Vec<(EvalId, Index)>> = BTreeMap::new();
        for batch in accepted.iter().flat_map(Frame::batches) {
            for change in &batch.changes {
                if let Change::PutEval(eval) = change
                    && eval.triggered_by == TriggeredBy::JobRegister
                    && eval.create_index == batch.index
                    && eval.previous_eval.is_empty()
                {
                    registered.entry(eval.job_id.to_string()).or_default().push((eval.id.clone(), batch.index));
                }
            }
        }
        for number in 1..=self.jobs {
            let job = format!("job-{number}");
            let found = registered.remove(&job).unwrap_or_default();
            let right = match self.acknowledged.get(&job) {
                Some(told) => found == [told.clone()],
                None => found.len() <= 1 && self.unknown.contains(&job),
            };
            if !right {
                return Err(format!("{job}: told of {:?}, found {found:?}", self.acknowledged.get(&job)));
            }
        }
        if registered.is_empty() { Ok(()) } else { Err(format!("nobody asked for {registered:?}")) }
    }
}

/// Every job has what it wants or waits for room, nothing is placed twice, nothing is left undone.
fn at_rest(state: &State) -> Result<(), String> {
    if let Some(eval) = state.evals().find(|eval| eval.status == EvalStatus::Pending && eval.wait_until.is_zero()) {
        return Err(format!("evaluation {} of {} is left", eval.id, eval.job_id));
    }
    for job in state.jobs() {
        let spec = job.spec();
        let live: Vec<u32> = state
            .allocs_of_job(&spec.namespace, &spec.id)
            .filter(|alloc| !alloc.terminal())
            .map(|alloc| alloc.index())
            .collect();
        let distinct: BTreeSet<u32> = live.iter().copied().collect();
        let wanted = spec.task_groups[0].count as usize;
        let waits = state.evals_of_job(&spec.namespace, &spec.id).any(|eval| !eval.status.is_terminal());
        if distinct.len() != live.len() || live.len() > wanted || (live.len() < wanted && !waits) {
            return Err(format!("{} wants {wanted}, runs {live:?}, waits: {waits}", spec.id));
        }
    }
    Ok(())
}

fn round(seed: u64, rule: Rule) -> (World, Result<(), String>) {
    let mut world = World::new(seed, rule);
    for _ in 0..STEPS {
        world.step();
    }
    world.calm();
    let verdict = world.judge();
    (world, verdict)
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
#[allow(clippy::print_stdout, reason = "what was met, for who asks with --nocapture")]
fn nothing_is_written_twice_and_nothing_acknowledged_is_lost() {
    let rounds = match number("LONGSHORE_ROUND") {
        Some(one) => one..one + 1,
        None => 0..number("LONGSHORE_ROUNDS").unwrap_or(20),
    };
    let (mut acknowledged, mut conflicts, mut stops, mut lags) = (0, 0, 0, 0);
    for seed in rounds.clone() {
        let (world, verdict) = round(seed, Rule::Tell);
        verdict.unwrap_or_else(|why| panic!("round {seed}: {why}"));
        acknowledged += world.acknowledged.len();
        (conflicts, stops, lags) = (conflicts + world.conflicts, stops + world.stops, lags + world.lags);
    }
    let met = format!(
        "{acknowledged} registrations acknowledged, {conflicts} conflicts, {stops} engines stopped, {lags} readers lagged"
    );
    println!("{rounds:?}: {met}");
    assert!(rounds.count() == 1 || (acknowledged > 100 && conflicts > 20 && stops > 2 && lags > 2), "only {met}");
}

/// The judge is no rubber stamp: it finds what the wrong rules do.
#[test]
fn wrong_rules_are_found_out() {
    for rule in [Rule::CallItFailed, Rule::ResendBlindly] {
        let wrong = (0..8).filter(|seed| round(*seed, rule).1.is_err()).count();
        assert!(wrong >= 4, "{rule:?}: {wrong} of 8 rounds went wrong");
    }
}
