use proptest::prelude::*;

use super::*;

const NODES: &str = "sn,cpu_milli,memory_mib,gpu,model\n\
                     a,64000,262144,2,P100\n\
                     b,96000,393216,8,G2\n\
                     c,32000,1000,0,\n";
const HEADER: &str = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n";

fn parse(nodes: &str, tasks: &str) -> Result<Workload, WorkloadError> {
    let places = (Path::new("nodes.csv"), Path::new("openb_pod_list_mine.csv"));
    Workload::parse((places.0, nodes.as_bytes()), (places.1, tasks.as_bytes()))
}

fn openb(name: &str) -> Workload {
    Workload::named(name, &data_dir().unwrap()).unwrap()
}

/// The message for one bad row below three good ones, blank lines between.
fn of_node(row: &str) -> String {
    let nodes = format!("{NODES}\n{row}\n");
    let tasks = format!("{HEADER}t,1,1,0,0,\n");
    parse(&nodes, &tasks).unwrap_err().to_string()
}

fn of_task(row: &str) -> String {
    let tasks = format!("{HEADER}t,1,1,0,0,\n\n{row}\nbad,bad\n");
    parse(NODES, &tasks).unwrap_err().to_string()
}

#[test]
fn gpu_1_the_cluster_of_the_paper() {
    let workload = openb("default");
    assert_eq!(workload.nodes.len(), 1213);
    assert_eq!(workload.gpu_capacity_milli(), 6_212_000);
    let cpu: u64 = workload.nodes.iter().map(|n| u64::from(n.cpu_milli)).sum();
    let memory: u64 = workload.nodes.iter().map(|n| u64::from(n.memory_mib)).sum();
    assert_eq!((cpu, memory), (107_018_000, 503_828_480));
    let gpus = |model: &str| -> u32 {
        let of_model = workload.nodes.iter().filter(|n| n.model == model);
        of_model.map(|n| n.gpus).sum()
    };
    let models = ["A10", "G2", "G3", "P100", "T4", "V100M16", "V100M32"];
    assert_eq!(workload.models(), models);
    assert_eq!(models.map(gpus), [2, 4392, 312, 265, 842, 195, 204]);
    let first = &workload.nodes[0];
    assert_eq!((first.name.as_str(), first.gpus), ("openb-node-0000", 2));
}

#[test]
fn gpu_2_all_seventeen_pod_lists_are_read() {
    let rows = [8152, 7439, 7853, 8832, 9420, 8152, 8152, 8152, 8152, 8152, 8152, 8152, 8152, 8324, 8508, 8746, 9061];
    for (name, rows) in WORKLOADS.iter().zip(rows) {
        let workload = openb(name);
        assert_eq!((workload.name.as_str(), workload.tasks.len()), (*name, rows));
        assert_eq!(workload.check_fits(), Ok(()));
    }
}

#[test]
fn gpu_8_what_one_pass_of_the_file_asks_for() {
    let asked = |name| {
        let workload = openb(name);
        let asked: u64 = workload.tasks.iter().map(TraceTask::demand_milli).sum();
        asked as f64 / 62_120.0
    };
    assert!((asked("default") - 97.98).abs() < 0.005);
    assert!((asked("gpuspec33") - 97.98).abs() < 0.005);
    assert!((asked("gpushare100") - 63.6).abs() < 0.05);
    assert!((asked("multigpu50") - 183.0).abs() < 0.5);
}

#[test]
fn gpu_2_columns_go_by_name_and_cpu_only_tasks_have_no_gpu_wishes() {
    let tasks = "extra,gpu_milli,num_gpu,memory_mib,cpu_milli,name,gpu_spec\n\
                 x,500,0,3,1000,first,G2\n\
                 x,460,1,20,2000,second,G2|P100|P100\n";
    let workload = parse(NODES, tasks).unwrap();
    assert_eq!(workload.name, "mine");
    let [first, second] = workload.tasks.as_slice() else {
        panic!("two rows");
    };
    assert_eq!((first.gpu_milli, first.models.len()), (0, 0));
    assert_eq!((first.memory_mib, second.memory_mib), (3, 20));
    assert_eq!((first.class(), second.class()), (Class::CpuOnly, Class::Share));
    assert_eq!(second.models, ["G2", "P100", "P100"]);
    assert!(second.allows("P100") && !second.allows("T4") && first.allows("T4"));
    assert_eq!(second.demand_milli(), 460);
}

#[test]
fn gpu_40_one_row_of_most_workloads_is_raised() {
    let raised = WORKLOADS.map(|name| openb(name).raise_memory());
    assert_eq!(raised.iter().sum::<usize>(), 14);
    let mut workload = openb("default");
    assert_eq!(workload.tasks[1523].memory_mib, 0);
    assert_eq!((workload.raise_memory(), workload.raise_memory()), (1, 0));
    assert_eq!(workload.tasks[1523].memory_mib, MEMORY_MIB_MIN);
}

