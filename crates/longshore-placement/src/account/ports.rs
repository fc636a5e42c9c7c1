//! Ports and bandwidth of a node: what is taken, and what an ask may have.
//!
//! Two kinds of networks, as in the reference. A *group* network asks for ports on addresses that are named by alias
//! (`default`, `public`, …). A *task* network, the old kind, asks for bandwidth and for ports that are all on one address
//! of the node's interfaces.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use longshore_model::{
    AllocatedPort, AllocatedResources, Allocation, NetworkResource, Node, NodeNetwork, NodeNetworkAddress,
    NodeResources, Port,
};
use longshore_value::PortList;
use longshore_value::ports::PortListError;
use thiserror::Error;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::port_set::PortSet;

/// Draws before every free port is looked at (PLACE-59).
const DRAWS: u64 = 20;

/// The range of dynamic ports where a node names none (PLACE-53).
const DYNAMIC: (i64, i64) = (20_000, 32_000);

/// Taken ports by address, and taken bandwidth by interface.
///
/// ```
/// use longshore_model::{NetworkResource, Node, Port, from_json};
/// use longshore_placement::account::{PortIndex, PortProblem};
/// let node: Node = from_json(r#"{
///     "NodeResources": {"Networks": [{"Mode": "host", "Device": "eth0", "IP": "10.0.0.1", "CIDR": "10.0.0.1/32"}]},
///     "ReservedResources": {"Networks": {"ReservedHostPorts": "22"}}}"#)?;
/// let index = PortIndex::of(&node)?;
/// let ask = |port| NetworkResource {
///     reserved_ports: [Port { label: "p".into(), value: port, host_network: "default".into(), ..Port::default() }].into(),
///     ..NetworkResource::default()
/// };
/// assert_eq!(index.offer_group(&ask(80), 0)?[0].host_ip, "10.0.0.1");
/// assert_eq!(index.offer_group(&ask(22), 0), Err(PortProblem::InUse { label: "p".into(), port: 22 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortIndex {
    /// Addresses by alias, each list in the order of declaration.
    aliases: BTreeMap<String, Vec<String>>,
    /// Taken ports by address; also of addresses that are not the node's, if allocations say so.
    used: BTreeMap<String, PortSet>,
    /// Interfaces of the old kind, in the order of declaration.
    links: Vec<Link>,
    /// Taken bandwidth by interface. Wide, so that no sum of recorded numbers overflows.
    mbits: BTreeMap<String, i128>,
    /// The range of dynamic ports as the node gives it; its ends may be in the wrong order.
    dynamic: (i64, i64),
    /// The address that group networks are told (PLACE-62).
    host_ip: String,
}

/// An interface whose addresses task networks may have.
#[derive(Clone, Debug, PartialEq)]
struct Link {
    device: String,
    subnet: Option<Subnet>,
    mbits: i64,
}

/// A port or two allocations that want it.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("port {port} of address {ip:?} is claimed twice, or is none; each port from 0 to 65535 has one holder")]
pub struct Collision {
    /// The address.
    pub ip: String,
    /// The port's number as it was recorded.
    pub port: i64,
}

impl Collision {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "PLACE-54"
    }
}

/// A node whose list of reserved ports cannot be read: nothing with ports goes there (PLACE-52).
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("the ports reserved {place}: {error}")]
pub struct NodeFault {
    /// `on the node`, or on which address.
    pub place: String,
    /// What is wrong with the list.
    #[source]
    pub error: PortListError,
}

impl NodeFault {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        self.error.code()
    }
}

/// Why a network cannot be had.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PortProblem {
    /// A static port is taken on every address it may be on.
    #[error("port {port} ({label:?}) is taken")]
    InUse {
        /// The port's name.
        label: String,
        /// Its number.
        port: i64,
    },
    /// The node has no address of this name.
    #[error("the node has no address on host network {network:?}")]
    NoAddress {
        /// The host network.
        network: String,
    },
    /// A static port that is none.
    #[error("port {port} is none; ports are 0 to 65535")]
    OutOfRange {
        /// What was asked for.
        port: i64,
    },
    /// Too few free ports in the dynamic range.
    #[error("too few dynamic ports are free")]
    NoDynamicPort,
    /// Too little bandwidth.
    #[error("too little bandwidth is free")]
    Bandwidth,
    /// No interface with an address.
    #[error("the node has no network for tasks")]
    NoNetwork,
}

