//! Where the public traces lie: the `data` directory that holds `openb/`.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// The environment variable that names the data directory.
pub const DATA_VARIABLE: &str = "LONGSHORE_DATA";

/// The folder a data directory must hold to be taken for one.
const MARK: &str = "openb";

/// Finds the data directory: the folder that holds `openb/`, `arrivals` and node lists inside it.
///
/// The places are tried in this order; the first that holds `openb/` wins:
///
/// 1. the folder named by the environment variable `LONGSHORE_DATA`; if the variable is set and not
///    empty, no other place is tried, so that a mistyped path is an error and not another data set;
/// 2. `data` in the current directory, then in each of its parents, nearest first;
/// 3. `data` of the source tree this crate was compiled from.
///
/// # Errors
/// [`DataDirError::NoSuchData`] if the variable names a folder without `openb/`;
/// [`DataDirError::NotFound`] if no place holds one.
pub fn data_dir() -> Result<PathBuf, DataDirError> {
    let named = std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let current = std::env::current_dir().ok();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    search(named, current.as_deref(), &source)
}

/// Why no data directory was found.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataDirError {
    /// `LONGSHORE_DATA` names a place that holds no `openb/`.
    #[error(
        "{DATA_VARIABLE} names `{found}`, which holds no `{MARK}` folder; \
         name the folder that contains `{MARK}`, or unset the variable"
    )]
    NoSuchData {
        /// The folder that was named.
        found: PathBuf,
    },
    /// Neither the current directory, nor a parent, nor the source tree has a `data/openb`.
    #[error(
        "no `data/{MARK}` here or in a parent folder; \
         set {DATA_VARIABLE} to the folder that contains `{MARK}`"
    )]
    NotFound,
}

/// The search itself, its three places given.
fn search(named: Option<PathBuf>, current: Option<&Path>, source: &Path) -> Result<PathBuf, DataDirError> {
    let holds = |dir: &Path| dir.join(MARK).is_dir();
    if let Some(named) = named {
        return if holds(&named) { Ok(named) } else { Err(DataDirError::NoSuchData { found: named }) };
    }
    current
        .into_iter()
        .flat_map(Path::ancestors)
        .map(|dir| dir.join("data"))
        .find(|dir| holds(dir))
        .or_else(|| holds(source).then(|| source.to_path_buf()))
        .ok_or(DataDirError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
    }

    #[test]
    fn the_variable_wins_and_a_wrong_one_is_an_error() {
        let nowhere = PathBuf::from("no/such/folder");
        assert_eq!(search(Some(source()), None, &nowhere), Ok(source()), "the named folder is taken as it was written");
        assert_eq!(search(Some(nowhere.clone()), None, &source()), Err(DataDirError::NoSuchData { found: nowhere }));
    }

    #[test]
    fn then_the_parents_and_then_the_source_tree() {
        let nowhere = Path::new("no/such/folder");
        let inside = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let found = search(None, Some(&inside), nowhere);
        assert!(found.is_ok_and(|dir| dir.join("openb").is_dir()));
        assert_eq!(search(None, Some(nowhere), &source()), Ok(source()));
        assert_eq!(search(None, Some(nowhere), nowhere), Err(DataDirError::NotFound));
    }
}
