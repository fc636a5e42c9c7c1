//! What the command line asks for, checked, in plain structs.
//!
//! Every value is checked where it is read, so an error names its flag and what would be right;
//! what only the simulator knows (names of workloads and policies) is left to it.

mod bench;
mod filter;
mod job_file;
mod jobspec;
mod seeds;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use longshore_schedule::{Cron, Zone};

pub use bench::{BenchArgs, C1mArgs, GridArgs};
pub use filter::{FilterArgs, ObjectType};
pub use job_file::{JobFileArgs, Language};
pub use jobspec::JobspecArgs;

/// An embedded scheduling engine: read, validate and compare jobs, filter lists, tell launches, look into stores, simulate
/// public traces, run recorded cases and benchmarks.
///
/// Without a command: `simulate` with the default workload, seed 42 and all policies, into the
/// directory `results`.
#[derive(Debug, Parser)]
#[command(name = "longshore", version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Subcommands>,
}

/// Shown under the help of every command.
const EXIT_CODES: &str = "Exit codes: 0 all well, 1 something failed, 2 misuse.";

/// Shown under the help of `diff`.
const DIFF_EXIT_CODES: &str = "Exit codes: 0 the jobs do not differ, 1 they do, 2 misuse.";
/// Shown under the help of `validate`.
const VALIDATE_EXIT_CODES: &str = "Exit codes: 0 valid, 1 not valid, 2 a file that cannot be read, or misuse.";

/// Shown under the help of `store`.
const STORE_EXIT_CODES: &str = "Exit codes: 0 done and whole, 1 damaged or cannot be opened, 2 misuse.";

/// The commands as clap sees them.
#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Run a workload under placement policies and compare what they achieve
    #[command(after_help = EXIT_CODES)]
    Simulate(SimulateFlags),
    /// Time the engine: the reference's own benchmark, a million allocations
    #[command(after_help = EXIT_CODES)]
    Bench(bench::BenchFlags),
    /// Run recorded cases of the reference and count those answered alike
    #[command(after_help = EXIT_CODES)]
    Conformance(ConformanceFlags),
    /// Print the coming launches of cron expressions
    #[command(after_help = EXIT_CODES)]
    Cron(CronFlags),
    /// Show how two versions of a job differ
    #[command(after_help = DIFF_EXIT_CODES)]
    Diff(DiffFlags),
    /// Print the objects of a JSON list that pass a filter expression
    #[command(after_help = EXIT_CODES)]
    Filter(filter::FilterFlags),
    /// Read a job specification; print the job as JSON, or formatted
    #[command(after_help = EXIT_CODES)]
    Jobspec(jobspec::JobspecFlags),
    /// Say what is wrong with jobs in JSON or in job specifications
    #[command(after_help = VALIDATE_EXIT_CODES)]
    Validate(ValidateFlags),
    /// Look into a file that an engine keeps its state in
    #[command(after_help = STORE_EXIT_CODES)]
    Store(StoreFlags),
}

/// What the program is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Run a workload under policies.
    Simulate(SimulateArgs),
    /// Run a benchmark.
    Bench(BenchArgs),
    /// Run recorded cases.
    Conformance(ConformanceArgs),
    /// Print launches.
    Cron(CronArgs),
    /// Compare two jobs.
    Diff(DiffArgs),
    /// Filter a list.
    Filter(FilterArgs),
    /// Read a job specification.
    Jobspec(JobspecArgs),
    /// Validate jobs.
    Validate(ValidateArgs),
    /// Look into a store.
    Store(StoreArgs),
}

/// The seed of a run where none is named.
pub const SEED: u64 = 42;

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulateArgs {
    /// Nodes and tasks.
    pub workload: Workload,
    /// Which policies run.
    pub policies: Policies,
    /// How much arrives, in percent of the cluster's GPUs; 1 to 1000.
    pub percent: u32,
    /// One run per seed; each once, in the order given, never empty. `None` is [`SEED`], or all
    /// seeds of the recorded arrivals.
    pub seeds: Option<Vec<u64>>,
    /// Recorded arrivals, instead of those that the seed draws.
    pub arrivals: Option<PathBuf>,
    /// What keeps the engine's state.
    pub storage: Storage,
    /// The directory that results are written to; made if missing.
    pub out: PathBuf,
    /// No progress bar, no notes.
    pub quiet: bool,
}

