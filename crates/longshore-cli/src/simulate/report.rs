//! The report of a simulation: a table with a row for each policy.

mod column;

use std::io;
use std::path::Path;

use longshore_sim::baselines::Baseline;
use longshore_sim::draws::PUBLISHED_SEEDS;
use longshore_sim::results::{FIRST_POINT_PCT, ResultRow, Statistic};

use super::folder::FILES;
use super::plan::Plan;
use super::runs::{Finished, PolicyRuns};
use crate::console::{Console, Paint};
use crate::table::{Align, Cell, Table};
use column::{Best, Column};

/// Writes headline, table and what its words mean.
pub(super) fn print(plan: &Plan, results: &[PolicyRuns], console: &mut Console<'_>) -> io::Result<()> {
    let headline = format!("{}, {}: {} on {}", plan.title, plan.seeds(), plan.arrivals(), plan.cluster());
    console.line(&console.paint(Paint::Strong, &headline))?;
    console.line("")?;
    let (table, has_paper) = table(plan, results);
    console.write(&table.render(console.colour()))?;
    console.line("")?;
    let mut words = vec![
        "allocated: % of GPUs; fragm.: fragmented, of no use to typical tasks, % of GPUs and of idle ones".to_owned(),
    ];
    if has_paper {
        let (first, last) = (PUBLISHED_SEEDS.start(), PUBLISHED_SEEDS.end());
        words.push(format!("paper: the published mean of seeds {first} to {last}; Δ: points from it"));
    }
    words.push("first refusal: % arrived when a task that takes any model was first refused".to_owned());
    if plan.draws.len() > 1 {
        words.push("all columns: means over the seeds, ± their standard deviation".to_owned());
    }
    for line in words {
        console.line(&console.paint(Paint::Dim, &line))?;
    }
    console.line("")
}

/// Says where the files are.
pub(super) fn print_places(plan: &Plan, out: &Path, console: &mut Console<'_>) -> io::Result<()> {
    console.line(&format!("Written to {}: {}", out.display(), FILES.join(", ")))?;
    match &plan.logs {
        Some(logs) => console.line(&format!("The engine's logs are in {}", logs.display())),
        None => Ok(()),
    }
}

/// The table, and whether it has published figures.
fn table(plan: &Plan, results: &[PolicyRuns]) -> (Table, bool) {
    let mut groups = vec![(String::new(), 1)];
    let mut columns = Vec::new();
    let mut has_paper = false;
    let points = points(results);
    for point in points {
        let added = allocation(plan, results, *point);
        has_paper |= added.len() > 1;
        groups.push((format!("allocated {}", point.name(results)), added.len()));
        columns.extend(added);
    }
    let first = points.first().copied().unwrap_or(Point::Last);
    groups.push((format!("fragm. {}", first.name(results)), 2));
    columns.extend(fragmentation(results, first));
    groups.push(("decisions".to_owned(), 3));
    columns.extend(times(results));
    groups.push(("first".to_owned(), 1));
    columns.push(first_refusal(results));

    let titles = columns.iter().map(|column| (column.title, Align::Right));
    let mut table = Table::new(std::iter::once(("policy", Align::Left)).chain(titles));
    table.groups(groups);
    let columns: Vec<Vec<Cell>> = columns.into_iter().map(Column::cells).collect();
    for (number, of) in results.iter().enumerate() {
        let name = Cell::from(of.policy.name());
        table.row(std::iter::once(name).chain(columns.iter().map(|column| column[number].clone())));
    }
    (table, has_paper)
}

/// A point of the arrivals that results are told at.
#[derive(Clone, Copy)]
enum Point {
    /// The first row of each run, of two: at 100%.
    First,
    /// The last row of each run.
    Last,
}

/// The points to tell: the end alone where a run ended before 100%, or passed over it.
fn points(results: &[PolicyRuns]) -> &'static [Point] {
    let mut runs = results.iter().flat_map(|of| &of.runs);
    if runs.all(|run| run.rows.len() > 1) { &[Point::First, Point::Last] } else { &[Point::Last] }
}

impl Point {
    /// A run's row at this point.
    fn row(self, run: &Finished) -> Option<&ResultRow> {
        match self {
            Point::First => run.rows.first(),
            Point::Last => run.rows.last(),
        }
    }

