//! How fields, objects and lists of objects compare (MODEL-224 to MODEL-230).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::texts::Texts;
use super::{Detail, DiffType, FieldDiff, ObjectDiff};
use crate::reflect::{Record, Reflect};
use crate::wire::Wire;
use crate::{List, Map};

/// Two versions of one thing; either may be missing.
#[derive(Debug)]
pub(super) struct Pair<'a, T> {
    pub(super) old: Option<&'a T>,
    pub(super) new: Option<&'a T>,
}

impl<T> Clone for Pair<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pair<'_, T> {}

impl<'a, T> Pair<'a, T> {
    /// The versions of a member that is always there.
    pub(super) fn member<U>(self, member: impl Fn(&'a T) -> &'a U) -> Pair<'a, U> {
        Pair { old: self.old.map(&member), new: self.new.map(&member) }
    }

    /// The versions of a member that may be null.
    pub(super) fn nullable<U>(self, member: impl Fn(&'a T) -> Option<&'a U>) -> Pair<'a, U> {
        Pair { old: self.old.and_then(&member), new: self.new.and_then(&member) }
    }

    /// The versions of a list; a missing one is empty.
    pub(super) fn list<U>(self, member: impl Fn(&'a T) -> &'a List<U>) -> Lists<'a, U> {
        let items = |side: Option<&'a T>| side.map_or(&[][..], |side| member(side));
        Lists { old: items(self.old), new: items(self.new) }
    }

    /// How the whole differs, by which of the two is there and whether they are deeply equal (MODEL-228).
    pub(super) fn kind(self) -> DiffType
    where
        T: PartialEq,
    {
        match (self.old, self.new) {
            (None, None) => DiffType::None,
            (None, Some(_)) => DiffType::Added,
            (Some(_), None) => DiffType::Deleted,
            (Some(old), Some(new)) if old == new => DiffType::None,
            (Some(_), Some(_)) => DiffType::Edited,
        }
    }
}

/// Two versions of a list.
#[derive(Debug)]
pub(super) struct Lists<'a, T> {
    pub(super) old: &'a [T],
    pub(super) new: &'a [T],
}

impl<T> Clone for Lists<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lists<'_, T> {}

impl<'a, T> Lists<'a, T> {
    /// Elements at the same place.
    pub(super) fn by_position(self) -> impl Iterator<Item = Pair<'a, T>> {
        let len = self.old.len().max(self.new.len());
        (0..len).map(move |at| Pair { old: self.old.get(at), new: self.new.get(at) })
    }

    /// Elements with the same key, in the order of their keys; of several with one key the last counts (MODEL-230).
    pub(super) fn by_key<K: Ord>(self, key: impl Fn(&'a T) -> K) -> impl Iterator<Item = Pair<'a, T>> {
        let mut pairs: BTreeMap<K, Pair<'a, T>> = BTreeMap::new();
        let none = || Pair { old: None, new: None };
        self.old.iter().for_each(|old| pairs.entry(key(old)).or_insert_with(none).old = Some(old));
        self.new.iter().for_each(|new| pairs.entry(key(new)).or_insert_with(none).new = Some(new));
        pairs.into_values()
    }
}

/// Bytes that are equal for equal contents.
pub(super) fn content<T: Wire>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.feed(&mut bytes);
    bytes
}

