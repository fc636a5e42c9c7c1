//! What a stack keeps between selects, and what it tells about them.

use std::collections::BTreeSet;
use std::sync::Arc;

use longshore_model::{Allocation, Job, Node, NodeId, from_json};
use longshore_placement::score::Census;
use longshore_placement::volumes::{HostVolume, StickyClaim, Volumes};
use longshore_placement::{Exhausted, Scan, SelectOptions, Selection, Settings, Stack, Tentative, Visit};

/// Ready nodes of 4,000 MHz and 8,000 MiB; extra members by node.
fn nodes(each: &[(&str, &str)]) -> Vec<Node> {
    let node = |(id, extra): &(&str, &str)| {
        let resources = r#""Cpu": {"CpuShares": 4000, "TotalCpuCores": 4}, "Memory": {"MemoryMB": 8000},
            "Disk": {"DiskMB": 9000}, "Networks": [{"Mode": "host"}]"#;
        let (resources, extra) = match extra.strip_prefix("resources:") {
            Some(more) => (format!("{resources}, {more}"), ""),
            None => (resources.to_owned(), *extra),
        };
        let mut node: Node = from_json(&format!(
            r#"{{"ID": "{id}", "Name": "{id}", "Datacenter": "dc1", "NodePool": "default", "Status": "ready",
                "SchedulingEligibility": "eligible", "Attributes": {{"driver.exec": "1"}},
                "NodeResources": {{{resources}}}{extra}}}"#
        ))
        .unwrap();
        node.computed_class = longshore_constraint::class::computed_class(&node);
        node
    };
    each.iter().map(node).collect()
}

/// A job with groups of one task; extra members of job and groups.
fn job(kind: &str, extra: &str, groups: &[(&str, &str)]) -> Job {
    let group = |(name, extra): &(&str, &str)| {
        format!(
            r#"{{"Name": "{name}", "Count": 10, "EphemeralDisk": {{"SizeMB": 10}}, "Tasks": [
                {{"Name": "t", "Driver": "exec", "Resources": {{"CPU": 500, "MemoryMB": 256}}}}]{extra}}}"#
        )
    };
    let groups: Vec<String> = groups.iter().map(group).collect();
    from_json(&format!(
        r#"{{"ID": "mill", "Type": "{kind}", "Priority": 50, "Datacenters": ["*"], "NodePool": "default",
            "TaskGroups": [{}]{extra}}}"#,
        groups.join(",")
    ))
    .unwrap()
}

const SAMPLED: Settings = Settings {
    visit: Visit::Sampled,
    carry_over: true,
    spread: false,
    oversubscription: false,
    preempt: false,
    node_limit: 0,
    seed: 0,
};

/// One select of a group, given by its place, with nothing stored and nothing planned.
fn select<'n>(stack: &mut Stack<'n>, job: &'n Job, group: usize, preferred: &[&'n Node]) -> Selection<'n> {
    let (plan, penalty, find) = (Tentative::default(), BTreeSet::new(), |_: &NodeId| None);
    let census = Census { stored: &[], volumes: Volumes::default(), plan: &plan, node: &find };
    stack.select(
        census,
        &job.task_groups[group],
        SelectOptions { alloc_name: "mill.g[0]", penalty: &penalty, preferred },
    )
}

/// The node chosen, how many were drawn, and the rules behind those that were filtered: `b 2 FEAS-101*1`.
fn told(selection: &Selection<'_>) -> String {
    let chosen = selection.chosen.as_ref().map_or("-", |chosen| &chosen.node.name);
    let filtered = selection.record.filtered.iter().map(|(unfit, count)| format!(" {}*{count}", unfit.code()));
    format!("{chosen} {}{}", selection.record.evaluated, filtered.collect::<String>())
}

fn plain(names: &[&'static str]) -> Vec<Node> {
    nodes(&names.iter().map(|name| (*name, "")).collect::<Vec<_>>())
}

/// Scenario 5 of the specification: every select walks on.
#[test]
fn place_15_127_128_the_cursor() {
    let (nodes, job) = (plain(&["a", "b", "c", "d", "e"]), job("batch", "", &[("g", "")]));
    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), SAMPLED);
    let walked: Vec<String> = (0..4).map(|_| told(&select(&mut stack, &job, 0, &[]))).collect();
    assert_eq!(walked, ["a 2", "c 2", "e 2", "b 2"]);
    let mut exact = Stack::new(&job, Scan::new(&job, &nodes), Settings::default());
    assert_eq!([told(&select(&mut exact, &job, 0, &[])), told(&select(&mut exact, &job, 0, &[]))], ["a 5", "a 5"]);
}

