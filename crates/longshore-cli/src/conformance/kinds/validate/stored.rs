//! Jobs in stored form, where what is absent is zero and not a default.
//!
//! The reference validates such jobs as they are (MODEL-92). The model reads documents, where absent means a default,
//! so a recorded job gets its zeros here, object by object.

use longshore_model::wire::{Form, Wire};
use longshore_model::*;
use serde_json::{Map as Members, Value};

/// The document of a stored job that says every zero.
pub(super) fn with_zeros(job: &Value) -> Value {
    filled(job, zeros(&Job::default()), 0)
}

/// Deeper than any object of a job.
const DEPTH: usize = 16;

/// An object with zeros for what it does not say, and so on down to what it holds.
fn filled(object: &Value, mut zeros: Members<String, Value>, depth: usize) -> Value {
    let Value::Object(said) = object else { return object.clone() };
    for (member, value) in said {
        let value = match (within(member), value) {
            (Some(_), _) if depth > DEPTH => value.clone(),
            (Some(zeros), Value::Array(list)) => list.iter().map(|item| filled(item, zeros(), depth + 1)).collect(),
            (Some(zeros), Value::Object(map)) if member == "Volumes" => {
                let entry = |(key, item): (&String, &Value)| (key.clone(), filled(item, zeros(), depth + 1));
                Value::Object(map.iter().map(entry).collect())
            }
            (Some(zeros), object) => filled(object, zeros(), depth + 1),
            (None, other) => other.clone(),
        };
        zeros.insert(member.clone(), value);
    }
    Value::Object(zeros)
}

/// The zeros of the objects that a member holds.
fn within(member: &str) -> Option<fn() -> Members<String, Value>> {
    Some(match member {
        "TaskGroups" => || zeros(&TaskGroup::default()),
        "Tasks" => || zeros(&Task::default()),
        "Constraints" => || zeros(&Constraint::default()),
        "Affinities" => || zeros(&Affinity::default()),
        "Spreads" => || zeros(&Spread::default()),
        "Update" => || zeros(&UpdateStrategy::default()),
        "Migrate" => || zeros(&MigrateStrategy::default()),
        "Disconnect" => || zeros(&DisconnectStrategy::default()),
        "Scaling" => || zeros(&ScalingPolicy::default()),
        "EphemeralDisk" => || zeros(&EphemeralDisk::default()),
        "Periodic" => || zeros(&PeriodicConfig::default()),
        "ParameterizedJob" => || zeros(&ParameterizedJob::default()),
        "Services" => || zeros(&Service::default()),
        "Checks" => || zeros(&ServiceCheck::default()),
        "CheckRestart" => || zeros(&CheckRestart::default()),
        "Templates" => || zeros(&Template::default()),
        "ChangeScript" => || zeros(&ChangeScript::default()),
        "Artifacts" => || zeros(&TaskArtifact::default()),
        "Resources" => || zeros(&Resources::default()),
        "Devices" => || zeros(&RequestedDevice::default()),
        "NUMA" => || zeros(&Numa::default()),
        "LogConfig" => || zeros(&LogConfig::default()),
        "Vault" => || zeros(&Vault::default()),
        "Consul" => || zeros(&Consul::default()),
        "VolumeMounts" => || zeros(&VolumeMount::default()),
        "Volumes" => || zeros(&VolumeRequest::default()),
        "CSIPluginConfig" => || zeros(&CsiPluginConfig::default()),
        "Networks" => || zeros(&NetworkResource::default()),
        "Identity" | "Identities" => || zeros(&WorkloadIdentity::default()),
        _ => return None,
    })
}

/// Every member of an object at zero: texts empty, numbers 0, everything else null.
fn zeros(object: &impl Wire) -> Members<String, Value> {
    let full: Members<String, Value> = serde_json::from_str(&to_json(object, Form::Full)).unwrap_or_default();
    let zero = |value: Value| match value {
        Value::String(_) => Value::from(""),
        Value::Number(_) => Value::from(0),
        Value::Bool(_) => Value::from(false),
        Value::Null | Value::Array(_) | Value::Object(_) => Value::Null,
    };
    full.into_iter().map(|(member, value)| (member, zero(value))).collect()
}
