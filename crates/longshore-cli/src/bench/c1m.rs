//! `longshore bench c1m`: a million allocations committed.

use longshore_sim::c1m;

use super::machine::{Machine, reference};
use super::target::{self, Target, Wanted, grouped};
use super::{BenchError, Console, Exit};
use crate::args::C1mArgs;
use crate::console::Paint;
use crate::progress::Progress;
use crate::stopwatch::stopwatch;

/// Seconds that the million may take, and should.
const WANTED: [(&str, f64); 2] = [("the million, seconds", 1.5), ("the same, stretch", 1.0)];

pub(super) fn run(args: &C1mArgs, console: &mut Console<'_>) -> Result<Exit, BenchError> {
    let machine = Machine::calibrate(&reference()?, args.quick);
    let progress = Progress::new(u64::from(args.repeats), "runs", args.quiet);
    let (mut fastest, mut placed) = (u64::MAX, 0);
    for _ in 0..args.repeats {
        let (found, nanos) = once(args.jobs)?;
        (fastest, placed) = (fastest.min(nanos), found);
        progress.advance(1);
    }
    progress.finish();

    let asked = args.jobs * c1m::COUNT as usize;
    let shown = |count: usize| grouped(count as f64, 0);
    let headline = format!(
        "{} allocations of {} jobs on {} nodes: {} placed, each job registered, evaluated, planned and committed",
        shown(asked),
        shown(args.jobs),
        shown(c1m::NODES),
        shown(placed),
    );
    console.line(&console.paint(Paint::Strong, &headline))?;
    let seconds = fastest as f64 / 1e9;
    let corrected = seconds * machine.correction;
    console.line(&format!(
        "{seconds:.3} s, the fastest of {}; corrected {corrected:.3} s, {} placements/s",
        args.repeats,
        grouped(placed as f64 / corrected, 0),
    ))?;
    machine.print(console)?;
    console.line("")?;
    let whole = args.jobs == c1m::JOBS;
    let targets = WANTED.map(|(what, bound)| Target {
        what: what.into(),
        found: whole.then_some(corrected),
        whole,
        wanted: Wanted::AtMost(bound),
        decimals: 3,
    });
    target::print(&targets, console)?;
    if placed == asked {
        return Ok(Exit::Success);
    }
    console.note(&format!("{} allocations found no room; there is room for all of them", shown(asked - placed)))?;
    Ok(Exit::Failure)
}

/// One run: how many allocations were placed, and nanoseconds. Nodes and jobs are made before, and all is dropped after.
fn once(jobs: usize) -> Result<(usize, u64), BenchError> {
    let mut engine = c1m::cluster().map_err(Box::new)?;
    let jobs = (0..jobs).map(c1m::job).collect();
    let mut clock = stopwatch();
    let before = clock();
    let placed = c1m::run(&mut engine, jobs).map_err(Box::new)?;
    Ok((placed, clock().saturating_sub(before)))
}
