//! Whether and when one allocation is placed again (REC-502 to REC-506).

use longshore_model::{
    ClientStatus, DesiredStatus, DesiredTransition, Duration, JobType, Map, ReschedulePolicy, RescheduleTracker,
    TaskGroup, TaskState, Time,
};

use crate::disconnect::DisconnectRules;
use crate::{Attempts, last_failed, next_delay};

/// The group's policy, or the default of the job's type, which may be none (REC-511).
pub fn policy_of(group: &TaskGroup, kind: &JobType) -> Option<ReschedulePolicy> {
    let default = || Some(ReschedulePolicy::of(kind)).filter(ReschedulePolicy::enabled);
    group.reschedule_policy.clone().or_else(default)
}

/// When an allocation failed: the latest end of its tasks, else its last change (REC-505).
pub fn fail_time(task_states: &Map<TaskState>, modify_time: Time) -> Time {
    task_states.values().filter_map(|task| task.finished_at.time()).max().unwrap_or(modify_time)
}

/// What rescheduling looks at of an allocation.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The policy of its group, in its own version of the job; `None` for none.
    pub policy: Option<&'a ReschedulePolicy>,
    /// The type of its job.
    pub job_type: JobType,
    /// What it should do.
    pub desired_status: DesiredStatus,
    /// What it does.
    pub client_status: ClientStatus,
    /// What it is asked to do next.
    pub transition: DesiredTransition,
    /// What its chain remembers.
    pub tracker: Option<&'a RescheduleTracker>,
    /// When it failed: [`fail_time`].
    pub fail_time: Time,
    /// Whether it belongs to the job's current deployment, and that is active.
    pub in_rollout: bool,
}

/// When an attempt is due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Due {
    /// The time.
    pub at: Time,
    /// How long the attempt is held back until then.
    pub delay: Duration,
    /// Whether the policy has an attempt left (REC-506).
    pub eligible: bool,
}

/// Which evaluation an allocation already waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FollowUp {
    /// None.
    None,
    /// The one that is being processed.
    This,
    /// Another.
    Other,
}

/// What is to be done about a failed allocation (REC-504).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Place it again now, after a delay of this length.
    Now(Duration),
    /// Look at it again then, after a delay of this length.
    Later(Time, Duration),
    /// Nothing: it waits already, or is never placed again.
    Leave,
}

/// Whether rescheduling concerns an allocation at all (REC-502, REC-503).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Filter {
    /// It holds its name as it is: its work is done, or goes on.
    Keep,
    /// It is over and leaves its name.
    Skip,
    /// Ask for the [`Verdict`].
    Examine,
}

/// Due this soon is due now: the evaluation itself takes as long (REC-504).
const SOON: Duration = Duration::from_secs(1);

