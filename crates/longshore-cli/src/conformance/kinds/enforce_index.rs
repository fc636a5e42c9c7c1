//! `enforce_index`: may a caller who knows a job at an index write it (MODEL-178)?

use longshore_model::{IndexError, enforce_index};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("enforce_index", answer);

#[derive(Deserialize)]
struct Input {
    existing: Option<u64>,
    index: u64,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { existing, index } = super::input(input)?;
    let error = enforce_index(existing, index).err();
    Ok(json!({ "error": error.map(|error| json!({ "rule": error.code(), "what": what(error) })) }))
}

/// The case's word for an error.
fn what(error: IndexError) -> &'static str {
    match error {
        IndexError::Exists { .. } => "exists",
        IndexError::Missing { .. } => "missing",
        IndexError::Conflict { .. } => "conflict",
        _ => "unknown",
    }
}
