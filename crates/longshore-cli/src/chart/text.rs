//! The embedded font, and how wide a text is in it.

use std::sync::{Arc, OnceLock};

use resvg::usvg;

use super::svg::escape;

/// The family name of the embedded font.
pub(super) const FAMILY: &str = "Noto Sans";

/// Options that know the embedded font and no other, and read no file.
pub(super) fn options() -> usvg::Options<'static> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = usvg::fontdb::Database::new();
        for face in [notosans::REGULAR_TTF, notosans::BOLD_TTF] {
            fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(face)));
        }
        fonts.set_sans_serif_family(FAMILY);
        Arc::new(fonts)
    });
    usvg::Options { font_family: FAMILY.to_owned(), fontdb: Arc::clone(fonts), ..usvg::Options::default() }
}

/// Width of `text` in pixels at `size`, by the shaper that draws it.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let weight = if bold { 700 } else { 400 };
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\">\
         <text font-size=\"{size}\" font-weight=\"{weight}\">{}</text></svg>",
        escape(text),
    );
    // A text that does not parse has no width of its own: estimate rather than fail.
    let estimate = text.chars().count() as f64 * size * 0.6;
    match usvg::Tree::from_str(&svg, &options()) {
        Ok(tree) => f64::from(tree.root().bounding_box().width()),
        Err(_) => estimate,
    }
}

/// `text`, cut at its end where it is wider than `most` pixels at `size`.
pub(super) fn fitted(text: &str, size: f64, most: f64) -> String {
    if width(text, size, false) <= most {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    // Halving would be faster; a name is short, and this happens for absurd ones only. A cap
    // keeps an endless one from being measured letter by letter.
    kept.truncate(200);
    while kept.pop().is_some() {
        let cut: String = kept.iter().chain(&['…']).collect();
        if width(&cut, size, false) <= most {
            return cut;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_grow_with_text_size_and_weight() {
        let base = width("longshore", 14.0, false);
        assert!((50.0..90.0).contains(&base), "{base}");
        assert!(width("longshore", 14.0, true) > base);
        assert!((width("longshore", 28.0, false) - 2.0 * base).abs() < 0.5);
        assert_eq!(width("", 14.0, false), 0.0);
    }

    #[test]
    fn wide_names_are_cut() {
        assert_eq!(fitted("short", 14.0, 100.0), "short");
        let cut = fitted(&"wide ".repeat(1000), 14.0, 100.0);
        assert!(cut.ends_with('…') && width(&cut, 14.0, false) <= 100.0, "{cut}");
    }
}
