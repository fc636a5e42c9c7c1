//! Functions of numbers.

use super::{Answer, Function, function, number, numeral, refuse, variadic};
use crate::value::{Number, Value};

pub(super) const TABLE: &[Function] = &[
    function("abs", &[number("num")], |_, values| Ok(Value::Number(numeral(values, 0).abs()))),
    function("ceil", &[number("num")], |_, values| Ok(Value::Number(numeral(values, 0).ceil()))),
    function("floor", &[number("num")], |_, values| Ok(Value::Number(numeral(values, 0).floor()))),
    function("log", &[number("num"), number("base")], |_, values| {
        let logarithm = |index| libm::log(numeral(values, index).to_f64());
        float(logarithm(0) / logarithm(1))
    }),
    function("pow", &[number("num"), number("power")], |_, values| {
        float(libm::pow(numeral(values, 0).to_f64(), numeral(values, 1).to_f64()))
    }),
    function("signum", &[number("num")], |_, values| {
        super::whole(values, 0).map(|value| Value::Number(Number::from(value.signum())))
    }),
    variadic("max", &[], number("numbers"), |_, values| extreme(values, Iterator::max)),
    variadic("min", &[], number("numbers"), |_, values| extreme(values, Iterator::min)),
];

/// A float as a number, unless it is none.
fn float(value: f64) -> Answer {
    Number::from_f64(value).map_or_else(|| refuse("this has no defined result"), |number| Ok(Value::Number(number)))
}

/// The greatest or the least.
fn extreme(values: &[Value], pick: fn(std::vec::IntoIter<Number>) -> Option<Number>) -> Answer {
    let numbers: Vec<Number> = (0..values.len()).map(|index| numeral(values, index)).collect();
    pick(numbers.into_iter()).map_or_else(|| refuse("there is no number"), |number| Ok(Value::Number(number)))
}
