//! From text to program: the grammar of API-801 to API-810.
//!
//! The grammar is one of ordered choice. Read literally it tries some alternatives over and over, which is why the
//! reference gives up on a handful of nested parentheses (API-818). Here each text is read once: where two
//! alternatives begin alike, either both would read the same, or the second can only be a short one. So time is linear,
//! and what the grammar accepts is the same.
//!
//! A choice that fails says where; of all failures the one farthest into the text is what is told.

mod fail;
pub(crate) mod path;
mod value;

use crate::error::{Place, SyntaxError, SyntaxProblem as Problem};
use crate::pattern::Pattern;
use crate::program::{Each, Expr, Literal, Names, Question, Root, Selector, Test, Text, Which, chain, not};

/// The longest expression, in bytes.
pub const LENGTH_MAX: usize = 1 << 20;

/// The deepest nesting of parentheses and braces.
pub const DEPTH_MAX: usize = 100;

/// How many bytes all compiled patterns of an expression may take, but for the last.
pub const PATTERN_BYTES_MAX: usize = 32 << 20;

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Expr, SyntaxError> {
    if text.len() > LENGTH_MAX {
        let problem = Problem::TooLong { length: text.len(), most: LENGTH_MAX };
        return Err(SyntaxError::new(text, Place::new(LENGTH_MAX, text.len()), problem));
    }
    let mut parser = Parser { text, at: 0, depth: 0, scopes: Vec::new(), patterns: 0, farthest: None, limit: None };
    parser.whole().ok_or_else(|| {
        let (place, problem) =
            parser.limit.take().or(parser.farthest.take()).unwrap_or((Place::default(), Problem::NoTest));
        SyntaxError::new(text, place, problem)
    })
}

/// What has been read of a text, and how it failed so far. Functions that read something return `None` if it is not
/// there; some have moved on by then, so who has another choice puts `at` back.
struct Parser<'t> {
    text: &'t str,
    /// Always at a boundary of characters.
    at: usize,
    depth: usize,
    /// Names of the quantifiers around, innermost last.
    scopes: Vec<Names>,
    /// What compiled patterns take so far.
    patterns: usize,
    /// The failure that is told.
    farthest: Option<(Place, Problem)>,
    /// A limit that was met: told before all else.
    limit: Option<(Place, Problem)>,
}

