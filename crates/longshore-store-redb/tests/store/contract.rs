//! The storage held to the contract, with large limits and with small ones.

use crate::disk::Disk;
use longshore_store::State;
use longshore_store::contract::{self, Life, Subject};
use longshore_store::{Storage, checkpoint};
use longshore_store_redb::{Options, RedbStorage};
use redb::ReadableTable;

#[test]
fn it_keeps_the_contract() {
    contract::run(&mut Disks::new(Options::default()));
}

#[test]
fn it_keeps_the_contract_with_a_log_that_fills() {
    let mut options = Options::default();
    options.log_bytes = 20_000;
    options.check_when_opened = false;
    contract::run(&mut Disks::new(options));
}

/// Disks, each of its own, on which a store is closed and opened again.
struct Disks {
    disk: Disk,
    options: Options,
}

impl Disks {
    fn new(options: Options) -> Disks {
        Disks { disk: Disk::default(), options }
    }
}

impl Subject for &mut Disks {
    type Storage = RedbStorage;

    fn create(&mut self) -> RedbStorage {
        self.disk = Disk::default();
        self.disk.open(self.options).unwrap()
    }

    fn reopen(&mut self, storage: RedbStorage) -> RedbStorage {
        drop(storage);
        self.disk.open(self.options).unwrap()
    }
}

#[test]
fn a_file_is_opened_again_compacted_and_refused_to_others() {
    let folder = std::env::temp_dir().join(format!("longshore-redb-file-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("cluster.redb");
    let mut life = Life::new(1);
    let mut storage = RedbStorage::open(&path).unwrap();
    for round in 0..40 {
        let expected = life.state().index();
        storage.commit(expected, &life.frame(1 + round % 5)).unwrap();
        if round == 25 {
            checkpoint(life.state(), &mut storage).unwrap();
        }
    }
    let contents = storage.contents().unwrap();
    assert_eq!((contents.frames, contents.last_index), (14, life.state().index()));
    assert_eq!(contents.frame_bytes, storage.log_bytes());
    assert!(contents.checkpoint.is_some_and(|sealed| sealed.at + 1 == contents.first_index && sealed.bytes > 0));
    let refused = RedbStorage::open(&path).unwrap_err().to_string();
    assert!(refused.contains("cluster.redb") && refused.contains("it is open elsewhere"), "{refused}");
    assert!(!storage.check_pages().unwrap());
    storage.compact().unwrap();
    drop(storage);

    let mut storage = RedbStorage::open(&path).unwrap();
    let state = State::load(&mut storage).unwrap();
    assert_eq!(contract::difference(&state, life.state()), None);
    assert_eq!(storage.contents().unwrap(), contents);
    assert_eq!(storage.mended(), None, "it was closed");
    drop(storage);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What a commit costs is what the disk takes for one sync, but for the few that make the file grow, which it does by much
/// at a time. Chunks of a checkpoint wait for their seal.
#[test]
fn a_commit_syncs_once_and_a_chunk_never() {
    let (disk, mut life) = (Disk::default(), Life::new(3));
    let mut storage = disk.open(Options::default()).unwrap();
    let measured = |disk: &Disk| (disk.syncs(), disk.bytes().len());
    let mut growths = 0;
    for round in 0..300 {
        let (syncs, bytes) = measured(&disk);
        let expected = life.state().index();
        storage.commit(expected, &life.frame(1 + round % 3)).unwrap();
        let grew = disk.bytes().len() > bytes;
        growths += usize::from(grew);
        assert_eq!(disk.syncs() - syncs, 1 + usize::from(grew), "commit {round}");
    }
    assert!(growths < 4, "{growths} of 300 commits made the file grow");
    let (syncs, bytes) = measured(&disk);
    checkpoint(life.state(), &mut storage).unwrap();
    let grew = disk.bytes().len() > bytes;
    assert_eq!(disk.syncs() - syncs, 1 + usize::from(grew), "the seal");
}

#[test]
fn what_is_no_store_is_refused() {
    let disk = Disk::of(b"some text that somebody keeps in a file of this name".to_vec());
    assert!(disk.open(Options::default()).is_err());
    let foreign = Disk::default();
    let database = redb::Builder::new().create_with_backend(foreign.clone()).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(redb::TableDefinition::<u64, u64>::new("mine")).unwrap().insert(1, 2).unwrap();
    write.commit().unwrap();
    drop(database);
    let refused = foreign.open(Options::default()).unwrap_err().to_string();
    assert!(refused.contains("something else"), "{refused}");
}

/// A host finds with redb's own tools what is damaged.
#[test]
fn damage_is_named_by_table_and_key() {
    let (disk, mut life) = (Disk::default(), Life::new(4));
    let mut storage = disk.open(Options::default()).unwrap();
    for round in 1..=30 {
        storage.commit(life.state().index(), &life.frame(1)).unwrap();
        if round == 20 {
            checkpoint(life.state(), &mut storage).unwrap();
        }
    }
    drop(storage);
    const FRAMES: redb::TableDefinition<'_, u64, &[u8]> = redb::TableDefinition::new("frames");
    const CHUNKS: redb::TableDefinition<'_, (u64, u32), &[u8]> = redb::TableDefinition::new("chunks");
    let flipped = |bytes: &[u8]| -> Vec<u8> {
        let (last, rest) = bytes.split_last().unwrap();
        [rest, &[last ^ 1]].concat()
    };
    let damaged = |edit: &dyn Fn(&redb::WriteTransaction)| {
        let disk = Disk::of(disk.bytes());
        let database = redb::Builder::new().create_with_backend(disk.clone()).unwrap();
        let write = database.begin_write().unwrap();
        edit(&write);
        write.commit().unwrap();
        drop(database);
        let mut storage = disk.open(Options::default()).unwrap();
        State::load(&mut storage).unwrap_err().to_string()
    };
    let told = damaged(&|write| {
        let mut frames = write.open_table(FRAMES).unwrap();
        let bytes = flipped(frames.get(25).unwrap().unwrap().value());
        frames.insert(25, &*bytes).unwrap();
    });
    assert!(told.starts_with("damaged key 25 of table frames (after index 24): it is damaged: checksum "), "{told}");
    let told = damaged(&|write| {
        let mut chunks = write.open_table(CHUNKS).unwrap();
        let bytes = flipped(chunks.get((1, 0)).unwrap().unwrap().value());
        chunks.insert((1, 0), &*bytes).unwrap();
    });
    assert!(told.starts_with("damaged key (1, 0) of table chunks (after index 0): it is damaged: checksum "), "{told}");
    let told = damaged(&|write| drop(write.open_table(CHUNKS).unwrap().remove((1, 0)).unwrap()));
    assert!(told.starts_with("damaged key (1, 0) of table chunks (after index 0): 0 of the "), "{told}");
}
