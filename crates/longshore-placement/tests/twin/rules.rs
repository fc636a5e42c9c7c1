//! What a node's record says, by the letter of the specification: no index, no profile, no compiled rule.

use crate::fit;
use longshore_model::{Affinity, Constraint, Job, Node, NodeDevice, Operand, RequestedDevice, TaskGroup};

/// FEAS-40 to FEAS-43.
pub(crate) fn resolve(target: &str, node: &Node) -> Option<String> {
    let Some(inner) = target.strip_prefix("${") else { return Some(target.to_owned()) };
    match inner {
        "node.unique.id}" => Some(node.id.to_string()),
        "node.unique.name}" => Some(node.name.clone()),
        "node.datacenter}" => Some(node.datacenter.clone()),
        "node.class}" => Some(node.node_class.clone()),
        _ => {
            let (space, key) = inner.strip_suffix('}')?.split_once('.')?;
            let facts = if space == "meta" { &node.meta } else { &node.attributes };
            facts.get(key).cloned()
        }
    }
}

/// FEAS-50, FEAS-51, FEAS-58, FEAS-59.
fn holds(left: &str, operand: &Operand, right: &str, node: &Node) -> bool {
    let (left, right) = (resolve(left, node), resolve(right, node));
    match operand.as_str() {
        "=" => left.is_some() && left == right,
        "!=" => left.unwrap_or_default() != right.unwrap_or_default(),
        "is_set" => left.is_some(),
        "is_not_set" => left.is_none(),
        _ => true, // distinct_hosts, distinct_property
    }
}

fn every_rule<'a>(job: &'a Job, group: &'a TaskGroup) -> impl Iterator<Item = &'a Constraint> {
    let tasks = group.tasks.iter().flat_map(|task| task.constraints.iter());
    job.constraints.iter().chain(group.constraints.iter()).chain(tasks)
}

/// FEAS-1 to FEAS-4, FEAS-100 to FEAS-113: whether the record lets the group in. A task without a driver needs none, a
/// group without a network needs none (DIFF-18).
pub(crate) fn admits(job: &Job, group: &TaskGroup, node: &Node) -> bool {
    let pool = ["all", "", &node.node_pool].contains(&job.node_pool.as_str());
    let datacenter = job.datacenters.iter().any(|pattern| matches(pattern, &node.datacenter));
    let rules = every_rule(job, group).all(|rule| holds(&rule.ltarget, &rule.operand, &rule.rtarget, node));
    let drivers = group.tasks.iter().filter(|task| !task.driver.is_empty());
    let mut drivers = drivers.map(|task| format!("driver.{}", task.driver));
    let networks = || node.node_resources.as_ref().is_some_and(|has| !has.networks.is_empty());
    node.ready()
        && pool
        && datacenter
        && rules
        && drivers.all(|driver| node.attributes.get(&driver).is_some_and(|on| on == "1"))
        && (group.networks.is_empty() || networks())
        && has_devices(group, node)
        && distinct_limits(job, group).all(|(target, limit, _)| limit.is_some() && resolve(target, node).is_some())
}

/// `*` stands for any text: the patterns here have one at most.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.len() >= head.len() + tail.len() && text.starts_with(head) && text.ends_with(tail),
    }
}

/// Properties that are to be distinct: the target, how often a value may be used (`None` if that is no number), and
/// whether only the group counts (FEAS-153).
pub(crate) fn distinct_limits<'a>(
    job: &'a Job,
    group: &'a TaskGroup,
) -> impl Iterator<Item = (&'a str, Option<u64>, bool)> {
    let of = |rules: &'a [Constraint], of_group| {
        let distinct = rules.iter().filter(|rule| rule.operand == Operand::DistinctProperty);
        distinct.map(move |rule| {
            let limit = if rule.rtarget.is_empty() { Some(1) } else { rule.rtarget.parse().ok() };
            (rule.ltarget.as_str(), limit, of_group)
        })
    };
    of(&job.constraints, false).chain(of(&group.constraints, true))
}

/// FEAS-151: whether hosts are to be distinct, for the job and for the group. What is no truth value is a yes.
pub(crate) fn distinct_hosts(job: &Job, group: &TaskGroup) -> (bool, bool) {
    let on = |rules: &[Constraint]| {
        let first = rules.iter().find(|rule| rule.operand == Operand::DistinctHosts);
        first.is_some_and(|rule| rule.rtarget != "false")
    };
    (on(&job.constraints), on(&group.constraints))
}

/// PLACE-86.
pub(crate) fn affinity(job: &Job, group: &TaskGroup, node: &Node) -> Option<f64> {
    let tasks = group.tasks.iter().flat_map(|task| task.affinities.iter());
    let all: Vec<&Affinity> = job.affinities.iter().chain(group.affinities.iter()).chain(tasks).collect();
    let held = all.iter().filter(|one| holds(&one.ltarget, &one.operand, &one.rtarget, node));
    let held: i64 = held.map(|one| i64::from(one.weight)).sum();
    let weights: i64 = all.iter().map(|one| i64::from(one.weight).abs()).sum();
    (!all.is_empty()).then(|| held as f64 / weights as f64)
}

/// FEAS-105, FEAS-106: whether a device group answers a request.
pub(crate) fn device_matches(request: &RequestedDevice, group: &NodeDevice) -> bool {
    let name = match request.name.split('/').collect::<Vec<_>>()[..] {
        [kind] => kind == group.kind,
        [vendor, kind] => vendor == group.vendor && kind == group.kind,
        [vendor, kind, model] => vendor == group.vendor && kind == group.kind && model == group.name,
        _ => false,
    };
    name && request.constraints.iter().all(|rule| rule.rtarget == group.name) // of `${device.model}`, all of them
}

/// FEAS-102 to FEAS-104: requests share what is healthy, group by group in the node's order; shares in thousandths.
fn has_devices(group: &TaskGroup, node: &Node) -> bool {
    let groups = node.node_resources.as_ref().map_or(&[][..], |has| &has.devices);
    let healthy = |group: &NodeDevice| 1000 * group.instances.iter().filter(|one| one.healthy).count() as u64;
    let mut left: Vec<u64> = groups.iter().map(healthy).collect();
    fit::requests(group).into_iter().all(|request| {
        let mut wanted = request.count * request.share.map_or(1000, u64::from);
        for at in (0..groups.len()).filter(|at| device_matches(request, &groups[*at])) {
            let taken = wanted.min(left[at]);
            (wanted, left[at]) = (wanted - taken, left[at] - taken);
        }
        wanted == 0
    })
}

/// FEAS-120 to FEAS-122: volumes by their name, with the allocation's index where each has its own.
pub(crate) fn volumes(group: &TaskGroup, node: &Node, alloc_name: &str) -> bool {
    group.volumes.values().all(|asked| {
        let index = alloc_name.rfind('[').filter(|_| asked.per_alloc).map_or("", |at| &alloc_name[at..]);
        let offered = node.host_volumes.get(&format!("{}{index}", asked.source));
        offered.is_some_and(|offered| asked.read_only || !offered.read_only)
    })
}
