//! Events: what changed, in order.
//!
//! The ring holds the frames themselves; events are derived when they are read. A frame enters it only after the
//! storage has accepted it, so an event never speaks of what could still be undone.

use std::collections::VecDeque;
use std::sync::Arc;

use longshore_model::{AllocId, EvalId, Evaluation, Job, JobId, Namespace, Node, NodeId, Time};
use longshore_store::{Batch, Change, Frame, Index, Kind};
use thiserror::Error;

/// Something that changed, as it is now.
///
/// Published after its write was accepted by the storage, in the order of writes; all events of one write carry its
/// index and kind (LOOP-1401).
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Index of the write.
    pub index: Index,
    /// Its time.
    pub time: Time,
    /// What kind of write it was.
    pub kind: Kind,
    /// What changed.
    pub subject: Subject,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Subject {
    /// A node, as it is now.
    Node(Arc<Node>),
    /// A node is gone.
    NodeGone(NodeId),
    /// A job version, as it is now.
    Job(Arc<Job>),
    /// An evaluation, as it is now.
    Evaluation(Arc<Evaluation>),
    /// An evaluation is gone.
    EvaluationGone(EvalId),
    /// A new allocation.
    Placed {
        /// The allocation; look it up for the rest.
        id: AllocId,
        /// Its node.
        node: NodeId,
        /// Its job.
        job: (Namespace, JobId),
    },
    /// An allocation changed; look it up.
    Allocation(AllocId),
}

/// How far a reader has come. Begin with [`Cursor::default`] for the oldest event that is kept.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Cursor {
    /// The last index read whole; `None` before the first read.
    pub(crate) after: Option<Index>,
}

/// A reader was too slow: events that it has not read are gone.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error(
    "events after index {after} are gone; the oldest kept are of index {oldest}: read the state, then go on from {oldest}"
)]
pub struct Lagged {
    /// The last index that was read.
    pub after: Index,
    /// The oldest index that is kept.
    pub oldest: Index,
}

/// The latest frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    frames: VecDeque<Frame>,
    batches: usize,
    rows: usize,
    /// The last index dropped from the ring.
    dropped: Index,
    /// Batches kept at most; frames go whole.
    kept: usize,
}

/// Rows kept at most, whatever the number of batches.
const ROWS: usize = 131_072;

impl Ring {
    /// The ring of a state at an index, before which nothing is kept, and after it so many batches.
    pub(crate) fn after(index: Index, kept: usize) -> Ring {
        Ring { dropped: index, kept, ..Ring::default() }
    }

    /// Batches kept at most.
    pub(crate) fn kept(&self) -> usize {
        self.kept
    }

    pub(crate) fn push(&mut self, frame: Frame) {
        self.batches += frame.batches().len();
        self.rows += rows(&frame);
        self.frames.push_back(frame);
        while self.batches > self.kept || self.rows > ROWS {
            let Some(oldest) = self.frames.pop_front() else { break };
            self.batches -= oldest.batches().len();
            self.rows -= rows(&oldest);
            self.dropped = oldest.last_index();
        }
    }

    /// Appends the events after the cursor to `into`, and moves the cursor.
    pub(crate) fn read(&self, cursor: &mut Cursor, into: &mut Vec<Event>) -> Result<(), Lagged> {
        if let Some(after) = cursor.after.filter(|after| *after < self.dropped) {
            return Err(Lagged { after, oldest: self.dropped + 1 });
        }
        let after = cursor.after.unwrap_or(self.dropped);
        cursor.after = Some(after);
        let from = self.frames.partition_point(|frame| frame.last_index() <= after);
        let batches = self.frames.range(from..).flat_map(|frame| frame.batches());
        for batch in batches.filter(|batch| batch.index > after) {
            batch.changes.iter().for_each(|change| derive(batch, change, into));
            cursor.after = Some(batch.index);
        }
        Ok(())
    }
}

fn rows(frame: &Frame) -> usize {
    frame.batches().iter().map(|batch| batch.changes.len()).sum()
}

/// Summaries and status changes of jobs are silent (LOOP-1402).
fn derive(batch: &Batch, change: &Change, into: &mut Vec<Event>) {
    let mut event =
        |subject| into.push(Event { index: batch.index, time: batch.time, kind: batch.kind.clone(), subject });
    match change {
        Change::PutNode(node) => event(Subject::Node(node.clone())),
        Change::DeleteNode(id) => event(Subject::NodeGone(id.clone())),
        Change::PutJob(job) => event(Subject::Job(job.clone())),
        Change::PutEval(eval) => event(Subject::Evaluation(eval.clone())),
        Change::DeleteEval(id) => event(Subject::EvaluationGone(id.clone())),
        Change::Place(placed) => {
            let job = placed.cohort.job();
            for alloc in &placed.allocs {
                let job = (job.namespace.clone(), job.id.clone());
                event(Subject::Placed { id: alloc.id.clone(), node: alloc.node_id.clone(), job });
            }
        }
        Change::PutAlloc(changed) => event(Subject::Allocation(changed.id.clone())),
        _ => {}
    }
}
