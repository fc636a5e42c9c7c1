//! A storage that keeps rows in place, for tests: the plainest there is.

use std::collections::BTreeMap;

use crate::batch::Index;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::in_place::{RowKind, RowOp, UnusedRow};
use crate::storage::{ChangesError, CommitError, Limits, LoadError, Loader, Storage, StorageError};

/// Rows in a map: the other half of the [`Storage`] trait, which keeps no frames and needs no checkpoints.
///
/// ```
/// use longshore_store::contract::{Life, Rows, difference};
/// use longshore_store::{State, Storage};
/// let (mut rows, mut life) = (Rows::new(), Life::new(7));
/// rows.commit(0, &life.frame(3))?;
/// assert_eq!(difference(life.state(), &State::load(&mut rows)?), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rows {
    last: Index,
    rows: BTreeMap<(RowKind, Vec<u8>), Vec<u8>>,
    forgotten: usize,
    careless: bool,
}

impl Rows {
    /// No rows.
    pub fn new() -> Rows {
        Rows::default()
    }

    /// The same, but it forgets whatever it is told to, put again since or not: the contract finds it out.
    pub fn careless(self) -> Rows {
        Rows { careless: true, ..self }
    }

    /// Does to the rows what a frame says, whichever was the last.
    pub fn write(&mut self, frame: &Frame) {
        for op in frame.rows() {
            match op {
                RowOp::Put { kind, key, value } => self.rows.insert((kind, key), value),
                RowOp::Delete { kind, key } => self.rows.remove(&(kind, key)),
            };
        }
        self.last = frame.last_index();
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many were forgotten because nothing refers to them any more.
    pub fn forgotten(&self) -> usize {
        self.forgotten
    }
}

impl Storage for Rows {
    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        // Any order will do: the last first.
        for ((kind, key), value) in self.rows.iter().rev() {
            into.row(*kind, key, value)?;
        }
        Ok(self.last)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        frame.check(expected, self.last, usize::MAX)?;
        self.write(frame);
        Ok(())
    }

    fn changes_since(&mut self, after: Index, _: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        if after == self.last {
            return Ok(self.last);
        }
        Err(ChangesError::Gone { after, checkpoint: self.last })
    }

    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Err(StorageError { doing: "keep a chunk".into(), source: "rows in place need no checkpoint".into() })
    }

    fn seal(&mut self, at: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        self.put_chunk(at, 0, &[])
    }

    fn forget(&mut self, unused: &[UnusedRow]) -> Result<(), StorageError> {
        for row in unused {
            let at = (row.kind, row.key.clone());
            if self.rows.get(&at).is_some_and(|value| self.careless || row.is(value)) {
                self.rows.remove(&at);
                self.forgotten += 1;
            }
        }
        Ok(())
    }
}
