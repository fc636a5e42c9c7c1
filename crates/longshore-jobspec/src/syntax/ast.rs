//! The tree that both syntaxes are read into.

use std::sync::Arc;

use crate::text::Span;
use crate::value::Number;

/// Arguments and blocks between braces, or of a whole file, in the order of the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pub(crate) items: Vec<Item>,
    /// Where it starts: the opening brace.
    pub(crate) open: Span,
    /// Whether it was written as JSON. What is a block is known from the schema only then (see [`Body::json`]).
    pub(crate) json: bool,
}

/// An argument or a block.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Argument(Argument),
    Block(Block),
}

/// `name = value`; in JSON any member.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) name: Name,
    pub(crate) value: Expr,
}

/// `type "label" { … }`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: Name,
    pub(crate) labels: Vec<Name>,
    pub(crate) body: Arc<Body>,
}

impl Block {
    /// Its first line, from the type to the last label.
    pub(crate) fn header(&self) -> Span {
        self.labels.last().map_or(self.kind.span, |label| self.kind.span.to(label.span))
    }
}

/// A word with its place.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: Arc<str>,
    pub(crate) span: Span,
}

/// An expression. `height` counts what is below it; the parser bounds it, so recursion over a tree is safe.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: Arc<Kind>,
    pub(crate) span: Span,
    pub(crate) height: usize,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    /// Text, a sequence of parts.
    Template(Vec<Part>),
    /// A template that is one `${…}` and nothing else: the value with its own type (SPEC-29).
    Wrapped(Expr),
    /// A name and static steps from it; all that SPEC-40 calls a reference.
    Reference {
        root: Name,
        steps: Vec<Step>,
    },
    /// Static steps from any other expression.
    Steps {
        from: Expr,
        steps: Vec<Step>,
    },
    /// `from[key]` with a key that is computed.
    Index {
        from: Expr,
        key: Expr,
        brackets: Span,
    },
    /// `from[*]…` or `from.*…`: what follows, for each element.
    Splat {
        from: Expr,
        /// An expression over [`Kind::Item`].
        each: Expr,
    },
    /// The element that the innermost splat is at.
    Item,
    Call(Call),
    Conditional {
        condition: Expr,
        yes: Expr,
        no: Expr,
    },
    /// Operators of one precedence, from left to right: flat, so that a long one is not a deep one.
    Chain {
        first: Expr,
        rest: Vec<(Operator, Expr)>,
    },
    Not(Expr),
    Negate(Expr),
    Parenthesized(Expr),
    Tuple(Vec<Expr>),
    Object(Vec<Entry>),
    For(For),
    /// An object written as JSON: a value of its own, or blocks, as the schema has it.
    JsonObject(Vec<JsonMember>),
    /// A list written as JSON.
    JsonArray(Vec<Expr>),
}

/// A member of an object written as JSON.
#[derive(Clone, Debug)]
pub(crate) struct JsonMember {
    /// Its name as it stands, for blocks and arguments.
    pub(crate) name: Name,
    /// Its name as a template, for object values (SPEC-16).
    pub(crate) key: Expr,
    pub(crate) value: Expr,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Text(Arc<str>, Span),
    Value(Expr),
    If { condition: Expr, yes: Vec<Part>, no: Vec<Part>, span: Span },
    For { key: Option<Name>, value: Name, over: Expr, body: Vec<Part>, span: Span },
}

/// A step that needs no evaluation.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name`
    Attribute(Name, Span),
    /// `[0]`, `["key"]`, `.0`
    Key(StaticKey, Span),
}

impl Step {
    /// Where it stands, with its dot or brackets.
    pub(crate) fn span(&self) -> Span {
        match self {
            Step::Attribute(_, span) | Step::Key(_, span) => *span,
        }
    }
}

/// A key that needs no evaluation.
#[derive(Clone, Debug)]
pub(crate) enum StaticKey {
    Number(Number),
    Text(Arc<str>),
}

/// A function call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: Name,
    pub(crate) arguments: Vec<Expr>,
    /// Whether the last argument's elements are the last arguments.
    pub(crate) expand: bool,
    /// The name with the opening parenthesis.
    pub(crate) open: Span,
    pub(crate) close: Span,
}

/// `key = value` in an object.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: EntryKey,
    pub(crate) value: Expr,
}

/// The key of an object's entry (SPEC-35).
#[derive(Clone, Debug)]
pub(crate) enum EntryKey {
    /// A bare word, which is itself.
    Word(Name),
    /// Anything else that is evaluated.
    Computed(Expr),
    /// An unparenthesized reference, which might mean either.
    Ambiguous(Span),
}

/// `[for k, v in over : value if condition]` or `{for … : key => value}`.
#[derive(Clone, Debug)]
pub(crate) struct For {
    pub(crate) key: Option<Name>,
    pub(crate) value: Name,
    pub(crate) over: Expr,
    /// The key of each entry; `None` makes a tuple.
    pub(crate) entry_key: Option<Expr>,
    pub(crate) entry: Expr,
    /// Whether values with one key are gathered.
    pub(crate) grouped: bool,
    pub(crate) condition: Option<Expr>,
}

/// An operator with two sides.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Expr {
    /// Where complaints about its value's type point: its first token, and inside of a string its text (SPEC-134).
    pub(crate) fn start(&self) -> Span {
        match &*self.kind {
            Kind::Template(parts) => match parts.first() {
                Some(Part::Text(_, span)) => *span,
                Some(Part::Value(value)) => value.start(),
                Some(Part::If { span, .. } | Part::For { span, .. }) => *span,
                None => self.span.after(),
            },
            Kind::Wrapped(inner) => inner.start(),
            Kind::Chain { first, .. } => first.start(),
            Kind::Conditional { condition, .. } => condition.start(),
            Kind::Index { from, .. } | Kind::Steps { from, .. } | Kind::Splat { from, .. } => from.start(),
            Kind::Tuple(_)
            | Kind::Object(_)
            | Kind::For(_)
            | Kind::Not(_)
            | Kind::Negate(_)
            | Kind::Parenthesized(_)
            | Kind::JsonObject(_)
            | Kind::JsonArray(_) => Span { end: (self.span.start + 1).min(self.span.end), ..self.span },
            _ => self.span,
        }
    }

    /// Whether it is written as an object constructor (SPEC-70).
    pub(crate) fn is_object_constructor(&self) -> bool {
        matches!(*self.kind, Kind::Object(_))
    }
}
