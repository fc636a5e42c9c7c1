//! How values cross the boundary: one trait, [`Wire`], that every member of every object implements.
//!
//! Objects are declared with [`record!`](macro@crate::record), which derives `Wire`, serde's `Serialize` and
//! `Deserialize`, and `Default` from one table of members. The rules that this module keeps:
//!
//! - member names match exactly, else case-insensitively (MODEL-1); a repeated object is merged member by member,
//!   a repeated list starts from the earlier elements (MODEL-1);
//! - unknown members are skipped (MODEL-2); null is the same as absent (MODEL-3);
//! - a wrong type, a fraction or an out-of-range number refuses the document (MODEL-5).
//!
//! All three follow from one decision: a value is decoded *in place*, into what is already there.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

/// Which members an encoder writes.
///
/// ```
/// use longshore_model::{JobUiLink, to_json, wire::Form};
/// let link = JobUiLink { label: "Manual".into(), ..JobUiLink::default() };
/// assert_eq!(to_json(&link, Form::Full), r#"{"Label":"Manual","Url":""}"#);
/// assert_eq!(to_json(&link, Form::Sparse), r#"{"Label":"Manual"}"#);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// Every member, null for what is absent (MODEL-7). What `Serialize` gives for human-readable formats.
    Full,
    /// Zero-valued members of the six types of MODEL-8 are left out, everything else is written.
    Compact,
    /// Null members are left out where absent ones are null, everything else is written, zeros too: what a document says,
    /// and no more.
    Present,
    /// Members that decode to the same value when missing are left out. What `Serialize` gives for binary formats,
    /// and what digests are taken over: a member added in a later version changes no digest while it is unset.
    Sparse,
}

/// A value that can be decoded in place and encoded in any [`Form`].
///
/// ```
/// use longshore_model::{EphemeralDisk, wire::Wire};
/// let mut disk = EphemeralDisk { sticky: true, ..EphemeralDisk::default() };
/// disk.decode(&mut serde_json::Deserializer::from_str(r#"{"SizeMB": 500}"#))?;
/// assert!(disk.sticky && disk.size_mb == 500);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Wire: Default {
    /// Whether null may stand for an element of this type in a list or a map (MODEL-3): true for text,
    /// false for objects but the two whose null entries are dropped (MODEL-76).
    const NULL_ELEMENT: bool = true;

    /// Whether a value of this type may itself be null. A null member then is null, even where an absent one has a
    /// default, so that every value comes back from what it was written as.
    const NULLABLE: bool = false;

    /// Decodes into `self`. Null resets `self` to its default (MODEL-3).
    ///
    /// # Errors
    /// Whatever the deserializer reports, and a type error for a value of the wrong kind (MODEL-5).
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error>;

    /// Encodes in the given form.
    ///
    /// # Errors
    /// Whatever the serializer reports.
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error>;

    /// Whether this is the zero of its type: what MODEL-8 and MODEL-9 leave out.
    fn is_zero(&self) -> bool;

    /// Whether this is written as null; never so for types that cannot be null.
    fn is_null(&self) -> bool {
        false
    }

    /// Appends bytes that differ wherever contents differ, for digests: fast, never read back. Objects feed what the
    /// sparse form would write; everything of varying length says its length.
    fn feed(&self, out: &mut Vec<u8>) {
        // Writing to memory cannot fail; a failure would be fed as far as it went, the same way each time.
        let written = self.encode(crate::canonical::Canonical(out), Form::Sparse);
        debug_assert!(written.is_ok());
    }

    /// Whether an absent value decodes to this one: what the sparse form leaves out. Differs from [`Wire::is_zero`]
    /// for objects whose members have other defaults, and for enumerations without a variant for `""`.
    fn is_default(&self) -> bool {
        self.is_zero()
    }
}

