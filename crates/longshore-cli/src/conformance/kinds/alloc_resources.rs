//! `alloc_resources`: what an allocation holds in all (MODEL-215, MODEL-216).

use longshore_model::{AllocatedResources, NetworkResource, Port};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::compare::{Difference, Level, Rules, first_difference};
use super::{Case, Kind};

pub(super) const KIND: Kind = Kind::new("alloc_resources", answer).compared(compare);

#[derive(Deserialize)]
struct Input {
    resources: AllocatedResources,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { resources } = super::input(input)?;
    let total = resources.total();
    let devices = total.devices.iter().map(|device| {
        let id = format!("{}/{}/{}", device.vendor, device.kind, device.name);
        json!({ "ID": id, "DeviceIDs": device.device_ids.to_vec() })
    });
    Ok(json!({
        "CpuShares": total.cpu_shares,
        "ReservedCores": total.reserved_cores,
        "MemoryMB": total.memory_mb,
        "MemoryMaxMB": total.memory_max_mb,
        "DiskMB": total.disk_mb,
        "Networks": total.networks.iter().map(network).collect::<Vec<_>>(),
        "Devices": devices.collect::<Vec<_>>(),
    }))
}

fn network(network: &NetworkResource) -> Value {
    let ports = |ports: &[Port]| ports.iter().map(|port| format!("{}={}", port.label, port.value)).collect::<Vec<_>>();
    json!({
        "Device": network.device,
        "MBits": network.mbits,
        "ReservedPorts": ports(&network.reserved_ports),
        "DynamicPorts": ports(&network.dynamic_ports),
    })
}

/// Lists are multisets.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    first_difference(&sorted(&case.expect), &sorted(got), &Rules::DEFAULT)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), sorted(member))).collect(),
        other => other.clone(),
    }
}
