//! The seam to storage: what was acknowledged comes back, what failed left no trace.

use std::sync::{Arc, Mutex, MutexGuard};

use longshore::model::{ClientStatus, EvalStatus, Job, Node, Task, TaskGroup, Time};
use longshore::store::contract::{Fault, Faulty};
use longshore::store::{
    ChangesError, CommitError, Digest, FileLog, Frame, Index, Limits, LoadError, Loader, MemoryStorage, Place, Storage,
    StorageError, Writer,
};
use longshore::{AllocReport, Engine, Error, Options};

const START: Time = Time(1_700_000_000_000_000_000);

/// A few writes of every kind.
fn live_a_little(engine: &mut Engine) -> Result<(), Error> {
    for number in 0..3 {
        let node = Node::new(&format!("n{number}")).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000);
        engine.register_node(node, START)?;
    }
    for round in 0..8i64 {
        let now = Time::from_secs(START.as_secs() + round);
        let task = Task::new("t").cpu(500 + round).memory_mb(64);
        let job =
            Job::service(&format!("j{}", round % 3)).with_group(TaskGroup::new("g").count(1 + round % 4).task(task));
        engine.register_job(job, now)?;
        engine.tick(now)?;
        let id = engine.state().allocs().find(|alloc| !alloc.terminal()).map(|alloc| alloc.id().clone());
        if let Some(id) = id {
            engine.report_allocs(&[AllocReport::new(id, ClientStatus::Running).because("up")], now)?;
        }
    }
    engine.stop_job(&"default".into(), &"j1".into(), START)?;
    engine.tick(START)?;
    Ok(())
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("longshore-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_file_log_opens_to_the_same_state_and_goes_on() {
    let path = folder("reopen").join("cluster.log");
    let open = || Engine::open(Box::new(FileLog::open(&path).unwrap()), Options::default());
    let mut engine = open().unwrap();
    live_a_little(&mut engine).unwrap();
    let (digest, index) = (engine.state().digest(), engine.state().index());
    drop(engine);
    let mut engine = open().unwrap();
    assert_eq!((engine.state().digest(), engine.state().index()), (digest, index));
    engine.state().check_invariants().unwrap();
    live_a_little(&mut engine).unwrap();
    let digest = engine.state().digest();
    drop(engine);
    assert_eq!(open().unwrap().state().digest(), digest);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_log_cut_anywhere_opens_to_a_whole_prefix() {
    let path = folder("cut").join("cluster.log");
    let mut engine = Engine::open(Box::new(FileLog::open(&path).unwrap()), Options::default()).unwrap();
    live_a_little(&mut engine).unwrap();
    drop(engine);
    let whole = std::fs::read(&path).unwrap();
    let mut lasts = Vec::new();
    for length in (0..whole.len()).step_by(whole.len() / 150 + 1) {
        std::fs::write(&path, &whole[..length]).unwrap();
        let engine = Engine::open(Box::new(FileLog::open(&path).unwrap()), Options::default()).unwrap();
        engine.state().check_invariants().unwrap();
        lasts.push(engine.state().index());
    }
    assert!(lasts.is_sorted() && lasts.last() > Some(&10));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_flipped_bit_is_named_and_nothing_behind_it_is_dropped_silently() {
    let path = folder("flip").join("cluster.log");
    let mut engine = Engine::open(Box::new(FileLog::open(&path).unwrap()), Options::default()).unwrap();
    live_a_little(&mut engine).unwrap();
    let digest = engine.state().digest();
    drop(engine);
    let whole = std::fs::read(&path).unwrap();
    let (_, last_frame) = last_frame(&whole);
    for at in (0..last_frame).step_by(whole.len() / 200 + 1) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        std::fs::write(&path, &damaged).unwrap();
        match Engine::open(Box::new(FileLog::open(&path).unwrap()), Options::default()) {
            Err(Error::Load(LoadError::Damaged(found))) => {
                assert!(matches!(found.place, Place::Log { byte: Some(byte) } if byte as usize <= at), "{found}");
            }
            Ok(engine) => assert_eq!(engine.state().digest(), digest, "bytes that mean nothing may flip"),
            Err(other) => panic!("{other}"),
        }
    }
    std::fs::remove_file(&path).unwrap();
}

fn last_frame(bytes: &[u8]) -> (usize, usize) {
    let (mut at, mut last) = (0, 0);
    while at < bytes.len() {
        last = at;
        at += Frame::decode(&bytes[at..]).unwrap().1;
    }
    (at, last)
}

/// A storage that is still there when its engine is gone. From the n-th commit on nobody learns what becomes of one.
#[derive(Clone, Debug)]
struct Shared {
    inner: Arc<Mutex<MemoryStorage>>,
    answers: usize,
}

impl Shared {
    fn of(inner: MemoryStorage) -> Shared {
        Shared { inner: Arc::new(Mutex::new(inner)), answers: usize::MAX }
    }

    fn inner(&self) -> MutexGuard<'_, MemoryStorage> {
        self.inner.lock().unwrap()
    }
}

