//! What must hold of every policy and every history.

use longshore_model::{
    ClientStatus, DelayFunction, Duration, List, RescheduleEvent, ReschedulePolicy, RescheduleTracker, Time,
};
use longshore_reschedule::{FollowUp, Subject, Verdict, batches, next_delay, tracker_after};
use proptest::prelude::*;

fn function() -> impl Strategy<Value = DelayFunction> {
    prop_oneof![
        Just(DelayFunction::Exponential),
        Just(DelayFunction::Fibonacci),
        Just(DelayFunction::Constant),
        Just(DelayFunction::Other("odd".into())),
    ]
}

/// A policy as validation lets it pass: a positive maximum is not below the first delay (MODEL-131).
fn policy() -> impl Strategy<Value = ReschedulePolicy> {
    let times = (any::<u32>(), prop_oneof![Just(0), 1..i64::MAX / 2, Just(i64::MAX)], any::<i64>());
    (function(), any::<bool>(), -1..20i64, times).prop_map(|(delay_function, unlimited, attempts, times)| {
        let (delay, max_delay, interval) = (i64::from(times.0), times.1, times.2);
        ReschedulePolicy {
            attempts,
            interval: Duration(interval),
            delay: Duration(if max_delay > 0 { delay.min(max_delay) } else { delay }),
            delay_function,
            max_delay: Duration(max_delay),
            unlimited,
        }
    })
}

/// Any history at all, even one that no policy could have left.
fn tracker() -> impl Strategy<Value = RescheduleTracker> {
    let event = (any::<i64>(), prop_oneof![0..10_000_000_000i64, Just(i64::MAX), any::<i64>()]);
    (proptest::collection::vec(event, 0..8), "|ok|no placement").prop_map(|(events, last_reschedule)| {
        let event = |(time, delay)| RescheduleEvent {
            reschedule_time: Time(time),
            delay: Duration(delay),
            ..RescheduleEvent::default()
        };
        RescheduleTracker { events: List::from_iter(events.into_iter().map(event)), last_reschedule }
    })
}

proptest! {
    /// REC-508, REC-509: no delay exceeds a positive maximum, and nothing overflows.
    #[test]
    fn growing_delays_stay_below_their_maximum(policy in policy(), tracker in tracker(), fail_time in any::<i64>()) {
        let delay = next_delay(&policy, Some(&tracker), Time(fail_time));
        if policy.max_delay > Duration::ZERO {
            prop_assert!(delay <= policy.max_delay, "{delay} of {policy:?} after {tracker:?}");
        }
    }

    /// REC-508: a chain that always fails at once waits longer each time, up to the maximum.
    #[test]
    fn delays_of_a_chain_never_shrink(policy in policy(), start in any::<i32>(), length in 1..80usize) {
        let unlimited = ReschedulePolicy { attempts: 0, unlimited: true, ..policy };
        let (mut tracker, mut fail_time, mut before) = (None, Time::from_secs(i64::from(start)), Duration::ZERO);
        for _ in 0..length {
            let delay = next_delay(&unlimited, tracker.as_ref(), fail_time);
            prop_assert!(delay >= before, "{delay} after {before}");
            let event = RescheduleEvent { reschedule_time: fail_time + delay, delay, ..RescheduleEvent::default() };
            tracker = Some(tracker_after(&unlimited, tracker.as_ref(), event));
            (fail_time, before) = (fail_time + delay, delay);
        }
    }

    /// REC-504: what is to happen later happens once it is due, and never before it is nearly due.
    #[test]
    fn a_later_verdict_comes_true(policy in policy(), tracker in tracker(), fail_secs in 0..4_000_000_000i64, after in 0..u32::MAX) {
        let fail_time = Time::from_secs(fail_secs);
        let subject = Subject {
            client_status: ClientStatus::Failed,
            tracker: Some(&tracker),
            ..Subject::new(Some(&policy), fail_time)
        };
        let now = fail_time + Duration(i64::from(after));
        match subject.verdict(FollowUp::None, now) {
            Verdict::Later(due, delay) => {
                prop_assert!(due - now > Duration::from_secs(1));
                prop_assert_eq!(subject.verdict(FollowUp::Other, now), Verdict::Leave);
                prop_assert_eq!(subject.verdict(FollowUp::This, now), Verdict::Now(delay));
                prop_assert_eq!(subject.verdict(FollowUp::None, due), Verdict::Now(delay));
            }
            // Neither becomes the other by waiting.
            verdict => prop_assert_eq!(subject.verdict(FollowUp::None, now + Duration::from_hours(1)), verdict),
        }
    }

    /// REC-510: a tracker holds the event last, and no more than its policy needs.
    #[test]
    fn trackers_stay_small(policy in policy(), before in tracker(), now in any::<i64>()) {
        let event = RescheduleEvent { reschedule_time: Time(now), ..RescheduleEvent::default() };
        let after = tracker_after(&policy, Some(&before), event.clone());
        prop_assert_eq!(after.events.last(), Some(&event));
        let kept = &after.events[..after.events.len() - 1];
        if policy.attempts > 0 {
            prop_assert!(kept.iter().all(|past| Time(now) - past.reschedule_time <= policy.interval));
        } else {
            prop_assert!(kept.len() <= 5);
        }
    }

    /// REC-513: batches hold every entry once, in order, and are shorter than five seconds.
    #[test]
    fn batches_partition(mut due in proptest::collection::vec(-20_000_000_000..20_000_000_000i64, 0..40)) {
        due.sort_unstable();
        let cut: Vec<&[i64]> = batches(&due, |due| Time(*due)).collect();
        prop_assert_eq!(cut.concat(), due.clone());
        for batch in cut {
            prop_assert!(batch[batch.len() - 1] - batch[0] < 5_000_000_000);
        }
    }
}