/// Nodes and tasks to simulate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Workload {
    /// One that the simulator knows by name.
    Named(String),
    /// A pod list of the user's, which existed when it was named; the node list is beside it.
    Path(PathBuf),
}

/// Which policies run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Policies {
    /// Every one that the simulator knows.
    All,
    /// These, each once, in the order given, never empty; the simulator checks the names.
    Named(Vec<String>),
}

/// What keeps the engine's state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Storage {
    /// The process's memory; gone afterwards.
    Memory,
    /// A directory with a log for each run; made if missing.
    Directory(PathBuf),
}

/// Which recorded cases to run, and how to report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConformanceArgs {
    /// Directory of `<kind>.jsonl` files; `None` is the project's own.
    pub directory: Option<PathBuf>,
    /// Only these kinds; empty is all.
    pub kinds: Vec<String>,
    /// Only cases whose name contains this.
    pub name: Option<String>,
    /// How many failures to show in full.
    pub show: usize,
    /// Compare what the ordinary level leaves out, too.
    pub strict: bool,
    /// Print the summary as JSON.
    pub json: bool,
}

/// Which launches to print.
#[derive(Clone, Debug, PartialEq)]
pub struct CronArgs {
    /// The expressions, never empty.
    pub crons: Vec<Cron>,
    /// The zone that they are meant in.
    pub zone: Zone,
    /// The instant after which, in seconds since the epoch; `None` is now.
    pub after: Option<i64>,
    /// How many at most; 1 to 10,000.
    pub count: usize,
    /// Print JSON.
    pub json: bool,
}

/// Which jobs to compare, and how to report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiffArgs {
    /// The file with the old version.
    pub old: PathBuf,
    /// The file with the new version.
    pub new: PathBuf,
    /// How to read both.
    pub reading: JobFileArgs,
    /// Show what did not change beside what did.
    pub contextual: bool,
    /// Print the diff as JSON.
    pub json: bool,
}

/// Which jobs to validate, and how to report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValidateArgs {
    /// Files with a job each; never empty.
    pub files: Vec<PathBuf>,
    /// How to read them.
    pub reading: JobFileArgs,
    /// Print what was found as JSON.
    pub json: bool,
}

/// Which store to look into, and what for.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreArgs {
    /// What to do.
    pub action: StoreAction,
    /// The file.
    pub file: PathBuf,
    /// Print what was found as JSON.
    pub json: bool,
    /// No progress bar.
    pub quiet: bool,
}

/// What to do with a store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StoreAction {
    /// Say what is in it.
    Inspect,
    /// Say whether it is whole.
    Check,
    /// Make it small.
    Compact,
}

/// Reads a command line; the first argument is the program's name.
///
/// # Errors
/// clap's: prints itself, with the flag, the value and what would be right. `--help` and
/// `--version` arrive this way, too.
pub fn parse<T: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = T>) -> Result<Command, clap::Error> {
    let cli = Cli::try_parse_from(arguments)?;
    let command = match cli.command {
        Some(command) => command,
        // The flags' own defaults are what a bare call means.
        None => match Cli::try_parse_from(["longshore", "simulate"])?.command {
            Some(command) => command,
            None => return Err(clap::Error::new(clap::error::ErrorKind::MissingSubcommand)),
        },
    };
    Ok(match command {
        Subcommands::Simulate(flags) => Command::Simulate(flags.check()),
        Subcommands::Bench(flags) => Command::Bench(flags.check()),
        Subcommands::Conformance(flags) => Command::Conformance(flags.check()),
        Subcommands::Cron(flags) => Command::Cron(flags.check()),
        Subcommands::Diff(DiffFlags { old, new, reading, contextual, json }) => {
            Command::Diff(DiffArgs { old, new, reading: reading.check(), contextual, json })
        }
        Subcommands::Filter(flags) => Command::Filter(flags.check()),
        Subcommands::Jobspec(flags) => Command::Jobspec(flags.check()),
        Subcommands::Validate(ValidateFlags { files, reading, json }) => {
            Command::Validate(ValidateArgs { files, reading: reading.check(), json })
        }
        Subcommands::Store(StoreFlags { action }) => Command::Store(action.check()),
    })
}

