//! The functions that expressions may call (SPEC-65): a table of names, parameters and what runs.

mod case;
mod collection;
mod csv;
mod date;
mod encoding;
mod file;
mod format;
mod hash;
mod json;
mod lazy;
mod network;
mod number;
mod range;
mod rsa;
mod set;
mod string;
mod yaml;

use crate::diagnostics::{Complaint, did_you_mean};
use crate::eval::{Evaluator, Scope, Unresolved};
use crate::syntax::ast::Call;
use crate::text::Span;
use crate::value::{Type, Value, convert};

/// A function: its parameters, and what it does with arguments that fit them.
pub(crate) struct Function {
    name: &'static str,
    parameters: &'static [Parameter],
    /// What any number of further arguments must fit.
    rest: Option<Parameter>,
    run: fn(&mut Host<'_, '_>, &[Value]) -> Answer,
}

/// What a function is told of one argument.
#[derive(Clone, Copy)]
struct Parameter {
    name: &'static str,
    kind: Accepts,
    null: bool,
}

/// What an argument is converted to.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Accepts {
    Text,
    Number,
    Anything,
    /// A list whose elements have one type.
    List,
    Texts,
    /// A set whose elements have one type.
    Set,
}

/// A result, or why there is none.
type Answer = Result<Value, Refusal>;

/// Why a function has no result.
#[derive(Debug)]
enum Refusal {
    /// One of its arguments, from 0, is not what it takes.
    Argument(usize, String),
    /// All of them together are not.
    Call(String),
    /// It reads files, and may not (SPEC-66).
    Files,
}

/// A refusal that blames no argument.
fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Call(why.into()))
}

/// A refusal that blames an argument.
fn blame<T>(index: usize, why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Argument(index, why.into()))
}

/// What a function may use beside its arguments.
pub(crate) struct Host<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    files_allowed: bool,
    span: Span,
}

impl Host<'_, '_> {
    /// Makes sure that a text of so many bytes may be made, before it is.
    fn room(&mut self, bytes: usize) -> Result<(), Refusal> {
        let weight = bytes as u64 / 16;
        if weight > self.evaluator.limits.value {
            return refuse(format!("the result would be longer than {} bytes", self.evaluator.limits.value * 16));
        }
        if self.evaluator.pay(weight, self.span) { Ok(()) } else { refuse("too much work") }
    }
}

const fn parameter(name: &'static str, kind: Accepts) -> Parameter {
    Parameter { name, kind, null: false }
}

const fn text(name: &'static str) -> Parameter {
    parameter(name, Accepts::Text)
}

const fn number(name: &'static str) -> Parameter {
    parameter(name, Accepts::Number)
}

const fn any(name: &'static str) -> Parameter {
    parameter(name, Accepts::Anything)
}

const fn or_null(parameter: Parameter) -> Parameter {
    Parameter { null: true, ..parameter }
}

/// A function that takes exactly these arguments.
const fn function(
    name: &'static str,
    parameters: &'static [Parameter],
    run: fn(&mut Host<'_, '_>, &[Value]) -> Answer,
) -> Function {
    Function { name, parameters, rest: None, run }
}

/// A function that takes more of the last kind.
const fn variadic(
    name: &'static str,
    parameters: &'static [Parameter],
    rest: Parameter,
    run: fn(&mut Host<'_, '_>, &[Value]) -> Answer,
) -> Function {
    Function { name, parameters, rest: Some(rest), run }
}

/// All tables.
const TABLES: &[&[Function]] = &[
    string::TABLE,
    case::TABLE,
    format::TABLE,
    collection::TABLE,
    set::TABLE,
    range::TABLE,
    number::TABLE,
    encoding::TABLE,
    csv::TABLE,
    json::TABLE,
    yaml::TABLE,
    hash::TABLE,
    rsa::TABLE,
    date::TABLE,
    network::TABLE,
    file::TABLE,
];

/// Every function's name.
fn names() -> impl Iterator<Item = &'static str> {
    TABLES.iter().flat_map(|table| table.iter()).map(|function| function.name).chain(lazy::NAMES.iter().copied())
}

