//! `task_meta`: the metadata that a task sees (MODEL-190).

use longshore_model::Job;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("task_meta", answer);

/// A sparse job, and which task of it; the group or the task may be unknown.
#[derive(Deserialize)]
struct Input {
    job: Job,
    group: String,
    task: String,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { job, group, task } = super::input(input)?;
    Ok(json!({ "meta": job.task_meta(&group, &task) }))
}
