//! What the language kinds share: diagnostics as cases write them, and how they and jobs compare.

use std::collections::BTreeSet;

use longshore_jobspec::{Diagnostic, Severity, to_document};
use longshore_model::to_json;
use longshore_model::wire::Form;
use serde_json::{Map, Value, json};

use crate::conformance::compare::{Difference, Level, Rules, first_difference};

/// Codes of complaints that only follow from another one on their line; either side may leave them out.
const FOLLOWING: [&str; 5] =
    ["SPEC-134:wrong-type", "SPEC-106:duration-type", "SPEC-107:null-duration", "SPEC-82:type", "SPEC-104:null"];

/// The job after canonicalization (SPEC-150 to SPEC-157).
pub(super) fn canonical(job: &Map<String, Value>) -> Result<Value, String> {
    let mut document = to_document(job).map_err(|why| why.to_string())?;
    document.fill_defaults();
    serde_json::from_str(&to_json(&document, Form::Present)).map_err(|why| why.to_string())
}

/// Errors as cases write them; a file is named unless it is the text itself.
pub(super) fn diagnostics<'d>(all: impl IntoIterator<Item = &'d Diagnostic>) -> Value {
    let errors = all.into_iter().filter(|one| one.severity == Severity::Error);
    errors
        .map(|one| {
            let mut entry = json!({ "code": one.code });
            if let Some(place) = &one.place {
                entry["line"] = place.start.line.into();
                entry["column"] = place.start.column.into();
                if !place.main {
                    entry["file"] = Value::from(&*place.file);
                }
            }
            entry
        })
        .collect()
}

/// The first difference of two jobs: null is absent, except in free-form maps; an empty list is not.
pub(super) fn jobs(expected: &Value, got: &Value, path: &str) -> Option<Difference> {
    let rules = Rules::DEFAULT.with_empty_lists().with_scores(&["Config", "Policy"]);
    let mut difference = first_difference(&without_nulls(expected, false), &without_nulls(got, false), &rules)?;
    difference.path = format!("{path}.{}", difference.path);
    Some(difference)
}

/// A value without its null members; in free-form maps nulls become something that only equals itself.
fn without_nulls(value: &Value, free: bool) -> Value {
    match value {
        Value::Null if free => json!({ "": "null" }),
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| free || !value.is_null());
            let members = kept
                .map(|(key, value)| (key.clone(), without_nulls(value, free || key == "Config" || key == "Policy")));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(elements) => elements.iter().map(|element| without_nulls(element, free)).collect(),
        other => other.clone(),
    }
}

/// The first difference of two lists of complaints.
pub(super) fn complaints(expected: &Value, got: &Value, level: Level) -> Option<Difference> {
    let differs =
        || Some(Difference { path: "error".to_owned(), expected: Some(expected.clone()), got: Some(got.clone()) });
    if got.is_null() {
        return differs();
    }
    let syntax = matches!(expected["stage"].as_str(), Some("syntax" | "var_file" | "var_content"));
    let alike = match (level, expected.get("codes")) {
        (Level::Strict, Some(codes)) => set(codes) == codes_of(&got["diagnostics"]),
        (Level::Strict, None) if syntax => {
            let first = |list: &Value| Some(place(list.get(0)?.clone()));
            first(&expected["diagnostics"]) == first(&got["diagnostics"])
        }
        (Level::Strict, None) => leading(&expected["diagnostics"]) == leading(&got["diagnostics"]),
        (Level::Ordinary, _) => {
            let wanted = expected["diagnostics"].get(0).and_then(|first| first.get("line"));
            wanted.is_none_or(|line| got["diagnostics"].get(0).and_then(|first| first.get("line")) == Some(line))
        }
    };
    if alike { None } else { differs() }
}

/// An entry's code and place.
fn place(entry: Value) -> String {
    let part = |name: &str| entry.get(name).map(Value::to_string).unwrap_or_default();
    format!("{} {} {}:{}", part("code"), part("file"), part("line"), part("column"))
}

fn set(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn codes_of(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(|entry| entry["code"].as_str()).map(str::to_owned).collect()
}

/// The entries that do not merely follow from another on their line.
fn leading(list: &Value) -> BTreeSet<String> {
    let entries: Vec<&Value> = list.as_array().into_iter().flatten().collect();
    let follows = |entry: &Value| entry["code"].as_str().is_some_and(|code| FOLLOWING.contains(&code));
    let alone = |entry: &&Value| {
        !follows(entry) || !entries.iter().any(|other| other != entry && other["line"] == entry["line"])
    };
    entries.iter().copied().filter(alone).cloned().map(place).collect()
}
