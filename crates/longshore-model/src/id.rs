//! Identifiers: 24 bytes, cheap to clone, ordered as their texts are.
//!
//! The reference names allocations, evaluations, nodes and deployments by UUIDs; a host may use any text
//! (`"node-7"`). A lower-case UUID is kept as its sixteen bytes, anything else as shared text.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An identifier: a UUID, any other text, or nothing (`""`).
///
/// Ordered by its text, so that lists, prefixes and pages agree with the reference whatever the kind.
///
/// ```
/// use longshore_model::id::Id;
/// let uuid: Id = "0c0c0c0c-1111-2222-3333-444444444444".into();
/// assert_eq!(uuid.to_string(), "0c0c0c0c-1111-2222-3333-444444444444");
/// assert!(Id::from("node-7") > uuid && Id::default().is_empty());
/// ```
#[derive(Clone, Eq, PartialEq, Hash, Default)]
pub struct Id(Repr);

#[derive(Clone, Eq, PartialEq, Hash, Default)]
enum Repr {
    #[default]
    Empty,
    Uuid([u8; 16]),
    /// Invariant: never empty and never the text of a lower-case UUID, so that equal texts are equal values.
    Text(Arc<str>),
}

/// Why a text that somebody typed is no identifier, or no beginning of one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// A UUID has 36 characters.
    #[error("{text:?} has {} characters, a UUID has 36 (API-106)", .text.chars().count())]
    Length {
        /// The text.
        text: String,
    },
    /// A UUID is hexadecimal digits with dashes at their places.
    #[error("{text:?} is no UUID: 32 hexadecimal digits in groups of 8-4-4-4-12 are needed (API-106)")]
    Form {
        /// The text.
        text: String,
    },
    /// A beginning is whole bytes of a UUID.
    #[error("{text:?} begins no UUID: {why} (API-107)")]
    Prefix {
        /// The text.
        text: String,
        /// What is the matter.
        why: &'static str,
    },
}

impl IdError {
    /// The id of the rule.
    pub const fn code(&self) -> &'static str {
        match self {
            IdError::Length { .. } | IdError::Form { .. } => "API-106",
            IdError::Prefix { .. } => "API-107",
        }
    }
}

impl Id {
    /// A UUID that somebody typed: digits may be upper case (API-106). Hosts that name things by other texts take
    /// [`Id::from`].
    ///
    /// ```
    /// use longshore_model::id::Id;
    /// let id = Id::parse_uuid("0C0C0C0C-1111-2222-3333-44444444ABCD")?;
    /// assert_eq!(id.to_string(), "0c0c0c0c-1111-2222-3333-44444444abcd");
    /// assert_eq!(Id::parse_uuid("web").unwrap_err().code(), "API-106");
    /// # Ok::<(), longshore_model::id::IdError>(())
    /// ```
    ///
    /// # Errors
    /// [`IdError::Length`], [`IdError::Form`].
    pub fn parse_uuid(text: &str) -> Result<Id, IdError> {
        if text.len() != UUID_LEN {
            return Err(IdError::Length { text: text.to_owned() });
        }
        let uuid = parse_uuid(&text.to_ascii_lowercase());
        uuid.map(Id::from_bytes).ok_or_else(|| IdError::Form { text: text.to_owned() })
    }
}

/// The beginning of a UUID that somebody typed: dashes may stand anywhere, or nowhere (API-107).
///
/// ```
/// use longshore_model::id::IdPrefix;
/// assert_eq!(IdPrefix::parse("0C0C0C0C11")?.as_str(), "0c0c0c0c-11");
/// assert_eq!(IdPrefix::parse("0c-0c")?.as_str(), "0c0c");
/// assert_eq!(IdPrefix::parse("0c0").unwrap_err().code(), "API-107");
/// # Ok::<(), longshore_model::id::IdError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct IdPrefix(String);

