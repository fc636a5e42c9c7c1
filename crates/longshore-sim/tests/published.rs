//! The twin against the published figures of the benchmark (GPU-31, GPU-33).
//!
//! The quick tests take a part; `cargo test --release -- --ignored` takes everything.

use longshore_sim::baselines::Baselines;
use longshore_sim::data_dir::data_dir;
use longshore_sim::draws::{Draw, PUBLISHED_PERCENT, PUBLISHED_SEEDS};
use longshore_sim::policy::Policy;
use longshore_sim::reproduction::Reproduction;
use longshore_sim::twin::simulate::simulate;
use longshore_sim::workload::{WORKLOADS, Workload};

/// The workloads whose draws by the published simulator are recorded.
const RECORDED: [&str; 5] = ["default", "cpu250", "gpushare100", "gpuspec33", "multigpu50"];

/// Published figures have three decimals.
const LAST_DIGIT: f64 = 0.001;

fn openb(name: &str) -> (Workload, Vec<Draw>) {
    let data_dir = data_dir().unwrap();
    let workload = Workload::named(name, &data_dir).unwrap();
    let record = data_dir.join(format!("openb/arrivals/{name}.txt"));
    let draws = Draw::recorded(&record, &workload).unwrap();
    (workload, draws)
}

fn baselines() -> Baselines {
    Baselines::read(&data_dir().unwrap()).unwrap()
}

/// Every figure of deterministic policies is the published one to the last digit.
fn assert_reproduced(name: &str, policies: &[Policy]) {
    let (workload, draws) = openb(name);
    let baselines = baselines();
    for &policy in policies {
        let ours = Reproduction::run(&workload, &draws, policy, &baselines).unwrap();
        let published = &ours.published;
        let figures = [
            (ours.allocated_at_100.mean, published.allocated_at_100_mean),
            (ours.allocated_at_130.mean, published.allocated_at_130_mean),
            (ours.allocated_at_130.min, published.allocated_at_130_min),
            (ours.allocated_at_130.max, published.allocated_at_130_max),
            (ours.fragmented_pct_of_gpus_at_100.mean, published.fragmented_pct_of_gpus_at_100),
            (ours.fragmented_pct_of_idle_at_100.mean, published.fragmented_pct_of_idle_at_100),
            (ours.allocated_at_100.sd.unwrap(), published.allocated_at_100_sd),
            (ours.allocated_at_130.sd.unwrap(), published.allocated_at_130_sd),
        ];
        for (i, (ours, published)) in figures.into_iter().enumerate() {
            assert!(
                (ours - published).abs() < LAST_DIGIT + 1e-9,
                "{name}, {policy}, figure {i}: {ours} for {published}"
            );
        }
    }
}

/// GPU-33: draws of our own, and the published means within its bound.
fn assert_within_bound(name: &str, policies: &[Policy]) {
    let workload = Workload::named(name, &data_dir().unwrap()).unwrap();
    let draw = |seed| Draw::of(&workload, seed, PUBLISHED_PERCENT).unwrap();
    let draws: Vec<Draw> = PUBLISHED_SEEDS.map(draw).collect();
    for &policy in policies {
        let ours = Reproduction::run(&workload, &draws, policy, &baselines()).unwrap();
        let [at_100, at_130] = ours.deviations();
        assert!(ours.part_of_bound() <= 1.0, "{name}, {policy}: {at_100} and {at_130} points away");
    }
}

#[test]
fn gpu_31_published_figures_of_multigpu50_are_reproduced() {
    assert_reproduced("multigpu50", &Policy::PUBLISHED[1..]);
}

#[test]
fn gpu_33_best_fit_and_dot_product_with_own_draws() {
    assert_within_bound("multigpu50", &[Policy::BestFit, Policy::DotProduct]);
}

/// What seed 42 of the record comes to: allocation at 100 and at 130%, first refusal.
#[test]
fn gpu_32_default_with_seed_42() {
    let (workload, draws) = openb("default");
    let expected = [(Policy::BestFit, 92.94, 93.13, 92.863), (Policy::Fgd, 95.14, 95.29, 94.895)];
    for (policy, at_100, at_130, first_refusal) in expected {
        let measure = simulate(&workload, &draws[0], policy).measure;
        assert_eq!(measure.allocated_pct(100), Some(at_100));
        assert_eq!(measure.allocated_pct(130), Some(at_130));
        let refused = measure.first_refusal_pct().unwrap();
        assert!((refused - first_refusal).abs() < 0.001, "{refused}");
        assert_eq!(measure.curve().len(), 131);
    }
}

#[test]
#[ignore = "250 runs"]
fn gpu_31_all_published_figures_are_reproduced() {
    for name in RECORDED {
        assert_reproduced(name, &Policy::PUBLISHED[1..]);
    }
}

/// GPU-20 depends on draws that were not recorded, so GPU-33 holds the means only.
#[test]
#[ignore = "50 runs"]
fn gpu_33_random_with_recorded_arrivals() {
    for name in RECORDED {
        let (workload, draws) = openb(name);
        let ours = Reproduction::run(&workload, &draws, Policy::Random, &baselines()).unwrap();
        assert!(ours.part_of_bound() <= 1.0, "{name}: {:?}", ours.deviations());
    }
}

#[test]
#[ignore = "1,020 runs"]
fn gpu_33_all_workloads_and_policies_with_own_draws() {
    for name in WORKLOADS {
        assert_within_bound(name, &Policy::PUBLISHED);
    }
}
