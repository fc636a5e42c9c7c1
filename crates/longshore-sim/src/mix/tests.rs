use proptest::prelude::*;

use super::*;
use crate::data_dir::data_dir;
use crate::workload::Workload;

fn openb(name: &str) -> Workload {
    Workload::named(name, &data_dir().unwrap()).unwrap()
}

fn of_type(cpu_milli: u32, gpus: u32, gpu_milli: u32, models: &[&str], weight: f64) -> MixType {
    MixType { cpu_milli, gpu_milli, gpus, models: models.iter().map(|m| (*m).to_owned()).collect(), count: 1, weight }
}

/// GPU-17 word by word, one type at a time, whatever the order of the sum.
fn plainly(mix: &Mix, cpu_free: u32, gpus_free: &[u16], model: &str) -> f64 {
    let idle: f64 = gpus_free.iter().map(|gap| f64::from(*gap)).sum();
    let of_type = |t: &MixType| {
        let usable = gpus_free.iter().filter(|gap| u32::from(**gap) >= t.gpu_milli);
        let not_allowed = !t.models.is_empty() && !t.models.iter().any(|m| m == model);
        if t.gpus == 0 || not_allowed || cpu_free < t.cpu_milli || usable.count() < t.gpus as usize {
            return idle;
        }
        let too_small = gpus_free.iter().filter(|gap| u32::from(**gap) < t.gpu_milli);
        too_small.map(|gap| f64::from(*gap)).sum()
    };
    mix.types().iter().map(|t| t.weight * of_type(t)).sum()
}

#[test]
fn gpu_16_sizes_of_the_typical_mixes() {
    let sizes = |name: &str| {
        let workload = openb(name);
        let all = Mix::covering(&workload, 100);
        assert_eq!(all.types().iter().map(|t| t.count as usize).sum::<usize>(), workload.tasks.len());
        (Mix::typical(&workload).types().len(), all.types().len())
    };
    assert_eq!(sizes("default"), (35, 91));
    assert_eq!(sizes("gpushare100"), (21, 49));
    assert_eq!(sizes("gpuspec33"), (127, 330));
    assert_eq!(sizes("multigpu50"), (43, 91));
    assert_eq!(sizes("cpu250"), (34, 91));
}

#[test]
fn gpu_16_weights_sum_to_one_and_fall() {
    let mix = Mix::typical(&openb("gpuspec33"));
    let sum: f64 = mix.types().iter().map(|t| t.weight).sum();
    assert!((sum - 1.0).abs() < 1e-12);
    assert!(mix.types().is_sorted_by(|a, b| a.count >= b.count));
    let ties = mix.types().windows(2).filter(|pair| pair[0].count == pair[1].count);
    for pair in ties {
        let key = |t: &MixType| (t.cpu_milli, t.gpu_milli, t.gpus, t.models.join("|"));
        assert!(key(&pair[0]) > key(&pair[1]));
    }
}

#[test]
fn gpu_17_each_reason_for_fragmentation() {
    let t4 = ["T4".to_owned()];
    let fragmentation = |t: MixType, cpu: u32, gpus: &[u16], model: &str| {
        let mix = Mix::of_types(vec![t], t4.to_vec());
        mix.fragmentation(cpu, gpus, mix.model_id(model))
    };
    let gpus = [1000, 400, 0];
    // CPU-only: all idle GPUs, fits or not (GPU-18).
    assert_eq!(fragmentation(of_type(1, 0, 0, &[], 1.0), 9, &gpus, "T4"), 1400.0);
    assert_eq!(fragmentation(of_type(10, 0, 0, &[], 1.0), 9, &gpus, "T4"), 1400.0);
    // The model is not allowed; nor is one that no node has, or none.
    assert_eq!(fragmentation(of_type(1, 1, 500, &["G2"], 1.0), 9, &gpus, "T4"), 1400.0);
    assert_eq!(fragmentation(of_type(1, 1, 500, &["G2"], 1.0), 9, &gpus, "G2"), 1400.0);
    assert_eq!(fragmentation(of_type(1, 1, 500, &["T4"], 1.0), 9, &gpus, "T4"), 400.0);
    // Too little CPU; too few GPUs; equality fits (GPU-10).
    assert_eq!(fragmentation(of_type(10, 1, 500, &[], 1.0), 9, &gpus, "T4"), 1400.0);
    assert_eq!(fragmentation(of_type(9, 2, 1000, &[], 1.0), 9, &gpus, "T4"), 1400.0);
    assert_eq!(fragmentation(of_type(9, 1, 1000, &[], 1.0), 9, &gpus, "T4"), 400.0);
    assert_eq!(fragmentation(of_type(9, 1, 400, &[], 0.5), 9, &gpus, "T4"), 0.0);
    // A node without GPUs has nothing to fragment.
    assert_eq!(fragmentation(of_type(9, 1, 400, &[], 1.0), 9, &[], ""), 0.0);
}

#[test]
fn gpu_17_an_empty_cluster_is_fragmented_for_cpu_only_tasks() {
    let workload = openb("default");
    let mix = Mix::typical(&workload);
    let cpu_only: f64 = mix.types().iter().filter(|t| t.gpus == 0).map(|t| t.weight).sum();
    let free = mix.fragmentation(u32::MAX, &[1000; 8], mix.model_id("G2"));
    assert!(cpu_only > 0.1 && (free - 8000.0 * cpu_only).abs() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// GPU-17 by buckets is GPU-17 by its words.
    #[test]
    fn fragmentation_is_as_the_rule_says(
        cpu in 0u32..100_000,
        gpus in prop::collection::vec(prop_oneof![Just(0u16), Just(1000u16), 0u16..=1000], 0..9),
        model in prop::sample::select(vec!["T4", "G2", "V100M16", "unheard of", ""]),
    ) {
        let mix = spec_mix();
        let fast = mix.fragmentation(cpu, &gpus, mix.model_id(model));
        prop_assert!((fast - plainly(mix, cpu, &gpus, model)).abs() < 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// So it is for any mix, of so many demands too that they do not fit the stack.
    #[test]
    fn fragmentation_against_any_mix(
        types in prop::collection::vec(
            (0u32..8, 0u32..4, 1u32..=1000, prop::sample::subsequence(vec!["a", "b", "c"], 0..=3)),
            0..200,
        ),
        cpu in 0u32..8,
        gpus in prop::collection::vec(prop_oneof![Just(0u16), Just(1000u16), 0u16..=1000], 0..=64),
        model in prop::sample::select(vec!["a", "b", "d", ""]),
    ) {
        let weight = 1.0 / types.len().max(1) as f64;
        let types = types.iter().map(|(cpu, gpus, milli, models)| {
            of_type(*cpu, *gpus, if *gpus == 0 { 0 } else { *milli }, models, weight)
        });
        let mix = Mix::of_types(types.collect(), ["a", "b"].map(str::to_owned).to_vec());
        let fast = mix.fragmentation(cpu, &gpus, mix.model_id(model));
        prop_assert!((fast - plainly(&mix, cpu, &gpus, model)).abs() < 1e-6);
    }
}

fn spec_mix() -> &'static Mix {
    static MIX: std::sync::OnceLock<Mix> = std::sync::OnceLock::new();
    MIX.get_or_init(|| Mix::typical(&openb("gpuspec33")))
}
