//! `longshore store`: what is in a store, whether it is whole, and how to make it small.
//!
//! A store is a file of `longshore-store-redb`, or a plain log of frames. Opening the former does what an engine would:
//! what a crash left is mended. A plain log is only read.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use indicatif::{HumanBytes, HumanCount};
use longshore::store::{
    ChangesError, Checkpoint, Damaged, FileLog, Frame, Index, LoadError, Loader, RowKind, State, Storage, StorageError,
};
use longshore_store_redb::{Contents, RedbStorage};
use serde_json::{Value, json};

use crate::args::{StoreAction, StoreArgs};
use crate::console::{Console, Paint};
use crate::exit::Exit;
use crate::progress::Progress;

/// Does what was asked of one store.
///
/// # Errors
/// Those of the console's streams.
pub fn run(args: &StoreArgs, console: &mut Console<'_>) -> io::Result<Exit> {
    let file = args.file.display();
    let done = match args.action {
        StoreAction::Inspect => inspect(args),
        StoreAction::Check => check(args),
        StoreAction::Compact => compact(args),
    };
    match done {
        Ok(Told { verdict, lines, json }) => {
            if args.json {
                console.line(&format!("{json:#}"))?;
            } else {
                console.line(&format!("{file}: {}", console.paint(Paint::Good, &verdict)))?;
                for (what, text) in lines {
                    console.line(&format!("  {what:<12} {text}"))?;
                }
            }
            Ok(Exit::Success)
        }
        Err(why) => {
            if args.json {
                console.line(&format!("{:#}", json!({ "file": args.file.display().to_string(), "error": why })))?;
            } else {
                console.line(&format!("{file}: {}", console.paint(Paint::Bad, &why)))?;
            }
            Ok(Exit::Failure)
        }
    }
}

/// What is told of a store.
struct Told {
    verdict: String,
    lines: Vec<(&'static str, String)>,
    json: Value,
}

/// A store of either kind, opened.
enum Store {
    Redb(Box<RedbStorage>, Contents),
    Log(FileLog),
}

impl Store {
    fn open(file: &Path) -> Result<Store, String> {
        let mut magic = [0; 4];
        let read = fs::File::open(file).and_then(|mut file| file.read_exact(&mut magic));
        read.map_err(|why| format!("it is no store: {why}"))?;
        let wrong = |error: StorageError| format!("cannot be opened: {}", error.source);
        match &magic {
            b"redb" => {
                let mut storage = RedbStorage::open(file).map_err(wrong)?;
                let contents = storage.contents().map_err(wrong)?;
                Ok(Store::Redb(Box::new(storage), contents))
            }
            b"LSF\n" => FileLog::open(file).map(Store::Log).map_err(wrong),
            _ => Err("it is no store of this engine".into()),
        }
    }

    fn state(&mut self, quiet: bool) -> Result<(State, u64), String> {
        match self {
            Store::Redb(storage, contents) => {
                let chunks = contents.checkpoint.map_or(0, |sealed| u64::from(sealed.chunks));
                let progress = Progress::new(chunks + contents.frames, "reading", quiet);
                let mut watched = Watched { inner: &mut **storage, progress: &progress };
                let state = State::load(&mut watched).map_err(|error| error.to_string())?;
                Ok((state, contents.frames))
            }
            Store::Log(log) => replay(log),
        }
    }

