//! What texts of the dialect, and its JSON, are read into.

use crate::text::Span;

/// Items between braces, or of a whole text.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) items: Vec<Item>,
}

/// `key "label" value`: the first key names the item, the others label it.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) keys: Vec<Key>,
    pub(super) value: Value,
}

impl Item {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        self.keys.first().map_or("", |key| &key.text)
    }

    /// Where its name stands.
    pub(super) fn span(&self) -> Span {
        self.keys.first().map(|key| key.span).unwrap_or_default()
    }

    /// Its labels.
    pub(super) fn labels(&self) -> &[Key] {
        self.keys.get(1..).unwrap_or_default()
    }
}

/// A key or a label.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A value and where it starts.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    /// A whole number, as it is written.
    Number(String),
    /// A number with a fraction or an exponent, as it is written.
    Float(String),
    Bool(bool),
    Text(String),
    List(Vec<Value>),
    Object(Object),
}

impl Kind {
    /// For messages.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Kind::Number(_) | Kind::Float(_) => "a number",
            Kind::Bool(_) => "a bool",
            Kind::Text(_) => "a string",
            Kind::List(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}
