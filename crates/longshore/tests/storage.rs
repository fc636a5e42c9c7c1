//! The seam to storage: what was acknowledged comes back, what failed left no trace.

use longshore::model::{ClientStatus, EvalStatus, Job, Node, Task, TaskGroup, Time};
use longshore::store::{
    ChangesError, CommitError, Digest, FileLog, Frame, Index, Limits, LoadError, Loader, MemoryStorage, Storage,
    StorageError,
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
            Err(Error::Load(LoadError::Damaged(found))) => assert!(found.position as usize <= at, "{found}"),
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

/// Fails the n-th commit, certainly or perhaps.
#[derive(Debug)]
struct Failing {
    inner: MemoryStorage,
    left: usize,
    unknown: bool,
}

impl Storage for Failing {
    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.inner.load(into)
    }
    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        if self.left == 0 {
            self.left = usize::MAX;
            let why = "the disk is full".into();
            return Err(if self.unknown { CommitError::Unknown(why) } else { CommitError::Failed(why) });
        }
        self.left -= 1;
        self.inner.commit(expected, frame)
    }
    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        self.inner.changes_since(after, into)
    }
    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        self.inner.put_chunk(at, number, chunk)
    }
    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError> {
        self.inner.seal(at, chunks, digest)
    }
}

#[test]
fn a_commit_that_fails_leaves_no_trace_and_the_call_can_be_repeated() {
    for failing in 0..30 {
        let storage = Failing { inner: MemoryStorage::new(), left: failing, unknown: false };
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
fn an_unknown_outcome_stops_the_engine_until_it_is_opened_again() {
    let storage = Failing { inner: MemoryStorage::new(), left: 4, unknown: true };
    let mut engine = Engine::open(Box::new(storage), Options::default()).unwrap();
    assert!(matches!(live_a_little(&mut engine), Err(Error::Storage(CommitError::Unknown(_)))));
    assert!(matches!(live_a_little(&mut engine), Err(Error::Stopped(_))));
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
