use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::data_dir::data_dir;
use crate::workload::{TraceNode, TraceTask};

fn openb(name: &str) -> Workload {
    Workload::named(name, &data_dir().unwrap()).unwrap()
}

fn recorded(name: &str) -> (Workload, Vec<Draw>) {
    let workload = openb(name);
    let file = data_dir().unwrap().join(format!("openb/arrivals/{name}.txt"));
    let draws = Draw::recorded(&file, &workload).unwrap();
    (workload, draws)
}

/// A cluster with `gpus` GPUs, and tasks of (num, milli).
fn small(gpus: u32, tasks: &[(u32, u32)]) -> Workload {
    Workload {
        name: "small".to_owned(),
        nodes: vec![TraceNode {
            name: "n".to_owned(),
            cpu_milli: 1000,
            memory_mib: 1000,
            gpus,
            model: "T4".to_owned(),
        }],
        tasks: tasks
            .iter()
            .map(|&(gpus, gpu_milli)| TraceTask {
                name: "t".to_owned(),
                cpu_milli: 1,
                memory_mib: 1,
                gpus,
                gpu_milli,
                models: Vec::new(),
            })
            .collect(),
    }
}

fn asked(workload: &Workload, arrivals: &[u32]) -> u64 {
    let tasks = arrivals.iter().map(|row| &workload.tasks[*row as usize]);
    tasks.map(TraceTask::demand_milli).sum()
}

fn is_permutation(numbers: &[u32]) -> bool {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.iter().copied().eq(0..numbers.len() as u32)
}

#[test]
fn gpu_9_the_record_of_default_seed_42() {
    let (workload, draws) = recorded("default");
    let seeds: Vec<u64> = draws.iter().map(|draw| draw.seed).collect();
    assert!(PUBLISHED_SEEDS.eq(seeds));
    assert_eq!(draws[0].arrivals.len(), 10_866);
    assert_eq!(draws[0].arrivals[..3], [255, 1685, 6784]);
    assert!(is_permutation(&draws[0].rank));
    assert_eq!(draws[0].rank.len(), workload.nodes.len());
}

/// The record obeys the rules that our own draws obey.
#[test]
fn gpu_4_gpu_5_the_record_begins_with_the_file_and_ends_below_the_target() {
    let (workload, draws) = recorded("default");
    for draw in draws {
        assert!(is_permutation(&draw.arrivals[..workload.tasks.len()]));
        let asked = asked(&workload, &draw.arrivals);
        assert!((8_075_600 - 8_000..=8_075_600 + 7_000).contains(&asked));
    }
}

#[test]
fn gpu_4_gpu_5_the_file_comes_first_and_the_rest_is_drawn_from_it() {
    let workload = openb("default");
    let draw = Draw::of(&workload, 42, 130).unwrap();
    let (file, rest) = draw.arrivals.split_at(workload.tasks.len());
    assert!(is_permutation(file) && !file.is_sorted());
    assert!(rest.len() > 2_000 && rest.iter().any(|row| workload.tasks[*row as usize].gpus == 0));
    assert!((8_075_600 - 8_000..=8_075_600 + 7_000).contains(&asked(&workload, &draw.arrivals)));
    assert!(is_permutation(&draw.rank));
    assert_eq!(draw, Draw::of(&workload, 42, 130).unwrap());
    assert_ne!(draw.arrivals, Draw::of(&workload, 43, 130).unwrap().arrivals);
}

/// If this fails, every figure from own draws has changed.
#[test]
fn own_draws_are_pinned() {
    let draw = Draw::of(&openb("default"), 42, 130).unwrap();
    let pinned = (draw.arrivals.len(), &draw.arrivals[..5], &draw.rank[..5]);
    assert_eq!(pinned, (PINNED_LEN, &PINNED_ARRIVALS[..], &PINNED_RANK[..]));
}

const PINNED_LEN: usize = 10_845;
const PINNED_ARRIVALS: [u32; 5] = [1703, 3543, 883, 7129, 3067];
const PINNED_RANK: [u32; 5] = [785, 515, 603, 29, 252];

#[test]
fn gpu_6_elements_are_taken_out_and_none_comes_twice() {
    let workload = openb("multigpu50");
    let draw = Draw::of(&workload, 42, 130).unwrap();
    assert!(draw.arrivals.len() < workload.tasks.len());
    let mut sorted = draw.arrivals.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), draw.arrivals.len());
    assert!((8_075_600 - 8_000..=8_075_600).contains(&asked(&workload, &draw.arrivals)));
}

