use super::*;
use crate::workload::TraceNode;

/// A cluster of 100 GPUs on 50 nodes, so that 1,000 milli are 1%.
fn cluster() -> Workload {
    let node =
        |i| TraceNode { name: format!("n{i}"), cpu_milli: 1000, memory_mib: 1000, gpus: 2, model: "T4".to_owned() };
    Workload { name: "cluster".to_owned(), nodes: (0..50).map(node).collect(), tasks: vec![task(500), task(1000)] }
}

fn task(gpu_milli: u32) -> TraceTask {
    TraceTask { name: "t".to_owned(), cpu_milli: 1, memory_mib: 1, gpus: 1, gpu_milli, models: Vec::new() }
}

fn measure() -> Measure {
    let workload = cluster();
    Measure::new(&workload, &Mix::typical(&workload))
}

fn on(node: usize, gpus_free: &[u16]) -> Option<Placed<'_>> {
    Some(Placed { node, cpu_free: 999, gpus_free })
}

#[test]
fn gpu_28_gpu_29_allocation_is_the_mean_over_the_arrivals_of_a_percent() {
    let mut measure = measure();
    // A = 0.5%: rounds to 0, the even one. A = 1%, then 1.5%: rounds to 2.
    measure.arrived(&task(500), on(0, &[500, 1000]));
    measure.arrived(&task(500), None);
    measure.arrived(&task(500), on(1, &[500, 1000]));
    assert_eq!(measure.allocated_pct(0), Some(0.5));
    assert_eq!(measure.allocated_pct(1), Some(0.5));
    assert_eq!(measure.allocated_pct(2), Some(1.0));
    measure.arrived(&task(500), on(2, &[500, 1000])); // 2%: 1.5 allocated
    measure.arrived(&task(333), on(3, &[667, 1000])); // 2.333%: 1.83 after rounding
    assert_eq!(measure.allocated_pct(2), Some(1.44), "4.33 / 3 = 1.4433");
}

#[test]
fn gpu_28_y_is_rounded_before_the_mean_is_taken() {
    let mut measure = measure();
    measure.arrived(&task(5), on(0, &[995, 1000])); // y = 0.005, rounds to 0.00
    measure.arrived(&task(1), on(0, &[994, 1000])); // y = 0.006, rounds to 0.01
    // The mean of 0.00 and 0.01 is a half of a hundredth, and 0 is even.
    assert_eq!(measure.allocated_pct(0), Some(0.0));
    measure.arrived(&task(1), on(0, &[993, 1000])); // y = 0.007, rounds to 0.01
    assert_eq!(measure.allocated_pct(0), Some(0.01));
}

#[test]
fn gpu_29_a_missing_percent_takes_its_neighbours() {
    let mut measure = measure();
    measure.arrived(&task(1000), on(0, &[0, 1000])); // 1%: 1
    for _ in 0..2 {
        measure.arrived(&task(1000), None); // 2%, 3%: 1
    }
    let mut large = task(1000);
    large.gpus = 2;
    measure.arrived(&large, on(1, &[0, 0])); // 5%: 3
    assert_eq!(measure.allocated_pct(4), Some(2.0), "of 3% and 5%");
    assert_eq!(measure.allocated_pct(0), Some(1.0), "of 1%");
    assert_eq!(measure.allocated_pct(6), Some(3.0), "of 5%");
    assert_eq!(measure.allocated_pct(7), None);
    assert_eq!(measure.last_arrivals_pct(), 5);
    let curve: Vec<f64> = measure.curve().iter().map(|p| p.allocated_pct).collect();
    assert_eq!(curve, [1.0, 1.0, 1.0, 1.0, 2.0, 3.0]);
}

#[test]
fn gpu_30_fragmentation_is_measured_after_each_arrival() {
    let mut measure = measure();
    assert_eq!(measure.fragmentation_milli(), 0.0);
    // Half of the mix asks for 500, half for 1000; a gap of 400 is too small for both, one of 600
    // for half of them.
    measure.arrived(&task(600), on(0, &[400, 1000]));
    assert_eq!(measure.fragmentation_milli(), 400.0);
    measure.arrived(&task(400), on(1, &[600, 1000]));
    assert_eq!(measure.fragmentation_milli(), 700.0);
    assert_eq!(measure.fragmented_pct_of_gpus(1), Some(0.55), "of 0.4 and 0.7");
    // 40,000 / 99,400 = 0.4024 and 70,000 / 99,000 = 0.7071, each rounded; then (40 + 71) / 2.
    assert_eq!(measure.fragmented_pct_of_idle(1), Some(0.56));
}

#[test]
fn gpu_32_the_first_refusal_of_an_unrestricted_task() {
    let mut measure = measure();
    let restricted = TraceTask { models: vec!["T4".to_owned()], ..task(1000) };
    measure.arrived(&restricted, None);
    assert_eq!(measure.first_refusal_pct(), None);
    measure.arrived(&task(500), None);
    measure.arrived(&task(500), None);
    assert_eq!(measure.first_refusal_pct(), Some(1.5));
}

#[test]
fn gpu_58_classes_are_counted_apart() {
    let mut measure = measure();
    measure.arrived(&task(500), on(0, &[500, 1000]));
    measure.arrived(&task(500), None);
    measure.arrived(&task(1000), None);
    let accepted = |class| measure.accepted(class).placed_pct();
    assert_eq!(accepted(Class::Share), Some(50.0));
    assert_eq!(accepted(Class::Whole), Some(0.0));
    assert_eq!(accepted(Class::CpuOnly), None);
}
