//! Colours and sizes that the parts of a chart share.

/// The darkest: titles, names.
pub(super) const INK: &str = "#1f2328";
/// Texts of less weight.
pub(super) const SOFT: &str = "#57606a";
/// Axes.
pub(super) const AXIS: &str = "#8c959f";
/// Grid lines and frames.
pub(super) const GRID: &str = "#e4e8ec";

/// Left edge of the plot; only the y axis's texts stand to its left.
pub(super) const LEFT: f64 = 88.0;
/// Room below the plot for the x axis's texts.
pub(super) const BOTTOM: f64 = 76.0;
/// Room to the right of everything.
pub(super) const RIGHT_PAD: f64 = 28.0;

/// Size of names, values and tick texts.
pub(super) const TEXT_SIZE: f64 = 14.0;