impl IdPrefix {
    /// Reads a beginning; `""` begins every identifier.
    ///
    /// # Errors
    /// [`IdError::Prefix`]: an odd number of digits, more than 36 characters, more than 4 dashes, other characters.
    pub fn parse(text: &str) -> Result<IdPrefix, IdError> {
        let refuse = |why| Err(IdError::Prefix { text: text.to_owned(), why });
        let digits: Vec<char> =
            text.chars().filter(|sign| *sign != '-').map(|sign| sign.to_ascii_lowercase()).collect();
        let dashes = text.matches('-').count();
        if digits.len() + dashes > UUID_LEN {
            return refuse("it has more than 36 characters");
        } else if dashes > 4 {
            return refuse("it has more than 4 dashes");
        } else if digits.len() > 32 {
            return refuse("it has more than 32 digits");
        } else if !digits.len().is_multiple_of(2) {
            return refuse("the number of its digits is odd");
        } else if !digits.iter().all(char::is_ascii_hexdigit) {
            return refuse("it has other characters than hexadecimal digits and dashes");
        }
        let mut prefix = String::with_capacity(UUID_LEN);
        for (at, digit) in digits.into_iter().enumerate() {
            if matches!(at, 8 | 12 | 16 | 20) {
                prefix.push('-');
            }
            prefix.push(digit);
        }
        Ok(IdPrefix(prefix))
    }

    /// The text that such identifiers begin with.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest text of a UUID.
const UUID_LEN: usize = 36;

impl Id {
    /// No identifier.
    pub const EMPTY: Id = Id(Repr::Empty);

    /// A UUID from sixteen bytes that are already random enough: the version (4) and variant bits are set.
    pub const fn from_random(mut bytes: [u8; 16]) -> Id {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Id(Repr::Uuid(bytes))
    }

    /// A UUID from its sixteen bytes, as they are.
    pub const fn from_bytes(bytes: [u8; 16]) -> Id {
        Id(Repr::Uuid(bytes))
    }

    /// The sixteen bytes, if this is a UUID.
    pub const fn as_uuid(&self) -> Option<&[u8; 16]> {
        match &self.0 {
            Repr::Uuid(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Whether this is no identifier at all.
    pub const fn is_empty(&self) -> bool {
        matches!(self.0, Repr::Empty)
    }

    /// The text, written into `buffer` if it has to be made.
    pub fn text<'a>(&'a self, buffer: &'a mut [u8; UUID_LEN]) -> &'a str {
        match &self.0 {
            Repr::Empty => "",
            Repr::Text(text) => text,
            Repr::Uuid(bytes) => format_uuid(bytes, buffer),
        }
    }
}

impl Id {
    /// Appends bytes for a digest: a UUID's sixteen after a length that no text has.
    pub(crate) fn feed(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Repr::Uuid(bytes) => {
                crate::wire::feed_length(u32::MAX as usize, out);
                out.extend_from_slice(bytes);
            }
            _ => crate::wire::feed_text(self.text(&mut [0; UUID_LEN]), out),
        }
    }
}

fn format_uuid<'a>(bytes: &[u8; 16], buffer: &'a mut [u8; UUID_LEN]) -> &'a str {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut at = 0;
    for (number, byte) in bytes.iter().enumerate() {
        if matches!(number, 4 | 6 | 8 | 10) {
            buffer[at] = b'-';
            at += 1;
        }
        buffer[at] = HEX[usize::from(byte >> 4)];
        buffer[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    std::str::from_utf8(buffer).unwrap_or_default()
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != UUID_LEN {
        return None;
    }
    let mut bytes = [0; 16];
    let mut at = 0;
    for (number, byte) in bytes.iter_mut().enumerate() {
        if matches!(number, 4 | 6 | 8 | 10) {
            if text[at] != b'-' {
                return None;
            }
            at += 1;
        }
        *byte = hex_digit(text[at])? << 4 | hex_digit(text[at + 1])?;
        at += 2;
    }
    Some(bytes)
}

/// Lower case only: an upper-case UUID is another text.
const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Id {
        if text.is_empty() {
            return Id::EMPTY;
        }
        Id(parse_uuid(text).map_or_else(|| Repr::Text(text.into()), Repr::Uuid))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Id) -> std::cmp::Ordering {
        match (&self.0, &other.0) {
            // Digits sort before letters in ASCII and in value; the dashes stand at the same places.
            (Repr::Uuid(a), Repr::Uuid(b)) => u128::from_be_bytes(*a).cmp(&u128::from_be_bytes(*b)),
            _ => self.text(&mut [0; UUID_LEN]).cmp(other.text(&mut [0; UUID_LEN])),
        }
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Id) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text(&mut [0; UUID_LEN]))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text(&mut [0; UUID_LEN]))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Uuid(bytes) if !to.is_human_readable() => to.serialize_bytes(bytes),
            _ => to.serialize_str(self.text(&mut [0; UUID_LEN])),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an identifier")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id::from(text))
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Id, E> {
                let bytes = bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &"sixteen bytes"))?;
                Ok(Id::from_bytes(bytes))
            }
        }
        if from.is_human_readable() { from.deserialize_str(Visitor) } else { from.deserialize_any(Visitor) }
    }
}

