//! `longshore simulate`: run a workload under placement policies and compare what they achieve.

use crate::args::SimulateArgs;
use crate::console::Console;
use crate::exit::Exit;

/// Why a simulation did not run to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The simulator is not connected to the command yet.
    #[error("simulate is not wired yet: the simulator is being built")]
    NotWired,
}

impl SimulateError {
    /// How the program ends on it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NotWired => Exit::Failure,
        }
    }
}

/// Runs the simulation that `args` asks for.
///
/// # Errors
/// A [`SimulateError`] that says what, where, and what would be right.
pub fn run(args: &SimulateArgs, console: &mut Console<'_>) -> Result<(), SimulateError> {
    let _ = (args, console);
    Err(SimulateError::NotWired)
}
