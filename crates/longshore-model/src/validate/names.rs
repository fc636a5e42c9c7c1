//! Which texts are names: of services, hosts, identities, secrets and actions.

/// Whether a text has 1 to `max` bytes that are letters, digits or among `others`.
pub(super) fn is_word(text: &str, max: usize, others: &[u8]) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// Whether a text has 1 to `max` characters, and no NUL or ASCII white space among them.
pub(super) fn is_one_word(text: &str, max: usize) -> bool {
    let is_space = |c| matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ' | '\0');
    (1..=max).contains(&text.chars().count()) && !text.contains(is_space)
}

/// A text's beginning and the rest after a variable, if it begins with one: `${x}`, where x is one or more letters,
/// digits, `_`, `-` or `.`.
fn after_variable(text: &[u8]) -> Option<&[u8]> {
    let inside = text.strip_prefix(b"${")?;
    let end = inside.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_-.".contains(byte)))?;
    let (name, rest) = inside.split_at(end);
    rest.strip_prefix(b"}").filter(|_| !name.is_empty())
}

/// Whether a text has a variable in it.
pub(super) fn has_variable(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|start| after_variable(&bytes[start..]).is_some())
}

/// Whether a text names a service: 1 to 63 letters, digits and dashes, a dash neither first nor last (MODEL-151). A
/// variable counts as the word `ENV-VAR`.
pub(super) fn is_service_name(text: &str) -> bool {
    const VARIABLE: usize = "ENV-VAR".len();
    let (mut rest, mut length) = (text.as_bytes(), 0);
    let (mut ends_well, mut begins_well) = (false, None);
    while let Some(byte) = rest.first() {
        if let Some(after) = after_variable(rest) {
            (rest, length, ends_well) = (after, length + VARIABLE, true);
        } else if *byte == b'-' || byte.is_ascii_alphanumeric() {
            (rest, length, ends_well) = (&rest[1..], length + 1, *byte != b'-');
        } else {
            return false;
        }
        begins_well = begins_well.or(Some(ends_well));
    }
    begins_well == Some(true) && ends_well && length <= 63
}

/// Whether a text is a domain name as far as length goes (MODEL-147): labels of 1 to 63 bytes between dots, one more
/// dot at the end if need be, and 256 bytes in all, each label counted with a dot. A backslash takes three digits or
/// one byte for a byte of its label. The root, a single dot, is one too.
pub(super) fn is_domain_name(text: &str) -> bool {
    if text == "." {
        return true;
    }
    let mut rest = text.as_bytes();
    let (mut label, mut total) = (0, 0);
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'.' if label == 0 => return false,
            b'.' => label = 0,
            b'\\' => {
                let code = after.get(..3).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
                match after.get(if code { 3 } else { 1 }..) {
                    Some(behind) => rest = behind,
                    None => return false,
                }
                label += 1;
            }
            _ => label += 1,
        }
        total += 1;
        if label > 63 {
            return false;
        }
    }
    // A name that ends in a label has that label's dot to count.
    total + usize::from(label > 0) <= 256 && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_151_service_names() {
        for name in ["a", "1", "A-1", "web-${x}", "${NOMAD_TASK_NAME}", "${a.b-c_d}", &"n".repeat(63)] {
            assert!(is_service_name(name), "{name}");
        }
        let long = "n".repeat(57) + "${x}";
        for name in ["", "-a", "a-", "a_b", "a.b", "ä", "${a", "${}", "${a b}", "${x}-", "a b", &"n".repeat(64), &long]
        {
            assert!(!is_service_name(name), "{name}");
        }
    }

    #[test]
    fn model_147_domain_names() {
        let label = "l".repeat(63);
        let two = "a.".repeat(128);
        for name in [".", "a.", "a", " ", "ä.b", "a\nb", r"a\.b", r"\065", label.as_str(), two.as_str(), r"\a"] {
            assert!(is_domain_name(name), "{name}");
        }
        let (over, total) = ("l".repeat(64), "a.".repeat(128) + "a");
        for name in ["", "..", "a..", ".a", "a..b", r"a\", over.as_str(), total.as_str()] {
            assert!(!is_domain_name(name), "{name}");
        }
    }

    #[test]
    fn variables_are_found_anywhere() {
        for (text, found) in [("${x}", true), ("sha256:${a.b}", true), ("${${x}", true), ("${}", false), ("$x", false)]
        {
            assert_eq!(has_variable(text), found, "{text}");
        }
    }
}
