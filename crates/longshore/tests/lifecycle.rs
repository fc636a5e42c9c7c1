//! What jobs, nodes and allocations go through, rule by rule.

use std::sync::Arc;

use longshore::model::{
    ClientStatus, DesiredStatus, Duration, EvalStatus, Job, JobStatus, Node, NodeDevice, NodeStatus, Request,
    RequestedDevice, ReschedulePolicy, Task, TaskGroup, Time, document, from_json,
};
use longshore::{AllocReport, Cursor, Engine, Error, Event, Limits, Options, Subject};

const START: Time = Time(1_700_000_000_000_000_000);

fn node(id: &str) -> Node {
    let gpus = NodeDevice::new("acme", "gpu", "T4").instances(2);
    Node::new(id).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(50_000).driver("exec").device(gpus)
}

fn engine(nodes: usize) -> Engine {
    let mut engine = Engine::new(Options::default());
    for number in 1..=nodes {
        engine.register_node(node(&format!("node-{number}")), START).unwrap();
    }
    engine
}

fn web(count: i64, cpu: i64) -> Job {
    let task = Task::new("server").driver("exec").cpu(cpu).memory_mb(256);
    Job::service("web").with_group(TaskGroup::new("front").count(count).disk_mb(100).task(task))
}

fn gpu_job(id: &str, share: u32) -> Job {
    let task =
        Task::new("train").driver("exec").cpu(100).memory_mb(100).device(RequestedDevice::new("gpu").share(share));
    Job::batch(id).with_group(TaskGroup::new("g").disk_mb(10).task(task))
}

/// `name on node desired/client`, in creation order.
fn allocs(engine: &Engine) -> Vec<String> {
    let line = |alloc: longshore::store::AllocRef<'_>| {
        let node = alloc.node().map(|node| node.id.to_string()).unwrap_or_default();
        format!("{} on {node} {}/{}", alloc.name(), alloc.desired_status(), alloc.client_status())
    };
    engine.state().allocs().map(line).collect()
}

fn live(engine: &Engine) -> usize {
    engine.state().allocs().filter(|alloc| !alloc.terminal()).count()
}

fn register(engine: &mut Engine, job: Job, now: Time) {
    engine.register_job(job, now).unwrap();
    engine.tick(now).unwrap();
    engine.state().check_invariants().unwrap();
}

#[test]
fn place_84_a_group_spreads_over_nodes_by_anti_affinity() {
    let mut engine = engine(2);
    register(&mut engine, web(2, 500), START);
    assert_eq!(allocs(&engine), ["web.front[0] on node-1 run/pending", "web.front[1] on node-2 run/pending"]);
}

#[test]
fn rec_233_241_scaling_fills_the_lowest_names_and_stops_the_highest() {
    let mut engine = engine(2);
    register(&mut engine, web(4, 500), START);
    let (namespace, id, group) = ("default".into(), "web".into(), "front".into());
    engine.scale_job(&namespace, &id, &group, 2, START).unwrap();
    engine.tick(START).unwrap();
    let stopped: Vec<String> = allocs(&engine).into_iter().filter(|line| line.contains("stop")).collect();
    assert_eq!(stopped.len(), 2);
    assert!(stopped.iter().all(|line| line.contains("[2]") || line.contains("[3]")), "{stopped:?}");
    engine.scale_job(&namespace, &id, &group, 3, START).unwrap();
    engine.tick(START).unwrap();
    assert_eq!(live(&engine), 3);
    assert!(allocs(&engine).last().unwrap().starts_with("web.front[2]"));
    engine.state().check_invariants().unwrap();
}

#[test]
fn model_192_an_unchanged_job_is_evaluated_and_left_alone() {
    let mut engine = engine(1);
    register(&mut engine, web(1, 500), START);
    let before = engine.state().job(&"default".into(), &"web".into()).unwrap().to_job();
    let again = engine.register_job(web(1, 500), START).unwrap();
    assert!(!again.changed && again.job_modify_index == before.modify_index);
    engine.tick(START).unwrap();
    let after = engine.state().job(&"default".into(), &"web".into()).unwrap().to_job();
    assert_eq!((after.version, after.job_modify_index), (before.version, before.job_modify_index));
    assert_eq!(live(&engine), 1);
}

