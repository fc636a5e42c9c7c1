//! One expression: read, asked whether it names an instant, asked for the next one.

mod search;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::days::{Days, Month, OfMonth, OfWeek};
use crate::field::{FIRST_YEAR, Field, FieldError, values};
use crate::set::Set;
use crate::zone::{Wall, Zone, clamped};

/// A cron expression in the reference's dialect.
///
/// Five fields are minute, hour, day of month, month and day of week; a sixth is the year; of seven the first is the
/// second.
///
/// ```
/// use longshore_schedule::{Cron, Zone};
/// let payday = Cron::parse("0 9 LW * *")?; // at nine on the last workday of each month
/// let after = 1_746_057_600; // 2025-05-01T00:00:00Z
/// let next = payday.next_after(after, &Zone::utc())?;
/// assert_eq!(next.map(|at| Zone::utc().local(at).to_string()), Some("2025-05-30T09:00:00".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cron {
    text: String,
    seconds: Set,
    minutes: Set,
    hours: Set,
    days: Days,
    months: Set,
    /// Counted from 1970.
    years: Set,
}

/// Why a text is no expression.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CronError {
    /// Fewer than five fields (LOOP-1021).
    #[error(
        "{text:?} has {found} of 5 fields: minute, hour, day of month, month and day of week, such as 30 2 * * 1-5"
    )]
    Fields {
        /// The text.
        text: String,
        /// How many it has.
        found: usize,
    },
    /// A field that cannot be read (LOOP-1024).
    #[error("in {text:?} {source}")]
    Field {
        /// The text.
        text: String,
        /// What is wrong with it.
        source: FieldError,
    },
}

impl CronError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            CronError::Fields { .. } => "LOOP-1021",
            CronError::Field { .. } => "LOOP-1024",
        }
    }
}

/// Why an expression that could be read has no next instant, not even *never* (LOOP-1025): a range that ends before it
/// begins has left a field empty.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} launches never: its {field} is a range that ends before it begins; {}", instead(*.field))]
pub struct NextError {
    text: String,
    field: Field,
}

/// What to write.
fn instead(field: Field) -> &'static str {
    if field == Field::Month { "11-12,1-2 is what 11-2 may mean" } else { "50-59,0-10 is what 50-10 may mean" }
}

impl NextError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "LOOP-1025"
    }

    /// The field that nothing is left of.
    pub fn field(&self) -> Field {
        self.field
    }
}

/// What stands for what, wherever it stands (LOOP-1022).
const SHORTHANDS: [(&str, &str); 6] = [
    ("@yearly", "0 0 0 1 1 * *"),
    ("@annually", "0 0 0 1 1 * *"),
    ("@monthly", "0 0 0 1 * * *"),
    ("@weekly", "0 0 0 * * 0 *"),
    ("@daily", "0 0 0 * * * *"),
    ("@hourly", "0 0 * * * * *"),
];

impl Cron {
    /// Reads an expression (LOOP-1021 to LOOP-1024, LOOP-1026).
    ///
    /// # Errors
    /// [`CronError`] for the first field that is wrong.
    pub fn parse(text: &str) -> Result<Cron, CronError> {
        let mut written = text.to_owned();
        for (shorthand, fields) in SHORTHANDS {
            written = written.replace(shorthand, fields);
        }
        let fields: Vec<&str> =
            written.split([' ', '\t', '\n', '\x0c', '\r']).filter(|field| !field.is_empty()).collect();
        let [second, minute, hour, of_month, month, of_week, year] = match fields[..] {
            [minute, hour, of_month, month, of_week] => ["0", minute, hour, of_month, month, of_week, "*"],
            [minute, hour, of_month, month, of_week, year] => ["0", minute, hour, of_month, month, of_week, year],
            [second, minute, hour, of_month, month, of_week, year, ..] => {
                [second, minute, hour, of_month, month, of_week, year]
            }
            _ => return Err(CronError::Fields { text: text.to_owned(), found: fields.len() }),
        };
        let wrong = |source| CronError::Field { text: text.to_owned(), source };
        let seconds = values(Field::Second, second).map_err(wrong)?;
        let minutes = values(Field::Minute, minute).map_err(wrong)?;
        let hours = values(Field::Hour, hour).map_err(wrong)?;
        let of_month = OfMonth::read(of_month).map_err(wrong)?;
        let months = values(Field::Month, month).map_err(wrong)?;
        let days = Days::new(of_month, OfWeek::read(of_week).map_err(wrong)?);
        let years = values(Field::Year, year).map_err(wrong)?;
        Ok(Cron { text: text.to_owned(), seconds, minutes, hours, days, months, years })
    }

    /// The text that it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether clocks of a zone show at an instant, in seconds since the epoch, what the expression names.
    ///
    /// Every launch is such an instant. The reverse does not hold: see [`next_after`](Self::next_after).
    pub fn matches(&self, at: i64, zone: &Zone) -> bool {
        let wall = Wall::at(zone, clamped(at));
        at == wall.at
            && self.seconds.contains(wall.second())
            && self.minutes.contains(wall.minute())
            && self.hours.contains(wall.hour())
            && self.names(wall.date())
    }

    /// The first instant after another at which the expression launches, in seconds since the epoch; `None` if it never
    /// does again. No year before 1970 and none after 2099 sees a launch (LOOP-1030).
    ///
    /// Where clocks are changed (LOOP-1028, LOOP-1029), times that are skipped do not launch, and times that are
    /// repeated launch twice. Of an hour whose first part is skipped, the rest is skipped too, unless the search comes
    /// to it from an hour that is named.
    ///
    /// # Errors
    /// [`NextError`] if a field is empty, where the reference fails instead of finding nothing (LOOP-1025).
    ///
    /// # Cost
    /// Microseconds: dates are found month by month, times from sets. Only on days on which clocks change are hours and
    /// minutes tried one by one. That there is none is known after one look at each month up to 2099.
    ///
    /// # Example: an hour that comes twice
    /// ```
    /// use longshore_schedule::{Cron, Zone};
    /// let berlin = Zone::named("Europe/Berlin")?;
    /// let cron = Cron::parse("30 2 * * *")?;
    /// let first = cron.next_after(1_761_429_600, &berlin)?; // from 2025-10-26T00:00:00 there
    /// let second = first.and_then(|at| cron.next_after(at, &berlin).ok()?);
    /// assert_eq!((first, second), (Some(1_761_438_600), Some(1_761_438_600 + 3600)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_after(&self, after: i64, zone: &Zone) -> Result<Option<i64>, NextError> {
        search::next_after(self, after, zone)
    }

    /// Whether a day is named.
    fn names(&self, date: Date) -> bool {
        let year = u32::try_from(date.year()).ok().and_then(|year| year.checked_sub(FIRST_YEAR));
        let month = u32::from(date.month().unsigned_abs());
        year.is_some_and(|year| self.years.contains(year) && self.months.contains(month))
            && self.days.of(Month::of(date)) >> date.day() & 1 == 1
    }
}

/// The text that it was read from.
impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Cron {
    type Err = CronError;
    fn from_str(text: &str) -> Result<Cron, CronError> {
        Cron::parse(text)
    }
}

#[cfg(test)]
mod tests;
