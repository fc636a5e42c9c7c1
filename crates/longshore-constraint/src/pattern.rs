//! Datacenter patterns.

/// Whether a pattern matches a text: `*` is any run of characters, everything else literal (FEAS-4).
/// O(pattern × text), no recursion.
///
/// ```
/// use longshore_constraint::matches;
/// assert!(matches("us-*-1", "us-west-1") && matches("us-*-1", "us--1") && !matches("us-*-1", "us-1"));
/// ```
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star stood, and how much of the text it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && pattern[p] == text[t] {
            p += 1;
            t += 1;
        } else if let Some((at, swallowed)) = star {
            star = Some((at, swallowed + 1));
            p = at + 1;
            t = swallowed + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feas_4_datacenter_patterns() {
        let cases = [
            ("*", "", true),
            ("*", "dc1", true),
            ("dc*", "dc1", true),
            ("*1", "dc1", true),
            ("d*c*1", "d-x-c-y-1", true),
            ("d*c", "dcd", false),
            ("dc?", "dc1", false),
            ("", "", true),
            ("", "dc1", false),
            ("DC1", "dc1", false),
            ("a*a", "a", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern:?} against {text:?}");
        }
    }
}
