//! What the reference took for the same cases, and how times of two machines are compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::case::Case;
use crate::table::{Row, Table, TableError, read_file};

/// The reference's times.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Nanoseconds a step of the calibration loop took on the machine of these times.
    pub calibration_nanos: f64,
    nanos: BTreeMap<Case, f64>,
}

/// Why the reference's times could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The file cannot be read, or a column or a field in it is not what it should be.
    #[error(transparent)]
    Table(#[from] TableError),
    /// No line says how fast the machine was.
    #[error("{}: no line `{CALIBRATION}NUMBER` above the columns, with a number above 0; add it", file.display())]
    NoCalibration {
        /// The file.
        file: PathBuf,
    },
    /// Two rows for one case.
    #[error("{}:{line}: {case} stands above already; keep one row", file.display())]
    Duplicate {
        /// The file.
        file: PathBuf,
        /// The second row's line.
        line: u64,
        /// The case.
        case: Case,
    },
}

/// What the line with the calibration loop's time begins with.
const CALIBRATION: &str = "# calibration_ns = ";

impl Reference {
    /// Reads `reference_grid.csv` in the data directory.
    ///
    /// # Errors
    /// A [`ReferenceError`] for the first line that is not as it should be.
    pub fn read(data_dir: &Path) -> Result<Reference, ReferenceError> {
        let file = data_dir.join("reference_grid.csv");
        Reference::parse(&file, &read_file(&file)?)
    }

    /// Reads the times from memory; `file` only names the place of a mistake.
    ///
    /// # Errors
    /// As [`Reference::read`]. No bytes make it panic.
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Reference, ReferenceError> {
        let (comments, rows) = split(bytes);
        let said = comments.iter().filter_map(|line| std::str::from_utf8(line).ok()?.strip_prefix(CALIBRATION));
        let calibration_nanos = said
            .filter_map(|number| number.trim().parse().ok())
            .find(|nanos: &f64| nanos.is_finite() && *nanos > 0.0)
            .ok_or_else(|| ReferenceError::NoCalibration { file: file.to_path_buf() })?;
        let columns = ["nodes", "racks", "count", "spread", "ns_per_evaluation"];
        let mut table = Table::parse(file, &rows, &columns, &[])?;
        let mut times = BTreeMap::new();
        while let Some(row) = table.next_row()? {
            let (case, nanos) = (case(&row)?, positive(&row, "ns_per_evaluation")?);
            if times.insert(case, nanos).is_some() {
                return Err(ReferenceError::Duplicate { file: file.to_path_buf(), line: row.line(), case });
            }
        }
        Ok(Reference { calibration_nanos, nanos: times })
    }

    /// Nanoseconds that the reference took for a case, if it was measured.
    #[must_use]
    pub fn nanos(&self, case: Case) -> Option<f64> {
        self.nanos.get(&case).copied()
    }

    /// What to multiply times of this machine by to have those of the reference's: `calibration_nanos` is what a step of
    /// the loop takes here.
    #[must_use]
    pub fn correction(&self, calibration_nanos: f64) -> f64 {
        self.calibration_nanos / calibration_nanos
    }
}

/// The comments of a file, and the file with an empty line in the place of each, so that lines count as in an editor.
fn split(bytes: &[u8]) -> (Vec<&[u8]>, Vec<u8>) {
    let (mut comments, mut rows) = (Vec::new(), Vec::with_capacity(bytes.len()));
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"#") {
            comments.push(line);
            rows.push(b'\n');
        } else {
            rows.extend_from_slice(line);
        }
    }
    (comments, rows)
}

fn case(row: &Row<'_>) -> Result<Case, TableError> {
    Ok(Case {
        nodes: row.number("nodes", 1..=1_000_000)? as usize,
        racks: row.number("racks", 1..=1_000_000)? as usize,
        count: row.number("count", 1..=1_000_000)?,
        spread: row.number("spread", 0..=1)? == 1,
    })
}

fn positive(row: &Row<'_>, field: &'static str) -> Result<f64, TableError> {
    let number = row.real(field)?;
    if number > 0.0 { Ok(number) } else { Err(row.wrong(field, "a number above 0")) }
}

/// The geometric mean, by which ratios are averaged: half as fast and twice as fast make even. `None` of no numbers, or
/// of one that is not above 0.
///
/// ```
/// use longshore_sim::grid::geometric_mean;
/// assert_eq!(geometric_mean(&[0.5, 2.0]), Some(1.0));
/// assert_eq!(geometric_mean(&[]), None);
/// ```
#[must_use]
pub fn geometric_mean(numbers: &[f64]) -> Option<f64> {
    if numbers.is_empty() || !numbers.iter().all(|number| number.is_finite() && *number > 0.0) {
        return None;
    }
    let sum: f64 = numbers.iter().copied().map(libm::log).sum();
    Some(libm::exp(sum / numbers.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "# of some machine\n# calibration_ns = 4.40\nnodes,racks,count,spread,ns_per_evaluation\n";

    fn refused(text: &str) -> String {
        Reference::parse(Path::new("f.csv"), text.as_bytes()).expect_err(text).to_string()
    }

    #[test]
    fn the_projects_file_has_every_case() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let reference = Reference::read(&data).expect("there, and sound");
        assert_eq!((reference.calibration_nanos, reference.nanos.len()), (4.4, 120));
        assert!(Case::all().all(|case| reference.nanos(case).is_some()));
        let case = Case { nodes: 10_000, racks: 50, count: 1_200, spread: false };
        assert_eq!(reference.nanos(case), Some(277_591_867.0));
        assert_eq!(reference.nanos(Case { spread: true, ..case }), Some(40_863_859_179.0));
        assert_eq!(reference.nanos(Case { racks: 51, ..case }), None);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let table = [
            ("nodes,racks,count,spread,ns_per_evaluation\n", ""),
            ("# calibration_ns = 0\nnodes,racks,count,spread,ns_per_evaluation\n", ""),
            (HEADER, "1,1,1,2,5\n"),
            (HEADER, "1,1,1,1,5\n\n1,1,1,1,6\n"),
            (HEADER, "1,1,1,1,0\n"),
            (HEADER, "1,1,1\n"),
        ]
        .map(|(header, rows)| refused(&format!("{header}{rows}")) + "\n");
        assert_eq!(
            table.concat(),
            "f.csv: no line `# calibration_ns = NUMBER` above the columns, with a number above 0; add it\n\
             f.csv: no line `# calibration_ns = NUMBER` above the columns, with a number above 0; add it\n\
             f.csv:4: spread is `2`; it must be a whole number from 0 to 1\n\
             f.csv:6: 1/1/1/spread stands above already; keep one row\n\
             f.csv:4: ns_per_evaluation is `0`; it must be a number above 0\n\
             f.csv:4: 3 fields; the header has 5\n"
        );
    }

    #[test]
    fn a_slower_machine_is_given_credit() {
        let reference = Reference::parse(Path::new("f.csv"), HEADER.as_bytes()).expect("sound");
        assert_eq!((reference.correction(4.4), reference.correction(8.8)), (1.0, 0.5));
    }

    #[test]
    fn the_geometric_mean_is_of_numbers_above_zero() {
        let mean = geometric_mean(&[10.0, 1_000.0, 100.0]).expect("three numbers");
        assert!((mean - 100.0).abs() < 1e-9, "{mean}");
        for numbers in [&[][..], &[0.0, 1.0], &[-1.0], &[f64::NAN], &[f64::INFINITY]] {
            assert_eq!(geometric_mean(numbers), None, "{numbers:?}");
        }
    }
}
