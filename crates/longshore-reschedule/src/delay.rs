//! How long a failed allocation is held back (REC-508, REC-509).

use longshore_model::{DelayFunction, Duration, RescheduleEvent, ReschedulePolicy, RescheduleTracker, Time};

/// The delay of the next attempt for an allocation that failed at `fail_time` (REC-508, REC-509).
///
/// A growing delay never exceeds a positive [`max_delay`](ReschedulePolicy::max_delay) (unless the first delay does,
/// which validation refuses: MODEL-131) and never overflows.
///
/// ```
/// use longshore_model::{Duration, RescheduleEvent, ReschedulePolicy, RescheduleTracker, Time};
/// use longshore_reschedule::{next_delay, tracker_after};
/// let policy = ReschedulePolicy { max_delay: Duration::from_secs(100), ..ReschedulePolicy::service() };
/// let (mut tracker, mut delays) = (None, Vec::new());
/// for attempt in 0..5 {
///     let fail_time = Time::from_secs(attempt);
///     let delay = next_delay(&policy, tracker.as_ref(), fail_time);
///     let event = RescheduleEvent { reschedule_time: fail_time + delay, delay, ..RescheduleEvent::default() };
///     tracker = Some(tracker_after(&policy, tracker.as_ref(), event));
///     delays.push(delay.to_string());
/// }
/// assert_eq!(delays, ["30s", "1m0s", "1m40s", "1m40s", "1m40s"]);
/// ```
pub fn next_delay(policy: &ReschedulePolicy, tracker: Option<&RescheduleTracker>, fail_time: Time) -> Duration {
    let events = tracker.map_or(&[][..], |tracker| &tracker.events);
    let Some(last) = events.last() else { return policy.delay };
    let grown = match policy.delay_function {
        DelayFunction::Exponential => Duration(last.delay.0.saturating_mul(2)),
        DelayFunction::Fibonacci => fibonacci(policy, events),
        DelayFunction::Constant | DelayFunction::Other(_) => return policy.delay,
    };
    if policy.max_delay <= Duration::ZERO || grown <= policy.max_delay {
        return grown;
    }
    // A failure long after the last attempt starts the series anew.
    let calm = fail_time - last.reschedule_time > policy.max_delay;
    if calm { policy.delay } else { policy.max_delay }
}

/// The sum of the last two delays; those of a series that just started anew are no sum (REC-508).
fn fibonacci(policy: &ReschedulePolicy, events: &[RescheduleEvent]) -> Duration {
    match events {
        [.., before, last] if before.delay == policy.max_delay && last.delay == policy.delay => policy.delay,
        [.., before, last] => Duration(before.delay.0.saturating_add(last.delay.0)),
        _ => policy.delay,
    }
}
