//! SVG text, written element by element.

use std::fmt::Write as _;

/// Which end of a text its position names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Anchor {
    /// The left end.
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

impl Anchor {
    /// The attribute's value.
    fn value(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// An SVG document under construction; every method appends one element.
#[derive(Debug)]
pub(super) struct Svg {
    text: String,
    depth: usize,
}

impl Svg {
    /// A document of that many pixels, with its accessible title.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let mut svg = Self { text: String::new(), depth: 0 };
        let (w, h) = (number(width), number(height));
        svg.open(&format!(
            "svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" \
             viewBox=\"0 0 {w} {h}\" role=\"img\" font-family=\"'Noto Sans', sans-serif\"",
        ));
        svg.line_of(&format!("<title>{}</title>", escape(title)));
        svg
    }

    /// Opens an element; `tag` is its name and attributes.
    pub(super) fn open(&mut self, tag: &str) {
        self.line_of(&format!("<{tag}>"));
        self.depth += 1;
    }

    /// Closes the element `name`.
    pub(super) fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line_of(&format!("</{name}>"));
    }

    /// An element without children.
    pub(super) fn leaf(&mut self, tag: &str) {
        self.line_of(&format!("<{tag}/>"));
    }

    /// A rectangle.
    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, style: &str) {
        self.leaf(&format!(
            "rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {style}",
            number(x),
            number(y),
            number(width),
            number(height),
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), style: &str) {
        self.leaf(&format!(
            "line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {style}",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
        ));
    }

    /// A line through many points.
    pub(super) fn polyline(&mut self, points: &[(f64, f64)], style: &str) {
        let mut list = String::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            let blank = if i == 0 { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(list, "{blank}{},{}", number(x), number(y));
        }
        self.leaf(&format!("polyline points=\"{list}\" {style}"));
    }

    /// A disc.
    pub(super) fn circle(&mut self, centre: (f64, f64), radius: f64, style: &str) {
        self.leaf(&format!(
            "circle cx=\"{}\" cy=\"{}\" r=\"{}\" {style}",
            number(centre.0),
            number(centre.1),
            number(radius),
        ));
    }

    /// One line of text; `at` is on its base line.
    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, style: &str, text: &str) {
        self.line_of(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" {style}>{}</text>",
            number(at.0),
            number(at.1),
            anchor.value(),
            escape(text),
        ));
    }

    /// The finished document.
    pub(super) fn finish(mut self) -> String {
        self.close("svg");
        self.text
    }

    /// Appends one indented line.
    fn line_of(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A coordinate with at most two decimals, without trailing zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text with the characters replaced that mean something in XML, and those that XML forbids.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [(1.0, "1"), (1.5, "1.5"), (-0.001, "0"), (100.0, "100")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn control_characters_never_reach_the_document() {
        assert_eq!(escape("a\u{1}<b>\n\u{ffff}"), "a &lt;b&gt; \u{fffd}");
    }
}
