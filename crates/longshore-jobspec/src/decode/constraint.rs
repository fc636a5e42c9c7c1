//! `constraint` and `affinity`, with their shorthands (SPEC-78 to SPEC-82).

use num_traits::ToPrimitive;
use serde_json::{Value as Json, json};

use super::Decoder;
use crate::diagnostics::Complaint;
use crate::eval::Scope;
use crate::schema::{Attribute, Kind, Schema, a};
use crate::syntax::ast::{Body, Expr};
use crate::value::{Number, Type, Value, convert};

/// The arguments of a constraint, their kinds as far as the two blocks tell them apart.
pub(crate) static CONSTRAINT: Schema = Schema::of(&[
    a("attribute", Kind::SN),
    a("value", Kind::SN),
    a("operator", Kind::SN),
    a("version", Kind::SN),
    a("semver", Kind::SN),
    a("regexp", Kind::SN),
    a("set_contains", Kind::SN),
    a("set_contains_all", Kind::SN),
    a("set_contains_any", Kind::SN),
    a("distinct_property", Kind::SN),
    a("is_set", Kind::SN),
    a("is_not_set", Kind::SN),
    a("distinct_hosts", Kind::BN),
]);

/// The arguments of an affinity.
pub(crate) static AFFINITY: Schema = Schema::of(&[
    a("attribute", Kind::SN),
    a("value", Kind::SN),
    a("operator", Kind::SN),
    a("version", Kind::SN),
    a("semver", Kind::SN),
    a("regexp", Kind::SN),
    a("set_contains", Kind::SN),
    a("set_contains_all", Kind::SN),
    a("set_contains_any", Kind::SN),
    a("weight", Kind::IN),
]);

/// What the arguments of a block are, before they are put together.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) texts: Vec<(&'static str, String)>,
    distinct_hosts: Option<bool>,
    weight: Option<Number>,
}

/// The shorthands of a constraint, and of an affinity, that count, in the order in which they override.
const CONSTRAINT_SHORTHANDS: &[&str] = &["version", "semver", "regexp", "set_contains"];
const AFFINITY_SHORTHANDS: &[&str] =
    &["version", "semver", "regexp", "set_contains_any", "set_contains_all", "set_contains"];

impl Given {
    /// A text; empty if it was not given.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
    }

    /// The three parts, after the shorthands that count, in the order in which they override (SPEC-78, SPEC-81).
    fn parts(&self, shorthands: &[&str]) -> [String; 3] {
        let mut parts = ["attribute", "value", "operator"].map(|name| self.text(name).to_owned());
        for shorthand in shorthands {
            let value = self.text(shorthand);
            if !value.is_empty() {
                parts[1] = value.to_owned();
                parts[2] = (*shorthand).to_owned();
            }
        }
        parts
    }

    /// A constraint, after what says that hosts, or a property, must be distinct (SPEC-78). `distinct_hosts` is the
    /// right side that it gives.
    pub(crate) fn constraint(&self, distinct_hosts: Option<String>) -> Json {
        let [mut left, mut right, mut operand] = self.parts(CONSTRAINT_SHORTHANDS);
        if let Some(distinct) = distinct_hosts {
            right = distinct;
            "distinct_hosts".clone_into(&mut operand);
        }
        let property = self.text("distinct_property");
        if !property.is_empty() {
            property.clone_into(&mut left);
            "distinct_property".clone_into(&mut operand);
        }
        json!({ "LTarget": left, "RTarget": right, "Operand": or_equal(operand) })
    }

    /// An affinity (SPEC-81).
    pub(crate) fn affinity(&self, weight: Json) -> Json {
        let [left, right, operand] = self.parts(AFFINITY_SHORTHANDS);
        json!({ "LTarget": left, "RTarget": right, "Operand": or_equal(operand), "Weight": weight })
    }
}

/// An operand that is not given compares.
fn or_equal(operand: String) -> String {
    if operand.is_empty() { "=".to_owned() } else { operand }
}

impl Decoder<'_, '_> {
    /// SPEC-78. The shorthands that are missing here are accepted and mean nothing (SPEC-79).
    pub(super) fn constraint(&mut self, body: &Body, scope: &Scope<'_>) -> Json {
        let given = self.given(body, &CONSTRAINT, scope);
        given.constraint(given.distinct_hosts.map(|distinct| distinct.to_string()))
    }

    /// SPEC-81
    pub(super) fn affinity(&mut self, body: &Body, scope: &Scope<'_>) -> Json {
        let given = self.given(body, &AFFINITY, scope);
        // Cut off, then wrapped to eight bits, without a word.
        let weight = given.weight.as_ref().map(|weight| {
            let cut = if weight.is_negative() { weight.ceil() } else { weight.floor() };
            let low = cut.to_bigint().map(|whole| whole & num_bigint::BigInt::from(0xff)).and_then(|low| low.to_u8());
            low.unwrap_or(0) as i8
        });
        given.affinity(json!(weight))
    }

    /// The arguments; types are complained about in these blocks' own way (SPEC-82).
    fn given(&mut self, body: &Body, schema: &'static Schema, scope: &Scope<'_>) -> Given {
        let mut given = Given::default();
        for (attribute, argument) in self.items(body, schema, scope).arguments {
            let Some(value) = self.fitting(attribute, &argument.value, scope) else { continue };
            match value {
                Value::Text(text) => given.texts.push((attribute.name, text.to_string())),
                Value::Bool(value) => given.distinct_hosts = Some(value),
                Value::Number(number) => given.weight = Some(number),
                _ => {}
            }
        }
        given
    }

    fn fitting(&mut self, attribute: &Attribute, expr: &Expr, scope: &Scope<'_>) -> Option<Value> {
        let wanted = match attribute.kind {
            Kind::BN => Type::Bool,
            Kind::IN => Type::Number,
            _ => Type::Text,
        };
        let value = self.evaluator.value(expr, scope);
        if value.is_unknown() {
            return None;
        }
        match convert(&value, &wanted) {
            Ok(value) => Some(value),
            Err(why) => {
                let message = format!("`{}`: {why}", attribute.name);
                self.evaluator.complain(Complaint::new("SPEC-82:type", expr.span, message));
                None
            }
        }
    }
}
