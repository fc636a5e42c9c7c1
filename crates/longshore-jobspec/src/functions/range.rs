//! `range`.

use super::{Answer, Function, Host, blame, number, numeral, refuse, variadic};
use crate::value::{Number, Type, Value};

pub(super) const TABLE: &[Function] = &[variadic("range", &[], number("params"), range)];

/// Most numbers that a range has.
const MOST: usize = 1_024;

/// Numbers from a start up to, and without, an end; without a step a falling interval counts down.
fn range(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let zero = Number::from(0i64);
    let (start, end) = match values.len() {
        1 => (zero.clone(), numeral(values, 0)),
        2 | 3 => (numeral(values, 0), numeral(values, 1)),
        other => return refuse(format!("one to three numbers are needed, these are {other}")),
    };
    let falling = end < start;
    let step = match values.len() {
        3 => numeral(values, 2),
        _ => Number::from(if falling { -1i64 } else { 1 }),
    };
    if step.is_zero() {
        return refuse("the step must not be zero");
    }
    if start != end && step.is_negative() != falling {
        return blame(2, "the step leads away from the end");
    }
    host.room(0)?;
    let mut numbers = Vec::new();
    let mut at = start;
    while if falling { at > end } else { at < end } {
        if numbers.len() >= MOST {
            return refuse(format!("a range has at most {MOST} numbers"));
        }
        numbers.push(Value::Number(at.clone()));
        match at.plus(&step) {
            Some(next) if next != at => at = next,
            _ => return refuse("the step is too small to lead anywhere"),
        }
    }
    Ok(Value::list(Type::Number, numbers))
}
