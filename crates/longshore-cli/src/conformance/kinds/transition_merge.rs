//! `transition_merge`: one desired transition laid over another (MODEL-213).

use longshore_model::DesiredTransition;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("transition_merge", answer);

/// What is desired, and what is newly desired.
#[derive(Deserialize)]
struct Input {
    current: DesiredTransition,
    update: DesiredTransition,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { current: mut merged, update } = super::input(input)?;
    merged.merge(&update);
    Ok(json!({
        "merged": merged,
        "should_migrate": merged.should_migrate(),
        "should_reschedule": merged.should_reschedule(),
        "should_force_reschedule": merged.should_force_reschedule(),
        "should_ignore_shutdown_delay": merged.should_ignore_shutdown_delay(),
    }))
}
