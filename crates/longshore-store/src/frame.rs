//! Frames: the unit of commit.
//!
//! A frame is a run of consecutive batches that is stored all or none; each batch keeps its own index and events, so that
//! group commit does not show.

use std::fmt;
use std::sync::{Arc, OnceLock};

use longshore_model::record;
use longshore_model::wire::List;

use crate::batch::{Batch, BatchRow, Index};
use crate::digest::Digest;
use crate::envelope::{self, FrameError, Magic};
use crate::storage::CommitError;

/// One incarnation of an engine: who wrote a frame. A number that no other incarnation on the same storage has; zero
/// where there is only ever one.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Writer(pub u64);

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Consecutive batches, committed all or none. Cheap to clone.
///
/// ```
/// use longshore_store::{Batch, Change, Frame, Kind, State, Writer};
/// # use longshore_model::{Node, Time};
/// let state = State::new();
/// let change = Change::PutNode(std::sync::Arc::new(Node::new("node-1")));
/// let batch = Batch { index: 1, time: Time(0), kind: Kind::NodeRegistration, changes: vec![change] };
/// let frame = Frame::new(state.digest(), vec![batch]).by(Writer(7));
/// let (again, length) = Frame::decode(frame.bytes())?;
/// assert_eq!((&again, length), (&frame, frame.bytes().len()));
/// # Ok::<(), longshore_store::FrameError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Frame {
    content: Arc<Content>,
}

#[derive(Debug)]
struct Content {
    parent: Digest,
    writer: Writer,
    batches: Vec<Batch>,
    /// Filled on first use; memory storage never needs it.
    bytes: OnceLock<Vec<u8>>,
}

/// Frames are equal if they are in bytes: one that was read back only names the job versions that it places.
impl PartialEq for Frame {
    fn eq(&self, other: &Frame) -> bool {
        let parts = |frame: &Frame| (frame.parent(), frame.writer(), frame.first_index(), frame.last_index());
        parts(self) == parts(other) && self.bytes() == other.bytes()
    }
}

impl Eq for Frame {}

const MAGIC: Magic = Magic(*b"LSF\n");

record! {
    struct Body {
        "Parent" parent: Digest,
        "Writer" writer: u64,
        "Batches" batches: List<BatchRow>,
    }
}

impl Frame {
    /// A frame of batches built on the state with the digest `parent`. Their indexes must be consecutive.
    pub fn new(parent: Digest, batches: Vec<Batch>) -> Frame {
        debug_assert!(!batches.is_empty() && batches.windows(2).all(|pair| pair[0].index + 1 == pair[1].index));
        Frame { content: Arc::new(Content { parent, writer: Writer(0), batches, bytes: OnceLock::new() }) }
    }

    /// The same frame, written by someone. Says it before the frame is cloned or encoded.
    #[must_use]
    pub fn by(self, writer: Writer) -> Frame {
        let Content { parent, batches, .. } = Arc::unwrap_or_clone(self.content);
        Frame { content: Arc::new(Content { parent, writer, batches, bytes: OnceLock::new() }) }
    }

    /// The digest of the state that the first batch was built on.
    pub fn parent(&self) -> Digest {
        self.content.parent
    }

    /// Who wrote it.
    pub fn writer(&self) -> Writer {
        self.content.writer
    }

    /// The batches, in order.
    pub fn batches(&self) -> &[Batch] {
        &self.content.batches
    }

    /// Index of the first batch; zero for an empty frame.
    pub fn first_index(&self) -> Index {
        self.content.batches.first().map_or(0, |batch| batch.index)
    }

    /// Index of the last batch; zero for an empty frame.
    pub fn last_index(&self) -> Index {
        self.content.batches.last().map_or(0, |batch| batch.index)
    }

    /// The frame in bytes, encoded on first use.
    pub fn bytes(&self) -> &[u8] {
        self.content.bytes.get_or_init(|| self.encode())
    }

    /// What every storage asks of a frame before it stores it: that it goes on where the storage is, and fits.
    ///
    /// `current` is the last index stored, `expected` what the caller takes it for. `limit` is only looked at where there
    /// is one, since a frame has no size before it is encoded.
    ///
    /// # Errors
    /// [`CommitError::Conflict`], [`CommitError::TooLarge`], or [`CommitError::Failed`] for a frame that does not begin
    /// after `expected`.
    pub fn check(&self, expected: Index, current: Index, limit: usize) -> Result<(), CommitError> {
        if expected != current {
            return Err(CommitError::Conflict { expected, current });
        }
        if expected.checked_add(1) != Some(self.first_index()) {
            let why = format!("the frame begins with index {}, which does not follow {expected}", self.first_index());
            return Err(CommitError::Failed(why.into()));
        }
        if limit < usize::MAX && self.bytes().len() > limit {
            return Err(CommitError::TooLarge { limit, found: self.bytes().len() });
        }
        Ok(())
    }

    fn encode(&self) -> Vec<u8> {
        let Content { parent, writer, batches, .. } = &*self.content;
        let batches = batches.iter().map(Batch::row).collect();
        envelope::seal(MAGIC, self.first_index(), &Body { parent: *parent, writer: writer.0, batches })
    }

    /// Whether the bytes begin with the header of a frame that passes its check; the body is not looked at.
    pub(crate) fn begins(bytes: &[u8]) -> bool {
        envelope::begins(MAGIC, bytes)
    }

    /// The frame that begins at the start of `bytes`, and its length; more may follow.
    ///
    /// # Errors
    /// [`FrameError`] if no whole frame stands there. Any bytes may be passed.
    pub fn decode(bytes: &[u8]) -> Result<(Frame, usize), FrameError> {
        let (index, body, whole) = envelope::open(MAGIC, bytes)?;
        let frame = Frame::read(body).map_err(|why| FrameError::Body { index, why })?;
        if frame.first_index() != index {
            let why = format!("its first batch has index {}", frame.first_index());
            return Err(FrameError::Body { index, why });
        }
        Ok((frame, whole))
    }

    fn read(body: &[u8]) -> Result<Frame, String> {
        let body: Body = envelope::read(body)?;
        let mut batches: Vec<Batch> = Vec::with_capacity(body.batches.len());
        for row in body.batches {
            if batches.last().is_some_and(|last| last.index.checked_add(1) != Some(row.index)) {
                return Err(format!("batch {} does not follow the one before it", row.index));
            }
            batches.push(Batch::read(row)?);
        }
        if batches.is_empty() {
            return Err("it has no batches".into());
        }
        Ok(Frame::new(body.parent, batches).by(Writer(body.writer)))
    }
}

impl Clone for Content {
    fn clone(&self) -> Content {
        let Content { parent, writer, batches, .. } = self;
        Content { parent: *parent, writer: *writer, batches: batches.clone(), bytes: OnceLock::new() }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes: usize = self.content.batches.iter().map(|batch| batch.changes.len()).sum();
        write!(f, "frame {}..={} with {changes} changes", self.first_index(), self.last_index())
    }
}
