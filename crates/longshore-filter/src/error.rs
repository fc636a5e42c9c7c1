//! What can be wrong with an expression: as text, and when it is run over an object.

use std::fmt;
use std::ops::Range;

use thiserror::Error;

/// Where in an expression.
///
/// Two places are always equal: where a thing stands does not make it another thing. So programs compare by what they do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

impl Place {
    /// From byte offsets; expressions are far shorter than `u32` reaches.
    pub(crate) fn new(start: usize, end: usize) -> Place {
        Place { start: start.try_into().unwrap_or(u32::MAX), end: end.try_into().unwrap_or(u32::MAX) }
    }
}

/// A place with its line and column.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Spot {
    span: Range<usize>,
    line: usize,
    column: usize,
}

impl Spot {
    fn new(text: &str, place: Place) -> Spot {
        let bound = |at: u32| {
            let at = (at as usize).min(text.len());
            (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        let span = bound(place.start)..bound(place.end.max(place.start));
        let before = &text[..span.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Spot { line, column: before[line_start..].chars().count() + 1, span }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Gives an error its place.
macro_rules! placed {
    ($error:ident) => {
        impl $error {
            /// The part of the expression that is at fault, in bytes; empty where something is missing.
            pub fn span(&self) -> Range<usize> {
                self.0.spot.span.clone()
            }

            /// The line, from 1, where that part begins.
            pub fn line(&self) -> usize {
                self.0.spot.line
            }

            /// The column, from 1 and in characters, where that part begins.
            pub fn column(&self) -> usize {
                self.0.spot.column
            }

            /// What is wrong there, without the place.
            pub fn problem(&self) -> String {
                self.0.problem.to_string()
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} ({})", self.0.problem, self.0.spot)
            }
        }

        impl std::error::Error for $error {}
    };
}

#[derive(Clone, Debug, PartialEq)]
struct Placed<P> {
    problem: P,
    spot: Spot,
}

/// Why a text is no filter expression, and where.
///
/// ```
/// use longshore_filter::Filter;
/// let error = Filter::parse("Priority > 50").unwrap_err();
/// assert_eq!((error.code(), error.column(), error.span()), ("API-801", 10, 9..10));
/// assert_eq!(error.problem(), "there is no operator `>`: values are equal or not, there is no order");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError(Box<Placed<SyntaxProblem>>);

placed!(SyntaxError);

impl SyntaxError {
    pub(crate) fn new(text: &str, place: Place, problem: SyntaxProblem) -> SyntaxError {
        SyntaxError(Box::new(Placed { problem, spot: Spot::new(text, place) }))
    }

    /// The rule that was broken: `API-801`, the grammar, or `API-818`, a limit.
    pub fn code(&self) -> &'static str {
        match self.0.problem {
            SyntaxProblem::TooLong { .. } | SyntaxProblem::TooDeep { .. } | SyntaxProblem::TooManyPatterns { .. } => {
                "API-818"
            }
            _ => "API-801",
        }
    }

    /// Tells the cases of one code apart: `syntax` or `too-long`.
    pub fn detail(&self) -> &'static str {
        if self.code() == "API-818" { "too-long" } else { "syntax" }
    }
}

/// What is wrong with a text.
#[derive(Clone, Debug, Error, PartialEq)]
pub(crate) enum SyntaxProblem {
    #[error("a test such as `Status == \"running\"` is missing")]
    NoTest,
    #[error("`{0}` cannot begin a test, which looks like `Status == \"running\"`")]
    NoSuchStart(String),
    #[error(
        "an operator is missing: `==`, `!=`, `contains`, `matches`, `is empty`, `is nil`, `in` or one of these with `not`"
    )]
    NoOperator,
    #[error("`{0}` is no operator; there are `==`, `!=`, `contains`, `matches`, `is empty`, `is nil`, `in`, and `not`")]
    NoSuchOperator(String),
    #[error("there is no operator `{0}`: {1}")]
    ForeignOperator(&'static str, &'static str),
    #[error("`{0}` stands between blanks")]
    NoBlank(&'static str),
    #[error("after a value comes `in` or `not in`; all other tests begin with a selector, such as `Status`")]
    NoSearch,
    #[error("a value is missing: a word, a number or a text in quotes")]
    NoValue,
    #[error("{0:?} cannot begin a value; put a text with other than letters, digits, `_`, `/` and `.` in quotes")]
    NoSuchValue(char),
    #[error("a number is followed by a blank, `)` or the end; put it in quotes if it is a text")]
    NumberEnd,
    #[error("a number does not begin with 0; put it in quotes if it is a text")]
    NumberZeros,
    #[error("the text is not closed with `{0}`")]
    OpenText(char),
    #[error("a text in double quotes stays on its line: write `\\n`, or use back-quotes")]
    BrokenText,
    #[error("there is no such escape: {0}")]
    BadEscape(&'static str),
    #[error("a key is UTF-8, and this one is not")]
    BadKey,
    #[error("`is` is followed by `empty`, `nil`, `not empty` or `not nil`")]
    NoState,
    #[error("a selector is missing: a name such as `Status`, a path such as `Meta.owner` or `\"/Meta/owner\"`")]
    NoSelector,
    #[error("an element is written `{0}.0`, a key `{0}[\"key\"]`")]
    BareIndex(String),
    #[error("a name or an index is missing after `.`")]
    NoName,
    #[error("a path in quotes is `/` and a name, repeatedly, such as `\"/Meta/owner\"`")]
    BadPointer,
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`as` and a name for the elements are missing")]
    NoBinding,
    #[error("the names of index and value cannot both be left out")]
    NoNames,
    #[error("`{0} … {{ … }}` has to stand in parentheses here; only the right end of `or` needs none")]
    LooseQuantifier(&'static str),
    #[error("`{0}` is too much here: `and`, `or` or the end is expected")]
    Rest(String),
    #[error("the expression is {length} bytes long; at most {most} are allowed")]
    TooLong { length: usize, most: usize },
    #[error("parentheses and braces are nested deeper than {most} levels")]
    TooDeep { most: usize },
    #[error("all patterns together take more than {most} MiB; fewer, shorter or simpler ones take less")]
    TooManyPatterns { most: usize },
}

/// Why an expression could not be decided for an object, and where in the expression.
///
/// ```
/// use longshore_filter::Filter;
/// use longshore_model::Job;
/// let filter = Filter::parse("Type == service and Priorty == 50")?;
/// let error = filter.matches(&Job::service("web")).unwrap_err();
/// assert_eq!((error.code(), error.detail()), ("API-811", "no-such-field"));
/// assert_eq!(error.to_string(), "Job has no member `Priorty`; there is `Priority` (line 1, column 21)");
/// # Ok::<(), longshore_filter::SyntaxError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MatchError(Box<Placed<Problem>>);

placed!(MatchError);

impl MatchError {
    pub(crate) fn new(text: &str, place: Place, problem: Problem) -> MatchError {
        MatchError(Box::new(Placed { problem, spot: Spot::new(text, place) }))
    }

    /// The rule that was broken.
    pub fn code(&self) -> &'static str {
        self.0.problem.code().0
    }

    /// Tells the cases of one code apart, such as `no-such-field`.
    pub fn detail(&self) -> &'static str {
        self.0.problem.code().1
    }
}

/// What is wrong with an expression for an object. `found` is what a selector led to, in words.
#[derive(Clone, Debug, Error, PartialEq)]
pub(crate) enum Problem {
    #[error("{object} has no member `{name}`{}", there_is(near))]
    NoSuchMember { object: &'static str, name: String, near: Option<&'static str> },
    #[error("there is no key {key:?}, so nothing within it")]
    NoSuchKey { key: String },
    #[error("there is no element {index}; the list has {length}")]
    IndexRange { index: i64, length: usize },
    #[error("a list has elements by number, not {text:?}")]
    IndexNotANumber { text: String },
    #[error("`{name}` is looked for within {found}, which has no members{}", guard(found))]
    NoMembers { name: String, found: &'static str },
    #[error("{text:?} is no {wanted}, which is what stands here")]
    NoConversion { text: String, wanted: &'static str },
    #[error("{text:?} is too large or too small for {wanted}")]
    OutOfRange { text: String, wanted: &'static str },
    #[error("{found} is never equal to a value{}", guard(found))]
    NotComparable { found: &'static str },
    #[error("{found} contains nothing; a text, a list or a map does{}", guard(found))]
    NoContainer { found: &'static str },
    #[error("a list of {elements} cannot be searched for a value; `any LIST as x {{ … }}` looks into its elements")]
    NoScalars { elements: &'static str },
    #[error("{found} matches no pattern; a text does{}", guard(found))]
    NotText { found: &'static str },
    #[error("the pattern is no regular expression: {why}")]
    Pattern { why: String },
    #[error("{found} is neither empty nor not; a text, a list or a map is{}", guard(found))]
    NoLength { found: &'static str },
    #[error("{found} is never nil; a list, a map or an absent object can be")]
    NeverNil { found: &'static str },
    #[error("{found} has no elements to go through; a list or a map has{}", guard(found))]
    NotIterable { found: &'static str },
    #[error("`{name}` is a key or an index, so nothing is within it")]
    NotAStructure { name: String },
    #[error("`{name}` cannot name both the index and the value")]
    SameName { name: String },
    #[error(
        "more than {most} elements, or as much text, were gone through for one object; nested `any` and `all` multiply"
    )]
    TooMuchWork { most: u32 },
}

impl Problem {
    /// The code of the rule, and the detail.
    fn code(&self) -> (&'static str, &'static str) {
        match self {
            Problem::NoSuchMember { .. } => ("API-811", "no-such-field"),
            Problem::NoSuchKey { .. } => ("API-811", "no-such-key"),
            Problem::IndexRange { .. } => ("API-811", "index-range"),
            Problem::IndexNotANumber { .. } => ("API-811", "index-not-a-number"),
            Problem::NoMembers { .. } => ("API-811", "kind"),
            Problem::NoConversion { .. } | Problem::OutOfRange { .. } => ("API-813", "conversion"),
            Problem::NotComparable { .. } => ("API-813", "not-comparable"),
            Problem::NoContainer { .. } => ("API-814", "kind"),
            Problem::NoScalars { .. } => ("API-814", "not-comparable"),
            Problem::NotText { .. } => ("API-815", "kind"),
            Problem::Pattern { .. } => ("API-815", "pattern"),
            Problem::NoLength { .. } => ("API-816", "is-empty-kind"),
            Problem::NeverNil { .. } => ("API-816", "is-nil-kind"),
            Problem::NotIterable { .. } => ("API-817", "not-iterable"),
            Problem::NotAStructure { .. } => ("API-817", "not-a-structure"),
            Problem::SameName { .. } => ("API-817", "same-name"),
            Problem::TooMuchWork { .. } => ("LONGSHORE-FILTER-WORK", "too-much"),
        }
    }
}

/// The name that was probably meant.
fn there_is(near: &Option<&'static str>) -> String {
    near.map(|name| format!("; there is `{name}`")).unwrap_or_default()
}

/// What to do about nothing where something could be.
fn guard(found: &str) -> &'static str {
    if found == crate::run::ABSENT { "; `… is not nil and …` keeps out the objects that have none" } else { "" }
}
