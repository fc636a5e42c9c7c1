//! What is wanted of a figure, and whether it is so.

use std::io;

use crate::console::{Console, Paint};
use crate::table::{Align, Cell, Table};

/// A figure, and what is wanted of it.
pub(super) struct Target {
    /// What was measured.
    pub(super) what: String,
    /// The figure; `None` if nothing was measured.
    pub(super) found: Option<f64>,
    /// The figure is over everything that the target is about.
    pub(super) whole: bool,
    /// The bound.
    pub(super) wanted: Wanted,
    /// Digits after the point.
    pub(super) decimals: usize,
}

/// Where a figure should lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    /// Met or not; one of which only a part was measured can be missed, and not met.
    fn verdict(&self) -> Cell {
        let within = self.found.map(|found| match self.wanted {
            Wanted::AtLeast(bound) => found >= bound,
            Wanted::AtMost(bound) => found <= bound,
        });
        match (within, self.whole) {
            (None, _) => Cell::painted("not measured", Paint::Dim),
            (Some(false), _) => Cell::painted("not met", Paint::Bad),
            (Some(true), true) => Cell::painted("met", Paint::Good),
            (Some(true), false) => Cell::painted("met so far, not all measured", Paint::Warn),
        }
    }

    fn cells(&self) -> [Cell; 4] {
        let number = |number: f64| grouped(number, self.decimals);
        let wanted = match self.wanted {
            Wanted::AtLeast(bound) => format!("≥ {}", number(bound)),
            Wanted::AtMost(bound) => format!("≤ {}", number(bound)),
        };
        [self.what.clone().into(), self.found.map_or("–".to_owned(), number).into(), wanted.into(), self.verdict()]
    }
}

/// Writes targets, each with its verdict.
pub(super) fn print(targets: &[Target], console: &mut Console<'_>) -> io::Result<()> {
    let columns = [("target", Align::Left), ("here", Align::Right), ("wanted", Align::Right), ("", Align::Left)];
    let mut table = Table::new(columns);
    for target in targets {
        table.row(target.cells());
    }
    console.write(&table.render(console.colour()))
}

/// A number with so many decimals, its thousands set apart.
pub(super) fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3);
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && digit.is_ascii_digit() && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let table = [(0.0, 0), (999.4, 0), (1_000.0, 1), (1_234_567.891, 2), (-123.0, 0), (f64::INFINITY, 0)];
        let shown = table.map(|(number, decimals)| grouped(number, decimals));
        assert_eq!(shown, ["0", "999", "1,000.0", "1,234,567.89", "-123", "inf"]);
    }

    #[test]
    fn verdicts() {
        let verdict = |found, whole, wanted| {
            let [_, found, wanted, verdict] = Target { what: "w".into(), found, whole, wanted, decimals: 1 }.cells();
            let mut table = Table::new([("", Align::Left); 3]);
            table.row([found, wanted, verdict]);
            table.render(false).lines().last().expect("a row").to_owned()
        };
        let table = [
            verdict(Some(2.0), true, Wanted::AtLeast(2.0)),
            verdict(Some(1.9), true, Wanted::AtLeast(2.0)),
            verdict(Some(2.0), false, Wanted::AtMost(2.0)),
            verdict(Some(2.1), false, Wanted::AtMost(2.0)),
            verdict(None, false, Wanted::AtMost(2.0)),
        ];
        assert_eq!(
            table,
            [
                "2.0  ≥ 2.0  met",
                "1.9  ≥ 2.0  not met",
                "2.0  ≤ 2.0  met so far, not all measured",
                "2.1  ≤ 2.0  not met",
                "–  ≤ 2.0  not measured",
            ]
        );
    }
}
