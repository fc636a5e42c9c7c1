//! What is said of a text that is no expression: the failure farthest into it, with what would be right.

use super::Parser;
use crate::error::{Place, SyntaxProblem as Problem};
use crate::program::Selector;

impl Parser<'_> {
    /// Notes a failure, unless one farther on is known.
    pub(super) fn fail<T>(&mut self, place: Place, problem: Problem) -> Option<T> {
        if self.farthest.as_ref().is_none_or(|(known, _)| place.start > known.start) {
            self.farthest = Some((place, problem));
        }
        None
    }

    /// Something was read up to here, so what failed before was only another choice.
    pub(super) fn settle(&mut self) {
        if self.farthest.as_ref().is_some_and(|(known, _)| (known.start as usize) < self.at) {
            self.farthest = None;
        }
    }

    /// Notes a failure at what stands here: a word, or else a character.
    pub(super) fn fail_at_word<T>(&mut self, problem: impl FnOnce(String) -> Problem) -> Option<T> {
        let word = self.word_here();
        let place = Place::new(self.at, self.at + word.len());
        let problem = problem(word.to_string());
        self.fail(place, problem)
    }

    /// The word or the character that stands here, perhaps cut; `""` at the end.
    fn word_here(&self) -> &str {
        const LONGEST: usize = 40;
        let rest = self.rest();
        let word = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').take(LONGEST).count();
        let length = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
        &rest[..length]
    }

    /// After a selector there is no operator.
    pub(super) fn no_operator<T>(&mut self, selector: &Selector) -> Option<T> {
        const ORDER: &str = "values are equal or not, there is no order";
        const FOREIGN: [(&str, &str); 9] = [
            ("=~", "a pattern is asked for with `matches`"),
            ("=", "equality is `==`"),
            (">=", ORDER),
            (">", ORDER),
            ("<=", ORDER),
            ("<", ORDER),
            ("~", "a pattern is asked for with `matches`"),
            ("&&", "it is `and`"),
            ("||", "it is `or`"),
        ];
        let after = self.at;
        if self.peek() == Some(b'[') {
            let name = selector.path.last().map(|step| step.name.to_string()).unwrap_or_default();
            return self.fail(Place::new(after, after + 1), Problem::BareIndex(name));
        }
        self.blanks();
        if let Some((operator, hint)) = FOREIGN.iter().find(|(operator, _)| self.rest().starts_with(operator)) {
            let place = Place::new(self.at, self.at + operator.len());
            return self.fail(place, Problem::ForeignOperator(operator, hint));
        }
        let word = self.word_here().to_string();
        let place = Place::new(self.at, self.at + word.len());
        let start = selector.place.start as usize;
        let quantifier = ["any", "all"].into_iter().find(|word| self.text.get(start..after) == Some(word));
        match (quantifier, word.as_str()) {
            (Some(word), next) if !next.is_empty() => {
                self.fail(Place::new(start, after), Problem::LooseQuantifier(word))
            }
            (_, "contains" | "matches" | "is" | "in") if self.at + word.len() == self.text.len() => {
                let problem = match word.as_str() {
                    "is" => Problem::NoState,
                    "in" => Problem::NoSelector,
                    _ => Problem::NoValue,
                };
                self.fail(Place::new(self.text.len(), self.text.len()), problem)
            }
            (_, "" | ")" | "}") => self.fail(place, Problem::NoOperator),
            _ => self.fail(place, Problem::NoSuchOperator(word)),
        }
    }

    /// After a value comes neither `in` nor `not in`.
    pub(super) fn no_search<T>(&mut self, start: usize) -> Option<T> {
        if matches!(self.text.get(start..self.at), Some("any" | "all")) {
            return None; // a quantifier, told of where an operator was missed
        }
        self.blanks();
        self.fail_at_word(|_| Problem::NoSearch)
    }

    pub(super) fn no_selector<T>(&mut self) -> Option<T> {
        let quoted = matches!(self.peek(), Some(b'"' | b'`'));
        self.fail_at_word(|_| if quoted { Problem::BadPointer } else { Problem::NoSelector })
    }
}
