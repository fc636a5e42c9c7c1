//! Literal text: escapes of quoted strings and of template signs (SPEC-26, SPEC-27).

/// An escape that does not exist.
#[derive(Debug)]
pub(crate) struct BadEscape {
    /// Where in the raw text, in bytes.
    pub(crate) at: usize,
    /// How many bytes.
    pub(crate) length: usize,
}

/// The text that stands in a quoted string.
pub(crate) fn quoted(raw: &str) -> Result<String, BadEscape> {
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(next) = raw[at..].chars().next() {
        if next == '\\' {
            let (character, length) = escape(&raw[at..]).ok_or(BadEscape { at, length: bad_length(&raw[at..]) })?;
            out.push(character);
            at += length;
        } else {
            at += sign(&raw[at..], next, &mut out);
        }
    }
    Ok(out)
}

/// The text that stands in a heredoc, or in a string of JSON: no backslashes, only doubled signs.
pub(crate) fn plain(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(next) = raw[at..].chars().next() {
        at += sign(&raw[at..], next, &mut out);
    }
    out
}

/// One character that is no backslash, or `$${` and `%%{` as what they mean; how many bytes it took.
fn sign(rest: &str, next: char, out: &mut String) -> usize {
    for (doubled, meant) in [("$${", "${"), ("%%{", "%{")] {
        if rest.starts_with(doubled) {
            out.push_str(meant);
            return doubled.len();
        }
    }
    out.push(next);
    next.len_utf8()
}

/// What a backslash and the rest mean, and how many bytes they take.
fn escape(rest: &str) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match rest.as_bytes().get(1)? {
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'"' => simple('"'),
        b'\\' => simple('\\'),
        b'u' => hex(rest, 4),
        b'U' => hex(rest, 8),
        _ => None,
    }
}

/// A character by its number.
fn hex(rest: &str, digits: usize) -> Option<(char, usize)> {
    let text = rest.get(2..2 + digits)?;
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(text, 16).ok()?)?;
    Some((character, 2 + digits))
}

/// How much of a text to show as a wrong escape.
fn bad_length(rest: &str) -> usize {
    rest.chars().take(2).map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_26_27_escapes() {
        assert_eq!(quoted(r#"\n\t\"\\\u00e4\U0001F600"#).ok().as_deref(), Some("\n\t\"\\ä😀"));
        assert_eq!(quoted("$$$${x} %%{y} $$").ok().as_deref(), Some("$$${x} %{y} $$"));
        for wrong in ["\\x41", "\\0", "\\uD800", "\\u12", "\\"] {
            assert!(quoted(wrong).is_err(), "{wrong}");
        }
        assert_eq!(plain("\\n $${x}"), "\\n ${x}");
    }
}
