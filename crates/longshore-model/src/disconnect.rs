//! What a node's silence means for its allocations (MODEL-24, MODEL-212, REC-515, REC-518, REC-519, REC-604).

use crate::{AllocState, ClientStatus, DisconnectStrategy, Duration, Reconcile, TaskGroup, Time};

/// A group's rules for the time in which a node does not answer.
///
/// ```
/// use longshore_model::disconnect::DisconnectRules;
/// use longshore_model::{DisconnectStrategy, Duration, TaskGroup, Time};
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
    /// When the client itself stops it, more than zero; `None` for never.
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

/// Those of a group that says nothing: allocations are lost at once, and replaced.
impl Default for DisconnectRules {
    fn default() -> Self {
        DisconnectRules::from_strategy(&DisconnectStrategy::default(), Duration::ZERO)
    }
}

impl DisconnectRules {
    /// The rules of a group, as the allocation's own version of the job has it.
    pub fn of(group: &TaskGroup) -> DisconnectRules {
        let kill_timeout = group.tasks.iter().map(|task| task.kill_timeout).max().unwrap_or_default();
        match &group.disconnect {
            Some(strategy) => DisconnectRules::from_strategy(strategy, kill_timeout),
            None => DisconnectRules { kill_timeout, ..DisconnectRules::default() },
        }
    }

    fn from_strategy(strategy: &DisconnectStrategy, kill_timeout: Duration) -> DisconnectRules {
        DisconnectRules {
            lost_after: strategy.lost_after,
            stop_after: strategy.stop_on_client_after.filter(|after| *after > Duration::ZERO),
            replace: strategy.replace.unwrap_or(true),
            reconcile: strategy.reconcile.clone(),
            kill_timeout,
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

    /// When the client has stopped an allocation for certain that was lost at some time (REC-518): its tasks may take
    /// their time to end. `None` if the client does not stop it.
    pub fn stopped_by(&self, lost: Time) -> Option<Time> {
        Some(lost + self.stop_after? + self.kill_timeout.max(LEAST_KILL_TIMEOUT))
    }

    /// Until when a lost allocation's replacement is held back, if it is: counted from the first time that it was lost,
    /// else from now (REC-518, REC-519).
    pub fn held_until(&self, states: &[AllocState], now: Time) -> Option<Time> {
        self.stopped_by(lost_since(states).unwrap_or(now)).filter(|stopped| *stopped > now)
    }
}

/// The client statuses that an allocation went through, oldest first, and when.
fn client_statuses(states: &[AllocState]) -> impl DoubleEndedIterator<Item = (&str, Option<Time>)> {
    let client = |state: &&AllocState| state.field == 0;
    states.iter().filter(client).map(|state| (state.value.as_str(), state.time.time()))
}

fn is(status: ClientStatus) -> impl Fn(&(&str, Option<Time>)) -> bool {
    move |(value, _)| *value == status.as_str()
}

/// Since when an allocation was unknown: the first of the latest unbroken run of changes to it, even if others follow
/// (MODEL-212).
pub fn last_unknown(states: &[AllocState]) -> Option<Time> {
    let unknown = is(ClientStatus::Unknown);
    let latest = client_statuses(states).rev().skip_while(|status| !unknown(status));
    latest.take_while(&unknown).last()?.1
}

/// When an allocation was first called lost.
pub fn lost_since(states: &[AllocState]) -> Option<Time> {
    client_statuses(states).find(is(ClientStatus::Lost))?.1
}

/// Whether an allocation's node, if it answers again, still has to say what became of it (MODEL-212).
pub fn needs_to_reconnect(states: &[AllocState]) -> bool {
    client_statuses(states).next_back().is_some_and(|status| is(ClientStatus::Unknown)(&status))
}
