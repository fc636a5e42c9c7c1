//! Recorded texts, there and back: what is printed of a job reads as the same job.
#![allow(missing_docs)]

use std::fs;
use std::path::Path;

use longshore_jobspec::{Options, parse, parse_hcl1, parse_json, print, print_document};
use longshore_model::wire::Form;
use longshore_model::{Cluster, Job, Request, document, to_json};
use serde_json::{Map, Value, json};

/// The cases of a kind.
fn cases(kind: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases").join(format!("{kind}.jsonl"));
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect()
}

#[test]
fn recorded_jobs_are_printed_and_read_again() {
    let (mut printed, mut refused) = (0, Vec::new());
    for case in cases("jobspec") {
        let text = case["input"]["text"].as_str().unwrap_or_default();
        let Ok(job) = parse(text, &Options::default()) else { continue };
        let name = &case["name"];
        match print_document(&job.document) {
            Ok(text) => {
                let again = parse(&text, &Options::default()).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
                assert_eq!(Value::Object(again.document), Value::Object(job.document), "{name}\n{text}");
                printed += 1;
            }
            Err(why) => refused.push(format!("{name}: {why}")),
        }
    }
    assert!(printed > 250, "{printed} printed");
    assert!(refused.len() < 10, "{refused:#?}");
}

/// What reading a job specification adds to a job that another reader gave, and nothing else: SPEC-91, SPEC-95, and of
/// SPEC-73 that whole numbers are integers.
fn with_defaults_of_reading(job: Map<String, Value>) -> Value {
    fn fill(object: &mut Value, defaults: Value) {
        let (Some(members), Value::Object(defaults)) = (object.as_object_mut(), defaults) else { return };
        for (name, default) in defaults {
            let member = members.entry(name).or_insert(Value::Null);
            if member.is_null() {
                *member = default;
            }
        }
    }
    fn whole_numbers(value: &mut Value) {
        match value {
            Value::Number(number) => {
                if let Some(whole) = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e15) {
                    *value = Value::from(whole as i64);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(whole_numbers),
            Value::Object(members) => members.values_mut().for_each(whole_numbers),
            _ => {}
        }
    }
    let mut job = Value::Object(job);
    let list = |value: &mut Value, member: &str| value[member].as_array_mut().map(std::mem::take).unwrap_or_default();
    let mut groups = list(&mut job, "TaskGroups");
    for group in &mut groups {
        let mut tasks = list(group, "Tasks");
        for task in &mut tasks {
            fill(&mut task["Vault"], json!({"Env": true, "DisableFile": false, "ChangeMode": "restart"}));
            whole_numbers(&mut task["Config"]);
            for template in task["Templates"].as_array_mut().into_iter().flatten() {
                let defaults = json!({"ChangeMode": "restart", "Perms": "0644", "Splay": 5_000_000_000_i64, "ErrMissingKey": false});
                fill(template, defaults);
                let script =
                    json!({"Args": [], "Timeout": 5_000_000_000_i64, "FailOnError": false, "RunOnFirstRender": false});
                fill(&mut template["ChangeScript"], script);
            }
        }
        if group["Tasks"].is_array() {
            group["Tasks"] = tasks.into();
        }
    }
    if job["TaskGroups"].is_array() {
        job["TaskGroups"] = groups.into();
    }
    job
}

#[test]
fn recorded_jobs_of_the_legacy_dialect_are_printed_as_the_new_one() {
    let (mut printed, mut refused) = (0, Vec::new());
    for case in cases("jobspec_v1") {
        let text = case["input"]["text"].as_str().unwrap_or_default();
        let Ok(job) = parse_hcl1(text, &Options::default()) else { continue };
        let name = &case["name"];
        let text = match print_document(&job) {
            Ok(text) => text,
            Err(why) => {
                refused.push(format!("{name}: {why}"));
                continue;
            }
        };
        let again = parse(&text, &Options::default()).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
        let (again, wanted) = (set(Value::Object(again.document)), set(with_defaults_of_reading(job)));
        assert_eq!(again, wanted, "{name}\n{text}");
        printed += 1;
    }
    assert!(printed > 200, "{printed} printed");
    assert!(refused.len() < 10, "{refused:#?}");
}

/// JSON says some things that a job specification does not: that there is no name, a list without elements, and state.
#[test]
fn recorded_jobs_of_the_jobs_api_are_printed() {
    let mut printed = 0;
    for case in cases("job_json") {
        let text = case["input"]["text"].as_str().unwrap_or_default();
        let Ok(mut job) = parse_json(text, &Options::default()) else { continue };
        let Ok(text) = print_document(&job) else { continue };
        let name = &case["name"];
        let again = parse(&text, &Options::default()).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
        job.insert("Payload".to_owned(), Value::Null);
        for (member, otherwise) in [("ID", Value::from("")), ("Name", job["ID"].clone())] {
            let value = job.get_mut(member).expect("every member is there");
            if value.is_null() {
                *value = if otherwise.is_null() { Value::from("") } else { otherwise };
            }
        }
        for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
            if group["Name"].is_null() {
                group["Name"] = Value::from("");
            }
        }
        let (mut again, mut wanted) = (Value::Object(again.document), with_defaults_of_reading(job));
        [&mut again, &mut wanted].into_iter().for_each(none_empty);
        assert_eq!(set(again), set(wanted), "{name}\n{text}");
        printed += 1;
    }
    assert!(printed > 20, "{printed} printed");
}

