//! A column of numbers, the best of them emphasised.

use indicatif::HumanCount;
use longshore_sim::results::Statistic;

use crate::console::Paint;
use crate::table::Cell;

/// Stands where there is no value.
const NONE: &str = "–";

/// Which value of a column is the best.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Best {
    /// The greatest.
    Most,
    /// The smallest.
    Least,
}

/// A column under construction: a value for each row, with its text.
#[derive(Debug)]
pub(super) struct Column {
    /// The title.
    pub(super) title: &'static str,
    decimals: usize,
    best: Option<Best>,
    values: Vec<Option<(f64, String)>>,
}

impl Column {
    /// An empty column of numbers with so many decimals.
    pub(super) fn new(title: &'static str, decimals: usize, best: Option<Best>) -> Self {
        Self { title, decimals, best, values: Vec::new() }
    }

    /// Appends a value, if there is one.
    pub(super) fn push(&mut self, value: Option<f64>) {
        self.values.push(value.map(|value| (value, self.text(value))));
    }

    /// Appends a mean with its standard deviation, if there are any.
    pub(super) fn push_statistic(&mut self, over: Option<Statistic>) {
        self.values.push(over.map(|over| {
            let mean = self.text(over.mean);
            let text = over.sd.map(|sd| format!("{mean} ±{}", self.text(sd)));
            (over.mean, text.unwrap_or(mean))
        }));
    }

    /// Appends a value with its sign, if there is one.
    pub(super) fn push_signed(&mut self, value: Option<f64>) {
        let decimals = self.decimals;
        self.values.push(value.map(|value| {
            let text = format!("{value:+.decimals$}");
            let is_zero = text.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
            (value, if is_zero { self.text(0.0) } else { text })
        }));
    }

    /// Appends a value with a text of its own.
    pub(super) fn push_text(&mut self, value: f64, text: String) {
        self.values.push(Some((value, text)));
    }

    /// Has no row a value?
    pub(super) fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// The cells, row by row; in a column of several values those that read like the best one are
    /// emphasised.
    pub(super) fn cells(self) -> Vec<Cell> {
        let values = || self.values.iter().flatten().map(|value| value.0);
        let best = match self.best {
            _ if values().count() < 2 => None,
            Some(Best::Most) => values().reduce(f64::max),
            Some(Best::Least) => values().reduce(f64::min),
            None => None,
        };
        let best = best.map(|best| self.text(best));
        let cell = |value: &Option<(f64, String)>| match value {
            None => Cell::painted(NONE, Paint::Dim),
            Some((value, text)) if best.as_ref() == Some(&self.text(*value)) => {
                Cell::painted(text.clone(), Paint::Good)
            }
            Some((_, text)) => Cell::from(text.clone()),
        };
        self.values.iter().map(cell).collect()
    }

    /// A value as it is shown.
    fn text(&self, value: f64) -> String {
        match self.decimals {
            // Counts here are not negative, and far from the end of what is counted.
            0 if value.is_finite() => HumanCount(value.round() as u64).to_string(),
            decimals => format!("{value:.decimals$}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_like_the_best_is_emphasised() {
        let cells = |best, values: &[Option<f64>]| {
            let mut column = Column::new("t", 1, best);
            values.iter().for_each(|value| column.push(*value));
            column.cells()
        };
        let (good, dim) = (|text| Cell::painted(text, Paint::Good), Cell::painted("–", Paint::Dim));
        let values = [Some(1.04), None, Some(0.96), Some(3.0)];
        assert_eq!(cells(Some(Best::Least), &values), [good("1.0"), dim.clone(), good("1.0"), "3.0".into()]);
        assert_eq!(cells(Some(Best::Most), &values)[3], good("3.0"));
        assert_eq!(cells(None, &values)[3], "3.0".into());
        assert_eq!(cells(Some(Best::Most), &[Some(1.0)]), ["1.0".into()], "nothing to compare with");
        assert_eq!(cells(None, &[None]), [dim]);
    }

    #[test]
    fn numbers_read_well() {
        let mut column = Column::new("t", 2, None);
        column.push_signed(Some(0.5));
        column.push_signed(Some(-0.001));
        column.push_statistic(Statistic::of(&[1.0, 3.0]));
        column.push_statistic(Statistic::of(&[1.0]));
        let cells = ["+0.50", "0.00", "2.00 ±1.41", "1.00"].map(Cell::from);
        assert_eq!(column.cells(), cells);
        let mut column = Column::new("t", 0, None);
        column.push(Some(12_345.6));
        assert_eq!(column.cells(), [Cell::from("12,346")]);
    }
}
