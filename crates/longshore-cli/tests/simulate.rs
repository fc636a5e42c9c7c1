//! The command `simulate`, run in this process: its files, its report, its errors.

use std::fs;
use std::path::{Path, PathBuf};

use longshore_cli::args;
use longshore_cli::console::Console;
use longshore_cli::exit::Exit;
use serde_json::Value;

/// The columns of a results file.
const COLUMNS: &str = "workload,policy,seed,arrivals_pct,gpus_allocated_pct,fragmented_pct_of_gpus,\
                       fragmented_pct_of_idle,decisions,decisions_per_s,p50_us,p99_us,digest";

/// What a command came to.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

/// An empty directory for a test.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulate").join(name);
    // Left over from an earlier run, or not there.
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("made");
    path
}

/// Runs `longshore simulate` with these arguments, `{}` in them standing for `directory`.
fn simulate(directory: &Path, arguments: &str) -> Ran {
    let place = directory.to_str().expect("UTF-8");
    let words = arguments.split_whitespace().map(|word| word.replace("{}", place));
    let words: Vec<String> = ["longshore", "simulate"].map(str::to_owned).into_iter().chain(words).collect();
    let command = args::parse(words).expect("a command");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = longshore_cli::run(&command, &mut Console::new(&mut out, &mut err, false));
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { exit, out: text(out), err: text(err) }
}

/// The rows of a results file, field by field; its header is as it should be.
fn rows(directory: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(directory.join("results.csv")).expect("results");
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
    let header: Vec<String> = lines.next().expect("a header");
    assert_eq!(header.join(","), COLUMNS);
    lines.collect()
}

/// Rows without the columns of times: what two equal runs have in common.
fn timeless(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let columns: Vec<&str> = COLUMNS.split(',').collect();
    let is_time = |column: usize| matches!(columns[column], "decisions_per_s" | "p50_us" | "p99_us");
    let kept = |row: &Vec<String>| (0..columns.len()).filter(|c| !is_time(*c)).map(|c| row[c].clone()).collect();
    rows.iter().map(kept).collect()
}

/// The names in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("read").file_name().into_string().expect("UTF-8");
    let mut names: Vec<String> = fs::read_dir(directory).expect("there").map(name).collect();
    names.sort();
    names
}

const NODES: &str = "sn,cpu_milli,memory_mib,gpu,model\na,8000,8192,4,T4\nb,8000,8192,4,G2\nc,16000,8192,0,\n";
const TASKS: &str = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n\
                     one,1000,100,1,1000,\nhalf,500,0,1,500,T4\ntwo,2000,100,2,1000,G2|T4\nnone,100,10,0,0,\n";

/// A directory with a workload `small`.
fn small(name: &str, nodes: &str, tasks: &str) -> PathBuf {
    let directory = scratch(name);
    fs::write(directory.join("openb_node_list_gpu_node.csv"), nodes).expect("written");
    fs::write(directory.join("small.csv"), tasks).expect("written");
    directory
}

#[test]
fn equal_commands_give_equal_results_but_for_times() {
    let directory = scratch("equal");
    let command = "--percent 20 --policy best-fit,fgd --seeds 42,43 --quiet";
    let ran = ["a", "b"].map(|out| simulate(&directory, &format!("{command} --out {{}}/{out}")));
    for ran in &ran {
        assert_eq!((ran.exit, ran.err.as_str()), (Exit::Success, ""), "{}", ran.out);
    }
    let (a, b) = (directory.join("a"), directory.join("b"));
    assert_eq!(names(&a), ["allocation.png", "allocation.svg", "results.csv", "results.json"]);
    assert_eq!(timeless(&rows(&a)), timeless(&rows(&b)));
    for drawing in ["allocation.png", "allocation.svg"] {
        assert!(fs::read(a.join(drawing)).expect("read") == fs::read(b.join(drawing)).expect("read"), "{drawing}");
    }
    let rows = rows(&a);
    let keys: Vec<String> = rows.iter().map(|row| row[..4].join(" ")).collect();
    assert_eq!(
        keys,
        ["default best-fit 42 20", "default best-fit 43 20", "default fgd 42 20", "default fgd 43 20"],
        "arrivals end before 100%, so each run has one row"
    );
    for row in &rows {
        let number = |column: usize| row[column].parse::<f64>().expect("a number");
        assert!((18.0..=20.0).contains(&number(4)), "{row:?}");
        assert!(number(8) > 0.0 && number(9) > 0.0 && number(9) <= number(10), "{row:?}");
        assert!(row[11].len() == 16 && row[11].bytes().all(|byte| byte.is_ascii_hexdigit()), "{row:?}");
    }
    let digests: std::collections::BTreeSet<&String> = rows.iter().map(|row| &row[11]).collect();
    assert_eq!(digests.len(), 4, "every run decides in its own way");
}