impl PortProblem {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            PortProblem::InUse { .. } | PortProblem::NoAddress { .. } | PortProblem::OutOfRange { .. } => "PLACE-57",
            PortProblem::NoDynamicPort => "PLACE-58",
            PortProblem::Bandwidth | PortProblem::NoNetwork => "PLACE-64",
        }
    }
}

/// A node's networks; derived from those of the old form where it names none (FEAS-115).
pub(crate) fn node_networks(resources: &NodeResources) -> Cow<'_, [NodeNetwork]> {
    if !resources.node_networks.is_null() {
        return Cow::Borrowed(&resources.node_networks);
    }
    let derived = resources.networks.iter().map(|network| {
        let alias = |ip: &String| NodeNetworkAddress {
            alias: "default".into(),
            address: ip.clone(),
            ..NodeNetworkAddress::default()
        };
        NodeNetwork {
            mode: network.mode.clone(),
            device: network.device.clone(),
            speed: network.mbits,
            addresses: Some(&network.ip).filter(|ip| !ip.is_empty()).map(alias).into_iter().collect(),
            ..NodeNetwork::default()
        }
    });
    Cow::Owned(derived.collect())
}

impl PortIndex {
    /// An empty node: only its reserved ports are taken (PLACE-51).
    ///
    /// # Errors
    /// [`NodeFault`] for a list of reserved ports that cannot be read.
    pub fn of(node: &Node) -> Result<PortIndex, NodeFault> {
        let read = |text: &str, place: &dyn Fn() -> String| {
            PortList::parse(text).map_err(|error| NodeFault { place: place(), error })
        };
        let reserved = node.reserved_resources.as_ref().map_or("", |all| &all.networks.reserved_host_ports);
        let reserved = read(reserved, &|| "on the node".into())?;
        let mut index = PortIndex { dynamic: DYNAMIC, ..PortIndex::default() };
        let Some(resources) = &node.node_resources else { return Ok(index) };
        let or = |named: i64, default: i64| if named > 0 { named } else { default };
        index.dynamic = (or(resources.min_dynamic_port, DYNAMIC.0), or(resources.max_dynamic_port, DYNAMIC.1));
        index.host_ip = host_ip(resources);
        for network in resources.networks.iter().filter(|network| !network.device.is_empty()) {
            let subnet = Subnet::parse(&network.cidr);
            index.links.push(Link { device: network.device.clone(), subnet, mbits: network.mbits });
            index.reserve(&network.ip, &reserved);
        }
        for address in node_networks(resources).iter().flat_map(|network| network.addresses.iter()) {
            let ip = &address.address;
            index.aliases.entry(address.alias.clone()).or_default().push(ip.clone());
            index.reserve(ip, &reserved);
            index.reserve(ip, &read(&address.reserved_ports, &|| format!("on address {ip:?}"))?);
        }
        Ok(index)
    }

    /// The address that a group's network is told: the first of the first node network of mode `host`, or the last
    /// such network of the old form (PLACE-62).
    pub fn host_ip(&self) -> &str {
        &self.host_ip
    }

    /// The bandwidth of an interface, and what is held of it.
    pub fn bandwidth(&self, device: &str) -> (i128, i128) {
        // Of several interfaces of one name, the last says how much there is (PLACE-51).
        let total = self.links.iter().rev().find(|link| link.device == device).map_or(0, |link| i128::from(link.mbits));
        (total, self.mbits.get(device).copied().unwrap_or(0))
    }

    fn reserve(&mut self, ip: &str, ports: &PortList) {
        let used = self.used.entry(ip.into()).or_default();
        ports.ranges().iter().for_each(|range| used.insert_range(range.clone()));
    }

    /// Takes what an allocation holds; one that has ended holds nothing (PLACE-54).
    ///
    /// # Errors
    /// The last [`Collision`]; the ports are taken all the same.
    pub fn hold(&mut self, alloc: &Allocation) -> Result<(), Collision> {
        match &alloc.allocated_resources {
            Some(resources) if !alloc.client_terminal() => self.hold_resources(resources),
            _ => Ok(()),
        }
    }

    /// Takes what resources name: the shared ports if there are any, else all shared networks and the first network of
    /// each task.
    ///
    /// # Errors
    /// The last [`Collision`].
    pub fn hold_resources(&mut self, resources: &AllocatedResources) -> Result<(), Collision> {
        let mut result = Ok(());
        if !resources.shared.ports.is_empty() {
            return self.hold_ports(&resources.shared.ports);
        }
        let first = |task: &'_ longshore_model::AllocatedTaskResources| task.networks.first().cloned();
        let tasks: Vec<NetworkResource> = resources.tasks.values().filter_map(first).collect();
        for network in resources.shared.networks.iter().chain(&tasks) {
            result = self.hold_network(network).and(result);
        }
        result
    }

