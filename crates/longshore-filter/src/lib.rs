//! List filters: an expression, parsed once, run over objects.
//!
//! A filter is what people type to say which jobs, allocations or nodes they mean. The language is the reference's; its
//! rules are API-801 to API-818. A [`Filter`] runs over model objects as they are: nothing is encoded, copied or
//! allocated for an object.
//!
//! ```
//! use longshore_filter::Filter;
//! use longshore_model::{Job, Task, TaskGroup};
//!
//! let job = |id: &str, count| {
//!     Job::service(id).with_group(TaskGroup::new("front").count(count).task(Task::new("server").driver("exec")))
//! };
//! let jobs = [job("web", 3), job("api", 1), job("web-canary", 1)];
//!
//! let filter = Filter::parse(r#"Name matches "^web" and (any TaskGroups as g { g.Count == 1 })"#)?;
//! let found: Vec<&Job> = jobs.iter().filter(|job| filter.matches(*job) == Ok(true)).collect();
//! assert_eq!(found.len(), 1);
//! assert_eq!(found[0].id, "web-canary");
//! # Ok::<(), longshore_filter::SyntaxError>(())
//! ```
//!
//! # Tests
//!
//! A test begins with a *selector*: where to look.
//!
//! | Test | Holds if what is there |
//! |---|---|
//! | `Status == running`, `Status != running` | is equal to the value, or not |
//! | `Datacenters contains oslo`, `oslo in Datacenters` | is a list with the value as an element |
//! | `Meta contains owner` | is a map with the value as a key |
//! | `Name contains web` | is a text with the value as a part |
//! | `Name matches "^web-[0-9]+$"` | is a text that the regular expression (RE2) matches somewhere |
//! | `Meta is empty` | is a text, a list or a map without anything in it |
//! | `Periodic is nil` | is absent: an object that is not there, a list or map that is not even empty |
//!
//! Each has an opposite: `!=`, `not contains`, `not in`, `not matches`, `is not empty`, `is not nil`.
//!
//! ```
//! # use longshore_filter::Filter;
//! # use longshore_model::Job;
//! let mut job = Job::service("web").priority(70).datacenters(&["oslo", "bergen"]);
//! job.meta.insert("owner", "team-fire".into());
//! for expression in [
//!     "Priority == 70",
//!     "Type != batch",
//!     "oslo in Datacenters",
//!     "Datacenters not contains paris",
//!     "Meta contains owner",
//!     "Meta.owner matches `^team-`",
//!     "Payload is empty",
//!     "Periodic is nil",
//! ] {
//!     assert_eq!(Filter::parse(expression)?.matches(&job), Ok(true), "{expression}");
//! }
//! # Ok::<(), longshore_filter::SyntaxError>(())
//! ```
//!
//! # Selectors
//!
//! Members have the names that they have in JSON, with the same case. A path goes on with dots (`Update.MaxParallel`,
//! `Meta.owner`), with the numbers of elements (`TaskGroups.0.Name`) and with keys in brackets
//! (`Attributes["kernel.name"]`); or it is written whole in quotes (`"/Attributes/kernel.name"`, where `~1` is a slash and
//! `~0` a tilde).
//!
//! A key that a map does not have is empty and nil, and different from everything. All else that is not there is an error:
//! a member of no such name, an element beyond the end, something within an absent object. So what may be absent is asked
//! first; `and` and `or` go from left to right and stop when it is decided.
//!
//! ```
//! # use longshore_filter::Filter;
//! # use longshore_model::Job;
//! let job = Job::service("web");
//! assert_eq!(Filter::parse("Meta.owner != fire and Meta.owner is nil")?.matches(&job), Ok(true));
//! let error = Filter::parse("Periodic.Enabled == true")?.matches(&job).unwrap_err();
//! assert_eq!((error.code(), error.detail(), error.column()), ("API-811", "kind", 10));
//! assert_eq!(Filter::parse("Periodic is not nil and Periodic.Enabled == true")?.matches(&job), Ok(false));
//! # Ok::<(), longshore_filter::SyntaxError>(())
//! ```
//!
//! # Values
//!
//! A value is a word (`running`, `docker.io/library`), a number, or a text in quotes: `"…"` with escapes, `` `…` `` as it
//! is. It is read as what stands at the selector: a truth value (`true`, `t`, `1` …), an integer (also `0x46`), a number or
//! a text. Durations and instants that are integers in JSON are integers here: `Update.Stagger == 30000000000`. One trap:
//! `"/a/b"` in double quotes is a path, whose text is `a/b`; a text that begins with a slash takes back-quotes (API-808).
//!
//! ```
//! # use longshore_filter::Filter;
//! # use longshore_model::Job;
//! let job = Job::service("web").priority(70);
//! assert_eq!(Filter::parse(r#"Priority == "0x46" and AllAtOnce == f"#)?.matches(&job), Ok(true));
//! let error = Filter::parse("Priority == high")?.matches(&job).unwrap_err();
//! assert_eq!(error.to_string(), r#""high" is no integer, which is what stands here (line 1, column 13)"#);
//! # Ok::<(), longshore_filter::SyntaxError>(())
//! ```
//!
//! # Elements
//!
//! `any LIST as x { … }` and `all LIST as x { … }` decide about elements; `x` is one of a list, and *the key* of a map. Two
//! names are index or key, and value: `any Meta as key, value { … }`; `_` leaves one out. A quantifier stands in
//! parentheses wherever it is combined, except at the right end of `or`.
//!
//! ```
//! # use longshore_filter::Filter;
//! # use longshore_model::Node;
//! let node = Node::new("n1").attribute("driver.exec", "1").attribute("driver.docker", "0").attribute("arch", "arm64");
//! for expression in [
//!     r#"any Attributes as key, value { key matches "^driver[.]" and value == 1 }"#,
//!     "all Attributes as _, value { value is not empty }",
//!     "Status == ready and (any Attributes as key { key == arch })",
//! ] {
//!     assert_eq!(Filter::parse(expression)?.matches(&node), Ok(true), "{expression}");
//! }
//! # Ok::<(), longshore_filter::SyntaxError>(())
//! ```
//!
//! # Grammar
//!
//! ```text
//! or       and (" or " and)*  |  (and " or ")* each
//! and      not (" and " not)*
//! not      "not "* ( "(" or ")" | test )
//! test     selector "==" value | selector " contains " value | selector " is empty" | value " in " selector | …
//! each     ("any " | "all ") selector " as " names "{" or "}"
//! names    x  |  i "," v  |  i "," "_"  |  "_" "," v
//! selector name ( "." name | "." digits | "[" text "]" )*  |  "\"" ( "/" segment )* "\""
//! value    selector | number | text
//! ```
//!
//! Blanks around a word are needed, those around a sign are not. No word is reserved: `not == x` asks for a member `not`.
//!
//! # Other objects
//!
//! Filters run over whatever implements [`Reflect`]: every object of the model, its list stubs, free-form JSON
//! ([`serde_json::Value`](https://docs.rs/serde_json)), and a host's own types, most easily by declaring them with
//! [`record!`](longshore_model::record).
//!
//! ```
//! # use longshore_filter::Filter;
//! let document = serde_json::json!({"Pets": [{"Kind": "cat", "Lives": 9}]});
//! assert_eq!(Filter::parse("any Pets as p { p.Lives == 9 }")?.matches(&document), Ok(true));
//! # Ok::<(), longshore_filter::SyntaxError>(())
//! ```
//!
//! # Limits
//!
//! Any text is read in time in proportion to its length, up to [`LENGTH_MAX`] and [`DEPTH_MAX`]; patterns match in linear
//! time and may take [`PATTERN_BYTES_MAX`] together; for one object quantifiers go through [`WORK_MAX`] elements, less what
//! tests look through. What is beyond is an error (API-818).
//!
//! This crate knows no store and no engine.

