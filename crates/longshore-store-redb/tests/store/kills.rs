//! Real kills: a child writes to a file in a loop and says what was acknowledged, until it is killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use longshore_store::contract::{Life, difference};
use longshore_store::{Checkpointer, State, Storage};
use longshore_store_redb::{Options, RedbStorage};

/// Set for the child: the file that it writes.
const FILE: &str = "LONGSHORE_KILLED_FILE";

fn options() -> Options {
    let mut options = Options::default();
    options.log_bytes = 30_000; // so that checkpoints are under way at most times
    options
}

/// The life that the child writes, up to the state with an index: it is the same every time.
fn relive(life: &mut Life, index: u64) {
    while life.state().index() < index {
        next(life);
    }
}

fn next(life: &mut Life) -> longshore_store::Frame {
    let batches = 1 + life.state().index() as usize % 3;
    life.frame(batches)
}

/// `LONGSHORE_KILLS=50` for more.
#[test]
#[allow(clippy::print_stdout, reason = "what was recovered, for who asks with --nocapture")]
fn a_killed_process_loses_nothing_acknowledged() {
    let kills: u64 = std::env::var("LONGSHORE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let folder = std::env::temp_dir().join(format!("longshore-kills-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("cluster.redb");
    let mut life = Life::new(51);
    for kill in 0..kills {
        let acknowledged = write_until_killed(&path, 5 + kill * 7 % 40);
        let mut storage = RedbStorage::open_with(&path, options()).unwrap();
        let recovered = State::recover(&mut storage);
        let (state, recovered) = recovered.unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        println!("kill {kill}, {acknowledged} acknowledged: {recovered}");
        assert!(recovered.mended.is_some(), "a killed process does not close its file");
        assert!(state.index() >= acknowledged, "kill {kill}: {acknowledged} was acknowledged, {} found", state.index());
        relive(&mut life, state.index());
        assert_eq!(difference(&state, life.state()), None, "kill {kill}");
        state.check_invariants().unwrap();
    }
    assert!(life.state().index() > kills * 4);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Starts a child and kills it after so many of its commits. Answers the last index that it acknowledged.
fn write_until_killed(path: &Path, commits: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::the_child_that_is_killed", "--nocapture"])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut indexes = lines.by_ref().filter_map(|line| line.strip_prefix("index ")?.parse::<u64>().ok());
    let mut acknowledged = indexes.by_ref().take(commits as usize).last().unwrap_or(0);
    child.kill().unwrap();
    // What it said before it died.
    acknowledged = indexes.last().unwrap_or(acknowledged);
    child.wait().unwrap();
    acknowledged
}

#[test]
#[allow(clippy::print_stdout)] // the parent reads it
fn the_child_that_is_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let mut storage = RedbStorage::open_with(path, options()).unwrap();
    let state = State::load(&mut storage).unwrap();
    let (mut life, mut checkpointer) = (Life::new(51), Checkpointer::default());
    relive(&mut life, state.index());
    println!();
    while life.state().index() < 100_000 {
        let expected = life.state().index();
        let frame = next(&mut life);
        storage.commit(expected, &frame).unwrap();
        println!("index {}", frame.last_index());
        checkpointer.step(life.state(), &mut storage, 1).unwrap();
    }
}
