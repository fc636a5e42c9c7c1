//! From text to tokens.
//!
//! Templates make HCL2's lexer a stack: a quoted string holds `${`, which holds expressions, which hold strings. The
//! stack lives here, so that the parser sees one flat list.

use crate::diagnostics::Complaint;
use crate::text::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    Star,
    Slash,
    Plus,
    Minus,
    Percent,
    Bang,
    Equal,
    EqualEqual,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Question,
    Colon,
    DoubleColon,
    Comma,
    Dot,
    Ellipsis,
    Arrow,
    Ident,
    Number,
    OpenQuote,
    CloseQuote,
    /// Literal text of a quoted string, escapes unresolved.
    QuotedText,
    /// `<<ID` or `<<-ID` with its line break.
    OpenHeredoc {
        flush: bool,
    },
    /// Literal text of a heredoc: at most one line, its break included.
    HeredocText,
    CloseHeredoc,
    /// `${`, or `${~`.
    OpenInterpolation {
        strip: bool,
    },
    /// `%{`, or `%{~`.
    OpenDirective {
        strip: bool,
    },
    /// The `}` or `~}` of either.
    CloseSequence {
        strip: bool,
    },
    Newline,
    /// What no token starts with; complained about already.
    Bad,
    End,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What the lexer is inside of.
#[derive(Clone, Copy, Debug)]
enum Mode {
    /// Expressions and bodies; inside a template's sequence `braces` counts what is open.
    Plain { braces: u32, in_template: bool },
    /// A quoted string.
    Quoted,
    /// Text that is a template to its end: a string of JSON, its quotes and escapes gone.
    Bare,
    /// A heredoc; its marker, in bytes of the text.
    Heredoc { start: usize, end: usize },
}

/// Reads tokens to the end of a text. Characters that belong nowhere are complained about all at once.
pub(crate) fn tokens(content: &str, place: Span) -> Result<Vec<Token>, Vec<Complaint>> {
    run(content, place, Mode::Plain { braces: 0, in_template: false })
}

/// Reads the tokens of a text that is a template to its end, and starts at a place of another text.
pub(crate) fn template_tokens(content: &str, place: Span) -> Result<Vec<Token>, Vec<Complaint>> {
    run(content, place, Mode::Bare)
}

fn run(content: &str, place: Span, mode: Mode) -> Result<Vec<Token>, Vec<Complaint>> {
    let mut lexer = Lexer {
        content,
        bytes: content.as_bytes(),
        at: 0,
        modes: vec![mode],
        tokens: Vec::with_capacity(content.len() / 4),
        bad: Vec::new(),
        place,
    };
    // SPEC-21 has it an error; the recordings accept it. In the text of a template it is text.
    if matches!(mode, Mode::Plain { .. }) && content.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    lexer.run();
    if lexer.bad.is_empty() { Ok(lexer.tokens) } else { Err(lexer.bad) }
}