/// The flags of `simulate`.
#[derive(Debug, Args)]
struct SimulateFlags {
    /// Workload known by name, or the path of a pod list (anything with a separator or a dot) with
    /// its node list beside it
    #[arg(long, value_name = "NAME|PATH", default_value = "default", value_parser = workload)]
    workload: Workload,
    /// Policies to run; may be repeated or comma separated; `all` is every one
    #[arg(long, value_name = "NAME", default_value = "all", value_delimiter = ',',
          value_parser = name)]
    policy: Vec<String>,
    /// How much arrives, in percent of the cluster's GPUs; recorded arrivals are cut there
    #[arg(long, value_name = "PERCENT", default_value_t = 130,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    percent: u32,
    /// Seeds, one run each: `42`, `42,44` or `42..51` (both ends in) [default: 42; with recorded
    /// arrivals all of theirs]
    #[arg(long, value_name = "SEEDS", value_parser = seeds::parse)]
    seeds: Option<seeds::Seeds>,
    /// File with recorded arrivals, instead of those that the seed draws
    #[arg(long, value_name = "FILE", value_parser = existing_file)]
    arrivals: Option<PathBuf>,
    /// What keeps the engine's state: `memory`, or a directory for a log of each run
    #[arg(long, value_name = "memory|PATH", default_value = "memory", value_parser = storage)]
    storage: Storage,
    /// Directory that results are written to
    #[arg(long, value_name = "DIR", default_value = "results", value_parser = directory)]
    out: PathBuf,
    /// No progress bar, no notes
    #[arg(long, short)]
    quiet: bool,
}

impl SimulateFlags {
    /// The flags as plain values.
    fn check(self) -> SimulateArgs {
        SimulateArgs {
            workload: self.workload,
            policies: policies(self.policy),
            percent: self.percent,
            seeds: self.seeds.map(|seeds| seeds.0),
            arrivals: self.arrivals,
            storage: self.storage,
            out: self.out,
            quiet: self.quiet,
        }
    }
}

/// The flags of `conformance`.
#[derive(Debug, Args)]
struct ConformanceFlags {
    /// Directory of KIND.jsonl files [default: the project's own conformance/cases, by
    /// LONGSHORE_CONFORMANCE, else above the current directory, else where it was built]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Only this kind; may be repeated or comma separated
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = name)]
    kind: Vec<String>,
    /// Only cases whose name contains this
    #[arg(long, value_name = "SUBSTRING")]
    name: Option<String>,
    /// Show this many failures in full
    #[arg(long, value_name = "N", default_value_t = 0)]
    show: usize,
    /// Compare what the ordinary level leaves out, too (codes, lines and columns of languages)
    #[arg(long)]
    strict: bool,
    /// Print a machine-readable summary instead of the table
    #[arg(long)]
    json: bool,
}

impl ConformanceFlags {
    /// The flags as plain values.
    fn check(self) -> ConformanceArgs {
        ConformanceArgs {
            directory: self.directory,
            kinds: once_each(self.kind),
            name: self.name,
            show: self.show,
            strict: self.strict,
            json: self.json,
        }
    }
}

/// The flags of `cron`.
#[derive(Debug, Args)]
struct CronFlags {
    /// Cron expressions, each in quotes: "30 2 * * 1-5", "0 9 LW * *", @daily
    #[arg(value_name = "EXPR", required = true, value_parser = Cron::parse)]
    expressions: Vec<Cron>,
    /// Time zone that the expressions are meant in, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = Zone::named)]
    zone: Zone,
    /// Print launches after this instant, such as 2025-03-29T12:00:00Z [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    after: Option<i64>,
    /// Print so many launches
    #[arg(long, value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u16).range(1..=10_000))]
    count: u16,
    /// Print one JSON document instead of the table
    #[arg(long)]
    json: bool,
}

