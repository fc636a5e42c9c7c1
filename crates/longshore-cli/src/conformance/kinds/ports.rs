//! `ports`: which ports a group or task gets on a node (PLACE-50 to PLACE-64).
//!
//! Dynamic numbers are any that pass the checks of the format, so the answer says what may be, once the engine's own
//! numbers have passed them.

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::{AllocatedPort, NetworkResource, Node, Port, from_json};
use longshore_placement::account::{PortIndex, PortProblem};
use longshore_placement::interpolated;
use serde_json::{Map, Value, json};

use super::{Kind, world};

pub(super) const KIND: Kind = Kind::new("ports", answer);

/// Offers are asked for with so many seeds: numbers differ, everything else must not.
const SEEDS: u64 = 8;

fn answer(input: &Value) -> Result<Value, String> {
    let node = world::node(&input["node"])?;
    let nodes = [(node.name.clone(), node.id.clone())].into();
    let allocs = world::allocs(&input["allocs"], &nodes, &BTreeMap::new())?;
    let ask: NetworkResource = from_json(&input["ask"].to_string()).map_err(|why| why.to_string())?;
    let ask = interpolated(&ask, &node).map_err(|why| format!("a host network of the ask: {why:?}"))?;
    let unusable = |problem: &str| Ok(json!({ "ok": false, "rule": "PLACE-66", "problem": problem }));
    let Ok(mut index) = PortIndex::of(&node) else { return unusable("invalid node") };
    if allocs.iter().any(|alloc| index.hold(alloc).is_err()) {
        return unusable("port collision");
    }
    let group = input["level"] == "group";
    let offers = (0..SEEDS).map(|seed| match group {
        true => group_offer(&node, &index, &ask, seed),
        false => task_offer(&node, &index, &ask, seed),
    });
    let offers: BTreeSet<String> =
        offers.map(|offer| offer.map(|value| value.to_string())).collect::<Result<_, _>>()?;
    match offers.len() {
        1 => offers.iter().map(|offer| serde_json::from_str(offer).map_err(|why| why.to_string())).collect(),
        _ => Err(format!("the answer depends on the seed: {offers:?}")),
    }
    .map(|all: Vec<Value>| all.into_iter().next().unwrap_or_default())
}

fn refusal(why: &PortProblem) -> Result<Value, String> {
    let mut reason = super::reason::ports(why)?;
    reason["ok"] = false.into();
    Ok(reason)
}

fn group_offer(node: &Node, index: &PortIndex, ask: &NetworkResource, seed: u64) -> Result<Value, String> {
    let offer = match index.offer_group(ask, seed) {
        Ok(offer) => offer,
        Err(why) => return refusal(&why),
    };
    let (fixed, dynamic) = offer.split_at(ask.reserved_ports.len());
    let free = |port: &AllocatedPort| index.clone().hold_ports(std::slice::from_ref(port)).is_ok();
    let with_ip = |mut entry: Value, port: &AllocatedPort| {
        entry["ip"] = Value::from(&*port.host_ip);
        (port.label.clone(), entry)
    };
    let fixed: Map<String, Value> =
        fixed.iter().map(|port| with_ip(json!({ "value": port.value, "to": port.to }), port)).collect();
    let numbers = Numbers { node, ask };
    let single = |port: &AllocatedPort| {
        let mut without = index.clone();
        let _ = without.hold_ports(std::slice::from_ref(port));
        let other = without.offer_group(ask, seed).ok().and_then(|offer| offer.last().cloned());
        other.is_none_or(|other| other.host_ip != port.host_ip)
    };
    let ports = dynamic.iter().zip(ask.dynamic_ports.iter());
    let entries = ports.map(|(port, asked)| {
        Ok(with_ip(numbers.entry(asked, port.value, port.to, free(port), || single(port))?, port))
    });
    let dynamic: Map<String, Value> = entries.collect::<Result<_, String>>()?;
    numbers.distinct(&offer[ask.reserved_ports.len()..].iter().map(|port| port.value).collect::<Vec<_>>())?;
    Ok(json!({ "ok": true, "static": fixed, "dynamic": dynamic }))
}

