//! Values: a selector that is read as text, a number, a text in quotes; in this order (API-807, API-808).

use super::{Parser, is_blank};
use crate::error::{Place, SyntaxProblem as Problem};
use crate::program::{Literal, Text};
use crate::quoted;

impl Parser<'_> {
    /// A value. `first` says that a test may begin here, so that a selector would be right as well.
    pub(super) fn value(&mut self, first: bool) -> Option<Literal> {
        let start = self.at;
        let text = match self.path() {
            Some((path, pointer)) => {
                let names: Vec<&str> = path.iter().map(|step| &*step.name).collect();
                Text::Utf8(names.join(if pointer { "/" } else { "." }).into())
            }
            None => match self.peek() {
                Some(b'-' | b'0'..=b'9') => Text::Utf8(self.number()?.into()),
                Some(b'"' | b'`') => self.string()?,
                _ if first => {
                    return self.fail_at_word(|word| {
                        if word.is_empty() { Problem::NoTest } else { Problem::NoSuchStart(word) }
                    });
                }
                _ => {
                    return self
                        .fail_at_word(|word| word.chars().next().map_or(Problem::NoValue, Problem::NoSuchValue));
                }
            },
        };
        Some(Literal::new(text, Place::new(start, self.at)))
    }

    /// `-?(0|[1-9]\d*)(\.\d+)?`, and then a blank, `)` or the end.
    fn number(&mut self) -> Option<String> {
        let start = self.at;
        self.eat("-");
        let whole = self.at;
        if self.digits() == 0 {
            self.at = start;
            return self.fail_at_word(|word| word.chars().next().map_or(Problem::NoValue, Problem::NoSuchValue));
        }
        if self.at - whole > 1 && self.text.as_bytes().get(whole) == Some(&b'0') {
            return self.fail(Place::new(start, self.at), Problem::NumberZeros);
        }
        let end = self.at;
        if !(self.eat(".") && self.digits() > 0) {
            self.at = end;
        }
        if self.peek().is_some_and(|next| !is_blank(next) && next != b')') {
            return self.fail_at_word(|_| Problem::NumberEnd);
        }
        self.text.get(start..self.at).map(str::to_string)
    }

    fn digits(&mut self) -> usize {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        count
    }

    /// A text in double quotes with escapes, or in back-quotes as it is.
    pub(super) fn string(&mut self) -> Option<Text> {
        let start = self.at;
        let rest = self.rest();
        let quote = rest.chars().next()?;
        let Some(length) = rest.get(1..)?.find(quote) else {
            return self.fail(Place::new(start, self.text.len()), Problem::OpenText(quote));
        };
        let inner = rest.get(1..=length)?;
        let problem = match (quote, inner.find('\n')) {
            ('`', _) => Ok(inner.as_bytes().to_vec()),
            (_, Some(at)) => Err((at, Problem::BrokenText)),
            _ => quoted::unescape(inner).map_err(|(at, why)| (at, Problem::BadEscape(why))),
        };
        match problem {
            Ok(bytes) => {
                self.at += length + 2;
                Some(Text::new(bytes))
            }
            Err((at, problem)) => self.fail(Place::new(start + 1 + at, start + 2 + at), problem),
        }
    }
}
