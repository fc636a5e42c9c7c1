//! The seam that a host fills: where frames go, and where a state comes back from.
//!
//! Two kinds of storage fit: *log* (a file, a key-value store, an object store) keeps frames as bytes and now and then
//! a checkpoint; *in place* (SQL) writes rows and needs no checkpoint.

use thiserror::Error;

use crate::batch::{Frame, FrameError, Index, Table};
use crate::digest::Digest;

/// Durable memory of an engine. Small and synchronous; only the engine calls, `load` first and once.
pub trait Storage: std::fmt::Debug + Send {
    /// What the storage can take, and when it wants a checkpoint.
    fn limits(&self) -> Limits;

    /// Feeds everything stored: the newest sealed checkpoint, then the frames after it. Answers the last index.
    ///
    /// # Errors
    /// [`LoadError`]; what was fed by then is to be thrown away.
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError>;

    /// Stores a frame if `expected` is the last index stored. Atomic, and durable on return.
    ///
    /// # Errors
    /// [`CommitError`], which says whether the frame may be stored all the same.
    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError>;

    /// Feeds the frames after an index: what other engines wrote. Answers the last index.
    ///
    /// # Errors
    /// [`ChangesError::Gone`] if a checkpoint has taken their place.
    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError>;

    /// Stores a chunk of a checkpoint of the state at an index. Without its seal it means nothing.
    ///
    /// # Errors
    /// [`StorageError`].
    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError>;

    /// Makes a checkpoint the one to load from, and drops the frames that it covers. `digest` is the state's.
    ///
    /// # Errors
    /// [`StorageError`]; the checkpoint before it then stands.
    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError>;
}

/// What a storage can take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The largest frame in bytes.
    pub frame_bytes: usize,
    /// The size of log, in bytes, past which it asks for a checkpoint; `None` for never.
    pub log_bytes: Option<u64>,
}

/// What a storage feeds when it loads.
pub trait Loader {
    /// A chunk of the checkpoint, in order of number.
    ///
    /// # Errors
    /// [`Damaged`] if it cannot be read.
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), Damaged>;

    /// A frame, in order of index.
    ///
    /// # Errors
    /// [`Damaged`] if it does not follow or contradicts what was fed before.
    fn frame(&mut self, frame: Frame) -> Result<(), Damaged>;
}

/// Whatever went wrong inside a storage.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the storage itself.
#[derive(Debug, Error)]
#[error("storage failed to {doing}: {source}")]
pub struct StorageError {
    /// What it was doing, such as `append to cluster.log`.
    pub doing: String,
    /// What went wrong.
    pub source: Source,
}

/// Why a frame was not stored, or may not have been.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Another engine wrote first: catch up through `changes_since`, verify again, try again.
    #[error("another writer was first: the storage is at index {current}, not {expected}")]
    Conflict {
        /// The index that the caller thought was last.
        expected: Index,
        /// The one that is.
        current: Index,
    },
    /// Certainly not stored.
    #[error("not stored: {0}")]
    Failed(#[source] Source),
    /// Stored or not: send the same frame again, or look.
    #[error("it is not known whether the frame was stored: {0}")]
    Unknown(#[source] Source),
    /// A frame beyond the storage's limit.
    #[error("the frame has {found} bytes; the storage takes {limit}")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
        /// The frame's size.
        found: usize,
    },
}

/// Why a state cannot be loaded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Stored bytes that cannot be right.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Why changes cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ChangesError {
    /// A checkpoint covers them: load it.
    #[error("frames after index {after} are gone; the checkpoint is at {checkpoint}")]
    Gone {
        /// The index asked from.
        after: Index,
        /// Where the checkpoint is.
        checkpoint: Index,
    },
    /// Stored bytes that cannot be right.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Stored bytes that cannot be right, and where.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("damaged at byte {position} (after index {after}): {why}")]
pub struct Damaged {
    /// Byte position in the log or chunk, where it has one.
    pub position: u64,
    /// The last index that was read whole.
    pub after: Index,
    /// What is wrong.
    pub why: DamageKind,
}

/// What is wrong with stored bytes.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum DamageKind {
    /// No whole frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A frame that does not follow the one before it.
    #[error("frame {found} where {expected} should begin")]
    Gap {
        /// The index that should come.
        expected: Index,
        /// The one that does.
        found: Index,
    },
    /// A frame built on another state than the one before it: the log has diverged.
    #[error("frame {index} was built on a state with digest {expected}, but the state before it has {found}")]
    Diverged {
        /// The frame's first index.
        index: Index,
        /// The digest that it names.
        expected: Digest,
        /// The digest that the state has.
        found: Digest,
    },
    /// A row that refers to what is not there.
    #[error("table {table}, row {key:?}: {why}")]
    Row {
        /// The table.
        table: Table,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// A checkpoint whose rows do not add up to its seal.
    #[error("the checkpoint's rows have digest {found}, its seal says {expected}")]
    Seal {
        /// What the seal says.
        expected: Digest,
        /// What the rows give.
        found: Digest,
    },
}
