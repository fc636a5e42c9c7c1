//! Where jobs go and what they get there, through the engine: every kind of rule once, by its id.

use std::collections::BTreeMap;

use longshore::model::{EvalStatus, Job, Node, Time, document, from_json};
use longshore::scheduler::Preemption;
use longshore::{Engine, Options};

const NOW: Time = Time(1_700_000_000_000_000_000);

/// A node with an address, ports 20000 to 20003, four cores of 1,000 MHz, 4,000 MiB, two devices.
fn node(name: &str, rack: &str) -> Node {
    from_json(&format!(
        r#"{{"ID": "{name}", "Name": "{name}", "Datacenter": "dc1", "NodePool": "default", "Status": "ready", "SchedulingEligibility": "eligible", "Meta": {{"rack": "{rack}"}}, "NodeClass": "big",
            "Drivers": {{"exec": {{"Detected": true, "Healthy": true}}}},
            "HostVolumes": {{"certs": {{"Path": "/c", "ReadOnly": true}}}},
            "NodeResources": {{
                "Processors": {{"Topology": {{"Cores": [{{"ID": 0, "BaseSpeed": 1000}}, {{"ID": 1, "BaseSpeed": 1000}},
                                                       {{"ID": 2, "BaseSpeed": 1000}}, {{"ID": 3, "BaseSpeed": 1000}}]}}}},
                "Memory": {{"MemoryMB": 4000}}, "Disk": {{"DiskMB": 9000}}, "MinDynamicPort": 20000, "MaxDynamicPort": 20003,
                "Networks": [{{"Mode": "host", "Device": "eth0", "IP": "10.0.0.1", "CIDR": "10.0.0.1/32", "MBits": 1000}}],
                "Devices": [{{"Vendor": "acme", "Type": "gpu", "Name": "slow", "Instances": [{{"ID": "s0", "Healthy": true}}]}},
                            {{"Vendor": "acme", "Type": "gpu", "Name": "fast", "Instances": [{{"ID": "f0", "Healthy": true}}]}}]
            }}}}"#
    ))
    .unwrap()
}

fn engine(racks: &[&str]) -> Engine {
    engine_with(racks, Options::default())
}

fn engine_with(racks: &[&str], options: Options) -> Engine {
    let mut engine = Engine::new(options);
    for (number, rack) in racks.iter().enumerate() {
        engine.register_node(node(&format!("n{number}"), rack), NOW).unwrap();
    }
    engine
}

/// A job of one group `g` of one task, with more members of the job, the group and the task's resources.
fn job(id: &str, count: u32, of_job: &str, of_group: &str, resources: &str) -> Job {
    let text = format!(
        r#"{{"ID": "{id}", "Name": "{id}", "Type": "service", "Datacenters": ["dc1"] {of_job}, "TaskGroups": [{{"Name": "g", "Count": {count},
            "EphemeralDisk": {{"SizeMB": 10}} {of_group},
            "Tasks": [{{"Name": "t", "Driver": "exec", "Config": {{"command": "x"}},
                        "Resources": {{"MemoryMB": 100 {resources}}}}}]}}]}}"#
    );
    from_json::<document::Job>(&text).unwrap().canonicalize(&Default::default(), &Default::default())
}

fn register(engine: &mut Engine, job: Job) {
    engine.register_job(job, NOW).unwrap();
    engine.tick(NOW).unwrap();
    engine.state().check_invariants().unwrap();
}

/// `index@node`, in the order of placement.
fn places(engine: &Engine, job: &str) -> String {
    let of_job = engine.state().allocs().filter(|alloc| *alloc.job().id == *job && !alloc.terminal());
    let place = |alloc: longshore::store::AllocRef<'_>| format!("{}@{}", alloc.index(), alloc.node().unwrap().id);
    let mut places: Vec<String> = of_job.map(place).collect();
    places.sort();
    places.join(" ")
}

/// Why a job's latest evaluation could not place its group.
fn failure(engine: &Engine, job: &str) -> longshore::model::AllocMetric {
    let evals = engine.state().evals().filter(|eval| *eval.job_id == *job);
    evals.filter_map(|eval| eval.failed_tg_allocs.get("g").cloned()).next().expect("a failed group")
}