#[test]
fn json_and_report_say_what_the_rows_say() {
    let directory = scratch("json");
    let ran = simulate(&directory, "--percent 20 --policy best-fit,fgd --seeds 42,43 --out {}/out");
    let rows = rows(&directory.join("out"));
    let text = fs::read_to_string(directory.join("out/results.json")).expect("results");
    let document: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document.len(), rows.len());
    for (object, row) in document.iter().zip(&rows) {
        for (column, field) in COLUMNS.split(',').zip(row) {
            let value = &object[column];
            let same = match (value.as_str(), value.as_f64()) {
                (Some(text), _) => text == field,
                (_, Some(number)) => field.parse() == Ok(number),
                _ => false,
            };
            assert!(same, "{column}: {value} in JSON, {field} in CSV");
        }
    }
    assert!(ran.out.starts_with("openb default, seeds 42 to 43: "), "{}", ran.out);
    assert!(ran.out.contains(" on 1,213 nodes, 6,212 GPUs\n"), "{}", ran.out);
    assert!(ran.out.contains("allocated at 20%"), "{}", ran.out);
    assert!(!ran.out.contains("paper"), "nothing is published at 20%: {}", ran.out);
    assert!(ran.out.contains("\nbest-fit  "), "{}", ran.out);
    assert!(ran.out.ends_with("out: results.csv, results.json, allocation.svg, allocation.png\n"), "{}", ran.out);
}

#[test]
fn a_workload_of_ones_own_uses_the_node_list_beside_it() {
    // Of 8 GPUs, steps of half a one: arrivals ask for 100% on their way.
    let halves = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\nhalf,500,0,1,500\nnone,100,10,0,0\n";
    let directory = small("own", NODES, halves);
    let ran = simulate(&directory, "--workload {}/small.csv --out {}/out");
    assert_eq!(ran.exit, Exit::Success, "{}", ran.err);
    assert!(ran.out.starts_with("small, seed 42: "), "{}", ran.out);
    assert!(ran.out.contains("on 3 nodes, 8 GPUs"), "{}", ran.out);
    assert!(!ran.out.contains("paper"), "{}", ran.out);
    let rows = rows(&directory.join("out"));
    let policies: Vec<&str> = rows.iter().filter(|row| row[3] == "100").map(|row| row[1].as_str()).collect();
    assert_eq!(policies.len(), 10, "all policies: {rows:?}");
    assert_eq!(rows.len(), 20, "each at 100% and at its end: {rows:?}");
    assert!(ran.out.contains("allocated at 100%  allocated at 125%"), "{}", ran.out);
    assert_eq!(simulate(&directory, "--workload {}/small.csv --out {}/again").exit, Exit::Success);
    let again = self::rows(&directory.join("again"));
    assert_eq!(timeless(&again), timeless(&rows), "every policy repeats itself, random too");
}

#[test]
fn large_tasks_may_pass_over_100_percent() {
    let tasks = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\nthree,500,0,3,1000\n";
    let directory = small("over", NODES, tasks);
    let ran = simulate(&directory, "--workload {}/small.csv --policy fgd --seeds 1..3 --out {}/out");
    assert_eq!(ran.exit, Exit::Success, "{}", ran.err);
    let rows = rows(&directory.join("out"));
    let points: Vec<&str> = rows.iter().map(|row| row[3].as_str()).collect();
    assert_eq!(points, ["150"; 3], "after 3, 6, 9 and 12 of 8 GPUs");
    assert!(ran.out.contains("allocated at 150%"), "{}", ran.out);
}

