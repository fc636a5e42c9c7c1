//! Regular expressions within an expression (API-815).

use longshore_value::Regexp;
use longshore_value::regexp::PROGRAM_BYTES_MAX;

use crate::error::Place;
use crate::program::Text;

/// The code of an expression that is one, and too large.
const TOO_LARGE: &str = "LONGSHORE-REGEXP-SIZE";

/// A regular expression, read when the filter is; one that cannot be read fails where it is asked.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) text: Text,
    pub(crate) place: Place,
    pub(crate) program: Result<Regexp, Box<str>>,
    /// What it takes; if it is too large, what was taken to find that out.
    pub(crate) bytes: usize,
}

impl Pattern {
    pub(crate) fn new(text: Text, place: Place) -> Pattern {
        let read = text.utf8().map(Regexp::new);
        let bytes = match &read {
            Some(Ok(program)) => program.size(),
            Some(Err(why)) if why.code() == TOO_LARGE => PROGRAM_BYTES_MAX,
            _ => 0,
        };
        let program = match read {
            Some(read) => read.map_err(|why| why.to_string().into()),
            None => Err("it is not UTF-8".into()),
        };
        Pattern { text, place, program, bytes }
    }
}

/// All else follows from the text.
impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}
