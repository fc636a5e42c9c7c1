//! Loading: from a storage's bytes to a state.

use std::fmt;
use std::sync::Arc;

use crate::apply::ApplyError;
use crate::batch::Index;
use crate::chunk::{self, Chunk};
use crate::digest::Digest;
use crate::frame::{Frame, Writer};
use crate::from_rows::Rows;
use crate::in_place::{RowKind, UnusedRow};
use crate::restore::Restoring;
use crate::state::State;
use crate::storage::{DamageKind, Damaged, LoadError, Loader, Place, Storage};

/// What a load found: for a host to print when it starts.
///
/// ```
/// use longshore_store::{contract::Life, MemoryStorage, State, Storage};
/// let (mut storage, mut life) = (MemoryStorage::new(), Life::new(1));
/// storage.commit(0, &life.frame(3))?;
/// let (state, recovered) = State::recover(&mut storage)?;
/// assert_eq!(state.digest(), life.state().digest());
/// assert_eq!(recovered.to_string(), format!("index 3 from 1 frame, digest {}", state.digest()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Recovered {
    /// The last index.
    pub index: Index,
    /// The digest of the state there.
    pub digest: Digest,
    /// The index of the checkpoint that it began with; `None` where there was none.
    pub checkpoint: Option<Index>,
    /// Chunks of that checkpoint.
    pub chunks: u32,
    /// Their bytes.
    pub checkpoint_bytes: u64,
    /// Frames after it.
    pub frames: u64,
    /// Rows, from a storage that keeps them in place.
    pub rows: u64,
    /// What had to be put right after a crash ([`Storage::mended`]).
    pub mended: Option<String>,
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recovered { index, digest, checkpoint, chunks, frames, rows, mended, checkpoint_bytes: _ } = self;
        let of = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        write!(f, "index {index} from ")?;
        if let Some(at) = checkpoint {
            write!(f, "a checkpoint at {at} of {} and ", of(u64::from(*chunks), "chunk"))?;
        }
        match rows {
            0 => f.write_str(&of(*frames, "frame"))?,
            rows => f.write_str(&of(*rows, "row"))?,
        }
        write!(f, ", digest {digest}")?;
        mended.iter().try_for_each(|mended| write!(f, "; {mended}"))
    }
}

impl State {
    /// The state that a storage holds. What is loaded from a checkpoint equals, to its digest, what was checkpointed.
    ///
    /// # Errors
    /// [`LoadError`] if the storage fails or holds what cannot be right.
    pub fn load(storage: &mut dyn Storage) -> Result<State, LoadError> {
        State::recover(storage).map(|(state, _)| state)
    }

    /// The state that a storage holds, and what was found in coming to it.
    ///
    /// # Errors
    /// As [`load`](State::load).
    pub fn recover(storage: &mut dyn Storage) -> Result<(State, Recovered), LoadError> {
        let (state, recovered, unused) = State::read(storage)?;
        if !unused.is_empty() {
            // They take room and do no harm: a storage that cannot delete them is as good as before.
            let _ = storage.forget(&unused);
        }
        Ok((state, recovered))
    }

    /// The state that a storage holds, what was found in coming to it, and the rows that nothing in it refers to, which
    /// stay.
    pub(crate) fn read(storage: &mut dyn Storage) -> Result<(State, Recovered, Vec<UnusedRow>), LoadError> {
        let mut loading = Loading::default();
        let last = storage.load(&mut loading)?;
        let (state, mut recovered, unused) = loading.finish(last)?;
        recovered.mended = storage.mended();
        Ok((state, recovered, unused))
    }

    /// Applies a frame after checking that it follows this very state.
    ///
    /// # Errors
    /// [`Damaged`] if it does not, or refers to what is not there. The state is then to be thrown away.
    pub fn apply_frame(&mut self, frame: &Frame) -> Result<(), Damaged> {
        let after = self.index();
        if after.checked_add(1) != Some(frame.first_index()) {
            let gap = DamageKind::Gap { expected: after.saturating_add(1), found: frame.first_index() };
            return Err(Damaged::new(after, gap));
        }
        if frame.parent() != self.digest() {
            let diverged =
                DamageKind::Diverged { index: frame.first_index(), expected: frame.parent(), found: self.digest() };
            return Err(Damaged::new(after, diverged));
        }
        for batch in frame.batches() {
            self.apply(batch).map_err(|error| Damaged::new(after, error))?;
        }
        self.written_by(frame.writer(), frame.last_index());
        Ok(())
    }

