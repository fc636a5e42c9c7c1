//! Looking into objects by the names of their members: what selectors of list filters do (API-805, API-811).
//!
//! Every value of the model answers [`Reflect::view`] with a [`View`]: a scalar, or a reference to a list, a map or an
//! object. Nothing is copied, encoded or allocated. Objects declared with [`record!`](macro@crate::record) have it from
//! their declaration; a host's own type implements [`Reflect`], and [`Record`] if it has members.
//!
//! ```
//! use longshore_model::reflect::{Reflect, View};
//! use longshore_model::{Job, Task, TaskGroup};
//! let job = Job::service("web").with_group(TaskGroup::new("front").task(Task::new("server").driver("exec")));
//! let View::Object(object) = job.view() else { panic!("a job is an object") };
//! assert!(matches!(object.get("Priority"), Some(View::Int(50))));
//! assert!(matches!(object.get("Periodic"), Some(View::Null)));
//! assert!(object.get("priority").is_none());
//! ```

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::Value;

use crate::id::Id;
use crate::nullable::Nullable;
use crate::{Bytes, DateTime, Duration, IdentityTtl, List, Map, Time};

/// What a value holds, by reference.
///
/// ```
/// use longshore_model::reflect::{Reflect, View};
/// assert!(matches!(7_u64.view(), View::Uint(7)));
/// assert!(matches!(None::<bool>.view(), View::Null));
/// ```
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// Yes or no.
    Bool(bool),
    /// A signed integer; durations and times that are integers, too.
    Int(i64),
    /// An integer that is not negative.
    Uint(u64),
    /// A number.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// An identifier: text that may be kept as bytes.
    Id(&'a Id),
    /// Raw bytes: a list of small numbers, and a text to be matched.
    Bytes(&'a Bytes),
    /// A list.
    List(&'a dyn Sequence),
    /// A map from text.
    Map(&'a dyn Table),
    /// An object with members.
    Object(Object<'a>),
    /// No value where there could be one.
    Null,
}

/// What values of a type hold, known without a value.
///
/// ```
/// use longshore_model::List;
/// use longshore_model::reflect::{Kind, Reflect};
/// assert_eq!((<Option<i64>>::KIND, <List<String>>::KIND), (Kind::Int, Kind::List));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A signed integer.
    Int,
    /// An integer that is not negative.
    Uint,
    /// A number.
    Float,
    /// Text.
    Text,
    /// A list.
    List,
    /// A map from text.
    Map,
    /// An object with members.
    Object,
    /// Any of these: free-form JSON.
    Any,
}

/// A value that can be looked into.
///
/// ```
/// use longshore_model::reflect::{Kind, Reflect, View};
/// struct Celsius(f64);
/// impl Reflect for Celsius {
///     const KIND: Kind = Kind::Float;
///     fn view(&self) -> View<'_> {
///         View::Float(self.0)
///     }
/// }
/// assert!(matches!(Celsius(21.5).view(), View::Float(21.5)));
/// ```
pub trait Reflect {
    /// What it holds if it holds anything.
    const KIND: Kind;
    /// Whether it may hold nothing: [`View::Null`].
    const NULLABLE: bool = false;
    /// Whether it is free-form JSON, or may have some within: what holds others says so for them.
    const OPAQUE: bool = matches!(Self::KIND, Kind::Any);

    /// What it holds.
    fn view(&self) -> View<'_>;
}

/// Something with named members.
///
/// ```
/// use longshore_model::Job;
/// use longshore_model::reflect::{Record, View};
/// let job = Job::service("web");
/// let at = job.members().iter().position(|member| member.name == "ID").unwrap();
/// assert!(matches!(job.member(at), Some(View::Text("web"))));
/// ```
pub trait Record {
    /// The name of its type.
    fn name(&self) -> &'static str;

    /// Its members, in the order of declaration.
    fn members(&self) -> &'static [Member];

    /// What the member at a position of [`Record::members`] holds.
    fn member(&self, at: usize) -> Option<View<'_>>;
}

/// A member of a record.
///
/// ```
/// use longshore_model::Job;
/// use longshore_model::reflect::{Kind, Record};
/// let periodic = Job::default().members().iter().find(|member| member.name == "Periodic").unwrap();
/// assert!(periodic.kind == Kind::Object && periodic.nullable);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Member {
    /// Its name, as in JSON.
    pub name: &'static str,
    /// The part of the record that it is in, if it is in one. Selectors name the part, JSON does not (API-805).
    pub part: Option<&'static str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may hold nothing.
    pub nullable: bool,
    /// Whether it is free-form JSON, or may have some within.
    pub opaque: bool,
}

/// A list.
///
/// ```
/// use longshore_model::List;
/// use longshore_model::reflect::{Sequence, View};
/// let list: &dyn Sequence = &List::from(["a".to_string()]);
/// assert!(matches!((list.len(), list.at(0)), (1, Some(View::Text("a")))));
/// ```
pub trait Sequence {
    /// What its elements hold; known even if there are none.
    fn kind(&self) -> Kind;

    /// Whether it is no list at all; an empty one is.
    fn is_null(&self) -> bool;

    /// How many elements it has.
    fn len(&self) -> usize;

    /// Whether it has no elements; so has a null one.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An element.
    fn at(&self, index: usize) -> Option<View<'_>>;
}

/// A map from text.
///
/// ```
/// use longshore_model::Map;
/// use longshore_model::reflect::{Table, View};
/// let map: Map<i64> = [("a", 1)].into_iter().collect();
/// let table: &dyn Table = &map;
/// assert!(matches!(table.get("a"), Some(View::Int(1))));
/// ```
pub trait Table {
    /// What its values hold; known even if there are none.
    fn kind(&self) -> Kind;

    /// Whether it is no map at all; an empty one is.
    fn is_null(&self) -> bool;

    /// How many entries it has.
    fn len(&self) -> usize;

    /// Whether it has no entries; so has a null one.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    fn get(&self, key: &str) -> Option<View<'_>>;

    /// Shows every entry in the order of keys, until `each` breaks.
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) -> ControlFlow<()>;
}

/// A record, or a named part of one.
///
/// ```
/// use longshore_model::JobUiLink;
/// use longshore_model::reflect::Object;
/// let link = JobUiLink::default();
/// let object = Object::new(&link);
/// assert_eq!((object.name(), object.names().collect::<Vec<_>>()), ("JobUiLink", vec!["Label", "Url"]));
/// ```
#[derive(Clone, Copy)]
pub struct Object<'a> {
    record: &'a dyn Record,
    part: Option<&'static str>,
}

