//! The redb storage on a real disk: durable commits beside a bare synced write of the same bytes, and a restart.
//!
//! Files lie in the target directory, so that redb and the bare file are on one disk, and are written to in turn. Making
//! and encoding a frame is part of neither: what is compared is what becomes of its bytes.
#![allow(missing_docs)] // of what `criterion_group!` makes
#![allow(clippy::disallowed_methods)] // measures

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use longshore::model::id::Id;
use longshore::model::{AllocId, EvalId, Evaluation, Job, Time};
use longshore::store::{
    Batch, Change, Cohort, Digest, Frame, Index, JobBody, Kind, NewAlloc, Placed, State, Storage, checkpoint,
    hash_bytes,
};
use longshore_benches::{node, service};
use longshore_store_redb::RedbStorage;

const NODES: usize = 10_000;
const JOBS: usize = 1_000;
const ALLOCS: usize = 1_000_000;

/// What the log holds at a restart beyond its checkpoint, in frames of a thousand allocations.
const TAIL: usize = 50;

/// Files are begun anew, unmeasured, once this is written.
const FILE_BYTES: usize = 64 << 20;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn batch(index: Index, kind: Kind, changes: Vec<Change>) -> Batch {
    Batch { index, time: Time(index as i64), kind, changes }
}

/// `count` allocations of a job, on nodes that lie far from each other.
fn placed(job: &Arc<Job>, eval_id: &EvalId, index: Index, count: usize) -> Change {
    let cohort = Cohort {
        job: JobBody(job.clone()),
        group: "group".into(),
        eval_id: eval_id.clone(),
        create_index: index,
        create_time: Time(index as i64),
        ..Cohort::default()
    };
    let alloc = |number: usize| NewAlloc {
        id: AllocId(Id::from_random(hash_bytes(index, &number.to_le_bytes()).0.to_le_bytes())),
        node_id: node_id((index as usize * 7919 + number * 613) % NODES),
        index: number as u32,
        extra: None,
    };
    let allocs: Vec<NewAlloc> = (0..count).map(alloc).collect();
    Change::Place(Placed { cohort: Arc::new(cohort), allocs: allocs.into() })
}

fn node_id(number: usize) -> longshore::model::NodeId {
    format!("node-{number:06}").as_str().into()
}

/// A frame of so many rows. The storage looks at its index and its bytes alone.
fn frame(job: &Arc<Job>, index: Index, rows: usize) -> Frame {
    let eval = EvalId(Id::from_random([7; 16]));
    Frame::new(Digest(u128::from(index)), vec![batch(index, Kind::PlanResult, vec![placed(job, &eval, index, rows)])])
}

/// What so many writes take.
#[derive(Clone, Copy, Default)]
struct Took {
    /// Of a file: appended and synced, which is what the disk itself takes.
    bare: Duration,
    /// Of a store: the same bytes, committed.
    durable: Duration,
}

/// Writes frames of so many rows to a file and commits them to a store, in turn: disks have moods.
fn in_turn(rows: usize, writes: u64) -> Took {
    let (job, log, store) = (Arc::new(service("job", 1)), path("bare.log"), path("durable.redb"));
    let (mut took, mut left) = (Took::default(), writes);
    while left > 0 {
        let _ = fs::remove_file(&store);
        let mut file = File::create(&log).expect("a new file");
        let mut storage = RedbStorage::open(&store).expect("a new file");
        State::load(&mut storage).expect("an empty store");
        let (mut index, mut written) = (0, 0);
        while left > 0 && written < FILE_BYTES {
            let frame = frame(&job, index + 1, rows);
            let bytes = frame.bytes(); // encoded before it is timed
            took.bare += timed(|| file.write_all(bytes).and_then(|()| file.sync_data()).expect("room on the disk"));
            took.durable += timed(|| storage.commit(index, &frame).expect("it is the next"));
            index += 1;
            left -= 1;
            // A page at least, whatever the frame's size.
            written += bytes.len().max(4096);
        }
    }
    let _ = fs::remove_file(log);
    let _ = fs::remove_file(store);
    took
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn commits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("redb");
    for rows in [1, 1_000] {
        group.throughput(Throughput::Elements(rows as u64));
        // Both do the same, and each tells one side of it.
        let name = |what: &str| format!("{what}/{rows}_rows_a_frame");
        let bare = |count| in_turn(rows, count).bare;
        group.bench_function(name("write_and_fdatasync"), |bencher| bencher.iter_custom(bare));
        let durable = |count| in_turn(rows, count).durable;
        group.bench_function(name("durable_commit"), |bencher| bencher.iter_custom(durable));
    }
    group.finish();
}

/// Writes a store with a checkpoint and a tail of frames. Answers the state that it holds.
fn large_store(path: &Path) -> State {
    let _ = fs::remove_file(path);
    let mut storage = RedbStorage::open(path).expect("a new file");
    let mut state = State::load(&mut storage).expect("an empty store");
    let nodes = (0..NODES).map(|number| Change::PutNode(Arc::new(node(number)))).collect();
    let mut batches = vec![batch(1, Kind::NodeRegistration, nodes)];
    for number in 0..JOBS {
        let (index, each) = (number as Index + 2, ALLOCS / JOBS);
        let job = Job { create_index: index, modify_index: index, ..service(&format!("job-{number:04}"), each as i64) };
        let eval = Evaluation {
            id: EvalId(Id::from_random(hash_bytes(index, b"eval").0.to_le_bytes())),
            namespace: job.namespace.clone(),
            job_id: job.id.clone(),
            create_index: index,
            modify_index: index,
            ..Evaluation::default()
        };
        let job = Arc::new(job);
        let place = placed(&job, &eval.id, index, each);
        batches.push(batch(index, Kind::PlanResult, vec![Change::PutJob(job), Change::PutEval(Arc::new(eval)), place]));
    }
    for (number, batch) in batches.into_iter().enumerate() {
        let frame = Frame::new(state.digest(), vec![batch]);
        storage.commit(state.index(), &frame).expect("it is the next");
        state.apply_frame(&frame).expect("it speaks of what is there");
        if number == JOBS - TAIL {
            checkpoint(&state, &mut storage).expect("room on the disk");
        }
    }
    assert_eq!((state.nodes().count(), state.job_count(), state.alloc_count()), (NODES, JOBS, ALLOCS));
    state
}

fn restart(criterion: &mut Criterion) {
    let path = path("restart.redb");
    let digest = large_store(&path).digest();
    let mut group = criterion.benchmark_group("redb");
    group.sample_size(10);
    let name = format!("restart/{NODES}_nodes_{JOBS}_jobs_{ALLOCS}_allocs");
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let mut took = Duration::ZERO;
            for _ in 0..count {
                let start = Instant::now();
                let mut storage = RedbStorage::open(&path).expect("the store");
                let state = State::load(&mut storage).expect("the state");
                took += start.elapsed();
                assert_eq!(state.digest(), digest);
            }
            took
        });
    });
    group.finish();
    let _ = fs::remove_file(path);
}

criterion_group!(benches, commits, restart);
criterion_main!(benches);
