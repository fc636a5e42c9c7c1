//! The calibration loop: how fast a machine is, in the one figure that times of two machines are compared by.
//!
//! A dependent chain of splitmix64 steps: nothing in it can be done ahead or at once, it touches no memory, and what it
//! takes is the machine's clock and little else. The reference's times were taken beside the same loop.

use std::hint::black_box;

/// Steps of one run of the loop, as beside the reference's times.
pub const STEPS: u64 = 1 << 28;
/// Runs of the loop, as beside the reference's times; the fastest counts.
pub const RUNS: u32 = 7;

/// The number after `number` in the chain, without a pattern that anything could follow.
///
/// ```
/// // The first number that the published generator gives for the seed 0.
/// assert_eq!(longshore_sim::calibration::step(0), 0xe220_a839_7b1d_cdaf);
/// ```
#[must_use]
#[inline]
pub const fn step(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Nanoseconds a step of the loop takes: the fastest of so many runs of so many steps. `clock` answers nanoseconds from
/// any origin.
#[must_use]
pub fn nanos_a_step(steps: u64, runs: u32, mut clock: impl FnMut() -> u64) -> f64 {
    let mut run = || {
        let before = clock();
        let mut number = black_box(1);
        for _ in 0..steps {
            number = step(number);
        }
        black_box(number);
        clock().saturating_sub(before)
    };
    let fastest = (0..runs.max(1)).map(|_| run()).min().unwrap_or(0);
    fastest as f64 / steps.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_run_counts() {
        // What a clock says at the begin and at the end of each run.
        let mut readings = [0, 900, 1_000, 1_440, 2_000, 2_600].into_iter();
        let nanos = nanos_a_step(100, 3, || readings.next().expect("two readings a run"));
        assert_eq!(nanos, 4.4);
    }

    #[test]
    fn no_steps_and_no_runs_are_harmless() {
        assert_eq!(nanos_a_step(0, 0, || 7), 0.0);
    }
}
