//! A storage that goes wrong when it is told to.

use crate::batch::Index;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::in_place::UnusedRow;
use crate::storage::{ChangesError, CommitError, Limits, LoadError, Loader, Source, Storage, StorageError};

/// How an operation goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// It is not carried out, and says so.
    Fails,
    /// It is not carried out, and nobody learns what became of it.
    Lost,
    /// It is carried out, and nobody learns of it.
    Unanswered,
    /// Half of it is carried out, where that is no breach of the contract: of a chunk the first half of the bytes.
    Tears,
    /// It seems to be carried out, and is not, where that is no breach of the contract: a chunk need not be durable.
    Forgets,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 5] = [Fault::Fails, Fault::Lost, Fault::Unanswered, Fault::Tears, Fault::Forgets];
}

/// Another storage, of which one write goes wrong: the n-th commit, chunk or seal, counted from zero.
#[derive(Debug)]
pub struct Faulty<S> {
    inner: S,
    fault: Fault,
    left: Option<usize>,
}

impl<S: Storage> Faulty<S> {
    /// A storage whose `nth` write goes wrong, and none other.
    pub fn new(inner: S, fault: Fault, nth: usize) -> Faulty<S> {
        Faulty { inner, fault, left: Some(nth) }
    }

    /// Whether the fault is still to come.
    pub fn waits(&self) -> bool {
        self.left.is_some()
    }

    /// The storage beneath.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// The fault, if this is the write that goes wrong.
    fn next(&mut self) -> Option<Fault> {
        match self.left {
            Some(0) => {
                self.left = None;
                Some(self.fault)
            }
            Some(left) => {
                self.left = Some(left - 1);
                None
            }
            None => None,
        }
    }
}

fn why() -> Source {
    "a fault made on purpose".into()
}

fn failed() -> StorageError {
    StorageError { doing: "write".into(), source: why() }
}

impl<S: Storage> Storage for Faulty<S> {
    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        self.inner.load(into)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        match self.next() {
            None => self.inner.commit(expected, frame),
            Some(Fault::Fails) => Err(CommitError::Failed(why())),
            Some(Fault::Unanswered) => {
                self.inner.commit(expected, frame)?;
                Err(CommitError::Unknown(why()))
            }
            // A commit is atomic and durable: it cannot be torn or forgotten without its outcome being unknown.
            Some(Fault::Lost | Fault::Tears | Fault::Forgets) => Err(CommitError::Unknown(why())),
        }
    }

    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        self.inner.changes_since(after, into)
    }

    fn log_bytes(&self) -> u64 {
        self.inner.log_bytes()
    }

    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        match self.next() {
            None => self.inner.put_chunk(at, number, chunk),
            Some(Fault::Fails | Fault::Lost) => Err(failed()),
            Some(Fault::Unanswered) => {
                self.inner.put_chunk(at, number, chunk)?;
                Err(failed())
            }
            Some(Fault::Tears) => {
                self.inner.put_chunk(at, number, &chunk[..chunk.len() / 2])?;
                Err(failed())
            }
            Some(Fault::Forgets) => Ok(()),
        }
    }

    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError> {
        match self.next() {
            None => self.inner.seal(at, chunks, digest),
            Some(Fault::Unanswered) => {
                self.inner.seal(at, chunks, digest)?;
                Err(failed())
            }
            Some(_) => Err(failed()),
        }
    }

    fn mended(&self) -> Option<String> {
        self.inner.mended()
    }

    fn forget(&mut self, unused: &[UnusedRow]) -> Result<(), StorageError> {
        self.inner.forget(unused)
    }
}
