//! Storage in memory: for tests, simulation and hosts that keep nothing.

use crate::batch::{Frame, Index};
use crate::digest::Digest;
use crate::storage::{ChangesError, CommitError, Limits, LoadError, Loader, Storage, StorageError};

/// Keeps frames as they are, never encoding one.
///
/// ```
/// use longshore_store::{MemoryStorage, State};
/// let mut storage = MemoryStorage::new();
/// let state = State::load(&mut storage)?;
/// assert_eq!(state.index(), 0);
/// # Ok::<(), longshore_store::LoadError>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStorage {
    keeps: bool,
    last: Index,
    frames: Vec<Frame>,
    /// Chunks of the checkpoint under way, and the sealed one with its index.
    chunks: Vec<Vec<u8>>,
    sealed: Option<(Index, Vec<Vec<u8>>)>,
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
}

impl Storage for MemoryStorage {
    fn limits(&self) -> Limits {
        Limits { frame_bytes: usize::MAX, log_bytes: None }
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        for chunk in self.sealed.iter().flat_map(|(_, chunks)| chunks) {
            into.chunk(chunk)?;
        }
        for frame in &self.frames {
            into.frame(frame.clone())?;
        }
        Ok(self.last)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        if expected != self.last {
            return Err(CommitError::Conflict { expected, current: self.last });
        }
        self.last = frame.last_index();
        if self.keeps {
            self.frames.push(frame.clone());
        }
        Ok(())
    }

    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        let first = self.frames.first().map_or(self.last + 1, Frame::first_index);
        if after + 1 < first {
            return Err(ChangesError::Gone { after, checkpoint: first - 1 });
        }
        self.frames.iter().filter(|frame| frame.first_index() > after).cloned().for_each(into);
        Ok(self.last)
    }

    fn put_chunk(&mut self, _: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        self.chunks.truncate(number as usize);
        self.chunks.push(chunk.to_vec());
        Ok(())
    }

    fn seal(&mut self, at: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        self.sealed = Some((at, std::mem::take(&mut self.chunks)));
        self.frames.retain(|frame| frame.first_index() > at);
        Ok(())
    }
}
