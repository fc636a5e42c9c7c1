//! `formatdate`, `timeadd`.

use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan as _};

use super::{Answer, Function, Host, blame, function, refuse, string, text};
use crate::value::Value;
use longshore_value::duration;

pub(super) const TABLE: &[Function] = &[
    function("formatdate", &[text("format"), text("time")], formatdate),
    function("timeadd", &[text("timestamp"), text("duration")], timeadd),
];

/// A date and time somewhere, as RFC 3339 writes it.
#[derive(Clone, Copy)]
struct Instant {
    local: DateTime,
    /// Minutes ahead of universal time.
    offset: i32,
    /// Whether it is written `Z`.
    zulu: bool,
}

/// `2026-01-02T03:04:05.5+02:00`
fn parse(text: &str) -> Option<Instant> {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| -> Option<i16> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if signs.iter().any(|(at, sign)| bytes.get(*at) != Some(sign)) {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return None;
        }
        let digits: String = fraction.bytes().take(length.min(9)).map(char::from).collect();
        nanos = format!("{digits:0<9}").parse().ok()?;
        rest = fraction.get(length..)?;
    }
    let (offset, zulu) = match rest.as_bytes() {
        b"Z" => (0, true),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let start = text.len() - 5;
            let (hours, minutes) = (number(start..start + 2)?, number(start + 3..start + 5)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = i32::from(hours) * 60 + i32::from(minutes);
            (if *sign == b'-' { -offset } else { offset }, false)
        }
        _ => return None,
    };
    let small = |range| number(range).and_then(|value| i8::try_from(value).ok());
    let local = DateTime::new(
        number(0..4)?,
        small(5..7)?,
        small(8..10)?,
        small(11..13)?,
        small(14..16)?,
        small(17..19)?,
        nanos,
    );
    Some(Instant { local: local.ok()?, offset, zulu })
}

/// The sentence about a time that is none.
const NO_TIME: &str = "this is no time as RFC 3339 writes it, such as 2026-01-02T03:04:05Z";

/// A time written as a format says.
fn formatdate(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Some(instant) = parse(string(values, 1)) else { return blame(1, NO_TIME) };
    let mut out = String::new();
    let mut rest = string(values, 0);
    host.room(rest.len() * 16)?;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, after) = match literal(&rest[1..]) {
                Some(found) => found,
                None => return blame(0, "a quoted text has no end"),
            };
            out.push_str(&literal);
            rest = after;
        } else if first.is_ascii_alphabetic() {
            let length = rest.bytes().take_while(|byte| *byte == first as u8).count();
            let (verb, after) = rest.split_at(length);
            let Some(shown) = field(verb, instant) else {
                return blame(0, format!("{verb:?} is no field; letters that are meant stand in single quotes"));
            };
            out.push_str(&shown);
            rest = after;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(Value::text(out))
}

/// Quoted text after its quote, and what follows; a doubled quote is one, and an empty text as well.
fn literal(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('\'') {
        return Some(("'".to_owned(), rest));
    }
    let mut out = String::new();
    let mut rest = text;
    loop {
        let at = rest.find('\'')?;
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Some((out, rest)),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// One field of a format.
fn field(verb: &str, instant: Instant) -> Option<String> {
    let local = instant.local;
    let month = MONTHS.get(usize::try_from(local.month() - 1).ok()?)?;
    let day = DAYS.get(usize::try_from(local.weekday().to_sunday_zero_offset()).ok()?)?;
    let hour_of_half = (local.hour() + 11) % 12 + 1;
    let half = if local.hour() < 12 { "AM" } else { "PM" };
    Some(match verb {
        "YYYY" => format!("{:04}", local.year()),
        "YY" => format!("{:02}", local.year() % 100),
        "MMMM" => (*month).to_owned(),
        "MMM" => month.get(..3)?.to_owned(),
        "MM" => format!("{:02}", local.month()),
        "M" => local.month().to_string(),
        "DD" => format!("{:02}", local.day()),
        "D" => local.day().to_string(),
        "EEEE" => (*day).to_owned(),
        "EEE" => day.get(..3)?.to_owned(),
        "hh" => format!("{:02}", local.hour()),
        "h" => local.hour().to_string(),
        "HH" => format!("{hour_of_half:02}"),
        "H" => hour_of_half.to_string(),
        "AA" => half.to_owned(),
        "aa" => half.to_lowercase(),
        "mm" => format!("{:02}", local.minute()),
        "m" => local.minute().to_string(),
        "ss" => format!("{:02}", local.second()),
        "s" => local.second().to_string(),
        "ZZZZZ" => zone(instant.offset, ":"),
        "ZZZZ" => zone(instant.offset, ""),
        "ZZZ" if instant.offset == 0 => "UTC".to_owned(),
        "ZZZ" => zone(instant.offset, ""),
        "Z" if instant.zulu || instant.offset == 0 => "Z".to_owned(),
        "Z" => zone(instant.offset, ":"),
        _ => return None,
    })
}

/// `+02:00`, or with nothing between.
fn zone(offset: i32, between: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}{between}{:02}", offset.abs() / 60, offset.abs() % 60)
}

/// A time so much later; fractions of seconds are dropped.
fn timeadd(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Some(instant) = parse(string(values, 0)) else { return refuse(NO_TIME) };
    let span = duration::parse(string(values, 1)).or_else(|error| refuse(error.to_string()))?;
    match instant.local.checked_add(SignedDuration::from_nanos(span)) {
        Ok(local) => Ok(Value::text(print(Instant { local, ..instant }))),
        Err(_) => refuse("the time is beyond the year 9999"),
    }
}

/// As RFC 3339 writes it, without fractions.
fn print(instant: Instant) -> String {
    let zone = if instant.offset == 0 { "Z".to_owned() } else { zone(instant.offset, ":") };
    let local = instant.local;
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// The time that a plain word of YAML is, as RFC 3339 writes it: a date, or a date and a time.
pub(super) fn yaml_instant(text: &str) -> Option<String> {
    let instant = match parse(text) {
        Some(instant) => instant,
        None => {
            let (date, time) = text.split_at_checked(10)?;
            let time = match time {
                "" => "00:00:00",
                other => other.strip_prefix([' ', 't', 'T'])?.trim(),
            };
            let spelled = format!("{date}T{time}");
            parse(&spelled).or_else(|| parse(&format!("{spelled}Z")))?
        }
    };
    let utc = instant.local.checked_sub(i64::from(instant.offset).minutes()).ok()?;
    Some(print(Instant { local: utc, offset: 0, zulu: true })).filter(|_| instant.offset == 0).or(Some(print(instant)))
}
