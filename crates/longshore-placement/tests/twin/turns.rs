//! One evaluation: groups have their turns, allocations are placed and stopped, and in the end all is taken back; then
//! the plan is committed, or refused.

use std::sync::Arc;

use longshore_model::{
    AllocatedCpu, AllocatedDevice, AllocatedMemory, AllocatedResources, AllocatedTaskResources, Job, Node, TaskGroup,
    TaskLifecycle,
};
use longshore_placement::policy::Occasion;
use longshore_placement::{Ask, Before, Choice, Request, Resident, Search, Slot};

use crate::fit;
use crate::judge::{Answer, Given, Judge, Question};
use crate::ledger::{Held, Ledger, Status};
use crate::world::{There, World};

/// A group whose turn it is.
struct Turn<'a> {
    job: (usize, &'a Job),
    group: (usize, &'a TaskGroup),
    ask: Arc<Ask>,
    single: bool,
}

/// What is handed from turn to turn of one evaluation.
struct Evaluation {
    placed: Vec<(Arc<Ask>, Choice)>,
    touched: Vec<usize>,
    /// The weights of spreads so far; the lowest boost by the search, and by the twin.
    weights: i64,
    lowest: Option<f64>,
    twin_lowest: f64,
}

/// Evaluates one job.
pub(crate) fn evaluate(world: &mut World) {
    let at = world.dice.roll(world.jobs.len() as u64) as usize;
    let (number, job) = world.jobs[at].clone();
    let mut evaluation =
        Evaluation { placed: Vec::new(), touched: Vec::new(), weights: 0, lowest: None, twin_lowest: -1.0 };
    if world.dice.once_in(8) {
        let group = world.dice.roll(job.task_groups.len() as u64) as usize;
        one_off(world, &mut evaluation, (number, &job), group);
    } else {
        stop_some(world, &mut evaluation, number);
        for group in 0..job.task_groups.len() {
            turn(world, &mut evaluation, (number, &job), group);
        }
    }
    world.search.end();
    for (ask, choice) in evaluation.placed.iter().rev() {
        world.search.undo(ask, choice);
    }
    let refused = world.dice.once_in(6);
    commit(world, &mut evaluation, refused);
}

/// Some of what is there stops at once.
fn stop_some(world: &mut World, evaluation: &mut Evaluation, job: usize) {
    let World { ledger, dice, .. } = world;
    let rate = *dice.pick(&[100, 8, 3]);
    for held in ledger.allocs.iter_mut().filter(|held| held.job == job) {
        if dice.once_in(rate) {
            held.stopped = true;
            evaluation.touched.push(held.slot);
        }
    }
    evaluation.touched.iter().for_each(|slot| world.recount(*slot));
}

/// A placement without a turn.
fn one_off(world: &mut World, evaluation: &mut Evaluation, (number, job): (usize, &Job), group: usize) {
    // Nobody of the job is told of.
    if world.ledger.of_job(number).next().is_some() {
        return;
    }
    let spec = &job.task_groups[group];
    let ask = world.search.ask(job, spec).expect("sane amounts");
    let turn = Turn { job: (number, job), group: (group, spec), ask, single: true };
    let nodes = world.nodes.clone();
    let judge = Judge::new(world.policy, turn.job, turn.group, &nodes, 0);
    decide(world, evaluation, &turn, &judge, &[]);
}

fn turn(world: &mut World, evaluation: &mut Evaluation, (number, job): (usize, &Job), group: usize) {
    let spec = &job.task_groups[group];
    let several = if world.dice.once_in(4) { 1 } else { 1 + world.dice.roll(8) as usize };
    let ask = world.search.ask(job, spec).expect("sane amounts");
    let mut replaced: Vec<u64> = Vec::new();
    if world.dice.once_in(3) {
        let own = world.ledger.of_job(number).filter(|held| held.group == group && !held.stopped);
        replaced = own.map(|held| held.id).take(several).collect();
    }
    let single = several == 1 && replaced.is_empty() && world.dice.once_in(2);
    let turn = Turn { job: (number, job), group: (group, spec), ask, single };
    let nodes = world.nodes.clone();
    let judge = Judge::new(world.policy, turn.job, turn.group, &nodes, evaluation.weights);
    let before = before(&world.ledger, evaluation, &turn);
    ask_search(world, &turn, "", 0, |search, request| search.begin(request, &before));
    for place in 0..several {
        let penalties: Vec<usize> = match world.dice.roll(4) {
            // Something new did not fail before.
            0 if !turn.single => {
                (0..1 + world.dice.roll(3)).map(|_| world.dice.roll(world.nodes.len() as u64) as usize).collect()
            }
            _ => Vec::new(),
        };
        let slots: Vec<Slot> = penalties.iter().map(|slot| Slot(*slot as u32)).collect();
        world.search.penalize(&slots);
        let making_way = replaced.get(place).copied();
        making_way.into_iter().for_each(|id| move_out(world, evaluation, id, true));
        if !decide(world, evaluation, &turn, &judge, &penalties) {
            making_way.into_iter().for_each(|id| move_out(world, evaluation, id, false));
        }
    }
    evaluation.lowest = world.search.end().or(evaluation.lowest);
    evaluation.weights += turn.ask.spread_weights();
    let reference = ["bin-pack", "spread"].contains(&world.policy);
    if reference && judge.has_targets() {
        assert_eq!(evaluation.lowest, Some(evaluation.twin_lowest), "lowest boost, {}", at(world, &turn));
    }
}

/// An allocation makes way for its replacement, or stays after all.
fn move_out(world: &mut World, evaluation: &mut Evaluation, id: u64, leaves: bool) {
    let held = world.ledger.get(id);
    held.stopped = leaves;
    let resident = Resident { slot: Slot(held.slot as u32), of_group: true };
    let (slot, has_not_ended) = (held.slot, held.status != Status::Ended);
    evaluation.touched.push(slot);
    world.recount(slot);
    match leaves {
        true => world.search.leave(resident, has_not_ended),
        false => world.search.stay(resident, has_not_ended),
    }
}

/// What the search is told of the job when the group's turn comes.
fn before(ledger: &Ledger, evaluation: &Evaluation, turn: &Turn<'_>) -> Before {
    let of = |counts: &dyn Fn(&Held) -> bool| {
        let counted = ledger.of_job(turn.job.0).filter(|held| counts(held));
        counted.map(|held| Resident { slot: Slot(held.slot as u32), of_group: held.group == turn.group.0 }).collect()
    };
    Before {
        count: turn.group.1.count,
        there: of(&|held| held.is_there()),
        stored: of(&|held| !held.planned && held.status == Status::Running),
        stopped: of(&|held| held.stopped),
        placed: of(&|held| held.planned),
        weights: evaluation.weights,
        lowest: evaluation.lowest,
    }
}

fn ask_search<T>(
    world: &mut World,
    turn: &Turn<'_>,
    alloc_name: &str,
    nonce: u64,
    ask: impl FnOnce(&mut Search, &Request<'_>) -> T,
) -> T {
    let request = Request {
        ask: &turn.ask,
        job: turn.job.1,
        group: turn.group.1,
        alloc_name,
        occasion: Occasion { nonce },
        oversubscription: false,
        occupants: &There(&world.ledger),
        single: turn.single,
        runners_up: if turn.single { 0 } else { 3 },
    };
    ask(&mut world.search, &request)
}

/// One decision, by both. Answers whether there is a node.
fn decide(
    world: &mut World,
    evaluation: &mut Evaluation,
    turn: &Turn<'_>,
    judge: &Judge<'_>,
    penalties: &[usize],
) -> bool {
    world.nonce += 1;
    let (nonce, alloc_name) = (world.nonce, format!("{}.g[{}]", turn.job.1.id, world.dice.roll(4)));
    let choice = ask_search(world, turn, &alloc_name, nonce, |search, request| search.best(request));
    let question = Question { ledger: &world.ledger, penalties, alloc_name: &alloc_name, nonce };
    let answer = judge.best(&question, &mut evaluation.twin_lowest);
    let slots = (choice.as_ref().map(|choice| choice.slot.0 as usize), answer.as_ref().map(|one| one.slot));
    if slots.0 != slots.1 {
        let of = [slots.0, slots.1].into_iter().flatten().collect::<Vec<_>>();
        let told = judge.tell(&question, &of, evaluation.twin_lowest);
        let scores = choice.map(|choice| choice.scores);
        panic!("search {:?} {scores:?}, twin {:?}; {told}; {}", slots.0, slots.1, at(world, turn));
    }
    world.decisions += 1;
    let (Some(choice), Some(answer)) = (choice, answer) else {
        if world.dice.once_in(4) {
            ask_search(world, turn, &alloc_name, nonce, |search, request| drop(search.explain(request)));
        }
        return false;
    };
    agree(world, turn, &choice, &answer);
    let node = world.nodes[answer.slot].clone().expect("a chosen node is there");
    let resources = Arc::new(match answer.given {
        Given::Resources(resources) => *resources,
        Given::Devices(devices) => resources(turn.group.1, &devices, &node),
    });
    world.search.place(&turn.ask, &choice).expect("small amounts add up");
    world.ledger.place(answer.slot, turn.job, turn.group.0, &resources);
    evaluation.placed.push((turn.ask.clone(), choice));
    evaluation.touched.push(answer.slot);
    world.found += 1;
    true
}

/// Whether both give the same, and say the same of its score.
fn agree(world: &World, turn: &Turn<'_>, choice: &Choice, answer: &Answer) {
    let given = match &choice.given {
        longshore_placement::Given::Resources(resources) => Given::Resources(Box::new((**resources).clone())),
        longshore_placement::Given::Devices(devices) => {
            let one = |given: &longshore_placement::Assigned| {
                (given.group as usize, given.instances.iter().map(|at| *at as usize).collect())
            };
            Given::Devices(devices.iter().map(one).collect())
        }
    };
    assert_eq!(given, answer.given, "what is given, {}", at(world, turn));
    let close = (choice.score - answer.mean).abs() <= 1e-9 * answer.mean.abs().max(1.0);
    let alike = close || choice.score == answer.mean || (choice.score.is_nan() && answer.mean.is_nan());
    assert!(alike, "score {:?}, by the twin {}, {}", choice.scores, answer.mean, at(world, turn));
}

/// Where it was, and what was asked for.
fn at(world: &World, turn: &Turn<'_>) -> String {
    let World { seed, decisions, policy, .. } = world;
    let (job, group) = (turn.job.1, turn.group.1);
    let asked: Vec<_> = group.tasks.iter().map(|task| (&task.driver, &task.resources, &task.lifecycle)).collect();
    format!(
        "seed {seed}, decision {decisions}, {policy}, single {}, count {}\nspreads {:?} {:?}\nconstraints {:?} {:?}\n\
         affinities {:?} {:?}\nnetworks {:?} volumes {:?}\ntasks {asked:?}",
        turn.single,
        group.count,
        job.spreads,
        group.spreads,
        job.constraints,
        group.constraints,
        job.affinities,
        group.affinities,
        group.networks,
        group.volumes,
    )
}

/// What an allocation holds that gets these devices.
fn resources(group: &TaskGroup, devices: &fit::Devices, node: &Node) -> AllocatedResources {
    let mut resources = AllocatedResources::default();
    resources.shared.disk_mb = group.ephemeral_disk.size_mb;
    let mut devices = devices.iter();
    for task in &group.tasks {
        let mut held = AllocatedTaskResources {
            cpu: AllocatedCpu { cpu_shares: task.resources.cpu, ..AllocatedCpu::default() },
            memory: AllocatedMemory { memory_mb: task.resources.memory_mb, memory_max_mb: 0 },
            ..AllocatedTaskResources::default()
        };
        for (request, (at, instances)) in task.resources.devices.iter().zip(devices.by_ref()) {
            let of = &node.node_resources.as_ref().expect("a node with devices").devices[*at];
            let (vendor, kind, name) = (of.vendor.clone(), of.kind.clone(), of.name.clone());
            let device_ids = instances.iter().map(|at| of.instances[*at].id.clone()).collect();
            held.devices.push(AllocatedDevice { vendor, kind, name, device_ids, share: request.share });
        }
        let lifecycle = task.lifecycle.as_ref();
        let lifecycle = lifecycle.map(|when| TaskLifecycle { hook: when.hook.clone(), sidecar: when.sidecar });
        resources.task_lifecycles.insert(task.name.to_string(), lifecycle);
        resources.tasks.insert(task.name.to_string(), held);
    }
    resources
}

/// The plan becomes the state, or is refused; the fleet is counted as its owner would.
fn commit(world: &mut World, evaluation: &mut Evaluation, refused: bool) {
    if refused {
        world.ledger.allocs.retain(|held| !held.planned);
        world.ledger.allocs.iter_mut().for_each(|held| held.stopped = false);
    } else {
        // Some that were stopped go, others run on until they have been told.
        let World { ledger, dice, .. } = world;
        ledger.allocs.retain(|held| !held.stopped || held.status != Status::Running || dice.once_in(3));
        for held in &mut ledger.allocs {
            if std::mem::take(&mut held.stopped) && held.status == Status::Running {
                held.status = *dice.pick(&[Status::Told, Status::Ended]);
            }
            held.planned = false;
        }
    }
    evaluation.touched.sort_unstable();
    evaluation.touched.dedup();
    evaluation.touched.iter().for_each(|slot| world.recount(*slot));
}
