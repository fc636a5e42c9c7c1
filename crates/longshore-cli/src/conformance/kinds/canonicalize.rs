//! `canonicalize`: documents and the jobs that they mean (MODEL-1 to MODEL-6, MODEL-14 to MODEL-37, MODEL-62 to MODEL-88).

use longshore_model::to_json;
use longshore_model::wire::Form;
use serde_json::{Value, json};

use super::super::compare::{Difference, Level, Rules, first_difference};
use super::{Case, Kind, pipeline};

pub(super) const KIND: Kind = Kind::new("canonicalize", answer).compared(compare);

/// The document is given as a value, or as text where the text itself matters.
fn answer(input: &Value) -> Result<Value, String> {
    let text = match (&input["text"], &input["job"]) {
        (Value::String(text), _) => text.clone(),
        (_, Value::Null) => return Err("the input has neither text nor job".to_owned()),
        (_, document) => document.to_string(),
    };
    Ok(match pipeline::canonical(&text) {
        Ok(job) => {
            let job: Value = serde_json::from_str(&to_json(&job, Form::Present)).map_err(|why| why.to_string())?;
            json!({ "job": job })
        }
        Err(refusal) => json!({ "error": refusal.code() }),
    })
}

/// Null and empty differ here; the member that a refusal names is left out, since it is informative only.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    let mut expect = case.expect.clone();
    if let Some(members) = expect.as_object_mut() {
        members.remove("member");
    }
    first_difference(&expect, got, &Rules::DEFAULT.with_empty_lists())
}
