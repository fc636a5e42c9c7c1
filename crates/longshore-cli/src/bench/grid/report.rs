//! The report: a row for each case, and the targets.

use std::io;

use longshore_sim::grid::{Case, geometric_mean};

use super::super::machine::Machine;
use super::super::target::{self, Target, Wanted, grouped};
use super::Row;
use crate::console::{Console, Paint};
use crate::table::{Align, Table};

/// Writes the table of cases, what its words mean, and the targets.
pub(super) fn print(rows: &[Row], machine: &Machine, repeats: u32, console: &mut Console<'_>) -> io::Result<()> {
    if !rows.is_empty() {
        console.write(&table(rows).render(console.colour()))?;
        console.line("")?;
    }
    let words = format!(
        "here: one evaluation to its finished plan, not committed, the fastest of {repeats}, corrected; \
         placements/s by what was placed; ratio: the reference's time over that"
    );
    console.line(&console.paint(Paint::Dim, &words))?;
    machine.print(console)?;
    console.line("")?;
    target::print(&targets(rows), console)
}

fn table(rows: &[Row]) -> Table {
    let titles = ["nodes", "racks", "count", "", "placed", "µs", "placements/s", "µs", "ratio"];
    let align = |title: &'static str| (title, if title.is_empty() { Align::Left } else { Align::Right });
    let mut table = Table::new(titles.map(align));
    table.groups([("", 4), ("here", 3), ("reference", 2)]);
    for row in rows {
        let Case { nodes, racks, count, spread } = row.case;
        table.row([
            grouped(nodes as f64, 0),
            racks.to_string(),
            grouped(f64::from(count), 0),
            if spread { "spread" } else { "plain" }.to_owned(),
            grouped(row.measured.placed as f64, 0),
            grouped(row.corrected / 1e3, 1),
            grouped(row.placements_a_second(), 0),
            row.reference.map_or("–".to_owned(), |nanos| grouped(nanos / 1e3, 1)),
            row.ratio().map_or("–".to_owned(), |ratio| grouped(ratio, if ratio < 100.0 { 1 } else { 0 })),
        ]);
    }
    table
}

/// The targets for the grid: two cases, every case, and the mean.
fn targets(rows: &[Row]) -> [Target; 5] {
    let of = |nodes, spread, wanted| {
        let case = Case { nodes, racks: 50, count: 1_200, spread };
        let row = rows.iter().find(|row| row.case == case);
        Target {
            what: format!("{case}, placements/s"),
            found: row.map(Row::placements_a_second),
            whole: true,
            wanted: Wanted::AtLeast(wanted),
            decimals: 0,
        }
    };
    let rates = rows.iter().map(|row| (row.placements_a_second(), row.case));
    let ratios = rows.iter().filter_map(|row| Some((row.ratio()?, row.case)));
    let all: Vec<f64> = ratios.clone().map(|(ratio, _)| ratio).collect();
    let cases = Case::all().count();
    let measured = |count: usize| if count == cases { format!("all {cases}") } else { format!("{count} of {cases}") };
    let every = |what: &str, least: Option<(f64, Case)>, count, wanted, decimals| Target {
        what: least.map_or(what.to_owned(), |(_, case)| format!("{what} ({case}, of {})", measured(count))),
        found: least.map(|(least, _)| least),
        whole: count == cases,
        wanted: Wanted::AtLeast(wanted),
        decimals,
    };
    let mean = Target {
        what: format!("geometric mean of the ratios (of {})", measured(all.len())),
        found: geometric_mean(&all),
        whole: all.len() == cases,
        wanted: Wanted::AtLeast(600.0),
        decimals: 1,
    };
    [
        of(10_000, false, 1_000_000.0),
        of(5_000, true, 500_000.0),
        every("any case, placements/s", least(rates), rows.len(), 150_000.0, 0),
        every("any case, ratio", least(ratios), all.len(), 50.0, 1),
        mean,
    ]
}

/// The least of some figures, and whose it is.
fn least(figures: impl Iterator<Item = (f64, Case)>) -> Option<(f64, Case)> {
    figures.min_by(|one, other| one.0.total_cmp(&other.0))
}

#[cfg(test)]
mod tests {
    use longshore_sim::grid::Measured;

    use super::*;

    fn row(case: Case, nanos: u64, reference: f64) -> Row {
        let measured = Measured { placed: case.count as usize, nanos };
        Row { case, measured, corrected: nanos as f64, reference: Some(reference) }
    }

    fn told(rows: &[Row]) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        target::print(&targets(rows), &mut Console::new(&mut out, &mut err, false)).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn all_cases_prove_the_targets_for_all() {
        let rows: Vec<Row> = Case::all().map(|case| row(case, 1_000_000, 601e6)).collect();
        let lines: Vec<String> = told(&rows).lines().skip(2).map(single_blanks).collect();
        assert_eq!(
            lines,
            [
                "10000/50/1200/plain, placements/s 1,200,000 ≥ 1,000,000 met",
                "5000/50/1200/spread, placements/s 1,200,000 ≥ 500,000 met",
                "any case, placements/s (500/25/50/plain, of all 120) 50,000 ≥ 150,000 not met",
                "any case, ratio (500/25/50/plain, of all 120) 601.0 ≥ 50.0 met",
                "geometric mean of the ratios (of all 120) 601.0 ≥ 600.0 met",
            ]
        );
    }

    #[test]
    fn a_part_of_the_cases_proves_no_target_for_all() {
        let case = Case { nodes: 500, racks: 25, count: 300, spread: false };
        let told = told(&[row(case, 1_000_000, 700e6), row(Case { count: 600, ..case }, 1_000_000, 40e6)]);
        let lines: Vec<String> = told.lines().skip(2).map(single_blanks).collect();
        assert_eq!(
            lines,
            [
                "10000/50/1200/plain, placements/s – ≥ 1,000,000 not measured",
                "5000/50/1200/spread, placements/s – ≥ 500,000 not measured",
                "any case, placements/s (500/25/300/plain, of 2 of 120) 300,000 ≥ 150,000 met so far, not all measured",
                "any case, ratio (500/25/600/plain, of 2 of 120) 40.0 ≥ 50.0 not met",
                "geometric mean of the ratios (of 2 of 120) 167.3 ≥ 600.0 not met",
            ]
        );
    }

    fn single_blanks(line: &str) -> String {
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
