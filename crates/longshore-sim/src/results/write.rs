//! Files of results, which are there as a whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;

use super::ResultRow;

/// Why results could not be written. What stood in the file before still does.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ResultsError {
    /// The file, or one beside it that would have become it, cannot be written.
    #[error("{}: cannot be written: {source}", file.display())]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Writes rows as comma-separated values, columns named in the first line.
///
/// # Errors
/// As [`write_atomically`].
pub fn write_csv(file: &Path, rows: &[ResultRow]) -> Result<(), ResultsError> {
    write_atomically(file, |out| {
        let mut writer = csv::Writer::from_writer(out);
        for row in rows {
            writer.serialize(row)?;
        }
        if rows.is_empty() {
            writer.write_record(COLUMNS)?;
        }
        writer.flush()
    })
}

/// Writes rows, or summaries of them, as a JSON array.
///
/// # Errors
/// As [`write_atomically`].
pub fn write_json<T: Serialize>(file: &Path, rows: &[T]) -> Result<(), ResultsError> {
    write_atomically(file, |out| {
        serde_json::to_writer_pretty(&mut *out, rows)?;
        out.write_all(b"\n")
    })
}

/// Writes a file through one beside it that is renamed once it is complete and on the disk, so that
/// nobody ever reads half of it.
///
/// # Errors
/// [`ResultsError::Unwritable`]; the file beside it is removed and the file itself unchanged.
pub fn write_atomically(
    file: &Path,
    contents: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), ResultsError> {
    let beside = beside(file);
    let written = create(&beside, contents).and_then(|()| fs::rename(&beside, file));
    written.map_err(|source| {
        // It may not exist; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
        ResultsError::Unwritable { file: file.to_path_buf(), source }
    })
}

/// The columns of a results file: the fields of [`ResultRow`].
pub(super) const COLUMNS: [&str; 12] = [
    "workload",
    "policy",
    "seed",
    "arrivals_pct",
    "gpus_allocated_pct",
    "fragmented_pct_of_gpus",
    "fragmented_pct_of_idle",
    "decisions",
    "decisions_per_s",
    "p50_us",
    "p99_us",
    "digest",
];

fn create(file: &Path, contents: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(File::create(file)?);
    contents(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// A name in the same folder, so that renaming does not copy, and another one for each process.
fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    file.with_file_name(name)
}
