//! The published GPU policies that score by rules of thumb.

use super::fit::{NODE_CPU, NODE_GPU};
use super::{Occasion, Scorer, int, request};
use crate::ask::{Ask, WHOLE};
use crate::fleet::NodeView;

/// A small product of what is free and what is asked wins (GPU-21).
#[derive(Clone, Copy, Debug)]
pub struct DotProduct;

impl Scorer for DotProduct {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        let cpu = node.free().cpu as f64 / NODE_CPU * (ask.amounts.cpu as f64 / NODE_CPU);
        let gpu = node.idle() as f64 / NODE_GPU * (ask.gpu_demand() as f64 / NODE_GPU);
        int(100.0 * (1.0 - 0.5 * (cpu + gpu)))
    }
}

/// Like with like: nodes that hold the same kind of GPU task, and no other, win (GPU-22).
#[derive(Clone, Copy, Debug)]
pub struct GpuClustering;

impl Scorer for GpuClustering {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        let (count, share) = request(ask);
        if count == 0 {
            return 0.0;
        }
        let fullness = (25 * (8_000 - node.idle())).div_euclid(8_000);
        let held = node.holdings();
        let base = if held.is_empty() {
            25
        } else if held.only_like(count, share) {
            75
        } else if held.like(count, share) > 0 {
            50
        } else {
            0
        };
        (base + fullness) as f64
    }
}

/// Used devices before idle ones, used nodes before idle ones (GPU-23).
#[derive(Clone, Copy, Debug)]
pub struct GpuPacking;

impl Scorer for GpuPacking {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        let (count, share) = request(ask);
        if count == 0 {
            return 0.0;
        }
        let free = node.instances();
        if free.iter().all(|free| *free == WHOLE) {
            let devices = free.len() as i64;
            return (33 - devices).max(devices) as f64;
        }
        let chosen = least_free(free, share, count as usize);
        let untouched = chosen.clone().filter(|free| *free == WHOLE).count() as i64;
        if untouched > 0 {
            return (50 - untouched).max(33) as f64;
        }
        let left: i64 = chosen.map(|free| i64::from(free) * 100 / i64::from(WHOLE)).sum();
        (100 - left.div_euclid(10)).max(50) as f64
    }
}

/// The rooms of the `count` fullest instances that still have room for the share.
fn least_free(free: &[u16], share: u16, count: usize) -> impl Iterator<Item = u16> + Clone {
    let mut rooms: Vec<u16> = free.iter().copied().filter(|free| *free >= share).collect();
    rooms.sort_unstable();
    rooms.truncate(count);
    rooms.into_iter()
}
