//! `duration`: spans of time read and printed (SPEC-105, SPEC-106, MODEL-10).
//!
//! The third form is an expression of job files.

use longshore_value::duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("duration", answer);

/// The questions; the member tells which is asked.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Input {
    Text(String),
    Ns(i64),
    Expression(String),
}

fn answer(input: &Value) -> Result<Value, String> {
    match super::input(input)? {
        Input::Text(text) => Ok(match duration::parse(&text) {
            Ok(nanos) => json!({ "ns": nanos }),
            Err(why) => json!({ "error": format!("{}:duration", why.code()) }),
        }),
        Input::Ns(nanos) => Ok(json!({ "text": duration::print(nanos) })),
        Input::Expression(text) => Ok(match longshore_jobspec::kill_timeout(&text) {
            Ok(nanos) => json!({ "ns": nanos }),
            Err(failure) => json!({ "error": failure.diagnostics().first().map(|one| one.code) }),
        }),
    }
}