    /// Takes ports; one that ignores collisions has none.
    ///
    /// # Errors
    /// The last [`Collision`].
    pub fn hold_ports(&mut self, ports: &[AllocatedPort]) -> Result<(), Collision> {
        let mut result = Ok(());
        for port in ports {
            let taken = self.take(&port.host_ip, port.value);
            match taken {
                Err(collision) if !port.ignore_collision || u16::try_from(port.value).is_err() => {
                    result = Err(collision)
                }
                _ => {}
            }
        }
        result
    }

    /// Takes the ports and the bandwidth of a network.
    ///
    /// # Errors
    /// The last [`Collision`].
    pub fn hold_network(&mut self, network: &NetworkResource) -> Result<(), Collision> {
        let mut result = Ok(());
        for port in network.reserved_ports.iter().chain(network.dynamic_ports.iter()) {
            result = self.take(&network.ip, port.value).and(result);
        }
        *self.mbits.entry(network.device.clone()).or_default() += i128::from(network.mbits);
        result
    }

    fn take(&mut self, ip: &str, value: i64) -> Result<(), Collision> {
        let used = self.used.entry(ip.into()).or_default();
        let new = u16::try_from(value).is_ok_and(|port| used.insert(port));
        if new { Ok(()) } else { Err(Collision { ip: ip.into(), port: value }) }
    }

    fn is_used(&self, ip: &str, port: u16) -> bool {
        self.used.get(ip).is_some_and(|used| used.contains(port))
    }

    /// The ports of a group network (PLACE-57 to PLACE-61). Host networks are the names of aliases by now, not templates,
    /// and an empty name is the alias that is empty (PLACE-56). Dynamic ports follow from `seed`. Nothing is taken.
    ///
    /// # Errors
    /// The first [`PortProblem`].
    pub fn offer_group(&self, ask: &NetworkResource, seed: u64) -> Result<Vec<AllocatedPort>, PortProblem> {
        let mut offer: Vec<AllocatedPort> = Vec::new();
        // Numbers of this offer: no dynamic port repeats one, on whatever address it is.
        let mut given = PortSet::default();
        for port in &ask.reserved_ports {
            let (value, ip) = self.static_address(port)?;
            given.insert(value);
            offer.push(allocated(port, port.value, ip));
        }
        for (at, port) in ask.dynamic_ports.iter().enumerate() {
            let mut addresses = self.addresses(port)?.iter();
            let found = addresses.find_map(|ip| Some((self.pick(ip, &given, draw(seed, at))?, ip)));
            let (value, ip) = found.ok_or(PortProblem::NoDynamicPort)?;
            given.insert(value);
            offer.push(allocated(port, i64::from(value), ip));
        }
        Ok(offer)
    }

    fn addresses(&self, port: &Port) -> Result<&[String], PortProblem> {
        let found = self.aliases.get(&port.host_network).map(Vec::as_slice);
        found.ok_or_else(|| PortProblem::NoAddress { network: port.host_network.clone() })
    }

    /// PLACE-57: the first address where the port is free, or the first of all if it minds no collision.
    fn static_address(&self, port: &Port) -> Result<(u16, &str), PortProblem> {
        let addresses = self.addresses(port)?;
        let value = u16::try_from(port.value).map_err(|_| PortProblem::OutOfRange { port: port.value })?;
        let free = addresses.iter().find(|ip| port.ignore_collision || !self.is_used(ip, value));
        let in_use = || PortProblem::InUse { label: port.label.clone(), port: port.value };
        Ok((value, free.ok_or_else(in_use)?))
    }

    /// A free port of the dynamic range (PLACE-59, PLACE-60): by chance below the last, else any that is left.
    fn pick(&self, ip: &str, given: &PortSet, seed: u64) -> Option<u16> {
        let free = |port: u16| !self.is_used(ip, port) && !given.contains(port);
        let (min, max) = self.dynamic;
        let first = u16::try_from(min).ok()?;
        if max <= min {
            return Some(first).filter(|port| free(*port));
        }
        let last = u16::try_from(max).unwrap_or(u16::MAX);
        let span = u64::from(last - first).max(1);
        let drawn = (0..DRAWS).map(|turn| first + (draw(seed, turn as usize) % span) as u16);
        drawn.into_iter().find(|port| free(*port)).or_else(|| {
            let left: Vec<u16> = (first..=last).filter(|port| free(*port)).collect();
            left.get((seed % left.len().max(1) as u64) as usize).copied()
        })
    }

