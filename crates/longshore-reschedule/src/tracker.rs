//! What a chain of replacements remembers (REC-507, REC-510).

use longshore_model::{Duration, List, RescheduleEvent, ReschedulePolicy, RescheduleTracker};

/// Attempts that a chain without limit remembers.
const REMEMBERED: usize = 5;

/// The tracker of a replacement that is placed now: what the policy still needs of its predecessor's, and this event
/// (REC-510). Under a limit that is the interval up to the event, else the last five attempts.
pub fn tracker_after(
    policy: &ReschedulePolicy,
    before: Option<&RescheduleTracker>,
    event: RescheduleEvent,
) -> RescheduleTracker {
    let events = before.map_or(&[][..], |tracker| &tracker.events);
    let now = event.reschedule_time;
    let mut kept: Vec<RescheduleEvent> = match policy.attempts {
        1.. if policy.interval == Duration::ZERO => Vec::new(),
        1.. => events.iter().filter(|past| now - past.reschedule_time <= policy.interval).cloned().collect(),
        _ => events[events.len().saturating_sub(REMEMBERED)..].to_vec(),
    };
    kept.push(event);
    RescheduleTracker { events: List::from(kept), last_reschedule: "ok".into() }
}

/// Whether the last attempt found no place (REC-507).
pub fn last_failed(tracker: Option<&RescheduleTracker>) -> bool {
    tracker.is_some_and(|tracker| !matches!(tracker.last_reschedule.as_str(), "" | "ok"))
}