/// Without members that are null: not every reader has every member.
fn set(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(|member| *member = set(member.take()));
    } else if let Value::Array(items) = &mut value {
        items.iter_mut().for_each(|item| *item = set(item.take()));
    }
    value
}

/// Lists and maps that are empty become absent.
fn none_empty(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(none_empty),
        Value::Object(members) => members.values_mut().for_each(none_empty),
        _ => {}
    }
    if value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty) {
        *value = Value::Null;
    }
}

/// What a job file can tell: no lists and maps that are empty rather than absent, and nothing of a job's state.
fn sayable(job: &Job) -> Value {
    let mut value: Value = serde_json::from_str(&to_json(job, Form::Full)).expect("JSON");
    none_empty(&mut value);
    let state = ["VersionTag", "Version", "Payload", "Status", "StatusDescription", "Stable", "SubmitTime", "Stop"];
    let more = ["ParentID", "Dispatched", "CreateIndex", "ModifyIndex", "JobModifyIndex", "NomadTokenID"];
    for member in state.iter().chain(&more).chain(&["DispatchIdempotencyToken"]) {
        value[*member] = Value::Null;
    }
    value
}

/// Canonical jobs, printed and read again, mean the same. What canonicalization adds, it adds again (MODEL-88): so both
/// go through it once more.
#[test]
fn canonical_jobs_are_printed_and_mean_the_same() {
    let canonical = |document: document::Job| document.canonicalize(&Request::default(), &Cluster::default());
    let (mut printed, mut refused) = (0, 0);
    for case in cases("canonicalize") {
        let Ok(document) = serde_json::from_value(case["input"]["job"].clone()) else { continue };
        let (job, name) = (canonical(document), &case["name"]);
        let Ok(text) = print(&job) else {
            refused += 1;
            continue;
        };
        let read = parse(&text, &Options::default()).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
        let again = canonical(read.to_document().expect("a document"));
        let once_more = canonical(serde_json::from_str(&to_json(&job, Form::Full)).expect("a document"));
        assert_eq!(sayable(&again), sayable(&once_more), "{name}\n{text}");
        printed += 1;
    }
    // Nulls in free-form maps, operands that are "", and a few more that only JSON can say.
    assert!(printed > 1_350 && refused < 130, "{printed} printed, {refused} refused");
}

#[test]
fn any_beginning_of_a_recorded_text_gets_an_answer() {
    for case in cases("jobspec").iter().step_by(7).chain(cases("jobspec_v1").iter().step_by(7)) {
        let text = case["input"]["text"].as_str().unwrap_or_default();
        for (at, _) in text.char_indices().step_by(3) {
            let _ = parse(&text[..at], &Options::default());
            let _ = parse_hcl1(&text[..at], &Options::default());
        }
    }
}

