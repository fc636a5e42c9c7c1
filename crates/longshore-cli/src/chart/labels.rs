//! Labels in a column, each as near to its wish as the others allow.

/// Moves `wishes` (heights, any order) apart so that neighbours are at least `gap` away from
/// each other and all lie within `top..=bottom`; answers the heights in the order given.
///
/// The sum of squared moves is the least possible (pool-adjacent-violators). Where the column is
/// too short for the gap, the labels share it evenly.
///
/// # Cost
/// O(n log n).
pub(super) fn spread(wishes: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by(|&a, &b| wishes[a].total_cmp(&wishes[b]).then(a.cmp(&b)));
    let steps = wishes.len().saturating_sub(1).max(1) as f64;
    let gap = gap.min((bottom - top).max(0.0) / steps);
    // Subtracting the rank's share of gaps turns "at least gap apart" into "not decreasing".
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, &index) in order.iter().enumerate() {
        pools.push((wishes[index] - gap * rank as f64, 1));
        while let [.., (before, m), (last, n)] = pools[..]
            && before > last
        {
            let mean = (before * m as f64 + last * n as f64) / (m + n) as f64;
            pools.truncate(pools.len() - 2);
            pools.push((mean, m + n));
        }
    }
    let highest = bottom - gap * wishes.len().saturating_sub(1) as f64;
    let placed = pools.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean.min(highest).max(top), count));
    let mut heights = vec![0.0; wishes.len()];
    for (rank, (height, &index)) in placed.zip(&order).enumerate() {
        heights[index] = height + gap * rank as f64;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_far_apart_stay() {
        assert_eq!(spread(&[10.0, 90.0, 50.0], 20.0, 0.0, 100.0), [10.0, 90.0, 50.0]);
    }

    #[test]
    fn labels_on_one_spot_fan_out_evenly() {
        assert_eq!(spread(&[50.0, 50.0, 50.0], 20.0, 0.0, 100.0), [30.0, 50.0, 70.0]);
    }

    #[test]
    fn the_column_is_kept() {
        assert_eq!(spread(&[99.0, 100.0], 20.0, 0.0, 100.0), [80.0, 100.0]);
        assert_eq!(spread(&[0.0, 0.0, 0.0], 80.0, 0.0, 100.0), [0.0, 50.0, 100.0]);
        assert!(spread(&[], 20.0, 0.0, 100.0).is_empty());
    }
}
