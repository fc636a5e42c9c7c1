//! The `longshore` binary: connects the library half to the process.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use longshore_cli::console::{self, Console};
use longshore_cli::{args, exit::Exit};

fn main() -> ExitCode {
    match args::parse(std::env::args_os()) {
        Ok(command) => execute(&command).into(),
        Err(error) => {
            // `--help` arrives here, too, and is no misuse.
            let exit = if error.use_stderr() { Exit::Misuse } else { Exit::Success };
            // A closed stream leaves nobody to tell.
            let _ = error.print();
            exit.into()
        }
    }
}

/// Runs the command on the process's own streams.
fn execute(command: &args::Command) -> Exit {
    let no_colour = std::env::var_os("NO_COLOR");
    let colour = console::wants_colour(io::stdout().is_terminal(), no_colour.as_deref().map(OsStr::new));
    let mut out = io::BufWriter::new(io::stdout());
    // Not locked: the progress bar draws on it as well.
    let mut err = io::stderr();
    let exit = longshore_cli::run(command, &mut Console::new(&mut out, &mut err, colour));
    match out.flush() {
        Ok(()) => exit,
        // The reader left (`| head`) or the disk is full: what was asked was not delivered.
        Err(_) if exit == Exit::Success => Exit::Failure,
        Err(_) => exit,
    }
}
