//! Computed classes: nodes that no rule tells apart, unless it names single nodes.

use longshore_model::wire::{Wire, feed_length, feed_text};
use longshore_model::{Map, Node, NodeDevice};
use xxhash_rust::xxh3::xxh3_64;

/// The computed class of a node, `v1:` and a number (FEAS-20): equal for nodes that agree in datacenter, class, pool,
/// attributes, facts and device groups, those keys aside that begin with `unique.`. Only equality means anything.
///
/// ```
/// use longshore_constraint::class::computed_class;
/// use longshore_model::Node;
/// let node = |id: &str, kernel: &str| Node::new(id).attribute("kernel", kernel).attribute("unique.ip", id);
/// assert_eq!(computed_class(&node("a", "linux")), computed_class(&node("b", "linux")));
/// assert_ne!(computed_class(&node("a", "linux")), computed_class(&node("a", "plan9")));
/// ```
pub fn computed_class(node: &Node) -> String {
    let mut bytes = Vec::with_capacity(512);
    let out = &mut bytes;
    feed_text(&node.datacenter, out);
    feed_text(&node.node_class, out);
    // A node without a pool is in the default one (FEAS-3).
    feed_text(if node.node_pool.is_empty() { "default" } else { &node.node_pool }, out);
    feed_shared(&node.attributes, out);
    feed_shared(&node.meta, out);
    // (Q) FEAS-20: no resources at all are not the same as resources without anything in them.
    out.push(u8::from(node.node_resources.is_some()));
    let devices = node.node_resources.as_ref().map_or(&[][..], |resources| &resources.devices);
    feed_length(devices.len(), out);
    devices.iter().for_each(|device| feed_device(device, out));
    format!("v1:{}", xxh3_64(&bytes))
}

/// The entries that a class may share, in key order.
fn feed_shared<V: Wire>(entries: &Map<V>, out: &mut Vec<u8>) {
    let shared = || entries.iter().filter(|(key, _)| !key.starts_with("unique."));
    feed_length(shared().count(), out);
    for (key, value) in shared() {
        feed_text(key, out);
        value.feed(out);
    }
}

/// FEAS-21: what the group is; not how many instances it has, nor how they are.
fn feed_device(device: &NodeDevice, out: &mut Vec<u8>) {
    feed_text(&device.vendor, out);
    feed_text(&device.kind, out);
    feed_text(&device.name, out);
    feed_shared(&device.attributes, out);
}
