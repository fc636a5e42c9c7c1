//! Bodies in native syntax: arguments and blocks (SPEC-21 to SPEC-24). Expressions are in `expression.rs`.
//!
//! A file's first syntax error ends the reading: what follows one is guesswork, and guesses make noise.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{Argument, Block, Body, Expr, Item, Name};
use super::token::{Kind, Token, template_tokens, tokens};
use crate::diagnostics::Complaint;
use crate::limits::Limits;
use crate::text::{Span, TextId};

/// A part of the tree, or the first complaint.
pub(crate) type Read<T> = Result<T, Complaint>;

/// Walks over the tokens of one text.
pub(crate) struct Parser<'a> {
    pub(super) content: &'a str,
    /// Where the text starts; not at 0 if it is a string inside of another text.
    place: Span,
    tokens: Vec<Token>,
    at: usize,
    /// Whether line breaks mean nothing, innermost brackets last.
    lines_ignored: Vec<bool>,
    /// How deep the recursion is, and how deep it may get.
    depth: usize,
    pub(super) most_depth: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(content: &'a str, text: TextId, limits: &Limits) -> Result<Self, Vec<Complaint>> {
        Self::of_expression(content, Span { text, start: 0, end: 0 }, limits.depth())
    }

    /// A parser of a text that starts at a place of another.
    pub(super) fn of_expression(content: &'a str, place: Span, most_depth: usize) -> Result<Self, Vec<Complaint>> {
        let place = place.before();
        Ok(Self::over(content, place, tokens(content, place)?, most_depth))
    }

    /// A parser of a text that is a template to its end: a string of JSON.
    pub(super) fn of_template(content: &'a str, place: Span, most_depth: usize) -> Result<Self, Vec<Complaint>> {
        Ok(Self::over(content, place, template_tokens(content, place)?, most_depth))
    }

    fn over(content: &'a str, place: Span, tokens: Vec<Token>, most_depth: usize) -> Self {
        Parser { content, place, tokens, at: 0, lines_ignored: Vec::new(), depth: 0, most_depth }
    }

    /// A whole file.
    pub(crate) fn file(mut self) -> Result<Body, Vec<Complaint>> {
        self.items(self.place, Kind::End).map_err(|complaint| vec![complaint])
    }

    /// One expression and nothing else.
    pub(crate) fn lone_expression(mut self) -> Result<Expr, Vec<Complaint>> {
        self.lines_ignored.push(true);
        let read = self.expression().and_then(|expression| {
            let next = self.peek();
            if next.kind == Kind::End { Ok(expression) } else { Err(self.unexpected(next, "the end of the value")) }
        });
        read.map_err(|complaint| vec![complaint])
    }

    /// The next token; line breaks are passed where they mean nothing.
    pub(super) fn peek(&mut self) -> Token {
        if self.lines_ignored.last() == Some(&true) {
            while self.tokens.get(self.at).is_some_and(|token| token.kind == Kind::Newline) {
                self.at += 1;
            }
        }
        self.current()
    }

    /// The token here, whatever it is; the end stays.
    fn current(&self) -> Token {
        let end = Token { kind: Kind::End, start: self.content.len() as u32, end: self.content.len() as u32 };
        self.tokens.get(self.at).copied().unwrap_or(end)
    }

    /// The next token, passed.
    pub(super) fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// The token after the next one.
    pub(super) fn second(&mut self) -> Token {
        self.peek();
        self.tokens.get(self.at + 1).copied().unwrap_or_else(|| self.current())
    }

    /// The next token if it is of a kind, passed.
    pub(super) fn accept(&mut self, kind: Kind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.next())
    }

    /// The next token, which must be of a kind.
    pub(super) fn expect(&mut self, kind: Kind, what: &str) -> Read<Token> {
        let token = self.peek();
        if token.kind == kind { Ok(self.next()) } else { Err(self.unexpected(token, what)) }
    }

    /// Reads something in which line breaks mean nothing, or mean something again.
    pub(super) fn with_lines<T>(&mut self, ignored: bool, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.lines_ignored.push(ignored);
        let result = read(self);
        self.lines_ignored.pop();
        result
    }

    /// Reads something one level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= self.most_depth {
            return Err(self.too_deep(self.current()));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The complaint about nesting.
    pub(super) fn too_deep(&self, token: Token) -> Complaint {
        let message = format!("this nests too deeply; at most {} levels", self.most_depth);
        Complaint::new("LONGSHORE-LIMIT:depth", self.span(token), message)
    }

    /// Where a token stands.
    pub(super) fn span(&self, token: Token) -> Span {
        Span { start: self.place.start + token.start, end: self.place.start + token.end, ..self.place }
    }

    /// The text of a token.
    pub(super) fn slice(&self, token: Token) -> &'a str {
        self.content.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// The word of an identifier.
    pub(super) fn name(&self, token: Token) -> Name {
        Name { text: self.slice(token).into(), span: self.span(token) }
    }

    /// The complaint about a token where something else had to be.
    pub(super) fn unexpected(&self, token: Token, wanted: &str) -> Complaint {
        let found = match token.kind {
            Kind::End => "the end of the text".to_owned(),
            Kind::Newline => "the end of the line".to_owned(),
            Kind::OpenQuote => "a string".to_owned(),
            Kind::OpenHeredoc { .. } => "a heredoc".to_owned(),
            Kind::CloseQuote => "the end of the string".to_owned(),
            _ => format!("`{}`", self.slice(token).chars().take(40).collect::<String>()),
        };
        self.syntax(token, format!("expected {wanted}, found {found}"))
    }

    /// A complaint about syntax.
    pub(super) fn syntax(&self, token: Token, message: impl Into<String>) -> Complaint {
        Complaint::new("SPEC-134:syntax", self.span(token), message)
    }

    /// Arguments and blocks up to a closing token, which is passed.
    fn items(&mut self, open: Span, close: Kind) -> Read<Body> {
        let mut body = Body { items: Vec::new(), open, json: false };
        let mut arguments: BTreeMap<Arc<str>, Span> = BTreeMap::new();
        loop {
            let token = self.next();
            match token.kind {
                Kind::Newline => {}
                Kind::Ident => {
                    let item = self.item(token)?;
                    if let Item::Argument(argument) = &item {
                        once(&mut arguments, &argument.name)?;
                    }
                    body.items.push(item);
                    self.end_of_item()?;
                }
                kind if kind == close => return Ok(body),
                Kind::End => return Err(unclosed(open)),
                Kind::OpenQuote => return Err(self.quoted_name(token)),
                _ => return Err(self.unexpected(token, "the name of an argument or of a block")),
            }
        }
    }

    /// The complaint about a quoted name.
    fn quoted_name(&self, token: Token) -> Complaint {
        Complaint::new("SPEC-134:quoted-name", self.span(token), "the name of an argument or block is quoted")
            .help("write it without quotes; for names that are no identifiers write a map: `meta = { \"a.b\" = 1 }`")
    }

    /// An argument or a block whose first word was passed.
    fn item(&mut self, first: Token) -> Read<Item> {
        let name = self.name(first);
        match self.peek().kind {
            Kind::Equal => {
                self.next();
                Ok(Item::Argument(Argument { name, value: self.expression()? }))
            }
            Kind::OpenQuote | Kind::OpenBrace | Kind::Ident => self.deeper(|parser| parser.block(name)),
            _ => {
                let after = self.peek();
                let word = &name.text;
                let complaint = self.syntax(first, format!("`{word}` is neither an argument nor a block"));
                Err(complaint.help(match after.kind {
                    Kind::Colon => format!("write `{word} = …`: arguments take `=`"),
                    _ => format!("an argument is `{word} = …`, a block `{word} {{ … }}`"),
                }))
            }
        }
    }

    /// A line break, or the end of the text, after an argument or a block (SPEC-22).
    fn end_of_item(&mut self) -> Read<()> {
        let token = self.peek();
        match token.kind {
            Kind::Newline => {
                self.next();
                Ok(())
            }
            Kind::End => Ok(()),
            _ => Err(self
                .unexpected(token, "the end of the line")
                .help("every argument and every block starts on a line of its own")),
        }
    }

    /// A block whose type was passed.
    fn block(&mut self, kind: Name) -> Read<Item> {
        let mut labels = Vec::new();
        loop {
            let token = self.next();
            match token.kind {
                Kind::Ident => labels.push(self.name(token)),
                Kind::OpenQuote => labels.push(self.label(token)?),
                Kind::OpenBrace => {
                    let body = self.braces(token)?;
                    return Ok(Item::Block(Block { kind, labels, body: Arc::new(body) }));
                }
                Kind::Equal => {
                    let message = "a block takes no `=`; an argument has no label";
                    return Err(self.syntax(token, message));
                }
                _ => {
                    let complaint = self.unexpected(token, &format!("a label or `{{` of the block `{}`", kind.text));
                    return Err(match labels.first() {
                        Some(label) if token.kind == Kind::Newline => {
                            complaint.help(format!("an argument is written `{} = {:?}`", kind.text, &*label.text))
                        }
                        _ => complaint,
                    });
                }
            }
        }
    }

    /// A quoted label, whose quote was passed; it may not hold sequences (SPEC-23).
    fn label(&mut self, open: Token) -> Read<Name> {
        let mut text = String::new();
        loop {
            let token = self.next();
            match token.kind {
                Kind::QuotedText => text.push_str(&self.quoted_text(token)?),
                Kind::CloseQuote => {
                    let span = self.span(open).to(self.span(token));
                    return Ok(Name { text: text.into(), span });
                }
                Kind::OpenInterpolation { .. } | Kind::OpenDirective { .. } => {
                    let sign = self.slice(token).chars().next().unwrap_or('$');
                    let complaint = self.syntax(token, "a label may not be computed");
                    return Err(complaint.help(format!(
                        "if the text is meant, double the sign: `{sign}{sign}{{`; to compute labels, use a `dynamic` block"
                    )));
                }
                _ => return Err(self.unexpected(token, "the closing quote of the label")),
            }
        }
    }

    /// The body of a block whose opening brace was passed.
    fn braces(&mut self, open: Token) -> Read<Body> {
        let span = self.span(open);
        match self.peek().kind {
            Kind::Newline => self.with_lines(false, |parser| parser.items(span, Kind::CloseBrace)),
            Kind::CloseBrace => {
                self.next();
                Ok(Body { items: Vec::new(), open: span, json: false })
            }
            Kind::Ident if self.second().kind == Kind::Equal => self.one_line(span),
            Kind::Ident => {
                let token = self.peek();
                Err(self
                    .syntax(token, "a block in one line holds one argument and nothing else")
                    .help("put what is between the braces on lines of its own"))
            }
            Kind::OpenQuote => Err(self.quoted_name(self.current())),
            Kind::End => Err(unclosed(span)),
            _ => {
                let token = self.peek();
                Err(self.unexpected(token, "an argument or `}`"))
            }
        }
    }

    /// `{ name = value }`
    fn one_line(&mut self, open: Span) -> Read<Body> {
        let token = self.next();
        let name = self.name(token);
        self.next();
        let value = self.expression()?;
        let close = self.peek();
        if close.kind != Kind::CloseBrace {
            let message = "a block that starts in one line must end there, after one argument";
            return Err(Complaint::new("SPEC-134:one-line-block", self.span(close), message)
                .help("break the line after `{`, and give every argument its own"));
        }
        self.next();
        Ok(Body { items: vec![Item::Argument(Argument { name, value })], open, json: false })
    }
}

/// Complains about an argument that is there already (SPEC-24).
fn once(seen: &mut BTreeMap<Arc<str>, Span>, name: &Name) -> Read<()> {
    match seen.insert(Arc::clone(&name.text), name.span) {
        None => Ok(()),
        Some(before) => {
            let message = format!("the argument `{}` is given twice", name.text);
            Err(Complaint::new("SPEC-134:duplicate-argument", name.span, message).related(before))
        }
    }
}

/// The complaint about a block without end.
fn unclosed(open: Span) -> Complaint {
    Complaint::new("SPEC-134:unclosed-block", open, "this block has no closing brace before the end of the text")
}
