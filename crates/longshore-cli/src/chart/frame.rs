//! A rectangle of the picture, and where data lies in it.

use super::axis::Range;

/// A rectangle of the picture, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Its left edge.
    pub(super) left: f64,
    /// Its upper edge.
    pub(super) top: f64,
    /// Its right edge.
    pub(super) right: f64,
    /// Its lower edge.
    pub(super) bottom: f64,
}

impl Frame {
    /// Its width.
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Its height.
    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Where a point of the data lies.
    pub(super) fn place(&self, x: Range, y: Range, point: (f64, f64)) -> (f64, f64) {
        (self.left + x.fraction(point.0) * self.width(), self.bottom - y.fraction(point.1) * self.height())
    }
}
