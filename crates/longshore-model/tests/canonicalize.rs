//! From documents to canonical jobs: scenarios of the rules, what doing it twice gives, what builders make
//! (MODEL-62 to MODEL-88).

mod filler;

use filler::Filler;
use longshore_model::validate::{validate, validate_stored};
use longshore_model::wire::{Encoded, Form, Wire};
use longshore_model::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};
use serde_json::{Value, json};

fn document(text: &str) -> document::Job {
    from_json(text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

fn canonical(text: &str) -> Job {
    document(text).canonicalize(&Request::default(), &Cluster::default())
}

/// A value inside a job's JSON, by JSON pointer.
fn at(job: &Job, pointer: &str) -> Value {
    let job: Value = serde_json::from_str(&to_json(job, Form::Full)).expect("our own JSON");
    job.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {job}")).clone()
}

/// What absent means, by type of job (MODEL-63, MODEL-67 to MODEL-69, MODEL-82).
#[test]
fn types_have_defaults() {
    let second = 1_000_000_000_i64;
    for (kind, update, restart, reschedule, migrate) in [
        ("service", true, Some(2), Some(true), true),
        ("batch", false, Some(3), Some(false), false),
        ("system", true, Some(2), None, false),
        ("sysbatch", false, Some(3), None, false),
        ("weird", false, Some(3), Some(false), false),
    ] {
        let job = canonical(&json!({"ID": "a", "Type": kind, "TaskGroups": [{"Name": "g"}]}).to_string());
        let group = &job.task_groups[0];
        assert_eq!(group.update.is_some(), update, "{kind}");
        assert_eq!(job.update.stagger.0, if update { 30 * second } else { 0 }, "{kind}");
        assert_eq!(group.restart_policy.as_ref().map(|policy| policy.attempts), restart, "{kind}");
        assert_eq!(group.reschedule_policy.as_ref().map(|policy| policy.unlimited), reschedule, "{kind}");
        assert_eq!(group.migrate.is_some(), migrate, "{kind}");
    }
}

/// Absent differs from zero.
#[test]
fn absent_is_not_zero() {
    let group = |members: &str| format!(r#"{{"ID": "a", "TaskGroups": [{{"Name": "g", {members}}}]}}"#);
    let task = |members: &str| group(&format!(r#""Tasks": [{{"Name": "t", {members}}}]"#));
    for (text, pointer, expected) in [
        (r#"{"ID": "a"}"#.to_string(), "/Name", json!("a")),
        (r#"{"ID": "a", "Name": ""}"#.into(), "/Name", json!("")),
        (r#"{"Priority": null}"#.into(), "/Priority", json!(50)),
        (r#"{"Priority": 0}"#.into(), "/Priority", json!(50)),
        (r#"{"Priority": -1}"#.into(), "/Priority", json!(-1)),
        (r#"{"Datacenters": []}"#.into(), "/Datacenters", json!(["*"])),
        (r#"{"Update": {"MaxParallel": 0}}"#.into(), "/Update/Stagger", json!(0)),
        (r#"{"Status": "running", "Stable": true, "Version": 7}"#.into(), "/Status", json!("")),
        (r#"{"Status": "running", "Stable": true, "Version": 7}"#.into(), "/Version", json!(7)),
        (group(r#""Count": 0"#), "/TaskGroups/0/Count", json!(0)),
        (group(r#""Scaling": {"Min": 3, "Max": 5}"#), "/TaskGroups/0/Count", json!(3)),
        (group(r#""Scaling": {"Min": 3}"#), "/TaskGroups/0/Scaling/Max", json!(-1)),
        (group(r#""Count": 4, "Scaling": {}"#), "/TaskGroups/0/Scaling/Min", json!(4)),
        (group(r#""Disconnect": {}"#), "/TaskGroups/0/Disconnect/Replace", json!(true)),
        (group(r#""Disconnect": {"Replace": false}"#), "/TaskGroups/0/Disconnect/Replace", json!(false)),
        (group(r#""MaxClientDisconnect": 5"#), "/TaskGroups/0/MaxClientDisconnect", Value::Null),
        (group(r#""Volumes": {"v": {"Type": "tape"}}"#), "/TaskGroups/0/Volumes", json!({})),
        (group(r#""Volumes": {}"#), "/TaskGroups/0/Volumes", Value::Null),
        (task(r#""Resources": {"Cores": 2}"#), "/TaskGroups/0/Tasks/0/Resources/CPU", json!(0)),
        (task(r#""Resources": {"Cores": null}"#), "/TaskGroups/0/Tasks/0/Resources/CPU", json!(100)),
        (task(r#""Resources": {"DiskMB": 50}"#), "/TaskGroups/0/Tasks/0/Resources/DiskMB", json!(0)),
        (task(r#""KillTimeout": 0"#), "/TaskGroups/0/Tasks/0/KillTimeout", json!(5_000_000_000_i64)),
        (task(r#""Affinities": [{"Weight": 0}]"#), "/TaskGroups/0/Tasks/0/Affinities/0/Weight", json!(0)),
        (task(r#""Affinities": [{}]"#), "/TaskGroups/0/Tasks/0/Affinities/0/Weight", json!(50)),
        (task(r#""VolumeMounts": [null, {}]"#), "/TaskGroups/0/Tasks/0/VolumeMounts", Value::Null),
        (task(r#""Identities": [{"Audience": ["x"]}]"#), "/TaskGroups/0/Tasks/0/Identities", json!([])),
    ] {
        assert_eq!(at(&canonical(&text), pointer), expected, "{pointer} of {text}");
    }
}

/// Job, group and type state policies together (MODEL-66, MODEL-67, MODEL-74).
#[test]
fn policies_are_laid_over_each_other() {
    let job = canonical(
        r#"{"ID": "a", "Update": {"MaxParallel": 2}, "Reschedule": {"Attempts": 5, "Interval": 3600, "Unlimited": false},
            "TaskGroups": [{"Name": "g", "Update": {"Canary": 1}, "ReschedulePolicy": {"Attempts": 2},
            "RestartPolicy": {"Attempts": 9}, "Tasks": [{"Name": "t", "RestartPolicy": {"Delay": 1}}]}]}"#,
    );
    let group = &job.task_groups[0];
    assert_eq!(group.update, Some(UpdateStrategy { max_parallel: 2, canary: 1, ..UpdateStrategy::default() }));
    assert_eq!((job.update.max_parallel, job.update.canary, job.update.health_check.as_str()), (2, 0, ""));
    let reschedule =
        ReschedulePolicy { attempts: 2, interval: Duration(3600), unlimited: false, ..ReschedulePolicy::service() };
    assert_eq!(group.reschedule_policy, Some(reschedule));
    let restart = RestartPolicy { attempts: 9, ..RestartPolicy::of(&JobType::Service) };
    assert_eq!(group.restart_policy.as_ref(), Some(&restart));
    assert_eq!(group.tasks[0].restart_policy, Some(RestartPolicy { delay: Duration(1), ..restart }));
}

/// Mesh settings are kept as they are, but for what reads as a task's own.
#[test]
fn mesh_settings_are_filled_in_where_they_are_a_tasks() {
    let mesh = |connect: Value| {
        let service = json!({"Name": "s", "Connect": connect});
        let text = json!({"ID": "a", "TaskGroups": [{"Name": "g", "Services": [service]}]}).to_string();
        at(&canonical(&text), "/TaskGroups/0/Services/0/Connect")
    };
    let kept = json!({"Native": true, "SidecarService": {"Port": "p", "Tags": []}, "Own": null});
    assert_eq!(mesh(kept.clone()), kept);
    assert_eq!(
        mesh(
            json!({"SidecarTask": {"Resources": {"CPU": 99}, "LogConfig": {"MaxFiles": 1}, "VolumeMounts": [{"Volume": "v"}]}})
        ),
        json!({"SidecarTask": {
            "Resources": {"CPU": 99, "Cores": 0, "MemoryMB": 300},
            "LogConfig": {"MaxFiles": 1, "MaxFileSizeMB": 10, "Disabled": false},
            "VolumeMounts": [{"Volume": "v", "ReadOnly": false, "PropagationMode": "private", "SELinuxLabel": ""}],
        }})
    );
    assert_eq!(
        mesh(json!({"Gateway": {"Ingress": {"Listeners": [{"Port": 1}, {"Protocol": "http"}]}}})),
        json!({"Gateway": {"Ingress": {"Listeners": [{"Port": 1, "Protocol": "tcp"}, {"Protocol": "http"}]}}})
    );
    let odd = json!({"SidecarTask": {"Resources": {"CPU": "many"}, "LogConfig": 5, "VolumeMounts": {}}});
    assert_eq!(mesh(odd.clone()), odd);
}

/// MODEL-79: the request's word counts more than the job's, the engine's least.
#[test]
fn requests_name_region_and_namespace() {
    let place = |text: &str, region: &str, namespace: &str| {
        let request = Request { region: region.into(), namespace: namespace.into() };
        let job = document(text).canonicalize(&request, &Cluster { region: "eu".into(), ..Cluster::default() });
        (job.region, job.namespace.to_string())
    };
    let expect = |region: &str, namespace: &str| (region.to_string(), namespace.to_string());
    assert_eq!(place("{}", "", ""), expect("eu", "default"));
    assert_eq!(place(r#"{"Region": "global", "Namespace": ""}"#, "", ""), expect("eu", "default"));
    assert_eq!(place(r#"{"Region": "us", "Namespace": "lab"}"#, "", ""), expect("us", "lab"));
    assert_eq!(place(r#"{"Region": "us", "Namespace": "lab"}"#, "asia", "ops"), expect("asia", "ops"));
}

/// What Rust builds is what the same words in a document become.
#[test]
fn builders_make_canonical_jobs() {
    for (built, text) in [
        (Job::service("web"), r#"{"ID": "web"}"#),
        (Job::batch("train"), r#"{"ID": "train", "Type": "batch"}"#),
        (Job::new("log", JobType::System), r#"{"ID": "log", "Type": "system"}"#),
        (
            Job::service("web")
                .with_group(TaskGroup::new("front").count(3).task(Task::new("server").driver("exec").cpu(500))),
            r#"{"ID": "web", "TaskGroups": [{"Name": "front", "Count": 3,
                "Tasks": [{"Name": "server", "Driver": "exec", "Resources": {"CPU": 500}}]}]}"#,
        ),
        (
            Job::batch("train")
                .priority(70)
                .node_pool("gpu")
                .datacenters(&["north"])
                .constraint("${attr.arch}", "=", "amd64")
                .with_group(
                    TaskGroup::new("g")
                        .disk_mb(10)
                        .constraint("${meta.rack}", "is_set", "")
                        .reschedule(ReschedulePolicy { attempts: 3, ..ReschedulePolicy::batch() })
                        .task(Task::new("t").memory_mb(64).device(RequestedDevice::new("gpu").count(2))),
                ),
            r#"{"ID": "train", "Type": "batch", "Priority": 70, "NodePool": "gpu", "Datacenters": ["north"],
                "Constraints": [{"LTarget": "${attr.arch}", "Operand": "=", "RTarget": "amd64"}],
                "TaskGroups": [{"Name": "g", "EphemeralDisk": {"SizeMB": 10}, "ReschedulePolicy": {"Attempts": 3},
                    "Constraints": [{"LTarget": "${meta.rack}", "Operand": "is_set"}],
                    "Tasks": [{"Name": "t", "Resources": {"MemoryMB": 64, "Devices": [{"Name": "gpu", "Count": 2}]}}]}]}"#,
        ),
        (
            Job::new("log", JobType::SysBatch).with_group(TaskGroup::new("g").task(Task::new("t"))),
            r#"{"ID": "log", "Type": "sysbatch", "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t"}]}]}"#,
        ),
    ] {
        assert_eq!(built, canonical(text), "{text}");
    }
}

/// Jobs as a host may chain them together, from words and numbers that are mostly good.
fn built() -> impl Strategy<Value = Job> {
    let word = || prop_oneof![8 => "[a-c]", 1 => prop::sample::select(vec!["", "a b", "a/b", "alloc", "\0", "${x"]).prop_map(str::to_string)];
    let number = || prop_oneof![8 => 1..100i64, 1 => -1..1i64, 1 => any::<i64>()];
    let some = |weight| prop::option::weighted(weight, number());
    let rule = || {
        prop::option::weighted(
            0.2,
            (
                prop::sample::select(vec!["${attr.arch}", "${x", ""]),
                prop::sample::select(vec!["=", "version", "regexp", "?"]),
                word(),
            ),
        )
    };
    let share = prop::option::weighted(0.2, (word(), any::<u32>(), 0..3u64));
    let task =
        (word(), word(), some(0.5), some(0.5), share, rule()).prop_map(|(name, driver, cpu, memory, device, rule)| {
            let task = Task::new(&name).driver(&driver);
            let task = cpu.into_iter().fold(task, Task::cpu);
            let task = memory.map(|mib| mib.saturating_add(10)).into_iter().fold(task, Task::memory_mb);
            let task = device.into_iter().fold(task, |task, (name, share, count)| {
                let device = RequestedDevice::new(&name);
                task.device(if share % 2 == 0 { device.share(share) } else { device.count(count) })
            });
            rule.iter().fold(task, |task, (left, operand, right)| task.constraint(left, operand, right))
        });
    let reschedule =
        prop::option::weighted(0.2, prop::sample::select(vec![ReschedulePolicy::batch(), ReschedulePolicy::service()]));
    let tasks = prop::collection::vec(task, 1..3);
    let group = (word(), some(0.5), tasks, some(0.1), reschedule, rule()).prop_map(
        |(name, count, tasks, disk, policy, rule)| {
            let group = tasks.into_iter().fold(TaskGroup::new(&name), TaskGroup::task);
            let group = count.into_iter().fold(group, TaskGroup::count);
            let group = disk.map(|mib| mib.saturating_add(300)).into_iter().fold(group, TaskGroup::disk_mb);
            let group = policy.into_iter().fold(group, TaskGroup::reschedule);
            rule.iter().fold(group, |group, (left, operand, right)| group.constraint(left, operand, right))
        },
    );
    let kind = prop::sample::select(vec!["service", "batch", "system", "sysbatch", "service", "batch", "_core", "odd"]);
    let job = (
        word(),
        kind,
        some(0.3),
        prop::option::weighted(0.2, word()),
        prop::option::weighted(0.3, prop::collection::vec(word(), 0..3)),
        rule(),
    );
    (job, prop::collection::vec(group, 1..3)).prop_map(|((id, kind, priority, pool, datacenters, rule), groups)| {
        let job = Job::new(&id, JobType::from_text(kind));
        let job = priority.into_iter().fold(job, Job::priority);
        let job = pool.iter().fold(job, |job, pool| job.node_pool(pool));
        let job = datacenters
            .iter()
            .fold(job, |job, names| job.datacenters(&names.iter().map(String::as_str).collect::<Vec<_>>()));
        let job = rule.iter().fold(job, |job, (left, operand, right)| job.constraint(left, operand, right));
        groups.into_iter().fold(job, Job::with_group)
    })
}

/// Stored form is taken as it is.
#[test]
fn stored_form_is_not_filled_in() {
    let job = document(r#"{"TaskGroups": [{"Name": "g", "EphemeralDisk": null, "Tasks": [{"LogConfig": null}]}]}"#)
        .into_stored();
    let group = &job.task_groups[0];
    assert!(group.ephemeral_disk.is_null() && group.restart_policy.is_none());
    assert!(group.tasks[0].resources.is_null() && group.tasks[0].log_config.is_none());
    assert_eq!((job.priority, &*job.region, job.datacenters.is_null()), (0, "", true));
    assert_eq!(from_json(&to_json(&job, Form::Full)), Ok(job));
}

/// The constraint of MODEL-88 and that of a catalogue's partition, which are appended every time.
fn appended_again(constraint: &Constraint) -> bool {
    (&*constraint.ltarget, &*constraint.rtarget) == ("${attr.nomad.version}", ">= 1.7.0-a")
        || (constraint.ltarget.starts_with("${attr.consul.") && constraint.ltarget.ends_with("partition}"))
}

/// Takes them out.
fn without_appended(mut job: Job) -> Job {
    let keep = |constraints: &mut List<Constraint>| {
        *constraints = std::mem::take(constraints).into_iter().filter(|one| !appended_again(one)).collect();
    };
    for group in job.task_groups.as_mut_slice() {
        keep(&mut group.constraints);
        group.tasks.as_mut_slice().iter_mut().for_each(|task| keep(&mut task.constraints));
    }
    job
}

fn filler() -> Filler {
    macro_rules! members {
        ($module:ident: $($name:ident)*) => { [$((stringify!($name), $module::$name::MEMBERS)),*] };
    }
    let same = members! { longshore_model:
        Action CniConfig Constraint DispatchPayload DnsConfig Lifecycle MountOptions Port ScheduleCron Secret
        ServiceWeights SpreadTarget TaskSchedule VersionTag VolumeRequest WaitConfig WorkloadIdentity
    };
    let own = members! { document:
        Affinity ChangeScript CheckRestart Consul CsiPluginConfig DisconnectStrategy EphemeralDisk Job JobUi JobUiLink
        LogConfig MigrateStrategy Multiregion MultiregionRegion MultiregionStrategy NetworkResource Numa
        ParameterizedJob PeriodicConfig RequestedDevice ReschedulePolicy Resources RestartPolicy ScalingPolicy Service
        ServiceCheck Spread Task TaskArtifact TaskGroup Template UpdateStrategy Vault VolumeMount
    };
    Filler::new(same.into_iter().chain(own))
}

/// A complaint that names the first member to differ.
fn same_when_done_twice<T: Wire + Clone + PartialEq>(once: &T, stage: impl Fn(&mut T)) -> Result<(), TestCaseError> {
    let mut twice = once.clone();
    stage(&mut twice);
    if twice == *once {
        return Ok(());
    }
    let lines = |job: &T| serde_json::to_string_pretty(&Encoded(job, Form::Full)).expect("JSON");
    let (once, twice) = (lines(once), lines(&twice));
    let parting = once.lines().zip(twice.lines()).position(|(a, b)| a != b).unwrap_or(0);
    let around = |text: &str| text.lines().skip(parting.saturating_sub(8)).take(10).collect::<Vec<_>>().join("\n");
    Err(TestCaseError::fail(format!("{}\nbecame\n{}", around(&once), around(&twice))))
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, ..Config::default() })]

    /// Each stage gives what doing it twice gives, but for what the reference appends each time, and for several default
    /// identities; the result comes back from its JSON.
    #[test]
    fn canonical_jobs_stay_canonical(choices in prop::collection::vec(any::<u32>(), 0..3000)) {
        let mut filled: document::Job = filler().fill(&choices);
        filled.fill_defaults();
        same_when_done_twice(&filled, document::Job::fill_defaults)?;

        let mut job = filled.into_submitted(&Request::default(), &Cluster::default());
        job.complete();
        let mut identities = job.task_groups.iter().flat_map(|group| &*group.tasks).flat_map(|task| &*task.identities);
        if identities.all(|identity| identity.name != "default") {
            same_when_done_twice(&job, Job::complete)?;
        }
        job.admit(&Cluster::default());
        same_when_done_twice(&without_appended(job.clone()), |job| {
            job.admit(&Cluster::default());
            *job = without_appended(std::mem::take(job));
        })?;
        for form in [Form::Full, Form::Present, Form::Sparse] {
            prop_assert!(from_json::<Job>(&to_json(&job, form)).as_ref() == Ok(&job), "{form:?} loses something");
        }
    }

    /// Builders return a valid job, which is its own canonical form, or an error that says by which rule and where.
    #[test]
    fn builders_return_a_valid_job_or_an_error(job in built()) {
        let cluster = Cluster { node_pools: ["a".into(), "default".into()].into(), ..Cluster::default() };
        match job.build_for(&cluster) {
            Ok(job) => {
                prop_assert!(validate(&job, &cluster).is_valid());
                prop_assert!(validate_stored(&job).is_valid());
                let again: document::Job = from_json(&to_json(&job, Form::Full)).expect("our own JSON");
                same_when_done_twice(&job, |job| *job = again.clone().canonicalize(&Request::default(), &cluster))?;
                prop_assert_eq!(job.clone().build_for(&cluster), Ok(job));
            }
            Err(invalid) => {
                prop_assert!(!invalid.violations().is_empty());
                for fault in invalid.violations() {
                    prop_assert!(fault.code.starts_with("MODEL-") && !fault.place.to_string().is_empty(), "{fault}");
                }
            }
        }
    }

    /// No document makes canonicalization panic, however it is spelled; a document in stored form is taken as it is.
    #[test]
    fn a_stored_job_is_a_document_of_itself(choices in prop::collection::vec(any::<u32>(), 0..2000)) {
        let filled: document::Job = filler().fill(&choices);
        let job = filled.into_stored();
        let again: document::Job = from_json(&to_json(&job, Form::Full)).expect("our own JSON");
        prop_assert_eq!(again.into_stored(), job);
    }
}