/// Encodes a value in a chosen [`Form`]; otherwise a transparent reference.
///
/// ```
/// use longshore_model::{Evaluation, wire::{Encoded, Form}};
/// let eval = Evaluation { priority: 50, ..Evaluation::default() };
/// let text = serde_json::to_string(&Encoded(&eval, Form::Compact))?;
/// assert!(text.contains(r#""Priority":50"#) && !text.contains("WaitUntil"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Encoded<'a, T>(pub &'a T, pub Form);

impl<T: Wire> Serialize for Encoded<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.encode(to, self.1)
    }
}

/// The form that plain `Serialize` uses: full for people, sparse for storage.
pub fn natural_form<S: Serializer>(to: &S) -> Form {
    if to.is_human_readable() { Form::Full } else { Form::Sparse }
}

/// A seed that decodes into a place.
///
/// ```
/// use longshore_model::wire::Place;
/// use serde::de::DeserializeSeed;
/// let mut count = 1_i64;
/// Place(&mut count).deserialize(&mut serde_json::Deserializer::from_str("3"))?;
/// assert_eq!(count, 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Place<'a, T>(pub &'a mut T);

impl<'de, T: Wire> de::DeserializeSeed<'de> for Place<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.decode(from)
    }
}

/// A seed that decodes into a place whose absent value is not its type's default. Null is the same as absent (MODEL-3),
/// unless the type itself can be null.
///
/// ```
/// use longshore_model::wire::PlaceOr;
/// use serde::de::DeserializeSeed;
/// let mut count = 1_i64;
/// PlaceOr(&mut count, || 50).deserialize(&mut serde_json::Deserializer::from_str("null"))?;
/// assert_eq!(count, 50);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct PlaceOr<'a, T, F>(pub &'a mut T, pub F);

impl<'de, T: Wire, F: FnOnce() -> T> de::DeserializeSeed<'de> for PlaceOr<'_, T, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_option(self)
    }
}

impl<'de, T: Wire, F: FnOnce() -> T> Visitor<'de> for PlaceOr<'_, T, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        *self.0 = if T::NULLABLE { T::default() } else { (self.1)() };
        Ok(())
    }
    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.decode(from)
    }
}

/// A seed for an element of a list or a map: refuses null where MODEL-3 leaves it undefined.
pub(crate) struct Element<'a, T>(pub(crate) &'a mut T);

impl<'de, T: Wire> de::DeserializeSeed<'de> for Element<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if T::NULL_ELEMENT { self.0.decode(from) } else { from.deserialize_option(NonNull(self.0)) }
    }
}

struct NonNull<'a, T>(&'a mut T);

impl<'de, T: Wire> Visitor<'de> for NonNull<'_, T> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Err(E::invalid_type(de::Unexpected::Other("null"), &"an object; null is no element of a list (MODEL-3)"))
    }
    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.decode(from)
    }
}

/// Calls `visit` with the deserializer of a value that is not null; null leaves the default.
pub fn nullable<'de, D, T, F>(from: D, place: &mut T, visit: F) -> Result<(), D::Error>
where
    D: Deserializer<'de>,
    T: Wire,
    F: NullableVisit<'de, T>,
{
    from.deserialize_option(NullableVisitor { place, visit, lifetime: PhantomData })
}

/// What [`nullable`] does with a value that is not null.
///
/// ```
/// use longshore_model::wire::{NullableVisit, nullable};
/// use serde::{Deserialize, Deserializer};
/// /// Reads a number and doubles it.
/// struct Double;
/// impl<'de> NullableVisit<'de, i64> for Double {
///     fn visit<D: Deserializer<'de>>(self, place: &mut i64, from: D) -> Result<(), D::Error> {
///         *place = 2 * i64::deserialize(from)?;
///         Ok(())
///     }
/// }
/// let mut number = 1;
/// nullable(&mut serde_json::Deserializer::from_str("21"), &mut number, Double)?;
/// assert_eq!(number, 42);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait NullableVisit<'de, T> {
    /// Decodes the value into `place`.
    fn visit<D: Deserializer<'de>>(self, place: &mut T, from: D) -> Result<(), D::Error>;
}

