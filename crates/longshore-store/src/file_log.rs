//! Storage in one file: frames one after the other, synced before each commit returns.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::batch::Index;
use crate::digest::Digest;
use crate::envelope::FrameError;
use crate::frame::Frame;
use crate::storage::{ChangesError, CommitError, Damaged, Limits, LoadError, Loader, Source, Storage, StorageError};

/// An append-only file of frames.
///
/// Simple on purpose: it never asks for a checkpoint, so that the file grows with every write and a restart reads all of
/// it. A torn last frame, as a power cut leaves it, is cut off by the load: each commit is synced before the next, so it
/// is the only one whose sectors may be missing. Anything else that cannot be read is [`Damaged`], named by its byte.
/// Damage to the very last frame cannot be told from a torn one, and is cut off too; [`Storage::mended`] tells of both.
///
/// The file is locked while it is open, so that no second engine writes to it; the lock goes with the process, however it
/// ends. Where there are no file locks (WebAssembly) the host sees to it.
#[derive(Debug)]
pub struct FileLog {
    path: PathBuf,
    file: File,
    /// Bytes of whole frames; where the next one goes.
    end: u64,
    last: Index,
    /// Set when a write failed halfway and the file could not be cut back: what lies past `end` is unknown.
    unsure: bool,
    /// Bytes past the last whole frame, as of the latest read.
    rest: u64,
    /// Bytes of a torn end that the latest load cut off, and where.
    torn: Option<(u64, u64)>,
}

impl FileLog {
    /// Opens a log, made if it is not there.
    ///
    /// # Errors
    /// [`StorageError`], naming the file, if it cannot be opened or another log has it open.
    ///
    /// ```
    /// # use longshore_store::FileLog;
    /// # let path = std::env::temp_dir().join(format!("longshore-lock-doc-{}.log", std::process::id()));
    /// let log = FileLog::open(&path)?;
    /// let refused = FileLog::open(&path).unwrap_err().to_string();
    /// assert!(refused.ends_with("it is open elsewhere: one process at a time, and in it one log, may have it open"));
    /// drop(log);
    /// FileLog::open(&path)?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<FileLog, StorageError> {
        let path = path.as_ref().to_path_buf();
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|source| failed("open", &path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(failed("open", &path, OPEN_ELSEWHERE)),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path, error)),
        }
        Ok(FileLog { path, file, end: 0, last: 0, unsure: false, rest: 0, torn: None })
    }

    /// Bytes of a frame that a crash tore, past the last whole one, as of the latest read: [`load`](Storage::load) cuts
    /// them off, [`changes_since`](Storage::changes_since) leaves them where they are.
    pub fn rest(&self) -> u64 {
        self.rest
    }

    /// Feeds whole frames from the start of the file; answers where they end.
    fn read(&mut self, each: &mut dyn FnMut(Frame, u64) -> Result<(), Damaged>) -> Result<(u64, Index), LoadError> {
        let mut bytes = Vec::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_end(&mut bytes));
        read.map_err(|source| failed("read", &self.path, source))?;
        let (mut at, mut last) = (0, 0);
        while at < bytes.len() {
            match Frame::decode(&bytes[at..]) {
                Ok((frame, length)) => {
                    let index = frame.last_index();
                    each(frame, at as u64)?;
                    last = index;
                    at += length;
                }
                // A write that a power cut tore, or space that was made and never written. It was never acknowledged.
                Err(why) if is_torn(&why, &bytes[at..], at) => break,
                Err(why) => return Err(Damaged::new(last, why).at(at as u64).into()),
            }
        }
        self.rest = (bytes.len() - at) as u64;
        Ok((at as u64, last))
    }
}