struct Lexer<'a> {
    content: &'a str,
    bytes: &'a [u8],
    at: usize,
    modes: Vec<Mode>,
    tokens: Vec<Token>,
    bad: Vec<Complaint>,
    /// Where the text starts in the text that complaints are about.
    place: Span,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            match self.modes.last().copied() {
                Some(Mode::Quoted) => self.quoted(),
                Some(Mode::Bare) => self.bare(),
                Some(Mode::Heredoc { start, end }) => self.heredoc(start, end),
                _ => self.plain(),
            }
        }
        self.push(Kind::End, 0);
    }

    /// Adds a token of so many bytes, and passes it.
    fn push(&mut self, kind: Kind, length: usize) {
        let start = self.at as u32;
        self.at += length;
        self.tokens.push(Token { kind, start, end: self.at as u32 });
    }

    /// The byte so far ahead; 0 past the end.
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Whether the text goes on like this.
    fn follows(&self, wanted: &str) -> bool {
        self.bytes[self.at..].starts_with(wanted.as_bytes())
    }

    /// One token outside of literal text.
    fn plain(&mut self) {
        match self.byte(0) {
            b' ' | b'\t' => self.at += 1,
            b'\n' => self.push(Kind::Newline, 1),
            b'\r' if self.byte(1) == b'\n' => self.push(Kind::Newline, 2),
            b'#' => self.line_comment(),
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'/' if self.byte(1) == b'*' => match self.content[self.at + 2..].find("*/") {
                Some(length) => self.at += length + 4,
                None => self.push(Kind::Slash, 1),
            },
            b'"' => {
                self.push(Kind::OpenQuote, 1);
                self.modes.push(Mode::Quoted);
            }
            b'<' if self.byte(1) == b'<' && self.open_heredoc() => {}
            b'{' | b'}' | b'~' => self.brace(),
            b'0'..=b'9' => self.number(),
            _ => self.word_or_sign(),
        }
    }

    /// Passes a comment, but not the line break after it.
    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.at += if length > 0 && rest.get(length - 1) == Some(&b'\r') { length - 1 } else { length };
        // A carriage return at the very end has no line break to belong to.
        if self.byte(0) == b'\r' && self.byte(1) != b'\n' {
            self.at += 1;
        }
    }

    /// A brace, which may end a template's sequence.
    fn brace(&mut self) {
        let strip = self.follows("~}");
        let (open, inside) = match self.modes.last_mut() {
            Some(Mode::Plain { braces, in_template }) => (braces, *in_template),
            _ => return,
        };
        match (self.bytes[self.at], inside && *open == 0) {
            (b'{', _) => {
                *open += 1;
                self.push(Kind::OpenBrace, 1);
            }
            (b'}', true) => {
                self.modes.pop();
                self.push(Kind::CloseSequence { strip: false }, 1);
            }
            (b'~', true) if strip => {
                self.modes.pop();
                self.push(Kind::CloseSequence { strip: true }, 2);
            }
            (b'}', false) => {
                *open = open.saturating_sub(1);
                self.push(Kind::CloseBrace, 1);
            }
            _ => self.bad(1),
        }
    }

    /// Digits, perhaps a fraction, perhaps an exponent (SPEC-25).
    fn number(&mut self) {
        let digits = |from: usize| self.bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = self.at + digits(self.at);
        if self.bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            let from = (end + 1 + sign).min(self.bytes.len());
            if digits(from) > 0 {
                end = from + digits(from);
            }
        }
        self.push(Kind::Number, end - self.at);
    }

    /// An identifier or a sign.
    fn word_or_sign(&mut self) {
        let first = self.content[self.at..].chars().next().unwrap_or('\0');
        if is_ident_start(first) {
            let length = ident_length(&self.content[self.at..]);
            return self.push(Kind::Ident, length);
        }
        let signs: &[(&str, Kind)] = &[
            ("...", Kind::Ellipsis),
            ("==", Kind::EqualEqual),
            ("=>", Kind::Arrow),
            ("!=", Kind::NotEqual),
            ("<=", Kind::LessEqual),
            (">=", Kind::GreaterEqual),
            ("&&", Kind::And),
            ("||", Kind::Or),
            ("::", Kind::DoubleColon),
            ("=", Kind::Equal),
            ("!", Kind::Bang),
            ("<", Kind::Less),
            (">", Kind::Greater),
            ("+", Kind::Plus),
            ("-", Kind::Minus),
            ("*", Kind::Star),
            ("/", Kind::Slash),
            ("%", Kind::Percent),
            ("?", Kind::Question),
            (":", Kind::Colon),
            (",", Kind::Comma),
            (".", Kind::Dot),
            ("(", Kind::OpenParen),
            (")", Kind::CloseParen),
            ("[", Kind::OpenBracket),
            ("]", Kind::CloseBracket),
        ];
        match signs.iter().find(|(sign, _)| self.follows(sign)) {
            Some((sign, kind)) => self.push(*kind, sign.len()),
            None => self.bad(first.len_utf8()),
        }
    }

    /// Complains about a character that no token has.
    fn bad(&mut self, length: usize) {
        let start = self.place.start + self.at as u32;
        let span = Span { start, end: start + length as u32, ..self.place };
        let found = &self.content[self.at..self.at + length];
        let (message, help) = match found {
            "'" => ("a single quote belongs nowhere".to_owned(), Some("strings stand in double quotes")),
            "`" => ("a backtick belongs nowhere".to_owned(), Some("long strings are heredocs: <<EOT")),
            "&" | "|" => (format!("`{found}` alone is no operator"), Some("write it twice: `&&`, `||`")),
            ";" => ("a semicolon belongs nowhere".to_owned(), Some("every argument ends with its line")),
            "$" => ("`$` belongs into strings only".to_owned(), Some("write the name without `$`")),
            _ => (format!("the character {found:?} belongs nowhere"), None),
        };
        // One broken file should not fill the screen.
        if self.bad.len() < 20 {
            self.bad.push(Complaint::new("SPEC-134:syntax", span, message).hint(help.map(str::to_owned)));
        }
        self.push(Kind::Bad, length);
    }

    /// A template's sequence starting here, if one does.
    fn sequence(&mut self) -> bool {
        let strip = self.byte(2) == b'~';
        let kind = match (self.byte(0), self.byte(1)) {
            (b'$', b'{') => Kind::OpenInterpolation { strip },
            (b'%', b'{') => Kind::OpenDirective { strip },
            _ => return false,
        };
        self.push(kind, 2 + usize::from(strip));
        self.modes.push(Mode::Plain { braces: 0, in_template: true });
        true
    }

    /// How many bytes of literal text stand here; `stop` says where else it ends.
    fn literal(&self, stop: impl Fn(usize) -> bool) -> usize {
        let mut at = self.at;
        while at < self.bytes.len() && !stop(at) {
            let next = |ahead: usize| self.bytes.get(at + ahead).copied().unwrap_or(0);
            match self.bytes[at] {
                // SPEC-27: doubled before a brace, the sign is meant.
                b'$' | b'%' if next(1) == self.bytes[at] && next(2) == b'{' => at += 3,
                b'$' | b'%' if next(1) == b'{' => break,
                _ => at += 1,
            }
        }
        at.min(self.bytes.len()) - self.at
    }

    /// One token inside a quoted string.
    fn quoted(&mut self) {
        if self.sequence() {
            return;
        }
        match self.byte(0) {
            b'"' => {
                self.modes.pop();
                return self.push(Kind::CloseQuote, 1);
            }
            b'\n' => return self.broken_string(),
            _ => {}
        }
        let bytes = self.bytes;
        let from = self.at;
        // A quote or a line break ends it, unless an odd number of backslashes stands before the quote.
        let length = self.literal(|at| match bytes[at] {
            b'"' => bytes[from..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0,
            b'\n' => true,
            _ => false,
        });
        self.push(Kind::QuotedText, length.max(1));
    }

    /// One token of a text that is a template.
    fn bare(&mut self) {
        if !self.sequence() {
            let length = self.literal(|_| false);
            self.push(Kind::HeredocText, length.max(1));
        }
    }

    /// A line break in a string. What follows is guesswork, so the reading ends.
    fn broken_string(&mut self) {
        let start = self.place.start + self.at as u32;
        let span = Span { start, end: start + 1, ..self.place };
        let complaint = Complaint::new("SPEC-134:syntax", span, "a string may not go on in the next line");
        let help = "close it with `\"`; a line break is written `\\n`, and longer text is a heredoc: <<EOT";
        self.bad.push(complaint.help(help));
        self.push(Kind::Bad, self.bytes.len() - self.at);
    }

    /// Enters a heredoc, if one starts here.
    fn open_heredoc(&mut self) -> bool {
        let flush = self.byte(2) == b'-';
        let start = self.at + 2 + usize::from(flush);
        let Some(rest) = self.content.get(start..) else { return false };
        if !rest.starts_with(is_ident_start) {
            return false;
        }
        let end = start + ident_length(rest);
        let break_length = match &self.bytes[end..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return false,
        };
        self.push(Kind::OpenHeredoc { flush }, end + break_length - self.at);
        self.modes.push(Mode::Heredoc { start, end });
        true
    }

    /// One token inside a heredoc.
    fn heredoc(&mut self, start: usize, end: usize) {
        if self.at > 0 && self.bytes[self.at - 1] == b'\n' {
            let line = self.content[self.at..].split('\n').next().unwrap_or_default();
            if line.trim() == &self.content[start..end] {
                self.modes.pop();
                return self.push(Kind::CloseHeredoc, line.trim_end().len());
            }
        }
        if self.sequence() {
            return;
        }
        let bytes = self.bytes;
        let length = self.literal(|at| bytes[at] == b'\n');
        let with_break = length + usize::from(bytes.get(self.at + length) == Some(&b'\n'));
        self.push(Kind::HeredocText, with_break.max(1));
    }
}

/// Whether identifiers may start so (SPEC-21).
pub(crate) fn is_ident_start(first: char) -> bool {
    first == '_' || unicode_ident::is_xid_start(first)
}

/// Whether identifiers may go on so (SPEC-21).
pub(crate) fn is_ident_continue(next: char) -> bool {
    next == '-' || unicode_ident::is_xid_continue(next)
}

/// Whether a text is an identifier.
pub(crate) fn is_ident(text: &str) -> bool {
    text.starts_with(is_ident_start) && text.chars().all(is_ident_continue)
}

/// Bytes of the identifier that a text starts with.
fn ident_length(text: &str) -> usize {
    text.find(|next| !is_ident_continue(next)).unwrap_or(text.len())
}
