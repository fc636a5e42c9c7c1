//! What an allocation's own record says about it: whether it moves, whether its node is gone too long (MODEL-211,
//! MODEL-212). Its group's settings are those of the job version that it runs.

use crate::{AllocState, Allocation, ClientStatus, DisconnectStrategy, Duration, TaskGroup, Time};

/// The shortest time that a client is given to end tasks.
const KILL_TIMEOUT_MIN: Duration = Duration::from_secs(5);

impl Allocation {
    /// Its group in the job version that it runs.
    pub fn group(&self) -> Option<&TaskGroup> {
        self.job.as_ref()?.group(&self.task_group)
    }

    fn disconnect(&self) -> Option<&DisconnectStrategy> {
        self.group()?.disconnect.as_ref()
    }

    /// Whether the content of its predecessor's disk follows it.
    pub fn should_migrate(&self) -> bool {
        let moves = !self.previous_allocation.is_empty() && !self.server_terminal();
        moves && self.group().is_some_and(|group| group.ephemeral_disk.migrate)
    }

    /// Its changes of client status, oldest first.
    fn client_states(&self) -> impl DoubleEndedIterator<Item = (&str, Option<Time>)> {
        let client = |state: &&AllocState| state.field == 0;
        self.alloc_states.iter().filter(client).map(|state| (&*state.value, state.time.time()))
    }

    /// When its node was last lost sight of: the first of the latest unbroken run of changes to `unknown`, even if others
    /// follow.
    pub fn last_unknown(&self) -> Option<Time> {
        let is_unknown = |value: &str| value == ClientStatus::Unknown.as_str();
        let latest = self.client_states().rev().skip_while(|(value, _)| !is_unknown(value));
        latest.take_while(|(value, _)| is_unknown(value)).last()?.1
    }

    /// Whether its node, if it answers again, still has to say what became of it.
    pub fn needs_to_reconnect(&self) -> bool {
        self.client_states().next_back().is_some_and(|(value, _)| value == ClientStatus::Unknown.as_str())
    }

    /// How long it may stay unknown; no time at all by default.
    fn lost_after(&self) -> Duration {
        self.disconnect().map_or(Duration::ZERO, |disconnect| disconnect.lost_after)
    }

    /// Until when it may stay unknown, if it became so at `now`.
    pub fn disconnect_timeout(&self, now: Time) -> Time {
        now + self.lost_after()
    }

    /// Whether it has been unknown for longer than its group allows. Never so without a job.
    ///
    /// ```
    /// use longshore_model::{AllocState, Allocation, ClientStatus, Job, Time};
    /// let unknown = AllocState { value: "unknown".into(), time: Time::from_secs(60).into(), ..Default::default() };
    /// let alloc = Allocation {
    ///     client_status: ClientStatus::Unknown,
    ///     alloc_states: [unknown].into(),
    ///     job: Some(Job::service("web").into()),
    ///     ..Allocation::default()
    /// };
    /// assert!(!alloc.expired(Time::from_secs(59)) && alloc.expired(Time::from_secs(60)));
    /// ```
    pub fn expired(&self, now: Time) -> bool {
        let unknown = self.job.is_some() && self.client_status == ClientStatus::Unknown;
        unknown && self.last_unknown().is_some_and(|since| since + self.lost_after() <= now)
    }

    /// Whether it is replaced while its node does not answer; so by default.
    pub fn replace_on_disconnect(&self) -> bool {
        self.disconnect().and_then(|disconnect| disconnect.replace).unwrap_or(true)
    }

    /// After how long its client itself stops it, once it has lost the engine.
    fn stop_on_client_after(&self) -> Option<Duration> {
        self.disconnect()?.stop_on_client_after.filter(|&after| after > Duration::ZERO)
    }

    /// Whether its client itself stops it, once it has lost the engine for a while.
    pub fn should_client_stop(&self) -> bool {
        self.stop_on_client_after().is_some()
    }

    /// By when its client has stopped it for certain, if its client does that and it was called lost: its tasks may take
    /// their time to end.
    pub fn wait_client_stop(&self) -> Option<Time> {
        let after = self.stop_on_client_after()?;
        let (_, lost) = self.client_states().find(|(value, _)| *value == ClientStatus::Lost.as_str())?;
        let kill = self.group()?.tasks.iter().map(|task| task.kill_timeout).fold(KILL_TIMEOUT_MIN, Ord::max);
        Some(lost? + after + kill)
    }
}
