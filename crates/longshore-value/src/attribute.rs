//! Typed values with units, as devices have them and constraints name them (FEAS-141 to FEAS-144).

mod exact;
mod unit;

use std::cmp::Ordering;
use std::fmt;

use crate::number::{boolean, float, integer};
use exact::Exact;

pub use unit::{Base, Unit};

/// A value and perhaps its unit.
///
/// ```
/// use longshore_value::{Attribute, Unit};
/// let memory = Attribute::parse("11 GiB");
/// assert_eq!(memory.compare(&Attribute::parse("11264 MiB")), Some(std::cmp::Ordering::Equal));
/// assert_eq!(memory.compare(&Attribute::parse("11")), None);
/// assert_eq!(memory.amount_in(Unit::named("MiB").unwrap()), Some(11264.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The value.
    pub value: Value,
    /// The unit of a number, if it has one that is known.
    pub unit: Option<Unit>,
}

/// A value of one of four types.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    String(String),
}

impl Attribute {
    /// A value with the unit of a name; a name that is no unit counts as none (FEAS-143).
    pub fn new(value: Value, unit: &str) -> Attribute {
        Attribute { value, unit: Unit::named(unit) }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Attribute {
        Attribute { value: Value::String(text.into()), unit: None }
    }

    /// Reads a literal (FEAS-141): a number, perhaps with a unit behind it, else a truth value, else the text itself.
    ///
    /// ```
    /// use longshore_value::{Attribute, Value};
    /// assert_eq!(Attribute::parse("T").value, Value::Bool(true));
    /// assert_eq!(Attribute::parse(".98   GiB/s").value, Value::Float(0.98));
    /// assert_eq!(Attribute::parse("5 apples").value, Value::String("5 apples".into()));
    /// ```
    pub fn parse(text: &str) -> Attribute {
        let unit = Unit::at_end_of(text);
        let number = match unit {
            Some(unit) => text.strip_suffix(unit.name()).unwrap_or(text).trim(),
            None => text,
        };
        if let Some(value) = integer(number).map(Value::Int).or_else(|| float(number).map(Value::Float)) {
            return Attribute { value, unit };
        }
        let value = boolean(text).map_or_else(|| Value::String(text.to_owned()), Value::Bool);
        Attribute { value, unit: None }
    }

    /// How this compares to another; `None` if nothing can be said (FEAS-143, FEAS-144).
    ///
    /// Numbers compare if both have units of one base, or neither has one. Two whole numbers are brought to the base in
    /// 64 bits, as the reference does: what overflows wraps, and milliwatts are cut to watts. If one is floating-point,
    /// they compare exactly. Texts compare byte by byte. Of two truth values that differ, *either* is the greater.
    pub fn compare(&self, other: &Attribute) -> Option<Ordering> {
        if self.unit.map(Unit::base) != other.unit.map(Unit::base) {
            return None;
        }
        match (&self.value, &other.value) {
            (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
            (Value::Bool(left), Value::Bool(right)) if left == right => Some(Ordering::Equal),
            (Value::Bool(_), Value::Bool(_)) => Some(Ordering::Greater),
            (Value::Int(left), Value::Int(right)) => Some(in_base(*left, self.unit).cmp(&in_base(*right, other.unit))),
            (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
                // Instead of dividing the left by its divisor, the right is multiplied by it.
                let (left, right) = (self.scaled(other.unit)?, other.scaled(self.unit)?);
                Some(left.cmp(&right))
            }
            _ => None,
        }
    }

    /// The number in another unit of the same base, rounded to the nearest that is floating-point; `None` for what is
    /// no number, or has no unit of that base.
    pub fn amount_in(&self, unit: Unit) -> Option<f64> {
        let own = self.unit.filter(|own| own.base() == unit.base())?;
        let number = match self.value {
            Value::Int(number) => number as f64,
            Value::Float(number) => number,
            Value::Bool(_) | Value::String(_) => return None,
        };
        let factor = |unit: Unit| unit.multiplier() as f64 / unit.divisor() as f64;
        Some(if own == unit { number } else { number * factor(own) / factor(unit) })
    }

    /// The number in its base times the other unit's divisor; `None` for NaN and for what is no number.
    fn scaled(&self, other: Option<Unit>) -> Option<Exact> {
        let number = match self.value {
            Value::Int(number) => Exact::from_int(number),
            Value::Float(number) => Exact::from_float(number)?,
            Value::Bool(_) | Value::String(_) => return None,
        };
        Some(number.times(self.unit.map_or(1, Unit::multiplier)).times(other.map_or(1, Unit::divisor)))
    }
}

/// A whole number in its base, in 64 bits (FEAS-144).
fn in_base(number: i64, unit: Option<Unit>) -> i64 {
    let Some(unit) = unit else { return number };
    // Both factors are below 2^63, and the divisor is not nought.
    number.wrapping_mul(unit.multiplier() as i64).wrapping_div(unit.divisor() as i64)
}

/// As it is read back: the number, a blank and the unit, or the text.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Int(number) => write!(f, "{number}")?,
            // With a point, so that it does not read as a whole number.
            Value::Float(number) => write!(f, "{number:?}")?,
            Value::Bool(truth) => write!(f, "{truth}")?,
            Value::String(text) => f.write_str(text)?,
        }
        self.unit.map_or(Ok(()), |unit| write!(f, " {}", unit.name()))
    }
}

#[cfg(test)]
mod tests;
