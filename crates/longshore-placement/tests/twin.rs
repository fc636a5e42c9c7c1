//! The exact search against a brute-force twin: its own ledger of allocations, its own fitting, its own scoring.
//!
//! `LONGSHORE_TWIN_DECISIONS=1000000 cargo test --release -p longshore-placement --test twin` runs a million decisions;
//! the default is a few thousand.

use std::sync::Arc;

use longshore_model::{Job, Node, NodeDevice, RequestedDevice, Task, TaskGroup};
use longshore_placement::policy::Occasion;
use longshore_placement::{Ask, Before, Choice, Fleet, Given, Nobody, Policy, Request, Resident, Search, Slot};

/// splitmix64: a seed in, numbers out.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % below
    }
}

/// A node as the twin knows it: plain numbers.
#[derive(Clone, Debug)]
struct TwinNode {
    cpu: i64,
    memory: i64,
    model: usize,
    gpus: Vec<i64>,
    open: bool,
    datacenter: usize,
}

/// What the twin is asked for.
#[derive(Clone, Debug)]
struct TwinAsk {
    cpu: i64,
    memory: i64,
    count: usize,
    share: i64,
    model: Option<usize>,
    datacenter: Option<usize>,
}

const MODELS: [&str; 3] = ["T4", "P100", "G2"];
const CENTERS: [&str; 2] = ["east", "west"];

impl TwinNode {
    fn fits(&self, ask: &TwinAsk) -> bool {
        let gpus = self.gpus.iter().filter(|free| **free >= ask.share).count();
        self.open
            && ask.datacenter.is_none_or(|wanted| wanted == self.datacenter)
            && self.cpu >= ask.cpu
            && self.memory >= ask.memory
            && (ask.count == 0 || (ask.model.is_none_or(|model| model == self.model) && gpus >= ask.count))
    }

    fn take(&mut self, ask: &TwinAsk, gpus: &[u32], sign: i64) {
        self.cpu -= sign * ask.cpu;
        self.memory -= sign * ask.memory;
        gpus.iter().for_each(|gpu| self.gpus[*gpu as usize] -= sign * ask.share);
    }
}

/// The best node by the twin's own formulas: its number and its GPUs.
fn twin_best(
    policy: &str,
    nodes: &[TwinNode],
    capacity: &[(i64, i64)],
    ask: &TwinAsk,
    collisions: &[u32],
    count: u32,
) -> Option<(usize, Vec<u32>)> {
    let score = |at: usize| -> i64 {
        let node = &nodes[at];
        let demand = ask.count as i64 * ask.share;
        let idle: i64 = node.gpus.iter().sum();
        match policy {
            "best-fit" | "worst-fit" => {
                let left = (node.cpu - ask.cpu) as f64 / 128_000.0 + (idle - demand) as f64 / 8_000.0;
                let raw = if policy == "best-fit" { 100.0 * (1.0 - 0.5 * left) } else { 100.0 * 0.5 * left };
                raw as i64 * (1 << 36)
            }
            "bin-pack" => {
                let (cpu, memory) = capacity[at];
                let power = |has: i64, free: i64, asked: i64| {
                    libm::exp10(1.0 - (has - free) as f64 / has as f64) * libm::exp10(-(asked as f64 / has as f64))
                };
                let powers = power(cpu, node.cpu, ask.cpu) + power(memory, node.memory, ask.memory);
                let mut own = (20.0 - powers).clamp(0.0, 18.0) / 18.0;
                let parts = 1 + i64::from(collisions[at] > 0);
                if collisions[at] > 0 {
                    own += -(f64::from(collisions[at]) + 1.0) / f64::from(count);
                }
                (own * (1u64 << 36) as f64) as i64 * (420 / parts)
            }
            _ => 0,
        }
    };
    let mut best: Option<(i64, usize)> = None;
    for at in (0..nodes.len()).filter(|at| nodes[*at].fits(ask)) {
        let score = score(at);
        if best.is_none_or(|(top, _)| score > top) {
            best = Some((score, at));
        }
    }
    let (_, at) = best?;
    Some((at, twin_gpus(policy, &nodes[at], ask)))
}

