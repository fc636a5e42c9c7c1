//! Whether an ask fits beside what is on a node, which device instances it gets there, and how well it fits.

use longshore_model::{Node, RequestedDevice, TaskGroup};

use crate::dice::scatter;
use crate::ledger::Held;
use crate::rules::device_matches;

/// What one question is about a node: capacity and what the plan leaves there, added up anew.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    pub(crate) has: [i64; 3],
    pub(crate) used: [i64; 3],
    pub(crate) allocs: i64,
    pub(crate) most: i64,
    /// Free thousandths of each instance of each device group; none of sick ones.
    pub(crate) free: Vec<Vec<i64>>,
}

/// What an ask gets of one device group: its number, and instances.
pub(crate) type Devices = Vec<(usize, Vec<usize>)>;

impl Room {
    pub(crate) fn of(node: &Node, has: [i64; 3], held: &[&Held]) -> Room {
        let groups = node.node_resources.as_ref().map_or(&[][..], |has| &has.devices);
        let whole = |healthy: bool| if healthy { 1000 } else { 0 };
        let free = groups.iter().map(|group| group.instances.iter().map(|one| whole(one.healthy)).collect());
        let mut room = Room { has, most: node.node_max_allocs, free: free.collect(), ..Room::default() };
        for held in held {
            room.allocs += 1;
            (0..3).for_each(|at| room.used[at] += held.amounts[at]);
            for (model, id, share) in &held.devices {
                // PLACE-71: what the node does not have is passed over.
                let Some(at) = groups.iter().position(|group| group.name == *model) else { continue };
                let instance = groups[at].instances.iter().position(|one| one.id == *id && one.healthy);
                if let Some(instance) = instance {
                    room.free[at][instance] -= share;
                }
            }
        }
        room.free.iter_mut().flatten().for_each(|free| *free = (*free).max(0));
        room
    }

    /// PLACE-48, as far as amounts go.
    pub(crate) fn takes(&self, asked: [i64; 3]) -> bool {
        (self.most == 0 || self.allocs < self.most) && (0..3).all(|at| self.used[at] + asked[at] <= self.has[at])
    }

    pub(crate) fn idle(&self) -> i64 {
        self.free.iter().flatten().sum()
    }

    /// Instances for every request, one after the other: of the last group that serves it (PLACE-73), whole ones as they
    /// come, shares as chosen. If choices leave none for a later request, the tightest are taken.
    pub(crate) fn devices(&self, requests: &[&RequestedDevice], node: &Node, choose: Choice) -> Option<Devices> {
        self.assign(requests, node, choose).or_else(|| self.assign(requests, node, Choice::Tightest))
    }

    fn assign(&self, requests: &[&RequestedDevice], node: &Node, choose: Choice) -> Option<Devices> {
        let groups = node.node_resources.as_ref().map_or(&[][..], |has| &has.devices);
        let mut free = self.free.clone();
        let one = |request: &&RequestedDevice| {
            let share = request.share.map_or(1000, i64::from);
            let fitting = |free: &[i64]| (0..free.len()).filter(|at| free[*at] >= share).collect::<Vec<_>>();
            let serves =
                |at: &usize| device_matches(request, &groups[*at]) && fitting(&free[*at]).len() as u64 >= request.count;
            let at = (0..groups.len()).rev().find(serves)?;
            let mut instances = fitting(&free[at]);
            if share < 1000 {
                let room = |instance: &usize| free[at][*instance];
                match choose {
                    Choice::Tightest => instances.sort_by_key(room),
                    Choice::Loosest => instances.sort_by_key(|instance| -room(instance)),
                    Choice::Chance(drawn) => {
                        instances.sort_by_key(|instance| std::cmp::Reverse(scatter(drawn ^ !(*instance as u64))));
                    }
                }
            }
            instances.truncate(request.count as usize);
            instances.iter().for_each(|instance| free[at][*instance] -= share);
            Some((at, instances))
        };
        requests.iter().map(one).collect()
    }
}

/// Which instance a share is taken of.
#[derive(Clone, Copy)]
pub(crate) enum Choice {
    Tightest,
    Loosest,
    Chance(u64),
}

/// Requests for devices, in the order of the tasks.
pub(crate) fn requests(group: &TaskGroup) -> Vec<&RequestedDevice> {
    group.tasks.iter().flat_map(|task| task.resources.devices.iter()).collect()
}

/// Thousandths that a group asks for.
pub(crate) fn demand(requests: &[&RequestedDevice]) -> i64 {
    requests.iter().map(|request| request.count as i64 * request.share.map_or(1000, i64::from)).sum()
}

/// PLACE-79 to PLACE-81, powers of sums as products of powers; what a node does not have counts as full.
pub(crate) fn by_products(room: &Room, asked: [i64; 3], spread: bool) -> f64 {
    let power = |at: usize| {
        let (used, asked, has) = (room.used[at] as f64, asked[at] as f64, room.has[at] as f64);
        if has <= 0.0 { 1.0 } else { libm::exp10(1.0 - used / has) * libm::exp10(-(asked / has)) }
    };
    of_powers(power(0) + power(1), spread)
}

/// The same where what is used with the ask is known from a look.
pub(crate) fn by_powers(has: [i64; 3], used: [i64; 2], spread: bool) -> f64 {
    let power = |at: usize| if has[at] <= 0 { 1.0 } else { libm::exp10(1.0 - used[at] as f64 / has[at] as f64) };
    of_powers(power(0) + power(1), spread)
}

fn of_powers(powers: f64, spread: bool) -> f64 {
    if spread { (powers - 2.0).clamp(0.0, 18.0) / 18.0 } else { (20.0 - powers).clamp(0.0, 18.0) / 18.0 }
}
