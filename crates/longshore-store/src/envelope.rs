//! The envelope around everything stored as bytes: what it is, how long it is, and whether it is whole.
//!
//! Magic, format, check of the header, length of the body, index, checksum of the body; then the body, a MessagePack map
//! with names. Names make it evolve: a reader skips members that it does not know and fills in those that are missing.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::batch::Index;

/// What an envelope holds: its first four bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Magic(pub(crate) [u8; 4]);

const FORMAT: u16 = 1;
/// Magic, format, check of the header, body length, index, checksum of the body.
const HEADER: usize = 4 + 2 + 2 + 4 + 8 + 8;

/// Why bytes are no whole [`Frame`](crate::Frame) or chunk of a checkpoint.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// The bytes end before it does: a torn write if nothing follows.
    #[error("it ends after {found} of {expected} bytes")]
    Torn {
        /// Bytes there are.
        found: usize,
        /// Bytes there should be.
        expected: usize,
    },
    /// The bytes do not begin as they should.
    #[error("it should begin with {}, not {}", expected.escape_ascii(), found.escape_ascii())]
    Magic {
        /// What should stand there.
        expected: [u8; 4],
        /// What stands there.
        found: [u8; 4],
    },
    /// A header that does not match its check: its length cannot be trusted.
    #[error("its header is damaged: check {found:04x}, expected {expected:04x}")]
    Header {
        /// The check that stands there.
        found: u16,
        /// What the header gives.
        expected: u16,
    },
    /// A later format.
    #[error("it has format {found}; this version reads up to {FORMAT}")]
    Format {
        /// Its format.
        found: u16,
    },
    /// The checksum does not match.
    #[error("it is damaged: checksum {found:016x}, expected {expected:016x} (index {index})")]
    Checksum {
        /// The index in its header.
        index: Index,
        /// What the bytes give.
        found: u64,
        /// What the header says.
        expected: u64,
    },
    /// A body that cannot be read although its checksum matches: written by another program or a later version.
    #[error("its checksum is right, but it cannot be read: {why} (index {index})")]
    Body {
        /// The index in its header.
        index: Index,
        /// What stood in the way.
        why: String,
    },
}

/// A body in its envelope.
pub(crate) fn seal(magic: Magic, index: Index, body: &impl Serialize) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    write(body, &mut bytes);
    seal_bytes(magic, index, bytes)
}

/// Fills in the header that stands before a body.
pub(crate) fn seal_bytes(magic: Magic, index: Index, mut bytes: Vec<u8>) -> Vec<u8> {
    let length = (bytes.len() - HEADER) as u32;
    let checksum = xxh3_64_with_seed(&bytes[HEADER..], index);
    bytes[..4].copy_from_slice(&magic.0);
    bytes[4..6].copy_from_slice(&FORMAT.to_le_bytes());
    bytes[8..12].copy_from_slice(&length.to_le_bytes());
    bytes[12..20].copy_from_slice(&index.to_le_bytes());
    bytes[20..28].copy_from_slice(&checksum.to_le_bytes());
    let check = header_check(&bytes);
    bytes[6..8].copy_from_slice(&check.to_le_bytes());
    bytes
}

/// The header of the envelope that begins at the start of `bytes`, once it has passed its check.
fn header(magic: Magic, bytes: &[u8]) -> Result<&[u8; HEADER], FrameError> {
    let Some(header) = bytes.first_chunk::<HEADER>() else {
        return Err(FrameError::Torn { found: bytes.len(), expected: HEADER });
    };
    let found = [header[0], header[1], header[2], header[3]];
    if found != magic.0 {
        return Err(FrameError::Magic { expected: magic.0, found });
    }
    let format = u16::from_le_bytes([header[4], header[5]]);
    if format != FORMAT {
        return Err(FrameError::Format { found: format });
    }
    let (found, expected) = (u16::from_le_bytes([header[6], header[7]]), header_check(header));
    if found != expected {
        return Err(FrameError::Header { found, expected });
    }
    Ok(header)
}

/// Whether an envelope begins at the start of `bytes`, whole or not.
pub(crate) fn begins(magic: Magic, bytes: &[u8]) -> bool {
    header(magic, bytes).is_ok()
}

/// The index, the body and the length of the envelope that begins at the start of `bytes`; more may follow.
pub(crate) fn open(magic: Magic, bytes: &[u8]) -> Result<(Index, &[u8], usize), FrameError> {
    let header = header(magic, bytes)?;
    let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| header[at + i]));
    let length = u32::from_le_bytes([header[8], header[9], header[10], header[11]]) as usize;
    let (index, expected) = (number(12), number(20));
    let whole = HEADER.saturating_add(length);
    let Some(body) = bytes.get(HEADER..whole) else {
        return Err(FrameError::Torn { found: bytes.len(), expected: whole });
    };
    let found = xxh3_64_with_seed(body, index);
    if found != expected {
        return Err(FrameError::Checksum { index, found, expected });
    }
    Ok((index, body, whole))
}

/// A check of everything in a header but the check itself: a flipped length must not look like a torn end.
fn header_check(header: &[u8]) -> u16 {
    let mut bytes = [0; HEADER];
    bytes.copy_from_slice(&header[..HEADER]);
    bytes[6..8].fill(0);
    xxh3_64_with_seed(&bytes, u64::from(FORMAT)) as u16
}

/// Appends a value as MessagePack with names.
pub(crate) fn write(value: &impl Serialize, into: &mut Vec<u8>) {
    // Writing to memory cannot fail, and model objects have only text keys.
    let written = value.serialize(&mut rmp_serde::Serializer::new(into).with_struct_map());
    debug_assert!(written.is_ok());
}

/// A value as MessagePack with names.
pub(crate) fn packed(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

/// Reads what [`write`] wrote, or what another version wrote.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut decoder = rmp_serde::Deserializer::from_read_ref(bytes);
    // Rows nest a dozen levels; bytes that go deeper are nobody's rows, and must not exhaust the stack.
    decoder.set_max_depth(100);
    T::deserialize(&mut decoder).map_err(|why| why.to_string())
}
