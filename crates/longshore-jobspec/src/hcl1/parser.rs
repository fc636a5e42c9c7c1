//! The dialect's text (SPEC-121, SPEC-122).

use super::ast::{Item, Key, Kind, Object, Value};
use crate::diagnostics::Complaint;
use crate::text::{Span, TextId};

/// A part of the tree, or the first complaint.
type Read<T> = Result<T, Complaint>;

/// Reads a text.
pub(super) fn read(content: &str, text: TextId, depth: usize) -> Read<Object> {
    let mut parser = Parser { content, bytes: content.as_bytes(), at: 0, text, depth, swallowed: None };
    let object = parser.object(false, 0)?;
    parser.swallowed.map_or(Ok(object), Err)
}

struct Parser<'a> {
    content: &'a str,
    bytes: &'a [u8],
    at: usize,
    text: TextId,
    depth: usize,
    /// The complaint about a brace that stood where a value had to be. The brace is taken for the value, so that what
    /// is missing is complained about where it is missed: mostly at the end (recorded; no rule has it).
    swallowed: Option<Complaint>,
}

/// What stands next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    End,
    Word,
    Quote,
    Heredoc,
    Digit,
    Sign(u8),
}

impl Parser<'_> {
    /// Passes white space and comments, and tells what stands behind them.
    fn next(&mut self) -> Read<Next> {
        loop {
            let rest = &self.bytes[self.at..];
            match rest {
                [b' ' | b'\t' | b'\n' | b'\r', ..] => self.at += 1,
                [b'#', ..] | [b'/', b'/', ..] => {
                    self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                [b'/', b'*', ..] => match self.content[self.at + 2..].find("*/") {
                    Some(length) => self.at += length + 4,
                    None => {
                        let end = self.bytes.len();
                        return Err(self.complain(end, end, "a comment has no end"));
                    }
                },
                [] => return Ok(Next::End),
                [b'"', ..] => return Ok(Next::Quote),
                [b'<', b'<', ..] => return Ok(Next::Heredoc),
                [b'0'..=b'9', ..] | [b'-', b'0'..=b'9', ..] => return Ok(Next::Digit),
                [first, ..] => {
                    let letter = self.content[self.at..].starts_with(|next: char| next == '_' || next.is_alphabetic());
                    return Ok(if letter { Next::Word } else { Next::Sign(*first) });
                }
            }
        }
    }

    fn span(&self, start: usize) -> Span {
        Span { text: self.text, start: start as u32, end: self.at as u32 }
    }

    fn complain(&self, start: usize, end: usize, message: impl Into<String>) -> Complaint {
        let span = Span { text: self.text, start: start as u32, end: end as u32 };
        Complaint::new("SPEC-126:syntax", span, message)
    }

    fn unexpected(&self, wanted: &str) -> Complaint {
        match self.content[self.at..].chars().next() {
            Some(found) => {
                self.complain(self.at, self.at + found.len_utf8(), format!("expected {wanted}, found {found:?}"))
            }
            None => self.complain(self.at, self.at, format!("expected {wanted}, found the end of the text")),
        }
    }

    /// Items up to a closing brace, which is passed, or up to the end.
    fn object(&mut self, braces: bool, depth: usize) -> Read<Object> {
        if depth > self.depth {
            let mut complaint =
                self.complain(self.at, self.at, format!("this nests too deeply; at most {} levels", self.depth));
            complaint.code = "LONGSHORE-LIMIT:depth";
            return Err(complaint);
        }
        let mut object = Object::default();
        loop {
            match self.next()? {
                Next::End if !braces => return Ok(object),
                Next::Sign(b'}') if braces => {
                    self.at += 1;
                    return Ok(object);
                }
                Next::Word | Next::Quote => object.items.extend(self.item(depth)?),
                _ => return Err(self.unexpected(if braces { "a key or `}`" } else { "a key" })),
            }
            if self.next()? == Next::Sign(b',') {
                self.at += 1;
            }
        }
    }

    /// Keys and a value; `None` if a brace stood instead of the value.
    fn item(&mut self, depth: usize) -> Read<Option<Item>> {
        let mut keys = Vec::new();
        loop {
            match self.next()? {
                Next::Word => {
                    let start = self.at;
                    let text = self.word();
                    keys.push(Key { text, span: self.span(start) });
                }
                Next::Quote => {
                    let start = self.at;
                    let text = self.string()?;
                    keys.push(Key { text, span: self.span(start) });
                }
                Next::Sign(b'=') if keys.len() == 1 => {
                    self.at += 1;
                    let value = self.value(depth)?;
                    return Ok(value.map(|value| Item { keys, value }));
                }
                Next::Sign(b'=') => {
                    return Err(self.unexpected("`{`").help("a key with labels takes no `=`"));
                }
                Next::Sign(b'{') => {
                    let start = self.at;
                    self.at += 1;
                    let object = self.object(true, depth + 1)?;
                    let value = Value { kind: Kind::Object(object), span: self.span(start) };
                    return Ok(Some(Item { keys, value }));
                }
                _ => return Err(self.unexpected("`=` or `{`")),
            }
        }
    }

    /// A value; `None` for a closing brace, which is passed.
    fn value(&mut self, depth: usize) -> Read<Option<Value>> {
        let next = self.next()?;
        let start = self.at;
        let kind = match next {
            Next::Quote => Kind::Text(self.string()?),
            Next::Heredoc => Kind::Text(self.heredoc()?),
            Next::Digit => self.number()?,
            Next::Word => match &*self.word() {
                "true" => Kind::Bool(true),
                "false" => Kind::Bool(false),
                word => {
                    let message = format!("`{word}` is no value");
                    let complaint = self.complain(start, self.at, message);
                    return Err(complaint.help("text stands in double quotes; there are no references here"));
                }
            },
            Next::Sign(b'[') => match self.list(depth)? {
                Some(elements) => Kind::List(elements),
                None => return Ok(None),
            },
            Next::Sign(b'{') => {
                self.at += 1;
                Kind::Object(self.object(true, depth + 1)?)
            }
            Next::Sign(b'}') => {
                self.swallow("a value");
                return Ok(None);
            }
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Some(Value { kind, span: self.span(start) }))
    }

    /// Takes a closing brace for what is missing.
    fn swallow(&mut self, wanted: &str) {
        let complaint = self.unexpected(wanted);
        self.swallowed.get_or_insert(complaint);
        self.at += 1;
    }

    /// A list; a comma after the last element is fine.
    fn list(&mut self, depth: usize) -> Read<Option<Vec<Value>>> {
        if depth > self.depth {
            return Err(self.unexpected("no deeper nesting"));
        }
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            if self.next()? == Next::Sign(b']') {
                self.at += 1;
                return Ok(Some(elements));
            }
            match self.value(depth + 1)? {
                Some(element) => elements.push(element),
                None => return Ok(None),
            }
            match self.next()? {
                Next::Sign(b',') => self.at += 1,
                Next::Sign(b']') => {}
                Next::Sign(b'}') => {
                    self.swallow("`,` or `]`");
                    return Ok(None);
                }
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
    }

    /// An identifier.
    fn word(&mut self) -> String {
        let rest = &self.content[self.at..];
        let goes_on = |next: char| next == '_' || next == '-' || next == '.' || next.is_alphanumeric();
        let length = rest.find(|next| !goes_on(next)).unwrap_or(rest.len());
        self.at += length;
        rest[..length].to_owned()
    }

    /// A number: decimal, `0x…`, or octal after a leading zero.
    fn number(&mut self) -> Read<Kind> {
        let start = self.at;
        self.at += usize::from(self.bytes[self.at] == b'-');
        let rest = &self.bytes[self.at..];
        if matches!(rest, [b'0', b'x' | b'X', ..]) {
            self.at += 2;
            self.digits(u8::is_ascii_hexdigit);
            return Ok(Kind::Number(self.content[start..self.at].to_owned()));
        }
        self.digits(u8::is_ascii_digit);
        let mut float = false;
        if matches!(&self.bytes[self.at..], [b'.', b'0'..=b'9', ..]) {
            float = true;
            self.at += 1;
            self.digits(u8::is_ascii_digit);
        }
        let exponent = match &self.bytes[self.at..] {
            [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => 2,
            [b'e' | b'E', b'0'..=b'9', ..] => 1,
            _ => 0,
        };
        if exponent > 0 {
            float = true;
            self.at += exponent;
            self.digits(u8::is_ascii_digit);
        }
        let text = self.content[start..self.at].to_owned();
        let octal = text.trim_start_matches('-');
        if !float && octal.len() > 1 && octal.starts_with('0') && octal.contains(['8', '9']) {
            return Err(self.complain(start, self.at, "a number with a leading zero is octal: digits are 0 to 7"));
        }
        Ok(if float { Kind::Float(text) } else { Kind::Number(text) })
    }

    fn digits(&mut self, is_digit: fn(&u8) -> bool) {
        self.at += self.bytes[self.at..].iter().take_while(|byte| is_digit(byte)).count();
    }

    /// A quoted string. What stands in `${…}` is copied as it is, quotes and line breaks included (SPEC-122).
    fn string(&mut self) -> Read<String> {
        self.at += 1;
        let mut out = String::new();
        let mut braces = 0usize;
        loop {
            let rest = &self.content[self.at..];
            let Some(next) = rest.chars().next() else {
                return Err(self.complain(self.at, self.at, "this string has no end"));
            };
            match next {
                _ if braces > 0 => {
                    braces = match next {
                        '{' => braces + 1,
                        '}' => braces - 1,
                        _ => braces,
                    };
                    out.push(next);
                    self.at += next.len_utf8();
                }
                '$' if rest.starts_with("${") => {
                    braces = 1;
                    out.push_str("${");
                    self.at += 2;
                }
                '"' => {
                    self.at += 1;
                    return Ok(out);
                }
                '\n' => {
                    let message = "a string may not go on in the next line";
                    return Err(self.complain(self.at, self.at + 1, message).help("longer text is a heredoc: <<EOT"));
                }
                '\\' => {
                    let (character, length) = escape(rest).ok_or_else(|| {
                        self.complain(self.at + 1, self.at + 1, "this is no escape")
                            .help("a backslash is written `\\\\`")
                    })?;
                    out.push(character);
                    self.at += length;
                }
                _ => {
                    out.push(next);
                    self.at += next.len_utf8();
                }
            }
        }
    }

    /// A heredoc.
    fn heredoc(&mut self) -> Read<String> {
        self.at += 2;
        let dedents = self.bytes.get(self.at) == Some(&b'-');
        self.at += usize::from(dedents);
        let rest = &self.content[self.at..];
        let length = rest.find(|next: char| next != '_' && !next.is_alphanumeric()).unwrap_or(rest.len());
        let marker = &rest[..length];
        self.at += length;
        if marker.is_empty() || self.bytes.get(self.at) != Some(&b'\n') {
            return Err(self.unexpected("the heredoc's marker and the end of the line"));
        }
        self.at += 1;
        let start = self.at;
        loop {
            let rest = &self.content[self.at..];
            if rest.is_empty() {
                let message = format!("this heredoc has no end: a line with nothing but `{marker}`");
                return Err(self.complain(self.at, self.at, message));
            }
            let length = rest.find('\n').unwrap_or(rest.len());
            let line = &rest[..length];
            if line.trim() == marker {
                let indent = &line[..line.len() - line.trim_start().len()];
                let body = &self.content[start..self.at];
                self.at += line.trim_end().len();
                return Ok(if dedents { dedented(body, indent) } else { format!("{body}{indent}") });
            }
            self.at += (length + 1).min(rest.len());
        }
    }
}

/// The lines without the marker's indentation, if every line has it.
fn dedented(body: &str, indent: &str) -> String {
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    if lines.iter().all(|line| line.starts_with(indent)) {
        lines.iter().map(|line| &line[indent.len()..]).collect()
    } else {
        body.to_owned()
    }
}

/// What a backslash and the rest mean, and how many bytes they take.
fn escape(rest: &str) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match rest.as_bytes().get(1)? {
        b'a' => simple('\u{7}'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'v' => simple('\u{b}'),
        b'\\' => simple('\\'),
        b'"' => simple('"'),
        b'0'..=b'7' => numeric(rest, 1, 3, 8),
        b'x' => numeric(rest, 2, 2, 16),
        b'u' => numeric(rest, 2, 4, 16),
        b'U' => numeric(rest, 2, 8, 16),
        _ => None,
    }
}

/// A character by its number, so many digits from a place.
fn numeric(rest: &str, from: usize, digits: usize, base: u32) -> Option<(char, usize)> {
    let text = rest.get(from..from + digits)?;
    let valid = text.chars().all(|digit| digit.is_digit(base));
    let character = char::from_u32(u32::from_str_radix(text, base).ok().filter(|_| valid)?)?;
    Some((character, from + digits))
}