fn counts(map: &longshore::model::Map<i64>) -> String {
    map.iter().map(|(what, count)| format!("{what}: {count}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn place_57_feas_112_static_ports_are_for_one() {
    let mut engine = engine(&["r1", "r1"]);
    let network = r#", "Networks": [{"Mode": "host", "ReservedPorts": [{"Label": "http", "Value": 80}]}]"#;
    register(&mut engine, job("web", 3, "", network, ""));
    assert_eq!(places(&engine, "web"), "0@n0 1@n1");
    let metric = failure(&engine, "web");
    assert_eq!((metric.nodes_evaluated, metric.nodes_exhausted), (2, 2));
    assert_eq!((metric.nodes_in_pool, counts(&metric.nodes_available).as_str()), (2, "dc1: 2"));
    assert_eq!(counts(&metric.class_exhausted), "big: 2");
    assert!(counts(&metric.dimension_exhausted).contains("80"), "{}", counts(&metric.dimension_exhausted));
}

/// What was short of CPU alone, by what every allocation would have needed.
#[test]
fn place_129_136_to_139_why_not() {
    let mut engine = engine(&["r1", "r2", "r3"]);
    let constraint = r#", "Constraints": [{"LTarget": "${meta.rack}", "Operand": "!=", "RTarget": "r3"}]"#;
    register(&mut engine, job("wide", 5, constraint, "", r#", "CPU": 3000"#));
    let metric = failure(&engine, "wide");
    assert_eq!((metric.nodes_evaluated, metric.nodes_filtered, metric.nodes_exhausted), (3, 1, 2));
    assert_eq!((metric.coalesced_failures, counts(&metric.nodes_available).as_str()), (2, "dc1: 3"));
    assert_eq!(
        (counts(&metric.dimension_exhausted).as_str(), counts(&metric.class_exhausted).as_str()),
        ("cpu: 2", "big: 2")
    );
    assert_eq!(
        (counts(&metric.constraint_filtered).as_str(), counts(&metric.class_filtered).as_str()),
        ("${meta.rack} != r3: 1", "big: 1")
    );
    let wanted = metric.resources_exhausted.get("t").unwrap();
    assert_eq!((wanted.cpu, wanted.memory_mb), (3 * 3000, 0));
}

/// What a job's blocked evaluation knows of racks, each of which is a class of nodes: `r1 yes, r2 no`.
fn classes(engine: &Engine, job: &str) -> String {
    let state = engine.state();
    let eval = state.evals().find(|eval| *eval.job_id == *job && eval.status == EvalStatus::Blocked).unwrap();
    let racks: BTreeMap<&str, bool> = state
        .nodes()
        .filter_map(|node| Some((node.meta.get("rack")?.as_str(), *eval.class_eligibility.get(&node.computed_class)?)))
        .collect();
    let told = |(rack, eligible): (&&str, &bool)| format!("{rack} {}", if *eligible { "yes" } else { "no" });
    let told = racks.iter().map(told).collect::<Vec<_>>().join(", ");
    match (eval.escaped_computed_class, eval.class_eligibility.is_null()) {
        (false, false) => told,
        (escaped, null) => format!("escaped {escaped}, null {null}: {told}").trim_end().to_owned(),
    }
}

#[test]
fn feas_26_33_34_37_what_is_waited_for() {
    // A constraint of the job or of its group, on nodes with room for one each; which racks the rest waits for.
    let table = r#"
        !=     | ${meta.rack}        | r3 | r1 yes, r2 yes, r3 no
        =      | ${meta.rack}        | r2 | r1 no, r2 yes, r3 no
        =      | ${meta.rack}        | r9 | r1 no, r2 no, r3 no
        is_set | ${meta.rack}        |    | r1 yes, r2 yes, r3 yes
        !=     | ${node.unique.name} | n0 | escaped true, null true:
        =      | ${meta.unique.row}  | 7  | escaped true, null true:
    "#;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [operand, left, right, expected] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let constraint =
            format!(r#", "Constraints": [{{"LTarget": "{left}", "Operand": "{operand}", "RTarget": "{right}"}}]"#);
        for of_job in [true, false] {
            let mut engine = engine(&["r1", "r1", "r2", "r3"]);
            let (job_level, group_level) = if of_job { (&*constraint, "") } else { ("", &*constraint) };
            register(&mut engine, job("wide", 9, job_level, group_level, r#", "CPU": 3000"#));
            assert_eq!(classes(&engine, "wide"), expected, "{line}, of the job: {of_job}");
        }
    }
}

/// Of several groups, those that failed; an evaluation that is blocked again tells what it knows now, escaped or not.
#[test]
fn feas_33_35_what_is_waited_for_by_groups_and_later() {
    let mut engine = engine(&["r1", "r2", "r3"]);
    let group = |name: &str, operand: &str, target: &str, value: &str, count: u32| {
        format!(
            r#"{{"Name": "{name}", "Count": {count}, "EphemeralDisk": {{"SizeMB": 10}},
                "Constraints": [{{"LTarget": "{target}", "Operand": "{operand}", "RTarget": "{value}"}}],
                "Tasks": [{{"Name": "t", "Driver": "exec", "Config": {{"command": "x"}}, "Resources": {{"MemoryMB": 3000}}}}]}}"#
        )
    };
    let job = |id: &str, groups: &[String]| {
        let groups = groups.join(",");
        let text = format!(
            r#"{{"ID": "{id}", "Name": "{id}", "Type": "service", "Datacenters": ["dc1"], "TaskGroups": [{groups}]}}"#
        );
        from_json::<document::Job>(&text).unwrap().canonicalize(&Default::default(), &Default::default())
    };
    let rack = |name: &str, value: &str, count: u32| group(name, "=", "${meta.rack}", value, count);
    register(&mut engine, job("two", &[rack("a", "r1", 2), rack("b", "r2", 2), rack("fits", "r3", 1)]));
    assert_eq!(classes(&engine, "two"), "r1 yes, r2 yes, r3 no", "nobody waits for r3");
    register(&mut engine, job("named", &[rack("a", "r1", 1), group("b", "=", "${node.unique.name}", "n9", 0)]));
    assert_eq!(classes(&engine, "named"), "escaped true, null true:", "a group that wants nothing counts");

    engine.register_node(node("n3", "r4"), NOW).unwrap();
    engine.tick(NOW).unwrap();
    assert_eq!(classes(&engine, "two"), "r1 yes, r2 yes, r3 no, r4 no");
    assert_eq!(classes(&engine, "named"), "escaped true, null false: r1 yes, r2 no, r3 no, r4 no");
}

/// DIFF-23, for jobs without a document, too; one expression in many groups is one.
#[test]
fn diff_23_expressions_of_a_job_are_bounded_together() {
    let mut engine = engine(&["r1"]);
    let large = |number: u32| {
        format!(r#"{{"LTarget": "${{meta.rack}}", "Operand": "regexp", "RTarget": "^(r1|{number}\\pL{{300}})$"}}"#)
    };
    let constraints = |numbers: std::ops::Range<u32>| {
        format!(r#", "Constraints": [{}]"#, numbers.map(large).collect::<Vec<_>>().join(","))
    };
    let refused = engine.register_job(job("many", 1, "", &constraints(0..100), ""), NOW).unwrap_err();
    let longshore::Error::Job { faults, .. } = refused else { panic!("{refused}") };
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["LONGSHORE-SIZE"]);
    assert!(faults[0].path.starts_with("TaskGroups[0].Constraints["), "{}", faults[0].path);

    let mut one = job("one", 1, &constraints(0..1), "", "");
    let groups: Vec<_> = (0..100)
        .map(|number| longshore::model::TaskGroup {
            name: format!("g{number}").as_str().into(),
            ..one.task_groups[0].clone()
        })
        .collect();
    one.task_groups = groups.into_iter().collect();
    register(&mut engine, one);
    assert_eq!(engine.state().allocs().count(), 40, "as many as have room");
}

#[test]
fn place_58_dynamic_ports_are_distinct_until_there_are_none() {
    let mut engine = engine(&["r1"]);
    let network = r#", "Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "http"}]}]"#;
    register(&mut engine, job("web", 5, "", network, ""));
    let ports = |alloc: longshore::store::AllocRef<'_>| alloc.resources().shared.ports[0].value;
    let mut held: Vec<i64> = engine.state().allocs().map(ports).collect();
    held.sort_unstable();
    assert_eq!(held, [20000, 20001, 20002, 20003]);
    assert_eq!(failure(&engine, "web").nodes_exhausted, 1);
}

#[test]
fn place_77_cores_are_for_one() {
    let mut engine = engine(&["r1", "r1"]);
    register(&mut engine, job("pinned", 3, "", "", r#", "Cores": 3"#));
    let cores = |alloc: longshore::store::AllocRef<'_>| {
        let task = alloc.resources().tasks.values().next().unwrap().cpu.clone();
        format!("{:?} {}", &*task.reserved_cores, task.cpu_shares)
    };
    let held: Vec<String> = engine.state().allocs().map(cores).collect();
    assert_eq!(held, ["[0, 1, 2] 3000", "[0, 1, 2] 3000"]);
    // What is left of the CPU is left for others.
    register(&mut engine, job("small", 20, "", "", ""));
    assert_eq!(engine.state().allocs_of_job(&"default".into(), &"small".into()).count(), 20);
}

#[test]
fn place_83_liked_devices_draw() {
    let mut engine = engine(&["r1", "r1"]);
    let device = |rule: &str| format!(r#", "Devices": [{{"Name": "gpu", "Count": 1, {rule}}}]"#);
    let likes = r#""Affinities": [{"LTarget": "${device.model}", "Operand": "=", "RTarget": "slow", "Weight": 50}]"#;
    register(&mut engine, job("train", 2, "", "", &device(likes)));
    let names = |alloc: longshore::store::AllocRef<'_>| {
        let task = alloc.resources().tasks.values().next().unwrap().clone();
        format!("{} {:?}", task.devices[0].name, &*task.devices[0].device_ids)
    };
    let held: Vec<String> = engine.state().allocs().map(names).collect();
    assert_eq!((held.concat(), places(&engine, "train")), (r#"slow ["s0"]slow ["s0"]"#.into(), "0@n0 1@n1".into()));
}

#[test]
fn place_86_affinities_draw_and_repel() {
    let like = |weight: i8| {
        format!(
            r#", "Affinities": [{{"LTarget": "${{meta.rack}}", "Operand": "=", "RTarget": "r2", "Weight": {weight}}}]"#
        )
    };
    let mut engine = engine(&["r1", "r2", "r3"]);
    register(&mut engine, job("drawn", 1, &like(100), "", ""));
    register(&mut engine, job("repelled", 4, "", &like(-100), ""));
    assert_eq!(places(&engine, "drawn"), "0@n1");
    assert!(!places(&engine, "repelled").contains("n1"), "{}", places(&engine, "repelled"));
}

#[test]
fn place_131_133_the_best_nodes_are_told_with_their_scores() {
    let like = r#", "Affinities": [{"LTarget": "${meta.rack}", "Operand": "=", "RTarget": "r2", "Weight": 50}]"#;
    let mut engine = engine(&["r1", "r2", "r3", "r4", "r5", "r6"]);
    register(&mut engine, job("web", 2, like, "", ""));
    let metric = engine.state().allocs().next().unwrap().to_allocation().metrics.unwrap();
    let told: Vec<String> =
        metric.score_meta_data.iter().map(|one| format!("{} {:.4}", one.node_id, one.norm_score)).collect();
    // Fit is (20 − 2·10^0.975)/18 = 0.0622, and a mean of two; then the others by age.
    assert_eq!(told, ["n1 0.5311", "n0 0.0311", "n2 0.0311", "n3 0.0311", "n4 0.0311"]);
    let names: Vec<&str> = metric.score_meta_data[0].scores.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["binpack", "job-anti-affinity", "node-affinity", "node-reschedule-penalty"]);
}

#[test]
fn place_97_an_even_spread_is_even() {
    let mut engine = engine(&["r1", "r1", "r1", "r1", "r2", "r3"]);
    register(&mut engine, job("web", 9, r#", "Spreads": [{"Attribute": "${meta.rack}", "Weight": 100}]"#, "", ""));
    let mut racks: BTreeMap<String, u32> = BTreeMap::new();
    for alloc in engine.state().allocs() {
        *racks.entry(alloc.node().unwrap().meta.get("rack").unwrap().clone()).or_default() += 1;
    }
    assert_eq!(racks, [("r1".into(), 3), ("r2".into(), 3), ("r3".into(), 3)].into());
}

#[test]
fn place_92_a_spread_with_targets_keeps_to_them() {
    let mut engine = engine(&["r1", "r1", "r2", "r2", "r3"]);
    let spread = r#", "Spreads": [{"Attribute": "${meta.rack}", "Weight": 100,
        "SpreadTarget": [{"Value": "r1", "Percent": 70}, {"Value": "r2", "Percent": 30}]}]"#;
    register(&mut engine, job("web", 10, "", spread, ""));
    let on = |rack: &str| {
        let there = |alloc: &longshore::store::AllocRef<'_>| alloc.node().unwrap().meta.get("rack").unwrap() == rack;
        engine.state().allocs().filter(there).count()
    };
    assert_eq!((on("r1"), on("r2"), on("r3")), (7, 3, 0));
}

#[test]
fn feas_151_152_distinct_hosts() {
    let mut engine = engine(&["r1", "r1"]);
    let distinct = r#", "Constraints": [{"Operand": "distinct_hosts"}]"#;
    register(&mut engine, job("web", 3, distinct, "", ""));
    assert_eq!(places(&engine, "web"), "0@n0 1@n1");
    let metric = failure(&engine, "web");
    assert_eq!(
        (metric.nodes_evaluated, metric.nodes_filtered, counts(&metric.class_filtered).as_str()),
        (2, 2, "big: 2")
    );
}

#[test]
fn feas_153_158_distinct_property_and_what_reopens_it() {
    let mut engine = engine(&["r1", "r1", "r2"]);
    let distinct = r#", "Constraints": [{"LTarget": "${meta.rack}", "Operand": "distinct_property", "RTarget": "2"}]"#;
    register(&mut engine, job("web", 5, "", distinct, ""));
    assert_eq!(places(&engine, "web"), "0@n0 1@n1 2@n2 3@n2");
    assert_eq!(failure(&engine, "web").nodes_filtered, 3);
    // One less in rack r1 makes room for another.
    let gone = engine.state().allocs().find(|alloc| alloc.index() == 0).unwrap().id().clone();
    engine.report_allocs(&[longshore::AllocReport::new(gone, longshore::model::ClientStatus::Complete)], NOW).unwrap();
    engine.tick(NOW).unwrap();
    assert_eq!(engine.state().allocs().filter(|alloc| !alloc.terminal()).count(), 4);
}

#[test]
fn feas_120_host_volumes() {
    let mut engine = engine(&["r1"]);
    let volume = |source: &str, read_only: bool| {
        format!(
            r#", "Volumes": {{"v": {{"Name": "v", "Type": "host", "Source": "{source}", "ReadOnly": {read_only}}}}}"#
        )
    };
    register(&mut engine, job("reads", 1, "", &volume("certs", true), ""));
    register(&mut engine, job("writes", 1, "", &volume("certs", false), ""));
    register(&mut engine, job("misses", 1, "", &volume("other", true), ""));
    assert_eq!(
        (places(&engine, "reads").as_str(), places(&engine, "writes"), places(&engine, "misses")),
        ("0@n0", String::new(), String::new())
    );
    assert_eq!(failure(&engine, "misses").nodes_filtered, 1);
}

#[test]
fn place_102_loop_317_the_weak_make_room() {
    let options = Options::default().preemption(Preemption { service: true, batch: false });
    let mut engine = engine_with(&["r1"], options);
    let ranked = |id: &str, priority: u32, cpu: u32| {
        job(id, 1, &format!(r#", "Priority": {priority}"#), "", &format!(r#", "CPU": {cpu}"#))
    };
    register(&mut engine, ranked("weak", 20, 3000));
    register(&mut engine, ranked("equal", 45, 800));
    register(&mut engine, ranked("strong", 50, 3000));
    assert_eq!(
        (places(&engine, "weak"), places(&engine, "equal"), places(&engine, "strong")),
        (String::new(), "0@n0".into(), "0@n0".into())
    );
    let evicted = engine.state().allocs().find(|alloc| *alloc.job().id == *"weak").unwrap().to_allocation();
    let strong = engine.state().allocs().find(|alloc| *alloc.job().id == *"strong").unwrap().to_allocation();
    assert_eq!((evicted.desired_status.as_str(), &evicted.preempted_by_allocation), ("evict", &strong.id));
    assert_eq!(&*strong.preempted_allocations, [evicted.id]);
    // Its job was looked at again, and waits.
    let mut triggers: Vec<&str> =
        engine.state().evals_of_job(&"default".into(), &"weak".into()).map(|eval| eval.triggered_by.as_str()).collect();
    triggers.sort_unstable();
    assert_eq!(triggers, ["job-register", "preemption", "queued-allocs"]);
    assert_eq!(engine.blocked_count(), 1);
}

#[test]
fn place_48_a_node_takes_so_many_allocations_and_no_more() {
    let mut engine = Engine::new(Options::default());
    engine.register_node(Node { node_max_allocs: 2, ..node("n0", "r1") }, NOW).unwrap();
    register(&mut engine, job("web", 3, "", "", ""));
    assert_eq!(
        (places(&engine, "web").as_str(), counts(&failure(&engine, "web").dimension_exhausted).as_str()),
        ("0@n0 1@n0", "the node takes no more allocations: 1")
    );
}

/// Whether ports are asked for or not.
#[test]
fn place_46_memory_may_grow_where_it_may() {
    for (oversubscription, most) in [(false, 0), (true, 300)] {
        let cluster = longshore::model::Cluster { memory_oversubscription: oversubscription, ..Default::default() };
        let mut engine = engine_with(&["r1"], Options::default().cluster(cluster));
        let network = r#", "Networks": [{"Mode": "host", "DynamicPorts": [{"Label": "http"}]}]"#;
        for (id, of_group) in [("plain", ""), ("ports", network)] {
            register(&mut engine, job(id, 1, "", of_group, r#", "MemoryMaxMB": 300"#));
        }
        let max = |alloc: longshore::store::AllocRef<'_>| {
            alloc.resources().tasks.values().next().unwrap().memory.memory_max_mb
        };
        assert_eq!(engine.state().allocs().map(max).collect::<Vec<_>>(), [most, most]);
    }
}

/// The second victim of a group is as near as the first: the plan's own entries carry no group.
#[test]
fn place_105_victims_of_one_group_are_not_spared() {
    let options = Options::default().preemption(Preemption { service: true, batch: false });
    let mut engine = engine_with(&["r1"], options);
    let ranked = |id: &str, priority: u32, count: u32, cpu: u32| {
        job(id, count, &format!(r#", "Priority": {priority}"#), "", &format!(r#", "CPU": {cpu}"#))
    };
    register(&mut engine, ranked("pair", 20, 2, 1000)); // as near as can be to what is asked for
    register(&mut engine, ranked("other", 20, 1, 1300));
    register(&mut engine, ranked("strong", 60, 2, 1000));
    assert_eq!((places(&engine, "pair"), places(&engine, "other")), (String::new(), "0@n0".into()));
    assert_eq!(places(&engine, "strong"), "0@n0 1@n0");
}

#[test]
fn place_48_a_volume_for_a_single_writer_has_one() {
    let mut engine = engine(&["r1"]);
    let volume = r#", "Volumes": {"v": {"Name": "v", "Type": "host", "Source": "certs", "ReadOnly": true,
        "AccessMode": "single-node-single-writer"}}"#;
    register(&mut engine, job("web", 2, "", volume, ""));
    assert_eq!(places(&engine, "web"), "");
    let failed = engine.state().evals().find(|eval| eval.status == longshore::model::EvalStatus::Failed).unwrap();
    assert!(failed.status_description.contains("single writer"), "{}", failed.status_description);
}

#[test]
fn place_39_66_143_nodes_that_could_never_be_given_work_are_refused() {
    let mut engine = Engine::new(Options::default());
    let table = [
        (r#"{"Cpu": {"CpuShares": 4000}, "Memory": {"MemoryMB": 1000}}"#, "PLACE-143"),
        (r#"{"Cpu": {"CpuShares": 4000, "TotalCpuCores": 70000}, "Memory": {"MemoryMB": 1000}}"#, "PLACE-39"),
        (r#"{"Cpu": {"CpuShares": 4000, "TotalCpuCores": 4}}"#, "PLACE-143"),
    ];
    for (resources, code) in table {
        let node: Node = from_json(&format!(r#"{{"ID": "n", "Name": "n", "NodeResources": {resources}}}"#)).unwrap();
        assert_eq!(engine.register_node(node, NOW).unwrap_err().code(), code, "{resources}");
    }
    let mut unreadable = node("n0", "r1");
    unreadable.reserved_resources = Some(from_json(r#"{"Networks": {"ReservedHostPorts": "abc"}}"#).unwrap());
    assert!(engine.register_node(unreadable, NOW).is_err());
    assert_eq!(engine.state().nodes().count(), 0);
}