/// Scenario 4: once raised, the limit stays.
#[test]
fn place_18_19_20_the_limit() {
    let affinity =
        r#", "Affinities": [{"LTarget": "${node.datacenter}", "Operand": "=", "RTarget": "dc1", "Weight": 50}]"#;
    let (nodes, job) = (plain(&["a", "b", "c", "d", "e"]), job("service", "", &[("g", ""), ("h", affinity)]));
    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), SAMPLED);
    let walked: Vec<u64> = [0, 1, 0].map(|group| select(&mut stack, &job, group, &[]).record.evaluated).into();
    assert_eq!(walked, [3, 5, 5]);
    let mut few = Stack::new(&job, Scan::new(&job, &nodes), Settings { node_limit: 1, ..SAMPLED });
    assert_eq!(select(&mut few, &job, 1, &[]).record.evaluated, 5, "the group's count is more");
}

/// Scenario 8: preferred nodes come first; the full walk begins anew.
#[test]
fn place_24_preferred_nodes() {
    let nodes = nodes(&[("a", ""), ("b", r#", "Meta": {"rack": "r1"}"#), ("c", r#", "Meta": {"rack": "r1"}"#)]);
    let constraint = r#", "Constraints": [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "r1"}]"#;
    let job = job("service", constraint, &[("g", "")]);
    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), SAMPLED);
    assert_eq!(told(&select(&mut stack, &job, 0, &[&nodes[2]])), "c 1");
    assert_eq!(told(&select(&mut stack, &job, 0, &[&nodes[0]])), "b 3 FEAS-28*1", "the class of a is known by now");
}

/// Scenario 26: job-level spreads count again with every group.
#[test]
fn place_93_shares_of_weights() {
    let nodes = plain(&["a"]);
    let spread = r#", "Spreads": [{"Attribute": "${node.datacenter}", "Weight": 100,
        "SpreadTarget": [{"Value": "dc1", "Percent": 100}]}]"#;
    let job = job("service", spread, &[("g", ""), ("h", "")]);
    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), SAMPLED);
    let boosts = [0, 1, 0].map(|group| select(&mut stack, &job, group, &[]).chosen.unwrap().scores.spread.unwrap());
    assert_eq!(boosts, [0.9, 0.45, 0.45]);
}

/// Scenarios 34 and 42 of feasibility: what one node or group shows is held against the next, or not.
#[test]
fn feas_18_23_carrying_over() {
    let devices = |healthy: bool| {
        format!(
            r#"resources:"Devices": [{{"Vendor": "x", "Type": "gpu", "Name": "y", "Instances": [{{"ID": "0", "Healthy": {healthy}}}]}}]"#
        )
    };
    let (ill, well) = (devices(false), devices(true));
    let nodes = nodes(&[("a", &ill), ("b", &well)]);
    let gpu =
        r#", "Tasks": [{"Name": "t", "Driver": "exec", "Resources": {"Devices": [{"Name": "gpu", "Count": 1}]}}]"#;
    let bridge = r#", "Networks": [{"Mode": "bridge"}]"#;
    let job = job("service", "", &[("gpu", gpu), ("bridge", bridge), ("plain", "")]);
    for (carry_over, expected) in [
        (true, ["- 2 FEAS-102*1 FEAS-28*1", "- 2 FEAS-112*1 FEAS-28*1", "- 2 FEAS-112*1 FEAS-28*1"]),
        (false, ["b 2 FEAS-102*1", "- 2 FEAS-112*2", "a 2"]),
    ] {
        let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings { carry_over, ..SAMPLED });
        let mut walked = [0, 1, 2].map(|group| told(&select(&mut stack, &job, group, &[])));
        walked.iter_mut().for_each(|told| *told = sorted(told));
        assert_eq!(walked, expected, "{carry_over}");
        // What the class is good for: some group of the job, or only nodes of it.
        let eligible: Vec<bool> = stack.eligibility().classes.into_values().collect();
        assert_eq!(eligible, [!carry_over]);
    }
}

