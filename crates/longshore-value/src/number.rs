//! Numbers and truth values as text (FEAS-60, FEAS-61, FEAS-100).

use std::cmp::Ordering;

/// A decimal integer of 64 bits with an optional sign; no blanks, no underscores (FEAS-60).
///
/// ```
/// use longshore_value::number::integer;
/// assert_eq!(integer("+007"), Some(7));
/// assert_eq!(integer("1_000"), None);
/// ```
pub fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// A decimal integer as [`integer`] reads it, at the nearest bound if it is out of range, 0 if it is none.
///
/// ```
/// use longshore_value::number::bounded;
/// assert_eq!(bounded("-99999999999999999999"), i64::MIN);
/// assert_eq!(bounded("seven"), 0);
/// ```
pub fn bounded(text: &str) -> i64 {
    let (negative, digits) = signed(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    text.parse().unwrap_or(if negative { i64::MIN } else { i64::MAX })
}

/// A floating-point number (FEAS-61): decimal or hexadecimal (`0x1p4`), `_` between digits, `inf`, `infinity` and
/// `nan` in any case. One too large for 64 bits is none; one too small is zero.
///
/// ```
/// use longshore_value::number::float;
/// assert_eq!(float("1_000.5"), Some(1000.5));
/// assert_eq!(float("0x1.8p1"), Some(3.0));
/// assert_eq!(float("1e400"), None);
/// ```
pub fn float(text: &str) -> Option<f64> {
    if text.eq_ignore_ascii_case("nan") {
        return Some(f64::NAN);
    }
    let (negative, magnitude) = signed(text);
    let value = if magnitude.eq_ignore_ascii_case("inf") || magnitude.eq_ignore_ascii_case("infinity") {
        f64::INFINITY
    } else {
        finite(magnitude)?
    };
    Some(if negative { -value } else { value })
}

/// A truth value: `1 t T TRUE true True` or `0 f F FALSE false False` (FEAS-100).
///
/// ```
/// assert_eq!(longshore_value::number::boolean("T"), Some(true));
/// assert_eq!(longshore_value::number::boolean("yes"), None);
/// ```
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// How two texts are ordered (FEAS-60): as integers if both are, else as floating-point numbers, else byte by byte.
/// `None` if one of two numbers is not a number.
///
/// ```
/// use std::cmp::Ordering::{Greater, Less};
/// use longshore_value::number::order;
/// assert_eq!(order("10", "9.5"), Some(Greater));
/// assert_eq!(order("10", "9a"), Some(Less));
/// ```
pub fn order(left: &str, right: &str) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (integer(left), integer(right)) {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (float(left), float(right)) {
        return left.partial_cmp(&right);
    }
    Some(left.cmp(right))
}

/// Whether there is a minus sign, and what follows the sign.
fn signed(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// A number without sign.
fn finite(text: &str) -> Option<f64> {
    let hex = text.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("0x"));
    let mut plain = text.to_owned();
    if text.contains('_') {
        if !underscores_separate_digits(text, hex) {
            return None;
        }
        plain.retain(|c| c != '_');
    }
    let value = if hex { hexadecimal(&plain[2..])? } else { decimal(&plain)? };
    value.is_finite().then_some(value)
}

/// `DIGITS[.DIGITS][eEXPONENT]` with a digit on one side of the point.
fn decimal(text: &str) -> Option<f64> {
    let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
    // Words such as `infinity` aside, this is the grammar of the standard library.
    if starts_well { text.parse().ok() } else { None }
}

/// `HEX[.HEX]pEXPONENT` with a digit on one side of the point: the nearest number, ties to even.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let power = signed(exponent).1;
    if power.is_empty() || !power.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // The first bits exactly, whether anything follows them, and how far the point is from the last of them.
    let (mut bits, mut rest, mut scale) = (0u64, false, 0i64);
    for (digits, after_point) in [(whole, false), (fraction, true)] {
        for digit in digits.chars() {
            let digit = u64::from(digit.to_digit(16)?);
            let kept = bits < 1 << 60;
            if kept {
                bits = bits << 4 | digit;
            } else {
                rest |= digit != 0;
            }
            scale += match (kept, after_point) {
                (true, true) => -4,
                (false, false) => 4,
                _ => 0,
            };
        }
    }
    Some(scaled(bits, rest, scale.saturating_add(bounded(exponent))))
}

