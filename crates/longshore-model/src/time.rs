//! Instants and durations as the wire has them: integer nanoseconds, and RFC 3339 text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant: nanoseconds since the Unix epoch, UTC. `ts` in the specification.
///
/// The engine never reads a clock; every instant comes from its host (LOOP-001).
///
/// ```
/// use longshore_model::{Duration, Time};
/// let start = Time::from_secs(1_700_000_000);
/// assert_eq!((start + Duration::from_secs(30)) - start, Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A span of time in nanoseconds, may be negative. `dur` in the specification.
///
/// ```
/// use longshore_model::Duration;
/// assert_eq!(Duration::from_secs(90).to_string(), "1m30s");
/// assert_eq!("1m30s".parse(), Ok(Duration::from_secs(90)));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Duration(pub i64);

const SECOND: i64 = 1_000_000_000;

impl Time {
    /// From whole seconds since the epoch; saturates at the bounds of the type.
    pub const fn from_secs(secs: i64) -> Time {
        Time(secs.saturating_mul(SECOND))
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Whether this is the zero instant, which stands for "unset".
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// From whole seconds; saturates.
    pub const fn from_secs(secs: i64) -> Duration {
        Duration(secs.saturating_mul(SECOND))
    }

    /// From whole minutes; saturates.
    pub const fn from_mins(mins: i64) -> Duration {
        Duration::from_secs(mins.saturating_mul(60))
    }

    /// From whole hours; saturates.
    pub const fn from_hours(hours: i64) -> Duration {
        Duration::from_mins(hours.saturating_mul(60))
    }

    /// From whole milliseconds; saturates.
    pub const fn from_millis(millis: i64) -> Duration {
        Duration(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }
}

impl std::ops::Add<Duration> for Time {
    type Output = Time;
    /// Saturates: an instant too far to name is the farthest one.
    fn add(self, span: Duration) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl std::ops::Sub for Time {
    type Output = Duration;
    fn sub(self, earlier: Time) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl From<std::time::Duration> for Duration {
    fn from(span: std::time::Duration) -> Duration {
        Duration(i64::try_from(span.as_nanos()).unwrap_or(i64::MAX))
    }
}

/// As messages print durations (MODEL-10): `5s`, `1m0s`, `1h0m0s`, `1.5s`, `20ms`, `0s`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&longshore_value::duration::print(self.0))
    }
}

/// As job files write durations (SPEC-105).
impl std::str::FromStr for Duration {
    type Err = longshore_value::duration::DurationError;
    fn from_str(text: &str) -> Result<Duration, Self::Err> {
        longshore_value::duration::parse(text).map(Duration)
    }
}

/// An instant written as RFC 3339 text. `time` in the specification; zero is `0001-01-01T00:00:00Z` (MODEL-6).
///
/// ```
/// use longshore_model::{DateTime, Time};
/// assert_eq!(DateTime::from(Time::from_secs(1_700_000_000)).to_string(), "2023-11-14T22:13:20Z");
/// assert_eq!(DateTime::ZERO.to_string(), "0001-01-01T00:00:00Z");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DateTime(jiff::Timestamp);

impl DateTime {
    /// The first of January of the year one: unset.
    pub const ZERO: DateTime = DateTime(jiff::Timestamp::constant(-62_135_596_800, 0));

    /// Whether this is [`DateTime::ZERO`].
    pub fn is_zero(self) -> bool {
        self == DateTime::ZERO
    }

    /// Nanoseconds since the epoch; `None` if unset or beyond what an `i64` holds (years 1677 to 2262).
    pub fn time(self) -> Option<Time> {
        if self.is_zero() { None } else { i64::try_from(self.0.as_nanosecond()).ok().map(Time) }
    }
}

impl Default for DateTime {
    fn default() -> DateTime {
        DateTime::ZERO
    }
}

impl From<Time> for DateTime {
    fn from(time: Time) -> DateTime {
        // Every `i64` of nanoseconds lies between the years 1677 and 2262, within jiff's range.
        jiff::Timestamp::from_nanosecond(i128::from(time.0)).map_or(DateTime::ZERO, DateTime)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<DateTime, D::Error> {
        crate::wire::read_text(from, |text| {
            text.parse().map(DateTime).map_err(|why| {
                serde::de::Error::custom(format_args!(
                    "{text:?} is no RFC 3339 time such as 2023-11-14T22:13:20Z: {why}"
                ))
            })
        })
    }
}

crate::wire_scalar! {
    Time => |v| v.0 == 0, feed |v, out| out.extend_from_slice(&v.0.to_le_bytes());
    Duration => |v| v.0 == 0, feed |v, out| out.extend_from_slice(&v.0.to_le_bytes());
    DateTime => |v| *v == DateTime::ZERO;
}
