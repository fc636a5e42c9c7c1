//! The plain twin of a state: standard maps, every read a scan.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use longshore::model::{AllocId, EvalId, Evaluation, Job, JobId, JobSummary, Namespace, Node, NodeId, Time};
use longshore::store::{AllocExtra, AllocRef, Batch, Change, ChangedAlloc, Cohort, Index, JobState, Placed, State};

type JobKey = (Namespace, JobId);

/// What a state should hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Twin {
    pub(crate) index: Index,
    /// With the index of the write that each came with.
    pub(crate) nodes: BTreeMap<NodeId, (Index, Arc<Node>)>,
    pub(crate) jobs: BTreeMap<JobKey, TwinJob>,
    pub(crate) evals: BTreeMap<EvalId, (Index, Arc<Evaluation>)>,
    pub(crate) allocs: BTreeMap<AllocId, TwinAlloc>,
}

/// A job; without versions it is only spoken of.
#[derive(Clone, Debug, Default)]
pub(crate) struct TwinJob {
    /// Newest first.
    pub(crate) versions: Vec<Arc<Job>>,
    state: Option<JobState>,
    summary: Option<Arc<JobSummary>>,
}

#[derive(Clone, Debug)]
pub(crate) struct TwinAlloc {
    /// How many were placed before.
    number: usize,
    pub(crate) node: NodeId,
    pub(crate) cohort: Arc<Cohort>,
    /// When the evaluation of its cohort came, if that was there when the cohort was put.
    eval: Option<Index>,
    index: u32,
    /// What can change.
    changed: ChangedAlloc,
    modify_index: Index,
}

impl Twin {
    /// Applies a batch whose changes are all of different rows; false, and half done, if one refers to what is not there.
    pub(crate) fn apply(&mut self, batch: &Batch) -> bool {
        if batch.index != self.index + 1 {
            return false;
        }
        self.index = batch.index;
        // What is new is there for all that refers to it, whatever the order.
        for change in &batch.changes {
            match change {
                Change::PutNode(node) => self.put_node(node),
                Change::PutEval(eval) => self.put_eval(eval),
                _ => {}
            }
        }
        batch.changes.iter().all(|change| match change {
            Change::PutNode(_) | Change::PutEval(_) => true,
            Change::DeleteNode(id) => {
                let held = self.allocs.values().any(|alloc| alloc.node == *id);
                !held && self.nodes.remove(id).is_some()
            }
            Change::PutJob(job) => {
                let held = self.job(&job.namespace, &job.id);
                held.versions.retain(|version| version.version != job.version);
                held.versions.insert(0, job.clone());
                held.state = Some(JobState::of(job));
                true
            }
            Change::PutJobState(state) => {
                let held = self.jobs.get_mut(&(state.namespace.clone(), state.id.clone()));
                held.map(|held| held.state = Some(state.clone())).is_some()
            }
            Change::PutSummary(summary) => {
                self.job(&summary.namespace, &summary.job_id).summary = Some(summary.clone());
                true
            }
            Change::DropJobVersion(namespace, id, version) => {
                let held = self.jobs.get_mut(&(namespace.clone(), id.clone()));
                held.map(|held| held.versions.retain(|held| held.version != *version)).is_some()
            }
            Change::DeleteEval(id) => self.evals.remove(id).is_some(),
            Change::Place(placed) => self.place(placed, batch),
            Change::PutAlloc(changed) => self.put_alloc(changed, batch),
            _ => false,
        })
    }

    fn put_node(&mut self, node: &Arc<Node>) {
        let born = self.nodes.get(&node.id).map_or(self.index, |(born, _)| *born);
        self.nodes.insert(node.id.clone(), (born, node.clone()));
    }

    fn put_eval(&mut self, eval: &Arc<Evaluation>) {
        let born = self.evals.get(&eval.id).map_or(self.index, |(born, _)| *born);
        self.job(&eval.namespace, &eval.job_id);
        self.evals.insert(eval.id.clone(), (born, eval.clone()));
    }

