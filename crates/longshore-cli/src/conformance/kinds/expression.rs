//! `expression`: one HCL2 expression (SPEC-21 to SPEC-73).

use std::collections::{BTreeMap, BTreeSet};

use longshore_jobspec::{Files, MemoryFiles, Options, parse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("expression", answer).compared(compare);

#[derive(Deserialize)]
struct Input {
    expression: String,
    #[serde(default)]
    allow_fs: bool,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let text = format!(
        "job \"j\" {{\n  group \"g\" {{\n    task \"t\" {{\n      config {{\n        v = {}\n      }}\n    }}\n  }}\n}}\n",
        input.expression
    );
    let mut files = MemoryFiles::default();
    input.files.iter().for_each(|(path, text)| files.insert(path, text.as_bytes()));
    let options = Options { files: input.allow_fs.then_some(&files as &dyn Files), ..Options::default() };
    Ok(match parse(&text, &options) {
        Ok(parsed) => {
            let job = Value::Object(parsed.document);
            match job.pointer("/TaskGroups/0/Tasks/0/Config/v") {
                Some(value) => json!({ "value": value }),
                None => json!({ "absent": true }),
            }
        }
        Err(failure) => {
            json!({ "error": failure.diagnostics().iter().map(|one| one.code).collect::<BTreeSet<_>>() })
        }
    })
}

fn compare(case: &Case, got: &Value, level: Level) -> Option<Difference> {
    if level == Level::Ordinary && case.expect.get("error").is_some() && got.get("error").is_some() {
        return None;
    }
    let mut expected = case.expect.clone();
    let codes = expected.get_mut("error").and_then(Value::as_array_mut);
    codes.into_iter().flatten().for_each(|code| {
        // One code stands for everything that is wrong with syntax.
        if code.as_str().is_some_and(|code| code.starts_with("SPEC-134:syntax")) {
            *code = "SPEC-134:syntax".into();
        }
    });
    first_difference(&expected, got, &Rules::DEFAULT.with_empty_lists().with_scores(&["value"]))
}