struct NullableVisitor<'a, 'de, T, F> {
    place: &'a mut T,
    visit: F,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, T: Wire, F: NullableVisit<'de, T>> Visitor<'de> for NullableVisitor<'_, 'de, T, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        *self.place = T::default();
        Ok(())
    }
    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.visit.visit(self.place, from)
    }
}

/// Decodes through the type's own `Deserialize`; the right way for scalars.
struct Whole;

impl<'de, T: Deserialize<'de>> NullableVisit<'de, T> for Whole {
    fn visit<D: Deserializer<'de>>(self, place: &mut T, from: D) -> Result<(), D::Error> {
        *place = T::deserialize(from)?;
        Ok(())
    }
}

/// Implements [`Wire`] for a scalar that has its own serde implementations.
#[macro_export]
macro_rules! wire_scalar {
    ($($ty:ty => |$value:ident| $zero:expr
        $(, null |$null_value:ident| $null:expr)? $(, default |$default_value:ident| $default:expr)?
        $(, feed |$fed:ident, $out:ident| $feed:expr)?;)*) => {$(
        impl $crate::wire::Wire for $ty {
            fn decode<'de, D: serde::Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
                $crate::wire::decode_scalar(self, from)
            }
            fn encode<S: serde::Serializer>(&self, to: S, _: $crate::wire::Form) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, to)
            }
            fn is_zero(&self) -> bool {
                let $value = self;
                $zero
            }
            $(const NULLABLE: bool = true;
            fn is_null(&self) -> bool {
                let $null_value = self;
                $null
            })?
            $(fn is_default(&self) -> bool {
                let $default_value = self;
                $default
            })?
            $(fn feed(&self, out: &mut Vec<u8>) {
                let ($fed, $out) = (self, out);
                $feed
            })?
        }
    )*};
}

/// Appends a length and a text.
pub fn feed_text(text: &str, out: &mut Vec<u8>) {
    feed_length(text.len(), out);
    out.extend_from_slice(text.as_bytes());
}

/// Appends a length.
pub fn feed_length(length: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(length as u32).to_le_bytes());
}

/// What stands for a member in a digest: a hash of its name (FNV-1a), known when the program is built.
pub const fn member_key(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut hash, mut at) = (0x811c_9dc5_u32, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// Decodes a scalar: null gives the default, anything else its `Deserialize`.
pub fn decode_scalar<'de, D, T>(place: &mut T, from: D) -> Result<(), D::Error>
where
    D: Deserializer<'de>,
    T: Wire + Deserialize<'de>,
{
    nullable(from, place, Whole)
}

wire_scalar! {
    bool => |v| !*v;
    i8 => |v| *v == 0;
    u8 => |v| *v == 0;
    i32 => |v| *v == 0;
    u32 => |v| *v == 0;
    i64 => |v| *v == 0, feed |v, out| out.extend_from_slice(&v.to_le_bytes());
    u64 => |v| *v == 0, feed |v, out| out.extend_from_slice(&v.to_le_bytes());
    f64 => |v| *v == 0.0, feed |v, out| out.extend_from_slice(&v.to_bits().to_le_bytes());
    String => |v| v.is_empty(), feed |v, out| feed_text(v, out);
}

impl<T: Wire> Wire for Option<T> {
    const NULLABLE: bool = true;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Present;
        impl<'de, T: Wire> NullableVisit<'de, Option<T>> for Present {
            fn visit<D: Deserializer<'de>>(self, place: &mut Option<T>, from: D) -> Result<(), D::Error> {
                place.get_or_insert_with(T::default).decode(from)
            }
        }
        nullable(from, self, Present)
    }
    fn feed(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.is_some()));
        self.iter().for_each(|value| value.feed(out));
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        match self {
            None => to.serialize_none(),
            Some(value) => value.encode(to, form),
        }
    }
    fn is_zero(&self) -> bool {
        self.is_none()
    }
    fn is_null(&self) -> bool {
        self.is_none()
    }
}

