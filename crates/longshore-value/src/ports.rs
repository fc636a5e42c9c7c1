//! Lists of reserved ports, such as `22,80,8000-8999` (PLACE-52).

use std::fmt;
use std::ops::RangeInclusive;

/// A set of ports, kept as ranges.
///
/// ```
/// use longshore_value::PortList;
/// let reserved = PortList::parse("8000-8999, 22,8500-9000")?;
/// assert_eq!(reserved.ranges(), &[22..=22, 8000..=9000]);
/// assert!(reserved.contains(8080) && !reserved.contains(80));
/// assert_eq!(reserved.to_string(), "22,8000-9000");
/// # Ok::<(), longshore_value::ports::PortListError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PortList {
    /// Ascending, with at least one port between any two.
    ranges: Vec<RangeInclusive<u16>>,
}

/// Why a text is no list of ports (PLACE-52).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("entry {number} of the port list, {entry:?}: {problem}; a list looks like 22,80,8000-8999")]
pub struct PortListError {
    number: usize,
    entry: String,
    problem: Problem,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing between two commas.
    #[error("a port is missing")]
    Empty,
    /// Port 0.
    #[error("ports begin at 1")]
    Zero,
    /// A port beyond the last, or too many in all.
    #[error("ports end at 65535, and a list reserves no more than 65536, repeated ones counted again")]
    TooLarge,
    /// A range from a port to a lesser one.
    #[error("the range ends before it begins")]
    RangeOrder,
    /// More than one hyphen.
    #[error("a range has two ends")]
    Syntax,
    /// An end that is no number.
    #[error("this is no plain decimal number")]
    Number,
}

impl PortListError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        "PLACE-52"
    }

    /// What is wrong.
    pub fn problem(&self) -> Problem {
        self.problem
    }
}

/// How many ports may be listed: each single one counts 1, each range its length less one.
const COUNT_MAX: u64 = 65_536;

impl PortList {
    /// Reads a list; an empty text reserves nothing. Ports may repeat.
    ///
    /// # Errors
    /// [`PortListError`] for the first entry that is wrong.
    pub fn parse(text: &str) -> Result<PortList, PortListError> {
        let mut ranges = Vec::new();
        let mut count = 0;
        for (at, entry) in text.split(',').enumerate().filter(|_| !text.is_empty()) {
            let entry = entry.trim();
            let read = range(entry).and_then(|range| {
                count += u64::from(range.end() - range.start()).max(u64::from(!entry.contains('-')));
                if count > COUNT_MAX { Err(Problem::TooLarge) } else { Ok(range) }
            });
            ranges.push(read.map_err(|problem| PortListError { number: at + 1, entry: entry.to_owned(), problem })?);
        }
        Ok(PortList { ranges: merged(ranges) })
    }

    /// The ports as ascending ranges that neither overlap nor touch.
    pub fn ranges(&self) -> &[RangeInclusive<u16>] {
        &self.ranges
    }

    /// Whether a port is in the list. O(log ranges).
    pub fn contains(&self, port: u16) -> bool {
        let after = self.ranges.partition_point(|range| *range.start() <= port);
        after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|range| range.contains(&port))
    }

    /// Every port once, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    /// Whether nothing is reserved.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

/// As it is read back.
impl fmt::Display for PortList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.ranges.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { "," }, range.start())?;
            if range.end() > range.start() {
                write!(f, "-{}", range.end())?;
            }
        }
        Ok(())
    }
}

/// One entry: a port or two with a hyphen.
fn range(entry: &str) -> Result<RangeInclusive<u16>, Problem> {
    if entry.is_empty() {
        return Err(Problem::Empty);
    }
    let (first, last) = match entry.split_once('-') {
        Some((_, rest)) if rest.contains('-') => return Err(Problem::Syntax),
        Some((first, last)) => (number(first)?, number(last)?),
        None => {
            let port = number(entry)?;
            (port, port)
        }
    };
    if last < first {
        return Err(Problem::RangeOrder);
    }
    Ok(port(first)?..=port(last)?)
}

