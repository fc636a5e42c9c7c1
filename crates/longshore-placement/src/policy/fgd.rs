//! Fragmentation gradient descent: place where the least room becomes useless to the typical mix of tasks.
//!
//! The published policy of Weng, Yang et al., "Beware of Fragmentation" (USENIX ATC 2023), rules GPU-16 to GPU-19 and
//! GPU-26, GPU-27. A share of a device is *fragmented* for a type of task if that type could not use it here.

use std::sync::Arc;

use super::{Chooser, Occasion, Scorer, int, request};
use crate::ask::{Ask, DeviceAsk, WHOLE};
use crate::fleet::NodeView;

/// A type of task of the typical mix (GPU-16).
#[derive(Clone, Debug, PartialEq)]
pub struct TypicalTask {
    /// MHz.
    pub cpu: i64,
    /// Device instances; zero for a task that needs none.
    pub count: u32,
    /// Thousandths of each.
    pub share: u16,
    /// Device models that will do; empty for any.
    pub models: Vec<String>,
    /// Its part of the mix; the parts add up to one.
    pub weight: f64,
}

/// The policy, made for one mix.
#[derive(Clone, Debug)]
pub struct Fgd {
    mix: Arc<Mix>,
}

/// The mix in columns, in its order: the order of summation is part of the rule (GPU-19).
#[derive(Debug)]
struct Mix {
    cpu: Vec<i64>,
    count: Vec<u16>,
    /// Least room that serves the type; a type without devices is served by none.
    share: Vec<u16>,
    weight: Vec<f64>,
    /// Models that some type names, and for each of them (and, last, for any other) which types it may serve.
    models: Vec<String>,
    allowed: Vec<Vec<bool>>,
}

/// Types beyond this many do not fit the scratch; a longer mix is cut, its lightest types first to go.
const TYPES: usize = 512;

impl Fgd {
    /// The policy for a mix, in the mix's order. Types beyond the first 512 are left out.
    pub fn new(mix: &[TypicalTask]) -> Fgd {
        let mix = &mix[..mix.len().min(TYPES)];
        let mut models: Vec<String> = mix.iter().flat_map(|t| t.models.iter().cloned()).collect();
        models.sort_unstable();
        models.dedup();
        let serves = |model: Option<&String>| {
            mix.iter().map(|t| t.models.is_empty() || model.is_some_and(|model| t.models.contains(model))).collect()
        };
        let allowed = models.iter().map(Some).chain([None]).map(serves).collect();
        Fgd {
            mix: Arc::new(Mix {
                cpu: mix.iter().map(|t| t.cpu).collect(),
                count: mix.iter().map(|t| t.count.min(u32::from(u16::MAX)) as u16).collect(),
                share: mix.iter().map(|t| t.share).collect(),
                weight: mix.iter().map(|t| t.weight).collect(),
                models,
                allowed,
            }),
        }
    }

    /// The fragmented thousandths of a node (GPU-17): `cpu` free MHz, `free` room per instance.
    ///
    /// ```
    /// use longshore_placement::policy::{Fgd, TypicalTask};
    /// let whole = TypicalTask { cpu: 1000, count: 1, share: 1000, models: vec![], weight: 1.0 };
    /// let fgd = Fgd::new(&[whole]);
    /// assert_eq!(fgd.fragmentation(4000, &[1000, 300], "T4"), 300.0); // the 300 serve nobody
    /// assert_eq!(fgd.fragmentation(500, &[1000, 300], "T4"), 1300.0); // no CPU, so neither do the 1000
    /// ```
    pub fn fragmentation(&self, cpu: i64, free: &[u16], model: &str) -> f64 {
        self.mix.profile(cpu, free, model).fragmentation(None)
    }

    /// The score of each instance for a request of a share, in instance order: position and score (GPU-27).
    fn share_scores<'a>(
        &'a self,
        ask: &Ask,
        share: u16,
        node: &NodeView<'_>,
        free: &'a [u16],
    ) -> impl Iterator<Item = (usize, f64)> + use<'a> {
        let model = node.devices().next().map_or("", |(kind, _)| kind.model.as_str());
        let before = self.mix.profile(node.free().cpu, free, model).fragmentation(None);
        let after = self.mix.profile(node.free().cpu - ask.amounts.cpu, free, model);
        let mut known: Vec<(u16, f64)> = Vec::new();
        free.iter().enumerate().filter(move |(_, room)| **room >= share).map(move |(at, room)| {
            // Instances with equal room give equal scores.
            let score = known.iter().find(|(r, _)| r == room).map(|(_, score)| *score).unwrap_or_else(|| {
                let score = gain(before, after.fragmentation(Some((*room, *room - share))));
                known.push((*room, score));
                score
            });
            (at, score)
        })
    }

    fn whole_score(&self, ask: &Ask, count: u32, node: &NodeView<'_>) -> f64 {
        let (free, cpu) = (node.instances(), node.free().cpu);
        let model = node.devices().next().map_or("", |(kind, _)| kind.model.as_str());
        let before = self.mix.profile(cpu, free, model).fragmentation(None);
        let mut left: Vec<u16> = free.to_vec();
        left.iter_mut().filter(|room| **room == WHOLE).take(count as usize).for_each(|room| *room = 0);
        gain(before, self.mix.profile(cpu - ask.amounts.cpu, &left, model).fragmentation(None))
    }
}