/// Whether the rest of a log, which begins with no whole frame, is what a power cut leaves of its last frame: some of its
/// sectors, in any order, the others zero or beyond the end. Then no other frame was begun after it.
fn is_torn(why: &FrameError, rest: &[u8], at: usize) -> bool {
    let by_lost_sectors = match why {
        FrameError::Torn { .. } | FrameError::Header { .. } | FrameError::Checksum { .. } => true,
        // A file that begins with something else is no log, and not ours to cut.
        FrameError::Magic { found, .. } => at > 0 || *found == [0; 4],
        // Zero if the header lies across two sectors and the second was lost. Any other is a later version's.
        FrameError::Format { found } => *found == 0,
        // Whole, and still not to be understood.
        FrameError::Body { .. } => false,
    };
    // A header that passes its check will do: a frame that was begun after this one says that this one was whole once,
    // even if it is damaged itself. No body is looked at, so this is linear.
    by_lost_sectors && !(1..rest.len()).any(|at| Frame::begins(&rest[at..]))
}

const OPEN_ELSEWHERE: &str = "it is open elsewhere: one process at a time, and in it one log, may have it open";

fn failed(doing: &str, path: &Path, source: impl Into<Source>) -> StorageError {
    StorageError { doing: format!("{doing} {}", path.display()), source: source.into() }
}

impl Storage for FileLog {
    fn limits(&self) -> Limits {
        Limits { frame_bytes: u32::MAX as usize, log_bytes: None }
    }

    fn load(&mut self, into: &mut dyn Loader) -> Result<Index, LoadError> {
        let (end, last) =
            self.read(&mut |frame, position| into.frame(frame).map_err(|damaged| damaged.at(position)))?;
        // The torn rest, if any, makes room for the next frame.
        self.file.set_len(end).map_err(|source| failed("cut the torn end of", &self.path, source))?;
        self.torn = (self.rest > 0).then_some((std::mem::take(&mut self.rest), end));
        (self.end, self.last) = (end, last);
        Ok(last)
    }

    fn mended(&self) -> Option<String> {
        let (cut, at) = self.torn?;
        Some(format!(
            "cut off {cut} bytes of a torn frame, never acknowledged, at byte {at} of {}",
            self.path.display()
        ))
    }

    fn commit(&mut self, expected: Index, frame: &Frame) -> Result<(), CommitError> {
        frame.check(expected, self.last, self.limits().frame_bytes)?;
        let bytes = frame.bytes();
        let length = self.file.metadata().map_err(|error| CommitError::Failed(error.into()))?.len();
        if length != self.end && !self.unsure {
            let why = format!(
                "the log should end at byte {}, but {} has {length}: something writes to it that minds no lock",
                self.end,
                self.path.display(),
            );
            return Err(CommitError::Failed(why.into()));
        }
        if self.unsure {
            self.file.set_len(self.end).map_err(|error| CommitError::Failed(error.into()))?;
            self.unsure = false;
        }
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(bytes));
        if let Err(error) = written {
            // Half a frame must not stay: it would be read as a torn end, and hide what is appended after it.
            self.unsure = self.file.set_len(self.end).is_err();
            return Err(CommitError::Failed(error.into()));
        }
        if let Err(error) = self.file.sync_data() {
            self.unsure = true;
            return Err(CommitError::Unknown(error.into()));
        }
        self.end += bytes.len() as u64;
        self.last = frame.last_index();
        Ok(())
    }

    fn changes_since(&mut self, after: Index, into: &mut dyn FnMut(Frame)) -> Result<Index, ChangesError> {
        let fed = self.read(&mut |frame, _| {
            if frame.first_index() > after {
                into(frame);
            }
            Ok(())
        });
        match fed {
            Ok((_, last)) => Ok(last),
            Err(LoadError::Damaged(damaged)) => Err(damaged.into()),
            Err(LoadError::Storage(error)) => Err(error.into()),
        }
    }

    fn put_chunk(&mut self, _: Index, _: u32, _: &[u8]) -> Result<(), StorageError> {
        Err(no_checkpoints(&self.path))
    }

    fn seal(&mut self, _: Index, _: u32, _: Digest) -> Result<(), StorageError> {
        Err(no_checkpoints(&self.path))
    }
}

/// This storage never asks for a checkpoint ([`Limits::log_bytes`] is `None`), and cannot keep one.
fn no_checkpoints(path: &Path) -> StorageError {
    StorageError { doing: format!("keep a checkpoint in {}", path.display()), source: "a file log has none".into() }
}
