//! Values as arguments hold them: whatever can be read as one, is (SPEC-123).

use serde_json::Value as Json;

use super::ast::{Kind, Value};
use crate::diagnostics::Complaint;
use crate::schema::Kind as Holds;
use longshore_value::duration;

/// A value as the member of an argument.
pub(super) fn member(name: &str, value: &Value, holds: Holds) -> Result<Json, Complaint> {
    convert(value, holds).ok_or_else(|| {
        let message = format!("`{name}`: {} is no {}", value.kind.noun(), wanted(holds));
        Complaint::new("SPEC-123:conversion", value.span, message)
    })
}

/// What a member holds, for people.
fn wanted(holds: Holds) -> &'static str {
    match holds {
        Holds::S | Holds::SN => "string",
        Holds::B | Holds::BN => "bool",
        Holds::D | Holds::DN => "duration",
        Holds::L => "list of strings",
        Holds::LU(_) => "list of numbers",
        Holds::M => "map of strings",
        _ => "number",
    }
}

fn convert(value: &Value, holds: Holds) -> Option<Json> {
    match holds {
        Holds::S | Holds::SN => text(value).map(Json::from),
        Holds::B | Holds::BN => bool(value).map(Json::from),
        Holds::D | Holds::DN => match &value.kind {
            Kind::Text(text) => duration::parse(text).ok().map(Json::from),
            _ => integer(value).map(|value| Json::from(value as i64)),
        },
        Holds::I | Holds::IN => integer(value).map(|value| Json::from(value as i64)),
        Holds::I8N => integer(value).map(|value| Json::from(value as i8)),
        Holds::U(bits) | Holds::UN(bits) => {
            let mask = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
            integer(value).map(|value| Json::from(value as u64 & mask))
        }
        Holds::L => match &value.kind {
            Kind::List(elements) => elements.iter().map(|one| text(one).map(Json::from)).collect(),
            _ => text(value).map(|text| Json::from(vec![text])),
        },
        Holds::LU(_) | Holds::M => None,
    }
}

/// As text: bools are `1` and `0`.
pub(super) fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Number(number) => Some(whole(number)?.to_string()),
        Kind::Float(number) => Some(number.parse::<f64>().ok()?.to_string()),
        Kind::Bool(value) => Some(if *value { "1" } else { "0" }.to_owned()),
        Kind::List(_) | Kind::Object(_) => None,
    }
}

/// As true or false: numbers are true unless they are zero.
fn bool(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Bool(value) => Some(*value),
        Kind::Number(number) => Some(whole(number)? != 0),
        Kind::Float(number) => Some(number.parse::<f64>().ok()? != 0.0),
        Kind::Text(text) => bool_text(text).or_else(|| text.is_empty().then_some(false)),
        Kind::List(_) | Kind::Object(_) => None,
    }
}

/// What a text of a bool says.
pub(super) fn bool_text(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// As a whole number: fractions are cut off, bools are 1 and 0.
fn integer(value: &Value) -> Option<i128> {
    match &value.kind {
        Kind::Number(number) => whole(number).map(i128::from),
        Kind::Float(number) => {
            let number = number.parse::<f64>().ok().filter(|number| number.abs() < 9.3e18)?;
            Some(number as i128)
        }
        Kind::Bool(value) => Some(i128::from(*value)),
        Kind::Text(text) if text.is_empty() => Some(0),
        Kind::Text(text) => whole(text).map(i128::from),
        Kind::List(_) | Kind::Object(_) => None,
    }
}

/// Reads a whole number: decimal, `0x…`, `0b…`, `0o…`, or octal after a leading zero.
pub(super) fn whole(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (digits, base) = match lower.as_bytes() {
        [b'0', b'x', ..] => (&lower[2..], 16),
        [b'0', b'b', ..] => (&lower[2..], 2),
        [b'0', b'o', ..] => (&lower[2..], 8),
        [b'0', _, ..] => (&lower[1..], 8),
        _ => (&*lower, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, base).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}
