//! Choosers that look at the free shares alone.

use super::{Chooser, Occasion};
use crate::ask::{Ask, DeviceAsk};
use crate::fleet::NodeView;

/// The instance with the least room that suffices, the first on ties (GPU-15).
#[derive(Clone, Copy, Debug)]
pub struct Tightest;

/// The instance with the most room, the first on ties (GPU-37).
#[derive(Clone, Copy, Debug)]
pub struct Loosest;

/// Positions with room for the share.
pub(super) fn fitting(free: &[u16], share: u16) -> impl Iterator<Item = (usize, u16)> {
    free.iter().copied().enumerate().filter(move |(_, room)| *room >= share)
}

impl Chooser for Tightest {
    fn choose(&self, _: &Ask, request: &DeviceAsk, _: &NodeView<'_>, free: &[u16], _: Occasion) -> usize {
        fitting(free, request.share).min_by_key(|(at, room)| (*room, *at)).map_or(0, |(at, _)| at)
    }
}

impl Chooser for Loosest {
    fn choose(&self, _: &Ask, request: &DeviceAsk, _: &NodeView<'_>, free: &[u16], _: Occasion) -> usize {
        fitting(free, request.share).min_by_key(|(at, room)| (std::cmp::Reverse(*room), *at)).map_or(0, |(at, _)| at)
    }
}
