//! Reasons as the cases write them: objects whose `rule` names the rule that describes them.

use std::collections::BTreeMap;

use longshore_placement::account::{DeviceProblem, PortProblem, Shortage};
use longshore_placement::feasible::Unfit;
use longshore_placement::volumes::CsiProblem;
use longshore_placement::{Examined, Exhausted, Record};
use serde_json::{Value, json};

/// The outcome of a node: its `status`, and its `reason` if it has one.
pub(super) fn outcome(examined: &Examined) -> Result<Value, String> {
    Ok(match examined {
        Examined::Filtered(unfit) => json!({ "status": "filtered", "reason": filtered(unfit)? }),
        Examined::Exhausted(Exhausted::Skipped(_)) => json!({ "status": "skipped" }),
        Examined::Exhausted(exhausted) => json!({ "status": "exhausted", "reason": self::exhausted(exhausted)? }),
        Examined::Scored(..) => json!({ "status": "ok" }),
    })
}

/// Why a node is out of the question.
pub(super) fn filtered(unfit: &Unfit) -> Result<Value, String> {
    let mut reason = match unfit {
        Unfit::Constraint(written) => json!({ "constraint": written }),
        Unfit::HostNetwork { network, label } => json!({ "problem": "missing", "network": network, "label": label }),
        Unfit::HostNetworkTemplate { network, label } => {
            json!({ "problem": "invalid", "network": network, "label": label })
        }
        Unfit::DistinctProperty { property, value, used } => {
            json!({ "property": property, "value": value, "used": used })
        }
        Unfit::MissingProperty(property) => json!({ "missing_property": property }),
        Unfit::CsiMissing(volumes) => json!({ "volumes": volumes }),
        Unfit::Csi { problem, subject } => json!({ "problem": csi(*problem), "subject": subject }),
        Unfit::Limit(_) => return Err(format!("the format has no word for {unfit:?}")),
        _ => json!({}),
    };
    reason["rule"] = unfit.code().into();
    Ok(reason)
}

fn csi(problem: CsiProblem) -> &'static str {
    match problem {
        CsiProblem::PluginMissing => "plugin missing",
        CsiProblem::PluginUnhealthy => "plugin unhealthy",
        CsiProblem::MaximumVolumes => "maximum volumes",
        CsiProblem::NotReadable => "not readable",
        CsiProblem::NotWritable => "not writable",
        CsiProblem::NoWriterClaim => "no writer claim",
        CsiProblem::HolderGone => "no writer claim, holder gone",
    }
}

/// Why a node is too full.
pub(super) fn exhausted(exhausted: &Exhausted) -> Result<Value, String> {
    let mut reason = match exhausted {
        Exhausted::InvalidNode(_) => json!({ "dimension": "network", "problem": "invalid node" }),
        Exhausted::PortCollision => json!({ "dimension": "network", "problem": "port collision" }),
        Exhausted::Ports(problem) => {
            let mut reason = ports(problem)?;
            reason["dimension"] = "network".into();
            reason
        }
        Exhausted::Devices(problem) => json!({ "dimension": "devices", "problem": match problem {
            DeviceProblem::NoneAvailable => "none available",
            DeviceProblem::Zero => "zero",
            DeviceProblem::NoMatch => "no match",
        }}),
        // The choice of cores and the fit test are not told apart.
        Exhausted::Cores | Exhausted::Short(Shortage::Cores) => {
            return Ok(json!({ "rule": "PLACE-77", "dimension": "cores" }));
        }
        Exhausted::Short(Shortage::MaxAllocs) => json!({ "dimension": "max-allocs" }),
        Exhausted::Short(Shortage::Cpu) => json!({ "dimension": "cpu" }),
        Exhausted::Short(Shortage::Memory) => json!({ "dimension": "memory" }),
        Exhausted::Short(Shortage::Disk) => json!({ "dimension": "disk" }),
        other => return Err(format!("the format has no word for {other:?}")),
    };
    reason["rule"] = exhausted.code().into();
    Ok(reason)
}

/// Reasons with their counts; equal ones are counted together, in the order of their texts.
fn counted(reasons: impl Iterator<Item = Result<(Value, u64), String>>) -> Result<Vec<Value>, String> {
    let mut counts: BTreeMap<String, (Value, u64)> = BTreeMap::new();
    for reason in reasons {
        let (reason, count) = reason?;
        counts.entry(reason.to_string()).or_insert((reason, 0)).1 += count;
    }
    let with_count = |(mut reason, count): (Value, u64)| {
        reason["count"] = count.into();
        reason
    };
    Ok(counts.into_values().map(with_count).collect())
}

/// The reasons of a record for nodes that were out of the question.
pub(super) fn constraints(record: &Record) -> Result<Vec<Value>, String> {
    counted(record.filtered.iter().map(|(unfit, count)| Ok((filtered(unfit)?, count))))
}

/// The reasons of a record for nodes that were too full.
pub(super) fn dimensions(record: &Record) -> Result<Vec<Value>, String> {
    counted(record.exhausted.iter().map(|(reason, count)| Ok((exhausted(reason)?, count))))
}

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
