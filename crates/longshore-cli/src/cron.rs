//! `longshore cron`: the coming launches of cron expressions.

use std::io;

use jiff::Timestamp;
use longshore_schedule::{Cron, NextError, Schedule, Zone};
use longshore_value::duration;
use serde_json::{Value, json};

use crate::args::CronArgs;
use crate::console::{Console, Paint};
use crate::exit::Exit;
use crate::table::{Align, Cell, Table};

/// Why no launches could be told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CronError {
    /// The reference would fail on an expression, too.
    #[error(transparent)]
    Next(#[from] NextError),
    /// No launch at all.
    #[error("{}", never(.silent.as_deref(), *.others))]
    Never {
        /// The last expression that never launches again.
        silent: Option<String>,
        /// Whether there are others.
        others: bool,
    },
    /// The launches could not be written.
    #[error("the launches could not be written: {0}")]
    Output(#[from] io::Error),
}

/// Why there is no launch, in words.
fn never(silent: Option<&str>, others: bool) -> String {
    match silent {
        Some(text) if others => format!(
            "there is no launch: {text:?} never launches again, and that silences the expressions before it (LOOP-1009)"
        ),
        _ => "there is no launch up to the end of 2099".to_owned(),
    }
}

/// Prints the launches that `args` asks for.
///
/// # Errors
/// [`CronError`]: no launch, or no answer at all.
pub fn run(args: &CronArgs, console: &mut Console<'_>) -> Result<Exit, CronError> {
    let schedule = Schedule::of(args.crons.clone(), args.zone.clone());
    let after = args.after.unwrap_or_else(|| Timestamp::now().as_second());
    let launches: Vec<i64> = schedule.launches(after).take(args.count).collect::<Result<_, _>>()?;
    let Some(last) = launches.last() else {
        let silent = silent(&args.crons, after, &args.zone)?;
        return Err(CronError::Never { silent, others: args.crons.len() > 1 });
    };
    if args.json {
        console.line(&json(args, &launches).to_string())?;
    } else {
        console.line(&format!("{} (time zone database {})", args.zone, Zone::database()))?;
        console.line("")?;
        console.write(&table(args, &launches).render(console.colour()))?;
    }
    if launches.len() < args.count {
        let silent = silent(&args.crons, *last, &args.zone)?;
        let why = never(silent.as_deref(), args.crons.len() > 1);
        console.note(&format!("after these {why}"))?;
    }
    Ok(Exit::Success)
}

/// The last expression that never launches again.
fn silent(crons: &[Cron], after: i64, zone: &Zone) -> Result<Option<String>, NextError> {
    for cron in crons.iter().rev() {
        if cron.next_after(after, zone)?.is_none() {
            return Ok(Some(cron.to_string()));
        }
    }
    Ok(None)
}

fn table(args: &CronArgs, launches: &[i64]) -> Table {
    let mut columns = vec![("launch", Align::Left), ("UTC", Align::Left), ("later by", Align::Right)];
    columns.extend((args.crons.len() > 1).then_some(("expression", Align::Left)));
    let mut table = Table::new(columns);
    let mut before: Option<i64> = None;
    for &at in launches {
        let local = args.zone.local(at).strftime("%a %Y-%m-%d %H:%M:%S");
        let shown = format!("{local} {}", offset(&args.zone, at));
        // Clocks were changed since the launch before: the reason of most surprises.
        let changed = before.is_some_and(|before| args.zone.offset(before) != args.zone.offset(at));
        let later = before.map(|before| duration::print((at - before).saturating_mul(1_000_000_000)));
        let mut cells = vec![
            if changed { Cell::painted(shown, Paint::Warn) } else { shown.into() },
            Cell::painted(utc(at), Paint::Dim),
            later.unwrap_or_default().into(),
        ];
        cells.extend((args.crons.len() > 1).then(|| named_by(args, at).join("; ").into()));
        table.row(cells);
        before = Some(at);
    }
    table
}

fn json(args: &CronArgs, launches: &[i64]) -> Value {
    let launch = |at: &i64| {
        json!({
            "unix": at,
            "utc": utc(*at),
            "local": format!("{}{}", args.zone.local(*at), offset(&args.zone, *at)),
            "expressions": named_by(args, *at),
        })
    };
    json!({
        "zone": args.zone.name(),
        "database": Zone::database(),
        "launches": launches.iter().map(launch).collect::<Vec<_>>(),
        "last": launches.len() < args.count,
    })
}

/// The expressions that name an instant.
fn named_by(args: &CronArgs, at: i64) -> Vec<&str> {
    args.crons.iter().filter(|cron| cron.matches(at, &args.zone)).map(Cron::as_str).collect()
}

/// An instant in universal time.
fn utc(at: i64) -> String {
    format!("{}Z", Zone::utc().local(at))
}

/// How far clocks are ahead: `+05:30`, with seconds only where there are some.
fn offset(zone: &Zone, at: i64) -> String {
    let seconds = zone.offset(at);
    let (sign, ahead) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let rest = if ahead % 60 == 0 { String::new() } else { format!(":{:02}", ahead % 60) };
    format!("{sign}{:02}:{:02}{rest}", ahead / 3600, ahead / 60 % 60)
}
