//! Ten colours and strokes that stay apart for colour-blind readers and in black and white.

use super::Stroke;

/// Ten colours, each at least 2.7 : 1 against white. Chosen by search over well-known accessible
/// palettes (Okabe-Ito, Tol, Petroff) for the greatest least distance, in Oklab, over normal
/// vision and simulated protanopia, deuteranopia and tritanopia: at least 0.11 within the solid
/// five and within the dashed five, 0.08 between them.
pub(super) const COLOURS: [&str; 10] =
    ["#0072b2", "#bd1f01", "#d98d41", "#1f4e66", "#402000", "#5d3a9b", "#3fa0db", "#d55e00", "#717581", "#663333"];

/// The dash pattern of each colour; empty is solid. Neighbours among the dashed differ, too.
const DASHES: [&str; 10] = ["", "", "", "", "", "10 4", "10 4 2 4", "4 3", "10 4 2 4 2 4", "10 4"];

/// Pattern of [`Stroke::Dashed`].
const DASHED: &str = "7 5";

/// The colour of the `index`-th line.
pub(super) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// The `stroke-dasharray` of the `index`-th line; empty is solid.
pub(super) fn dashes(index: usize, stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Palette => DASHES[index % DASHES.len()],
        Stroke::Solid => "",
        Stroke::Dashed => DASHED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_all_different() {
        let set: std::collections::BTreeSet<_> = COLOURS.iter().collect();
        assert_eq!(set.len(), COLOURS.len());
    }
}
