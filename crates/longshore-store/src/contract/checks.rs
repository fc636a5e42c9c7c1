//! The checks that every storage passes, whether it keeps checkpoints or not.

use super::{Fault, Faulty, Life, Subject, commit, fresh, reopened};
use crate::batch::Index;
use crate::digest::Digest;
use crate::frame::{Frame, Writer};
use crate::in_place::RowKind;
use crate::settle::settle;
use crate::state::State;
use crate::storage::{ChangesError, CommitError, Damaged, Limits, LoadError, Loader, Place, Storage, StorageError};

/// Frames are stored in order; a stale index is a conflict and changes nothing.
pub(super) fn order<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(1));
    for round in 0..12 {
        let last = life.state().index();
        let ahead = life.clone().frame(1);
        let stale = [last.wrapping_sub(1), last + 1, last + 1000, Index::MAX];
        for expected in stale.into_iter().filter(|expected| *expected != last) {
            match storage.commit(expected, &ahead) {
                Err(CommitError::Conflict { current, .. }) if current == last => {}
                other => panic!("commit after {expected}, while the last index is {last}, gave {other:?}"),
            }
        }
        // The right index, but the frame is not the next.
        let mut skipping = life.clone();
        skipping.frame(1);
        match storage.commit(last, &skipping.frame(1)) {
            Err(CommitError::Failed(_)) => {}
            other => panic!("a frame that leaves out an index gave {other:?}"),
        }
        let frame = commit(&mut storage, &mut life, 1 + round % 4);
        match storage.commit(last, &frame) {
            Err(CommitError::Conflict { current, .. }) if current == frame.last_index() => {}
            other => panic!("the same frame a second time gave {other:?}"),
        }
    }
    reopened(subject, storage, life.state(), "after conflicts");
}

/// What is loaded is what was committed.
pub(super) fn reload<S: Subject>(subject: &mut S) {
    let mut storage = reopened_fresh(subject);
    let mut life = Life::new(2).by(Writer(9));
    for round in 0..60 {
        // Group commit: many batches in one frame, each with its own index.
        commit(&mut storage, &mut life, [1, 1, 2, 7][round % 4]);
        storage = reopened(subject, storage, life.state(), &format!("after frame {round}"));
    }
    // And it goes on without being opened again.
    for round in 0..60 {
        commit(&mut storage, &mut life, 1 + round % 3);
    }
    reopened(subject, storage, life.state(), "after many frames");
}

fn reopened_fresh<S: Subject>(subject: &mut S) -> S::Storage {
    let storage = fresh(subject);
    reopened(subject, storage, &State::new(), "before the first write")
}

/// Changes since any index are the frames after it, or gone; then a load gives them.
pub(super) fn changes<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(3));
    let frames: Vec<Frame> = (0..20).map(|round| commit(&mut storage, &mut life, 1 + round % 3)).collect();
    let last = life.state().index();
    let keeps_frames = changes_follow(&mut storage, 0, &frames);
    for after in frames.iter().map(Frame::last_index) {
        let fed = changes_follow(&mut storage, after, &frames);
        assert_eq!(fed, keeps_frames || after == last, "changes since {after} are gone, though no checkpoint was made");
    }
    reopened(subject, storage, life.state(), "after changes were read");
}

/// Whether changes are fed; if so, they are those.
#[track_caller]
pub(super) fn changes_follow(storage: &mut dyn Storage, after: Index, frames: &[Frame]) -> bool {
    let mut fed = Vec::new();
    let last = frames.last().map_or(0, Frame::last_index);
    match storage.changes_since(after, &mut |frame| fed.push(frame)) {
        Ok(found) => {
            assert_eq!(found, last, "changes since {after} end with another index");
            let expected: Vec<&Frame> = frames.iter().filter(|frame| frame.first_index() > after).collect();
            let ranges = |frames: &[&Frame]| -> Vec<(Index, Index)> {
                frames.iter().map(|frame| (frame.first_index(), frame.last_index())).collect()
            };
            let fed: Vec<&Frame> = fed.iter().collect();
            assert_eq!(ranges(&fed), ranges(&expected), "changes since {after}");
            assert!(fed == expected, "changes since {after} are other frames than those committed");
            true
        }
        Err(ChangesError::Gone { checkpoint, .. }) => {
            assert!(
                checkpoint > after,
                "changes since {after} are gone, but the checkpoint at {checkpoint} has no more"
            );
            false
        }
        Err(error) => panic!("changes since {after}: {error}"),
    }
}

/// A commit whose answer was lost is settled by sending it again.
pub(super) fn outcomes<S: Subject>(subject: &mut S) {
    for writer in [Writer(0), Writer(77)] {
        for fault in [Fault::Lost, Fault::Unanswered] {
            let mut life = Life::new(4).by(writer);
            let mut storage = Faulty::new(fresh(subject), fault, 3);
            for _ in 0..3 {
                commit(&mut storage, &mut life, 2);
            }
            let expected = life.state().index();
            let frame = life.frame(2);
            assert!(matches!(storage.commit(expected, &frame), Err(CommitError::Unknown(_))));
            if let Err(error) = settle(&mut storage, expected, &frame, 2) {
                panic!("a commit ({fault:?}) that was sent again by {writer:?}: {error}");
            }
            commit(&mut storage, &mut life, 1);
            reopened(subject, storage.into_inner(), life.state(), "after a lost answer");
        }
    }
    another_was_first(subject);
}

