//! Checkpoints: chunks that were damaged, mixed up or made up.

use std::sync::OnceLock;

use longshore::store::contract::{Life, difference};
use longshore::store::{
    ChangesError, Checkpoint, CommitError, DamageKind, Damaged, Digest, Frame, Index, Limits, LoadError, Loader, State,
    Storage, StorageError,
};

use crate::choices::Choices;
use crate::envelope::{index, sealed};

const MAGIC: [u8; 4] = *b"LSC\n";
/// Edits of one input at most.
const EDITS_MAX: usize = 16;

/// Loads the bytes as a checkpoint of one chunk: as they stand, and in the envelope that their body should have. Then
/// takes them for edits of a whole checkpoint ([`Edited`]). Whatever loads is whole, and is written so that it loads the
/// same again.
pub fn checkpoint(bytes: &[u8]) {
    load(vec![bytes.to_vec()]);
    sealed(MAGIC, bytes).into_iter().for_each(|chunk| load(vec![chunk]));
    load(Edited::by(bytes).chunks);
}

/// A whole checkpoint, edited as bytes say: the first chooses the state, the second the size of chunks, the third whether
/// every chunk gets the envelope of what it now holds; then each edit begins with a byte that chooses it.
#[derive(Clone, Debug)]
pub struct Edited {
    /// What is left of it.
    pub chunks: Vec<Vec<u8>>,
}

impl Edited {
    /// The checkpoint that the bytes choose and edit.
    pub fn by(bytes: &[u8]) -> Edited {
        let mut choices = Choices(bytes);
        let state = choices.of(states());
        let frame_bytes = choices.of(&[1 << 20, 600, 1500, 6000]);
        let resealed = choices.byte() % 4 != 0;
        let chunks = Checkpoint::new(state, Limits { frame_bytes, ..Limits::NONE }).collect();
        let mut edited = Edited { chunks };
        for _ in 0..EDITS_MAX {
            if choices.is_done() || edited.chunks.is_empty() {
                break;
            }
            edited.edit(&mut choices);
        }
        if resealed {
            edited.chunks.iter_mut().for_each(|chunk| *chunk = sealed(MAGIC, chunk).unwrap_or_default());
        }
        edited
    }

    fn edit(&mut self, choices: &mut Choices<'_>) {
        let (edit, number) = (choices.byte(), usize::from(choices.byte()) % self.chunks.len());
        let chunk = &mut self.chunks[number];
        let place = |choices: &mut Choices<'_>, chunk: &[u8]| {
            usize::from(u16::from_le_bytes([choices.byte(), choices.byte()])) % chunk.len().max(1)
        };
        let at = place(choices, chunk);
        match edit % 8 {
            0..=2 => {
                let byte = choices.byte();
                chunk.get_mut(at).into_iter().for_each(|found| *found = byte);
            }
            3 => {
                let end = (at + usize::from(choices.byte())).min(chunk.len());
                chunk.drain(at.min(end)..end);
            }
            4 => {
                // A piece of any chunk, put in somewhere.
                let from = usize::from(choices.byte()) % self.chunks.len();
                let start = place(choices, &self.chunks[from]);
                let piece: Vec<u8> =
                    self.chunks[from].iter().skip(start).take(usize::from(choices.byte())).copied().collect();
                let chunk = &mut self.chunks[number];
                let at = at.min(chunk.len());
                chunk.splice(at..at, piece);
            }
            5 => {
                self.chunks.remove(number);
            }
            6 => self.chunks.insert(number, self.chunks[number].clone()),
            _ => {
                let other = usize::from(choices.byte()) % self.chunks.len();
                self.chunks.swap(number, other);
            }
        }
    }
}

/// Small states of all kinds of rows, made once.
fn states() -> &'static [State] {
    static STATES: OnceLock<Vec<State>> = OnceLock::new();
    STATES.get_or_init(|| {
        let frames = [1, 3, 6, 10, 15, 20, 30, 40];
        let state = |(seed, frames)| {
            let mut life = Life::new(seed);
            (0..frames).for_each(|_| drop(life.frame(1)));
            life.state().clone()
        };
        (0..).zip(frames).map(state).collect()
    })
}

fn load(mut chunks: Vec<Vec<u8>>) {
    // The sum of the rows stands in the first chunk; no fuzzer guesses it, so it is filled in.
    for _ in 0..2 {
        match State::load(&mut Stored(&chunks)) {
            Ok(state) => {
                state.check_invariants().expect("indexes and digests equal a recount");
                return is_kept(&state);
            }
            Err(LoadError::Damaged(Damaged { why: DamageKind::Sum { expected, found }, .. })) => {
                let (expected, found) = (expected.to_string(), found.to_string());
                let at = chunks[0].windows(expected.len()).position(|text| text == expected.as_bytes());
                let Some(at) = at else { return };
                chunks[0][at..at + found.len()].copy_from_slice(found.as_bytes());
                chunks[0] = sealed(MAGIC, &chunks[0]).expect("it was read");
            }
            Err(why) => return assert!(!why.to_string().is_empty()),
        }
    }
}

/// A checkpoint of the state, in small chunks, loads to the same.
pub(crate) fn is_kept(state: &State) {
    let chunks: Vec<Vec<u8>> = Checkpoint::new(state.clone(), Limits { frame_bytes: 1500, ..Limits::NONE }).collect();
    let again = State::load(&mut Stored(&chunks)).expect("an own checkpoint");
    assert_eq!(difference(state, &again), None);
}

/// Chunks where a storage would have them.
#[derive(Debug)]
struct Stored<'a>(&'a [Vec<u8>]);

impl Storage for Stored<'_> {
    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        for chunk in self.0 {
            into.chunk(chunk)?;
        }
        Ok(self.0.first().and_then(|chunk| index(chunk)).unwrap_or(0))
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
