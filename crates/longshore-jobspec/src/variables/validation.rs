//! `validation` blocks (SPEC-62, SPEC-63).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{NOTHING, Source};
use crate::diagnostics::{Complaint, did_you_mean};
use crate::eval::{Evaluator, Scope, Unresolved};
use crate::syntax::ast::{Argument, Block, Expr, Item};
use crate::syntax::references::references;
use crate::text::Span;
use crate::value::{Type, Value, convert};

/// A condition that a variable's value must meet.
#[derive(Debug)]
pub(crate) struct Rule {
    condition: Expr,
    message: String,
}

/// The rule of a block, unless something is wrong with it.
pub(super) fn rule(evaluator: &mut Evaluator<'_>, name: &Arc<str>, block: &Block) -> Option<Rule> {
    let body = &block.body;
    let mut given: BTreeMap<&str, &Argument> = BTreeMap::new();
    for item in &body.items {
        match item {
            Item::Argument(argument) if matches!(&*argument.name.text, "condition" | "error_message") => {
                given.insert(&argument.name.text, argument);
            }
            Item::Argument(argument) => {
                let message = format!("there is no argument `{}` here", argument.name.text);
                let complaint = Complaint::new("SPEC-134:unknown-argument", argument.name.span, message);
                evaluator.complain(complaint.hint(did_you_mean(&argument.name.text, ["condition", "error_message"])));
            }
            Item::Block(inner) => {
                let message = format!("there is no block `{}` here", inner.kind.text);
                evaluator.complain(Complaint::new("SPEC-134:unknown-block", inner.kind.span, message));
            }
        }
    }
    for missing in ["condition", "error_message"].iter().filter(|wanted| !given.contains_key(**wanted)) {
        let message = format!("the argument `{missing}` is missing");
        evaluator.complain(Complaint::new("SPEC-134:missing-required", body.open.before(), message));
    }
    let message = given.get("error_message").and_then(|argument| error_message(evaluator, &argument.value));
    let condition = given.get("condition").filter(|argument| refers(evaluator, name, &argument.value));
    Some(Rule { condition: condition?.value.clone(), message: message? })
}

/// The text that people read when a value is refused.
fn error_message(evaluator: &mut Evaluator<'_>, expr: &Expr) -> Option<String> {
    let value = evaluator.value(expr, &NOTHING);
    match convert(&value, &Type::Text) {
        Ok(Value::Text(text)) if text.trim().is_empty() => {
            let message = "the message is empty; say what would be right";
            evaluator.complain(Complaint::new("SPEC-63:blank", expr.span, message));
            None
        }
        Ok(Value::Text(text)) => Some(text.to_string()),
        Ok(_) if value.is_unknown() => None,
        _ => {
            let message = format!("`error_message`: a string is needed, this is {}", value.noun());
            evaluator.complain(Complaint::new("SPEC-134:wrong-type", expr.start(), message));
            None
        }
    }
}

/// Whether a condition refers to its variable, and to nothing else.
fn refers(evaluator: &mut Evaluator<'_>, name: &str, condition: &Expr) -> bool {
    let all = references(condition);
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.attribute_of("var") == Some(name));
    for other in &others {
        let message = "a condition may refer to its own variable only";
        let complaint = Complaint::new("SPEC-62:reference", other.expr.span, message);
        evaluator.complain(complaint.help(format!("that is `var.{name}`")));
    }
    if own.is_empty() {
        let message = format!("the condition does not test the variable; it must refer to `var.{name}`");
        evaluator.complain(Complaint::new("SPEC-62:condition", condition.span, message));
    }
    others.is_empty() && !own.is_empty()
}

impl Rule {
    /// Complains if a value does not meet the condition.
    pub(super) fn check(
        &self,
        evaluator: &mut Evaluator<'_>,
        name: &Arc<str>,
        value: &Value,
        source: Source,
        span: Option<Span>,
    ) {
        let var = Value::object(BTreeMap::from([(Arc::clone(name), value.clone())]));
        let names = [("var".into(), var)];
        let result = evaluator.value(&self.condition, &Scope::root(&names, Unresolved::Validation));
        match convert(&result, &Type::Bool) {
            Ok(Value::Bool(true)) => {}
            Ok(Value::Bool(false)) => {
                let from = match source {
                    Source::Default => "default",
                    Source::Environment => "value from the environment",
                    Source::File => "value from a file",
                    Source::Argument => "value from an argument",
                };
                let message = format!("the {from} of the variable `{name}` is refused: {}", self.message);
                let mut complaint = Complaint::nowhere("SPEC-62:failed", message).related(self.condition.span);
                complaint.span = span;
                evaluator.complain(complaint);
            }
            _ if result.is_unknown() => {}
            _ => {
                let message = format!("a condition is true or false, this is {}", result.noun());
                evaluator.complain(Complaint::new("SPEC-62:result", self.condition.span, message));
            }
        }
    }
}
