//! Loading: from a storage's bytes to a state.

use crate::apply::ApplyError;
use crate::batch::Frame;
use crate::state::State;
use crate::storage::{DamageKind, Damaged, LoadError, Loader, Storage};

impl State {
    /// The state that a storage holds.
    ///
    /// # Errors
    /// [`LoadError`] if the storage fails or holds what cannot be right.
    pub fn load(storage: &mut dyn Storage) -> Result<State, LoadError> {
        let mut loading = Loading { state: State::new() };
        storage.load(&mut loading)?;
        Ok(loading.state)
    }

    /// Applies a frame after checking that it follows this very state.
    ///
    /// # Errors
    /// [`Damaged`] if it does not, or refers to what is not there. The state is then to be thrown away.
    pub fn apply_frame(&mut self, frame: &Frame) -> Result<(), Damaged> {
        let after = self.index();
        let damaged = |why| Damaged { position: 0, after, why };
        if frame.first_index() != after + 1 {
            return Err(damaged(DamageKind::Gap { expected: after + 1, found: frame.first_index() }));
        }
        if frame.parent() != self.digest() {
            return Err(damaged(DamageKind::Diverged {
                index: frame.first_index(),
                expected: frame.parent(),
                found: self.digest(),
            }));
        }
        for batch in frame.batches() {
            self.apply(batch).map_err(|error| damaged(error.into()))?;
        }
        Ok(())
    }
}

impl From<ApplyError> for DamageKind {
    fn from(error: ApplyError) -> DamageKind {
        match error {
            ApplyError::Gap { last, found } => DamageKind::Gap { expected: last + 1, found },
            ApplyError::Row { table, key, why } => DamageKind::Row { table, key, why: why.into() },
        }
    }
}

struct Loading {
    state: State,
}

impl Loader for Loading {
    /// A chunk is a frame whose batches carry the rows of the checkpoint; it is read like any other.
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        let damaged = |why| Damaged { position: 0, after: self.state.index(), why };
        let (frame, _) = Frame::decode(bytes).map_err(|error| damaged(error.into()))?;
        self.frame(frame)
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Damaged> {
        self.state.apply_frame(&frame)
    }
}
