//! Which part of the data an axis shows, and where its ticks are.

use super::{Chart, Series};

/// A closed range of values on one axis; `from < to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    /// Smallest value shown.
    pub(super) from: f64,
    /// Greatest value shown.
    pub(super) to: f64,
}

impl Range {
    /// How much the range covers; greater than zero.
    pub(super) fn span(self) -> f64 {
        self.to - self.from
    }

    /// Where `value` lies: 0 at the start, 1 at the end, beyond them outside.
    pub(super) fn fraction(self, value: f64) -> f64 {
        (value - self.from) / self.span()
    }

    /// Is `other` within this range?
    pub(super) fn contains(self, other: Range) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// The smallest range over all values; one of width 0 is widened, none gives `0..1`.
    fn over(values: impl Iterator<Item = f64>) -> Self {
        let (from, to) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if from > to {
            Self { from: 0.0, to: 1.0 }
        } else if from < to {
            Self { from, to }
        } else {
            Self { from: from - 1.0, to: to + 1.0 }
        }
    }

    /// The range widened to whole steps of about `ticks` ticks.
    fn rounded(self, ticks: u32) -> Self {
        let step = nice_step(self.span() / f64::from(ticks));
        // A hair of tolerance keeps 96.00000001 from adding a whole step.
        let hair = step * 1e-6;
        Self { from: ((self.from + hair) / step).floor() * step, to: ((self.to - hair) / step).ceil() * step }
    }
}

/// What the main plot shows, and the whole data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    /// Shown on the x axis.
    pub(super) x: Range,
    /// Shown on the y axis.
    pub(super) y: Range,
    /// All data: x.
    pub(super) whole_x: Range,
    /// All data, rounded to ticks: y.
    pub(super) whole_y: Range,
}

impl View {
    /// The ranges a chart asks for, else those that show where its lines differ.
    pub(super) fn of(chart: &Chart) -> Self {
        let points = || chart.series.iter().flat_map(|series| series.points.iter());
        // The x axis ends where the data ends: room beyond it would say nothing.
        let whole_x = Range::over(points().map(|point| point.0));
        let whole_y = Range::over(points().map(|point| point.1)).rounded(8);
        let given = |range: Option<(f64, f64)>| range.map(|(from, to)| Range { from, to });
        let x = given(chart.x_range).unwrap_or_else(|| match parting(&chart.series, whole_x) {
            Some(from) => Range { from: Range { from, ..whole_x }.rounded(8).from, to: whole_x.to },
            None => whole_x,
        });
        let y = given(chart.y_range).unwrap_or_else(|| visible_y(&chart.series, x));
        Self { x, y, whole_x, whole_y }
    }

    /// Does the main plot hide a part of the data?
    pub(super) fn is_zoomed(&self) -> bool {
        !(self.x.contains(self.whole_x) && self.y.contains(self.whole_y))
    }
}

/// Where to start the x axis so that the lines' common stretch is cut: a tenth of the rest before
/// the first x at which they lie apart by 1% of their height, or by a tenth of the most that they
/// ever do. `None`: they part in the first quarter, or never, and nothing is cut.
fn parting(series: &[Series], x: Range) -> Option<f64> {
    const SAMPLES: u32 = 400;
    let height = Range::over(series.iter().flat_map(|s| s.points.iter().map(|p| p.1))).span();
    let apart = |at: f64| {
        let (low, high) = extent(series, at);
        high - low
    };
    let samples = || (0..=SAMPLES).map(move |i| x.from + x.span() * f64::from(i) / f64::from(SAMPLES));
    let most = samples().map(apart).fold(0.0, f64::max);
    let enough = (most * 0.1).min(height * 0.01).max(height * 1e-6);
    let parted = samples().find(|&at| apart(at) > enough)?;
    let cut = parted - (x.to - parted) * 0.1;
    (x.fraction(cut) > 0.25).then_some(cut)
}

/// The y range of what lies within `x`.
fn visible_y(series: &[Series], x: Range) -> Range {
    let (low, high) = extent(series, x.from);
    let inside = series
        .iter()
        .flat_map(|series| series.points.iter())
        .filter(|point| x.from <= point.0 && point.0 <= x.to)
        .map(|point| point.1);
    let edges = [low, high].into_iter().filter(|y| y.is_finite());
    Range::over(inside.chain(edges)).rounded(8)
}

/// Lowest and highest line at `at`; infinite the wrong way round where no line is.
fn extent(series: &[Series], at: f64) -> (f64, f64) {
    series
        .iter()
        .filter_map(|series| height_at(&series.points, at))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)))
}

