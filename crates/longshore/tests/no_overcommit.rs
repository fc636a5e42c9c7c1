//! Whatever hosts call in whatever order: no node ever holds more than it has, and every index and digest of the state
//! equals its recount.

use std::collections::BTreeMap;

use longshore::model::{
    ClientStatus, Duration, Job, Node, NodeDevice, NodeStatus, RequestedDevice, Task, TaskGroup, Time,
};
use longshore::placement::policy::BUILTIN;
use longshore::{AllocReport, Engine, Options, Policy};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Call {
    Register { job: u8, count: i64, cpu: i64, gpu: Option<u32>, whole: u64 },
    Scale { job: u8, count: i64 },
    Stop { job: u8 },
    Node { node: u8, up: bool },
    Report { alloc: prop::sample::Index, status: ClientStatus },
    Wait { seconds: i64 },
}

fn call() -> impl Strategy<Value = Call> {
    let status = prop_oneof![Just(ClientStatus::Running), Just(ClientStatus::Failed), Just(ClientStatus::Complete)];
    prop_oneof![
        4 => (0..6u8, 0..9i64, 1..1500i64, prop::option::of(1..=1000u32), 0..3u64)
            .prop_map(|(job, count, cpu, gpu, whole)| Call::Register { job, count, cpu, gpu, whole }),
        2 => (0..6u8, 0..12i64).prop_map(|(job, count)| Call::Scale { job, count }),
        1 => (0..6u8).prop_map(|job| Call::Stop { job }),
        1 => (0..4u8, any::<bool>()).prop_map(|(node, up)| Call::Node { node, up }),
        4 => (any::<prop::sample::Index>(), status).prop_map(|(alloc, status)| Call::Report { alloc, status }),
        2 => (0..600i64).prop_map(|seconds| Call::Wait { seconds }),
    ]
}

fn node(number: u8) -> Node {
    let gpus = NodeDevice::new("acme", "gpu", "T4").instances(usize::from(number));
    let node = Node::new(&format!("node-{number}")).datacenter("dc1").cpu(3000).memory_mb(4096).disk_mb(9000);
    node.driver("exec").device(gpus)
}

fn job(number: u8, count: i64, cpu: i64, gpu: Option<u32>, whole: u64) -> Job {
    let mut task = Task::new("t").driver("exec").cpu(cpu).memory_mb(10 + cpu);
    if let Some(share) = gpu {
        task = task.device(RequestedDevice::new("gpu").share(share));
    }
    if whole > 0 {
        task = task.device(RequestedDevice::new("acme/gpu/T4").count(whole));
    }
    let group = TaskGroup::new("g").count(count).disk_mb(500).task(task);
    let id = format!("job-{number}");
    if number.is_multiple_of(2) { Job::service(&id).with_group(group) } else { Job::batch(&id).with_group(group) }
}

/// Adds up what every node holds, allocation by allocation, by nobody's code but this.
fn assert_nothing_is_held_twice(engine: &Engine) {
    let state = engine.state();
    let mut held: BTreeMap<String, (i64, i64, i64, BTreeMap<String, u32>)> = BTreeMap::new();
    for alloc in state.allocs().filter(|alloc| !alloc.terminal()) {
        let node = alloc.node().expect("an allocation's node");
        let (cpu, memory, disk, devices) = held.entry(node.id.to_string()).or_default();
        *disk += alloc.resources().shared.disk_mb;
        for task in alloc.resources().tasks.values() {
            *cpu += task.cpu.cpu_shares;
            *memory += task.memory.memory_mb;
            for device in &task.devices {
                let share = device.share.unwrap_or(1000);
                device.device_ids.iter().for_each(|id| *devices.entry(id.clone()).or_default() += share);
            }
        }
    }
    for (id, (cpu, memory, disk, devices)) in held {
        assert!(cpu <= 3000 && memory <= 4096 && disk <= 9000, "{id} holds {cpu} MHz, {memory} and {disk} MiB");
        assert!(devices.values().all(|share| *share <= 1000), "{id} shares out {devices:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn place_48_72_no_call_overcommits_a_node(
        policy in 0..BUILTIN.len(),
        seed in any::<u64>(),
        calls in prop::collection::vec(call(), 1..60),
    ) {
        let options = Options::with_policy(Policy::builtin(BUILTIN[policy], &[]).unwrap()).seed(seed);
        let mut engine = Engine::new(options);
        let mut now = Time::from_secs(1_700_000_000);
        for number in 0..4 {
            engine.register_node(node(number), now).unwrap();
        }
        for call in calls {
            match call {
                Call::Register { job: number, count, cpu, gpu, whole } => {
                    engine.register_job(job(number, count, cpu, gpu, whole), now).map(|_| ()).unwrap();
                }
                // A job that is not there is an error and no change.
                Call::Scale { job, count } => {
                    let id = format!("job-{job}").as_str().into();
                    let _ = engine.scale_job(&"default".into(), &id, &"g".into(), count, now);
                }
                Call::Stop { job } => {
                    let _ = engine.stop_job(&"default".into(), &format!("job-{job}").as_str().into(), now);
                }
                Call::Node { node, up } => {
                    let status = if up { NodeStatus::Ready } else { NodeStatus::Down };
                    engine.report_node(&format!("node-{node}").as_str().into(), status, now).unwrap();
                }
                Call::Report { alloc, status } => {
                    let ids: Vec<_> = engine.state().allocs().filter(|alloc| !alloc.client_terminal()).collect();
                    if !ids.is_empty() {
                        let report = AllocReport::new(alloc.get(&ids).id().clone(), status);
                        engine.report_allocs(&[report], now).unwrap();
                    }
                }
                Call::Wait { seconds } => now = now + Duration::from_secs(seconds),
            }
            engine.tick(now).unwrap();
            assert_nothing_is_held_twice(&engine);
            engine.state().check_invariants().unwrap();
        }
        let again = engine.fork();
        prop_assert_eq!(again.state().digest(), engine.state().digest());
    }
}
