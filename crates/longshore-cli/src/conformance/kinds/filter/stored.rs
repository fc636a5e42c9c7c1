//! Objects as stored: what their document leaves out is the zero of its type.
//!
//! Reading a document fills in what an absent member means, which is what engines store and filters see. Recorded cases
//! take objects apart from that, so here zeros are laid over what the document does not say, through the same traits that
//! filters look through.

use std::ops::ControlFlow;

use longshore_model::Bytes;
use longshore_model::reflect::{Kind, Member, Object, Record, Reflect, Sequence, Table, View};
use serde_json::Value;

/// An object with zeros laid over.
pub(super) enum Stored<'a> {
    Scalar(View<'a>),
    Record(StoredRecord<'a>),
    List(StoredList<'a>),
    Map(StoredMap<'a>),
}

pub(super) struct StoredRecord<'a> {
    record: &'a dyn Record,
    members: Vec<Stored<'a>>,
}

pub(super) struct StoredList<'a> {
    list: &'a dyn Sequence,
    elements: Option<Vec<Stored<'a>>>,
}

pub(super) struct StoredMap<'a> {
    map: &'a dyn Table,
    entries: Option<Vec<(&'a str, Stored<'a>)>>,
}

impl<'a> Stored<'a> {
    /// An object and the document that it was read from.
    pub(super) fn new<T: Reflect>(object: &'a T, document: &'a Value) -> Stored<'a> {
        Stored::lay(object.view(), Some(document), false)
    }

    fn lay(view: View<'a>, document: Option<&'a Value>, nullable: bool) -> Stored<'a> {
        static NO_BYTES: Bytes = Bytes::NULL;
        let document = document.filter(|value| !value.is_null());
        match (view, document) {
            (_, None) if nullable => Stored::Scalar(View::Null),
            (View::Object(object), _) => Stored::Record(StoredRecord::lay(object.record(), document)),
            (View::List(list), _) => Stored::List(StoredList::lay(list, document)),
            (View::Map(map), _) => Stored::Map(StoredMap::lay(map, document)),
            // A keyword without a variant for "" reads it as its first one.
            (View::Text(_), Some(Value::String(text))) => Stored::Scalar(View::Text(text)),
            (found, Some(_)) => Stored::Scalar(found),
            (View::Bool(_), None) => Stored::Scalar(View::Bool(false)),
            (View::Int(_), None) => Stored::Scalar(View::Int(0)),
            (View::Uint(_), None) => Stored::Scalar(View::Uint(0)),
            (View::Float(_), None) => Stored::Scalar(View::Float(0.0)),
            (View::Text(_) | View::Id(_), None) => Stored::Scalar(View::Text("")),
            (View::Bytes(_), None) => Stored::Scalar(View::Bytes(&NO_BYTES)),
            (View::Null, None) => Stored::Scalar(View::Null),
        }
    }
}

impl<'a> StoredRecord<'a> {
    fn lay(record: &'a dyn Record, document: Option<&'a Value>) -> StoredRecord<'a> {
        // Two objects that canonicalization always fills in, and the model therefore always has (MODEL-92).
        let filled = |name| matches!((record.name(), name), ("Task", "Resources") | ("TaskGroup", "EphemeralDisk"));
        let members = record.members().iter().enumerate().map(|(at, member)| {
            let written = document.and_then(|document| document.get(member.name));
            let nullable = member.nullable || filled(member.name);
            Stored::lay(record.member(at).unwrap_or(View::Null), written, nullable)
        });
        StoredRecord { record, members: members.collect() }
    }
}

impl<'a> StoredList<'a> {
    fn lay(list: &'a dyn Sequence, document: Option<&'a Value>) -> StoredList<'a> {
        let elements = document.and_then(Value::as_array).map(|written| {
            let elements = written.iter().enumerate();
            elements.map(|(at, element)| Stored::lay(list.at(at).unwrap_or(View::Null), Some(element), false)).collect()
        });
        StoredList { list, elements }
    }
}

impl<'a> StoredMap<'a> {
    fn lay(map: &'a dyn Table, document: Option<&'a Value>) -> StoredMap<'a> {
        let entries = document.and_then(Value::as_object).map(|written| {
            let value = |key: &str, value| Stored::lay(map.get(key).unwrap_or(View::Null), Some(value), false);
            written.iter().map(|(key, written)| (key.as_str(), value(key, written))).collect()
        });
        StoredMap { map, entries }
    }
}

impl Reflect for Stored<'_> {
    const KIND: Kind = Kind::Any;
    fn view(&self) -> View<'_> {
        match self {
            Stored::Scalar(view) => *view,
            Stored::Record(record) => View::Object(Object::new(record)),
            Stored::List(list) => View::List(list),
            Stored::Map(map) => View::Map(map),
        }
    }
}

impl Record for StoredRecord<'_> {
    fn name(&self) -> &'static str {
        self.record.name()
    }
    fn members(&self) -> &'static [Member] {
        self.record.members()
    }
    fn member(&self, at: usize) -> Option<View<'_>> {
        self.members.get(at).map(Stored::view)
    }
}

impl Sequence for StoredList<'_> {
    fn kind(&self) -> Kind {
        self.list.kind()
    }
    fn is_null(&self) -> bool {
        self.elements.is_none()
    }
    fn len(&self) -> usize {
        self.elements.as_ref().map_or(0, Vec::len)
    }
    fn at(&self, index: usize) -> Option<View<'_>> {
        self.elements.as_ref()?.get(index).map(Stored::view)
    }
}

impl Table for StoredMap<'_> {
    fn kind(&self) -> Kind {
        self.map.kind()
    }
    fn is_null(&self) -> bool {
        self.entries.is_none()
    }
    fn len(&self) -> usize {
        self.entries.as_ref().map_or(0, Vec::len)
    }
    fn get(&self, key: &str) -> Option<View<'_>> {
        self.entries.as_ref()?.iter().find(|(held, _)| *held == key).map(|(_, value)| value.view())
    }
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.entries.iter().flatten().try_for_each(|(key, value)| each(key, value.view()))
    }
}
