//! Storage in memory: for tests, simulation and hosts that keep nothing.

use crate::batch::Index;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::storage::{ChangesError, CommitError, Limits, LoadError, Loader, Storage, StorageError};

/// Keeps frames as they are, never encoding one unless it has limits.
///
/// ```
/// use longshore_store::{MemoryStorage, State};
/// let mut storage = MemoryStorage::new();
/// let state = State::load(&mut storage)?;
/// assert_eq!(state.index(), 0);
/// # Ok::<(), longshore_store::LoadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MemoryStorage {
    keeps: bool,
    limits: Limits,
    last: Index,
    frames: Vec<Frame>,
    log_bytes: u64,
    /// Chunks of the checkpoint under way, with its index; and of the sealed one.
    unsealed: Chunks,
    sealed: Chunks,
}

#[derive(Clone, Debug, Default)]
struct Chunks {
    at: Index,
    chunks: Vec<Vec<u8>>,
}

impl MemoryStorage {
    /// An empty storage that keeps every frame, so that a state can be loaded again.
    pub fn new() -> MemoryStorage {
        MemoryStorage { keeps: true, ..MemoryStorage::default() }
    }

    /// A storage that accepts frames and forgets them: the state in memory is all there is.
    pub fn forgetful() -> MemoryStorage {
        MemoryStorage::default()
    }

    /// A forgetful storage of a fork: its next frame follows `last`.
    pub fn forked(last: Index) -> MemoryStorage {
        MemoryStorage { last, ..MemoryStorage::default() }
    }

    /// The same storage with limits: what a storage of another kind would refuse or ask for.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> MemoryStorage {
        MemoryStorage { limits, ..self }
    }
}

/// [`MemoryStorage::forgetful`].
impl Default for MemoryStorage {
    fn default() -> MemoryStorage {
        MemoryStorage {
            keeps: false,
            limits: Limits::NONE,
            last: 0,
            frames: Vec::new(),
            log_bytes: 0,
            unsealed: Chunks::default(),
            sealed: Chunks::default(),
        }
    }
}

impl Storage for MemoryStorage {
    fn limits(&self) -> Limits {
        self.limits
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        for chunk in &self.sealed.chunks {
            into.chunk(chunk)?;
        }
        for frame in &self.frames {
            into.frame(frame.clone())?;
        }
        Ok(self.last)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        frame.check(expected, self.last, self.limits.frame_bytes)?;
        self.last = frame.last_index();
        if self.keeps {
            self.frames.push(frame.clone());
        }
        if self.limits.log_bytes.is_some() {
            self.log_bytes += frame.bytes().len() as u64;
        }
        Ok(())
    }

    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        let first = self.frames.first().map_or(self.last.saturating_add(1), Frame::first_index);
        if after.saturating_add(1) < first {
            return Err(ChangesError::Gone { after, checkpoint: first - 1 });
        }
        self.frames.iter().filter(|frame| frame.first_index() > after).cloned().for_each(into);
        Ok(self.last)
    }

    fn log_bytes(&self) -> u64 {
        self.log_bytes
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
        let found = &self.unsealed;
        if (found.at, found.chunks.len()) != (at, chunks as usize) || chunks == 0 || at < self.sealed.at {
            let why = format!("there are {} of that at {}", found.chunks.len(), found.at);
            return Err(refused(format!("seal the checkpoint at {at} with {chunks} chunks"), why));
        }
        self.sealed = std::mem::take(&mut self.unsealed);
        self.frames.retain(|frame| frame.first_index() > at);
        if self.limits.log_bytes.is_some() {
            self.log_bytes = self.frames.iter().map(|frame| frame.bytes().len() as u64).sum();
        }
        Ok(())
    }
}

fn refused(doing: String, why: String) -> StorageError {
    StorageError { doing, source: why.into() }
}
