//! What validation has to say: findings, each with its rule, its place and a message.

use std::fmt;

use super::place::Place;

/// One thing wrong with a job, or one to be warned of.
///
/// ```
/// use longshore_model::{Job, validate::validate_stored};
/// let report = validate_stored(&Job { priority: 200, ..Job::service("a b") });
/// let fault = &report.violations[0];
/// assert_eq!((fault.code, fault.what), ("MODEL-94", "id-space"));
/// assert_eq!(fault.to_string(), r#"ID: "a b" has a space in it; use other characters (MODEL-94)"#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule, such as `MODEL-120`.
    pub code: &'static str,
    /// Which part of the rule; unique within it.
    pub what: &'static str,
    /// Where.
    pub place: Place,
    /// What the finding is about where the place does not say: a port that is taken, a driver that is not allowed.
    pub about: Option<Box<str>>,
    /// What was found and what would be right; reads on from the place.
    pub message: Box<str>,
}

/// `PLACE: MESSAGE (CODE)`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.message, self.code)
    }
}

/// Everything that was found in a job, in the order of the rules (MODEL-90).
///
/// ```
/// use longshore_model::{Job, validate::validate_stored};
/// let report = validate_stored(&Job::service("web"));
/// assert!(!report.is_valid() && report.warnings.is_empty());
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct Report {
    /// What makes the job invalid.
    pub violations: Vec<Finding>,
    /// What the job may do and should not.
    pub warnings: Vec<Finding>,
}

impl From<Finding> for Report {
    fn from(violation: Finding) -> Report {
        Report { violations: vec![violation], warnings: Vec::new() }
    }
}

impl Report {
    /// Whether there is nothing but warnings.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}