mod error;
mod number;
mod parse;
mod pattern;
mod print;
mod program;
mod quoted;
mod run;

use std::fmt;
use std::str::FromStr;

use longshore_model::reflect::Reflect;

pub use error::{MatchError, SyntaxError};
pub use parse::{DEPTH_MAX, LENGTH_MAX, PATTERN_BYTES_MAX};
pub use run::WORK_MAX;

/// An expression, ready to run.
///
/// Two filters are equal if they ask the same questions in the same order, however they were written. `Display` writes the
/// canonical text, which is read as an equal filter.
///
/// ```
/// use longshore_filter::Filter;
/// let filter = Filter::parse("not ( oslo in  Datacenters ) and not not Meta[`owner`]==fire")?;
/// assert_eq!(filter.to_string(), r#"Datacenters not contains "oslo" and Meta.owner == "fire""#);
/// assert_eq!(filter, filter.to_string().parse()?);
/// # Ok::<(), longshore_filter::SyntaxError>(())
/// ```
#[derive(Clone)]
pub struct Filter {
    text: Box<str>,
    program: program::Expr,
}

impl Filter {
    /// Reads an expression (API-801 to API-810).
    ///
    /// A pattern that is no regular expression is found here, but is an error of [`Filter::matches`] alone, and only if it
    /// comes to asking for it (API-815).
    ///
    /// # Errors
    /// [`SyntaxError`]: what is wrong, and where. Of several things that could be wrong it tells the farthest one.
    pub fn parse(text: &str) -> Result<Filter, SyntaxError> {
        parse::parse(text).map(|program| Filter { text: text.into(), program })
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether an object passes (API-811 to API-817).
    ///
    /// # Errors
    /// [`MatchError`]: the object lacks what the expression takes for granted, and where that is in the expression. What
    /// the answer does not depend on is not looked at.
    ///
    /// # Cost
    /// Proportional to what is looked at; nothing is allocated but an error.
    pub fn matches<T: Reflect + ?Sized>(&self, object: &T) -> Result<bool, MatchError> {
        run::run(&self.text, &self.program, object.view())
    }
}

impl FromStr for Filter {
    type Err = SyntaxError;
    fn from_str(text: &str) -> Result<Filter, SyntaxError> {
        Filter::parse(text)
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Filter) -> bool {
        self.program == other.program
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.program.fmt(f)
    }
}
