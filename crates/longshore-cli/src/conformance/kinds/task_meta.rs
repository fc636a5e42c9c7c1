//! `task_meta`: the metadata that a task sees (MODEL-190).

use serde_json::{Value, json};

use super::{Kind, pipeline};

pub(super) const KIND: Kind = Kind::new("task_meta", answer);

/// A document, and which task of it; the group or the task may be unknown.
fn answer(input: &Value) -> Result<Value, String> {
    let job = pipeline::job(input, "job")?.ok_or("the input has no job")?;
    let text = |member: &str| input[member].as_str().ok_or(format!("the member {member} is no text"));
    Ok(json!({ "meta": job.task_meta(text("group")?, text("task")?) }))
}
