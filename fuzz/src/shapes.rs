//! Nodes, jobs and reports as hosts may hand them in: mostly sound, now and then anything.

use longshore::AllocReport;
use longshore::model::{
    AllocId, ClientStatus, Constraint, DateTime, DelayFunction, Duration, Eligibility, Job, JobType, NodeStatus,
    ReschedulePolicy, TaskRunState, TaskState,
};
use longshore::model::{DrainStrategy, Node, NodeDevice, RequestedDevice, ReservedResources, Task, TaskGroup, Time};
use longshore::store::State;

use crate::choices::Choices;

const NODES: [&str; 8] = ["n0", "n1", "n2", "n3", "n4", "n5", "", "5ba8ed2d-5a4d-4b43-8a5d-9f0c9cb6b3f1"];
const JOBS: [&str; 6] = ["j0", "j1", "j2", "j3", "has space", ""];
const GROUPS: [&str; 4] = ["g0", "g1", "g2", ""];
const TARGETS: [&str; 12] = [
    "${attr.rack}",
    "${node.datacenter}",
    "${node.unique.id}",
    "${meta.rack}",
    "${device.model}",
    "${node.class}",
    "r1",
    "1.2.3",
    "${",
    "${attr.}",
    "",
    "r0,r1",
];
const OPERANDS: [&str; 21] = [
    "=",
    "==",
    "is",
    "!=",
    "not",
    "<",
    "<=",
    ">",
    ">=",
    "regexp",
    "version",
    "semver",
    "set_contains",
    "set_contains_all",
    "set_contains_any",
    "is_set",
    "is_not_set",
    "distinct_hosts",
    "distinct_property",
    "",
    "?",
];