fn twin_gpus(policy: &str, node: &TwinNode, ask: &TwinAsk) -> Vec<u32> {
    let mut fitting: Vec<u32> =
        (0..node.gpus.len() as u32).filter(|gpu| node.gpus[*gpu as usize] >= ask.share).collect();
    if ask.share < 1000 {
        let room = |gpu: &u32| node.gpus[*gpu as usize];
        match policy {
            "worst-fit" => fitting.sort_by_key(|gpu| (-room(gpu), *gpu)),
            _ => fitting.sort_by_key(|gpu| (room(gpu), *gpu)),
        }
    }
    fitting.truncate(ask.count);
    fitting
}

fn node_of(at: usize, twin: &TwinNode, capacity: (i64, i64)) -> Node {
    let mut node = Node::new(&format!("node-{at}"))
        .datacenter(CENTERS[twin.datacenter])
        .cpu(capacity.0)
        .memory_mb(capacity.1)
        .device(NodeDevice::new("acme", "gpu", MODELS[twin.model]).instances(twin.gpus.len()));
    if !twin.open {
        node.scheduling_eligibility = longshore_model::Eligibility::Ineligible;
    }
    node
}

fn ask_of(ask: &TwinAsk) -> (Job, Arc<Ask>) {
    let mut task = Task::new("t").cpu(ask.cpu).memory_mb(ask.memory);
    if ask.count > 0 {
        let mut gpu = RequestedDevice::new("gpu").count(ask.count as u64);
        if ask.share < 1000 {
            gpu = gpu.share(ask.share as u32);
        }
        if let Some(model) = ask.model {
            gpu = gpu.constraint("${device.model}", "=", MODELS[model]);
        }
        task = task.device(gpu);
    }
    let mut job = Job::batch("j").with_group(TaskGroup::new("g").disk_mb(0).task(task));
    if let Some(center) = ask.datacenter {
        job = job.datacenters(&[CENTERS[center]]);
    }
    let ask = Arc::new(Ask::new(&job, &job.task_groups[0]).unwrap());
    (job, ask)
}

/// The devices of a choice that columns made.
fn gpus_of(choice: &Choice) -> Vec<u32> {
    match &choice.given {
        Given::Devices(devices) => devices.iter().flat_map(|given| given.instances.clone()).collect(),
        Given::Resources(_) => unreachable!("no ask here has ports or cores"),
    }
}