impl<'a> Object<'a> {
    /// A whole record.
    pub fn new(record: &'a dyn Record) -> Object<'a> {
        Object { record, part: None }
    }

    /// The name of its type.
    pub fn name(&self) -> &'static str {
        self.part.unwrap_or_else(|| self.record.name())
    }

    /// The record.
    pub fn record(&self) -> &'a dyn Record {
        self.record
    }

    /// What a member holds; `None` if there is no member of exactly this name.
    ///
    /// # Cost
    /// O(members) comparisons of short texts; nothing is allocated.
    pub fn get(&self, name: &str) -> Option<View<'a>> {
        match self.position(name) {
            Some(at) => self.record.member(at),
            None => self.other(name),
        }
    }

    /// The position of the member of a name among [`Record::members`].
    pub fn position(&self, name: &str) -> Option<usize> {
        self.record.members().iter().position(|member| member.name == name && member.part == self.part)
    }

    /// What the member at a position holds, if it is the one of this name: [`Object::get`] for who has looked before.
    ///
    /// # Cost
    /// One comparison of short texts.
    #[inline]
    pub fn get_at(&self, position: usize, name: &str) -> Option<View<'a>> {
        let member = self.record.members().get(position)?;
        if member.name == name && member.part == self.part { self.record.member(position) } else { None }
    }

    /// The names that [`Object::get`] knows.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let part = self.part;
        let mut last = None;
        self.record.members().iter().filter_map(move |member| match (member.part, part) {
            (inner, outer) if inner == outer => Some(member.name),
            // A part's members stand together.
            (Some(inner), None) if last.replace(inner) != Some(inner) => Some(inner),
            _ => None,
        })
    }

    /// A part of the record, or one of the members that the reference has and its JSON never shows: always empty here.
    #[cold]
    fn other(&self, name: &str) -> Option<View<'a>> {
        static NO_IDENTITIES: Map<String> = Map::NULL;
        if self.part.is_some() {
            return None;
        }
        if let Some(member) = self.record.members().iter().find(|member| member.part == Some(name)) {
            return Some(View::Object(Object { record: self.record, part: member.part }));
        }
        match (self.record.name(), name) {
            ("Evaluation", "LeaderACL") => Some(View::Text("")), // MODEL-47
            ("Allocation", "SignedIdentities") => Some(View::Map(&NO_IDENTITIES)), // MODEL-9
            _ => None,
        }
    }
}