pub(crate) fn node_id(choices: &mut Choices<'_>) -> &'static str {
    choices.of(&NODES)
}

pub(crate) fn job_id(choices: &mut Choices<'_>) -> &'static str {
    choices.of(&JOBS)
}

pub(crate) fn group_name(choices: &mut Choices<'_>) -> &'static str {
    choices.of(&GROUPS)
}

pub(crate) fn count(choices: &mut Choices<'_>) -> i64 {
    choices.number(&[1, 2, 3, 0, 5, 20, 60, -1])
}

pub(crate) fn status(choices: &mut Choices<'_>) -> NodeStatus {
    choices.of(&[NodeStatus::Ready, NodeStatus::Down, NodeStatus::Disconnected, NodeStatus::Initializing])
}

pub(crate) fn node(choices: &mut Choices<'_>) -> Node {
    let mut node = Node::new(node_id(choices))
        .datacenter(choices.of(&["dc1", "dc2", ""]))
        .node_pool(choices.of(&["default", "big", "all", ""]))
        .cpu(choices.number(&[4000, 1000, 500, 32_000, 0, -1]))
        .memory_mb(choices.number(&[8192, 512, 64_000, 0, -1]))
        .disk_mb(choices.number(&[10_000, 300, 0, -1]))
        .attribute("rack", choices.of(&["r0", "r1", "1.2.3", ""]));
    let mut flag = choices.flags();
    if !flag() {
        node = node.driver("exec");
    }
    if flag() {
        node = node.meta("rack", "r1");
    }
    if flag() {
        node.status = status(choices);
    }
    if flag() {
        node.scheduling_eligibility = Eligibility::Ineligible;
    }
    if flag() {
        node.drain_strategy = Some(DrainStrategy::default());
    }
    if flag() {
        let mut reserved = ReservedResources::default();
        reserved.cpu.cpu_shares = choices.number(&[100, 4000, 0, -1]);
        reserved.memory.memory_mb = choices.number(&[100, 8192, 0, -1]);
        reserved.disk.disk_mb = choices.number(&[100, 10_000, 0, -1]);
        node.reserved_resources = Some(reserved);
    }
    if flag() {
        node = node.device(device(choices));
    }
    if flag() {
        node = node.device(device(choices));
    }
    node
}

fn device(choices: &mut Choices<'_>) -> NodeDevice {
    let (vendor, model) = (choices.of(&["nvidia", "amd"]), choices.of(&["T4", "P100", ""]));
    let mut device =
        NodeDevice::new(vendor, choices.of(&["gpu", "fpga"]), model).instances(choices.of(&[1, 2, 4, 8, 0]));
    let mut flag = choices.flags();
    for instance in device.instances.make() {
        instance.healthy = !flag();
    }
    if flag() {
        device.instances.make().iter_mut().for_each(|instance| instance.id = "same".into());
    }
    device
}

pub(crate) fn job(choices: &mut Choices<'_>) -> Job {
    let kinds = [JobType::Service, JobType::Batch, JobType::System, JobType::Other("x".into())];
    let mut job = Job::new(job_id(choices), choices.of(&kinds)).priority(choices.number(&[50, 1, 100, 99, 0, 101]));
    let mut flag = choices.flags();
    if flag() {
        job = job.datacenters(choices.of(&[&["dc1"][..], &["dc*", "dc2"], &[], &["*c*1*"]]));
    }
    if flag() {
        job = job.node_pool(choices.of(&["default", "big", "all", ""]));
    }
    if flag() {
        job.constraints.push(constraint(choices));
    }
    if flag() {
        job.version = choices.number(&[1, 2, 100, -1]) as u64;
    }
    job.all_at_once = flag();
    job.stop = flag();
    if flag() {
        job.namespace = "other".into();
    }
    for _ in 0..choices.of(&[1, 1, 1, 2, 3, 0]) {
        job = job.with_group(group(choices));
    }
    job
}

fn group(choices: &mut Choices<'_>) -> TaskGroup {
    let mut group = TaskGroup::new(group_name(choices)).count(count(choices)).disk_mb(choices.number(&[300, 0, -1]));
    let mut flag = choices.flags();
    if flag() {
        group.constraints.push(constraint(choices));
    }
    if flag() {
        group = group.reschedule(reschedule(choices));
    }
    for _ in 0..choices.of(&[1, 1, 2, 0]) {
        let mut task = Task::new(choices.of(&["t0", "t1", ""]))
            .driver(choices.of(&["exec", "docker", ""]))
            .cpu(choices.number(&[100, 500, 1000, 4000, 1, 0]))
            .memory_mb(choices.number(&[10, 256, 1024, 8192, 9]));
        let mut flag = choices.flags();
        if flag() {
            task = task.device(request(choices));
        }
        if flag() {
            task = task.device(request(choices));
        }
        if flag() {
            task.constraints.push(constraint(choices));
        }
        if flag() {
            task.resources.secrets_mb = choices.number(&[1, 10, -1]);
        }
        group = group.task(task);
    }
    group
}

fn request(choices: &mut Choices<'_>) -> RequestedDevice {
    let names = ["gpu", "nvidia/gpu", "nvidia/gpu/T4", "fpga", "/", "a/b/c/d", ""];
    let mut request = RequestedDevice::new(choices.of(&names)).count(choices.number(&[1, 2, 4, 8, 0]) as u64);
    let mut flag = choices.flags();
    if flag() {
        request = request.share(choices.number(&[500, 250, 1000, 999, 1, 0, 1001]) as u32);
    }
    if flag() {
        request.constraints.push(constraint(choices));
    }
    request
}

fn constraint(choices: &mut Choices<'_>) -> Constraint {
    Constraint::new(choices.of(&TARGETS), choices.of(&OPERANDS), choices.of(&TARGETS))
}

fn reschedule(choices: &mut Choices<'_>) -> ReschedulePolicy {
    let functions = [
        DelayFunction::Constant,
        DelayFunction::Exponential,
        DelayFunction::Fibonacci,
        DelayFunction::Other("x".into()),
    ];
    let seconds =
        |choices: &mut Choices<'_>| Duration(choices.number(&[0, 5, 30, 3600, -1]).saturating_mul(1_000_000_000));
    ReschedulePolicy {
        attempts: choices.number(&[0, 1, 2, 5, -1]),
        interval: seconds(choices),
        delay: seconds(choices),
        delay_function: choices.of(&functions),
        max_delay: seconds(choices),
        unlimited: choices.byte() % 2 == 1,
    }
}

/// A report on an allocation there is, or on one that never was.
pub(crate) fn report(choices: &mut Choices<'_>, state: &State, now: Time) -> AllocReport {
    let number = usize::from(choices.byte());
    let id = match state.alloc_count() {
        0 => AllocId::from("nobody"),
        _ if number == 255 => AllocId::from("nobody"),
        // The latest are what matters most.
        count => state.allocs().nth(count - 1 - number % count).map(|alloc| alloc.id().clone()).expect("it is there"),
    };
    let statuses = [
        ClientStatus::Running,
        ClientStatus::Failed,
        ClientStatus::Complete,
        ClientStatus::Lost,
        ClientStatus::Unknown,
        ClientStatus::Pending,
    ];
    let mut report = AllocReport::new(id, choices.of(&statuses));
    let mut flag = choices.flags();
    if flag() {
        report = report.because("so");
    }
    if flag() {
        let ended = Time(choices.number(&[now.0, 0, now.0.saturating_sub(60_000_000_000)]));
        let task = TaskState {
            state: choices.of(&[TaskRunState::Dead, TaskRunState::Running]),
            failed: choices.byte() % 2 == 1,
            finished_at: DateTime::from(ended),
            ..TaskState::default()
        };
        report.task_states.insert("t0", task);
    }
    report
}
