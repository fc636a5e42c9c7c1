//! A disk in memory that can lose its power.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use longshore_store::StorageError;
use longshore_store_redb::{Options, RedbStorage};
use redb::{Builder, StorageBackend};

/// A disk that outlives what is opened on it. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    image: Arc<Mutex<Image>>,
}

#[derive(Debug, Default)]
struct Image {
    /// What readers see.
    seen: Vec<u8>,
    /// What survives a power cut for certain.
    durable: Vec<u8>,
    /// What was done since the last sync, in order.
    pending: Vec<Op>,
    /// Writes, syncs and changes of length so far.
    ops: usize,
    /// Of these, syncs.
    syncs: usize,
    /// The operation at which the power goes.
    cut_at: Option<usize>,
}

#[derive(Debug)]
enum Op {
    Write(u64, Vec<u8>),
    Length(u64),
}

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

impl Disk {
    /// A disk with this on it.
    pub(crate) fn of(bytes: Vec<u8>) -> Disk {
        let image = Image { seen: bytes.clone(), durable: bytes, ..Image::default() };
        Disk { image: Arc::new(Mutex::new(image)) }
    }

    fn image(&self) -> MutexGuard<'_, Image> {
        self.image.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Lets the power go at an operation, counted from the first.
    pub(crate) fn cut_at(&self, op: usize) {
        self.image().cut_at = Some(op);
    }

    /// Operations so far.
    pub(crate) fn ops(&self) -> usize {
        self.image().ops
    }

    /// Syncs so far.
    pub(crate) fn syncs(&self) -> usize {
        self.image().syncs
    }

    /// What is on the disk, all of it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.image().seen.clone()
    }

    /// The disk after the power cut: of what was not synced some sectors are there, others not.
    pub(crate) fn after_the_cut(&self, chance: &mut impl FnMut(u64) -> u64) -> Disk {
        let image = self.image();
        let mut bytes = image.durable.clone();
        for op in &image.pending {
            match op {
                Op::Length(length) if chance(2) == 0 => bytes.resize(*length as usize, 0),
                Op::Length(_) => {}
                Op::Write(offset, data) => {
                    for (number, sector) in data.chunks(SECTOR).enumerate() {
                        let at = *offset as usize + number * SECTOR;
                        if chance(2) == 0 {
                            if bytes.len() < at + sector.len() {
                                bytes.resize(at + sector.len(), 0);
                            }
                            bytes[at..at + sector.len()].copy_from_slice(sector);
                        }
                    }
                }
            }
        }
        Disk::of(bytes)
    }

    /// A store on this disk, whatever is on it.
    pub(crate) fn open(&self, options: Options) -> Result<RedbStorage, StorageError> {
        let disk = self.clone();
        RedbStorage::open_by("a disk in memory", options, move |options| {
            Builder::new()
                .set_cache_size(options.cache_bytes)
                .set_check_integrity_on_open(options.check_when_opened)
                .create_with_backend(disk.clone())
        })
    }
}

impl Image {
    /// Counts an operation; an error once the power is gone.
    fn op(&mut self) -> Result<(), io::Error> {
        if self.cut_at.is_some_and(|at| self.ops >= at) {
            return Err(io::Error::other("the power is gone"));
        }
        self.ops += 1;
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.image().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let (image, at) = (self.image(), offset as usize);
        let there = image.seen.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(there);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), io::Error> {
        let mut image = self.image();
        image.op()?;
        image.seen.resize(length as usize, 0);
        image.pending.push(Op::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let mut image = self.image();
        image.op()?;
        image.syncs += 1;
        for op in std::mem::take(&mut image.pending) {
            match op {
                Op::Length(length) => image.durable.resize(length as usize, 0),
                Op::Write(offset, data) => {
                    let at = offset as usize;
                    image.durable[at..at + data.len()].copy_from_slice(&data);
                }
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut image = self.image();
        // The write that the power cut meets is on its way: some of its sectors may arrive.
        let dies = image.op();
        let at = offset as usize;
        if dies.is_ok() {
            image.seen[at..at + data.len()].copy_from_slice(data);
        }
        if dies.is_ok() || image.cut_at == Some(image.ops) {
            image.pending.push(Op::Write(offset, data.to_vec()));
        }
        dies
    }
}
