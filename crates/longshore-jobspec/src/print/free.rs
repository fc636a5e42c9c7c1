//! Free-form maps: what was written as blocks, and what reads the same as blocks, is printed as blocks (SPEC-70 to SPEC-74).

use serde_json::{Map, Value};

use super::{Printed, Printer};
use crate::syntax::token::is_ident;

impl Printer {
    /// Prints what stands in a free-form map.
    pub(super) fn free(&mut self, members: &Map<String, Value>) -> Printed {
        let top = members.iter().find(|(_, value)| value.is_null());
        if let Some((key, _)) = top {
            return self.at(key, |printer| printer.refuse("a null here is read as nothing"));
        }
        self.free_body(members)
    }

    fn free_body(&mut self, members: &Map<String, Value>) -> Printed {
        for (key, value) in members {
            self.at(key, |printer| {
                if !is_ident(key) {
                    return printer.refuse("the key is no identifier");
                }
                match blocks(value) {
                    Some(_) => Ok(()),
                    None => {
                        let value = printer.free_argument(value)?;
                        printer.writer.argument(key, &value);
                        Ok(())
                    }
                }
            })?;
        }
        for (key, value) in members {
            let Some(blocks) = blocks(value) else { continue };
            for (index, block) in blocks.iter().enumerate() {
                self.at(format!("{key}[{index}]"), |printer| {
                    printer.block(key, None, |printer| printer.free_body(block))
                })?;
            }
        }
        Ok(())
    }

    /// The value of an argument. An object that stands alone would stand in a list if it were not in parentheses.
    fn free_argument(&self, value: &Value) -> Printed<String> {
        match value {
            Value::Object(members) => Ok(format!("({})", self.object(members)?)),
            other => self.free_value(other),
        }
    }

    fn free_value(&self, value: &Value) -> Printed<String> {
        match value {
            Value::Null => Ok("null".to_owned()),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Number(number) if number.is_f64() => self.float(number.as_f64().unwrap_or_default()),
            Value::Number(number) if number.as_i64().is_none() => self.refuse("the number would be read as a float"),
            Value::Number(number) => Ok(number.to_string()),
            Value::String(text) => self.line(text),
            Value::Array(elements) => {
                let printed: Vec<String> =
                    elements.iter().map(|element| self.free_value(element)).collect::<Printed<_>>()?;
                Ok(format!("[{}]", printed.join(", ")))
            }
            Value::Object(members) => self.object(members),
        }
    }

    /// A float in plain decimal. A whole one reads as an integer, which is the same job: opaque numbers are floats
    /// (MODEL-2).
    fn float(&self, value: f64) -> Printed<String> {
        Ok(format!("{value}"))
    }

    /// An object constructor in one line.
    pub(super) fn object(&self, members: &Map<String, Value>) -> Printed<String> {
        if members.is_empty() {
            return Ok("{}".to_owned());
        }
        let mut entries = Vec::with_capacity(members.len());
        for (key, value) in members {
            let key = if is_ident(key) && key != "for" { key.clone() } else { self.line(key)? };
            entries.push(format!("{key} = {}", self.free_value(value)?));
        }
        Ok(format!("{{ {} }}", entries.join(", ")))
    }

    /// A text in one line: inside of brackets a heredoc would not end.
    pub(super) fn line(&self, text: &str) -> Printed<String> {
        let printed = self.string(text)?;
        Ok(if printed.contains('\n') { super::text::in_quotes(text) } else { printed })
    }
}

/// The blocks that a value reads as: a list of objects, one at least.
fn blocks(value: &Value) -> Option<Vec<&Map<String, Value>>> {
    let elements = value.as_array().filter(|elements| !elements.is_empty())?;
    let objects: Vec<_> = elements.iter().map(Value::as_object).collect::<Option<_>>()?;
    objects.iter().all(|members| plain_keys(members)).then_some(objects)
}

/// Whether all keys are identifiers, at every depth that is printed as blocks.
fn plain_keys(members: &Map<String, Value>) -> bool {
    members.keys().all(|key| is_ident(key))
}
