//! Free-form maps: `config`, `policy` (SPEC-17, SPEC-70 to SPEC-75).

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::Decoder;
use crate::diagnostics::Complaint;
use crate::eval::{Evaluator, Scope};
use crate::syntax::ast::{Body, Expr, Item};
use crate::text::Span;
use crate::value::Value;

impl Decoder<'_, '_> {
    /// Everything in a body, as it stands. Complaints are those of the last stage.
    pub(super) fn free(&mut self, body: &Body, scope: &Scope<'_>) -> Map<String, Json> {
        let (mut members, wrong) = self.evaluator.apart(|evaluator| free_body(evaluator, body, scope));
        self.maps.extend(wrong);
        // SPEC-74
        members.retain(|_, value| !value.is_null());
        members
    }
}

/// A body and the blocks in it; depth of texts is bounded, see `Parser`.
fn free_body(evaluator: &mut Evaluator<'_>, body: &Body, scope: &Scope<'_>) -> Map<String, Json> {
    let mut members = Map::new();
    let mut blocks: BTreeSet<&str> = BTreeSet::new();
    for item in &body.items {
        match item {
            Item::Argument(argument) => {
                let name = &*argument.name.text;
                let value = free_value(evaluator, &argument.value, body.json, scope);
                if !blocks.contains(name) {
                    members.insert(name.to_owned(), value);
                }
            }
            Item::Block(block) => {
                let name = &*block.kind.text;
                let inner = Json::Object(free_body(evaluator, &block.body, scope));
                // SPEC-71: each label a level, each level a list.
                let labelled = block.labels.iter().rev().fold(inner, |inner, label| {
                    Json::Object(Map::from_iter([(label.text.to_string(), Json::Array(vec![inner]))]))
                });
                // SPEC-72: an argument of the same name goes.
                if blocks.insert(name) {
                    members.remove(name);
                }
                match members.get_mut(name) {
                    Some(Json::Array(list)) => list.push(labelled),
                    _ => drop(members.insert(name.to_owned(), Json::Array(vec![labelled]))),
                }
            }
        }
    }
    members
}

/// The value of an argument; what is written as an object stands in a list (SPEC-70).
fn free_value(evaluator: &mut Evaluator<'_>, expr: &Expr, json: bool, scope: &Scope<'_>) -> Json {
    let value = evaluator.value(expr, scope);
    if !evaluator.pay(value.size().weight, expr.span) {
        return Json::Null;
    }
    let value = emit(evaluator, &value, expr.span);
    if expr.is_object_constructor() && !json && value.is_object() { Json::Array(vec![value]) } else { value }
}

/// A value as JSON (SPEC-73).
fn emit(evaluator: &mut Evaluator<'_>, value: &Value, span: Span) -> Json {
    match value {
        Value::Unknown | Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => match number.to_i64() {
            Some(whole) => Json::from(whole),
            None => match serde_json::Number::from_f64(number.to_f64()) {
                Some(number) => Json::Number(number),
                None => {
                    let message = "this number is infinite, or beyond what JSON readers take";
                    evaluator.complain(Complaint::new("SPEC-25:infinite", span, message));
                    Json::Null
                }
            },
        },
        Value::Text(text) => Json::from(&**text),
        other => match (other.elements(), other.members()) {
            (Some(elements), _) => elements.iter().map(|element| emit(evaluator, element, span)).collect(),
            (_, Some(members)) => {
                let members = members.iter().map(|(key, value)| (key.to_string(), emit(evaluator, value, span)));
                Json::Object(members.collect())
            }
            _ => Json::Null,
        },
    }
}
