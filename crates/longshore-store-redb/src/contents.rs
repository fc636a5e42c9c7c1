//! What is in a store, without loading it.

use longshore_store::{Digest, Index, Source, StorageError};
use redb::{ReadableDatabase, ReadableTable};

use crate::storage::{CHUNKS, FRAMES, Opened, RedbStorage, SEALED};

/// What is in a store.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Contents {
    /// The checkpoint to load from.
    pub checkpoint: Option<Sealed>,
    /// Frames after it.
    pub frames: u64,
    /// Their bytes.
    pub frame_bytes: u64,
    /// The first index of the first of them; 0 if there is none.
    pub first_index: Index,
    /// The last index stored.
    pub last_index: Index,
    /// Chunks of a checkpoint that was never sealed: the next one takes their place.
    pub unsealed_chunks: u64,
}

/// A sealed checkpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Sealed {
    /// The index of the state.
    pub at: Index,
    /// Its digest.
    pub digest: Digest,
    /// Chunks.
    pub chunks: u32,
    /// Their bytes.
    pub bytes: u64,
}

impl RedbStorage {
    /// What is in the file. Reads all of it, but decodes nothing.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be read.
    pub fn contents(&mut self) -> Result<Contents, StorageError> {
        let contents = self.opened().and_then(|opened| opened.contents());
        self.done("read", contents)
    }
}

impl Opened {
    fn contents(&self) -> Result<Contents, Source> {
        let read = self.database.begin_read()?;
        let mut contents = Contents { last_index: self.last, ..Contents::default() };
        let sealed = read.open_table(SEALED)?.get(())?.map(|sealed| sealed.value());
        contents.checkpoint =
            sealed.map(|(_, at, chunks, digest)| Sealed { at, digest: Digest(digest), chunks, bytes: 0 });
        for entry in read.open_table(CHUNKS)?.iter()? {
            let (key, bytes) = entry?;
            match &mut contents.checkpoint {
                Some(checkpoint) if sealed.is_some_and(|(generation, ..)| key.value().0 == generation) => {
                    checkpoint.bytes += bytes.value().len() as u64;
                }
                _ => contents.unsealed_chunks += 1,
            }
        }
        for entry in read.open_table(FRAMES)?.range(self.sealed.at.saturating_add(1)..)? {
            let (key, bytes) = entry?;
            if contents.frames == 0 {
                contents.first_index = key.value();
            }
            contents.frames += 1;
            contents.frame_bytes += bytes.value().len() as u64;
        }
        Ok(contents)
    }
}
