//! Spans of time as text: read (SPEC-105, SPEC-106) and printed (MODEL-10).

/// Why a text is no span of time (SPEC-106).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DurationError {
    /// No number where one must be.
    #[error("{text:?} is no duration: a number is missing; one looks like 90s, 1h30m or 1.5h")]
    NoNumber {
        /// The whole text.
        text: String,
    },
    /// A number that no unit follows.
    #[error("{text:?} is no duration: a number has no unit: {UNITS_KNOWN} are known")]
    NoUnit {
        /// The whole text.
        text: String,
    },
    /// A unit that is none.
    #[error("{text:?} is no duration: {unit:?} is no unit: {UNITS_KNOWN} are known")]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// What stands where a unit must be.
        unit: String,
    },
    /// More nanoseconds than 64 bits hold.
    #[error("{text:?} is too long: durations reach 292 years, or 2562047h47m16.854775807s")]
    TooLong {
        /// The whole text.
        text: String,
    },
}

impl DurationError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "SPEC-106"
    }
}

const UNITS_KNOWN: &str = "ns, us, ms, s, m and h";

/// The unit's nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000), // U+00B5, micro sign
    ("μs", 1_000), // U+03BC, Greek letter
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3600 * SECOND),
];

const SECOND: u64 = 1_000_000_000;

/// The nanoseconds of the longest negative span.
const LIMIT: u64 = 1 << 63;

/// Reads a span of time, in nanoseconds (SPEC-105): numbers with units after one sign, such as `-1h30m` or `1.5s`;
/// the plain number is 0. What is less than a nanosecond is dropped.
///
/// ```
/// use longshore_value::duration::parse;
/// assert_eq!(parse("1h30m"), Ok(5_400_000_000_000));
/// assert_eq!(parse("-.5us"), Ok(-500));
/// assert_eq!(parse("1d").unwrap_err().code(), "SPEC-106");
/// ```
///
/// # Errors
/// [`DurationError`], with the text and what is wrong with it.
pub fn parse(text: &str) -> Result<i64, DurationError> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(DurationError::NoNumber { text: text.to_owned() });
    }
    let mut sum = 0u64;
    while !rest.is_empty() {
        let (nanos, after) = part(rest).map_err(|problem| problem.of(text))?;
        sum = sum.checked_add(nanos).filter(|sum| *sum <= LIMIT).ok_or_else(|| Problem::TooLong.of(text))?;
        rest = after;
    }
    match negative {
        true => Ok(0i64.wrapping_sub_unsigned(sum)), // exact: the sum is at most the limit
        false => i64::try_from(sum).map_err(|_| Problem::TooLong.of(text)),
    }
}

/// Prints nanoseconds as messages do (MODEL-10): `5s`, `1m0s`, `1h0m0s`, `1.5s`, `20ms`, `0s`.
///
/// ```
/// use longshore_value::duration::print;
/// assert_eq!(print(90_000_000_000), "1m30s");
/// assert_eq!(print(-1_500_000), "-1.5ms");
/// ```
pub fn print(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    match nanos.unsigned_abs() {
        0 => "0s".to_owned(),
        nanos @ 1..1_000 => format!("{sign}{nanos}ns"),
        nanos @ 1_000..1_000_000 => format!("{sign}{}µs", decimal(nanos, 1_000)),
        nanos @ 1_000_000..SECOND => format!("{sign}{}ms", decimal(nanos, 1_000_000)),
        nanos => {
            let secs = decimal(nanos % (60 * SECOND), SECOND);
            let mins = nanos / (60 * SECOND);
            match (mins / 60, mins % 60) {
                (0, 0) => format!("{sign}{secs}s"),
                (0, mins) => format!("{sign}{mins}m{secs}s"),
                (hours, mins) => format!("{sign}{hours}h{mins}m{secs}s"),
            }
        }
    }
}

/// `value / unit` with as many decimals as it needs.
fn decimal(value: u64, unit: u64) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit.ilog10() as usize;
    format!("{whole}.{rest:0digits$}").trim_end_matches('0').to_owned()
}

/// What is wrong with one number and its unit.
enum Problem<'t> {
    NoNumber,
    NoUnit,
    UnknownUnit(&'t str),
    TooLong,
}

impl Problem<'_> {
    fn of(self, text: &str) -> DurationError {
        let text = text.to_owned();
        match self {
            Problem::NoNumber => DurationError::NoNumber { text },
            Problem::NoUnit => DurationError::NoUnit { text },
            Problem::UnknownUnit(unit) => DurationError::UnknownUnit { text, unit: unit.to_owned() },
            Problem::TooLong => DurationError::TooLong { text },
        }
    }
}

