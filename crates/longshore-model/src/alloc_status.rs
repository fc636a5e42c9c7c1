//! What an allocation's own record says about it: whether it moves, whether its node is gone too long (MODEL-211,
//! MODEL-212). Its group's settings are those of the job version that it runs.

use crate::disconnect::{DisconnectRules, last_unknown, lost_since, needs_to_reconnect};
use crate::{Allocation, TaskGroup, Time};

impl Allocation {
    /// Its group in the job version that it runs.
    pub fn group(&self) -> Option<&TaskGroup> {
        self.job.as_ref()?.group(&self.task_group)
    }

    /// What its group says about silent nodes.
    fn disconnect(&self) -> DisconnectRules {
        self.group().map_or_else(DisconnectRules::default, DisconnectRules::of)
    }

    /// Whether the content of its predecessor's disk follows it.
    pub fn should_migrate(&self) -> bool {
        let moves = !self.previous_allocation.is_empty() && !self.server_terminal();
        moves && self.group().is_some_and(|group| group.ephemeral_disk.migrate)
    }

    /// When its node was last lost sight of: the first of the latest unbroken run of changes to `unknown`, even if others
    /// follow.
    pub fn last_unknown(&self) -> Option<Time> {
        last_unknown(&self.alloc_states)
    }

    /// Whether its node, if it answers again, still has to say what became of it.
    pub fn needs_to_reconnect(&self) -> bool {
        needs_to_reconnect(&self.alloc_states)
    }

    /// Until when it may stay unknown, if it became so at `now`.
    pub fn disconnect_timeout(&self, now: Time) -> Time {
        self.disconnect().lost_at(now)
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
        self.job.is_some() && self.disconnect().expired(self.client_status, &self.alloc_states, now)
    }

    /// Whether it is replaced while its node does not answer; so by default.
    pub fn replace_on_disconnect(&self) -> bool {
        self.disconnect().replace
    }

    /// Whether its client itself stops it, once it has lost the engine for a while.
    pub fn should_client_stop(&self) -> bool {
        self.disconnect().stop_after.is_some()
    }

    /// By when its client has stopped it for certain, if its client does that and it was called lost: its tasks may take
    /// their time to end.
    pub fn wait_client_stop(&self) -> Option<Time> {
        self.disconnect().stopped_by(lost_since(&self.alloc_states)?)
    }
}
