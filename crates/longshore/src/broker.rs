//! The broker: which evaluation is next.
//!
//! Per job at most one evaluation is ready or being processed; the others of the job wait behind it, and when it is
//! done only the most urgent of them is kept (LOOP-106, LOOP-113). Everything here is volatile and rebuilt from stored
//! evaluations.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use longshore_model::{EvalId, Evaluation, JobId, Namespace};

type JobKey = (Namespace, JobId);

/// Ready evaluations by priority, then age, then arrival (LOOP-107).
#[derive(Clone, Debug, Default)]
pub(crate) struct Broker {
    ready: BinaryHeap<Ready>,
    /// Per job: whose turn it is, and who waits behind.
    jobs: BTreeMap<JobKey, Turn>,
    arrivals: u64,
}

/// An evaluation that is ready; the greatest is next.
#[derive(Clone, Debug)]
struct Ready {
    arrival: u64,
    eval: Arc<Evaluation>,
}

impl Ord for Ready {
    fn cmp(&self, other: &Ready) -> Ordering {
        let older = |ready: &Ready| (ready.eval.create_index, ready.arrival);
        self.eval.priority.cmp(&other.eval.priority).then_with(|| older(other).cmp(&older(self)))
    }
}

impl PartialOrd for Ready {
    fn partial_cmp(&self, other: &Ready) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ready {
    fn eq(&self, other: &Ready) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ready {}

#[derive(Clone, Debug)]
struct Turn {
    /// Ready or being processed.
    holder: Arc<Evaluation>,
    waiting: Vec<Arc<Evaluation>>,
}

impl Turn {
    fn knows(&self, eval: &Evaluation) -> bool {
        self.holder.id == eval.id || self.waiting.iter().any(|waiting| waiting.id == eval.id)
    }
}

fn key(eval: &Evaluation) -> JobKey {
    (eval.namespace.clone(), eval.job_id.clone())
}

impl Broker {
    /// Takes an evaluation in; one that is known already changes nothing (LOOP-102).
    pub(crate) fn enqueue(&mut self, eval: Arc<Evaluation>) {
        match self.jobs.get_mut(&key(&eval)) {
            Some(turn) if turn.knows(&eval) => {}
            Some(turn) => turn.waiting.push(eval),
            None => {
                self.jobs.insert(key(&eval), Turn { holder: eval.clone(), waiting: Vec::new() });
                self.make_ready(eval);
            }
        }
    }

    fn make_ready(&mut self, eval: Arc<Evaluation>) {
        self.arrivals += 1;
        self.ready.push(Ready { arrival: self.arrivals, eval });
    }

    /// The next evaluation to process; its job's turn stays taken until [`Broker::ack`].
    pub(crate) fn dequeue(&mut self) -> Option<Arc<Evaluation>> {
        self.ready.pop().map(|ready| ready.eval)
    }

    /// Puts an evaluation back whose processing came to nothing.
    pub(crate) fn nack(&mut self, eval: Arc<Evaluation>) {
        self.make_ready(eval);
    }

    /// The evaluations behind one that are no longer needed once it is done: all but the most urgent, which will see all
    /// that they would (LOOP-113). `open` answers an evaluation as it is now, if it is not over: another engine may have
    /// seen to some, and what is over supersedes nothing.
    pub(crate) fn superseded(
        &mut self,
        eval: &Evaluation,
        open: impl Fn(&EvalId) -> Option<Arc<Evaluation>>,
    ) -> Vec<Arc<Evaluation>> {
        let Some(turn) = self.jobs.get_mut(&key(eval)) else { return Vec::new() };
        turn.waiting = turn.waiting.iter().filter_map(|waiting| open(&waiting.id)).collect();
        let mut waiting = most_urgent_last(turn.waiting.clone());
        waiting.pop();
        waiting
    }

    /// An evaluation is done, and so are those that it supersedes; the most urgent behind it is next.
    pub(crate) fn ack(&mut self, eval: &Evaluation) {
        if let Some(next) = self.end_turn(eval).pop() {
            self.begin_turn(next, Vec::new());
        }
    }

    /// An evaluation turned out to be over already; the most urgent behind it is next, the others stay behind that one.
    pub(crate) fn skip(&mut self, eval: &Evaluation) {
        let mut waiting = self.end_turn(eval);
        if let Some(next) = waiting.pop() {
            self.begin_turn(next, waiting);
        }
    }

    /// Those that waited behind, the most urgent last.
    fn end_turn(&mut self, eval: &Evaluation) -> Vec<Arc<Evaluation>> {
        self.jobs.remove(&key(eval)).map_or_else(Vec::new, |turn| most_urgent_last(turn.waiting))
    }

    fn begin_turn(&mut self, holder: Arc<Evaluation>, waiting: Vec<Arc<Evaluation>>) {
        self.jobs.insert(key(&holder), Turn { holder: holder.clone(), waiting });
        self.make_ready(holder);
    }

    /// Whether anything is ready.
    pub(crate) fn is_idle(&self) -> bool {
        self.ready.is_empty()
    }

    /// Evaluations known: ready, being processed or waiting behind one of their job.
    pub(crate) fn len(&self) -> usize {
        self.jobs.values().map(|turn| 1 + turn.waiting.len()).sum()
    }
}

fn most_urgent_last(mut waiting: Vec<Arc<Evaluation>>) -> Vec<Arc<Evaluation>> {
    waiting.sort_by_key(|eval| (eval.priority, eval.modify_index));
    waiting
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
        let over: EvalId = "b".into();
        let all = ["b", "c", "d"].map(|id| eval(id, "web", if id == "c" { 60 } else { 50 }, 2));
        let open = |id: &EvalId| all.iter().find(|eval| eval.id == *id && *id != over).cloned();
        let dropped: Vec<String> = broker.superseded(&first, open).iter().map(|eval| eval.id.to_string()).collect();
        assert_eq!(dropped, ["d"], "b is over already");
        broker.ack(&first);
        assert_eq!(drain(&mut broker), ["c"]);
        assert_eq!(broker.len(), 0);
    }
}
