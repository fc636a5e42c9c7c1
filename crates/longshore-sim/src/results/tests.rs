use std::io::Error;
use std::path::PathBuf;

use super::*;

fn row(policy: &str, seed: u64, arrivals_pct: u64, allocated: f64) -> ResultRow {
    ResultRow {
        workload: "default".to_owned(),
        policy: policy.to_owned(),
        seed,
        arrivals_pct,
        gpus_allocated_pct: allocated,
        fragmented_pct_of_gpus: 4.5,
        fragmented_pct_of_idle: 99.0,
        decisions: 10_866,
        decisions_per_s: (seed == 42).then_some(20_000.5),
        p50_us: None,
        p99_us: None,
        digest: "00000000000000ff".to_owned(),
    }
}

/// A fresh folder for one test.
fn folder(test: &str) -> PathBuf {
    let name = format!("longshore-results-{test}-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_csv_file_has_exactly_the_columns() {
    let folder = folder("csv");
    let file = folder.join("results.csv");
    write_csv(&file, &[row("fgd", 42, 100, 95.25), row("fgd", 43, 100, 95.0)]).unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "workload,policy,seed,arrivals_pct,gpus_allocated_pct,fragmented_pct_of_gpus,\
         fragmented_pct_of_idle,decisions,decisions_per_s,p50_us,p99_us,digest\n\
         default,fgd,42,100,95.25,4.5,99.0,10866,20000.5,,,00000000000000ff\n\
         default,fgd,43,100,95.0,4.5,99.0,10866,,,,00000000000000ff\n"
    );
    write_csv(&file, &[]).unwrap();
    let empty = std::fs::read_to_string(&file).unwrap();
    assert_eq!(empty.trim_end().split(',').collect::<Vec<_>>(), write::COLUMNS);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing left beside it");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_json_file_is_read_back() {
    let folder = folder("json");
    let file = folder.join("results.json");
    let rows = [row("fgd", 42, 100, 95.25), row("fgd", 43, 100, 95.0)];
    write_json(&file, &rows).unwrap();
    let read: Vec<ResultRow> = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(read, rows);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_failure_leaves_the_old_file_and_nothing_else() {
    let folder = folder("failure");
    let file = folder.join("results.csv");
    write_csv(&file, &[]).unwrap();
    let before = std::fs::read(&file).unwrap();
    let failed = write_atomically(&file, |out| {
        out.write_all(b"half of it")?;
        Err(Error::other("no more"))
    });
    let message = failed.unwrap_err().to_string();
    assert!(message.ends_with("results.csv: cannot be written: no more"));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert!(write_csv(&folder.join("no/such/folder.csv"), &[]).is_err());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn gpu_31_gpu_32_means_and_deviations_over_the_seeds() {
    let rows = [
        row("fgd", 42, 100, 95.0),
        row("fgd", 42, 130, 96.0),
        row("random", 42, 100, 80.0),
        row("fgd", 43, 100, 96.0),
        row("fgd", 44, 100, 97.0),
    ];
    let summaries = Summary::of(&rows);
    let keys = summaries.iter().map(|s| (s.policy.as_str(), s.arrivals_pct));
    let expected = [("fgd", 100), ("fgd", 130), ("random", 100)];
    assert!(keys.eq(expected));
    let fgd = summaries[0].gpus_allocated_pct;
    assert_eq!((fgd.runs, fgd.mean, fgd.sd), (3, 96.0, Some(1.0)));
    assert_eq!((fgd.min, fgd.max), (95.0, 97.0));
    assert_eq!(summaries[1].gpus_allocated_pct.sd, None);
    let speed = summaries[0].decisions_per_s.unwrap();
    assert_eq!((speed.runs, speed.mean), (1, 20_000.5));
    assert!(Statistic::of(&[]).is_none());
}

#[test]
fn percentiles_are_times_that_occurred() {
    let mut times: Vec<u64> = (1..=200).rev().map(|i| i * 1000).collect();
    let timing = Timing::of(&mut times).unwrap();
    assert_eq!((timing.p50_us, timing.p99_us), (100.0, 198.0));
    assert!((timing.decisions_per_s - 200.0 / 0.0201).abs() < 1e-6);
    let single = Timing::of(&mut [5]).unwrap();
    assert_eq!((single.p50_us, single.p99_us), (0.005, 0.005));
    assert_eq!(Timing::of(&mut []), None);
}
