//! Texts: quoted, or as a heredoc if they have several lines; and always so that they read the same.

use std::fmt::Write as _;

use crate::eval::{Evaluator, Scope, Unresolved};
use crate::options::Options;
use crate::syntax::read_expression;
use crate::text::Texts;
use crate::value::{Value, nfc};

/// A text as an expression; `None` if none stands for it.
pub(super) fn printed(text: &str) -> Option<String> {
    if *nfc(text) != *text {
        return None;
    }
    let forms = [heredoc(text, false), heredoc(text, true)];
    let found = forms.into_iter().flatten().find(|form| reads_as(form, text));
    Some(found.unwrap_or_else(|| in_quotes(text)))
}

/// A text in quotes. References to what is known when the task runs look best as they are; but not all of them read the
/// same.
pub(super) fn in_quotes(text: &str) -> String {
    let plain = quoted(text, false);
    let sequences = text.contains("${") || text.contains("%{");
    if !sequences || reads_as(&plain, text) { plain } else { literal(text) }
}

/// A text in quotes in which nothing is a template.
pub(super) fn literal(text: &str) -> String {
    quoted(text, true)
}

/// A text in quotes.
fn quoted(text: &str, literal: bool) -> String {
    let mut out = String::from("\"");
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        match next {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' if literal && rest[1..].starts_with('{') => {
                out.push(next);
                out.push(next);
            }
            next if next.is_control() || next == '\u{feff}' => drop(write!(out, "\\u{:04x}", u32::from(next))),
            next => out.push(next),
        }
        rest = &rest[next.len_utf8()..];
    }
    out.push('"');
    out
}

/// A text of several whole lines as a heredoc.
fn heredoc(text: &str, literal: bool) -> Option<String> {
    let lines = text.strip_suffix('\n')?;
    if !lines.contains('\n') || text.chars().any(|next| next.is_control() && !matches!(next, '\n' | '\t')) {
        return None;
    }
    let marker =
        ["EOT", "EOF", "END"].into_iter().find(|marker| lines.split('\n').all(|line| line.trim() != *marker))?;
    let body = if literal { text.replace("${", "$${").replace("%{", "%%{") } else { text.to_owned() };
    Some(format!("<<{marker}\n{body}{marker}"))
}

/// Whether an expression stands for a text.
fn reads_as(form: &str, text: &str) -> bool {
    let mut texts = Texts::default();
    // As in a body: nothing but the form stands on its lines.
    let id = texts.add("text", &format!("{form}\n"));
    let options = Options::default();
    let Ok(expr) = read_expression(&texts, id, &options.limits) else { return false };
    let mut evaluator = Evaluator::new(&texts, &options);
    let names = [("var".into(), Value::Null), ("local".into(), Value::Null)];
    let value = evaluator.value(&expr, &Scope::root(&names, Unresolved::Runtime));
    evaluator.complaints.is_empty() && !evaluator.stopped() && matches!(value, Value::Text(found) if *found == *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stay_as_they_are_where_they_read_the_same() {
        for (text, form) in [
            ("a\tb\"\\", r#""a\tb\"\\""#),
            ("${node.class}", r#""${node.class}""#),
            ("${var.x}", r#""$${var.x}""#),
            ("{a:${X}}", r#""{a:$${X}}""#),
            ("${upper(\"a\")}", r#""$${upper(\"a\")}""#),
            ("%{ if x }", r#""%%{ if x }""#),
            ("$${x}", r#""$$${x}""#),
            ("one\ntwo\n", "<<EOT\none\ntwo\nEOT"),
            ("EOT\n\\n ${meta.a}\n", "<<EOF\nEOT\n\\n ${meta.a}\nEOF"),
            ("a\n${1}\n", "<<EOT\na\n$${1}\nEOT"),
        ] {
            assert_eq!(printed(text).as_deref(), Some(form));
        }
        assert_eq!(printed("e\u{301}"), None);
    }
}
