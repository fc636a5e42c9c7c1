//! What the benches have in common: clusters and jobs of a known shape.
//!
//! Benches live in `benches/benches`; the names of their measurements say the shape of the input.
//!
//! | Bench | Measures |
//! |---|---|
//! | `argmax` | finding the best node: again after one node changed, and for an ask never seen before |
//! | `c1m` | a million allocations: a thousand jobs registered, evaluated, planned and committed |
//! | `filter` | list filters of seven shapes over a hundred thousand job stubs; reading an expression |
//! | `grid` | one evaluation of each case of the reference's benchmark grid; names are nodes/racks/count/spread or plain |
//! | `job_diff` | two versions of a job compared: shown to people, and for what replaces allocations |
//! | `job_documents` | a job document decoded, made canonical and validated; a job known to be unchanged |
//! | `jobspec` | job files of 500 lines read, in four ways of writing, and a job printed |
//! | `million` | a million allocations: memory, bulk insert, commits, snapshots, forks, lookups (a table, not criterion's) |
//! | `one_task` | one evaluation of a fresh job of one task, its ask seen before and not, on 1,000 to 50,000 nodes |
//! | `redb` | durable frames of one row and of a thousand, beside a bare synced write; a restart with a million allocations |
//! | `register_to_commit` | one decision: a job registered, evaluated, placed and committed |
//! | `state` | applying a batch of one row, with and without snapshots held; lookups by id |

use std::time::Instant;

use longshore::model::{Job, Node, Task, TaskGroup};
use longshore_sim::calibration;

/// The calibration loop of BENCHMARKS.md: nanoseconds a step. Shorter than that of `longshore bench calibrate`.
pub fn calibrate() -> f64 {
    calibration::nanos_a_step(4_000_000, 5, stopwatch())
}

/// A clock that answers nanoseconds.
#[allow(clippy::disallowed_methods)] // it measures
pub fn stopwatch() -> impl FnMut() -> u64 {
    let start = Instant::now();
    move || start.elapsed().as_nanos() as u64
}

/// Whether every bench is only to run once, unmeasured (`--test`): a small input will do.
pub fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// Node number `number` of a synthetic cluster: one of four sizes, 4,000 to 32,000 MHz, 2 MiB for each MHz.
pub fn node(number: usize) -> Node {
    let cpu = 4_000 << (number % 4);
    Node::new(&format!("node-{number:06}"))
        .datacenter("dc1")
        .cpu(cpu)
        .memory_mb(2 * cpu)
        .disk_mb(1_000_000)
        .driver("exec")
}

/// A service of so many allocations of one task, 100 MHz and 200 MiB each.
pub fn service(id: &str, count: i64) -> Job {
    Job::service(id).with_group(TaskGroup::new("group").count(count).task(task(100)))
}

/// A task of so many MHz, with 2 MiB for each.
pub fn task(cpu: i64) -> Task {
    Task::new("task").driver("exec").cpu(cpu).memory_mb(2 * cpu)
}

/// The document of a service job of so many groups of so many tasks each, with what jobs usually have: networks, a
/// service with a check, constraints, templates, rollouts.
pub fn job_text(groups: usize, tasks: usize) -> String {
    let task = |number: usize| {
        format!(
            r#"{{"Name":"task-{number}","Driver":"docker",
            "Config":{{"image":"registry.example/web:{number}","ports":["http"]}},
            "Env":{{"LEVEL":"info","SHARD":"{number}"}},"KillTimeout":20000000000,
            "Resources":{{"CPU":500,"MemoryMB":256,"MemoryMaxMB":0}},"LogConfig":{{"MaxFiles":3,"MaxFileSizeMB":5}},
            "Constraints":[
                {{"LTarget":"${{attr.driver.docker.version}}","Operand":"version","RTarget":">= 20.10, < 30"}}],
            "Templates":[
                {{"EmbeddedTmpl":"key {{{{ key \"x\" }}}}","DestPath":"local/{number}.conf","Perms":"0600"}}]}}"#
        )
    };
    let all_tasks = (0..tasks).map(task).collect::<Vec<_>>().join(",");
    let group = |number: usize| {
        format!(
            r#"{{"Name":"group-{number}","Count":3,"ShutdownDelay":5000000000,"Meta":{{"tier":"{number}"}},
            "Networks":[{{"Mode":"bridge","DynamicPorts":[{{"Label":"http","To":8080}}]}}],
            "Services":[{{"Name":"web-{number}","PortLabel":"http","Provider":"nomad","Tags":["a","b"],"Checks":[
                {{"Type":"http","Path":"/health","Interval":10000000000,"Timeout":2000000000}}]}}],
            "Update":{{"MaxParallel":1,"Canary":1,"AutoPromote":true,"AutoRevert":true}},
            "Constraints":[{{"LTarget":"${{attr.kernel.name}}","Operand":"=","RTarget":"linux"}}],
            "Spreads":[{{"Attribute":"${{node.datacenter}}","Weight":100}}],"Tasks":[{all_tasks}]}}"#
        )
    };
    let all_groups = (0..groups).map(group).collect::<Vec<_>>().join(",");
    format!(r#"{{"ID":"web","Datacenters":["dc*"],"Meta":{{"owner":"team"}},"TaskGroups":[{all_groups}]}}"#)
}

/// The document of a service job of so many groups of so many tasks each, with what a task needs: a driver, its
/// configuration, resources.
pub fn plain_job_text(groups: usize, tasks: usize) -> String {
    let task = |number: usize| {
        format!(
            r#"{{"Name":"task-{number}","Driver":"docker","Config":{{"image":"registry.example/web:{number}"}},
            "Resources":{{"CPU":500,"MemoryMB":256}}}}"#
        )
    };
    let all_tasks = (0..tasks).map(task).collect::<Vec<_>>().join(",");
    let group = |number: usize| format!(r#"{{"Name":"group-{number}","Count":3,"Tasks":[{all_tasks}]}}"#);
    let all_groups = (0..groups).map(group).collect::<Vec<_>>().join(",");
    format!(r#"{{"ID":"web","Datacenters":["dc*"],"TaskGroups":[{all_groups}]}}"#)
}
