//! What rules say of nodes: asked once a profile, unless they name single nodes.

use longshore_model::Node;

use crate::ask::Ask;
use crate::feasible::would_do;
use crate::fleet::{Fleet, NO_PROFILE, NOBODY, NodeView, Slot};

use super::look;
use super::slot_set::SlotSet;

const UNASKED: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;

/// One ask's answers, by profile.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdicts {
    of: Vec<u8>,
}

impl Verdicts {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.of.clear();
    }

    /// Whether a node may be used, by its record.
    #[inline]
    pub(super) fn admit(&mut self, ask: &Ask, fleet: &Fleet, slot: Slot) -> bool {
        let profile = fleet.profiles()[slot.index()];
        match self.of.get(profile as usize) {
            _ if profile == NOBODY => false,
            Some(&NO) => false,
            Some(&YES) => true,
            _ => fleet.view(slot).is_some_and(|node| self.ask(ask, fleet, &node)),
        }
    }

    /// The same of every slot, in order.
    pub(super) fn admit_all(&mut self, ask: &Ask, fleet: &Fleet, into: &mut SlotSet) {
        into.refill(fleet.slots().zip(fleet.profiles()).map(|(slot, profile)| match self.of.get(*profile as usize) {
            Some(&NO) => false,
            Some(&YES) => true,
            _ => self.admit(ask, fleet, slot),
        }));
    }

    fn ask(&mut self, ask: &Ask, fleet: &Fleet, node: &NodeView<'_>) -> bool {
        let rules = |node: &Node| {
            would_do(&ask.pool, &ask.datacenters, node)
                && ask.demands.admit(node).is_ok()
                && look::unmet(ask, node).is_none()
        };
        let profile = node.profile() as usize;
        if node.profile() == NO_PROFILE || ask.names_nodes() {
            return rules(node.node());
        }
        if self.of.len() <= profile {
            self.of.resize(profile + 1, UNASKED);
        }
        let first = fleet.first_of(node.profile()).map_or(node.node(), |first| first);
        let admitted = rules(first);
        self.of[profile] = if admitted { YES } else { NO };
        admitted
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.of.capacity()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use longshore_model::{Job, from_json};
    use proptest::prelude::*;

    use super::*;

    /// A node of a few words: what rules read, what is its own, and devices, one of which may be sick.
    fn node(at: usize, [net, gpu, own, driver]: [u8; 4]) -> Node {
        let (mode, networks) = match net {
            0 => ("host", "null"),
            1 => ("bridge", "null"),
            2 => (
                "host",
                r#"[{"Mode": "host", "Device": "eth1", "Addresses": [{"Alias": "public", "Address": "10.0.0.1"}]}]"#,
            ),
            _ => (
                "",
                r#"[{"Mode": "host", "Device": "eth1", "Addresses": [{"Alias": "private", "Address": "10.0.0.2"}]}]"#,
            ),
        };
        let group = |model: &str, gib: u8, healthy: bool| {
            format!(
                r#"{{"Vendor": "acme", "Type": "gpu", "Name": "{model}", "Attributes": {{"memory": {{"Int": {gib}, "Unit": "GiB"}}}},
                    "Instances": [{{"ID": "{model}-{at}", "Healthy": true}}, {{"ID": "{model}-x", "Healthy": {healthy}}}]}}"#
            )
        };
        let devices = match gpu {
            0 => String::new(),
            1 => group("a", 8, true),
            2 => group("a", 8, false),
            3 => group("a", 16, true),
            _ => [group("a", 8, false), group("b", 16, true)].join(","),
        };
        let text = format!(
            r#"{{"ID": "n{at}", "Name": "n{at}", "Datacenter": "dc1", "NodePool": "default", "Status": "ready",
                "SchedulingEligibility": "eligible", "Attributes": {{"driver.exec": "1", "unique.net": "{}"}},
                "Meta": {{"net": "{}"}}, "Drivers": {{"exec": {{"Detected": true, "Healthy": {}}}}},
                "NodeResources": {{"Cpu": {{"CpuShares": 4000, "TotalCpuCores": 4}}, "Memory": {{"MemoryMB": 8000}},
                    "Disk": {{"DiskMB": 9000}}, "Devices": [{devices}], "NodeNetworks": {networks},
                    "Networks": [{{"Mode": "{mode}", "Device": "eth0", "IP": "10.0.1.{at}"}}]}}}}"#,
            if own % 2 == 0 { "public" } else { "private" },
            if own / 2 == 0 { "public" } else { "default" },
            driver > 0,
        );
        from_json(&text).expect("a node")
    }

    fn job(group: &str, resources: &str) -> Job {
        let text = format!(
            r#"{{"ID": "j", "Name": "j", "Type": "service", "Priority": 50, "Datacenters": ["*"], "NodePool": "default",
                "TaskGroups": [{{"Name": "g", "Count": 1, "EphemeralDisk": {{"SizeMB": 10}} {group}, "Tasks": [
                    {{"Name": "t", "Driver": "exec", "Resources": {{"CPU": 10, "MemoryMB": 10 {resources}}}}}]}}]}}"#
        );
        from_json(&text).expect("a job")
    }

    /// Jobs by what they demand of networks, devices and single nodes.
    fn jobs() -> Vec<Job> {
        let network = |mode: &str, host_network: &str| {
            format!(
                r#", "Networks": [{{"Mode": "{mode}", "DynamicPorts": [{{"Label": "http", "HostNetwork": "{host_network}"}}]}}]"#
            )
        };
        let networks = [
            String::new(),
            network("host", "public"),
            network("host", "default"),
            network("bridge", ""),
            network("host", "${meta.net}"),
            network("host", "${attr.unique.net}"),
            r#", "Constraints": [{"LTarget": "${attr.unique.net}", "Operand": "=", "RTarget": "public"}]"#.to_owned(),
            r#", "Constraints": [{"LTarget": "${meta.net}", "Operand": "distinct_property", "RTarget": "3"}]"#
                .to_owned(),
        ];
        let device = |count: u8, rule: &str| {
            format!(r#", "Devices": [{{"Name": "gpu", "Count": {count}, "Constraints": [{rule}]}}]"#)
        };
        let devices = [
            String::new(),
            device(1, ""),
            device(2, ""),
            device(1, r#"{"LTarget": "${device.attr.memory}", "Operand": ">=", "RTarget": "16 GiB"}"#),
            device(1, r#"{"LTarget": "${device.model}", "Operand": "=", "RTarget": "b"}"#),
            device(1, r#"{"LTarget": "${device.ids}", "Operand": "set_contains", "RTarget": "a-3"}"#),
        ];
        networks.iter().flat_map(|network| devices.iter().map(|device| job(network, device))).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The twin asks every node: what is said of a profile is true of each of its nodes.
        #[test]
        fn equals_asking_every_node(
            words in prop::collection::vec([0..4u8, 0..5u8, 0..4u8, 0..4u8], 1..40),
            changed in any::<prop::sample::Index>(),
            to in [0..4u8, 0..5u8, 0..4u8, 0..4u8],
        ) {
            let mut fleet = Fleet::new();
            for (at, words) in words.iter().enumerate() {
                fleet.put_node(Slot(at as u32), Arc::new(node(at, *words))).unwrap();
            }
            let changed = changed.index(words.len());
            let mut profiles = fleet.profiles().to_vec();
            profiles.sort_unstable();
            profiles.dedup();
            prop_assert!(profiles.len() <= 4 * 5 * 2 * 2, "{} profiles", profiles.len());
            let admitted = |fleet: &Fleet, verdicts: &mut Verdicts, ask: &Ask| {
                let mut all = SlotSet::default();
                verdicts.admit_all(ask, fleet, &mut all);
                all.iter().collect::<Vec<_>>()
            };
            let twin = |fleet: &Fleet, ask: &Ask| {
                let admits = |slot: &Slot| {
                    let node = fleet.view(*slot).unwrap().node().clone();
                    ask.demands.admit(&node).is_ok() && look::unmet(ask, &node).is_none()
                };
                fleet.slots().filter(admits).collect::<Vec<_>>()
            };
            for job in jobs() {
                let ask = Ask::new(&job, &job.task_groups[0]).unwrap();
                let mut verdicts = Verdicts::default();
                prop_assert_eq!(admitted(&fleet, &mut verdicts, &ask), twin(&fleet, &ask));
                let mut later = fleet.clone();
                later.put_node(Slot(changed as u32), Arc::new(node(changed, to))).unwrap();
                prop_assert_eq!(admitted(&later, &mut verdicts, &ask), twin(&later, &ask));
            }
        }
    }
}
