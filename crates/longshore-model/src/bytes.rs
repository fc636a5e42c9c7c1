//! Raw bytes, written as base64 text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Raw bytes that know null from empty (MODEL-6).
///
/// Text formats hold standard base64 with padding and accept a list of byte values as well; other formats hold the
/// bytes themselves.
///
/// ```
/// use longshore_model::Bytes;
/// let apple: Bytes = serde_json::from_str(r#""YXBwbGU=""#)?;
/// assert_eq!(apple, serde_json::from_str::<Bytes>("[97, 112, 112, 108, 101]")?);
/// assert_eq!(&*apple, b"apple");
/// assert_ne!(serde_json::from_str::<Bytes>(r#""""#)?, Bytes::default());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Bytes(pub Option<Vec<u8>>);

impl Bytes {
    /// No bytes, not even an empty string of them.
    pub const NULL: Bytes = Bytes(None);

    /// Whether there are no bytes at all; an empty string of them is not null.
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or(&[])
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Bytes {
        Bytes(Some(bytes))
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Bytes {
        Bytes(Some(bytes.into()))
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("null"),
            Some(bytes) => write!(f, "b\"{}\"", bytes.escape_ascii()),
        }
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            None => to.serialize_none(),
            Some(bytes) if to.is_human_readable() => to.serialize_str(&STANDARD.encode(bytes)),
            Some(bytes) => to.serialize_bytes(bytes),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        from.deserialize_option(Nullable)
    }
}

/// Null, or what [`Present`] reads.
struct Nullable;

impl<'de> Visitor<'de> for Nullable {
    type Value = Bytes;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Present.expecting(f)
    }
    fn visit_unit<E: de::Error>(self) -> Result<Bytes, E> {
        Ok(Bytes::NULL)
    }
    fn visit_none<E: de::Error>(self) -> Result<Bytes, E> {
        Ok(Bytes::NULL)
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Bytes, D::Error> {
        if from.is_human_readable() { from.deserialize_any(Present) } else { from.deserialize_byte_buf(Present) }
    }
}

struct Present;

impl<'de> Visitor<'de> for Present {
    type Value = Bytes;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("padded base64 text or a list of bytes (0 to 255)")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Bytes, E> {
        STANDARD
            .decode(text)
            .map(Bytes::from)
            .map_err(|why| E::custom(format_args!("{text:?} is no padded base64 text: {why}")))
    }
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(bytes.into())
    }
    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(bytes.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = list.next_element::<Option<u8>>()? {
            bytes.push(byte.unwrap_or(0)); // null is the zero of its type, as everywhere (MODEL-3)
        }
        Ok(bytes.into())
    }
}

wire_scalar! { Bytes => |v| v.is_null(), null |v| Bytes::is_null(v); }
