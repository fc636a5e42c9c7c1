//! Versions (FEAS-70 to FEAS-75) and lists of constraints on them (FEAS-76 to FEAS-88).
//!
//! Two grammars of versions, two dialects of constraints:
//!
//! | Dialect | A constraint's version | `~>` | A node's pre-release |
//! |---|---|---|---|
//! | [`Constraints::version`] | [loose](Version::loose) | known | meets `<`, `>` … only beside one of the same numbers |
//! | [`Constraints::semver`] | [strict](Version::strict) | unknown | is a version like any other |

mod constraints;

use std::cmp::Ordering;
use std::fmt;

use crate::number::{bounded, integer};

pub use constraints::{ConstraintError, Constraints};

/// A version: numbers, and perhaps a pre-release and metadata.
///
/// ```
/// use longshore_value::Version;
/// let version = Version::loose("v1.7rc2+build.5")?;
/// assert_eq!((version.segments(), version.prerelease(), version.metadata()), (&[1, 7, 0][..], "rc2", "build.5"));
/// assert!(Version::strict("1.7rc2").is_err());
/// # Ok::<(), longshore_value::version::VersionError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Version {
    /// At least three, padded with zeros.
    segments: Vec<i64>,
    /// How many segments were written.
    written: usize,
    prerelease: String,
    metadata: String,
}

/// What a text lacks to be a version (FEAS-70).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is no version: {problem}; one looks like 1.2.3, 1.2.3-beta1 or v1.2+build")]
pub struct VersionError {
    text: String,
    problem: Problem,
}

impl VersionError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self.problem {
            Problem::TooLarge => "FEAS-72",
            _ => "FEAS-70",
        }
    }
}

/// What is wrong with a text that is no version.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
enum Problem {
    #[error("a number is missing")]
    NoNumber,
    #[error("a number is larger than 9223372036854775807")]
    TooLarge,
    #[error("a part between two dots is empty")]
    EmptyPart,
    #[error("what follows the numbers is neither a pre-release nor metadata")]
    Tail,
}

/// How strictly a pre-release is set off from the numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Grammar {
    /// A hyphen may be missing before a letter (FEAS-70).
    Loose,
    /// It may not (FEAS-85).
    Strict,
}

impl Version {
    /// Reads the grammar of nodes' versions and of the `version` dialect (FEAS-70 to FEAS-73): `1.7rc2` is `1.7-rc2`.
    ///
    /// # Errors
    /// [`VersionError`], with the text and what is wrong with it.
    pub fn loose(text: &str) -> Result<Version, VersionError> {
        Version::read(text, Grammar::Loose).map_err(|problem| VersionError { text: text.to_owned(), problem })
    }

    /// Reads the grammar of the `semver` dialect (FEAS-85): a pre-release follows a hyphen.
    ///
    /// # Errors
    /// [`VersionError`], with the text and what is wrong with it.
    pub fn strict(text: &str) -> Result<Version, VersionError> {
        Version::read(text, Grammar::Strict).map_err(|problem| VersionError { text: text.to_owned(), problem })
    }

    /// The numbers, padded with zeros to three.
    pub fn segments(&self) -> &[i64] {
        &self.segments
    }

    /// The pre-release without its hyphen; empty for a release.
    pub fn prerelease(&self) -> &str {
        &self.prerelease
    }

    /// The metadata without its plus sign; no comparison looks at it.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Whether this comes before, with or after `other`, as the reference says (FEAS-74, FEAS-75).
    ///
    /// This is no total order, which is why `Version` is not [`Ord`]. `alpha.1` comes before `alpha.beta` and after
    /// `alpha`, which comes after `alpha.beta`; of `01` and `1` the left one comes first. Releases, and pre-releases
    /// of one part without leading zeros, are ordered as one expects.
    ///
    /// ```
    /// # use std::cmp::Ordering::{Equal, Greater};
    /// # use longshore_value::Version;
    /// let version = |text| Version::loose(text).unwrap();
    /// assert_eq!(version("1.10").compare(&version("1.9")), Greater);
    /// assert_eq!(version("1.0").compare(&version("1.0.0-rc1")), Greater);
    /// assert_eq!(version("1.0+a").compare(&version("1+b")), Equal);
    /// ```
    pub fn compare(&self, other: &Version) -> Ordering {
        if self.segments == other.segments {
            return compare_prereleases(&self.prerelease, &other.prerelease);
        }
        let shared = self.segments.len().min(other.segments.len());
        let (left, right) = (self.segments.split_at(shared), other.segments.split_at(shared));
        let rest = |segments: &[i64]| segments.iter().any(|segment| *segment != 0);
        left.0.cmp(right.0).then_with(|| rest(left.1).cmp(&rest(right.1)))
    }

