//! The storages of this crate, and a twin that keeps rows in place, held to the contract.

use std::collections::BTreeMap;
use std::io::Write;

use longshore_store::contract::{self, Subject};
use longshore_store::{
    ChangesError, CommitError, Digest, FileLog, Frame, Index, Limits, LoadError, Loader, MemoryStorage, RowKind, RowOp,
    SharedLog, State, Storage, StorageError,
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
    contract::run(InPlace::default);
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
    let (mut rows, mut life) = (InPlace::default(), contract::Life::new(9));
    rows.commit(0, &life.frame(3)).unwrap();
    let recovered = State::recover(&mut rows).unwrap().1;
    assert_eq!(recovered.rows, rows.rows.len() as u64);
}

/// What a SQL table does: one row per kind and key, replaced in place, and how far it has got.
#[derive(Clone, Debug, Default)]
struct InPlace {
    last: Index,
    rows: BTreeMap<(RowKind, Vec<u8>), Vec<u8>>,
    forgotten: usize,
}

impl Storage for InPlace {
    fn limits(&self) -> Limits {
        Limits::NONE
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        // Any order will do: the last first.
        for ((kind, key), value) in self.rows.iter().rev() {
            into.row(*kind, key, value)?;
        }
        Ok(self.last)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        frame.check(expected, self.last, usize::MAX)?;
        for op in frame.rows() {
            match op {
                RowOp::Put { kind, key, value } => self.rows.insert((kind, key), value),
                RowOp::Delete { kind, key } => self.rows.remove(&(kind, key)),
            };
        }
        self.last = frame.last_index();
        Ok(())
    }

    fn changes_since(&mut self, after: Index, _: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        if after == self.last {
            return Ok(self.last);
        }
        Err(ChangesError::Gone { after, checkpoint: self.last })
    }

    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Err(StorageError { doing: "keep a chunk".into(), source: "rows in place need no checkpoint".into() })
    }

    fn seal(&mut self, at: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        self.put_chunk(at, 0, &[])
    }

    fn forget(&mut self, unused: &[(RowKind, Vec<u8>)]) -> Result<(), StorageError> {
        for row in unused {
            self.forgotten += usize::from(self.rows.remove(row).is_some());
        }
        Ok(())
    }
}

/// Rows that nothing refers to any more are named by a load, and do not pile up.
#[test]
fn rows_that_nothing_refers_to_are_forgotten() {
    let (mut storage, mut life) = (InPlace::default(), contract::Life::new(5));
    for round in 0..200 {
        let expected = life.state().index();
        storage.commit(expected, &life.frame(1)).unwrap();
        if round % 50 == 49 {
            let state = State::load(&mut storage).unwrap();
            assert_eq!(contract::difference(life.state(), &state), None);
        }
    }
    assert!(storage.forgotten > 5, "{} rows were forgotten", storage.forgotten);
    let rows = storage.rows.len();
    State::load(&mut storage).unwrap();
    assert_eq!(storage.rows.len(), rows, "a second load finds no more");
}
