//! The two streams a command writes to, and colour where it is wanted.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Write};

/// Where a command writes: results to one stream, notes and errors to the other.
///
/// # Example: a command's output in a test
/// ```
/// use longshore_cli::console::Console;
/// let (mut out, mut err) = (Vec::new(), Vec::new());
/// Console::new(&mut out, &mut err, false).line("3 passed, 0 failed")?;
/// assert_eq!(out, b"3 passed, 0 failed\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Console<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    colour: bool,
}

impl<'a> Console<'a> {
    /// A console over two streams; `colour` is for the first.
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, colour: bool) -> Self {
        Self { out, err, colour }
    }

    /// Writes one line of the result.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Writes text of the result as it is.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Writes one line for the person, beside the result.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.err, "{text}")
    }

    /// Is the result coloured?
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// `text` in `paint`, or as it is where the result is not coloured.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        if self.colour { paint.apply(text) } else { text.to_owned() }
    }
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("colour", &self.colour).finish_non_exhaustive()
    }
}

/// What a colour means; the colour itself is the terminal's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Paint {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// To be looked at some day.
    Warn,
    /// Of little interest.
    Dim,
    /// A heading.
    Strong,
}

impl Paint {
    /// `text` between the terminal's codes for this paint.
    pub fn apply(self, text: &str) -> String {
        let code = match self {
            Self::Good => "32",
            Self::Bad => "31",
            Self::Warn => "33",
            Self::Dim => "2",
            Self::Strong => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Is colour wanted: only on a terminal, and only while `NO_COLOR` is unset or empty
/// (<https://no-color.org>).
pub fn wants_colour(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_needs_a_terminal_and_no_veto() {
        assert!(wants_colour(true, None));
        assert!(wants_colour(true, Some(OsStr::new(""))));
        assert!(!wants_colour(true, Some(OsStr::new("1"))));
        assert!(!wants_colour(false, None));
    }

    #[test]
    fn paint_is_left_out_without_colour() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        assert_eq!(Console::new(&mut out, &mut err, false).paint(Paint::Bad, "x"), "x");
        let painted = Console::new(&mut out, &mut err, true).paint(Paint::Bad, "x");
        assert_eq!(painted, "\u{1b}[31mx\u{1b}[0m");
    }
}
