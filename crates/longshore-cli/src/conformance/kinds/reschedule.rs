//! `reschedule`: when and how often a failed allocation is placed again (MODEL-25, REC-505 to REC-509).

use longshore_model::{
    ClientStatus, DateTime, DesiredStatus, DesiredTransition, Duration, JobType, List, Map, RescheduleEvent,
    ReschedulePolicy, RescheduleTracker, TaskState, Time,
};
use longshore_reschedule::{Attempts, Subject, fail_time, last_failed, next_delay};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("reschedule", answer);

/// An allocation, the policy of its group, and a time.
#[derive(Deserialize)]
struct Input {
    policy: Option<ReschedulePolicy>,
    job_type: JobType,
    desired_status: DesiredStatus,
    client_status: ClientStatus,
    #[serde(default)]
    transition_reschedule: bool,
    modify_time: Time,
    finished_at: Option<Vec<Option<Time>>>,
    tracker: Option<Tracker>,
    now: Time,
}

#[derive(Deserialize)]
struct Tracker {
    last_reschedule: String,
    events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
struct Event {
    time: Time,
    delay: Duration,
}

impl From<Tracker> for RescheduleTracker {
    fn from(tracker: Tracker) -> RescheduleTracker {
        let event = |event: Event| RescheduleEvent {
            reschedule_time: event.time,
            delay: event.delay,
            ..RescheduleEvent::default()
        };
        RescheduleTracker {
            events: tracker.events.map_or(List::NULL, |events| events.into_iter().map(event).collect()),
            last_reschedule: tracker.last_reschedule,
        }
    }
}

fn task_states(finished_at: Option<Vec<Option<Time>>>) -> Map<TaskState> {
    let state = |end: Option<Time>| TaskState {
        finished_at: end.map_or(DateTime::ZERO, DateTime::from),
        ..TaskState::default()
    };
    let ends = finished_at.unwrap_or_default().into_iter().enumerate();
    ends.map(|(task, end)| (format!("task {task}"), state(end))).collect()
}

fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let tracker = input.tracker.map(RescheduleTracker::from);
    let fail_time = fail_time(&task_states(input.finished_at), input.modify_time);
    let policy = input.policy.as_ref();
    let subject = Subject {
        job_type: input.job_type,
        desired_status: input.desired_status,
        client_status: input.client_status,
        transition: DesiredTransition { reschedule: Some(input.transition_reschedule), ..DesiredTransition::default() },
        tracker: tracker.as_ref(),
        ..Subject::new(policy, fail_time)
    };
    let attempts = policy.map(|policy| Attempts::count(policy, tracker.as_ref(), fail_time));
    let (due, by_now) = (subject.due(), subject.due_from(input.now));
    Ok(json!({
        "fail_time": fail_time,
        "next_delay": policy.map_or(Duration::ZERO, |policy| next_delay(policy, tracker.as_ref(), fail_time)),
        "next_time": due.map(|due| due.at),
        "next_eligible": due.is_some_and(|due| due.eligible),
        "by_time": by_now.map(|due| due.at),
        "by_time_eligible": by_now.is_some_and(|due| due.eligible),
        "eligible": subject.attempts_left(),
        "should_reschedule": subject.should_reschedule(),
        "last_reschedule_failed": last_failed(tracker.as_ref()),
        "enabled": policy.is_some_and(ReschedulePolicy::enabled),
        "used": attempts.map(|attempts| attempts.used),
        "limit": attempts.map(|attempts| attempts.limit),
    }))
}
