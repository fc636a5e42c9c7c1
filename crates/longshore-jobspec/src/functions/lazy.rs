//! Functions whose arguments are looked at before they are evaluated: `try`, `can`, `convert`.

use crate::diagnostics::Complaint;
use crate::eval::{Evaluator, Scope};
use crate::syntax::ast::Call;
use crate::text::Span;
use crate::typespec;
use crate::value::{Value, convert};

pub(super) const NAMES: &[&str] = &["try", "can", "convert"];

/// Calls one of them; `None` if the name is another.
pub(super) fn call(evaluator: &mut Evaluator<'_>, call: &Call, span: Span, scope: &Scope<'_>) -> Option<Value> {
    match &*call.name.text {
        "try" => Some(first_without_error(evaluator, call, scope)),
        "can" => Some(succeeds(evaluator, call, scope)),
        "convert" => Some(converted(evaluator, call, span, scope)),
        _ => None,
    }
}

/// `try(e…)`: the first argument that evaluates.
fn first_without_error(evaluator: &mut Evaluator<'_>, call: &Call, scope: &Scope<'_>) -> Value {
    let mut last = None;
    for argument in &call.arguments {
        let (value, wrong) = evaluator.apart(|evaluator| evaluator.value(argument, scope));
        if evaluator.stopped() {
            return Value::Unknown;
        }
        if wrong.is_empty() && !value.is_unknown() {
            return value;
        }
        last = wrong.into_iter().next().or(last);
    }
    let message = match last {
        Some(complaint) => format!("`try`: every argument fails; the last: {}", complaint.message),
        None => "`try`: there is no argument".to_owned(),
    };
    evaluator.fail(Complaint::new("SPEC-65:call-failed", call.open, message))
}

/// `can(e)`: whether the argument evaluates.
fn succeeds(evaluator: &mut Evaluator<'_>, call: &Call, scope: &Scope<'_>) -> Value {
    let [argument] = &call.arguments[..] else {
        return evaluator.fail(count(call, 1));
    };
    let (value, wrong) = evaluator.apart(|evaluator| evaluator.value(argument, scope));
    if evaluator.stopped() { Value::Unknown } else { Value::Bool(wrong.is_empty() && !value.is_unknown()) }
}

/// `convert(value, type)`.
fn converted(evaluator: &mut Evaluator<'_>, call: &Call, span: Span, scope: &Scope<'_>) -> Value {
    let [argument, wanted] = &call.arguments[..] else {
        return evaluator.fail(count(call, 2));
    };
    let wanted_type = match typespec::read(wanted, true) {
        Ok(wanted) => wanted,
        Err(complaint) => return evaluator.fail(complaint),
    };
    let value = evaluator.value(argument, scope);
    if value.is_unknown() || !evaluator.pay(value.size().weight, span) {
        return Value::Unknown;
    }
    match convert(&value, &wanted_type) {
        Ok(value) => evaluator.bounded(value, span),
        Err(why) => {
            let message = format!("`value` of `convert`: {why}");
            evaluator.fail(Complaint::new("SPEC-134:bad-argument", argument.start(), message))
        }
    }
}

/// The complaint about a wrong number of arguments.
fn count(call: &Call, wanted: usize) -> Complaint {
    let place = call.arguments.get(wanted).map_or(call.close, |extra| extra.start());
    let message = format!("`{}` takes {wanted} arguments, these are {}", call.name.text, call.arguments.len());
    Complaint::new("SPEC-134:argument-count", place, message)
}
