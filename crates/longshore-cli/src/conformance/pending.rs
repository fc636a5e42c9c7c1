//! The list of cases whose part of the engine is not built yet.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One line of the list: why a case is pending.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// Why.
    pub reason: String,
    /// Line of the list, from 1.
    pub line: usize,
}

/// Pending cases by (kind, name).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    entries: BTreeMap<(String, String), Entry>,
}

/// Why the list cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PendingError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// A line is no entry.
    #[error("{}:{line}: {problem}; expected: kind name reason", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

impl Pending {
    /// Reads the list; no file is an empty list.
    ///
    /// # Errors
    /// The first line that is no entry, as a [`PendingError`].
    pub fn read(path: Option<&Path>) -> Result<Self, PendingError> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let text =
            fs::read_to_string(path).map_err(|error| PendingError::Unreadable { path: path.to_owned(), error })?;
        Self::parse(&text).map_err(|(line, problem)| PendingError::Malformed { path: path.to_owned(), line, problem })
    }

    /// Reads the list's text; an error is (line, problem).
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut pending = Self::default();
        for (index, content) in text.lines().enumerate() {
            let line = index + 1;
            let content = content.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let (kind, name, reason) = entry(content).map_err(|problem| (line, problem))?;
            let before = pending.entries.insert((kind, name), Entry { reason, line });
            if let Some(before) = before {
                return Err((line, format!("line {} names the same case", before.line)));
            }
        }
        Ok(pending)
    }

    /// The entry of a case, if it is pending.
    pub fn get(&self, kind: &str, name: &str) -> Option<&Entry> {
        self.entries.get(&(kind.to_owned(), name.to_owned()))
    }

    /// All entries of a kind: name and entry.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        self.entries.iter().filter(move |((of, _), _)| of == kind).map(|((_, name), entry)| (name.as_str(), entry))
    }
}

/// Takes `kind name reason` apart; a name with blanks is written as a JSON string.
fn entry(content: &str) -> Result<(String, String, String), String> {
    let (kind, rest) = content.split_once(char::is_whitespace).ok_or("the case's name is missing")?;
    let rest = rest.trim_start();
    let (name, reason) = if rest.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let name = values.next().and_then(Result::ok).ok_or("the quoted name is not a JSON string")?;
        (name, rest.get(values.byte_offset()..).unwrap_or_default())
    } else {
        let (name, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        (name.to_owned(), reason)
    };
    match reason.trim() {
        "" => Err("the reason is missing".to_owned()),
        reason => Ok((kind.to_owned(), name, reason.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_comments_and_quoted_names_are_read() {
        let text = "# header\n\nscore  n-1   ports are not built\ndrain \"a [1 2]\" later\n";
        let pending = Pending::parse(text).expect("read");
        let entry = pending.get("score", "n-1").expect("pending");
        assert_eq!((entry.reason.as_str(), entry.line), ("ports are not built", 3));
        assert!(pending.get("drain", "a [1 2]").is_some());
        assert!(pending.get("score", "n-2").is_none());
        assert_eq!(pending.of("drain").count(), 1);
    }

    #[test]
    fn lines_that_are_no_entry_are_told() {
        for (text, line, problem) in [
            ("score", 1, "name is missing"),
            ("\nscore n-1", 2, "reason is missing"),
            ("score \"n 1 later", 1, "not a JSON string"),
            ("score \"n 1\"", 1, "reason is missing"),
            ("score a x\nscore a y", 2, "line 1 names the same"),
        ] {
            let (at, found) = Pending::parse(text).expect_err(text);
            assert_eq!(at, line, "{text}");
            assert!(found.contains(problem), "{text}: {found}");
        }
    }
}
