//! A life with one fault in it, for every write that can go wrong and every way that it can.

use super::{Fault, Faulty, Life, Subject, fresh, reopened};
use crate::batch::Index;
use crate::settle::settle;
use crate::storage::{CommitError, Storage};

/// Commits of a life.
const ROUNDS: usize = 12;

/// After any fault the storage goes on, and holds what was acknowledged: no less, and nothing half.
pub(super) fn faults<S: Subject>(subject: &mut S) {
    for fault in Fault::ALL {
        for nth in 0.. {
            if !one_fault(subject, fault, nth, false) {
                break;
            }
            // The same, but the engine dies with it: what is opened is what was acknowledged, or one frame more.
            one_fault(subject, fault, nth, true);
        }
    }
}

/// Answers whether there was such a write.
fn one_fault<S: Subject>(subject: &mut S, fault: Fault, nth: usize, dies: bool) -> bool {
    let when = format!("after write {nth} met {fault:?}{}", if dies { " and the engine died" } else { "" });
    let mut storage = Faulty::new(fresh(subject), fault, nth);
    let mut life = Life::new(31);
    let mut checkpoints = Driver::default();
    for round in 0..ROUNDS {
        let before = life.clone();
        let expected = life.state().index();
        let frame = life.frame(1 + round % 3);
        match storage.commit(expected, &frame) {
            Ok(()) => {}
            Err(_) if dies => {
                let storage = storage.into_inner();
                alive(subject, storage, &before, &life, &when);
                return true;
            }
            Err(CommitError::Failed(_)) => life = before,
            Err(CommitError::Unknown(_)) => {
                if let Err(error) = settle(&mut storage, expected, &frame, 2) {
                    panic!("{when}, the outcome stayed unknown: {error}");
                }
            }
            Err(error) => panic!("{when}, {frame} was refused: {error}"),
        }
        let failed = checkpoints.step(&life, &mut storage, round).is_err();
        if dies && (failed || !storage.waits()) {
            alive(subject, storage.into_inner(), &life, &life, &when);
            return true;
        }
    }
    let came = !storage.waits();
    reopened(subject, storage.into_inner(), life.state(), &when);
    came
}

/// Opens what an engine left behind that died: the state before or after its last frame, and whole.
fn alive<S: Subject>(subject: &mut S, storage: S::Storage, before: &Life, after: &Life, when: &str) {
    let mut storage = subject.reopen(storage);
    let found = super::load(&mut storage).index();
    let mut life = if found == after.state().index() { after.clone() } else { before.clone() };
    let mut storage = reopened(subject, storage, life.state(), when);
    for _ in 0..3 {
        super::commit(&mut storage, &mut life, 1);
    }
    reopened(subject, storage, life.state(), when);
}

/// A checkpoint every five rounds, a chunk a round, whatever the log's size; none where none is asked for.
#[derive(Default)]
struct Driver {
    running: Option<crate::Checkpoint>,
}

impl Driver {
    fn step(&mut self, life: &Life, storage: &mut dyn Storage, round: usize) -> Result<Option<Index>, ()> {
        if storage.limits().log_bytes.is_none() {
            return Ok(None);
        }
        if round % 5 == 3 {
            let limits = crate::Limits { frame_bytes: storage.limits().frame_bytes.min(2500), ..storage.limits() };
            self.running = Some(crate::Checkpoint::new(life.state().clone(), limits));
        }
        let Some(checkpoint) = &mut self.running else { return Ok(None) };
        let written = match checkpoint.next() {
            Some(chunk) => storage.put_chunk(checkpoint.at(), checkpoint.chunks() - 1, &chunk).map(|()| None),
            None => {
                let at = checkpoint.at();
                storage.seal(at, checkpoint.chunks(), checkpoint.digest()).map(|()| Some(at))
            }
        };
        if !matches!(written, Ok(None)) {
            self.running = None;
        }
        written.map_err(drop)
    }
}

/// The checkpointer of an engine gives up a checkpoint that fails, and makes another later.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpointer::Checkpointer;
    use crate::storage::Limits;

    #[test]
    fn a_checkpoint_that_fails_is_made_later() {
        let inner = crate::MemoryStorage::new().with_limits(Limits { log_bytes: Some(4000), ..Limits::NONE });
        let (mut storage, mut life) = (Faulty::new(inner, Fault::Fails, 25), Life::new(3));
        let (mut checkpointer, mut failed, mut sealed) = (Checkpointer::default(), 0, 0);
        for _ in 0..200 {
            let before = life.clone();
            let expected = life.state().index();
            let frame = life.frame(1);
            if storage.commit(expected, &frame).is_err() {
                life = before;
            }
            match checkpointer.step(life.state(), &mut storage, 1) {
                Ok(at) => sealed += u32::from(at.is_some()),
                Err(_) => failed += 1,
            }
        }
        assert!(failed <= 1 && sealed > 0, "{failed} failed, {sealed} sealed");
    }
}
