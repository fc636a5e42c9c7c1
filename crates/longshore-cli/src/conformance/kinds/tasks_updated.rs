//! `tasks_updated`: does a change of a group replace its allocations (REC-222 to REC-225)?

use longshore_model::change::destructive;
use serde_json::{Value, json};

use super::{Kind, pipeline};

pub(super) const KIND: Kind = Kind::new("tasks_updated", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let old = pipeline::job(input, "old")?.ok_or("the input has no old job")?;
    let new = pipeline::job(input, "new")?.ok_or("the input has no new job")?;
    let group = input["group"].as_str().ok_or("the input names no group")?;
    Ok(json!({ "destructive": destructive(&old, &new, group).is_some() }))
}
