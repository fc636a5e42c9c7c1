//! Paths of selectors: `Meta.owner`, `Meta["a key"]`, `"/Meta/owner"` (API-803).

use super::Parser;
use crate::error::{Place, SyntaxProblem as Problem};
use crate::program::Step;

impl Parser<'_> {
    /// A path, and whether it is written in quotes.
    pub(super) fn path(&mut self) -> Option<(Vec<Step>, bool)> {
        if self.peek() == Some(b'"') {
            return self.pointer().map(|path| (path, true));
        }
        let start = self.at;
        let mut path = vec![Step::new(self.name()?, Place::new(start, self.at))];
        while let Some(step) = self.step() {
            path.push(step);
        }
        Some((path, false))
    }

    /// A letter, then letters, digits, `_` and `/`.
    pub(super) fn name(&mut self) -> Option<Box<str>> {
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '/')).unwrap_or(rest.len());
        let name = rest[..end].into();
        self.at += end;
        Some(name)
    }

    /// `.name`, `.0` or `["key"]`; nothing is read if it is none of these.
    fn step(&mut self) -> Option<Step> {
        let start = self.at;
        let name = match self.peek() {
            Some(b'.') => self.dotted(),
            Some(b'[') => self.bracketed(),
            _ => None,
        };
        if name.is_none() {
            self.at = start;
        }
        name.map(|name| Step::new(name, Place::new(start + 1, self.at)))
    }

    fn dotted(&mut self) -> Option<Box<str>> {
        self.at += 1;
        if let Some(name) = self.name() {
            return Some(name);
        }
        let rest = self.rest();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return self.fail_at_word(|_| Problem::NoName);
        }
        let index = rest[..digits].into();
        self.at += digits;
        Some(index)
    }

    fn bracketed(&mut self) -> Option<Box<str>> {
        self.at += 1;
        self.blanks();
        let start = self.at;
        if !matches!(self.peek(), Some(b'"' | b'`')) {
            return None; // the brackets are told of where an operator is missed
        }
        let text = self.string()?;
        let Some(key) = text.utf8().map(Box::from) else {
            return self.fail(Place::new(start, self.at), Problem::BadKey);
        };
        self.blanks();
        self.expect(']', "]").then_some(key)
    }

    /// Slashes and segments in double quotes; nothing is read if it is not that.
    fn pointer(&mut self) -> Option<Vec<Step>> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.get(1..)?.find('"')? + 1;
        let mut path = Vec::new();
        let mut at = 1;
        while at < end {
            let segment = rest[at..end].strip_prefix('/')?;
            let segment = &segment[..segment.find('/').unwrap_or(segment.len())];
            if segment.is_empty() || !segment.chars().all(is_segment) {
                return None;
            }
            let place = Place::new(start + at + 1, start + at + 1 + segment.len());
            path.push(Step::new(segment.replace("~1", "/").replace("~0", "~").into(), place));
            at += 1 + segment.len();
        }
        self.at += end + 1;
        Some(path)
    }
}

/// What a segment of a path in quotes consists of.
pub(crate) fn is_segment(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~' | ':' | '|')
}
