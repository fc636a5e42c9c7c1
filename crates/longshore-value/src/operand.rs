//! The operands of constraints and affinities: on texts (FEAS-50 to FEAS-62) and on typed values (FEAS-145).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::attribute::{Attribute, Value};
use crate::number;
use crate::regexp::Regexp;
use crate::version::{Constraints, Version};

/// How the two sides of a constraint compare. Aliases are one operand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operand {
    /// `=`, `==`, `is`
    Equal,
    /// `!=`, `not`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `regexp`
    Regexp,
    /// `version`
    Version,
    /// `semver`
    Semver,
    /// `set_contains`, `set_contains_all`
    SetContainsAll,
    /// `set_contains_any`
    SetContainsAny,
    /// `is_set`
    IsSet,
    /// `is_not_set`
    IsNotSet,
    /// `distinct_hosts`: nothing that two sides could say; always holds here (FEAS-59).
    DistinctHosts,
    /// `distinct_property`: the same.
    DistinctProperty,
}

impl Operand {
    /// The operand of a name; `None` holds for nothing (FEAS-59).
    pub fn named(name: &str) -> Option<Operand> {
        Some(match name {
            "=" | "==" | "is" => Operand::Equal,
            "!=" | "not" => Operand::NotEqual,
            "<" => Operand::Less,
            "<=" => Operand::LessOrEqual,
            ">" => Operand::Greater,
            ">=" => Operand::GreaterOrEqual,
            "regexp" => Operand::Regexp,
            "version" => Operand::Version,
            "semver" => Operand::Semver,
            "set_contains" | "set_contains_all" => Operand::SetContainsAll,
            "set_contains_any" => Operand::SetContainsAny,
            "is_set" => Operand::IsSet,
            "is_not_set" => Operand::IsNotSet,
            "distinct_hosts" => Operand::DistinctHosts,
            "distinct_property" => Operand::DistinctProperty,
            _ => return None,
        })
    }

    /// Whether it holds between two texts; a side that is not found is `None` (FEAS-50 to FEAS-59).
    ///
    /// To ask for many left sides, make a [`Test`] once.
    ///
    /// ```
    /// use longshore_value::Operand;
    /// assert!(Operand::Less.holds(Some("9"), Some("10")));
    /// assert!(Operand::NotEqual.holds(Some("linux"), None));
    /// assert!(Operand::SetContainsAny.holds(Some("a, b"), Some("b,c")));
    /// ```
    pub fn holds(self, left: Option<&str>, right: Option<&str>) -> bool {
        if self.is_textual() { Test::new(self, right).holds(left) } else { self.holds_plainly(left, right) }
    }

    /// Whether it holds between two typed values; a side that is not found is `None` (FEAS-145).
    ///
    /// ```
    /// use longshore_value::{Attribute, Operand};
    /// let [memory, enough, number] = ["11 GiB", "10000 MiB", "10"].map(Attribute::parse);
    /// assert!(Operand::Greater.holds_typed(Some(&memory), Some(&enough)));
    /// assert!(!Operand::Greater.holds_typed(Some(&memory), Some(&number)));
    /// ```
    pub fn holds_typed(self, left: Option<&Attribute>, right: Option<&Attribute>) -> bool {
        match self {
            Operand::IsSet => return left.is_some(),
            Operand::IsNotSet => return left.is_none(),
            Operand::DistinctHosts | Operand::DistinctProperty => return true,
            Operand::NotEqual if left.is_none() || right.is_none() => return left.is_some() != right.is_some(),
            _ => {}
        }
        let (Some(left), Some(right)) = (left, right) else { return false };
        match (&left.value, &right.value) {
            // A version may be written as a number; what constrains it may not.
            (Value::Int(left), Value::String(right)) if matches!(self, Operand::Version | Operand::Semver) => {
                self.holds(Some(&left.to_string()), Some(right))
            }
            (Value::String(left), Value::String(right)) if self.is_textual() => self.holds(Some(left), Some(right)),
            _ => left.compare(right).is_some_and(|order| self.accepts(order)),
        }
    }

