//! Job specification texts: HCL2, HCL written as JSON, the legacy dialect, and JSON jobs; to jobs, and back.
//!
//! | Function | Reads | Rules |
//! |---|---|---|
//! | [`parse`] | HCL2 with variables, functions and dynamic blocks, or the same as JSON | SPEC-1 to SPEC-110 |
//! | [`parse_hcl1`] | the legacy dialect, or its JSON | SPEC-120 to SPEC-129, SPEC-160, SPEC-161 |
//! | [`parse_json`] | a job of the jobs API | SPEC-11 to SPEC-13 |
//! | [`print()`], [`print_document`] | – they write a job specification | |
//!
//! The result is a *document*: the job as JSON, the way the jobs API has it, every member there and unset ones null.
//! [`to_document`] turns it into the model's form of what an author wrote, from which a canonical job is made.
//!
//! ```
//! use longshore_jobspec::{Options, parse};
//! let text = "job \"web\" {\n  group \"front\" {\n    count = 1 + 2\n  }\n}\n";
//! let parsed = parse(text, &Options::default())?;
//! assert_eq!(parsed.document["TaskGroups"][0]["Count"], 3);
//! # Ok::<(), longshore_jobspec::Failure>(())
//! ```
//!
//! [`guide`] has more examples.
//!
//! # How it is made
//!
//! Text becomes tokens, tokens a tree with places (`syntax`), expressions values (`eval`, `functions`, `value`), and
//! bodies JSON by tables of arguments and blocks (`schema`, `decode`). The tables also drive the legacy dialect, JSON
//! jobs and the way back, so a new argument is one line.
//!
//! The syntax tree is our own. Ready ones reject repeated object keys, accept `a.0.1`, report in their own words the
//! first fault only, and cannot say where a runtime reference stands in the text to the byte, which its value depends on
//! (SPEC-41).
//!
//! # What any text may cost
//!
//! Texts come from strangers. Depth is bounded where the tree is made, so that no recursion over it is deep; every step
//! of evaluation and every element is paid for; values know their size, counted where they stand, so that shared ones
//! cannot unfold ([`Limits`]). Nothing panics, nothing reads a clock, a file or chance that the host did not grant.
//!
//! # Features
//!
//! `render`: `Failure::render`, complaints with excerpts of the source.

mod decode;
mod diagnostics;
mod eval;
mod files;
mod functions;
mod hcl1;
mod job_json;
mod limits;
mod locals;
mod options;
mod parse;
mod print;
#[cfg(feature = "render")]
mod render;
mod room;
mod schema;
mod submission;
mod syntax;
mod text;
mod typespec;
mod value;
mod variables;

#[doc = include_str!("guide.md")]
pub mod guide {}

pub use diagnostics::{Diagnostic, Place, Severity};
pub use files::{Files, MemoryFiles};
pub use hcl1::parse_hcl1;
pub use job_json::parse_json;
pub use limits::Limits;
pub use options::Options;
pub use parse::{Failure, Parsed, Stage, kill_timeout, parse, to_document};
pub use print::{Unprintable, print, print_document};
pub use submission::{Format, Submission};
pub use text::Position;
