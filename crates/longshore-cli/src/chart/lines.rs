//! The lines themselves.

use super::axis::Range;
use super::frame::Frame;
use super::svg::Svg;
use super::{Chart, Series, palette};

/// The lines, the first on top: where lines coincide, the first named is the one seen.
pub(super) fn draw(svg: &mut Svg, chart: &Chart, x: Range, y: Range, frame: &Frame, width: f64) {
    for (index, series) in chart.series.iter().enumerate().rev() {
        let place = |&point: &(f64, f64)| frame.place(x, y, point);
        let points = thinned(series.points.iter().map(place));
        let style = format!("fill=\"none\" {}", stroke(index, series, width));
        match points[..] {
            [] => {}
            [only] => svg.circle(only, 4.0, &format!("fill=\"{}\"", palette::colour(index))),
            _ => svg.polyline(&points, &style),
        }
    }
}

/// The points without those too near to the one before to be seen; the last is kept. A curve of
/// ten thousand events is then no larger than the picture.
fn thinned(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    const NEAR: f64 = 0.3;
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut left_out = None;
    for point in points {
        let is_near = |before: &(f64, f64)| (point.0 - before.0).abs() < NEAR && (point.1 - before.1).abs() < NEAR;
        left_out = kept.last().is_some_and(is_near).then_some(point);
        if left_out.is_none() {
            kept.push(point);
        }
    }
    kept.extend(left_out);
    kept
}

/// The stroke attributes of a line.
pub(super) fn stroke(index: usize, series: &Series, width: f64) -> String {
    let colour = palette::colour(index);
    let style = format!("stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"");
    match palette::dashes(index, series.stroke) {
        "" => format!("{style} stroke-linecap=\"round\""),
        dashes => format!("{style} stroke-dasharray=\"{dashes}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_both_ends_and_every_jump() {
        let steps = (0..=1000).map(|i| (f64::from(i) * 0.1, if i < 500 { 0.0 } else { 9.0 }));
        let kept = thinned(steps);
        assert!(kept.len() < 400, "{}", kept.len());
        assert_eq!(kept.first(), Some(&(0.0, 0.0)));
        assert_eq!(kept.last(), Some(&(100.0, 9.0)));
        assert!(kept.contains(&(50.0, 9.0)));
        assert!(thinned(std::iter::empty()).is_empty());
    }
}
