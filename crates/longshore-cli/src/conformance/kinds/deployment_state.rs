//! `deployment_state`: what a deployment's status and groups say about it (MODEL-219, MODEL-220).

use longshore_model::Deployment;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("deployment_state", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let deployment: Deployment = super::input(input)?;
    Ok(json!({
        "active": deployment.active(),
        "requires_promotion": deployment.requires_promotion(),
        "has_auto_promote": deployment.has_auto_promote(),
        "has_placed_canaries": deployment.has_placed_canaries(),
    }))
}
