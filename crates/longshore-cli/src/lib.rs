//! The longshore program: read, validate and compare jobs, filter lists, tell launches, look into stores,
//! simulate public traces, run recorded cases and benchmarks.
//!
//! The library half of the binary, so that every part of it can be tested: `main.rs` only
//! connects it to the process. Nothing here writes to the terminal except through
//! [`console::Console`] and [`progress::Progress`].

pub mod args;
pub mod bench;
pub mod chart;
pub mod conformance;
pub mod console;
pub mod cron;
pub mod diff;
pub mod exit;
pub mod filter;
pub mod host_files;
pub mod job_file;
pub mod jobspec;
pub mod paths;
pub mod progress;
pub mod simulate;
mod stopwatch;
pub mod store;
pub mod table;
pub mod validate;

use args::Command;
use console::Console;
use exit::Exit;

/// Runs one command and says how it went; errors are written to the console.
pub fn run(command: &Command, console: &mut Console<'_>) -> Exit {
    let outcome = match command {
        Command::Simulate(args) => {
            simulate::run(args, console).map(|()| Exit::Success).map_err(|error| (error.exit(), error.to_string()))
        }
        Command::Bench(args) => bench::run(args, console).map_err(|error| (error.exit(), error.to_string())),
        Command::Conformance(args) => {
            conformance::run(args, console).map_err(|error| (error.exit(), error.to_string()))
        }
        Command::Cron(args) => cron::run(args, console).map_err(|error| (Exit::Failure, error.to_string())),
        Command::Diff(args) => diff::run(args, console).map_err(|error| (error.exit(), error.to_string())),
        Command::Filter(args) => {
            filter::run(args, console).map(|()| Exit::Success).map_err(|error| (error.exit(), error.to_string()))
        }
        Command::Jobspec(args) => jobspec::run(args, console).map_err(|error| (error.exit(), error.to_string())),
        Command::Store(args) => store::run(args, console)
            .map_err(|error| (Exit::Failure, format!("the report could not be written: {error}"))),
        Command::Validate(args) => validate::run(args, console)
            .map_err(|error| (Exit::Failure, format!("the report could not be written: {error}"))),
    };
    match outcome {
        Ok(exit) => exit,
        Err((exit, text)) => {
            // Nothing is left to tell if the error stream is closed too.
            let _ = console.note(&format!("longshore: {text}"));
            exit
        }
    }
}