impl Storage for Shared {
    fn limits(&self) -> Limits {
        self.inner().limits()
    }
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.inner().load(into)
    }
    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        let committed = self.inner().commit(expected, frame);
        match self.answers.checked_sub(1) {
            Some(left) => self.answers = left,
            None => return Err(CommitError::Unknown("no answer".into())),
        }
        committed
    }
    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        self.inner().changes_since(after, into)
    }
    fn log_bytes(&self) -> u64 {
        self.inner().log_bytes()
    }
    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        self.inner().put_chunk(at, number, chunk)
    }
    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError> {
        self.inner().seal(at, chunks, digest)
    }
}

#[test]
fn a_commit_that_fails_leaves_no_trace_and_the_call_can_be_repeated() {
    for failing in 0..30 {
        let storage = Faulty::new(MemoryStorage::new(), Fault::Fails, failing);
        let mut engine = Engine::open(Box::new(storage), Options::default()).unwrap();
        let before = std::cell::Cell::new(engine.state().digest());
        let failed = live_a_little(&mut engine);
        if let Err(error) = failed {
            assert_eq!(error.code(), "LONGSHORE-STORAGE");
            engine.state().check_invariants().unwrap();
            before.set(engine.state().digest());
            // What was ready stays ready: the next tick carries it out.
            engine.tick(START).unwrap();
            let waits =
                |eval: &longshore::model::Evaluation| eval.status == EvalStatus::Pending && eval.wait_until.is_zero();
            assert!(!engine.state().evals().any(|eval| waits(eval)), "nothing is forgotten");
            live_a_little(&mut engine).unwrap();
            engine.state().check_invariants().unwrap();
            assert_eq!(engine.pending_count(), 0);
        }
    }
}

#[test]
fn a_commit_whose_answer_was_lost_is_settled_and_nobody_notices() {
    let mut undisturbed = Engine::new(Options::default());
    live_a_little(&mut undisturbed).unwrap();
    for fault in [Fault::Lost, Fault::Unanswered] {
        for nth in 0..30 {
            let storage = Faulty::new(MemoryStorage::new(), fault, nth);
            let mut engine = Engine::open(Box::new(storage), Options::default().writer(Writer(3))).unwrap();
            live_a_little(&mut engine).unwrap();
            assert_eq!(engine.state().digest(), undisturbed.state().digest(), "{fault:?} {nth}");
        }
    }
}

#[test]
fn an_outcome_that_stays_unknown_stops_the_engine_until_it_is_opened_again() {
    let storage = Shared { answers: 4, ..Shared::of(MemoryStorage::new()) };
    let mut engine = Engine::open(Box::new(storage.clone()), Options::default()).unwrap();
    assert!(matches!(live_a_little(&mut engine), Err(Error::Storage(CommitError::Unknown(_)))));
    assert!(matches!(live_a_little(&mut engine), Err(Error::Stopped(_))));
    let stopped_at = engine.state().index();
    drop(engine);
    let mut engine = Engine::open(Box::new(Shared { answers: usize::MAX, ..storage }), Options::default()).unwrap();
    assert!(engine.state().index() > stopped_at, "it was stored all the same");
    live_a_little(&mut engine).unwrap();
}