/// The answer was lost, nothing was stored, and another engine's frame now stands in its place.
fn another_was_first<S: Subject>(subject: &mut S) {
    let mut storage = fresh(subject);
    let mut mine = Life::new(5).by(Writer(1));
    commit(&mut storage, &mut mine, 2);
    let mut other = mine.clone().by(Writer(2));
    let expected = mine.state().index();
    let lost = mine.frame(1);
    let theirs = commit(&mut storage, &mut other, 1);
    match settle(&mut storage, expected, &lost, 3) {
        Err(CommitError::Conflict { current, .. }) if current == theirs.last_index() => {}
        other => panic!("another engine's frame was taken for one's own, or for nobody's: {other:?}"),
    }
    reopened(subject, storage, other.state(), "after another was first");
}

/// A frame over the limit is refused and leaves no trace.
pub(super) fn limits<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(6));
    let limit = storage.limits().frame_bytes;
    if limit > 4 << 20 {
        return; // too large to be worth filling
    }
    commit(&mut storage, &mut life, 1);
    let last = life.state().index();
    let mut large = life.clone();
    let mut batches = 4;
    let frame = loop {
        let frame = large.clone().frame(batches);
        if frame.bytes().len() > limit {
            break frame;
        }
        batches *= 2;
    };
    match storage.commit(last, &frame) {
        Err(CommitError::TooLarge { limit: told, found }) => {
            assert_eq!((told, found), (limit, frame.bytes().len()), "the sizes of a frame that is too large");
        }
        other => panic!("a frame of {} bytes, with a limit of {limit}, gave {other:?}", frame.bytes().len()),
    }
    // The same batches in frames that fit are taken: to write less at once is the way out.
    let mut pieces = 0;
    while pieces < batches {
        let some = (1..=batches - pieces).rev().find(|some| large.clone().frame(*some).bytes().len() <= limit);
        let some = some.unwrap_or_else(|| panic!("a limit of {limit} bytes takes no single batch"));
        commit(&mut storage, &mut large, some);
        pieces += some;
    }
    reopened(subject, storage, large.state(), "after a frame that was too large");
}

/// Any flipped bit in what a storage feeds is found and named.
pub(super) fn damage<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(7));
    for _ in 0..8 {
        commit(&mut storage, &mut life, 1);
    }
    if storage.limits().log_bytes.is_some() {
        if let Err(error) = crate::checkpoint(life.state(), &mut storage) {
            panic!("a checkpoint: {error}");
        }
        commit(&mut storage, &mut life, 1);
    }
    every_flip(&mut storage, life.state());
}

/// Loads once for every byte that the storage feeds, with a bit of it flipped.
fn every_flip(storage: &mut dyn Storage, state: &State) {
    for at in 0.. {
        let mut flipping = Flipping { inner: storage, at, flipped: None };
        let loaded = State::load(&mut flipping);
        let Some(place) = flipping.flipped else { break };
        match loaded {
            Err(LoadError::Damaged(damaged)) => {
                let named = match (&damaged.place, &place) {
                    // As the storage itself has it, and with the byte if it knows.
                    (Place::Entry { .. }, _) | (Place::Log { .. }, Place::Log { .. }) => true,
                    (named, place) => named == place,
                };
                assert!(named, "byte {at} is flipped, in {place}, but named is {damaged}");
            }
            Err(error) => panic!("byte {at} is flipped, in {place}, and taken for {error}"),
            Ok(found) => assert_eq!(found.digest(), state.digest(), "byte {at} is flipped, in {place}, and not found"),
        }
    }
}

/// Feeds what another storage feeds, one bit of it flipped.
#[derive(Debug)]
struct Flipping<'a> {
    inner: &'a mut dyn Storage,
    at: usize,
    /// Where that was.
    flipped: Option<Place>,
}

struct FlippingLoader<'a> {
    into: &'a mut dyn Loader,
    /// Bytes to pass by before the one that is flipped.
    left: usize,
    flipped: &'a mut Option<Place>,
    chunks: u32,
    last: Index,
}

impl FlippingLoader<'_> {
    fn flip(&mut self, bytes: &[u8], place: impl FnOnce() -> Place) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        if self.flipped.is_none() {
            match bytes.get_mut(self.left) {
                Some(byte) => {
                    *byte ^= 1 << (self.left % 8);
                    *self.flipped = Some(place());
                }
                None => self.left -= bytes.len(),
            }
        }
        bytes
    }
}

impl Loader for FlippingLoader<'_> {
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        let number = self.chunks;
        self.chunks += 1;
        let bytes = self.flip(bytes, || Place::Chunk(number));
        self.into.chunk(&bytes)
    }

    fn row(&mut self, kind: RowKind, key: &[u8], value: &[u8]) -> Result<(), Damaged> {
        let flipped_before = self.flipped.is_some();
        let key = self.flip(key, || Place::Log { byte: None });
        let value = self.flip(value, || Place::Log { byte: None });
        if !flipped_before && self.flipped.is_some() {
            *self.flipped = Some(Place::Row(kind, key.as_slice().into()));
        }
        self.into.row(kind, &key, &value)
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Damaged> {
        let bytes = self.flip(frame.bytes(), || Place::Log { byte: None });
        let decoded = Frame::decode(&bytes);
        let (frame, length) = decoded.map_err(|why| Damaged::new(self.last, why))?;
        assert_eq!(length, bytes.len(), "a frame's length");
        self.last = frame.last_index();
        self.into.frame(frame)
    }
}

impl Storage for Flipping<'_> {
    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        let flipped = &mut self.flipped;
        let mut flipping = FlippingLoader { into, left: self.at, flipped, chunks: 0, last: 0 };
        self.inner.load(&mut flipping)
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
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use super::*;

    /// A storage that has lost its last frame and does not know.
    #[test]
    #[should_panic(expected = "the storage says that its last index is")]
    fn a_storage_that_forgets_a_frame_is_found_out() {
        let mut storage = crate::MemoryStorage::forgetful();
        commit(&mut storage, &mut Life::new(1), 1);
        load(&mut storage);
    }
}
