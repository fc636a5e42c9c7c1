//! The recorded cases of the repository, run by `cargo test`, and the command around them.

use std::fs;
use std::path::{Path, PathBuf};

use longshore_cli::args::{Command, ConformanceArgs};
use longshore_cli::conformance::compare::Rules;
use longshore_cli::conformance::kinds::{self, Kind};
use longshore_cli::conformance::{Selection, compare, directory, runner};
use longshore_cli::console::Console;
use longshore_cli::exit::Exit;
use serde_json::{Value, json};

/// The repository's own cases.
fn own_cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases")
}

/// A directory `name` with these files, new.
fn scratch(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).join("cases");
    // Left over from an earlier run, or not there.
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("made");
    for (file, text) in files {
        fs::write(path.join(file), text).expect("written");
    }
    path
}

/// Runs the command: exit, result, notes.
fn command(args: ConformanceArgs) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = longshore_cli::run(&Command::Conformance(args), &mut Console::new(&mut out, &mut err, false));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (exit, text(out), text(err))
}

/// One line of a file of `top_scores`.
fn top(name: &str, scores: &str, kept: &str) -> String {
    format!(
        "{{\"kind\":\"top_scores\",\"name\":\"{name}\",\"rules\":[\"PLACE-133\"],\
         \"input\":{{\"scores\":{scores}}},\"expect\":{{\"kept\":{kept}}}}}\n"
    )
}

#[test]
fn every_recorded_case_of_the_repository_passes() {
    let directory = directory::open(&own_cases()).expect("the cases");
    let report = runner::run(&directory, &Selection::default(), kinds::ALL).expect("usable cases");
    let failures: Vec<String> = report
        .failures()
        .map(|(kind, failure)| {
            let case = &failure.case;
            format!("{}:{} {}: {}", kind.file, case.line, case.name, failure.got)
        })
        .collect();
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(report.passed() > 0, "no case ran in {}", report.directory);
    assert_eq!(report.notes, [""; 0], "the list of pending cases is out of date");
    let unsupported: Vec<_> = report.kinds.iter().filter(|kind| kind.unsupported > 0).collect();
    assert!(unsupported.is_empty(), "cases without a kind: {unsupported:?}");
}

#[test]
fn the_closing_line_is_the_last_and_failures_exit_1() {
    let text = top("right", "[1]", "[\"0\"]") + &top("wrong", "[1,2]", "[\"0\",\"1\"]");
    let cases = scratch("closing", &[("top_scores.jsonl", &text)]);
    let (exit, out, err) = command(ConformanceArgs { directory: Some(cases), show: 5, ..ConformanceArgs::default() });
    assert_eq!(exit, Exit::Failure);
    assert!(out.ends_with("\n1 passed, 1 failed\n"), "{out}");
    assert!(out.contains("1. top_scores wrong\n"), "{out}");
    assert!(out.contains("top_scores.jsonl:2\n"), "{out}");
    let differs = "differs   at kept[0]: expected \"0\", got \"1\"\n";
    assert!(out.contains(differs), "{out}");
    assert_eq!(err, "");
}

#[test]
fn pending_cases_are_counted_apart_and_reported_when_they_pass() {
    let text = top("right", "[1]", "[\"0\"]") + &top("later", "[1]", "[\"9\"]") + &top("already", "[1]", "[\"0\"]");
    let cases = scratch("pending", &[("top_scores.jsonl", &text)]);
    let list = "# a list\ntop_scores later ports\ntop_scores already ports\ntop_scores gone x\n";
    fs::write(cases.join("../pending.txt"), list).expect("written");
    let (exit, out, _) = command(ConformanceArgs { directory: Some(cases), ..ConformanceArgs::default() });
    assert_eq!(exit, Exit::Success);
    assert!(out.ends_with("\n1 passed, 0 failed\n"), "{out}");
    assert!(out.contains("top_scores already now passes: remove line 3 from pending.txt"), "{out}");
    assert!(out.contains("line 4: top_scores has no case gone"), "{out}");
    assert!(out.contains("top_scores      3       1       0        2            0"), "{out}");
}

#[test]
fn unknown_kinds_are_unsupported_never_passed() {
    let strange = "{\"kind\":\"strange\",\"name\":\"a\",\"input\":{},\"expect\":{}}\n";
    let cases = scratch("strange", &[("strange.jsonl", strange)]);
    let (exit, out, _) = command(ConformanceArgs { directory: Some(cases), ..ConformanceArgs::default() });
    assert_eq!(exit, Exit::Success);
    assert!(out.contains("strange      1       0       0        0            1"), "{out}");
    assert!(out.ends_with("\n0 passed, 0 failed\n"), "{out}");
}