    /// The network of a task (PLACE-64): the first address that has everything. Nothing is taken.
    ///
    /// # Errors
    /// The [`PortProblem`] of the last address.
    ///
    /// # Cost
    /// As many addresses are tried as have ports in use, and one more of each subnet, however large that is: where an
    /// untouched address will not do, no other does.
    pub fn offer_task(&self, ask: &NetworkResource, seed: u64) -> Result<NetworkResource, PortProblem> {
        let mut problem = PortProblem::NoNetwork;
        for link in &self.links {
            let Some(subnet) = &link.subnet else { continue };
            for ip in subnet.addresses() {
                match self.offer_on(link, &ip, ask, seed) {
                    Ok(offer) => return Ok(offer),
                    Err(_) if self.used.get(&ip).is_none_or(PortSet::is_empty) => break,
                    Err(_) => {}
                }
            }
            problem = self.offer_on(link, &subnet.last(), ask, seed).err().unwrap_or(problem);
        }
        Err(problem)
    }

    fn offer_on(
        &self,
        link: &Link,
        ip: &str,
        ask: &NetworkResource,
        seed: u64,
    ) -> Result<NetworkResource, PortProblem> {
        let (total, held) = self.bandwidth(&link.device);
        if held + i128::from(ask.mbits) > total {
            return Err(PortProblem::Bandwidth);
        }
        let mut given = PortSet::default();
        for port in &ask.reserved_ports {
            let value = u16::try_from(port.value).map_err(|_| PortProblem::OutOfRange { port: port.value })?;
            if self.is_used(ip, value) {
                return Err(PortProblem::InUse { label: port.label.clone(), port: port.value });
            }
            given.insert(value);
        }
        let mut offer = NetworkResource { device: link.device.clone(), ip: ip.into(), ..ask.clone() };
        for (at, port) in offer.dynamic_ports.as_mut_slice().iter_mut().enumerate() {
            let value = self.pick(ip, &given, draw(seed, at)).ok_or(PortProblem::NoDynamicPort)?;
            port.value = i64::from(value);
            port.to = if port.to == -1 { port.value } else { port.to };
            given.insert(value);
        }
        Ok(offer)
    }
}

fn host_ip(resources: &NodeResources) -> String {
    let networks = node_networks(resources);
    if networks.is_empty() {
        let last = resources.networks.iter().rev().find(|network| network.mode == "host");
        return last.map(|network| network.ip.clone()).unwrap_or_default();
    }
    let first = networks.iter().find(|network| network.mode == "host");
    first.and_then(|network| network.addresses.first()).map(|address| address.address.clone()).unwrap_or_default()
}

/// PLACE-61: a dynamic port inside may be the one outside; a static one stays as asked.
fn allocated(port: &Port, value: i64, ip: &str) -> AllocatedPort {
    let to = if port.to == -1 && port.value != value { value } else { port.to };
    let Port { label, ignore_collision, .. } = port.clone();
    AllocatedPort { label, value, to, host_ip: ip.into(), ignore_collision }
}

/// Chance: a number for each place in a sequence.
fn draw(seed: u64, at: usize) -> u64 {
    xxh3_64_with_seed(&(at as u64).to_le_bytes(), seed)
}

/// The addresses of an interface.
#[derive(Clone, Debug, PartialEq)]
struct Subnet {
    first: IpAddr,
    /// How many follow the first.
    more: u128,
}

