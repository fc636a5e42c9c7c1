//! Answers the selected cases of a directory and counts.

use std::fmt;

use super::ConformanceError;
use super::case::{self, Case};
use super::compare::{Difference, Level};
use super::directory::Directory;
use super::guard::guarded;
use super::kinds::Kind;
use super::pending::Pending;

use serde_json::Value;

/// Which cases run, and how they are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Only these kinds; empty is all.
    pub kinds: Vec<String>,
    /// Only cases whose name contains this.
    pub name: Option<String>,
    /// What is compared.
    pub level: Level,
}

/// Why a selection selects nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// A kind has no file in the directory.
    #[error("{directory}: has no cases of kind \"{kind}\"; its kinds are: {known}")]
    UnknownKind {
        /// The directory.
        directory: String,
        /// The kind asked for.
        kind: String,
        /// The kinds that are there.
        known: String,
    },
    /// No name matches.
    #[error("{directory}: no selected case has \"{name}\" in its name")]
    NoSuchName {
        /// The directory.
        directory: String,
        /// The part asked for.
        name: String,
    },
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The directory, as it was found.
    pub directory: String,
    /// How answers were compared.
    pub level: Level,
    /// One entry for each kind that has selected cases, by name.
    pub kinds: Vec<KindReport>,
    /// What is wrong with the list of pending cases, one line each.
    pub notes: Vec<String>,
}

/// What came of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KindReport {
    /// The kind.
    pub kind: String,
    /// File of the kind.
    pub file: String,
    /// Answered as recorded.
    pub passed: usize,
    /// Answered otherwise, in the order of the file.
    pub failures: Vec<Failure>,
    /// Pending, whatever was answered.
    pub pending: usize,
    /// Not run: no part of this program answers the kind.
    pub unsupported: usize,
}

impl KindReport {
    /// Selected cases of the kind.
    pub fn cases(&self) -> usize {
        self.passed + self.failures.len() + self.pending + self.unsupported
    }
}

/// A case that was answered otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The case.
    pub case: Case,
    /// What was answered.
    pub got: Got,
}

/// What a failed case got.
#[derive(Clone, Debug, PartialEq)]
pub enum Got {
    /// An answer that differs.
    Answer(Value, Difference),
    /// No answer: the input was not understood, or the engine refused unexpectedly.
    Error(String),
    /// A panic; its message and place.
    Panic(String),
}

impl fmt::Display for Got {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(_, difference) => difference.fmt(f),
            Self::Error(reason) => write!(f, "no answer: {reason}"),
            Self::Panic(words) => write!(f, "a panic: {words}"),
        }
    }
}

impl Report {
    /// Sums a number over all kinds.
    pub fn total(&self, count: impl Fn(&KindReport) -> usize) -> usize {
        self.kinds.iter().map(count).sum()
    }

    /// Cases that passed.
    pub fn passed(&self) -> usize {
        self.total(|kind| kind.passed)
    }

    /// Cases that failed.
    pub fn failed(&self) -> usize {
        self.total(|kind| kind.failures.len())
    }

    /// All failures, kind by kind.
    pub fn failures(&self) -> impl Iterator<Item = (&KindReport, &Failure)> {
        self.kinds.iter().flat_map(|kind| kind.failures.iter().map(move |failure| (kind, failure)))
    }
}

/// Runs the selected cases of `directory` with the kinds in `known`.
///
/// # Errors
/// A [`ConformanceError`] if a selected file or the pending list cannot be used, or nothing is
/// selected.
pub fn run(directory: &Directory, selection: &Selection, known: &[Kind]) -> Result<Report, ConformanceError> {
    check_kinds(directory, selection)?;
    let pending = Pending::read(directory.pending.as_deref())?;
    let mut report =
        Report { directory: directory.path.display().to_string(), level: selection.level, ..Report::default() };
    for (kind, path) in &directory.files {
        if !selection.kinds.is_empty() && !selection.kinds.contains(kind) {
            continue;
        }
        let cases = case::read(path, kind)?;
        note_stale(&mut report.notes, kind, &cases, &pending);
        let part = selection.name.as_deref().unwrap_or_default();
        let selected: Vec<Case> = cases.into_iter().filter(|c| c.name.contains(part)).collect();
        if selected.is_empty() && !part.is_empty() {
            continue;
        }
        let mut counts = KindReport { kind: kind.clone(), file: path.display().to_string(), ..KindReport::default() };
        match known.iter().find(|one| one.name == kind) {
            Some(answering) => {
                for case in selected {
                    count(&mut counts, &mut report.notes, answering, case, selection, &pending);
                }
            }
            None => counts.unsupported = selected.len(),
        }
        report.kinds.push(counts);
    }
    match &selection.name {
        Some(name) if report.kinds.is_empty() => {
            Err(SelectionError::NoSuchName { directory: report.directory, name: name.clone() }.into())
        }
        _ => Ok(report),
    }
}

/// Runs one case and counts it.
fn count(
    counts: &mut KindReport,
    notes: &mut Vec<String>,
    kind: &Kind,
    case: Case,
    selection: &Selection,
    pending: &Pending,
) {
    let failed = answer(kind, &case, selection.level);
    match (pending.get(&case.kind, &case.name), failed) {
        (Some(_), Some(_)) => counts.pending += 1,
        (Some(entry), None) => {
            counts.pending += 1;
            notes.push(format!("{} {} now passes: remove line {} from pending.txt", case.kind, case.name, entry.line));
        }
        (None, Some(got)) => counts.failures.push(Failure { case, got }),
        (None, None) => counts.passed += 1,
    }
}

/// What is wrong with this program's answer to a case; `None` if it is the recorded one.
pub fn answer(kind: &Kind, case: &Case, level: Level) -> Option<Got> {
    let compared = guarded(|| {
        let got = (kind.answer)(&case.input)?;
        let difference = (kind.compare)(case, &got, level);
        Ok((got, difference))
    });
    match compared {
        Ok(Ok((_, None))) => None,
        Ok(Ok((got, Some(difference)))) => Some(Got::Answer(got, difference)),
        Ok(Err(reason)) => Some(Got::Error(reason)),
        Err(panic) => Some(Got::Panic(panic)),
    }
}

/// Refuses kinds that the directory does not have.
fn check_kinds(directory: &Directory, selection: &Selection) -> Result<(), SelectionError> {
    let unknown = |kind: &&String| !directory.files.contains_key(*kind);
    match selection.kinds.iter().find(unknown) {
        Some(kind) => Err(SelectionError::UnknownKind {
            directory: directory.path.display().to_string(),
            kind: kind.clone(),
            known: Vec::from_iter(directory.files.keys().map(String::as_str)).join(", "),
        }),
        None => Ok(()),
    }
}

/// Notes the pending entries of a kind that name none of its cases.
///
/// Only for a kind that has one of the listed cases, or no entry could be told from one for
/// another collection of cases.
fn note_stale(notes: &mut Vec<String>, kind: &str, cases: &[Case], pending: &Pending) {
    let is_there = |name: &str| cases.iter().any(|case| case.name == name);
    if !pending.of(kind).any(|(name, _)| is_there(name)) {
        return;
    }
    for (name, entry) in pending.of(kind).filter(|(name, _)| !is_there(name)) {
        notes.push(format!("pending.txt line {}: {kind} has no case {name}: remove the line", entry.line));
    }
}
