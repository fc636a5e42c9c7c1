//! Devices of a fleet: what groups of them are, how they are held, and shares that go to and fro.

use std::collections::BTreeMap;

use longshore_constraint::DeviceFacts;
use longshore_model::{DeviceAttribute, Map};

use crate::ask::WHOLE;

/// What a device group is, apart from which instances it has.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceKind {
    /// Such as `nvidia`.
    pub vendor: String,
    /// Such as `gpu`.
    pub kind: String,
    /// Such as `T4`; the reference calls it the name.
    pub model: String,
    /// Facts about it.
    pub attributes: Map<DeviceAttribute>,
}

impl DeviceKind {
    /// What rules may know of it.
    pub(crate) fn facts(&self) -> DeviceFacts<'_> {
        let DeviceKind { vendor, kind, model, attributes } = self;
        DeviceFacts { vendor, kind, model, attributes, instances: &[] }
    }
}

/// How many kinds of holdings are told apart: shares, then whole devices by their number.
const HOLDINGS: usize = 10;

/// How many allocations hold devices on a node: by shares, and by number of whole ones (GPU-22).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Holdings([u16; HOLDINGS]);

impl Holdings {
    /// The place of an allocation that holds this many devices at this share; nine and more share one.
    fn place(count: usize, share: u16) -> usize {
        if share < WHOLE { 0 } else { count.min(HOLDINGS - 1) }
    }

    /// Allocations that hold as this request would.
    pub fn like(&self, count: u32, share: u16) -> u16 {
        self.0[Holdings::place(count as usize, share)]
    }

    /// Whether the node holds any devices for anyone.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|held| *held == 0)
    }

    /// Whether it holds them only as this request would.
    pub fn only_like(&self, count: u32, share: u16) -> bool {
        let place = Holdings::place(count as usize, share);
        self.0.iter().enumerate().all(|(at, held)| (at == place) == (*held > 0))
    }

    fn add(&mut self, count: usize, share: u16) {
        let held = &mut self.0[Holdings::place(count, share)];
        *held = held.saturating_add(1);
    }

    fn take(&mut self, count: usize, share: u16) {
        let held = &mut self.0[Holdings::place(count, share)];
        *held = held.saturating_sub(1);
    }
}

/// A device group of a node: its kind, and where its instances stand in the free column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) kind: u32,
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Group {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

/// Instances of one device group of a node, given to one request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assigned {
    /// Which group of the node, in the node's order.
    pub group: u32,
    /// Which instances of the group, in the group's order.
    pub instances: Vec<u32>,
    /// Thousandths of each.
    pub share: u16,
}

/// Which way things go between a node and its allocations.
#[derive(Clone, Copy)]
pub(super) enum Hand {
    Takes,
    Gives,
}

impl Hand {
    pub(super) fn count(self, holdings: &mut Holdings, count: usize, share: u16) {
        match self {
            Hand::Takes => holdings.add(count, share),
            Hand::Gives => holdings.take(count, share),
        }
    }

    /// Moves thousandths of an instance: what is taken beyond what it has is given back first.
    pub(super) fn move_share(self, free: &mut [u16], excess: &mut BTreeMap<u32, u32>, at: u32, share: u16) {
        let free = &mut free[at as usize];
        match self {
            Hand::Takes if share > *free => {
                *excess.entry(at).or_default() += u32::from(share - *free);
                *free = 0;
            }
            Hand::Takes => *free -= share,
            Hand::Gives => {
                let beyond = excess.get(&at).map_or(0, |beyond| (*beyond).min(u32::from(share)) as u16);
                if let Some(left) = excess.get_mut(&at) {
                    *left -= u32::from(beyond);
                    if *left == 0 {
                        excess.remove(&at);
                    }
                }
                *free = (*free + (share - beyond)).min(WHOLE);
            }
        }
    }
}
