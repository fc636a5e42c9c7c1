//! Text tables with aligned columns.
//!
//! Our own: three alignments, one rule and a colour per cell are a page of code, and the crates
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
    /// For titles over several columns.
    Centre,
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
    /// A title over so many columns each, from the left.
    groups: Vec<(String, usize)>,
    columns: Vec<(String, Align)>,
    lines: Vec<Line>,
}

impl Table {
    /// A table with these headers and alignments.
    pub fn new<T: Into<String>>(columns: impl IntoIterator<Item = (T, Align)>) -> Self {
        let columns = columns.into_iter().map(|(title, align)| (title.into(), align)).collect();
        Self { groups: Vec::new(), columns, lines: Vec::new() }
    }

    /// Puts titles over groups of columns, each over so many, from the left.
    pub fn groups<T: Into<String>>(&mut self, groups: impl IntoIterator<Item = (T, usize)>) -> &mut Self {
        self.groups = groups.into_iter().map(|(title, columns)| (title.into(), columns)).collect();
        self
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
        self.push_groups(&mut text, &widths, colour);
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

    /// The width of each column: that of its widest cell, or more under a wide group's title.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.0.width()).collect();
        for line in &self.lines {
            if let Line::Row(cells) = line {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = cell.text.width().max(*width);
                }
            }
        }
        let mut first = 0;
        for (title, columns) in &self.groups {
            let below = widths.get_mut(first..first + columns).unwrap_or_default();
            let missing = title.width().saturating_sub(span(below));
            if let [.., last] = below {
                *last += missing;
            }
            first += columns;
        }
        widths
    }

    /// Appends the groups' titles, each in the middle of its columns.
    fn push_groups(&self, text: &mut String, widths: &[usize], colour: bool) {
        if self.groups.is_empty() {
            return;
        }
        let (mut titles, mut spans, mut first) = (Vec::new(), Vec::new(), 0);
        for (title, columns) in &self.groups {
            titles.push(Cell::painted(title.clone(), Paint::Strong));
            spans.push(span(widths.get(first..first + columns).unwrap_or_default()));
            first += columns;
        }
        push_cells(text, &titles, &spans, std::iter::repeat(Align::Centre), colour);
    }

    /// Appends one row.
    fn push_row(&self, text: &mut String, cells: &[Cell], widths: &[usize], colour: bool) {
        push_cells(text, cells, widths, self.columns.iter().map(|column| column.1), colour);
    }
}

/// Appends cells, padded to `widths`; no blanks at the line's end.
fn push_cells(text: &mut String, cells: &[Cell], widths: &[usize], aligns: impl Iterator<Item = Align>, colour: bool) {
    // Blanks are owed until something follows them.
    let mut owed = 0;
    for ((cell, &width), align) in cells.iter().zip(widths).zip(aligns) {
        let room = width.saturating_sub(cell.text.width());
        let before = match align {
            Align::Left => 0,
            Align::Centre => room / 2,
            Align::Right => room,
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
        owed += room - before + GAP;
    }
    text.push('\n');
}

/// The width of some columns and the blanks between them.
fn span(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
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
    fn groups_stand_over_their_columns() {
        let mut table = Table::new([("a", Align::Left), ("b", Align::Right), ("c", Align::Right)]);
        table.groups([("", 1), ("wide title", 2)]).row(["x", "1", "2"]);
        assert_eq!(table.render(false), "   wide title\na  b        c\n─  ─  ───────\nx  1        2\n");
        table.groups([("", 1), ("t", 2)]).row(["y", "1000", "2000"]);
        assert_eq!(table.render(false).lines().next(), Some("       t"));
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
