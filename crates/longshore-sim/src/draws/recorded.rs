//! The published simulator's own draws, from a file.
//!
//! Three lines a seed: `seed N`; `arrivals`, then the row of each arrival; `rank`, then the rank of
//! each node in file order. Blank lines do not count.

use std::path::Path;
use std::str::FromStr;

use super::{Draw, DrawError};
use crate::table::{read_file, shortened};
use crate::workload::Workload;

impl Draw {
    /// Reads the recorded draws of a workload, in the order of the file: ten seeds in the files
    /// `openb/arrivals/<workload>.txt` of the data directory.
    ///
    /// # Errors
    /// [`DrawError::Unreadable`] if the file is; [`DrawError::Field`] for the first line that is
    /// not as described, for a row or rank out of range, a rank given twice or missing, a seed
    /// given twice.
    pub fn recorded(path: &Path, workload: &Workload) -> Result<Vec<Draw>, DrawError> {
        Draw::parse_recorded(path, &read_file(path)?, workload)
    }

    /// Reads recorded draws from memory; `file` only names the place of a mistake.
    ///
    /// # Errors
    /// As [`Draw::recorded`]. No bytes make it panic.
    pub fn parse_recorded(file: &Path, bytes: &[u8], workload: &Workload) -> Result<Vec<Draw>, DrawError> {
        let mut lines = Lines { file, line: 0, rest: bytes.split(|byte| *byte == b'\n') };
        let mut draws: Vec<Draw> = Vec::new();
        while let Some(line) = lines.advance() {
            let seed = lines.seed(line)?;
            if draws.iter().any(|draw| draw.seed == seed) {
                return Err(lines.wrong("seed", &seed.to_string(), "a seed not seen before"));
            }
            let arrivals = lines.rows("arrivals", workload.tasks.len())?;
            let rank = lines.rows("rank", workload.nodes.len())?;
            lines.check_permutation(&rank, workload.nodes.len())?;
            draws.push(Draw { seed, arrivals, rank });
        }
        Ok(draws)
    }
}

/// The lines of a record, and the number of the last one taken.
struct Lines<'a, I> {
    file: &'a Path,
    line: u64,
    rest: I,
}

impl<'a, I: Iterator<Item = &'a [u8]>> Lines<'a, I> {
    /// The next line that is not blank.
    fn advance(&mut self) -> Option<&'a [u8]> {
        loop {
            self.line += 1;
            let line = self.rest.next()?.trim_ascii();
            if !line.is_empty() {
                return Some(line);
            }
        }
    }

    fn seed(&self, line: &[u8]) -> Result<u64, DrawError> {
        let expected = "`seed` and a whole number";
        let mut words = words(line);
        match (words.next(), words.next().map(number), words.next()) {
            (Some(b"seed"), Some(Some(seed)), None) => Ok(seed),
            _ => Err(self.wrong("seed", &shortened(line), expected)),
        }
    }

    /// The numbers on a line that begins with `field`, at least one, each below `bound`.
    fn rows(&mut self, field: &str, bound: usize) -> Result<Vec<u32>, DrawError> {
        let expected = format!("`{field}` and whole numbers below {bound}");
        let line = self.advance().ok_or_else(|| self.wrong(field, "the end of the file", &expected))?;
        let mut words = words(line);
        if words.next() != Some(field.as_bytes()) {
            return Err(self.wrong(field, &shortened(line), &expected));
        }
        let mut rows = Vec::new();
        for (i, word) in words.enumerate() {
            let row = number(word).filter(|row: &u32| (*row as usize) < bound);
            rows.push(row.ok_or_else(|| {
                let expected = format!("a whole number below {bound}");
                self.wrong(&format!("{field}[{i}]"), &shortened(word), &expected)
            })?);
        }
        if rows.is_empty() {
            return Err(self.wrong(field, &shortened(line), &expected));
        }
        Ok(rows)
    }

    /// GPU-9: every rank once. All are in range already.
    fn check_permutation(&self, rank: &[u32], nodes: usize) -> Result<(), DrawError> {
        if rank.len() != nodes {
            let found = format!("{} numbers", rank.len());
            return Err(self.wrong("rank", &found, &format!("{nodes} numbers, one for each node")));
        }
        let mut seen = vec![false; nodes];
        for (i, rank) in rank.iter().enumerate() {
            if std::mem::replace(&mut seen[*rank as usize], true) {
                let expected = "a rank no other node has";
                return Err(self.wrong(&format!("rank[{i}]"), &rank.to_string(), expected));
            }
        }
        Ok(())
    }

    fn wrong(&self, field: &str, found: &str, expected: &str) -> DrawError {
        DrawError::Field {
            file: self.file.to_path_buf(),
            line: self.line,
            field: field.to_owned(),
            found: found.to_owned(),
            expected: expected.to_owned(),
        }
    }
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

fn number<N: FromStr>(word: &[u8]) -> Option<N> {
    let digits = word.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(word).ok().filter(|_| digits)?;
    text.parse().ok()
}
