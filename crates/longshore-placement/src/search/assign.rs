//! Which device instances an ask gets on a node, and whether it fits there at all.

use crate::amounts::Amounts;
use crate::ask::{Ask, DeviceAsk, WHOLE};
use crate::fleet::{Assigned, Group, Hot, NodeView};

use super::dimension::Dimension;

/// Whether amounts fit, else the first that is short (PLACE-48).
#[inline]
pub(super) fn amounts_fit(Amounts { cpu, memory, disk }: Amounts, node: &Hot) -> Result<(), Dimension> {
    if node.full {
        return Err(Dimension::MaxAllocs);
    }
    if cpu > node.free.cpu {
        return Err(Dimension::Cpu);
    }
    if memory > node.free.memory {
        return Err(Dimension::Memory);
    }
    if disk > node.free.disk {
        return Err(Dimension::Disk);
    }
    Ok(())
}

/// Whether the ask fits, else the first resource that is short: devices come before amounts (PLACE-72, PLACE-48).
pub(super) fn fits(ask: &Ask, node: &NodeView<'_>, matching: &[Vec<bool>]) -> Result<(), Dimension> {
    let served = match (ask.devices.as_slice(), matching) {
        ([], _) => true,
        ([request], [kinds]) => group_for(request, node, kinds, |group| node.free_of(group)).is_some(),
        _ => assign(ask, node, matching, tightest_fitting).is_some(),
    };
    if served { amounts_fit(ask.amounts, node.hot()) } else { Err(Dimension::Devices) }
}

/// The group that serves a request: of several the last, as the reference has it on a tie (PLACE-73).
fn group_for<'f>(
    request: &DeviceAsk,
    node: &NodeView<'_>,
    kinds: &[bool],
    free: impl Fn(Group) -> &'f [u16],
) -> Option<usize> {
    node.groups().iter().rposition(|group| {
        kinds[group.kind as usize]
            && free(*group).iter().filter(|room| **room >= request.share).count() >= request.count as usize
    })
}

pub(super) fn tightest_fitting(request: &DeviceAsk, free: &[u16]) -> usize {
    let fitting = free.iter().enumerate().filter(|(_, room)| **room >= request.share);
    fitting.min_by_key(|(at, room)| (**room, *at)).map_or(0, |(at, _)| at)
}

fn first_fitting(request: &DeviceAsk, free: &[u16]) -> usize {
    free.iter().position(|room| *room >= request.share).unwrap_or(0)
}

/// Instances for every request of the ask, one after the other; `None` if one of them is not served.
pub(super) fn assign(
    ask: &Ask,
    node: &NodeView<'_>,
    matching: &[Vec<bool>],
    choose: impl Fn(&DeviceAsk, &[u16]) -> usize,
) -> Option<Vec<Assigned>> {
    if ask.devices.is_empty() {
        return Some(Vec::new());
    }
    let first = node.groups().first()?.start;
    let mut left: Vec<u16> = node.instances().to_vec();
    let mut assigned = Vec::with_capacity(ask.devices.len());
    for (request, kinds) in ask.devices.iter().zip(matching) {
        let range = |group: Group| (group.start - first) as usize..(group.start - first + group.len) as usize;
        let group = group_for(request, node, kinds, |group| &left[range(group)])?;
        let free = &mut left[range(node.groups()[group])];
        let instances: Vec<u32> = if request.share < WHOLE {
            let chosen = choose(request, free);
            let fits = free.get(chosen).is_some_and(|room| *room >= request.share);
            vec![if fits { chosen } else { first_fitting(request, free) } as u32]
        } else {
            let whole = free.iter().enumerate().filter(|(_, room)| **room == WHOLE);
            whole.map(|(at, _)| at as u32).take(request.count as usize).collect()
        };
        instances.iter().for_each(|at| free[*at as usize] -= request.share);
        assigned.push(Assigned { group: group as u32, instances, share: request.share });
    }
    Some(assigned)
}