impl Parser<'_> {
    fn whole(&mut self) -> Option<Expr> {
        self.blanks();
        let expr = self.or()?;
        self.blanks();
        if self.at < self.text.len() {
            return self.fail_at_word(Problem::Rest);
        }
        self.limit.is_none().then_some(expr)
    }

    /// API-801. A quantifier ends the chain (API-809).
    fn or(&mut self) -> Option<Expr> {
        let mut operands = Vec::new();
        loop {
            let start = self.at;
            match self.and() {
                Some(operand) => operands.push(operand),
                None => {
                    self.at = start;
                    operands.push(self.quantifier()?);
                    break;
                }
            }
            if !self.joined_by("or") {
                break;
            }
        }
        Some(chain(operands, false))
    }

    fn and(&mut self) -> Option<Expr> {
        let mut operands = vec![self.not()?];
        while self.joined_by("and") {
            operands.push(self.not()?);
        }
        Some(chain(operands, true))
    }

    /// `not` is no reserved word: where no decision follows, the last one may begin a test of its own.
    fn not(&mut self) -> Option<Expr> {
        let mut negations = Vec::new();
        loop {
            let start = self.at;
            if !self.word("not") {
                break;
            }
            negations.push(start);
        }
        let mut expr = self.group();
        while expr.is_none() {
            self.at = negations.pop()?;
            expr = self.test();
        }
        if negations.len() % 2 == 0 { expr } else { expr.map(not) }
    }

    fn group(&mut self) -> Option<Expr> {
        if self.peek() != Some(b'(') {
            return self.test();
        }
        self.nested(|parser| {
            parser.at += 1;
            parser.blanks();
            let expr = parser.or()?;
            parser.blanks();
            parser.expect(')', ")").then_some(expr)
        })
    }

    /// API-802: a selector and what is asked, or a value that is looked for in what a selector leads to.
    fn test(&mut self) -> Option<Expr> {
        let start = self.at;
        if let Some(selector) = self.selector()
            && let Some((question, negated)) = self.question(&selector)
        {
            self.settle();
            return Some(Expr::Test(Test { selector, question, negated }));
        }
        self.at = start;
        let literal = self.value(true)?;
        let after = self.at;
        let blank = self.blanks();
        let negated = blank && self.word("not");
        if !(blank && self.word("in")) {
            self.at = after;
            return self.no_search(start);
        }
        let Some(selector) = self.selector() else { return self.no_selector() };
        self.settle();
        Some(Expr::Test(Test { selector, question: Question::Contains(literal), negated }))
    }

    /// What is asked about a selector, and whether the opposite.
    fn question(&mut self, selector: &Selector) -> Option<(Question, bool)> {
        let after = self.at;
        let blank = self.blanks();
        for (operator, negated) in [("==", false), ("!=", true)] {
            if self.eat(operator) {
                self.blanks();
                return self.value(false).map(|value| (Question::Equals(value), negated));
            }
        }
        if blank && self.word("is") {
            return self.state();
        }
        let negated = blank && self.word("not");
        if blank && self.word("contains") {
            return self.value(false).map(|value| (Question::Contains(value), negated));
        }
        if blank && self.word("matches") {
            let Literal { text, place, .. } = self.value(false)?;
            return self.pattern(text, place).map(|pattern| (Question::Matches(pattern), negated));
        }
        let search = blank && self.word("in");
        self.at = after;
        if search { None } else { self.no_operator(selector) }
    }

    /// After `is`.
    fn state(&mut self) -> Option<(Question, bool)> {
        let negated = self.word("not");
        if self.eat("empty") {
            Some((Question::IsEmpty, negated))
        } else if self.eat("nil") {
            Some((Question::IsNil, negated))
        } else {
            self.fail_at_word(|_| Problem::NoState)
        }
    }

    /// Patterns are compiled at once, as long as all together stay within the limit.
    fn pattern(&mut self, text: Text, place: Place) -> Option<Pattern> {
        if self.patterns > PATTERN_BYTES_MAX {
            self.limit.get_or_insert((place, Problem::TooManyPatterns { most: PATTERN_BYTES_MAX >> 20 }));
            return None;
        }
        let pattern = Pattern::new(text, place);
        self.patterns = self.patterns.saturating_add(pattern.bytes);
        Some(pattern)
    }

    /// API-804.
    fn quantifier(&mut self) -> Option<Expr> {
        let start = self.at;
        let word = if self.word("all") {
            "all"
        } else if self.word("any") {
            "any"
        } else {
            return None; // that no test begins here has been told
        };
        let Some(selector) = self.selector() else { return self.no_selector() };
        if !(self.blanks() && self.word("as")) {
            return self.fail_at_word(|_| Problem::NoBinding);
        }
        let names = self.names()?;
        self.blanks();
        let body = self.nested(|parser| {
            if !parser.expect('{', "{") {
                return None;
            }
            parser.blanks();
            parser.scopes.push(names.clone());
            let body = parser.or();
            parser.scopes.pop();
            parser.blanks();
            body.filter(|_| parser.expect('}', "}"))
        })?;
        self.settle();
        let end = self.at;
        if self.joined_by("and") || self.joined_by("or") {
            return self.fail(Place::new(start, start + word.len()), Problem::LooseQuantifier(word));
        }
        self.at = end;
        Some(Expr::Each(Box::new(Each { all: word == "all", selector, names, body })))
    }

    /// What the elements are called.
    fn names(&mut self) -> Option<Names> {
        let start = self.at;
        let first = self.name();
        if first.is_none() && !self.eat("_") {
            return self.fail_at_word(|_| Problem::NoBinding);
        }
        let after = self.at;
        self.blanks();
        if !self.eat(",") {
            self.at = after;
            return match first {
                Some(name) => Some(Names::One(name)),
                None => self.fail(Place::new(start, after), Problem::NoNames),
            };
        }
        self.blanks();
        let second = self.name();
        if second.is_none() && !self.eat("_") {
            return self.fail_at_word(|_| Problem::NoBinding);
        }
        if first.is_none() && second.is_none() {
            return self.fail(Place::new(start, self.at), Problem::NoNames);
        }
        Some(Names::Two(first, second))
    }

    /// A path, and where it begins: at a name of a quantifier around, the innermost first, else at the object.
    fn selector(&mut self) -> Option<Selector> {
        let start = self.at;
        let (path, _) = self.path()?;
        let root = path.first().and_then(|first| {
            self.scopes.iter().rev().enumerate().find_map(|(outwards, names)| {
                let named = |name: &Option<Box<str>>| name.as_ref() == Some(&first.name);
                let which = match names {
                    Names::One(name) => (*name == first.name).then_some(Which::One),
                    Names::Two(index, _) if named(index) => Some(Which::Index),
                    Names::Two(_, value) => named(value).then_some(Which::Value),
                };
                which.map(|which| Root::Local { outwards, which })
            })
        });
        Some(Selector { root: root.unwrap_or(Root::Datum), path, place: Place::new(start, self.at) })
    }

    /// Reads something that nests, unless it would be too deep.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<Expr>) -> Option<Expr> {
        if self.depth == DEPTH_MAX {
            self.limit = Some((Place::new(self.at, self.at + 1), Problem::TooDeep { most: DEPTH_MAX }));
            return None;
        }
        self.depth += 1;
        let expr = read(self);
        self.depth -= 1;
        expr
    }
}

/// The small steps.
impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over blanks; whether there were any.
    fn blanks(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_blank) {
            self.at += 1;
        }
        self.at > start
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// A word and the blanks that have to follow it.
    fn word(&mut self, word: &str) -> bool {
        let start = self.at;
        let found = self.eat(word) && self.blanks();
        if !found {
            self.at = start;
        }
        found
    }

    /// `and` or `or` between blanks, with another decision to come.
    fn joined_by(&mut self, word: &'static str) -> bool {
        let start = self.at;
        let blank = self.blanks();
        if blank && self.word(word) {
            return true;
        }
        let word_start = self.at;
        if self.eat(word) && !self.peek().is_some_and(|next| next.is_ascii_alphanumeric() || next == b'_') {
            let problem = if self.at == self.text.len() { Problem::NoTest } else { Problem::NoBlank(word) };
            self.fail::<()>(Place::new(word_start, self.at), problem);
        }
        self.at = start;
        false
    }

    fn expect(&mut self, c: char, name: &'static str) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        } else {
            self.fail_at_word::<()>(|_| Problem::Missing(name));
        }
        found
    }
}

/// Space, tab, carriage return or line feed.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
