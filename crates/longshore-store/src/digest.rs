//! Digests: a number that says whether two states are equal.
//!
//! Per table the sum, modulo 2¹²⁸, of the hashes of its rows; a write subtracts the old row's hash and adds the new
//! one's, so the digest is as cheap as the write and independent of the order of rows. Hashes are taken over content in
//! its sparse encoding, never over slots or pointers. They detect divergence, not forgery.

use std::fmt;

use longshore_model::reflect::{Kind, Reflect, View};
use longshore_model::wire::Wire;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// The digest of a row, a table or a state.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest(pub u128);

impl Digest {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: Digest) {
        self.0 = self.0.wrapping_add(row.0);
    }

    /// Takes a row away.
    pub(crate) fn subtract(&mut self, row: Digest) {
        self.0 = self.0.wrapping_sub(row.0);
    }
}

/// Seen as its lower half: records that hold digests are the store's own, and no host looks into them by name.
impl Reflect for Digest {
    const KIND: Kind = Kind::Uint;
    fn view(&self) -> View<'_> {
        View::Uint(self.0 as u64)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Serialized as 32 hexadecimal digits.
impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        u128::from_str_radix(&text, 16).map(Digest).map_err(serde::de::Error::custom)
    }
}

longshore_model::wire_scalar! { Digest => |v| v.0 == 0; }

/// Hashes content: parts are fed in order, each with a length or of fixed width, so that no two contents run together.
#[derive(Debug)]
pub(crate) struct Hasher {
    seed: u64,
    buffer: Vec<u8>,
}

impl Hasher {
    /// A hasher whose digests differ from those of other seeds.
    pub(crate) fn new(seed: u64) -> Hasher {
        Hasher { seed, buffer: BUFFER.take() }
    }

    /// Feeds a number.
    pub(crate) fn number(mut self, number: u64) -> Hasher {
        self.buffer.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Feeds text.
    pub(crate) fn text(self, text: &str) -> Hasher {
        let mut hasher = self.number(text.len() as u64);
        hasher.buffer.extend_from_slice(text.as_bytes());
        hasher
    }

    /// Feeds an identifier.
    pub(crate) fn id(self, id: &longshore_model::id::Id) -> Hasher {
        match id.as_uuid() {
            Some(bytes) => {
                let mut hasher = self.number(u64::MAX);
                hasher.buffer.extend_from_slice(bytes);
                hasher
            }
            None => self.text(id.text(&mut [0; 36])),
        }
    }

    /// Feeds another digest.
    pub(crate) fn digest(mut self, digest: Digest) -> Hasher {
        self.buffer.extend_from_slice(&digest.0.to_le_bytes());
        self
    }

    /// Feeds an object: its members that are not as a missing one would be.
    pub(crate) fn object<T: Wire>(mut self, object: &T) -> Hasher {
        object.feed(&mut self.buffer);
        self
    }

    /// The digest of all that was fed.
    pub(crate) fn finish(mut self) -> Digest {
        let digest = Digest(xxh3_128_with_seed(&self.buffer, self.seed));
        self.buffer.clear();
        BUFFER.set(self.buffer);
        digest
    }
}

thread_local! {
    /// The buffer of the last hasher of this thread, empty, its capacity kept: rows are hashed by the million.
    static BUFFER: std::cell::Cell<Vec<u8>> = const { std::cell::Cell::new(Vec::new()) };
}

/// Hashes bytes: for ids derived from seeds, and for checks outside the state.
pub fn hash_bytes(seed: u64, bytes: &[u8]) -> Digest {
    Digest(xxh3_128_with_seed(bytes, seed))
}
