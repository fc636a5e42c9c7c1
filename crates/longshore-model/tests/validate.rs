//! What validation promises of every job and of every message, tried on the recorded documents and on what becomes of
//! them when values change.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use longshore_model::validate::{Finding, Report, validate, validate_stored};
use longshore_model::{Cluster, Job, Request, document, from_json};
use proptest::prelude::*;
use serde_json::Value;

/// The recorded documents.
static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases/validate.jsonl");
    let text = fs::read_to_string(path).expect("recorded cases");
    let input = |line: &str| serde_json::from_str::<Value>(line).expect("a case")["input"].take();
    text.lines().map(input).filter_map(|mut input| input.get_mut("job").map(Value::take)).collect()
});

fn findings(report: Report) -> impl Iterator<Item = Finding> {
    report.violations.into_iter().chain(report.warnings)
}

fn judged(text: &str) -> Option<Report> {
    let document: document::Job = from_json(text).ok()?;
    let cluster = Cluster::default();
    let job = document.canonicalize(&Request::default(), &cluster);
    Some(validate(&job, &cluster))
}

/// Every message reads on from a place: it says what was found, then what would be right.
#[test]
fn messages_have_one_style() {
    let mut said = BTreeSet::new();
    let mut odd = Vec::new();
    for document in DOCUMENTS.iter() {
        for finding in findings(judged(&document.to_string()).expect("a recorded document decodes")) {
            let message = &*finding.message;
            let begins_plainly =
                !message.starts_with(|first: char| first.is_ascii_uppercase() || first.is_whitespace());
            let ends_plainly = !message.ends_with(|last: char| ".;:".contains(last) || last.is_whitespace());
            let is_a_line = !message.contains(char::is_control);
            let says_what_is_right = message.contains("; ") || message.contains(": ");
            if !(begins_plainly && ends_plainly && is_a_line && says_what_is_right) {
                odd.push(finding.to_string());
            }
            said.insert((finding.code, finding.what));
        }
    }
    assert!(odd.is_empty(), "{}", odd.join("\n"));
    assert!(said.len() > 200, "only {} rules were met", said.len());
}

/// Values at which rules turn, by the type that they replace.
fn odd_value(like: &Value, which: usize) -> Value {
    const NUMBERS: [i64; 8] = [0, -1, 1, 65_536, 101, i64::MAX, i64::MIN, 5_000_000_000];
    const TEXTS: [&str; 12] =
        ["", " ", "default", "..", "../../x", "${", "${x}", "\\", "a\0b", "\u{e9}\u{1f600}", "-1", "%zz#\u{212a}:"];
    match like {
        Value::Number(_) => NUMBERS[which % NUMBERS.len()].into(),
        Value::String(_) => TEXTS[which % TEXTS.len()].into(),
        Value::Bool(flag) => (!flag).into(),
        Value::Array(list) => list.iter().chain(list).cloned().collect(),
        Value::Null | Value::Object(_) => Value::Null,
    }
}

/// Every place of a document, as pointers.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(n, item)| pointers(item, &format!("{at}/{n}"), found)),
        Value::Object(members) => members.iter().for_each(|(name, item)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            pointers(item, &format!("{at}/{name}"), found);
        }),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Validation is total: whatever decodes is judged, twice to one report (INV-44).
    #[test]
    fn any_job_is_judged(
        case in any::<prop::sample::Index>(),
        changes in prop::collection::vec(any::<(prop::sample::Index, usize)>(), 0..6),
    ) {
        let mut document = DOCUMENTS[case.index(DOCUMENTS.len())].clone();
        for (place, which) in changes {
            let mut places = Vec::new();
            pointers(&document, "", &mut places);
            if let Some(value) = document.pointer_mut(&places[place.index(places.len())]) {
                *value = odd_value(value, which);
            }
        }
        let text = document.to_string();
        prop_assert_eq!(judged(&text), judged(&text));
        if let Ok(job) = from_json::<Job>(&text) {
            let _ = validate_stored(&job);
        }
    }
}