impl<'a> Subject<'a> {
    /// A running allocation of a service job, without history: what to start from.
    pub fn new(policy: Option<&'a ReschedulePolicy>, fail_time: Time) -> Subject<'a> {
        Subject {
            policy,
            job_type: JobType::Service,
            desired_status: DesiredStatus::Run,
            client_status: ClientStatus::Running,
            transition: DesiredTransition::default(),
            tracker: None,
            fail_time,
            in_rollout: false,
        }
    }

    /// Whether rescheduling concerns it (REC-502 for batch jobs, REC-503 for the others). `succeeded` says that all
    /// its tasks ended well.
    pub fn filter(&self, succeeded: bool) -> Filter {
        if self.job_type == JobType::Batch { self.filter_batch(succeeded) } else { self.filter_service() }
    }

    fn filter_batch(&self, succeeded: bool) -> Filter {
        if self.transition.migrate_disable_placement == Some(true) {
            return Filter::Keep;
        }
        if self.transition.should_reschedule() {
            return Filter::Examine;
        }
        match (self.desired_status, self.client_status) {
            (DesiredStatus::Stop, _) if succeeded => Filter::Keep,
            (DesiredStatus::Stop, _) if last_failed(self.tracker) => Filter::Examine,
            (DesiredStatus::Stop | DesiredStatus::Evict, _) => Filter::Skip,
            (DesiredStatus::Run, ClientStatus::Failed) => Filter::Examine,
            (DesiredStatus::Run, _) => Filter::Keep,
        }
    }

    fn filter_service(&self) -> Filter {
        match (self.desired_status, self.client_status) {
            (DesiredStatus::Stop | DesiredStatus::Evict, _) if last_failed(self.tracker) => Filter::Examine,
            (DesiredStatus::Stop | DesiredStatus::Evict, _) => Filter::Skip,
            (DesiredStatus::Run, ClientStatus::Complete | ClientStatus::Lost) => Filter::Skip,
            (DesiredStatus::Run, _) => Filter::Examine,
        }
    }

    /// When it is due, counted from its failure; `None` if its state allows no attempt (REC-505).
    pub fn due(&self) -> Option<Due> {
        if self.gate() { self.due_from(self.fail_time) } else { None }
    }

    /// When it is due, counted from `start`, whatever its state; `None` without a policy (REC-506). What a
    /// disconnected allocation goes by.
    pub fn due_from(&self, start: Time) -> Option<Due> {
        let policy = self.policy?;
        // The series starts anew by the failure, wherever the delay is counted from.
        let delay = next_delay(policy, self.tracker, self.fail_time);
        let eligible = policy.unlimited
            || policy.attempts > 0
                && self.tracker.is_none_or(|tracker| {
                    // REC-506 (Q): a tracker that never had a list leaves nothing.
                    let attempts = Attempts::count(policy, self.tracker, start);
                    !tracker.events.is_null() && attempts.left() && delay < policy.interval
                });
        Some(Due { at: start + delay, delay, eligible })
    }

    /// REC-505: a state from which allocations are placed again.
    fn gate(&self) -> bool {
        let Some(policy) = self.policy else { return false };
        let ended = matches!(self.client_status, ClientStatus::Failed | ClientStatus::Lost);
        let asked = self.job_type == JobType::Batch && self.transition.should_reschedule();
        let stopped = self.desired_status == DesiredStatus::Stop && !last_failed(self.tracker);
        (policy.attempts != 0 || policy.unlimited) && !stopped && (ended || asked)
    }

    /// Whether attempts are left by number, at the time of the failure; neither state nor delay counts.
    pub fn attempts_left(&self) -> bool {
        let limited = |policy: &&ReschedulePolicy| Attempts::count(policy, self.tracker, self.fail_time).left();
        self.policy.filter(|policy| policy.enabled()).is_some_and(|policy| policy.unlimited || limited(&policy))
    }

    /// Whether a report of its failure calls for an evaluation: it failed, should run, and attempts are left.
    pub fn should_reschedule(&self) -> bool {
        self.client_status == ClientStatus::Failed && !self.desired_status.is_terminal() && self.attempts_left()
    }

    /// What is to be done at `now` about an allocation that ended or was asked to move (REC-504).
    pub fn verdict(&self, follow_up: FollowUp, now: Time) -> Verdict {
        self.judge(self.due(), follow_up, now)
    }

    /// The same for one whose node stops answering at `now`: its state does not matter, but its group may not want it
    /// replaced meanwhile.
    pub fn verdict_disconnecting(&self, rules: &DisconnectRules, follow_up: FollowUp, now: Time) -> Verdict {
        let due = if rules.replace { self.due_from(now) } else { None };
        self.judge(due, follow_up, now)
    }

    /// The same for one that has been unknown since some time, at the evaluation that it waits for.
    pub fn verdict_unknown(&self, since: Time, now: Time) -> Verdict {
        self.judge(self.due_from(since), FollowUp::This, now)
    }

    fn judge(&self, due: Option<Due>, follow_up: FollowUp, now: Time) -> Verdict {
        if self.in_rollout && !self.transition.should_reschedule() {
            return Verdict::Leave; // the rollout's to judge
        }
        if self.transition.should_force_reschedule() {
            let delay = self.policy.map_or(Duration::ZERO, |policy| next_delay(policy, self.tracker, self.fail_time));
            return Verdict::Now(delay);
        }
        match due {
            Some(Due { at, delay, eligible: true }) if follow_up == FollowUp::This || at - now <= SOON => {
                Verdict::Now(delay)
            }
            Some(Due { at, delay, eligible: true }) if follow_up == FollowUp::None => Verdict::Later(at, delay),
            _ => Verdict::Leave,
        }
    }
}
