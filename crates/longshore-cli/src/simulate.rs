//! `longshore simulate`: run a workload under placement policies and compare what they achieve.
//!
//! Three steps: `plan` reads and checks everything that was asked for, and writes nothing; `runs`
//! lets the engine decide on every arrival; `folder`, `picture` and `report` tell what came of it.

mod error;
mod folder;
mod picture;
mod plan;
mod report;
mod runs;

use crate::args::SimulateArgs;
use crate::console::Console;
use folder::Folder;
use plan::Plan;

pub use error::SimulateError;

/// Runs the simulation that `args` asks for.
///
/// Two runs with equal arguments give equal results, but for the time that decisions took.
///
/// # Errors
/// A [`SimulateError`] that says what, where, and what would be right. No results are written then.
pub fn run(args: &SimulateArgs, console: &mut Console<'_>) -> Result<(), SimulateError> {
    let plan = Plan::of(args)?;
    for note in plan.notes.iter().filter(|_| !args.quiet) {
        console.note(note)?;
    }
    // Before the work, so that a place that cannot be written to is told at once.
    let folder = Folder::open(&args.out)?;
    let results = runs::run(&plan, args.quiet)?;
    folder.fill(&runs::rows(&results), &picture::chart(&plan, &results))?;
    report::print(&plan, &results, console)?;
    report::print_places(&plan, &args.out, console)?;
    Ok(())
}
