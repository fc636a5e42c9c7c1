//! Several expressions in one zone.

use crate::cron::{Cron, CronError, NextError};
use crate::zone::Zone;

/// Expressions in one time zone: what a periodic job launches by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Schedule {
    launches: Launches,
    zone: Zone,
}

/// What says when.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Launches {
    Crons(Vec<Cron>),
    /// A list of instants; `None` if some entry was no number.
    Instants(Option<Vec<i64>>),
}

impl Schedule {
    /// Reads expressions.
    ///
    /// # Errors
    /// [`CronError`] for the first that is none.
    pub fn new<T: AsRef<str>>(expressions: &[T], zone: Zone) -> Result<Schedule, CronError> {
        let crons = expressions.iter().map(|text| Cron::parse(text.as_ref()));
        Ok(Schedule::of(crons.collect::<Result<_, _>>()?, zone))
    }

    /// Expressions that were read before.
    pub fn of(crons: Vec<Cron>, zone: Zone) -> Schedule {
        Schedule { launches: Launches::Crons(crons), zone }
    }

    /// Instants between commas, in seconds since the epoch: the type `_internal_test` (LOOP-1008).
    pub(crate) fn instants(text: &str, zone: Zone) -> Schedule {
        let instants = text.split(',').map(|entry| entry.parse().ok()).collect();
        Schedule { launches: Launches::Instants(instants), zone }
    }

    /// The zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first launch after an instant, both in seconds since the epoch; `None` if there is none.
    ///
    /// The earliest launch of all expressions, with the reference's quirk (LOOP-1009): an expression that never
    /// launches again makes it forget those before it. So only the expressions after the last such one count.
    ///
    /// # Errors
    /// [`NextError`] if some expression fails.
    pub fn next_after(&self, after: i64) -> Result<Option<i64>, NextError> {
        match &self.launches {
            Launches::Crons(crons) => {
                let mut earliest: Option<i64> = None;
                for cron in crons {
                    let next = cron.next_after(after, &self.zone)?;
                    earliest = next.map(|next| earliest.map_or(next, |earliest| earliest.min(next)));
                }
                Ok(earliest)
            }
            // In the order of the list, not of time.
            Launches::Instants(instants) => Ok(instants.iter().flatten().copied().find(|at| *at > after)),
        }
    }

    /// All launches after an instant, in order; an error is the last item.
    pub fn launches(&self, after: i64) -> impl Iterator<Item = Result<i64, NextError>> + '_ {
        let mut last = Some(after);
        std::iter::from_fn(move || {
            let next = self.next_after(last.take()?).transpose()?;
            last = next.as_ref().ok().copied();
            Some(next)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours since the epoch at which the first three launches are.
    fn hours(expressions: &[&str]) -> Vec<i64> {
        let schedule = Schedule::new(expressions, Zone::utc()).unwrap_or_else(|why| panic!("{why}"));
        schedule.launches(0).take(3).map(|at| at.map_or(-1, |at| at / 3600)).collect()
    }

    #[test]
    fn loop_1009_the_earliest_launches() {
        assert_eq!(hours(&["0 6 * * *", "0 4 * * *"]), [4, 6, 28]);
        assert_eq!(hours(&["0 6 * * *", "0 */3 * * *"]), [3, 6, 9]);
        assert_eq!(hours(&[]), [0; 0]);
    }

    #[test]
    fn loop_1009_one_that_never_launches_silences_those_before_it() {
        let never = "0 0 30 2 *";
        assert_eq!(hours(&["0 4 * * *", never, "0 6 * * *"]), [6, 30, 54]);
        assert_eq!(hours(&["0 4 * * *", never]), [0; 0]);
        assert_eq!(hours(&[never, "0 4 * * *"]), [4, 28, 52]);
    }

    #[test]
    fn loop_1009_one_that_fails_fails_the_whole() {
        assert_eq!(hours(&["0 4 * * *", "30-10 5 * * *"]), [-1]);
    }
}
