//! Calls of an engine, in any order, by hosts of any kind.
//!
//! The first byte chooses the policy, the second the seed; then each call begins with a byte that chooses it.

use std::collections::BTreeSet;

use longshore::model::wire::Form;
use longshore::model::{JobId, Namespace, NodeId, NodeStatus, Time, to_json};
use longshore::placement::policy::BUILTIN;
use longshore::{AllocReport, Cursor, Engine, Error, Lagged, Limits, Options, Policy};

use crate::choices::Choices;
use crate::invariants::{Before, check_reads};
use crate::log::Tape;
use crate::shapes;

/// Calls of one input at most, and allocations of one job: so that an input takes milliseconds.
const CALLS_MAX: usize = 128;
const LIMITS: Limits = Limits { memory_mb_min: 10, priority_max: 100, count_max: 100 };

/// Makes the calls that the bytes choose. After each:
///
/// - a call that was refused has changed nothing;
/// - no node has come to hold more than it has, unless the call itself said so;
/// - a fork taken before it is as it was, and what the fork does is not seen here;
/// - all reads answer.
///
/// At the end the engine comes to rest, and its log leads to its state.
///
/// With `LONGSHORE_FUZZ_TRACE` set the calls are told, so that a finding can be read.
pub fn engine_calls(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let tape = Tape::default();
    let policy = Policy::builtin(choices.of(&BUILTIN), &[]).expect("a built-in policy");
    let options = Options::with_policy(policy).seed(u64::from(choices.byte())).limits(LIMITS);
    let engine = Engine::open(Box::new(tape.clone()), options).expect("an empty tape");
    let aloud = std::env::var_os("LONGSHORE_FUZZ_TRACE").is_some();
    let mut world = World { engine, cursor: Cursor::default(), aloud };
    for _ in 0..CALLS_MAX {
        if choices.is_done() {
            break;
        }
        world.step(&mut choices);
    }
    world.settle();
    assert_eq!(tape.replay().digest(), world.engine.state().digest(), "the log leads elsewhere");
}

struct World {
    engine: Engine,
    cursor: Cursor,
    /// Whether calls are told.
    aloud: bool,
}

/// What a call came to.
struct Done {
    result: Result<(), Error>,
    /// Nodes of which the call said something that may put them over their capacity.
    told: BTreeSet<NodeId>,
}

impl Done {
    fn new<T>(result: Result<T, Error>) -> Done {
        Done { result: result.map(|_| ()), told: BTreeSet::new() }
    }
}

impl World {
    fn step(&mut self, choices: &mut Choices<'_>) {
        let before = Before::of(self.engine.state());
        let fork = self.engine.fork();
        let forked = fork.state().digest();
        assert_eq!(forked, self.engine.state().digest(), "a fork differs from the start");
        let Done { result, told } = self.call(choices);
        match result {
            Ok(()) => {}
            Err(error @ (Error::Stopped(_) | Error::Storage(_) | Error::Load(_))) => panic!("{error}"),
            Err(error) => {
                assert!(!error.code().is_empty() && !error.to_string().is_empty());
                before.unchanged(self.engine.state());
            }
        }
        before.none_newly_over(self.engine.state(), &told);
        assert_eq!(fork.state().digest(), forked, "the fork has changed");
        check_reads(&self.engine);
        self.read_events();
    }

    fn call(&mut self, choices: &mut Choices<'_>) -> Done {
        match choices.byte() % 12 {
            0 | 1 => self.register_node(choices),
            2 | 3 => {
                let (job, now) = (shapes::job(choices), self.time(choices));
                self.tell(now, || format!("register job {}", to_json(&job, Form::Sparse)));
                Done::new(self.engine.register_job(job, now))
            }
            4 => {
                let (namespace, id) = (namespace(choices), JobId::from(shapes::job_id(choices)));
                let (group, count) = (shapes::group_name(choices).into(), shapes::count(choices));
                let now = self.time(choices);
                self.tell(now, || format!("scale {namespace}/{id}, group {group}, to {count}"));
                Done::new(self.engine.scale_job(&namespace, &id, &group, count, now))
            }
            5 => {
                let (namespace, id) = (namespace(choices), JobId::from(shapes::job_id(choices)));
                let now = self.time(choices);
                self.tell(now, || format!("stop {namespace}/{id}"));
                Done::new(self.engine.stop_job(&namespace, &id, now))
            }
            6 => {
                let (id, status, now) = (shapes::node_id(choices), shapes::status(choices), self.time(choices));
                self.tell(now, || format!("report node {id} as {status}"));
                Done::new(self.engine.report_node(&id.into(), status, now))
            }
            7 | 8 => self.report_allocs(choices),
            9 => self.fork_ahead(choices),
            _ => {
                let now = self.time(choices);
                self.tell(now, || "tick".into());
                self.tick(now)
            }
        }
    }

