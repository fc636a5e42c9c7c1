//! One group's turn: where the job is already, and what that means to nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::Node;

use super::block::{LOWEST, Weather};
use crate::ask::Ask;
use crate::feasible::Unfit;
use crate::fleet::Slot;

/// An allocation of the job being placed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Resident {
    /// Where it is.
    pub slot: Slot,
    /// Whether it is of the group being placed.
    pub of_group: bool,
}

/// What is there of a job when the turn of one of its groups comes.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The group's count.
    pub count: i64,
    /// Allocations that the plan leaves on nodes: stored ones that have not ended, less those it stops, and those it has
    /// placed. They are company (PLACE-84, FEAS-152).
    pub there: Vec<Resident>,
    /// Stored allocations of this incarnation of the job that have not ended and are not to (FEAS-154).
    pub stored: Vec<Resident>,
    /// Allocations that the plan stops (FEAS-156).
    pub stopped: Vec<Resident>,
    /// Allocations that the plan has placed (FEAS-155).
    pub placed: Vec<Resident>,
    /// The sum of the weights of the spreads of groups that had their turn before (PLACE-93).
    pub weights: i64,
    /// The lowest boost of spreads that they have seen, if any (PLACE-95).
    pub lowest: Option<f64>,
}

/// How an allocation of the job counts among the uses of its node's values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Stored,
    Placed,
    Stopped,
    /// Stopped after all not.
    Spared,
}

/// How often a value is in use (FEAS-154 to FEAS-156, PLACE-90).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Use {
    pub(super) stored: u32,
    pub(super) placed: u32,
    pub(super) stopped: u32,
}

impl Use {
    pub(super) fn note(&mut self, kind: Kind) {
        match kind {
            Kind::Stored => self.stored += 1,
            Kind::Placed => self.placed += 1,
            Kind::Stopped => self.stopped += 1,
            Kind::Spared => self.stopped = self.stopped.saturating_sub(1),
        }
    }

    /// What counts: stored and placed ones, less stopped ones, of which one makes way for what is placed.
    pub(super) fn count(&self) -> u64 {
        let cleared = self.stopped - u32::from(self.placed > 0 && self.stopped > 1);
        u64::from(self.stored + self.placed).saturating_sub(u64::from(cleared))
    }

    /// Whether the value was counted at all; one that a plan has emptied stays, with 0 (PLACE-99).
    pub(super) fn is_counted(&self) -> bool {
        self.stored > 0 || self.placed > 0
    }
}

/// How many allocations of the group, and of the whole job, are on the node in each slot.
#[derive(Debug, Default)]
pub(super) struct Company {
    of_group: Vec<u32>,
    of_job: Vec<u32>,
}

impl Company {
    /// Has a place for so many slots.
    pub(super) fn fit(&mut self, slots: usize) {
        if self.of_group.len() < slots {
            self.of_group.resize(slots, 0);
            self.of_job.resize(slots, 0);
        }
    }
}

/// A turn in progress.
#[derive(Debug)]
pub(super) struct Round {
    /// Whose: the board's place.
    pub(super) place: usize,
    ask: Arc<Ask>,
    count: i64,
    company: Company,
    penalized: Vec<Slot>,
    /// Uses of each distinct property, by value.
    properties: Vec<BTreeMap<String, Use>>,
    pub(super) weather: Weather,
    /// Everything that was counted, to be counted again where a board is made anew.
    pub(super) notes: Vec<(Resident, Kind)>,
    /// Slots that were closed for this turn only.
    pub(super) closed: Vec<Slot>,
    /// Slots to be looked at again: company or penalties changed.
    pub(super) touched: Vec<Slot>,
    /// Slots that ever were: to be looked at again when the turn is over.
    pub(super) marked: Vec<Slot>,
}

impl std::fmt::Debug for Weather {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "weights {}, lowest {}", self.weights, self.lowest)
    }
}