    /// What a crash left: what opening the store put right, and the torn end of a plain log, which is only read.
    fn left_by_a_crash(&self) -> LeftByACrash {
        match self {
            Store::Redb(storage, _) => LeftByACrash { mended: storage.mended(), torn_bytes: 0 },
            Store::Log(log) => LeftByACrash { mended: None, torn_bytes: log.rest() },
        }
    }
}

struct LeftByACrash {
    mended: Option<String>,
    torn_bytes: u64,
}

impl LeftByACrash {
    fn lines(&self) -> impl Iterator<Item = (&'static str, String)> {
        let torn = (self.torn_bytes > 0).then(|| {
            let bytes = HumanCount(self.torn_bytes);
            let told = "of a frame that was never acknowledged; an engine that opens the log cuts them off";
            ("torn end", format!("{bytes} bytes {told}"))
        });
        self.mended.clone().map(|mended| ("recovered", mended)).into_iter().chain(torn)
    }
}

/// The state that a log of frames leads to, and how many there are. The log is only read.
fn replay(log: &mut FileLog) -> Result<(State, u64), String> {
    let (mut state, mut frames, mut damaged) = (State::new(), 0, None);
    let fed = log.changes_since(0, &mut |frame| {
        frames += 1;
        damaged = damaged.take().or_else(|| state.apply_frame(&frame).err());
    });
    match (damaged, fed) {
        (Some(damaged), _) => Err(damaged.to_string()),
        (None, Err(error)) => Err(error.to_string()),
        (None, Ok(_)) => Ok((state, frames)),
    }
}

fn inspect(args: &StoreArgs) -> Result<Told, String> {
    let mut store = Store::open(&args.file)?;
    let bytes = fs::metadata(&args.file).map_or(0, |metadata| metadata.len());
    let (state, frames) = store.state(args.quiet)?;
    let mut lines = Vec::new();
    let (kind, checkpoint) = match &store {
        Store::Redb(_, contents) => ("redb", contents.checkpoint),
        Store::Log(_) => ("log", None),
    };
    if let Some(sealed) = checkpoint {
        let (at, chunks, bytes) = (HumanCount(sealed.at), sealed.chunks, HumanBytes(sealed.bytes));
        lines.push(("checkpoint", format!("at index {at}, {chunks} chunks, {bytes}, digest {}", sealed.digest)));
    }
    let after = if checkpoint.is_some() { " after it" } else { "" };
    lines.push(("log", format!("{} frames{after}", HumanCount(frames))));
    lines.push(("index", HumanCount(state.index()).to_string()));
    lines.push(("time", format!("{} s since the epoch", state.time().as_secs())));
    lines.push(("digest", state.digest().to_string()));
    let counts = Counts::of(&state);
    lines.extend(counts.lines());
    let left = store.left_by_a_crash();
    lines.extend(left.lines());
    let checkpoint = checkpoint.map(|sealed| {
        let digest = sealed.digest.to_string();
        json!({ "index": sealed.at, "chunks": sealed.chunks, "bytes": sealed.bytes, "digest": digest })
    });
    let json = json!({
        "file": args.file.display().to_string(), "kind": kind, "bytes": bytes, "checkpoint": checkpoint,
        "frames": frames, "index": state.index(), "time": state.time().0, "digest": state.digest().to_string(),
        "rows": counts.json(), "recovered": left.mended, "torn_bytes": left.torn_bytes,
    });
    Ok(Told { verdict: format!("{kind} store, {}", HumanBytes(bytes)), lines, json })
}

fn check(args: &StoreArgs) -> Result<Told, String> {
    let mut store = Store::open(&args.file)?;
    let mended = match &mut store {
        Store::Redb(storage, _) => storage.check_pages().map_err(|error| error.to_string())?,
        Store::Log(_) => false,
    };
    let (state, frames) = store.state(args.quiet)?;
    state.check_invariants().map_err(|broken| format!("what it holds does not add up: {broken}"))?;
    let mut lines =
        vec![("index", HumanCount(state.index()).to_string()), ("digest", format!("{}, recounted", state.digest()))];
    if mended {
        lines.push(("pages", "what a crash left was mended".into()));
    }
    let left = store.left_by_a_crash();
    lines.extend(left.lines());
    let json = json!({
        "file": args.file.display().to_string(), "whole": true, "mended": mended, "frames": frames,
        "index": state.index(), "digest": state.digest().to_string(), "recovered": left.mended,
        "torn_bytes": left.torn_bytes,
    });
    Ok(Told { verdict: "whole".into(), lines, json })
}

fn compact(args: &StoreArgs) -> Result<Told, String> {
    let size = || fs::metadata(&args.file).map_or(0, |metadata| metadata.len());
    let before = size();
    let mut store = Store::open(&args.file)?;
    let (state, frames) = store.state(args.quiet)?;
    let Store::Redb(storage, _) = &mut store else {
        return Err("a plain log cannot be compacted: every frame of it is needed".into());
    };
    if frames > 0 {
        checkpoint(&state, &mut **storage, args.quiet).map_err(|error| error.to_string())?;
    }
    storage.compact().map_err(|error| error.to_string())?;
    drop(store);
    let after = size();
    let lines = vec![("size", format!("{} before, {} after", HumanBytes(before), HumanBytes(after)))];
    let json = json!({ "file": args.file.display().to_string(), "before": before, "after": after });
    Ok(Told { verdict: format!("compacted at index {}", HumanCount(state.index())), lines, json })
}

/// Writes a whole checkpoint, with a bar over the rows.
fn checkpoint(state: &State, storage: &mut dyn Storage, quiet: bool) -> Result<(), StorageError> {
    let mut checkpoint = Checkpoint::new(state.clone(), storage.limits());
    let progress = Progress::new(checkpoint.progress().1, "writing", quiet);
    let mut done = 0;
    while let Some(chunk) = checkpoint.next() {
        storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk)?;
        progress.advance(checkpoint.progress().0 - done);
        done = checkpoint.progress().0;
    }
    storage.seal(checkpoint.at(), checkpoint.chunks(), checkpoint.digest())
}

