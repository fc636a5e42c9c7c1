//! How the program ends.

use std::process::ExitCode;

/// What the exit code says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Done, and all well: 0.
    Success,
    /// Done, but something failed; or it could not be done: 1.
    Failure,
    /// Done, and what was compared differs: 1.
    Different,
    /// What was asked makes no sense; nothing was done: 2.
    Misuse,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure | Self::Different => 1,
            Self::Misuse => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