impl<T: Wire> Wire for Box<T> {
    const NULL_ELEMENT: bool = T::NULL_ELEMENT;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        (**self).decode(from)
    }
    fn feed(&self, out: &mut Vec<u8>) {
        (**self).feed(out);
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        (**self).encode(to, form)
    }
    fn is_zero(&self) -> bool {
        (**self).is_zero()
    }
    fn is_null(&self) -> bool {
        (**self).is_null()
    }
    fn is_default(&self) -> bool {
        (**self).is_default()
    }
}

impl<T: Wire + Clone> Wire for Arc<T> {
    const NULL_ELEMENT: bool = T::NULL_ELEMENT;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        Arc::make_mut(self).decode(from)
    }
    fn feed(&self, out: &mut Vec<u8>) {
        (**self).feed(out);
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        (**self).encode(to, form)
    }
    fn is_zero(&self) -> bool {
        (**self).is_zero()
    }
    fn is_null(&self) -> bool {
        (**self).is_null()
    }
    fn is_default(&self) -> bool {
        (**self).is_default()
    }
}

/// A list that knows null from empty: a few rules compare the two (MODEL-78, MODEL-80, MODEL-191).
///
/// Reads as a slice; changed through [`List::make`], which turns null into empty.
///
/// ```
/// use longshore_model::List;
/// let mut names: List<String> = List::NULL;
/// assert!(names.is_null() && names.is_empty());
/// names.push("a".into());
/// assert_eq!(*names, ["a"]);
/// assert!(!List::<String>::from([]).is_null());
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct List<T>(Option<Vec<T>>);

impl<T> List<T> {
    /// The absent list.
    pub const NULL: List<T> = List(None);

    /// Whether the list is null; an empty list is not.
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The vector behind the list, made if it was null.
    pub fn make(&mut self) -> &mut Vec<T> {
        self.0.get_or_insert_with(Vec::new)
    }

    /// Appends one element; a null list becomes a list of one.
    pub fn push(&mut self, item: T) {
        let items = self.make();
        if items.capacity() == 0 {
            items.reserve_exact(1); // most lists have one element, and elements are large
        }
        items.push(item);
    }

    /// Makes an empty list null.
    pub(crate) fn null_if_empty(&mut self) {
        if self.is_empty() {
            *self = List::NULL;
        }
    }

    /// The elements, to be changed; a null list stays null.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.0.as_deref_mut().unwrap_or(&mut [])
    }

    /// The elements.
    pub fn into_vec(self) -> Vec<T> {
        self.0.unwrap_or_default()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List(None)
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("null"),
            Some(items) => items.fmt(f),
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        List(Some(items))
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        List(Some(items.into()))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        List(Some(items.into_iter().collect()))
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        self.0.as_deref().unwrap_or(&[])
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<T> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.make().extend(items);
    }
}

impl<T: Wire> Wire for List<T> {
    const NULLABLE: bool = true;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Elements;
        impl<'de, T: Wire> NullableVisit<'de, List<T>> for Elements {
            fn visit<D: Deserializer<'de>>(self, place: &mut List<T>, from: D) -> Result<(), D::Error> {
                from.deserialize_seq(ListVisitor(place.make()))
            }
        }
        nullable(from, self, Elements)
    }
    fn feed(&self, out: &mut Vec<u8>) {
        // Null and empty differ.
        feed_length(if self.is_null() { u32::MAX as usize } else { self.len() }, out);
        self.iter().for_each(|item| item.feed(out));
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        let Some(items) = &self.0 else { return to.serialize_none() };
        let mut seq = to.serialize_seq(Some(items.len()))?;
        for item in items {
            seq.serialize_element(&Encoded(item, form))?;
        }
        seq.end()
    }
    fn is_zero(&self) -> bool {
        self.is_null()
    }
    fn is_null(&self) -> bool {
        List::is_null(self)
    }
}

