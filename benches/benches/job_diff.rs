//! Two versions of a job of ten groups with ten tasks each, decoded separately: how they differ (MODEL-222), and what
//! replaces allocations (REC-222).
#![allow(missing_docs)] // of what `criterion_group!` makes

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use longshore::model::change::destructive;
use longshore::model::diff::{Detail, JobDiff};
use longshore::model::{Cluster, Job, Request, document, from_json};
use longshore_benches::job_text;

fn job(text: &str) -> Job {
    let document: document::Job = from_json(text).expect("a document");
    document.canonicalize(&Request::default(), &Cluster::default())
}

fn diffs(c: &mut Criterion) {
    let mut group = c.benchmark_group("job_diff/10_groups_10_tasks");
    let text = job_text(10, 10);
    let one_task = text.replacen(r#""SHARD":"7""#, r#""SHARD":"seven""#, 1);
    let every_task = text.replace(r#""LEVEL":"info""#, r#""LEVEL":"debug""#).replace(r#""CPU":500"#, r#""CPU":600"#);
    let old = job(&text);
    for (name, text) in [("equal", &text), ("one_task", &one_task), ("every_task", &every_task)] {
        let new = job(text);
        for (detail, how) in [(Detail::Changes, "changes"), (Detail::Contextual, "contextual")] {
            group.bench_function(format!("{name}/{how}"), |b| {
                let between = || JobDiff::between(Some(&old), Some(&new), detail).expect("one job");
                b.iter_batched(|| (), |()| between(), BatchSize::SmallInput);
            });
        }
        group.bench_function(format!("{name}/destructive"), |b| {
            b.iter(|| (0..10).filter(|at| destructive(&old, &new, &format!("group-{at}")).is_some()).count());
        });
    }
    group.finish();
}

criterion_group!(benches, diffs);
criterion_main!(benches);
