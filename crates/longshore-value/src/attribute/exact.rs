//! Numbers that compare without rounding.

use std::cmp::Ordering;

/// A number as sign, whole number and power of two, or infinite.
///
/// Invariant: a magnitude is 0, or its first bit is the highest of 128. So of two that are not infinite the one with
/// the greater power is the greater, and with one power the greater magnitude.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Exact {
    negative: bool,
    /// `i32::MAX` if infinite, `i32::MIN` if nought.
    power: i32,
    magnitude: u128,
}

impl Exact {
    pub(super) fn from_int(number: i64) -> Exact {
        Exact::new(number < 0, 0, number.unsigned_abs().into())
    }

    /// `None` for NaN.
    pub(super) fn from_float(number: f64) -> Option<Exact> {
        let bits = number.to_bits();
        let (power, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
        let negative = number.is_sign_negative();
        match power {
            0x7ff if fraction != 0 => None,
            0x7ff => Some(Exact { negative, power: i32::MAX, magnitude: 1 << 127 }),
            0 => Some(Exact::new(negative, -1074, fraction.into())),
            _ => Some(Exact::new(negative, power - 1075, u128::from(fraction | 1 << 52))),
        }
    }

    /// Times a whole number of at most 63 bits. Exact while bits of all factors do not exceed 127: a number has 63
    /// bits, units' multipliers have 60, and those of the base that knows a divisor (10 bits) have 30.
    pub(super) fn times(self, factor: u64) -> Exact {
        if self.power == i32::MAX || self.magnitude == 0 {
            return self;
        }
        let low = self.magnitude.trailing_zeros();
        let product = (self.magnitude >> low).saturating_mul(factor.into());
        Exact::new(self.negative, self.power.saturating_add_unsigned(low), product)
    }

    pub(super) fn cmp(&self, other: &Exact) -> Ordering {
        let sign = |number: &Exact| match (number.magnitude, number.negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        let (left, right) = (sign(self), sign(other));
        let size = (self.power, self.magnitude).cmp(&(other.power, other.magnitude));
        left.cmp(&right).then(if left < 0 { size.reverse() } else { size })
    }

    fn new(negative: bool, power: i32, magnitude: u128) -> Exact {
        match magnitude {
            0 => Exact { negative: false, power: i32::MIN, magnitude: 0 },
            _ => {
                let zeros = magnitude.leading_zeros();
                Exact { negative, power: power.saturating_sub_unsigned(zeros), magnitude: magnitude << zeros }
            }
        }
    }
}
