//! Recorded cases of the model's own small functions: names of allocations, transitions, deployments, facts of tasks.

use std::path::Path;

use longshore_model::names::{alloc_index, alloc_name, alloc_suffix};
use longshore_model::wire::Form;
use longshore_model::{Deployment, DesiredTransition, Job, from_json, to_json};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Runs every case of a kind; `answer` gives what is to equal the case's `expect`.
fn run(kind: &str, answer: impl Fn(&Value) -> Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases").join(format!("{kind}.jsonl"));
    let cases = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut count = 0;
    for line in cases.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        assert_eq!(case["kind"], kind);
        assert_eq!(without_nulls(&answer(&case["input"])), without_nulls(&case["expect"]), "{kind} {}", case["name"]);
        count += 1;
    }
    assert!(count > 0, "{} has no cases", path.display());
}

/// A missing member and a null one are the same.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, member)| !member.is_null());
            Value::Object(kept.map(|(name, member)| (name.clone(), without_nulls(member))).collect())
        }
        Value::Array(elements) => elements.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn model<T: DeserializeOwned>(value: &Value) -> T {
    from_json(&value.to_string()).unwrap_or_else(|why| panic!("{why}: {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// MODEL-187, MODEL-188.
#[test]
fn alloc_names() {
    run("alloc_name", |input| match input["index"].as_u64() {
        Some(index) => json!({"name": alloc_name(text(&input["job_part"]), text(&input["group"]), index)}),
        None => {
            let name = text(&input["name"]);
            json!({
                "index": alloc_index(name, text(&input["job_id"]), text(&input["group"])),
                "suffix": alloc_suffix(name),
            })
        }
    });
}

/// MODEL-213.
#[test]
fn transition_merges() {
    run("transition_merge", |input| {
        let mut merged: DesiredTransition = model(&input["current"]);
        merged.merge(&model(&input["update"]));
        json!({
            "merged": serde_json::from_str::<Value>(&to_json(&merged, Form::Full)).expect("our own JSON"),
            "should_migrate": merged.should_migrate(),
            "should_reschedule": merged.should_reschedule(),
            "should_force_reschedule": merged.should_force_reschedule(),
            "should_ignore_shutdown_delay": merged.should_ignore_shutdown_delay(),
        })
    });
}

/// MODEL-219, MODEL-220.
#[test]
fn deployment_states() {
    run("deployment_state", |input| {
        let deployment: Deployment = model(input);
        json!({
            "active": deployment.active(),
            "requires_promotion": deployment.requires_promotion(),
            "has_auto_promote": deployment.has_auto_promote(),
            "has_placed_canaries": deployment.has_placed_canaries(),
        })
    });
}

/// MODEL-190. The cases name their groups and tasks, so that canonicalization would change nothing that matters.
#[test]
fn task_metas() {
    run("task_meta", |input| {
        let job: Job = model(&input["job"]);
        json!({"meta": job.task_meta(text(&input["group"]), text(&input["task"]))})
    });
}
