//! What holds of a cluster after every call.

use std::collections::BTreeSet;

use longshore::Engine;
use longshore::model::NodeId;
use longshore::placement::Ledger;
use longshore::store::{AllocRef, Digest, State};

/// What is remembered of a state, to be held against a later one.
pub(crate) struct Before {
    index: u64,
    digest: Digest,
    over: BTreeSet<NodeId>,
}

impl Before {
    pub(crate) fn of(state: &State) -> Before {
        let over = state.nodes().map(|node| &node.id).filter(|id| is_over(state, id)).cloned().collect();
        Before { index: state.index(), digest: state.digest(), over }
    }

    pub(crate) fn unchanged(&self, state: &State) {
        assert_eq!((state.index(), state.digest()), (self.index, self.digest), "a refused call has changed something");
    }

    /// Nodes come to hold more than they have only by what the host says of them: that they have shrunk, or that what
    /// had ended there runs again. And nothing new is placed on them then.
    pub(crate) fn none_newly_over(&self, state: &State, told: &BTreeSet<NodeId>) {
        for node in state.nodes().filter(|node| is_over(state, &node.id)) {
            assert!(self.over.contains(&node.id) || told.contains(&node.id), "{} holds more than it has", node.id);
            let new = on(state, &node.id).find(|alloc| alloc.create_index() > self.index);
            assert!(new.is_none(), "{} holds more than it has, and was given {new:?}", node.id);
        }
    }
}

/// What is on a node and has not ended.
fn on<'a>(state: &'a State, id: &NodeId) -> impl Iterator<Item = AllocRef<'a>> {
    let slot = state.node_slot(id);
    slot.into_iter().flat_map(|slot| state.allocs_on(slot)).filter(|alloc| !alloc.terminal())
}

fn is_over(state: &State, id: &NodeId) -> bool {
    let Some(node) = state.node(id) else { return false };
    let mut held = on(state, id).peekable();
    if held.peek().is_none() {
        return false;
    }
    let mut ledger = Ledger::new(node);
    held.for_each(|alloc| ledger.add(node, alloc.resources()));
    ledger.verdict(node).is_err()
}

/// Indexes and digests equal a recount, and every read answers.
pub(crate) fn check_reads(engine: &Engine) {
    let state = engine.state();
    state.check_invariants().expect("indexes and digests equal a recount");
    let wanted: usize = state.nodes().map(|node| engine.work_of(&node.id).count()).sum();
    assert_eq!(wanted, state.allocs().filter(|alloc| !alloc.terminal()).count(), "what nodes must run");
    for alloc in state.allocs() {
        assert_eq!(state.alloc(alloc.id()).map(|found| found.name()), Some(alloc.name()));
    }
    if let Some(latest) = state.allocs().last() {
        assert_eq!(latest.to_allocation().job_id, latest.job().id);
    }
    for eval in state.evals() {
        assert!(state.eval(&eval.id).is_some_and(|found| found == eval));
    }
    let blocked = state.evals().filter(|eval| eval.status.as_str() == "blocked");
    let mut jobs = BTreeSet::new();
    for eval in blocked {
        assert!(jobs.insert((&eval.namespace, &eval.job_id)), "two blocked evaluations of {}", eval.job_id);
    }
}
