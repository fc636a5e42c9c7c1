use super::simulate::{nonce, simulate};
use super::*;
use crate::data_dir::data_dir;
use crate::draws::Draw;
use crate::workload::TraceNode;

/// A node with so much of its 64 cores free, and these gaps; 1,000 of 2,000 MiB are free.
fn node(cpu_free: u32, gpus_free: &[u16]) -> NodeState {
    let mix = Mix::of_types(Vec::new(), vec!["T4".to_owned()]);
    NodeState {
        cpu_milli: 64_000,
        memory_mib: 2000,
        model: "T4".to_owned(),
        model_id: mix.model_id("T4"),
        cpu_free,
        memory_free: 1000,
        gpus_free: gpus_free.to_vec(),
        tags: BTreeSet::new(),
    }
}

fn task(cpu_milli: u32, gpus: u32, gpu_milli: u32) -> TraceTask {
    TraceTask { name: "t".to_owned(), cpu_milli, memory_mib: 500, gpus, gpu_milli, models: Vec::new() }
}

/// Part of the trace: every 20th node, every 10th task.
fn small() -> Workload {
    let whole = Workload::named("gpuspec33", &data_dir().unwrap()).unwrap();
    Workload {
        name: "small".to_owned(),
        nodes: whole.nodes.into_iter().step_by(20).collect(),
        tasks: whole.tasks.into_iter().step_by(10).collect(),
    }
}

fn equal_nodes(count: usize, gpus: u32) -> Workload {
    let node =
        |i| TraceNode { name: format!("n{i}"), cpu_milli: 64_000, memory_mib: 2000, gpus, model: "T4".to_owned() };
    Workload { name: "equal".to_owned(), nodes: (0..count).map(node).collect(), tasks: vec![task(8000, 1, 500)] }
}

#[test]
fn gpu_10_equality_fits_and_one_gpu_serves_one_share() {
    let node = node(8000, &[500, 400, 0]);
    assert!(node.fits(&task(8000, 1, 500)));
    assert!(!node.fits(&task(8001, 1, 500)));
    assert!(!node.fits(&task(8000, 1, 501)));
    let mut memory = task(0, 0, 0);
    memory.memory_mib = 1000;
    assert!(node.fits(&memory));
    memory.memory_mib = 1001;
    assert!(!node.fits(&memory));
    assert!(!node.fits(&task(0, 1, 1000)));
    let restricted = TraceTask { models: vec!["G2".to_owned()], ..task(0, 1, 100) };
    assert!(!node.fits(&restricted));
}

#[test]
fn gpu_21_dot_product() {
    // c·cpu = ½ · ⅛, L·D = ¼ · ⅛: 100 · (1 − ½ · 0.09375) = 95.3.
    let node = node(64_000, &[1000, 1000]);
    assert_eq!(score::dot_product(&node, &task(16_000, 1, 1000)), 95.0);
    assert_eq!(score::dot_product(&node, &task(0, 0, 0)), 100.0);
}

#[test]
fn gpu_22_clustering_by_what_a_node_holds() {
    let with = |tags: &[Tag], gpus_free: &[u16]| {
        let mut node = node(64_000, gpus_free);
        node.tags = tags.iter().copied().collect();
        node
    };
    let share = task(1, 1, 500);
    let score = |node: &NodeState| score::gpu_clustering(node, &share);
    // ⌊25 · 6000/8000⌋ = 18 on the nodes with 2,000 idle.
    assert_eq!(score(&with(&[Tag::Share], &[1000, 1000])), 75.0 + 18.0);
    assert_eq!(score(&with(&[Tag::Share, Tag::Whole(1)], &[1000, 1000])), 50.0 + 18.0);
    assert_eq!(score(&with(&[], &[1000; 8])), 25.0);
    assert_eq!(score(&with(&[Tag::Whole(1)], &[999, 0])), 21.0);
    assert_eq!(score::gpu_clustering(&with(&[Tag::Share], &[0, 0]), &task(1, 0, 0)), 0.0);
    let pair = with(&[Tag::Whole(2), Tag::Whole(4)], &[1000, 1000]);
    assert_eq!(score::gpu_clustering(&pair, &task(1, 2, 1000)), 50.0 + 18.0);
    assert_eq!(score::gpu_clustering(&pair, &task(1, 1, 1000)), 18.0);
}

#[test]
fn gpu_23_packing_prefers_gpus_then_nodes_in_use() {
    let score = |gpus_free: &[u16], task: &TraceTask| score::gpu_packing(&node(64_000, gpus_free), task);
    let share = task(1, 1, 300);
    assert_eq!(score(&[1000; 8], &share), 25.0);
    assert_eq!(score(&[1000; 2], &share), 31.0);
    assert_eq!(score(&[1000, 999], &share), 91.0, "99% of a GPU: 100 − 9");
    assert_eq!(score(&[1000, 299, 1000], &share), 49.0, "an idle GPU of a busy node");
    assert_eq!(score(&[300, 999, 1000], &share), 97.0, "the tightest: 100 − 3");
    assert_eq!(score(&[1000, 1000, 0], &task(1, 2, 1000)), 48.0);
    assert_eq!(score(&[0, 0], &task(1, 0, 0)), 0.0);
}

