//! Random jobs: every kind of rule, in any mix.

use longshore_model::{
    Affinity, Constraint, Job, Lifecycle, NetworkResource, Port, RequestedDevice, Spread, SpreadTarget, Task,
    TaskGroup, VolumeRequest,
};

use crate::dice::Dice;
use crate::nodes::{CENTERS, MODELS};

/// What spreads and distinct properties look at.
const PROPERTIES: [&str; 6] = [
    "${meta.rack}",
    "${meta.zone}",
    "${node.datacenter}",
    "${meta.unique.host}",
    "${node.unique.name}",
    "${attr.kernel}",
];

pub(crate) fn job(dice: &mut Dice, number: usize) -> Job {
    let mut job = Job::service(&format!("job-{number}"));
    if dice.once_in(5) {
        job = job.datacenters(&[dice.word(&CENTERS)]);
    } else if dice.once_in(6) {
        job = job.datacenters(&["e*", "w*st"]);
    }
    job.node_pool = dice.word(&["all", "all", "default", ""]).into();
    let plain = dice.once_in(6); // for those that one pass is enough for
    if !plain {
        job.constraints = constraints(dice).into();
        job.affinities = affinities(dice).into();
        job.spreads = spreads(dice).into();
    }
    // Looks at nodes themselves are dear: few ask for them.
    let looks = !plain && dice.once_in(6);
    for at in 0..1 + dice.roll(3) {
        job = job.with_group(group(dice, &format!("g{at}"), plain, looks));
    }
    job
}

fn group(dice: &mut Dice, name: &str, plain: bool, looks: bool) -> TaskGroup {
    let mut group = TaskGroup::new(name).count(dice.between(1, 9)).disk_mb(100 * dice.between(0, 4));
    for at in 0..1 + dice.roll(2) {
        group = group.task(task(dice, &format!("t{at}"), plain, looks));
    }
    if !plain {
        group.constraints = constraints(dice).into();
        group.affinities = affinities(dice).into();
        group.spreads = spreads(dice).into();
    }
    if looks && dice.once_in(2) {
        group.networks = [network(dice)].into();
    }
    if looks && dice.once_in(3) {
        let (name, kind, source) = ("v".to_owned(), "host".to_owned(), "data".to_owned());
        let (read_only, per_alloc) = (dice.once_in(2), dice.once_in(2));
        let volume = VolumeRequest { name, kind, source, read_only, per_alloc, ..VolumeRequest::default() };
        group.volumes.insert("v", volume);
    }
    group
}

fn task(dice: &mut Dice, name: &str, plain: bool, looks: bool) -> Task {
    let mut task = Task::new(name).cpu(50 * dice.between(1, 16)).memory_mb(50 * dice.between(1, 14));
    if dice.once_in(3) {
        task = task.driver("exec");
    }
    if dice.once_in(5) {
        let hook = dice.word(&["prestart", "poststart", "poststop"]).to_owned();
        task.lifecycle = Some(Lifecycle { hook, sidecar: dice.once_in(2) });
    }
    if plain {
        return task;
    }
    if dice.once_in(4) {
        task = task.device(device(dice, looks));
    }
    if dice.once_in(12) {
        task = task.device(device(dice, looks));
    }
    if looks && dice.once_in(3) {
        task.resources.cores = dice.between(1, 2);
        task.resources.cpu = 0;
    }
    if dice.once_in(8) {
        task.affinities = affinities(dice).into();
    }
    task
}

fn device(dice: &mut Dice, looks: bool) -> RequestedDevice {
    let mut device = RequestedDevice::new(dice.word(&["gpu", "gpu", "acme/gpu", "acme/gpu/T4"]));
    match dice.roll(3) {
        0 => device.count = dice.roll(3) + 1,
        1 => device.share = Some(50 * dice.between(1, 20) as u32),
        _ => {}
    }
    if dice.once_in(4) {
        device = device.constraint("${device.model}", "=", dice.word(&MODELS));
    }
    if looks && dice.once_in(2) {
        let (ltarget, operand) = ("${device.model}".to_owned(), Constraint::new("", "=", "").operand);
        let (rtarget, weight) = (dice.word(&MODELS).to_owned(), *dice.pick(&[50, -30, 80]));
        device.affinities.push(Affinity { ltarget, operand, rtarget, weight });
    }
    device
}

