//! How values cross the boundary: one trait, [`Wire`], that every member of every object implements.
//!
//! Objects are declared with [`record!`](crate::record), which derives `Wire`, serde's `Serialize` and
//! `Deserialize`, and `Default` from one table of members. The rules that this module keeps:
//!
//! - member names match exactly, else case-insensitively (MODEL-1); a repeated object is merged member by member,
//!   a repeated list starts from the earlier elements (MODEL-1);
//! - unknown members are skipped (MODEL-2); null is the same as absent (MODEL-3);
//! - a wrong type, a fraction or an out-of-range number refuses the document (MODEL-5).
//!
//! All three follow from one decision: a value is decoded *in place*, into what is already there.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

/// Which members an encoder writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// Every member, null for what is absent (MODEL-7). What `Serialize` gives for human-readable formats.
    Full,
    /// Zero-valued members of the six types of MODEL-8 are left out, everything else is written.
    Compact,
    /// Members that decode to the same value when missing are left out. What `Serialize` gives for binary formats,
    /// and what digests are taken over: a member added in a later version changes no digest while it is unset.
    Sparse,
}

/// A value that can be decoded in place and encoded in any [`Form`].
pub trait Wire: Default {
    /// Whether null may stand for an element of this type in a list or a map (MODEL-3): true for text,
    /// false for objects but the two whose null entries are dropped (MODEL-76).
    const NULL_ELEMENT: bool = true;

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
#[derive(Debug)]
pub struct Place<'a, T>(pub &'a mut T);

impl<'de, T: Wire> de::DeserializeSeed<'de> for Place<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.decode(from)
    }
}

/// A seed that decodes into a place whose absent value is not its type's default: null is the same as absent (MODEL-3).
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
        *self.0 = (self.1)();
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
struct Element<'a, T>(&'a mut T);

impl<'de, T: Wire> de::DeserializeSeed<'de> for Element<'_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if T::NULL_ELEMENT {
            self.0.decode(from)
        } else {
            from.deserialize_option(NonNull(self.0))
        }
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
    ($($ty:ty => |$value:ident| $zero:expr $(, default |$default_value:ident| $default:expr)?;)*) => {$(
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
            $(fn is_default(&self) -> bool {
                let $default_value = self;
                $default
            })?
        }
    )*};
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
    i64 => |v| *v == 0;
    u64 => |v| *v == 0;
    f64 => |v| *v == 0.0;
    String => |v| v.is_empty();
    serde_json::Value => |v| v.is_null();
}

impl<T: Wire> Wire for Option<T> {
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Present;
        impl<'de, T: Wire> NullableVisit<'de, Option<T>> for Present {
            fn visit<D: Deserializer<'de>>(self, place: &mut Option<T>, from: D) -> Result<(), D::Error> {
                place.get_or_insert_with(T::default).decode(from)
            }
        }
        nullable(from, self, Present)
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
}

impl<T: Wire> Wire for Box<T> {
    const NULL_ELEMENT: bool = T::NULL_ELEMENT;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        (**self).decode(from)
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        (**self).encode(to, form)
    }
    fn is_zero(&self) -> bool {
        (**self).is_zero()
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
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        (**self).encode(to, form)
    }
    fn is_zero(&self) -> bool {
        (**self).is_zero()
    }
    fn is_default(&self) -> bool {
        (**self).is_default()
    }
}

/// A list that knows null from empty: a few rules compare the two (MODEL-78, MODEL-80, MODEL-191).
///
/// Reads as a slice; changed through [`List::make`], which turns null into empty.
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
        self.make().push(item);
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
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Elements;
        impl<'de, T: Wire> NullableVisit<'de, List<T>> for Elements {
            fn visit<D: Deserializer<'de>>(self, place: &mut List<T>, from: D) -> Result<(), D::Error> {
                from.deserialize_seq(ListVisitor(place.make()))
            }
        }
        nullable(from, self, Elements)
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
                let mut fresh = T::default();
                if seq.next_element_seed(Element(&mut fresh))?.is_none() {
                    return Ok(());
                }
                self.0.push(fresh);
            } else if seq.next_element_seed(Element(&mut self.0[filled]))?.is_none() {
                self.0.truncate(filled);
                return Ok(());
            }
            filled += 1;
        }
    }
}