    fn job(&mut self, namespace: &Namespace, id: &JobId) -> &mut TwinJob {
        self.jobs.entry((namespace.clone(), id.clone())).or_default()
    }

    fn holds(&self, named: &Job) -> bool {
        let held = self.jobs.get(&(named.namespace.clone(), named.id.clone()));
        held.is_some_and(|held| {
            held.versions.iter().any(|job| (job.version, job.create_index) == (named.version, named.create_index))
        })
    }

    fn place(&mut self, placed: &Placed, batch: &Batch) -> bool {
        let cohort = &placed.cohort;
        if cohort.create_index != batch.index || !self.holds(cohort.job()) {
            return false;
        }
        placed.allocs.iter().all(|alloc| {
            let changed = ChangedAlloc {
                id: alloc.id.clone(),
                alloc_modify_index: batch.index,
                modify_time: batch.time,
                extra: alloc.extra.clone(),
                ..ChangedAlloc::default()
            };
            let row = TwinAlloc {
                number: self.allocs.len(),
                node: alloc.node_id.clone(),
                cohort: cohort.clone(),
                eval: self.evals.get(&cohort.eval_id).map(|(born, _)| *born),
                index: alloc.index,
                changed,
                modify_index: batch.index,
            };
            self.nodes.contains_key(&alloc.node_id) && self.allocs.insert(alloc.id.clone(), row).is_none()
        })
    }

    fn put_alloc(&mut self, changed: &ChangedAlloc, batch: &Batch) -> bool {
        let cohort = changed.cohort.as_ref();
        let held = cohort.is_none_or(|cohort| self.holds(cohort.job()));
        let eval = cohort.and_then(|cohort| self.evals.get(&cohort.eval_id)).map(|(born, _)| *born);
        let Some(row) = self.allocs.get_mut(&changed.id).filter(|_| held) else { return false };
        if let Some(cohort) = cohort {
            let of = |cohort: &Cohort| (cohort.create_index, cohort.job().namespace.clone(), cohort.job().id.clone());
            if of(cohort) != of(&row.cohort) {
                return false;
            }
            (row.cohort, row.eval) = (cohort.clone(), eval);
        }
        row.changed = ChangedAlloc { cohort: None, ..changed.clone() };
        row.modify_index = batch.index;
        true
    }

    /// Holds every read of a state against a scan.
    pub(crate) fn equals(&self, state: &State) {
        assert_eq!(state.index(), self.index);
        state.check_invariants().expect("indexes and digests equal a recount");
        let mut nodes: Vec<_> = self.nodes.values().map(|(born, node)| (*born, node.id.clone(), node)).collect();
        nodes.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        same("nodes", state.nodes(), nodes.iter().map(|(_, _, node)| *node));
        let mut evals: Vec<_> = self.evals.values().map(|(born, eval)| (*born, eval.id.clone(), eval)).collect();
        evals.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        same("evaluations", state.evals(), evals.iter().map(|(_, _, eval)| *eval));
        self.jobs_equal(state, &evals);
        let mut allocs: Vec<(&AllocId, &TwinAlloc)> = self.allocs.iter().collect();
        allocs.sort_by_key(|(_, alloc)| alloc.number);
        self.allocs_equal(state, &allocs);
        for prefix in ["", "a", "aa", "b", "1", "\0"] {
            let starts = |id: &dyn ToString| id.to_string().starts_with(prefix);
            let found = state.nodes_by_prefix(prefix).map(|node| &node.id);
            same("nodes by prefix", found, self.nodes.keys().filter(|id| starts(id)));
            let found = state.evals_by_prefix(prefix).map(|eval| &eval.id);
            same("evaluations by prefix", found, self.evals.keys().filter(|id| starts(id)));
            let found = state.allocs_by_prefix(prefix).map(|alloc| alloc.id());
            same("allocations by prefix", found, self.allocs.keys().filter(|id| starts(id)));
        }
    }

