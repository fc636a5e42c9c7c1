//! A durable storage of the Longshore scheduling engine: its log and its checkpoints in one [redb] file.
//!
//! Each frame is one value, written and synced in one transaction; a commit costs little more than the sync. Once the
//! log has outgrown [`Options::log_bytes`] the engine writes a checkpoint beside it, some chunks after each commit; its
//! seal, the removal of the frames that it covers and of the checkpoint before it are one transaction. So a crash at any
//! moment leaves either the old or the new, and every frame that was acknowledged.
//!
//! ```
//! use longshore_store::State;
//! use longshore_store_redb::RedbStorage;
//! # let folder = std::env::temp_dir().join(format!("longshore-redb-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("cluster.redb");
//! let mut storage = RedbStorage::open(&path)?;
//! let state = State::load(&mut storage)?; // or give it to `Engine::open`
//! assert_eq!(state.index(), 0);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | Table | Key | Value |
//! |---|---|---|
//! | `frames` | index of the frame's first batch | the frame's bytes |
//! | `chunks` | generation of the checkpoint, number of the chunk | the chunk's bytes |
//! | `sealed` | nothing | generation, index, chunks and digest of the checkpoint to load from |
//! | `format` | nothing | 1 |
//!
//! Each checkpoint that is begun is of the generation after the sealed one; chunks of any other generation mean nothing.
//! Frames up to the sealed index are gone.

mod contents;
mod storage;

pub use contents::{Contents, Sealed};
pub use storage::{Options, RedbStorage};
