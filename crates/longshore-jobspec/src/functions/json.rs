//! `jsondecode`, `jsonencode`.

use std::fmt::Write as _;

use super::{Function, any, blame, function, or_null, refuse, string, text};
use crate::limits::Limits;
use crate::syntax::json::{Json, Kind, Strictness, read};
use crate::text::TextId;
use crate::value::{Number, Value, nfc};

pub(super) const TABLE: &[Function] = &[
    function("jsondecode", &[text("str")], |host, values| match decode(string(values, 0), host.evaluator.limits) {
        Ok(value) => Ok(value),
        Err(why) => refuse(why),
    }),
    function("jsonencode", &[or_null(any("val"))], |_, values| {
        let value = super::value(values, 0);
        if infinite(value) { blame(0, "an infinite number has no JSON") } else { Ok(Value::text(encode(value))) }
    }),
];

/// The value that a text of JSON holds.
pub(crate) fn decode(text: &str, limits: &Limits) -> Result<Value, String> {
    let json = read(text, TextId(0), limits.depth(), Strictness::Strict).map_err(|complaint| complaint.message)?;
    of(&json)
}

fn of(json: &Json) -> Result<Value, String> {
    Ok(match &json.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(text) => Value::Number(Number::parse(text).ok_or("a number is out of range")?),
        Kind::Text(text) => Value::text(text),
        Kind::Array(elements) => Value::tuple(elements.iter().map(of).collect::<Result<_, _>>()?),
        Kind::Object(members) => {
            let members = members.iter().map(|(key, value)| Ok((nfc(&key.text), of(value)?)));
            Value::object(members.collect::<Result<_, String>>()?)
        }
    })
}

/// Whether a number in it is infinite.
fn infinite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_infinite(),
        other => match (other.elements(), other.members()) {
            (Some(elements), _) => elements.iter().any(infinite),
            (_, Some(members)) => members.values().any(infinite),
            _ => false,
        },
    }
}

/// A value as JSON in one line, keys in order, safe inside of HTML.
pub(crate) fn encode(value: &Value) -> String {
    let mut out = String::new();
    add(value, &mut out);
    out
}

fn add(value: &Value, out: &mut String) {
    match value {
        Value::Unknown | Value::Null => out.push_str("null"),
        Value::Bool(value) => drop(write!(out, "{value}")),
        Value::Number(number) => drop(write!(out, "{number}")),
        Value::Text(text) => quote(text, out),
        other => {
            if let Some(elements) = other.elements() {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    add(element, out);
                }
                out.push(']');
            } else if let Some(members) = other.members() {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quote(key, out);
                    out.push(':');
                    add(value, out);
                }
                out.push('}');
            }
        }
    }
}

/// Text in quotes.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for next in text.chars() {
        match next {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(next));
            }
            _ => out.push(next),
        }
    }
    out.push('"');
}