#[test]
fn rec_220_a_count_changes_in_place_and_a_share_destroys() {
    let mut engine = engine(1);
    register(&mut engine, gpu_job("a", 400), START);
    let before = engine.state().allocs().next().unwrap().id().clone();
    let mut more = gpu_job("a", 400);
    let mut group = more.task_groups[0].clone();
    group.count = 2;
    more.task_groups = [group].into();
    register(&mut engine, more, START);
    let kept = engine.state().alloc(&before).unwrap();
    assert!(!kept.terminal() && kept.job().version == 1, "moved to the new version where it is");
    register(&mut engine, gpu_job("a", 300), START);
    assert!(engine.state().alloc(&before).unwrap().server_terminal(), "a changed share replaces");
    assert_eq!(live(&engine), 1);
}

#[test]
fn rec_225_what_running_tasks_take_up_replaces_nothing() {
    let mut engine = engine(1);
    register(&mut engine, web(1, 500), START);
    let first = engine.state().allocs().next().unwrap().id().clone();
    let version =
        |engine: &Engine| engine.state().alloc(&first).filter(|alloc| !alloc.terminal()).map(|a| a.job().version);
    // The time to end is the client's to heed; soft preferences concern the next placement (G-046).
    let mut patient = web(1, 500);
    patient.task_groups.make()[0].tasks.make()[0].kill_timeout = Duration::from_secs(60);
    register(&mut engine, patient.clone(), START);
    assert_eq!(version(&engine), Some(1));
    register(&mut engine, patient.priority(60), START);
    assert_eq!(version(&engine), Some(2));
    // Whether the node still fits is not tried out: what decides that replaces.
    register(&mut engine, web(1, 500).constraint("${node.datacenter}", "=", "dc1"), START);
    assert_eq!(version(&engine), None);
    assert_eq!(live(&engine), 1);
}

/// G-247, G-235: an environment or a user is one that the running task never sees.
#[test]
fn rec_222_what_running_tasks_cannot_take_up_replaces_them() {
    let mut engine = engine(1);
    register(&mut engine, web(1, 500), START);
    for (member, value) in [("env", "fast"), ("user", "www")] {
        let before = engine.state().allocs().find(|alloc| !alloc.terminal()).unwrap().id().clone();
        let mut job = web(1, 500);
        let task = &mut job.task_groups.make()[0].tasks.make()[0];
        match member {
            "env" => drop(task.env.insert("MODE", value.into())),
            _ => task.user = value.into(),
        }
        register(&mut engine, job, START);
        assert!(engine.state().alloc(&before).unwrap().server_terminal(), "{member}");
        assert_eq!(live(&engine), 1);
    }
}

#[test]
fn shares_of_a_device_add_up_to_a_thousand_and_no_further() {
    let mut engine = engine(1);
    for (number, share) in [600, 600, 400, 400, 1].into_iter().enumerate() {
        register(&mut engine, gpu_job(&format!("j{number}"), share), START);
    }
    assert_eq!(live(&engine), 4, "two instances hold 600 + 400 each, and nothing is left for the last");
    assert_eq!(engine.blocked_count(), 1);
    for share in [0, 1001] {
        let refused = engine.register_job(gpu_job("bad", share), START).unwrap_err();
        assert_eq!(refused.code(), "LONGSHORE-SHARE", "{refused}");
    }
    let two = Task::new("t").cpu(100).memory_mb(100).device(RequestedDevice::new("gpu").count(2).share(500));
    let two = Job::batch("two").with_group(TaskGroup::new("g").disk_mb(10).task(two));
    assert_eq!(engine.register_job(two, START).unwrap_err().code(), "LONGSHORE-SHARE");
}

#[test]
fn a_whole_device_is_recorded_as_the_reference_would() {
    let mut engine = engine(1);
    register(&mut engine, gpu_job("whole", 1000), START);
    let alloc = engine.state().allocs().next().unwrap().to_allocation();
    let resources = alloc.allocated_resources.unwrap();
    let device = &resources.tasks.get("train").unwrap().devices[0];
    assert_eq!((device.device_ids.len(), device.share), (1, None));
}

#[test]
fn rec_201_a_stopped_job_ends_and_is_dead() {
    let mut engine = engine(1);
    register(&mut engine, web(2, 500), START);
    engine.stop_job(&"default".into(), &"web".into(), START).unwrap();
    engine.tick(START).unwrap();
    assert_eq!(live(&engine), 0);
    let ids: Vec<_> = engine.state().allocs().map(|alloc| alloc.id().clone()).collect();
    let reports: Vec<_> = ids.into_iter().map(|id| AllocReport::new(id, ClientStatus::Complete)).collect();
    engine.report_allocs(&reports, START).unwrap();
    engine.tick(START).unwrap();
    assert_eq!(engine.state().job(&"default".into(), &"web".into()).unwrap().status(), JobStatus::Dead);
    assert!(matches!(engine.stop_job(&"default".into(), &"nobody".into(), START), Err(Error::NoSuchJob { .. })));
}

