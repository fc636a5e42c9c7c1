//! Networks (MODEL-241).

use std::collections::BTreeMap;

use super::compare::{Lists, Objects, Pair, content, fields};
use super::texts::Texts;
use crate::{DnsConfig, List, NetworkResource};

/// Fields that placing fills in, or that are obsolete.
const HIDDEN: &[&str] = &["Device", "CIDR", "IP", "MBits"];

/// Networks are told apart by what they are, so a changed one is one that went and one that came.
pub(super) fn add(objects: &mut Objects, networks: Lists<'_, NetworkResource>) {
    if networks.old == networks.new {
        return;
    }
    let by_content = |list: &'_ [NetworkResource]| list.iter().map(content).collect::<Vec<_>>();
    let (old, new) = (by_content(networks.old), by_content(networks.new));
    let known =
        |contents: &[Vec<u8>]| contents.iter().map(|content| (content.clone(), ())).collect::<BTreeMap<_, ()>>();
    let (in_old, in_new) = (known(&old), known(&new));
    for (network, content) in networks.old.iter().zip(&old) {
        if !in_new.contains_key(content) {
            objects.present("Network", Pair { old: Some(network), new: None }, HIDDEN, parts);
        }
    }
    for (network, content) in networks.new.iter().zip(&new) {
        if !in_old.contains_key(content) {
            objects.present("Network", Pair { old: None, new: Some(network) }, HIDDEN, parts);
        }
    }
}

fn parts(pair: Pair<'_, NetworkResource>, within: &mut Objects) {
    for port in pair.list(|network| &network.reserved_ports).by_key(|port| &port.label) {
        within.primitive("Static Port", port, &[]);
    }
    for port in pair.list(|network| &network.dynamic_ports).by_key(|port| &port.label) {
        within.primitive("Dynamic Port", port, &["Value", "IgnoreCollision"]);
    }
    let dns = pair.nullable(|network| network.dns.as_ref());
    let dns_fields = fields(dns.old.map(dns_texts), dns.new.map(dns_texts), &[], within.detail());
    within.add_unless_none(dns.kind(), "DNS", dns_fields);
    let cni = pair.nullable(|network| network.cni.as_ref()).member(|cni| &cni.args);
    within.deep_map("CNIConfig", cni);
}

/// Each list as one text; an empty one has none.
fn dns_texts(dns: &DnsConfig) -> Texts {
    let lists = [("Options", &dns.options), ("Searches", &dns.searches), ("Servers", &dns.servers)];
    let joined = |(name, list): (&'static str, &List<String>)| (!list.is_empty()).then(|| (name, list.join(",")));
    Texts::given(lists.into_iter().filter_map(joined))
}
