//! Access to files, which the host grants (SPEC-66).

use std::collections::BTreeMap;

/// What file functions may read. The crate itself opens nothing.
///
/// Paths arrive as they are written in the text, joined to [`Options::base_dir`](crate::Options) if they are relative.
///
/// ```
/// use longshore_jobspec::{Files, MemoryFiles, Options, parse};
/// let files = MemoryFiles::from([("conf/name.txt", "kiln")]);
/// let options = Options { files: Some(&files), ..Options::default() };
/// let job = parse("job \"a\" {\n  name = file(\"conf/name.txt\")\n}\n", &options)?;
/// assert_eq!(job.document["Name"], "kiln");
/// # Ok::<(), longshore_jobspec::Failure>(())
/// ```
pub trait Files: std::fmt::Debug {
    /// The bytes of a file, or why there are none: one that has more than `most` is refused, better before they are
    /// in memory.
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, String>;

    /// Whether there is a file.
    fn exists(&self, path: &str) -> Result<bool, String>;

    /// All files below a directory, their paths relative to it, with `/` between names.
    fn list(&self, directory: &str) -> Result<Vec<String>, String>;

    /// A path from the root, for `abspath`.
    fn absolute(&self, path: &str) -> Result<String, String>;

    /// The home directory, for `pathexpand`.
    fn home(&self) -> Option<String> {
        None
    }
}

/// Files in memory: for tests, and for hosts that were handed everything beforehand.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFiles {
    /// Adds a file.
    pub fn insert(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.insert(clean(path), content.into());
    }
}

impl<'a, const N: usize> From<[(&'a str, &'a str); N]> for MemoryFiles {
    fn from(all: [(&'a str, &'a str); N]) -> Self {
        let mut files = MemoryFiles::default();
        all.iter().for_each(|(path, content)| files.insert(path, *content));
        files
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, String> {
        match self.files.get(&clean(path)) {
            Some(bytes) if bytes.len() as u64 > most => Err(format!("{path:?} has more than {most} bytes")),
            Some(bytes) => Ok(bytes.clone()),
            None => Err(format!("there is no file {path:?}")),
        }
    }

    fn exists(&self, path: &str) -> Result<bool, String> {
        let path = clean(path);
        if self.files.keys().any(|known| known.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'))) {
            return Err(format!("{path:?} is a directory"));
        }
        Ok(self.files.contains_key(&path))
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, String> {
        let directory = clean(directory);
        let below = |path: &String| match &*directory {
            "." => Some(path.clone()),
            _ => path.strip_prefix(&directory)?.strip_prefix('/').map(str::to_owned),
        };
        Ok(self.files.keys().filter_map(below).collect())
    }

    fn absolute(&self, path: &str) -> Result<String, String> {
        Ok(clean(&join("/", path)))
    }
}

/// A path from a directory: the path itself if it is absolute.
pub(crate) fn join(directory: &str, path: &str) -> String {
    if path.starts_with('/') || directory.is_empty() { clean(path) } else { clean(&format!("{directory}/{path}")) }
}

/// The shortest way to write a path: no `.`, no doubled `/`, and `..` resolved; `.` if nothing is left.
pub(crate) fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    match (absolute, parts.join("/")) {
        (true, rest) => format!("/{rest}"),
        (false, rest) if rest.is_empty() => ".".to_owned(),
        (false, rest) => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, wanted) in [
            ("", "."),
            ("a/", "a"),
            ("./data/../note", "note"),
            ("/../a", "/a"),
            ("../a", "../a"),
            ("a//b/./c", "a/b/c"),
        ] {
            assert_eq!(clean(path), wanted);
        }
        assert_eq!(join("base", "/a"), "/a");
        assert_eq!(join(".", "a"), "a");
    }
}
