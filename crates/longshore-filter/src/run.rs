//! Running a program over one object: API-811 to API-817.

mod ask;
mod find;

use std::cell::Cell;
use std::ops::ControlFlow;

use longshore_model::reflect::{Kind, View};

use crate::error::{MatchError, Place, Problem};
use crate::program::{Each, Expr, Names, Question, Selector, Test, Which};

/// How many elements all quantifiers together may go through for one object. Sixteen elements of a list in which a value is
/// looked for count as one, and so do 256 bytes of text.
pub const WORK_MAX: u32 = 1_000_000;

/// What [`in_words`] says of nothing.
pub(crate) const ABSENT: &str = "an absent value";

/// Decides for one object.
pub(crate) fn run(text: &str, program: &Expr, datum: View<'_>) -> Result<bool, MatchError> {
    Run { text, datum, work: Cell::new(0) }.decide(program, None)
}

/// One decision about one object.
struct Run<'r, 'v> {
    /// The expression, for errors.
    text: &'r str,
    datum: View<'v>,
    /// Elements gone through so far, see [`WORK_MAX`].
    work: Cell<u32>,
}

/// What the names of a quantifier stand for, in one turn.
struct Scope<'s, 'v> {
    around: Option<&'s Scope<'s, 'v>>,
    index: View<'v>,
    value: View<'v>,
    /// Whether a single name stands for the index: so it does for a map.
    keyed: bool,
}

type Scopes<'s, 'v> = Option<&'s Scope<'s, 'v>>;

impl<'v> Run<'_, 'v> {
    fn decide(&self, expr: &Expr, scopes: Scopes<'_, 'v>) -> Result<bool, MatchError> {
        match expr {
            Expr::All(operands) => {
                for operand in operands {
                    if !self.decide(operand, scopes)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Expr::Any(operands) => {
                for operand in operands {
                    if self.decide(operand, scopes)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Expr::Not(inner) => self.decide(inner, scopes).map(|holds| !holds),
            Expr::Test(test) => self.test(test, scopes),
            Expr::Each(each) => self.each(each, scopes),
        }
    }

    fn test(&self, test: &Test, scopes: Scopes<'_, 'v>) -> Result<bool, MatchError> {
        let Some(view) = self.find(&test.selector, scopes)? else {
            // API-812: of a key that is missing only emptiness holds.
            let empty = matches!(test.question, Question::IsEmpty | Question::IsNil);
            return Ok(empty != test.negated);
        };
        self.pay(effort(view, &test.question), test.selector.place)?;
        let answer = match &test.question {
            Question::Equals(literal) => ask::equals(view, literal).map_err(|problem| (literal.place, problem)),
            Question::Contains(literal) => ask::contains(view, literal).map_err(|problem| (literal.place, problem)),
            Question::Matches(pattern) => ask::matches(view, pattern).map_err(|problem| (pattern.place, problem)),
            Question::IsEmpty => ask::is_empty(view).map_err(|problem| (test.selector.place, problem)),
            Question::IsNil => ask::is_nil(view).map_err(|problem| (test.selector.place, problem)),
        };
        match answer {
            Ok(holds) => Ok(holds != test.negated),
            Err((place, problem)) => Err(self.error(place_of(&problem, place, &test.selector), problem)),
        }
    }

    /// API-817.
    fn each(&self, each: &Each, scopes: Scopes<'_, 'v>) -> Result<bool, MatchError> {
        let Some(view) = self.find(&each.selector, scopes)? else { return Ok(each.all) };
        let place = each.selector.place;
        if !matches!(view, View::List(_) | View::Map(_) | View::Bytes(_)) {
            return Err(self.error(place, Problem::NotIterable { found: in_words(view) }));
        }
        if let Names::Two(Some(index), Some(value)) = &each.names
            && index == value
        {
            return Err(self.error(place, Problem::SameName { name: index.to_string() }));
        }
        // An `any` ends with the first that holds, an `all` with the first that does not, either with an error.
        let mut outcome = Ok(each.all);
        let mut turn = |index, value, keyed| {
            let scope = Scope { around: scopes, index, value, keyed };
            outcome = self.pay(1, place).and_then(|()| self.decide(&each.body, Some(&scope)));
            match outcome {
                Ok(holds) if holds == each.all => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        };
        let _ = match view {
            View::Map(map) => map.visit(&mut |key, value| turn(View::Text(key), value, true)),
            View::List(list) => (0..list.len())
                .try_for_each(|index| turn(View::Int(index as i64), list.at(index).unwrap_or(View::Null), false)),
            View::Bytes(bytes) => (0i64..)
                .zip(bytes.iter())
                .try_for_each(|(index, byte)| turn(View::Int(index), View::Uint((*byte).into()), false)),
            _ => ControlFlow::Continue(()),
        };
        outcome
    }

    /// Counts work; an error once it is too much.
    fn pay(&self, units: usize, place: Place) -> Result<(), MatchError> {
        let left = (WORK_MAX as usize).checked_sub(units).filter(|left| self.work.get() as usize <= *left);
        if left.is_none() {
            return Err(self.error(place, Problem::TooMuchWork { most: WORK_MAX }));
        }
        self.work.set(self.work.get() + units as u32);
        Ok(())
    }

    #[cold]
    fn error(&self, place: Place, problem: Problem) -> MatchError {
        MatchError::new(self.text, place, problem)
    }
}

impl<'v> Scope<'_, 'v> {
    /// What a name stands for, and whether it is an index or a key.
    fn name(&self, which: Which) -> (View<'v>, bool) {
        match which {
            Which::One if self.keyed => (self.index, true),
            Which::One | Which::Value => (self.value, false),
            Which::Index => (self.index, true),
        }
    }
}

/// What an answer costs beyond the question: what is looked through is as long as the object's author likes.
fn effort(view: View<'_>, question: &Question) -> usize {
    match (view, question) {
        (_, Question::IsEmpty | Question::IsNil) => 0,
        (View::List(list), Question::Contains(_)) => list.len() / 16,
        (View::Text(text), _) => text.len() / 256,
        (View::Bytes(bytes), _) => bytes.len() / 256,
        _ => 0,
    }
}

/// A fault of the value asked for is told where it stands, one of what was found at the selector.
fn place_of(problem: &Problem, literal: Place, selector: &Selector) -> Place {
    match problem {
        Problem::NoConversion { .. } | Problem::OutOfRange { .. } | Problem::Pattern { .. } => literal,
        _ => selector.place,
    }
}

/// What was found, for messages.
fn in_words(view: View<'_>) -> &'static str {
    match view {
        View::Bool(_) => "a truth value",
        View::Int(_) | View::Uint(_) => "an integer",
        View::Float(_) => "a number",
        View::Text(_) | View::Id(_) => "a text",
        View::Bytes(_) => "a string of bytes",
        View::List(_) => "a list",
        View::Map(_) => "a map",
        View::Object(_) => "an object",
        View::Null => ABSENT,
    }
}

/// The same for many.
fn kind_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "truth values",
        Kind::Int | Kind::Uint => "integers",
        Kind::Float => "numbers",
        Kind::Text => "texts",
        Kind::List => "lists",
        Kind::Map => "maps",
        Kind::Object => "objects",
        Kind::Any => "values of any kind",
    }
}