    /// Whether it holds, where the right side is what it says.
    fn holds_plainly(self, left: Option<&str>, right: Option<&str>) -> bool {
        match (self, left, right) {
            (Operand::IsSet, left, _) => left.is_some(),
            (Operand::IsNotSet, left, _) => left.is_none(),
            (Operand::DistinctHosts | Operand::DistinctProperty, ..) => true,
            // A side that is not found is the empty text here (FEAS-51).
            (Operand::NotEqual, left, right) => left.unwrap_or("") != right.unwrap_or(""),
            (Operand::Equal, Some(left), Some(right)) => left == right,
            (_, Some(left), Some(right)) => number::order(left, right).is_some_and(|order| self.accepts(order)),
            (_, None, _) | (_, _, None) => false,
        }
    }

    /// Whether the order of the two sides decides, and then how.
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Operand::Equal => order.is_eq(),
            Operand::NotEqual => order.is_ne(),
            Operand::Less => order.is_lt(),
            Operand::LessOrEqual => order.is_le(),
            Operand::Greater => order.is_gt(),
            Operand::GreaterOrEqual => order.is_ge(),
            _ => false,
        }
    }

    /// Whether only texts have it, and the right one is read first.
    fn is_textual(self) -> bool {
        use Operand::{Regexp, Semver, SetContainsAll, SetContainsAny, Version};
        matches!(self, Regexp | Version | Semver | SetContainsAll | SetContainsAny)
    }
}

/// An operand with its right side, read once and asked for many left sides.
///
/// ```
/// use longshore_value::Operand;
/// use longshore_value::operand::Test;
/// let recent = Test::new(Operand::Version, Some(">= 5.4"));
/// assert_eq!(["5.15.0", "4.19", "unknown"].map(|kernel| recent.holds(Some(kernel))), [true, false, false]);
/// ```
#[derive(Clone, Debug)]
pub struct Test {
    operand: Operand,
    right: Right,
}

/// A right side, made ready.
#[derive(Clone, Debug)]
enum Right {
    /// As it is; `None` is not found.
    Plain(Option<String>),
    /// All of these elements.
    All(BTreeSet<String>),
    /// One of them.
    Any(BTreeSet<String>),
    Regexp(Regexp),
    Versions(Constraints),
    /// Missing, or not understood: nothing holds, and nothing fails (FEAS-64).
    Unreadable,
}

impl Test {
    /// Reads the right side as the operand wants it.
    pub fn new(operand: Operand, right: Option<&str>) -> Test {
        let set = |text: &str| elements(text).map(str::to_owned).collect();
        let read = |text: &str| match operand {
            Operand::Regexp => Regexp::new(text).map_or(Right::Unreadable, Right::Regexp),
            Operand::Version => Constraints::version(text).map_or(Right::Unreadable, Right::Versions),
            Operand::Semver => Constraints::semver(text).map_or(Right::Unreadable, Right::Versions),
            Operand::SetContainsAll => Right::All(set(text)),
            Operand::SetContainsAny => Right::Any(set(text)),
            _ => Right::Plain(Some(text.to_owned())),
        };
        let right = match right {
            Some(text) => read(text),
            None if operand.is_textual() => Right::Unreadable,
            None => Right::Plain(None),
        };
        Test { operand, right }
    }

    /// Whether the operand holds for a left side; `None` is one that is not found.
    pub fn holds(&self, left: Option<&str>) -> bool {
        match (&self.right, left) {
            (Right::Plain(right), left) => self.operand.holds_plainly(left, right.as_deref()),
            (Right::Unreadable, _) | (_, None) => false,
            (Right::Regexp(regexp), Some(left)) => regexp.is_match(left),
            // A node's version is read loosely in both dialects (FEAS-88).
            (Right::Versions(constraints), Some(left)) => {
                Version::loose(left).is_ok_and(|version| constraints.allow(&version))
            }
            (Right::All(wanted), Some(left)) => {
                let held: BTreeSet<&str> = elements(left).filter(|element| wanted.contains(*element)).collect();
                held.len() == wanted.len()
            }
            (Right::Any(wanted), Some(left)) => elements(left).any(|element| wanted.contains(element)),
        }
    }
}

