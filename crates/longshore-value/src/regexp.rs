//! Regular expressions in the reference's dialect, RE2 (FEAS-63).
//!
//! The `regex` crate speaks a dialect of its own: other escapes, nested classes and class operators, other flags,
//! other repetitions. Here the text is read by a parser for RE2, and the engine below that crate (`regex-automata`,
//! with the tables of `regex-syntax`) is given the result. So no expression is ever written out in a second dialect.
//!
//! Matching takes time in proportion to the text, whatever the expression. What an expression may cost is bounded:
//! nesting by [`HEIGHT_MAX`], the compiled program by [`PROGRAM_BYTES_MAX`].

mod class;
mod live;
mod parse;
mod size;

use std::fmt;
use std::sync::Arc;

use regex_automata::meta;
use regex_automata::util::captures::Captures;

use parse::Parsed;

/// How high an expression may tower: groups in groups, repetitions of repetitions.
///
/// The engine's compiler is recursive. In a debug build a level may take it 12 KiB of stack, so this is what a thread
/// with a stack of 1 MiB can bear. The reference takes towers of 1000; people write less than ten.
pub const HEIGHT_MAX: usize = 64;

/// How many bytes a compiled expression may take, and its characters and ranges before.
pub const PROGRAM_BYTES_MAX: usize = 16 << 20;

/// A regular expression, ready to match. Clones share the program.
///
/// ```
/// use longshore_value::Regexp;
/// let lyon = Regexp::new(r"^lyon-\d+$")?;
/// assert!(lyon.is_match("lyon-2") && !lyon.is_match("lyon-２"));
/// assert_eq!(Regexp::new("a**").unwrap_err().to_string(),
///            "character 3: this repeats a repetition; what is to be repeated belongs in a group: (?:…)");
/// # Ok::<(), longshore_value::regexp::RegexpError>(())
/// ```
#[derive(Clone)]
pub struct Regexp(Arc<Inner>);

struct Inner {
    text: String,
    program: meta::Regex,
    size: usize,
    /// The name of each group from the first; names may repeat.
    names: Vec<Option<String>>,
}

/// Why a text is no regular expression (FEAS-63).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("character {at}: {problem}")]
pub struct RegexpError {
    at: usize,
    problem: Problem,
}

impl RegexpError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        if self.is_size() { "LONGSHORE-REGEXP-SIZE" } else { "FEAS-63" }
    }

    /// Whether it is one, but takes too much.
    pub fn is_size(&self) -> bool {
        matches!(self.problem, Problem::TooHigh | Problem::TooLarge)
    }

    /// Where in the text: the character, from 1.
    pub fn character(&self) -> usize {
        self.at
    }
}

/// What is wrong with a text that is no regular expression.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
enum Problem {
    #[error("there is nothing to repeat before this; \\ makes it an ordinary character")]
    NothingToRepeat,
    #[error("this repeats a repetition; what is to be repeated belongs in a group: (?:…)")]
    RepeatsRepetition,
    #[error("repetitions, multiplied where they are nested, are at most 1000")]
    CountTooLarge,
    #[error("the least count is greater than the greatest")]
    CountOrder,
    #[error("this group is not closed; a ) is missing")]
    UnclosedGroup,
    #[error("no group is open here; \\) is an ordinary parenthesis")]
    UnopenedGroup,
    #[error("no group begins like this: (…), (?:…), (?P<name>…) and flags such as (?i) are known, look-around is not")]
    UnknownGroup,
    #[error("a group's name consists of ASCII letters, digits and _")]
    GroupName,
    #[error("flags are i, m, s and U, perhaps after a - to unset them")]
    UnknownFlag,
    #[error("this class is not closed; a ] is missing")]
    UnclosedClass,
    #[error("the range ends before it begins")]
    RangeOrder,
    #[error("no class has this name")]
    UnknownClass,
    #[error("no escape begins like this; back-references are not known")]
    UnknownEscape,
    #[error("a character's number is hexadecimal, at most 10FFFF: \\x41, \\x{{10FFFF}}")]
    CodePoint,
    #[error("no category or script has this name")]
    UnknownProperty,
    #[error("the expression towers higher than {HEIGHT_MAX} groups and repetitions")]
    TooHigh,
    #[error("the expression takes more than {PROGRAM_BYTES_MAX} bytes; smaller counts or classes take less")]
    TooLarge,
}

