//! `job_json`: jobs in the JSON of the jobs API (SPEC-11 to SPEC-13).

use longshore_jobspec::{Options, parse_json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Kind, language};
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("job_json", answer).compared(compare);

#[derive(Deserialize)]
struct Input {
    text: String,
    #[serde(default)]
    canonicalize: bool,
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    Ok(match parse_json(&input.text, &Options::default()) {
        Ok(job) => {
            let canonical = input.canonicalize.then(|| language::canonical(&job)).transpose()?;
            json!({ "job": job, "canonical": canonical })
        }
        Err(failure) => json!({ "error": failure.diagnostics().first().map(|one| one.code) }),
    })
}

fn compare(case: &Case, got: &Value, level: Level) -> Option<Difference> {
    let expected = &case.expect;
    match (expected.get("error"), got.get("error")) {
        (Some(_), Some(_)) if level == Level::Ordinary => None,
        (Some(_), _) | (_, Some(_)) => first_difference(expected, got, &Rules::DEFAULT),
        (None, None) => language::jobs(&expected["job"], &got["job"], "job")
            .or_else(|| language::jobs(&expected["canonical"], &got["canonical"], "canonical")),
    }
}