impl Subnet {
    fn parse(cidr: &str) -> Option<Subnet> {
        let (ip, bits) = cidr.split_once('/')?;
        let (ip, bits): (IpAddr, u32) = (ip.parse().ok()?, bits.parse().ok()?);
        let width = if ip.is_ipv4() { 32 } else { 128 };
        let free = width - Some(bits).filter(|bits| *bits <= width)?;
        let more = 1u128.checked_shl(free).map_or(u128::MAX, |size| size - 1);
        let first = match ip {
            IpAddr::V4(ip) => IpAddr::V4((u32::from(ip) & !(more as u32)).into()),
            IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & !more).into()),
        };
        Some(Subnet { first, more })
    }

    fn at(&self, place: u128) -> String {
        match self.first {
            IpAddr::V4(ip) => IpAddr::V4((u32::from(ip) | place as u32).into()).to_string(),
            IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) | place).into()).to_string(),
        }
    }

    fn addresses(&self) -> impl Iterator<Item = String> + '_ {
        (0..=self.more).map(|place| self.at(place))
    }

    fn last(&self) -> String {
        self.at(self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::from_json;
    use proptest::prelude::*;

    fn node(extra: &str) -> PortIndex {
        let networks = r#""Networks": [{"Device": "eth0", "IP": "10.0.0.1", "CIDR": "10.0.0.0/8", "MBits": 1000}]"#;
        PortIndex::of(&from_json(&format!(r#"{{"NodeResources": {{{networks}{extra}}}}}"#)).unwrap()).unwrap()
    }

    fn ask(fixed: &[i64], dynamic: usize) -> NetworkResource {
        let on_default = || Port { host_network: "default".into(), ..Port::default() };
        let port = |value: i64| Port { label: value.to_string(), value, ..on_default() };
        NetworkResource {
            reserved_ports: fixed.iter().map(|value| port(*value)).collect(),
            dynamic_ports: (0..dynamic).map(|_| on_default()).collect(),
            ..NetworkResource::default()
        }
    }

    #[test]
    fn place_58_59_60_the_last_port_comes_last() {
        let index = node(r#", "MinDynamicPort": 100, "MaxDynamicPort": 102"#);
        for seed in 0..50 {
            let offer = index.offer_group(&ask(&[], 3), seed).unwrap();
            assert_eq!(offer[2].value, 102);
            assert_eq!(index.offer_group(&ask(&[101], 3), seed), Err(PortProblem::NoDynamicPort));
        }
        let upside_down = node(r#", "MinDynamicPort": 100, "MaxDynamicPort": 90"#);
        assert_eq!(upside_down.offer_group(&ask(&[], 1), 7).unwrap()[0].value, 100);
        assert!(upside_down.offer_group(&ask(&[], 2), 7).is_err());
    }

    /// An alias may be empty; it is not the default one.
    #[test]
    fn place_56_57_an_empty_alias_is_an_alias() {
        let networks = r#", "NodeNetworks": [{"Mode": "host", "Addresses": [
            {"Alias": "default", "Address": "10.0.0.1"}, {"Alias": "", "Address": "10.0.0.2"}]}]"#;
        let on = |host_network: &str| {
            let port = Port { value: 80, host_network: host_network.into(), ..Port::default() };
            NetworkResource { reserved_ports: [port].into(), ..NetworkResource::default() }
        };
        let index = node(networks);
        let ip = |host_network| index.offer_group(&on(host_network), 0).unwrap()[0].host_ip.clone();
        assert_eq!((ip("default"), ip("")), ("10.0.0.1".into(), "10.0.0.2".into()));
        assert_eq!(node("").offer_group(&on(""), 0), Err(PortProblem::NoAddress { network: String::new() }));
    }

    #[test]
    fn place_61_to() {
        let mut asked = ask(&[], 2);
        asked.dynamic_ports.as_mut_slice()[0].to = 80;
        asked.dynamic_ports.as_mut_slice()[1].to = -1;
        let offer = node("").offer_group(&asked, 1).unwrap();
        assert_eq!((offer[0].to, offer[1].to), (80, offer[1].value));
    }

    /// Sixteen million addresses, of which two are looked at.
    #[test]
    fn place_64_a_large_subnet_is_not_walked() {
        let mut index = node("");
        index.take("10.0.0.0", 80).unwrap();
        assert_eq!(index.offer_task(&ask(&[80], 0), 0).unwrap().ip, "10.0.0.1");
        assert_eq!(index.offer_task(&ask(&[-1], 0), 0), Err(PortProblem::OutOfRange { port: -1 }));
        let greedy = NetworkResource { mbits: i64::MAX, ..ask(&[], 0) };
        assert_eq!(index.offer_task(&greedy, 0), Err(PortProblem::Bandwidth));
    }

    proptest! {
        /// INV: an offer never repeats a number, never collides, and can be taken.
        #[test]
        fn place_59_65_offers_can_be_taken(seed: u64, fixed in prop::collection::btree_set(95..110i64, 0..3), dynamic in 0..6usize) {
            let mut index = node(r#", "MinDynamicPort": 100, "MaxDynamicPort": 106"#);
            let asked = ask(&fixed.iter().copied().collect::<Vec<_>>(), dynamic);
            let room = (100..=106).filter(|port| !fixed.contains(port)).count();
            match index.offer_group(&asked, seed) {
                Ok(offer) => prop_assert!(dynamic <= room && index.hold_ports(&offer).is_ok()),
                Err(why) => prop_assert!(dynamic > room, "{why}"),
            }
            if let Ok(offer) = index.clone().offer_task(&asked, seed) {
                prop_assert!(index.hold_network(&offer).is_ok());
            }
        }
    }
}
