//! `bytes`: amounts of bytes as warnings print them (API-316).

use longshore_value::size;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("bytes", answer);

#[derive(Deserialize)]
struct Input {
    bytes: u64,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { bytes } = super::input(input)?;
    Ok(json!({ "text": size::print(bytes) }))
}