/// `bits`·2^`scale`, a little more if `rest`, as the nearest number; infinite if it is too large.
fn scaled(bits: u64, rest: bool, scale: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = 64 - i64::from(bits.leading_zeros());
    // The weight of the first bit; below -1022 numbers have fewer bits.
    let first = scale.saturating_add(length - 1);
    if first > 1023 {
        return f64::INFINITY;
    }
    if first < -1075 {
        return 0.0;
    }
    let precision = if first < -1022 { first + 1075 } else { 53 };
    let dropped = length - precision;
    let mantissa = if dropped <= 0 {
        u128::from(bits) << -dropped
    } else {
        let bits = u128::from(bits);
        let (kept, cut, half) = (bits >> dropped, bits & ((1 << dropped) - 1), 1u128 << (dropped - 1));
        kept + u128::from(cut > half || cut == half && (rest || kept & 1 == 1))
    };
    // At most 2^53 times a power of two, in two steps that are both exact: the result is what was rounded above.
    let power = first - precision + 1;
    mantissa as f64 * power_of_two(power / 2) * power_of_two(power - power / 2)
}

/// 2 to a power of at most 1023 either way.
fn power_of_two(power: i64) -> f64 {
    f64::from_bits(((power + 1023) as u64) << 52)
}

/// Whether each `_` stands between two digits, or between the prefix `0x` and a digit.
fn underscores_separate_digits(text: &str, hex: bool) -> bool {
    let bytes = text.as_bytes();
    let digit = |byte: &u8| if hex { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() };
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_').all(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let follows = before.is_some_and(digit) || hex && at == 2;
        follows && bytes.get(at + 1).is_some_and(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn feas_61_floats() {
        let table: &[(&str, Option<f64>)] = &[
            ("5", Some(5.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("-5e-1", Some(-0.5)),
            ("+Inf", Some(f64::INFINITY)),
            ("-infinity", Some(f64::NEG_INFINITY)),
            ("infinit", None),
            ("+nan", None),
            ("", None),
            (".", None),
            ("-", None),
            ("e5", None),
            ("1e", None),
            (" 1", None),
            ("1_000", Some(1000.0)),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("1_.5", None),
            ("1e1_0", Some(1e10)),
            ("0x10", None),
            ("0x1p4", Some(16.0)),
            ("0X.8P1", Some(1.0)),
            ("0x_1p4", Some(16.0)),
            ("0x1p+-4", None),
            ("0xp1", None),
            ("0x1p", None),
            ("0x1p1023", Some(f64::from_bits(0x7fe0_0000_0000_0000))),
            ("0x1p1024", None),
            ("0x1p-1074", Some(f64::from_bits(1))),
            ("0x1p-1075", Some(0.0)),
            ("0x1.8p-1075", Some(f64::from_bits(1))),
            ("0x1.fffffffffffffp1023", Some(f64::MAX)),
            ("0x1.fffffffffffff8p1023", None),
            ("0x1.00000000000008p0", Some(1.0)),
            ("0x1.000000000000080000000000001p0", Some(1.0 + f64::EPSILON)),
            ("0x1.00000000000018p0", Some(1.0 + 2.0 * f64::EPSILON)),
            ("0x0p99999999999999999999", Some(0.0)),
            ("1e400", None),
            ("1e-400", Some(0.0)),
            ("1e+-4", None),
        ];
        for (text, expected) in table {
            assert_eq!(float(text), *expected, "{text:?}");
        }
        assert!(float("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn feas_60_order() {
        use Ordering::{Equal, Greater, Less};
        let table = [
            ("9", "10", Some(Less)),
            ("+1", "1", Some(Equal)),
            ("9223372036854775808", "9223372036854775807", Some(Equal)),
            ("1.5", "10.5", Some(Less)),
            ("1", "foo", Some(Less)),
            ("nan", "1", None),
            ("nan", "x", Some(Less)),
            (" 1", "0", Some(Less)),
            ("inf", "1e308", Some(Greater)),
        ];
        for (left, right, expected) in table {
            assert_eq!(order(left, right), expected, "{left:?} and {right:?}");
        }
    }

    proptest! {
        /// Every number is its own hexadecimal text.
        #[test]
        fn feas_61_hexadecimal_is_exact(bits: u64) {
            let value = f64::from_bits(bits & !(1 << 63));
            prop_assume!(value.is_finite());
            let (fraction, exponent) = (value.to_bits() & ((1 << 52) - 1), (value.to_bits() >> 52) as i64);
            let text = match exponent {
                0 => format!("0x0.{fraction:013x}p-1022"),
                _ => format!("0x1.{fraction:013x}p{}", exponent - 1023),
            };
            prop_assert_eq!(float(&text), Some(value), "{}", text);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[-+0-9a-fxXpP._]{0,12}|\\PC{0,8}") {
            let _ = (integer(&text), bounded(&text), float(&text), boolean(&text));
        }
    }
}
