//! The storage.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use longshore_store::{
    ChangesError, CommitError, DamageKind, Damaged, Digest, Frame, Index, Limits, LoadError, Loader, Place, Source,
    Storage, StorageError,
};
use redb::{
    Builder, Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, TableDefinition, TableError,
    WriteTransaction,
};

const FRAMES_TABLE: &str = "frames";
const CHUNKS_TABLE: &str = "chunks";
pub(crate) const FRAMES: TableDefinition<'_, Index, &[u8]> = TableDefinition::new(FRAMES_TABLE);
/// By generation of the checkpoint and number.
pub(crate) const CHUNKS: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new(CHUNKS_TABLE);
/// Generation, index, chunks and digest.
pub(crate) const SEALED: TableDefinition<'_, (), (u64, Index, u32, u128)> = TableDefinition::new("sealed");
const FORMAT: TableDefinition<'_, (), u64> = TableDefinition::new("format");
/// The format that this version writes and reads.
const VERSION: u64 = 1;

/// How a storage is to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The size of log past which a checkpoint is asked for. A restart reads the checkpoint and at most about so much.
    pub log_bytes: u64,
    /// Memory for pages of the file. A log needs little: it is written once and read at a restart.
    pub cache_bytes: usize,
    /// Whether all of the file is looked through when it is opened. Without, a file that was damaged from outside may
    /// make redb panic; a crash damages nothing.
    pub check_when_opened: bool,
}

impl Default for Options {
    /// 64 MiB of log, 64 MiB of cache, checked.
    fn default() -> Options {
        Options { log_bytes: 64 << 20, cache_bytes: 64 << 20, check_when_opened: true }
    }
}

/// The largest frame. redb takes values of up to three gigabytes; a frame that is larger than this is no plan's.
const FRAME_BYTES: usize = 1 << 30;

/// A log and checkpoints in a redb file. One process at a time may have it open.
///
/// After a failure of the file it opens it again by itself, so that an engine can find out what became of its commit.
pub struct RedbStorage {
    name: String,
    path: Option<PathBuf>,
    options: Options,
    opener: Box<dyn FnMut(Options) -> Result<Database, DatabaseError> + Send>,
    /// Whether the file was found as a process leaves it that dies.
    unclosed: Arc<AtomicBool>,
    /// `None` after a failure, until it is opened again.
    opened: Option<Opened>,
}

pub(crate) struct Opened {
    pub(crate) database: Database,
    /// The last index stored.
    pub(crate) last: Index,
    /// The checkpoint to load from; all zeros before the first.
    pub(crate) sealed: Chunks,
    /// The one under way. Its generation is the one after.
    unsealed: Chunks,
    /// Bytes of the frames after the checkpoint.
    pub(crate) log_bytes: u64,
}

/// A checkpoint: its chunks lie under a generation of their own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Chunks {
    generation: u64,
    pub(crate) at: Index,
    pub(crate) count: u32,
}

impl fmt::Debug for RedbStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.opened.as_ref().map(|opened| opened.last);
        f.debug_struct("RedbStorage").field("name", &self.name).field("last", &last).finish_non_exhaustive()
    }
}

impl RedbStorage {
    /// Opens a file, made if it is not there.
    ///
    /// # Errors
    /// [`StorageError`] if it cannot be opened, is open elsewhere, is no store of this engine or of a later format.
    pub fn open(path: impl AsRef<Path>) -> Result<RedbStorage, StorageError> {
        RedbStorage::open_with(path, Options::default())
    }

    /// Opens a file with options, made if it is not there.
    ///
    /// # Errors
    /// As [`open`](RedbStorage::open).
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<RedbStorage, StorageError> {
        let path = path.as_ref().to_path_buf();
        let name = path.display().to_string();
        let file = path.clone();
        let unclosed = Arc::new(AtomicBool::new(false));
        let tell = unclosed.clone();
        let opener = move |options: Options| {
            tell.store(is_unclosed(&file), Ordering::Relaxed);
            Builder::new()
                .set_cache_size(options.cache_bytes)
                .set_check_integrity_on_open(options.check_when_opened)
                .create(&file)
        };
        RedbStorage { name, path: Some(path), options, opener: Box::new(opener), unclosed, opened: None }.reopened()
    }

