//! Writes `corpus/frame`, `corpus/checkpoint` and `corpus/state_ops`: the log of a small engine and what may become of
//! such a log; chunks of checkpoints, and edits of them; bytes that choose operations.
//!
//! Run it in `fuzz/`, with `cargo run --example seeds`, when the format of frames or chunks has changed.

use std::path::{Path, PathBuf};

use longshore::model::{
    ClientStatus, Job, Node, NodeDevice, NodeStatus, RequestedDevice, ReschedulePolicy, Task, TaskGroup, TaskState,
    Time,
};
use longshore::store::hash_bytes;
use longshore::{AllocReport, Engine, Options};
use longshore_fuzz::{Edited, Tape};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    frames()?;
    let checkpoints = corpus("checkpoint")?;
    for state in 0..8u8 {
        // No edits: a whole checkpoint, in one chunk.
        for chunk in Edited::by(&[state, 0]).chunks {
            std::fs::write(checkpoints.join(format!("whole-{state}")), chunk)?;
        }
        std::fs::write(checkpoints.join(format!("edits-{state}")), any(u64::from(state), 3 + 8 * usize::from(state)))?;
    }
    let operations = corpus("state_ops")?;
    for (number, length) in [20, 60, 150, 400, 800, 1200].into_iter().enumerate() {
        std::fs::write(operations.join(format!("random-{number}")), any(100 + number as u64, length))?;
    }
    Ok(())
}

fn corpus(target: &str) -> std::io::Result<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    Ok(corpus)
}

/// So many bytes that follow from a number.
fn any(seed: u64, length: usize) -> Vec<u8> {
    let words = (0..).flat_map(|word: u64| hash_bytes(seed, &word.to_le_bytes()).0.to_le_bytes());
    words.take(length).collect()
}

fn frames() -> Result<(), Box<dyn std::error::Error>> {
    let corpus = corpus("frame")?;
    let frames = life()?;
    for (number, frame) in frames.iter().enumerate() {
        std::fs::write(corpus.join(format!("{number:02}-whole")), frame)?;
    }
    let first = &frames[0];
    let flipped = first.iter().enumerate().map(|(at, byte)| if at == 40 { byte ^ 1 } else { *byte }).collect();
    let edited: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("torn-header", first[..20].to_vec()),
        ("torn-body", first[..first.len() - 3].to_vec()),
        ("flipped", flipped),
        ("two", [first.as_slice(), &frames[1]].concat()),
    ];
    for (name, bytes) in edited {
        std::fs::write(corpus.join(name), bytes)?;
    }
    Ok(())
}

/// A little of everything that is written.
fn life() -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
    let tape = Tape::default();
    let mut engine = Engine::open(Box::new(tape.clone()), Options::default())?;
    let now = Time::from_secs(1_700_000_000);
    let node = |id| Node::new(id).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec");
    engine.register_node(node("a").device(NodeDevice::new("nvidia", "gpu", "T4").instances(2)), now)?;
    engine.register_node(node("b").meta("rack", "r1"), now)?;
    let task = Task::new("t").driver("exec").cpu(500).memory_mb(256);
    let gpu = task.clone().device(RequestedDevice::new("gpu").share(500));
    let policy = ReschedulePolicy {
        attempts: 2,
        interval: longshore::model::Duration::from_hours(1),
        ..ReschedulePolicy::service()
    };
    let web = Job::service("web").with_group(TaskGroup::new("g").count(3).task(task.clone()).reschedule(policy));
    engine.register_job(web, now)?;
    engine.register_job(Job::batch("train").with_group(TaskGroup::new("g").count(2).task(gpu)), now)?;
    engine.register_job(Job::batch("huge").with_group(TaskGroup::new("g").task(task.cpu(100_000))), now)?;
    engine.tick(now)?;
    let ids: Vec<_> = engine.state().allocs().map(|alloc| alloc.id().clone()).collect();
    let mut failed = AllocReport::new(ids[0].clone(), ClientStatus::Failed).because("exit code 1");
    failed.task_states.insert("t", TaskState { failed: true, finished_at: now.into(), ..TaskState::default() });
    engine.report_allocs(&[failed, AllocReport::new(ids[1].clone(), ClientStatus::Running)], now)?;
    engine.tick(now)?;
    let due = engine.next_wakeup().ok_or("nothing is due")?;
    engine.tick(due)?;
    engine.report_node(&"b".into(), NodeStatus::Down, due)?;
    engine.tick(due)?;
    engine.scale_job(&"default".into(), &"web".into(), &"g".into(), 1, due)?;
    engine.stop_job(&"default".into(), &"train".into(), due)?;
    engine.tick(due)?;
    Ok(tape.frames())
}