impl Round {
    pub(super) fn new(place: usize, ask: Arc<Ask>, before: &Before, company: Company) -> Round {
        let mut round = Round {
            place,
            count: before.count,
            company,
            penalized: Vec::new(),
            properties: vec![BTreeMap::new(); ask.properties.len()],
            weather: Weather {
                weights: before.weights.saturating_add(ask.weights),
                lowest: before.lowest.unwrap_or(LOWEST),
            },
            notes: Vec::new(),
            closed: Vec::new(),
            touched: Vec::new(),
            marked: Vec::new(),
            ask,
        };
        before.there.iter().for_each(|resident| round.move_in(*resident));
        round
    }

    pub(super) fn ask(&self) -> &Ask {
        &self.ask
    }

    /// Counts company.
    pub(super) fn move_in(&mut self, resident: Resident) {
        self.company(resident, |there| *there += 1);
    }

    /// Counts it no longer.
    pub(super) fn move_out(&mut self, resident: Resident) {
        self.company(resident, |there| *there = there.saturating_sub(1));
    }

    fn company(&mut self, Resident { slot, of_group }: Resident, change: impl Fn(&mut u32)) {
        let of_group = self.company.of_group.get_mut(slot.index()).filter(|_| of_group);
        of_group.into_iter().chain(self.company.of_job.get_mut(slot.index())).for_each(change);
        self.touched.push(slot);
        self.marked.push(slot);
    }

    /// The company's columns, emptied for the next turn.
    pub(super) fn forget_company(&mut self) -> Company {
        let mut company = std::mem::take(&mut self.company);
        for slot in &self.marked {
            let counts = company.of_group.get_mut(slot.index()).into_iter().chain(company.of_job.get_mut(slot.index()));
            counts.for_each(|there| *there = 0);
        }
        company
    }

    /// How many of the group are on a node, and the group's count.
    pub(super) fn company_of(&self, slot: Slot) -> (u32, i64) {
        (self.company.of_group.get(slot.index()).copied().unwrap_or(0), self.count)
    }

    /// Whether the turn means nothing to a node.
    pub(super) fn knows_not(&self, slot: Slot) -> bool {
        self.company.of_job.get(slot.index()).is_none_or(|there| *there == 0) && !self.penalized.contains(&slot)
    }

    /// Whether who is there already keeps the group from nodes.
    pub(super) fn keeps_apart(&self) -> bool {
        self.ask.hosts.group || self.ask.hosts.job || !self.ask.properties.is_empty()
    }

    /// Whether company forbids a node (FEAS-152).
    pub(super) fn forbids(&self, slot: Slot) -> bool {
        let there = |of: &[u32]| of.get(slot.index()).is_some_and(|there| *there > 0);
        (self.ask.hosts.group && there(&self.company.of_group)) || (self.ask.hosts.job && there(&self.company.of_job))
    }

    /// Whether an earlier allocation failed on a node.
    pub(super) fn penalizes(&self, slot: Slot) -> bool {
        self.penalized.contains(&slot)
    }

    /// Says where the next allocation failed before (PLACE-26).
    pub(super) fn penalize(&mut self, slots: &[Slot]) {
        if self.penalized != slots {
            self.touched.append(&mut self.penalized);
            self.penalized.extend_from_slice(slots);
            self.touched.extend_from_slice(slots);
            self.marked.extend_from_slice(slots);
        }
    }

    /// Whether anybody asks how often values are in use.
    pub(super) fn counts_uses(&self) -> bool {
        !self.ask.spreads.is_empty() || !self.properties.is_empty()
    }

    /// Counts a use of a node's values.
    pub(super) fn note(&mut self, node: &Node, resident: Resident, kind: Kind) {
        self.notes.push((resident, kind));
        for (property, uses) in self.ask.properties.iter().zip(&mut self.properties) {
            if property.of_group && !resident.of_group {
                continue;
            }
            if let Some(value) = property.target.resolve(node) {
                match uses.get_mut(&*value) {
                    Some(used) => used.note(kind),
                    None => uses.entry(value.into_owned()).or_default().note(kind),
                }
            }
        }
    }

    /// Whether a value of a node is in use as often as it may be (FEAS-158).
    pub(super) fn taken(&self, node: &Node) -> Option<Unfit> {
        let mut all = self.ask.properties.iter().zip(&self.properties);
        all.find_map(|(property, uses)| property.admit(node, |value| uses.get(value).map_or(0, Use::count)).err())
    }
}
