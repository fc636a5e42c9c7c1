//! `spec_changed`: would a registration change the job that is there (MODEL-191)?

use serde_json::{Value, json};

use super::{Kind, pipeline};

pub(super) const KIND: Kind = Kind::new("spec_changed", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let old = pipeline::job(input, "old")?.ok_or("the input has no old job")?;
    let new = pipeline::job(input, "new")?.ok_or("the input has no new job")?;
    Ok(json!({ "changed": !new.same_specification(&old) }))
}