/// FEAS-62: what stands between commas, trimmed; empty ones count.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Operand {
        Operand::named(name).unwrap_or_else(|| panic!("{name:?} is an operand"))
    }

    #[test]
    fn feas_50_to_62_texts() {
        let table: &[(&str, Option<&str>, Option<&str>, bool)] = &[
            ("=", Some("a"), Some("a"), true),
            ("is", Some("a"), Some("A"), false),
            ("==", None, None, false),
            ("!=", None, None, false),
            ("!=", None, Some(""), false),
            ("!=", Some(""), None, false),
            ("not", None, Some("x"), true),
            ("not", Some("x"), None, true),
            ("<", Some("9"), Some("10"), true),
            ("<", Some("9a"), Some("10"), false),
            ("<", None, Some("10"), false),
            (">", Some("10"), Some("9.5"), true),
            (">=", Some("nan"), Some("1"), false),
            ("set_contains", Some("a, b,c"), Some("c,a"), true),
            ("set_contains", Some("a,b"), Some(""), false),
            ("set_contains_all", Some("a,,b"), Some(" "), true),
            ("set_contains_any", Some("a,b"), Some("x,b"), true),
            ("regexp", Some("foobar"), Some("bar"), true),
            ("regexp", Some("foobar"), Some("("), false),
            ("regexp", Some("foobar"), None, false),
            ("version", Some("1.2.3"), Some("~> 1.0"), true),
            ("version", Some("1.3.0-beta1"), Some(">= 0.6.1"), false),
            ("semver", Some("1.3.0-beta1"), Some(">= 0.6.1"), true),
            ("semver", Some("1.7rc2"), Some("< 1.7"), true),
            ("is_set", Some(""), None, true),
            ("is_not_set", None, None, true),
            ("distinct_hosts", None, None, true),
        ];
        for (name, left, right, expected) in table {
            assert_eq!(named(name).holds(*left, *right), *expected, "{left:?} {name} {right:?}");
        }
        assert_eq!(Operand::named(""), None);
    }

    #[test]
    fn feas_145_typed_values() {
        let table: &[(&str, Option<&str>, Option<&str>, bool)] = &[
            (">", Some("4 GiB"), Some("1320.5 MB"), true),
            ("=", Some("800 MHz"), Some("800MHz"), true),
            ("!=", None, None, false),
            ("!=", Some("5"), None, true),
            ("!=", Some("5"), Some("5 GiB"), false),
            ("!=", Some("5"), Some("6"), true),
            ("<", Some("true"), Some("false"), false),
            (">=", Some("false"), Some("true"), true),
            (">", Some("true"), Some("true"), false),
            ("regexp", Some("GP104"), Some("^GP"), true),
            ("regexp", Some("8"), Some("8"), false),
            ("set_contains", Some("foo,bar"), Some("bar"), true),
            ("set_contains", Some("foo,8"), Some("8"), false),
            ("version", Some("5"), Some(">= 5"), true),
            ("version", Some("5 GiB"), Some(">= 5"), true),
            ("version", Some("11.4"), Some(">= 11"), false),
            ("version", Some("1.2.3"), Some("1.2"), false),
            ("semver", Some("1.0-beta"), Some(">= 0.9"), true),
            ("is_set", None, Some("x"), false),
            ("is_not_set", None, None, true),
            ("distinct_property", None, None, true),
            ("<", Some("5"), None, false),
        ];
        for (name, left, right, expected) in table {
            let (l, r) = (left.map(Attribute::parse), right.map(Attribute::parse));
            assert_eq!(named(name).holds_typed(l.as_ref(), r.as_ref()), *expected, "{left:?} {name} {right:?}");
        }
    }
}
