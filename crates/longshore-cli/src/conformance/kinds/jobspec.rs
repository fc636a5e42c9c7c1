//! `jobspec`: HCL2 job files (SPEC-1 to SPEC-136).

use std::collections::BTreeMap;

use longshore_jobspec::{Files, MemoryFiles, Options, Stage, Submission, parse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Kind, language};
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("jobspec", answer).compared(compare);

#[derive(Deserialize)]
struct Input {
    text: String,
    #[serde(default = "path")]
    path: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    arg_vars: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    var_files: Vec<VariableFile>,
    #[serde(default)]
    var_content: String,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    allow_fs: bool,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    submission: bool,
    #[serde(default)]
    canonicalize: bool,
}

#[derive(Deserialize)]
struct VariableFile {
    name: String,
    text: String,
}

fn path() -> String {
    "x.nomad.hcl".to_owned()
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let mut files = MemoryFiles::default();
    input.files.iter().for_each(|(path, text)| files.insert(path, text.as_bytes()));
    input.var_files.iter().for_each(|file| files.insert(&file.name, file.text.as_bytes()));
    let variable_files: Vec<_> = input.var_files.iter().map(|file| (&*file.name, &*file.text)).collect();
    let mut arguments: Vec<_> = input.variables.iter().map(|(name, value)| (&**name, Some(&**value))).collect();
    arguments.extend(input.arg_vars.iter().map(|raw| match raw.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (&**raw, None),
    }));
    let environment: Vec<_> = input.env.iter().map(|(key, value)| (&**key, &**value)).collect();
    let options = Options {
        path: &input.path,
        files: input.allow_fs.then_some(&files as &dyn Files),
        variables: &input.var_content,
        variable_files: &variable_files,
        arguments: &arguments,
        environment: &environment,
        strict: input.strict,
        ..Options::default()
    };
    Ok(match parse(&input.text, &options) {
        Ok(parsed) => {
            let submission = input.submission.then(|| submission(&parsed.submission));
            let canonical = input.canonicalize.then(|| language::canonical(&parsed.document)).transpose()?;
            json!({ "job": parsed.document, "canonical": canonical, "submission": submission })
        }
        Err(failure) => json!({ "error": {
            "stage": stage(failure.stage()),
            "diagnostics": language::diagnostics(failure.diagnostics()),
        }}),
    })
}

/// A stage as cases write it.
fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::VariableFile => "var_file",
        Stage::Variables => "var_content",
        Stage::Syntax => "syntax",
        Stage::Declarations => "declarations",
        Stage::Body => "body",
        Stage::Maps => "maps",
        _ => "",
    }
}

fn submission(submission: &Submission) -> Value {
    json!({
        "Format": submission.format.as_str(),
        "VariableFlags": submission.variable_flags,
        "Variables": submission.variables,
    })
}

fn compare(case: &Case, got: &Value, level: Level) -> Option<Difference> {
    let expected = &case.expect;
    if expected.get("error").is_some() {
        return language::complaints(&expected["error"], &got["error"], level);
    }
    let job = language::jobs(&expected["job"], &got["job"], "job");
    let job = job.or_else(|| full(case, &expected["job"], &got["job"], "job"));
    let job = job.or_else(|| language::jobs(&expected["canonical"], &got["canonical"], "canonical"));
    job.or_else(|| first_difference(&expected["submission"], &got["submission"], &Rules::DEFAULT))
}

/// Where every member must be emitted, null or not: the first that is not there (SPEC-8).
fn full(case: &Case, expected: &Value, got: &Value, path: &str) -> Option<Difference> {
    if case.input["full"] != Value::Bool(true) {
        return None;
    }
    match (expected, got) {
        (Value::Object(wanted), Value::Object(members)) => wanted.iter().find_map(|(name, value)| {
            let path = format!("{path}.{name}");
            match members.get(name) {
                Some(got) => full(case, value, got, &path),
                None => Some(Difference { path, expected: Some(value.clone()), got: None }),
            }
        }),
        (Value::Array(wanted), Value::Array(elements)) => {
            let mut pairs = wanted.iter().zip(elements).enumerate();
            pairs.find_map(|(index, (wanted, got))| full(case, wanted, got, &format!("{path}[{index}]")))
        }
        _ => None,
    }
}
