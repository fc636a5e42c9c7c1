//! SVG to PNG, with the embedded font only.

use resvg::{tiny_skia, usvg};

use super::text;

/// Scales at which a chart is still a picture and fits into memory.
const SCALES: std::ops::RangeInclusive<f32> = 0.1..=8.0;

/// Why a drawing could not be turned into pixels.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RasterError {
    /// The scale is out of bounds.
    #[error("cannot draw at scale {scale}: it must be from 0.1 to 8")]
    Scale {
        /// The scale given.
        scale: f32,
    },
    /// The SVG is not well formed; a fault of this program.
    #[error("the chart's SVG was not understood by its own renderer: {reason}")]
    Svg {
        /// The renderer's words.
        reason: String,
    },
    /// The pixels could not be compressed.
    #[error("the chart's PNG could not be encoded: {reason}")]
    Png {
        /// The encoder's words.
        reason: String,
    },
}

/// Renders SVG text to the bytes of a PNG file.
pub(super) fn png(svg: &str, scale: f32) -> Result<Vec<u8>, RasterError> {
    if !SCALES.contains(&scale) {
        return Err(RasterError::Scale { scale });
    }
    let tree =
        usvg::Tree::from_str(svg, &text::options()).map_err(|error| RasterError::Svg { reason: error.to_string() })?;
    let size = tree.size();
    // In range: the drawing is 1200 by 750 and the scale at most 8.
    let pixels = |length: f32| (length * scale).round().max(1.0) as u32;
    let mut pixmap =
        tiny_skia::Pixmap::new(pixels(size.width()), pixels(size.height())).ok_or(RasterError::Scale { scale })?;
    let transform = tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| RasterError::Png { reason: error.to_string() })
}
