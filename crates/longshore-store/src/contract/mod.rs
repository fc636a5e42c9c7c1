//! What every storage must keep, as checks that any implementation can be held to with one line.
//!
//! ```
//! longshore_store::contract::run(longshore_store::MemoryStorage::new);
//! ```
//!
//! | Check | Holds |
//! |---|---|
//! | `order` | frames are stored in order, none is left out or put twice; a stale index is a conflict and changes nothing |
//! | `reload` | what is loaded is what was committed, to every reader, after each frame |
//! | `changes` | changes since any index are those frames, or gone with a checkpoint to load |
//! | `outcomes` | a commit whose answer was lost is settled by sending it again, and never stored twice |
//! | `limits` | a frame over the limit is refused with both sizes and leaves no trace; chunks keep to the limit and are taken |
//! | `forgetting` | what a load found unused goes, unless another engine has put it again since |
//! | `checkpoints` | sealed between commits they take the place of frames; unsealed, unfit or older ones change nothing |
//! | `damage` | any flipped bit in what is loaded is found and named |
//! | `faults` | whichever write fails, tears, is lost or forgotten: nothing acknowledged is lost, nothing half there |

mod checkpoints;
mod checks;
mod faults;
mod faulty;
mod forgetting;
mod life;
mod rows;
mod same;

pub use faulty::{Fault, Faulty};
pub use life::Life;
pub use rows::Rows;
pub use same::difference;

use crate::state::State;
use crate::storage::Storage;

/// A kind of storage to be held to the contract. Any closure that makes an empty storage is one.
pub trait Subject {
    /// The storage.
    type Storage: Storage;

    /// An empty storage, apart from all others.
    fn create(&mut self) -> Self::Storage;

    /// The same storage, closed and opened again: what is durable of it.
    fn reopen(&mut self, storage: Self::Storage) -> Self::Storage {
        storage
    }
}

impl<S: Storage, F: FnMut() -> S> Subject for F {
    type Storage = S;
    fn create(&mut self) -> S {
        self()
    }
}

/// Holds a storage to the contract.
///
/// # Panics
/// If it breaks it; the message says what was broken and where.
///
/// # Cost
/// Some thousand commits: seconds, on a disk.
pub fn run(mut subject: impl Subject) {
    checks::order(&mut subject);
    checks::reload(&mut subject);
    checks::changes(&mut subject);
    checks::outcomes(&mut subject);
    checks::limits(&mut subject);
    forgetting::forgetting(&mut subject);
    checks::damage(&mut subject);
    checkpoints::checkpoints(&mut subject);
    faults::faults(&mut subject);
}

/// The state that a storage holds.
#[track_caller]
fn load(storage: &mut dyn Storage) -> State {
    match State::load(storage) {
        Ok(state) => state,
        Err(error) => panic!("what was stored is not loaded: {error}"),
    }
}

/// The storage opened again, which must hold the very state.
#[track_caller]
fn reopened<S: Subject>(subject: &mut S, storage: S::Storage, expected: &State, when: &str) -> S::Storage {
    let mut storage = subject.reopen(storage);
    let found = load(&mut storage);
    if let Some(difference) = difference(expected, &found) {
        panic!("{when}, the loaded state differs from that committed in {difference}");
    }
    if let Err(broken) = found.check_invariants() {
        panic!("{when}, the loaded state is broken: {broken}");
    }
    storage
}

/// An empty storage that is loaded, as an engine does first.
fn fresh<S: Subject>(subject: &mut S) -> S::Storage {
    let mut storage = subject.create();
    assert_eq!(load(&mut storage).index(), 0, "a new storage is empty");
    storage
}

/// Commits the next frame of a life.
#[track_caller]
fn commit(storage: &mut dyn Storage, life: &mut Life, batches: usize) -> crate::Frame {
    let expected = life.state().index();
    let frame = life.frame(batches);
    if let Err(error) = storage.commit(expected, &frame) {
        panic!("{frame} after index {expected} is not stored: {error}");
    }
    frame
}
