//! The command `diff`, run in this process: its text, its JSON, its exits.

use std::fs;
use std::path::{Path, PathBuf};

use longshore_cli::args::{Command, DiffArgs};
use longshore_cli::console::Console;
use longshore_cli::exit::Exit;
use serde_json::Value;

const WEB: &str =
    r#"{"ID": "web", "TaskGroups": [{"Name": "front", "Tasks": [{"Name": "server", "Driver": "exec"}]}]}"#;
const WEB_MORE: &str = r#"{"Job": {"ID": "web", "TaskGroups": [{"Name": "front", "Count": 3, "Tasks": [{"Name": "server", "Driver": "exec"}]}]}}"#;

/// Files with these texts.
fn files(name: &str, old: &str, new: &str) -> [PathBuf; 2] {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff").join(name);
    fs::create_dir_all(&directory).expect("made");
    [("old.json", old), ("new.json", new)].map(|(file, text)| {
        let path = directory.join(file);
        fs::write(&path, text).expect("written");
        path
    })
}

/// Runs the command: exit, result, notes.
fn diff(name: &str, old: &str, new: &str, flags: DiffArgs, colour: bool) -> (Exit, String, String) {
    let [old, new] = files(name, old, new);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let command = Command::Diff(DiffArgs { old, new, ..flags });
    let exit = longshore_cli::run(&command, &mut Console::new(&mut out, &mut err, colour));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (exit, text(out), text(err))
}

#[test]
fn equal_jobs_end_well() {
    // What a default says anyway is no difference.
    let spelled_out = WEB.replace(r#""Driver""#, r#""KillTimeout": 5000000000, "Driver""#);
    let (exit, out, err) = diff("equal", WEB, &spelled_out, DiffArgs::default(), false);
    assert_eq!((exit.code(), out.as_str(), err.as_str()), (0, "\"web\" does not differ\n", ""));
}

#[test]
fn a_difference_is_shown_and_told_by_the_exit() {
    let (exit, out, err) = diff("different", WEB, WEB_MORE, DiffArgs::default(), false);
    let expected = r#"+/- Job: "web"
+/- Group: "front"
  +/- Count: "1" => "3"
      Task: "server"
"#;
    assert_eq!((exit, out.as_str(), err.as_str()), (Exit::Different, expected, ""));
    assert_eq!(exit.code(), 1);
    let (_, painted, _) = diff("painted", WEB, WEB_MORE, DiffArgs::default(), true);
    assert!(painted.starts_with("\u{1b}[33m+/-\u{1b}[0m Job"), "{painted}");
}

#[test]
fn json_is_the_diff_itself() {
    let flags = DiffArgs { json: true, contextual: true, ..DiffArgs::default() };
    let (exit, out, _) = diff("json", WEB, WEB_MORE, flags, true);
    let diff: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(exit, Exit::Different);
    assert_eq!((&diff["Type"], &diff["TaskGroups"][0]["Fields"][0]["New"]), (&"Edited".into(), &"3".into()));
}

/// MODEL-233: spreads are not compared, but jobs that differ there are not equal.
#[test]
fn what_a_diff_leaves_out_is_a_difference_all_the_same() {
    let spread = WEB.replace(r#""ID""#, r#""Spreads": [{"Attribute": "${node.datacenter}"}], "ID""#);
    let (exit, out, _) = diff("left-out", WEB, &spread, DiffArgs::default(), false);
    assert_eq!((exit, out.as_str()), (Exit::Different, "\"web\" differs in what a diff does not show\n"));
}

#[test]
fn misuse_says_what_is_wrong() {
    for (name, new, complaint) in [
        ("syntax", "{", "holds no job: the text ends before the document does"),
        ("type", r#"{"ID": "web", "Priority": "high"}"#, r#"Priority: found the text "high", expected an integer"#),
        ("other", r#"{"ID": "db"}"#, r#""web" and "db" are two jobs (MODEL-231)"#),
    ] {
        let (exit, out, err) = diff(name, WEB, new, DiffArgs::default(), false);
        assert_eq!((exit.code(), out.as_str()), (2, ""));
        assert!(err.contains(complaint), "{err}");
    }
}
