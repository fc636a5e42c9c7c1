//! Attempts within an interval (REC-506).

use longshore_model::{ReschedulePolicy, RescheduleTracker, Time};

/// How many attempts a policy allows within its interval, and how many of them are used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Attempts {
    /// Attempts that the interval before the failure holds; 0 for a policy without limit.
    pub used: i64,
    /// Attempts that the policy allows.
    pub limit: i64,
}

impl Attempts {
    /// Counts the attempts of an interval that ends at `until` (REC-506): those younger than the interval. Attempts
    /// after `until` count, too.
    ///
    /// ```
    /// use longshore_model::{ReschedulePolicy, Time};
    /// use longshore_reschedule::Attempts;
    /// let attempts = Attempts::count(&ReschedulePolicy::batch(), None, Time::from_secs(0));
    /// assert_eq!(attempts, Attempts { used: 0, limit: 1 });
    /// ```
    pub fn count(policy: &ReschedulePolicy, tracker: Option<&RescheduleTracker>, until: Time) -> Attempts {
        let events = tracker.filter(|_| policy.attempts > 0).map_or(&[][..], |tracker| &tracker.events);
        let young = events.iter().filter(|event| until - event.reschedule_time < policy.interval);
        Attempts { used: young.count() as i64, limit: policy.attempts }
    }

    /// Whether one more is allowed by number.
    pub const fn left(self) -> bool {
        self.used < self.limit
    }
}
