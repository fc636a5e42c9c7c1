//! The storages of this crate and rows in a map, held to the contract.

use std::io::Write;

use longshore_store::contract::{self, Rows, Subject};
use longshore_store::{
    CommitError, FileLog, Limits, LoadError, MemoryStorage, SharedLog, State, Storage, Writer, settle,
};

#[test]
fn memory_keeps_the_contract() {
    contract::run(MemoryStorage::new);
}

#[test]
fn memory_with_limits_keeps_the_contract() {
    contract::run(|| MemoryStorage::new().with_limits(Limits { frame_bytes: 6000, log_bytes: Some(20_000) }));
}

#[test]
fn a_shared_log_keeps_the_contract() {
    contract::run(SharedLog::new);
    contract::run(|| SharedLog::new().with_limits(Limits { frame_bytes: 6000, log_bytes: Some(20_000) }));
}

#[test]
fn rows_in_place_keep_the_contract() {
    contract::run(Rows::new);
}

#[test]
#[should_panic(expected = "after rows were forgotten, the loaded state differs from that committed in writers")]
fn a_storage_that_forgets_what_was_put_again_is_found_out() {
    contract::run(|| Rows::new().careless());
}

#[test]
fn a_file_log_keeps_the_contract() {
    let folder = std::env::temp_dir().join(format!("longshore-contract-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    contract::run(Files { folder: folder.clone(), count: 0 });
    std::fs::remove_dir_all(&folder).unwrap();
}

/// File logs, each of its own, closed and opened again.
struct Files {
    folder: std::path::PathBuf,
    count: usize,
}

impl Subject for Files {
    type Storage = FileLog;

    fn create(&mut self) -> FileLog {
        self.count += 1;
        FileLog::open(self.folder.join(format!("{}.log", self.count))).unwrap()
    }

    fn reopen(&mut self, storage: FileLog) -> FileLog {
        drop(storage);
        FileLog::open(self.folder.join(format!("{}.log", self.count))).unwrap()
    }
}

#[test]
fn a_file_log_has_one_owner_and_says_what_a_crash_left() {
    let path = std::env::temp_dir().join(format!("longshore-owner-{}.log", std::process::id()));
    let mut life = contract::Life::new(8);
    let mut log = FileLog::open(&path).unwrap();
    assert_eq!(State::load(&mut log).unwrap().index(), 0);
    log.commit(0, &life.frame(2)).unwrap();
    let whole = std::fs::metadata(&path).unwrap().len();
    let refused = FileLog::open(&path).unwrap_err().to_string();
    assert!(refused.contains(&path.display().to_string()) && refused.contains("it is open elsewhere"), "{refused}");

    // Somebody writes who minds no lock.
    let next = life.clone().frame(1);
    std::fs::OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(&[7; 5])).unwrap();
    let refused = log.commit(2, &next).unwrap_err();
    assert!(matches!(&refused, CommitError::Failed(why) if why.to_string().contains("minds no lock")), "{refused}");
    drop(log);

    // A power cut tears the last frame.
    std::fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(whole)).unwrap();
    let half = &next.bytes()[..next.bytes().len() / 2];
    std::fs::OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(half)).unwrap();
    let (state, recovered) = State::recover(&mut FileLog::open(&path).unwrap()).unwrap();
    assert_eq!((state.digest(), recovered.frames, recovered.checkpoint), (life.state().digest(), 1, None));
    let told = recovered.to_string();
    let cut = format!("cut off {} bytes of a torn frame, never acknowledged, at byte {whole}", half.len());
    assert!(told.starts_with("index 2 from 1 frame, ") && told.contains(&cut), "{told}");
    let (_, recovered) = State::recover(&mut FileLog::open(&path).unwrap()).unwrap();
    assert_eq!(recovered.mended, None, "it was mended");
    std::fs::remove_file(&path).unwrap();
}