/// GPU-5 stops by the milli of one GPU, so a task of two may pass the target.
#[test]
fn gpu_5_weighs_one_gpu_of_the_next_task() {
    let workload = small(3, &[(2, 1000)]);
    let len = |percent| Draw::of(&workload, 1, percent).unwrap().arrivals.len();
    assert_eq!(len(99), 1);
    assert_eq!(len(100), 2);
    assert_eq!(len(66), 0, "200 of 300 are more than 66%");
    assert_eq!(len(166), 2);
    assert_eq!(len(167), 3, "GPU-5: 4,000 + 1,000 do not pass 5,010");
}

#[test]
fn targets_are_not_rounded() {
    let workload = small(1, &[(1, 130)]);
    let len = |percent| Draw::of(&workload, 1, percent).unwrap().arrivals.len();
    assert_eq!((len(13), len(12), len(26), len(25)), (1, 0, 2, 1));
}

#[test]
fn draws_that_cannot_be_made() {
    let error = |workload: &Workload, percent| Draw::of(workload, 1, percent).unwrap_err();
    let message = error(&small(1, &[(0, 0)]), 130).to_string();
    assert_eq!(message, "no task asks for a GPU; arrivals would never reach 130% of the GPUs");
    assert!(matches!(error(&small(0, &[(0, 0)]), 130), DrawError::NoGpus));
    assert!(matches!(error(&small(1, &[(1, 1)]), 10_001), DrawError::Percent { found: 10_001 }));
    assert!(matches!(error(&small(64, &[(1, 1), (0, 0), (0, 0)]), 10_000), DrawError::TooMany { .. }));
    assert!(matches!(error(&small(1, &[]), 130), DrawError::NoDemand { .. }));
}

#[test]
fn mistakes_in_a_record() {
    let workload = Workload { nodes: [small(1, &[]).nodes, small(1, &[]).nodes].concat(), ..small(1, &[(1, 1000); 3]) };
    let message = |text: &str| {
        let draws = Draw::parse_recorded(Path::new("r.txt"), text.as_bytes(), &workload);
        draws.unwrap_err().to_string()
    };
    let good = "seed 1\narrivals 0 2 2\nrank 1 0\n";
    let draws = Draw::parse_recorded(Path::new("r.txt"), good.as_bytes(), &workload).unwrap();
    assert_eq!((draws[0].seed, draws[0].arrivals.len()), (1, 3));
    let cases = [
        ("sed 1", "r.txt:1: seed is `sed 1`; it must be `seed` and a whole number"),
        ("\nseed", "r.txt:2: seed is `seed`; it must be `seed` and a whole number"),
        (
            "seed 1\n",
            "r.txt:3: arrivals is `the end of the file`; \
             it must be `arrivals` and whole numbers below 3",
        ),
        ("seed 1\r\narrivals 0 3\r\n", "r.txt:2: arrivals[1] is `3`; it must be a whole number below 3"),
        ("seed 1\narrivals 0 x", "r.txt:2: arrivals[1] is `x`; it must be a whole number below 3"),
        ("seed 1\narrivals\n", "r.txt:2: arrivals is `arrivals`; it must be `arrivals` and whole numbers below 3"),
        ("seed 1\narrivals 0\nranks 0 1", "r.txt:3: rank is `ranks 0 1`; it must be `rank` and whole numbers below 2"),
        ("seed 1\narrivals 0\nrank 0", "r.txt:3: rank is `1 numbers`; it must be 2 numbers, one for each node"),
        ("seed 1\narrivals 0\nrank 1 1", "r.txt:3: rank[1] is `1`; it must be a rank no other node has"),
        ("seed 1\narrivals 0\nrank 0 1\nseed 1\n", "r.txt:4: seed is `1`; it must be a seed not seen before"),
    ];
    for (text, expected) in cases {
        assert_eq!(message(text), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in any::<Vec<u8>>(), text in "((seed|arrivals|rank|x)( [0-9]{1,2}){0,3}\n?){0,9}") {
        let workload = small(1, &[(1, 1000); 3]);
        let _ = Draw::parse_recorded(Path::new("r.txt"), &bytes, &workload);
        let _ = Draw::parse_recorded(Path::new("r.txt"), text.as_bytes(), &workload);
    }

    /// GPU-4 to GPU-6 for any tasks: the sum ends at the target, less than one task away from it.
    #[test]
    fn arrivals_end_at_the_target(
        tasks in prop::collection::vec((1u32..3, 1u32..=1000), 1..20),
        percent in 0u32..300,
        seed in any::<u64>(),
    ) {
        let workload = small(4, &tasks);
        let draw = Draw::of(&workload, seed, percent).unwrap();
        let asked = asked(&workload, &draw.arrivals);
        let target = 40 * u64::from(percent);
        prop_assert!(asked <= target + 1000);
        prop_assert!(asked + 2000 > target);
    }
}