fn task_offer(node: &Node, index: &PortIndex, ask: &NetworkResource, seed: u64) -> Result<Value, String> {
    let offer = match index.offer_task(ask, seed) {
        Ok(offer) => offer,
        Err(why) => return refusal(&why),
    };
    let fixed = offer.reserved_ports.iter();
    let fixed: Map<String, Value> =
        fixed.map(|port| (port.label.clone(), json!({ "value": port.value, "to": port.to }))).collect();
    let numbers = Numbers { node, ask };
    // Static ports of one ask may collide with each other; dynamic ones may not.
    let mut without = index.clone();
    let dynamic = NetworkResource { reserved_ports: [].into(), mbits: 0, ..offer.clone() };
    let free = without.hold_network(&dynamic).is_ok();
    let single = || without.offer_task(ask, seed).map_or(true, |other| other.ip != offer.ip);
    let ports = offer.dynamic_ports.iter().zip(ask.dynamic_ports.iter());
    let entries =
        ports.map(|(port, asked)| Ok((port.label.clone(), numbers.entry(asked, port.value, port.to, free, single)?)));
    let dynamic: Map<String, Value> = entries.collect::<Result<_, String>>()?;
    numbers.distinct(&offer.dynamic_ports.iter().map(|port| port.value).collect::<Vec<_>>())?;
    let NetworkResource { ip, device, mbits, .. } = offer;
    Ok(json!({ "ok": true, "static": fixed, "dynamic": dynamic, "ip": ip, "device": device, "mbits": mbits }))
}

/// The checks on dynamic numbers.
struct Numbers<'a> {
    node: &'a Node,
    ask: &'a NetworkResource,
}

impl Numbers<'_> {
    fn within(&self) -> (i64, i64) {
        let resources = self.node.node_resources.as_ref();
        let or = |named: Option<i64>, default| named.filter(|port| *port > 0).unwrap_or(default);
        let min = or(resources.map(|all| all.min_dynamic_port), 20_000);
        let max = or(resources.map(|all| all.max_dynamic_port), 32_000);
        (min, max)
    }

    /// A number that was given, if it may be; `single` says that no other was possible for an only port.
    fn entry(
        &self,
        asked: &Port,
        value: i64,
        to: i64,
        free: bool,
        single: impl FnOnce() -> bool,
    ) -> Result<Value, String> {
        let (min, max) = self.within();
        let statics = self.ask.reserved_ports.iter().filter(|port| port.host_network == asked.host_network);
        if value < min || value > max.max(min) || !free || statics.into_iter().any(|port| port.value == value) {
            return Err(format!("the dynamic port {value} may not be given"));
        }
        let mut entry = json!({ "within": [min, max], "to": to });
        if asked.to == -1 && to == value {
            entry["to"] = "value".into();
        }
        if self.ask.dynamic_ports.len() == 1 && single() {
            entry["value"] = value.into();
        }
        Ok(entry)
    }

    fn distinct(&self, numbers: &[i64]) -> Result<(), String> {
        let distinct: BTreeSet<i64> = numbers.iter().copied().collect();
        if distinct.len() == numbers.len() { Ok(()) } else { Err(format!("a port is given twice: {numbers:?}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number is told wherever no other is possible, however large the range is.
    #[test]
    fn place_59_60_the_only_number() {
        let networks =
            json!([{ "Mode": "host", "Device": "eth0", "IP": "10.0.0.1", "CIDR": "10.0.0.1/32", "MBits": 9 }]);
        let resources = json!({ "Networks": networks, "MinDynamicPort": 20000, "MaxDynamicPort": 20099 });
        for (reserved, value) in [("20000-20098", json!(20099)), ("20000-20097", Value::Null)] {
            let reserved = json!({ "Networks": { "ReservedHostPorts": reserved } });
            let node = json!({ "ID": "n", "Name": "n", "NodeResources": resources, "ReservedResources": reserved });
            for level in ["group", "task"] {
                let ask = json!({ "Mode": "host", "MBits": 5, "DynamicPorts": [{ "Label": "p", "To": 80 }] });
                let answer = answer(&json!({ "node": node, "allocs": [], "ask": ask, "level": level })).unwrap();
                assert_eq!(answer["dynamic"]["p"]["value"], value, "{answer}");
            }
        }
    }
}
