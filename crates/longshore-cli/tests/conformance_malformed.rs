//! Cases that no recording would hold: each is answered or refused, and never a panic.
//!
//! The runner catches panics, so one would only fail its case. But a case is input like any other, and the engine that
//! answers it has to bear input like any other.

use std::path::Path;

use longshore_cli::conformance::case::{self, Case};
use longshore_cli::conformance::compare::Level;
use longshore_cli::conformance::kinds::{ALL, Kind};
use longshore_cli::conformance::runner::{self, Got};
use serde_json::{Value, json};

/// What takes the place of a whole input or answer, or of any value in one.
const ODD: &str = r#"
    null
    {}
    []
    [null]
    -1
    0.5
    9223372036854775807
    -9223372036854775808
    1e300
    true
    ""
    "x"
    "ä\u0000${é"
"#;

/// Cases are bent in so many places at most, evenly spread.
const PLACES: usize = 25;

fn odd() -> Vec<Value> {
    ODD.split_whitespace().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Cases of the repository, of different make.
fn recorded(kind: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases").join(format!("{kind}.jsonl"));
    let cases = case::read(&path, kind).expect("usable cases");
    let picked = [0, cases.len() / 3, cases.len() * 2 / 3, cases.len() - 1];
    picked.iter().map(|at| cases[*at].clone()).collect()
}

/// The pointers to every value below this one.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut below = |name: String, value: &Value| {
        let place = format!("{at}/{name}");
        places(value, &place, found);
        found.push(place);
    };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| below(name.replace('~', "~0").replace('/', "~1"), value));
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| below(index.to_string(), value)),
        _ => {}
    }
}

/// A case bent once, at input or expected answer, in every place and every way.
fn bent(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    let whole = json!([case.input, case.expect]);
    let mut found = Vec::new();
    places(&whole, "", &mut found);
    let step = found.len().div_ceil(PLACES).max(1);
    for place in found.iter().step_by(step) {
        for odd in odd() {
            let mut parts = whole.clone();
            *parts.pointer_mut(place).expect("a place of it") = odd.clone();
            let (input, expect) = (parts[0].take(), parts[1].take());
            all.push(Case { name: format!("{} with {odd} at {place}", case.name), input, expect, ..case.clone() });
        }
    }
    all
}

/// The panics of a kind's cases, compared at both levels by turns.
fn panics(kind: &Kind, cases: &[Case]) -> Vec<String> {
    let levels = [Level::Ordinary, Level::Strict].into_iter().cycle();
    let told = |(case, level): (&Case, Level)| match runner::answer(kind, case, level) {
        Some(Got::Panic(words)) => Some(format!("{} {}: {words}", kind.name, case.name)),
        _ => None,
    };
    cases.iter().zip(levels).filter_map(told).collect()
}

#[test]
fn whole_inputs_and_answers_of_any_shape_are_no_panic() {
    for kind in ALL {
        let case = |input: Value, expect: Value| Case {
            kind: kind.name.to_owned(),
            name: format!("{input} expects {expect}"),
            rules: Vec::new(),
            input,
            expect,
            line: 1,
        };
        let recorded = recorded(kind.name).swap_remove(0);
        let odd = odd();
        let mut cases: Vec<Case> = odd.iter().map(|input| case(input.clone(), recorded.expect.clone())).collect();
        cases.extend(odd.iter().map(|expect| case(recorded.input.clone(), expect.clone())));
        assert_eq!(panics(kind, &cases), [""; 0]);
    }
}

#[test]
fn recorded_cases_bent_anywhere_are_no_panic() {
    let all: Vec<String> = ALL
        .iter()
        .flat_map(|kind| recorded(kind.name).iter().flat_map(|case| panics(kind, &bent(case))).collect::<Vec<_>>())
        .collect();
    assert!(all.is_empty(), "{} panics:\n{}", all.len(), all.join("\n"));
}
