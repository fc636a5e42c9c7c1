//! A look at one node itself, with all that is on it: what columns cannot answer.

use std::sync::Arc;

use longshore_model::{Allocation, Node};

use super::Request;
use super::board::Closed;
use crate::ask::Ask;
use crate::attempt::{Attempt, Placed};
use crate::feasible::Unfit;
use crate::fleet::{NodeView, Slot};
use crate::proposed::{Proposals, Tentative};
use crate::score::Census;
use crate::volumes::{VolumeDemand, Volumes};

/// Who is on a node: the allocations that the plan in the making leaves there (PLACE-34).
pub trait Occupants {
    /// Those on the node in a slot, in any order.
    fn on(&self, slot: Slot) -> Vec<Arc<Allocation>>;
}

/// Nobody is anywhere.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Occupants for Nobody {
    fn on(&self, _: Slot) -> Vec<Arc<Allocation>> {
        Vec::new()
    }
}

/// What an attempt came to, and who was there.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) placed: Placed,
    pub(super) occupants: Vec<Arc<Allocation>>,
}

/// Tries the group on a node, as it is.
pub(super) fn attempt(request: &Request<'_>, node: &NodeView<'_>) -> Result<Tried, Closed> {
    attempt_displacing(request, node, None)
}

/// Tries the group on a node, displacing others if somebody is to be (`Some` of those that are already).
pub(super) fn attempt_displacing(
    request: &Request<'_>,
    node: &NodeView<'_>,
    displaced: Option<&[Arc<Allocation>]>,
) -> Result<Tried, Closed> {
    let Request { job, group, alloc_name, .. } = *request;
    let occupants = request.occupants.on(node.slot());
    let plan = Tentative::default();
    let census = Census { stored: &[], volumes: Volumes::default(), plan: &plan, node: &|_| None };
    let volumes = VolumeDemand::new(census, &Proposals::of([], &plan), job, group, alloc_name);
    volumes.admit(node.node(), &occupants, &mut volumes.unmet()).map_err(Closed::Filtered)?;
    let (oversubscription, seed) = (request.oversubscription, request.occasion.nonce);
    let attempt = Attempt { job, group, oversubscription, seed, preempt: displaced };
    let placed = attempt.on(node.node(), &occupants).map_err(Closed::Exhausted)?;
    Ok(Tried { placed, occupants })
}

/// A demand of the ask's distinct properties that no use will meet: no such property, or a limit that is no number.
pub(super) fn unmet(ask: &Ask, node: &Node) -> Option<Unfit> {
    ask.properties.iter().find_map(|property| property.value(node).err())
}