/// The last frame is synced as one, so that a power cut leaves its sectors in any order: each there, zero or, where
/// something was written before, old; and the file as long as any of them. Whichever, the frames before it stand, the rest
/// is cut off and told of, and the log goes on. Frames of many sizes, so that headers lie across sectors too.
#[test]
fn a_power_cut_at_any_frame_of_a_file_log_loses_that_frame_at_most() {
    const SECTOR: usize = 512;
    let path = std::env::temp_dir().join(format!("longshore-power-{}.log", std::process::id()));
    let (mut life, mut bytes) = (contract::Life::new(17), Vec::new());
    let (mut torn, mut headers, mut chance) = (0, 0, 1u64);
    let mut random = move |bound: u64| {
        chance = chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (chance >> 33) % bound
    };
    for round in 0..120 {
        let before = life.state().clone();
        // A write that failed halfway, and was cut off before this one.
        let mut old = [&bytes[..], life.clone().frame(2 + round % 5).bytes()].concat();
        old.pop();
        let frame = life.frame(1 + round % 5);
        let whole: Vec<u8> = [&bytes[..], frame.bytes()].concat();
        for _ in 0..6 {
            let mut after = bytes.clone();
            let first = bytes.len() / SECTOR * SECTOR;
            for sector in (first..whole.len()).step_by(SECTOR) {
                let (from, to) = (sector.max(bytes.len()), whole.len().min(sector + SECTOR));
                match random(3) {
                    0 => {}
                    1 if random(4) == 0 => {
                        after.resize(after.len().max(to), 0);
                        let to = to.min(old.len());
                        after[from..to].copy_from_slice(&old[from..to]);
                    }
                    _ => {
                        after.resize(after.len().max(to), 0);
                        after[from..to].copy_from_slice(&whole[from..to]);
                    }
                }
            }
            if random(2) == 0 {
                after.resize(whole.len(), 0);
            }
            std::fs::write(&path, &after).unwrap();
            let mut log = FileLog::open(&path).unwrap();
            let when = format!("frame {round} at byte {}, after the cut {} bytes", bytes.len(), after.len());
            let (state, recovered) = State::recover(&mut log).unwrap_or_else(|error| panic!("{when}: {error}"));
            if after == whole {
                assert_eq!((state.digest(), recovered.mended), (life.state().digest(), None), "{when}");
                continue;
            }
            assert_eq!(state.digest(), before.digest(), "{when}");
            assert_eq!(recovered.mended.is_some(), after.len() > bytes.len(), "{when}");
            log.commit(before.index(), &frame).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), whole, "{when}");
            torn += 1;
            headers += usize::from(bytes.len() % SECTOR > SECTOR - 28);
        }
        bytes = whole;
    }
    assert!(torn > 300 && headers > 5, "{torn} torn, {headers} of them with a header across two sectors");
    std::fs::remove_file(&path).unwrap();
}

/// What lies before another frame, or never was a log, is damage: nothing is cut off.
#[test]
fn a_file_log_cuts_off_nothing_but_its_end() {
    let path = std::env::temp_dir().join(format!("longshore-cuts-{}.log", std::process::id()));
    let mut life = contract::Life::new(18);
    let frames = [life.frame(1), life.frame(2), life.frame(1)];
    let [first, second, third] = [&frames[0], &frames[1], &frames[2]].map(longshore_store::Frame::bytes);
    let whole = [first, second, third].concat();
    let (start, end) = (first.len(), first.len() + second.len());
    let mut kept: Vec<Vec<u8>> = (start..end).map(|at| flipped(&whole, at)).collect();
    // The frame after it is damaged as well, but was begun.
    kept.push(flipped(&flipped(&whole, start + 40), end + 40));
    kept.push(flipped(&whole[..end + 30], start + 40));
    kept.push(b"Dear diary, today I did not write a log.".to_vec());
    // A later version's.
    kept.push({
        let mut later = whole.clone();
        later[end + 4] = 9;
        later
    });
    for bytes in kept {
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(State::load(&mut FileLog::open(&path).unwrap()), Err(LoadError::Damaged(_))));
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "it was written to");
    }
    std::fs::remove_file(&path).unwrap();
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[at] ^= 1;
    flipped
}

#[test]
fn what_was_found_is_told() {
    let (mut log, mut life) = (SharedLog::new(), contract::Life::new(9));
    for round in 0..6 {
        let expected = life.state().index();
        log.commit(expected, &life.frame(2)).unwrap();
        if round == 3 {
            longshore_store::checkpoint(life.state(), &mut log).unwrap();
        }
    }
    let told = State::recover(&mut log).unwrap().1.to_string();
    let digest = life.state().digest();
    assert_eq!(told, format!("index 12 from a checkpoint at 8 of 1 chunk and 2 frames, digest {digest}"));
    let (mut rows, mut life) = (Rows::new(), contract::Life::new(9));
    rows.commit(0, &life.frame(3)).unwrap();
    let recovered = State::recover(&mut rows).unwrap().1;
    assert_eq!(recovered.rows, rows.len() as u64);
}

/// Rows that nothing refers to any more are named by a load, and do not pile up.
#[test]
fn rows_that_nothing_refers_to_are_forgotten() {
    let (mut storage, mut life) = (Rows::new(), contract::Life::new(5));
    for round in 0..200 {
        let expected = life.state().index();
        storage.commit(expected, &life.frame(1)).unwrap();
        if round % 50 == 49 {
            let state = State::load(&mut storage).unwrap();
            assert_eq!(contract::difference(life.state(), &state), None);
        }
    }
    assert!(storage.forgotten() > 5, "{} rows were forgotten", storage.forgotten());
    let rows = storage.len();
    State::load(&mut storage).unwrap();
    assert_eq!(storage.len(), rows, "a second load finds no more");
}

/// While the outcome of a commit is unknown nothing may be written but that very frame.
#[test]
fn settling_forgets_nothing() {
    let (mut storage, mut life) = (Rows::new(), contract::Life::new(5).by(Writer(3)));
    (0..50).for_each(|_| storage.commit(life.state().index(), &life.frame(1)).unwrap());
    let expected = life.state().index();
    let frame = life.frame(1);
    storage.commit(expected, &frame).unwrap(); // and its answer was lost
    settle(&mut storage, expected, &frame, 1).unwrap();
    assert_eq!(storage.forgotten(), 0);
    State::load(&mut storage).unwrap();
    assert!(storage.forgotten() > 0);
}