/// Declares a newtype over [`Id`].
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Id);

        impl $name {
            /// No identifier.
            pub const EMPTY: $name = $name(Id::EMPTY);

            /// Whether this is no identifier at all.
            pub const fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> $name {
                $name(text.as_str().into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl crate::reflect::Reflect for $name {
            const KIND: crate::reflect::Kind = crate::reflect::Kind::Text;
            fn view(&self) -> crate::reflect::View<'_> {
                crate::reflect::View::Id(&self.0)
            }
        }

        crate::wire_scalar! { $name => |v| v.is_empty(), feed |v, out| v.0.feed(out); }
    )*};
}

ids! {
    /// Names a node.
    ///
    /// ```
    /// use longshore_model::NodeId;
    /// assert_eq!(NodeId::from("node-7").to_string(), "node-7");
    /// ```
    NodeId;
    /// Names an allocation.
    ///
    /// ```
    /// use longshore_model::AllocId;
    /// assert!(AllocId::EMPTY.is_empty() && !AllocId::from("alloc-1").is_empty());
    /// ```
    AllocId;
    /// Names an evaluation.
    ///
    /// ```
    /// use longshore_model::EvalId;
    /// let eval: EvalId = "0c0c0c0c-1111-2222-3333-444444444444".into();
    /// assert_eq!(eval.to_string(), "0c0c0c0c-1111-2222-3333-444444444444");
    /// ```
    EvalId;
    /// Names a deployment.
    ///
    /// ```
    /// use longshore_model::DeploymentId;
    /// assert_eq!(DeploymentId::from("d-1"), DeploymentId("d-1".into()));
    /// ```
    DeploymentId;
}

/// Declares a newtype over shared text.
macro_rules! names {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        ///
        /// Shared text: a clone is a reference count. Compared byte by byte.
        #[derive(Clone, Eq)]
        pub struct $name(Arc<str>);

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl PartialEq for $name {
            /// One text shared is equal without a look at it.
            fn eq(&self, other: &$name) -> bool {
                Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &$name) -> std::cmp::Ordering {
                if Arc::ptr_eq(&self.0, &other.0) { std::cmp::Ordering::Equal } else { self.0.cmp(&other.0) }
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &$name) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Default for $name {
            fn default() -> $name {
                static EMPTY: std::sync::OnceLock<Arc<str>> = std::sync::OnceLock::new();
                $name(EMPTY.get_or_init(|| Arc::from("")).clone())
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                if text.is_empty() { $name::default() } else { $name(text.into()) }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> $name {
                text.as_str().into()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                crate::wire::read_text(from, |text| Ok(text.into()))
            }
        }

        impl crate::reflect::Reflect for $name {
            const KIND: crate::reflect::Kind = crate::reflect::Kind::Text;
            fn view(&self) -> crate::reflect::View<'_> {
                crate::reflect::View::Text(&self.0)
            }
        }

        crate::wire_scalar! { $name => |v| v.0.is_empty(), feed |v, out| crate::wire::feed_text(&v.0, out); }
    )*};
}

names! {
    /// Names a job within its namespace. Compared case-sensitively everywhere.
    ///
    /// ```
    /// use longshore_model::JobId;
    /// assert!(JobId::from("web") != JobId::from("Web"));
    /// ```
    JobId;
    /// Names a namespace.
    ///
    /// ```
    /// use longshore_model::Namespace;
    /// assert!(Namespace::default().is_empty() && Namespace::from("lab") == *"lab");
    /// ```
    Namespace;
    /// Names a task group within its job.
    ///
    /// ```
    /// use longshore_model::GroupName;
    /// assert_eq!(GroupName::from("front").as_str(), "front");
    /// ```
    GroupName;
    /// Names a task within its group.
    ///
    /// ```
    /// use longshore_model::TaskName;
    /// assert_eq!(TaskName::from("server").len(), 6);
    /// ```
    TaskName;
}
