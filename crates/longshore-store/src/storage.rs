//! The seam that a host fills: where frames go, and where a state comes back from.
//!
//! Two kinds of storage fit: *log* (a file, a key-value store, an object store) keeps frames as bytes and now and then
//! a checkpoint; *in place* (SQL) writes rows and needs no checkpoint.

use std::fmt;

use thiserror::Error;

use crate::batch::{Index, Table};
use crate::digest::Digest;
use crate::envelope::FrameError;
use crate::frame::Frame;
use crate::in_place::{RowKind, UnusedRow};

/// Durable memory of an engine. Small and synchronous; only the engine calls, `load` first.
///
/// `longshore_store::contract::run` holds an implementation to what is promised here.
///
/// After [`CommitError::Unknown`] nothing may be called but the same commit again, `changes_since` and `load`;
/// [`settle`](crate::settle) does so.
pub trait Storage: std::fmt::Debug + Send {
    /// What the storage can take, and when it wants a checkpoint.
    fn limits(&self) -> Limits;

    /// Feeds everything stored: the newest sealed checkpoint, then the frames after it; or all rows, in any order.
    /// Answers the last index.
    ///
    /// # Errors
    /// [`LoadError`]; what was fed by then is to be thrown away.
    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError>;

    /// Stores a frame if `expected` is the last index stored. Atomic, and durable on return.
    ///
    /// # Errors
    /// [`CommitError`], which says whether the frame may be stored all the same. [`Frame::check`] finds those that do not
    /// depend on the storage.
    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError>;

    /// Feeds the frames after an index: what other engines wrote. Answers the last index.
    ///
    /// # Errors
    /// [`ChangesError::Gone`] if a checkpoint has taken their place, or the storage keeps rows instead of frames.
    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError>;

    /// Bytes of the frames that a load would feed; compared with [`Limits::log_bytes`].
    fn log_bytes(&self) -> u64 {
        0
    }

    /// Stores a chunk of a checkpoint of the state at an index. Without its seal it means nothing, and need not be
    /// durable. Number 0 begins a checkpoint anew, and forgets the chunks of one that was never sealed.
    ///
    /// # Errors
    /// [`StorageError`].
    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError>;

    /// Makes a checkpoint the one to load from, durably and at once, and drops the frames that it covers and the
    /// checkpoint before it. `digest` is the state's.
    ///
    /// # Errors
    /// [`StorageError`] if chunks are missing, if a later checkpoint is sealed already, or if the storage fails; the
    /// checkpoint before it then stands.
    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError>;

    /// What the latest load, or the opening before it, had to put right after a crash, in words for people; `None` if
    /// nothing. [`Recovered`](crate::Recovered) passes it on.
    fn mended(&self) -> Option<String> {
        None
    }

    /// Rows that a load found nothing to refer to: a storage in place may delete them, but none that has been put again
    /// since by another engine ([`UnusedRow::is`]). Called right after a load.
    ///
    /// # Errors
    /// [`StorageError`]; they may as well stay.
    fn forget(&mut self, unused: &[UnusedRow]) -> Result<(), StorageError> {
        let _ = unused;
        Ok(())
    }
}

/// What a storage can take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The largest frame in bytes. Chunks keep to it too, unless a single row is larger.
    pub frame_bytes: usize,
    /// The size of log, in bytes, past which it asks for a checkpoint; `None` for never.
    pub log_bytes: Option<u64>,
}

impl Limits {
    /// Any frame, and no checkpoints.
    pub const NONE: Limits = Limits { frame_bytes: usize::MAX, log_bytes: None };
}

/// What a storage feeds when it loads: chunks and then frames, or else rows.
pub trait Loader {
    /// A chunk of the checkpoint, in order of number.
    ///
    /// # Errors
    /// [`Damaged`] if it cannot be read, or is not the next.
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), Damaged>;

    /// A row as [`Frame::rows`] put it. Any order; what refers to what is looked at in the end.
    ///
    /// # Errors
    /// [`Damaged`] if it cannot be read.
    fn row(&mut self, kind: RowKind, key: &[u8], value: &[u8]) -> Result<(), Damaged>;

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
    /// A frame beyond the storage's limit. It would never be taken: write less at once.
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
#[error("damaged {place} (after index {after}): {why}")]
pub struct Damaged {
    /// What is damaged.
    pub place: Place,
    /// The last index that was read whole.
    pub after: Index,
    /// What is wrong.
    pub why: DamageKind,
}

impl Damaged {
    /// Damage to the log, met after an index.
    pub fn new(after: Index, why: impl Into<DamageKind>) -> Damaged {
        Damaged { place: Place::Log { byte: None }, after, why: why.into() }
    }

    /// The same damage, at a byte of the log.
    #[must_use]
    pub fn at(self, byte: u64) -> Damaged {
        self.within(Place::Log { byte: Some(byte) })
    }

    /// The same damage, in a place.
    #[must_use]
    pub fn within(self, place: Place) -> Damaged {
        Damaged { place, ..self }
    }
}

/// A part of what a storage holds.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Place {
    /// The frames.
    Log {
        /// Where in them, if they lie in one file.
        byte: Option<u64>,
    },
    /// A chunk of the checkpoint.
    Chunk(u32),
    /// A row of a storage in place.
    Row(RowKind, Box<[u8]>),
    /// What a key-value store has under a key of a table: where to look with its own tools.
    Entry {
        /// The store's own table.
        table: &'static str,
        /// The key, as people write it.
        key: Box<str>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Log { byte: None } => f.write_str("log"),
            Place::Log { byte: Some(byte) } => write!(f, "log, byte {byte}"),
            Place::Chunk(number) => write!(f, "chunk {number} of the checkpoint"),
            Place::Entry { table, key } => write!(f, "key {key} of table {table}"),
            Place::Row(kind, key) => write!(f, "row \"{}\" of {kind}", key.escape_ascii()),
        }
    }
}

/// What is wrong with stored bytes.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum DamageKind {
    /// No whole frame or chunk.
    #[error("{0}")]
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
    /// A checkpoint that lacks chunks, has them twice or mixes those of two.
    #[error("{0}")]
    Chunks(String),
    /// A checkpoint whose rows do not add up to the state that it was taken of.
    #[error("the checkpoint's rows have digest {found}; it was taken of a state with {expected}")]
    Sum {
        /// What its first chunk says.
        expected: Digest,
        /// What the rows give.
        found: Digest,
    },
    /// Bytes of a row that are not what was written.
    #[error("the row is damaged: {0}")]
    Bytes(String),
    /// A storage that says that it has got further than what it fed.
    #[error("the storage says that its last index is {expected}, but what it holds ends with {found}")]
    End {
        /// What it says.
        expected: Index,
        /// Where what it fed ends.
        found: Index,
    },
}
