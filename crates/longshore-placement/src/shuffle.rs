//! The order in which the sampled search visits nodes: the reference's own (PLACE-10 to PLACE-13).
//!
//! Chance comes from the generator that the reference's language gives to everybody: an additive lagged Fibonacci
//! sequence over 64-bit words, yₙ = yₙ₋₆₀₇ + yₙ₋₂₇₃. Its table of 607 start values is that very sequence, 7.8·10¹² steps
//! after a simple start; here it is computed instead of copied. The recurrence is linear, so a step is a multiplication
//! by x modulo x⁶⁰⁷ − x³³⁴ − 1, and so many steps are 43 squarings.

use std::sync::OnceLock;

const LONG: usize = 607;
const SHORT: usize = 273;

/// Steps between the simple start and the table.
const STEPS: u64 = 7_800_000_000_000;

/// A polynomial, or a stretch of the sequence; modulo 2⁶⁴.
type Words = [u64; LONG];

/// Shuffles as the reference does for an evaluation on a state: equal arguments, equal order (PLACE-10 to PLACE-13,
/// FEAS-7). Of the index the two lowest bits do not count (PLACE-11).
///
/// ```
/// use longshore_placement::shuffle;
/// let order = |index| {
///     let mut nodes = [0, 1, 2, 3, 4]; // by ascending id
///     shuffle(&mut nodes, "8f5aa9d2-5a36-4f1c-9c0e-1f2e3d4c5b6a", index);
///     nodes
/// };
/// assert_eq!((order(1000), order(1003), order(1004)), ([3, 2, 1, 0, 4], [3, 2, 1, 0, 4], [1, 0, 4, 3, 2]));
/// ```
///
/// # Cost
/// O(items), and once in a program some ten milliseconds for the generator's table.
pub fn shuffle<T>(items: &mut [T], eval_id: &str, index: u64) {
    let mut chance = Chance::new(seed(eval_id, index));
    for last in (1..items.len()).rev() {
        items.swap(last, chance.below(last + 1));
    }
}

/// PLACE-10: the end of the id's text, as a number.
fn seed(eval_id: &str, index: u64) -> u64 {
    let text = eval_id.as_bytes();
    let end = text[text.len().saturating_sub(8)..].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    (end ^ index) >> 2
}

/// The generator.
struct Chance {
    words: Words,
    /// Where the next word goes, and where its younger part stands; both move downwards.
    feed: usize,
    tap: usize,
}

impl Chance {
    fn new(seed: u64) -> Chance {
        let seed = match seed % Lehmer::MODULUS {
            0 => 89_482_311,
            seed => seed,
        };
        let mut words = Lehmer(seed).fill(40, 20);
        words.iter_mut().zip(table()).for_each(|(word, start)| *word ^= start);
        Chance { words, feed: LONG - SHORT, tap: 0 }
    }

    fn next(&mut self) -> u64 {
        let down = |at: usize| at.checked_sub(1).unwrap_or(LONG - 1);
        (self.feed, self.tap) = (down(self.feed), down(self.tap));
        self.words[self.feed] = self.words[self.feed].wrapping_add(self.words[self.tap]);
        self.words[self.feed]
    }

    /// A number below `bound`, all equally likely: 31 bits, drawn again where they would favour the low ones. Lists
    /// longer than that do not fit in memory.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).clamp(1, 1 << 31);
        let draws = std::iter::repeat_with(|| self.next() << 1 >> 33);
        let fair = (1 << 31) - (1 << 31) % bound;
        draws.into_iter().find(|drawn| *drawn < fair).map_or(0, |drawn| (drawn % bound) as usize)
    }
}

/// The generator that the other's start is made with.
struct Lehmer(u64);

impl Lehmer {
    const MODULUS: u64 = (1 << 31) - 1;

    fn next(&mut self) -> u64 {
        self.0 = self.0 * 48_271 % Lehmer::MODULUS;
        self.0
    }

