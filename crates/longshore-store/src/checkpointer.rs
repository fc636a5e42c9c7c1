//! When checkpoints are written: some chunks after each commit, once the log has grown.

use crate::batch::Index;
use crate::checkpoint::Checkpoint;
use crate::load::Recovered;
use crate::state::State;
use crate::storage::{Storage, StorageError};

/// Writes a checkpoint whenever a storage's log outgrows its [`Limits`](crate::Limits), between commits.
///
/// A checkpoint is written again only once the log is as large as the last checkpoint was, in this process or an earlier
/// one: so however large the state, no more is written for checkpoints than for frames, but for those that are given up.
///
/// ```
/// use longshore_store::{Checkpointer, Limits, MemoryStorage, State};
/// let mut storage = MemoryStorage::new().with_limits(Limits { log_bytes: Some(1 << 20), ..Limits::NONE });
/// let (state, mut checkpointer) = (State::new(), Checkpointer::default());
/// // After each commit:
/// assert_eq!(checkpointer.step(&state, &mut storage, 2)?, None); // the log is small
/// # Ok::<(), longshore_store::StorageError>(())
/// ```
#[derive(Debug, Default)]
pub struct Checkpointer {
    running: Option<Checkpoint>,
    /// Bytes of the checkpoint under way.
    written: u64,
    /// The size of log that is to be outgrown before another is begun, where it is above the limit: what the last one
    /// took, or, after a failure, where the log was and some more.
    not_before: u64,
}

impl Checkpointer {
    /// A checkpointer that goes on after what a load found.
    pub fn after(recovered: &Recovered) -> Checkpointer {
        Checkpointer { not_before: recovered.checkpoint_bytes, ..Checkpointer::default() }
    }

    /// Writes up to so many chunks, of a new checkpoint if the log has grown and none is under way. Answers the index of
    /// a checkpoint that is sealed with this.
    ///
    /// # Errors
    /// [`StorageError`]. The checkpoint is given up, and begun anew once the log has grown by a quarter of its limit;
    /// nothing is lost by that.
    ///
    /// # Cost
    /// A chunk takes up to 128 KiB; while a checkpoint is under way commits copy what its snapshot shares.
    pub fn step(
        &mut self,
        state: &State,
        storage: &mut dyn Storage,
        chunks: usize,
    ) -> Result<Option<Index>, StorageError> {
        let Some(limit) = storage.limits().log_bytes else { return Ok(None) };
        if self.running.is_none() {
            if storage.log_bytes() <= limit.max(self.not_before) {
                return Ok(None);
            }
            self.running = Some(Checkpoint::new(state.clone(), storage.limits()));
            self.written = 0;
        }
        let written = self.write(storage, chunks);
        match written {
            Ok(Some(_)) => self.not_before = self.written,
            Ok(None) => return written,
            Err(_) => self.not_before = storage.log_bytes().saturating_add(limit / 4),
        }
        self.running = None;
        written
    }

    /// Whether a checkpoint is under way, and how far it has got: rows looked at, and all there are.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.running.as_ref().map(Checkpoint::progress)
    }

    fn write(&mut self, storage: &mut dyn Storage, chunks: usize) -> Result<Option<Index>, StorageError> {
        let Some(checkpoint) = &mut self.running else { return Ok(None) };
        for _ in 0..chunks {
            match checkpoint.next() {
                Some(chunk) => {
                    self.written += chunk.len() as u64;
                    storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk)?;
                }
                None => {
                    storage.seal(checkpoint.at(), checkpoint.chunks(), checkpoint.digest())?;
                    return Ok(Some(checkpoint.at()));
                }
            }
        }
        Ok(None)
    }
}

/// Writes a whole checkpoint of a state at once, whatever the storage asks for.
///
/// # Errors
/// [`StorageError`]; the checkpoint before it then stands.
pub fn checkpoint(state: &State, storage: &mut dyn Storage) -> Result<(), StorageError> {
    let mut checkpoint = Checkpoint::new(state.clone(), storage.limits());
    while let Some(chunk) = checkpoint.next() {
        storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk)?;
    }
    storage.seal(checkpoint.at(), checkpoint.chunks(), checkpoint.digest())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Life;
    use crate::{Limits, MemoryStorage};

    /// Opened again, it waits as long as it would have.
    #[test]
    fn the_last_checkpoint_counts_in_the_next_process() {
        let (mut storage, mut life) = (MemoryStorage::new(), Life::new(9));
        storage = storage.with_limits(Limits { log_bytes: Some(1_000), ..Limits::NONE });
        (0..100).for_each(|_| storage.commit(life.state().index(), &life.frame(1)).unwrap());
        checkpoint(life.state(), &mut storage).unwrap();
        let (state, recovered) = State::recover(&mut storage).unwrap();
        assert!(recovered.checkpoint_bytes > 5_000, "{} bytes", recovered.checkpoint_bytes);
        let mut checkpointer = Checkpointer::after(&recovered);
        while storage.log_bytes() <= recovered.checkpoint_bytes {
            assert_eq!((checkpointer.step(&state, &mut storage, 1).unwrap(), checkpointer.progress()), (None, None));
            storage.commit(life.state().index(), &life.frame(1)).unwrap();
        }
        checkpointer.step(life.state(), &mut storage, 1).unwrap();
        assert!(checkpointer.progress().is_some(), "it is begun");
    }
}
