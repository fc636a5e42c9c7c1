//! Whom to displace on one node, so that work of higher priority fits.
//!
//! A candidate may be displaced by a job whose priority is higher by ten or more (PLACE-103). Victims are looked for in
//! three ways, by what is short: amounts and cores ([`for_amounts`]), static ports and bandwidth ([`for_network`]), and
//! instances of devices ([`for_devices`]). No victims is an everyday answer; nothing is displaced unless the placement then fits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{AllocId, Allocation, Job, NetworkResource, NodeDevice};

use crate::account::{Capacity, DeviceRequest, DeviceTable, PortIndex, Usage};
use crate::amounts::Amounts;

/// How much higher a priority must be.
const PRIORITY_GAP: i64 = 10;

/// Those who may be displaced for a job: the node's proposed allocations less its own (PLACE-102).
#[derive(Debug)]
pub struct Candidates<'a> {
    job: &'a Job,
    all: Vec<&'a Arc<Allocation>>,
    /// Victims that the plan has already, by job and group (PLACE-104).
    displaced: &'a [Arc<Allocation>],
}

impl<'a> Candidates<'a> {
    /// The candidates among a node's proposed allocations, in their order; `displaced` are the plan's victims so far.
    pub fn new(job: &'a Job, proposed: &'a [Arc<Allocation>], displaced: &'a [Arc<Allocation>]) -> Candidates<'a> {
        let own = |alloc: &Allocation| alloc.namespace == job.namespace && alloc.job_id == job.id;
        Candidates { job, all: proposed.iter().filter(|alloc| !own(alloc)).collect(), displaced }
    }

    /// The priority of one that may be displaced (PLACE-103).
    fn eligible(&self, alloc: &Allocation) -> Option<i64> {
        let priority = alloc.job.as_ref()?.priority;
        (self.job.priority.saturating_sub(priority) >= PRIORITY_GAP).then_some(priority)
    }

    /// The handicap of one whose group may lose only so many at once (PLACE-104).
    fn penalty(&self, alloc: &Allocation) -> f64 {
        let group = alloc.job.as_ref().and_then(|job| job.group(&alloc.task_group));
        let most = group.and_then(|group| group.migrate.as_ref()).map_or(0, |migrate| migrate.max_parallel);
        let same = |other: &&Arc<Allocation>| {
            other.namespace == alloc.namespace && other.job_id == alloc.job_id && other.task_group == alloc.task_group
        };
        let lost = i64::try_from(self.displaced.iter().filter(same).count()).unwrap_or(i64::MAX);
        if most > 0 && lost >= most { 50.0 * (lost.saturating_add(1).saturating_sub(most)) as f64 } else { 0.0 }
    }
}

/// One that may go, and what it holds.
#[derive(Clone)]
struct Held {
    id: AllocId,
    usage: Usage,
    penalty: f64,
}

/// Distance of what is held from what is needed (PLACE-106): memory, CPU, disk.
fn distance(need: &Amounts, held: &Amounts) -> f64 {
    let part = |need: i64, held: i64| if need <= 0 { 0.0 } else { (need.saturating_sub(held)) as f64 / need as f64 };
    let parts = [part(need.memory, held.memory), part(need.cpu, held.cpu), part(need.disk, held.disk)];
    parts.iter().map(|part| part * part).sum::<f64>().sqrt()
}

/// What is free or would be.
#[derive(Clone)]
struct Room {
    amounts: Amounts,
    cores: BTreeSet<i64>,
}

impl Room {
    fn free(&mut self, usage: &Usage) {
        self.amounts = saturating(self.amounts, usage.amounts, i64::saturating_add);
        self.cores.extend(&usage.cores);
    }

    /// Rows 3 to 6 of PLACE-48.
    fn holds(&self, ask: &Usage) -> bool {
        let cores = self.cores.is_empty() || ask.cores.is_subset(&self.cores);
        ask.amounts.fits_in(&self.amounts) && cores
    }
}

fn saturating(a: Amounts, b: Amounts, with: fn(i64, i64) -> i64) -> Amounts {
    Amounts { cpu: with(a.cpu, b.cpu), memory: with(a.memory, b.memory), disk: with(a.disk, b.disk) }
}

/// The victims that make room for amounts and cores, in the reference's order; empty if none help (PLACE-108 to
/// PLACE-112).
///
/// What the job itself holds on the node is not subtracted, as in the reference (PLACE-108): a plan that relies on it is
/// refused when it is verified.
///
/// # Cost
/// O(candidates²) of those with one priority.
pub fn for_amounts(candidates: &Candidates<'_>, capacity: &Capacity, ask: &Usage) -> Vec<AllocId> {
    let mut room = Room { amounts: capacity.available, cores: capacity.available_cores.clone() };
    let mut by_priority: BTreeMap<i64, Vec<Held>> = BTreeMap::new();
    for alloc in &candidates.all {
        let usage = alloc.allocated_resources.as_ref().map(Usage::of);
        let Ok(usage) = usage.unwrap_or_else(|| Ok(Usage::default())) else { return Vec::new() };
        room.amounts = saturating(room.amounts, usage.amounts, i64::saturating_sub);
        room.cores.retain(|core| !usage.cores.contains(core));
        if let Some(priority) = candidates.eligible(alloc) {
            let held = Held { id: alloc.id.clone(), usage, penalty: candidates.penalty(alloc) };
            by_priority.entry(priority).or_default().push(held);
        }
    }
    let (base, mut need) = (room.clone(), ask.amounts);
    let mut picked: Vec<Held> = Vec::new();
    'enough: for mut group in by_priority.into_values() {
        while let Some(nearest) = nearest(&group, &need) {
            let held = group.swap_remove(nearest);
            room.free(&held.usage);
            need = saturating(need, held.usage.amounts, i64::saturating_sub);
            picked.push(held);
            if room.holds(ask) {
                break 'enough;
            }
        }
    }
    if picked.is_empty() || !room.holds(ask) {
        return Vec::new();
    }
    keep_needed(picked, base, ask)
}

