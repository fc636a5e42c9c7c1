//! `fit`: whether allocations fit a node (PLACE-37 to PLACE-48).

use longshore_model::Allocation;
use longshore_placement::account::{Shortage, Verdict, fit};
use serde_json::{Value, json};

use super::{Kind, port_list, world};

pub(super) const KIND: Kind = Kind::new("fit", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let node = world::node(&input["node"])?;
    let nodes = [(node.name.clone(), node.id.clone())].into();
    let allocs = world::allocs(&input["allocs"], &nodes, &world::jobs(&input["jobs"])?)?;
    let allocs: Vec<&Allocation> = allocs.iter().collect();
    let devices = input["check_devices"].as_bool().unwrap_or(false);
    let Verdict { used, short } = fit(&node, &allocs, devices).map_err(|why| why.to_string())?;
    let mut answer = json!({
        "fit": short.is_none(),
        "used": {
            "cpu": used.amounts.cpu,
            "memory": used.amounts.memory,
            "memory_max": used.memory_max,
            "disk": used.amounts.disk,
            "cores": used.cores,
        },
    });
    if let Some(short) = short {
        answer["dimension"] = dimension(&short)?.into();
        if let Shortage::NodePorts(fault) = &short {
            answer["problem"] = port_list::word(fault.error.problem())?.into();
        }
    }
    Ok(answer)
}

fn dimension(short: &Shortage) -> Result<&'static str, String> {
    Ok(match short {
        Shortage::MaxAllocs => "max-allocs",
        Shortage::Cores => "cores",
        Shortage::Cpu => "cpu",
        Shortage::Memory => "memory",
        Shortage::Disk => "disk",
        Shortage::NodePorts(_) => "node-ports",
        Shortage::AllocPorts(_) => "alloc-ports",
        Shortage::Devices => "devices",
        Shortage::HostVolume(_) => "host-volume",
        other => return Err(format!("the format has no word for {other:?}")),
    })
}
