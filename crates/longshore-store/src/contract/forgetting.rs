//! Rows that a load found unused are forgotten while other engines write.

use super::{Life, Subject, commit, fresh, reopened};
use crate::batch::Index;
use crate::digest::Digest;
use crate::frame::{Frame, Writer};
use crate::in_place::UnusedRow;
use crate::state::State;
use crate::storage::{ChangesError, CommitError, Limits, LoadError, Loader, Storage, StorageError};

/// What another engine puts again between a load and the removal of what the load found unused stays.
pub(super) fn forgetting<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(8));
    for writer in 1..=80 {
        life = life.by(Writer(writer));
        commit(&mut storage, &mut life, 1);
    }
    // Writers that came before so many others are no longer known; the first of them writes again.
    let mut life = life.by(Writer(1));
    let expected = life.state().index();
    let mut meanwhile = Meanwhile { inner: &mut storage, frame: Some((expected, life.frame(1))) };
    if let Err(error) = State::load(&mut meanwhile) {
        panic!("a load after which another engine writes: {error}");
    }
    if let Some((expected, frame)) = meanwhile.frame
        && let Err(error) = storage.commit(expected, &frame)
    {
        panic!("{frame}: {error}");
    }
    reopened(subject, storage, life.state(), "after rows were forgotten");
}

/// Another storage, to which another engine writes before it forgets.
#[derive(Debug)]
struct Meanwhile<'a> {
    inner: &'a mut dyn Storage,
    frame: Option<(Index, Frame)>,
}

impl Storage for Meanwhile<'_> {
    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.inner.load(into)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
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

    fn forget(&mut self, unused: &[UnusedRow]) -> Result<(), StorageError> {
        if let Some((expected, frame)) = self.frame.take()
            && let Err(error) = self.inner.commit(expected, &frame)
        {
            panic!("{frame}, between a load and what it forgets: {error}");
        }
        self.inner.forget(unused)
    }
}