/// The first with the least distance.
fn nearest(group: &[Held], need: &Amounts) -> Option<usize> {
    let scores = group.iter().map(|held| distance(need, &held.usage.amounts) + held.penalty).enumerate();
    scores
        .fold(None, |best: Option<(usize, f64)>, (at, score)| match best {
            Some((_, least)) if score >= least => best,
            _ => Some((at, score)),
        })
        .map(|(at, _)| at)
}

/// PLACE-111: the farthest first, as many as are needed.
fn keep_needed(mut picked: Vec<Held>, mut room: Room, ask: &Usage) -> Vec<AllocId> {
    let far = |held: &Held| distance(&ask.amounts, &held.usage.amounts);
    picked.sort_by(|a, b| far(b).total_cmp(&far(a)));
    let mut kept = Vec::new();
    for held in picked {
        room.free(&held.usage);
        kept.push(held.id);
        if room.holds(ask) {
            break;
        }
    }
    kept
}

/// One that holds part of a network.
struct Linked<'a> {
    id: &'a AllocId,
    priority: i64,
    mbits: i64,
    /// Static ports of all its networks.
    ports: Vec<i64>,
    penalty: f64,
}

/// The victims that free the static ports and the bandwidth of a network ask; empty if none help (PLACE-113 to
/// PLACE-117). Interfaces are tried one by one, in the order of their first candidate. Too few dynamic ports are never
/// cured.
pub fn for_network(candidates: &Candidates<'_>, index: &PortIndex, ask: &NetworkResource) -> Vec<AllocId> {
    let mut devices: Vec<(String, Vec<Linked<'_>>, Vec<i64>)> = Vec::new();
    for alloc in &candidates.all {
        let networks = alloc.allocated_resources.as_ref().map(|held| held.total().networks).unwrap_or_default();
        let Some(first) = networks.first() else { continue };
        let at = devices.iter().position(|(device, ..)| *device == first.device).unwrap_or_else(|| {
            devices.push((first.device.clone(), Vec::new(), Vec::new()));
            devices.len() - 1
        });
        let ports =
            |network: &NetworkResource| network.reserved_ports.iter().map(|port| port.value).collect::<Vec<_>>();
        match candidates.eligible(alloc) {
            Some(priority) => devices[at].1.push(Linked {
                id: &alloc.id,
                priority,
                mbits: first.mbits,
                ports: networks.iter().flat_map(ports).collect(),
                penalty: candidates.penalty(alloc),
            }),
            None => devices[at].2.extend(ports(first)),
        }
    }
    let mut options = devices.into_iter().filter(|(_, linked, _)| !linked.is_empty());
    options
        .find_map(|(device, linked, barred)| on_device(linked, &barred, index.bandwidth(&device), ask))
        .unwrap_or_default()
}

/// PLACE-114 to PLACE-116 on one interface, with its total and held bandwidth.
fn on_device(
    mut linked: Vec<Linked<'_>>,
    barred: &[i64],
    (total, held): (i128, i128),
    ask: &NetworkResource,
) -> Option<Vec<AllocId>> {
    let wanted = i128::from(ask.mbits);
    if total < wanted || ask.reserved_ports.iter().any(|port| barred.contains(&port.value)) {
        return None;
    }
    let mut victims: Vec<Linked<'_>> = Vec::new();
    for port in &ask.reserved_ports {
        while let Some(holder) = linked.iter().position(|one| one.ports.contains(&port.value)) {
            victims.push(linked.remove(holder));
        }
    }
    let free = total - held;
    let mut room = free + victims.iter().map(|one| i128::from(one.mbits)).sum::<i128>();
    let far = |one: &Linked<'_>| ((ask.mbits.saturating_sub(one.mbits)) as f64 / ask.mbits as f64).abs();
    linked.sort_by(|a, b| {
        let distance = (far(a) + a.penalty).total_cmp(&(far(b) + b.penalty));
        a.priority.cmp(&b.priority).then(distance)
    });
    for one in linked {
        if room >= wanted {
            break;
        }
        room += i128::from(one.mbits);
        victims.push(one);
    }
    if room < wanted || victims.is_empty() {
        return None;
    }
    // PLACE-116: without bandwidth nobody is spared.
    if wanted > 0 {
        victims.sort_by(|a, b| far(b).total_cmp(&far(a)));
        let mut room = free;
        let enough = victims.iter().position(|one| {
            room += i128::from(one.mbits);
            room >= wanted && room != 0
        });
        victims.truncate(enough.map_or(victims.len(), |last| last + 1));
    }
    Some(victims.into_iter().map(|one| one.id.clone()).collect())
}

/// The victims that free instances for a request, those who hold most first; empty if none help (PLACE-118, PLACE-119).
pub fn for_devices(
    candidates: &Candidates<'_>,
    groups: &[NodeDevice],
    table: &DeviceTable,
    request: &DeviceRequest,
) -> Vec<AllocId> {
    let mut best: Option<(i128, Vec<AllocId>)> = None;
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| request.matches(*group)) {
        let Some(option) = device_option(candidates, group, table.free(groups, at, request.share()).count(), request)
        else {
            continue;
        };
        // Wide, so that no sum of recorded priorities overflows.
        let priorities: BTreeSet<i128> = option.iter().map(|(priority, ..)| i128::from(*priority)).collect();
        let cost = priorities.into_iter().sum();
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, option.into_iter().map(|(_, _, id)| id).collect()));
        }
    }
    best.map_or(Vec::new(), |(_, victims)| victims)
}

