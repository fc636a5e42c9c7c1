//! Whatever hosts call in whatever order: no node ever holds more than it has, and every index and digest of the state
//! equals its recount.

use std::collections::BTreeMap;

use longshore::model::{
    ClientStatus, Duration, Job, NetworkResource, Node, NodeDevice, NodeStatus, Port, RequestedDevice, Task, TaskGroup,
    Time,
};
use longshore::placement::policy::BUILTIN;
use longshore::scheduler::Preemption;
use longshore::{AllocReport, Engine, Options, Policy};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Call {
    Register { job: u8, count: i64, cpu: i64, gpu: Option<u32>, whole: u64, own: Own },
    Scale { job: u8, count: i64 },
    Stop { job: u8 },
    Node { node: u8, up: bool },
    Report { alloc: prop::sample::Index, status: ClientStatus },
    Wait { seconds: i64 },
}

/// What of a node is for one alone: cores instead of CPU, a static port, dynamic ports; and who may displace whom.
#[derive(Clone, Copy, Debug)]
struct Own {
    cores: i64,
    port: Option<i64>,
    dynamic: usize,
    priority: i64,
}

fn own() -> impl Strategy<Value = Own> {
    let cores = prop_oneof![3 => Just(0), 1 => 1..4i64];
    let port = prop_oneof![3 => Just(None), 1 => (8000..8003i64).prop_map(Some)];
    let dynamic = prop_oneof![3 => Just(0usize), 1 => 1..3usize];
    (cores, port, dynamic, 1..=100i64).prop_map(|(cores, port, dynamic, priority)| Own {
        cores,
        port,
        dynamic,
        priority,
    })
}

fn call() -> impl Strategy<Value = Call> {
    let status = prop_oneof![Just(ClientStatus::Running), Just(ClientStatus::Failed), Just(ClientStatus::Complete)];
    prop_oneof![
        4 => (0..6u8, 0..9i64, 1..1500i64, prop::option::of(1..=1000u32), 0..3u64, own())
            .prop_map(|(job, count, cpu, gpu, whole, own)| Call::Register { job, count, cpu, gpu, whole, own }),
        2 => (0..6u8, 0..12i64).prop_map(|(job, count)| Call::Scale { job, count }),
        1 => (0..6u8).prop_map(|job| Call::Stop { job }),
        1 => (0..4u8, any::<bool>()).prop_map(|(node, up)| Call::Node { node, up }),
        4 => (any::<prop::sample::Index>(), status).prop_map(|(alloc, status)| Call::Report { alloc, status }),
        2 => (0..600i64).prop_map(|seconds| Call::Wait { seconds }),
    ]
}

fn node(number: u8) -> Node {
    let gpus = NodeDevice::new("acme", "gpu", "T4").instances(usize::from(number));
    let node = Node::new(&format!("node-{number}")).datacenter("dc1").memory_mb(4096).disk_mb(9000);
    let mut node = node.driver("exec").device(gpus);
    let resources = node.node_resources.as_mut().expect("made by the builder");
    (resources.cpu.cpu_shares, resources.cpu.total_cpu_cores) = (3000, 3);
    (resources.min_dynamic_port, resources.max_dynamic_port) = (20_000, 20_004);
    resources.networks = [network("10.0.0.1")].into();
    node
}

fn network(ip: &str) -> NetworkResource {
    let cidr = if ip.is_empty() { String::new() } else { format!("{ip}/32") };
    NetworkResource { mode: "host".into(), device: "eth0".into(), ip: ip.into(), cidr, ..NetworkResource::default() }
}

fn ports(own: Own) -> Option<NetworkResource> {
    let port = |label: String, value: i64| Port { label, value, host_network: "default".into(), ..Port::default() };
    let dynamic = (0..own.dynamic).map(|at| port(format!("d{at}"), 0)).collect();
    let reserved = own.port.into_iter().map(|value| port("s".into(), value)).collect();
    let asked = own.dynamic > 0 || own.port.is_some();
    let ask = NetworkResource { mode: "host".into(), ..NetworkResource::default() };
    asked.then_some(NetworkResource { dynamic_ports: dynamic, reserved_ports: reserved, ..ask })
}

fn job(number: u8, count: i64, cpu: i64, gpu: Option<u32>, whole: u64, own: Own) -> Job {
    let mut task = Task::new("t").driver("exec").cpu(cpu).memory_mb(10 + cpu);
    if own.cores > 0 {
        (task.resources.cpu, task.resources.cores) = (0, own.cores);
    }
    if let Some(share) = gpu {
        task = task.device(RequestedDevice::new("gpu").share(share));
    }
    if whole > 0 {
        task = task.device(RequestedDevice::new("acme/gpu/T4").count(whole));
    }
    let mut group = TaskGroup::new("g").count(count).disk_mb(500).task(task);
    group.networks = ports(own).into_iter().collect();
    let id = format!("job-{number}");
    let job = if number.is_multiple_of(2) { Job::service(&id) } else { Job::batch(&id) };
    Job { priority: own.priority, ..job.with_group(group) }
}

/// Adds up what every node holds, allocation by allocation, by nobody's code but this.
fn assert_nothing_is_held_twice(engine: &Engine) {
    let state = engine.state();
    let mut held: BTreeMap<String, (i64, i64, i64, BTreeMap<String, u32>)> = BTreeMap::new();
    // Cores and ports are for one alone.
    let mut alone: BTreeMap<(String, &str, i64), String> = BTreeMap::new();
    for alloc in state.allocs().filter(|alloc| !alloc.terminal()) {
        let node = alloc.node().expect("an allocation's node");
        let (cpu, memory, disk, devices) = held.entry(node.id.to_string()).or_default();
        *disk += alloc.resources().shared.disk_mb;
        let cores = alloc.resources().tasks.values().flat_map(|task| task.cpu.reserved_cores.iter());
        let cores = cores.map(|core| ("core", *core));
        let ports = alloc.resources().shared.ports.iter().map(|port| ("port", port.value));
        for (what, which) in cores.chain(ports) {
            let before = alone.insert((node.id.to_string(), what, which), alloc.name());
            assert_eq!(before, None, "{} holds {what} {which} of {}, too", alloc.name(), node.id);
        }
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
        preemption in (any::<bool>(), any::<bool>()),
        calls in prop::collection::vec(call(), 1..60),
    ) {
        let options = Options::with_policy(Policy::builtin(BUILTIN[policy], &[]).unwrap()).seed(seed);
        let (service, batch) = preemption;
        let options = options.preemption(Preemption { service, batch });
        let mut engine = Engine::new(options);
        let mut now = Time::from_secs(1_700_000_000);
        for number in 0..4 {
            engine.register_node(node(number), now).unwrap();
        }
        for call in calls {
            match call {
                Call::Register { job: number, count, cpu, gpu, whole, own } => {
                    engine.register_job(job(number, count, cpu, gpu, whole, own), now).map(|_| ()).unwrap();
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
