//! How empty a node is, as scores have it: `10^(1 − used/capacity)`, with the latest powers at hand.
//!
//! Nodes of a fleet have few shapes and tasks few sizes, so the same fractions come again and again: a look is a fifth of
//! a power. What is remembered is what would be computed, so that forgetting changes nothing.

/// Powers remembered: a power of two.
const POWERS: usize = 1 << 12;

/// `10^(1 − used/has)`, through `libm`, so that every platform agrees; 1 where there is nothing to be had.
pub(crate) fn emptiness(used: i64, has: i64) -> f64 {
    if has <= 0 { 1.0 } else { libm::exp10(1.0 - used as f64 / has as f64) }
}

/// The latest powers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Powers {
    /// Each where its numbers say: what is used, what there is, the power. Empty until the first.
    known: Vec<(i64, i64, f64)>,
}

impl Powers {
    /// The same as [`emptiness`].
    #[inline]
    pub(crate) fn emptiness(&mut self, used: i64, has: i64) -> f64 {
        if self.known.is_empty() {
            self.known.resize(POWERS, (0, 0, 1.0)); // as it is of nothing
        }
        let mixed =
            (used as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (has as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        let place = &mut self.known[(mixed >> 32) as usize & (POWERS - 1)];
        if (place.0, place.1) != (used, has) {
            *place = (used, has, emptiness(used, has));
        }
        place.2
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_remembered_is_what_is_computed(pairs in prop::collection::vec((-5..50i64, -2..9i64), 1..400)) {
            let mut powers = Powers::default();
            for (used, has) in pairs {
                prop_assert_eq!(powers.emptiness(used, has).to_bits(), emptiness(used, has).to_bits());
            }
        }
    }
}
