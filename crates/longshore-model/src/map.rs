//! Maps from text: sorted vectors, for the few entries that most have.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

use crate::wire::{Element, Encoded, Form, NullableVisit, Wire, feed_length, feed_text, nullable};

/// A map from text that knows null from empty, as [`List`](crate::List) does. Iterates in key order.
///
/// Kept as a sorted vector: the maps of the model have a handful of entries, and a million allocations have several maps
/// each. Looking up takes O(log n), inserting out of order O(n), decoding a document in any order O(n log n).
///
/// A repeated map is merged into the earlier one key by key (MODEL-1); the value of a repeated key starts afresh.
///
/// ```
/// use longshore_model::Map;
/// let mut map: Map<i64> = Map::default();
/// assert!(map.is_null());
/// *map.or_default("b") += 2;
/// map.insert("a", 1);
/// assert_eq!(map.iter().map(|(key, value)| (key.as_str(), *value)).collect::<Vec<_>>(), [("a", 1), ("b", 2)]);
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Map<V>(Option<Vec<(String, V)>>);

impl<V> Map<V> {
    /// The absent map.
    pub const NULL: Map<V> = Map(None);

    /// Whether the map is null; an empty map is not.
    pub const fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether it has none; so has a null one.
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    fn entries(&self) -> &[(String, V)] {
        self.0.as_deref().unwrap_or(&[])
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        // Documents and loops mostly come in order: look at the end first.
        match self.entries().last() {
            Some((last, _)) if last.as_str() < key => Err(self.len()),
            _ => self.entries().binary_search_by(|(held, _)| held.as_str().cmp(key)),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.find(key).ok().map(|at| &self.entries()[at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        self.0.as_mut()?.get_mut(at).map(|(_, value)| value)
    }

    /// Whether there is such a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// Sets one entry and returns what it replaces; a null map becomes a map of one.
    pub fn insert(&mut self, key: impl Into<String>, value: V) -> Option<V> {
        let key = key.into();
        let found = self.find(&key);
        let entries = self.0.get_or_insert_with(|| Vec::with_capacity(1));
        match found {
            Ok(at) => Some(std::mem::replace(&mut entries[at].1, value)),
            Err(at) => {
                entries.insert(at, (key, value));
                None
            }
        }
    }

    /// The value of a key, made if it is not there; a null map becomes a map of one.
    pub fn or_default(&mut self, key: &str) -> &mut V
    where
        V: Default,
    {
        let found = self.find(key);
        let entries = self.0.get_or_insert_with(|| Vec::with_capacity(1));
        let at = found.unwrap_or_else(|at| {
            entries.insert(at, (key.to_string(), V::default()));
            at
        });
        &mut entries[at].1
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.find(key).ok()?;
        self.0.as_mut().map(|entries| entries.remove(at).1)
    }

    /// The same map with other values; null stays null.
    pub(crate) fn map_values<W>(self, change: impl Fn(V) -> W) -> Map<W> {
        Map(self.0.map(|entries| entries.into_iter().map(|(key, value)| (key, change(value))).collect()))
    }

    /// Keeps the entries that a test holds for; an emptied map is empty, not null.
    pub(crate) fn retain(&mut self, mut test: impl FnMut(&str, &V) -> bool) {
        if let Some(entries) = &mut self.0 {
            entries.retain(|(key, value)| test(key, value));
        }
    }

    /// Makes a null map empty.
    pub(crate) fn make(&mut self) {
        self.0.get_or_insert_default();
    }

    /// Makes an empty map null.
    pub(crate) fn null_if_empty(&mut self) {
        if self.is_empty() {
            *self = Map::NULL;
        }
    }

    /// Entries in key order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&String, &V)> {
        self.entries().iter().map(|(key, value)| (key, value))
    }

    /// Keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &String> {
        self.entries().iter().map(|(key, _)| key)
    }

    /// Values in key order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> {
        self.entries().iter().map(|(_, value)| value)
    }

    /// Values in key order, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().flatten().map(|(_, value)| value)
    }
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Map::NULL
    }
}

impl<V: fmt::Debug> fmt::Debug for Map<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_null() { f.write_str("null") } else { f.debug_map().entries(self.iter()).finish() }
    }
}

impl<V> From<BTreeMap<String, V>> for Map<V> {
    fn from(entries: BTreeMap<String, V>) -> Self {
        Map(Some(entries.into_iter().collect()))
    }
}

/// Of entries with one key the last counts.
impl<K: Into<String>, V> FromIterator<(K, V)> for Map<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut entries: Vec<(String, V)> = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        if !entries.is_sorted_by(|(a, _), (b, _)| a < b) {
            entries.sort_by(|(a, _), (b, _)| a.cmp(b)); // stable: the last of one key stays the last
            entries.dedup_by(|later, kept| {
                later.0 == kept.0 && {
                    std::mem::swap(later, kept);
                    true
                }
            });
        }
        entries.shrink_to_fit();
        Map(Some(entries))
    }
}

impl<'a, V> IntoIterator for &'a Map<V> {
    type Item = (&'a String, &'a V);
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (String, V)>, fn(&'a (String, V)) -> (&'a String, &'a V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries().iter().map(|(key, value)| (key, value))
    }
}

impl<V> IntoIterator for Map<V> {
    type Item = (String, V);
    type IntoIter = std::vec::IntoIter<(String, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.unwrap_or_default().into_iter()
    }
}

impl<V: Wire> Wire for Map<V> {
    const NULLABLE: bool = true;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Entries;
        impl<'de, V: Wire> NullableVisit<'de, Map<V>> for Entries {
            fn visit<D: Deserializer<'de>>(self, place: &mut Map<V>, from: D) -> Result<(), D::Error> {
                from.deserialize_map(MapVisitor(place))
            }
        }
        nullable(from, self, Entries)
    }

    fn feed(&self, out: &mut Vec<u8>) {
        // Null and empty differ.
        feed_length(if self.is_null() { u32::MAX as usize } else { self.len() }, out);
        for (key, value) in self {
            feed_text(key, out);
            value.feed(out);
        }
    }

    fn encode<S: Serializer>(&self, to: S, form: Form) -> Result<S::Ok, S::Error> {
        if self.is_null() {
            return to.serialize_none();
        }
        let mut map = to.serialize_map(Some(self.len()))?;
        for (key, value) in self {
            map.serialize_entry(key, &Encoded(value, form))?;
        }
        map.end()
    }

    fn is_zero(&self) -> bool {
        self.is_null()
    }
    fn is_null(&self) -> bool {
        Map::is_null(self)
    }
}

struct MapVisitor<'a, V>(&'a mut Map<V>);

impl<'de, V: Wire> Visitor<'de> for MapVisitor<'_, V> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    /// Gathered in the order of the document and sorted once, so that no order of keys is slow.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut entries: Vec<(String, V)> = std::mem::take(self.0).into_iter().collect();
        while let Some(key) = map.next_key::<String>()? {
            let mut value = V::default();
            map.next_value_seed(Element(&mut value))?;
            entries.push((key, value));
        }
        *self.0 = entries.into_iter().collect();
        Ok(())
    }
}
