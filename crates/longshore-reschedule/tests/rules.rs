//! Rules that recorded cases do not show by themselves, one test each.

use longshore_model::{
    AllocState, ClientStatus, DelayFunction, DesiredStatus, DesiredTransition, DisconnectStrategy, Duration, JobType,
    ReschedulePolicy, RescheduleTracker, Task, TaskGroup, Time,
};
use longshore_reschedule::disconnect::{DisconnectRules, last_unknown, lost_since, needs_to_reconnect};
use longshore_reschedule::{Filter, FollowUp, Subject, Verdict, policy_of};

fn secs(secs: i64) -> Duration {
    Duration::from_secs(secs)
}

fn at(secs: i64) -> Time {
    Time::from_secs(secs)
}

/// Every five seconds, without limit.
fn steady() -> ReschedulePolicy {
    ReschedulePolicy {
        delay: secs(5),
        delay_function: DelayFunction::Constant,
        unlimited: true,
        ..ReschedulePolicy::default()
    }
}

#[test]
fn rec_502_503_which_allocations_are_examined() {
    use ClientStatus as C;
    use DesiredStatus as D;
    use Filter::{Examine, Keep, Skip};
    let asked = |text: &str| DesiredTransition {
        reschedule: Some(text == "reschedule"),
        migrate_disable_placement: Some(text == "no placement"),
        ..DesiredTransition::default()
    };
    // desired, client, asked, succeeded, last attempt, then the verdict for batch and for service
    let table = [
        (D::Run, C::Complete, "", true, "", Keep, Skip),
        (D::Run, C::Failed, "", false, "", Examine, Examine),
        (D::Run, C::Lost, "", false, "", Keep, Skip),
        (D::Run, C::Unknown, "", false, "", Keep, Examine),
        (D::Stop, C::Failed, "", false, "", Skip, Skip),
        (D::Stop, C::Failed, "", false, "no placement", Examine, Examine),
        (D::Stop, C::Complete, "", true, "no placement", Keep, Examine),
        (D::Evict, C::Failed, "", false, "no placement", Skip, Examine),
        (D::Stop, C::Running, "reschedule", false, "", Examine, Skip),
        (D::Run, C::Running, "no placement", false, "", Keep, Examine),
    ];
    for (desired_status, client_status, word, succeeded, last, batch, service) in table {
        let tracker = RescheduleTracker { last_reschedule: last.into(), ..RescheduleTracker::default() };
        for (job_type, wanted) in [(JobType::Batch, batch), (JobType::Service, service)] {
            let subject = Subject {
                job_type,
                desired_status,
                client_status,
                transition: asked(word),
                tracker: Some(&tracker),
                ..Subject::new(None, at(0))
            };
            assert_eq!(subject.filter(succeeded), wanted, "{subject:?}");
        }
    }
}

#[test]
fn rec_504_a_rollout_judges_its_own_failures() {
    let policy = steady();
    let failed = Subject { client_status: ClientStatus::Failed, ..Subject::new(Some(&policy), at(0)) };
    let rolled_out = Subject { in_rollout: true, ..failed.clone() };
    assert_eq!(failed.verdict(FollowUp::None, at(10)), Verdict::Now(secs(5)));
    assert_eq!(rolled_out.verdict(FollowUp::None, at(10)), Verdict::Leave);
    let asked = DesiredTransition { reschedule: Some(true), ..DesiredTransition::default() };
    let asked = Subject { transition: asked, ..rolled_out };
    assert_eq!(asked.verdict(FollowUp::None, at(10)), Verdict::Now(secs(5)));
}

#[test]
fn rec_504_force_overrides_policy_and_state() {
    let forced = DesiredTransition { force_reschedule: Some(true), ..DesiredTransition::default() };
    let subject = Subject { transition: forced, ..Subject::new(None, at(0)) };
    assert_eq!(subject.verdict(FollowUp::Other, at(0)), Verdict::Now(Duration::ZERO));
}

#[test]
fn rec_602_a_disconnected_allocation_waits_for_its_delay() {
    let policy = ReschedulePolicy::service();
    let silent = Subject::new(Some(&policy), at(0));
    let rules = DisconnectRules::of(&TaskGroup::new("web"));
    let later = Verdict::Later(at(1030), secs(30));
    assert_eq!(silent.verdict_disconnecting(&rules, FollowUp::None, at(1000)), later);
    let unknown = Subject { client_status: ClientStatus::Unknown, ..silent.clone() };
    assert_eq!(unknown.verdict_unknown(at(1000), at(1030)), Verdict::Now(secs(30))); // REC-603
    let patient = DisconnectRules { replace: false, ..rules };
    assert_eq!(silent.verdict_disconnecting(&patient, FollowUp::None, at(1000)), Verdict::Leave);
}

#[test]
fn rec_511_defaults_by_type() {
    let group = TaskGroup::new("web");
    assert_eq!(policy_of(&group, &JobType::Service), Some(ReschedulePolicy::service()));
    assert_eq!(policy_of(&group, &JobType::Batch), Some(ReschedulePolicy::batch()));
    assert_eq!(policy_of(&group, &JobType::System), None);
    let own = group.reschedule(steady());
    assert_eq!(policy_of(&own, &JobType::System), Some(steady()));
}

fn states(entries: &[(&str, i64)]) -> Vec<AllocState> {
    let entry = |(value, secs): &(&str, i64)| AllocState { field: 0, value: (*value).into(), time: at(*secs).into() };
    entries.iter().map(entry).collect()
}

#[test]
fn rec_604_unknown_for_too_long_is_lost() {
    let group = TaskGroup {
        disconnect: Some(DisconnectStrategy { lost_after: secs(60), ..DisconnectStrategy::default() }),
        ..TaskGroup::new("web")
    };
    let rules = DisconnectRules::of(&group);
    let history = states(&[("unknown", 10), ("running", 20), ("unknown", 30), ("unknown", 40)]);
    assert_eq!(last_unknown(&history), Some(at(30)));
    assert!(needs_to_reconnect(&history));
    let expired = |status, now| rules.expired(status, &history, at(now));
    assert!(!expired(ClientStatus::Unknown, 89));
    assert!(expired(ClientStatus::Unknown, 90));
    assert!(!expired(ClientStatus::Running, 1000));
    assert!(!rules.expired(ClientStatus::Unknown, &[], at(1000)));
}

#[test]
fn rec_518_519_a_client_that_stops_by_itself_is_given_the_time() {
    let task = Task { kill_timeout: secs(20), ..Task::new("server") };
    let strategy = DisconnectStrategy { stop_on_client_after: Some(secs(60)), ..DisconnectStrategy::default() };
    let group = TaskGroup { disconnect: Some(strategy), ..TaskGroup::new("web") }.task(task);
    let rules = DisconnectRules::of(&group);
    let history = states(&[("unknown", 10), ("lost", 100), ("lost", 200)]);
    assert_eq!(lost_since(&history), Some(at(100)));
    assert_eq!(rules.stopped_by(at(100)), Some(at(180)));
    assert_eq!(rules.held_until(&[], at(500)), Some(at(580)));
    assert_eq!((rules.held_until(&history, at(179)), rules.held_until(&history, at(180))), (Some(at(180)), None));
    let at_once = DisconnectStrategy { stop_on_client_after: Some(Duration::ZERO), ..DisconnectStrategy::default() };
    let rules = DisconnectRules::of(&TaskGroup { disconnect: Some(at_once), ..TaskGroup::new("web") });
    assert_eq!(rules.stopped_by(at(0)), None); // only more than zero counts
}
