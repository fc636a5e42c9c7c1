//! The command `bench`, run in this process: its report, its file, its errors. Times themselves are not judged.

mod common;

use std::fs;

use longshore_cli::args;
use longshore_cli::exit::Exit;

/// What a command line that makes no sense is told.
fn refused(arguments: &str) -> String {
    let error = args::parse(arguments.split_whitespace()).expect_err("no command");
    assert_eq!(error.exit_code(), 2, "{arguments}");
    error.to_string()
}

#[test]
fn a_case_of_the_grid_is_timed_and_compared() {
    let place = common::scratch("bench", "one_case", &[]);
    let (exit, out, err) = common::command(&place, "bench grid --only ^500/25/50/plain$ --quick --csv {}/times.csv");
    assert_eq!((exit, err.as_str()), (Exit::Success, ""));
    let row = out.lines().find(|line| line.trim_start().starts_with("500 ")).expect("a row");
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!((&cells[..5], cells[7], cells.len()), (&["500", "25", "50", "plain", "50"][..], "4,933.7", 9));
    for part in ["calibration loop: ", " 4.40 where the reference ran", "corrected: a time from here × "] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert_eq!(out.matches("geometric mean of the ratios (of 1 of 120)").count(), 1, "{out}");

    let text = fs::read_to_string(place.join("times.csv")).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "nodes,racks,count,spread,placed,ns_per_evaluation"));
    let nanos = lines[1].strip_prefix("500,25,50,0,50,").expect(lines[1]);
    assert!(nanos.parse::<u64>().is_ok_and(|nanos| nanos > 0), "{nanos}");
}

#[test]
fn a_small_cluster_places_what_it_has_room_for() {
    let place = common::scratch("bench", "full", &[]);
    let (exit, _, err) = common::command(&place, "bench grid --only ^500/50/600/plain$ --quick --csv {}/times.csv");
    assert_eq!((exit, err.as_str()), (Exit::Success, ""));
    let text = fs::read_to_string(place.join("times.csv")).expect("written");
    // Half of the nodes are in racks that will do, and a node has room for two.
    assert!(text.contains("\n500,50,600,0,500,"), "{text}");
}

#[test]
fn a_spread_is_timed_or_said_not_to_be() {
    let place = common::scratch("bench", "spread", &[]);
    let (exit, out, err) = common::command(&place, "bench grid --only ^500/25/(50|300)/spread$ --quick");
    if exit == Exit::Success {
        assert_eq!(out.lines().filter(|line| line.trim_start().starts_with("500 ")).count(), 2, "{out}");
    } else {
        let why = "longshore: not measured: 2 cases, 500/25/50/spread the first: ";
        assert!(err.starts_with(why) && err.contains("spread is not supported"), "{err}");
        assert!(out.contains("not measured"), "{out}");
    }
}

#[test]
fn a_part_of_the_million_is_committed() {
    let place = common::scratch("bench", "c1m", &[]);
    let (exit, out, err) = common::command(&place, "bench c1m --jobs 2 --quick");
    assert_eq!((exit, err.as_str()), (Exit::Success, ""));
    assert!(out.starts_with("2,000 allocations of 2 jobs on 5,000 nodes: 2,000 placed, "), "{out}");
    assert!(out.contains("the million, seconds") && out.contains("not measured"), "{out}");
}

#[test]
fn the_loop_is_timed_alone() {
    let place = common::scratch("bench", "loop", &[]);
    let (exit, out, _) = common::command(&place, "bench calibrate --quick");
    assert_eq!((exit, out.lines().count()), (Exit::Success, 2));
    assert!(out.starts_with("calibration loop: ") && out.contains(" (2^22 steps, the fastest of 3 runs)"), "{out}");
}

#[test]
fn misuse_is_told_what_would_be_right() {
    let place = common::scratch("bench", "misuse", &[]);
    let (exit, _, err) = common::command(&place, "bench grid --only 501/");
    assert_eq!(exit, Exit::Misuse);
    assert_eq!(err, "longshore: --only \"501/\" matches none of the 120 cases; their names are like 500/25/50/plain\n");
    assert!(refused("longshore bench grid --only (").contains("character 1"));
    assert!(refused("longshore bench grid --repeats 0").contains("--repeats"));
    assert!(refused("longshore bench grid --csv no/such/directory/x.csv").contains("there is no directory no/such"));
    assert!(refused("longshore bench c1m --jobs 1001").contains("--jobs"));
}
