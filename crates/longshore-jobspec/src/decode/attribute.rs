//! Arguments: from a value to its member (SPEC-102 to SPEC-107).

use serde_json::Value as Json;

use super::Decoder;
use crate::diagnostics::Complaint;
use crate::eval::Scope;
use crate::schema::{Attribute, Kind};
use crate::syntax::ast::Expr;
use crate::value::{Number, Type, Value, convert};
use longshore_value::duration;

/// Why a value is not what an argument holds: the code, and the end of a sentence.
type Wrong = (&'static str, String);

impl Decoder<'_, '_> {
    /// The member that an argument becomes; `None` if it failed, and then it was complained about.
    pub(super) fn attribute(&mut self, attribute: &Attribute, expr: &Expr, scope: &Scope<'_>) -> Option<Json> {
        let value = self.evaluator.value(expr, scope);
        if value.is_unknown() {
            return None;
        }
        match member(attribute.kind, &value) {
            Ok(json) => Some(json),
            Err((code, why)) => {
                let message = format!("`{}`: {why}", attribute.name);
                self.evaluator.complain(Complaint::new(code, expr.start(), message));
                None
            }
        }
    }
}

/// A value as an argument holds it.
pub(crate) fn member(kind: Kind, value: &Value) -> Result<Json, Wrong> {
    match (kind, value) {
        (Kind::D | Kind::DN, value) => span_of_time(value),
        (Kind::S | Kind::I | Kind::U(_) | Kind::B, Value::Null) => {
            Err(("SPEC-104:null", "null is no value for this argument; leave it out".to_owned()))
        }
        (_, Value::Null) => Ok(Json::Null),
        (Kind::S | Kind::SN, value) => text(value).map(Json::from),
        (Kind::I | Kind::IN, value) => whole(&number(value)?, i64::MIN, i64::MAX).map(Json::from),
        (Kind::I8N, value) => whole(&number(value)?, -128, 127).map(Json::from),
        (Kind::U(bits) | Kind::UN(bits), value) => unsigned(&number(value)?, bits).map(Json::from),
        (Kind::B | Kind::BN, value) => match fitting(value, &Type::Bool)? {
            Value::Bool(value) => Ok(Json::Bool(value)),
            _ => Ok(Json::Null),
        },
        (Kind::L, value) => list(value, |element| text(element).map(Json::from)),
        (Kind::LU(bits), value) => list(value, |element| unsigned(&number(element)?, bits).map(Json::from)),
        (Kind::M, value) => map(value),
    }
}

/// A value as one of a type.
fn fitting(value: &Value, wanted: &Type) -> Result<Value, Wrong> {
    if matches!(value, Value::Null) {
        return Err(("SPEC-104:null", "null is no element".to_owned()));
    }
    convert(value, wanted).map_err(|why| ("SPEC-134:wrong-type", why))
}

fn text(value: &Value) -> Result<String, Wrong> {
    match fitting(value, &Type::Text)? {
        Value::Text(text) => Ok(text.to_string()),
        other => Err(("SPEC-134:wrong-type", format!("a string is needed, this is {}", other.noun()))),
    }
}

fn number(value: &Value) -> Result<Number, Wrong> {
    match fitting(value, &Type::Number)? {
        Value::Number(number) => Ok(number),
        other => Err(("SPEC-134:wrong-type", format!("a number is needed, this is {}", other.noun()))),
    }
}

/// A whole number in a range (SPEC-103).
fn whole(number: &Number, least: i64, most: i64) -> Result<i64, Wrong> {
    match number.to_i64() {
        Some(value) if (least..=most).contains(&value) => Ok(value),
        _ => {
            Err(("SPEC-103:whole-number", format!("a whole number from {least} to {most} is needed, this is {number}")))
        }
    }
}

/// A number that is not negative. SPEC-103: a fraction of few binary digits is cut off without a word.
fn unsigned(number: &Number, bits: u32) -> Result<u64, Wrong> {
    let most = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
    let cut =
        if *number >= Number::from(1i64) && number.significant_bits() <= 64 { number.floor() } else { number.clone() };
    match cut.to_bigint().and_then(|value| u64::try_from(value).ok()) {
        Some(value) if value <= most => Ok(value),
        _ => Err(("SPEC-103:whole-number", format!("a whole number from 0 to {most} is needed, this is {number}"))),
    }
}

/// A list of elements.
fn list(value: &Value, element: impl Fn(&Value) -> Result<Json, Wrong>) -> Result<Json, Wrong> {
    match value.elements() {
        Some(elements) => elements.iter().map(element).collect::<Result<Vec<_>, _>>().map(Json::Array),
        None => Err(("SPEC-134:wrong-type", format!("a list is needed, this is {}", value.noun()))),
    }
}

/// A map of texts (SPEC-77).
pub(super) fn map(value: &Value) -> Result<Json, Wrong> {
    let Some(members) = value.members() else {
        return Err(("SPEC-134:wrong-type", format!("a map of strings is needed, this is {}", value.noun())));
    };
    let members = members.iter().map(|(key, value)| Ok((key.to_string(), Json::from(text(value)?))));
    members.collect::<Result<serde_json::Map<_, _>, Wrong>>().map(Json::Object)
}

/// A span of time in nanoseconds (SPEC-105 to SPEC-107).
fn span_of_time(value: &Value) -> Result<Json, Wrong> {
    match value {
        Value::Null => Err(("SPEC-107:null-duration", "null is no duration; leave the argument out".to_owned())),
        Value::Number(number) => whole(number, i64::MIN, i64::MAX).map(Json::from),
        Value::Text(text) => {
            duration::parse(text).map(Json::from).map_err(|error| ("SPEC-106:duration", error.to_string()))
        }
        other => Err((
            "SPEC-106:duration-type",
            format!("a duration such as \"90s\", or a number of nanoseconds, is needed; this is {}", other.noun()),
        )),
    }
}
