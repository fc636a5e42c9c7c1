//! `longshore bench`: how long the engine takes, beside what is wanted and what the reference took.
//!
//! Times of two machines are compared by the calibration loop: a time from here is multiplied by the loop's time where
//! the reference ran, and divided by its time here. So a figure is as if taken on the reference's machine.

mod c1m;
mod error;
mod grid;
mod machine;
mod target;

use crate::args::BenchArgs;
use crate::console::Console;
use crate::exit::Exit;
use machine::Machine;

pub use error::BenchError;

/// Runs the benchmark that `args` asks for. Whether targets are met is told, and no failure.
///
/// # Errors
/// A [`BenchError`] that says what, where, and what would be right.
pub fn run(args: &BenchArgs, console: &mut Console<'_>) -> Result<Exit, BenchError> {
    match args {
        BenchArgs::Grid(args) => grid::run(args, console),
        BenchArgs::C1m(args) => c1m::run(args, console),
        BenchArgs::Calibrate { quick } => {
            Machine::calibrate(&machine::reference()?, *quick).print(console)?;
            Ok(Exit::Success)
        }
    }
}
