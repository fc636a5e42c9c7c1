//! The periodic block of a job, as it is written.

use crate::cron::{Cron, CronError};
use crate::schedule::Schedule;
use crate::zone::{Zone, ZoneError};

/// What a job says about when it launches (LOOP-1008).
///
/// ```
/// use longshore_schedule::{Periodic, PeriodicError};
/// let specs = ["@daily".to_owned(), "0 25 * * *".to_owned()];
/// let periodic = Periodic { specs: &specs, zone: "Europe/Atlantis", ..Periodic::default() };
/// let wrong = periodic.schedule().unwrap_err();
/// assert_eq!(wrong.iter().map(PeriodicError::code).collect::<Vec<_>>(), ["LOOP-1008", "LOOP-1024"]);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Periodic<'a> {
    /// One expression, the old way.
    pub spec: &'a str,
    /// Expressions.
    pub specs: &'a [String],
    /// `cron`, or `_internal_test` for a list of instants.
    pub spec_type: &'a str,
    /// The time zone.
    pub zone: &'a str,
}

impl Default for Periodic<'_> {
    fn default() -> Self {
        Periodic { spec: "", specs: &[], spec_type: "cron", zone: "UTC" }
    }
}

/// What is wrong with a periodic block.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PeriodicError {
    /// One expression the old way, and expressions.
    #[error("Spec {spec:?} and {count} Specs are given: write all expressions into Specs")]
    Both {
        /// The one.
        spec: String,
        /// How many others.
        count: usize,
    },
    /// No expression.
    #[error("no expression is given: Specs holds some, such as 30 2 * * 1-5")]
    None,
    /// No such zone.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// No such expression.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// No such type.
    #[error("{spec_type:?} is no type of specification: cron is")]
    Type {
        /// The type.
        spec_type: String,
    },
}

impl PeriodicError {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            PeriodicError::Both { .. } | PeriodicError::None | PeriodicError::Type { .. } => "LOOP-1008",
            PeriodicError::Zone(why) => why.code(),
            PeriodicError::Cron(why) => why.code(),
        }
    }
}

impl Periodic<'_> {
    /// The schedule that it describes.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order in which the reference complains.
    pub fn schedule(&self) -> Result<Schedule, Vec<PeriodicError>> {
        let mut wrong = Vec::new();
        match (self.spec.is_empty(), self.specs.len()) {
            (true, 0) => wrong.push(PeriodicError::None),
            (false, count @ 1..) => wrong.push(PeriodicError::Both { spec: self.spec.to_owned(), count }),
            _ => {}
        }
        let zone = Zone::named(self.zone).unwrap_or_else(|why| {
            wrong.push(why.into());
            Zone::utc()
        });
        let schedule = match self.spec_type {
            "cron" => Schedule::of(self.crons(&mut wrong), zone),
            "_internal_test" => Schedule::instants(self.spec, zone),
            other => {
                wrong.push(PeriodicError::Type { spec_type: other.to_owned() });
                Schedule::of(Vec::new(), zone)
            }
        };
        if wrong.is_empty() { Ok(schedule) } else { Err(wrong) }
    }

    /// All expressions that can be read; what is wrong with the others is added.
    fn crons(&self, wrong: &mut Vec<PeriodicError>) -> Vec<Cron> {
        let single = Some(self.spec).filter(|spec| !spec.is_empty());
        let texts = self.specs.iter().map(String::as_str).chain(single);
        texts.filter_map(|text| Cron::parse(text).map_err(|why| wrong.push(why.into())).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of what is wrong.
    fn codes(spec: &str, specs: &[&str], spec_type: &str, zone: &str) -> Vec<&'static str> {
        let specs: Vec<String> = specs.iter().map(|spec| (*spec).to_owned()).collect();
        let wrong = Periodic { spec, specs: &specs, spec_type, zone }.schedule().err().unwrap_or_default();
        wrong.iter().map(PeriodicError::code).collect()
    }

    #[test]
    fn loop_1008_everything_that_is_wrong_is_told() {
        assert_eq!(codes("", &["@daily"], "cron", ""), [""; 0]);
        assert_eq!(codes("@daily", &[], "cron", "Local"), [""; 0]);
        assert_eq!(codes("", &[], "cron", "UTC"), ["LOOP-1008"]);
        assert_eq!(codes("@daily", &["@daily"], "cron", "UTC"), ["LOOP-1008"]);
        assert_eq!(codes("@daily", &[], "", "UTC"), ["LOOP-1008"]);
        assert_eq!(codes("", &["", "* * * * x"], "cron", "../etc"), ["LOOP-1008", "LOOP-1021", "LOOP-1024"]);
        assert_eq!(codes("7", &[], "_internal_test", "UTC"), [""; 0]);
    }

    #[test]
    fn loop_1008_instants_launch_in_the_order_of_their_list() {
        let launches = |spec: &str| {
            let periodic = Periodic { spec, spec_type: "_internal_test", ..Periodic::default() };
            let schedule = periodic.schedule().unwrap_or_else(|wrong| panic!("{wrong:?}"));
            schedule.launches(10).map(|at| at.unwrap_or(-1)).collect::<Vec<_>>()
        };
        assert_eq!(launches("20,30"), [20, 30]);
        assert_eq!(launches("30,20"), [30]);
        assert_eq!(launches("-5,20"), [20]);
        assert_eq!(launches("20,x"), [0; 0]);
    }
}
