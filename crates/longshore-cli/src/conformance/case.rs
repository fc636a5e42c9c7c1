//! One recorded case, and the files that hold them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// An input with the answer that the reference gave to it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Case {
    /// Family of the case; that of its file.
    pub kind: String,
    /// Unique within the kind.
    pub name: String,
    /// Rules of the specification that it exercises; a hint.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What is asked.
    pub input: Value,
    /// What the reference answered, as far as it must be reproduced.
    pub expect: Value,
    /// Line of the file, from 1.
    #[serde(skip)]
    pub line: usize,
}

/// Why a file of cases cannot be used. Every message starts with `file:line` where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// A line is no case.
    #[error(
        "{}:{line}: not a case: {reason}; expected one JSON object with kind, name, rules, input \
         and expect",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The decoder's reason, with the column.
        reason: String,
    },
    /// A case is in the file of another kind.
    #[error(
        "{}:{line}: a case of kind \"{found}\": this file holds \"{wanted}\" only",
        path.display()
    )]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Kind of the case.
        found: String,
        /// Kind of the file.
        wanted: String,
    },
    /// Two cases of a kind have one name.
    #[error(
        "{}:{line}: the name \"{name}\" is taken by line {before}: names are unique in a kind",
        path.display()
    )]
    NameTaken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The name.
        name: String,
        /// The line that has it already.
        before: usize,
    },
}

/// Reads all cases of `kind` from its file; empty lines are skipped.
///
/// # Errors
/// The first line that is no case of the kind, as a [`CaseError`].
pub fn read(path: &Path, kind: &str) -> Result<Vec<Case>, CaseError> {
    let unreadable = |error| CaseError::Unreadable { path: path.to_owned(), error };
    let file = File::open(path).map_err(unreadable)?;
    let mut cases = Vec::new();
    let mut names = BTreeMap::new();
    // Bytes, not text: a line that is not UTF-8 is then malformed, with its number.
    for (index, bytes) in BufReader::new(file).split(b'\n').enumerate() {
        let bytes = bytes.map_err(unreadable)?;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let case = decode(path, kind, index + 1, &bytes)?;
        if let Some(before) = names.insert(case.name.clone(), case.line) {
            return Err(CaseError::NameTaken { path: path.to_owned(), line: case.line, name: case.name, before });
        }
        cases.push(case);
    }
    Ok(cases)
}

/// Reads one line.
fn decode(path: &Path, kind: &str, line: usize, bytes: &[u8]) -> Result<Case, CaseError> {
    let case: Case = serde_json::from_slice(bytes).map_err(|error| CaseError::Malformed {
        path: path.to_owned(),
        line,
        reason: reason(&error),
    })?;
    if case.kind != kind {
        return Err(CaseError::OtherKind { path: path.to_owned(), line, found: case.kind, wanted: kind.to_owned() });
    }
    Ok(Case { line, ..case })
}

/// The decoder's words with the column only: it calls every line the first.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.rsplit_once(" at line ") {
        Some((words, _)) => format!("{words} at column {}", error.column()),
        None => words,
    }
}
