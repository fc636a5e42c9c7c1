//! Every file of the corpora, without a fuzzer: what was found once is not found again.

use std::fs;
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<_> =
        fs::read_dir(&corpus).expect("a corpus").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", corpus.display());
    for file in files {
        println!("{}", file.display()); // shown if it panics
        run(&fs::read(&file).expect("a file that can be read"));
    }
}

#[test]
fn jobs() {
    replay("job_json", longshore_fuzz::job_json);
}

#[test]
fn nodes() {
    replay("node_json", longshore_fuzz::node_json);
}

#[test]
fn filters() {
    replay("filter", longshore_fuzz::filter);
}

#[test]
fn job_specifications() {
    replay("jobspec_hcl2", longshore_fuzz::jobspec_hcl2);
}

#[test]
fn legacy_job_specifications() {
    replay("jobspec_hcl1", longshore_fuzz::jobspec_hcl1);
}

#[test]
fn frames() {
    replay("frame", longshore_fuzz::frame);
}

#[test]
fn checkpoints() {
    replay("checkpoint", longshore_fuzz::checkpoint);
}

#[test]
fn operations_on_states() {
    replay("state_ops", longshore_fuzz::state_ops);
}

#[test]
fn calls() {
    replay("engine_calls", longshore_fuzz::engine_calls);
}
