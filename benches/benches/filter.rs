//! List filters over a hundred thousand job stubs, and reading an expression.
#![allow(missing_docs)] // of what `criterion_group!` makes

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use longshore::filter::Filter;
use longshore::model::{GroupSummary, JobId, JobListStub, JobStatus, JobSummary, JobType};

const STUBS: usize = 100_000;

/// What is asked, and how many stubs pass.
const FILTERS: &[(&str, &str, usize)] = &[
    ("one_test", "Status == running", 75_000),
    ("three_tests", "Status == running and Type == service and Priority != 50", 25_000),
    ("ten_tests_the_last_decides", TEN, 1),
    ("a_key_and_a_part", r#"Meta.owner == "team-3" and Name contains "-77""#, 111),
    ("a_pattern", r#"Name matches "^job-[0-9]*7$""#, 10_000),
    ("elements", "any Datacenters as d { d == bergen }", 50_000),
    ("elements_of_elements", "any JobSummary.Summary as _, group { group.Running == 3 and group.Lost == 0 }", 10_000),
];

const TEN: &str = r#"ID == "a" or ID == "b" or Name == "c" or Type == system or Priority == 1 or Stop == true
    or Namespace == prod or NodePool == gpu or JobModifyIndex == 9 or ModifyIndex == 77777"#;

/// Stub number `number` of a list in which every test holds now and then.
fn stub(number: usize) -> JobListStub {
    let id = JobId::from(format!("job-{number}"));
    let mut stub = JobListStub {
        name: id.to_string(),
        kind: if number.is_multiple_of(2) { JobType::Service } else { JobType::Batch },
        status: if number % 4 == 1 { JobStatus::Dead } else { JobStatus::Running },
        priority: if number % 4 < 2 { 50 } else { 70 },
        node_pool: "default".into(),
        namespace: "default".into(),
        datacenters: ["oslo", "bergen"][..1 + number % 2].iter().map(|name| (*name).to_string()).collect(),
        modify_index: number as u64,
        id: id.clone(),
        ..JobListStub::default()
    };
    stub.meta.insert("owner", format!("team-{}", number % 10));
    stub.meta.insert("tier", "1".into());
    let mut summary = JobSummary { job_id: id, ..JobSummary::default() };
    summary.summary.insert("front", GroupSummary { running: (number % 10) as i64, ..GroupSummary::default() });
    summary.summary.insert("back", GroupSummary::default());
    stub.job_summary = Some(summary);
    stub
}

fn benches_of_filters(criterion: &mut Criterion) {
    let stubs: Vec<JobListStub> = (0..STUBS).map(stub).collect();
    let mut group = criterion.benchmark_group(format!("filter/{STUBS}_job_stubs"));
    group.throughput(Throughput::Elements(STUBS as u64));
    for (name, text, passing) in FILTERS {
        let filter = Filter::parse(text).expect("an expression");
        let count = || stubs.iter().filter(|stub| filter.matches(*stub) == Ok(true)).count();
        assert_eq!(count(), *passing, "{name}");
        group.bench_function(*name, |bencher| bencher.iter(|| black_box(count())));
    }
    group.finish();
    criterion.bench_function("filter/parse/ten_tests", |bencher| bencher.iter(|| Filter::parse(black_box(TEN))));
}

criterion_group!(benches, benches_of_filters);
criterion_main!(benches);
