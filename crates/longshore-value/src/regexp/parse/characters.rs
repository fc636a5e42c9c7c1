//! What stands for characters: escapes, and classes in brackets.

use super::super::Problem;
use super::super::class::{self, Set};
use super::{Fault, Parser};

impl Parser<'_> {
    /// `\d`, `\PL`, `\p{Greek}` and their like, if that is what comes.
    pub(super) fn class_escape(&mut self) -> Result<Option<Set>, Fault> {
        let at = self.at;
        let mut rest = self.rest().strip_prefix('\\').unwrap_or("").chars();
        let Some(letter) = rest.next() else { return Ok(None) };
        let mut negated = letter.is_ascii_uppercase();
        if let Some(set) = class::perl(letter.to_ascii_lowercase()) {
            self.at += 2;
            return Ok(Some(class::finish(set, self.flags.ignore_case, negated)));
        }
        if !matches!(letter, 'p' | 'P') {
            return Ok(None);
        }
        self.at += 2;
        let unknown = (at, Problem::UnknownProperty);
        let mut name = match rest.next() {
            Some('{') => rest.as_str().split_once('}').map(|(name, _)| name).ok_or(unknown)?,
            Some(one) => self.rest().get(..one.len_utf8()).unwrap_or(""),
            None => return Err(unknown),
        };
        self.at += name.len() + if self.rest().starts_with('{') { 2 } else { 0 };
        if let Some(rest) = name.strip_prefix('^') {
            (name, negated) = (rest, !negated);
        }
        let set = class::property(name).ok_or(unknown)?;
        Ok(Some(class::finish(set, self.flags.ignore_case, negated)))
    }

    /// The number of the character that an escape stands for.
    pub(super) fn character_escape(&mut self) -> Result<u32, Fault> {
        let at = self.at;
        self.at += 1;
        let unknown = Err((at, Problem::UnknownEscape));
        let Some(letter) = self.next() else { return unknown };
        Ok(match letter {
            'a' => 0x07,
            'f' => 0x0c,
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'v' => 0x0b,
            'x' => return self.hexadecimal().ok_or((at, Problem::CodePoint)),
            // One digit from 1 on would refer back to a group.
            '1'..='7' if !self.rest().starts_with(|c| matches!(c, '0'..='7')) => return unknown,
            '0'..='7' => {
                let digits = self.rest().chars().take(2).map_while(|c| c.to_digit(8));
                let (number, length) = digits.fold((u32::from(letter) - 48, 0), |(n, l), digit| (n * 8 + digit, l + 1));
                self.at += length;
                number
            }
            _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => letter.into(),
            _ => return unknown,
        })
    }

    /// What follows `\x`: two digits, or any in braces.
    fn hexadecimal(&mut self) -> Option<u32> {
        let braced = self.rest().strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let digits = match braced {
            Some((digits, _)) => digits,
            None => self.rest().get(..2)?,
        };
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += digits.len() + if braced.is_some() { 2 } else { 0 };
        let significant = digits.trim_start_matches('0');
        let number = match (digits, significant) {
            ("", _) => None,
            (_, "") => Some(0),
            _ => u32::from_str_radix(significant, 16).ok(),
        };
        number.filter(|number| *number <= char::MAX.into())
    }

    /// A class in brackets.
    pub(super) fn bracket_class(&mut self) -> Result<Set, Fault> {
        let at = self.at;
        self.at += 1;
        let negated = self.eat("^");
        let mut set = Set::empty();
        let mut first = true;
        while first || !self.rest().starts_with(']') {
            first = false;
            if self.at >= self.text.len() {
                return Err((at, Problem::UnclosedClass));
            }
            if let Some(named) = self.named_class()? {
                set.union(&named);
            } else if let Some(escaped) = self.class_escape()? {
                set.union(&escaped);
            } else {
                set.union(&self.class_range(at)?);
            }
        }
        self.at += 1;
        Ok(class::finish(set, false, negated))
    }

    /// `[:alpha:]` or `[:^alpha:]`, if that is what comes.
    fn named_class(&mut self) -> Result<Option<Set>, Fault> {
        let Some(inner) = self.rest().strip_prefix("[:") else { return Ok(None) };
        let Some((name, _)) = inner.split_once(":]") else { return Ok(None) };
        let (negated, plain) = name.strip_prefix('^').map_or((false, name), |plain| (true, plain));
        let set = class::posix(plain).ok_or((self.at, Problem::UnknownClass))?;
        self.at += name.len() + 4;
        Ok(Some(class::finish(set, self.flags.ignore_case, negated)))
    }

    /// One character of a class, or a range from one to another.
    fn class_range(&mut self, class: usize) -> Result<Set, Fault> {
        let at = self.at;
        let first = self.class_character(class)?;
        let range = self.rest().strip_prefix('-').is_some_and(|after| !after.is_empty() && !after.starts_with(']'));
        let last = if range {
            self.at += 1;
            self.class_character(class)?
        } else {
            first
        };
        if last < first {
            return Err((at, Problem::RangeOrder));
        }
        Ok(class::finish(class::range(first, last), self.flags.ignore_case, false))
    }

    fn class_character(&mut self, class: usize) -> Result<u32, Fault> {
        if self.rest().starts_with('\\') {
            return self.character_escape();
        }
        self.next().map(u32::from).ok_or((class, Problem::UnclosedClass))
    }
}
