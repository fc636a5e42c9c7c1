//! How a diff reads.

use longshore_model::diff::{Detail, DiffType, JobDiff};
use longshore_model::{Cluster, Job, Request, document, from_json};

fn canonical(text: &str) -> Job {
    let document: document::Job = from_json(text).expect("a document");
    document.canonicalize(&Request::default(), &Cluster::default())
}

fn text(old: &str, new: &str, detail: Detail) -> String {
    JobDiff::between(Some(&canonical(old)), Some(&canonical(new)), detail).expect("one job").to_string()
}

const OLD: &str = r#"{
    "ID": "web", "Datacenters": ["oslo", "turin"], "Meta": {"owner": "ops"},
    "TaskGroups": [
        {"Name": "cache", "Tasks": [{"Name": "redis", "Driver": "docker", "Config": {"image": "redis:7", "ports": ["db"]}}]},
        {"Name": "front", "Count": 2, "Tasks": [
            {"Name": "server", "Driver": "exec", "Env": {"MODE": "fast"}, "Resources": {"CPU": 500}},
            {"Name": "log", "Driver": "exec"}]},
        {"Name": "spare", "Tasks": [{"Name": "idle", "Driver": "exec"}]}
    ]}"#;

const NEW: &str = r#"{
    "ID": "web", "Datacenters": ["oslo", "lyon"], "Priority": 70,
    "TaskGroups": [
        {"Name": "cache", "Tasks": [{"Name": "redis", "Driver": "docker", "Config": {"image": "redis:8", "ports": ["db"]}}]},
        {"Name": "front", "Count": 3, "Constraints": [{"LTarget": "${attr.arch}", "RTarget": "arm64"}], "Tasks": [
            {"Name": "server", "Driver": "exec", "Env": {"MODE": "slow", "NEW": "line\nend"}, "Resources": {"CPU": 600}},
            {"Name": "log", "Driver": "exec", "RestartPolicy": {"Attempts": 9}}]},
        {"Name": "spare", "Tasks": [{"Name": "idle", "Driver": "exec"}]}
    ]}"#;

#[test]
fn changes_alone() {
    assert_eq!(
        text(OLD, NEW, Detail::Changes),
        r#"+/- Job: "web"
  -   Meta[owner]: "ops"
  +/- Priority:    "50" => "70"
  +/- Datacenters {
    +   Datacenters: "lyon"
    -   Datacenters: "turin"
      }
+/- Group: "cache"
  +/- Task: "redis"
    +/- Config {
      +/- image: "redis:7" => "redis:8"
        }
+/- Group: "front"
  +/- Count: "2" => "3"
  +   Constraint {
    +   LTarget: "${attr.arch}"
    +   RTarget: "arm64"
      }
  ~   Task: "log"
  +/- Task: "server"
    +/- Env[MODE]: "fast" => "slow"
    +   Env[NEW]:  "line\nend"
    +/- Resources {
      +/- CPU: "500" => "600"
        }
    Group: "spare"
      Task: "idle"
"#
    );
}

#[test]
fn changes_in_their_context() {
    let whole = text(OLD, NEW, Detail::Contextual);
    let server = whole.split_once("Task: \"server\"\n").map(|(_, rest)| rest);
    assert_eq!(
        server,
        Some(
            r#"    +/- Env[MODE]: "fast" => "slow"
    +   Env[NEW]:  "line\nend"
    +/- Resources {
      +/- CPU:         "500" => "600"
          Cores:       "0"
          DiskMB:      "0"
          IOPS:        "0"
          MemoryMB:    "300"
          MemoryMaxMB: "0"
          SecretsMB:   "0"
        }
    Group: "spare"
      Task: "idle"
"#
        )
    );
}

#[test]
fn nothing_changed() {
    let unchanged = "    Job: \"web\"\n    Group: \"cache\"\n      Task: \"redis\"\n";
    assert!(text(OLD, OLD, Detail::Contextual).starts_with(unchanged));
}

/// Whoever shows the text chooses the colours, and whoever plans says what follows (MODEL-244 to MODEL-247).
#[test]
fn colours_and_consequences() {
    let mut diff = JobDiff::between(Some(&canonical(OLD)), Some(&canonical(NEW)), Detail::Changes).expect("one job");
    let front = &mut diff.task_groups.make()[1];
    front.updates.insert("create", 1);
    front.updates.insert("create/destroy update", 2);
    front.fields.make()[0].annotations.push("forces create".into());
    front.tasks.make()[1].annotations.push("forces create/destroy update".into());
    let text = diff.to_text(&|kind, text| format!("<{kind}:{text}>"));
    let lines: Vec<&str> = text.lines().skip_while(|line| !line.contains("front")).take(2).collect();
    assert_eq!(
        lines,
        [
            r#"<Edited:+/-> Group: "front" (<Edited:1 create, 2 create/destroy update>)"#,
            r#"  <Edited:+/-> Count: "2" => "3" (<Edited:forces create>)"#,
        ]
    );
    assert!(text.contains(r#"  <Edited:+/-> Task: "server" (<Edited:forces create/destroy update>)"#));
    assert!(diff.task_groups.iter().all(|group| group.kind != DiffType::Added));
}
