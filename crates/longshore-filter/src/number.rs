//! Integers as a value of an expression may write them (API-813); other scalars are read by `longshore-value`.

/// Why a text is no such integer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// It is none.
    Syntax,
    /// It is one, and too large or too small.
    Range,
}

/// A signed integer: sign, base prefix (`0x`, `0o`, `0b`, or `0` for octal), digits, `_` between them.
pub(crate) fn signed(text: &str) -> Result<i64, Fault> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let size = unsigned(digits)?;
    if negative { 0i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() }.ok_or(Fault::Range)
}

/// The same without a sign.
pub(crate) fn unsigned(text: &str) -> Result<u64, Fault> {
    let (base, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &text[2..]),
        [b'0', b'o' | b'O', ..] => (8, &text[2..]),
        [b'0', b'b' | b'B', ..] => (2, &text[2..]),
        [b'0', _, ..] => (8, &text[1..]),
        _ => (10, text),
    };
    // A prefix counts as a digit that an underscore may follow.
    if !separated(digits.as_bytes(), base != 10) {
        return Err(Fault::Syntax);
    }
    let mut value = Some(0u64);
    for digit in digits.chars().filter(|c| *c != '_') {
        let digit = digit.to_digit(base).ok_or(Fault::Syntax)?;
        value = value.and_then(|value| value.checked_mul(base.into())?.checked_add(digit.into()));
    }
    value.ok_or(Fault::Range) // only now: a text that is no number at all is told as such
}

/// Whether there are digits, and every underscore stands between two of them or after the prefix.
fn separated(digits: &[u8], prefixed: bool) -> bool {
    let mut before = prefixed;
    for (at, byte) in digits.iter().enumerate() {
        let separator = *byte == b'_';
        if separator && !(before && digits.get(at + 1).is_some_and(|next| *next != b'_')) {
            return false;
        }
        before = !separator;
    }
    !digits.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn api_813_integers_have_prefixes_and_separators() {
        for (text, value) in [
            ("70", Ok(70)),
            ("+70", Ok(70)),
            ("-70", Ok(-70)),
            ("-0", Ok(0)),
            ("070", Ok(56)),
            ("0x46", Ok(70)),
            ("-0X4_6", Ok(-70)),
            ("0b11", Ok(3)),
            ("0o17", Ok(15)),
            ("0_7", Ok(7)),
            ("0x_f", Ok(15)),
            ("7_0", Ok(70)),
            ("9223372036854775807", Ok(i64::MAX)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9223372036854775808", Err(Fault::Range)),
            ("-9223372036854775809", Err(Fault::Range)),
            ("99999999999999999999x", Err(Fault::Syntax)),
        ] {
            assert_eq!(signed(text), value, "{text}");
        }
        for text in ["", "-", "abc", " 70", "70 ", "1e2", "70.0", "08", "0x", "0b2", "_7", "7_", "7__0", "--1", "é"] {
            assert_eq!(signed(text), Err(Fault::Syntax), "{text}");
        }
        assert_eq!(unsigned("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(unsigned("18446744073709551616"), Err(Fault::Range));
        assert_eq!((unsigned("-1"), unsigned("+1")), (Err(Fault::Syntax), Err(Fault::Syntax)));
    }

    proptest! {
        #[test]
        fn api_813_every_integer_is_read_in_every_base(value: i64) {
            let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
            for text in [
                format!("{sign}{size}"),
                format!("{sign}{size:#x}"),
                format!("{sign}{size:#o}"),
                format!("{sign}0{size:o}"),
                format!("{sign}{size:#b}"),
            ] {
                prop_assert_eq!(signed(&text), Ok(value), "{}", text);
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[-+0-9a-fxXobOB_]{0,12}|\\PC{0,8}") {
            let _ = (signed(&text), unsigned(&text));
        }
    }
}
