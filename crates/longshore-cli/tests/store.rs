//! The command `store`, run in this process.

use std::fs;
use std::path::{Path, PathBuf};

use longshore::store::contract::Life;
use longshore::store::{FileLog, State, Storage, checkpoint};
use longshore_cli::args;
use longshore_cli::console::Console;
use longshore_cli::exit::Exit;
use longshore_store_redb::RedbStorage;

/// A path in a directory of the test's own, where nothing is.
fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("store").join(name);
    // Left over from an earlier run, or not there.
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("made");
    directory.join("cluster")
}

/// Runs `longshore store` with these arguments on a file: exit and result.
fn command(arguments: &str, file: &Path) -> (Exit, String) {
    let words = ["longshore", "store"].into_iter().chain(arguments.split_whitespace());
    let words: Vec<String> = words.map(str::to_owned).chain([file.display().to_string()]).collect();
    let command = args::parse(words).expect("a command");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = longshore_cli::run(&command, &mut Console::new(&mut out, &mut err, false));
    assert!(err.is_empty(), "{}", String::from_utf8_lossy(&err));
    (exit, String::from_utf8(out).expect("UTF-8").replace(&file.display().to_string(), "FILE"))
}

/// Writes a life into a store: so many frames, with a checkpoint after the first so many of them.
fn live(storage: &mut dyn Storage, frames: usize, before: usize) -> State {
    State::load(storage).expect("empty");
    let mut life = Life::new(1);
    for number in 0..frames {
        let expected = life.state().index();
        storage.commit(expected, &life.frame(1)).expect("stored");
        if number + 1 == before {
            checkpoint(life.state(), storage).expect("a checkpoint");
        }
    }
    life.state().clone()
}

#[test]
fn a_store_is_inspected_checked_and_made_small() {
    let file = scratch("redb");
    let state = live(&mut RedbStorage::open(&file).expect("opened"), 60, 40);
    let (exit, told) = command("inspect", &file);
    assert_eq!(exit, Exit::Success, "{told}");
    for line in ["  checkpoint   at index 40, ", "  log          20 frames after it\n", "  index        60\n"] {
        assert!(told.contains(line), "{told}");
    }
    assert!(told.contains(&format!("  digest       {}\n", state.digest())), "{told}");
    assert!(told.contains(&format!("  allocations  {}, ", state.alloc_count())), "{told}");

    let (exit, told) = command("check", &file);
    assert_eq!((exit, told.starts_with("FILE: whole\n")), (Exit::Success, true), "{told}");
    assert!(told.contains(&format!("{}, recounted", state.digest())), "{told}");

    let before = fs::metadata(&file).expect("there").len();
    let (exit, told) = command("compact", &file);
    assert_eq!((exit, told.starts_with("FILE: compacted at index 60\n")), (Exit::Success, true), "{told}");
    assert!(fs::metadata(&file).expect("there").len() < before);
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let told = json(&command("inspect --json", &file).1);
    assert_eq!((&told["frames"], &told["index"], &told["checkpoint"]["index"]), (&0.into(), &60.into(), &60.into()));
    assert_eq!(told["digest"], state.digest().to_string());
    assert_eq!(json(&command("check --json -q", &file).1)["whole"], true);
}

#[test]
fn damage_is_named_and_exit_1() {
    let file = scratch("damaged");
    live(&mut FileLog::open(&file).expect("opened"), 20, 0);
    assert_eq!(command("check", &file).0, Exit::Success);
    let mut bytes = fs::read(&file).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, &bytes).expect("written");
    let (exit, told) = command("check", &file);
    assert_eq!(exit, Exit::Failure);
    assert!(told.starts_with("FILE: damaged log, byte ") && told.contains("checksum"), "{told}");
    assert_eq!(fs::read(&file).expect("read"), bytes, "a log is only read");
    let (exit, told) = command("compact", &file);
    assert_eq!(exit, Exit::Failure, "{told}");
}

/// What a power cut tore is no damage, and is told of by whoever looks.
#[test]
fn what_a_crash_left_is_told() {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let file = scratch("torn");
    let state = live(&mut FileLog::open(&file).expect("opened"), 5, 0);
    let mut bytes = fs::read(&file).expect("read");
    bytes.extend_from_within(..100); // of a frame that is longer
    fs::write(&file, &bytes).expect("written");
    for action in ["check", "inspect"] {
        let (exit, told) = command(action, &file);
        assert_eq!(exit, Exit::Success, "{told}");
        assert!(told.contains(&state.digest().to_string()), "{told}");
        assert!(told.contains("  torn end     100 bytes of a frame that was never acknowledged; "), "{told}");
        let told = json(&command(&format!("{action} --json"), &file).1);
        assert_eq!((&told["torn_bytes"], &told["recovered"]), (&100.into(), &serde_json::Value::Null));
    }
    assert_eq!(fs::read(&file).expect("read"), bytes, "a log is only read");

    // A store of redb that was not closed, as a process leaves it that is killed.
    let file = scratch("unclosed");
    let mut storage = RedbStorage::open(&file).expect("opened");
    live(&mut storage, 5, 0);
    let unclosed = fs::read(&file).expect("read");
    drop(storage);
    for action in ["check", "inspect"] {
        fs::write(&file, &unclosed).expect("written");
        let (exit, told) = command(action, &file);
        assert_eq!(exit, Exit::Success, "{told}");
        assert!(told.contains("  recovered    FILE was not closed: it was checked, and "), "{told}");
        assert!(!told.contains("torn end"), "{told}");
    }
}

#[test]
fn what_is_no_store_is_said_to_be_none() {
    let file = scratch("text");
    fs::write(&file, "a text").expect("written");
    assert_eq!(command("inspect", &file), (Exit::Failure, "FILE: it is no store of this engine\n".into()));
    assert!(args::parse(["longshore", "store", "check", "no/such/file"]).is_err());
}