/// Rows of a state, by what they are.
struct Counts {
    nodes: usize,
    jobs: usize,
    evals: usize,
    allocs: usize,
    /// Of these, such as are neither stopped nor ended.
    live: usize,
}

impl Counts {
    fn of(state: &State) -> Counts {
        Counts {
            nodes: state.nodes().count(),
            jobs: state.job_count(),
            evals: state.evals().count(),
            allocs: state.alloc_count(),
            live: state.allocs().filter(|alloc| !alloc.terminal()).count(),
        }
    }

    fn lines(&self) -> [(&'static str, String); 4] {
        let count = |count: usize| HumanCount(count as u64).to_string();
        [
            ("nodes", count(self.nodes)),
            ("jobs", count(self.jobs)),
            ("evaluations", count(self.evals)),
            ("allocations", format!("{}, {} of them live", count(self.allocs), count(self.live))),
        ]
    }

    fn json(&self) -> Value {
        let Counts { nodes, jobs, evals, allocs, live } = self;
        json!({ "nodes": nodes, "jobs": jobs, "evaluations": evals, "allocations": allocs, "live": live })
    }
}

/// A storage whose load is shown by a bar.
#[derive(Debug)]
struct Watched<'a> {
    inner: &'a mut dyn Storage,
    progress: &'a Progress,
}

struct WatchedLoader<'a> {
    into: &'a mut dyn Loader,
    progress: &'a Progress,
}

impl Loader for WatchedLoader<'_> {
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        self.progress.advance(1);
        self.into.chunk(bytes)
    }
    fn row(&mut self, kind: RowKind, key: &[u8], value: &[u8]) -> Result<(), Damaged> {
        self.progress.advance(1);
        self.into.row(kind, key, value)
    }
    fn frame(&mut self, frame: Frame) -> Result<(), Damaged> {
        self.progress.advance(1);
        self.into.frame(frame)
    }
}

impl Storage for Watched<'_> {
    fn limits(&self) -> longshore::store::Limits {
        self.inner.limits()
    }
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.inner.load(&mut WatchedLoader { into, progress: self.progress })
    }
    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), longshore::store::CommitError> {
        self.inner.commit(expected, frame)
    }
    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        self.inner.changes_since(after, into)
    }
    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        self.inner.put_chunk(at, number, chunk)
    }
    fn seal(&mut self, at: Index, chunks: u32, digest: longshore::store::Digest) -> Result<(), StorageError> {
        self.inner.seal(at, chunks, digest)
    }
}
