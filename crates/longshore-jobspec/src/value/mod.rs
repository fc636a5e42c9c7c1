//! Values and their types (SPEC-31, SPEC-53, SPEC-102).

mod convert;
mod number;
mod types;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

pub(crate) use convert::{convert, convert_all, unify};
pub(crate) use number::Number;
pub(crate) use types::Type;

/// What an expression stands for.
///
/// Clones are cheap: collections are shared. Their weight and depth are kept with them, so that a value that would be
/// too large when written out is known before anybody walks over it.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// What a failed expression stands for: it was complained about already, and so is nothing computed from it.
    Unknown,
    Null,
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    Tuple(Arc<Elements>),
    List(Arc<Type>, Arc<Elements>),
    /// Sorted, each element once.
    Set(Arc<Type>, Arc<Elements>),
    Object(Arc<Members>),
    Map(Arc<Type>, Arc<Members>),
}

/// The elements of a tuple, list or set.
#[derive(Debug, Default)]
pub(crate) struct Elements {
    pub(crate) values: Vec<Value>,
    size: Size,
}

/// The members of an object or map, by key.
#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) values: BTreeMap<Arc<str>, Value>,
    size: Size,
}

/// How large a value is when everything in it is counted where it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    /// Elements, and sixteen bytes of text for one.
    pub(crate) weight: u64,
    /// How deep it nests.
    pub(crate) depth: usize,
    /// Whether something in it is unknown.
    unknown: bool,
}

impl Size {
    /// One thing that holds these.
    fn around(parts: impl Iterator<Item = Size>) -> Size {
        let empty = Size { weight: 1, depth: 1, unknown: false };
        parts.fold(empty, |all, part| Size {
            weight: all.weight.saturating_add(part.weight),
            depth: all.depth.max(part.depth.saturating_add(1)),
            unknown: all.unknown || part.unknown,
        })
    }
}

impl Elements {
    pub(crate) fn new(values: Vec<Value>) -> Arc<Elements> {
        let size = Size::around(values.iter().map(Value::size));
        Arc::new(Elements { values, size })
    }
}

impl Members {
    pub(crate) fn new(values: BTreeMap<Arc<str>, Value>) -> Arc<Members> {
        let keys = values.keys().map(|key| Size { weight: key.len() as u64 / 16, ..Size::default() });
        let size = Size::around(values.values().map(Value::size).chain(keys));
        Arc::new(Members { values, size })
    }
}

impl Value {
    /// Text, normalized (SPEC-26).
    pub(crate) fn text(text: impl AsRef<str>) -> Value {
        Value::Text(nfc(text.as_ref()))
    }

    pub(crate) fn tuple(values: Vec<Value>) -> Value {
        Value::Tuple(Elements::new(values))
    }

    pub(crate) fn object(values: BTreeMap<Arc<str>, Value>) -> Value {
        Value::Object(Members::new(values))
    }

    /// A list whose elements are of a type already.
    pub(crate) fn list(of: Type, values: Vec<Value>) -> Value {
        Value::List(Arc::new(of), Elements::new(values))
    }

    /// A list of texts.
    pub(crate) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
        Value::list(Type::Text, texts.into_iter().map(Value::text).collect())
    }

    /// A set of elements that are of a type already.
    pub(crate) fn set(of: Type, mut values: Vec<Value>) -> Value {
        values.sort_by(order);
        values.dedup_by(|a, b| order(a, b) == Ordering::Equal);
        Value::Set(Arc::new(of), Elements::new(values))
    }

    /// How large it is.
    pub(crate) fn size(&self) -> Size {
        match self {
            Value::Text(text) => Size { weight: 1 + text.len() as u64 / 16, depth: 1, unknown: false },
            Value::Tuple(elements) | Value::List(_, elements) | Value::Set(_, elements) => elements.size,
            Value::Object(members) | Value::Map(_, members) => members.size,
            Value::Number(number) => Size { weight: 1 + number.digits() / 16, depth: 1, unknown: false },
            _ => Size { weight: 1, depth: 1, unknown: matches!(self, Value::Unknown) },
        }
    }

    /// Its elements in order, if it is a tuple, list or set.
    pub(crate) fn elements(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(elements) | Value::List(_, elements) | Value::Set(_, elements) => Some(&elements.values),
            _ => None,
        }
    }

    /// Its members by key, if it is an object or map.
    pub(crate) fn members(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        match self {
            Value::Object(members) | Value::Map(_, members) => Some(&members.values),
            _ => None,
        }
    }

    /// Whether nothing can be told of it, since it, or something in it, failed.
    pub(crate) fn is_unknown(&self) -> bool {
        self.size().unknown
    }

    /// Its type.
    pub(crate) fn kind(&self) -> Type {
        match self {
            Value::Unknown | Value::Null => Type::Any,
            Value::Bool(_) => Type::Bool,
            Value::Number(_) => Type::Number,
            Value::Text(_) => Type::Text,
            Value::Tuple(elements) => Type::Tuple(elements.values.iter().map(Value::kind).collect()),
            Value::List(of, _) => Type::List(Arc::clone(of)),
            Value::Set(of, _) => Type::Set(Arc::clone(of)),
            Value::Object(members) => {
                let kinds = members.values.iter().map(|(key, value)| (Arc::clone(key), value.kind()));
                Type::Object(Arc::new(kinds.collect()))
            }
            Value::Map(of, _) => Type::Map(Arc::clone(of)),
        }
    }

    /// The first word of its type, for messages.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Value::Unknown => "an unknown value",
            Value::Null => "null",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::Tuple(_) | Value::List(..) => "a list",
            Value::Set(..) => "a set",
            Value::Object(_) => "an object",
            Value::Map(..) => "a map",
        }
    }

    /// Whether two values are the same; values of different types never are (SPEC-32).
    pub(crate) fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::List(a, _), Value::List(b, _))
            | (Value::Set(a, _), Value::Set(b, _))
            | (Value::Map(a, _), Value::Map(b, _))
                if a != b =>
            {
                false
            }
            _ => std::mem::discriminant(self) == std::mem::discriminant(other) && order(self, other).is_eq(),
        }
    }
}

/// A total order: of bools, numbers and texts their own, of collections that of their elements.
pub(crate) fn order(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Unknown => 0,
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Number(_) => 3,
        Value::Text(_) => 4,
        Value::Tuple(_) => 5,
        Value::List(..) => 6,
        Value::Set(..) => 7,
        Value::Object(_) => 8,
        Value::Map(..) => 9,
    };
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ if rank(a) != rank(b) => rank(a).cmp(&rank(b)),
        _ => match (a.elements(), b.elements(), a.members(), b.members()) {
            (Some(a), Some(b), ..) => compare(a.iter(), b.iter(), order),
            (.., Some(a), Some(b)) => {
                compare(a.iter(), b.iter(), |(a_key, a), (b_key, b)| a_key.cmp(b_key).then_with(|| order(a, b)))
            }
            _ => Ordering::Equal,
        },
    }
}

/// Element by element, then the shorter first.
fn compare<T>(
    mut a: impl Iterator<Item = T>,
    mut b: impl Iterator<Item = T>,
    order: impl Fn(T, T) -> Ordering,
) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) => match order(a, b) {
                Ordering::Equal => {}
                other => return other,
            },
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

/// Text in Unicode's composed normal form (SPEC-26).
pub(crate) fn nfc(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}
