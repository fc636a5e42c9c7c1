//! Numbers as the language has them: binary fractions of 512 bits, exact where they fit (SPEC-25).

mod text;

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Bits that a number keeps.
const PRECISION: u64 = 512;

/// Greatest exponent of two, either way; beyond it a number is infinite or zero. Bounds the digits of any number's text.
const EXPONENT: i64 = 1 << 15;

/// A number.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    repr: Repr,
    /// Whether a function of floats made it. Its value is the float's, exactly, and its text is a float's, too: the
    /// shortest that reads as the same float.
    float: bool,
}

/// Invariant: a whole number that fits is `Small`, except negative zero; a `Big` mantissa is odd, or zero with a
/// negative sign. So equal numbers are built alike.
#[derive(Clone, Debug)]
enum Repr {
    Small(i64),
    /// `mantissa * 2^exponent`
    Big {
        negative: bool,
        mantissa: BigUint,
        exponent: i64,
    },
    Infinite {
        negative: bool,
    },
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number::of(Repr::Small(value))
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Number::build(BigInt::from(value), 0, false)
    }
}

impl From<BigInt> for Number {
    fn from(value: BigInt) -> Self {
        Number::build(value, 0, false)
    }
}

impl Number {
    /// Digits that a text may have, and its greatest exponent of ten.
    pub(crate) const DIGITS: usize = 4_000;

    fn of(repr: Repr) -> Number {
        Number { repr, float: false }
    }

    /// Reads decimal text: a sign, digits, perhaps a fraction, perhaps an exponent.
    pub(crate) fn parse(text: &str) -> Option<Number> {
        // A sign, a point and an exponent beside the digits.
        if text.len() > Number::DIGITS + 32 {
            return None;
        }
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (digits, exponent) = match rest.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        if let (true, Ok(small)) = (exponent == 0 && fraction.is_empty() && !negative, whole.parse::<i64>()) {
            return Some(Number::of(Repr::Small(small)));
        }
        let significant = whole.len() + fraction.len();
        if significant > Number::DIGITS || exponent.unsigned_abs() > Number::DIGITS as u64 {
            return None;
        }
        let mantissa: BigUint = format!("{whole}{fraction}").parse().ok()?;
        let power = exponent - fraction.len() as i64;
        Some(Number::decimal(negative, mantissa, power))
    }

    /// `mantissa * 10^power`, rounded.
    fn decimal(negative: bool, mantissa: BigUint, power: i64) -> Number {
        let ten = |power: i64| BigUint::from(10u32).pow(power.unsigned_abs() as u32);
        if power >= 0 {
            return Number::signed(negative, mantissa * ten(power), 0, false);
        }
        Number::quotient(negative, mantissa, 0, &ten(power))
    }

    /// `mantissa * 2^exponent / divisor`, rounded.
    fn quotient(negative: bool, mantissa: BigUint, exponent: i64, divisor: &BigUint) -> Number {
        let shift = (PRECISION + 2 + divisor.bits()).saturating_sub(mantissa.bits());
        let (quotient, remainder) = (mantissa << shift).div_rem(divisor);
        Number::signed(negative, quotient, exponent - shift as i64, !remainder.is_zero())
    }

    /// Builds from an integer and an exponent; `more` says that something below the last bit was cut off.
    fn build(value: BigInt, exponent: i64, more: bool) -> Number {
        let negative = value.is_negative();
        Number::signed(negative, value.into_parts().1, exponent, more)
    }

    /// Rounds to [`PRECISION`] bits, to the nearest and to even, and keeps the invariant of [`Repr`].
    fn signed(negative: bool, mut mantissa: BigUint, mut exponent: i64, more: bool) -> Number {
        let excess = mantissa.bits().saturating_sub(PRECISION);
        mantissa = without(mantissa, excess, more);
        exponent += excess as i64;
        let zeros = mantissa.trailing_zeros().unwrap_or(0);
        mantissa >>= zeros;
        exponent += zeros as i64;
        if mantissa.is_zero() {
            return if negative {
                Number::of(Repr::Big { negative, mantissa, exponent: 0 })
            } else {
                Number::of(Repr::Small(0))
            };
        }
        if exponent > EXPONENT {
            return Number::of(Repr::Infinite { negative });
        }
        if exponent < -EXPONENT {
            return Number::of(Repr::Small(0));
        }
        if (0..64).contains(&exponent) {
            let whole = BigInt::from_biguint(sign(negative), &mantissa << exponent as u64);
            if let Some(small) = whole.to_i64() {
                return Number::of(Repr::Small(small));
            }
        }
        Number::of(Repr::Big { negative, mantissa, exponent })
    }

