//! `format` and `formatlist`.

use unicode_segmentation::UnicodeSegmentation;

use super::json::encode;
use super::{Answer, Function, Host, Refusal, any, blame, or_null, refuse, string, text, variadic};
use crate::value::{Number, Type, Value, convert};

pub(super) const TABLE: &[Function] = &[
    variadic("format", &[text("format")], or_null(any("args")), |host, values| {
        let arguments = values.get(1..).unwrap_or_default();
        render(host, string(values, 0), arguments).map(Value::text)
    }),
    variadic("formatlist", &[text("format")], or_null(any("args")), formatlist),
];

/// `format` for each element; what is no list stands beside every element.
fn formatlist(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let arguments = values.get(1..).unwrap_or_default();
    let mut length = None;
    for (index, argument) in arguments.iter().enumerate() {
        let Some(elements) = argument.elements() else { continue };
        match length {
            None => length = Some(elements.len()),
            Some(length) if length != elements.len() => {
                return blame(index + 1, format!("this list has {} elements, another {length}", elements.len()));
            }
            Some(_) => {}
        }
    }
    let mut texts = Vec::new();
    for row in 0..length.unwrap_or(1) {
        let row: Vec<Value> = arguments
            .iter()
            .map(|argument| {
                argument.elements().map_or_else(|| argument.clone(), |all| all.get(row).cloned().unwrap_or(Value::Null))
            })
            .collect();
        host.room(16 * row.len())?;
        texts.push(Value::text(render(host, string(values, 0), &row)?));
    }
    Ok(Value::list(Type::Text, texts))
}

/// One verb of a format, such as `%-8.3f`.
#[derive(Clone, Debug, Default)]
struct Verb {
    plus: bool,
    minus: bool,
    space: bool,
    zero: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
    argument: Option<usize>,
    letter: char,
}

/// Widest field.
const WIDEST: usize = 10_000;

/// The format with its verbs filled in.
fn render(host: &mut Host<'_, '_>, format: &str, arguments: &[Value]) -> Result<String, Refusal> {
    let mut out = String::new();
    let mut rest = format;
    let (mut next, mut highest) = (0, 0);
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (verb, after) = verb(rest)?;
        rest = after;
        let index = verb.argument.unwrap_or(next);
        next = index + 1;
        highest = highest.max(next);
        let Some(argument) = arguments.get(index) else {
            return refuse(format!("there is no argument {} for `%{}`", index + 1, verb.letter));
        };
        let text = one(&verb, argument)?;
        host.room(text.len().saturating_add(verb.width))?;
        pad(&verb, &text, &mut out);
        host.room(0)?;
        if out.len() as u64 / 16 > host.evaluator.limits.value {
            host.room(out.len())?;
        }
    }
    out.push_str(rest);
    if highest < arguments.len() {
        return blame(highest + 1, format!("the format uses {highest} arguments, these are {}", arguments.len()));
    }
    Ok(out)
}

/// Reads a verb after its `%`, and what follows it.
fn verb(text: &str) -> Result<(Verb, &str), Refusal> {
    let mut verb = Verb::default();
    let mut rest = text;
    loop {
        let Some(next) = rest.chars().next() else { return refuse("the format ends inside of a verb") };
        match next {
            '+' => verb.plus = true,
            '-' => verb.minus = true,
            ' ' => verb.space = true,
            '0' => verb.zero = true,
            '#' => verb.sharp = true,
            '[' => {
                let (index, after) = digits(&rest[1..])?;
                let Some(after) = after.strip_prefix(']') else { return refuse("an argument's number has no `]`") };
                let Some(index) = index.and_then(|index| index.checked_sub(1)) else {
                    return refuse("arguments are numbered from 1");
                };
                verb.argument = Some(index);
                rest = after;
                continue;
            }
            '1'..='9' => {
                let (width, after) = digits(rest)?;
                verb.width = width.unwrap_or(0);
                rest = after;
                continue;
            }
            '.' => {
                let (precision, after) = digits(&rest[1..])?;
                verb.precision = Some(precision.unwrap_or(0));
                rest = after;
                continue;
            }
            letter if letter.is_ascii_alphabetic() => {
                verb.letter = letter;
                return Ok((verb, &rest[1..]));
            }
            other => return refuse(format!("`%{other}` is no verb")),
        }
        rest = &rest[1..];
    }
}

/// A number, if there is one, and what follows.
fn digits(text: &str) -> Result<(Option<usize>, &str), Refusal> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    if digits.is_empty() {
        return Ok((None, rest));
    }
    match digits.parse::<usize>() {
        Ok(number) if number <= WIDEST => Ok((Some(number), rest)),
        _ => refuse(format!("a field is at most {WIDEST} wide")),
    }
}

