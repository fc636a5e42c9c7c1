//! `longshore validate`: what is wrong with jobs in files, and what to be warned of.
//!
//! A job is made canonical and validated as an engine with default settings would. There is no engine to ask for
//! namespaces and node pools, so those that a job names are taken to exist.

use std::io;
use std::path::Path;

use longshore_jobspec::{Diagnostic, Severity};
use longshore_model::validate::{Finding, validate};
use longshore_model::{Cluster, DecodeError, Job};
use serde_json::{Value, json};

use crate::args::{JobFileArgs, ValidateArgs};
use crate::console::{Console, Paint};
use crate::exit::Exit;
use crate::job_file::{self, JobFileError};

/// Validates every file and writes what was found.
///
/// The exit says the worst of all: a file that cannot be read, a job that is not valid, all well.
///
/// # Errors
/// Those of the console's streams.
pub fn run(args: &ValidateArgs, console: &mut Console<'_>) -> io::Result<Exit> {
    let outcomes: Vec<(String, Outcome)> =
        args.files.iter().map(|file| (file.display().to_string(), outcome(file, &args.reading))).collect();
    if args.json {
        let jobs: Vec<Value> = outcomes.iter().map(|(file, outcome)| outcome.json(file)).collect();
        console.line(&format!("{:#}", json!({ "jobs": jobs })))?;
    } else {
        for (file, outcome) in &outcomes {
            outcome.print(file, console)?;
        }
    }
    let worst = outcomes.iter().map(|(_, outcome)| outcome.exit()).max_by_key(|exit| exit.code());
    Ok(worst.unwrap_or(Exit::Success))
}

/// What came of one file.
enum Outcome {
    /// It holds a document; these are its faults and warnings.
    Judged { violations: Vec<Line>, warnings: Vec<Line> },
    /// It holds none; why.
    Unreadable(String),
}

/// One fault or warning.
struct Line {
    code: &'static str,
    what: &'static str,
    path: String,
    message: String,
}

impl Line {
    fn json(&self) -> Value {
        let Line { code, what, path, message } = self;
        json!({ "code": code, "what": what, "path": path, "message": message })
    }
}

impl From<&Finding> for Line {
    fn from(finding: &Finding) -> Line {
        let (path, message) = (finding.place.to_string(), finding.message.to_string());
        Line { code: finding.code, what: finding.what, path, message }
    }
}

/// A value of a wrong type is a fault of the job, told with its place like any other (MODEL-5).
impl From<&DecodeError> for Line {
    fn from(error: &DecodeError) -> Line {
        let message = format!("{} (line {}, column {})", error.problem(), error.line(), error.column());
        let path = if error.path().is_empty() { "job" } else { error.path() };
        Line { code: error.code(), what: "value", path: path.to_owned(), message }
    }
}

/// What is wrong with a job specification is a fault of the job, told with its place.
fn line(file: &Path, diagnostic: &Diagnostic) -> Line {
    let path = match &diagnostic.place {
        Some(place) => {
            let (line, column) = (place.start.line, place.start.column);
            // A variable file, or a value of the command line.
            let elsewhere = *place.file != *file.display().to_string();
            let within = if elsewhere { format!("{}, ", place.file) } else { String::new() };
            format!("{within}line {line}, column {column}")
        }
        None => "job".to_owned(),
    };
    let hint = diagnostic.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    Line { code: diagnostic.code, what: "value", path, message: format!("{}{hint}", diagnostic.message) }
}

fn outcome(file: &Path, args: &JobFileArgs) -> Outcome {
    let source = match job_file::read(file, args) {
        Ok(source) => source,
        Err(JobFileError::NoSpecification(failure)) => {
            let (errors, warnings): (Vec<_>, Vec<_>) =
                failure.diagnostics().iter().partition(|one| one.severity == Severity::Error);
            let lines = |all: Vec<&Diagnostic>| all.into_iter().map(|one| line(file, one)).collect();
            return Outcome::Judged { violations: lines(errors), warnings: lines(warnings) };
        }
        Err(error) => return Outcome::Unreadable(error.to_string()),
    };
    let mut warnings: Vec<Line> = source.warnings().iter().map(|one| line(file, one)).collect();
    match source.canonical(file) {
        Ok(job) => {
            let report = validate(&job, &cluster_for(&job));
            warnings.extend(report.warnings.iter().map(Line::from));
            Outcome::Judged { violations: report.violations.iter().map(Line::from).collect(), warnings }
        }
        Err(JobFileError::NoJob { why, .. }) if why.code() != "syntax" => {
            Outcome::Judged { violations: vec![Line::from(&why)], warnings }
        }
        Err(error) => Outcome::Unreadable(error.to_string()),
    }
}

/// An engine with default settings that has what a job names.
fn cluster_for(job: &Job) -> Cluster {
    let mut cluster = Cluster::default();
    cluster.namespaces.entry(job.namespace.clone()).or_default();
    cluster.node_pools.insert(job.node_pool.clone());
    cluster
}

impl Outcome {
    fn exit(&self) -> Exit {
        match self {
            Outcome::Judged { violations, .. } if violations.is_empty() => Exit::Success,
            Outcome::Judged { .. } => Exit::Failure,
            Outcome::Unreadable(_) => Exit::Misuse,
        }
    }

    /// A heading, then a line for each fault, then the warnings.
    fn print(&self, file: &str, console: &mut Console<'_>) -> io::Result<()> {
        let (violations, warnings) = match self {
            Outcome::Judged { violations, warnings } => (violations, warnings),
            Outcome::Unreadable(why) => return console.note(&format!("longshore: {why}")),
        };
        let (paint, verdict) = match violations.len() {
            0 => (Paint::Good, "valid".to_owned()),
            faults => (Paint::Bad, counted(faults, "violation")),
        };
        let verdict = console.paint(paint, &verdict);
        let besides = match warnings.len() {
            0 => String::new(),
            some => format!(", {}", console.paint(Paint::Warn, &counted(some, "warning"))),
        };
        console.line(&format!("{file}: {verdict}{besides}"))?;
        lines(violations, Paint::Bad, console)?;
        if !warnings.is_empty() {
            console.line("  warnings:")?;
        }
        lines(warnings, Paint::Warn, console)
    }

    fn json(&self, file: &str) -> Value {
        let list = |lines: &[Line]| -> Vec<Value> { lines.iter().map(Line::json).collect() };
        match self {
            Outcome::Judged { violations, warnings } => json!({
                "file": file,
                "valid": violations.is_empty(),
                "violations": list(violations),
                "warnings": list(warnings),
            }),
            Outcome::Unreadable(why) => json!({ "file": file, "error": why }),
        }
    }
}

fn lines(lines: &[Line], paint: Paint, console: &mut Console<'_>) -> io::Result<()> {
    for Line { code, path, message, .. } in lines {
        let (path, code) = (console.paint(paint, path), console.paint(Paint::Dim, &format!("({code})")));
        console.line(&format!("  {path}: {message} {code}"))?;
    }
    Ok(())
}

/// `1 warning`, `2 warnings`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
