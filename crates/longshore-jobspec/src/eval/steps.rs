//! Steps into values: attributes, indexes (SPEC-34, SPEC-46).

use super::Evaluator;
use crate::diagnostics::{Complaint, did_you_mean};
use crate::syntax::ast::{Name, StaticKey, Step};
use crate::text::{Span, quoted};
use crate::value::{Number, Type, Value, convert};

impl Evaluator<'_> {
    /// The value that static steps lead to.
    pub(super) fn walk(&mut self, from: &Value, steps: &[Step]) -> Value {
        let mut value = from.clone();
        for step in steps {
            value = match step {
                Step::Attribute(name, span) => self.attribute(&value, name, *span),
                Step::Key(StaticKey::Number(number), span) => self.index(&value, &Value::Number(number.clone()), *span),
                Step::Key(StaticKey::Text(text), span) => self.index(&value, &Value::Text(text.clone()), *span),
            };
        }
        value
    }

    /// `.name`
    fn attribute(&mut self, value: &Value, name: &Name, span: Span) -> Value {
        match value {
            Value::Unknown => return Value::Unknown,
            Value::Null => {
                let message = format!("`.{}` of null: there is nothing to take it from", name.text);
                return self.fail(Complaint::new("SPEC-34:null", span, message));
            }
            _ => {}
        }
        let Some(members) = value.members() else {
            let message = format!("{} has no attributes, so no `{}`", value.noun(), name.text);
            return self.fail(Complaint::new("SPEC-134:undefined-attribute", span, message));
        };
        match members.get(&name.text) {
            Some(found) => found.clone(),
            None => {
                let message = format!("there is no attribute `{}` here", name.text);
                let hint = did_you_mean(&name.text, members.keys().map(|key| &**key));
                self.fail(Complaint::new("SPEC-134:undefined-attribute", span, message).hint(hint))
            }
        }
    }

    /// `[key]`
    pub(super) fn index(&mut self, value: &Value, key: &Value, span: Span) -> Value {
        if matches!(value, Value::Unknown) || key.is_unknown() {
            return Value::Unknown;
        }
        if matches!(value, Value::Null) {
            return self.fail(Complaint::new(
                "SPEC-34:null",
                span,
                "an index of null: there is nothing to take it from",
            ));
        }
        match element(value, key) {
            Ok(found) => found,
            Err(why) => self.fail(Complaint::new("SPEC-34:index", span, why)),
        }
    }
}

/// The element of a collection at a key; otherwise why there is none.
pub(crate) fn element(value: &Value, key: &Value) -> Result<Value, String> {
    if matches!(key, Value::Null) {
        return Err("null is no key".to_owned());
    }
    match value {
        Value::Tuple(elements) | Value::List(_, elements) => {
            let Ok(Value::Number(number)) = convert(key, &Type::Number) else {
                return Err(format!("the index of a list is a number, this is {}", key.noun()));
            };
            let found = number.to_i64().and_then(|index| usize::try_from(index).ok());
            let length = elements.values.len();
            found.and_then(|index| elements.values.get(index)).cloned().ok_or_else(|| out_of_range(&number, length))
        }
        Value::Object(members) | Value::Map(_, members) => {
            let Ok(Value::Text(name)) = convert(key, &Type::Text) else {
                return Err(format!("the key of an object is a string, this is {}", key.noun()));
            };
            members.values.get(&name).cloned().ok_or_else(|| format!("there is no element {}", quoted(&name)))
        }
        other => Err(format!("{} has no elements", other.noun())),
    }
}

/// The sentence about an index.
fn out_of_range(index: &Number, length: usize) -> String {
    match length {
        0 => format!("there is no element {index}: the list is empty"),
        _ => format!("there is no element {index}: there are 0 to {}", length - 1),
    }
}
