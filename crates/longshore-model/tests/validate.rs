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

/// Faults of the past, each with its document: what must be refused, and what must not.
#[test]
fn bugs_of_the_past() {
    const SYSTEM: &str = r#""ID":"a","Type":"system""#;
    const SERVICE: &str = r#""ID":"a""#;
    const TWO_PORTS: [&str; 2] = [
        r#""Networks":[{"ReservedPorts":[
            {"Label":"a","Value":80,"HostNetwork":"public"},{"Label":"b","Value":80,"HostNetwork":"private"}]}]"#,
        r#""Networks":[{"ReservedPorts":[{"Label":"a","Value":80},{"Label":"b","Value":80}]}]"#,
    ];
    const RULES: [&str; 3] = [
        r#""Constraints":[{"LTarget":"${node.datacentre}","Operand":"is_set"}]"#,
        r#""Constraints":[{"LTarget":"${attr.x","Operand":"is_set"}]"#,
        r#""Constraints":[{"LTarget":"x","Operand":"distinct_hosts","RTarget":"true"}]"#,
    ];
    // Number in the gauntlet, job, group, task, what is found.
    let table = [
        ("g_023", SERVICE, RULES[0], "", "ltarget-unsupported"),
        ("g_023", SERVICE, RULES[1], "", "ltarget-close"),
        ("g_033", SERVICE, "", r#""Lifecycle":{"Sidecar":true}"#, "hook-missing"),
        ("g_069", SYSTEM, r#""ReschedulePolicy":{"Attempts":1}"#, "", "reschedule-present"),
        ("g_082", SERVICE, r#""Update":{"ProgressDeadline":0}"#, r#""KillTimeout":30000000000"#, ""),
        ("g_138", SERVICE, TWO_PORTS[0], "", ""),
        ("g_221", SERVICE, TWO_PORTS[1], "", "static-used"),
        ("g_390", SERVICE, "", r#""Resources":{"CPU":-5}"#, "cpu-small"),
        ("g_390", SERVICE, "", r#""Resources":{"MemoryMB":-5}"#, "memory-small secrets-above-memory"),
        ("g_476", SERVICE, RULES[2], "", ""),
        ("g_477", SERVICE, "", "", ""),
        ("g_478", SYSTEM, r#""Volumes":{"v":{"Type":"host","Source":"s","PerAlloc":true}}"#, "", "per-alloc-system"),
        ("g_484", SERVICE, "", r#""Resources":{"Cores":-1}"#, "cores-negative"),
    ];
    for (bug, job, group, task, what) in table {
        let comma = |members: &str| if members.is_empty() { String::new() } else { format!(",{members}") };
        let text = format!(
            r#"{{{job},"TaskGroups":[{{"Name":"g"{},"Tasks":[{{"Name":"t","Driver":"exec"{}}}]}}]}}"#,
            comma(group),
            comma(task)
        );
        let report = judged(&text).expect("a document");
        let found: Vec<&str> = report.violations.iter().map(|fault| fault.what).collect();
        assert_eq!(found.join(" "), what, "{bug}: {text}");
    }
}
