//! Opaque values are bounded where they come in, so that whatever is acknowledged can be read back.

use longshore::model::{Job, Node, Request, Time, document, from_json};
use longshore::store::contract::difference;
use longshore::store::{FileLog, MemoryStorage, State, checkpoint};
use longshore::{Engine, Error, Options};
use serde_json::{Value, json};

const START: Time = Time(1_700_000_000_000_000_000);
/// The most lists and maps within each other that an opaque value may have.
const LEVELS: usize = 32;

/// A list and a map in turn, so many in all.
fn nested(levels: usize) -> Value {
    (0..levels)
        .fold(Value::from("within"), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"a": inner}) })
}

/// Every opaque value of a job, and its place.
const OF_JOB: [&str; 5] = [
    r#"TaskGroups[0].Services[0].Connect"#,
    r#"TaskGroups[0].Tasks[0].Config["in"]"#,
    r#"TaskGroups[0].Tasks[0].Services[0].Connect"#,
    r#"TaskGroups[0].Tasks[0].Secrets[0].Config["in"]"#,
    r#"TaskGroups[0].Scaling.Policy["in"]"#,
];

/// A job with a value at each of [`OF_JOB`].
fn job(values: [Value; 5]) -> String {
    let [of_group, of_task, of_service, of_secret, of_scaling] = values;
    let resources = json!({"CPU": 100, "MemoryMB": 64, "DiskMB": 10});
    json!({
        "ID": "web", "Name": "web", "Type": "service", "Datacenters": ["dc1"], "TaskGroups": [{
            "Name": "front", "Count": 1, "EphemeralDisk": {"SizeMB": 10},
            "Services": [{"Name": "mesh", "Connect": of_group}],
            "Scaling": {"Type": "horizontal", "Enabled": true, "Min": 1, "Max": 3, "Policy": {"in": of_scaling}},
            "Tasks": [{
                "Name": "server", "Driver": "exec", "Config": {"in": of_task}, "Resources": resources,
                "Services": [{"Name": "api", "Connect": of_service}],
                "Secrets": [{"Name": "db", "Provider": "vault", "Path": "kv/db", "Config": {"in": of_secret}}],
            }],
        }],
    })
    .to_string()
}

/// Every opaque value of a node, and its place.
const OF_NODE: [&str; 4] = [
    r#"CSIControllerPlugins["ebs"].ControllerInfo"#,
    r#"CSIControllerPlugins["ebs"].NodeInfo"#,
    r#"CSINodePlugins["ebs"].ControllerInfo"#,
    r#"CSINodePlugins["ebs"].NodeInfo"#,
];

/// A node with a value at each of [`OF_NODE`].
fn node(values: [Value; 4]) -> Node {
    let plain = Node::new("n").datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec");
    let [of_controller, beside, aside, of_node] = values;
    let plugins = json!({
        "CSIControllerPlugins": {"ebs": {"ControllerInfo": of_controller, "NodeInfo": beside}},
        "CSINodePlugins": {"ebs": {"ControllerInfo": aside, "NodeInfo": of_node}},
    });
    let plugins: Node = from_json(&plugins.to_string()).unwrap();
    let Node { csi_controller_plugins, csi_node_plugins, .. } = plugins;
    Node { csi_controller_plugins, csi_node_plugins, ..plain }
}

/// Values that are as deep as may be, but for one.
fn one_too_deep<const N: usize>(which: usize) -> [Value; N] {
    std::array::from_fn(|at| nested(LEVELS + usize::from(at == which)))
}

#[test]
fn a_value_that_is_too_deep_is_refused_with_its_place() {
    let mut engine = Engine::new(Options::default());
    for (which, place) in OF_JOB.iter().enumerate() {
        let text = job(one_too_deep(which));
        let refused = engine.register_job(from_json::<Job>(&text).unwrap(), START).unwrap_err();
        let Error::Job { faults, .. } = &refused else { panic!("{refused}") };
        let found: Vec<(&str, &str)> = faults.iter().map(|fault| (fault.code, &*fault.path)).collect();
        assert_eq!(found, [("LONGSHORE-SIZE", *place)], "{refused}");
        let document: document::Job = from_json(&text).unwrap();
        let refused = engine.register_document(document, &Request::default(), START).unwrap_err();
        assert!(refused.to_string().contains(place), "{refused}");
    }
    for (which, place) in OF_NODE.iter().enumerate() {
        let refused = engine.register_node(node(one_too_deep(which)), START).unwrap_err();
        let expected = format!("node \"n\" is refused: {place} nests more than {LEVELS} levels deep; flatten it");
        assert_eq!((refused.code(), refused.to_string()), ("LONGSHORE-SIZE", expected));
    }
    assert_eq!(engine.state().index(), 0, "nothing was taken");
}

/// From its frames, and from a checkpoint.
#[test]
fn what_is_as_deep_as_may_be_is_read_back() {
    let path = std::env::temp_dir().join(format!("longshore-depth-{}.log", std::process::id()));
    let open = || Engine::open(Box::new(FileLog::open(&path).unwrap()), Options::default()).unwrap();
    let mut engine = open();
    engine.register_node(node(one_too_deep(usize::MAX)), START).unwrap();
    let deepest: Job = from_json(&job(one_too_deep(usize::MAX))).unwrap();
    engine.register_job(deepest, START).unwrap();
    assert_eq!(engine.tick(START).unwrap().placed, 1);
    let state = engine.snapshot();
    drop(engine);
    let again = open();
    assert_eq!(difference(&state, again.state()), None);
    drop(again);
    std::fs::remove_file(&path).unwrap();

    let mut storage = MemoryStorage::forked(state.index());
    checkpoint(&state, &mut storage).unwrap();
    assert_eq!(difference(&state, &State::load(&mut storage).unwrap()), None);
}