/// Implements [`Reflect`] for scalars.
macro_rules! reflect_scalars {
    ($($ty:ty: $kind:ident => |$value:ident| $view:expr;)*) => {$(
        impl Reflect for $ty {
            const KIND: Kind = Kind::$kind;
            fn view(&self) -> View<'_> {
                let $value = self;
                $view
            }
        }
    )*};
}

reflect_scalars! {
    bool: Bool => |v| View::Bool(*v);
    i8: Int => |v| View::Int((*v).into());
    i32: Int => |v| View::Int((*v).into());
    i64: Int => |v| View::Int(*v);
    u8: Uint => |v| View::Uint((*v).into());
    u32: Uint => |v| View::Uint((*v).into());
    u64: Uint => |v| View::Uint(*v);
    f64: Float => |v| View::Float(*v);
    String: Text => |v| View::Text(v);
    Id: Text => |v| View::Id(v);
    Time: Int => |v| View::Int(v.0);
    Duration: Int => |v| View::Int(v.0);
    IdentityTtl: Int => |v| View::Int(v.0.0);
    Bytes: List => |v| View::Bytes(v);
    DateTime: Object => |v| View::Object(Object::new(v));
}

/// An instant has no members that a selector may name.
impl Record for DateTime {
    fn name(&self) -> &'static str {
        "DateTime"
    }
    fn members(&self) -> &'static [Member] {
        &[]
    }
    fn member(&self, _: usize) -> Option<View<'_>> {
        None
    }
}

impl<T: Reflect> Reflect for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const OPAQUE: bool = T::OPAQUE;
    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Null, T::view)
    }
}

impl<T: Reflect> Reflect for Nullable<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const OPAQUE: bool = T::OPAQUE;
    fn view(&self) -> View<'_> {
        self.get().map_or(View::Null, T::view)
    }
}

impl<T: Reflect> Reflect for Box<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = T::NULLABLE;
    const OPAQUE: bool = T::OPAQUE;
    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

impl<T: Reflect> Reflect for Arc<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = T::NULLABLE;
    const OPAQUE: bool = T::OPAQUE;
    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

impl<T: Reflect> Reflect for List<T> {
    const KIND: Kind = Kind::List;
    const OPAQUE: bool = T::OPAQUE;
    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Reflect> Sequence for List<T> {
    fn kind(&self) -> Kind {
        T::KIND
    }
    fn is_null(&self) -> bool {
        List::is_null(self)
    }
    fn len(&self) -> usize {
        self.as_ref().len()
    }
    fn at(&self, index: usize) -> Option<View<'_>> {
        self.as_ref().get(index).map(T::view)
    }
}

impl<V: Reflect> Reflect for Map<V> {
    const KIND: Kind = Kind::Map;
    const OPAQUE: bool = V::OPAQUE;
    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

impl<V: Reflect> Table for Map<V> {
    fn kind(&self) -> Kind {
        V::KIND
    }
    fn is_null(&self) -> bool {
        Map::is_null(self)
    }
    fn len(&self) -> usize {
        Map::len(self)
    }
    fn get(&self, key: &str) -> Option<View<'_>> {
        Map::get(self, key).map(V::view)
    }
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.iter().try_for_each(|(key, value)| each(key, value.view()))
    }
}

/// Free-form JSON: all numbers are floats (MODEL-2).
impl Reflect for Value {
    const KIND: Kind = Kind::Any;
    const NULLABLE: bool = true;
    fn view(&self) -> View<'_> {
        match self {
            Value::Null => View::Null,
            Value::Bool(value) => View::Bool(*value),
            Value::Number(value) => value.as_f64().map_or(View::Null, View::Float),
            Value::String(value) => View::Text(value),
            Value::Array(elements) => View::List(elements),
            Value::Object(entries) => View::Map(entries),
        }
    }
}

impl Sequence for Vec<Value> {
    fn kind(&self) -> Kind {
        Kind::Any
    }
    fn is_null(&self) -> bool {
        false
    }
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn at(&self, index: usize) -> Option<View<'_>> {
        self.get(index).map(Value::view)
    }
}

impl Table for serde_json::Map<String, Value> {
    fn kind(&self) -> Kind {
        Kind::Any
    }
    fn is_null(&self) -> bool {
        false
    }
    fn len(&self) -> usize {
        serde_json::Map::len(self)
    }
    fn get(&self, key: &str) -> Option<View<'_>> {
        serde_json::Map::get(self, key).map(Value::view)
    }
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.iter().try_for_each(|(key, value)| each(key, value.view()))
    }
}
