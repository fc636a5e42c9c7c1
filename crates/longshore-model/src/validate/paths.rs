//! Paths that tasks name, looked at as text only.

/// Directory of an allocation, as far as the test for escapes goes (MODEL-166).
const ALLOC: [&str; 2] = ["alloc-dir", "alloc-id"];

/// Whether a path, taken from `base` within an allocation's directory, leads out of that directory (MODEL-166).
///
/// The two names of the directory are made up, and known: a path may go out and come back by them.
pub(super) fn escapes(base: &[&str], path: &str) -> bool {
    if !path.contains("..") {
        return false;
    }
    let start = ALLOC.iter().chain(base).copied();
    !cleaned(start.chain(path.split('/'))).starts_with(&ALLOC)
}

/// Whether a directory is another one or below it.
pub(super) fn is_within(directory: &str, other: &str) -> bool {
    cleaned(directory.split('/')).starts_with(&cleaned(other.split('/')))
}

/// The parts of a path without `.` and `..`; nothing lies above the root.
fn cleaned<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut clean = Vec::new();
    for part in parts {
        match part {
            "" | "." => {}
            ".." => _ = clean.pop(),
            name => clean.push(name),
        }
    }
    clean
}

/// Whether a text is a file's permissions: octal digits for at most twelve bits, or nothing (MODEL-165).
pub(super) fn is_permissions(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'7')) && text.trim_start_matches('0').len() <= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_166_escapes() {
        let table = [
            ("x", false),
            ("/etc", false),
            ("../x", false),
            ("..", false),
            ("../..", true),
            ("../../x", true),
            ("a/../../../x", true),
            ("../../alloc-id/x", false),
            ("../../alloc-idx", true),
            ("../../../../../alloc-dir/alloc-id", false),
            ("${NOMAD_TASK_DIR}/../../../x", true),
            ("a..b/..c", false),
        ];
        for (path, out) in table {
            assert_eq!(escapes(&["task"], path), out, "{path}");
        }
        assert!(!escapes(&["task", "local"], "../../x") && escapes(&["task", "local"], "../../.."));
    }

    #[test]
    fn model_165_permissions() {
        for (text, good) in [
            ("", true),
            ("0644", true),
            ("7777", true),
            ("00000644", true),
            ("10000", false),
            ("8", false),
            ("-1", false),
        ] {
            assert_eq!(is_permissions(text), good, "{text}");
        }
    }
}
