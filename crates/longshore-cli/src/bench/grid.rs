//! `longshore bench grid`: the reference's own benchmark, beside its times.

mod report;

use std::collections::BTreeMap;
use std::path::Path;

use longshore_sim::grid::{Case, EmptyCluster, GridError, Measured, Reference, job};
use longshore_sim::results::write_atomically;

use super::machine::{Machine, reference};
use super::{BenchError, Console, Exit};
use crate::args::GridArgs;
use crate::progress::Progress;
use crate::stopwatch::stopwatch;

/// The columns of the file of times; spread is 0 or 1, as in the reference's.
const COLUMNS: &str = "nodes,racks,count,spread,placed,ns_per_evaluation";

/// A case that was measured.
struct Row {
    case: Case,
    measured: Measured,
    /// Nanoseconds as if on the reference's machine.
    corrected: f64,
    /// What the reference took.
    reference: Option<f64>,
}

impl Row {
    /// How many times as fast as the reference.
    fn ratio(&self) -> Option<f64> {
        Some(self.reference? / self.corrected)
    }

    /// By what was placed, corrected.
    fn placements_a_second(&self) -> f64 {
        self.measured.placed as f64 * 1e9 / self.corrected
    }
}

pub(super) fn run(args: &GridArgs, console: &mut Console<'_>) -> Result<Exit, BenchError> {
    let cases = cases(args)?;
    let reference = reference()?;
    let machine = Machine::calibrate(&reference, args.quick);
    let (rows, failed) = measure(&cases, args, &reference, &machine)?;
    if let Some(file) = &args.csv {
        write(file, &rows)?;
    }
    report::print(&rows, &machine, args.repeats, console)?;
    for (why, cases) in &failed {
        let first = cases.first().map(Case::to_string).unwrap_or_default();
        let which = if cases.len() == 1 { first } else { format!("{} cases, {first} the first", cases.len()) };
        console.note(&format!("longshore: not measured: {which}: {why}"))?;
    }
    Ok(if failed.is_empty() { Exit::Success } else { Exit::Failure })
}

/// The cases asked for, those of a cluster one after the other.
fn cases(args: &GridArgs) -> Result<Vec<Case>, BenchError> {
    let Some(only) = &args.only else { return Ok(Case::all().collect()) };
    let cases: Vec<Case> = Case::all().filter(|case| only.is_match(&case.to_string())).collect();
    if cases.is_empty() {
        let example = Case::all().next().map(|case| case.to_string()).unwrap_or_default();
        return Err(BenchError::NoSuchCase { only: only.as_str().to_owned(), example });
    }
    Ok(cases)
}

/// Cases that could not be measured, by the reason.
type Failed = BTreeMap<String, Vec<Case>>;

/// Measures case after case, and goes on after one that the engine refuses.
fn measure(
    cases: &[Case],
    args: &GridArgs,
    reference: &Reference,
    machine: &Machine,
) -> Result<(Vec<Row>, Failed), BenchError> {
    let progress = Progress::new(cases.len() as u64, "cases", args.quiet);
    let (mut rows, mut failed) = (Vec::new(), Failed::new());
    for of_cluster in cases.chunk_by(|one, next| (one.nodes, one.racks) == (next.nodes, next.racks)) {
        let cluster = EmptyCluster::new(of_cluster[0].nodes, of_cluster[0].racks)?;
        for &case in of_cluster {
            progress.message(&case.to_string());
            match one(&cluster, case, args.repeats) {
                Ok(measured) => rows.push(Row {
                    case,
                    measured,
                    corrected: measured.nanos as f64 * machine.correction,
                    reference: reference.nanos(case),
                }),
                Err(error) => failed.entry(error.to_string()).or_default().push(case),
            }
            progress.advance(1);
        }
    }
    progress.finish();
    Ok((rows, failed))
}

fn one(cluster: &EmptyCluster, case: Case, repeats: u32) -> Result<Measured, GridError> {
    cluster.with([job("grid", case)])?.measure(repeats, stopwatch())
}

/// Writes the times, as measured.
fn write(file: &Path, rows: &[Row]) -> Result<(), BenchError> {
    write_atomically(file, |out| {
        writeln!(out, "{COLUMNS}")?;
        for Row { case, measured, .. } in rows {
            let Case { nodes, racks, count, spread } = case;
            let Measured { placed, nanos } = measured;
            writeln!(out, "{nodes},{racks},{count},{},{placed},{nanos}", u8::from(*spread))?;
        }
        Ok(())
    })?;
    Ok(())
}
