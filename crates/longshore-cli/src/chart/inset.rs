//! The overview of all data, where the main plot shows a part.

use super::axis::{self, View};
use super::frame::Frame;
use super::style::{AXIS, GRID, SOFT};
use super::svg::{Anchor, Svg};
use super::{Chart, lines};

/// Where an overview of all data fits without covering a line; `None` where nothing is hidden
/// by the main plot, or every corner is taken.
pub(super) fn place(chart: &Chart, view: &View, plot: &Frame) -> Option<Frame> {
    if !view.is_zoomed() {
        return None;
    }
    let (width, height) = (plot.width() * 0.36, plot.height() * 0.36);
    let margin = 22.0;
    let (near, far) = (plot.left + margin, plot.right - margin - width);
    let (high, low) = (plot.top + margin, plot.bottom - margin - height);
    [(far, low), (near, high), (near, low), (far, high)]
        .into_iter()
        .map(|(left, top)| Frame { left, top, right: left + width, bottom: top + height })
        .find(|frame| !covers_a_line(chart, view, plot, frame))
}

/// Does `frame` lie on a line of the main plot?
fn covers_a_line(chart: &Chart, view: &View, plot: &Frame, frame: &Frame) -> bool {
    const CLEAR: f64 = 14.0;
    (0..=200).any(|i| {
        let x = view.x.from + view.x.span() * f64::from(i) / 200.0;
        let across = plot.place(view.x, view.y, (x, view.y.from)).0;
        (frame.left - CLEAR..=frame.right + CLEAR).contains(&across)
            && chart
                .series
                .iter()
                .filter_map(|series| axis::height_at(&series.points, x))
                .map(|y| plot.place(view.x, view.y, (x, y)).1)
                .any(|down| (frame.top - CLEAR..=frame.bottom + CLEAR).contains(&down))
    })
}

/// The overview: all data, thin, with the part that the main plot shows marked.
pub(super) fn draw(svg: &mut Svg, chart: &Chart, view: &View, inset: &Frame) {
    let (width, height) = (inset.width(), inset.height());
    let style = format!("fill=\"#ffffff\" stroke=\"{GRID}\" stroke-width=\"1.2\" rx=\"6\"");
    svg.rect(inset.left, inset.top, width, height, &style);
    let inner = Frame {
        left: inset.left + 46.0,
        top: inset.top + 34.0,
        right: inset.right - 18.0,
        bottom: inset.bottom - 30.0,
    };
    let small = format!("font-size=\"12\" fill=\"{SOFT}\"");
    let at = (inset.left + 12.0, inset.top + 21.0);
    svg.text(at, Anchor::Start, &small, "All data; the box is the part shown large");
    let mark = format!("stroke=\"{AXIS}\" stroke-width=\"1\"");
    let corner = (inner.left, inner.bottom);
    svg.line((inner.left, inner.top), corner, &mark);
    svg.line(corner, (inner.right, inner.bottom), &mark);
    ticks(svg, view, &inner, &small);
    lines::draw(svg, chart, view.whole_x, view.whole_y, &inner, 1.2);
    mark_shown(svg, view, &inner);
}

/// A few ticks of the overview.
fn ticks(svg: &mut Svg, view: &View, inner: &Frame, style: &str) {
    let (x, y) = (view.whole_x, view.whole_y);
    let x_ticks = axis::ticks(x, 4);
    for &tick in &x_ticks {
        let at = inner.place(x, y, (tick, y.from));
        let at = (at.0, at.1 + 17.0);
        svg.text(at, Anchor::Middle, style, &axis::tick_text(tick, &x_ticks));
    }
    let y_ticks = axis::ticks(y, 2);
    for &tick in &y_ticks {
        let at = inner.place(x, y, (x.from, tick));
        let at = (at.0 - 7.0, at.1 + 4.0);
        svg.text(at, Anchor::End, style, &axis::tick_text(tick, &y_ticks));
    }
}

/// The box around the part of the overview that the main plot shows.
fn mark_shown(svg: &mut Svg, view: &View, inner: &Frame) {
    let (x, y) = (view.whole_x, view.whole_y);
    let (left, bottom) = inner.place(x, y, (view.x.from, view.y.from));
    let (right, top) = inner.place(x, y, (view.x.to, view.y.to));
    let (left, right) = (left.max(inner.left), right.min(inner.right));
    let (top, bottom) = (top.max(inner.top), bottom.min(inner.bottom));
    if left < right && top < bottom {
        let style = format!("fill=\"{AXIS}\" fill-opacity=\"0.10\" stroke=\"{SOFT}\" stroke-width=\"1\"");
        svg.rect(left, top, right - left, bottom - top, &style);
    }
}
