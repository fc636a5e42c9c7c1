//! Networks and ports of a group and of its tasks (MODEL-144 to MODEL-147).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::{NetworkResource, Port, TaskGroup};

use super::names::is_domain_name;
use super::place::Block;
use super::scope::{At, rules};

const PORT_MAX: i64 = 65_535;
/// `To` for the same number inside.
const SAME: i64 = -1;

/// Which labels and fixed numbers are taken, and by whom.
#[derive(Debug, Default)]
struct Taken<'a> {
    /// Labels of the group's ports.
    labels: BTreeSet<&'a str>,
    /// By host network and number: the task (`None` for the group) and the label of the port that has it.
    numbers: BTreeMap<(&'a str, i64), (Option<&'a str>, &'a str)>,
}

/// The ports of a network, each with the list that it is in and its position there.
fn ports(network: &NetworkResource) -> impl Iterator<Item = (Block, usize, &Port)> {
    let reserved = network.reserved_ports.iter().enumerate().map(|(index, port)| (Block::ReservedPort, index, port));
    let dynamic = network.dynamic_ports.iter().enumerate().map(|(index, port)| (Block::DynamicPort, index, port));
    reserved.chain(dynamic)
}

/// The group's networks, then the obsolete ones of its tasks.
pub(super) fn networks(at: &mut At<'_>, group: &TaskGroup) {
    let mut taken = Taken::default();
    let mut args = BTreeSet::new();
    for (index, network) in group.networks.iter().enumerate() {
        let at = &mut at.element(Block::Network, index, "");
        for (block, number, port) in ports(network) {
            group_port(&mut at.element(block, number, &port.label), port, network, &mut taken);
        }
        hostname(at, network);
        for (key, value) in network.cni.iter().flat_map(|cni| &cni.args) {
            rules! { at.only(Block::Cni);
                "MODEL-147" "cni-repeated" "Args" [key] if !args.insert(key.as_str())
                    => "has {:?}, which another network of the group has; give it once", key;
                "MODEL-147" "cni-key" "Args" [key] if key.contains(';')
                    => "has the key {:?} with a semicolon; use other characters", key;
                "MODEL-147" "cni-value" "Args" [value] if value.contains(';')
                    => "has the value {:?} with a semicolon; use other characters", value;
            }
        }
    }
    for (index, task) in group.tasks.iter().enumerate() {
        let asked = task.resources.get().map_or(&[][..], |resources| &resources.networks);
        for (number, network) in asked.iter().enumerate() {
            for (block, place, port) in ports(network) {
                let at = &mut at.element(Block::Task, index, &task.name);
                let at = &mut at.only(Block::Resources);
                let at = &mut at.element(Block::Network, number, "");
                task_port(&mut at.element(block, place, &port.label), port, &task.name, &mut taken);
            }
        }
    }
}

fn group_port<'a>(at: &mut At<'_>, port: &'a Port, network: &NetworkResource, taken: &mut Taken<'a>) {
    let Port { label, value, to, ignore_collision, .. } = port;
    rules! { at;
        "MODEL-144" "label-used" "Label" if !taken.labels.insert(label)
            => "{:?} is the label of another port of the group; give each its own", label;
    }
    if *value != 0 {
        number(at, port, None, *ignore_collision, taken);
    }
    let shares_host = matches!(network.mode.as_str(), "" | "host");
    rules! { at;
        "MODEL-146" "to-negative" "To" if *to < SAME
            => "{} is no port; use 1 to {}, 0 for any, or -1 for the same as outside", to, PORT_MAX;
        else "MODEL-146" "to-large" "To" if *to > PORT_MAX
            => "{} is no port; use at most {}", to, PORT_MAX;
        "MODEL-146" "ignore-collision-mode" "IgnoreCollision" if *ignore_collision && !shares_host
            => "is for networks of the mode host, this one is {:?}; leave it out", network.mode;
    }
}

fn task_port<'a>(at: &mut At<'_>, port: &'a Port, task: &'a str, taken: &mut Taken<'a>) {
    rules! { at;
        "MODEL-144" "label-used" "Label" if taken.labels.contains(port.label.as_str())
            => "{:?} is the label of a port of the group; give each its own", port.label;
    }
    if port.value != 0 {
        number(at, port, Some(task), false, taken);
    }
}

/// A fixed number, of dynamic ports too (MODEL-145). One that is out of range takes nothing; a negative one does.
fn number<'a>(at: &mut At<'_>, port: &'a Port, task: Option<&'a str>, may_collide: bool, taken: &mut Taken<'a>) {
    let Port { label, value, .. } = port;
    let host_network = if port.host_network.is_empty() { "default" } else { &port.host_network };
    let holder = taken.numbers.get(&(host_network, *value));
    let (holding_task, holding_port) = holder.copied().unwrap_or_default();
    rules! { at;
        "MODEL-145" "static-used" "Value" [value] if holder.is_some() && !may_collide
            => "{} is taken on host network {:?} by port {:?} of {}; use another number",
               value, host_network, holding_port, Owner(holding_task);
        else "MODEL-145" "value-large" "Value" if *value > PORT_MAX
            => "{} is no port; use at most {}", value, PORT_MAX;
    }
    if *value <= PORT_MAX {
        taken.numbers.entry((host_network, *value)).or_insert((task, label));
    }
}

/// Whose a port is.
struct Owner<'a>(Option<&'a str>);

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("the group"),
            Some(task) => write!(f, "task {task:?}"),
        }
    }
}

fn hostname(at: &mut At<'_>, network: &NetworkResource) {
    let name = network.hostname.as_str();
    rules! { at;
        "MODEL-147" "hostname" "Hostname" if !name.is_empty() && !name.contains("${") && !is_domain_name(name)
            => "{:?} is no host name; use labels of 1 to 63 bytes with dots between, 255 bytes at most", name;
    }
}
