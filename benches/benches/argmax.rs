//! Finding the best of all nodes, by bin packing: what a placement asks of the search.
#![allow(missing_docs)] // of what `criterion_group!` makes

use std::hint::black_box;
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use longshore::Policy;
use longshore::model::{Job, TaskGroup};
use longshore::placement::policy::Occasion;
use longshore::placement::{Ask, Choice, Fleet, Nobody, Request, Search, Slot};
use longshore_benches::{node, task};

const NODES: [usize; 3] = [1_000, 10_000, 50_000];

fn fleet(nodes: usize) -> Fleet {
    let mut fleet = Fleet::new();
    for number in 0..nodes {
        fleet.put_node(Slot(number as u32), Arc::new(node(number))).expect("a small node");
    }
    fleet
}

fn search(fleet: Fleet) -> Search {
    let mut search = Search::new(Policy::default());
    search.replace_fleet(fleet);
    search
}

/// A job of one group of one task of so many MHz, and what it asks for.
fn ask(cpu: i64) -> (Job, Arc<Ask>) {
    let job = Job::service("job").with_group(TaskGroup::new("group").task(task(cpu)));
    let ask = Arc::new(Ask::new(&job, &job.task_groups[0]).expect("a plain group"));
    (job, ask)
}

fn best(search: &mut Search, (job, ask): &(Job, Arc<Ask>)) -> Option<Choice> {
    search.best(&Request {
        ask,
        job,
        group: &job.task_groups[0],
        alloc_name: "",
        occasion: Occasion::default(),
        oversubscription: false,
        occupants: &Nobody,
        single: false,
        runners_up: 0,
    })
}

/// One node's usage changes, then the best is asked for: the step of every placement but the first of its kind.
fn after_one_change(group: &mut BenchmarkGroup<'_, WallTime>, nodes: usize) {
    let (mut search, ask, filler) = (search(fleet(nodes)), ask(500), ask(100).1.amounts);
    best(&mut search, &ask);
    let mut step = 0usize;
    group.bench_function(BenchmarkId::new("after_one_change", format!("{nodes}_nodes")), |bencher| {
        bencher.iter(|| {
            // Goes round the nodes in strides, filling a little in one round and giving it back in the next.
            let slot = Slot(((step * 7_919) % nodes) as u32);
            if (step / nodes).is_multiple_of(2) {
                search.fleet_mut().take(slot, filler, &[]).expect("small amounts");
            } else {
                search.fleet_mut().give_back(slot, filler, &[]);
            }
            step += 1;
            black_box(best(&mut search, &ask))
        });
    });
}

/// The first placement of an ask looks at every node.
fn unseen_ask(group: &mut BenchmarkGroup<'_, WallTime>, nodes: usize) {
    let (fleet, ask) = (fleet(nodes), ask(500));
    group.bench_function(BenchmarkId::new("unseen_ask", format!("{nodes}_nodes")), |bencher| {
        let fresh = || search(fleet.clone());
        let first = |search: &mut Search| black_box(best(search, &ask));
        bencher.iter_batched_ref(fresh, first, BatchSize::PerIteration);
    });
}

fn argmax(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("argmax");
    for nodes in NODES {
        after_one_change(&mut group, nodes);
    }
    group.sample_size(20);
    for nodes in NODES {
        unseen_ask(&mut group, nodes);
    }
    group.finish();
}

criterion_group!(benches, argmax);
criterion_main!(benches);
