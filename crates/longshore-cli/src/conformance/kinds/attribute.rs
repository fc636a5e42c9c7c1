//! `attribute`: device literals parsed, and typed values compared by operands (FEAS-141 to FEAS-145).

use longshore_value::attribute::Base;
use longshore_value::{Attribute, Operand};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;
use crate::conformance::compare::score;

pub(super) const KIND: Kind = Kind::new("attribute", answer);

/// The two questions; the members tell which is asked.
#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Parse { text: String },
    Compare { a: Option<Side>, b: Option<Side>, op: String },
}

/// A literal, or an attribute as a node stores it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Side {
    Literal(String),
    Stored(Stored),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Stored {
    int: Option<i64>,
    float: Option<f64>,
    bool: Option<bool>,
    string: Option<String>,
    #[serde(default)]
    unit: String,
}

impl Side {
    fn attribute(self) -> Result<Attribute, String> {
        use longshore_value::Value::{Bool, Float, Int, String};
        let stored = match self {
            Side::Literal(text) => return Ok(Attribute::parse(&text)),
            Side::Stored(stored) => stored,
        };
        let value = match stored {
            Stored { int: Some(number), .. } => Int(number),
            Stored { float: Some(number), .. } => Float(number),
            Stored { bool: Some(truth), .. } => Bool(truth),
            Stored { string: Some(text), .. } => String(text),
            _ => return Err("a stored attribute has Int, Float, Bool or String".to_owned()),
        };
        Ok(Attribute::new(value, &stored.unit))
    }
}

fn answer(input: &Value) -> Result<Value, String> {
    match super::input(input)? {
        Input::Parse { text } => Ok(parsed(&Attribute::parse(&text))),
        Input::Compare { a, b, op } => {
            let (a, b) = (a.map(Side::attribute).transpose()?, b.map(Side::attribute).transpose()?);
            // An operand that is none never holds.
            let holds = Operand::named(&op).is_some_and(|operand| operand.holds_typed(a.as_ref(), b.as_ref()));
            let order = a.zip(b).and_then(|(a, b)| a.compare(&b)).map(|order| order as i8);
            Ok(json!({ "satisfied": holds, "order": order }))
        }
    }
}

/// The typed value that a literal stands for, with what its unit is.
fn parsed(attribute: &Attribute) -> Value {
    use longshore_value::Value::{Bool, Float, Int, String};
    let mut answer = match &attribute.value {
        Int(number) => json!({ "type": "int", "value": number }),
        Float(number) => json!({ "type": "float", "value": score(*number) }),
        Bool(truth) => json!({ "type": "bool", "value": truth }),
        String(text) => json!({ "type": "string", "value": text }),
    };
    if let (Some(unit), Some(members)) = (attribute.unit, answer.as_object_mut()) {
        members.insert("unit".to_owned(), unit.name().into());
        members.insert("base".to_owned(), Base::name(unit.base()).into());
        match unit.divisor() {
            1 => members.insert("multiplier".to_owned(), unit.multiplier().into()),
            divisor => members.insert("divisor".to_owned(), divisor.into()),
        };
    }
    answer
}