/// An argument as its verb shows it.
fn one(verb: &Verb, argument: &Value) -> Result<String, Refusal> {
    match verb.letter {
        'v' => default(verb, argument),
        't' => match as_type(argument, &Type::Bool, verb)? {
            Value::Bool(value) => Ok(value.to_string()),
            _ => null(verb),
        },
        'b' => integer(verb, argument, 2),
        'o' => integer(verb, argument, 8),
        'd' => integer(verb, argument, 10),
        'x' => integer(verb, argument, 16),
        'X' => Ok(integer(verb, argument, 16)?.to_uppercase()),
        'e' | 'E' | 'f' | 'g' | 'G' => match as_type(argument, &Type::Number, verb)? {
            Value::Number(number) => Ok(float(verb, &number)),
            _ => null(verb),
        },
        's' | 'q' => match as_type(argument, &Type::Text, verb)? {
            Value::Text(text) => {
                let text = match verb.precision {
                    Some(most) => text.graphemes(true).take(most).collect(),
                    None => text.to_string(),
                };
                Ok(if verb.letter == 'q' { encode(&Value::text(text)) } else { text })
            }
            _ => null(verb),
        },
        other => refuse(format!("`%{other}` is no verb")),
    }
}

/// `%v`: numbers and texts as themselves, everything else as JSON; with `#` all of it.
fn default(verb: &Verb, argument: &Value) -> Result<String, Refusal> {
    Ok(match argument {
        Value::Text(text) if !verb.sharp => match verb.precision {
            Some(most) => text.graphemes(true).take(most).collect(),
            None => text.to_string(),
        },
        Value::Number(number) if !verb.sharp => signed(verb, number.to_string()),
        other => encode(other),
    })
}

fn null<T>(verb: &Verb) -> Result<T, Refusal> {
    refuse(format!("`%{}` cannot show null", verb.letter))
}

/// The argument as the verb needs it.
fn as_type(argument: &Value, wanted: &Type, verb: &Verb) -> Answer {
    convert(argument, wanted).or_else(|why| refuse(format!("`%{}`: {why}", verb.letter)))
}

/// A whole number in a base.
fn integer(verb: &Verb, argument: &Value, base: u32) -> Result<String, Refusal> {
    let number = match as_type(argument, &Type::Number, verb)? {
        Value::Number(number) => number,
        _ => return null(verb),
    };
    let Some(whole) = number.to_bigint() else {
        return refuse(format!("`%{}` takes a whole number, this is {number}", verb.letter));
    };
    let digits = whole.to_str_radix(base);
    let prefix = match (verb.sharp, base) {
        (true, 16) => "0x",
        (true, 8) => "0",
        (true, 2) => "0b",
        _ => "",
    };
    let text = match digits.strip_prefix('-') {
        Some(digits) => format!("-{prefix}{digits}"),
        None => format!("{prefix}{digits}"),
    };
    Ok(signed(verb, text))
}

/// A number with the sign that its verb asks for.
fn signed(verb: &Verb, text: String) -> String {
    match (text.starts_with('-'), verb.plus, verb.space) {
        (false, true, _) => format!("+{text}"),
        (false, false, true) => format!(" {text}"),
        _ => text,
    }
}

/// A number with a fraction or an exponent.
fn float(verb: &Verb, number: &Number) -> String {
    let value = number.to_f64();
    let text = if value.is_infinite() {
        if value < 0.0 { "-Inf".to_owned() } else { "+Inf".to_owned() }
    } else {
        match verb.letter {
            'f' => format!("{value:.*}", verb.precision.unwrap_or(6)),
            'e' | 'E' => exponent(&format!("{value:.*e}", verb.precision.unwrap_or(6))),
            _ => shortest(value, verb.precision),
        }
    };
    let text = if verb.letter.is_ascii_uppercase() { text.to_uppercase() } else { text };
    signed(verb, text)
}

/// With an exponent of a sign and two digits at least.
fn exponent(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// `%g`: plain for exponents from -4 to 20 (with a precision: below it), else with an exponent; no trailing zeros.
fn shortest(value: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        Some(digits) => format!("{value:.*e}", digits.max(1) - 1),
        None => format!("{value:e}"),
    };
    let Some((mantissa, power)) = scientific.split_once('e') else { return scientific };
    let power: i32 = power.parse().unwrap_or(0);
    let trimmed = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let most = precision.map_or(21, |digits| digits.max(1) as i32);
    if power < -4 || power >= most {
        return exponent(&format!("{trimmed}e{power}"));
    }
    match precision {
        None => format!("{value}"),
        Some(_) => {
            let digits = trimmed.bytes().filter(u8::is_ascii_digit).count() as i32;
            format!("{value:.*}", (digits - 1 - power).max(0) as usize)
        }
    }
}

/// Adds a field, filled up to its width.
fn pad(verb: &Verb, text: &str, out: &mut String) {
    let fill = verb.width.saturating_sub(text.graphemes(true).count());
    let numeric = matches!(verb.letter, 'b' | 'o' | 'd' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' | 'v');
    if verb.minus {
        out.push_str(text);
        out.extend(std::iter::repeat_n(' ', fill));
    } else if verb.zero && numeric {
        let digits = text.trim_start_matches(['+', '-', ' ']);
        out.push_str(&text[..text.len() - digits.len()]);
        out.extend(std::iter::repeat_n('0', fill));
        out.push_str(digits);
    } else {
        out.extend(std::iter::repeat_n(' ', fill));
        out.push_str(text);
    }
}
