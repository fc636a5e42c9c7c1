//! JSON with places: for HCL written as JSON, for `jsondecode`, and for the legacy dialect's JSON.

use std::sync::Arc;

use crate::diagnostics::Complaint;
use crate::text::{Span, TextId};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Json {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    /// As it is written.
    Number(Arc<str>),
    Text(Arc<str>),
    Array(Vec<Json>),
    /// Repeated members and their order are kept.
    Object(Vec<(Key, Json)>),
}

/// The name of a member.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: Arc<str>,
    pub(crate) span: Span,
}

/// What is let pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Strictness {
    /// JSON, and nothing after it.
    Strict,
    /// JSON, and anything after it (SPEC-12).
    First,
    /// A comma after the last element and anything after the value (SPEC-161).
    Legacy,
}

/// Reads one value.
pub(crate) fn read(content: &str, text: TextId, depth: usize, strictness: Strictness) -> Result<Json, Complaint> {
    let mut reader = Reader { content, bytes: content.as_bytes(), at: 0, text, depth, strictness };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < reader.bytes.len() && strictness == Strictness::Strict {
        return Err(reader.unexpected("the end of the text"));
    }
    Ok(value)
}

struct Reader<'a> {
    content: &'a str,
    bytes: &'a [u8],
    at: usize,
    text: TextId,
    depth: usize,
    strictness: Strictness,
}

impl Reader<'_> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    fn span(&self, start: usize) -> Span {
        Span { text: self.text, start: start as u32, end: self.at as u32 }
    }

    fn complain(&self, start: usize, length: usize, message: impl Into<String>) -> Complaint {
        let end = (start + length).min(self.bytes.len());
        let span = Span { text: self.text, start: start as u32, end: end as u32 };
        Complaint::new("SPEC-134:syntax", span, message)
    }

    fn unexpected(&self, wanted: &str) -> Complaint {
        match self.content.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => self.complain(self.at, found.len_utf8(), format!("expected {wanted}, found {found:?}")),
            None => self.complain(self.at, 0, format!("expected {wanted}, found the end of the text")),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, Complaint> {
        if depth > self.depth {
            let mut complaint =
                self.complain(self.at, 1, format!("this nests too deeply; at most {} levels", self.depth));
            complaint.code = "LONGSHORE-LIMIT:depth";
            return Err(complaint);
        }
        let first = self.peek();
        let start = self.at;
        let kind = match first {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::Text(self.string()?.into()),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'a'..=b'z') => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Json { kind, span: self.span(start) })
    }

    fn object(&mut self, depth: usize) -> Result<Kind, Complaint> {
        self.at += 1;
        let mut members = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(members));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a member's name in double quotes"));
            }
            let start = self.at;
            let text = self.string()?.into();
            let key = Key { text, span: self.span(start) };
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:` and the member's value"));
            }
            self.at += 1;
            members.push((key, self.value(depth + 1)?));
            if self.ends(b'}', "`,` or `}`")? {
                return Ok(Kind::Object(members));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Kind, Complaint> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.ends(b']', "`,` or `]`")? {
                return Ok(Kind::Array(elements));
            }
        }
    }

    /// Whether a collection ends here; else its comma was passed.
    fn ends(&mut self, close: u8, wanted: &str) -> Result<bool, Complaint> {
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(next) if next == close => {
                self.at += 1;
                return Ok(true);
            }
            _ => return Err(self.unexpected(wanted)),
        }
        if self.strictness == Strictness::Legacy && self.peek() == Some(close) {
            self.at += 1;
            return Ok(true);
        }
        Ok(false)
    }

    fn word(&mut self) -> Result<Kind, Complaint> {
        for (word, kind) in [("null", Kind::Null), ("true", Kind::Bool(true)), ("false", Kind::Bool(false))] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        Err(self.unexpected("a value"))
    }

    fn number(&mut self) -> Result<Kind, Complaint> {
        let start = self.at;
        self.at += usize::from(self.bytes.get(self.at) == Some(&b'-'));
        let whole = self.digits();
        let leading_zero = self.bytes.get(self.at - whole) == Some(&b'0') && whole > 1;
        let mut right = whole > 0 && !leading_zero;
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            right &= self.digits() > 0;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            right &= self.digits() > 0;
        }
        let text = &self.content[start..self.at];
        if right {
            Ok(Kind::Number(text.into()))
        } else {
            Err(self.complain(start, text.len(), "this is no number of JSON"))
        }
    }

    /// Passes digits; how many they were.
    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, Complaint> {
        let open = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while matches!(self.bytes.get(self.at), Some(byte) if !matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(self.content.get(start..self.at).unwrap_or_default());
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(self.complain(
                        self.at,
                        1,
                        "a control character stands in a string; write `\\n`, `\\u…`",
                    ));
                }
                None => return Err(self.complain(open, 1, "this string has no end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Complaint> {
        let start = self.at;
        let wrong = |reader: &Self| reader.complain(start, 2, "this is no escape of JSON");
        let letter = self.bytes.get(self.at + 1).copied();
        self.at += 2;
        Ok(match letter {
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'u') => {
                let high = self.unit().ok_or_else(|| wrong(self))?;
                let pair = (0xd800..0xdc00).contains(&high) && self.bytes[self.at..].starts_with(b"\\u");
                if !pair {
                    return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let back = self.at;
                self.at += 2;
                match self.unit() {
                    Some(low @ 0xdc00..0xe000) => {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                    _ => {
                        self.at = back;
                        char::REPLACEMENT_CHARACTER
                    }
                }
            }
            _ => return Err(wrong(self)),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.content.get(self.at..self.at + 4)?;
        let unit =
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())??;
        self.at += 4;
        Some(unit)
    }
}
