//! Comma-separated files read by column name, where every mistake knows its file, line and field.

use std::fmt::Display;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, Trim};
use thiserror::Error;

/// A mistake in a comma-separated file.
///
/// Lines count from 1, the header included, as an editor shows them.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file is missing or may not be read.
    #[error("{}: cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The header lacks a column that is needed.
    #[error("{}:{line}: no column `{field}` among `{found}`; add it", file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The header's line.
        line: u64,
        /// The column that is needed.
        field: &'static str,
        /// The columns that are there, joined by commas.
        found: String,
    },
    /// The header names a column twice, so that its value would be a matter of taste.
    #[error("{}:{line}: column `{field}` appears twice; keep one", file.display())]
    DuplicateColumn {
        /// The file.
        file: PathBuf,
        /// The header's line.
        line: u64,
        /// The column.
        field: &'static str,
    },
    /// A row has more or fewer fields than the header.
    #[error("{}:{line}: {found} fields; the header has {expected}", file.display())]
    FieldCount {
        /// The file.
        file: PathBuf,
        /// The row's line.
        line: u64,
        /// Fields in the row.
        found: usize,
        /// Columns in the header.
        expected: usize,
    },
    /// A field holds something else than it should.
    #[error("{}:{line}: {field} is `{found}`; it must be {expected}", file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The row's line.
        line: u64,
        /// The column.
        field: &'static str,
        /// What stands there, shortened if long.
        found: String,
        /// What would be right.
        expected: String,
    },
}

/// A whole file in memory and its header.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    file: &'a Path,
    /// The header's line and its number of columns.
    header_line: u64,
    width: usize,
    /// The names asked for, each with its column; an optional one may be absent.
    columns: Vec<(&'static str, Option<usize>)>,
    rows: csv::Reader<&'a [u8]>,
    lines: LineCounter<'a>,
}

/// One row of a [`Table`].
#[derive(Debug)]
pub(crate) struct Row<'t> {
    file: &'t Path,
    columns: &'t [(&'static str, Option<usize>)],
    line: u64,
    record: ByteRecord,
}

/// Reads a whole file.
pub(crate) fn read_file(file: &Path) -> Result<Vec<u8>, TableError> {
    std::fs::read(file).map_err(|source| TableError::Unreadable { file: file.to_path_buf(), source })
}

/// A text short enough to be quoted in a message: at most 60 characters of it.
pub(crate) fn shortened(text: &[u8]) -> String {
    const CHARS_MAX: usize = 60;
    // 4 bytes are the longest character, so nothing that is kept is cut off here.
    let head = &text[..text.len().min(4 * (CHARS_MAX + 1))];
    let text = String::from_utf8_lossy(head);
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

impl<'a> Table<'a> {
    /// Reads the header of `bytes` and finds the `required` and the `optional` columns in it, in
    /// any order; other columns are ignored. `file` only names the place of a mistake.
    pub(crate) fn parse(
        file: &'a Path,
        bytes: &'a [u8],
        required: &[&'static str],
        optional: &[&'static str],
    ) -> Result<Self, TableError> {
        let mut table = Table {
            file,
            header_line: 1,
            width: 0,
            columns: Vec::with_capacity(required.len() + optional.len()),
            rows: ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(bytes),
            lines: LineCounter::new(bytes),
        };
        let mut header = ByteRecord::new();
        table.header_line = table.read(&mut header)?.unwrap_or(1);
        table.width = header.len();
        for &field in required {
            let column = table.column(&header, field)?;
            if column.is_none() {
                return Err(table.missing(&header, field));
            }
            table.columns.push((field, column));
        }
        for &field in optional {
            let column = table.column(&header, field)?;
            table.columns.push((field, column));
        }
        Ok(table)
    }

    /// The next row, or `None` at the end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, TableError> {
        let mut record = ByteRecord::new();
        let Some(line) = self.read(&mut record)? else {
            return Ok(None);
        };
        if record.len() != self.width {
            return Err(TableError::FieldCount {
                file: self.file.to_path_buf(),
                line,
                found: record.len(),
                expected: self.width,
            });
        }
        Ok(Some(Row { file: self.file, columns: &self.columns, line, record }))
    }

    /// Reads one record and tells its line. The reader counts a record's line from the end of the
    /// one before, blank lines included; an editor does not.
    fn read(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, TableError> {
        let start = self.rows.position().byte();
        let more = self
            .rows
            .read_byte_record(record)
            .map_err(|error| TableError::Unreadable { file: self.file.to_path_buf(), source: error.into() })?;
        Ok(more.then(|| self.lines.line_of(start)))
    }

    fn column(&self, header: &ByteRecord, field: &'static str) -> Result<Option<usize>, TableError> {
        let mut columns =
            header.iter().enumerate().filter(|(_, name)| *name == field.as_bytes()).map(|(column, _)| column);
        let first = columns.next();
        if columns.next().is_some() {
            return Err(TableError::DuplicateColumn { file: self.file.to_path_buf(), line: self.header_line, field });
        }
        Ok(first)
    }

    fn missing(&self, header: &ByteRecord, field: &'static str) -> TableError {
        let names: Vec<&[u8]> = header.iter().collect();
        TableError::MissingColumn {
            file: self.file.to_path_buf(),
            line: self.header_line,
            field,
            found: shortened(&names.join(&b',')),
        }
    }
}

impl Row<'_> {
    /// The row's line in the file.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The text of a column; empty if the file has no such (optional) column.
    pub(crate) fn text(&self, field: &'static str) -> Result<&str, TableError> {
        let bytes = self.bytes(field);
        std::str::from_utf8(bytes).map_err(|_| self.wrong(field, "UTF-8 text"))
    }

    /// The whole number in a column, which must lie in `range`.
    pub(crate) fn number(&self, field: &'static str, range: RangeInclusive<u32>) -> Result<u32, TableError> {
        let (low, high) = (*range.start(), *range.end());
        let bytes = self.bytes(field);
        // `parse` alone would also take a leading `+`.
        let digits = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(bytes)
            .ok()
            .filter(|_| digits)
            .and_then(|text| text.parse().ok())
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.wrong(field, format!("a whole number from {low} to {high}")))
    }

    /// The finite number in a column.
    pub(crate) fn real(&self, field: &'static str) -> Result<f64, TableError> {
        self.text(field)?
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| self.wrong(field, "a number"))
    }

    /// The error that says what a column should hold instead.
    pub(crate) fn wrong(&self, field: &'static str, expected: impl Display) -> TableError {
        TableError::Field {
            file: self.file.to_path_buf(),
            line: self.line,
            field,
            found: shortened(self.bytes(field)),
            expected: expected.to_string(),
        }
    }

    fn bytes(&self, field: &'static str) -> &[u8] {
        self.columns
            .iter()
            .find(|(name, _)| *name == field)
            .and_then(|(_, column)| self.record.get((*column)?))
            .unwrap_or_default()
    }
}