#[test]
fn rec_120_what_finds_no_room_waits_and_is_placed_when_there_is_some() {
    let mut engine = engine(1);
    register(&mut engine, web(3, 2000), START);
    assert_eq!((live(&engine), engine.blocked_count()), (2, 1));
    let blocked = engine.state().evals().find(|eval| eval.status == EvalStatus::Blocked).unwrap();
    let metric = blocked.failed_tg_allocs.get("front").unwrap();
    assert_eq!(metric.dimension_exhausted.get("cpu"), Some(&1));
    engine.register_node(node("node-2"), START).unwrap();
    engine.tick(START).unwrap();
    assert_eq!((live(&engine), engine.blocked_count()), (3, 0));
    engine.state().check_invariants().unwrap();
}

#[test]
fn rec_506_508_a_failed_allocation_waits_longer_each_time() {
    let mut engine = engine(2);
    register(&mut engine, web(1, 500), START);
    let mut now = START;
    for delay in [30, 60, 120] {
        let failing = engine.state().allocs().find(|alloc| !alloc.terminal()).unwrap().id().clone();
        engine.report_allocs(&[AllocReport::new(failing.clone(), ClientStatus::Failed)], now).unwrap();
        engine.tick(now).unwrap();
        let due = engine.next_wakeup().unwrap();
        assert_eq!(due - now, Duration::from_secs(delay));
        engine.tick(due + Duration::from_secs(-5)).unwrap();
        assert_eq!(live(&engine), 0, "not before its time");
        engine.tick(due).unwrap();
        assert_eq!(live(&engine), 1);
        let next = engine.state().allocs().find(|alloc| !alloc.terminal()).unwrap();
        assert_eq!(next.extra().unwrap().previous_allocation, failing);
        assert_eq!(engine.state().alloc(&failing).unwrap().extra().unwrap().next_allocation, *next.id());
        now = due;
    }
}

#[test]
fn rec_506_a_policy_bounds_attempts() {
    let mut engine = engine(1);
    let policy = ReschedulePolicy { attempts: 1, ..ReschedulePolicy::batch() };
    let task = Task::new("t").driver("exec").cpu(100).memory_mb(100);
    let job = Job::batch("once").with_group(TaskGroup::new("g").disk_mb(10).reschedule(policy).task(task));
    register(&mut engine, job, START);
    let mut now = START;
    for _ in 0..4 {
        let failing = engine.state().allocs().find(|alloc| !alloc.terminal()).map(|alloc| alloc.id().clone());
        if let Some(id) = failing {
            engine.report_allocs(&[AllocReport::new(id, ClientStatus::Failed)], now).unwrap();
        }
        engine.tick(now).unwrap();
        now = now + Duration::from_hours(1);
        engine.tick(now).unwrap();
    }
    assert_eq!(engine.state().alloc_count(), 2, "the first and one more attempt");
}

#[test]
fn rec_240_work_of_a_lost_node_moves_and_is_marked_lost() {
    let mut engine = engine(2);
    register(&mut engine, web(2, 500), START);
    engine.report_node(&"node-1".into(), NodeStatus::Down, START).unwrap();
    engine.tick(START).unwrap();
    assert_eq!(
        allocs(&engine),
        [
            "web.front[0] on node-1 stop/lost",
            "web.front[1] on node-2 run/pending",
            "web.front[0] on node-2 run/pending"
        ]
    );
    let summary = engine.state().job(&"default".into(), &"web".into()).unwrap().summary().unwrap().clone();
    let front = summary.summary.get("front").unwrap();
    assert_eq!((front.lost, front.starting), (1, 2)); // MODEL-208
}

#[test]
fn rec_502_finished_batch_work_stays_finished() {
    let mut engine = engine(2);
    register(&mut engine, gpu_job("done", 1000), START);
    let id = engine.state().allocs().next().unwrap().id().clone();
    engine.report_allocs(&[AllocReport::new(id, ClientStatus::Complete)], START).unwrap();
    engine.tick(START).unwrap();
    engine.report_node(&"node-1".into(), NodeStatus::Down, START).unwrap();
    engine.register_job(gpu_job("done", 1000), START).unwrap();
    engine.tick(START).unwrap();
    assert_eq!(engine.state().alloc_count(), 1);
    assert_eq!(engine.state().job(&"default".into(), &"done".into()).unwrap().status(), JobStatus::Dead);
}