    /// Whether numbers follow a version, and then only what may.
    fn read(text: &str, grammar: Grammar) -> Result<Version, Problem> {
        let mut rest = text.strip_prefix('v').unwrap_or(text);
        let mut segments = Vec::with_capacity(3);
        loop {
            let (digits, tail) = rest.split_at(prefix_of(rest, |byte| byte.is_ascii_digit()));
            if digits.is_empty() {
                return Err(Problem::NoNumber);
            }
            segments.push(integer(digits).ok_or(Problem::TooLarge)?);
            match tail.strip_prefix('.') {
                Some(next) => rest = next,
                None => {
                    rest = tail;
                    break;
                }
            }
        }
        let written = segments.len();
        segments.resize(written.max(3), 0);
        let (prerelease, metadata) = tail(rest, grammar)?;
        Ok(Version { segments, written, prerelease: prerelease.to_owned(), metadata: metadata.to_owned() })
    }
}

/// As it is usually written: padded, without a `v`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.segments.iter().enumerate() {
            write!(f, "{}{segment}", if at == 0 { "" } else { "." })?;
        }
        for (mark, part) in [('-', &self.prerelease), ('+', &self.metadata)] {
            if !part.is_empty() {
                write!(f, "{mark}{part}")?;
            }
        }
        Ok(())
    }
}

/// How long the beginning of `text` is whose bytes all hold.
fn prefix_of(text: &str, holds: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| holds(*byte)).count()
}

/// What follows the numbers: pre-release and metadata.
fn tail(rest: &str, grammar: Grammar) -> Result<(&str, &str), Problem> {
    let (before, metadata) = match rest.split_once('+') {
        Some((_, "")) => return Err(Problem::EmptyPart),
        Some((before, metadata)) => (before, metadata),
        None => (rest, ""),
    };
    let prerelease = match before.strip_prefix('-') {
        // The hyphen is a separator if anything can follow it, else it is the pre-release itself (FEAS-71).
        Some(after) if after.starts_with(is_word) => after,
        Some(_) if grammar == Grammar::Loose => before,
        Some(_) => return Err(Problem::EmptyPart),
        None if before.is_empty() || grammar == Grammar::Loose && before.starts_with(is_word) => before,
        None => return Err(Problem::Tail),
    };
    for part in [prerelease, metadata] {
        if part.split('.').any(str::is_empty) && !part.is_empty() {
            return Err(Problem::EmptyPart);
        }
        if !part.chars().all(|c| c == '.' || is_word(c)) {
            return Err(Problem::Tail);
        }
    }
    Ok((prerelease, metadata))
}

/// What the parts of pre-releases and metadata consist of.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '~'
}

/// Pre-releases of the same numbers; the empty one is the release (FEAS-74, FEAS-75).
fn compare_prereleases(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    if left.is_empty() || right.is_empty() {
        return left.is_empty().cmp(&right.is_empty());
    }
    let (mut lefts, mut rights) = (left.split('.'), right.split('.'));
    loop {
        match (lefts.next(), rights.next()) {
            (Some(left), Some(right)) if left == right => {}
            (Some(left), Some(right)) => return compare_parts(left, right),
            // The shorter one comes first before a number, last before a word.
            (Some(left), None) => return if integer(left).is_some() { Ordering::Greater } else { Ordering::Less },
            (None, Some(right)) => return if integer(right).is_some() { Ordering::Less } else { Ordering::Greater },
            (None, None) => return Ordering::Equal,
        }
    }
}

/// Two parts that are written differently; never equal (FEAS-75).
fn compare_parts(left: &str, right: &str) -> Ordering {
    let greater = match (integer(left), integer(right)) {
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (Some(left), Some(right)) => left > right,
        // Digits beyond 64 bits are words, yet count as the nearest bound where the words do not decide.
        (None, None) => left > right || bounded(left) > bounded(right),
    };
    if greater { Ordering::Greater } else { Ordering::Less }
}

#[cfg(test)]
mod tests;