/// A map from text that knows null from empty, as [`List`] does. Iterates in key order.
///
/// A repeated map is merged into the earlier one key by key (MODEL-1); the value of a repeated key starts afresh.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Map<V> {
    entries: BTreeMap<String, V>,
    /// Invariant: true whenever `entries` is not empty.
    present: bool,
}

impl<V> Map<V> {
    /// Whether the map is null; an empty map is not.
    pub fn is_null(&self) -> bool {
        !self.present
    }

    /// The entries, made if the map was null.
    pub fn make(&mut self) -> &mut BTreeMap<String, V> {
        self.present = true;
        &mut self.entries
    }

    /// Sets one entry and returns what it replaces; a null map becomes a map of one.
    pub fn insert(&mut self, key: impl Into<String>, value: V) -> Option<V> {
        self.make().insert(key.into(), value)
    }

    /// The entries.
    pub fn into_inner(self) -> BTreeMap<String, V> {
        self.entries
    }
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Map { entries: BTreeMap::new(), present: false }
    }
}

impl<V: fmt::Debug> fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.present { self.entries.fmt(f) } else { f.write_str("null") }
    }
}

impl<V> From<BTreeMap<String, V>> for Map<V> {
    fn from(entries: BTreeMap<String, V>) -> Self {
        Map { entries, present: true }
    }
}

impl<K: Into<String>, V> FromIterator<(K, V)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Map { entries: entries.into_iter().map(|(k, v)| (k.into(), v)).collect(), present: true }
    }
}

impl<V> std::ops::Deref for Map<V> {
    type Target = BTreeMap<String, V>;
    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<'a, V> IntoIterator for &'a Map<V> {
    type Item = (&'a String, &'a V);
    type IntoIter = std::collections::btree_map::Iter<'a, String, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<V> IntoIterator for Map<V> {
    type Item = (String, V);
    type IntoIter = std::collections::btree_map::IntoIter<String, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<V: Wire> Wire for Map<V> {
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Entries;
        impl<'de, V: Wire> NullableVisit<'de, Map<V>> for Entries {
            fn visit<D: Deserializer<'de>>(self, place: &mut Map<V>, from: D) -> Result<(), D::Error> {
                from.deserialize_map(MapVisitor(place.make()))
            }
        }
        nullable(from, self, Entries)
    }
    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        if !self.present {
            return to.serialize_none();
        }
        let mut map = to.serialize_map(Some(self.entries.len()))?;
        for (key, value) in &self.entries {
            map.serialize_entry(key, &Encoded(value, form))?;
        }
        map.end()
    }
    fn is_zero(&self) -> bool {
        !self.present
    }
}

struct MapVisitor<'a, V>(&'a mut BTreeMap<String, V>);

impl<'de, V: Wire> Visitor<'de> for MapVisitor<'_, V> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let mut value = V::default();
            map.next_value_seed(Element(&mut value))?;
            self.0.insert(key, value);
        }
        Ok(())
    }
}

/// Finds a member by its name: exact first, then by ASCII case (MODEL-1).
pub fn member_index(members: &[&str], name: &str) -> Option<usize> {
    members
        .iter()
        .position(|member| *member == name)
        .or_else(|| members.iter().position(|member| member.eq_ignore_ascii_case(name)))
}

/// A seed that turns a key into the index of a member, `None` for an unknown one (MODEL-2).
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

/// Counts, then writes: an object's members as a map, some left out.
///
/// `members` is called twice with the same answers expected: once to count, once to write.
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
