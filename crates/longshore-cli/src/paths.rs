//! Paths as a person at a shell would write them.

use std::path::{Path, PathBuf};

/// The same place named from the directory `current`, if that is shorter: `conformance/cases` for
/// `/home/me/longshore/conformance/cases`, `../cases` for what is beside it.
///
/// # Example
/// ```
/// use std::path::Path;
/// use longshore_cli::paths::from;
/// let current = Some(Path::new("/home/me/longshore"));
/// assert_eq!(from(current, Path::new("/home/me/longshore/data/a.csv")), Path::new("data/a.csv"));
/// ```
pub fn from(current: Option<&Path>, path: &Path) -> PathBuf {
    let mut up = PathBuf::new();
    for above in current.into_iter().flat_map(Path::ancestors) {
        if let Ok(rest) = path.strip_prefix(above) {
            let named = up.join(rest);
            let named = if named.as_os_str().is_empty() { PathBuf::from(".") } else { named };
            return if named.as_os_str().len() < path.as_os_str().len() { named } else { path.to_owned() };
        }
        up.push("..");
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_name_is_taken() {
        let from = |path: &str| from(Some(Path::new("/a/b/c")), Path::new(path));
        assert_eq!(from("/a/b/c/d/e"), Path::new("d/e"));
        assert_eq!(from("/a/b/c"), Path::new("."));
        assert_eq!(from("/a/b/x/y"), Path::new("../x/y"));
        assert_eq!(from("/z"), Path::new("/z"), "../../../z is longer");
        assert_eq!(from("d/e"), Path::new("d/e"), "named from here already");
        assert_eq!(super::from(None, Path::new("/a")), Path::new("/a"));
    }
}
