//! What a node's silence means for its allocations (REC-515, REC-518, REC-519, REC-604).

use longshore_model::{AllocState, ClientStatus, DisconnectStrategy, Duration, Reconcile, TaskGroup, Time};

/// A group's rules for the time in which a node does not answer.
///
/// ```
/// use longshore_model::{DisconnectStrategy, Duration, TaskGroup, Time};
/// use longshore_reschedule::DisconnectRules;
/// let group = TaskGroup {
///     disconnect: Some(DisconnectStrategy { lost_after: Duration::from_mins(10), ..DisconnectStrategy::default() }),
///     ..TaskGroup::new("web")
/// };
/// let rules = DisconnectRules::of(&group);
/// assert_eq!(rules.lost_at(Time::from_secs(0)), Time::from_secs(600));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DisconnectRules {
    /// How long an allocation may stay unknown before it counts as lost; zero for not at all.
    pub lost_after: Duration,
    /// When the client itself stops it; `None` for never.
    pub stop_after: Option<Duration>,
    /// Whether it is replaced meanwhile.
    pub replace: bool,
    /// Which one stays afterwards.
    pub reconcile: Reconcile,
    /// The longest time that a task of the group has to end.
    pub kill_timeout: Duration,
}

/// The least time that a client is given to end its tasks (REC-518).
const LEAST_KILL_TIMEOUT: Duration = Duration::from_secs(5);

impl DisconnectRules {
    /// The rules of a group, as the allocation's own version of the job has it; a group that says nothing loses
    /// allocations at once and replaces them.
    pub fn of(group: &TaskGroup) -> DisconnectRules {
        let silent = DisconnectStrategy::default();
        let said = group.disconnect.as_ref().unwrap_or(&silent);
        DisconnectRules {
            lost_after: said.lost_after,
            stop_after: said.stop_on_client_after,
            replace: said.replace.unwrap_or(true),
            reconcile: said.reconcile.clone(),
            kill_timeout: group.tasks.iter().map(|task| task.kill_timeout).max().unwrap_or_default(),
        }
    }

    /// When an allocation whose node falls silent now counts as lost (REC-515).
    pub fn lost_at(&self, now: Time) -> Time {
        now + self.lost_after
    }

    /// Whether an allocation of such a node is lost by now: it has been unknown for too long (REC-604).
    pub fn expired(&self, client_status: ClientStatus, states: &[AllocState], now: Time) -> bool {
        client_status == ClientStatus::Unknown
            && last_unknown(states).is_some_and(|since| since + self.lost_after <= now)
    }

    /// Whether the client stops the allocation itself.
    pub fn client_stops(&self) -> bool {
        self.stop_after.is_some_and(|after| after > Duration::ZERO)
    }

    /// When the client has certainly stopped an allocation that is lost: counted from the first time that it was, else
    /// from now (REC-518). `None` if the client does not stop it.
    pub fn stopped_at(&self, states: &[AllocState], now: Time) -> Option<Time> {
        let after = self.stop_after.filter(|_| self.client_stops())?;
        let lost = states.iter().filter(|state| is_client_status(state, "lost")).find_map(|state| state.time.time());
        Some(lost.unwrap_or(now) + after + self.kill_timeout.max(LEAST_KILL_TIMEOUT))
    }

    /// Until when a lost allocation's replacement is held back, if it is (REC-519).
    pub fn held_until(&self, states: &[AllocState], now: Time) -> Option<Time> {
        self.stopped_at(states, now).filter(|stopped| *stopped > now)
    }
}

/// Since when an allocation has been unknown, the latest time that it was: other states may follow. `None` if it never
/// was.
pub fn last_unknown(states: &[AllocState]) -> Option<Time> {
    let mut latest = states
        .iter()
        .rev()
        .filter(|state| state.field == CLIENT_STATUS)
        .skip_while(|state| state.value != UNKNOWN)
        .take_while(|state| state.value == UNKNOWN);
    let last = latest.next()?;
    latest.last().unwrap_or(last).time.time()
}

/// Whether the last that is known of an allocation is that it was unknown.
pub fn needs_to_reconnect(states: &[AllocState]) -> bool {
    states.iter().rev().find(|state| state.field == CLIENT_STATUS).is_some_and(|state| state.value == UNKNOWN)
}

/// The field of an entry about the client status.
const CLIENT_STATUS: u8 = 0;
const UNKNOWN: &str = "unknown";

fn is_client_status(state: &AllocState, value: &str) -> bool {
    state.field == CLIENT_STATUS && state.value == value
}
