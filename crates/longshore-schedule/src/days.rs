//! Which days of a month: the fields day of month and day of week together (LOOP-1026, LOOP-1027).

use jiff::civil::Date;

use crate::field::{Entry, Field, FieldError, entries};

/// The days that the two fields name.
///
/// Sets of days are bits: bit 1 is the first of the month, bit 0 is Sunday.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Days {
    of_month: OfMonth,
    of_week: OfWeek,
}

/// The field day of month.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct OfMonth {
    /// Some entry is `*` or `?`.
    all: bool,
    days: u32,
    /// `L`
    last: bool,
    /// `LW`
    last_workday: bool,
    /// `nW`, by n.
    workdays: u32,
}

/// The field day of week.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct OfWeek {
    /// Some entry is `*` or `?`.
    all: bool,
    days: u8,
    /// `nL`, by n.
    last: u8,
    /// `n#k`, by k less one and n.
    nth: [u8; 5],
}

impl Days {
    pub(crate) fn new(of_month: OfMonth, of_week: OfWeek) -> Days {
        Days { of_month, of_week }
    }

    /// The days of one month that are named.
    pub(crate) fn of(&self, month: Month) -> u32 {
        match (self.of_month.all, self.of_week.all) {
            (true, true) => month.all(),
            (false, true) => self.of_month.of(month),
            (true, false) => self.of_week.of(month),
            // Both restrict: either will do.
            (false, false) => self.of_month.of(month) | self.of_week.of(month),
        }
    }
}

/// A month: how long it is, and on which day of the week it begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Month {
    length: u32,
    /// 0 is Sunday.
    begins: u32,
}

impl Month {
    /// The month of a day.
    pub(crate) fn of(date: Date) -> Month {
        let first = date.first_of_month();
        let begins = first.weekday().to_sunday_zero_offset();
        Month { length: u32::from(first.days_in_month().unsigned_abs()), begins: u32::from(begins.unsigned_abs()) }
    }

    fn all(self) -> u32 {
        ((1u64 << (self.length + 1)) - 2) as u32
    }

    /// The day of the week of a day of the month.
    fn weekday(self, day: u32) -> u32 {
        (self.begins + day + 6) % 7
    }

    /// The days of the month that fall on a day of the week.
    fn all_on(self, weekday: u32) -> u32 {
        let first = (weekday + 7 - self.begins) % 7 + 1;
        (first..=self.length).step_by(7).fold(0, |days, day| days | 1 << day)
    }

    /// The workday nearest to a day, in the same month.
    fn nearest_workday(self, day: u32) -> u32 {
        match self.weekday(day) {
            6 if day == 1 => 3,
            6 => day - 1,
            0 if day == self.length => day - 2,
            0 => day + 1,
            _ => day,
        }
    }

    fn last_workday(self) -> u32 {
        match self.weekday(self.length) {
            6 => self.length - 1,
            0 => self.length - 2,
            _ => self.length,
        }
    }
}

impl OfMonth {
    pub(crate) fn read(text: &str) -> Result<OfMonth, FieldError> {
        let field = Field::DayOfMonth;
        let mut read = OfMonth::default();
        for entry in entries(field, text)? {
            match entry {
                Entry::All => read.all = true,
                Entry::Steps { first, last, step } => {
                    read.days |= (first..=last).step_by(step as usize).fold(0, |days, day| days | 1 << day);
                }
                Entry::Special(entry) if entry.eq_ignore_ascii_case("L") => read.last = true,
                Entry::Special(entry) if entry.eq_ignore_ascii_case("LW") => read.last_workday = true,
                Entry::Special(entry) => {
                    let day = entry.strip_suffix(['W', 'w']).and_then(|day| field.value(day));
                    read.workdays |= 1 << day.ok_or_else(|| FieldError::Syntax { field, entry: entry.to_owned() })?;
                }
            }
        }
        Ok(read)
    }

    fn of(&self, month: Month) -> u32 {
        let mut days = self.days & month.all();
        if self.last {
            days |= 1 << month.length;
        }
        if self.last_workday {
            days |= 1 << month.last_workday();
        }
        let mut workdays = self.workdays & month.all();
        while workdays != 0 {
            days |= 1 << month.nearest_workday(workdays.trailing_zeros());
            workdays &= workdays - 1;
        }
        days
    }
}