    /// After twenty steps, words of three numbers each, the first two shifted.
    fn fill(mut self, first: u32, second: u32) -> Words {
        for _ in 0..20 {
            self.next();
        }
        std::array::from_fn(|_| self.next() << first ^ self.next() << second ^ self.next())
    }
}

/// The start values that every seed is mixed with.
fn table() -> &'static Words {
    static TABLE: OnceLock<Box<Words>> = OnceLock::new();
    TABLE.get_or_init(|| Box::new(stepped(&Lehmer(1).fill(20, 10), STEPS)))
}

/// The words of a generator after many steps that begin with `feed` and `tap` at their first places.
fn stepped(start: &Words, steps: u64) -> Words {
    // Word n of the sequence stands at place 334 − n, cyclically; the start has those up to the 0th.
    let place = |n: i128| (LONG as i128 - SHORT as i128 - n).rem_euclid(LONG as i128) as usize;
    let number = |step: u64, k: usize| i128::from(step) - LONG as i128 + 1 + k as i128;
    let mut sequence: Vec<u64> = (0..LONG).map(|k| start[place(number(0, k))]).collect();
    for k in LONG..2 * LONG {
        sequence.push(sequence[k - LONG].wrapping_add(sequence[k - SHORT]));
    }
    let far = power_of_x(steps);
    let mut words = [0; LONG];
    for k in 0..LONG {
        let products = far.iter().zip(&sequence[k..]).map(|(factor, word)| factor.wrapping_mul(*word));
        words[place(number(steps, k))] = products.fold(0, u64::wrapping_add);
    }
    words
}

/// x to a power, modulo x⁶⁰⁷ − x³³⁴ − 1.
fn power_of_x(power: u64) -> Words {
    let mut result = [0; LONG];
    result[0] = 1;
    for bit in (0..u64::BITS).rev() {
        result = squared(&result);
        if power >> bit & 1 == 1 {
            let over = result[LONG - 1];
            result.rotate_right(1);
            result[LONG - SHORT] = result[LONG - SHORT].wrapping_add(over);
        }
    }
    result
}

fn squared(words: &Words) -> Words {
    let mut product = [0u64; 2 * LONG];
    for (at, a) in words.iter().enumerate().filter(|(_, a)| **a != 0) {
        for (sum, b) in product[at..].iter_mut().zip(words) {
            *sum = sum.wrapping_add(a.wrapping_mul(*b));
        }
    }
    for at in (LONG..2 * LONG).rev() {
        for lower in [at - LONG, at - SHORT] {
            product[lower] = product[lower].wrapping_add(product[at]);
        }
    }
    std::array::from_fn(|at| product[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 1 of the specification's scenarios.
    #[test]
    fn place_10_12_13_scenario() {
        let id = "8f5aa9d2-5a36-4f1c-9c0e-1f2e3d4c5b6a";
        assert_eq!(seed(id, 1000), 925_785_598_576_856_418);
        let mut ten: Vec<usize> = (0..10).collect();
        shuffle(&mut ten, id, 1000);
        assert_eq!(ten, [9, 6, 3, 2, 1, 7, 5, 8, 0, 4]);
    }

    /// The twin: the same number of steps, one by one.
    #[test]
    fn place_13_many_steps_at_once_are_many_steps() {
        let start = Lehmer(7).fill(40, 20);
        for steps in [0u64, 1, 272, 273, 607, 608, 5000] {
            let mut plain = Chance { words: start, feed: LONG - SHORT, tap: 0 };
            (0..steps).for_each(|_| _ = plain.next());
            assert!(stepped(&start, steps) == plain.words, "{steps}");
        }
    }

    #[test]
    fn place_10_short_ids_and_lists() {
        let mut none: [u8; 0] = [];
        shuffle(&mut none, "", u64::MAX);
        let mut two = [0, 1];
        shuffle(&mut two, "é", 0);
        two.sort_unstable();
        assert_eq!(two, [0, 1]);
    }
}
