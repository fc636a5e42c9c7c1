//! The search for the next launch (LOOP-1028, LOOP-1029).
//!
//! A day is found first, then a time of it. While clocks run evenly to the day's end the time is read from the sets.
//! If they are changed before, the reference feels its way in steps of elapsed time, and what it steps over does not
//! launch; so the same steps are taken here.

use jiff::civil::Date;

use super::{Cron, NextError};
use crate::days::Month;
use crate::field::{FIRST_YEAR, Field};
use crate::zone::{Wall, Zone, clamped};

pub(super) fn next_after(cron: &Cron, after: i64, zone: &Zone) -> Result<Option<i64>, NextError> {
    let start = clamped(after.saturating_add(1));
    if start <= after {
        return Ok(None);
    }
    let mut wall = Wall::at(zone, start);
    if let Some(field) = empty_field(cron) {
        return match fails(cron, wall, field) {
            true => Err(NextError { text: cron.text.clone(), field }),
            false => Ok(None),
        };
    }
    let mut change = None;
    // Every turn ends later than it began, so this ends with the last year.
    loop {
        let Some(day) = day_from(cron, wall.date()) else { return Ok(None) };
        if day > wall.date() {
            wall = Wall::at(zone, zone.day_begins(day));
            continue;
        }
        if change.is_none_or(|at| at <= wall.at) {
            change = Some(zone.next_change(wall.at).unwrap_or(i64::MAX));
        }
        if change.is_none_or(|at| wall.day_ends() <= at) {
            match time_from(cron, wall.time()) {
                Some(time) => return Ok(Some(wall.at + i64::from(time - wall.time()))),
                None => wall = Wall::at(zone, wall.day_ends()),
            }
            continue;
        }
        match step(cron, wall, zone) {
            Step::Found(at) => return Ok(Some(at)),
            Step::Again(later) => wall = later,
        }
    }
}

/// The first day that is named, from a day on.
fn day_from(cron: &Cron, from: Date) -> Option<Date> {
    let first = FIRST_YEAR as i16;
    let mut from = from.max(Date::new(first, 1, 1).ok()?);
    loop {
        let year = cron.years.at_or_after(u32::from(from.year().abs_diff(first)))? + FIRST_YEAR;
        let year = i16::try_from(year).ok()?;
        if year > from.year() {
            from = Date::new(year, 1, 1).ok()?;
        }
        let month = cron.months.at_or_after(from.month().unsigned_abs().into());
        match month.and_then(|month| i8::try_from(month).ok()) {
            Some(month) => {
                if month > from.month() {
                    from = Date::new(year, month, 1).ok()?;
                }
                let days = cron.days.of(Month::of(from)) >> from.day();
                if days != 0 {
                    return Date::new(year, month, from.day() + days.trailing_zeros() as i8).ok();
                }
                from = from.last_of_month().tomorrow().ok()?;
            }
            None => from = Date::new(year + 1, 1, 1).ok()?,
        }
    }
}

/// The first time of day that is named, from a time on, in seconds since midnight.
fn time_from(cron: &Cron, from: u32) -> Option<u32> {
    let (hour, minute, second) = (from / 3600, from / 60 % 60, from % 60);
    let at = |hour, minute, second| hour * 3600 + minute * 60 + second;
    if cron.hours.contains(hour) {
        if let Some(second) = cron.seconds.at_or_after(second).filter(|_| cron.minutes.contains(minute)) {
            return Some(at(hour, minute, second));
        }
        if let Some(minute) = cron.minutes.at_or_after(minute + 1) {
            return Some(at(hour, minute, cron.seconds.at_or_after(0)?));
        }
    }
    Some(at(cron.hours.at_or_after(hour + 1)?, cron.minutes.at_or_after(0)?, cron.seconds.at_or_after(0)?))
}

/// Where steps of elapsed time led.
enum Step {
    /// To a time that is named.
    Found(i64),
    /// To another day, hour or minute: all is asked anew.
    Again(Wall),
}

/// Feels the way from an instant of a day that is named and on which clocks are changed (LOOP-1029).
fn step(cron: &Cron, from: Wall, zone: &Zone) -> Step {
    let mut wall = from;
    while !cron.hours.contains(wall.hour()) {
        let mut later = Wall::at(zone, wall.at + 3600);
        if later.hour() == wall.hour() {
            later = Wall::at(zone, later.at + 3600);
        }
        // To where its hour would have begun. If clocks skip that, this is an hour that is not named, and the rest of
        // the hour is passed over.
        wall = Wall::at(zone, later.at - i64::from(later.time() % 3600));
        if wall.day() != from.day() {
            return Step::Again(wall);
        }
    }
    while !cron.minutes.contains(wall.minute()) {
        let later = Wall::at(zone, wall.at + 60 - i64::from(wall.second()));
        if (later.day(), later.hour()) != (wall.day(), wall.hour()) {
            return Step::Again(later);
        }
        wall = later;
    }
    while !cron.seconds.contains(wall.second()) {
        let later = Wall::at(zone, wall.at + 1);
        if later.time() / 60 != wall.time() / 60 {
            return Step::Again(later);
        }
        wall = later;
    }
    Step::Found(wall.at)
}

/// A field that nothing is left of, the one that decides first. An empty day is a matter of the date.
fn empty_field(cron: &Cron) -> Option<Field> {
    let fields = [
        (Field::Month, cron.months),
        (Field::Hour, cron.hours),
        (Field::Minute, cron.minutes),
        (Field::Second, cron.seconds),
    ];
    fields.into_iter().find(|(_, set)| set.is_empty()).map(|(field, _)| field)
}

/// Whether the reference, with a field empty, fails instead of finding nothing (LOOP-1025).
fn fails(cron: &Cron, start: Wall, field: Field) -> bool {
    let today = start.date();
    if field == Field::Month {
        let year = u32::from(today.year().max(FIRST_YEAR as i16).abs_diff(FIRST_YEAR as i16));
        return cron.years.at_or_after(year).is_some();
    }
    let jumps = |from: Wall| jumps_from(cron, field, from.hour(), from.minute());
    let is_today = |day: &Date| *day == today;
    let first = day_from(cron, today);
    let later = today.tomorrow().ok().and_then(|tomorrow| day_from(cron, tomorrow));
    first.as_ref().is_some_and(is_today) && jumps(start) || later.is_some() && jumps_from(cron, field, 0, 0)
}

/// Whether the search for a time comes, from hour to hour and minute to minute, to one that is not named while a later
/// one is. It jumps there then, and to the first entry of a field that has none.
fn jumps_from(cron: &Cron, empty: Field, hour: u32, minute: u32) -> bool {
    if empty == Field::Hour {
        return false;
    }
    let mut minute = minute;
    for hour in hour..24 {
        if !cron.hours.contains(hour) {
            return cron.hours.at_or_after(hour).is_some();
        }
        if empty == Field::Second {
            let gap = (minute..60).find(|minute| !cron.minutes.contains(*minute));
            if gap.and_then(|gap| cron.minutes.at_or_after(gap)).is_some() {
                return true;
            }
        }
        minute = 0;
    }
    false
}
