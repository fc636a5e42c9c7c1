use crate::{
    Constraint, DelayFunction, Duration, Job, ReschedulePolicy, RestartPolicy, Service, Task, TaskGroup, UpdateStrategy,
};

use super::*;

/// A group that is valid in a service job.
fn group(name: &str) -> TaskGroup {
    TaskGroup {
        restart_policy: Some(RestartPolicy {
            interval: Duration::from_mins(1),
            mode: crate::RestartMode::Fail,
            ..RestartPolicy::default()
        }),
        reschedule_policy: Some(ReschedulePolicy::service()),
        ..TaskGroup::new(name).task(Task::new("t").driver("exec"))
    }
}

fn said(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

fn violations(job: Job) -> Vec<String> {
    said(&validate_stored(&job).violations)
}

#[test]
fn a_valid_job_says_nothing() {
    assert_eq!(validate_stored(&Job::service("web").with_group(group("g"))), Report::default());
}

/// Section 9, scenario 16: in the order of the rules (MODEL-90).
#[test]
fn model_93_to_99_an_empty_job() {
    let job = Job {
        region: String::new(),
        namespace: "".into(),
        kind: crate::JobType::unset(),
        datacenters: crate::List::NULL,
        ..Job::default()
    };
    assert_eq!(
        violations(job),
        [
            "Region: is missing; name the job's region (MODEL-93)",
            "ID: is missing; give the job an id (MODEL-94)",
            "Name: is missing; give the job a name, or leave the member out for the id (MODEL-95)",
            "Namespace: is missing; name the job's namespace (MODEL-96)",
            "Type: is missing; use service, batch, system or sysbatch (MODEL-97)",
            "Datacenters: is empty; name datacenters, or \"*\" for all (MODEL-98)",
            "TaskGroups: is empty; a job needs at least one group (MODEL-99)",
        ]
    );
}

/// Scenario 17.
#[test]
fn model_104_names_of_groups() {
    let job = Job::service("a").with_group(group("web")).with_group(group("web")).with_group(group(""));
    assert_eq!(
        violations(job),
        [
            "TaskGroups[1].Name: \"web\" is the name of TaskGroups[0] already; give each its own (MODEL-104)",
            "TaskGroups[2].Name: is missing; give the group a name (MODEL-104)",
            "TaskGroups[2].Name: is missing; give the group a name (MODEL-112)",
        ]
    );
}

/// Messages name what was found, as it was written, and what would be right.
#[test]
fn messages_name_what_was_found() {
    type Change = fn(&mut TaskGroup);
    let table: [(Change, &str); 6] = [
        (
            |group| group.update = Some(UpdateStrategy { max_parallel: -3, ..UpdateStrategy::default() }),
            "TaskGroups[0].Update.MaxParallel: -3 is negative; use 0 or more (MODEL-120)",
        ),
        (
            |group| group.tasks.make()[0].resources.memory_mb = 7,
            "TaskGroups[0].Tasks[0].Resources.MemoryMB: 7 MiB is too little; ask for 10 or more (MODEL-142)",
        ),
        (
            |group| group.tasks.make()[0].kill_timeout = Duration::from_secs(-90),
            "TaskGroups[0].Tasks[0].KillTimeout: -1m30s is negative; use 0 or more (MODEL-161)",
        ),
        (
            |group| group.constraints.push(Constraint::new("${node.regoin}", "=", "eu")),
            "TaskGroups[0].Constraints[0].LTarget: \"${node.regoin}\" is no attribute of nodes; use one below attr., \
             meta. or device., or one of ${node.unique.id} ${node.datacenter} ${node.unique.name} ${node.class} \
             ${node.pool} (MODEL-139)",
        ),
        (
            |group| group.services.push(Service { name: "a \"b\"".into(), ..Service::default() }),
            "TaskGroups[0].Services[0].Name: \"a \\\"b\\\"\" is no name of a service; use 1 to 63 letters, digits and \
             dashes, no dash first or last (MODEL-151)",
        ),
        (
            |group| {
                _ = group.volumes.insert("data", crate::VolumeRequest { kind: "tape".into(), ..Default::default() })
            },
            "TaskGroups[0].Volumes[\"data\"].Type: \"tape\" is unknown; use host or csi (MODEL-148)",
        ),
    ];
    for (change, message) in table {
        let mut group = group("g");
        change(&mut group);
        assert_eq!(violations(Job::service("a").with_group(group)), [message]);
    }
}

fn attempts(function: DelayFunction, attempts: i64, delay: i64, max_delay: i64, interval: i64) -> Vec<String> {
    let policy = ReschedulePolicy {
        attempts,
        interval: Duration::from_mins(interval),
        delay: Duration::from_mins(delay),
        delay_function: function,
        max_delay: Duration::from_mins(max_delay),
        unlimited: false,
    };
    let report = validate_stored(&Job::service("a").with_group(group("g").reschedule(policy)));
    report.violations.iter().filter_map(|fault| fault.about.as_deref()).map(str::to_owned).collect()
}

/// Scenarios 20 to 22.
#[test]
fn model_133_how_many_attempts_fit() {
    assert_eq!(attempts(DelayFunction::Constant, 10, 20, 0, 60), ["3", "3h20m0s"]);
    assert_eq!(attempts(DelayFunction::Exponential, 10, 5, 40, 30), ["3", "4h40m0s"]);
    assert_eq!(attempts(DelayFunction::Fibonacci, 10, 20, 80, 60), ["4", "8h0m0s"]);
    assert!(attempts(DelayFunction::Fibonacci, 10, 20, 80, 480).is_empty());
}

/// Sums saturate, and no count of attempts takes long.
#[test]
fn model_133_attempts_without_end() {
    for function in [DelayFunction::Constant, DelayFunction::Exponential, DelayFunction::Fibonacci] {
        for max_delay in [60, i64::MAX] {
            let found = attempts(function.clone(), i64::MAX, 20, max_delay, 24 * 60);
            assert_eq!(found.len(), 2, "{function}: {found:?}");
        }
    }
}

/// Names are compared in time nearly linear in their number.
#[test]
fn many_names_are_compared_quickly() {
    let mut job = Job::service("a");
    for _ in 0..2 {
        (0..10_000).for_each(|number| job.task_groups.push(group(&format!("group-{number}"))));
    }
    assert_eq!(validate_stored(&job).violations.len(), 10_000);
}