fn network(dice: &mut Dice) -> NetworkResource {
    let port = |label: &str, value| Port { label: label.into(), value, ..Port::default() };
    let mut network = NetworkResource { mode: "host".into(), ..NetworkResource::default() };
    if dice.once_in(2) {
        network.reserved_ports = [port("fixed", dice.between(80, 82))].into();
    }
    network.dynamic_ports = ["a", "b"][..dice.roll(3) as usize].iter().map(|label| port(label, 0)).collect();
    network
}

/// A rule that most nodes meet, or one that a few do.
fn rule(dice: &mut Dice) -> Constraint {
    let text = |value: u64| value.to_string();
    match dice.roll(10) {
        0 => Constraint::new("${meta.rack}", "=", &format!("r{}", dice.roll(3))),
        1 => Constraint::new("${meta.rack}", "!=", &format!("r{}", dice.roll(3))),
        2 => Constraint::new("${meta.zone}", "is_set", ""),
        3 => Constraint::new("${meta.zone}", "is_not_set", ""),
        4 => Constraint::new("${attr.kernel}", "!=", &text(4 + dice.roll(3))),
        5 => Constraint::new("${node.class}", "!=", dice.word(&["a", "b"])),
        6 => Constraint::new("${meta.unique.host}", "!=", &format!("h{}", dice.roll(20))),
        7 => Constraint::new("${node.unique.id}", "!=", &format!("n{}", dice.roll(20))),
        8 => Constraint::new("${meta.unique.host}", "is_set", ""),
        _ => Constraint::new("z1", "!=", "${meta.zone}"),
    }
}

fn constraints(dice: &mut Dice) -> Vec<Constraint> {
    let mut rules = Vec::new();
    if dice.once_in(5) {
        rules.push(rule(dice));
    }
    if dice.once_in(6) {
        rules.push(Constraint::new("", "distinct_hosts", dice.word(&["", "", "true", "false", "maybe"])));
    }
    while dice.once_in(4) {
        let limit = dice.word(&["", "1", "2", "3", "5", "5", "x"]);
        let limit = if limit == "x" && !dice.once_in(8) { "4" } else { limit };
        rules.push(Constraint::new(dice.word(&PROPERTIES), "distinct_property", limit));
    }
    rules
}

fn affinities(dice: &mut Dice) -> Vec<Affinity> {
    let several = if dice.once_in(3) { 1 + dice.roll(3) } else { 0 };
    let one = |_| {
        let Constraint { ltarget, rtarget, operand } = rule(dice);
        Affinity { ltarget, rtarget, operand, weight: *dice.pick(&[100, 50, 30, -20, -70, -100]) }
    };
    (0..several).map(one).collect()
}

fn spreads(dice: &mut Dice) -> Vec<Spread> {
    let several = *dice.pick(&[0, 0, 0, 1, 1, 2, 3]);
    let one = |_| {
        let attribute = dice.word(&PROPERTIES).to_owned();
        let spread_target = if dice.once_in(2) { targets(dice, &attribute).into() } else { Vec::new().into() };
        Spread { attribute, weight: *dice.pick(&[100, 50, 50, 30, 7]), spread_target }
    };
    (0..several).map(one).collect()
}

/// Wanted shares: with a rest or without, of nothing, of more than all, for all others.
fn targets(dice: &mut Dice, attribute: &str) -> Vec<SpreadTarget> {
    let values: &[&'static str] = match attribute {
        "${meta.rack}" => &["r0", "r1", "r2", "*", "r9"],
        "${meta.zone}" => &["z0", "z1", "z2", "*"],
        "${node.datacenter}" => &["east", "west", "north", "*"],
        "${attr.kernel}" => &["4", "5", "6", "*"],
        "${node.unique.name}" => &["host-0", "host-1", "*"],
        _ => &["h0", "h1", "h2", "*"],
    };
    let mut targets: Vec<SpreadTarget> = Vec::new();
    for _ in 0..1 + dice.roll(3) {
        let value = dice.word(values);
        if targets.iter().all(|target| target.value != value) {
            targets.push(SpreadTarget { value: value.into(), percent: *dice.pick(&[0, 10, 33, 50, 60, 70, 100]) });
        }
    }
    targets
}
