//! The broker: which evaluation is next.
//!
//! Per job at most one evaluation is ready or being processed; the others of the job wait behind it, and when it is
//! done only the most urgent of them is kept (LOOP-106, LOOP-113). Everything here is volatile and rebuilt from stored
//! evaluations.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{EvalId, Evaluation, JobId, Namespace};

type JobKey = (Namespace, JobId);

/// Ready evaluations by priority, then age, then arrival (LOOP-107).
#[derive(Clone, Debug, Default)]
pub(crate) struct Broker {
    ready: BTreeSet<(Reverse<i64>, u64, u64, EvalId)>,
    /// Every evaluation known here.
    known: BTreeMap<EvalId, Arc<Evaluation>>,
    /// Per job: whose turn it is, and who waits behind.
    jobs: BTreeMap<JobKey, Turn>,
    arrivals: u64,
}

#[derive(Clone, Debug)]
struct Turn {
    holder: EvalId,
    waiting: Vec<EvalId>,
}

fn key(eval: &Evaluation) -> JobKey {
    (eval.namespace.clone(), eval.job_id.clone())
}

impl Broker {
    /// Takes an evaluation in; one that is known already changes nothing (LOOP-102).
    pub(crate) fn enqueue(&mut self, eval: Arc<Evaluation>) {
        if self.known.contains_key(&eval.id) {
            return;
        }
        self.known.insert(eval.id.clone(), eval.clone());
        match self.jobs.get_mut(&key(&eval)) {
            Some(turn) => turn.waiting.push(eval.id.clone()),
            None => {
                self.jobs.insert(key(&eval), Turn { holder: eval.id.clone(), waiting: Vec::new() });
                self.make_ready(&eval);
            }
        }
    }

    fn make_ready(&mut self, eval: &Evaluation) {
        self.arrivals += 1;
        self.ready.insert((Reverse(eval.priority), eval.create_index, self.arrivals, eval.id.clone()));
    }

    /// The next evaluation to process; its job's turn stays taken until [`Broker::ack`].
    pub(crate) fn dequeue(&mut self) -> Option<Arc<Evaluation>> {
        let (.., id) = self.ready.pop_first()?;
        self.known.get(&id).cloned()
    }

    /// Puts an evaluation back whose processing came to nothing.
    pub(crate) fn nack(&mut self, eval: &Evaluation) {
        self.make_ready(eval);
    }

    /// The evaluations behind one that are no longer needed once it is done: all but the most urgent, which will see all
    /// that they would (LOOP-113).
    pub(crate) fn superseded(&self, eval: &Evaluation) -> Vec<Arc<Evaluation>> {
        let mut waiting = self.waiting_behind(eval);
        waiting.pop();
        waiting
    }

    /// Those behind an evaluation, the most urgent last.
    fn waiting_behind(&self, eval: &Evaluation) -> Vec<Arc<Evaluation>> {
        let turn = self.jobs.get(&key(eval)).map_or(&[][..], |turn| &turn.waiting);
        let mut waiting: Vec<Arc<Evaluation>> = turn.iter().filter_map(|id| self.known.get(id).cloned()).collect();
        waiting.sort_by_key(|eval| (eval.priority, eval.modify_index));
        waiting
    }

    /// An evaluation is done, and so are those that it supersedes; the most urgent behind it is next.
    pub(crate) fn ack(&mut self, eval: &Evaluation) {
        for superseded in self.superseded(eval) {
            self.known.remove(&superseded.id);
        }
        self.skip(eval);
    }

    /// An evaluation turned out to be over already; the most urgent behind it is next, the others stay behind that one.
    pub(crate) fn skip(&mut self, eval: &Evaluation) {
        let mut waiting = self.waiting_behind(eval);
        self.known.remove(&eval.id);
        self.jobs.remove(&key(eval));
        if let Some(next) = waiting.pop() {
            let waiting = waiting.iter().map(|eval| eval.id.clone()).collect();
            self.jobs.insert(key(&next), Turn { holder: next.id.clone(), waiting });
            self.make_ready(&next);
        }
    }

    /// Whether anything is ready.
    pub(crate) fn is_idle(&self) -> bool {
        self.ready.is_empty()
    }

    /// Evaluations known: ready, being processed or waiting behind one of their job.
    pub(crate) fn len(&self) -> usize {
        debug_assert!(self.jobs.values().all(|turn| self.known.contains_key(&turn.holder)));
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(id: &str, job: &str, priority: i64, index: u64) -> Arc<Evaluation> {
        Arc::new(Evaluation {
            id: id.into(),
            namespace: "default".into(),
            job_id: job.into(),
            priority,
            create_index: index,
            modify_index: index,
            ..Evaluation::default()
        })
    }

    fn drain(broker: &mut Broker) -> Vec<String> {
        let mut order = Vec::new();
        while let Some(eval) = broker.dequeue() {
            order.push(eval.id.to_string());
            broker.ack(&eval);
        }
        order
    }

    #[test]
    fn loop_107_priority_then_age_then_arrival() {
        let mut broker = Broker::default();
        for (id, priority, index) in [("a", 50, 9), ("b", 50, 3), ("c", 80, 10), ("d", 50, 3)] {
            broker.enqueue(eval(id, id, priority, index));
        }
        assert_eq!(drain(&mut broker), ["c", "b", "d", "a"]);
    }

    #[test]
    fn loop_113_one_at_a_time_and_only_the_most_urgent_next() {
        let mut broker = Broker::default();
        for (id, priority, index) in [("a", 50, 1), ("b", 50, 2), ("c", 60, 3), ("d", 50, 4)] {
            broker.enqueue(eval(id, "web", priority, index));
        }
        broker.enqueue(eval("a", "web", 50, 1));
        let first = broker.dequeue().unwrap();
        assert_eq!(first.id.to_string(), "a");
        assert!(broker.dequeue().is_none(), "its job's turn is taken");
        let dropped: Vec<String> = broker.superseded(&first).iter().map(|eval| eval.id.to_string()).collect();
        assert_eq!(dropped, ["b", "d"]);
        broker.ack(&first);
        assert_eq!(drain(&mut broker), ["c"]);
        assert_eq!(broker.len(), 0);
    }
}