#[test]
fn loop_001_time_only_goes_forward_and_a_repeated_tick_is_harmless() {
    let mut engine = engine(1);
    register(&mut engine, web(1, 500), START);
    let digest = engine.state().digest();
    engine.tick(Time(0)).unwrap();
    engine.tick(START).unwrap();
    assert_eq!((engine.state().digest(), engine.now()), (digest, START));
    assert_eq!(engine.next_wakeup(), None);
}

#[test]
fn snapshots_and_forks_do_not_change() {
    fn shared<T: Send + Sync>(_: &T) {}
    let mut engine = engine(2);
    register(&mut engine, web(1, 500), START);
    let snapshot = engine.snapshot();
    shared(&snapshot);
    let digest = snapshot.digest();
    let mut fork = engine.fork();
    register(&mut fork, web(2, 500), START);
    assert_eq!((live(&fork), live(&engine)), (2, 1));
    register(&mut engine, web(3, 500), START);
    assert_eq!(snapshot.digest(), digest);
    snapshot.check_invariants().unwrap();
    assert_eq!(live(&engine), 3);
}

#[test]
fn loop_1401_events_come_in_order_each_once() {
    let mut engine = engine(1);
    register(&mut engine, web(1, 500), START);
    let (mut cursor, mut events) = (Cursor::default(), Vec::new());
    engine.read_events(&mut cursor, &mut events).unwrap();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event: &Event| match &event.subject {
            Subject::Node(_) => "node",
            Subject::Job(_) => "job",
            Subject::Evaluation(_) => "evaluation",
            Subject::Placed { .. } => "placed",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["node", "job", "evaluation", "placed", "evaluation"]);
    assert!(events.is_sorted_by_key(|event| event.index));
    events.clear();
    engine.read_events(&mut cursor, &mut events).unwrap();
    assert_eq!(events, []);
}

#[test]
fn a_bad_job_says_everything_that_is_wrong_and_changes_nothing() {
    let mut engine = engine(1);
    let digest = engine.state().digest();
    let mut job = web(-1, 0).priority(500);
    job.datacenters = longshore::model::List::NULL;
    let error = engine.register_job(job, START).unwrap_err();
    let Error::Job { faults, .. } = &error else { panic!("{error}") };
    let codes: Vec<(&str, &str)> = faults.iter().map(|fault| (fault.code, fault.path.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("MODEL-171", "Priority"),
            ("MODEL-98", "Datacenters"),
            ("MODEL-112", "TaskGroups[0].Count"),
            ("MODEL-142", "TaskGroups[0].Tasks[0].Resources.CPU")
        ]
    );
    assert_eq!(engine.state().digest(), digest);
}

/// A document of a service with one group of one task.
fn web_document(job: &str, group: &str, task: &str) -> document::Job {
    let text = format!(
        r#"{{"ID": "web", {job} "TaskGroups": [{{"Name": "front", {group} "Tasks": [{{"Name": "server", {task} "Env": {{}}}}]}}]}}"#
    );
    from_json(&text).unwrap()
}

