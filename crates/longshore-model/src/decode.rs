//! JSON text in and out, with errors that point at the place.

use std::fmt::Write as _;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use crate::wire::{Encoded, Form, Wire};

/// Why a document was refused, and where (MODEL-5). Nothing of it was applied.
///
/// ```
/// use longshore_model::{Job, from_json};
/// let error = from_json::<Job>(r#"{"TaskGroups": [{"Count": "three"}]}"#).unwrap_err();
/// assert_eq!((error.code(), error.path()), ("MODEL-5", "TaskGroups[0].Count"));
/// assert_eq!(error.problem(), r#"found the text "three", expected an integer"#);
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}{problem} (line {line}, column {column})", Prefix(path))]
pub struct DecodeError {
    code: &'static str,
    path: String,
    problem: String,
    line: usize,
    column: usize,
}

/// The code of a value of a wrong type or out of range.
const WRONG_VALUE: &str = "MODEL-5";
/// The code of what is no JSON, or too deep to read.
const SYNTAX: &str = "syntax";
/// The code of what is too large to read.
const SIZE: &str = "LONGSHORE-SIZE";

/// The longest text that is read, in bytes.
const TEXT_MAX: usize = 16 << 20;
/// The most objects in a text: an empty one takes two bytes there and a thousand in memory.
const OBJECTS_MAX: usize = 1 << 18;

impl DecodeError {
    /// `MODEL-5` for a value of a wrong type or out of range; `syntax` for a text that is no JSON, or is nested deeper
    /// than 127 levels; `LONGSHORE-SIZE` for one that is longer than 16 MiB or has more than 262,144 objects.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The member at fault, such as `TaskGroups[0].Tasks[1].Resources.CPU`, named as the document names it; `""` for
    /// the document as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was found and what was expected there.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The line, from 1, where reading stopped.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column, from 1 and in bytes, where reading stopped: at the end of the value at fault, or just before it if it
    /// is a list or an object.
    pub fn column(&self) -> usize {
        self.column
    }
}

/// A path and a colon, or nothing.
struct Prefix<'a>(&'a str);

impl std::fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "{}: ", self.0) }
    }
}

/// Decodes one JSON document (MODEL-1 to MODEL-6). Half of a surrogate pair reads as U+FFFD.
///
/// # Errors
/// [`DecodeError`] if the text is no JSON, holds more than one document, is too large, or has a value of a wrong type or
/// out of range somewhere. A text that is no JSON is reported as such even if a value of a wrong type comes first.
///
/// # Cost
/// One pass; up to two more for the sake of the error.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    bound(text)?;
    serde_json::from_str(text).or_else(|error| match with_whole_surrogates(text, &error) {
        Some(text) => serde_json::from_str(&text).map_err(|error| explain::<T>(&text, error)),
        None => Err(explain::<T>(text, error)),
    })
}

/// Refuses what would take more memory than any job deserves.
fn bound(text: &str) -> Result<(), DecodeError> {
    let problem = if text.len() > TEXT_MAX {
        format!("{} bytes long; the most is {TEXT_MAX}", text.len())
    } else if braces(text) > OBJECTS_MAX && objects(text) > OBJECTS_MAX {
        format!("more than {OBJECTS_MAX} objects; split the document")
    } else {
        return Ok(());
    };
    Err(DecodeError { code: SIZE, path: String::new(), problem, line: 1, column: 1 })
}

/// At least as many as there are objects, and fast.
fn braces(text: &str) -> usize {
    if text.len() <= OBJECTS_MAX { 0 } else { text.bytes().filter(|&byte| byte == b'{').count() }
}

/// The objects of a text: braces outside of strings.
fn objects(text: &str) -> usize {
    let (mut count, mut quoted, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// The text with every half of a surrogate pair written `\ufffd`, as the reference reads it; `None` if that is not what
/// was wrong. Places stay where they are.
fn with_whole_surrogates(text: &str, error: &serde_json::Error) -> Option<String> {
    if !error.to_string().contains("hex escape") {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'\\')) {
        at += found;
        match (unit(&bytes, at), unit(&bytes, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                bytes[at..at + 6].copy_from_slice(b"\\ufffd");
                at += 6;
            }
            _ => at += 2, // an escape of another kind: the next byte belongs to it
        }
    }
    String::from_utf8(bytes).ok()
}

/// The code unit that is escaped at a place.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Encodes as JSON, in the given form.
pub fn to_json<T: Wire>(value: &T, form: Form) -> String {
    // Writing to memory cannot fail, and every key of every object is text.
    serde_json::to_string(&Encoded(value, form)).expect("a model object has a JSON form")
}

/// Reads a refused document again, slowly, for the place of its fault.
fn explain<T: DeserializeOwned>(text: &str, error: serde_json::Error) -> DecodeError {
    let mut json = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => judge(text, String::new(), &error), // a whole document, and then something more
        Err(found) => judge(text, path_text(found.path()), found.inner()),
    }
}