    /// Remembers a writer's last index. Those of an only writer need not be told apart.
    pub(crate) fn written_by(&mut self, writer: Writer, index: Index) {
        const KEPT: usize = 64;
        if writer == Writer::default() {
            return;
        }
        let writers = Arc::make_mut(&mut self.writers);
        writers.insert(writer, index);
        if writers.len() > KEPT {
            let oldest = writers.iter().min_by_key(|(writer, index)| (**index, **writer)).map(|(writer, _)| *writer);
            oldest.map(|writer| writers.remove(&writer));
        }
    }
}

impl From<ApplyError> for DamageKind {
    fn from(error: ApplyError) -> DamageKind {
        match error {
            ApplyError::Gap { last, found } => DamageKind::Gap { expected: last.saturating_add(1), found },
            ApplyError::Row { table, key, why } => DamageKind::Row { table, key, why: why.into() },
        }
    }
}

/// A state in the making: from chunks and then frames, or from rows.
#[derive(Debug, Default)]
struct Loading {
    state: State,
    /// Set while a checkpoint is being read.
    restoring: Option<Box<Restoring>>,
    chunks: u32,
    rows: Option<Box<Rows>>,
    /// What was fed so far.
    found: Recovered,
}

impl Loading {
    fn finish(mut self, last: Index) -> Result<(State, Recovered, Vec<UnusedRow>), Damaged> {
        self.no_chunk_is_missing()?;
        let mut unused = Vec::new();
        if let Some(rows) = self.rows {
            (self.state, unused) = rows.into_state()?;
        }
        if self.state.index() != last {
            let end = DamageKind::End { expected: last, found: self.state.index() };
            return Err(Damaged::new(self.state.index(), end));
        }
        let found = Recovered { index: last, digest: self.state.digest(), chunks: self.chunks, ..self.found };
        Ok((self.state, found, unused))
    }

    fn no_chunk_is_missing(&self) -> Result<(), Damaged> {
        match &self.restoring {
            None => Ok(()),
            Some(_) => {
                let why = DamageKind::Chunks("the checkpoint goes on, but no more chunks are there".into());
                Err(Damaged::new(self.state.index(), why).within(Place::Chunk(self.chunks)))
            }
        }
    }

    fn read_chunk(&mut self, bytes: &[u8]) -> Result<(), DamageKind> {
        let chunk: Chunk = chunk::decode(bytes)?;
        if chunk.number != self.chunks {
            return Err(DamageKind::Chunks(format!("this is chunk {}", chunk.number)));
        }
        let mut restoring = match self.restoring.take() {
            Some(restoring) => restoring,
            None if self.chunks == 0 && self.rows.is_none() && self.state.index() == 0 => Box::default(),
            None => return Err(DamageKind::Chunks("the checkpoint has ended before it".into())),
        };
        let last = chunk.last;
        restoring.chunk(&mut self.state, chunk)?;
        self.chunks += 1;
        if last {
            restoring.finish(&mut self.state)?;
            self.found.checkpoint = Some(self.state.index());
        } else {
            self.restoring = Some(restoring);
        }
        Ok(())
    }
}

impl Loader for Loading {
    fn chunk(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        let number = self.chunks;
        self.found.checkpoint_bytes += bytes.len() as u64;
        self.read_chunk(bytes).map_err(|why| Damaged::new(self.state.index(), why).within(Place::Chunk(number)))
    }

    fn row(&mut self, kind: RowKind, key: &[u8], value: &[u8]) -> Result<(), Damaged> {
        let damaged = |why| Damaged::new(self.state.index(), why).within(Place::Row(kind, key.into()));
        if self.chunks > 0 || self.state.index() > 0 {
            return Err(damaged(DamageKind::Bytes("a storage keeps frames or rows, not both".into())));
        }
        self.found.rows += 1;
        self.rows.get_or_insert_default().read(kind, key, value).map_err(|why| damaged(DamageKind::Bytes(why)))
    }

    fn frame(&mut self, frame: Frame) -> Result<(), Damaged> {
        self.no_chunk_is_missing()?;
        if self.rows.is_some() {
            let why = DamageKind::Bytes("a storage keeps frames or rows, not both".into());
            return Err(Damaged::new(self.state.index(), why));
        }
        self.found.frames += 1;
        self.state.apply_frame(&frame)
    }
}