/// Scenario 48 of feasibility: what one node would meet of the job's claims is met for the nodes after it, or not.
#[test]
fn feas_127_128_claims_in_a_walk() {
    let offers = |id: &str| format!(r#", "HostVolumes": {{"data": {{"ID": "{id}"}}}}"#);
    let (claimed, other) = (offers("claimed"), offers("other"));
    let nodes = nodes(&[("a", &other), ("b", &claimed), ("c", &other)]);
    let volume = |id: &str| HostVolume {
        id: id.into(),
        namespace: "default".into(),
        node: "b".into(),
        ready: true,
        capabilities: vec![("single-node-writer".into(), "file-system".into())],
    };
    let sticky = r#", "Volumes": {"d": {"Type": "host", "Source": "data", "Sticky": true}}"#;
    let job = job("batch", r#", "Namespace": "default""#, &[("g", sticky)]);
    let claim = StickyClaim {
        namespace: "default".into(),
        job: "mill".into(),
        group: "g".into(),
        alloc: "old".into(),
        volume: "claimed".into(),
    };
    let old = r#"{"ID": "old", "NodeID": "b", "JobID": "mill", "Namespace": "default", "ClientStatus": "failed"}"#;
    let stored = [Arc::new(from_json::<Allocation>(old).unwrap())];
    let (host, claims) = ([volume("claimed"), volume("other")], [claim]);
    let volumes = Volumes { host: &host, claims: &claims, ..Volumes::default() };
    let (plan, penalty, find) = (Tentative::default(), BTreeSet::new(), |_: &NodeId| None);
    for (carry_over, expected) in [(true, "b 3 FEAS-120*1"), (false, "b 3 FEAS-120*2")] {
        let census = Census { stored: &stored, volumes, plan: &plan, node: &find };
        let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings { carry_over, ..SAMPLED });
        let options = SelectOptions { alloc_name: "mill.g[1]", penalty: &penalty, preferred: &[] };
        assert_eq!(told(&stack.select(census, &job.task_groups[0], options)), expected, "{carry_over}");
    }
}

/// Reasons come by text.
fn sorted(told: &str) -> String {
    let mut words: Vec<&str> = told.split(' ').collect();
    words[2..].sort_unstable();
    words.join(" ")
}

/// Scenario 27 of feasibility: the second pass knows the classes of the first, and its record is the one that stays.
#[test]
fn feas_19_place_27_the_second_pass() {
    let constraint = r#", "Constraints": [{"LTarget": "${attr.kernel}", "Operand": "=", "RTarget": "plan9"}]"#;
    let (nodes, job) = (plain(&["a", "b"]), job("service", constraint, &[("g", "")]));
    for (preempt, expected) in [(false, "- 2 FEAS-101*1 FEAS-28*1"), (true, "- 2 FEAS-28*2")] {
        let mut stack = Stack::new(&job, Scan::new(&job, &nodes), Settings { preempt, ..SAMPLED });
        assert_eq!(sorted(&told(&select(&mut stack, &job, 0, &[]))), expected, "{preempt}");
        assert_eq!(stack.eligibility().classes.into_values().collect::<Vec<_>>(), [false]);
    }
}

/// PLACE-33, FEAS-32: system jobs displace at once, and know nothing of other nodes.
#[test]
fn place_33_feas_32_system_jobs() {
    let nodes = plain(&["a", "b"]);
    let escaping = r#", "Constraints": [{"LTarget": "${node.unique.name}", "Operand": "=", "RTarget": "a"}]"#;
    let job = job("system", "", &[("g", escaping)]);
    let low: Allocation = from_json(
        r#"{"ID": "low", "NodeID": "a", "ClientStatus": "running", "Job": {"ID": "low", "Priority": 10},
            "AllocatedResources": {"Tasks": {"t": {"Cpu": {"CpuShares": 3900}}}}}"#,
    )
    .unwrap();
    let (stored, plan, penalty) = ([Arc::new(low)], Tentative::default(), BTreeSet::new());
    let find = |_: &NodeId| None;
    let census = Census { stored: &stored, volumes: Volumes::default(), plan: &plan, node: &find };
    let options = SelectOptions { alloc_name: "mill.g[0]", penalty: &penalty, preferred: &[] };
    let settings = |preempt| Settings { preempt, ..SAMPLED };

    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), settings(true));
    let chosen = stack.select_on(&nodes[0], census, &job.task_groups[0], options).chosen.unwrap();
    assert_eq!(chosen.placed.victims, ["low".into()]);
    assert_eq!(told(&stack.select_on(&nodes[1], census, &job.task_groups[0], options)), "- 1 FEAS-101*1");
    assert!(!stack.eligibility().escaped, "of a group, that is forgotten");

    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), settings(false));
    assert!(stack.eligibility().escaped);
    let record = stack.select_on(&nodes[0], census, &job.task_groups[0], options).record;
    let exhausted: Vec<(&Exhausted, u64)> = record.exhausted.iter().collect();
    assert_eq!(exhausted.iter().map(|(reason, count)| (reason.code(), *count)).collect::<Vec<_>>(), [("PLACE-48", 1)]);
    assert_eq!(record.resources_exhausted["t"].cpu, 500);
}

/// Scenario 60, and PLACE-139: what nothing was recorded in is null.
#[test]
fn place_129_137_138_139_failures() {
    let nodes = nodes(&[("a", r#", "NodeClass": "large", "ReservedResources": {"Cpu": {"CpuShares": 3900}}"#)]);
    let job = job("service", "", &[("g", "")]);
    let mut stack = Stack::new(&job, Scan::new(&job, &nodes), SAMPLED);
    let mut record = select(&mut stack, &job, 0, &[]).record;
    (0..9).for_each(|_| record.coalesce(&job.task_groups[0]));
    let metric = record.metric();
    assert_eq!((metric.coalesced_failures, metric.nodes_exhausted, metric.nodes_in_pool), (9, 1, 1));
    assert_eq!((metric.dimension_exhausted.get("cpu"), metric.class_exhausted.get("large")), (Some(&1), Some(&1)));
    let wanted = metric.resources_exhausted.get("t").unwrap();
    assert_eq!((wanted.cpu, wanted.memory_mb), (5000, 0));
    assert!(metric.class_filtered.is_null() && metric.constraint_filtered.is_null());
}
