//! What is wrong with a text, and where.

use std::fmt;
use std::sync::Arc;

use crate::text::{Position, Span, Texts};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// No job comes of the text.
    Error,
    /// A job comes of the text, perhaps not the intended one.
    Warning,
}

/// A part of a text, with its file's name, in bytes and as people count.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Place {
    /// The file's name, as it was given. `input.hcl` is the text of [`Options::variables`](crate::Options), `var:NAME`
    /// the value of a variable that was given by argument or environment.
    pub file: Arc<str>,
    /// Whether that file is the job specification itself.
    pub main: bool,
    /// Its bytes.
    pub bytes: std::ops::Range<usize>,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// Which text it is of; two may have one name.
    #[cfg_attr(not(feature = "render"), allow(dead_code, reason = "only excerpts need the text"))]
    pub(crate) text: crate::text::TextId,
}

/// One complaint about a text.
///
/// ```
/// use longshore_jobspec::{Options, parse};
/// let failure = parse("job \"a\" {\n  regon = \"x\"\n}\n", &Options::default()).unwrap_err();
/// let complaint = &failure.diagnostics()[0];
/// assert_eq!(complaint.code, "SPEC-134:unknown-argument");
/// assert_eq!(complaint.place.as_ref().map(|place| (place.start.line, place.start.column)), Some((2, 3)));
/// assert_eq!(complaint.hint.as_deref(), Some("did you mean `region`?"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The rule that was broken, and which of its cases: `SPEC-134:unknown-argument`. `LONGSHORE-…` is a limit of this
    /// engine.
    pub code: &'static str,
    /// What was found and what would be right.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
    /// Where; `None` for what has no place, such as a variable without value.
    pub place: Option<Place>,
    /// Another place that matters: where the name was defined first.
    pub related: Option<Place>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:{}:{}: ", place.file, place.start.line, place.start.column)?;
        }
        write!(f, "{} [{}]", self.message, self.code)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// A complaint under way: its places are spans still.
#[derive(Clone, Debug)]
pub(crate) struct Complaint {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) span: Option<Span>,
    pub(crate) related: Option<Span>,
}

impl Complaint {
    /// An error at a place.
    pub(crate) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Complaint {
        Complaint { span: Some(span), ..Complaint::nowhere(code, message) }
    }

    /// An error that has no place.
    pub(crate) fn nowhere(code: &'static str, message: impl Into<String>) -> Complaint {
        Complaint { severity: Severity::Error, code, message: message.into(), hint: None, span: None, related: None }
    }

    /// With what was probably meant.
    pub(crate) fn hint(mut self, hint: Option<String>) -> Complaint {
        self.hint = hint;
        self
    }

    /// With a hint that is known.
    pub(crate) fn help(self, hint: impl Into<String>) -> Complaint {
        self.hint(Some(hint.into()))
    }

    /// With where the same thing was before.
    pub(crate) fn related(mut self, span: Span) -> Complaint {
        self.related = Some(span);
        self
    }

    /// As a warning.
    pub(crate) fn warning(mut self) -> Complaint {
        self.severity = Severity::Warning;
        self
    }

    /// With its places resolved.
    pub(crate) fn finish(self, texts: &Texts, main: crate::text::TextId) -> Diagnostic {
        let place = |span: Span| Place {
            file: texts.name(span.text),
            main: span.text == main,
            bytes: span.start as usize..span.end as usize,
            start: texts.position(span.text, span.start),
            end: texts.position(span.text, span.end),
            text: span.text,
        };
        Diagnostic {
            severity: self.severity,
            code: self.code,
            message: self.message,
            hint: self.hint,
            place: self.span.map(place),
            related: self.related.map(place),
        }
    }
}

/// The most complaints about a text: a loop that fails in every turn says the same thing over and over, and finding
/// the place of each takes a look at the text.
pub(crate) const MOST: usize = 200;

/// The name among `known` that `given` most probably stands for: at most two edits away (SPEC-133).
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A long name is no misspelt short one; the bound keeps the comparison cheap.
    if given.len() > 64 {
        return None;
    }
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.into_iter().find(|name| strsim::levenshtein(given, name) <= 2)
}

/// The hint for a name that is near a known one.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(given, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_133_two_edits_and_the_first_in_order() {
        assert_eq!(nearest("regon", ["type", "region"]), Some("region"));
        assert_eq!(nearest("cuont", ["count"]), Some("count"));
        assert_eq!(nearest("zzz", ["type"]), None);
        assert_eq!(nearest("ab", ["ad", "ac"]), Some("ac"));
    }
}