/// Counts lines while the offsets it is asked about grow.
#[derive(Debug)]
struct LineCounter<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        LineCounter { bytes, offset: 0, line: 1 }
    }

    /// The line of the first byte at or after `start` that ends no line.
    fn line_of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        while let Some(&byte) = self.bytes.get(self.offset) {
            let ends_line = matches!(byte, b'\n' | b'\r');
            if self.offset >= start && !ends_line {
                break;
            }
            let pair = byte == b'\r' && self.bytes.get(self.offset + 1) == Some(&b'\n');
            self.line += u64::from(ends_line && !pair);
            self.offset += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(u64, String)> {
        let mut table = Table::parse(Path::new("t.csv"), bytes, &["b"], &["c"]).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = table.next_row().unwrap() {
            rows.push((row.line(), row.text("b").unwrap().to_owned()));
        }
        rows
    }

    fn mistake(bytes: &[u8]) -> String {
        let read = || {
            let mut table = Table::parse(Path::new("t.csv"), bytes, &["b"], &[])?;
            while let Some(row) = table.next_row()? {
                row.number("b", 0..=9)?;
            }
            Ok::<(), TableError>(())
        };
        read().unwrap_err().to_string()
    }

    #[test]
    fn columns_are_found_by_name_and_lines_are_those_of_an_editor() {
        let expected = |lines: &[u64]| -> Vec<(u64, String)> {
            let texts = ["x", "y"].map(str::to_owned);
            lines.iter().copied().zip(texts).collect()
        };
        assert_eq!(lines(b"a,b\n1,x\n2,y\n"), expected(&[2, 3]));
        assert_eq!(lines(b"b,a\nx,1\ny,2"), expected(&[2, 3]));
        assert_eq!(lines(b"a,b\r\n1,x\r\n2,y\r\n"), expected(&[2, 3]));
        assert_eq!(lines(b"\n\na,b\n\n1,x\n\n\n2,y\n\n"), expected(&[5, 8]));
        assert_eq!(lines(b"a,b\r\n\r\n1,x\r\n\r\n2,y"), expected(&[3, 5]));
        assert_eq!(lines(b"\xef\xbb\xbfb,a\nx,1\n y ,2\n"), expected(&[2, 3]));
        assert_eq!(lines(b"a,b\n\"1\n1\",x\n2,\"y\"\n"), expected(&[2, 4]));
    }

    #[test]
    fn mistakes_name_file_line_and_field() {
        let cases: [(&[u8], &str); 9] = [
            (b"", "t.csv:1: no column `b` among ``; add it"),
            (b"a,c\n", "t.csv:1: no column `b` among `a,c`; add it"),
            (b"b,b\n", "t.csv:1: column `b` appears twice; keep one"),
            (b"a,b\n1\n", "t.csv:2: 1 fields; the header has 2"),
            (b"a,b\n1,2,3\n", "t.csv:2: 3 fields; the header has 2"),
            (b"a,b\n1,10\n", "t.csv:2: b is `10`; it must be a whole number from 0 to 9"),
            (b"a,b\n1,+1\n", "t.csv:2: b is `+1`; it must be a whole number from 0 to 9"),
            (b"a,b\n1,\xff\n", "t.csv:2: b is `\u{fffd}`; it must be a whole number from 0 to 9"),
            (b"a,b\n\n1,\n", "t.csv:3: b is ``; it must be a whole number from 0 to 9"),
        ];
        for (bytes, message) in cases {
            assert_eq!(mistake(bytes), message);
        }
    }

    #[test]
    fn a_long_field_is_quoted_in_part() {
        let long = "é".repeat(1000);
        assert_eq!(shortened(long.as_bytes()), format!("{}…", "é".repeat(60)));
        assert_eq!(shortened(b"short"), "short");
    }
}