    fn jobs_equal(&self, state: &State, evals: &[(Index, EvalId, &Arc<Evaluation>)]) {
        let there = || self.jobs.iter().filter(|(_, job)| !job.versions.is_empty());
        let found = state.jobs().map(|job| (job.spec().namespace.clone(), job.spec().id.clone()));
        same("jobs", found, there().map(|(key, _)| key.clone()));
        for ((namespace, id), job) in &self.jobs {
            let found = state.job(namespace, id);
            assert_eq!(found.is_some(), !job.versions.is_empty(), "job {id}");
            if let Some(found) = found {
                same("versions", found.versions(), &job.versions);
                assert_eq!((Some(found.state()), found.summary()), (job.state.as_ref(), job.summary.as_ref()));
            }
            let of = |eval: &Evaluation| eval.namespace == *namespace && eval.job_id == *id;
            let expected = evals.iter().map(|(_, _, eval)| *eval).filter(|eval| of(eval));
            same("evaluations of a job", state.evals_of_job(namespace, id), expected);
        }
    }

    fn allocs_equal(&self, state: &State, allocs: &[(&AllocId, &TwinAlloc)]) {
        same("allocations", state.allocs().map(|alloc| seen(&alloc)), allocs.iter().map(|(_, alloc)| alloc.seen()));
        let ids = |of: &dyn Fn(&TwinAlloc) -> bool| -> Vec<AllocId> {
            allocs.iter().filter(|(_, alloc)| of(alloc)).map(|(id, _)| (*id).clone()).collect()
        };
        let id = |alloc: AllocRef<'_>| alloc.id().clone();
        for (id, alloc) in allocs {
            assert_eq!(state.alloc(id).map(|found| seen(&found)), Some(alloc.seen()));
        }
        for node in self.nodes.keys() {
            let slot = state.node_slot(node).expect("a node");
            same("allocations on a node", state.allocs_on(slot).map(id), ids(&|alloc| alloc.node == *node));
        }
        for (namespace, job) in self.jobs.keys() {
            let of = |alloc: &TwinAlloc| alloc.cohort.job().namespace == *namespace && alloc.cohort.job().id == *job;
            same("allocations of a job", state.allocs_of_job(namespace, job).map(id), ids(&of));
        }
        for (eval, (born, _)) in &self.evals {
            let of = |alloc: &TwinAlloc| alloc.cohort.eval_id == *eval && alloc.eval == Some(*born);
            same("allocations of an evaluation", state.allocs_of_eval(eval).map(id), ids(&of));
        }
    }
}

/// An allocation as readers see it.
type Seen = (ChangedAlloc, NodeId, u32, Index, (Index, Time), EvalId, (JobId, u64));

impl TwinAlloc {
    fn seen(&self) -> Seen {
        let (cohort, job) = (&self.cohort, self.cohort.job());
        let created = (cohort.create_index, cohort.create_time);
        let eval = cohort.eval_id.clone();
        let job = (job.id.clone(), job.version);
        (self.changed.clone(), self.node.clone(), self.index, self.modify_index, created, eval, job)
    }
}

fn seen(alloc: &AllocRef<'_>) -> Seen {
    let (cohort, job) = (alloc.cohort(), alloc.job());
    let changed = ChangedAlloc {
        id: alloc.id().clone(),
        desired_status: alloc.desired_status(),
        client_status: alloc.client_status(),
        alloc_modify_index: alloc.alloc_modify_index(),
        modify_time: alloc.modify_time(),
        extra: alloc.extra().cloned().map(|extra: Arc<AllocExtra>| extra),
        cohort: None,
    };
    let node = alloc.node().map(|node| node.id.clone()).unwrap_or_default();
    let created = (alloc.create_index(), cohort.create_time);
    let job = (job.id.clone(), job.version);
    (changed, node, alloc.index(), alloc.modify_index(), created, cohort.eval_id.clone(), job)
}

fn same<T: PartialEq + Debug>(what: &str, found: impl IntoIterator<Item = T>, expected: impl IntoIterator<Item = T>) {
    let (found, expected): (Vec<T>, Vec<T>) = (found.into_iter().collect(), expected.into_iter().collect());
    assert_eq!(found, expected, "{what}");
}
