//! Scores as they are compared: whole numbers.
//!
//! `score = (own + boost) · (420 / n)`, `own` and `boost` in steps of 2⁻³⁶, `n` the number of parts that the mean is of;
//! 420 is the least common multiple of 1 to 7. Both parts are computed in `f64` in the specification's order and rounded
//! once; from then on nothing is rounded. (With floats, nodes of different own parts may share a final score, and "best
//! own part" and "best final score" differ: in one decision of six thousand they did.)

use super::forest::ABSENT;

/// A final score: the greater, the better.
pub(super) type Score = i128;

/// The least common multiple of all numbers of parts.
const PARTS: i64 = 420;
const STEPS: f64 = (1u64 << 36) as f64;
/// Own parts lie within this.
const LIMIT: f64 = 65_536.0;

/// A node's own part in steps; a NaN below all.
pub(super) fn fixed(own: f64) -> i64 {
    if own.is_nan() { -(LIMIT * STEPS) as i64 - 1 } else { (own.clamp(-LIMIT, LIMIT) * STEPS) as i64 }
}

/// The same as a final score of `parts` parts: what can be compared without anything else.
pub(super) fn folded(own: f64, parts: i64) -> i64 {
    debug_assert!((1..=7).contains(&parts), "a mean of {parts} parts");
    fixed(own) * (PARTS / parts)
}

/// A boost in steps; `None` if it does not count (PLACE-101).
pub(super) fn fixed_boost(boost: f64) -> Option<i128> {
    // Boosts may be as great as 10²², as targets may leave next to nothing for the others (PLACE-92).
    (boost != 0.0).then_some((boost * STEPS) as i128)
}

/// The final score of an own part of so many parts, with a boost if that counts.
pub(super) fn final_score(own: i64, boost: Option<i128>, parts: i64) -> Score {
    debug_assert_ne!(own, ABSENT, "an absent node has no score");
    let parts = parts + i64::from(boost.is_some());
    debug_assert!((1..=7).contains(&parts), "a mean of {parts} parts");
    i128::from(own).saturating_add(boost.unwrap_or(0)).saturating_mul(i128::from(PARTS / parts))
}
