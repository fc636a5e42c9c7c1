//! Opaque values: what the model keeps without looking into it, such as a driver's configuration.
//!
//! Their numbers are float64 (MODEL-2), so `1`, `1.0` and `1e0` are one value, whoever wrote it.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Number, Value};

use crate::wire::{Form, NullableVisit, Wire, nullable};

/// Makes every number within a value a float64 (MODEL-2), as decoding does.
///
/// ```
/// use serde_json::json;
/// let mut value = json!({"ports": [80, 1.5]});
/// longshore_model::plain_numbers(&mut value);
/// assert_eq!(value, json!({"ports": [80.0, 1.5]}));
/// ```
pub fn plain_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if !number.is_f64() => {
            // Every integer of a `Number` has a nearest float64.
            if let Some(float) = number.as_f64().and_then(Number::from_f64) {
                *number = float;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain_numbers),
        Value::Object(members) => members.values_mut().for_each(plain_numbers),
        _ => {}
    }
}

impl Wire for Value {
    const NULLABLE: bool = true;
    fn decode<'de, D: Deserializer<'de>>(&mut self, from: D) -> Result<(), D::Error> {
        struct Any;
        impl<'de> NullableVisit<'de, Value> for Any {
            fn visit<D: Deserializer<'de>>(self, place: &mut Value, from: D) -> Result<(), D::Error> {
                *place = Value::deserialize(from)?;
                plain_numbers(place);
                Ok(())
            }
        }
        nullable(from, self, Any)
    }
    fn encode<S: Serializer>(&self, to: S, _: Form) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { Readable(self).serialize(to) } else { self.serialize(to) }
    }
    fn is_zero(&self) -> bool {
        self.is_null()
    }
    fn is_null(&self) -> bool {
        Value::is_null(self)
    }
}

/// Writes whole numbers without a fraction, as people do.
struct Readable<'a>(&'a Value);

impl Serialize for Readable<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Number(number) => match number.as_f64().and_then(whole) {
                Some(whole) => to.serialize_i64(whole),
                None => number.serialize(to),
            },
            Value::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Readable(item))?;
                }
                list.end()
            }
            Value::Object(members) => {
                let mut object = to.serialize_map(Some(members.len()))?;
                for (name, member) in members {
                    object.serialize_entry(name, &Readable(member))?;
                }
                object.end()
            }
            other => other.serialize(to),
        }
    }
}

/// The integer that a float64 is, if it is one that every reader knows exactly.
fn whole(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2⁵³
    let negative_zero = float == 0.0 && float.is_sign_negative();
    (float.trunc() == float && float.abs() <= EXACT && !negative_zero).then_some(float as i64)
}
