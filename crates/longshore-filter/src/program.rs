//! What an expression is parsed into.

use std::sync::atomic::{AtomicUsize, Ordering};

use longshore_model::id::Id;

use crate::error::Place;
use crate::number::{self, Fault};
use crate::pattern::Pattern;

/// A decision. Chains of `and` and of `or` are flat, `not` is folded into what it negates where that is one test; so depth
/// is bounded by the parentheses and braces of the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    /// All hold; asked from the left until one does not.
    All(Vec<Expr>),
    /// Any holds; asked from the left until one does.
    Any(Vec<Expr>),
    /// The opposite; never of a test nor of another opposite.
    Not(Box<Expr>),
    /// One question about one value.
    Test(Test),
    /// A decision about the elements of a list or a map.
    Each(Box<Each>),
}

/// One question about one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Test {
    pub(crate) selector: Selector,
    pub(crate) question: Question,
    /// The opposite is asked for.
    pub(crate) negated: bool,
}

/// What is asked about a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    Equals(Literal),
    Contains(Literal),
    Matches(Pattern),
    IsEmpty,
    IsNil,
}

/// `any` and `all`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Each {
    pub(crate) all: bool,
    pub(crate) selector: Selector,
    pub(crate) names: Names,
    pub(crate) body: Expr,
}

/// What elements are called within the braces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Names {
    /// One name: the element of a list, the *key* of a map (API-817).
    One(Box<str>),
    /// Index or key, and value; one may be left out.
    Two(Option<Box<str>>, Option<Box<str>>),
}

/// Which value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selector {
    pub(crate) root: Root,
    /// The whole path as written, the root's name included.
    pub(crate) path: Vec<Step>,
    pub(crate) place: Place,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Root {
    /// At the object.
    Datum,
    /// At a name of a quantifier: so many quantifiers outwards, and which of its names. The first step is that name.
    Local { outwards: usize, which: Which },
}

/// Which name of a quantifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Which {
    One,
    Index,
    Value,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) name: Box<str>,
    pub(crate) place: Place,
    pub(crate) hint: Hint,
}

impl Step {
    pub(crate) fn new(name: Box<str>, place: Place) -> Step {
        Step { name, place, hint: Hint::default() }
    }
}

/// Where a member was last found. A guess: whoever takes it checks the name that is there, so any value is right, and
/// threads may overwrite each other's.
#[derive(Debug, Default)]
pub(crate) struct Hint(AtomicUsize);

impl Hint {
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, position: usize) {
        self.0.store(position, Ordering::Relaxed);
    }
}

impl Clone for Hint {
    fn clone(&self) -> Hint {
        Hint(AtomicUsize::new(self.get()))
    }
}

/// Guesses make no difference.
impl PartialEq for Hint {
    fn eq(&self, _: &Hint) -> bool {
        true
    }
}

/// A value as written, with what it is as each kind of scalar (API-813).
#[derive(Clone, Debug)]
pub(crate) struct Literal {
    pub(crate) text: Text,
    pub(crate) place: Place,
    pub(crate) id: Id,
    pub(crate) bool: Option<bool>,
    pub(crate) int: Result<i64, Fault>,
    pub(crate) uint: Result<u64, Fault>,
    pub(crate) float: Option<f64>,
}

/// All else follows from the text.
impl PartialEq for Literal {
    fn eq(&self, other: &Literal) -> bool {
        self.text == other.text
    }
}

/// A text of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Text {
    Utf8(Box<str>),
    /// Escapes can make bytes that are no UTF-8; no text of an object is equal to them.
    Bytes(Box<[u8]>),
}

impl Text {
    pub(crate) fn new(bytes: Vec<u8>) -> Text {
        match String::from_utf8(bytes) {
            Ok(text) => Text::Utf8(text.into()),
            Err(why) => Text::Bytes(why.into_bytes().into()),
        }
    }

    /// The text, if it is UTF-8.
    pub(crate) fn utf8(&self) -> Option<&str> {
        match self {
            Text::Utf8(text) => Some(text),
            Text::Bytes(_) => None,
        }
    }

    /// For messages.
    pub(crate) fn lossy(&self) -> String {
        match self {
            Text::Utf8(text) => text.to_string(),
            Text::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

impl Literal {
    pub(crate) fn new(text: Text, place: Place) -> Literal {
        let utf8 = text.utf8();
        let read = utf8.unwrap_or("?"); // is nothing but a text
        Literal {
            id: utf8.unwrap_or_default().into(),
            bool: longshore_value::number::boolean(read),
            int: number::signed(read),
            uint: number::unsigned(read),
            float: longshore_value::number::float(read),
            place,
            text,
        }
    }
}

/// The opposite of a decision.
pub(crate) fn not(expr: Expr) -> Expr {
    match expr {
        // Holds also where a key is missing: every question and its opposite then have opposite answers (API-812).
        Expr::Test(test) => Expr::Test(Test { negated: !test.negated, ..test }),
        Expr::Not(inner) => *inner,
        other => Expr::Not(Box::new(other)),
    }
}

/// A chain of at least one decision, flattened: `(a and b) and c` asks the same in the same order as `a and (b and c)`.
pub(crate) fn chain(mut operands: Vec<Expr>, all: bool) -> Expr {
    if operands.len() == 1
        && let Some(only) = operands.pop()
    {
        return only;
    }
    let mut flat = Vec::with_capacity(operands.len());
    for operand in operands {
        match operand {
            Expr::All(inner) if all => flat.extend(inner),
            Expr::Any(inner) if !all => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if all { Expr::All(flat) } else { Expr::Any(flat) }
}
