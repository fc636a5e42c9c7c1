//! `upper`, `lower`, `title`: letter by letter, by Unicode's *simple* mappings, which make one letter of one.

use super::{Answer, Function, Host, function, string, text};
use crate::value::Value;

pub(super) const TABLE: &[Function] = &[
    function("upper", &[text("str")], |_, values| Ok(Value::text(mapped(string(values, 0), upper)))),
    function("lower", &[text("str")], |_, values| Ok(Value::text(mapped(string(values, 0), lower)))),
    function("title", &[text("str")], title),
];

fn mapped(text: &str, to: fn(char) -> char) -> String {
    text.chars().map(to).collect()
}

/// The first letter of every word in its title form.
fn title(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut inside = false;
    let mut titled = String::new();
    for next in string(values, 0).chars() {
        titled.push(if inside { next } else { title_letter(next) });
        inside = next.is_alphanumeric() || next == '_' || (!next.is_ascii() && !next.is_whitespace());
    }
    Ok(Value::text(titled))
}

/// The one letter that a letter becomes, or itself: `ß` stays.
fn single(letter: char, mut to: impl Iterator<Item = char>) -> char {
    match (to.next(), to.next()) {
        (Some(other), None) => other,
        _ => letter,
    }
}

fn upper(letter: char) -> char {
    match letter {
        // Greek letters with a small iota below: fully, two capitals; simply, one with the iota beside it.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(letter as u32 + 8).unwrap_or(letter)
        }
        'ᾳ' | 'ῃ' | 'ῳ' => char::from_u32(letter as u32 + 9).unwrap_or(letter),
        _ => single(letter, letter.to_uppercase()),
    }
}

fn lower(letter: char) -> char {
    match letter {
        // Fully, with a second dot to tell it from `I`.
        'İ' => 'i',
        _ => single(letter, letter.to_lowercase()),
    }
}

fn title_letter(letter: char) -> char {
    match letter {
        // Two letters in one: only the first is a capital.
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        // Georgian has capitals for whole words only.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => letter,
        _ => upper(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_65_case_is_mapped_one_to_one() {
        for (letter, up, low, titled) in [
            ('ß', 'ß', 'ß', 'ß'),
            ('é', 'É', 'é', 'É'),
            ('İ', 'İ', 'i', 'İ'),
            ('ı', 'I', 'ı', 'I'),
            ('ᾳ', 'ᾼ', 'ᾳ', 'ᾼ'),
            ('ᾀ', 'ᾈ', 'ᾀ', 'ᾈ'),
            ('ᾈ', 'ᾈ', 'ᾀ', 'ᾈ'),
            ('ῼ', 'ῼ', 'ῳ', 'ῼ'),
            ('ǆ', 'Ǆ', 'ǆ', 'ǅ'),
            ('ǲ', 'Ǳ', 'ǳ', 'ǲ'),
            ('ა', 'Ა', 'ა', 'ა'),
            ('ﬁ', 'ﬁ', 'ﬁ', 'ﬁ'),
            ('Σ', 'Σ', 'σ', 'Σ'),
        ] {
            assert_eq!((upper(letter), lower(letter), title_letter(letter)), (up, low, titled), "{letter}");
        }
    }
}