    /// Opens a database that the host makes: on a backend of its own, say. It is asked for again after a failure.
    ///
    /// # Errors
    /// As [`open`](RedbStorage::open).
    pub fn open_by(
        name: &str,
        options: Options,
        opener: impl FnMut(Options) -> Result<Database, DatabaseError> + Send + 'static,
    ) -> Result<RedbStorage, StorageError> {
        let (name, opener, unclosed) = (name.to_owned(), Box::new(opener), Arc::default());
        RedbStorage { name, path: None, options, opener, unclosed, opened: None }.reopened()
    }

    fn reopened(mut self) -> Result<RedbStorage, StorageError> {
        match self.opened().map(drop) {
            Ok(()) => Ok(self),
            Err(source) => Err(self.failed("open", source)),
        }
    }

    /// Gives the file's free pages back to the file system. Takes as long as copying what is in it.
    ///
    /// # Errors
    /// [`StorageError`]; nothing is lost.
    pub fn compact(&mut self) -> Result<(), StorageError> {
        let compacted = self.opened().and_then(|opened| {
            while opened.database.compact()? {}
            Ok(())
        });
        self.done("compact", compacted)
    }

    /// Looks through all of the file, as redb has it: pages and their checksums. Whether it had to be mended.
    ///
    /// # Errors
    /// [`StorageError`] if it is damaged beyond that.
    pub fn check_pages(&mut self) -> Result<bool, StorageError> {
        let checked = self.opened().and_then(|opened| Ok(!opened.database.check_integrity()?));
        self.done("check the pages of", checked)
    }

    /// Bytes that the file takes; `None` if the storage is none of a file.
    pub fn file_bytes(&self) -> Option<u64> {
        std::fs::metadata(self.path.as_ref()?).ok().map(|metadata| metadata.len())
    }

    pub(crate) fn opened(&mut self) -> Result<&mut Opened, Source> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => Opened::new((self.opener)(self.options).map_err(why_closed)?)?,
        };
        Ok(self.opened.insert(opened))
    }

    /// After any failure the database is opened anew: redb takes no more writes then, and what it knows may be off.
    pub(crate) fn done<T>(&mut self, doing: &str, result: Result<T, Source>) -> Result<T, StorageError> {
        result.map_err(|source| {
            self.opened = None;
            self.failed(doing, source)
        })
    }

    fn failed(&self, doing: &str, source: Source) -> StorageError {
        StorageError { doing: format!("{doing} {}", self.name), source }
    }
}

/// Whether a file begins as redb leaves it while it is open: magic number, then a byte of flags of which the second says
/// that it must be looked through. redb itself does not tell this apart from a check that was asked for.
fn is_unclosed(file: &Path) -> bool {
    const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";
    let mut head = [0; MAGIC.len() + 1];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head.starts_with(MAGIC) && head[MAGIC.len()] & 2 != 0
}

/// Why a database cannot be opened, in words that say what to do.
fn why_closed(error: DatabaseError) -> Source {
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            "it is open elsewhere: one process at a time, and in it one storage, may have it open".into()
        }
        other => other.into(),
    }
}

impl Opened {
    fn new(database: Database) -> Result<Opened, Source> {
        let known = match database.begin_read()?.open_table(FORMAT) {
            Ok(table) => table.get(())?.map(|format| format.value()),
            Err(TableError::TableDoesNotExist(_)) => None,
            Err(error) => return Err(error.into()),
        };
        match known {
            Some(VERSION) => {}
            Some(later) => return Err(format!("it has format {later}; this version reads up to {VERSION}").into()),
            None => begin(&database)?,
        }
        let read = database.begin_read()?;
        let sealed = read.open_table(SEALED)?.get(())?.map_or(Chunks::default(), |sealed| {
            let (generation, at, count, _) = sealed.value();
            Chunks { generation, at, count }
        });
        let frames = read.open_table(FRAMES)?;
        let mut last = sealed.at;
        if let Some((key, bytes)) = frames.last()? {
            // A frame that cannot be read is named by the load; its first index is good enough until then.
            last = Frame::decode(bytes.value()).map_or(key.value(), |(frame, _)| frame.last_index());
        }
        let mut log_bytes = 0;
        for frame in frames.range(sealed.at.saturating_add(1)..)? {
            log_bytes += frame?.1.value().len() as u64;
        }
        drop(read);
        Ok(Opened { database, last, sealed, unsealed: Chunks::default(), log_bytes })
    }

