//! Reasons as the cases write them: objects whose `rule` names the rule that describes them.

use longshore_placement::account::PortProblem;
use serde_json::{Value, json};

/// Why ports or a network cannot be had.
pub(super) fn ports(why: &PortProblem) -> Result<Value, String> {
    let mut reason = match why {
        PortProblem::InUse { label, port } => json!({ "problem": "in use", "label": label, "port": port }),
        PortProblem::NoAddress { network } => json!({ "problem": "no address", "network": network }),
        PortProblem::OutOfRange { port } => json!({ "problem": "out of range", "port": port }),
        PortProblem::NoDynamicPort => json!({ "problem": "no dynamic port" }),
        PortProblem::Bandwidth => json!({ "problem": "bandwidth" }),
        PortProblem::NoNetwork => json!({ "problem": "no network" }),
        other => return Err(format!("the format has no word for {other:?}")),
    };
    reason["rule"] = why.code().into();
    Ok(reason)
}