    /// From a float; `None` for what is no number.
    pub(crate) fn from_f64(value: f64) -> Option<Number> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Number::of(Repr::Infinite { negative: value < 0.0 }));
        }
        let bits = value.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let power = ((bits >> 52) & 0x7ff) as i64;
        let mantissa = if power == 0 { fraction } else { fraction | 1 << 52 };
        let exact = Number::signed(value.is_sign_negative(), mantissa.into(), power.max(1) - 1075, false);
        Some(Number { float: true, ..exact })
    }

    /// The nearest float; beyond its range an infinity.
    pub(crate) fn to_f64(&self) -> f64 {
        match &self.repr {
            Repr::Small(value) => *value as f64,
            Repr::Infinite { negative } => {
                if *negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
            Repr::Big { negative, mantissa, exponent } => {
                // The last bit that a float has room for: rounded to there, the rest is exact.
                let last = (exponent + mantissa.bits() as i64 - 53).max(-1074);
                let kept = without(mantissa.clone(), (last - exponent).max(0) as u64, false);
                let unit = last.max(*exponent).clamp(-100_000, 100_000) as i32;
                let value = libm::scalbn(kept.to_u64().unwrap_or(u64::MAX) as f64, unit);
                if *negative { -value } else { value }
            }
        }
    }

    /// The whole number that it is, if it is one.
    pub(crate) fn to_bigint(&self) -> Option<BigInt> {
        match &self.repr {
            Repr::Small(value) => Some(BigInt::from(*value)),
            Repr::Big { negative, mantissa, exponent } if *exponent >= 0 || mantissa.is_zero() => {
                Some(BigInt::from_biguint(sign(*negative), mantissa << (*exponent).max(0) as u64))
            }
            _ => None,
        }
    }

    /// The whole number that it is, if it is one in range.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        match &self.repr {
            Repr::Small(value) => Some(*value),
            _ => self.to_bigint()?.to_i64(),
        }
    }

    /// Whether it is no finite number.
    pub(crate) fn is_infinite(&self) -> bool {
        matches!(self.repr, Repr::Infinite { .. })
    }

    /// Whether it is below zero.
    pub(crate) fn is_negative(&self) -> bool {
        match &self.repr {
            Repr::Small(value) => *value < 0,
            Repr::Big { negative, mantissa, .. } => *negative && !mantissa.is_zero(),
            Repr::Infinite { negative } => *negative,
        }
    }

    /// Whether it is zero.
    pub(crate) fn is_zero(&self) -> bool {
        match &self.repr {
            Repr::Small(value) => *value == 0,
            Repr::Big { mantissa, .. } => mantissa.is_zero(),
            Repr::Infinite { .. } => false,
        }
    }

    /// Binary digits that its value takes, from the first one to the last.
    pub(crate) fn significant_bits(&self) -> u64 {
        match &self.repr {
            Repr::Small(value) => {
                let magnitude = value.unsigned_abs();
                u64::from(64 - magnitude.leading_zeros()).saturating_sub(u64::from(magnitude.trailing_zeros()))
            }
            Repr::Big { mantissa, .. } => mantissa.bits(),
            Repr::Infinite { .. } => 0,
        }
    }

    /// About how many digits its text has.
    pub(crate) fn digits(&self) -> u64 {
        match &self.repr {
            Repr::Big { mantissa, exponent, .. } => (mantissa.bits() + exponent.unsigned_abs()) / 3,
            _ => 0,
        }
    }

    /// As an integer times a power of two; `None` for infinities.
    fn parts(&self) -> Option<(BigInt, i64)> {
        match &self.repr {
            Repr::Small(value) => Some((BigInt::from(*value), 0)),
            Repr::Big { negative, mantissa, exponent } => {
                Some((BigInt::from_biguint(sign(*negative), mantissa.clone()), *exponent))
            }
            Repr::Infinite { .. } => None,
        }
    }

    /// The same number with the other sign.
    pub(crate) fn negated(&self) -> Number {
        let negated = match &self.repr {
            Repr::Infinite { negative } => Number::of(Repr::Infinite { negative: !negative }),
            Repr::Small(0) => Number::of(Repr::Big { negative: true, mantissa: BigUint::zero(), exponent: 0 }),
            Repr::Small(value) => match value.checked_neg() {
                Some(value) => Number::of(Repr::Small(value)),
                None => Number::build(-BigInt::from(*value), 0, false),
            },
            Repr::Big { negative, mantissa, exponent } => Number::signed(!negative, mantissa.clone(), *exponent, false),
        };
        Number { float: self.float, ..negated }
    }

    /// Its distance from zero.
    pub(crate) fn abs(&self) -> Number {
        if self.is_negative() { self.negated() } else { self.clone().without_zero_sign() }
    }

    /// The greatest whole number that is not above it.
    pub(crate) fn floor(&self) -> Number {
        match &self.repr {
            Repr::Big { negative, mantissa, exponent } if *exponent < 0 => {
                let whole = mantissa >> exponent.unsigned_abs();
                let value = BigInt::from_biguint(sign(*negative), whole);
                // The mantissa is odd, so something was cut off.
                Number::from(if *negative { value - 1 } else { value })
            }
            _ => self.clone(),
        }
    }

    /// The least whole number that is not below it.
    pub(crate) fn ceil(&self) -> Number {
        self.negated().floor().negated().without_zero_sign()
    }

    /// Zero without a sign.
    fn without_zero_sign(self) -> Number {
        if self.is_zero() { Number::from(0i64) } else { self }
    }

    /// The sum; `None` if it is not defined.
    pub(crate) fn plus(&self, other: &Number) -> Option<Number> {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(sum) = a.checked_add(*b)
        {
            return Some(Number::from(sum));
        }
        match (self.parts(), other.parts()) {
            (Some((a, exponent_a)), Some((b, exponent_b))) => {
                let least = exponent_a.min(exponent_b);
                let sum = (a << (exponent_a - least) as u64) + (b << (exponent_b - least) as u64);
                Some(Number::build(sum, least, false))
            }
            (None, None) if self.is_negative() != other.is_negative() => None,
            (None, _) => Some(self.clone()),
            (_, None) => Some(other.clone()),
        }
    }

    /// The difference; `None` if it is not defined.
    pub(crate) fn minus(&self, other: &Number) -> Option<Number> {
        self.plus(&other.negated())
    }

    /// The product; `None` if it is not defined.
    pub(crate) fn times(&self, other: &Number) -> Option<Number> {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr)
            && let Some(product) = a.checked_mul(*b)
        {
            return Some(Number::from(product));
        }
        match (self.parts(), other.parts()) {
            (Some((a, exponent_a)), Some((b, exponent_b))) => {
                Some(Number::build(a * b, exponent_a + exponent_b, false))
            }
            _ if self.is_zero() || other.is_zero() => None,
            _ => Some(Number::of(Repr::Infinite { negative: self.is_negative() != other.is_negative() })),
        }
    }

    /// The quotient; `None` if it is not defined. By zero it is infinite (SPEC-25).
    pub(crate) fn over(&self, other: &Number) -> Option<Number> {
        let negative = self.is_negative() != other.is_negative();
        match (self.parts(), other.parts()) {
            (Some((a, exponent_a)), Some((b, exponent_b))) => {
                if b.is_zero() {
                    return (!a.is_zero()).then_some(Number::of(Repr::Infinite { negative }));
                }
                let (a, b) = (a.into_parts().1, b.into_parts().1);
                Some(Number::quotient(negative && !a.is_zero(), a, exponent_a - exponent_b, &b))
            }
            (Some(_), None) => Some(Number::from(0i64)),
            (None, Some(_)) => Some(Number::of(Repr::Infinite { negative })),
            (None, None) => None,
        }
    }

    /// What is left of a division, with the sign of the dividend; by zero all of it (SPEC-25).
    pub(crate) fn remainder(&self, other: &Number) -> Option<Number> {
        if other.is_zero() {
            return Some(self.clone());
        }
        match (self.parts(), other.parts()) {
            (Some((a, exponent_a)), Some((b, exponent_b))) => {
                let least = exponent_a.min(exponent_b);
                let rest = (a << (exponent_a - least) as u64) % (b << (exponent_b - least) as u64);
                Some(Number::build(rest, least, false))
            }
            (Some(_), None) => Some(self.clone()),
            _ => None,
        }
    }
}

