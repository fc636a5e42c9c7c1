//! Is an answer the recorded one, and if not, where does it first differ?

use std::fmt;

use serde_json::{Number, Value};

/// How far two scores may be apart: relative, and absolute near zero (PLACE-142).
const TOLERANCE: f64 = 1e-9;

/// What is compared.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Level {
    /// Values, decisions, states, codes; what is judged.
    #[default]
    Ordinary,
    /// Also what the ordinary level leaves out, as a kind's format says.
    Strict,
}

/// Which numbers are scores, which compare within a tolerance; the others compare exactly.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Scores {
    /// None is.
    #[default]
    None,
    /// Those below one of these members, at any depth.
    Below(&'static [&'static str]),
}

/// How the values of a kind compare.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    /// Numbers with a tolerance.
    pub scores: Scores,
    /// An empty list equals null and a missing member, as almost everywhere.
    pub empty_list_is_null: bool,
}

impl Rules {
    /// Those of every kind whose format says nothing else: a null member is a missing one, an
    /// empty list is null, numbers are exact.
    pub const DEFAULT: Self = Self { scores: Scores::None, empty_list_is_null: true };

    /// The same, with scores below these members.
    pub const fn with_scores(self, members: &'static [&'static str]) -> Self {
        Self { scores: Scores::Below(members), ..self }
    }

    /// The same, with an empty list distinct from null.
    pub const fn with_empty_lists(self) -> Self {
        Self { empty_list_is_null: false, ..self }
    }
}

/// The first place at which an answer differs; what is absent there is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The place, such as `merged.Migrate` or `kept[2]`; empty for the whole.
    pub path: String,
    /// What was recorded there.
    pub expected: Option<Value>,
    /// What was answered there.
    pub got: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: &Option<Value>| match value {
            Some(value) => shortened(&value.to_string(), 160),
            None => "nothing".to_owned(),
        };
        let path = match self.path.as_str() {
            "" => "the whole answer",
            path => path,
        };
        write!(f, "at {path}: expected {}, got {}", side(&self.expected), side(&self.got))
    }
}

/// The first difference of two values, members in the order of their names.
pub fn first_difference(expected: &Value, got: &Value, rules: &Rules) -> Option<Difference> {
    let mut path = Path::default();
    walk(Some(expected), Some(got), rules, &mut path).err()
}

/// A score as a case writes it: a number, or `"NaN"`, `"+Inf"`, `"-Inf"`.
pub fn score(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => Value::from("NaN"),
        None if value > 0.0 => Value::from("+Inf"),
        None => Value::from("-Inf"),
    }
}

/// Text cut to about `most` bytes, with how much is missing.
pub fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let cut = (0..=most).rev().find(|&at| text.is_char_boundary(at));
    let (kept, rest) = text.split_at(cut.unwrap_or(0));
    format!("{kept}… ({} more bytes)", rest.len())
}

/// The place that is being compared.
#[derive(Debug, Default)]
struct Path {
    steps: Vec<Step>,
}

/// One step down.
#[derive(Debug)]
enum Step {
    Member(String),
    Element(usize),
}

impl Path {
    /// Is it below one of these members?
    fn below(&self, members: &[&str]) -> bool {
        let is_named = |step: &Step| match step {
            Step::Member(name) => members.contains(&name.as_str()),
            Step::Element(_) => false,
        };
        self.steps.iter().any(is_named)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.steps.iter().enumerate() {
            match step {
                Step::Element(index) => write!(f, "[{index}]")?,
                Step::Member(name) if is_plain(name) => {
                    write!(f, "{}{name}", if i == 0 { "" } else { "." })?;
                }
                Step::Member(name) => write!(f, "[{}]", Value::from(name.as_str()))?,
            }
        }
        Ok(())
    }
}

/// Can a member's name stand in a path without quotes?
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Compares two values, either of which may be absent.
fn walk(expected: Option<&Value>, got: Option<&Value>, rules: &Rules, path: &mut Path) -> Result<(), Difference> {
    let (expected, got) = (present(expected, rules), present(got, rules));
    let same = match (expected, got) {
        (None, None) => true,
        (Some(Value::Object(_)), Some(Value::Object(_))) | (Some(Value::Array(_)), Some(Value::Array(_))) => {
            return descend(expected, got, rules, path);
        }
        (Some(Value::Number(a)), Some(Value::Number(b))) => match rules.scores {
            Scores::Below(members) if path.below(members) => close(a, b),
            _ => equal(a, b),
        },
        (a, b) => a == b,
    };
    if same {
        Ok(())
    } else {
        Err(Difference { path: path.to_string(), expected: expected.cloned(), got: got.cloned() })
    }
}

