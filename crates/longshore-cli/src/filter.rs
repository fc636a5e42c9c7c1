//! `longshore filter`: which objects of a JSON list pass a filter expression.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use longshore_filter::{Filter, MatchError, SyntaxError};
use longshore_model::reflect::Reflect;
use longshore_model::{
    Allocation, DecodeError, Deployment, Evaluation, Job, Node, NodePool, ServiceRegistration, from_json,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::args::{FilterArgs, ObjectType};
use crate::console::Console;
use crate::exit::Exit;

/// Why no objects were chosen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The expression is none.
    #[error("{error}\n{}", pointed(text, error.span()))]
    Expression {
        /// The expression.
        text: String,
        /// What is wrong with it.
        error: SyntaxError,
    },
    /// The file cannot be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file holds no list of JSON documents.
    #[error("{}: no JSON list: {why}", path.display())]
    List {
        /// The file.
        path: PathBuf,
        /// What it holds instead.
        why: String,
    },
    /// A document is no object of the type.
    #[error("element {at}: {error}")]
    Object {
        /// Its position in the list, from 0.
        at: usize,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// The expression cannot be decided for an object.
    #[error("element {at}: {error}\n{}", pointed(text, error.span()))]
    Match {
        /// Its position in the list, from 0.
        at: usize,
        /// The expression.
        text: String,
        /// What is wrong, and where in the expression.
        error: MatchError,
    },
    /// The result could not be written.
    #[error("the result could not be written: {0}")]
    Output(#[from] io::Error),
}

impl FilterError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Match { .. } | Self::Output(_) => Exit::Failure,
            _ => Exit::Misuse,
        }
    }
}

/// Writes the documents that pass as a JSON list, as they are.
///
/// # Errors
/// A [`FilterError`]; nothing has been written then, unless writing is what failed.
pub fn run(args: &FilterArgs, console: &mut Console<'_>) -> Result<(), FilterError> {
    let text = &args.expression;
    let filter = Filter::parse(text).map_err(|error| FilterError::Expression { text: text.clone(), error })?;
    let mut passing = Vec::new();
    for (at, document) in documents(args)?.into_iter().enumerate() {
        match decide(&filter, args.kind, &document) {
            Ok(Ok(true)) => passing.push(document),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => return Err(FilterError::Match { at, text: text.clone(), error }),
            Err(error) => return Err(FilterError::Object { at, error }),
        }
    }
    Ok(console.line(&format!("{:#}", Value::Array(passing)))?)
}

/// The elements of the file's list.
fn documents(args: &FilterArgs) -> Result<Vec<Value>, FilterError> {
    let path = args.file.clone();
    let text = fs::read_to_string(&path).map_err(|error| FilterError::Read { path: path.clone(), error })?;
    serde_json::from_str(&text).map_err(|why| FilterError::List { path, why: why.to_string() })
}

/// Whether a document passes, read as what it is said to be.
fn decide(
    filter: &Filter,
    kind: Option<ObjectType>,
    document: &Value,
) -> Result<Result<bool, MatchError>, DecodeError> {
    fn read<T: DeserializeOwned + Reflect>(
        filter: &Filter,
        document: &Value,
    ) -> Result<Result<bool, MatchError>, DecodeError> {
        from_json::<T>(&document.to_string()).map(|object| filter.matches(&object))
    }
    match kind {
        None => Ok(filter.matches(document)),
        Some(ObjectType::Job) => read::<Job>(filter, document),
        Some(ObjectType::Evaluation) => read::<Evaluation>(filter, document),
        Some(ObjectType::Allocation) => read::<Allocation>(filter, document),
        Some(ObjectType::Deployment) => read::<Deployment>(filter, document),
        Some(ObjectType::Node) => read::<Node>(filter, document),
        Some(ObjectType::NodePool) => read::<NodePool>(filter, document),
        Some(ObjectType::Service) => read::<ServiceRegistration>(filter, document),
    }
}

/// The line of a text that a span begins in, and a mark below it.
fn pointed(text: &str, span: Range<usize>) -> String {
    let line_start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let width = |part: &str| unicode_width::UnicodeWidthStr::width(part);
    let end = span.end.min(line_start + line.len()).max(span.start);
    let marks = width(&text[span.start..end]).max(1);
    format!("  {line}\n  {}{}", " ".repeat(width(&text[line_start..span.start])), "^".repeat(marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_pointed_at() {
        for (text, span, shown) in [
            ("Prio > 5", 5..6, "  Prio > 5\n       ^"),
            ("a == 1\n  and Ö > 5", 16..17, "    and Ö > 5\n          ^"),
            ("a ==", 4..4, "  a ==\n      ^"),
            ("a == `x\ny", 5..9, "  a == `x\n       ^^"),
            ("", 0..0, "  \n  ^"),
        ] {
            assert_eq!(pointed(text, span), shown);
        }
    }
}
