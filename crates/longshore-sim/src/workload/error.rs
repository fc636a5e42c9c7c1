//! What may be wrong with a workload's files.

use std::path::PathBuf;

use thiserror::Error;

use super::{Misfit, WORKLOADS};
use crate::data_dir::DataDirError;
use crate::table::{TableError, shortened};

/// Why a workload could not be read. Lines count from 1, as an editor shows them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WorkloadError {
    /// Neither a workload's name nor a path.
    #[error("no workload `{found}`; {}", one_of(nearest))]
    Unknown {
        /// The name that was asked for.
        found: String,
        /// The names that come nearest, nearest first; all of them if none comes near.
        nearest: Vec<&'static str>,
    },
    /// There is no data directory to read it from.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// A file cannot be read, or a column or a field in it is not what it should be.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A list without a row.
    #[error("{}: the list is empty; it needs at least one row below the header", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// Two nodes of one name.
    #[error("{}:{line}: sn is `{found}`, as on line {first_line}; names are used once", file.display())]
    DuplicateNode {
        /// The file.
        file: PathBuf,
        /// The second node's line.
        line: u64,
        /// The name.
        found: String,
        /// The first node's line.
        first_line: u64,
    },
    /// A node without CPU or memory (GPU-1).
    #[error("{}:{line}: {field} is 0; a node has some", file.display())]
    NoCapacity {
        /// The file.
        file: PathBuf,
        /// The node's line.
        line: u64,
        /// `cpu_milli` or `memory_mib`.
        field: &'static str,
    },
    /// A part of each of several GPUs (§1): a share is of one GPU.
    #[error(
        "{}:{line}: gpu_milli is {found} with num_gpu {gpus}; \
         it must be 1000, since only a single GPU is shared",
        file.display()
    )]
    ShareOfSeveral {
        /// The file.
        file: PathBuf,
        /// The task's line.
        line: u64,
        /// Its `gpu_milli`.
        found: u32,
        /// Its `num_gpu`.
        gpus: u32,
    },
    /// A task that asks for more of something than any node has.
    #[error("{}:{line}: {misfit}", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The task's line.
        line: u64,
        /// What is too large.
        misfit: Misfit,
    },
}

impl WorkloadError {
    /// No workload of this name.
    pub(super) fn unknown(name: &str) -> Self {
        WorkloadError::Unknown { found: shortened(name.as_bytes()), nearest: nearest(name) }
    }
}

/// The workloads whose names need the fewest edits to become `name`, at most three of them; all
/// workloads if even the nearest needs more than half its letters changed.
fn nearest(name: &str) -> Vec<&'static str> {
    const NAMES_MAX: usize = 3;
    let name: Vec<char> = name.chars().take(64).collect();
    let mut by_edits: Vec<(usize, &'static str)> = WORKLOADS
        .iter()
        .map(|workload| (edits(&name, workload), *workload))
        .filter(|(edits, workload)| 2 * edits <= workload.len())
        .collect();
    if by_edits.is_empty() {
        return WORKLOADS.to_vec();
    }
    by_edits.sort_by_key(|(edits, _)| *edits);
    by_edits.truncate(NAMES_MAX);
    by_edits.into_iter().map(|(_, name)| name).collect()
}

/// Insertions, deletions and replacements that turn `from` into `to` (Levenshtein), case ignored.
fn edits(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (i, right) in to.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, left) in from.iter().enumerate() {
            let replaced = diagonal + usize::from(!left.eq_ignore_ascii_case(&right));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[from.len()]
}

fn one_of(names: &[&str]) -> String {
    match names {
        [name] => format!("did you mean `{name}`?"),
        names => format!("choose one of {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_proposed() {
        assert_eq!(nearest("defualt"), ["default"]);
        assert_eq!(nearest("cpu25"), ["cpu250", "cpu050", "cpu200"]);
        assert_eq!(nearest("GPUSHARE100"), ["gpushare100", "gpushare40", "gpushare60"]);
        assert_eq!(nearest("what").len(), WORKLOADS.len());
        assert_eq!(WorkloadError::unknown("defualt").to_string(), "no workload `defualt`; did you mean `default`?");
    }
}