impl OfWeek {
    pub(crate) fn read(text: &str) -> Result<OfWeek, FieldError> {
        let field = Field::DayOfWeek;
        let mut read = OfWeek::default();
        for entry in entries(field, text)? {
            match entry {
                Entry::All => read.all = true,
                Entry::Steps { first, last, step } => {
                    read.days |= (first..=last).step_by(step as usize).fold(0, |days, day| days | 1 << day);
                }
                Entry::Special(entry) => {
                    read.special(entry).ok_or_else(|| FieldError::Syntax { field, entry: entry.to_owned() })?;
                }
            }
        }
        Ok(read)
    }

    /// `nL` or `n#k`.
    fn special(&mut self, entry: &str) -> Option<()> {
        let day = |text: &str| Field::DayOfWeek.value(text);
        if let Some(last) = entry.strip_suffix(['L', 'l']).and_then(day) {
            self.last |= 1 << last;
            return Some(());
        }
        let (weekday, nth) = entry.split_once('#')?;
        let nth = match nth.as_bytes() {
            [digit @ b'1'..=b'5'] => usize::from(digit - b'1'),
            _ => return None,
        };
        *self.nth.get_mut(nth)? |= 1 << day(weekday)?;
        Some(())
    }

    fn of(&self, month: Month) -> u32 {
        let mut named = 0;
        for weekday in 0..7 {
            let is = |days: u8| days >> weekday & 1 == 1;
            let days = month.all_on(weekday);
            if is(self.days) {
                named |= days;
            }
            if is(self.last) && days != 0 {
                named |= 1 << days.ilog2();
            }
            let first = days.trailing_zeros();
            for (nth, days) in (0u32..).zip(self.nth) {
                // Not every month has a fifth one.
                if is(days) && first + 7 * nth <= month.length {
                    named |= 1 << (first + 7 * nth);
                }
            }
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether an entry names a day, word for word as LOOP-1026 says it.
    fn names(entry: &str, date: Date) -> bool {
        let workday = |day: i8| {
            (1..=date.days_in_month()).contains(&day)
                && date
                    .with()
                    .day(day)
                    .build()
                    .is_ok_and(|date| (1..=5).contains(&date.weekday().to_monday_one_offset()))
        };
        let weekday = |text: &str| text.parse() == Ok(date.weekday().to_sunday_zero_offset());
        match entry {
            "*" => true,
            "L" => date.day() == date.days_in_month(),
            "LW" => (1..=31).filter(|day| workday(*day)).max() == Some(date.day()),
            _ if entry.ends_with('W') => {
                let wanted: i8 = entry.trim_end_matches('W').parse().unwrap_or(0);
                // No day has two workdays that are equally near.
                wanted <= date.days_in_month()
                    && (1..=31).filter(|day| workday(*day)).min_by_key(|day| (day - wanted).abs()) == Some(date.day())
            }
            _ if entry.ends_with('L') => weekday(entry.trim_end_matches('L')) && date.day() + 7 > date.days_in_month(),
            _ => match entry.split_once('#') {
                Some((day, nth)) => weekday(day) && nth.parse() == Ok((date.day() - 1) / 7 + 1),
                None => weekday(entry),
            },
        }
    }

    proptest! {
        /// LOOP-1026, LOOP-1027: the days of a month are those of which the rules say so one by one.
        #[test]
        fn days_are_those_that_the_rules_name(
            of_month in proptest::collection::vec(prop_oneof!["LW?", "[1-9]W", "[12][0-9]W", "3[01]W", "\\*"], 1..3),
            of_week in proptest::collection::vec(prop_oneof!["[0-6]", "[0-6]L", "[0-6]#[1-5]", "\\*"], 1..3),
            year in 1970i16..2100, month in 1i8..=12,
        ) {
            let days = Days::new(
                OfMonth::read(&of_month.join(",")).unwrap_or_default(),
                OfWeek::read(&of_week.join(",")).unwrap_or_default(),
            );
            let first = Date::new(year, month, 1).unwrap_or_default();
            let found = days.of(Month::of(first));
            for day in 1..=first.days_in_month() {
                let date = first.with().day(day).build().unwrap_or_default();
                let either = |entries: &[String]| entries.iter().any(|entry| names(entry, date));
                let free = |entries: &[String]| entries.iter().any(|entry| entry == "*");
                let expected = match (free(&of_month), free(&of_week)) {
                    (true, true) => true,
                    (true, false) => either(&of_week),
                    (false, true) => either(&of_month),
                    (false, false) => either(&of_month) || either(&of_week),
                };
                prop_assert_eq!(found >> day & 1 == 1, expected, "{:?} {:?} on {}", of_month, of_week, date);
            }
            prop_assert_eq!(found & !Month::of(first).all(), 0);
        }
    }
}
