//! The command `jobspec`, run in this process; and job specifications in `validate` and `diff`.

mod common;

use std::path::PathBuf;

use common::command;
use longshore_cli::exit::Exit;
use serde_json::Value;

fn scratch(name: &str, files: &[(&str, &str)]) -> PathBuf {
    common::scratch("jobspec", name, files)
}

const WEB: &str = r#"variable "count" {
  type = number
}
job "web" {
  group "front" {
    count = var.count
    task "server" {
      driver = "exec"
      meta { motd = trimspace(file("motd.txt")) }
    }
  }
}
"#;

#[test]
fn a_job_specification_becomes_json() {
    let directory = scratch("json", &[("web.hcl", WEB), ("motd.txt", "hot\n"), ("site.vars", "count = 2\n")]);
    let (exit, out, err) = command(&directory, "jobspec {}/web.hcl --var-file {}/site.vars --var count=3 --files");
    assert_eq!((exit, err.as_str()), (Exit::Success, ""));
    let job: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(job["TaskGroups"][0]["Count"], 3);
    assert_eq!(job["TaskGroups"][0]["Tasks"][0]["Meta"]["motd"], "hot");
    assert!(job.get("Priority").is_none());

    let (_, out, _) = command(&directory, "jobspec {}/web.hcl --var count=3 --files --canonical");
    let job: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(job["Priority"], 50);
}

#[test]
fn complaints_show_their_place_and_exit_1() {
    let directory = scratch("faulty", &[("web.hcl", "job \"web\" {\n  regon = \"x\"\n}\n"), ("ok.hcl", WEB)]);
    let (exit, out, err) = command(&directory, "jobspec {}/web.hcl");
    assert_eq!((exit, out.as_str()), (Exit::Failure, ""));
    assert!(err.contains(" --> DIR/web.hcl:2:3\n") && err.contains("did you mean `region`?"), "{err}");
    let (exit, _, err) = command(&directory, "jobspec {}/ok.hcl --var count=1");
    assert_eq!(exit, Exit::Failure);
    assert!(err.contains("SPEC-66:disabled"), "{err}");
}

#[test]
fn the_legacy_dialect_and_json_are_printed_formatted() {
    let legacy = r#"job "web" { priority = "70" group "front" { count = 2 } }"#;
    let api = r#"{"Job":{"ID":"web","Priority":70,"TaskGroups":[{"Name":"front","Count":2}]}}"#;
    let directory = scratch("printed", &[("web.nomad", legacy), ("web.json", api)]);
    let wanted = "job \"web\" {\n  priority = 70\n\n  group \"front\" {\n    count = 2\n  }\n}\n";
    for arguments in ["jobspec {}/web.nomad --hcl1 --hcl", "jobspec {}/web.json --api --hcl"] {
        assert_eq!(command(&directory, arguments), (Exit::Success, wanted.to_owned(), String::new()), "{arguments}");
    }
}

#[test]
fn validate_and_diff_take_job_specifications() {
    let hcl = "job \"web\" {\n  group \"front\" {\n    task \"server\" {\n      driver = \"exec\"\n    }\n  }\n}\n";
    let json = r#"{"ID":"web","TaskGroups":[{"Name":"front","Tasks":[{"Name":"server","Driver":"exec"}]}]}"#;
    let directory =
        scratch("others", &[("web.hcl", hcl), ("web.json", json), ("bad.hcl", "job \"web\" {\n  a = 1\n}\n")]);
    assert_eq!(command(&directory, "diff {}/web.hcl {}/web.json").0, Exit::Success);
    assert_eq!(command(&directory, "validate {}/web.hcl").1, "DIR/web.hcl: valid\n");
    let (exit, out, _) = command(&directory, "validate {}/bad.hcl");
    assert_eq!(exit, Exit::Failure);
    assert!(out.contains("line 2, column 3: there is no argument `a` here"), "{out}");
}