/// Priority, instances and id of each victim in one device group.
fn device_option(
    candidates: &Candidates<'_>,
    group: &NodeDevice,
    free: usize,
    request: &DeviceRequest,
) -> Option<Vec<(i64, usize, AllocId)>> {
    let wanted = usize::try_from(request.count()).unwrap_or(usize::MAX);
    let mut holders: Vec<(i64, usize, AllocId)> = Vec::new();
    for alloc in &candidates.all {
        let tasks = alloc.allocated_resources.iter().flat_map(|held| held.tasks.values());
        let held = tasks.flat_map(|task| task.devices.iter());
        let here =
            held.filter(|held| held.vendor == group.vendor && held.kind == group.kind && held.name == group.name);
        let count = here.map(|held| held.device_ids.len()).sum();
        if let (true, Some(priority)) = (count > 0, candidates.eligible(alloc)) {
            holders.push((priority, count, alloc.id.clone()));
        }
    }
    holders.sort_by_key(|(priority, ..)| *priority);
    let mut freed = free;
    let enough = holders.iter().position(|(_, count, _)| {
        freed = freed.saturating_add(*count);
        freed >= wanted
    })?;
    holders.truncate(enough + 1);
    holders.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    let mut kept = 0;
    let last = holders.iter().position(|(_, count, _)| {
        kept += count;
        kept >= wanted
    });
    holders.truncate(last.map_or(holders.len(), |last| last + 1));
    Some(holders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::from_json;

    #[test]
    fn place_119_costs_do_not_overflow() {
        let held = |id: &str, priority: i64, device: &str| {
            let text = format!(
                r#"{{"ID": "{id}", "Job": {{"ID": "{id}", "Priority": {priority}}}, "AllocatedResources": {{"Tasks": {{"t":
                    {{"Devices": [{{"Vendor": "acme", "Type": "gpu", "Name": "zx9", "DeviceIDs": ["{device}"]}}]}}}}}}}}"#
            );
            Arc::new(from_json::<Allocation>(&text).unwrap())
        };
        let (job, groups) =
            (Job { priority: 80, ..Job::default() }, [NodeDevice::new("acme", "gpu", "zx9").instances(2)]);
        let there = [held("a", i64::MIN, "gpu-0"), held("b", i64::MIN + 1, "gpu-1")];
        let mut table = DeviceTable::new(&groups);
        there.iter().for_each(|alloc| table.hold(&groups, alloc.allocated_resources.as_ref().unwrap()));
        let request = DeviceRequest::new(&longshore_model::RequestedDevice::new("gpu").count(2));
        assert_eq!(for_devices(&Candidates::new(&job, &there, &[]), &groups, &table, &request).len(), 2);
    }

    #[test]
    fn place_106_distances() {
        let need = Amounts { cpu: 2048, memory: 512, disk: 4096 };
        let table = [
            (2048, 512, 4096, 0.0),
            (1024, 400, 1024, 0.927_551),
            (8192, 200, 1024, 3.151_799),
            (2048, 500, 4096, 0.023_438),
        ];
        for (cpu, memory, disk, far) in table {
            assert!((distance(&need, &Amounts { cpu, memory, disk }) - far).abs() < 1e-6, "{cpu} {memory} {disk}");
        }
    }
}
