//! Texts and places in them.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

/// A part of a text of [`Texts`], in bytes.
///
/// Invariant: both ends lie on boundaries of characters of that text; where a value was written in JSON with escapes,
/// the place is the nearest that can be told.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Span {
    pub(crate) text: TextId,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Which text a [`Span`] is of.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct TextId(pub(crate) u16);

impl Span {
    /// From the start of one span to the end of another.
    pub(crate) fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.start), ..self }
    }

    /// Its empty beginning.
    pub(crate) fn before(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// Its empty end.
    pub(crate) fn after(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A text by its name: a job specification, a variable file, the value of a variable.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) name: Arc<str>,
    pub(crate) content: Arc<str>,
}

/// All texts of one parse; what spans point into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    texts: Vec<Text>,
}

/// A line and a column, both from 1. A column is one grapheme cluster, what people see as one character (SPEC-130).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl Texts {
    /// Adds a text. The 65,536th and all after it share the last number; no parse has that many (see `Limits`).
    pub(crate) fn add(&mut self, name: &str, content: &str) -> TextId {
        let id = TextId(u16::try_from(self.texts.len()).unwrap_or(u16::MAX));
        self.texts.push(Text { name: name.into(), content: content.into() });
        id
    }

    /// The content of a text.
    pub(crate) fn content(&self, id: TextId) -> Arc<str> {
        self.texts.get(usize::from(id.0)).map_or_else(|| "".into(), |text| Arc::clone(&text.content))
    }

    /// The name of a text.
    pub(crate) fn name(&self, id: TextId) -> Arc<str> {
        self.texts.get(usize::from(id.0)).map_or_else(|| "".into(), |text| Arc::clone(&text.name))
    }

    /// The content of a text, borrowed.
    #[cfg(feature = "render")]
    pub(crate) fn text(&self, id: TextId) -> &str {
        self.texts.get(usize::from(id.0)).map_or("", |text| &text.content)
    }

    /// Where an offset stands; past the end is the end.
    pub(crate) fn position(&self, id: TextId, offset: u32) -> Position {
        match self.texts.get(usize::from(id.0)) {
            Some(text) => position(&text.content, offset as usize),
            None => Position { line: 1, column: 1 },
        }
    }
}

/// Where an offset of a text stands.
pub(crate) fn position(content: &str, offset: usize) -> Position {
    let mut offset = offset.min(content.len());
    while !content.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &content[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: columns(&before[line_start..]) + 1,
    }
}

/// How many columns a part of a line takes. Beyond a few thousand bytes nobody counts, and characters are near enough.
fn columns(part: &str) -> usize {
    if part.is_ascii() || part.len() > 4_096 { part.chars().count() } else { part.graphemes(true).count() }
}

/// A text as messages show it: in quotes, and of a long one the beginning.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_130_columns_are_graphemes() {
        let text = "a = 1\nb = \"日本語é\" x";
        let at = text.find('x').unwrap_or(0);
        assert_eq!(position(text, at), Position { line: 2, column: 12 });
        assert_eq!(position(text, 10_000), Position { line: 2, column: 13 });
    }
}
