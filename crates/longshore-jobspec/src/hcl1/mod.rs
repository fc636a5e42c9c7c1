//! The legacy dialect, HCL1 (SPEC-120 to SPEC-129, SPEC-160, SPEC-161): no expressions, no variables, looser types.
//!
//! The first object that is wrong ends the reading; all its unknown keys are told at once.

mod ast;
mod decode;
mod free;
mod json;
mod keys;
mod parser;
mod single;
mod weak;

use serde_json::{Map, Value};

use crate::diagnostics::Complaint;
use crate::options::Options;
use crate::parse::{Failure, Stage};
use crate::room::Room;
use crate::text::Texts;

/// Reads a job specification in the legacy dialect, or that dialect's JSON. Of the options only the path and the limits
/// count (SPEC-4).
///
/// ```
/// use longshore_jobspec::{Options, parse_hcl1};
/// let text = r#"job "web" { type = "service" group "front" { count = "3" } }"#;
/// let job = parse_hcl1(text, &Options::default())?;
/// assert_eq!(job["TaskGroups"][0]["Count"], 3);
///
/// let failure = parse_hcl1(r#"job "web" { typ = "service" }"#, &Options::default()).unwrap_err();
/// assert_eq!(failure.diagnostics()[0].code, "SPEC-125:invalid-key");
/// # Ok::<(), longshore_jobspec::Failure>(())
/// ```
///
/// # Errors
/// [`Failure`], with the first thing that is wrong.
pub fn parse_hcl1(text: &str, options: &Options<'_>) -> Result<Map<String, Value>, Failure> {
    let mut texts = Texts::default();
    // SPEC-120
    let main = texts.add(options.path, &text.replace("\r\n", "\n"));
    let content = texts.content(main);
    let failed = |stage, complaints| Failure::new(stage, complaints, &texts, main);
    if let Some(complaint) = crate::syntax::too_long(&content, main, &options.limits) {
        return Err(failed(Stage::Syntax, vec![complaint]));
    }
    let depth = options.limits.depth();
    let root = if content.trim_start().starts_with('{') {
        json::read(&content, main, depth)
    } else {
        parser::read(&content, main, depth)
    };
    let root = root.map_err(|complaint| failed(Stage::Syntax, vec![complaint]))?;
    decode::job(&root, &mut Room::new(&options.limits))
        .map_err(|complaints: Vec<Complaint>| failed(Stage::Body, complaints))
}
