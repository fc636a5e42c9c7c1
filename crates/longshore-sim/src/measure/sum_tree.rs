//! A sum of many numbers of which one changes at a time.

/// Numbers and the sums of their pairs, the sums of those pairs, and so on up to the total.
///
/// A change costs one addition per level. The total depends on the numbers alone, not on how they
/// came about: adding and subtracting differences would drift.
#[derive(Debug, Clone)]
pub(super) struct SumTree {
    /// Node `i` is the sum of nodes `2i` and `2i + 1`; the leaves fill the second half.
    sums: Vec<f64>,
}

impl SumTree {
    pub(super) fn of(numbers: Vec<f64>) -> Self {
        let leaves = numbers.len().next_power_of_two();
        let mut sums = vec![0.0; leaves];
        sums.extend(numbers);
        sums.resize(2 * leaves, 0.0);
        for i in (1..leaves).rev() {
            sums[i] = sums[2 * i] + sums[2 * i + 1];
        }
        SumTree { sums }
    }

    /// Changes the number at `index`, which must be one of those given to [`SumTree::of`].
    pub(super) fn set(&mut self, index: usize, number: f64) {
        let mut i = self.sums.len() / 2 + index;
        self.sums[i] = number;
        while i > 1 {
            i /= 2;
            self.sums[i] = self.sums[2 * i] + self.sums[2 * i + 1];
        }
    }

    pub(super) fn sum(&self) -> f64 {
        self.sums[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_tree_equals_a_fresh_one() {
        for len in [0usize, 1, 2, 3, 7, 8, 9, 100] {
            let mut numbers: Vec<f64> = (0..len).map(|i| i as f64 * 0.1).collect();
            let mut tree = SumTree::of(numbers.clone());
            for i in 0..len {
                numbers[i] = 1.0 / (i + 3) as f64;
                tree.set(i, numbers[i]);
                assert_eq!(tree.sum().to_bits(), SumTree::of(numbers.clone()).sum().to_bits());
            }
            let plain: f64 = numbers.iter().sum();
            assert!((tree.sum() - plain).abs() < 1e-12);
        }
    }
}
