//! Objects as lists of named texts, which is how a diff compares them (MODEL-223).

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Number, Value};

use crate::wire::{Record, Wire};
use crate::{List, Map};

/// How far texts are taken from an object.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Depth {
    /// Scalars and maps of scalars; what has parts of its own is compared by itself.
    Members,
    /// Everything beneath.
    All,
}

/// The texts of an object, each under the name of its member.
///
/// | Value | Name | Text |
/// |---|---|---|
/// | scalar | `Name` | booleans as words, integers in decimal (durations in nanoseconds), floats as short as they are exact |
/// | entry of a map | `Name[key]` | of its value |
/// | nothing | – | left out; `nil` where everything beneath is shown |
/// | element of a list | `Name[0]` | of the element; only where everything beneath is shown |
#[derive(Debug)]
pub struct Texts {
    depth: Depth,
    entries: Vec<(Cow<'static, str>, String)>,
}

impl Texts {
    /// Of an object's own scalars and maps of scalars; of those alone that another has otherwise, if there is one.
    pub(super) fn of<T: Record>(object: &T, unlike: Option<&T>) -> Texts {
        let mut texts = Texts { depth: Depth::Members, entries: Vec::new() };
        object.member_texts(unlike, &mut texts);
        texts
    }

    /// Of everything beneath an object.
    pub(super) fn deep<T: Record>(object: &T) -> Texts {
        let mut texts = Texts { depth: Depth::All, entries: Vec::new() };
        object.member_texts(None, &mut texts);
        texts
    }

    /// Of everything beneath a map, each entry under its bare key.
    pub(super) fn of_map<V: Wire>(map: &Map<V>) -> Texts {
        let mut texts = Texts { depth: Depth::All, entries: Vec::with_capacity(map.len()) };
        for (key, value) in map {
            value.texts(None, key.clone().into(), &mut texts);
        }
        texts
    }

    /// Of everything beneath a JSON object, each member under its bare name; other JSON stands under no name.
    pub(super) fn of_json(value: &Value) -> Texts {
        let mut texts = Texts { depth: Depth::All, entries: Vec::new() };
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| texts.value(name.clone().into(), member));
            }
            other => texts.value(Cow::Borrowed(""), other),
        }
        texts
    }

    /// Given ones.
    pub(super) fn given(entries: impl IntoIterator<Item = (&'static str, String)>) -> Texts {
        let entries = entries.into_iter().map(|(name, text)| (Cow::Borrowed(name), text)).collect();
        Texts { depth: Depth::Members, entries }
    }

    /// In the order of their names.
    pub(super) fn sorted(mut self) -> Vec<(Cow<'static, str>, String)> {
        self.entries.sort();
        self.entries
    }

    /// Adds a scalar: its JSON without the quotes of a text.
    #[doc(hidden)]
    pub fn scalar<T: Serialize>(&mut self, name: Cow<'static, str>, value: &T) {
        let text = match serde_json::to_value(value) {
            Ok(Value::String(text)) => text,
            Ok(Value::Number(number)) => number_text(&number),
            Ok(Value::Bool(flag)) => flag.to_string(),
            // No scalar is anything else; a null one has no text.
            _ => return,
        };
        self.entries.push((name, text));
    }

    /// Whether what is beneath a member is shown, too.
    pub(crate) fn shows_parts(&self) -> bool {
        self.depth == Depth::All
    }

    /// Adds a value that is not there.
    pub(crate) fn null(&mut self, name: Cow<'static, str>) {
        if self.shows_parts() {
            self.entries.push((name, "nil".to_string()));
        }
    }

    /// Adds the elements of a list.
    pub(crate) fn items<T: Wire>(&mut self, name: &str, list: &List<T>) {
        list.iter().enumerate().for_each(|(at, item)| item.texts(None, format!("{name}[{at}]").into(), self));
    }

    /// Adds whatever JSON there is. As deep as the value: the decoder bounds that.
    pub(crate) fn value(&mut self, name: Cow<'static, str>, value: &Value) {
        match value {
            Value::Null => self.null(name),
            Value::Bool(flag) => self.entries.push((name, flag.to_string())),
            // Numbers of opaque values are float64, whatever they look like (MODEL-2).
            Value::Number(number) => self.entries.push((name, float_text(number.as_f64().unwrap_or(f64::NAN)))),
            Value::String(text) => self.entries.push((name, text.clone())),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(at, item)| self.value(format!("{name}[{at}]").into(), item));
            }
            Value::Object(members) => {
                members.iter().for_each(|(key, member)| self.value(format!("{name}[{key}]").into(), member));
            }
        }
    }
}

fn number_text(number: &Number) -> String {
    if number.is_f64() { float_text(number.as_f64().unwrap_or(f64::NAN)) } else { number.to_string() }
}

/// As few digits as tell the number from its neighbours; with an exponent of two digits at least where the first digit
/// is more than five places before the point or four behind it.
fn float_text(float: f64) -> String {
    let scientific = format!("{float:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    match exponent.parse::<i32>() {
        Ok(-4..=5) | Err(_) => float.to_string(),
        Ok(exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_223_floats_are_as_short_as_they_are_exact() {
        let table = [
            (0.0, "0"),
            (-0.5, "-0.5"),
            (6379.0, "6379"),
            (999_999.0, "999999"),
            (1e6, "1e+06"),
            (104_857_600.0, "1.048576e+08"),
            (123_456.789, "123456.789"),
            (1_234_567.89, "1.23456789e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (-1e21, "-1e+21"),
            (5e-324, "5e-324"),
            (9_007_199_254_740_993.0, "9.007199254740992e+15"),
        ];
        for (float, text) in table {
            assert_eq!(float_text(float), text);
        }
    }
}
