//! Links the engine: two nodes, a job, a failure, and what follows from it.
//!
//! Run it with `cargo run --example embed`.
#![allow(clippy::print_stdout)] // a program that prints

use std::error::Error;

use longshore::model::{ClientStatus, Duration, Node, NodeId, Request, Time, from_json};
use longshore::{AllocReport, Cursor, Engine, Event, Options, Subject};

fn main() -> Result<(), Box<dyn Error>> {
    let mut engine = Engine::new(Options::default());
    let now = Time::from_secs(1_700_000_000); // the host's clock; the engine has none
    for id in ["node-1", "node-2"] {
        let node = Node::new(id).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec");
        engine.register_node(node, now)?;
    }
    // What people write is a document; it is completed, and checked by every rule.
    let document = r#"{"ID": "web", "TaskGroups": [{"Name": "front", "Tasks": [
        {"Name": "server", "Driver": "exec", "Resources": {"CPU": 500, "MemoryMB": 256}}]}]}"#;
    engine.register_document(from_json(document)?, &Request::default(), now)?;

    // The engine acts when it is told the time. Then it knows what must run where.
    engine.tick(now)?;
    println!("placed:     node-1 runs {:?}, node-2 {:?}", work(&engine, "node-1"), work(&engine, "node-2"));
    assert_eq!((work(&engine, "node-1"), work(&engine, "node-2")), (vec!["web.front[0]".into()], vec![]));

    // The host started it, and it failed. The job's policy holds the next attempt back for thirty seconds.
    let id = engine.work_of(&"node-1".into()).next().ok_or("nothing to run")?.id().clone();
    engine.report_allocs(&[AllocReport::new(id, ClientStatus::Failed).because("exit code 1")], now)?;
    engine.tick(now)?;
    let due = engine.next_wakeup().ok_or("nothing is due")?;
    println!("failed:     to be placed again in {}", due - now);
    assert_eq!(due - now, Duration::from_secs(30));

    // Where it failed it is not placed again while there is another node.
    engine.tick(due)?;
    println!("replaced:   node-1 runs {:?}, node-2 {:?}", work(&engine, "node-1"), work(&engine, "node-2"));
    assert_eq!((work(&engine, "node-1"), work(&engine, "node-2")), (vec![], vec!["web.front[0]".into()]));

    // Everything that changed, in order, for whoever wants to follow.
    let (mut cursor, mut events) = (Cursor::default(), Vec::new());
    engine.read_events(&mut cursor, &mut events)?;
    events.iter().for_each(|event| println!("{:>4} {}: {}", event.index, event.kind, words(event)));
    assert_eq!(events.iter().filter(|event| matches!(event.subject, Subject::Placed { .. })).count(), 2);
    Ok(())
}

/// Names of what a node must run.
fn work(engine: &Engine, node: &str) -> Vec<String> {
    engine.work_of(&NodeId::from(node)).map(|alloc| alloc.name()).collect()
}

/// An event in a few words.
fn words(event: &Event) -> String {
    match &event.subject {
        Subject::Node(node) => format!("{} is {}", node.id, node.status),
        Subject::Job(job) => format!("{} version {}", job.id, job.version),
        Subject::Evaluation(eval) => format!("an evaluation of {} is {}", eval.job_id, eval.status),
        Subject::Placed { node, job: (_, job), .. } => format!("{job} is placed on {node}"),
        Subject::Allocation(id) => format!("allocation {id} changed"),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_example_runs() -> Result<(), Box<dyn Error>> {
    main()
}
