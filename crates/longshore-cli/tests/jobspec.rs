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

/// Whatever reads jobs reads them alike, and tells what is probably not meant.
#[test]
fn every_command_takes_variables_and_shows_warnings() {
    let directory = scratch("shared", &[("web.hcl", WEB), ("motd.txt", "hot\n"), ("v.hcl", "count = 2\nother = 1\n")]);
    let flags = "--files --var-file {}/v.hcl";
    let (exit, out, err) = command(&directory, &format!("validate {{}}/web.hcl {flags}"));
    assert_eq!((exit, err.as_str()), (Exit::Success, ""), "{out}");
    assert!(out.starts_with("DIR/web.hcl: valid, 1 warning\n") && out.contains("(SPEC-60:file)"), "{out}");
    let (exit, out, err) = command(&directory, &format!("diff {{}}/web.hcl {{}}/web.hcl {flags}"));
    assert_eq!((exit, out.as_str()), (Exit::Success, "\"web\" does not differ\n"));
    assert_eq!(err.matches("warning: a value is given to the variable `other`").count(), 2, "{err}");
    let (exit, _, err) = command(&directory, &format!("jobspec {{}}/web.hcl {flags} --strict"));
    assert!(exit == Exit::Failure && err.contains("SPEC-60"), "{err}");
    let (exit, out, _) = command(&directory, &format!("validate {{}}/web.hcl {flags} --strict"));
    assert!(exit == Exit::Failure && out.contains("SPEC-60"), "{out}");
    std::fs::write(directory.join("v.hcl"), "count = 2\ncount =\n").expect("written");
    let (_, out, _) = command(&directory, &format!("validate {{}}/web.hcl {flags}"));
    assert!(out.contains("  DIR/v.hcl, line 2, column 8: "), "{out}");

    let legacy = r#"job "web" { group "front" { task "server" { driver = "exec" } } }"#;
    let directory = scratch("legacy", &[("web.nomad", legacy)]);
    assert_eq!(command(&directory, "validate {}/web.nomad").0, Exit::Failure);
    assert_eq!(command(&directory, "validate {}/web.nomad --hcl1").0, Exit::Success);
}

/// `*.json` is what it looks like.
#[test]
fn json_is_told_apart_by_its_shape() {
    let task = r#"{"Name":"server","Driver":"exec"}"#;
    let api = format!(r#"{{"job":{{"Id":"web","TaskGroups":[{{"Name":"front","Tasks":[{task}]}}]}}}}"#);
    let hcl = r#"{"job":{"web":{"group":{"front":{"task":{"server":{"driver":"exec"}}}}}}}"#;
    let variables = r#"{"variable":{"x":{}},"job":[{"web":{"name":1}}]}"#;
    let directory = scratch("shape", &[("api.json", &api), ("hcl.json", hcl), ("var.json", variables)]);
    for file in ["api", "hcl"] {
        let (exit, out, err) = command(&directory, &format!("validate {{}}/{file}.json"));
        assert_eq!((exit, err.as_str()), (Exit::Success, ""), "{out}");
    }
    assert_eq!(command(&directory, "diff {}/api.json {}/hcl.json").0, Exit::Success);
    let (_, out, _) = command(&directory, "validate {}/var.json");
    assert!(out.contains("SPEC-56"), "{out}");
    let (exit, _, err) = command(&directory, "jobspec {}/api.json --hcl2");
    assert!(exit == Exit::Failure && err.contains("SPEC-16"), "{err}");
    assert!(!command(&directory, "jobspec {}/hcl.json --api").1.contains("web"));
}

#[test]
fn what_is_too_large_is_told_with_its_file() {
    let long = format!("{}job \"a\" {{}}\n", "#\n".repeat(8 << 20));
    let objects = format!("{{\"ID\":\"a\",\"x\":[{}]}}", vec!["{}"; 300_000].join(","));
    let directory = scratch("large", &[("long.hcl", &long), ("objects.json", &objects)]);
    let (exit, _, err) = command(&directory, "jobspec {}/long.hcl");
    assert_eq!(exit, Exit::Misuse);
    assert!(err.contains("DIR/long.hcl cannot be read: it has more than 16777216 bytes"), "{err}");
    for line in ["validate {}/objects.json", "diff {}/objects.json {}/objects.json"] {
        let (exit, out, err) = command(&directory, line);
        assert!(exit != Exit::Success && format!("{out}{err}").contains("DIR/objects.json"), "{out}{err}");
    }
}

/// File functions read files, not what never ends.
#[cfg(unix)]
#[test]
fn devices_and_pipes_are_no_files() {
    let text = |path: &str| format!("job \"a\" {{\n  name = file(\"{path}\")\n}}\n");
    let pipe = std::env::temp_dir().join(format!("longshore-pipe-{}", std::process::id()));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    let directory =
        scratch("devices", &[("zero.hcl", &text("/dev/zero")), ("pipe.hcl", &text(pipe.to_str().expect("UTF-8")))]);
    for file in ["zero", "pipe"] {
        if file == "pipe" && !made.as_ref().is_ok_and(std::process::ExitStatus::success) {
            continue;
        }
        let (exit, _, err) = command(&directory, &format!("jobspec {{}}/{file}.hcl --files"));
        assert!(exit == Exit::Failure && err.contains("is no file"), "{err}");
    }
    let _ = std::fs::remove_file(&pipe);
}
