//! `validate`: what keeps a job from being admitted, and what it is warned of (section 4, MODEL-249 to MODEL-254).

mod stored;
mod whereabouts;

use longshore_model::Job;
use longshore_model::validate::{Finding, Report, validate, validate_stored};
use longshore_model::wire::Wire;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Kind, pipeline};
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("validate", answer).compared(compare);

/// Settings of the engine that a case changes.
#[derive(Deserialize)]
struct Options {
    memory_oversubscription: Option<bool>,
    job_max_count: Option<i64>,
    job_max_priority: Option<i64>,
    vault_enabled: Option<bool>,
}

fn answer(input: &Value) -> Result<Value, String> {
    let options: Options = super::input(input)?;
    let (job, report) = match pipeline::job(input, "job")? {
        Some(job) => {
            let report = admitted(&job, &options);
            (job, report)
        }
        None => {
            let mut job = Job::default();
            let stored = stored::with_zeros(&input["stored"]);
            job.decode(stored).map_err(|why| format!("the stored job was not understood: {why}"))?;
            let report = validate_stored(&job);
            (job, report)
        }
    };
    let list = |findings: &[Finding], warning: bool| -> Vec<Value> {
        let entry = |finding: &Finding| {
            let places = whereabouts::of(&job, finding, warning);
            json!({ "rule": finding.code, "what": finding.what, "where": places })
        };
        findings.iter().map(entry).collect()
    };
    Ok(json!({ "errors": list(&report.violations, false), "warnings": list(&report.warnings, true) }))
}

/// The report of an engine as the recordings have it, with a case's changes.
fn admitted(job: &Job, options: &Options) -> Report {
    let mut cluster = pipeline::cluster();
    cluster.memory_oversubscription = options.memory_oversubscription.unwrap_or(cluster.memory_oversubscription);
    cluster.count_max = options.job_max_count.unwrap_or(cluster.count_max);
    cluster.priority_max = options.job_max_priority.unwrap_or(cluster.priority_max);
    cluster.vault_enabled = options.vault_enabled.unwrap_or(cluster.vault_enabled);
    validate(job, &cluster)
}

/// Findings have no order, but repetitions count.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    first_difference(&sorted(&case.expect), &sorted(got), &Rules::DEFAULT)
}

fn sorted(report: &Value) -> Value {
    let list = |member: &str| {
        let mut findings = report[member].as_array().cloned().unwrap_or_default();
        findings.sort_by_cached_key(Value::to_string);
        findings
    };
    json!({ "errors": list("errors"), "warnings": list("warnings") })
}
