//! Objects as lists of named texts, which is how a diff compares them (MODEL-223).

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::reflect::{Kind, Record, Reflect, Table, View};

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
pub(super) struct Texts {
    depth: Depth,
    entries: Vec<(Cow<'static, str>, String)>,
}

impl Texts {
    /// Of an object's own scalars and maps of scalars; of those alone that another has otherwise, if there is one.
    pub(super) fn of<T: Record>(object: &T, unlike: Option<&T>) -> Texts {
        Texts::of_members(Depth::Members, object, unlike.map(|other| other as &dyn Record))
    }

    /// Of everything beneath an object.
    pub(super) fn deep<T: Record>(object: &T) -> Texts {
        Texts::of_members(Depth::All, object, None)
    }

    fn of_members(depth: Depth, object: &dyn Record, unlike: Option<&dyn Record>) -> Texts {
        let mut texts = Texts { depth, entries: Vec::new() };
        for (at, member) in object.members().iter().enumerate() {
            // JSON of any shape has parts, whatever is in it this time.
            if let Some(view) = object.member(at).filter(|_| depth == Depth::All || member.kind != Kind::Any) {
                texts.add(Cow::Borrowed(member.name), view, unlike.and_then(|other| other.member(at)));
            }
        }
        texts
    }

    /// Of everything beneath a map, each entry under its bare key; anything else than a map stands under no name.
    pub(super) fn of_entries<T: Reflect>(map: &T) -> Texts {
        let mut texts = Texts { depth: Depth::All, entries: Vec::new() };
        match map.view() {
            View::Map(map) => texts.entries_of(map, None, |key| key.to_string()),
            other => texts.add(Cow::Borrowed(""), other, None),
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

    /// Adds the texts of a value, but for those that another value at its place has, too. As deep as the value: the
    /// decoder bounds that.
    fn add(&mut self, name: Cow<'static, str>, value: View<'_>, unlike: Option<View<'_>>) {
        if unlike.is_some_and(|other| same_scalar(value, other)) {
            return;
        }
        let deep = self.depth == Depth::All;
        match value {
            View::Map(map) if deep || is_scalar(map.kind()) => {
                self.entries_of(map, unlike, |key| format!("{name}[{key}]"));
            }
            View::Null if deep => self.entries.push((name, "nil".to_string())),
            View::List(list) if deep && list.is_null() => self.entries.push((name, "nil".to_string())),
            View::List(list) if deep => {
                let items = (0..list.len()).filter_map(|at| Some((at, list.at(at)?)));
                items.for_each(|(at, item)| self.add(format!("{name}[{at}]").into(), item, None));
            }
            other => self.entries.extend(scalar_text(other).map(|text| (name, text))),
        }
    }

    fn entries_of(&mut self, map: &dyn Table, unlike: Option<View<'_>>, name: impl Fn(&str) -> String) {
        let other = |key: &str| match unlike {
            Some(View::Map(map)) => map.get(key),
            _ => None,
        };
        let _ = map.visit(&mut |key, value| {
            if !other(key).is_some_and(|other| same_scalar(value, other)) {
                self.add(name(key).into(), value, None);
            }
            ControlFlow::Continue(())
        });
    }
}

fn is_scalar(kind: Kind) -> bool {
    matches!(kind, Kind::Bool | Kind::Int | Kind::Uint | Kind::Float | Kind::Text)
}

fn same_scalar(one: View<'_>, other: View<'_>) -> bool {
    match (one, other) {
        (View::Bool(one), View::Bool(other)) => one == other,
        (View::Int(one), View::Int(other)) => one == other,
        (View::Uint(one), View::Uint(other)) => one == other,
        (View::Float(one), View::Float(other)) => one == other,
        (View::Text(one), View::Text(other)) => one == other,
        (View::Id(one), View::Id(other)) => one == other,
        _ => false,
    }
}

/// The text of a scalar; lists, maps, objects and bytes have none of their own.
fn scalar_text(value: View<'_>) -> Option<String> {
    match value {
        View::Bool(flag) => Some(flag.to_string()),
        View::Int(number) => Some(number.to_string()),
        View::Uint(number) => Some(number.to_string()),
        View::Float(number) => Some(float_text(number)),
        View::Text(text) => Some(text.to_string()),
        View::Id(id) => Some(id.to_string()),
        View::Bytes(_) | View::List(_) | View::Map(_) | View::Object(_) | View::Null => None,
    }
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
