//! A run's report: a table and failures for people, JSON for machines, one closing line for both.

use std::io;

use serde_json::{Value, json};

use super::compare::{Level, shortened};
use super::runner::{Failure, Got, KindReport, Report};
use crate::console::{Console, Paint};
use crate::table::{Align, Cell, Table};

/// The most bytes of an input or answer that are printed; the case's file has the rest.
const VALUE_MAX: usize = 2000;

/// The last line, for people and for programs that count tests.
pub(super) fn closing_line(report: &Report) -> String {
    format!("{} passed, {} failed", report.passed(), report.failed())
}

/// Writes the report for people: up to `show` failures, the table, notes, the closing line.
pub(super) fn print(report: &Report, show: usize, console: &mut Console<'_>) -> io::Result<()> {
    for (number, (kind, failure)) in report.failures().take(show).enumerate() {
        print_failure(number + 1, kind, failure, console)?;
    }
    console.line(&headline(report))?;
    console.line("")?;
    let colour = console.colour();
    console.write(&table(report).render(colour))?;
    for note in &report.notes {
        let note = console.paint(Paint::Warn, note);
        console.line(&note)?;
    }
    if report.failed() > show {
        let more = report.failed() - show;
        let hint = format!("failures not shown: {more} (--show {})", report.failed());
        let hint = console.paint(Paint::Dim, &hint);
        console.line(&hint)?;
    }
    console.line("")?;
    console.line(&closing_line(report))
}

/// What was run, in one line.
fn headline(report: &Report) -> String {
    let level = match report.level {
        Level::Ordinary => "",
        Level::Strict => ", strict",
    };
    let (cases, kinds) = (report.total(KindReport::cases), report.kinds.len());
    let plural = if kinds == 1 { "" } else { "s" };
    format!("{cases} cases of {kinds} kind{plural} in {}{level}", report.directory)
}

/// The counts, kind by kind, and their sums.
fn table(report: &Report) -> Table {
    let mut table = Table::new([
        ("kind", Align::Left),
        ("cases", Align::Right),
        ("passed", Align::Right),
        ("failed", Align::Right),
        ("pending", Align::Right),
        ("unsupported", Align::Right),
    ]);
    for kind in &report.kinds {
        table.row(row(&kind.kind, |count| count(kind)));
    }
    if report.kinds.len() > 1 {
        table.rule();
        table.row(row("all", |count| report.total(count)));
    }
    table
}

/// One row of the table, a count asked of `of`.
fn row(name: &str, of: impl Fn(fn(&KindReport) -> usize) -> usize) -> Vec<Cell> {
    let cell = |count: usize, paint| match count {
        0 => Cell::painted("0", Paint::Dim),
        _ => Cell::painted(count.to_string(), paint),
    };
    vec![
        Cell::from(name),
        Cell::from(of(KindReport::cases).to_string()),
        cell(of(|kind| kind.passed), Paint::Good),
        cell(of(|kind| kind.failures.len()), Paint::Bad),
        cell(of(|kind| kind.pending), Paint::Warn),
        cell(of(|kind| kind.unsupported), Paint::Warn),
    ]
}

/// One failure in full.
fn print_failure(number: usize, kind: &KindReport, failure: &Failure, console: &mut Console<'_>) -> io::Result<()> {
    let case = &failure.case;
    let title = format!("{number}. {} {}", case.kind, case.name);
    let title = console.paint(Paint::Strong, &title);
    let place = format!("{}:{}", kind.file, case.line);
    let place = console.paint(Paint::Dim, &place);
    console.line(&title)?;
    console.line(&format!("   where     {place}"))?;
    console.line(&format!("   rules     {}", case.rules.join(", ")))?;
    console.line(&format!("   input     {}", printed(&case.input)))?;
    console.line(&format!("   expected  {}", printed(&case.expect)))?;
    if let Got::Answer(got, _) = &failure.got {
        console.line(&format!("   got       {}", printed(got)))?;
    }
    let wrong = console.paint(Paint::Bad, &failure.got.to_string());
    console.line(&format!("   differs   {wrong}"))?;
    console.line("")
}

/// A value on one line, not without end.
fn printed(value: &Value) -> String {
    shortened(&value.to_string(), VALUE_MAX)
}

/// The report for machines: one JSON object. Every failure is listed, the first `show` with
/// input, expected and got.
pub(super) fn json(report: &Report, show: usize) -> String {
    let counts = |of: &dyn Fn(fn(&KindReport) -> usize) -> usize| {
        json!({
            "cases": of(KindReport::cases),
            "passed": of(|kind| kind.passed),
            "failed": of(|kind| kind.failures.len()),
            "pending": of(|kind| kind.pending),
            "unsupported": of(|kind| kind.unsupported),
        })
    };
    let kinds: serde_json::Map<String, Value> =
        report.kinds.iter().map(|kind| (kind.kind.clone(), counts(&|count| count(kind)))).collect();
    let failures: Vec<Value> = report
        .failures()
        .enumerate()
        .map(|(index, (kind, failure))| json_failure(kind, failure, index < show))
        .collect();
    let document = json!({
        "directory": report.directory,
        "strict": report.level == Level::Strict,
        "total": counts(&|count| report.total(count)),
        "kinds": kinds,
        "failures": failures,
        "notes": report.notes,
    });
    document.to_string()
}

/// One failure for machines; in full or only where it is and what differs.
fn json_failure(kind: &KindReport, failure: &Failure, full: bool) -> Value {
    let case = &failure.case;
    let mut object = json!({
        "kind": case.kind,
        "name": case.name,
        "rules": case.rules,
        "file": kind.file,
        "line": case.line,
    });
    match &failure.got {
        Got::Answer(_, difference) => {
            object["differs"] = json!({
                "path": difference.path,
                "expected": difference.expected,
                "got": difference.got,
            });
        }
        Got::Error(reason) => object["error"] = json!(reason),
        Got::Panic(words) => object["panic"] = json!(words),
    }
    if full {
        object["input"] = case.input.clone();
        object["expected"] = case.expect.clone();
        if let Got::Answer(got, _) = &failure.got {
            object["got"] = got.clone();
        }
    }
    object
}
