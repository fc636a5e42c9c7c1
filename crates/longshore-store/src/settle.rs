//! Settling: finding out what became of a commit whose outcome nobody knows.

use crate::batch::Index;
use crate::frame::{Frame, Writer};
use crate::state::State;
use crate::storage::{ChangesError, CommitError, Storage};

/// What became of a frame whose commit came back as [`CommitError::Unknown`]: it is sent again, the very same, until the
/// storage takes it or says that another frame stands in its place; then that one is looked at.
///
/// A timeout is not a failure: to decide anew on what one takes for unwritten writes it twice. Where several engines
/// share a storage each needs a [`Writer`] of its own, for it is by the writer that a frame is known once a checkpoint
/// has taken its place.
///
/// # Errors
/// [`CommitError::Conflict`] if it was not stored and another frame was; [`CommitError::Unknown`] if nobody knows still
/// after `tries`.
///
/// ```
/// # use longshore_store::{settle, Batch, Change, CommitError, Frame, Kind, MemoryStorage, State, Storage};
/// # use longshore_model::{Node, Time};
/// # let mut storage = MemoryStorage::new();
/// # let change = Change::PutNode(std::sync::Arc::new(Node::new("node-1")));
/// # let batch = Batch { index: 1, time: Time(0), kind: Kind::NodeRegistration, changes: vec![change] };
/// # let frame = Frame::new(State::new().digest(), vec![batch]);
/// storage.commit(0, &frame)?; // suppose that the answer got lost
/// settle(&mut storage, 0, &frame, 3)?; // it was stored, and is not stored twice
/// assert_eq!(State::load(&mut storage).map_err(|error| error.to_string())?.index(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn settle(storage: &mut dyn Storage, expected: Index, frame: &Frame, tries: u32) -> Result<(), CommitError> {
    let mut unknown = CommitError::Unknown("it was not sent again".into());
    for _ in 0..tries {
        match storage.commit(expected, frame) {
            Ok(()) => return Ok(()),
            Err(CommitError::Conflict { expected, current }) => match is_ours(storage, expected, frame) {
                Some(true) => return Ok(()),
                Some(false) => return Err(CommitError::Conflict { expected, current }),
                None => {}
            },
            // That this one was certainly not stored says nothing of the one before it.
            Err(error) => unknown = CommitError::Unknown(error.into()),
        }
    }
    Err(unknown)
}

/// Whether the frame after `expected` is this one; `None` if the storage cannot say now.
fn is_ours(storage: &mut dyn Storage, expected: Index, frame: &Frame) -> Option<bool> {
    let mut next: Option<Frame> = None;
    let fed = storage.changes_since(expected, &mut |fed| {
        next.get_or_insert(fed);
    });
    match fed {
        Ok(_) => Some(next? == *frame),
        // A checkpoint has taken its place, or the storage keeps no frames: the state says who wrote.
        Err(ChangesError::Gone { .. }) => {
            // It is only looked at: while the outcome is unknown nothing may be written but this frame.
            let (state, ..) = State::read(storage).ok()?;
            Some(match frame.writer() {
                Writer(0) => state.index() >= frame.last_index(),
                writer => state.last_by(writer).is_some_and(|last| last >= frame.last_index()),
            })
        }
        Err(_) => None,
    }
}