/// One world: nodes come, change and close; allocations are placed and leave; marks come and go.
fn play(seed: u64, policy: &str, decisions: usize) -> usize {
    let mut dice = Dice(seed);
    let mut search = Search::new(Policy::builtin(policy, &[]).unwrap());
    let count = 20 + dice.roll(60) as usize;
    let mut nodes: Vec<TwinNode> = Vec::new();
    let mut capacity = Vec::new();
    for at in 0..count {
        let size = 8_000 * (1 + dice.roll(12) as i64);
        let twin = TwinNode {
            cpu: size,
            memory: size * 4,
            model: dice.roll(3) as usize,
            gpus: vec![1000; dice.roll(9) as usize],
            open: dice.roll(12) > 0,
            datacenter: dice.roll(2) as usize,
        };
        capacity.push((size, size * 4));
        search.fleet_mut().put_node(Slot(at as u32), Arc::new(node_of(at, &twin, capacity[at]))).unwrap();
        nodes.push(twin);
    }
    let asks: Vec<TwinAsk> = (0..12).map(|_| random_ask(&mut dice)).collect();
    let shared: Vec<(Job, Arc<Ask>)> = asks.iter().map(ask_of).collect();
    let mut placed: Vec<(usize, usize, Choice)> = Vec::new();
    let mut found = 0;
    for _ in 0..decisions {
        if dice.roll(3) == 0 && !placed.is_empty() {
            let (ask, at, choice) = placed.swap_remove(dice.roll(placed.len() as u64) as usize);
            search.undo(&shared[ask].1, &choice);
            let gpus = gpus_of(&choice);
            nodes[at].take(&asks[ask], &gpus, -1);
        }
        if dice.roll(200) == 0 {
            reopen(&mut dice, &mut search, &mut nodes, &capacity, &mut placed);
        }
        let which = dice.roll(asks.len() as u64) as usize;
        let mut collisions = vec![0; nodes.len()];
        if dice.roll(3) == 0 {
            (0..dice.roll(6)).for_each(|_| collisions[dice.roll(nodes.len() as u64) as usize] += 1);
        }
        let there = collisions.iter().enumerate().flat_map(|(at, held)| {
            std::iter::repeat_n(Resident { slot: Slot(at as u32), of_group: true }, *held as usize)
        });
        let before = Before { count: 4, there: there.collect(), ..Before::default() };
        let (job, ask) = &shared[which];
        let request = Request {
            ask,
            job,
            group: &job.task_groups[0],
            alloc_name: "",
            occasion: Occasion::default(),
            oversubscription: false,
            occupants: &Nobody,
            single: false,
            runners_up: 0,
        };
        search.begin(&request, &before);
        let got = search.best(&request);
        let expected = twin_best(policy, &nodes, &capacity, &asks[which], &collisions, 4);
        let choice = got.as_ref().map(|choice| (choice.slot.0 as usize, gpus_of(choice)));
        assert_eq!(choice, expected, "seed {seed}, {policy}, {:?}", asks[which]);
        search.end();
        if let Some(choice) = got {
            search.place(&shared[which].1, &choice).unwrap();
            let (at, gpus) = expected.unwrap();
            nodes[at].take(&asks[which], &gpus, 1);
            placed.push((which, at, choice));
            found += 1;
        }
    }
    found
}

fn random_ask(dice: &mut Dice) -> TwinAsk {
    let count = [0, 1, 1, 1, 1, 2, 4][dice.roll(7) as usize];
    let share = if count == 1 && dice.roll(3) > 0 { 50 + 10 * dice.roll(90) as i64 } else { 1000 };
    TwinAsk {
        cpu: 500 * (1 + dice.roll(16) as i64),
        memory: 1_000 * (1 + dice.roll(20) as i64),
        count,
        share,
        model: (count > 0 && dice.roll(4) == 0).then(|| dice.roll(3) as usize),
        datacenter: (dice.roll(5) == 0).then(|| dice.roll(2) as usize),
    }
}

/// A node opens or closes; its record is put anew and what runs there is taken again.
fn reopen(
    dice: &mut Dice,
    search: &mut Search,
    nodes: &mut [TwinNode],
    capacity: &[(i64, i64)],
    placed: &mut Vec<(usize, usize, Choice)>,
) {
    let at = dice.roll(nodes.len() as u64) as usize;
    nodes[at].open = !nodes[at].open;
    // Whatever ran there is gone.
    placed.retain(|(_, on, _)| *on != at);
    nodes[at].gpus.iter_mut().for_each(|gpu| *gpu = 1000);
    (nodes[at].cpu, nodes[at].memory) = capacity[at];
    let fleet: &mut Fleet = search.fleet_mut();
    fleet.put_node(Slot(at as u32), Arc::new(node_of(at, &nodes[at], capacity[at]))).unwrap();
}

#[test]
fn the_exact_search_equals_the_twin() {
    let wanted: usize =
        std::env::var("LONGSHORE_TWIN_DECISIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(6_000);
    let (worlds, policies) = (wanted.div_ceil(1_000), ["best-fit", "bin-pack", "worst-fit", "first-fit"]);
    let mut found = 0;
    for world in 0..worlds {
        found += play(world as u64, policies[world % policies.len()], 1_000);
    }
    assert!(found > wanted / 4, "most decisions should find a node, only {found} of {wanted} did");
}
