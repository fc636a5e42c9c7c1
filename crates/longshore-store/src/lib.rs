//! Tables, indexes, snapshots and the storage trait of the Longshore scheduling engine.
//!
//! The [`State`] is the materialised cluster; it changes only by [`State::apply`] of a [`Batch`], and a batch is applied
//! only after a [`Storage`] has accepted the [`Frame`] that it is in. Cloning a state is O(1): snapshots and forks share
//! everything that does not differ.
//!
//! | Module | Idea |
//! |---|---|
//! | [`state`](State) | rows and indexes, and every read |
//! | [`listing`](Listing) | lists in their orders, page by page |
//! | [`apply`](State::apply) | the one way in |
//! | [`batch`](Batch) | what a write is, and what it changes |
//! | [`frame`](Frame) | what is committed as one, in memory and in bytes |
//! | [`checkpoint`](Checkpoint) | a whole state in bytes, chunk by chunk |
//! | [`checkpointer`](Checkpointer) | when checkpoints are written |
//! | [`settle`](settle()) | finding out what became of a commit |
//! | [`in_place`](RowKind) | what a frame means for a storage that keeps rows |
//! | [`rows`](Cohort) | how allocations, jobs and nodes are held |
//! | [`packed`](Packed) | large values kept as bytes |
//! | [`digest`](Digest) | a number that says whether two states are equal |
//! | [`node_log`](NodeLog) | which nodes changed, for mirrors |
//! | [`invariants`](State::check_invariants) | what must always hold, recounted |
//! | [`storage`](Storage) | the seam that a host fills |
//! | [`contract`] | what every storage must keep, as checks |
//! | [`load`](State::recover) | from a storage to a state, and what was found |
//! | [`memory`](MemoryStorage), [`shared_log`](SharedLog), [`file_log`](FileLog) | three storages |

mod apply;
mod batch;
mod checkpoint;
mod checkpointer;
mod chunk;
mod columns;
pub mod contract;
mod digest;
mod envelope;
#[cfg(test)]
mod evolve;
mod file_log;
mod frame;
mod from_rows;
mod in_place;
mod invariants;
mod listing;
mod load;
mod memory;
mod node_log;
mod packed;
mod persist;
mod restore;
mod rows;
mod settle;
mod shared_log;
mod state;
mod storage;

pub use apply::ApplyError;
pub use batch::{Batch, Change, Index, Kind, Table};
pub use checkpoint::Checkpoint;
pub use checkpointer::{Checkpointer, checkpoint};
pub use digest::{Digest, hash_bytes};
pub use envelope::FrameError;
pub use file_log::FileLog;
pub use frame::{Frame, Writer};
pub use in_place::{RowKind, RowOp, UnusedRow};
pub use invariants::Broken;
pub use listing::{Direction, Listing, Page, PageOptions, Token};
pub use load::Recovered;
pub use memory::MemoryStorage;
pub use node_log::{Mark, NodeLog, What};
pub use packed::Packed;
pub use rows::{AllocExtra, ChangedAlloc, Cohort, JobBody, JobReference, JobState, NewAlloc, Placed};
pub use settle::settle;
pub use shared_log::SharedLog;
pub use state::{AllocRef, AllocSlot, JobRef, JobSlot, NodeSlot, State};
pub use storage::{
    ChangesError, CommitError, DamageKind, Damaged, Limits, LoadError, Loader, Place, Source, Storage, StorageError,
};
