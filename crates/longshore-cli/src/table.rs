//! Text tables with aligned columns.
//!
//! Our own: two alignments, one rule and a colour per cell are a page of code, and the crates
//! that do it bring boxes, wrapping and terminal probing that no output of this program uses.
//! What is not a page of code, the width of a character on a terminal, is `unicode-width`'s.

use unicode_width::UnicodeWidthStr;

use crate::console::Paint;

/// Blanks between two columns.
const GAP: usize = 2;

/// To which side the cells of a column are pushed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Align {
    /// For words.
    Left,
    /// For numbers: units stand under units.
    Right,
}

/// One cell: its text, and a paint for terminals.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cell {
    text: String,
    paint: Option<Paint>,
}

impl Cell {
    /// A cell in `paint`.
    pub fn painted(text: impl Into<String>, paint: Paint) -> Self {
        Self { text: text.into(), paint: Some(paint) }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), paint: None }
    }
}

/// A line of a table.
#[derive(Clone, Debug)]
enum Line {
    Row(Vec<Cell>),
    Rule,
}

/// A table under construction.
///
/// # Example: numbers under numbers
/// ```
/// use longshore_cli::table::{Align, Table};
/// let mut table = Table::new([("policy", Align::Left), ("placed", Align::Right)]);
/// table.row(["binpack", "7999"]);
/// table.row(["spread", "812"]);
/// assert_eq!(
///     table.render(false),
///     "policy   placed\n\
///      ───────  ──────\n\
///      binpack    7999\n\
///      spread      812\n"
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(String, Align)>,
    lines: Vec<Line>,
}

impl Table {
    /// A table with these headers and alignments.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = (T, Align)>) -> Self {
        Self { columns: columns.into_iter().map(|(title, align)| (title.into(), align)).collect(), lines: Vec::new() }
    }

    /// Appends a row; missing cells are empty, cells beyond the last column are dropped.
    pub fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) -> &mut Self {
        let columns = self.columns.len();
        let cells = cells.into_iter().take(columns).map(|cell| {
            let cell = cell.into();
            Cell { text: on_one_line(&cell.text), ..cell }
        });
        let mut cells: Vec<Cell> = cells.collect();
        cells.resize(columns, Cell::from(""));
        self.lines.push(Line::Row(cells));
        self
    }

    /// Appends a rule, as before a sum.
    pub fn rule(&mut self) -> &mut Self {
        self.lines.push(Line::Rule);
        self
    }

    /// The table as text, every line ended; with the cells' paint if `colour`.
    pub fn render(&self, colour: bool) -> String {
        let widths = self.widths();
        let strong = |(title, _): &(String, Align)| Cell::painted(title.clone(), Paint::Strong);
        let header: Vec<Cell> = self.columns.iter().map(strong).collect();
        let mut text = String::new();
        self.push_row(&mut text, &header, &widths, colour);
        push_rule(&mut text, &widths);
        for line in &self.lines {
            match line {
                Line::Row(cells) => self.push_row(&mut text, cells, &widths, colour),
                Line::Rule => push_rule(&mut text, &widths),
            }
        }
        text
    }

    /// The width of each column: that of its widest cell.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.0.width()).collect();
        for line in &self.lines {
            if let Line::Row(cells) = line {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = cell.text.width().max(*width);
                }
            }
        }
        widths
    }

    /// Appends one row, padded; no blanks at its end.
    fn push_row(&self, text: &mut String, cells: &[Cell], widths: &[usize], colour: bool) {
        // Blanks are owed until something follows them.
        let mut owed = 0;
        for ((cell, &width), column) in cells.iter().zip(widths).zip(&self.columns) {
            let room = width - cell.text.width();
            let (before, after) = match column.1 {
                Align::Left => (0, room),
                Align::Right => (room, 0),
            };
            owed += before;
            if !cell.text.is_empty() {
                text.extend(std::iter::repeat_n(' ', owed));
                owed = 0;
                match cell.paint {
                    Some(paint) if colour => text.push_str(&paint.apply(&cell.text)),
                    _ => text.push_str(&cell.text),
                }
            }
            owed += after + GAP;
        }
        text.push('\n');
    }
}

/// Appends a rule under or over all columns.
fn push_rule(text: &mut String, widths: &[usize]) {
    for (i, &width) in widths.iter().enumerate() {
        if i > 0 {
            text.extend(std::iter::repeat_n(' ', GAP));
        }
        text.extend(std::iter::repeat_n('─', width));
    }
    text.push('\n');
}

/// `text` with its control characters made blanks: a cell is one line and holds no codes.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice() {
        let mut table = Table::new([("名", Align::Left), ("n", Align::Right)]);
        table.row(["倉庫", "1"]).row(["ab", "10"]);
        assert_eq!(table.render(false), "名     n\n────  ──\n倉庫   1\nab    10\n");
    }

    #[test]
    fn missing_cells_are_empty_and_extra_ones_dropped() {
        let mut table = Table::new([("a", Align::Left), ("b", Align::Right)]);
        table.row(["x"]).rule().row(["y", "1", "2"]);
        assert_eq!(table.render(false), "a  b\n─  ─\nx\n─  ─\ny  1\n");
    }

    #[test]
    fn paint_changes_no_column() {
        let mut table = Table::new([("a", Align::Right), ("b", Align::Left)]);
        table.row([Cell::painted("9", Paint::Bad), Cell::from("x")]);
        table.row(["100", "y"]);
        let plain = table.render(false);
        let painted = table.render(true);
        assert!(painted.contains("  \u{1b}[31m9\u{1b}[0m  x"));
        assert!(plain.contains("  9  x"));
    }

    #[test]
    fn a_cell_cannot_break_its_line() {
        let mut table = Table::new([("a", Align::Left)]);
        table.row(["x\ny\u{1b}[2J"]);
        assert_eq!(table.render(false).lines().count(), 3);
    }
}
