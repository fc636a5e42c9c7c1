//! One field of an expression: its range, its names, its entries (LOOP-1023, LOOP-1024).

use std::fmt;

use crate::set::Set;

/// The seven fields, in the order of an expression that writes them all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// 0 to 59; 0 if not written.
    Second,
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31, `L`, `LW`, `nW`.
    DayOfMonth,
    /// 1 to 12 or a name.
    Month,
    /// 0 to 7 or a name, `nL`, `n#k`; 0 and 7 are Sunday.
    DayOfWeek,
    /// 1970 to 2099; every year if not written.
    Year,
}

/// The first year that an expression can name.
pub(crate) const FIRST_YEAR: u32 = 1970;

/// The last one; nothing launches after it (LOOP-1030).
pub(crate) const LAST_YEAR: u32 = 2099;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

impl Field {
    /// The least and the greatest value.
    pub(crate) const fn range(self) -> (u32, u32) {
        match self {
            Field::Second | Field::Minute => (0, 59),
            Field::Hour => (0, 23),
            Field::DayOfMonth => (1, 31),
            Field::Month => (1, 12),
            Field::DayOfWeek => (0, 6),
            Field::Year => (FIRST_YEAR, LAST_YEAR),
        }
    }

    /// What may stand in it, for messages.
    fn known(self) -> &'static str {
        match self {
            Field::Second | Field::Minute => "0 to 59",
            Field::Hour => "0 to 23",
            Field::DayOfMonth => "1 to 31, L, LW and 15W",
            Field::Month => "1 to 12 and jan to dec",
            Field::DayOfWeek => "0 to 7, sun to sat, 5L and 1#2",
            Field::Year => "1970 to 2099",
        }
    }

    /// A value as it is written; `None` if it is none of this field (LOOP-1023).
    pub(crate) fn value(self, text: &str) -> Option<u32> {
        let named = |names: &[&str], first: u32| {
            let is = |name: &&str| name.eq_ignore_ascii_case(text) || name[..3].eq_ignore_ascii_case(text);
            names.iter().position(is).map(|at| at as u32 + first)
        };
        let (least, greatest) = self.range();
        match self {
            Field::Month => number(text, 2).filter(|n| (least..=greatest).contains(n)).or_else(|| named(&MONTHS, 1)),
            // [Q] With a leading zero every day is a Sunday.
            Field::DayOfWeek => match number(text, 2) {
                Some(day @ 0..=7) => Some(if text.len() == 2 { 0 } else { day % 7 }),
                Some(_) => None,
                None => named(&DAYS, 0),
            },
            Field::Year => number(text, 4).filter(|n| (least..=greatest).contains(n)),
            _ => number(text, 2).filter(|n| (least..=greatest).contains(n)),
        }
    }
}

/// The field's name.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Field::Second => "second",
            Field::Minute => "minute",
            Field::Hour => "hour",
            Field::DayOfMonth => "day of month",
            Field::Month => "month",
            Field::DayOfWeek => "day of week",
            Field::Year => "year",
        })
    }
}

/// Why a field cannot be read (LOOP-1024).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// Nothing but commas.
    #[error("the {field} is missing: {} stand there, or * for all", field.known())]
    Missing {
        /// The field.
        field: Field,
    },
    /// An entry that is none of the field.
    #[error("{entry:?} is no {field}: {} are, ranges such as 1-5, steps such as */2, and * for all", field.known())]
    Syntax {
        /// The field.
        field: Field,
        /// The entry.
        entry: String,
    },
    /// A step that leads nowhere.
    #[error("{entry:?} has no step of the {field}: steps go from 1 to {}", field.range().1)]
    Step {
        /// The field.
        field: Field,
        /// The entry.
        entry: String,
    },
}

/// A part of a field between two commas.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Entry<'t> {
    /// `*` or `?`.
    All,
    /// Every so many values from the first to the last, both in; a last below the first is none.
    Steps { first: u32, last: u32, step: u32 },
    /// What only some fields know.
    Special(&'t str),
}

/// The entries of a field.
///
/// # Errors
/// [`FieldError`] for the first entry that is none; special ones are left to the field.
pub(crate) fn entries(field: Field, text: &str) -> Result<Vec<Entry<'_>>, FieldError> {
    let entries = text.split(',').filter(|entry| !entry.is_empty()).map(|entry| read(field, entry));
    let entries: Vec<Entry<'_>> = entries.collect::<Result<_, _>>()?;
    if entries.is_empty() { Err(FieldError::Missing { field }) } else { Ok(entries) }
}

/// The values of a field that knows nothing special.
pub(crate) fn values(field: Field, text: &str) -> Result<Set, FieldError> {
    let (least, greatest) = field.range();
    let mut set = Set::default();
    for entry in entries(field, text)? {
        match entry {
            Entry::All => (least..=greatest).for_each(|value| set.insert(value - base(field))),
            Entry::Steps { first, last, step } => {
                (first..=last).step_by(step as usize).for_each(|value| set.insert(value - base(field)));
            }
            Entry::Special(entry) => return Err(FieldError::Syntax { field, entry: entry.to_owned() }),
        }
    }
    Ok(set)
}

/// What is taken off before a value goes into a set: years count from the first.
fn base(field: Field) -> u32 {
    if field == Field::Year { FIRST_YEAR } else { 0 }
}

fn read(field: Field, entry: &str) -> Result<Entry<'_>, FieldError> {
    let (least, greatest) = field.range();
    let (range, step) = match entry.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (entry, None),
    };
    let is_all = |text: &str| text == "*";
    if step.is_none() && (is_all(range) || range == "?") {
        return Ok(Entry::All);
    }
    let (first, last) = match range.split_once('-') {
        Some((first, last)) => match (field.value(first), field.value(last)) {
            // LOOP-1025: a range up to Sunday ends on Saturday.
            (Some(first), Some(0)) if field == Field::DayOfWeek => (first, 6),
            (Some(first), Some(last)) => (first, last),
            _ => return Ok(Entry::Special(entry)),
        },
        None if is_all(range) => (least, greatest),
        None => match field.value(range) {
            Some(first) => (first, if step.is_some() { greatest } else { first }),
            None => return Ok(Entry::Special(entry)),
        },
    };
    let step = match step {
        None => 1,
        Some(step) if step.is_empty() || !step.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Ok(Entry::Special(entry));
        }
        // [Q] Read as a value of some field, whichever: of seconds or of years.
        Some(step) => Field::Minute.value(step).or_else(|| Field::Year.value(step)).unwrap_or(0),
    };
    if !(1..=greatest).contains(&step) {
        return Err(FieldError::Step { field, entry: entry.to_owned() });
    }
    Ok(Entry::Steps { first, last, step })
}

/// A decimal number of at most so many digits, of just as many if it has more than two.
fn number(text: &str, digits: usize) -> Option<u32> {
    let length = if digits > 2 { digits..=digits } else { 1..=digits };
    let plain = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