#[test]
fn a_plan_that_is_too_large_for_the_storage_is_written_in_parts() {
    let limits = Limits { frame_bytes: 6_000, log_bytes: None };
    let storage = Shared::of(MemoryStorage::new().with_limits(limits));
    let mut engine = Engine::open(Box::new(storage.clone()), Options::default()).unwrap();
    for number in 0..60 {
        let node = Node::new(&format!("n{number}")).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000);
        engine.register_node(node, START).unwrap();
    }
    let task = Task::new("t").cpu(500).memory_mb(64);
    let wide = |count| Job::service("wide").with_group(TaskGroup::new("g").count(count).task(task.clone()));
    engine.register_job(wide(300), START).unwrap();
    assert_eq!(engine.tick(START).unwrap().placed, 300);
    engine.state().check_invariants().unwrap();
    // As many, and no more, with the indexes that they should have; and all of them stop again.
    let mut indexes: Vec<u32> = engine.state().allocs().map(|alloc| alloc.index()).collect();
    indexes.sort_unstable();
    assert_eq!(indexes, (0..300).collect::<Vec<u32>>());
    assert!(engine.state().evals().all(|eval| eval.status == EvalStatus::Complete));
    engine.stop_job(&"default".into(), &"wide".into(), START).unwrap();
    assert_eq!(engine.tick(START).unwrap().stopped, 300);
    assert_eq!((engine.pending_count(), engine.state().allocs().filter(|alloc| !alloc.terminal()).count()), (0, 0));
    let digest = engine.state().digest();
    drop(engine);
    assert_eq!(Engine::open(Box::new(storage), Options::default()).unwrap().state().digest(), digest);
}

#[test]
fn an_evaluation_that_can_never_be_stored_fails_and_does_not_stand_in_the_way() {
    let limits = Limits { frame_bytes: 4_000, log_bytes: None };
    let mut engine = Engine::open(Box::new(MemoryStorage::new().with_limits(limits)), Options::default()).unwrap();
    let node = Node::new("n").datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(90_000);
    engine.register_node(node, START).unwrap();
    let job = |id: &str, count| {
        Job::service(id).with_group(TaskGroup::new("g").count(count).task(Task::new("t").cpu(10).memory_mb(10)))
    };
    // All at once or not at all: this plan cannot be written in parts.
    engine.register_job(Job { all_at_once: true, ..job("whole", 200) }, START).unwrap();
    engine.register_job(job("small", 1), START).unwrap();
    engine.tick(START).unwrap();
    let failed: Vec<_> = engine.state().evals().filter(|eval| eval.status == EvalStatus::Failed).collect();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].status_description.contains("the storage takes 4000"), "{}", failed[0].status_description);
    assert_eq!(engine.state().allocs_of_job(&"default".into(), &"whole".into()).count(), 0);
    assert_eq!(engine.state().allocs_of_job(&"default".into(), &"small".into()).count(), 1);
    assert_eq!(engine.pending_count(), 0);
    engine.state().check_invariants().unwrap();
}

#[test]
fn checkpoints_are_written_between_commits_and_opened_from() {
    let limits = Limits { frame_bytes: 3_000, log_bytes: Some(8_000) };
    let storage = Shared::of(MemoryStorage::new().with_limits(limits));
    for round in 0..6 {
        let mut engine = Engine::open(Box::new(storage.clone()), Options::default()).unwrap();
        live_a_little(&mut engine).unwrap();
        assert!(engine.checkpoint_failure().is_none());
        let state = engine.snapshot();
        drop(engine);
        let again = Engine::open(Box::new(storage.clone()), Options::default()).unwrap();
        assert_eq!(longshore::store::contract::difference(&state, again.state()), None, "round {round}");
    }
    assert!(matches!(storage.inner().changes_since(0, &mut |_| {}), Err(ChangesError::Gone { .. })));
    assert!(storage.log_bytes() < 60_000);
}

#[test]
fn memory_storage_gives_back_what_it_kept() {
    let mut storage = MemoryStorage::new();
    let mut state = longshore::store::State::new();
    for index in 1..=20u64 {
        let node = std::sync::Arc::new(Node::new(&format!("n{}", index % 7)).cpu(index as i64));
        let batch = longshore::store::Batch {
            index,
            time: Time(index as i64),
            kind: longshore::store::Kind::NodeRegistration,
            changes: vec![longshore::store::Change::PutNode(node)],
        };
        let frame = Frame::new(state.digest(), vec![batch]);
        storage.commit(index - 1, &frame).unwrap();
        assert!(
            matches!(storage.commit(index - 1, &frame), Err(CommitError::Conflict { current, .. }) if current == index)
        );
        let (decoded, length) = Frame::decode(frame.bytes()).unwrap();
        assert_eq!((&decoded, length), (&frame, frame.bytes().len()));
        state.apply_frame(&frame).unwrap();
    }
    let again = longshore::store::State::load(&mut storage).unwrap();
    assert_eq!(again.digest(), state.digest());
    let mut since = Vec::new();
    storage.changes_since(15, &mut |frame| since.push(frame.first_index())).unwrap();
    assert_eq!(since, [16, 17, 18, 19, 20]);
}
