//! The legend: every line's colour, dashes and name.

use super::style::{INK, LEFT, RIGHT_PAD, TEXT_SIZE};
use super::svg::{Anchor, Svg};
use super::{Chart, WIDTH, lines, text};

/// Height of a row.
const ROW: f64 = 24.0;
/// Length of a line sample, and its distance to the name.
const SWATCH: f64 = 34.0;
const SWATCH_GAP: f64 = 9.0;
/// The widest name that is not cut.
const NAME_MAX: f64 = 260.0;

/// The legend: line samples and names in equal columns, row by row.
#[derive(Debug)]
pub(super) struct Legend {
    columns: usize,
    column_width: f64,
    rows: usize,
}

impl Legend {
    /// Top of the first row.
    const TOP: f64 = 90.0;

    /// As many columns as the widest name allows.
    pub(super) fn of(chart: &Chart) -> Self {
        let widest = chart
            .series
            .iter()
            .map(|series| text::width(&series.name, TEXT_SIZE, false))
            .fold(0.0, f64::max)
            .min(NAME_MAX);
        let column_width = SWATCH + SWATCH_GAP + widest + 26.0;
        let fit = ((WIDTH - LEFT - RIGHT_PAD) / column_width).floor() as usize;
        let rows = chart.series.len().div_ceil(fit);
        // Rows of equal length look calmer than a full one with a rest.
        let columns = chart.series.len().div_ceil(rows.max(1));
        Self { columns: columns.max(1), column_width, rows }
    }

    /// Where the legend ends.
    pub(super) fn bottom(&self) -> f64 {
        Self::TOP + ROW * self.rows as f64
    }

    /// Draws it.
    pub(super) fn draw(&self, svg: &mut Svg, chart: &Chart) {
        for (index, series) in chart.series.iter().enumerate() {
            let (row, column) = (index / self.columns, index % self.columns);
            let x = LEFT + self.column_width * column as f64;
            let y = Self::TOP + ROW * (row as f64 + 0.5);
            let style = lines::stroke(index, series, 3.0);
            svg.line((x, y), (x + SWATCH, y), &style);
            let style = format!("font-size=\"{TEXT_SIZE}\" fill=\"{INK}\"");
            let at = (x + SWATCH + SWATCH_GAP, y + 5.0);
            let name = text::fitted(&series.name, TEXT_SIZE, NAME_MAX);
            svg.text(at, Anchor::Start, &style, &name);
        }
    }
}