#[test]
fn recorded_arrivals_are_run_as_they_are_or_cut() {
    let directory = small("recorded", NODES, TASKS);
    let record = "seed 1\narrivals 3 0 1 2 2 2 2\nrank 2 1 0\nseed 2\narrivals 0 0\nrank 0 1 2\n";
    fs::write(directory.join("record.txt"), record).expect("written");
    let command = "--workload {}/small.csv --arrivals {}/record.txt --policy first-fit --out {}/out";
    let decisions = || -> Vec<String> {
        let rows = rows(&directory.join("out"));
        let mut runs: Vec<String> = rows.iter().map(|row| format!("{}:{}", row[2], row[7])).collect();
        runs.dedup();
        runs
    };
    let ran = simulate(&directory, command);
    assert_eq!((ran.exit, ran.err.as_str()), (Exit::Success, ""));
    assert_eq!(decisions(), ["1:7", "2:2"]);
    // 8 GPUs, of which 40% are 3.2: asked for by the first task of two, which is still in.
    assert_eq!(simulate(&directory, &format!("{command} --percent 40")).exit, Exit::Success);
    assert_eq!(decisions(), ["1:4", "2:2"]);
    let ran = simulate(&directory, &format!("{command} --seeds 2..4"));
    assert_eq!(ran.exit, Exit::Success);
    assert!(ran.err.ends_with("record.txt: no arrivals of seeds 3 to 4\n"), "{}", ran.err);
    assert_eq!(decisions(), ["2:2"]);
    let ran = simulate(&directory, &format!("{command} --seeds 9"));
    assert_eq!(ran.exit, Exit::Misuse);
    assert!(ran.err.contains("record.txt: no arrivals of seed 9; it has those of seeds 1 to 2"), "{}", ran.err);
    assert_eq!(decisions(), ["2:2"], "what was there still is");
}

#[test]
fn logs_are_kept_and_never_continued() {
    let directory = small("logs", NODES, TASKS);
    let command = "--workload {}/small.csv --policy fgd,spread --seeds 1,2";
    assert_eq!(simulate(&directory, &format!("{command} --out {{}}/memory")).exit, Exit::Success);
    let with_logs = format!("{command} --storage {{}}/logs --out {{}}/out");
    let ran = simulate(&directory, &with_logs);
    assert_eq!(ran.exit, Exit::Success, "{}", ran.err);
    let logs = directory.join("logs");
    assert_eq!(names(&logs), ["small-fgd-1.log", "small-fgd-2.log", "small-spread-1.log", "small-spread-2.log"]);
    assert!(ran.out.trim_end().ends_with(&format!("logs are in {}", logs.display())), "{}", ran.out);
    let results = rows(&directory.join("out"));
    assert_eq!(timeless(&results), timeless(&rows(&directory.join("memory"))), "the storage decides nothing");

    let before = fs::read(logs.join("small-fgd-2.log")).expect("a log");
    fs::remove_file(logs.join("small-fgd-1.log")).expect("removed");
    let ran = simulate(&directory, &with_logs);
    assert_eq!(ran.exit, Exit::Misuse);
    assert!(ran.err.contains("small-fgd-2.log: a log is there already; name another directory"), "{}", ran.err);
    assert_eq!(fs::read(logs.join("small-fgd-2.log")).expect("a log"), before);
    assert!(!logs.join("small-fgd-1.log").exists(), "nothing was begun");
}