/// Height of a line at `at`, between its points linearly; `None` outside them.
pub(super) fn height_at(points: &[(f64, f64)], at: f64) -> Option<f64> {
    let after = points.partition_point(|point| point.0 < at);
    let &(x1, y1) = points.get(after)?;
    if x1 == at {
        return Some(y1);
    }
    let &(x0, y0) = points.get(after.checked_sub(1)?)?;
    Some(y0 + (y1 - y0) * (at - x0) / (x1 - x0))
}

/// Tick values inside `range`, about `count` of them, at round numbers.
pub(super) fn ticks(range: Range, count: u32) -> Vec<f64> {
    let step = nice_step(range.span() / f64::from(count));
    let first = (range.from / step - 1e-6).ceil();
    let last = (range.to / step + 1e-6).floor();
    let mut ticks = Vec::new();
    let mut at = first;
    while at <= last && ticks.len() < 100 {
        ticks.push(at * step);
        at += 1.0;
    }
    ticks
}

/// How many decimals the ticks need to be told apart.
pub(super) fn decimals(ticks: &[f64]) -> usize {
    let mut unit = match ticks {
        [first, second, ..] => (second - first).abs(),
        _ => 1.0,
    };
    let mut decimals = 0;
    while decimals < 9 && (unit - unit.round()).abs() > 1e-6 * unit.max(1e-9) {
        unit *= 10.0;
        decimals += 1;
    }
    decimals
}

/// A tick's text: as many decimals as the ticks' distance needs.
pub(super) fn tick_text(value: f64, ticks: &[f64]) -> String {
    let decimals = decimals(ticks);
    let text = format!("{value:.decimals$}");
    // Negative zero is a rounding artefact, never a value.
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| b == b'0' || b == b'.') => rest.to_owned(),
        _ => text,
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    // Found by walking: log10 and powf differ between platforms, and ranges are short.
    let mut power = 1.0;
    while power * 10.0 < rough && power < 1e300 {
        power *= 10.0;
    }
    while power > rough && power > 1e-300 {
        power /= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::sample;

    fn range(from: f64, to: f64) -> Range {
        Range { from, to }
    }

    #[test]
    fn steps_are_round() {
        for (rough, step) in [(0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (12.0, 20.0), (0.03, 0.05)] {
            assert!((nice_step(rough) - step).abs() < step * 1e-9, "{rough}");
        }
    }

    #[test]
    fn ticks_lie_inside_and_read_well() {
        let at = ticks(range(60.0, 130.0), 8);
        assert_eq!(at.first(), Some(&60.0));
        assert_eq!(at.last(), Some(&130.0));
        assert_eq!(tick_text(60.0, &at), "60");
        let at = ticks(range(-0.2, 0.3), 5);
        let text: Vec<_> = at.iter().map(|&t| tick_text(t, &at)).collect();
        assert_eq!(text, ["-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"]);
    }

    #[test]
    fn the_common_stretch_is_cut() {
        let view = View::of(&sample());
        assert!(view.is_zoomed());
        assert!(view.x.from >= 50.0 && view.x.to == 130.0, "{view:?}");
        assert!(view.y.from >= 50.0 && view.y.to == 100.0, "{view:?}");
        assert_eq!((view.whole_x, view.whole_y), (range(0.0, 130.0), range(0.0, 100.0)));
    }

    #[test]
    fn lines_that_part_early_are_shown_whole() {
        let mut chart = sample();
        chart.series =
            vec![Series::new("a", vec![(0.0, 0.0), (10.0, 10.0)]), Series::new("b", vec![(0.0, 0.0), (10.0, 20.0)])];
        let view = View::of(&chart);
        assert_eq!((view.x, view.y), (range(0.0, 10.0), range(0.0, 20.0)));
        assert!(!view.is_zoomed());
    }

    #[test]
    fn lines_that_hardly_part_are_shown_near() {
        let mut chart = sample();
        let bend = |end: f64| vec![(0.0, 0.0), (90.0, 90.0), (130.0, end)];
        chart.series = vec![Series::new("a", bend(95.0)), Series::new("b", bend(95.4)), Series::new("alone", vec![])];
        let view = View::of(&chart);
        assert!(view.x.from >= 80.0 && view.y.from >= 80.0, "{view:?}");
        chart.series.truncate(1);
        assert!(!View::of(&chart).is_zoomed());
    }

    #[test]
    fn given_ranges_are_kept() {
        let mut chart = sample();
        chart.x_range = Some((0.0, 130.0));
        chart.y_range = Some((60.0, 100.0));
        let view = View::of(&chart);
        assert_eq!((view.x, view.y), (range(0.0, 130.0), range(60.0, 100.0)));
    }

    #[test]
    fn heights_between_points_are_linear() {
        let points = [(0.0, 0.0), (2.0, 4.0)];
        assert_eq!(height_at(&points, 1.0), Some(2.0));
        assert_eq!(height_at(&points, 2.0), Some(4.0));
        assert_eq!(height_at(&points, 2.5), None);
    }
}