/// `int(100·σ((before − after)/1000))` (GPU-26).
fn gain(before: f64, after: f64) -> f64 {
    int(100.0 / (1.0 + libm::exp(-(before - after) / 1_000.0)))
}

impl Scorer for Fgd {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        match request(ask) {
            (1, share) if share < WHOLE => {
                let scores = self.share_scores(ask, share, node, node.instances());
                scores.map(|(_, score)| score).fold(f64::NEG_INFINITY, f64::max)
            }
            (count, _) => self.whole_score(ask, count, node),
        }
    }
}

impl Chooser for Fgd {
    /// The first instance that reaches the node's score (GPU-27).
    fn choose(&self, ask: &Ask, request: &DeviceAsk, node: &NodeView<'_>, free: &[u16], _: Occasion) -> usize {
        let scores = self.share_scores(ask, request.share, node, free);
        let first_best = scores.fold(None, |best: Option<(usize, f64)>, (at, score)| match best {
            Some((_, top)) if top >= score => best,
            _ => Some((at, score)),
        });
        first_best.map_or(0, |(at, _)| at)
    }
}

/// What a node's devices mean to each type of the mix.
#[derive(Debug)]
struct Profile<'a> {
    mix: &'a Mix,
    cpu: i64,
    allowed: &'a [bool],
    /// Room of all instances.
    idle: i32,
    /// Instances with room for one device of the type.
    serving: [u16; TYPES],
    /// Room of the instances that have too little.
    useless: [u32; TYPES],
}

impl Mix {
    fn profile<'a>(&'a self, cpu: i64, free: &[u16], model: &str) -> Profile<'a> {
        let at = self.models.iter().position(|named| named == model).unwrap_or(self.models.len());
        let (mut serving, mut useless) = ([0u16; TYPES], [0u32; TYPES]);
        let types = self.share.len();
        let (serves, wastes, shares) = (&mut serving[..types], &mut useless[..types], &self.share[..types]);
        for room in free {
            for ((serves, wastes), share) in serves.iter_mut().zip(wastes.iter_mut()).zip(shares) {
                let enough = room >= share;
                *serves += u16::from(enough);
                *wastes += if enough { 0 } else { u32::from(*room) };
            }
        }
        let idle = free.iter().map(|room| i32::from(*room)).sum();
        Profile { mix: self, cpu, allowed: &self.allowed[at], idle, serving, useless }
    }
}

impl Profile<'_> {
    /// Fragmented thousandths; with `moved`, as if one instance's room had gone from the first number to the second.
    ///
    /// Sums go into seven buckets by why a type cannot be served, then together in a fixed order (GPU-19): rounding is
    /// part of the score, since a change of zero and one of −10⁻¹² differ by a point.
    fn fragmentation(&self, moved: Option<(u16, u16)>) -> f64 {
        let (room, left) = moved.unwrap_or((0, 0));
        let idle = f64::from(self.idle - i32::from(room) + i32::from(left));
        let mut bucket = [0.0f64; 7];
        let mix = self.mix;
        for t in 0..mix.share.len() {
            let weight = mix.weight[t];
            let enough_cpu = self.cpu >= mix.cpu[t];
            if mix.count[t] == 0 {
                bucket[if enough_cpu { 4 } else { 5 }] += weight * idle;
                continue;
            }
            if !self.allowed[t] {
                bucket[6] += weight * idle;
                continue;
            }
            let share = mix.share[t];
            let (served, serves) = (moved.is_some() && room >= share, moved.is_some() && left >= share);
            let serving = self.serving[t] + u16::from(serves) - u16::from(served);
            let useless = self.useless[t] as i32 + if serves { 0 } else { i32::from(left) }
                - if served { 0 } else { i32::from(room) };
            match (serving >= mix.count[t], enough_cpu) {
                (true, true) => {
                    let useless = f64::from(useless);
                    bucket[1] += weight * useless;
                    bucket[2] += weight * (idle - useless);
                }
                (true, false) => bucket[3] += weight * idle,
                (false, true) => bucket[1] += weight * idle,
                (false, false) => bucket[0] += weight * idle,
            }
        }
        bucket[0] + bucket[1] + bucket[3] + bucket[4] + bucket[5] + bucket[6]
    }
}