fn judge(text: &str, path: String, error: &serde_json::Error) -> DecodeError {
    if let Err(syntax) = serde_json::from_str::<IgnoredAny>(text) {
        return refused(SYNTAX, String::new(), syntax_problem(&syntax), &syntax);
    }
    let message = without_position(error);
    if error.is_data() {
        refused(WRONG_VALUE, path, value_problem(&message), error)
    } else if message == "number out of range" {
        refused(WRONG_VALUE, path, "found a number too large for any type".to_string(), error)
    } else {
        refused(SYNTAX, path, syntax_problem(error), error)
    }
}

fn refused(code: &'static str, path: String, problem: String, at: &serde_json::Error) -> DecodeError {
    DecodeError { code, path, problem, line: at.line().max(1), column: at.column().max(1) }
}

/// Members after dots, positions in brackets; keys that are no plain words in brackets and quotes.
fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        let done = match segment {
            Segment::Seq { index } => write!(text, "[{index}]"),
            Segment::Map { key } if !is_word(key) => write!(text, "[{key:?}]"),
            Segment::Map { key: word } | Segment::Enum { variant: word } if text.is_empty() => write!(text, "{word}"),
            Segment::Map { key: word } | Segment::Enum { variant: word } => write!(text, ".{word}"),
            Segment::Unknown => write!(text, ".?"),
        };
        done.expect("a string can be written to");
    }
    text
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// The message alone: its position is told apart from it.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&position).map(str::to_string).unwrap_or(message)
}

fn syntax_problem(error: &serde_json::Error) -> String {
    match without_position(error).as_str() {
        message if message.starts_with("EOF") => "the text ends before the document does".to_string(),
        "trailing characters" => "the text goes on after the end of the document".to_string(),
        "recursion limit exceeded" => "nested deeper than 127 levels".to_string(),
        message => format!("no JSON: {message}"),
    }
}

/// `invalid type: FOUND, expected WANTED` in our words; other messages are ours already.
fn value_problem(message: &str) -> String {
    if let Some((text, known)) = message
        .strip_prefix("unknown variant `")
        .and_then(|rest| rest.rsplit_once("`, expected one of ").or_else(|| rest.rsplit_once("`, expected ")))
    {
        return format!("found the text {:?}, expected {known}", shortened(text));
    }
    let parts = ["invalid type: ", "invalid value: ", "invalid length: "]
        .iter()
        .find_map(|prefix| message.strip_prefix(prefix))
        .and_then(|rest| rest.rsplit_once(", expected "));
    match parts {
        Some((found, expected)) => format!("found {}, expected {}", found_words(found), expected_words(expected)),
        None => message.to_string(),
    }
}

fn found_words(found: &str) -> String {
    let quoted = |prefix| found.strip_prefix(prefix).and_then(|rest: &str| rest.strip_suffix('`'));
    if let Some(number) = quoted("integer `").or_else(|| quoted("floating point `")) {
        format!("the number {number}")
    } else if let Some(flag) = quoted("boolean `") {
        flag.to_string()
    } else if let Some(text) = found.strip_prefix("string ") {
        format!("the text {}", shortened(text))
    } else {
        match found {
            "map" => "an object".to_string(),
            "sequence" => "a list".to_string(),
            other => other.to_string(),
        }
    }
}

fn expected_words(expected: &str) -> &str {
    match expected {
        "i8" => "an integer from -128 to 127",
        "u8" => "an integer from 0 to 255",
        "i32" | "i64" => "an integer",
        "u32" | "u64" => "an integer that is not negative",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        other => other,
    }
}

/// The beginning of a text that may be a whole file.
fn shortened(text: &str) -> std::borrow::Cow<'_, str> {
    const CHARS: usize = 60;
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}