    fn register_node(&mut self, choices: &mut Choices<'_>) -> Done {
        let (node, now) = (shapes::node(choices), self.time(choices));
        let told = BTreeSet::from([node.id.clone()]);
        self.tell(now, || format!("register node {}", to_json(&node, Form::Sparse)));
        Done { told, ..Done::new(self.engine.register_node(node, now)) }
    }

    fn report_allocs(&mut self, choices: &mut Choices<'_>) -> Done {
        let count = choices.of(&[1, 2, 4, 8, 0]);
        let now = self.time(choices);
        let state = self.engine.state();
        let reports: Vec<AllocReport> = (0..count).map(|_| shapes::report(choices, state, now)).collect();
        let allocs = reports.iter().filter_map(|report| state.alloc(&report.id));
        let told = allocs.filter_map(|alloc| alloc.node()).map(|node| node.id.clone()).collect();
        self.tell(now, || format!("report {reports:?}"));
        Done { told, ..Done::new(self.engine.report_allocs(&reports, now)) }
    }

    /// What would happen if a node were lost: asked of a fork, to no effect here.
    fn fork_ahead(&mut self, choices: &mut Choices<'_>) -> Done {
        let (id, now, digest) = (shapes::node_id(choices), self.time(choices), self.engine.state().digest());
        self.tell(now, || format!("ask a fork what if {id} were lost"));
        let mut fork = self.engine.fork();
        if fork.report_node(&id.into(), NodeStatus::Down, now).is_ok() {
            fork.tick(now).expect("memory takes all");
        }
        assert_eq!(self.engine.state().digest(), digest, "what a fork does is seen elsewhere");
        Done::new(Ok(()))
    }

    fn tick(&mut self, now: Time) -> Done {
        let index = self.engine.state().index();
        let result = self.engine.tick(now);
        if let Ok(tick) = result {
            let state = self.engine.state();
            let placed = state.allocs().filter(|alloc| alloc.create_index() > index).count();
            assert_eq!(placed, tick.placed, "allocations placed");
            assert_eq!(self.engine.pending_count(), 0, "a tick leaves nothing that is ready");
            let due = self.engine.next_wakeup();
            assert!(due.is_none_or(|due| due > self.engine.now()), "due {due:?} after a tick at {now:?}");
        }
        Done::new(result)
    }

    fn tell(&self, now: Time, what: impl FnOnce() -> String) {
        if self.aloud {
            eprintln!("{} ns: {}", now.0, what());
        }
    }

    /// When a call is made: mostly a little later, now and then at any time.
    fn time(&mut self, choices: &mut Choices<'_>) -> Time {
        const SECOND: i64 = 1_000_000_000;
        let now = self.engine.now();
        match choices.byte() {
            byte @ ..192 => Time(now.0.saturating_add([0, 1, 5, 30, 3600][usize::from(byte) % 5] * SECOND)),
            192..224 => self.engine.next_wakeup().unwrap_or(now),
            224..252 => Time(now.0.saturating_sub(SECOND)),
            _ => Time(choices.any()),
        }
    }

    /// A reader that reads after every call is never too late.
    fn read_events(&mut self) {
        let mut events = Vec::new();
        match self.engine.read_events(&mut self.cursor, &mut events) {
            Ok(()) => assert_eq!(self.cursor, self.engine.cursor()),
            Err(Lagged { after, oldest }) => panic!("events after {after} are gone, the oldest is {oldest}"),
        }
        assert!(events.is_sorted_by_key(|event| event.index));
    }

    /// With nothing more said to it the engine comes to rest.
    fn settle(&mut self) {
        const TICKS_MAX: usize = 10_000;
        for _ in 0..TICKS_MAX {
            let Some(due) = self.engine.next_wakeup() else { return };
            let before = Before::of(self.engine.state());
            self.tick(due).result.expect("the tape takes all");
            before.none_newly_over(self.engine.state(), &BTreeSet::new());
        }
        panic!("still not at rest after {TICKS_MAX} ticks");
    }
}

fn namespace(choices: &mut Choices<'_>) -> Namespace {
    choices.of(&["default", "default", "default", "other"]).into()
}
