//! `longshore filter` as a user meets it.

use std::fs;
use std::path::PathBuf;

use longshore_cli::console::Console;
use longshore_cli::exit::Exit;
use longshore_cli::{args, run};

const JOBS: &str = r#"[{"ID": "web", "TaskGroups": [{"Name": "front"}]}, {"ID": "load", "Type": "batch", "x": 1}]"#;

fn list(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("filter-{name}.json"));
    fs::write(&path, text).expect("written");
    path
}

/// Exit, output, errors.
fn filter(arguments: &[&str]) -> (Exit, String, String) {
    let command = args::parse(["longshore", "filter"].iter().chain(arguments)).expect("a command");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(&command, &mut Console::new(&mut out, &mut err, false));
    (exit, String::from_utf8(out).expect("text"), String::from_utf8(err).expect("text"))
}

#[test]
fn documents_that_pass_are_printed_as_they_are() {
    let path = list("passing", JOBS);
    let file = path.to_str().expect("text");
    // Read as jobs, members have their types and defaults.
    let (exit, out, err) = filter(&["Type == batch and Priority == 50", file, "--type", "job"]);
    assert_eq!((exit, err.as_str()), (Exit::Success, ""));
    let documents: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(documents, serde_json::json!([{"ID": "load", "Type": "batch", "x": 1}]));
    // As JSON they are what they say.
    assert_eq!(filter(&["ID matches `^w`", file]).1.matches("\"ID\"").count(), 1);
    assert_eq!(filter(&["ID == nobody", file]).1, "[]\n");
}

#[test]
fn errors_point_into_the_expression() {
    let path = list("errors", JOBS);
    let file = path.to_str().expect("text");
    let (exit, out, err) = filter(&["Priority > 5", file]);
    assert_eq!((exit, out.as_str()), (Exit::Misuse, ""));
    assert!(err.ends_with("(line 1, column 10)\n  Priority > 5\n           ^\n"), "{err}");
    let (exit, out, err) = filter(&["ID == x or Prority == 5", file, "--type", "job"]);
    assert_eq!((exit, out.as_str()), (Exit::Failure, ""));
    assert!(err.contains("element 0: Job has no member `Prority`; there is `Priority`"), "{err}");
}

#[test]
fn what_is_no_list_of_objects_is_misuse() {
    let path = list("misuse", "{\"ID\": 5}");
    let (exit, _, err) = filter(&["ID == 5", path.to_str().expect("text")]);
    assert_eq!(exit, Exit::Misuse);
    assert!(err.contains("no JSON list"), "{err}");
    let path = list("types", "[{\"ID\": 5}]");
    let (exit, _, err) = filter(&["ID == 5", path.to_str().expect("text"), "--type", "job"]);
    assert_eq!(exit, Exit::Misuse);
    assert!(err.contains("element 0: ID: found the number 5"), "{err}");
}
