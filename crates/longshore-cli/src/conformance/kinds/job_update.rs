//! `job_update`: what a registration may not change (MODEL-176, MODEL-177).

use longshore_model::UpdateError;
use serde_json::{Value, json};

use super::{Kind, pipeline};

pub(super) const KIND: Kind = Kind::new("job_update", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let old = pipeline::job(input, "old")?;
    let new = pipeline::job(input, "new")?.ok_or("the input has no new job")?;
    let error = new.check_update(old.as_ref()).err();
    Ok(json!({ "error": error.map(|error| json!({ "rule": error.code(), "what": what(&error) })) }))
}

/// The case's word for an error.
fn what(error: &UpdateError) -> &'static str {
    match error {
        UpdateError::NewDispatched => "dispatched-new",
        UpdateError::Type { .. } => "type",
        UpdateError::FromPeriodic => "from-periodic",
        UpdateError::ToPeriodic => "to-periodic",
        UpdateError::FromParameterized => "from-parameterized",
        UpdateError::ToParameterized => "to-parameterized",
        UpdateError::Dispatched => "dispatched",
        _ => "unknown",
    }
}