#[test]
fn misuse_says_what_and_where_and_writes_nothing() {
    let none = "";
    let line = |from: &str, to: &str| TASKS.replace(from, to);
    let cases: [(&str, &str, String, &str, &str); 8] = [
        (
            "policy",
            NODES,
            TASKS.into(),
            "--policy fgd,fdg",
            "no policy `fdg`; choose one of random, dot-product, gpu-clustering, gpu-packing, best-fit, fgd, first-fit, worst-fit, bin-pack, spread",
        ),
        ("workload", NODES, TASKS.into(), "--workload defualt", "no workload `defualt`; did you mean `default`?"),
        (
            "number",
            NODES,
            line("half,500", "half,5oo"),
            none,
            "small.csv:3: cpu_milli is `5oo`; it must be a whole number",
        ),
        ("fields", NODES, line("one,1000,", "one,"), none, "small.csv:2: 5 fields; the header has 6"),
        (
            "large",
            NODES,
            line("two,2000,100,2", "two,2000,100,5"),
            none,
            "small.csv:4: num_gpu is 5; the largest node has 4",
        ),
        ("model", NODES, line("G2|T4", "G9"), none, "small.csv:4: gpu_spec is `G9`; no node has such a model"),
        (
            "node",
            &NODES.replace("b,8000", "a,8000"),
            TASKS.into(),
            none,
            "openb_node_list_gpu_node.csv:3: sn is `a`, as on line 2",
        ),
        (
            "refused",
            NODES,
            line("none,100,", "none,0,"),
            none,
            "none\" is refused: TaskGroups[0].Tasks[0].Resources.CPU: 0 MHz is too little",
        ),
    ];
    for (name, nodes, tasks, arguments, told) in cases {
        let directory = small(&format!("misuse-{name}"), nodes, &tasks);
        let own = if arguments.contains("--workload") { "" } else { "--workload {}/small.csv" };
        let ran = simulate(&directory, &format!("{own} {arguments} --storage {{}}/logs --out {{}}/out"));
        assert_eq!((ran.exit, ran.out.as_str()), (Exit::Misuse, ""), "{name}: {}", ran.err);
        assert!(ran.err.starts_with("longshore: ") && ran.err.contains(told), "{name}: {}", ran.err);
        assert!(!directory.join("out").exists(), "{name}");
        assert_eq!(directory.join("logs").exists(), name == "refused", "{name}");
    }
}

#[test]
fn tasks_too_large_to_arrive_are_told() {
    let tasks = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\none,1000,100,4,1000\n";
    let directory = small("arrive", NODES, tasks);
    let ran = simulate(&directory, "--workload {}/small.csv --percent 10 --out {}/out");
    assert_eq!(ran.exit, Exit::Misuse);
    assert!(ran.err.contains("seed 42: no task arrives within 10% of the GPUs"), "{}", ran.err);
    assert!(!directory.join("out").exists());
}

#[test]
fn broken_records_name_their_line() {
    let directory = small("record", NODES, TASKS);
    fs::write(directory.join("record.txt"), "seed 1\narrivals 0 9\nrank 0 1 2\n").expect("written");
    let ran = simulate(&directory, "--workload {}/small.csv --arrivals {}/record.txt --out {}/out");
    assert_eq!(ran.exit, Exit::Misuse);
    assert!(ran.err.contains("record.txt:2: arrivals[1] is `9`; it must be a whole number below 4"), "{}", ran.err);
    assert!(!directory.join("out").exists());
}

#[test]
fn places_that_cannot_be_written_to_are_failures() {
    let directory = small("places", NODES, TASKS);
    for places in ["--out {}/small.csv/out", "--storage {}/small.csv/logs --out {}/out"] {
        let ran = simulate(&directory, &format!("--workload {{}}/small.csv {places}"));
        assert_eq!((ran.exit, ran.out.as_str()), (Exit::Failure, ""), "{places}");
        assert!(ran.err.contains("small.csv/"), "{}", ran.err);
        assert_eq!(names(&directory), ["openb_node_list_gpu_node.csv", "small.csv"], "{places}");
    }
}

#[test]
fn results_of_before_stay_when_new_ones_cannot_be_written() {
    let directory = small("stay", NODES, TASKS);
    // A directory where a file should go: the last of the four to be moved.
    fs::create_dir_all(directory.join("out/allocation.png")).expect("made");
    let ran = simulate(&directory, "--workload {}/small.csv --policy fgd --out {}/out");
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.err.contains("allocation.png: cannot be written"), "{}", ran.err);
    assert_eq!(names(&directory.join("out")), ["allocation.png"], "no part of the results");
}
