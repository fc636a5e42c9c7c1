//! Diagnostics for people: each with an excerpt of its source.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostics::{Diagnostic, Place, Severity};
use crate::parse::Failure;

/// Most complaints that are shown; the rest is counted.
const MOST: usize = 20;

/// Lines shown around a complaint's first line, and most lines of the complaint itself.
const AROUND: usize = 2;
const TALLEST: usize = 8;

impl Failure {
    /// Everything that is wrong, with excerpts of the sources; in colour for a terminal.
    ///
    /// ```
    /// use longshore_jobspec::{Options, parse};
    /// let text = "job \"a\" {\n  regon = \"x\"\n}\n";
    /// let failure = parse(text, &Options { path: "a.hcl", ..Options::default() }).unwrap_err();
    /// assert_eq!(failure.render(false), "\
    /// error[SPEC-134:unknown-argument]: there is no argument `regon` here
    ///  --> a.hcl:2:3
    ///   |
    /// 2 |   regon = \"x\"
    ///   |   ^^^^^
    ///   |
    ///   = help: did you mean `region`?
    /// ");
    /// ```
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for diagnostic in self.diagnostics().iter().take(MOST) {
            out.push_str(&renderer.render(&[self.group(diagnostic)]));
            out.push('\n');
        }
        let left = self.diagnostics().len().saturating_sub(MOST);
        if left > 0 {
            out.push_str(&format!("and {left} more\n"));
        }
        out
    }

    /// One complaint.
    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
        let mut group = Group::with_title(title);
        if let Some(place) = &diagnostic.place {
            group = group.element(self.snippet(place, AnnotationKind::Primary, ""));
        }
        if let Some(place) = &diagnostic.related {
            group = group.element(self.snippet(place, AnnotationKind::Context, "this one belongs to it"));
        }
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        group
    }

    /// The lines around a place.
    fn snippet<'a>(
        &'a self,
        place: &'a Place,
        kind: AnnotationKind,
        label: &'a str,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let content = self.content(place);
        let first = place.start.line.saturating_sub(AROUND).max(1);
        let start = line_start(content, first);
        let mut end = place.bytes.end.min(content.len());
        // Of what spans half a file the beginning is enough.
        let tallest = line_start(content, place.start.line + TALLEST);
        end = end.min(tallest.max(place.bytes.start));
        let last = line_start(content, place.start.line + TALLEST + AROUND).max(end);
        let window = content.get(start..last).unwrap_or_default();
        let span = place.bytes.start.saturating_sub(start)..end.saturating_sub(start);
        let span = span.start.min(window.len())..span.end.clamp(span.start.min(window.len()), window.len());
        let annotation = kind.span(span);
        let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
        Snippet::source(window).line_start(first).path(&*place.file).annotation(annotation)
    }
}

/// Where a line starts, counted from 1; past the last one the end.
fn line_start(content: &str, line: usize) -> usize {
    match line.checked_sub(2) {
        None => 0,
        Some(breaks) => content.match_indices('\n').nth(breaks).map_or(content.len(), |(at, _)| at + 1),
    }
}
