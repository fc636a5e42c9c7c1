//! Numbers as text.

use std::fmt;

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::Zero;

use super::{Number, PRECISION, Repr};

/// Plain decimal, never with an exponent; the shortest text that reads as the same number (SPEC-102).
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Small(_) | Repr::Big { .. } if self.float => write!(f, "{}", self.to_f64()),
            Repr::Small(value) => write!(f, "{value}"),
            Repr::Infinite { negative } => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
            Repr::Big { negative, mantissa, exponent } => {
                if *negative {
                    f.write_str("-")?;
                }
                if mantissa.is_zero() {
                    return f.write_str("0");
                }
                let (digits, point) = shortest(mantissa, *exponent);
                f.write_str(&plain(&digits, point))
            }
        }
    }
}

/// More digits than any number needs to be told from its neighbours.
const TELLING: i64 = 160;

/// The fewest digits that stand for a number, and where its point is: after so many of them.
///
/// Only as many digits are worked out as may be needed: a number near the bounds of exponents has thousands.
fn shortest(mantissa: &BigUint, exponent: i64) -> (String, i64) {
    // Half a step of the last kept bit, either way, reads as the same number. In units of 2^unit.
    let shift = PRECISION - mantissa.bits() + 2;
    let unit = exponent - shift as i64;
    let value = mantissa << shift;
    let step = BigUint::from(2u32);
    let (low, high) = (&value - &step, &value + &step);
    // All three times 10^places, which is when they have about so many digits before the point. What follows it does not
    // matter: to be nearest to, or below, or above a whole number does not hang on it, but for whether there is something.
    let places = TELLING - ((value.bits() as i64 + unit) * 30_103).div_euclid(100_000);
    let ten = BigUint::from(10u32).pow(places.unsigned_abs() as u32);
    let scaled = |number: BigUint| match (places >= 0, unit >= 0) {
        (true, true) => ((number * &ten) << unit as u64, false),
        (true, false) => {
            let number = number * &ten;
            let more = number.trailing_zeros().is_some_and(|zeros| zeros < unit.unsigned_abs());
            (number >> unit.unsigned_abs(), more)
        }
        // As many digits before the point are more than the bits that are kept: so there is a shift to the left.
        (false, _) => {
            let (quotient, rest) = (number << unit.max(0) as u64).div_rem(&ten);
            (quotient, !rest.is_zero())
        }
    };
    let ((value, _), (low, _), (high, above)) = (scaled(value), scaled(low), scaled(high));
    let high = if above { high + 1u32 } else { high };
    let length = value.to_string().len();
    let rounded = |kept: usize| {
        let unit = BigUint::from(10u32).pow((length - kept) as u32);
        let digits = (&value + (&unit >> 1u32)) / &unit;
        let back = &digits * &unit;
        (back > low && back < high).then_some(digits)
    };
    // With more digits one comes no less near: so half of what is left can be ruled out each time.
    let (mut kept, mut most) = (1, length);
    while kept < most {
        let half = (kept + most) / 2;
        if rounded(half).is_some() { most = half } else { kept = half + 1 }
    }
    let digits = rounded(kept).unwrap_or_else(|| value.clone()).to_string();
    // Rounding up may have added a digit in front.
    let longer = digits.len() as i64 - kept as i64;
    (digits.trim_end_matches('0').to_owned(), length as i64 - places + longer)
}

/// Digits with their point set.
fn plain(digits: &str, point: i64) -> String {
    let length = digits.len() as i64;
    if point <= 0 {
        format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
    } else if point >= length {
        format!("{digits}{}", "0".repeat((point - length) as usize))
    } else {
        let (whole, fraction) = digits.split_at(point as usize);
        format!("{whole}.{fraction}")
    }
}
