//! Checkpoints: written between commits, sealed at once, never taken for what they are not.

use super::checks::changes_follow;
use super::{Life, Subject, commit, fresh, load, reopened};
use crate::checkpoint::Checkpoint;
use crate::checkpointer::Checkpointer;
use crate::frame::{Frame, Writer};
use crate::settle::settle;
use crate::storage::{ChangesError, Storage, StorageError};

/// Every check of checkpoints, if the storage asks for any.
pub(super) fn checkpoints<S: Subject>(subject: &mut S) {
    if fresh(subject).limits().log_bytes.is_none() {
        return;
    }
    of_chunks_within_the_limit(subject);
    racing_with_appends(subject);
    unsealed(subject);
    unfit(subject);
    older(subject);
    laggards(subject);
    settled_by_writer(subject);
    log_stays_small(subject);
}

/// Chunks of a checkpoint put so far.
fn put(storage: &mut dyn Storage, checkpoint: &mut Checkpoint, chunks: usize) -> usize {
    for put in 0..chunks {
        let Some(chunk) = checkpoint.next() else { return put };
        if let Err(error) = storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk) {
            panic!("chunk {} of the checkpoint at {}: {error}", checkpoint.chunks() - 1, checkpoint.at());
        }
    }
    chunks
}

fn seal(storage: &mut dyn Storage, checkpoint: &Checkpoint) -> Result<(), StorageError> {
    storage.seal(checkpoint.at(), checkpoint.chunks(), checkpoint.digest())
}

/// A checkpoint of a life's state, in chunks small enough to be several.
fn small_chunks(storage: &dyn Storage, life: &Life) -> Checkpoint {
    let limits = storage.limits();
    Checkpoint::new(life.state().clone(), crate::Limits { frame_bytes: limits.frame_bytes.min(1500), ..limits })
}

/// No row is larger than the limit, so no chunk is; and the storage takes every one that is not.
fn of_chunks_within_the_limit<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(10));
    let limit = storage.limits().frame_bytes;
    let (mut sizes, mut rows) = (Vec::new(), 0);
    while sizes.len() < 3 && rows < 400 {
        (0..40).for_each(|_| drop(commit(&mut storage, &mut life, 1)));
        rows += 40;
        let mut checkpoint = Checkpoint::new(life.state().clone(), storage.limits());
        sizes.clear();
        while let Some(chunk) = checkpoint.next() {
            let (number, size) = (checkpoint.chunks() - 1, chunk.len());
            assert!(size <= limit, "chunk {number} has {size} bytes, and the limit is {limit}");
            if let Err(error) = storage.put_chunk(checkpoint.at(), number, &chunk) {
                panic!("chunk {number} of {size} bytes, with a limit of {limit}: {error}");
            }
            sizes.push(size);
        }
        if let Err(error) = seal(&mut storage, &checkpoint) {
            panic!("a checkpoint of chunks of {sizes:?} bytes: {error}");
        }
        storage = reopened(subject, storage, life.state(), "after a checkpoint in chunks of the limit");
    }
}

/// Chunk by chunk between commits: it names its index, later frames stay, and every moment between is sound.
fn racing_with_appends<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(11).by(Writer(3)));
    for round in 0..40 {
        commit(&mut storage, &mut life, 1 + round % 3);
    }
    for again in 0..4 {
        let mut checkpoint = small_chunks(&storage, &life);
        // Every other time it is opened again with the checkpoint half there; that is then begun anew.
        let mut opened = again % 2 == 0;
        let mut after: Vec<Frame> = Vec::new();
        while put(&mut storage, &mut checkpoint, 1) == 1 {
            if after.len() < 6 {
                after.push(commit(&mut storage, &mut life, 1));
            }
            if after.len() == 3 && !opened {
                opened = true;
                storage = reopened(subject, storage, life.state(), "with half a checkpoint");
                checkpoint = small_chunks(&storage, &life);
                after.clear();
            }
        }
        let at = checkpoint.at();
        assert!(checkpoint.chunks() > 1, "several chunks are tried");
        if let Err(error) = seal(&mut storage, &checkpoint) {
            panic!("the checkpoint at {at}: {error}");
        }
        let kept = changes_follow(&mut storage, at, &after);
        assert!(kept || after.is_empty(), "frames after a checkpoint are gone");
        storage = reopened(subject, storage, life.state(), "after a checkpoint with later frames");
        commit(&mut storage, &mut life, 2);
        storage = reopened(subject, storage, life.state(), "after a checkpoint and another frame");
    }
}

/// Chunks without a seal mean nothing, and do not get into the next checkpoint.
fn unsealed<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(12));
    for _ in 0..30 {
        commit(&mut storage, &mut life, 1);
    }
    let mut abandoned = small_chunks(&storage, &life);
    put(&mut storage, &mut abandoned, 3);
    storage = reopened(subject, storage, life.state(), "with unsealed chunks");
    commit(&mut storage, &mut life, 1);
    let mut whole = Checkpoint::new(life.state().clone(), storage.limits());
    put(&mut storage, &mut whole, usize::MAX);
    // Of the abandoned one no chunk is left: it cannot be sealed any more.
    let late = seal(&mut storage, &abandoned);
    assert!(late.is_err(), "a checkpoint was sealed whose chunks another has taken the place of");
    if let Err(error) = seal(&mut storage, &whole) {
        panic!("a checkpoint after an abandoned one: {error}");
    }
    reopened(subject, storage, life.state(), "after an abandoned checkpoint");
}

