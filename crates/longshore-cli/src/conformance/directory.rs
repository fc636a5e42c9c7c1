//! Where the cases are.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::paths;

/// The variable that names the project's `conformance` directory, or its `cases`.
pub const VARIABLE: &str = "LONGSHORE_CONFORMANCE";

/// The suffix of a file of cases.
const SUFFIX: &str = ".jsonl";

/// The name of the list of pending cases, beside the directory `cases`.
const PENDING: &str = "pending.txt";

/// A directory of cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Directory {
    /// Where it is.
    pub path: PathBuf,
    /// The file of each kind that has one.
    pub files: BTreeMap<String, PathBuf>,
    /// The list of pending cases that applies, if there is one.
    pub pending: Option<PathBuf>,
}

/// Why a directory holds no cases.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// It is not there, or not a directory, or not to be read.
    #[error("{}: cannot be read as a directory of cases: {error}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// It has no file of cases.
    #[error(
        "{}: has no cases: expected files named <kind>.jsonl in it or in its directory cases",
        path.display()
    )]
    Empty {
        /// The path.
        path: PathBuf,
    },
}

/// The directory `given`, else the project's own: that named by [`VARIABLE`], else
/// `conformance/cases` in the current directory or above it, else where the program was built.
///
/// # Errors
/// [`DirectoryError`] if there are no cases there.
pub fn find(given: Option<&Path>) -> Result<Directory, DirectoryError> {
    let current = env::current_dir().ok();
    let path = match given {
        Some(path) => path.to_owned(),
        None => own(env::var_os(VARIABLE), current.clone()),
    };
    // What is told of the cases, errors and failures included, then stays short.
    open(&paths::from(current.as_deref(), &path))
}

/// The project's own directory of cases; it need not exist.
fn own(variable: Option<OsString>, current: Option<PathBuf>) -> PathBuf {
    if let Some(named) = variable.filter(|named| !named.is_empty()) {
        return PathBuf::from(named);
    }
    let above = current.as_deref().into_iter().flat_map(Path::ancestors);
    above
        .map(|path| path.join("conformance").join("cases"))
        .find(|path| path.is_dir())
        .unwrap_or_else(|| project().join("conformance").join("cases"))
}

/// The root of the sources that the program was built from: this package is two levels down.
fn project() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}

/// Opens a directory of cases, or one that holds it under the name `cases`.
///
/// # Errors
/// [`DirectoryError`] if there are no cases there.
pub fn open(path: &Path) -> Result<Directory, DirectoryError> {
    let mut path = path.to_owned();
    let mut files = files(&path)?;
    let inner = path.join("cases");
    if files.is_empty() && inner.is_dir() {
        path = inner;
        files = self::files(&path)?;
    }
    if files.is_empty() {
        return Err(DirectoryError::Empty { path });
    }
    // What is pending is the engine's state, not the cases': other cases, same list.
    let own = || own(env::var_os(VARIABLE), env::current_dir().ok());
    let pending = beside(&path).or_else(|| beside(&own()));
    Ok(Directory { path, files, pending })
}

/// The list of pending cases beside, or within, a directory of cases.
fn beside(cases: &Path) -> Option<PathBuf> {
    // Not `parent()`: that of `.` is nothing.
    let list = [cases.join("..").join(PENDING), cases.join(PENDING)];
    list.into_iter().find(|path| path.is_file())
}

/// The files of cases directly in `path`.
fn files(path: &Path) -> Result<BTreeMap<String, PathBuf>, DirectoryError> {
    let unreadable = |error| DirectoryError::Unreadable { path: path.to_owned(), error };
    let mut files = BTreeMap::new();
    for entry in path.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let kind = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        if let Some(kind) = kind.filter(|kind| !kind.is_empty()) {
            files.insert(kind.to_owned(), entry.path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_wins_then_the_nearest_above_then_the_build() {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let named = own(Some("elsewhere".into()), Some(here.clone()));
        assert_eq!(named, Path::new("elsewhere"));
        let above = own(Some("".into()), Some(here.join("src")));
        assert_eq!(above, here.join("../..").join("conformance/cases").canonicalize().expect("there"));
        let built = own(None, None);
        assert!(built.is_dir(), "{}", built.display());
    }

    #[test]
    fn a_directory_may_hold_the_cases_one_level_down() {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance");
        let directory = open(&project).expect("cases");
        assert!(directory.path.ends_with("cases"));
        assert!(directory.files.contains_key("top_scores"));
        assert!(directory.pending.is_some());
    }

    #[test]
    fn a_directory_without_cases_is_refused() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert!(matches!(open(&source), Err(DirectoryError::Empty { .. })));
        let missing = source.join("no-such");
        assert!(matches!(open(&missing), Err(DirectoryError::Unreadable { .. })));
    }
}
