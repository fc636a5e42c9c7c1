//! What is kept beside a job: the text it came of, and the values of its variables (SPEC-18 to SPEC-20).

use std::collections::BTreeMap;

use crate::options::Options;
use crate::syntax::is_json;
use crate::variables::{PREFIX, Variables};

/// The text of a job and the values of its variables, so that both can be shown and submitted again.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Submission {
    /// The text.
    pub source: String,
    /// What the text is.
    pub format: Format,
    /// Values of variables that are plain, and of names that nobody declared, as they were given.
    pub variable_flags: BTreeMap<String, String>,
    /// Variable files, and values that are not plain, as one text.
    pub variables: String,
}

/// What a text is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// HCL2.
    #[default]
    Hcl2,
    /// HCL written as JSON.
    Json,
}

impl Format {
    /// The word that the jobs API has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Hcl2 => "hcl2",
            Format::Json => "json",
        }
    }
}

/// The record of a parse.
pub(crate) fn submission(text: &str, variables: &Variables, options: &Options<'_>) -> Submission {
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for (key, value) in options.environment {
        if let Some(name) = key.strip_prefix(PREFIX).filter(|name| !name.is_empty()) {
            given.insert(name, value);
        }
    }
    given.extend(options.arguments.iter().map(|(name, value)| (*name, value.unwrap_or_default())));
    let is_complex = |name: &str| variables.get(name).is_some_and(|variable| variable.is_complex());
    let (complex, flags): (Vec<_>, Vec<_>) = given.into_iter().partition(|(name, _)| is_complex(name));
    let files: String = options.variable_files.iter().map(|(_, content)| format!("{content}\n")).collect();
    let lines: Vec<String> = complex.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    Submission {
        source: text.to_owned(),
        format: if is_json(text) { Format::Json } else { Format::Hcl2 },
        variable_flags: flags.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        variables: joined(joined(files, options.variables), &lines.join("\n")),
    }
}

/// Two texts with an empty line between them, or the one that is not empty.
fn joined(left: String, right: &str) -> String {
    match (left.is_empty(), right.is_empty()) {
        (_, true) => left,
        (true, false) => right.to_owned(),
        (false, false) => format!("{}\n\n{right}", left.trim_end_matches('\n')),
    }
}