impl Regexp {
    /// Reads an expression. While one of the same text is kept anywhere in the program, both share what was compiled.
    ///
    /// # Errors
    /// [`RegexpError`]: what is wrong, and at which character.
    pub fn new(text: &str) -> Result<Regexp, RegexpError> {
        if let Some(program) = live::find(text) {
            return Ok(Regexp(program));
        }
        let Parsed { hir, names } = parse::parse(text)
            .map_err(|(at, problem)| RegexpError { at: text.get(..at).unwrap_or(text).chars().count() + 1, problem })?;
        let config = meta::Config::new().nfa_size_limit(Some(PROGRAM_BYTES_MAX)).auto_prefilter(false);
        // What was parsed is an expression; that it is too large is all that can be said against it.
        let program = meta::Builder::new().configure(config).build_from_hir(&hir);
        let program = program.map_err(|_| RegexpError { at: 1, problem: Problem::TooLarge })?;
        let size = size::of(&hir);
        let program = Arc::new(Inner { text: text.to_owned(), program, size, names });
        live::show(&program);
        Ok(Regexp(program))
    }

    /// The text that it was read from.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Bytes that its program takes, about, for who keeps many: worked out from the expression, and so the same on every
    /// platform and with all features of the engine.
    pub fn size(&self) -> usize {
        self.0.size
    }

    /// Whether it matches somewhere in a text. Linear in the text.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.program.is_match(text)
    }

    /// A text with all matches replaced, from left to right, without overlap.
    ///
    /// In the replacement `$1` and `$name`, or `${1}` and `${name}`, stand for what a group matched; a name is as long
    /// as it can be, one that no group has stands for nothing. `$$` stands for `$`.
    ///
    /// ```
    /// # use longshore_value::Regexp;
    /// let words = Regexp::new(r"(?P<first>\w+) (\w+)")?;
    /// assert_eq!(words.replace_all("john smith", "$2 ${first}s"), "smith johns");
    /// # Ok::<(), longshore_value::regexp::RegexpError>(())
    /// ```
    pub fn replace_all(&self, text: &str, replacement: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for captures in self.0.program.captures_iter(text) {
            if let Some(span) = captures.get_match().map(|found| found.span()) {
                out.push_str(text.get(copied..span.start).unwrap_or(""));
                self.expand(text, &captures, replacement, &mut out);
                copied = span.end;
            }
        }
        out.push_str(text.get(copied..).unwrap_or(""));
        out
    }

    /// Appends a replacement with its groups filled in.
    fn expand(&self, text: &str, captures: &Captures, mut replacement: &str, out: &mut String) {
        while let Some((before, after)) = replacement.split_once('$') {
            out.push_str(before);
            let end = after.find(|c: char| !is_name(c)).unwrap_or(after.len());
            let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            replacement = match braced {
                _ if end > 0 => {
                    out.push_str(self.group(text, captures, &after[..end]));
                    &after[end..]
                }
                Some((name, rest)) if !name.is_empty() && name.chars().all(is_name) => {
                    out.push_str(self.group(text, captures, name));
                    rest
                }
                _ => {
                    out.push('$');
                    after.strip_prefix('$').unwrap_or(after)
                }
            };
        }
        out.push_str(replacement);
    }

    /// What a group matched, by its number or by its name: of several with one name, the first that matched.
    fn group<'t>(&self, text: &'t str, captures: &Captures, name: &str) -> &'t str {
        let span = if name.bytes().all(|byte| byte.is_ascii_digit()) {
            name.parse().ok().and_then(|index| captures.get_group(index))
        } else {
            let named = |(_, of): &(usize, &Option<String>)| of.as_deref() == Some(name);
            self.0.names.iter().enumerate().filter(named).find_map(|(at, _)| captures.get_group(at + 1))
        };
        span.and_then(|span| text.get(span.range())).unwrap_or("")
    }
}

/// What names of groups consist of.
fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Equal if read from the same text.
impl PartialEq for Regexp {
    fn eq(&self, other: &Regexp) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Regexp {}

impl fmt::Debug for Regexp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regexp").field(&self.0.text).finish()
    }
}

#[cfg(test)]
mod tests;
