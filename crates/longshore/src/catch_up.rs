//! Several engines on one storage: following what the others wrote.
//!
//! An engine decides on the state it knows and offers its frame to the storage, which takes it only if nobody was first.
//! Who was second has lost nothing but work: it brings in what it did not know, and decides anew. No engine waits for
//! another, none has to be told apart as the leader, and one that dies leaves nothing locked.

use std::sync::Arc;

use longshore_model::NodeStatus;
use longshore_store::{Batch, Change, ChangesError, Checkpointer, CommitError, Frame, Index, Kind, LoadError, State};

use crate::engine::Engine;
use crate::error::Error;
use crate::events::Ring;

impl Engine {
    /// Brings in what other engines on the storage wrote since: state, events, evaluations and their timers. Answers the
    /// last index.
    ///
    /// Never needed for safety, since a write on an old state is refused and the engine then catches up by itself. Call
    /// it to read what others wrote, and to take over their work when they fall silent: the next
    /// [`tick`](Engine::tick) processes whatever evaluations are left.
    ///
    /// If the storage has put a checkpoint in the place of frames that are not known here, the state is loaded from
    /// that; readers of events are then told that they [lag](crate::Lagged).
    ///
    /// # Errors
    /// [`Error::Load`] if the storage fails or holds what does not follow; nothing is changed then.
    /// [`Error::Stopped`] once the engine takes no more writes.
    ///
    /// ```
    /// use longshore::{Engine, Options, model::{Node, Time}, store::{SharedLog, Writer}};
    /// let log = SharedLog::new();
    /// let open = |writer| Engine::open(Box::new(log.clone()), Options::default().writer(Writer(writer)));
    /// let (mut mine, mut theirs) = (open(1)?, open(2)?);
    /// let node = |id| Node::new(id).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000);
    /// mine.register_node(node("n1"), Time(0))?;
    /// assert!(theirs.register_node(node("n2"), Time(0)).unwrap_err().is_conflict());
    /// theirs.register_node(node("n2"), Time(0))?; // it has caught up
    /// assert_eq!(mine.catch_up()?, 2);
    /// assert_eq!(mine.state().digest(), theirs.state().digest());
    /// # Ok::<(), longshore::Error>(())
    /// ```
    pub fn catch_up(&mut self) -> Result<Index, Error> {
        if let Some(why) = &self.stopped {
            return Err(Error::Stopped(why.clone()));
        }
        let (mut state, mut frames, mut damaged) = (State::clone(&self.state), Vec::new(), None);
        let fed = self.storage.changes_since(state.index(), &mut |frame| {
            damaged = damaged.take().or_else(|| state.apply_frame(&frame).err());
            frames.push(frame);
        });
        match (fed, damaged) {
            (Ok(_), None) => self.follow(state, frames),
            (Ok(_), Some(damaged)) | (Err(ChangesError::Damaged(damaged)), _) => {
                return Err(LoadError::Damaged(damaged).into());
            }
            (Err(ChangesError::Storage(error)), _) => return Err(LoadError::Storage(error).into()),
            (Err(_), _) => self.start_over()?, // gone: a checkpoint has taken their place
        }
        Ok(self.state.index())
    }

    /// Another engine was first: what it wrote is brought in, so that the call can be made again.
    pub(crate) fn give_way(&mut self, conflict: CommitError) -> Error {
        let before = self.state.index();
        match self.catch_up() {
            Ok(after) if after > before => conflict.into(),
            // Tried again it would be refused for ever.
            Ok(_) => {
                let why = format!("{conflict}, yet it holds nothing after index {before}");
                self.stopped = Some(why.clone());
                Error::Stopped(why)
            }
            Err(error) => error,
        }
    }

    /// Goes on from a state that others' frames lead to.
    fn follow(&mut self, state: State, frames: Vec<Frame>) {
        self.see(state.time());
        self.state = Arc::new(state);
        let room = frames.iter().flat_map(Frame::batches).any(makes_room);
        frames.into_iter().for_each(|frame| self.publish(frame));
        if room {
            self.unblock();
        }
    }

    /// Goes on from what the storage holds now, as if opened again.
    fn start_over(&mut self) -> Result<(), Error> {
        let (state, recovered) = State::recover(&mut *self.storage)?;
        self.checkpointer = Checkpointer::after(&recovered);
        self.recovered = recovered;
        self.see(state.time());
        self.events = Ring::after(state.index(), self.events.kept());
        self.state = Arc::new(state);
        // Evaluations that are over by now are found out when their turn comes, as are timers.
        self.route_all();
        Ok(())
    }
}

/// Whether evaluations that wait for room deserve another look: after the writes that would have released them here. A
/// plan does not count, or two engines would wake each other for ever with what neither can place.
fn makes_room(batch: &Batch) -> bool {
    batch.changes.iter().any(|change| match change {
        Change::PutNode(node) => batch.kind == Kind::NodeRegistration || node.status == NodeStatus::Ready,
        Change::PutAlloc(alloc) => batch.kind == Kind::AllocationUpdated && alloc.client_status.is_terminal(),
        _ => false,
    })
}
