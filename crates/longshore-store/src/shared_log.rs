//! A log in memory that several engines share: the smallest storage with which they can get in each other's way.
//!
//! It is what a key-value store such as etcd would hold. A frame's key is its first index; the next one's is its last
//! plus one, so the log is dense. A put is guarded twice: its key is *absent*, and the *floor*, which a seal raises and
//! below which frames are gone, lies *below its key*. Safety rests on that guard alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::batch::Index;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::storage::{ChangesError, CommitError, Limits, LoadError, Loader, Storage, StorageError};

/// A log in memory that several engines share; a clone is another engine's way to it.
///
/// For tests of hosts that run several engines on one storage, and for engines in threads of one process. Each needs a
/// [`Writer`](crate::Writer) of its own.
///
/// ```
/// use longshore_store::{contract::Life, CommitError, SharedLog, State, Storage, Writer};
/// let mut mine = SharedLog::new();
/// let mut theirs = mine.clone();
/// mine.commit(0, &Life::new(1).by(Writer(1)).frame(1))?;
/// let late = theirs.commit(0, &Life::new(2).by(Writer(2)).frame(1));
/// assert!(matches!(late, Err(CommitError::Conflict { current: 1, .. })));
/// assert_eq!(State::load(&mut theirs)?.last_by(Writer(1)), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SharedLog {
    log: Arc<Mutex<Log>>,
    limits: Limits,
    /// The checkpoint that comes by this way: chunks of two engines do not mix.
    unsealed: Chunks,
}

/// What all share.
#[derive(Debug, Default)]
struct Log {
    /// By first index; all above the floor.
    frames: BTreeMap<Index, Frame>,
    bytes: u64,
    /// Its index is the floor.
    sealed: Chunks,
}

#[derive(Debug, Default)]
struct Chunks {
    at: Index,
    chunks: Vec<Vec<u8>>,
}

impl SharedLog {
    /// An empty log that takes any frame and asks for no checkpoints.
    pub fn new() -> SharedLog {
        SharedLog { log: Arc::default(), limits: Limits::NONE, unsealed: Chunks::default() }
    }

    /// The same log with limits, for this way to it and those that are cloned from it.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> SharedLog {
        SharedLog { limits, ..self }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        // Each change is made by one statement at its end: a panic elsewhere leaves the log whole.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An empty log.
impl Default for SharedLog {
    fn default() -> SharedLog {
        SharedLog::new()
    }
}

/// Another way to the same log. A checkpoint under way is not cloned.
impl Clone for SharedLog {
    fn clone(&self) -> SharedLog {
        SharedLog { log: self.log.clone(), limits: self.limits, unsealed: Chunks::default() }
    }
}

impl Log {
    /// The last index stored.
    fn last(&self) -> Index {
        self.frames.last_key_value().map_or(self.sealed.at, |(_, frame)| frame.last_index())
    }
}

impl Storage for SharedLog {
    fn limits(&self) -> Limits {
        self.limits
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        let log = self.log();
        for chunk in &log.sealed.chunks {
            into.chunk(chunk)?;
        }
        for frame in log.frames.values() {
            into.frame(frame.clone())?;
        }
        Ok(log.last())
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        let mut log = self.log();
        // Every engine stands between two frames, so that this says: the key is absent, and above the floor.
        frame.check(expected, log.last(), self.limits.frame_bytes)?;
        if self.limits.log_bytes.is_some() {
            log.bytes += frame.bytes().len() as u64;
        }
        log.frames.insert(frame.first_index(), frame.clone());
        Ok(())
    }

    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        let log = self.log();
        if after < log.sealed.at {
            return Err(ChangesError::Gone { after, checkpoint: log.sealed.at });
        }
        log.frames.range(after.saturating_add(1)..).for_each(|(_, frame)| into(frame.clone()));
        Ok(log.last())
    }

    fn log_bytes(&self) -> u64 {
        self.log().bytes
    }

    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        if number == 0 {
            self.unsealed = Chunks { at, chunks: Vec::new() };
        }
        if self.unsealed.at != at || self.unsealed.chunks.len() != number as usize {
            let why = format!("the next is {} of that at {}", self.unsealed.chunks.len(), self.unsealed.at);
            return Err(refused(format!("keep chunk {number} of the checkpoint at {at}"), why));
        }
        self.unsealed.chunks.push(chunk.to_vec());
        Ok(())
    }

    fn seal(&mut self, at: Index, chunks: u32, _: Digest) -> Result<(), StorageError> {
        let doing = || format!("seal the checkpoint at {at} with {chunks} chunks");
        let found = &self.unsealed;
        if (found.at, found.chunks.len()) != (at, chunks as usize) || chunks == 0 {
            return Err(refused(doing(), format!("there are {} of that at {}", found.chunks.len(), found.at)));
        }
        let whole = std::mem::take(&mut self.unsealed);
        let mut log = self.log();
        if at < log.sealed.at || at > log.last() {
            let why = format!("the sealed checkpoint is at {}, the log ends with {}", log.sealed.at, log.last());
            return Err(refused(doing(), why));
        }
        log.sealed = whole;
        log.frames = log.frames.split_off(&at.saturating_add(1));
        if self.limits.log_bytes.is_some() {
            log.bytes = log.frames.values().map(|frame| frame.bytes().len() as u64).sum();
        }
        Ok(())
    }
}

fn refused(doing: String, why: String) -> StorageError {
    StorageError { doing, source: why.into() }
}
