//! When periodic jobs launch: cron expressions in the reference's dialect, in any time zone.
//!
//! ```
//! use longshore_schedule::{Schedule, Zone};
//! let nights = Schedule::new(&["30 2 * * 1-5", "0 4 * * sat"], Zone::named("Europe/Berlin")?)?;
//! let friday_noon = 1_743_159_600; // 2025-03-28T12:00:00+01:00
//! let next: Vec<i64> = nights.launches(friday_noon).take(2).collect::<Result<_, _>>()?;
//! let there: Vec<String> = next.iter().map(|at| nights.zone().local(*at).to_string()).collect();
//! assert_eq!(there, ["2025-03-29T04:00:00", "2025-03-31T02:30:00"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Part | Rules |
//! |---|---|
//! | [`Cron`]: one expression | LOOP-1021 to LOOP-1030 |
//! | [`Zone`]: a time zone, from a database that is part of the program | LOOP-1008 |
//! | [`Schedule`]: several expressions in one zone | LOOP-1009 |
//! | [`Periodic`]: the block of a job as it is written, checked | LOOP-1008 |
//!
//! Instants are whole seconds since the epoch; there is no clock here, and no job.
//!
//! # Why not the `cron` crate
//!
//! It reads another dialect. It wants six or seven fields, where five are common here; numbers days of the week from
//! Sunday = 1; knows neither `L`, `W` nor `#`; launches where day of month *and* day of week agree, not where either
//! does; and has rules of its own where clocks are changed. What is left after a translation, expressions in plain
//! numbers in universal time, is the part that is simple. So it is the judge of that part: the tests compare every
//! launch of random expressions with the ones it finds.

mod cron;
mod days;
mod field;
mod periodic;
mod schedule;
mod set;
mod zone;

pub use cron::{Cron, CronError, NextError};
pub use field::{Field, FieldError};
pub use periodic::{Periodic, PeriodicError};
pub use schedule::Schedule;
pub use zone::{Zone, ZoneError};
