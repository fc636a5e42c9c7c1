//! Blocked evaluations: jobs that wait for room.
//!
//! At most one per job (LOOP-202). Anything that may make room releases all of them, in the order in which they were
//! blocked. They tell which node classes could help, but nobody asks them yet (LOOP-207).

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{Evaluation, JobId, Namespace};

/// Evaluations that wait for room, by job.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blocked {
    by_job: BTreeMap<(Namespace, JobId), Arc<Evaluation>>,
}

impl Blocked {
    /// Tracks an evaluation; answers the older one that it takes the place of.
    pub(crate) fn track(&mut self, eval: Arc<Evaluation>) -> Option<Arc<Evaluation>> {
        let key = (eval.namespace.clone(), eval.job_id.clone());
        self.by_job.insert(key, eval.clone()).filter(|older| older.id != eval.id)
    }

    /// Forgets a job's evaluation.
    pub(crate) fn untrack(&mut self, namespace: &Namespace, id: &JobId) {
        self.by_job.remove(&(namespace.clone(), id.clone()));
    }

    /// Releases everything, oldest first.
    pub(crate) fn release(&mut self) -> Vec<Arc<Evaluation>> {
        let mut released: Vec<_> = std::mem::take(&mut self.by_job).into_values().collect();
        released.sort_by_key(|eval| (eval.create_index, eval.id.clone()));
        released
    }

    /// Evaluations tracked.
    pub(crate) fn len(&self) -> usize {
        self.by_job.len()
    }
}