/// Small texts of large jobs: each is refused with the bound that it passes, in bounded memory.
#[test]
fn what_unfolds_is_bounded() {
    let code = |failure: longshore_jobspec::Failure| failure.diagnostics()[0].code;
    let nested = "job \"a\" {\n  dynamic \"group\" {\n    for_each = range(1000)\n    labels = [group.key]\n    content {\n      dynamic \"task\" {\n        for_each = range(1000)\n        labels = [task.key]\n        content {\n        }\n      }\n    }\n  }\n}\n";
    assert_eq!(parse(nested, &Options::default()).map_err(code).err(), Some("LONGSHORE-LIMIT:members"));

    let policies = vec!["\"p\""; 3_000].join(", ");
    let tasks: String = (0..3_000).map(|number| format!("  task \"t{number}\" {{\n  }}\n")).collect();
    let inherited = format!("job \"a\" {{\n  vault {{\n    policies = [{policies}]\n  }}\n{tasks}}}\n");
    assert_eq!(parse(&inherited, &Options::default()).map_err(code).err(), Some("LONGSHORE-LIMIT:members"));
    assert_eq!(parse_hcl1(&inherited, &Options::default()).map_err(code).err(), Some("LONGSHORE-LIMIT:members"));

    // Thousands of digits each, of which few are ever worked out.
    let digits = "job \"a\" {\n  name = length([for x in range(1000) : length([for y in range(1000) : \"=${1.1e-3000 / 3}\"])])\n}\n";
    assert_eq!(parse(digits, &Options::default()).map_err(code).err(), Some("LONGSHORE-LIMIT:work"));

    // Patterns of a few bytes, and programs of megabytes.
    let patterns = "job \"a\" {\n  meta = { for x in range(1000) : x => try(regex_replace(\"a\", \"[\\\\pL${x}]{900}\", \"\"), \"\") }\n}\n";
    let mut few = Options::default();
    few.limits.work = 500_000;
    assert_eq!(parse(patterns, &few).map_err(code).err(), Some("LONGSHORE-LIMIT:work"));

    let groups = vec!["{}"; 100_000].join(",");
    let json = format!("{{\"ID\":\"a\",\"TaskGroups\":[{groups}]}}");
    let failure = parse_json(&json, &Options::default()).map_err(code).err();
    assert_eq!(failure, Some("LONGSHORE-LIMIT:members"));
}

/// However much is wrong, so much is told, and nothing more is looked for.
#[test]
fn complaints_are_bounded() {
    let lines: String = (0..50_000).map(|number| format!("  x{number} = 1\n")).collect();
    let text = format!("job \"a\" {{\n{lines}}}\n");
    for failure in [parse(&text, &Options::default()).unwrap_err(), parse_hcl1(&text, &Options::default()).unwrap_err()]
    {
        assert_eq!(failure.diagnostics().len(), 200);
    }
    let long = format!(
        "locals {{\n  s = \"{}\"\n}}\njob \"a\" {{\n  meta = [for x in range(300) : local.s + 1]\n}}\n",
        "z".repeat(1 << 20)
    );
    let failure = parse(&long, &Options::default()).unwrap_err();
    assert!(failure.diagnostics().iter().all(|one| one.message.len() < 200));

    let maps = vec!["\"meta\":{}"; 50_000].join(",");
    let repeated = format!("{{\"job\":{{\"a\":{{{maps}}}}}}}");
    assert_eq!(parse(&repeated, &Options::default()).unwrap_err().diagnostics().len(), 1);
}

/// SPEC-64: locals are resolved in any order. A circle is an error where something is asked for that is not known yet; where
/// nothing is, the value is what can be known, and never lost without a word.
#[test]
fn spec_64_circles_are_broken_or_told() {
    let name = |locals: &str| {
        let text = format!("locals {{\n{locals}\n}}\njob \"a\" {{\n  name = local.x\n}}\n");
        match parse(&text, &Options::default()) {
            Ok(job) => job.document["Name"].as_str().unwrap_or_default().to_owned(),
            Err(failure) => failure.diagnostics()[0].code.to_owned(),
        }
    };
    for (locals, wanted) in [
        ("x = local.b\nb = local.c\nc = 1", "1"),
        ("x = local.b\nb = local.x", "SPEC-134:undefined-attribute"),
        ("x = local.x", "SPEC-134:undefined-attribute"),
        ("b = try(local.x, \"none\")\nx = \"${local.b}!\"", "none!"),
        ("x = join(\",\", keys(local))\nb = 1\nc = 2", "b,c"),
        ("b = length(keys(local))\nx = \"${length(keys(local))} ${local.b}\"", "1 0"),
    ] {
        assert_eq!(name(locals), wanted, "{locals}");
    }
    let all: String = (0..20_000).map(|number| format!("a{number} = local\n")).collect();
    assert_eq!(name(&all), "LONGSHORE-LIMIT:work");
}