    fn write(&self, durability: Durability) -> Result<WriteTransaction, Source> {
        let mut write = self.database.begin_write()?;
        write.set_durability(durability)?;
        Ok(write)
    }

    fn load(&self, into: &mut dyn Loader) -> Result<Result<Index, Damaged>, Source> {
        let read = self.database.begin_read()?;
        let Chunks { generation, at, count } = self.sealed;
        let mut fed = 0;
        let of_chunk = |number| Place::Entry { table: CHUNKS_TABLE, key: format!("({generation}, {number})").into() };
        for chunk in read.open_table(CHUNKS)?.range((generation, 0)..=(generation, u32::MAX))?.take(count as usize) {
            let (key, bytes) = chunk?;
            if let Err(damaged) = into.chunk(bytes.value()) {
                return Ok(Err(damaged.within(of_chunk(key.value().1))));
            }
            fed += 1;
        }
        if fed != count {
            let why = DamageKind::Chunks(format!("{fed} of the checkpoint's {count} chunks are there"));
            return Ok(Err(Damaged::new(0, why).within(of_chunk(fed))));
        }
        let mut last = at;
        for entry in read.open_table(FRAMES)?.range(at.saturating_add(1)..)? {
            let (key, bytes) = entry?;
            let fed = decode(key.value(), bytes.value(), last).and_then(|frame| {
                let end = frame.last_index();
                into.frame(frame).map(|()| end)
            });
            match fed {
                Ok(end) => last = end,
                Err(damaged) => return Ok(Err(damaged.within(of_frame(key.value())))),
            }
        }
        Ok(Ok(last))
    }

    fn changes_since(&self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Result<Index, Damaged>, Source> {
        let read = self.database.begin_read()?;
        let mut last = self.sealed.at;
        for entry in read.open_table(FRAMES)?.range(after.saturating_add(1)..)? {
            let (key, bytes) = entry?;
            match decode(key.value(), bytes.value(), last.max(after)) {
                Ok(frame) => {
                    last = frame.last_index();
                    into(frame);
                }
                Err(damaged) => return Ok(Err(damaged.within(of_frame(key.value())))),
            }
        }
        Ok(Ok(last.max(self.last)))
    }

    /// Everything of a commit but its end.
    fn append(&self, frame: &Frame) -> Result<WriteTransaction, Source> {
        let write = self.write(Durability::Immediate)?;
        write.open_table(FRAMES)?.insert(frame.first_index(), frame.bytes())?;
        Ok(write)
    }

    /// The checkpoint that a chunk or a seal speaks of: the one after that which is sealed.
    fn next_checkpoint(&self, at: Index, count: u32) -> Chunks {
        Chunks { generation: self.sealed.generation + 1, at, count }
    }

    /// Whether a chunk is the next, or the first of a checkpoint that may be made.
    fn awaits(&self, at: Index, number: u32) -> Result<(), Source> {
        let Chunks { at: under_way, count, .. } = self.unsealed;
        if number > 0 && self.unsealed != self.next_checkpoint(at, number) {
            return Err(format!("the next is chunk {count} of the checkpoint at {under_way}").into());
        }
        if at < self.sealed.at || at > self.last {
            let (sealed, last) = (self.sealed.at, self.last);
            return Err(format!("the sealed checkpoint is at {sealed}, the log ends with {last}").into());
        }
        Ok(())
    }

    /// Whether a seal fits the chunks that are there.
    fn may_seal(&self, at: Index, count: u32) -> Result<(), Source> {
        if count == 0 || self.unsealed != self.next_checkpoint(at, count) {
            let Chunks { at, count, .. } = self.unsealed;
            return Err(format!("there are {count} chunks of the checkpoint at {at}").into());
        }
        Ok(())
    }

    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), Source> {
        let Chunks { generation, .. } = self.next_checkpoint(at, number);
        // It becomes durable with the seal at the latest; until then it means nothing.
        let write = self.write(Durability::None)?;
        {
            let mut chunks = write.open_table(CHUNKS)?;
            if number == 0 {
                chunks.retain(|(of, _), _| of != generation)?; // those of one that was never sealed
            }
            chunks.insert((generation, number), chunk)?;
        }
        write.commit()?;
        self.unsealed = self.next_checkpoint(at, number + 1);
        Ok(())
    }

