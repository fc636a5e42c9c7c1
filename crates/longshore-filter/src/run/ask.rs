//! What is asked about a value that was found: API-813 to API-816.

use longshore_model::reflect::{Kind, Sequence, View};

use super::{in_words, kind_in_words};
use crate::error::Problem;
use crate::number::Fault;
use crate::pattern::Pattern;
use crate::program::{Literal, Text};

/// API-813: the value is read as what stands there.
pub(super) fn equals(view: View<'_>, literal: &Literal) -> Result<bool, Problem> {
    match view {
        View::Bool(found) => boolean(literal).map(|value| value == found),
        View::Int(found) => signed(literal).map(|value| value == found),
        View::Uint(found) => unsigned(literal).map(|value| value == found),
        View::Float(found) => float(literal).map(|value| value == found),
        View::Text(found) => Ok(literal.text.utf8().is_some_and(|text| same(text, found))),
        View::Id(found) => Ok(matches!(literal.text, Text::Utf8(_)) && literal.id == *found),
        other => Err(Problem::NotComparable { found: in_words(other) }),
    }
}

/// Whether two texts are equal. Comparing no bytes at all is worth avoiding: on some processors it takes a hundred times
/// as long as comparing a few, since an empty text may point nowhere.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

/// API-814: a part of a text, a key of a map, an element of a list.
pub(super) fn contains(view: View<'_>, literal: &Literal) -> Result<bool, Problem> {
    match view {
        View::Text(found) => Ok(literal.text.utf8().is_some_and(|part| found.contains(part))),
        View::Id(found) => Ok(literal.text.utf8().is_some_and(|part| found.text(&mut [0; 36]).contains(part))),
        View::Map(found) => Ok(literal.text.utf8().is_some_and(|key| found.get(key).is_some())),
        View::Bytes(found) => unsigned(literal).map(|value| found.iter().any(|byte| u64::from(*byte) == value)),
        View::List(found) => element(found, literal),
        other => Err(Problem::NoContainer { found: in_words(other) }),
    }
}

/// Whether an element is equal to the value, which is read first, whether or not there are elements.
fn element(list: &dyn Sequence, literal: &Literal) -> Result<bool, Problem> {
    match list.kind() {
        Kind::Bool => boolean(literal).map(drop),
        Kind::Int => signed(literal).map(drop),
        Kind::Uint => unsigned(literal).map(drop),
        Kind::Float => float(literal).map(drop),
        Kind::Text | Kind::Any => Ok(()),
        elements @ (Kind::List | Kind::Map | Kind::Object) => {
            Err(Problem::NoScalars { elements: kind_in_words(elements) })
        }
    }?;
    // In a list of anything, what the value cannot be read as is passed over.
    let equal = |view| equals(view, literal).unwrap_or(false);
    Ok((0..list.len()).filter_map(|index| list.at(index)).any(equal))
}

/// API-815. A value of the wrong kind is told before a pattern that is none.
pub(super) fn matches(view: View<'_>, pattern: &Pattern) -> Result<bool, Problem> {
    let program = || pattern.program.as_ref().map_err(|why| Problem::Pattern { why: why.to_string() });
    match view {
        View::Text(found) => program().map(|program| program.is_match(found)),
        View::Id(found) => program().map(|program| program.is_match(found.text(&mut [0; 36]))),
        View::Bytes(found) => program().map(|program| program.is_match(&String::from_utf8_lossy(found))),
        other => Err(Problem::NotText { found: in_words(other) }),
    }
}

/// API-816.
pub(super) fn is_empty(view: View<'_>) -> Result<bool, Problem> {
    match view {
        View::Text(found) => Ok(found.is_empty()),
        View::Id(found) => Ok(found.is_empty()),
        View::Bytes(found) => Ok(found.is_empty()),
        View::List(found) => Ok(found.is_empty()),
        View::Map(found) => Ok(found.is_empty()),
        other => Err(Problem::NoLength { found: in_words(other) }),
    }
}

/// API-816.
pub(super) fn is_nil(view: View<'_>) -> Result<bool, Problem> {
    match view {
        View::Null => Ok(true),
        View::Object(_) => Ok(false),
        View::Bytes(found) => Ok(found.is_null()),
        View::List(found) => Ok(found.is_null()),
        View::Map(found) => Ok(found.is_null()),
        other => Err(Problem::NeverNil { found: in_words(other) }),
    }
}

fn boolean(literal: &Literal) -> Result<bool, Problem> {
    literal.bool.ok_or_else(|| none(literal, "truth value"))
}

fn signed(literal: &Literal) -> Result<i64, Problem> {
    literal.int.map_err(|fault| integer(literal, fault, "integer", "an integer of 64 bits"))
}

fn unsigned(literal: &Literal) -> Result<u64, Problem> {
    literal
        .uint
        .map_err(|fault| integer(literal, fault, "integer without a sign", "an integer of 64 bits without a sign"))
}

fn float(literal: &Literal) -> Result<f64, Problem> {
    literal.float.ok_or_else(|| none(literal, "number"))
}

#[cold]
fn integer(literal: &Literal, fault: Fault, one: &'static str, range: &'static str) -> Problem {
    match fault {
        Fault::Syntax => none(literal, one),
        Fault::Range => Problem::OutOfRange { text: literal.text.lossy(), wanted: range },
    }
}

#[cold]
fn none(literal: &Literal, wanted: &'static str) -> Problem {
    Problem::NoConversion { text: literal.text.lossy(), wanted }
}