/// Calls a function.
pub(crate) fn call(evaluator: &mut Evaluator<'_>, call: &Call, span: Span, scope: &Scope<'_>) -> Value {
    let name = &*call.name.text;
    if let Some(value) = lazy::call(evaluator, call, span, scope) {
        return value;
    }
    let Some(function) = TABLES.iter().flat_map(|table| table.iter()).find(|function| function.name == name) else {
        let message = format!("there is no function `{name}`");
        let complaint = Complaint::new("SPEC-134:unknown-function", call.name.span, message);
        return evaluator.fail(complaint.hint(did_you_mean(name, names())));
    };
    let Some(arguments) = evaluator.arguments(call, scope) else { return Value::Unknown };
    if let Some(complaint) = function.count(call, arguments.len(), arguments.get(function.parameters.len())) {
        return evaluator.fail(complaint);
    }
    let Some(values) = function.accept(evaluator, &arguments) else { return Value::Unknown };
    let weight = values.iter().fold(1u64, |sum, value| sum.saturating_add(value.size().weight));
    if !evaluator.pay(weight, span) {
        return Value::Unknown;
    }
    let files_allowed = scope.allows_files();
    let answer = (function.run)(&mut Host { evaluator, files_allowed, span }, &values);
    let complaint = match answer {
        Ok(value) => {
            return if evaluator.pay(value.size().weight, span) {
                evaluator.bounded(value, span)
            } else {
                Value::Unknown
            };
        }
        Err(Refusal::Argument(index, why)) => {
            let place = arguments.get(index).map_or(call.open, |(_, span)| *span);
            let parameter = function.parameter(index).map_or("", |parameter| parameter.name);
            Complaint::new("SPEC-134:bad-argument", place, format!("`{parameter}` of `{name}`: {why}"))
        }
        Err(Refusal::Call(why)) => Complaint::new("SPEC-65:call-failed", call.open, format!("`{name}`: {why}")),
        Err(Refusal::Files) => {
            let message = format!("`{name}`: no files may be read here");
            Complaint::new("SPEC-66:disabled", call.open, message)
        }
    };
    evaluator.fail(complaint)
}

impl Function {
    /// What an argument must fit.
    fn parameter(&self, index: usize) -> Option<&Parameter> {
        self.parameters.get(index).or(self.rest.as_ref())
    }

    /// The complaint about a wrong number of arguments.
    fn count(&self, call: &Call, given: usize, extra: Option<&(Value, Span)>) -> Option<Complaint> {
        let wanted = self.parameters.len();
        let complain = |span, message| Some(Complaint::new("SPEC-134:argument-count", span, message));
        if let Some(missing) = self.parameters.get(given) {
            let least = if self.rest.is_some() { "at least " } else { "" };
            let message = format!("`{}` takes {least}{wanted} arguments; `{}` is missing", self.name, missing.name);
            return complain(call.close, message);
        }
        if given > wanted && self.rest.is_none() {
            let place = extra.map_or(call.close, |(_, span)| *span);
            return complain(place, format!("`{}` takes {wanted} arguments, these are {given}", self.name));
        }
        None
    }

    /// The arguments as the parameters want them.
    fn accept(&self, evaluator: &mut Evaluator<'_>, arguments: &[(Value, Span)]) -> Option<Vec<Value>> {
        let mut values = Vec::with_capacity(arguments.len());
        let mut fits = true;
        for (index, (value, span)) in arguments.iter().enumerate() {
            let Some(parameter) = self.parameter(index) else { continue };
            if value.is_unknown() {
                fits = false;
                continue;
            }
            match parameter.accept(value) {
                Ok(value) => values.push(value),
                Err(why) => {
                    fits = false;
                    let message = format!("`{}` of `{}`: {why}", parameter.name, self.name);
                    evaluator.complain(Complaint::new("SPEC-134:bad-argument", *span, message));
                }
            }
        }
        fits.then_some(values)
    }
}

impl Parameter {
    /// The argument as this parameter wants it.
    fn accept(&self, value: &Value) -> Result<Value, String> {
        if matches!(value, Value::Null) {
            return if self.null { Ok(Value::Null) } else { Err("it must not be null".to_owned()) };
        }
        match self.kind {
            Accepts::Anything => Ok(value.clone()),
            Accepts::Text => convert(value, &Type::Text),
            Accepts::Number => convert(value, &Type::Number),
            Accepts::List => convert(value, &Type::list(Type::Any)),
            Accepts::Texts => convert(value, &Type::list(Type::Text)),
            Accepts::Set => convert(value, &Type::Set(Type::Any.into())),
        }
    }
}

impl Scope<'_> {
    /// Whether file functions may be called: never in conditions of variables (SPEC-67).
    fn allows_files(&self) -> bool {
        self.policy() == Unresolved::Runtime
    }
}

/// The text of an argument; its parameter makes sure that it is one.
fn string(values: &[Value], index: usize) -> &str {
    match values.get(index) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// The number of an argument; its parameter makes sure that it is one.
fn numeral(values: &[Value], index: usize) -> crate::value::Number {
    match values.get(index) {
        Some(Value::Number(number)) => number.clone(),
        _ => 0i64.into(),
    }
}

/// The whole number of an argument.
fn whole(values: &[Value], index: usize) -> Result<i64, Refusal> {
    let number = numeral(values, index);
    match number.to_i64() {
        Some(value) => Ok(value),
        None => refuse(format!("a whole number is needed, this is {number}")),
    }
}

/// The argument.
fn value(values: &[Value], index: usize) -> &Value {
    values.get(index).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_65_every_function_once() {
        let mut all: Vec<_> = names().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((count, all.len()), (83, 83));
    }
}
