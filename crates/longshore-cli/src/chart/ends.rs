//! What stands at the end of each line: its name and its last value.

use super::axis::{self, View};
use super::frame::Frame;
use super::style::{INK, TEXT_SIZE};
use super::svg::{Anchor, Svg, number};
use super::{Chart, Series, labels, palette, text};

/// Room between the plot and the names, for the leaders.
const LEADER: f64 = 34.0;
/// Between a name and its value.
const VALUE_GAP: f64 = 12.0;
/// Least distance of the base lines of two labels.
const LABEL_GAP: f64 = 21.0;

/// The widest name that is not cut.
const NAME_MAX: f64 = 260.0;

/// The labels at the lines' ends.
#[derive(Debug)]
pub(super) struct Ends {
    labels: Vec<Label>,
    names_width: f64,
    values_width: f64,
}

/// One of them.
#[derive(Debug)]
struct Label {
    index: usize,
    name: String,
    value: String,
    /// The line's last shown point, as data.
    end: (f64, f64),
}

impl Ends {
    /// Of every line that has a point within the shown x range.
    pub(super) fn of(chart: &Chart, view: &View, y_ticks: &[f64]) -> Self {
        // One digit more than the ticks: enough to tell neighbours apart.
        let decimals = axis::decimals(y_ticks) + 1;
        let label = |(index, series): (usize, &Series)| {
            let end = last_shown(series, view)?;
            Some(Label {
                index,
                name: text::fitted(&series.name, TEXT_SIZE, NAME_MAX),
                value: format!("{:.decimals$}", end.1),
                end,
            })
        };
        let labels: Vec<Label> = chart.series.iter().enumerate().filter_map(label).collect();
        let widest = |width: fn(&Label) -> f64| labels.iter().map(width).fold(0.0, f64::max);
        Self {
            names_width: widest(|label| text::width(&label.name, TEXT_SIZE, false)),
            values_width: widest(|label| text::width(&label.value, TEXT_SIZE, true)),
            labels,
        }
    }

    /// The room that they need beside the plot.
    pub(super) fn width(&self) -> f64 {
        LEADER + self.names_width + VALUE_GAP + self.values_width
    }

    /// Draws them, each led to where there is room for it.
    pub(super) fn draw(&self, svg: &mut Svg, view: &View, plot: &Frame) {
        let place = |label: &Label| {
            let (x, y) = plot.place(view.x, view.y, label.end);
            let x = x.clamp(plot.left, plot.right);
            (x, y.clamp(plot.top, plot.bottom))
        };
        let ends: Vec<_> = self.labels.iter().map(place).collect();
        let wishes: Vec<f64> = ends.iter().map(|end| end.1).collect();
        let heights = labels::spread(&wishes, LABEL_GAP, plot.top, plot.bottom);
        for ((label, &end), &y) in self.labels.iter().zip(&ends).zip(&heights) {
            draw_leader(svg, plot, palette::colour(label.index), end, y);
            let style = format!("font-size=\"{TEXT_SIZE}\" fill=\"{INK}\"");
            let at = (plot.right + LEADER, y + 5.0);
            svg.text(at, Anchor::Start, &style, &label.name);
            let bold = format!("{style} font-weight=\"700\"");
            let at = (plot.right + self.width(), y + 5.0);
            svg.text(at, Anchor::End, &bold, &label.value);
        }
    }
}

/// The last point of a line within the shown x range; on its edge where the line goes on.
fn last_shown(series: &Series, view: &View) -> Option<(f64, f64)> {
    let on_edge = axis::height_at(&series.points, view.x.to).map(|y| (view.x.to, y));
    let is_shown = |point: &&(f64, f64)| view.x.from <= point.0 && point.0 <= view.x.to;
    on_edge.or_else(|| series.points.iter().rev().find(is_shown).copied())
}

/// A disc on the line's end, and the way from there to its label at height `y`.
fn draw_leader(svg: &mut Svg, plot: &Frame, colour: &str, end: (f64, f64), y: f64) {
    let point = |x: f64, y: f64| format!("{},{}", number(x), number(y));
    let way = [
        point(end.0, end.1),
        point(plot.right + 8.0, end.1),
        point(plot.right + LEADER - 12.0, y),
        point(plot.right + LEADER - 5.0, y),
    ];
    // A leader across the plot must not look like a line of the chart.
    let dots = if end.0 < plot.right - 12.0 { " stroke-dasharray=\"1 5\"" } else { "" };
    let style = format!("fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\"{dots}");
    svg.leaf(&format!("path d=\"M{}\" {style}", way.join(" L")));
    let disc = format!("fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"1\"");
    svg.circle(end, 4.0, &disc);
}
