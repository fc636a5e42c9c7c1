//! `alloc_name`: names of allocations, made and read back (MODEL-187, MODEL-188).

use longshore_model::names::{alloc_index, alloc_name, alloc_suffix};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("alloc_name", answer);

/// The two questions; the members tell which is asked.
#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Parse { name: String, job_id: String, group: String },
    Make { job_part: String, group: String, index: u64 },
}

fn answer(input: &Value) -> Result<Value, String> {
    Ok(match super::input(input)? {
        Input::Parse { name, job_id, group } => json!({
            "index": alloc_index(&name, &job_id, &group),
            "suffix": alloc_suffix(&name),
        }),
        Input::Make { job_part, group, index } => json!({ "name": alloc_name(&job_part, &group, index) }),
    })
}
