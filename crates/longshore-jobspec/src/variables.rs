//! Variables: declarations, where their values come from, validation (SPEC-50 to SPEC-63).

mod declaration;
mod validation;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::{Complaint, did_you_mean};
use crate::eval::{Evaluator, Scope, Unresolved};
use crate::options::Options;
use crate::syntax::ast::{Body, Expr, Item};
use crate::syntax::read_expression;
use crate::text::{Span, Texts};
use crate::value::{Type, Value, convert};

pub(crate) use declaration::{arguments_only, declare};
use validation::Rule;

/// The prefix of environment entries that are values.
pub(crate) const PREFIX: &str = "NOMAD_VAR_";

/// A declared variable.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Its declared type, or the exact type of its default.
    pub(crate) kind: Option<Type>,
    /// Its value so far, and where it comes from.
    value: Option<(Value, Source, Option<Span>)>,
    rules: Vec<Rule>,
}

/// Where a value comes from, the weakest first (SPEC-57).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Source {
    Default,
    Environment,
    File,
    Argument,
}

/// All declared variables by name.
pub(crate) type Variables = BTreeMap<Arc<str>, Variable>;

impl Variable {
    /// Whether values are texts that are taken as they are (SPEC-58).
    fn is_literal(&self) -> bool {
        match &self.kind {
            Some(kind) => matches!(kind, Type::Text | Type::Number),
            None => true,
        }
    }

    /// Whether its values are lists, maps and the like (SPEC-19).
    pub(crate) fn is_complex(&self) -> bool {
        self.kind.as_ref().is_some_and(|kind| !kind.is_plain() && *kind != Type::Any)
    }
}

/// The scope of what may refer to nothing and call nothing (SPEC-45).
pub(crate) const NOTHING: Scope<'static> = Scope::root(&[], Unresolved::Refused);

/// An expression, or what is wrong with it.
type Parsed = Result<Expr, Vec<Complaint>>;

type GivenValue = (Arc<str>, Arc<str>, Source, Option<Parsed>);

/// Texts of values that are expressions; they are added to all texts before anything is evaluated.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Name, text, whether it was an argument, and the expression if it is one.
    values: Vec<GivenValue>,
}

/// Reads the values that environment and arguments give to declared variables.
pub(crate) fn given(texts: &mut Texts, variables: &Variables, options: &Options<'_>) -> Given {
    let environment = options.environment.iter().filter_map(|(key, value)| {
        let name = key.strip_prefix(PREFIX)?;
        variables.contains_key(name).then_some((name, *value, Source::Environment))
    });
    let arguments = options.arguments.iter().filter_map(|(name, value)| Some((*name, (*value)?, Source::Argument)));
    let mut given = Given::default();
    for (name, text, source) in environment.chain(arguments) {
        let expression = match variables.get(name) {
            Some(variable) if !variable.is_literal() => {
                let id = texts.add(&format!("var:{name}"), text);
                Some(read_expression(texts, id, &options.limits))
            }
            _ => None,
        };
        given.values.push((name.into(), text.into(), source, expression));
    }
    given
}

/// Sets all values; the stronger source wins (SPEC-57).
pub(crate) fn set(
    evaluator: &mut Evaluator<'_>,
    variables: &mut Variables,
    given: &Given,
    files: &[Body],
    strict: bool,
) {
    set_given(evaluator, variables, given, Source::Environment, strict);
    for file in files {
        set_file(evaluator, variables, file, strict);
    }
    set_given(evaluator, variables, given, Source::Argument, strict);
}

/// Sets what environment or arguments give.
fn set_given(evaluator: &mut Evaluator<'_>, variables: &mut Variables, given: &Given, from: Source, strict: bool) {
    for (name, text, source, expression) in given.values.iter().filter(|(_, _, source, _)| *source == from) {
        let Some(variable) = variables.get_mut(name) else {
            let known = variables.keys().map(|key| &**key);
            let message = format!("a value is given to the variable `{name}`, which nobody declares");
            let complaint = Complaint::nowhere("SPEC-60:arg", message).hint(did_you_mean(name, known));
            evaluator.complain(if strict { complaint } else { complaint.warning() });
            continue;
        };
        let (value, span) = match expression {
            None => (Value::text(text), None),
            Some(Ok(expr)) => (evaluator.value(expr, &NOTHING), Some(expr.span)),
            Some(Err(complaints)) => {
                complaints.iter().for_each(|complaint| evaluator.complain(complaint.clone()));
                (Value::Unknown, None)
            }
        };
        let code = if *source == Source::Argument { "SPEC-59:arg" } else { "SPEC-59:value" };
        let value = fitting(evaluator, name, variable, value, code, span);
        variable.value = Some((value, *source, span));
    }
}

/// Sets what a variable file gives.
fn set_file(evaluator: &mut Evaluator<'_>, variables: &mut Variables, file: &Body, strict: bool) {
    for item in &file.items {
        let argument = match item {
            Item::Argument(argument) => argument,
            Item::Block(block) => {
                evaluator.complain(match &*block.kind.text {
                    "variable" => {
                        let message = "variables are declared in job files; this file gives values: `name = value`";
                        Complaint::new("SPEC-61:declaration", block.kind.span, message)
                    }
                    other => {
                        let message = format!("a variable file holds `name = value` only, no block `{other}`");
                        Complaint::new("SPEC-134:unexpected-block", block.kind.span, message)
                    }
                });
                continue;
            }
        };
        let name = &argument.name.text;
        let Some(variable) = variables.get_mut(name) else {
            let known = variables.keys().map(|key| &**key);
            let message = format!("a value is given to the variable `{name}`, which nobody declares");
            let complaint = Complaint::nowhere("SPEC-60:file", message).hint(did_you_mean(name, known));
            evaluator.complain(if strict { complaint } else { complaint.warning() });
            continue;
        };
        let span = argument.value.span;
        let value = evaluator.value(&argument.value, &NOTHING);
        let value = fitting(evaluator, name, variable, value, "SPEC-59:value", Some(span));
        variable.value = Some((value, Source::File, Some(span)));
    }
}

/// The value as one of the variable's type.
fn fitting(
    evaluator: &mut Evaluator<'_>,
    name: &str,
    variable: &Variable,
    value: Value,
    code: &'static str,
    span: Option<Span>,
) -> Value {
    let Some(kind) = variable.kind.as_ref().filter(|_| !value.is_unknown()) else { return value };
    match convert(&value, kind) {
        Ok(value) => value,
        Err(why) => {
            let mut complaint = Complaint::nowhere(code, format!("the value of the variable `{name}`: {why}"));
            complaint.span = span;
            evaluator.fail(complaint)
        }
    }
}

/// The object `var`; complains about variables without value, and about rules that do not hold (SPEC-56, SPEC-62).
pub(crate) fn object(evaluator: &mut Evaluator<'_>, variables: &Variables) -> Value {
    let mut members = BTreeMap::new();
    for (name, variable) in variables {
        let Some((value, source, span)) = &variable.value else {
            let message = format!("the variable `{name}` has no value");
            let help = format!("give it one by argument, file or environment ({PREFIX}{name}), or give it a `default`");
            evaluator.complain(Complaint::nowhere("SPEC-56:unset", message).help(help));
            continue;
        };
        if !value.is_unknown() {
            variable.rules.iter().for_each(|rule| rule.check(evaluator, name, value, *source, *span));
        }
        members.insert(Arc::clone(name), value.clone());
    }
    Value::object(members)
}
