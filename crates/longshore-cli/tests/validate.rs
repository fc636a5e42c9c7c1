//! The command `validate`, run in this process.

mod common;

use std::path::{Path, PathBuf};

use longshore_cli::exit::Exit;
use serde_json::{Value, json};

fn scratch(name: &str, files: &[(&str, &str)]) -> PathBuf {
    common::scratch("validate", name, files)
}

/// Runs `longshore validate`.
fn command(directory: &Path, arguments: &str) -> (Exit, String, String) {
    common::command(directory, &format!("validate {arguments}"))
}

const VALID: &str = r#"{"ID":"web","TaskGroups":[{"Name":"front","Tasks":[{"Name":"server","Driver":"exec"}]}]}"#;
const FAULTY: &str = r#"{"Job":{"ID":"web","NodePool":"gpu","TaskGroups":[{"Name":"front","Count":2,
    "Update":{"MaxParallel":3},"Tasks":[{"Name":"server","Resources":{"CPU":0}}]}]}}"#;

#[test]
fn a_valid_job_is_a_line_and_exit_0() {
    let directory = scratch("valid", &[("web.json", VALID)]);
    assert_eq!(command(&directory, "{}/web.json"), (Exit::Success, "DIR/web.json: valid\n".into(), String::new()));
}

#[test]
fn faults_are_listed_with_warnings_apart_and_exit_1() {
    let directory = scratch("faulty", &[("web.json", VALID), ("api.json", FAULTY)]);
    let (exit, out, err) = command(&directory, "{}/api.json {}/web.json");
    assert_eq!((exit, err.as_str()), (Exit::Failure, ""));
    assert_eq!(
        out,
        "DIR/api.json: 2 violations, 1 warning
  TaskGroups[0].Tasks[0].Driver: is missing; say what runs the task, such as exec (MODEL-160)
  TaskGroups[0].Tasks[0].Resources.CPU: 0 MHz is too little; ask for 1 or more (MODEL-142)
  warnings:
  TaskGroups[0].Update.MaxParallel: 3 is above the group's Count, which is 2: an update may replace all at once \
         (MODEL-180)
DIR/web.json: valid
"
    );
}

#[test]
fn a_wrong_type_is_a_fault_with_its_place() {
    let directory = scratch("type", &[("web.json", "{\"ID\":\"web\",\n\"Priority\":\"high\"}")]);
    let (exit, out, _) = command(&directory, "{}/web.json");
    assert_eq!(exit, Exit::Failure);
    assert!(out.contains("  Priority: found the text \"high\", expected an integer (line 2, column"), "{out}");
}

#[test]
fn what_cannot_be_read_is_exit_2_and_the_others_are_judged() {
    let directory = scratch("unreadable", &[("web.json", VALID), ("cut.json", "{\"ID\":")]);
    let (exit, out, err) = command(&directory, "{}/none.json {}/cut.json {}/web.json");
    assert_eq!((exit, out.as_str()), (Exit::Misuse, "DIR/web.json: valid\n"));
    assert!(err.contains("longshore: DIR/none.json cannot be read: "), "{err}");
    assert!(
        err.contains("longshore: DIR/cut.json holds no job: the text ends before the document does (line 1"),
        "{err}"
    );
}

#[test]
fn json_says_the_same_to_programs() {
    let directory = scratch("json", &[("web.json", VALID), ("api.json", FAULTY), ("cut.json", "[")]);
    let (exit, out, _) = command(&directory, "--json {}/web.json {}/api.json {}/cut.json");
    let report: Value = serde_json::from_str(&out).expect("one document");
    assert_eq!(exit, Exit::Misuse);
    let [web, api, cut] = report["jobs"].as_array().expect("a list").as_slice() else { panic!("{out}") };
    assert_eq!(*web, json!({"file": "DIR/web.json", "valid": true, "violations": [], "warnings": []}));
    assert_eq!(api["valid"], false);
    assert_eq!(
        api["violations"][1],
        json!({"code": "MODEL-142", "what": "cpu-small", "path": "TaskGroups[0].Tasks[0].Resources.CPU",
               "message": "0 MHz is too little; ask for 1 or more"})
    );
    assert_eq!(api["warnings"][0]["code"], "MODEL-180");
    assert!(cut["error"].is_string() && cut.get("valid").is_none());
}

#[test]
fn no_file_is_misuse() {
    let error = longshore_cli::args::parse(["longshore", "validate"]).expect_err("no file");
    assert!(error.use_stderr() && error.to_string().contains("<FILE>"), "{error}");
}
