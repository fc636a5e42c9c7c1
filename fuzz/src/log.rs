//! Frames: the bytes of a log.

use std::sync::{Arc, Mutex};

use longshore::store::{
    ChangesError, CommitError, Digest, Frame, Index, Limits, LoadError, Loader, MemoryStorage, State, Storage,
    StorageError,
};

use crate::envelope::{HEADER, sealed};

/// Reads a frame as it stands; and again with the magic, the length and the checksum that its body should have, since
/// no fuzzer guesses a checksum.
pub fn frame(bytes: &[u8]) {
    read(bytes);
    if let Some(sealed) = sealed(*b"LSF\n", bytes) {
        read(&sealed);
    }
}

fn read(bytes: &[u8]) {
    let Ok((frame, length)) = Frame::decode(bytes) else { return };
    assert!((HEADER..=bytes.len()).contains(&length), "read {length} of {} bytes", bytes.len());
    match Frame::decode(frame.bytes()) {
        Ok((again, length)) => {
            assert_eq!(length, frame.bytes().len());
            assert_eq!(again, frame);
            assert_eq!(again.bytes(), frame.bytes());
        }
        Err(why) => panic!("written, and not read again: {why}"),
    }
    // A log that is only this frame: it opens or is refused.
    let mut storage = MemoryStorage::new();
    if storage.commit(0, &frame).is_ok() {
        if let Ok(state) = State::load(&mut storage) {
            assert_eq!(state.index(), frame.last_index());
            state.check_invariants().expect("indexes and digests equal a recount");
            crate::checkpoint::is_kept(&state);
        }
    }
}

/// A storage that keeps the bytes of every frame where others can see them.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    frames: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tape {
    /// The frames so far.
    pub fn frames(&self) -> Vec<Vec<u8>> {
        self.frames.lock().expect("one thread").clone()
    }

    /// The state that the frames lead to.
    pub fn replay(&self) -> State {
        let mut storage = MemoryStorage::new();
        let mut last = 0;
        for bytes in self.frames() {
            let (frame, _) = Frame::decode(&bytes).expect("an engine's own frame");
            storage.commit(last, &frame).expect("frames follow each other");
            last = frame.last_index();
        }
        State::load(&mut storage).expect("an engine's own log")
    }
}

impl Storage for Tape {
    fn limits(&self) -> Limits {
        Limits { frame_bytes: usize::MAX, log_bytes: None }
    }

    fn load(&mut self, _: &mut dyn Loader) -> Result<Index, LoadError> {
        Ok(0)
    }

    fn commit(&mut self, _: Index, frame: &Frame) -> Result<(), CommitError> {
        self.frames.lock().expect("one thread").push(frame.bytes().to_vec());
        Ok(())
    }

    fn changes_since(&mut self, _: Index, _: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        Ok(0)
    }

    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Ok(())
    }

    fn seal(&mut self, _: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        Ok(())
    }
}
