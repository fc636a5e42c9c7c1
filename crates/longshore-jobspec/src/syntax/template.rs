//! Templates: quoted strings, heredocs, `${…}` and `%{…}` (SPEC-26 to SPEC-30).

use super::ast::{Expr, Kind as Tree, Name, Part};
use super::escape;
use super::parser::{Parser, Read};
use super::token::{Kind, Token};
use crate::text::Span;
use crate::value::nfc;

/// A part of a template before its directives are matched up.
enum Piece {
    Text(String, Span),
    Value(Expr),
    If(Expr, Span),
    Else(Span),
    EndIf(Span),
    For { key: Option<Name>, value: Name, over: Expr, span: Span },
    EndFor(Span),
}

/// A directive that ends a part: its word, and where it stands.
type Directive = (&'static str, Span);

impl Parser<'_> {
    /// The text that a token of a quoted string stands for.
    pub(super) fn quoted_text(&self, token: Token) -> Read<String> {
        escape::quoted(self.slice(token)).map_err(|bad| {
            let start = token.start as usize + bad.at;
            let wrong = self.content.get(start..start + bad.length).unwrap_or("\\");
            let place = Token { start: start as u32, end: (start + bad.length) as u32, ..token };
            self.syntax(place, format!("`{wrong}` is no escape"))
                .help("there are \\n \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN; a backslash itself is written `\\\\`")
        })
    }

    /// A quoted string whose quote was passed.
    pub(super) fn quoted(&mut self, open: Token) -> Read<Expr> {
        let (pieces, close) = self.pieces(Kind::CloseQuote, "the closing quote of the string")?;
        let span = self.span(open).to(self.span(close));
        self.template(pieces, span)
    }

    /// A heredoc whose first line was passed.
    pub(super) fn heredoc(&mut self, open: Token, flush: bool) -> Read<Expr> {
        let marker = self.slice(open).trim_start_matches(['<', '-']).trim().to_owned();
        let wanted = format!("a line with nothing but `{marker}`, the end of the heredoc");
        let (mut pieces, close) = self.pieces(Kind::CloseHeredoc, &wanted)?;
        if flush {
            dedent(&mut pieces);
        }
        let span = self.span(open).to(self.span(close));
        self.template(pieces, span)
    }

    /// A whole text that is one template: a string of JSON.
    pub(super) fn lone_template(mut self) -> Read<Expr> {
        let start = self.span(Token { kind: Kind::End, start: 0, end: 0 });
        let (pieces, close) = self.pieces(Kind::End, "the end of the string")?;
        let span = start.to(self.span(close));
        self.template(pieces, span)
    }

    /// All pieces up to a closing token, which is passed; white space beside `~` is gone.
    fn pieces(&mut self, close: Kind, wanted: &str) -> Read<(Vec<Piece>, Token)> {
        let mut pieces = Vec::new();
        // Whether the sequence just read takes the white space after it.
        let mut strip_next = false;
        loop {
            // Line breaks mean something in literal text, whatever is around the string.
            let token = self.with_lines(false, |parser| Ok(parser.next()))?;
            match token.kind {
                kind if kind == close => return Ok((pieces, token)),
                Kind::QuotedText | Kind::HeredocText => {
                    let text = match token.kind {
                        Kind::QuotedText => self.quoted_text(token)?,
                        _ => escape::plain(self.slice(token)),
                    };
                    let text = if strip_next { text.trim_start().to_owned() } else { text };
                    strip_next = false;
                    pieces.push(Piece::Text(text, self.span(token)));
                }
                Kind::OpenInterpolation { strip } | Kind::OpenDirective { strip } => {
                    if strip && let Some(Piece::Text(text, _)) = pieces.last_mut() {
                        text.truncate(text.trim_end().len());
                    }
                    let directive = matches!(token.kind, Kind::OpenDirective { .. });
                    let (piece, strips) =
                        self.deeper(|parser| parser.with_lines(true, |parser| parser.sequence(token, directive)))?;
                    pieces.push(piece);
                    strip_next = strips;
                }
                _ => return Err(self.unexpected(token, wanted)),
            }
        }
    }

    /// What stands between `${` or `%{` and the brace, which is passed; whether white space after it goes.
    fn sequence(&mut self, open: Token, directive: bool) -> Read<(Piece, bool)> {
        let piece = if directive { self.directive(open)? } else { Piece::Value(self.expression()?) };
        let close = self.peek();
        match close.kind {
            Kind::CloseSequence { strip } => {
                self.next();
                Ok((piece, strip))
            }
            _ => Err(self.unexpected(close, "`}`, the end of the template's sequence")),
        }
    }

    /// What stands in `%{…}`.
    fn directive(&mut self, open: Token) -> Read<Piece> {
        let word = self.next();
        let span = self.span(open).to(self.span(word));
        match (word.kind, self.slice(word)) {
            (Kind::Ident, "if") => Ok(Piece::If(self.expression()?, span)),
            (Kind::Ident, "else") => Ok(Piece::Else(span)),
            (Kind::Ident, "endif") => Ok(Piece::EndIf(span)),
            (Kind::Ident, "endfor") => Ok(Piece::EndFor(span)),
            (Kind::Ident, "for") => {
                let (key, value) = self.for_names()?;
                let over = self.expression()?;
                Ok(Piece::For { key, value, over, span })
            }
            _ => Err(self.unexpected(word, "`if`, `else`, `endif`, `for` or `endfor`")),
        }
    }

    /// The expression that pieces make.
    fn template(&self, pieces: Vec<Piece>, span: Span) -> Read<Expr> {
        if let ([Piece::Value(_)], Some(Piece::Value(only))) = (&pieces[..], pieces.first()) {
            let only = only.clone();
            return self.node(Tree::Wrapped(only.clone()), span, only.height);
        }
        let mut pieces = merged(pieces);
        pieces.reverse();
        let end = Token { kind: Kind::End, start: span.end.saturating_sub(1), end: span.end };
        let mut height = 0;
        let (parts, closed) = self.parts(&mut pieces, &mut height, 0, end)?;
        match closed {
            None => self.node(Tree::Template(parts), span, height),
            Some((word, place)) => Err(self.stray(word, place)),
        }
    }

    /// The complaint about a directive that closes nothing.
    fn stray(&self, word: &str, span: Span) -> crate::diagnostics::Complaint {
        crate::diagnostics::Complaint::new("SPEC-134:syntax", span, format!("`{word}` without its beginning"))
    }

    /// Parts up to the end, or up to a directive that closes something; `pieces` come from the end.
    fn parts(
        &self,
        pieces: &mut Vec<Piece>,
        height: &mut usize,
        depth: usize,
        end: Token,
    ) -> Read<(Vec<Part>, Option<Directive>)> {
        if depth > self.most_depth {
            return Err(self.too_deep(end));
        }
        *height = (*height).max(depth);
        let mut parts: Vec<Part> = Vec::new();
        while let Some(piece) = pieces.pop() {
            match piece {
                Piece::Text(text, span) => parts.push(Part::Text(nfc(&text), span)),
                Piece::Value(value) => {
                    *height = (*height).max(depth + value.height);
                    parts.push(Part::Value(value));
                }
                Piece::If(condition, span) => {
                    *height = (*height).max(depth + condition.height);
                    let (yes, closed) = self.parts(pieces, height, depth + 1, end)?;
                    let (no, closed) = match closed {
                        Some(("else", _)) => self.parts(pieces, height, depth + 1, end)?,
                        other => (Vec::new(), other),
                    };
                    self.closes(closed, "endif", end)?;
                    parts.push(Part::If { condition, yes, no, span });
                }
                Piece::For { key, value, over, span } => {
                    *height = (*height).max(depth + over.height);
                    let (body, closed) = self.parts(pieces, height, depth + 1, end)?;
                    self.closes(closed, "endfor", end)?;
                    parts.push(Part::For { key, value, over, body, span });
                }
                Piece::Else(span) => return Ok((parts, Some(("else", span)))),
                Piece::EndIf(span) => return Ok((parts, Some(("endif", span)))),
                Piece::EndFor(span) => return Ok((parts, Some(("endfor", span)))),
            }
        }
        Ok((parts, None))
    }

    /// Complains unless a directive was closed by the right word.
    fn closes(&self, closed: Option<(&'static str, Span)>, wanted: &str, end: Token) -> Read<()> {
        match closed {
            Some((word, _)) if word == wanted => Ok(()),
            Some((word, span)) => Err(self.stray(word, span)),
            None => Err(self.syntax(end, format!("`%{{{wanted}}}` is missing"))),
        }
    }
}

/// The pieces with neighbouring texts as one.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Text(before, _)), Piece::Text(text, _)) => before.push_str(&text),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

/// Takes from every line the indentation that all lines have; blank ones do not count (SPEC-28).
fn dedent(pieces: &mut [Piece]) {
    let mut indents = Vec::new();
    let mut line_starts = true;
    for piece in pieces.iter() {
        match piece {
            Piece::Text(text, _) => {
                if line_starts && !text.trim().is_empty() {
                    indents.push(indent(text).count());
                } else if line_starts && !text.ends_with('\n') {
                    // White space before a sequence is this line's indentation.
                    indents.push(text.chars().count());
                }
                line_starts = text.ends_with('\n');
            }
            _ => {
                if line_starts {
                    indents.push(0);
                }
                line_starts = false;
            }
        }
    }
    let least = indents.into_iter().min().unwrap_or(0);
    let mut line_starts = true;
    for piece in pieces.iter_mut() {
        let Piece::Text(text, _) = piece else {
            line_starts = false;
            continue;
        };
        if line_starts {
            let cut: usize = indent(text).take(least).map(char::len_utf8).sum();
            text.replace_range(..cut, "");
        }
        line_starts = text.ends_with('\n');
    }
}

/// The white space that a line starts with.
fn indent(line: &str) -> impl Iterator<Item = char> {
    line.chars().take_while(|next| next.is_whitespace() && *next != '\n')
}
