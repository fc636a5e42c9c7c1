//! `jobspec_v1`: job files in the legacy dialect (SPEC-120 to SPEC-129, SPEC-160, SPEC-161).

use longshore_jobspec::{Options, parse_hcl1};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Kind, language};
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("jobspec_v1", answer).compared(compare);

#[derive(Deserialize)]
struct Input {
    text: String,
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    Ok(match parse_hcl1(&input.text, &Options::default()) {
        Ok(job) => json!({ "job": job }),
        Err(failure) => {
            let all = failure.diagnostics();
            let Some(first) = all.first() else { return Err("a failure without complaint".to_owned()) };
            let mut error = json!({ "code": first.code });
            if let Some(place) = first.place.as_ref().filter(|_| first.code == "SPEC-126:syntax") {
                error["line"] = place.start.line.into();
                error["column"] = place.start.column.into();
            }
            if first.code == "SPEC-125:invalid-key" {
                let text = |bytes: std::ops::Range<usize>| input.text.get(bytes).unwrap_or_default().trim_matches('"');
                let keys = all.iter().filter_map(|one| Some(text(one.place.as_ref()?.bytes.clone())));
                error["keys"] = keys.collect();
            }
            json!({ "error": error })
        }
    })
}

fn compare(case: &Case, got: &Value, level: Level) -> Option<Difference> {
    let expected = &case.expect;
    match (expected.get("error"), got.get("error")) {
        (Some(wanted), Some(error)) if level == Level::Ordinary => match wanted.get("line") {
            Some(line) => first_difference(line, &error["line"], &Rules::DEFAULT),
            None => None,
        },
        (Some(wanted), Some(error)) => {
            // Keys are a set, told in any order; the legacy dialect's columns are not worth much.
            let parts =
                |error: &Value| json!({ "code": error["code"], "line": error["line"], "keys": set(&error["keys"]) });
            first_difference(&parts(wanted), &parts(error), &Rules::DEFAULT)
        }
        (Some(_), None) | (None, Some(_)) => first_difference(expected, got, &Rules::DEFAULT),
        (None, None) => language::jobs(&expected["job"], &without_unset(&got["job"], &expected["job"]), "job"),
    }
}

/// The members of a list as a set.
fn set(keys: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = keys.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The answer without members that are unset in it and absent in what is expected: the old version did not have them.
fn without_unset(got: &Value, expected: &Value) -> Value {
    match (got, expected) {
        (Value::Object(members), Value::Object(wanted)) => {
            let unset = |value: &Value| *value == json!("") || *value == json!(0) || *value == json!(false);
            let kept = members.iter().filter(|(name, value)| wanted.contains_key(*name) || !unset(value));
            let members = kept.map(|(name, value)| {
                let inner = wanted.get(name).map_or_else(|| value.clone(), |wanted| without_unset(value, wanted));
                (name.clone(), inner)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        (Value::Array(elements), Value::Array(wanted)) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| {
                wanted.get(index).map_or_else(|| element.clone(), |wanted| without_unset(element, wanted))
            })
            .collect(),
        _ => got.clone(),
    }
}
