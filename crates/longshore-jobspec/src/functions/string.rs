//! Functions of text. A character is a grapheme cluster.

use longshore_value::Regexp;
use longshore_value::regexp::PROGRAM_BYTES_MAX;
use num_bigint::BigInt;
use unicode_segmentation::UnicodeSegmentation;

use super::{Accepts, Answer, Function, Host, any, blame, function, number, parameter, refuse};
use super::{numeral, string, text, value, variadic, whole};
use crate::text::quoted;
use crate::value::{Number, Value};

pub(super) const TABLE: &[Function] = &[
    function("chomp", &[text("str")], |_, values| Ok(Value::text(string(values, 0).trim_end_matches(['\n', '\r'])))),
    function("indent", &[number("spaces"), text("str")], indent),
    function("trim", &[text("str"), text("cutset")], |_, values| {
        let cut = string(values, 1);
        Ok(Value::text(string(values, 0).trim_matches(|next| cut.contains(next))))
    }),
    function("trimprefix", &[text("str"), text("prefix")], |_, values| {
        let whole = string(values, 0);
        Ok(Value::text(whole.strip_prefix(string(values, 1)).unwrap_or(whole)))
    }),
    function("trimsuffix", &[text("str"), text("suffix")], |_, values| {
        let whole = string(values, 0);
        Ok(Value::text(whole.strip_suffix(string(values, 1)).unwrap_or(whole)))
    }),
    function("trimspace", &[text("str")], |_, values| Ok(Value::text(string(values, 0).trim()))),
    function("replace", &[text("str"), text("substr"), text("replace")], replace),
    function("regex_replace", &[text("str"), text("pattern"), text("replace")], regex_replace),
    function("strlen", &[text("str")], |_, values| {
        Ok(Value::Number(Number::from(string(values, 0).graphemes(true).count())))
    }),
    function("substr", &[text("str"), number("offset"), number("length")], substr),
    function("split", &[text("separator"), text("str")], split),
    variadic("join", &[text("separator")], parameter("lists", Accepts::Texts), join),
    function("sort", &[parameter("list", Accepts::Texts)], sort),
    function("parseint", &[any("number"), number("base")], parseint),
    function("reverse", &[text("str")], reverse),
    function("strrev", &[text("str")], reverse),
    function("compact", &[parameter("list", Accepts::Texts)], compact),
];

/// Spaces before every line but the first.
fn indent(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Ok(spaces) = usize::try_from(whole(values, 0)?) else {
        return refuse("the number of spaces must not be negative");
    };
    let lines = string(values, 1).matches('\n').count();
    host.room(string(values, 1).len().saturating_add(lines.saturating_mul(spaces)))?;
    // Without a line break there is nothing to indent, whatever the number.
    let padding = if lines == 0 { String::new() } else { format!("\n{}", " ".repeat(spaces)) };
    Ok(Value::text(string(values, 1).replace('\n', &padding)))
}

/// Literal text for literal text.
fn replace(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let (text, from, to) = (string(values, 0), string(values, 1), string(values, 2));
    let found = text.matches(from).count();
    host.room(text.len().saturating_add(found.saturating_mul(to.len())))?;
    Ok(Value::text(text.replace(from, to)))
}

/// A pattern's matches; `$1` and `${name}` in the replacement are its groups.
fn regex_replace(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let (text, pattern, with) = (string(values, 0), string(values, 1), string(values, 2));
    let regexp = Regexp::new(pattern);
    // What a program costs hangs on its size, not on the pattern's length; so it does if it turns out to be too large.
    host.room(match &regexp {
        Ok(regexp) => regexp.size() / 4,
        Err(why) if why.code() == "LONGSHORE-REGEXP-SIZE" => PROGRAM_BYTES_MAX / 4,
        Err(_) => 0,
    })?;
    let regexp = match regexp {
        Ok(regexp) => regexp,
        Err(why) => return refuse(format!("{} is no regular expression: {why}", quoted(pattern))),
    };
    // Matches do not overlap, so all that one group matches is no longer than the text.
    let groups = with.matches('$').count().saturating_add(1).saturating_mul(text.len());
    let literal = text.chars().count().saturating_add(1).saturating_mul(with.len());
    host.room(groups.saturating_add(literal))?;
    Ok(Value::text(regexp.replace_all(text, with)))
}

/// So many characters from a place; negative places count from the end, a negative length takes all.
fn substr(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let (offset, length) = (whole(values, 1)?, whole(values, 2)?);
    let characters: Vec<&str> = string(values, 0).graphemes(true).collect();
    let count = characters.len() as i64;
    let start = if offset < 0 { count.saturating_add(offset).max(0) } else { offset.min(count) };
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let part = characters.get(start as usize..end.max(start) as usize).unwrap_or_default();
    Ok(Value::text(part.concat()))
}

/// The parts between separators; with an empty one, the characters.
fn split(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let (separator, text) = (string(values, 0), string(values, 1));
    host.room(text.len().saturating_mul(16))?;
    if separator.is_empty() {
        return Ok(Value::texts(text.chars().map(String::from)));
    }
    Ok(Value::texts(text.split(separator)))
}

/// The elements of all lists with a separator between them.
fn join(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    if values.len() < 2 {
        return refuse("there is no list");
    }
    let mut parts = Vec::new();
    for (index, list) in values.iter().enumerate().skip(1) {
        for element in list.elements().unwrap_or_default() {
            let Value::Text(text) = element else {
                return blame(index, "an element is null");
            };
            parts.push(&**text);
        }
    }
    let separator = string(values, 0);
    host.room(parts.iter().map(|part| part.len().saturating_add(separator.len())).sum())?;
    Ok(Value::text(parts.join(separator)))
}

/// The elements in the order of their bytes.
fn sort(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut sorted = value(values, 0).elements().unwrap_or_default().to_vec();
    if sorted.iter().any(|element| !matches!(element, Value::Text(_))) {
        return refuse("an element is null");
    }
    sorted.sort_by(crate::value::order);
    Ok(Value::list(crate::value::Type::Text, sorted))
}

/// The elements that are neither null nor empty.
fn compact(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Some(elements) = value(values, 0).elements() else {
        return refuse("the list is null");
    };
    let kept = elements.iter().filter(|element| matches!(element, Value::Text(text) if !text.is_empty()));
    Ok(Value::list(crate::value::Type::Text, kept.cloned().collect()))
}

/// A whole number written in a base: digits, then small letters, then capital ones.
fn parseint(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Value::Text(text) = value(values, 0) else {
        return blame(0, format!("a string is needed, this is {}", value(values, 0).noun()));
    };
    let base = match numeral(values, 1).to_i64() {
        Some(base @ 2..=62) => base as u32,
        _ => return blame(1, "the base is a whole number from 2 to 62"),
    };
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 4_000 {
        return blame(0, format!("{} is no whole number", quoted(text)));
    }
    let mut result = BigInt::from(0);
    for digit in digits.bytes() {
        let found = match digit {
            b'0'..=b'9' => u32::from(digit - b'0'),
            b'a'..=b'z' => u32::from(digit - b'a') + 10,
            b'A'..=b'Z' if base > 36 => u32::from(digit - b'A') + 36,
            b'A'..=b'Z' => u32::from(digit - b'A') + 10,
            _ => base,
        };
        if found >= base {
            return blame(0, format!("{} is no whole number in base {base}", quoted(text)));
        }
        result = result * base + found;
    }
    Ok(Value::Number(Number::from(if text.starts_with('-') { -result } else { result })))
}

/// The characters from the last to the first.
fn reverse(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    Ok(Value::text(string(values, 0).graphemes(true).rev().collect::<String>()))
}