    fn seal(&mut self, at: Index, count: u32, digest: Digest) -> Result<(), Source> {
        let sealed = self.next_checkpoint(at, count);
        let write = self.write(Durability::Immediate)?;
        let mut covered = 0;
        {
            let mut frames = write.open_table(FRAMES)?;
            frames.retain_in(..=at, |_, bytes| {
                covered += bytes.len() as u64;
                false
            })?;
            write.open_table(CHUNKS)?.retain(|(of, _), _| of == sealed.generation)?;
            write.open_table(SEALED)?.insert((), (sealed.generation, at, count, digest.0))?;
        }
        write.commit()?;
        self.sealed = sealed;
        self.unsealed = Chunks::default();
        self.log_bytes = self.log_bytes.saturating_sub(covered);
        Ok(())
    }
}

/// Makes an empty database a store; refuses one that is something else.
fn begin(database: &Database) -> Result<(), Source> {
    let write = database.begin_write()?;
    if write.list_tables()?.next().is_some() {
        return Err("it is a redb file of something else".into());
    }
    write.open_table(FRAMES)?;
    write.open_table(CHUNKS)?;
    write.open_table(SEALED)?;
    write.open_table(FORMAT)?.insert((), VERSION)?;
    write.commit()?;
    Ok(())
}

fn of_frame(key: Index) -> Place {
    Place::Entry { table: FRAMES_TABLE, key: key.to_string().into() }
}

fn decode(key: Index, bytes: &[u8], after: Index) -> Result<Frame, Damaged> {
    let (frame, length) = Frame::decode(bytes).map_err(|why| Damaged::new(after, why))?;
    if frame.first_index() != key || length != bytes.len() {
        return Err(Damaged::new(after, DamageKind::Gap { expected: key, found: frame.first_index() }));
    }
    Ok(frame)
}

impl Storage for RedbStorage {
    fn limits(&self) -> Limits {
        Limits { frame_bytes: FRAME_BYTES, log_bytes: Some(self.options.log_bytes) }
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        let loaded = self.opened().and_then(|opened| opened.load(into));
        let last = self.done("read", loaded)??;
        if let Some(opened) = &mut self.opened {
            opened.last = last;
        }
        Ok(last)
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        let opened = self.opened().map_err(CommitError::Failed)?;
        frame.check(expected, opened.last, FRAME_BYTES)?;
        let appended = opened.append(frame);
        let write = self.done("append to", appended).map_err(|error| CommitError::Failed(error.into()))?;
        let committed = write.commit().map_err(Source::from);
        self.done("commit to", committed).map_err(|error| CommitError::Unknown(error.into()))?;
        if let Some(opened) = &mut self.opened {
            opened.last = frame.last_index();
            opened.log_bytes += frame.bytes().len() as u64;
        }
        Ok(())
    }

    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        let opened = match self.opened() {
            Ok(opened) => opened,
            Err(source) => return Err(self.failed("read", source).into()),
        };
        if after < opened.sealed.at {
            return Err(ChangesError::Gone { after, checkpoint: opened.sealed.at });
        }
        let fed = opened.changes_since(after, into);
        Ok(self.done("read", fed)??)
    }

    fn mended(&self) -> Option<String> {
        let unclosed = self.unclosed.load(Ordering::Relaxed);
        unclosed
            .then(|| format!("{} was not closed: it was checked, and a torn commit undone if there was one", self.name))
    }

    fn log_bytes(&self) -> u64 {
        self.opened.as_ref().map_or(0, |opened| opened.log_bytes)
    }

    fn put_chunk(&mut self, at: Index, number: u32, chunk: &[u8]) -> Result<(), StorageError> {
        let doing = format!("put chunk {number} of the checkpoint at {at} into");
        if let Err(why) = self.opened().and_then(|opened| opened.awaits(at, number)) {
            return Err(self.failed(&doing, why));
        }
        let put = self.opened().and_then(|opened| opened.put_chunk(at, number, chunk));
        self.done(&doing, put)
    }

    fn seal(&mut self, at: Index, chunks: u32, digest: Digest) -> Result<(), StorageError> {
        let doing = format!("seal the checkpoint at {at} with {chunks} chunks in");
        if let Err(why) = self.opened().and_then(|opened| opened.may_seal(at, chunks)) {
            return Err(self.failed(&doing, why));
        }
        let sealed = self.opened().and_then(|opened| opened.seal(at, chunks, digest));
        self.done(&doing, sealed)
    }
}
