//! Expressions in native syntax (SPEC-25 to SPEC-35).

use std::sync::Arc;

use super::ast::{Call, Entry, EntryKey, Expr, For, Kind as Tree, Name, Operator, Part, StaticKey, Step};
use super::parser::{Parser, Read};
use super::token::{Kind, Token};
use crate::text::Span;
use crate::value::Number;

/// Operators with two sides, the loosest first.
const OPERATORS: &[&[(Kind, Operator)]] = &[
    &[(Kind::Or, Operator::Or)],
    &[(Kind::And, Operator::And)],
    &[(Kind::EqualEqual, Operator::Equal), (Kind::NotEqual, Operator::NotEqual)],
    &[
        (Kind::Less, Operator::Less),
        (Kind::LessEqual, Operator::LessEqual),
        (Kind::Greater, Operator::Greater),
        (Kind::GreaterEqual, Operator::GreaterEqual),
    ],
    &[(Kind::Plus, Operator::Add), (Kind::Minus, Operator::Subtract)],
    &[(Kind::Star, Operator::Multiply), (Kind::Slash, Operator::Divide), (Kind::Percent, Operator::Remainder)],
];

impl Parser<'_> {
    /// A node of the tree over children of a height.
    pub(super) fn node(&self, kind: Tree, span: Span, below: usize) -> Read<Expr> {
        let height = below + 1;
        if height > self.most_depth {
            let token = Token { kind: Kind::Bad, start: 0, end: 0 };
            let mut complaint = self.too_deep(token);
            complaint.span = Some(span);
            return Err(complaint);
        }
        Ok(Expr { kind: Arc::new(kind), span, height })
    }

    /// Any expression.
    pub(super) fn expression(&mut self) -> Read<Expr> {
        self.deeper(|parser| {
            let condition = parser.binary(0)?;
            if parser.accept(Kind::Question).is_none() {
                return Ok(condition);
            }
            let yes = parser.expression()?;
            parser.expect(Kind::Colon, "`:` and the other value of the condition")?;
            let no = parser.expression()?;
            let span = condition.span.to(no.span);
            let below = condition.height.max(yes.height).max(no.height);
            parser.node(Tree::Conditional { condition, yes, no }, span, below)
        })
    }

    /// Operators of a level and all tighter ones.
    fn binary(&mut self, level: usize) -> Read<Expr> {
        let Some(operators) = OPERATORS.get(level) else { return self.unary() };
        let first = self.binary(level + 1)?;
        let mut rest: Vec<(Operator, Expr)> = Vec::new();
        loop {
            let kind = self.peek().kind;
            let Some((_, operator)) = operators.iter().find(|(sign, _)| *sign == kind) else { break };
            self.next();
            rest.push((*operator, self.binary(level + 1)?));
        }
        let Some((_, last)) = rest.last() else { return Ok(first) };
        let span = first.span.to(last.span);
        let below = rest.iter().fold(first.height, |tallest, (_, side)| tallest.max(side.height));
        self.node(Tree::Chain { first, rest }, span, below)
    }

    /// `-x`, `!x`, or what has no sign.
    fn unary(&mut self) -> Read<Expr> {
        let sign = self.peek();
        if !matches!(sign.kind, Kind::Minus | Kind::Bang) {
            let term = self.term()?;
            return self.steps(term);
        }
        self.next();
        let operand = self.deeper(Self::unary)?;
        let (span, below) = (self.span(sign).to(operand.span), operand.height);
        let kind = if sign.kind == Kind::Minus { Tree::Negate(operand) } else { Tree::Not(operand) };
        self.node(kind, span, below)
    }

    /// What steps may follow.
    fn term(&mut self) -> Read<Expr> {
        let token = self.peek();
        let span = self.span(token);
        match token.kind {
            Kind::Ident => self.word(),
            Kind::Number => {
                self.next();
                let number = self.number(token)?;
                self.node(Tree::Number(number), span, 0)
            }
            Kind::OpenQuote => {
                self.next();
                self.quoted(token)
            }
            Kind::OpenHeredoc { flush } => {
                self.next();
                self.heredoc(token, flush)
            }
            Kind::OpenParen => {
                self.next();
                let (inner, close) = self.with_lines(true, |parser| {
                    let inner = parser.expression()?;
                    Ok((inner, parser.expect(Kind::CloseParen, "`)`")?))
                })?;
                let below = inner.height;
                self.node(Tree::Parenthesized(inner), span.to(self.span(close)), below)
            }
            Kind::OpenBracket => {
                self.next();
                self.with_lines(true, |parser| parser.brackets(span))
            }
            Kind::OpenBrace => {
                self.next();
                self.braced(span)
            }
            _ => Err(self.unexpected(token, "a value")),
        }
    }

    /// The number that a token is.
    fn number(&self, token: Token) -> Read<Number> {
        super::number(self.slice(token), self.span(token))
    }

    /// A keyword, a call or a reference.
    fn word(&mut self) -> Read<Expr> {
        let token = self.next();
        let name = self.name(token);
        let span = name.span;
        match (&*name.text, self.peek().kind) {
            (_, Kind::OpenParen) => self.call(name),
            (_, Kind::DoubleColon) => {
                let mut name = name;
                while self.accept(Kind::DoubleColon).is_some() {
                    let part = self.expect(Kind::Ident, "the rest of the function's name")?;
                    name.text = format!("{}::{}", name.text, self.slice(part)).into();
                    name.span = name.span.to(self.span(part));
                }
                self.call(name)
            }
            ("true", _) => self.node(Tree::Bool(true), span, 0),
            ("false", _) => self.node(Tree::Bool(false), span, 0),
            ("null", _) => self.node(Tree::Null, span, 0),
            _ => self.node(Tree::Reference { root: name, steps: Vec::new() }, span, 0),
        }
    }

    /// The arguments of a call.
    fn call(&mut self, name: Name) -> Read<Expr> {
        let open = self.expect(Kind::OpenParen, "`(` and the function's arguments")?;
        let start = name.span;
        let open = start.to(self.span(open));
        self.with_lines(true, |parser| {
            let mut arguments: Vec<Expr> = Vec::new();
            let mut expand = false;
            let close = loop {
                if let Some(close) = parser.accept(Kind::CloseParen) {
                    break close;
                }
                arguments.push(parser.expression()?);
                expand = parser.accept(Kind::Ellipsis).is_some();
                if expand || parser.accept(Kind::Comma).is_none() {
                    break parser.closing(Kind::CloseParen, open, "`,` or `)`")?;
                }
            };
            let close = parser.span(close);
            let below = tallest(&arguments);
            parser.node(Tree::Call(Call { name, arguments, expand, open, close }), start.to(close), below)
        })
    }

    /// The bracket that closes; where the text ends before it, the complaint is about the one that opens.
    fn closing(&mut self, kind: Kind, open: Span, wanted: &str) -> Read<Token> {
        if self.peek().kind == Kind::End {
            let message = "nothing closes this before the end of the text";
            return Err(crate::diagnostics::Complaint::new("SPEC-134:syntax", open, message));
        }
        self.expect(kind, wanted)
    }

    /// A tuple, or a `for` that makes one; the bracket was passed.
    fn brackets(&mut self, open: Span) -> Read<Expr> {
        if self.at_for() {
            return self.for_expression(open, Kind::CloseBracket);
        }
        let mut elements: Vec<Expr> = Vec::new();
        let close = loop {
            if let Some(close) = self.accept(Kind::CloseBracket) {
                break close;
            }
            elements.push(self.expression()?);
            if self.accept(Kind::Comma).is_none() {
                break self.closing(Kind::CloseBracket, open, "`,` or `]`")?;
            }
        };
        let below = tallest(&elements);
        self.node(Tree::Tuple(elements), open.to(self.span(close)), below)
    }

    /// An object, or a `for` that makes one; the brace was passed.
    fn braced(&mut self, open: Span) -> Read<Expr> {
        if self.with_lines(true, |parser| Ok(parser.at_for()))? {
            return self.with_lines(true, |parser| parser.for_expression(open, Kind::CloseBrace));
        }
        self.with_lines(false, |parser| parser.object(open))
    }

    /// Entries of an object up to its brace; line breaks separate them (SPEC-35).
    fn object(&mut self, open: Span) -> Read<Expr> {
        let mut entries = Vec::new();
        let mut below = 0;
        loop {
            while self.accept(Kind::Newline).is_some() {}
            if let Some(close) = self.accept(Kind::CloseBrace) {
                return self.node(Tree::Object(entries), open.to(self.span(close)), below);
            }
            let key = self.entry_key()?;
            let sign = self.peek();
            match sign.kind {
                Kind::Equal | Kind::Colon => self.next(),
                Kind::End => {
                    let message = "this object has no closing brace before the end of the text";
                    return Err(crate::diagnostics::Complaint::new("SPEC-134:syntax", open, message));
                }
                _ => return Err(self.unexpected(sign, "`=` and the entry's value")),
            };
            let value = self.expression()?;
            if let EntryKey::Computed(key) = &key {
                below = below.max(key.height);
            }
            below = below.max(value.height);
            entries.push(Entry { key, value });
            let separator = self.peek();
            match separator.kind {
                Kind::Comma | Kind::Newline => {
                    self.next();
                }
                Kind::CloseBrace => {}
                _ => return Err(self.unexpected(separator, "`,`, a new line or `}`")),
            }
        }
    }

    /// The key of an object's entry.
    fn entry_key(&mut self) -> Read<EntryKey> {
        let first = self.peek();
        let alone = matches!(self.second().kind, Kind::Equal | Kind::Colon);
        if first.kind == Kind::Ident && alone {
            self.next();
            return Ok(EntryKey::Word(self.name(first)));
        }
        let key = self.expression()?;
        Ok(match &*key.kind {
            Tree::Reference { root, steps } if steps.is_empty() => EntryKey::Word(root.clone()),
            Tree::Reference { .. } => EntryKey::Ambiguous(key.span),
            _ => EntryKey::Computed(key),
        })
    }

    /// Whether the next word is `for`.
    fn at_for(&mut self) -> bool {
        let token = self.peek();
        token.kind == Kind::Ident && self.slice(token) == "for"
    }

    /// `k, v in` or `v in`.
    pub(super) fn for_names(&mut self) -> Read<(Option<Name>, Name)> {
        let first = self.expect(Kind::Ident, "the name of the element")?;
        let first = self.name(first);
        let names = if self.accept(Kind::Comma).is_some() {
            let second = self.expect(Kind::Ident, "the name of the element")?;
            (Some(first), self.name(second))
        } else {
            (None, first)
        };
        let word = self.peek();
        if word.kind == Kind::Ident && self.slice(word) == "in" {
            self.next();
            Ok(names)
        } else {
            Err(self.unexpected(word, "`in` and what to go through"))
        }
    }

    /// A `for` expression from its `for` to its closing bracket.
    fn for_expression(&mut self, open: Span, close: Kind) -> Read<Expr> {
        self.next();
        let (key, value) = self.for_names()?;
        let over = self.expression()?;
        self.expect(Kind::Colon, "`:` and the element's value")?;
        let first = self.expression()?;
        let arrow = self.peek();
        let (entry_key, entry) = match (arrow.kind, close) {
            (Kind::Arrow, Kind::CloseBrace) => {
                self.next();
                (Some(first), self.expression()?)
            }
            (_, Kind::CloseBrace) => {
                let complaint = self.unexpected(arrow, "`=>` and the entry's value");
                return Err(complaint.help("`{for …}` makes an object, `[for …]` a list"));
            }
            _ => (None, first),
        };
        let grouped = entry_key.is_some() && self.accept(Kind::Ellipsis).is_some();
        let word = self.peek();
        let condition = if word.kind == Kind::Ident && self.slice(word) == "if" {
            self.next();
            Some(self.expression()?)
        } else {
            None
        };
        let wanted = if close == Kind::CloseBrace { "`}`" } else { "`]`" };
        let end = self.expect(close, wanted)?;
        let all = [Some(&over), entry_key.as_ref(), Some(&entry), condition.as_ref()];
        let below = all.into_iter().flatten().map(|expr| expr.height).max().unwrap_or(0);
        let tree = For { key, value, over, entry_key, entry, grouped, condition };
        self.node(Tree::For(tree), open.to(self.span(end)), below)
    }

    /// Everything that follows a term: `.name`, `.0`, `[key]`, `.*`, `[*]` (SPEC-34).
    fn steps(&mut self, mut from: Expr) -> Read<Expr> {
        loop {
            let token = self.peek();
            from = match token.kind {
                Kind::Dot => {
                    self.next();
                    let after = self.peek();
                    if after.kind == Kind::Star {
                        self.next();
                        self.attribute_splat(from, after)?
                    } else {
                        if after.kind == Kind::Number && matches!(*from.kind, Tree::Number(_)) {
                            return Err(self.syntax(token, "a number has one point at most"));
                        }
                        let step = self.dot(token)?;
                        self.step(from, step)?
                    }
                }
                Kind::OpenBracket => {
                    self.next();
                    if self.peek().kind == Kind::Star && self.second().kind == Kind::CloseBracket {
                        self.next();
                        let end = self.next();
                        self.full_splat(from, end)?
                    } else {
                        self.index(from, token)?
                    }
                }
                _ => return Ok(from),
            };
        }
    }

    /// A static step of an expression; references take them in, so that their text stays whole (SPEC-40).
    fn step(&mut self, from: Expr, step: Step) -> Read<Expr> {
        let span = from.span.to(step.span());
        // Nobody else holds the node yet: the steps are added in place, however many there are.
        match Arc::try_unwrap(from.kind) {
            Ok(Tree::Reference { root, mut steps }) => {
                steps.push(step);
                self.node(Tree::Reference { root, steps }, span, 0)
            }
            Ok(Tree::Steps { from, mut steps }) => {
                steps.push(step);
                let below = from.height;
                self.node(Tree::Steps { from, steps }, span, below)
            }
            Ok(kind) => {
                let from = Expr { kind: Arc::new(kind), ..from };
                let below = from.height;
                self.node(Tree::Steps { from, steps: vec![step] }, span, below)
            }
            Err(kind) => {
                let from = Expr { kind, ..from };
                let below = from.height;
                self.node(Tree::Steps { from, steps: vec![step] }, span, below)
            }
        }
    }

    /// What follows a dot.
    fn dot(&mut self, dot: Token) -> Read<Step> {
        let token = self.peek();
        let span = self.span(dot).to(self.span(token));
        match token.kind {
            Kind::Ident => {
                self.next();
                Ok(Step::Attribute(self.name(token), span))
            }
            Kind::Number if self.slice(token).bytes().all(|byte| byte.is_ascii_digit()) => {
                self.next();
                Ok(Step::Key(StaticKey::Number(self.number(token)?), span))
            }
            Kind::Number => {
                Err(self.syntax(token, "only one index may be written with a dot").help("write `a[0][1]` for `a.0.1`"))
            }
            _ => Err(self.unexpected(token, "the name of an attribute")),
        }
    }

    /// `[key]`, whose bracket was passed.
    fn index(&mut self, from: Expr, open: Token) -> Read<Expr> {
        let (key, close) = self.with_lines(true, |parser| {
            let key = parser.expression()?;
            Ok((key, parser.expect(Kind::CloseBracket, "`]`")?))
        })?;
        let brackets = self.span(open).to(self.span(close));
        let fixed = match &*key.kind {
            Tree::Number(number) => Some(StaticKey::Number(number.clone())),
            Tree::Template(parts) => match &parts[..] {
                [] => Some(StaticKey::Text("".into())),
                [Part::Text(text, _)] => Some(StaticKey::Text(Arc::clone(text))),
                _ => None,
            },
            _ => None,
        };
        if let Some(fixed) = fixed {
            return self.step(from, Step::Key(fixed, brackets));
        }
        let (span, below) = (from.span.to(brackets), from.height.max(key.height));
        self.node(Tree::Index { from, key, brackets }, span, below)
    }

    /// `.*`: only attributes that follow apply to each element.
    fn attribute_splat(&mut self, from: Expr, star: Token) -> Read<Expr> {
        let mut each = self.node(Tree::Item, self.span(star), 0)?;
        while self.peek().kind == Kind::Dot && self.second().kind != Kind::Star {
            let dot = self.next();
            let step = self.dot(dot)?;
            each = self.step(each, step)?;
        }
        self.splat(from, each)
    }

    /// `[*]`: all that follows applies to each element.
    fn full_splat(&mut self, from: Expr, end: Token) -> Read<Expr> {
        let item = self.node(Tree::Item, self.span(end), 0)?;
        let each = self.deeper(|parser| parser.steps(item))?;
        self.splat(from, each)
    }

    fn splat(&mut self, from: Expr, each: Expr) -> Read<Expr> {
        let (span, below) = (from.span.to(each.span), from.height.max(each.height));
        self.node(Tree::Splat { from, each }, span, below)
    }
}

/// The greatest height.
fn tallest(all: &[Expr]) -> usize {
    all.iter().map(|expr| expr.height).max().unwrap_or(0)
}
