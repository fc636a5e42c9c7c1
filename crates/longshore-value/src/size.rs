//! Amounts of bytes as people read them (API-316).

const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/// Prints an amount of bytes in powers of 1000: with one decimal below 10, without from 10 on.
///
/// Rounded twice, as the reference does: half up to a tenth, then half to even where no decimal is shown. So 999,500
/// bytes are `1000 kB`, and 10,500 are `10 kB`.
///
/// ```
/// use longshore_value::size::print;
/// assert_eq!(print(1_200_000), "1.2 MB");
/// assert_eq!(print(9), "9 B");
/// ```
pub fn print(bytes: u64) -> String {
    let (mut unit, mut power) = (0, 1u64);
    while bytes / power >= 1000 && unit + 1 < UNITS.len() {
        power *= 1000;
        unit += 1;
    }
    let name = UNITS.get(unit).copied().unwrap_or_default();
    if bytes < 10 {
        return format!("{bytes} {name}");
    }
    // The only fraction a sum of halves: reckoned in 128 bits, since ten times the largest amount exceeds 64.
    let (bytes, power) = (u128::from(bytes), u128::from(power));
    let tenths = (bytes * 20 + power) / (power * 2);
    match tenths {
        0..100 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        _ => {
            let (whole, rest) = (tenths / 10, tenths % 10);
            format!("{} {name}", whole + u128::from(rest > 5 || rest == 5 && whole % 2 == 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn api_316_sizes() {
        let table: &[(u64, &str)] = &[
            (0, "0 B"),
            (9, "9 B"),
            (10, "10 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1049, "1.0 kB"),
            (1050, "1.1 kB"),
            (9949, "9.9 kB"),
            (9950, "10 kB"),
            (10_500, "10 kB"),
            (11_500, "12 kB"),
            (999_500, "1000 kB"),
            (1_200_000, "1.2 MB"),
            (u64::MAX, "18 EB"),
        ];
        for (bytes, text) in table {
            assert_eq!(print(*bytes), *text);
        }
    }

    proptest! {
        /// What is printed is within 5 percent of what is meant: a tenth of the smallest number shown, halved.
        #[test]
        fn sizes_are_nearly_right(bytes: u64, shift in 0u32..64) {
            let bytes = bytes >> shift;
            let text = print(bytes);
            let (number, unit) = text.split_once(' ').unwrap_or_default();
            let power = UNITS.iter().position(|known| *known == unit).unwrap_or(99);
            let shown = number.parse::<f64>().unwrap_or(f64::NAN) * 1000f64.powi(power as i32);
            prop_assert!((shown - bytes as f64).abs() <= bytes as f64 * 0.0501, "{} as {}", bytes, text);
        }
    }
}