struct ListVisitor<'a, T>(&'a mut Vec<T>);

impl<'de, T: Wire> Visitor<'de> for ListVisitor<'_, T> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    /// An element starts from the earlier one at its position, if the member was repeated (MODEL-1).
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut filled = 0;
        loop {
            if filled == self.0.len() {
                if filled == self.0.capacity() {
                    // Most lists hold one element or a few. Growing by doubling would move large ones again and again.
                    self.0.reserve_exact(if filled == 0 { 1 } else { 15.max(filled) });
                }
                self.0.push(T::default());
            }
            if seq.next_element_seed(Element(&mut self.0[filled]))?.is_none() {
                self.0.truncate(filled);
                self.0.shrink_to_fit();
                return Ok(());
            }
            filled += 1;
        }
    }
}

/// Decodes a text without keeping it: what [`keyword!`](macro@crate::keyword) reads its variants from.
///
/// # Errors
/// Whatever the deserializer reports, and what `read` says of the text.
pub fn read_text<'de, D, T>(from: D, read: impl FnOnce(&str) -> Result<T, D::Error>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    struct Text<F>(F);
    impl<T, E: de::Error, F: FnOnce(&str) -> Result<T, E>> Visitor<'_> for Text<F> {
        type Value = Result<T, E>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }
        fn visit_str<V: de::Error>(self, text: &str) -> Result<Self::Value, V> {
            Ok((self.0)(text))
        }
    }
    from.deserialize_str(Text(read))?
}

/// Finds a member by its name: exact first, then by ASCII case (MODEL-1).
pub fn member_index(members: &[&str], name: &str) -> Option<usize> {
    // Most members differ in length or in the first letter: nothing is called for them.
    let first = name.as_bytes().first();
    let like = |member: &&str| member.len() == name.len() && member.as_bytes().first() == first;
    members
        .iter()
        .position(|member| like(member) && *member == name)
        .or_else(|| members.iter().position(|member| member.eq_ignore_ascii_case(name)))
}

/// A seed that turns a key into the index of a member, `None` for an unknown one (MODEL-2).
///
/// ```
/// use longshore_model::wire::MemberName;
/// use serde::de::{DeserializeSeed, IntoDeserializer, value::{Error, StrDeserializer}};
/// let name: StrDeserializer<Error> = "count".into_deserializer();
/// assert_eq!(MemberName(&["Name", "Count"]).deserialize(name)?, Some(1));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct MemberName(pub &'static [&'static str]);

impl<'de> de::DeserializeSeed<'de> for MemberName {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for MemberName {
    type Value = Option<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }
    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(member_index(self.0, name))
    }
}

/// Writes an object's members as a map, some left out.
///
/// ```
/// use longshore_model::wire::{Form, ObjectWriter};
/// let mut text = Vec::new();
/// let mut json = serde_json::Serializer::new(&mut text);
/// let mut object = ObjectWriter::new(&mut json, 1)?;
/// object.member("Count", &3_i64, Form::Full)?;
/// object.end()?;
/// assert_eq!(text, br#"{"Count":3}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct ObjectWriter<S: Serializer> {
    map: S::SerializeMap,
}

impl<S: Serializer> ObjectWriter<S> {
    /// Opens an object of `len` members.
    pub fn new(to: S, len: usize) -> Result<Self, S::Error> {
        Ok(ObjectWriter { map: to.serialize_map(Some(len))? })
    }

    /// Writes one member.
    pub fn member<T: Wire>(&mut self, name: &'static str, value: &T, form: Form) -> Result<(), S::Error> {
        self.map.serialize_entry(name, &Encoded(value, form))
    }

    /// Closes the object.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.map.end()
    }
}

/// Whether two values of one type are equal; fixes the type of a default.
pub fn same<T: PartialEq>(value: &T, default: &T) -> bool {
    value == default
}