/// Without its last bits: rounded to the nearest and to even; `more` says that something below them was cut off.
fn without(mantissa: BigUint, bits: u64, more: bool) -> BigUint {
    if bits == 0 {
        return mantissa;
    }
    let half = BigUint::one() << (bits - 1);
    let cut = &mantissa & ((BigUint::one() << bits) - 1u32);
    let kept = mantissa >> bits;
    let up = match cut.cmp(&half) {
        Ordering::Greater => true,
        Ordering::Equal => more || kept.is_odd(),
        Ordering::Less => false,
    };
    if up { kept + 1u32 } else { kept }
}

/// The sign as the integers have it.
fn sign(negative: bool) -> Sign {
    if negative { Sign::Minus } else { Sign::Plus }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.repr, &other.repr) {
            return a.cmp(b);
        }
        match (self.parts(), other.parts()) {
            (Some((a, exponent_a)), Some((b, exponent_b))) => {
                let least = exponent_a.min(exponent_b);
                (a << (exponent_a - least) as u64).cmp(&(b << (exponent_b - least) as u64))
            }
            (None, None) => other.is_negative().cmp(&self.is_negative()),
            (None, _) => {
                if self.is_negative() {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (_, None) => other.cmp(self).reverse(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn spec_102_numbers_print_in_plain_decimal() {
        let table = [
            ("017", "17"),
            ("0.1", "0.1"),
            ("1e21", "1000000000000000000000"),
            ("1.10", "1.1"),
            ("3.0", "3"),
            ("1e-7", "0.0000001"),
            ("12345678901234567890.5", "12345678901234567890.5"),
            ("3.141592653589793238462643383279", "3.141592653589793238462643383279"),
            ("18446744073709551616", "18446744073709551616"),
            ("9.99999999999999999999", "9.99999999999999999999"),
            ("1e30", "1000000000000000000000000000000"),
            ("9.9e160", &format!("99{}", "0".repeat(159))),
            ("1e-4000", &format!("0.{}1", "0".repeat(3_999))),
            ("1e4000", &format!("1{}", "0".repeat(4_000))),
        ];
        for (text, printed) in table {
            assert_eq!(number(text).to_string(), printed);
        }
        assert_eq!(number("0").negated().to_string(), "-0");
        for wrong in ["", "x", "0x10", " 5", "1_000", "1.2.3", "-", ".", "1e99999999999"] {
            assert!(Number::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn spec_25_arithmetic() {
        let show = |number: Option<Number>| number.map(|number| number.to_string());
        let (one, three) = (number("1"), number("3"));
        let third = one.over(&three);
        assert_eq!(third.as_ref().map(|number| number.to_string().len()), Some(157));
        assert_eq!(show(number("0.1").plus(&number("0.2"))).as_deref(), Some("0.3"));
        assert_eq!(show(number("7").over(&number("2"))).as_deref(), Some("3.5"));
        assert_eq!(show(number("7.5").remainder(&number("2"))).as_deref(), Some("1.5"));
        assert_eq!(show(number("-7").remainder(&three)).as_deref(), Some("-1"));
        assert_eq!(show(one.remainder(&number("0"))).as_deref(), Some("1"));
        assert!(one.over(&number("0")).is_some_and(|number| number.is_infinite()));
        assert!(number("0").over(&number("0")).is_none());
        assert_eq!(number("-1.2").floor(), number("-2"));
        assert_eq!(number("-0.5").ceil().to_string(), "0");
        assert_eq!(number("1e400").to_f64(), f64::INFINITY);
        assert_eq!(number("9223372036854775807").to_i64(), Some(i64::MAX));
        assert_eq!(number("1e3000").cmp(&one), Ordering::Greater);
    }

    /// The text of 0.1 as a float is not that of all its 53 bits, nor that of what is computed from it.
    #[test]
    fn spec_102_what_floats_made_prints_as_floats_do() {
        let float = |value| Number::from_f64(value).unwrap_or_else(|| panic!("{value}"));
        for (value, text) in [
            (float(0.1), "0.1"),
            (float(2f64.sqrt()).negated(), "-1.4142135623730951"),
            (float(2f64.powi(60)), "1152921504606847000"),
            (float(2f64.powi(70)), "1180591620717411300000"),
            (float(3.0), "3"),
            (float(-0.0), "-0"),
            (float(5e-324), &format!("0.{}5", "0".repeat(323))),
        ] {
            assert_eq!(value.to_string(), text);
        }
        assert_eq!(float(2f64.powi(60)).to_i64(), Some(1 << 60));
        let sum = float(0.1).plus(&Number::from(0i64));
        assert_eq!(
            sum.map(|sum| sum.to_string().len()),
            Some("0.1000000000000000055511151231257827021181583404541015625".len())
        );
    }

    proptest! {
        #[test]
        fn spec_102_what_is_printed_reads_the_same(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let exact = Number::from_f64(value).unwrap_or_else(|| Number::from(0i64));
            prop_assert_eq!(exact.to_f64(), value);
            prop_assert_eq!(number(&exact.to_string()).to_f64(), value);
            let exact = Number { float: false, ..exact };
            let read = number(&exact.to_string());
            prop_assert_eq!(&read, &exact);
            prop_assert_eq!(read.to_f64(), value);
        }

        #[test]
        fn spec_25_small_numbers_agree_with_integers(a in -10_000i64..10_000, b in 1i64..500) {
            let (x, y) = (Number::from(a), Number::from(b));
            prop_assert_eq!(x.plus(&y), Some(Number::from(a + b)));
            prop_assert_eq!(x.times(&y), Some(Number::from(a * b)));
            prop_assert_eq!(x.remainder(&y), Some(Number::from(a % b)));
            prop_assert_eq!(x.over(&y).map(|q| q.floor()), Some(Number::from(a.div_euclid(b))));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }
    }
}
