//! What the nodes of a system job add up to (FEAS-180, FEAS-184, FEAS-185).

use std::collections::BTreeSet;

use longshore_model::{Job, Map, Node, NodeId, from_json};
use longshore_placement::score::Census;
use longshore_placement::volumes::Volumes;
use longshore_placement::{EveryNode, Record, Scan, SelectOptions, Settings, Stack, Tentative};

/// Nodes `a`, `b` and so on: `ok`, `full`, or `wrong`, which lacks the driver; a node class may follow, as in `wrong:old`.
fn nodes(words: &str) -> Vec<Node> {
    let node = |(id, word): (char, &str)| -> Node {
        let (what, class) = word.split_once(':').unwrap_or((word, ""));
        let (mhz, driver) = (if what == "full" { 100 } else { 4000 }, if what == "wrong" { "java" } else { "exec" });
        from_json(&format!(
            r#"{{"ID": "{id}", "Datacenter": "dc1", "NodePool": "default", "NodeClass": "{class}", "Status": "ready",
                "SchedulingEligibility": "eligible", "Attributes": {{"driver.{driver}": "1"}}, "ComputedClass": "v1:{id}",
                "NodeResources": {{"Cpu": {{"CpuShares": {mhz}, "TotalCpuCores": 4}}, "Memory": {{"MemoryMB": 8000}},
                    "Disk": {{"DiskMB": 9000}}, "Networks": [{{"Mode": "host"}}]}}}}"#
        ))
        .unwrap()
    };
    ('a'..).zip(words.split_whitespace()).map(node).collect()
}

fn job() -> Job {
    from_json(
        r#"{"ID": "logs", "Type": "system", "Priority": 50, "Datacenters": ["*"], "NodePool": "default", "TaskGroups": [
            {"Name": "g", "Count": 1, "EphemeralDisk": {"SizeMB": 10}, "Tasks": [
                {"Name": "t", "Driver": "exec", "Resources": {"CPU": 500, "MemoryMB": 256}}]}]}"#,
    )
    .unwrap()
}

fn options(penalty: &BTreeSet<NodeId>) -> SelectOptions<'_, '_> {
    SelectOptions { alloc_name: "logs.g[0]", penalty, preferred: &[] }
}

/// `null`, or entries.
fn map(map: &Map<i64>) -> String {
    match map.is_null() {
        true => "null".to_owned(),
        false => map.iter().map(|(name, count)| format!("{name}={count}")).collect::<Vec<_>>().join(","),
    }
}

/// Filtered and exhausted of evaluated nodes and further failures, filtered nodes by class, and what it tells of all.
fn told(record: &Record) -> String {
    let metric = record.metric();
    let (classes, available) = (map(&metric.class_filtered), map(&metric.nodes_available));
    format!(
        "{}+{}/{}+{} classes[{classes}] available[{available}] {} {:?}",
        metric.nodes_filtered,
        metric.nodes_exhausted,
        metric.nodes_evaluated,
        metric.coalesced_failures,
        metric.nodes_in_pool,
        metric.node_pool,
    )
}

#[test]
fn feas_184_185_what_a_groups_nodes_add_up_to() {
    // Nodes; what else is so; placed, queued; the node that is waited for; the failure.
    let table = r#"
        ok ok                 |        | 2 0 - | -
        ok wrong              |        | 1 0 - | -
        wrong:old             |        | 0 0 - | 1+0/1+0 classes[old=1] available[null] 0 ""
        wrong:old wrong:old   |        | 0 0 - | 2+0/2+0 classes[old=2] available[null] 0 ""
        wrong                 |        | 0 0 - | 1+0/1+0 classes[null] available[null] 0 ""
        wrong wrong           |        | 0 0 - | 2+0/2+0 classes[] available[null] 0 ""
        wrong wrong           | stays  | 0 0 - | -
        full                  |        | 0 1 a | 0+1/1+0 classes[null] available[dc1=1] 1 "default"
        full full full        |        | 0 3 a | 0+1/1+2 classes[null] available[dc1=3] 3 "default"
        wrong full ok full    |        | 1 2 b | 0+1/1+1 classes[null] available[dc1=4] 4 "default"
        full wrong wrong      |        | 0 1 a | 0+1/1+0 classes[null] available[dc1=3] 3 "default"
        full                  | stays  | 0 1 a | 0+1/1+0 classes[null] available[dc1=1] 1 "default"
        wrong full            | one    | 0 0 - | 1+0/1+1 classes[null] available[null] 0 ""
    "#;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [words, with, counts, failure] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let (nodes, job, plan, penalty) = (nodes(words), job(), Tentative::default(), BTreeSet::new());
        let find = |_: &NodeId| None;
        let group = &job.task_groups[0];
        let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings::default());
        // With `one`, a node more is tried than the group was said to want.
        let wanted = if with == "one" { 1 } else { nodes.len() };
        let mut every = EveryNode::new(group, wanted, with == "stays");
        for node in &nodes {
            let census = Census { stored: &[], volumes: Volumes::default(), plan: &plan, node: &find };
            every.note(node, &stack.select_on(node, census, group, options(&penalty)), &stack);
        }
        let waits = every.blocked().map_or("-".into(), |(node, _)| node.id.to_string());
        assert_eq!(format!("{} {} {waits}", every.placed(), every.queued()), counts, "{line}");
        assert_eq!(every.failure().map_or("-".into(), told), failure, "{line}");
        // FEAS-32, FEAS-37: the class of that node, which is merely full.
        let classes = every.blocked().map(|(node, carried)| (node.computed_class.clone(), carried.classes.clone()));
        assert!(classes.is_none_or(|(class, carried)| carried == [(class, true)].into()), "{line}");
    }
}

#[test]
fn feas_180_what_a_node_of_a_system_job_tells_of_all() {
    let table = [
        ("ok", "0+0/1+0 classes[null] available[dc1=1] 1 \"\""),
        ("full", "0+1/1+0 classes[null] available[dc1=1] 1 \"default\""),
        ("wrong", "1+0/1+0 classes[null] available[null] 0 \"\""),
    ];
    for (word, expected) in table {
        let (nodes, job, plan, penalty) = (nodes(word), job(), Tentative::default(), BTreeSet::new());
        let find = |_: &NodeId| None;
        let census = Census { stored: &[], volumes: Volumes::default(), plan: &plan, node: &find };
        let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings::default());
        let selection = stack.select_on(&nodes[0], census, &job.task_groups[0], options(&penalty));
        assert_eq!(told(&selection.record), expected, "{word}");
    }
}