/// A seal that does not fit its chunks is refused, and what was sealed before stands.
fn unfit<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(13));
    for _ in 0..20 {
        commit(&mut storage, &mut life, 1);
    }
    for chunks in [0, 1, 2] {
        let refused = storage.seal(life.state().index(), chunks, life.state().digest());
        assert!(refused.is_err(), "a checkpoint of {chunks} chunks was sealed, and none was put");
    }
    let mut checkpoint = small_chunks(&storage, &life);
    put(&mut storage, &mut checkpoint, usize::MAX);
    for chunks in [0, checkpoint.chunks() - 1, checkpoint.chunks() + 1] {
        let refused = storage.seal(checkpoint.at(), chunks, checkpoint.digest());
        assert!(refused.is_err(), "a checkpoint was sealed with {chunks} of {} chunks", checkpoint.chunks());
    }
    reopened(subject, storage, life.state(), "after seals that were refused");
}

/// The sealed checkpoint only moves forward.
fn older<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(14));
    for _ in 0..10 {
        commit(&mut storage, &mut life, 1);
    }
    let mut old = Checkpoint::new(life.state().clone(), storage.limits());
    for _ in 0..10 {
        commit(&mut storage, &mut life, 1);
    }
    let mut new = Checkpoint::new(life.state().clone(), storage.limits());
    put(&mut storage, &mut new, usize::MAX);
    if let Err(error) = seal(&mut storage, &new) {
        panic!("a checkpoint: {error}");
    }
    // It may refuse the chunks already.
    while let Some(chunk) = old.next() {
        let _ = storage.put_chunk(old.at(), old.chunks() - 1, &chunk);
    }
    assert!(seal(&mut storage, &old).is_err(), "an older checkpoint took the place of a newer one");
    commit(&mut storage, &mut life, 1);
    reopened(subject, storage, life.state(), "after an older checkpoint was refused");
}

/// Who lags behind a checkpoint is told so, loads it, and follows from there.
fn laggards<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(15));
    let mut frames = Vec::new();
    for round in 0..60 {
        frames.push(commit(&mut storage, &mut life, 1 + round % 2));
        if round % 20 == 19
            && let Err(error) = crate::checkpoint(life.state(), &mut storage)
        {
            panic!("a checkpoint: {error}");
        }
        if round % 7 != 0 {
            continue;
        }
        for after in frames.iter().step_by(5).map(Frame::last_index) {
            // Either all of them or none: a floor that rose meanwhile must not leave a gap.
            if changes_follow(&mut storage, after, &frames) {
                continue;
            }
            let mut follower = load(&mut storage);
            assert!(follower.index() >= after, "the checkpoint that a laggard is sent to lies behind it");
            let from = follower.index();
            let mut damage = None;
            let fed = storage.changes_since(from, &mut |frame| damage = follower.apply_frame(&frame).err());
            assert!(matches!(fed, Ok(last) if last == life.state().index()) && damage.is_none());
            assert_eq!(follower.digest(), life.state().digest(), "a laggard that loaded and followed");
        }
    }
}

/// A frame that a checkpoint has taken the place of is still known by its writer.
fn settled_by_writer<S: Subject>(subject: &mut S) {
    let (mut storage, mut mine) = (fresh(subject), Life::new(16).by(Writer(21)));
    commit(&mut storage, &mut mine, 2);
    let mut other = mine.clone().by(Writer(22));
    for stored in [true, false] {
        let mut mine = other.clone().by(Writer(if stored { 23 } else { 24 }));
        let expected = mine.state().index();
        let frame = mine.frame(1);
        if stored {
            if let Err(error) = storage.commit(expected, &frame) {
                panic!("{frame}: {error}");
            }
            other = mine.clone().by(Writer(22));
        }
        for _ in 0..3 {
            commit(&mut storage, &mut other, 1);
        }
        if let Err(error) = crate::checkpoint(other.state(), &mut storage) {
            panic!("a checkpoint: {error}");
        }
        let gone = storage.changes_since(expected, &mut |_| {});
        assert!(gone.is_ok() || matches!(gone, Err(ChangesError::Gone { .. })));
        assert_eq!(settle(&mut storage, expected, &frame, 2).is_ok(), stored, "whether a compacted frame was stored");
    }
    reopened(subject, storage, other.state(), "after frames were settled by their writer");
}

/// Driven as an engine drives it, the log keeps within twice what it should have, or what a checkpoint takes.
fn log_stays_small<S: Subject>(subject: &mut S) {
    let (mut storage, mut life) = (fresh(subject), Life::new(17));
    let Some(limit) = storage.limits().log_bytes.filter(|limit| *limit <= 1 << 20) else { return };
    let (mut checkpointer, mut sealed, mut most) = (Checkpointer::default(), 0, 0);
    let mut written = 0;
    while written < limit * 8 && life.state().index() < 3000 {
        written += commit(&mut storage, &mut life, 1).bytes().len() as u64;
        most = most.max(storage.log_bytes());
        match checkpointer.step(life.state(), &mut storage, 2) {
            Ok(at) => sealed += u32::from(at.is_some()),
            Err(error) => panic!("a step of a checkpoint: {error}"),
        }
    }
    assert!(sealed > 0, "the log grew to {most} bytes, and no checkpoint was sealed");
    reopened(subject, storage, life.state(), "after checkpoints as an engine writes them");
}