#[test]
fn gpu_24_gpu_37_best_and_worst_fit() {
    // (c − cpu)/128000 + (L − D)/8000 = 0.25 + 0.1875 = 0.4375.
    let node = node(64_000, &[1000, 1000]);
    let task = task(32_000, 1, 500);
    assert_eq!(score::best_fit(&node, &task), 78.0);
    assert_eq!(score::worst_fit(&node, &task), 21.0);
}

#[test]
fn gpu_25_best_fit_is_stretched_over_the_fitting_nodes() {
    let mut scores = [Some(90.0), None, Some(60.0), Some(71.0), Some(70.0)];
    score::stretch(&mut scores);
    assert_eq!(scores, [Some(100.0), None, Some(0.0), Some(36.0), Some(33.0)]);
    let mut equal = [Some(90.0), None, Some(90.0)];
    score::stretch(&mut equal);
    assert_eq!(equal, [Some(0.0), None, Some(0.0)]);
    score::stretch(&mut [None]);
}

#[test]
fn gpu_26_gpu_27_fgd_compares_after_truncation_and_takes_the_first() {
    let workload = Workload { tasks: vec![task(8000, 1, 400)], ..equal_nodes(1, 3) };
    let mix = Mix::typical(&workload);
    // No gap becomes too small: no change, exactly 50, on the first GPU that can.
    let roomy = node(64_000, &[300, 1000, 1000]);
    assert_eq!(score::fgd(&mix, &roomy, &task(0, 1, 400)), (50.0, Some(1)));
    // 1000 − 700 = 300 are lost, σ(−0.3) = 0.4256; 710 − 700 = 10 are, σ(−0.01) = 0.4975.
    let tight = node(64_000, &[1000, 710, 701]);
    assert_eq!(score::fgd(&mix, &tight, &task(0, 1, 700)), (49.0, Some(1)));
    // A gap too small is filled: σ(0.3) = 0.5744.
    let filled = node(64_000, &[300, 1000]);
    assert_eq!(score::fgd(&mix, &filled, &task(0, 1, 300)), (57.0, Some(0)));
    // Tasks of whole GPUs, and those without, have one state after: here nothing is lost, there
    // the CPU that the idle 1,300 need, 1,000 of which were of use, σ(−1) = 0.2689.
    assert_eq!(score::fgd(&mix, &filled, &task(0, 1, 1000)), (50.0, None));
    assert_eq!(score::fgd(&mix, &filled, &task(64_000, 0, 0)), (26.0, None));
}

/// Row 14 of the placement rules' table: node 4000/8192, ask 500/256.
#[test]
fn gpu_38_gpu_39_bin_pack_and_spread_over_cpu_and_memory() {
    let mut node = NodeState { cpu_milli: 4000, memory_mib: 8192, cpu_free: 4000, memory_free: 8192, ..node(0, &[]) };
    let task = TraceTask { memory_mib: 256, ..task(500, 0, 0) };
    let near = |score: f64, expected: f64| (score - expected).abs() < 1e-9;
    assert!(near(score::bin_pack(&node, &task), 0.177_518_749_9));
    assert!(near(score::spread(&node, &task), 0.822_481_250_1));
    node.cpu_free -= 500;
    node.memory_free -= 256;
    assert!(near(score::bin_pack(&node, &task), 0.317_607_973_0));
    assert!(near(score::spread(&node, &task), 0.682_392_027_0));
    (node.cpu_free, node.memory_free) = (500, 256);
    assert_eq!(score::bin_pack(&node, &task), 1.0);
    assert_eq!(score::spread(&node, &task), 0.0);
}

#[test]
fn gpu_15_which_gpus_serve() {
    let mix = Mix::of_types(Vec::new(), Vec::new());
    let gpus = |policy, gpus_free: &[u16], task: &TraceTask, nonce| {
        let node = node(64_000, gpus_free);
        score::gpus(policy, &mix, &node, task, &mut Stream::seeded(nonce))
    };
    let (share, pair) = (task(1, 1, 500), task(1, 2, 1000));
    for policy in Policy::ALL {
        assert_eq!(gpus(policy, &[1000, 500, 1000, 1000], &pair, 1), [0, 2]);
        assert!(gpus(policy, &[1000], &task(1, 0, 0), 1).is_empty());
    }
    let gaps = [499, 800, 600, 600, 1000, 1000];
    for policy in [Policy::BestFit, Policy::GpuPacking, Policy::FirstFit, Policy::BinPack] {
        assert_eq!(gpus(policy, &gaps, &share, 1), [2], "the tightest, lowest index");
    }
    for policy in [Policy::WorstFit, Policy::Spread] {
        assert_eq!(gpus(policy, &gaps, &share, 1), [4], "the largest, lowest index");
    }
    let chosen: BTreeSet<u32> = (0..200).flat_map(|nonce| gpus(Policy::Random, &gaps, &share, nonce)).collect();
    assert_eq!(chosen, BTreeSet::from([1, 2, 3, 4, 5]), "any that fits");
}