#[test]
fn mistakes_in_a_node_list() {
    let cases = [
        ("a,1,1,0,", "nodes.csv:6: sn is `a`, as on line 2; names are used once"),
        (",1,1,0,", "nodes.csv:6: sn is ``; it must be a name"),
        ("d,0,1,0,", "nodes.csv:6: cpu_milli is 0; a node has some"),
        ("d,1,0,0,", "nodes.csv:6: memory_mib is 0; a node has some"),
        ("d,1,-1,0,", "nodes.csv:6: memory_mib is `-1`; it must be a whole number from 0 to 2147483647"),
        ("d,1,1,65,T4", "nodes.csv:6: gpu is `65`; it must be a whole number from 0 to 64"),
        ("d,1,1,1,", "nodes.csv:6: model is ``; it must be the model of the node's GPUs"),
        ("d,1,1,1,T4|G2", "nodes.csv:6: model is `T4|G2`; it must be one model, so without `|`"),
        ("d,1,1", "nodes.csv:6: 3 fields; the header has 5"),
    ];
    for (row, message) in cases {
        assert_eq!(of_node(row), message);
    }
}

#[test]
fn mistakes_in_a_pod_list() {
    let file = "openb_pod_list_mine.csv";
    let cases = [
        (",1,1,0,0,", "name is ``; it must be a name"),
        ("t,x,1,0,0,", "cpu_milli is `x`; it must be a whole number from 0 to 2147483647"),
        ("t,1,1,1,1001,", "gpu_milli is `1001`; it must be a whole number from 0 to 1000"),
        ("t,1,1,1,0,", "gpu_milli is `0`; it must be a whole number from 1 to 1000 where num_gpu is above 0"),
        ("t,1,1,2,500,", "gpu_milli is 500 with num_gpu 2; it must be 1000, since only a single GPU is shared"),
        ("t,1,1,1,500,G2||T4", "gpu_spec is `G2||T4`; it must be models joined by `|`, none of them empty"),
        ("t,97000,1,0,0,", "cpu_milli is 97000; the largest node has 96000"),
        ("t,1,400000,0,0,", "memory_mib is 400000; the largest node has 393216"),
        ("t,1,1,9,1000,", "num_gpu is 9; the largest node has 8"),
        ("t,1,1,1,500,T4|A10", "gpu_spec is `T4|A10`; no node has such a model"),
    ];
    for (row, message) in cases {
        assert_eq!(of_task(row), format!("{file}:4: {message}"));
    }
}

#[test]
fn mistakes_in_whole_files() {
    let message = |nodes: &str, tasks: &str| parse(nodes, tasks).unwrap_err().to_string();
    assert_eq!(
        message(NODES, HEADER),
        "openb_pod_list_mine.csv: the list is empty; it needs at least one row below the header"
    );
    assert_eq!(message("sn,cpu_milli\n", HEADER), "nodes.csv:1: no column `memory_mib` among `sn,cpu_milli`; add it");
    let missing = Workload::read(Path::new("no/such/list.csv"), None).unwrap_err();
    assert!(missing.to_string().starts_with("no/such/openb_node_list_gpu_node.csv: cannot be"));
}

#[test]
fn a_name_a_path_or_neither() {
    assert_eq!(Workload::open("cpu250", None).unwrap(), openb("cpu250"));
    let folder = data_dir().unwrap().join("openb");
    let path = folder.join("openb_pod_list_multigpu20.csv");
    let by_path = Workload::open(&path.to_string_lossy(), None).unwrap();
    assert_eq!(by_path, openb("multigpu20"));
    let all_nodes = folder.join("openb_node_list_all_node.csv");
    let more = Workload::open("default", Some(&all_nodes)).unwrap();
    assert_eq!(more.nodes.len(), 1523);
    assert!(matches!(Workload::open("cpu", None), Err(WorkloadError::Unknown { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes are a workload or a mistake, never a panic.
    #[test]
    fn no_bytes_panic(nodes in any::<Vec<u8>>(), tasks in any::<Vec<u8>>()) {
        let file = Path::new("f.csv");
        let _ = Workload::parse((file, &nodes), (file, NODES.as_bytes()));
        let _ = Workload::parse((file, NODES.as_bytes()), (file, &tasks));
    }

    /// Nor do rows that come nearer to the truth; what is accepted fits.
    #[test]
    fn near_misses_do_not_panic(
        node_rows in prop::collection::vec("[a-c]{0,2},[0-9]{1,5},[0-9]{1,5},[0-9],[TG|]{0,2}", 0..4),
        rows in prop::collection::vec("[a\"]{1,2},[0-9]{1,5},[0-9]{1,5},[0-3],[0-9]{1,4},[TG|]{0,3}", 0..4),
        end in prop::sample::select(vec!["\n", "\r\n", "\n\n", "\r"]),
    ) {
        let header = "sn,cpu_milli,memory_mib,gpu,model".to_owned();
        let nodes = [vec![header], node_rows].concat().join(end);
        let tasks = [vec![HEADER.trim().to_owned()], rows].concat().join(end);
        if let Ok(workload) = parse(&nodes, &tasks) {
            prop_assert_eq!(workload.check_fits(), Ok(()));
        }
    }
}