/// Compares two objects member by member, or two lists element by element.
fn descend(expected: Option<&Value>, got: Option<&Value>, rules: &Rules, path: &mut Path) -> Result<(), Difference> {
    let mut step = |step, expected, got| {
        path.steps.push(step);
        walk(expected, got, rules, path)?;
        path.steps.pop();
        Ok(())
    };
    match (expected, got) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            names.into_iter().try_for_each(|name| step(Step::Member(name.clone()), a.get(name), b.get(name)))
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).try_for_each(|i| step(Step::Element(i), a.get(i), b.get(i)))
        }
        _ => Ok(()),
    }
}

/// The value, unless it says that there is none.
fn present<'a>(value: Option<&'a Value>, rules: &Rules) -> Option<&'a Value> {
    value.filter(|value| match value {
        Value::Null => false,
        Value::Array(list) => !(list.is_empty() && rules.empty_list_is_null),
        _ => true,
    })
}

/// Are two numbers the same? Whole numbers compare as such, so 2⁶⁴−1 is not 2⁶⁴.
fn equal(a: &Number, b: &Number) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}

/// Are two scores the same, within the tolerance?
fn close(a: &Number, b: &Number) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0),
        _ => a == b,
    }
}

/// A number that is written as a whole one.
fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn diff(expected: Value, got: Value, rules: &Rules) -> Option<String> {
        first_difference(&expected, &got, rules).map(|difference| difference.to_string())
    }

    fn plain(expected: Value, got: Value) -> Option<String> {
        diff(expected, got, &Rules::DEFAULT)
    }

    #[test]
    fn nothing_is_null_is_missing_is_an_empty_list() {
        assert_eq!(plain(json!({"a": null}), json!({})), None);
        assert_eq!(plain(json!({}), json!({"a": []})), None);
        assert_eq!(plain(json!({"a": [null]}), json!({"a": [[]]})), None);
        assert!(plain(json!({"a": {}}), json!({})).is_some());
        assert!(plain(json!({"a": ""}), json!({})).is_some());
        let strict = Rules::DEFAULT.with_empty_lists();
        assert!(diff(json!({"a": []}), json!({}), &strict).is_some());
        assert_eq!(diff(json!({"a": null}), json!({}), &strict), None);
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(plain(json!(1), json!(1.0)), None);
        assert!(plain(json!(u64::MAX), json!(u64::MAX - 1)).is_some());
        assert!(plain(json!(1.0), json!(1.0 + 1e-12)).is_some());
        assert!(plain(json!(-1), json!(u64::MAX)).is_some());
    }

    #[test]
    fn scores_have_a_tolerance_where_the_kind_says_so() {
        let rules = Rules::DEFAULT.with_scores(&["scores"]);
        let near = |member: &str| {
            let of = |x: f64| json!({member: {"n": [x]}});
            diff(of(0.5), of(0.5 + 1e-10), &rules)
        };
        assert_eq!(near("scores"), None);
        assert!(near("counts").is_some());
        let far = diff(json!({"scores": 0.5}), json!({"scores": 0.500001}), &rules);
        assert!(far.is_some());
        assert_eq!(score(f64::NAN), json!("NaN"));
        assert_eq!(score(f64::NEG_INFINITY), json!("-Inf"));
        assert_eq!(score(f64::INFINITY), json!("+Inf"));
    }

    #[test]
    fn the_first_difference_is_pointed_at() {
        for (expected, got, told) in [
            (json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 3]}}), "at a.b[1]: expected 2, got 3"),
            (json!({"a": [1, 2]}), json!({"a": [1]}), "at a[1]: expected 2, got nothing"),
            (json!({}), json!({"x y": true}), "at [\"x y\"]: expected nothing, got true"),
            (json!("a"), json!({}), "at the whole answer: expected \"a\", got {}"),
            (json!([[1]]), json!([["1"]]), "at [0][0]: expected 1, got \"1\""),
        ] {
            assert_eq!(plain(expected, got).as_deref(), Some(told));
        }
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shortened("short", 10), "short");
        assert_eq!(shortened("aäöü", 2), "a… (6 more bytes)");
    }
}