    /// Where it is, in % of arrivals, if that is the same in all runs.
    fn arrivals_pct(self, results: &[PolicyRuns]) -> Option<u64> {
        let mut runs = results.iter().flat_map(|of| &of.runs).map(|run| Some(self.row(run)?.arrivals_pct));
        let first = runs.next().flatten()?;
        runs.all(|other| other == Some(first)).then_some(first)
    }

    /// `at 100%`.
    fn name(self, results: &[PolicyRuns]) -> String {
        self.arrivals_pct(results).map_or_else(|| "at the end".to_owned(), |pct| format!("at {pct}%"))
    }

    /// A statistic over the runs of a policy.
    fn over(self, of: &PolicyRuns, value: fn(&ResultRow) -> Option<f64>) -> Option<Statistic> {
        statistic(of, |run| value(self.row(run)?))
    }

    /// The published mean at this point.
    fn published(self, results: &[PolicyRuns], baseline: &Baseline) -> Option<f64> {
        match self.arrivals_pct(results)? {
            FIRST_POINT_PCT => Some(baseline.allocated_at_100_mean),
            130 => Some(baseline.allocated_at_130_mean),
            _ => None,
        }
    }
}

/// A statistic over the runs of a policy that have a value.
fn statistic(of: &PolicyRuns, value: impl Fn(&Finished) -> Option<f64>) -> Option<Statistic> {
    let values: Vec<f64> = of.runs.iter().filter_map(value).collect();
    Statistic::of(&values)
}

/// Allocation at a point, beside what was published.
fn allocation(plan: &Plan, results: &[PolicyRuns], point: Point) -> Vec<Column> {
    let mut here = Column::new(if plan.draws.len() > 1 { "here ±sd" } else { "here" }, 2, Some(Best::Most));
    let mut paper = Column::new("paper", 2, None);
    let mut apart = Column::new("Δ", 2, None);
    for of in results {
        let ours = point.over(of, |row| Some(row.gpus_allocated_pct));
        here.push_statistic(ours);
        let baseline = plan.published.as_ref().and_then(|figures| figures.get(&plan.workload.name, of.policy));
        let published = baseline.and_then(|baseline| point.published(results, baseline));
        paper.push(published);
        apart.push_signed(published.zip(ours).map(|(published, ours)| ours.mean - published));
    }
    if paper.is_empty() { vec![here] } else { vec![here, paper, apart] }
}

/// Fragmentation at a point.
fn fragmentation(results: &[PolicyRuns], point: Point) -> [Column; 2] {
    let mut of_all = Column::new("of GPUs", 2, Some(Best::Least));
    let mut of_idle = Column::new("of idle", 2, Some(Best::Least));
    for of in results {
        of_all.push(point.over(of, |row| Some(row.fragmented_pct_of_gpus)).map(|over| over.mean));
        of_idle.push(point.over(of, |row| Some(row.fragmented_pct_of_idle)).map(|over| over.mean));
    }
    [of_all, of_idle]
}

/// How fast decisions were.
fn times(results: &[PolicyRuns]) -> [Column; 3] {
    let mut rate = Column::new("per s", 0, Some(Best::Most));
    let mut median = Column::new("p50 µs", 1, Some(Best::Least));
    let mut slow = Column::new("p99 µs", 1, Some(Best::Least));
    for of in results {
        let mean = |value| Point::Last.over(of, value).map(|over| over.mean);
        rate.push(mean(|row| row.decisions_per_s));
        median.push(mean(|row| row.p50_us));
        slow.push(mean(|row| row.p99_us));
    }
    [rate, median, slow]
}

/// The first refusal of a task that takes any model; a run without one had it after its end.
fn first_refusal(results: &[PolicyRuns]) -> Column {
    let mut column = Column::new("refusal", 2, Some(Best::Most));
    for of in results {
        let refused = of.runs.iter().filter(|run| run.first_refusal_pct.is_some()).count();
        let end = |run: &Finished| run.rows.last().map(|row| row.arrivals_pct as f64);
        let mean = statistic(of, |run| run.first_refusal_pct.or(end(run))).map(|over| over.mean);
        match mean {
            Some(mean) if refused == of.runs.len() => column.push(Some(mean)),
            Some(mean) if refused > 0 => column.push_text(mean, format!("> {mean:.2}")),
            _ => column.push_text(f64::INFINITY, "none".to_owned()),
        }
    }
    column
}
