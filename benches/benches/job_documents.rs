//! What a job document costs on its way in: decoded, made canonical, validated, known to be unchanged.
#![allow(missing_docs)] // of what `criterion_group!` makes

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use longshore::model::validate::validate;
use longshore::model::{Cluster, Job, Request, document, from_json};
use longshore_benches::{job_text, plain_job_text};

/// Ten groups with ten tasks each.
const SIZE: usize = 10;

fn canonical(text: &str, cluster: &Cluster) -> Job {
    let document: document::Job = from_json(text).expect("a job");
    document.canonicalize(&Request::default(), cluster)
}

fn job_documents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("job_documents");
    let cluster = Cluster::default();
    let text = job_text(SIZE, SIZE);
    let job = canonical(&text, &cluster);
    assert!(validate(&job, &cluster).is_valid());
    group.bench_function("validate/10_groups_10_tasks", |bencher| {
        bencher.iter(|| validate(black_box(&job), &cluster));
    });
    // What a job usually has, and no more than it needs. The host keeps the job, so its end is not part of it.
    for (name, text) in [("", &text), ("_plain", &plain_job_text(SIZE, SIZE))] {
        group.bench_function(format!("decode_canonicalize_validate/10_groups_10_tasks{name}"), |bencher| {
            bencher.iter_with_large_drop(|| {
                let job = canonical(black_box(text), &cluster);
                let valid = validate(&job, &cluster).is_valid();
                (job, valid)
            });
        });
    }
    // A stored job that is registered again is known by identity, another one by its contents.
    let equal = canonical(&text, &cluster);
    for (name, other) in [("the_stored_one", &job), ("an_equal_one", &equal)] {
        group.bench_function(format!("unchanged/{name}"), |bencher| {
            bencher.iter(|| black_box(&job).same_specification(black_box(other)));
        });
    }
    group.finish();
}

criterion_group!(benches, job_documents);
criterion_main!(benches);
