//! The drawing itself: where everything stands, and in what order it is painted.

use super::axis::{self, View};
use super::ends::Ends;
use super::frame::Frame;
use super::legend::Legend;
use super::style::{AXIS, BOTTOM, GRID, INK, LEFT, RIGHT_PAD, SOFT, TEXT_SIZE};
use super::svg::{Anchor, Svg, number};
use super::{Chart, HEIGHT, WIDTH, inset, lines, text};

/// Sizes of the headlines.
const TITLE_SIZE: f64 = 26.0;
const SUBTITLE_SIZE: f64 = 15.0;
/// Width of the lines.
const STROKE: f64 = 2.6;

/// Draws a checked chart.
pub(super) fn chart(chart: &Chart) -> String {
    let view = View::of(chart);
    let y_ticks = axis::ticks(view.y, 8);
    let ends = Ends::of(chart, &view, &y_ticks);
    let legend = Legend::of(chart);
    let plot = Frame {
        left: LEFT,
        top: legend.bottom() + 20.0,
        right: WIDTH - RIGHT_PAD - ends.width(),
        bottom: HEIGHT - BOTTOM,
    };
    let mut svg = Svg::new(WIDTH, HEIGHT, &chart.title);
    svg.rect(0.0, 0.0, WIDTH, HEIGHT, "fill=\"#ffffff\"");
    headlines(&mut svg, chart);
    legend.draw(&mut svg, chart);
    axes(&mut svg, chart, &view, &plot, &y_ticks);
    if let Some(inset) = inset::place(chart, &view, &plot) {
        inset::draw(&mut svg, chart, &view, &inset);
    }
    clip(&mut svg, &plot);
    lines::draw(&mut svg, chart, view.x, view.y, &plot, STROKE);
    svg.close("g");
    ends.draw(&mut svg, &view, &plot);
    svg.finish()
}

/// Title and subtitle, made smaller where they would not fit.
fn headlines(svg: &mut Svg, chart: &Chart) {
    let room = WIDTH - LEFT - RIGHT_PAD;
    let fitted = |content: &str, size: f64, bold: bool| {
        let width = text::width(content, size, bold);
        if width > room { size * room / width } else { size }
    };
    let size = number(fitted(&chart.title, TITLE_SIZE, true));
    let style = format!("font-size=\"{size}\" font-weight=\"700\" fill=\"{INK}\"");
    svg.text((LEFT, 46.0), Anchor::Start, &style, &chart.title);
    let size = number(fitted(&chart.subtitle, SUBTITLE_SIZE, false));
    let style = format!("font-size=\"{size}\" fill=\"{SOFT}\"");
    svg.text((LEFT, 72.0), Anchor::Start, &style, &chart.subtitle);
}

/// Grid, frame, ticks and the axes' names.
fn axes(svg: &mut Svg, chart: &Chart, view: &View, plot: &Frame, y_ticks: &[f64]) {
    let x_ticks = axis::ticks(view.x, 10);
    let tick_style = format!("font-size=\"{TEXT_SIZE}\" fill=\"{SOFT}\"");
    let grid = format!("stroke=\"{GRID}\" stroke-width=\"1\"");
    let mark = format!("stroke=\"{AXIS}\" stroke-width=\"1\"");
    for &tick in &x_ticks {
        let (x, _) = plot.place(view.x, view.y, (tick, view.y.from));
        svg.line((x, plot.top), (x, plot.bottom), &grid);
        svg.line((x, plot.bottom), (x, plot.bottom + 6.0), &mark);
        let at = (x, plot.bottom + 23.0);
        svg.text(at, Anchor::Middle, &tick_style, &axis::tick_text(tick, &x_ticks));
    }
    for &tick in y_ticks {
        let (_, y) = plot.place(view.x, view.y, (view.x.from, tick));
        svg.line((plot.left, y), (plot.right, y), &grid);
        svg.line((plot.left - 6.0, y), (plot.left, y), &mark);
        let at = (plot.left - 11.0, y + 5.0);
        svg.text(at, Anchor::End, &tick_style, &axis::tick_text(tick, y_ticks));
    }
    let corner = (plot.left, plot.bottom);
    svg.line((plot.left, plot.top), corner, &mark);
    svg.line(corner, (plot.right, plot.bottom), &mark);
    let label = format!("font-size=\"15\" fill=\"{INK}\"");
    let at = ((plot.left + plot.right) / 2.0, HEIGHT - 24.0);
    svg.text(at, Anchor::Middle, &label, &chart.x_label);
    let (x, y) = (34.0, (plot.top + plot.bottom) / 2.0);
    let turned = format!("{label} transform=\"rotate(-90 {} {})\"", number(x), number(y));
    svg.text((x, y), Anchor::Middle, &turned, &chart.y_label);
}

/// Opens a group that shows nothing outside `frame`; the caller closes it.
fn clip(svg: &mut Svg, frame: &Frame) {
    svg.open("defs");
    svg.open("clipPath id=\"plot\"");
    // A line on the edge keeps its whole width.
    let (x, y) = (frame.left - 2.0, frame.top - 2.0);
    svg.rect(x, y, frame.width() + 4.0, frame.height() + 4.0, "");
    svg.close("clipPath");
    svg.close("defs");
    svg.open("g clip-path=\"url(#plot)\"");
}
