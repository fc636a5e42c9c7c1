//! The storages of this crate, and a twin that keeps rows in place, held to the contract.

use std::collections::BTreeMap;

use longshore_store::contract::{self, Subject};
use longshore_store::{
    ChangesError, CommitError, Digest, FileLog, Frame, Index, Limits, LoadError, Loader, MemoryStorage, RowKind, RowOp,
    Storage, StorageError,
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
            let state = longshore_store::State::load(&mut storage).unwrap();
            assert_eq!(contract::difference(life.state(), &state), None);
        }
    }
    assert!(storage.forgotten > 5, "{} rows were forgotten", storage.forgotten);
    let rows = storage.rows.len();
    longshore_store::State::load(&mut storage).unwrap();
    assert_eq!(storage.rows.len(), rows, "a second load finds no more");
}
