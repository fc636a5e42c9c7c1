//! When a failed allocation is placed again (REC-505 to REC-509).

use longshore_model::{
    ClientStatus, DelayFunction, DesiredStatus, Duration, JobType, ReschedulePolicy, RescheduleTracker, TaskGroup, Time,
};
use longshore_store::AllocRef;

/// When to place a failed allocation again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// Never: the policy's attempts are used up, or it allows none.
    Never,
    /// At this time, after this delay.
    At(Time, Duration),
}

/// The group's policy, or the default of the job's type (REC-511).
pub fn policy_of(group: &TaskGroup, kind: &JobType) -> Option<ReschedulePolicy> {
    group.reschedule_policy.clone().or_else(|| match kind {
        JobType::Service => Some(ReschedulePolicy::service()),
        JobType::Batch => Some(ReschedulePolicy::batch()),
        _ => None,
    })
}

/// When a failed allocation is due (REC-505, REC-506).
pub fn due(alloc: &AllocRef<'_>, policy: Option<&ReschedulePolicy>) -> Due {
    let Some(policy) = policy.filter(|policy| policy.enabled()) else { return Due::Never };
    if alloc.desired_status() != DesiredStatus::Run || alloc.client_status() != ClientStatus::Failed {
        return Due::Never;
    }
    let fail = fail_time(alloc);
    let tracker = alloc.extra().and_then(|extra| extra.reschedule_tracker.as_ref());
    let delay = next_delay(policy, tracker, fail);
    let used = |tracker: &RescheduleTracker| {
        tracker.events.iter().filter(|event| fail - event.reschedule_time < policy.interval).count() as i64
    };
    let left =
        policy.unlimited || tracker.is_none_or(|tracker| used(tracker) < policy.attempts && delay < policy.interval);
    if left { Due::At(fail + delay, delay) } else { Due::Never }
}

/// The latest end of its tasks, else the allocation's last change.
pub fn fail_time(alloc: &AllocRef<'_>) -> Time {
    let states = alloc.extra().map(|extra| &extra.task_states);
    let ends = states.into_iter().flat_map(|states| states.values()).filter_map(|task| task.finished_at.time());
    ends.max().unwrap_or(alloc.modify_time())
}

/// How long to hold back (REC-508, REC-509).
pub fn next_delay(policy: &ReschedulePolicy, tracker: Option<&RescheduleTracker>, fail: Time) -> Duration {
    let events = tracker.map_or(&[][..], |tracker| &tracker.events);
    let Some(last) = events.last() else { return policy.delay };
    let delay = match policy.delay_function {
        DelayFunction::Exponential => Duration(last.delay.0.saturating_mul(2)),
        DelayFunction::Fibonacci => match events {
            [.., before, last] if before.delay == policy.max_delay && last.delay == policy.delay => policy.delay,
            [.., before, last] => Duration(before.delay.0.saturating_add(last.delay.0)),
            _ => policy.delay,
        },
        _ => return policy.delay,
    };
    if policy.max_delay > Duration::ZERO && delay > policy.max_delay {
        // A failure long after the last one starts the series anew.
        let calm = fail - last.reschedule_time > policy.max_delay;
        return if calm { policy.delay } else { policy.max_delay };
    }
    delay
}

/// The tracker of a replacement: what is remembered of the chain, and this event (REC-510).
pub fn tracker_after(alloc: &AllocRef<'_>, policy: &ReschedulePolicy, delay: Duration, now: Time) -> RescheduleTracker {
    let before = alloc.extra().and_then(|extra| extra.reschedule_tracker.as_ref());
    let events = before.map_or(&[][..], |tracker| &tracker.events);
    let kept: &[_] = if policy.attempts > 0 {
        let first = events.partition_point(|event| now - event.reschedule_time > policy.interval);
        if policy.interval == Duration::ZERO { &[] } else { &events[first..] }
    } else {
        &events[events.len().saturating_sub(5)..]
    };
    let event = longshore_model::RescheduleEvent {
        reschedule_time: now,
        prev_alloc_id: alloc.id().clone(),
        prev_node_id: alloc.node().map(|node| node.id.clone()).unwrap_or_default(),
        delay,
    };
    RescheduleTracker { events: kept.iter().cloned().chain([event]).collect(), last_reschedule: "ok".into() }
}
