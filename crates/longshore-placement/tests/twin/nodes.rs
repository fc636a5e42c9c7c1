//! Random nodes: few values for everything, so that rules meet and scores tie.

use longshore_model::{
    ClientHostVolume, Core, Eligibility, NetworkResource, Node, NodeDevice, ReservedResources, Topology,
};

use crate::dice::Dice;

pub(crate) const MODELS: [&str; 3] = ["T4", "P100", "G2"];
pub(crate) const CENTERS: [&str; 3] = ["east", "west", "north"];

/// How the nodes of one world are alike.
pub(crate) struct Style {
    /// Sizes that nodes come in.
    pub(crate) sizes: u64,
    pub(crate) racks: u64,
    /// Whether nodes lack properties here and there.
    pub(crate) gaps: bool,
}

impl Style {
    pub(crate) fn new(dice: &mut Dice) -> Style {
        Style { sizes: *dice.pick(&[1, 3, 40]), racks: *dice.pick(&[2, 5, 12]), gaps: dice.once_in(2) }
    }
}

/// The node in a slot.
pub(crate) fn node(dice: &mut Dice, at: usize, style: &Style) -> Node {
    let size = 1 + dice.roll(style.sizes) as i64;
    let mut node = Node::new(&format!("n{at}"))
        .datacenter(dice.word(&CENTERS[..2 + usize::from(at.is_multiple_of(7))]))
        .cpu(1_500 + 500 * size)
        .memory_mb(2_000 + 750 * (size % 7))
        .disk_mb(4_000)
        .attribute("kernel", &dice.between(4, 6).to_string());
    node.name = format!("host-{}", at / 2);
    node.node_class = ["", "a", "b"][dice.roll(3) as usize].into();
    let mut present = |style: &Style| !style.gaps || !dice.once_in(5);
    let (rack, zone, host) = (present(style), present(style), present(style));
    if rack {
        node = node.meta("rack", &format!("r{}", dice.roll(style.racks)));
    }
    if zone {
        node = node.meta("zone", &format!("z{}", dice.roll(3)));
    }
    if host {
        node = node.meta("unique.host", &format!("h{at}"));
    }
    if !dice.once_in(9) {
        node = node.driver("exec");
    }
    if dice.once_in(8) {
        node.node_pool = "lab".into();
    }
    if dice.once_in(12) {
        node.scheduling_eligibility = Eligibility::Ineligible;
    }
    if dice.once_in(6) {
        node.node_max_allocs = dice.between(1, 5);
    }
    if dice.once_in(4) {
        node = with_cores(dice, node);
    }
    if dice.once_in(5) {
        let mut reserved = ReservedResources::default();
        (reserved.cpu.cpu_shares, reserved.memory.memory_mb) = (100 * dice.between(0, 4), 100 * dice.between(0, 4));
        reserved.disk.disk_mb = 50 * dice.between(0, 4);
        node.reserved_resources = Some(reserved);
    }
    for _ in 0..dice.roll(3) {
        node = with_devices(dice, node);
    }
    node = with_volumes(dice, node);
    with_ports(dice, node)
}

/// Cores of unlike speed.
fn with_cores(dice: &mut Dice, mut node: Node) -> Node {
    let core = |id| Core { id, base_speed: 500 + 100 * dice.between(0, 3), ..Core::default() };
    let cores = (0..6).map(core).collect();
    if let Some(resources) = &mut node.node_resources {
        resources.processors.topology = Some(Topology { cores, ..Topology::default() });
    }
    node
}

/// One more device group, of a model that the node does not have yet; here and there with a sick instance.
fn with_devices(dice: &mut Dice, mut node: Node) -> Node {
    let model = dice.word(&MODELS);
    let Some(resources) = &mut node.node_resources else { return node };
    if resources.devices.iter().all(|group| group.name != model) {
        let mut group = NodeDevice::new("acme", "gpu", model).instances(1 + dice.roll(4) as usize);
        if dice.once_in(4) {
            let sick = dice.roll(group.instances.len() as u64) as usize;
            group.instances.as_mut_slice()[sick].healthy = false;
        }
        resources.devices.push(group);
    }
    node
}

/// A network with few dynamic ports.
fn with_ports(dice: &mut Dice, mut node: Node) -> Node {
    if let Some(resources) = &mut node.node_resources {
        (resources.min_dynamic_port, resources.max_dynamic_port) = (20_000, 20_000 + dice.between(1, 4));
        if !dice.once_in(6) {
            let (ip, cidr) = ("10.0.0.1".to_owned(), "10.0.0.1/32".to_owned());
            let (mode, device) = ("host".to_owned(), "eth0".to_owned());
            resources.networks = [NetworkResource { mode, device, ip, cidr, ..NetworkResource::default() }].into();
        }
    }
    node
}

/// Directories that allocations may mount: some by their index.
fn with_volumes(dice: &mut Dice, mut node: Node) -> Node {
    for name in ["data", "data[0]", "data[1]", "data[2]"] {
        if dice.once_in(3) {
            let volume =
                ClientHostVolume { name: name.into(), read_only: dice.once_in(3), ..ClientHostVolume::default() };
            node.host_volumes.insert(name, volume);
        }
    }
    node
}
