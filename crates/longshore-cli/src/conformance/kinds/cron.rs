//! `cron`: a periodic block checked, and its launches one after another (LOOP-1008, LOOP-1009, LOOP-1021 to LOOP-1030).

use longshore_schedule::{CronError, FieldError, Periodic, PeriodicError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("cron", answer).compared(compare);

/// So many launches a case may ask for.
const MOST_LAUNCHES: usize = 100_000;

#[derive(Deserialize)]
#[serde(default)]
struct Input {
    specs: Vec<String>,
    spec: String,
    spec_type: String,
    enabled: bool,
    timezone: String,
    after: longshore_model::DateTime,
    count: usize,
}

impl Default for Input {
    fn default() -> Self {
        Input {
            specs: Vec::new(),
            spec: String::new(),
            spec_type: "cron".to_owned(),
            enabled: true,
            timezone: "UTC".to_owned(),
            after: longshore_model::DateTime::ZERO,
            count: 0,
        }
    }
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let periodic =
        Periodic { spec: &input.spec, specs: &input.specs, spec_type: &input.spec_type, zone: &input.timezone };
    let schedule = match periodic.schedule() {
        Ok(schedule) => schedule,
        Err(wrong) if input.enabled => {
            let codes: Vec<String> = wrong.iter().map(code).collect::<Result<_, _>>()?;
            return Ok(json!({ "error": true, "codes": codes }));
        }
        // A disabled block is not checked (LOOP-1008).
        Err(_) => return Ok(json!({ "next": [], "next_error": "LOOP-1025:next-fails" })),
    };
    if input.count > MOST_LAUNCHES {
        return Err(format!("{} launches are asked for: at most {MOST_LAUNCHES} are told", input.count));
    }
    let after = input.after.time().ok_or("the instant is too far")?;
    let mut answer = json!({});
    let mut next = Vec::new();
    for launch in schedule.launches(after.as_secs()).take(input.count) {
        match launch {
            Ok(at) => next.push(longshore_model::DateTime::from(longshore_model::Time::from_secs(at)).to_string()),
            Err(why) => answer = json!({ "next_error": format!("{}:next-fails", why.code()) }),
        }
    }
    answer["next"] = next.into();
    Ok(answer)
}

/// What is wrong, in the format's words.
fn code(wrong: &PeriodicError) -> Result<String, String> {
    let detail = match wrong {
        PeriodicError::Both { .. } => "both",
        PeriodicError::None => "none",
        PeriodicError::Zone(_) => "zone",
        PeriodicError::Type { .. } => "type",
        PeriodicError::Cron(CronError::Fields { .. }) => "missing-fields",
        PeriodicError::Cron(CronError::Field { source: FieldError::Missing { .. }, .. }) => "missing-directive",
        PeriodicError::Cron(CronError::Field { source: FieldError::Syntax { .. }, .. }) => "syntax",
        PeriodicError::Cron(CronError::Field { source: FieldError::Step { .. }, .. }) => "interval",
        other => return Err(format!("the format has no word for {other:?}")),
    };
    Ok(format!("{}:{detail}", wrong.code()))
}

/// Codes are compared at the strict level only.
fn compare(case: &Case, got: &Value, level: Level) -> Option<Difference> {
    let without_codes = |value: &Value| {
        let mut value = value.clone();
        if let Some(members) = value.as_object_mut().filter(|_| level == Level::Ordinary) {
            members.remove("codes");
        }
        value
    };
    first_difference(&without_codes(&case.expect), &without_codes(got), &Rules::DEFAULT)
}