/// What differs between two lists of texts, in the order of their names (MODEL-224, MODEL-225).
pub(super) fn fields(old: Option<Texts>, new: Option<Texts>, hidden: &[&str], detail: Detail) -> Vec<FieldDiff> {
    let mut old = old.map_or_else(Vec::new, Texts::sorted).into_iter().peekable();
    let mut new = new.map_or_else(Vec::new, Texts::sorted).into_iter().peekable();
    let mut fields = Vec::new();
    loop {
        let next = match (old.peek(), new.peek()) {
            (None, None) => return fields,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let before = if next.is_le() { old.next() } else { None };
        let after = if next.is_ge() { new.next() } else { None };
        fields.extend(field(before, after, hidden, detail));
    }
}

/// MODEL-224. A missing text is an empty one.
fn field(
    old: Option<(Cow<'static, str>, String)>,
    new: Option<(Cow<'static, str>, String)>,
    hidden: &[&str],
    detail: Detail,
) -> Option<FieldDiff> {
    let ((name, old), new) = match (old, new) {
        (Some(old), new) => (old, new.map(|(_, text)| text).unwrap_or_default()),
        (None, Some((name, new))) => ((name, String::new()), new),
        (None, None) => return None,
    };
    let kind = match (old.as_str(), new.as_str()) {
        _ if old == new => DiffType::None,
        ("", _) => DiffType::Added,
        (_, "") => DiffType::Deleted,
        _ => DiffType::Edited,
    };
    let shown = (kind != DiffType::None || detail == Detail::Contextual) && !hidden.contains(&&*name);
    shown.then(|| FieldDiff { kind, name: name.into_owned(), old, new, annotations: List::NULL })
}

/// The fields of an object that are scalars or maps of scalars, but for hidden ones.
pub(super) fn own_fields<T: Record>(pair: Pair<'_, T>, hidden: &[&str], detail: Detail) -> Vec<FieldDiff> {
    let Pair { old, new } = pair;
    // What did not change has no text to be made where nobody wants to see it.
    let [unlike_new, unlike_old] = if detail == Detail::Changes { [new, old] } else { [None, None] };
    fields(old.map(|old| Texts::of(old, unlike_new)), new.map(|new| Texts::of(new, unlike_old)), hidden, detail)
}

/// How an object differs that differs by its fields alone (MODEL-228).
fn kind_of(fields: &[FieldDiff]) -> DiffType {
    let any = |kind: DiffType| fields.iter().any(|field| field.kind == kind);
    match (any(DiffType::Edited), any(DiffType::Added), any(DiffType::Deleted)) {
        (true, _, _) | (_, true, true) => DiffType::Edited,
        (false, true, false) => DiffType::Added,
        (false, false, true) => DiffType::Deleted,
        (false, false, false) => DiffType::None,
    }
}

/// Gathers the objects of a job, group, task or object.
#[derive(Debug)]
pub(super) struct Objects {
    detail: Detail,
    gathered: Vec<ObjectDiff>,
}

impl Objects {
    pub(super) fn new(detail: Detail) -> Objects {
        Objects { detail, gathered: Vec::new() }
    }

    /// Adds what differs by its fields alone (P of MODEL-228).
    pub(super) fn primitive<T: Record + PartialEq>(&mut self, name: &str, pair: Pair<'_, T>, hidden: &[&str]) {
        self.primitive_with(name, pair, hidden, |_, _| {});
    }

    /// The same, with objects within it that do not make it differ.
    pub(super) fn primitive_with<'a, T: Record + PartialEq>(
        &mut self,
        name: &str,
        pair: Pair<'a, T>,
        hidden: &[&str],
        within: impl FnOnce(Pair<'a, T>, &mut Objects),
    ) {
        if pair.kind() == DiffType::None {
            return;
        }
        let fields = own_fields(pair, hidden, self.detail);
        let kind = kind_of(&fields);
        if kind != DiffType::None {
            let mut objects = Objects::new(self.detail);
            within(pair, &mut objects);
            self.add(kind, name, fields, objects.sorted());
        }
    }

    /// Adds pairs of a list that differ by their fields alone (K of MODEL-230).
    pub(super) fn keyed<'a, T, K>(&mut self, name: &str, lists: Lists<'a, T>, key: impl Fn(&'a T) -> K)
    where
        T: Record + PartialEq,
        K: Ord,
    {
        if lists.old != lists.new {
            lists.by_key(key).for_each(|pair| self.primitive(name, pair, &[]));
        }
    }

    /// Adds what differs as a whole, with objects within it (O of MODEL-228).
    pub(super) fn present<'a, T: Record + PartialEq>(
        &mut self,
        name: &str,
        pair: Pair<'a, T>,
        hidden: &[&str],
        within: impl FnOnce(Pair<'a, T>, &mut Objects),
    ) {
        let kind = pair.kind();
        if kind == DiffType::None {
            return;
        }
        let mut objects = Objects::new(self.detail);
        within(pair, &mut objects);
        let fields = own_fields(pair, hidden, self.detail);
        self.add(kind, name, fields, objects.sorted());
    }

    /// Adds what differs as a whole, shown by everything beneath it.
    pub(super) fn deep<T: Record + PartialEq>(&mut self, name: &str, pair: Pair<'_, T>) {
        let kind = pair.kind();
        if kind != DiffType::None {
            let fields = fields(pair.old.map(Texts::deep), pair.new.map(Texts::deep), &[], self.detail);
            self.add(kind, name, fields, Vec::new());
        }
    }

    /// Adds a map shown by everything beneath it; an empty one counts as none (MODEL-239).
    pub(super) fn deep_map<V: Reflect + PartialEq>(&mut self, name: &str, pair: Pair<'_, Map<V>>) {
        let pair = pair.nullable(|map| Some(map).filter(|map| !map.is_empty()));
        let kind = pair.kind();
        if kind != DiffType::None {
            let fields = fields(pair.old.map(Texts::of_entries), pair.new.map(Texts::of_entries), &[], self.detail);
            self.add(kind, name, fields, Vec::new());
        }
    }

    /// Adds a list of texts of which neither order nor repeats matter (S of MODEL-229).
    pub(super) fn set(&mut self, name: &str, lists: Lists<'_, String>) {
        self.gathered.extend(text_set(name, lists, self.detail));
    }

    /// The same, left out where it does not differ, even of a contextual diff.
    pub(super) fn changed_set(&mut self, name: &str, lists: Lists<'_, String>) {
        self.gathered.extend(text_set(name, lists, self.detail).filter(|set| set.kind != DiffType::None));
    }

    /// What is said of what did not change.
    pub(super) fn detail(&self) -> Detail {
        self.detail
    }

    /// Adds all that another gathered.
    pub(super) fn append(&mut self, other: Objects) {
        self.gathered.extend(other.gathered);
    }

    /// Adds an object that differs somehow.
    pub(super) fn add_unless_none(&mut self, kind: DiffType, name: &str, fields: Vec<FieldDiff>) {
        if kind != DiffType::None {
            self.add(kind, name, fields, Vec::new());
        }
    }

    fn add(&mut self, kind: DiffType, name: &str, fields: Vec<FieldDiff>, objects: Vec<ObjectDiff>) {
        self.gathered.push(object(kind, name, fields, objects));
    }

    /// In the order of MODEL-226: that of objects within an object.
    fn sorted(mut self) -> Vec<ObjectDiff> {
        self.gathered.sort_by(by_weight);
        self.gathered
    }

    /// In the order they were added, and in that of MODEL-226 among those of one name in a row: the order of the objects
    /// of a job, group or task.
    pub(super) fn in_runs(mut self) -> List<ObjectDiff> {
        for run in self.gathered.chunk_by_mut(|before, after| before.name == after.name) {
            run.sort_by(by_weight);
        }
        list(self.gathered)
    }
}

/// MODEL-229: an object whose fields all have its name. An empty item has no text to show, but comes or goes as others do.
fn text_set(name: &str, lists: Lists<'_, String>, detail: Detail) -> Option<ObjectDiff> {
    let [old, new] = [lists.old, lists.new].map(|items| items.iter().map(String::as_str).collect::<BTreeSet<&str>>());
    let item = |item: &&str| {
        let side = |side: &BTreeSet<&str>| side.contains(item).then(|| (Cow::from(name.to_string()), item.to_string()));
        field(side(&old), side(&new), &[], detail)
    };
    let mut fields: Vec<FieldDiff> = old.union(&new).filter_map(item).collect();
    fields.sort_by(by_texts);
    let kind = match (new.is_subset(&old), old.is_subset(&new)) {
        (true, true) => DiffType::None,
        (false, true) => DiffType::Added,
        (true, false) => DiffType::Deleted,
        (false, false) => DiffType::Edited,
    };
    (kind != DiffType::None || !fields.is_empty()).then(|| object(kind, name, fields, Vec::new()))
}

fn object(kind: DiffType, name: &str, fields: Vec<FieldDiff>, objects: Vec<ObjectDiff>) -> ObjectDiff {
    ObjectDiff { kind, name: name.to_string(), fields: list(fields), objects: list(objects) }
}

/// A list that is null if it is empty (MODEL-222).
pub(super) fn list<T>(items: Vec<T>) -> List<T> {
    if items.is_empty() { List::NULL } else { List::from(items) }
}

/// MODEL-226: by name, kind, how much there is, and what it is.
fn by_weight(a: &ObjectDiff, b: &ObjectDiff) -> Ordering {
    let rank = |kind: DiffType| match kind {
        DiffType::Edited => 0,
        DiffType::Added => 1,
        DiffType::Deleted => 2,
        DiffType::None => 3,
    };
    let measure = |object: &ObjectDiff| (rank(object.kind), object.fields.len(), object.objects.len());
    let pairs = || a.fields.iter().zip(b.fields.iter());
    let nested = || a.objects.iter().zip(b.objects.iter());
    a.name
        .cmp(&b.name)
        .then_with(|| measure(a).cmp(&measure(b)))
        .then_with(|| pairs().map(|(a, b)| by_texts(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
        .then_with(|| nested().map(|(a, b)| by_weight(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
}

/// MODEL-225.
fn by_texts(a: &FieldDiff, b: &FieldDiff) -> Ordering {
    (&a.name, &a.old, &a.new).cmp(&(&b.name, &b.old, &b.new))
}