/// The flags of `diff`.
#[derive(Debug, Args)]
struct DiffFlags {
    /// File with the old version: a job specification, or a job of the jobs API
    #[arg(value_name = "OLD", value_parser = existing_file)]
    old: PathBuf,
    /// File with the new version
    #[arg(value_name = "NEW", value_parser = existing_file)]
    new: PathBuf,
    #[command(flatten)]
    reading: job_file::JobFileFlags,
    /// Within objects that changed, show what did not
    #[arg(long)]
    contextual: bool,
    /// Print the diff as JSON
    #[arg(long)]
    json: bool,
}

impl CronFlags {
    /// The flags as plain values.
    fn check(self) -> CronArgs {
        CronArgs {
            crons: self.expressions,
            zone: self.zone,
            after: self.after,
            count: self.count.into(),
            json: self.json,
        }
    }
}

/// The flags of `validate`.
#[derive(Debug, Args)]
struct ValidateFlags {
    /// Files with one job each: job specifications, or jobs of the jobs API
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: job_file::JobFileFlags,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

/// The actions of `store`.
#[derive(Debug, Args)]
struct StoreFlags {
    #[command(subcommand)]
    action: StoreActions,
}

/// What to do with a store, as clap sees it.
#[derive(Debug, Subcommand)]
enum StoreActions {
    /// Say what is in it: checkpoint, log, rows
    Inspect(StoreFile),
    /// Say whether it is whole: pages, checksums, references, digests and indexes recounted
    Check(StoreFile),
    /// Make it small: a checkpoint takes the place of the log, and free pages are given back
    Compact(StoreFile),
}

/// The store, and how to report.
#[derive(Debug, Args)]
struct StoreFile {
    /// File that an engine keeps its state in; no engine may have it open
    #[arg(value_name = "FILE", value_parser = existing_file)]
    file: PathBuf,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

impl StoreActions {
    /// The flags as plain values.
    fn check(self) -> StoreArgs {
        let (action, StoreFile { file, json, quiet }) = match self {
            StoreActions::Inspect(store) => (StoreAction::Inspect, store),
            StoreActions::Check(store) => (StoreAction::Check, store),
            StoreActions::Compact(store) => (StoreAction::Compact, store),
        };
        StoreArgs { action, file, json, quiet }
    }
}

/// The policies named, `all` swallowing the rest.
fn policies(names: Vec<String>) -> Policies {
    if names.iter().any(|name| name == "all") { Policies::All } else { Policies::Named(once_each(names)) }
}

/// The names without repetitions, in their first order.
fn once_each(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

/// A name: not empty.
fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a name is missing (is there a comma too many?)".to_owned()),
        name => Ok(name.to_owned()),
    }
}

/// A workload: a path if it looks like one, which must exist then; else a name.
fn workload(text: &str) -> Result<Workload, String> {
    let text = name(text)?;
    if !text.contains(['/', '\\', '.']) {
        return Ok(Workload::Named(text));
    }
    let path = PathBuf::from(text);
    if path.exists() {
        Ok(Workload::Path(path))
    } else {
        Err("no such file or directory; a name has no separator and no dot".to_owned())
    }
}

/// An instant, in seconds since the epoch, rounded down.
fn instant(text: &str) -> Result<i64, String> {
    let at: Timestamp = text.parse().map_err(|_| "an instant looks like 2025-03-29T12:00:00Z or …+01:00".to_owned())?;
    Ok(at.as_second() - i64::from(at.subsec_nanosecond() < 0))
}

/// A file that is there.
fn existing_file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_file() {
        Ok(path)
    } else if path.exists() {
        Err("this is not a file".to_owned())
    } else {
        Err("no such file".to_owned())
    }
}

/// The word `memory`, or a directory that is there or can be made.
fn storage(text: &str) -> Result<Storage, String> {
    if text == "memory" { Ok(Storage::Memory) } else { directory(text).map(Storage::Directory) }
}

/// A directory that is there or can be made.
fn directory(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name(text)?);
    if path.exists() && !path.is_dir() {
        return Err("this is not a directory".to_owned());
    }
    Ok(path)
}

/// A file that is there or can be made.
fn file_to_write(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name(text)?);
    let beside = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if path.is_dir() {
        return Err("this is a directory; name a file".to_owned());
    }
    match beside {
        Some(parent) if !parent.is_dir() => Err(format!("there is no directory {}", parent.display())),
        _ => Ok(path),
    }
}

#[cfg(test)]
mod tests;
