//! Policies that decide by a score of their own (GPU-14), as the twin computes them.

use longshore_placement::policy::{Occasion, Scorer, Tightest};
use longshore_placement::{Ask, NodeView, Policy};

use crate::dice::scatter;
use crate::fit::{Choice, Room};

/// The names of all policies that worlds are played by; the reference's own two the most.
pub(crate) const NAMES: [&str; 10] =
    ["bin-pack", "spread", "bin-pack", "best-fit", "bin-pack", "spread", "worst-fit", "bin-pack", "odd", "random"];

/// A host's own: scores that are no numbers, or too great, and many that are equal.
#[derive(Debug)]
struct Odd;

impl Scorer for Odd {
    fn score(&self, ask: &Ask, node: &NodeView<'_>, _: Occasion) -> f64 {
        odd(node.free().cpu - ask.amounts.cpu, node.free().memory)
    }
}

fn odd(cpu: i64, memory: i64) -> f64 {
    match cpu / 50 % 7 {
        0 => f64::NAN,
        1 => 1e9,
        2 => f64::NEG_INFINITY,
        _ => (memory / 500) as f64 / 3.0,
    }
}

pub(crate) fn policy(name: &str) -> Policy {
    if name == "odd" { Policy::new(name, Odd, Tightest) } else { Policy::builtin(name, &[]).expect("a built-in one") }
}

/// The score of a node; `None` for the reference's own ways, which are judged with everything else.
pub(crate) fn score(name: &str, room: &Room, asked: [i64; 3], demand: i64, slot: usize, nonce: u64) -> Option<f64> {
    let cpu = room.has[0] - room.used[0] - asked[0];
    let left = cpu as f64 / 128_000.0 + (room.idle() - demand) as f64 / 8_000.0;
    match name {
        "best-fit" => Some((100.0 * (1.0 - 0.5 * left)).trunc()),
        "worst-fit" => Some((100.0 * 0.5 * left).trunc()),
        "odd" => Some(odd(cpu, room.has[1] - room.used[1])),
        "random" => Some((scatter(scatter(nonce) ^ slot as u64) >> 11) as f64 / (1u64 << 53) as f64),
        _ => None,
    }
}

pub(crate) fn choice(name: &str, slot: usize, nonce: u64) -> Choice {
    match name {
        "worst-fit" | "spread" => Choice::Loosest,
        "random" => Choice::Chance(scatter(nonce ^ slot as u64)),
        _ => Choice::Tightest,
    }
}
