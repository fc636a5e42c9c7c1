//! Line charts: plain data in, SVG text or PNG bytes out.
//!
//! Drawn for curves that run together for a long way and part near the end, as allocation does
//! against arrivals when a cluster fills up: unless told otherwise the axes show the part where
//! the lines differ, and a small inset shows the whole. The PNG is the SVG, rendered; there is
//! one drawing.
//!
//! Fonts come with the program (Noto Sans, SIL Open Font License 1.1, from the `notosans`
//! package), so a chart looks the same on every machine, with no font installed.

mod axis;
mod draw;
mod ends;
mod frame;
mod inset;
mod labels;
mod legend;
mod lines;
mod palette;
mod raster;
mod style;
mod svg;
mod text;

pub use raster::RasterError;

/// Width of a chart in pixels, at scale 1.
pub const WIDTH: f64 = 1200.0;
/// Height of a chart in pixels, at scale 1.
pub const HEIGHT: f64 = 750.0;
/// The most lines that one chart shows; the palette has as many colours.
pub const SERIES_MAX: usize = palette::COLOURS.len();

/// What a line chart shows.
///
/// # Example: two lines, ranges chosen by the chart
/// ```
/// use longshore_cli::chart::{Chart, Series};
/// let chart = Chart {
///     title: "Allocation".into(),
///     x_label: "arrivals, %".into(),
///     y_label: "allocated, %".into(),
///     series: vec![
///         Series::new("binpack", vec![(0.0, 0.0), (80.0, 80.0), (130.0, 92.0)]),
///         Series::new("spread", vec![(0.0, 0.0), (80.0, 79.0), (130.0, 84.0)]),
///     ],
///     ..Chart::default()
/// };
/// assert!(chart.to_svg()?.starts_with("<svg "));
/// # Ok::<(), longshore_cli::chart::ChartError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The headline; what the chart says.
    pub title: String,
    /// The line under the title: workload, seeds, machine sizes; may be empty.
    pub subtitle: String,
    /// What the x axis counts, with its unit.
    pub x_label: String,
    /// What the y axis counts, with its unit.
    pub y_label: String,
    /// The lines, in the order of the legend; at most [`SERIES_MAX`].
    pub series: Vec<Series>,
    /// First and last x shown; `None` lets the chart choose.
    pub x_range: Option<(f64, f64)>,
    /// First and last y shown; `None` lets the chart choose.
    pub y_range: Option<(f64, f64)>,
}

/// One line of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The name in the legend and at the end of the line.
    pub name: String,
    /// The points, by ascending x.
    pub points: Vec<(f64, f64)>,
    /// How the line is stroked.
    pub stroke: Stroke,
}

impl Series {
    /// A line whose stroke the palette chooses.
    pub fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), points, stroke: Stroke::Palette }
    }
}

/// How a line is stroked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Stroke {
    /// The dash pattern that belongs to the line's colour; tells lines apart without colour.
    #[default]
    Palette,
    /// Without gaps.
    Solid,
    /// Plain dashes.
    Dashed,
}

/// Why a chart cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// No line has a point.
    #[error("the chart \"{title}\" has no point to draw: give at least one series with a point")]
    Empty {
        /// Title of the chart.
        title: String,
    },
    /// More lines than colours.
    #[error("the chart \"{title}\" has {found} series: split it, {SERIES_MAX} is the most")]
    TooManySeries {
        /// Title of the chart.
        title: String,
        /// How many series were given.
        found: usize,
    },
    /// A coordinate is infinite or not a number.
    #[error("series \"{series}\", point {index}: ({x}, {y}) is not a pair of finite numbers")]
    NotFinite {
        /// Name of the series.
        series: String,
        /// Position of the point, from 0.
        index: usize,
        /// The x given.
        x: f64,
        /// The y given.
        y: f64,
    },
    /// The points of a line go back.
    #[error("series \"{series}\", point {index}: x must not be smaller than the x before it")]
    Unordered {
        /// Name of the series.
        series: String,
        /// Position of the first point that goes back, from 0.
        index: usize,
    },
    /// A range given by the caller is empty, reversed or not finite.
    #[error("the {axis} range {from}..{to} is empty: its end must be greater than its start")]
    EmptyRange {
        /// `x` or `y`.
        axis: char,
        /// Start given.
        from: f64,
        /// End given.
        to: f64,
    },
    /// The drawing could not be turned into pixels.
    #[error(transparent)]
    Raster(#[from] RasterError),
}

impl Chart {
    /// The chart as the text of an SVG file.
    ///
    /// Text stays text (selectable, searchable) in Noto Sans, else in the viewer's sans-serif.
    ///
    /// # Errors
    /// A [`ChartError`] that names the series, point or range that cannot be drawn.
    pub fn to_svg(&self) -> Result<String, ChartError> {
        self.check()?;
        Ok(draw::chart(self))
    }

    /// The chart as the bytes of a PNG file of [`WIDTH`]·`scale` by [`HEIGHT`]·`scale` pixels.
    ///
    /// # Errors
    /// As [`Chart::to_svg`]; [`RasterError::Scale`] unless `scale` is within `0.1..=8.0`.
    pub fn to_png(&self, scale: f32) -> Result<Vec<u8>, ChartError> {
        Ok(raster::png(&self.to_svg()?, scale)?)
    }