/// An unsigned decimal number of 64 bits.
fn number(text: &str) -> Result<u64, Problem> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(Problem::Number)
}

fn port(number: u64) -> Result<u16, Problem> {
    match u16::try_from(number) {
        Ok(0) => Err(Problem::Zero),
        Ok(port) => Ok(port),
        Err(_) => Err(Problem::TooLarge),
    }
}

/// The same ports in ascending ranges, joined where they meet.
fn merged(mut ranges: Vec<RangeInclusive<u16>>) -> Vec<RangeInclusive<u16>> {
    ranges.sort_unstable_by_key(|range| *range.start());
    let mut out: Vec<RangeInclusive<u16>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if u32::from(*range.start()) <= u32::from(*last.end()) + 1 => {
                *last = *last.start()..=*last.end().max(range.end());
            }
            _ => out.push(range),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn place_52_lists() {
        use Problem::{Empty, Number, RangeOrder, Syntax, TooLarge, Zero};
        let table: &[(&str, Result<&str, Problem>)] = &[
            ("", Ok("")),
            ("22,80-82", Ok("22,80-82")),
            ("80 ,\t81", Ok("80-81")),
            ("443,80,22", Ok("22,80,443")),
            ("22,20-25,25", Ok("20-25")),
            ("080", Ok("80")),
            ("1-65535,1", Ok("1-65535")),
            ("1-65535,1,2", Ok("1-65535")),
            ("1-65535,1,2,3", Err(TooLarge)),
            ("1-65534,1-65534", Err(TooLarge)),
            ("65535", Ok("65535")),
            ("65536", Err(TooLarge)),
            ("18446744073709551615", Err(TooLarge)),
            ("18446744073709551616", Err(Number)),
            ("0", Err(Zero)),
            ("0-5", Err(Zero)),
            ("5-0", Err(RangeOrder)),
            ("90-80", Err(RangeOrder)),
            ("70000-5", Err(RangeOrder)),
            ("80 - 82", Err(Number)),
            ("80-", Err(Number)),
            ("-", Err(Number)),
            ("+80", Err(Number)),
            ("0x50", Err(Number)),
            ("1 0", Err(Number)),
            ("３", Err(Number)),
            ("1-2-3", Err(Syntax)),
            ("80--82", Err(Syntax)),
            ("80,", Err(Empty)),
            (",", Err(Empty)),
            (" ", Err(Empty)),
        ];
        for (text, expected) in table {
            let read = PortList::parse(text).map(|list| list.to_string()).map_err(|why| why.problem());
            assert_eq!(read, expected.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn errors_say_which_entry() {
        let why = PortList::parse("22,90-80").map_err(|why| why.to_string());
        let text =
            "entry 2 of the port list, \"90-80\": the range ends before it begins; a list looks like 22,80,8000-8999";
        assert_eq!(why, Err(text.to_owned()));
    }

    proptest! {
        /// A list is the set of its entries, and is read back from how it is printed.
        #[test]
        fn lists_are_sets(entries in proptest::collection::vec((1u16..=40, 0u16..=5), 0..12)) {
            let text: Vec<String> = entries.iter().map(|(first, more)| format!("{first}-{}", first + more)).collect();
            let list = PortList::parse(&text.join(",")).unwrap_or_else(|why| panic!("{why}"));
            for port in 0..60 {
                let listed = entries.iter().any(|(first, more)| (*first..=first + more).contains(&port));
                prop_assert_eq!(list.contains(port), listed, "{}", port);
            }
            prop_assert!(list.iter().is_sorted());
            prop_assert_eq!(PortList::parse(&list.to_string()), Ok(list));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[0-9, -]{0,24}|\\PC{0,8}") {
            let _ = PortList::parse(&text);
        }
    }
}