#[test]
fn model_90_an_invalid_document_says_everything_that_is_wrong_and_changes_nothing() {
    let mut engine = engine(1);
    let digest = engine.state().digest();
    let document =
        web_document(r#""Namespace": "lab", "Priority": 500,"#, r#""Count": -1,"#, r#""Resources": {"CPU": 0},"#);
    let error = engine.register_document(document, &Request::default(), START).unwrap_err();
    let Error::Job { faults, .. } = &error else { panic!("{error}") };
    let codes: Vec<(&str, &str)> = faults.iter().map(|fault| (fault.code, fault.path.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("MODEL-173", "Namespace"),
            ("MODEL-112", "TaskGroups[0].Count"),
            ("MODEL-160", "TaskGroups[0].Tasks[0].Driver"),
            ("MODEL-142", "TaskGroups[0].Tasks[0].Resources.CPU"),
            ("MODEL-171", "Priority"),
        ]
    );
    assert_eq!((engine.state().digest(), engine.state().index()), (digest, 1));
}

#[test]
fn model_191_a_document_is_taken_with_warnings_and_known_again() {
    let mut engine = engine(1);
    let document = || web_document("", r#""Update": {"MaxParallel": 3}, "Count": 2,"#, r#""Driver": "exec","#);
    let first = engine.register_document(document(), &Request::default(), START).unwrap();
    assert_eq!(first.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), ["MODEL-180"]);
    let again = engine.register_document(document(), &Request::default(), START).unwrap();
    assert!(first.written.changed && !again.written.changed);
    // The very job that is stored is known by identity.
    let stored = engine.state().job(&"default".into(), &"web".into()).unwrap().spec().clone();
    assert!(!engine.register_job(stored, START).unwrap().changed);
    assert!(engine.register_job(web(2, 500), START).unwrap().changed);
}

#[test]
fn allocations_share_their_job_and_what_they_hold() {
    let mut engine = engine(2);
    register(&mut engine, web(3, 500), START);
    let stored = engine.state().job(&"default".into(), &"web".into()).unwrap().spec().clone();
    let allocs: Vec<_> = engine.state().allocs().collect();
    assert_eq!(allocs.len(), 3);
    for alloc in &allocs {
        assert!(Arc::ptr_eq(alloc.job(), &stored));
        assert!(std::ptr::eq(alloc.resources(), allocs[0].resources()));
    }
}

#[test]
fn bad_nodes_are_refused() {
    let mut engine = engine(0);
    let mut same = node("n");
    let again = same.node_resources.as_ref().unwrap().devices[0].clone();
    same.node_resources.as_mut().unwrap().devices.push(again);
    for (bad, code) in [(node(""), "LOOP-701"), (Node::new("empty"), "PLACE-143"), (same, "PLACE-71")] {
        let error = engine.register_node(bad, START).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    assert_eq!(engine.state().index(), 0);
}

#[test]
fn limits_are_the_hosts_to_set() {
    let tiny = || Job::batch("tiny").with_group(TaskGroup::new("g").task(Task::new("t").cpu(1).memory_mb(0)));
    assert_eq!(engine(0).register_job(tiny(), START).unwrap_err().code(), "MODEL-142");
    let mut loose = Engine::new(Options::default().limits(Limits { memory_mb_min: 0, ..Limits::default() }));
    assert!(loose.register_job(tiny(), START).is_ok());
}

#[test]
fn a_node_that_comes_back_smaller_keeps_its_work_and_gets_no_more() {
    let mut engine = engine(1);
    register(&mut engine, web(2, 1500), START);
    engine.register_node(node("node-1").cpu(2000), START).unwrap();
    engine.tick(START).unwrap();
    register(&mut engine, gpu_job("more", 100), START);
    assert_eq!(live(&engine), 2, "what runs stays, nothing joins it");
    assert!(engine.state().allocs().all(|alloc| alloc.desired_status() == DesiredStatus::Run));
}

#[test]
fn feas_53_55_106_expressions_versions_and_device_facts_decide() {
    use longshore::model::{Constraint, DeviceAttribute};
    let mut engine = Engine::new(Options::default());
    for (id, kernel, memory) in [("old", "4.19.1", 8), ("odd", "unknown", 16), ("new", "5.15.0", 16)] {
        let mut gpu = NodeDevice::new("acme", "gpu", "T4").instances(1);
        let memory = DeviceAttribute { int: Some(memory), unit: "GiB".into(), ..DeviceAttribute::default() };
        gpu.attributes.insert("memory", memory);
        let node = Node::new(id).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec").device(gpu);
        engine.register_node(node.attribute("kernel.version", kernel), START).unwrap();
    }
    let place = |engine: &mut Engine, id: &str, rule: Option<Constraint>, device: Option<Constraint>| {
        let mut gpu = RequestedDevice::new("acme/gpu").count(1);
        gpu.constraints.extend(device);
        let task = Task::new("t").driver("exec").cpu(100).memory_mb(64).device(gpu);
        let mut job = Job::batch(id).with_group(TaskGroup::new("g").disk_mb(10).task(task));
        job.constraints.extend(rule);
        register(engine, job, START);
        let alloc = engine.state().allocs().find(|alloc| alloc.job().id == *id);
        alloc.and_then(|alloc| alloc.node()).map(|node| node.id.to_string())
    };
    let version = Constraint::new("${attr.kernel.version}", "version", ">= 5, < 6");
    let regexp = Constraint::new("${node.unique.id}", "regexp", "^o(ld|dd)$");
    let roomy = Constraint::new("${device.attr.memory}", ">", "15000 MiB");
    assert_eq!(place(&mut engine, "a", Some(version), None).as_deref(), Some("new"));
    assert_eq!(place(&mut engine, "b", Some(regexp.clone()), Some(roomy)).as_deref(), Some("odd"));
    assert_eq!(place(&mut engine, "c", Some(regexp), None).as_deref(), Some("old"));
    let classes: Vec<&str> = engine.state().nodes().map(|node| node.computed_class.as_str()).collect();
    assert!(classes.iter().all(|class| class.starts_with("v1:")) && classes[0] != classes[1]);
}
