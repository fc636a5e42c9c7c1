//! Rounding to whole numbers and to hundredths, halves to even.

/// `dividend / divisor`, rounded to the nearest whole number, halves to the even one (GPU-28).
///
/// A quotient beyond 64 bits becomes the largest number; a divisor of 0 counts as 1.
pub(super) fn divided_half_even(dividend: u128, divisor: u128) -> u64 {
    let divisor = divisor.max(1);
    let (quotient, remainder) = (dividend / divisor, dividend % divisor);
    let up = match (remainder * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    u64::try_from(quotient + u128::from(up)).unwrap_or(u64::MAX)
}

/// A percentage from 0 up, as the nearest whole number of hundredths, halves to the even one.
pub(super) fn hundredths(percent: f64) -> u64 {
    // The cast takes a negative number or none at all for 0.
    (percent * 100.0).round_ties_even() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpu_28_halves_go_to_the_even_number() {
        let rounded: Vec<u64> = (0..10).map(|n| divided_half_even(n, 4)).collect();
        assert_eq!(rounded, [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]);
        assert_eq!(divided_half_even(7, 2), 4);
        assert_eq!(divided_half_even(9, 2), 4);
        assert_eq!(divided_half_even(31_060, 62_120), 0);
        assert_eq!(divided_half_even(3 * 31_060, 62_120), 2);
        assert_eq!(divided_half_even(5, 0), 5);
        assert_eq!(divided_half_even(u128::MAX, 1), u64::MAX);
        assert_eq!([0.125, 0.375, 98.9949, -1.0].map(hundredths), [12, 38, 9899, 0]);
    }
}