/// The nanoseconds of the first number with its unit, and what follows.
fn part(text: &str) -> Result<(u64, &str), Problem<'_>> {
    let is_digit = |c: char| c.is_ascii_digit();
    let (whole, rest) = text.split_at(text.find(|c| !is_digit(c)).unwrap_or(text.len()));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|c| !is_digit(c)).unwrap_or(rest.len())),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(Problem::NoNumber);
    }
    let (unit, rest) = rest.split_at(rest.find(|c| is_digit(c) || c == '.').unwrap_or(rest.len()));
    if unit.is_empty() {
        return Err(Problem::NoUnit);
    }
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(Problem::UnknownUnit(unit))?;
    // Nothing before the point is no whole number, which is nought.
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| Problem::TooLong)? };
    let sum = whole.checked_mul(*nanos).and_then(|whole| whole.checked_add(share(fraction, *nanos)));
    Ok((sum.filter(|sum| *sum <= LIMIT).ok_or(Problem::TooLong)?, rest))
}

/// The nanoseconds of a fraction of a unit: in floating point, as the reference reckons, from the digits that 63 bits
/// hold. So `0.9999999999999999999s` is one second.
fn share(fraction: &str, nanos: u64) -> u64 {
    let (mut digits, mut scale) = (0u64, 1.0f64);
    for digit in fraction.bytes() {
        match digits.checked_mul(10).and_then(|tens| tens.checked_add(u64::from(digit - b'0'))) {
            Some(next) if digits <= (LIMIT - 1) / 10 && next <= LIMIT => digits = next,
            _ => break,
        }
        scale *= 10.0;
    }
    (digits as f64 * (nanos as f64 / scale)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spec_105_reading() {
        let table: &[(&str, Option<i64>)] = &[
            ("0", Some(0)),
            ("-0", Some(0)),
            ("+1s", Some(1_000_000_000)),
            ("5.s", Some(5_000_000_000)),
            ("1.h.5m", Some(3_630_000_000_000)),
            ("30m1h", Some(5_400_000_000_000)),
            ("1µs", Some(1_000)),
            ("1μs", Some(1_000)),
            ("1.9ns", Some(1)),
            ("0.3333333333333333333h", Some(1_200_000_000_000)),
            ("0.99999999999999999999999999s", Some(1_000_000_000)),
            ("-9223372036854775808ns", Some(i64::MIN)),
            ("9223372036854775807ns", Some(i64::MAX)),
            ("9223372036854775808ns", None),
            ("2562047h47m16.854775808s", None),
            ("99999999999999999999h", None),
            ("", None),
            ("-", None),
            ("5", None),
            ("1h30", None),
            ("1h-30m", None),
            ("+-1s", None),
            (".s", None),
            ("1.5.5h", None),
            ("1d", None),
            ("1S", None),
            ("1ſ", None),
            (" 1s", None),
            ("1 s", None),
            ("1e3s", None),
            ("Inf", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text).ok(), *expected, "{text:?}");
        }
    }

    #[test]
    fn model_10_printing() {
        let table: &[(i64, &str)] = &[
            (0, "0s"),
            (999, "999ns"),
            (-1_500_000, "-1.5ms"),
            (999_999_999, "999.999999ms"),
            (60_000_000_000, "1m0s"),
            (3_600_000_000_001, "1h0m0.000000001s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ];
        for (nanos, text) in table {
            assert_eq!(print(*nanos), *text);
        }
    }

    #[test]
    fn errors_say_what_would_be_right() {
        let text = |text| parse(text).map_err(|why| why.to_string());
        let unit = "\"1d\" is no duration: \"d\" is no unit: ns, us, ms, s, m and h are known";
        assert_eq!(text("1d"), Err(unit.to_owned()));
        let long = "\"2562048h\" is too long: durations reach 292 years, or 2562047h47m16.854775807s";
        assert_eq!(text("2562048h"), Err(long.to_owned()));
    }

    proptest! {
        /// Whatever is printed is read as it was.
        #[test]
        fn printing_then_reading_is_identity(nanos: i64, shift in 0u32..63) {
            for nanos in [nanos, nanos >> shift] {
                prop_assert_eq!(parse(&print(nanos)), Ok(nanos), "{}", print(nanos));
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[-+0-9.a-zµ]{0,24}|\\PC{0,8}") {
            let _ = parse(&text);
        }
    }
}