#[test]
fn json_is_one_document_and_the_closing_line_a_note() {
    let text = top("right", "[1]", "[\"0\"]") + &top("wrong", "[1,2]", "[\"0\",\"1\"]");
    let cases = scratch("json", &[("top_scores.jsonl", &text)]);
    let (exit, out, err) =
        command(ConformanceArgs { directory: Some(cases), json: true, show: 1, ..ConformanceArgs::default() });
    assert_eq!(exit, Exit::Failure);
    let document: Value = serde_json::from_str(&out).expect("JSON");
    let counts = json!({"cases": 2, "passed": 1, "failed": 1, "pending": 0, "unsupported": 0});
    assert_eq!(document["total"], counts);
    assert_eq!(document["kinds"]["top_scores"], counts);
    assert_eq!(document["failures"][0]["differs"]["path"], "kept[0]");
    assert_eq!(document["failures"][0]["input"], json!({"scores": [1, 2]}));
    assert_eq!(err, "1 passed, 1 failed\n");
}

#[test]
fn names_and_kinds_select() {
    let text = top("one", "[1]", "[\"0\"]") + &top("two", "[1]", "[\"0\"]");
    let files = [("top_scores.jsonl", text.as_str()), ("other.jsonl", "")];
    let cases = scratch("select", &files);
    let with = |kinds: &[&str], name: Option<&str>| {
        command(ConformanceArgs {
            directory: Some(cases.clone()),
            kinds: kinds.iter().map(|&kind| kind.to_owned()).collect(),
            name: name.map(str::to_owned),
            ..ConformanceArgs::default()
        })
    };
    assert!(with(&["top_scores"], Some("tw")).1.ends_with("\n1 passed, 0 failed\n"));
    assert!(!with(&["top_scores"], None).1.contains("other"));
    let (exit, _, err) = with(&[], Some("three"));
    assert_eq!(exit, Exit::Misuse);
    assert!(err.contains("\"three\""), "{err}");
    let (exit, _, err) = with(&["score"], None);
    assert_eq!(exit, Exit::Misuse);
    assert!(err.contains("no cases of kind \"score\"; its kinds are: other, top_scores"), "{err}");
}

#[test]
fn misuse_names_file_and_line() {
    let good = top("a", "[]", "[]");
    for (name, text, told) in [
        ("syntax", format!("{good}{{"), ":2: not a case"),
        ("members", format!("{good}{{\"kind\":\"top_scores\"}}"), ":2: not a case: missing field"),
        ("twice", format!("{good}\n{good}"), ":3: the name \"a\" is taken by line 1"),
        ("kind", good.replace("top_scores", "score"), ":1: a case of kind \"score\""),
    ] {
        let cases = scratch(name, &[("top_scores.jsonl", &text)]);
        let (exit, out, err) = command(ConformanceArgs { directory: Some(cases), ..ConformanceArgs::default() });
        assert_eq!((exit, out.as_str()), (Exit::Misuse, ""), "{name}");
        assert!(err.contains(&format!("top_scores.jsonl{told}")), "{name}: {err}");
    }
    let (exit, _, err) =
        command(ConformanceArgs { directory: Some(scratch("empty", &[])), ..ConformanceArgs::default() });
    assert_eq!(exit, Exit::Misuse);
    assert!(err.contains("has no cases"), "{err}");
}

#[test]
fn a_panic_is_the_failure_of_its_case_alone() {
    const KINDS: &[Kind] = &[Kind::new("fragile", |input| match input.as_u64() {
        Some(n) => Ok(json!(100 / n)),
        None => Err("a number is wanted".to_owned()),
    })];
    let line = |name: &str, input: &str| {
        format!("{{\"kind\":\"fragile\",\"name\":\"{name}\",\"input\":{input},\"expect\":50}}\n")
    };
    let text = line("zero", "0") + &line("two", "2") + &line("text", "\"x\"");
    let cases = scratch("panic", &[("fragile.jsonl", &text)]);
    let directory = directory::open(&cases).expect("cases");
    let report = runner::run(&directory, &Selection::default(), KINDS).expect("usable");
    assert_eq!((report.passed(), report.failed()), (1, 2));
    let got: Vec<_> = report.failures().map(|(_, failure)| &failure.got).collect();
    assert!(matches!(got[0], runner::Got::Panic(words) if words.contains("divide by zero")));
    assert!(matches!(got[1], runner::Got::Error(reason) if reason == "a number is wanted"));
}

#[test]
fn a_kind_may_bring_its_own_comparison() {
    const RULES: Rules = Rules::DEFAULT.with_scores(&["scores"]);
    const KINDS: &[Kind] = &[Kind::new("rough", |input| Ok(input.clone()))
        .compared(|case, got, _| compare::first_difference(&case.expect, got, &RULES))];
    let text = "{\"kind\":\"rough\",\"name\":\"a\",\"input\":{\"scores\":[0.3]},\
                \"expect\":{\"scores\":[0.30000000001]}}\n";
    let cases = scratch("rough", &[("rough.jsonl", text)]);
    let directory = directory::open(&cases).expect("cases");
    let report = runner::run(&directory, &Selection::default(), KINDS).expect("usable");
    assert_eq!(report.passed(), 1);
}