#[test]
fn gpu_13_a_tie_goes_to_the_lowest_rank() {
    let workload = equal_nodes(3, 2);
    let twin = Twin::new(&workload, &[2, 0, 1]);
    for policy in Policy::ALL {
        let decision = twin.decide(policy, &workload.tasks[0], 7).unwrap();
        assert!(decision.node == 1 || policy == Policy::Random);
    }
}

#[test]
fn gpu_20_random_takes_every_node_that_fits_and_no_other() {
    let workload = equal_nodes(4, 1);
    let mut twin = Twin::new(&workload, &[0, 1, 2, 3]);
    let whole = task(1, 1, 1000);
    let first = twin.decide(Policy::FirstFit, &whole, 0).unwrap();
    twin.apply(&first, &whole).unwrap();
    let mut counts = [0; 4];
    for nonce in 0..3000 {
        counts[twin.decide(Policy::Random, &whole, nonce).unwrap().node] += 1;
    }
    assert_eq!(counts[0], 0);
    assert!(counts[1..].iter().all(|count| (900..1100).contains(count)));
}

#[test]
fn gpu_12_a_task_is_refused_only_if_it_fits_nowhere() {
    let workload = small();
    let draw = Draw::of(&workload, 1, 130).unwrap();
    for policy in Policy::ALL {
        let mut twin = Twin::new(&workload, &draw.rank);
        let mut refused = 0;
        for (arrival, row) in (0..).zip(&draw.arrivals) {
            let task = &workload.tasks[*row as usize];
            let fits = (0..workload.nodes.len()).any(|node| twin.fits(task, node));
            let decision = twin.decide(policy, task, nonce(1, arrival));
            assert_eq!(decision.is_some(), fits);
            match decision {
                Some(decision) => twin.apply(&decision, task).unwrap(),
                None => refused += 1,
            }
        }
        assert!(refused > 0);
    }
}

/// GPU-35: a run with kept scores decides as one that scans everything each time.
#[test]
fn gpu_35_kept_scores_change_no_decision() {
    let workload = small();
    for seed in [1, 2] {
        let draw = Draw::of(&workload, seed, 130).unwrap();
        for policy in Policy::ALL {
            let report = simulate(&workload, &draw, policy);
            let mut twin = Twin::new(&workload, &draw.rank);
            for (arrival, row) in draw.arrivals.iter().enumerate() {
                let task = &workload.tasks[*row as usize];
                let decision = twin.decide(policy, task, nonce(seed, arrival as u64));
                assert_eq!(decision, report.decisions[arrival], "{policy}, arrival {arrival}");
                if let Some(decision) = decision {
                    let scores = twin.scores(policy, task);
                    assert_eq!(scores[decision.node], Some(decision.score));
                    assert!(scores.iter().flatten().all(|score| *score <= decision.score));
                    twin.apply(&decision, task).unwrap();
                }
            }
            check_ledger(&twin, &workload, &draw, &report.decisions);
        }
    }
}

/// The ledger, counted again from the decisions.
fn check_ledger(twin: &Twin, workload: &Workload, draw: &Draw, decisions: &[Option<Decision>]) {
    let mut fresh = Twin::new(workload, &draw.rank);
    for (row, decision) in draw.arrivals.iter().zip(decisions) {
        let Some(decision) = decision else { continue };
        let task = &workload.tasks[*row as usize];
        let state = &mut fresh.nodes[decision.node];
        state.cpu_free -= task.cpu_milli;
        state.memory_free -= task.memory_mib;
        for gpu in &decision.gpus {
            state.gpus_free[*gpu as usize] -= task.gpu_milli as u16;
        }
        state.tags.extend(Tag::of(task));
    }
    assert_eq!(twin.nodes, fresh.nodes);
}

#[test]
fn impossible_decisions_leave_the_ledger_alone() {
    let workload = equal_nodes(2, 2);
    let mut twin = Twin::new(&workload, &[0, 1]);
    let before = twin.nodes.clone();
    let mut apply = |node, gpus: &[u32], task: &TraceTask| {
        let decision = Decision { node, gpus: gpus.to_vec(), score: 0.0 };
        twin.apply(&decision, task)
    };
    let pair = task(1, 2, 1000);
    assert_eq!(apply(2, &[0, 1], &pair), Err(Impossible::NoSuchNode { node: 2, nodes: 2 }));
    assert_eq!(apply(0, &[0, 0], &pair), Err(Impossible::WrongGpus { node: 0 }));
    assert_eq!(apply(0, &[0], &pair), Err(Impossible::WrongGpus { node: 0 }));
    assert_eq!(apply(0, &[1, 2], &pair), Err(Impossible::WrongGpus { node: 0 }));
    let too_large = task(64_001, 0, 0);
    assert_eq!(apply(0, &[], &too_large), Err(Impossible::DoesNotFit { node: 0 }));
    assert_eq!(twin.nodes, before);
}
