//! Rows as a storage in place keeps them: one per kind and key, replaced.

use std::collections::BTreeMap;

use longshore::store::contract::difference;
use longshore::store::{
    ChangesError, CommitError, Digest, Frame, Index, Limits, LoadError, Loader, RowKind, RowOp, State, Storage,
    StorageError,
};

/// The rows of some frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    last: Index,
    rows: BTreeMap<(RowKind, Vec<u8>), Vec<u8>>,
}

impl Rows {
    /// Does to the rows what a frame says.
    pub(crate) fn write(&mut self, frame: &Frame) {
        for op in frame.rows() {
            match op {
                RowOp::Put { kind, key, value } => self.rows.insert((kind, key), value),
                RowOp::Delete { kind, key } => self.rows.remove(&(kind, key)),
            };
        }
        self.last = frame.last_index();
    }

    /// They load to the state that the frames lead to.
    pub(crate) fn hold(&self, state: &State) {
        let again = State::load(&mut self.clone()).expect("own rows");
        assert_eq!(difference(state, &again), None);
    }
}

impl Storage for Rows {
    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        for ((kind, key), value) in &self.rows {
            into.row(*kind, key, value)?;
        }
        Ok(self.last)
    }

    fn commit(&mut self, _: Index, _: &Frame) -> Result<(), CommitError> {
        Err(CommitError::Failed("it is only read".into()))
    }

    fn changes_since(&mut self, after: Index, _: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        Ok(after)
    }

    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Ok(())
    }

    fn seal(&mut self, _: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        Ok(())
    }
}
