//! Any node that fits, any instance that fits.

use super::chooser::fitting;
use super::{Chooser, Occasion, Scorer};
use crate::ask::{Ask, DeviceAsk};
use crate::fleet::NodeView;

/// A uniformly random fitting node, and a uniformly random fitting instance (GPU-15, GPU-20).
///
/// The greatest of independent uniform numbers is a uniform choice, so chance is a score: a hash of the placement's
/// nonce and the node's slot. No stream, no state, the same answer in any order.
#[derive(Clone, Copy, Debug)]
pub struct Random;

/// One step of splitmix64: a bijection that scatters its input over 64 bits.
pub(crate) fn scatter(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Scorer for Random {
    fn score(&self, _: &Ask, node: &NodeView<'_>, occasion: Occasion) -> f64 {
        let drawn = scatter(scatter(occasion.nonce) ^ u64::from(node.slot().0));
        (drawn >> 11) as f64 / (1u64 << 53) as f64
    }

    fn by_chance(&self) -> bool {
        true
    }
}

impl Chooser for Random {
    fn choose(&self, _: &Ask, request: &DeviceAsk, node: &NodeView<'_>, free: &[u16], occasion: Occasion) -> usize {
        let drawn = |at: usize| scatter(scatter(occasion.nonce ^ u64::from(node.slot().0)) ^ !(at as u64));
        fitting(free, request.share).max_by_key(|(at, _)| drawn(*at)).map_or(0, |(at, _)| at)
    }
}
