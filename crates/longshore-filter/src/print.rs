//! A program as text: canonical, and read back as the same program.

use std::fmt;

use crate::parse::path::is_segment;
use crate::program::{Each, Expr, Names, Question, Selector, Step, Test, Text};
use crate::quoted;

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::All(operands) => join(f, operands, " and ", |f, operand, _| within(f, operand)),
            Expr::Any(operands) => join(f, operands, " or ", |f, operand, last| match operand {
                Expr::All(_) => write!(f, "{operand}"),
                Expr::Each(_) if last => write!(f, "{operand}"),
                operand => within(f, operand),
            }),
            Expr::Not(inner) => write!(f, "not ({inner})"),
            Expr::Test(test) => write!(f, "{test}"),
            Expr::Each(each) => write!(f, "{each}"),
        }
    }
}

/// Operands with a word between them; each is told whether it is the last.
fn join(
    f: &mut fmt::Formatter<'_>,
    operands: &[Expr],
    word: &str,
    each: impl Fn(&mut fmt::Formatter<'_>, &Expr, bool) -> fmt::Result,
) -> fmt::Result {
    for (at, operand) in operands.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        each(f, operand, at + 1 == operands.len())?;
    }
    Ok(())
}

/// An operand, in parentheses unless it is one test or its opposite.
fn within(f: &mut fmt::Formatter<'_>, operand: &Expr) -> fmt::Result {
    match operand {
        Expr::Test(_) | Expr::Not(_) => write!(f, "{operand}"),
        other => write!(f, "({other})"),
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.selector)?;
        let not = if self.negated { "not " } else { "" };
        match &self.question {
            Question::Equals(literal) => write!(f, "{} {}", if self.negated { "!=" } else { "==" }, literal.text),
            Question::Contains(literal) => write!(f, "{not}contains {}", literal.text),
            Question::Matches(pattern) => write!(f, "{not}matches {}", pattern.text),
            Question::IsEmpty => write!(f, "is {not}empty"),
            Question::IsNil => write!(f, "is {not}nil"),
        }
    }
}

impl fmt::Display for Each {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Each { all, selector, names, body } = self;
        write!(f, "{} {selector} as {names} {{ {body} }}", if *all { "all" } else { "any" })
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Names::One(name) => f.write_str(name),
            Names::Two(index, value) => {
                write!(f, "{}, {}", index.as_deref().unwrap_or("_"), value.as_deref().unwrap_or("_"))
            }
        }
    }
}

impl fmt::Display for Selector {
    /// With dots if it can be, since that is what people read most easily.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.split_first() {
            Some((first, rest)) if is_name(&first.name) && !(rest.is_empty() && is_keyword(&first.name)) => {
                f.write_str(&first.name)?;
                rest.iter().try_for_each(|step| dotted(f, step))
            }
            _ => {
                f.write_str("\"")?;
                let mut steps = self.path.iter().map(|step| step.name.replace('~', "~0").replace('/', "~1"));
                debug_assert!(self.path.iter().all(|step| step.name.chars().all(|c| is_segment(c) || c == '/')));
                steps.try_for_each(|step| write!(f, "/{step}"))?;
                f.write_str("\"")
            }
        }
    }
}

fn dotted(f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
    let name = &*step.name;
    if is_name(name) || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())) {
        return write!(f, ".{name}");
    }
    f.write_str("[")?;
    quoted::write(name.as_bytes(), f)?;
    f.write_str("]")
}

/// A letter, then letters, digits, `_` and `/`.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/'))
}

/// What would be read as something else at the beginning of a test.
fn is_keyword(name: &str) -> bool {
    matches!(name, "not" | "any" | "all")
}

impl fmt::Display for Text {
    /// A number as it is, all else in quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Text::Utf8(text) if is_number(text) => f.write_str(text),
            Text::Utf8(text) => quoted::write(text.as_bytes(), f),
            Text::Bytes(bytes) => quoted::write(bytes, f),
        }
    }
}

/// `-?(0|[1-9]\d*)(\.\d+)?`
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(digits)
}
