//! An allocation of the state as [`longshore_reschedule`] sees it.

use longshore_model::{Duration, RescheduleEvent, ReschedulePolicy, RescheduleTracker, Time};
use longshore_reschedule::Subject;
use longshore_store::AllocRef;

/// The policy of its group, in its own version of the job.
pub(crate) fn policy_of(alloc: &AllocRef<'_>) -> Option<ReschedulePolicy> {
    let job = alloc.job();
    longshore_reschedule::policy_of(job.group(alloc.group())?, &job.kind)
}

/// What rescheduling looks at.
pub(crate) fn subject<'a>(alloc: &AllocRef<'a>, policy: Option<&'a ReschedulePolicy>) -> Subject<'a> {
    let extra = alloc.extra();
    let modify_time = alloc.modify_time();
    let fail_time =
        extra.map_or(modify_time, |extra| longshore_reschedule::fail_time(&extra.task_states.get(), modify_time));
    Subject {
        job_type: alloc.job().kind.clone(),
        desired_status: alloc.desired_status(),
        client_status: alloc.client_status(),
        transition: extra.map(|extra| extra.desired_transition.clone()).unwrap_or_default(),
        tracker: tracker(alloc),
        ..Subject::new(policy, fail_time)
    }
}

/// The tracker of what replaces it now, after it was held back for `delay` (REC-510); `None` without a policy.
pub(crate) fn tracker_after(alloc: &AllocRef<'_>, delay: Duration, now: Time) -> Option<RescheduleTracker> {
    let event = RescheduleEvent {
        reschedule_time: now,
        prev_alloc_id: alloc.id().clone(),
        prev_node_id: alloc.node().map(|node| node.id.clone()).unwrap_or_default(),
        delay,
    };
    Some(longshore_reschedule::tracker_after(&policy_of(alloc)?, tracker(alloc), event))
}

fn tracker<'a>(alloc: &AllocRef<'a>) -> Option<&'a RescheduleTracker> {
    alloc.extra()?.reschedule_tracker.as_deref()
}
