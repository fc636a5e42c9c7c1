//! Maps of texts: `meta`, `env` and their like (SPEC-76, SPEC-77).

use serde_json::{Map, Value as Json};

use super::Decoder;
use super::attribute::{map, member};
use crate::diagnostics::Complaint;
use crate::eval::Scope;
use crate::schema::Kind;
use crate::syntax::ast::{Body, Expr, Item};

impl Decoder<'_, '_> {
    /// A block of names and texts.
    pub(super) fn texts(&mut self, body: &Body, scope: &Scope<'_>) -> Option<Json> {
        self.named(body, Kind::S, scope)
    }

    /// A block of names and lists of texts.
    pub(super) fn text_lists(&mut self, body: &Body, scope: &Scope<'_>) -> Option<Json> {
        self.named(body, Kind::L, scope)
    }

    fn named(&mut self, body: &Body, kind: Kind, scope: &Scope<'_>) -> Option<Json> {
        let mut members = Map::new();
        for item in &body.items {
            let argument = match item {
                Item::Argument(argument) => argument,
                Item::Block(block) => {
                    let message = format!("`{}`: a string is needed, this is a block", block.kind.text);
                    self.evaluator.complain(Complaint::new("SPEC-134:wrong-type", block.body.open, message));
                    continue;
                }
            };
            let value = self.evaluator.value(&argument.value, scope);
            if value.is_unknown() || !self.evaluator.pay(1, argument.value.span) {
                continue;
            }
            match member(kind, &value) {
                Ok(json) => drop(members.insert(argument.name.text.to_string(), json)),
                Err((code, why)) => {
                    let message = format!("`{}`: {why}", argument.name.text);
                    self.evaluator.complain(Complaint::new(code, argument.value.start(), message));
                }
            }
        }
        Some(Json::Object(members))
    }

    /// An argument that holds a map of texts; null is as absent.
    pub(super) fn texts_argument(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Json> {
        let value = self.evaluator.value(expr, scope);
        if value.is_unknown() {
            return None;
        }
        if matches!(value, crate::value::Value::Null) {
            return Some(Json::Null);
        }
        match map(&value) {
            Ok(json) => Some(json),
            Err((code, why)) => {
                self.evaluator.complain(Complaint::new(code, expr.start(), why));
                None
            }
        }
    }
}
