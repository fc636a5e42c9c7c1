//! `variable` and `variables` blocks (SPEC-51 to SPEC-55).

use std::sync::Arc;

use super::validation::rule;
use super::{NOTHING, Source, Variable, Variables};
use crate::diagnostics::{Complaint, did_you_mean};
use crate::eval::Evaluator;
use crate::syntax::ast::{Argument, Block, Body, Expr, Item, Kind, Part};
use crate::syntax::{lone_expression_in, token::is_ident};
use crate::typespec;
use crate::value::{Type, Value, convert};

/// Declares what a block declares.
pub(crate) fn declare(evaluator: &mut Evaluator<'_>, variables: &mut Variables, block: &Block) {
    if &*block.kind.text == "variables" {
        for argument in arguments_only(evaluator, &block.body) {
            let value = evaluator.value(&argument.value, &NOTHING);
            let variable = Variable {
                kind: Some(value.kind()),
                value: Some((value, Source::Default, Some(argument.value.span))),
                rules: Vec::new(),
            };
            add(evaluator, variables, &argument.name.text, variable);
        }
        return;
    }
    let Some(label) = block.labels.first() else { return };
    if !is_ident(&label.text) {
        let message = format!("{:?} is no name of a variable", &*label.text);
        let complaint = Complaint::new("SPEC-52:name", label.span, message);
        evaluator.complain(
            complaint.help("a name starts with a letter or `_` and goes on with letters, digits, `_` and `-`"),
        );
        return;
    }
    let variable = variable(evaluator, &label.text, &block.body);
    add(evaluator, variables, &label.text, variable);
}

/// Adds a variable unless there is one of its name (SPEC-55).
fn add(evaluator: &mut Evaluator<'_>, variables: &mut Variables, name: &Arc<str>, variable: Variable) {
    if variables.contains_key(name) {
        evaluator.complain(Complaint::nowhere("SPEC-55:duplicate", format!("the variable `{name}` is declared twice")));
    } else {
        variables.insert(Arc::clone(name), variable);
    }
}

/// The arguments of a body that holds nothing else.
pub(crate) fn arguments_only<'b>(evaluator: &mut Evaluator<'_>, body: &'b Body) -> Vec<&'b Argument> {
    let mut arguments = Vec::new();
    for item in &body.items {
        match item {
            Item::Argument(argument) => arguments.push(argument),
            Item::Block(block) => {
                let message = format!("no block may stand here, but `{}` does", block.kind.text);
                let complaint = Complaint::new("SPEC-134:unexpected-block", block.kind.span, message);
                evaluator.complain(complaint.help(format!("for a map write `{} = {{ … }}`", block.kind.text)));
            }
        }
    }
    arguments
}

/// What a `variable` block declares (SPEC-52).
fn variable(evaluator: &mut Evaluator<'_>, name: &Arc<str>, body: &Body) -> Variable {
    let mut variable = Variable { kind: None, value: None, rules: Vec::new() };
    let mut default = None;
    for item in &body.items {
        match item {
            Item::Argument(argument) => match &*argument.name.text {
                "type" => match kind(evaluator, &argument.value, body.json) {
                    Ok(kind) => variable.kind = Some(kind),
                    Err(complaint) => evaluator.complain(complaint),
                },
                "default" => default = Some(&argument.value),
                "description" => description(evaluator, &argument.value),
                "validation" if body.json => {
                    for block in crate::decode::json_blocks(evaluator, &argument.name, &argument.value, 0) {
                        variable.rules.extend(rule(evaluator, name, &block));
                    }
                }
                other => {
                    let message = format!("there is no argument `{other}` here");
                    let complaint = Complaint::new("SPEC-134:unknown-argument", argument.name.span, message);
                    evaluator.complain(complaint.hint(did_you_mean(other, ["type", "default", "description"])));
                }
            },
            Item::Block(block) if &*block.kind.text == "validation" => {
                if crate::decode::labels_fit(evaluator, block, 0) {
                    variable.rules.extend(rule(evaluator, name, block));
                }
            }
            Item::Block(block) => {
                let message = format!("there is no block `{}` here", block.kind.text);
                let complaint = Complaint::new("SPEC-134:unknown-block", block.kind.span, message);
                evaluator.complain(complaint.hint(did_you_mean(&block.kind.text, ["validation"])));
            }
        }
    }
    if let Some(expr) = default {
        let value = default_value(evaluator, name, &mut variable, expr);
        variable.value = Some((value, Source::Default, Some(expr.span)));
    }
    variable
}

/// The default as one of the declared type; without one it declares its own exact type (SPEC-54).
fn default_value(evaluator: &mut Evaluator<'_>, name: &str, variable: &mut Variable, expr: &Expr) -> Value {
    let value = evaluator.value(expr, &NOTHING);
    if value.is_unknown() {
        return value;
    }
    match &variable.kind {
        None => {
            variable.kind = Some(value.kind());
            value
        }
        Some(kind) => match convert(&value, kind) {
            Ok(value) => value,
            Err(why) => {
                let message = format!("the default of the variable `{name}`: {why}");
                evaluator.fail(Complaint::new("SPEC-54:default", expr.span, message))
            }
        },
    }
}

/// The declared type; in JSON it is the text of one.
fn kind(evaluator: &Evaluator<'_>, expr: &Expr, json: bool) -> Result<Type, Complaint> {
    match &*expr.kind {
        Kind::Template(parts) if json => match &parts[..] {
            [Part::Text(text, span)] => {
                let place = crate::text::Span { start: span.start + 1, ..*span };
                let read = lone_expression_in(text, place, evaluator.limits);
                read.and_then(|expr| typespec::read(&expr, false))
            }
            _ => Err(Complaint::new("SPEC-53:type", expr.span, "this is no type")),
        },
        _ => typespec::read(expr, false),
    }
}

/// A description is text and nothing else.
fn description(evaluator: &mut Evaluator<'_>, expr: &Expr) {
    let value = evaluator.value(expr, &NOTHING);
    let text = convert(&value, &Type::Text);
    if value.is_unknown() || matches!(text, Ok(Value::Text(_) | Value::Null)) {
        return;
    }
    let message = format!("`description`: a string is needed, this is {}", value.noun());
    evaluator.complain(Complaint::new("SPEC-134:wrong-type", expr.start(), message));
}