    /// Refuses what cannot be drawn, so that drawing itself has no errors.
    fn check(&self) -> Result<(), ChartError> {
        if self.series.len() > SERIES_MAX {
            return Err(ChartError::TooManySeries { title: self.title.clone(), found: self.series.len() });
        }
        if self.series.iter().all(|series| series.points.is_empty()) {
            return Err(ChartError::Empty { title: self.title.clone() });
        }
        self.series.iter().try_for_each(check_series)?;
        check_range('x', self.x_range)?;
        check_range('y', self.y_range)
    }
}

/// Refuses points that are not finite or not in order.
fn check_series(series: &Series) -> Result<(), ChartError> {
    let mut before = f64::NEG_INFINITY;
    for (index, &(x, y)) in series.points.iter().enumerate() {
        let name = || series.name.clone();
        if !(x.is_finite() && y.is_finite()) {
            return Err(ChartError::NotFinite { series: name(), index, x, y });
        }
        if x < before {
            return Err(ChartError::Unordered { series: name(), index });
        }
        before = x;
    }
    Ok(())
}

/// Refuses a range that shows nothing.
fn check_range(axis: char, range: Option<(f64, f64)>) -> Result<(), ChartError> {
    match range {
        Some((from, to)) if !(from.is_finite() && to.is_finite() && from < to) => {
            Err(ChartError::EmptyRange { axis, from, to })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten lines that part late and end between 80 and 97 (the shape the defaults are made for).
    pub(super) fn sample() -> Chart {
        let ends = [
            ("binpack", 91.4),
            ("spread", 80.3),
            ("best-fit", 90.6),
            ("worst-fit", 80.9),
            ("dot-product", 90.9),
            ("gpu-packing", 92.6),
            ("gpu-clustering", 91.1),
            ("random", 83.2),
            ("fragmentation", 96.7),
            ("longshore", 94.8),
        ];
        let line = |(name, end): (&str, f64)| {
            let points = (0..=130).map(|x| {
                let x = f64::from(x);
                // Smooth bend from y = x to the plateau `end`, starting a little before it.
                let knee = end - 14.0 + (end - 80.0) * 0.4;
                let beyond = ((x - knee) / (130.0 - knee)).clamp(0.0, 1.0);
                let rest = (1.0 - beyond) * (1.0 - beyond) * (1.0 - beyond);
                (x, x.min(knee + (end - knee) * (1.0 - rest)))
            });
            Series::new(name, points.collect())
        };
        Chart {
            title: "GPU allocation while the cluster fills up".into(),
            subtitle: "1,523 nodes, 6,212 GPUs; mean of seeds 42 to 51; one line per policy".into(),
            x_label: "GPU demand of arrived tasks, % of capacity".into(),
            y_label: "GPU allocated, % of capacity".into(),
            series: ends.into_iter().map(line).collect(),
            ..Chart::default()
        }
    }

    #[test]
    fn svg_names_every_series_and_escapes_text() {
        let mut chart = sample();
        chart.title = "a < b & \"c\"".into();
        let svg = chart.to_svg().expect("drawable");
        assert!(svg.contains("a &lt; b &amp; &quot;c&quot;"));
        for series in &chart.series {
            assert!(svg.contains(&format!(">{}<", series.name)), "{}", series.name);
        }
    }

    #[test]
    fn png_has_the_promised_size() {
        let png = sample().to_png(1.0).expect("drawable");
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        let at = |i: usize| u32::from_be_bytes([png[i], png[i + 1], png[i + 2], png[i + 3]]);
        assert_eq!((at(16), at(20)), (1200, 750));
        if let Ok(directory) = std::env::var("LONGSHORE_CHART_SAMPLE") {
            let directory = std::path::Path::new(&directory);
            std::fs::write(directory.join("sample.png"), &png).expect("written");
            let svg = sample().to_svg().expect("drawable");
            std::fs::write(directory.join("sample.svg"), svg).expect("written");
        }
    }

    #[test]
    fn drawing_twice_gives_the_same_bytes() {
        assert_eq!(sample().to_svg(), sample().to_svg());
    }

    #[test]
    fn absurd_names_and_values_are_drawable() {
        let mut chart = sample();
        for series in &mut chart.series {
            series.name = "an absurdly long name ".repeat(50);
            for point in &mut series.points {
                *point = (point.0 * 1e15, point.1 * 1e-15);
            }
        }
        chart.title = "title ".repeat(200);
        assert!(chart.to_png(0.5).is_ok());
    }

    #[test]
    fn a_single_point_is_drawable() {
        let chart = Chart { series: vec![Series::new("one", vec![(3.0, 4.0)])], ..Chart::default() };
        assert!(chart.to_png(0.5).is_ok());
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let refused = |edit: fn(&mut Chart)| {
            let mut chart = sample();
            edit(&mut chart);
            chart.to_svg().expect_err("refused").to_string()
        };
        assert!(refused(|c| c.series.clear()).contains("no point"));
        assert!(refused(|c| c.series.push(Series::default())).contains("11 series"));
        assert!(refused(|c| c.series[2].points[7].1 = f64::NAN).contains("point 7"));
        assert!(refused(|c| c.series[2].points[7].0 = -1.0).contains("point 7"));
        assert!(refused(|c| c.x_range = Some((5.0, 5.0))).contains("x range 5..5"));
        assert!(refused(|c| c.y_range = Some((9.0, 5.0))).contains("y range 9..5"));
        assert!(sample().to_png(0.0).is_err());
    }
}
