//! A cluster with jobs that wait for their evaluation, and the evaluation itself, to be timed.

use std::sync::Arc;

use longshore::model::{EvalStatus, Evaluation, Job, Time};
use longshore::scheduler::{Ids, Outcome, Scheduler};
use longshore::{Engine, Error, Options, Policy};
use thiserror::Error as ThisError;

use super::case::{elsewhere, node};

/// When everything happens.
const NOW: Time = Time::from_secs(1_700_000_000);

/// Nodes, and nothing on them.
#[derive(Debug)]
pub struct EmptyCluster {
    engine: Engine,
}

impl EmptyCluster {
    /// So many nodes of the grid in so many racks.
    ///
    /// # Errors
    /// What the engine says of a node.
    pub fn new(nodes: usize, racks: usize) -> Result<EmptyCluster, GridError> {
        let mut engine = Engine::new(Options::default());
        for number in 0..nodes {
            engine.register_node(node(number, racks), NOW)?;
        }
        Ok(EmptyCluster { engine })
    }

    /// A copy of the cluster with these jobs registered and not evaluated yet. O(1) in the number of nodes.
    ///
    /// # Errors
    /// [`GridError::Refused`] for a job that asks for what the engine does not support.
    pub fn with(&self, jobs: impl IntoIterator<Item = Job>) -> Result<Registered, GridError> {
        let mut engine = self.engine.fork();
        let mut register = |job: Job| -> Result<Arc<Evaluation>, GridError> {
            let written = engine.register_job(job, NOW)?;
            engine.state().eval(&written.eval_id).cloned().ok_or(GridError::NotEvaluated)
        };
        let elsewhere = register(elsewhere())?;
        let evals = jobs.into_iter().map(register).collect::<Result<_, _>>()?;
        Ok(Registered { engine, elsewhere, evals })
    }
}

/// Jobs on a cluster that nobody has evaluated yet.
#[derive(Debug)]
pub struct Registered {
    engine: Engine,
    /// Of a job that no node is for.
    elsewhere: Arc<Evaluation>,
    /// Of the jobs, in their order.
    evals: Vec<Arc<Evaluation>>,
}

impl Registered {
    /// A scheduler that knows the nodes and no job: it has evaluated one that none of them is for.
    #[must_use]
    pub fn scheduler(&self) -> Scheduler {
        let mut scheduler = Scheduler::new(Policy::default(), Ids::new(0));
        drop(scheduler.process(self.engine.state(), &self.elsewhere, NOW));
        scheduler
    }

    /// How many jobs there are.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.evals.len()
    }

    /// Evaluates a job, by its number from 0, and commits nothing: what is timed.
    ///
    /// # Panics
    /// If there is no such job.
    pub fn evaluate(&self, scheduler: &mut Scheduler, job: usize) -> Outcome {
        scheduler.process(self.engine.state(), &self.evals[job], NOW)
    }

    /// Times the evaluation of the first job so many times, each time by a scheduler that has nothing cached for it; the
    /// fastest counts. `clock` answers nanoseconds from any origin and is read around each evaluation.
    ///
    /// # Errors
    /// [`GridError::Failed`] if the evaluation fails, [`GridError::NotEvaluated`] if there is no job.
    pub fn measure(&self, repeats: u32, mut clock: impl FnMut() -> u64) -> Result<Measured, GridError> {
        if self.evals.is_empty() {
            return Err(GridError::NotEvaluated);
        }
        let mut measured = Measured { placed: 0, nanos: u64::MAX };
        for _ in 0..repeats.max(1) {
            let mut scheduler = self.scheduler();
            let before = clock();
            let outcome = self.evaluate(&mut scheduler, 0);
            let nanos = clock().saturating_sub(before);
            if outcome.status != EvalStatus::Complete {
                return Err(GridError::Failed { why: outcome.description });
            }
            measured = Measured { placed: outcome.plan.placements.len(), nanos: measured.nanos.min(nanos) };
        }
        Ok(measured)
    }
}

/// What a case came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Measured {
    /// Allocations placed; a small cluster has less room than is asked for.
    pub placed: usize,
    /// Nanoseconds of the evaluation.
    pub nanos: u64,
}

/// Why a case could not be measured.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum GridError {
    /// The engine does not take a node or a job.
    #[error(transparent)]
    Refused(Box<Error>),
    /// The job was registered and cannot be placed as it says.
    #[error("the evaluation failed: {why}")]
    Failed {
        /// What the scheduler said.
        why: String,
    },
    /// There is no job to evaluate.
    #[error("there is no evaluation: register a job")]
    NotEvaluated,
}

impl From<Error> for GridError {
    fn from(error: Error) -> GridError {
        GridError::Refused(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Case, job};

    fn measured(case: Case) -> Result<Measured, GridError> {
        let mut now = 0;
        let clock = || {
            now += 1_000;
            now
        };
        EmptyCluster::new(case.nodes, case.racks)?.with([job("grid", case)])?.measure(2, clock)
    }

    #[test]
    fn a_node_has_room_for_two() -> Result<(), GridError> {
        // Of 10 racks the first five are allowed.
        let table =
            [(20, 10, 20), (20, 10, 21), (20, 3, 50), (23, 10, 23), (23, 10, 50)].map(|(nodes, racks, count)| {
                let placed = measured(Case { nodes, racks, count, spread: false }).expect("measured").placed;
                format!("{nodes} nodes, {racks} racks: {placed} of {count}\n")
            });
        assert_eq!(
            table.concat(),
            "20 nodes, 10 racks: 20 of 20\n\
             20 nodes, 10 racks: 20 of 21\n\
             20 nodes, 3 racks: 14 of 50\n\
             23 nodes, 10 racks: 23 of 23\n\
             23 nodes, 10 racks: 26 of 50\n"
        );
        Ok(())
    }

    #[test]
    fn a_spread_is_placed_wholly() -> Result<(), GridError> {
        assert_eq!(measured(Case { nodes: 20, racks: 10, count: 8, spread: true })?.placed, 8);
        Ok(())
    }

    #[test]
    fn only_the_evaluation_is_timed_and_commits_nothing() -> Result<(), GridError> {
        let case = Case { nodes: 10, racks: 5, count: 4, spread: false };
        assert_eq!(measured(case)?, Measured { placed: 4, nanos: 1_000 });
        let registered = EmptyCluster::new(10, 5)?.with([job("a", case), job("b", case)])?;
        let before = registered.engine.state().digest();
        let mut scheduler = registered.scheduler();
        for number in [0, 1, 0] {
            assert_eq!(registered.evaluate(&mut scheduler, number).plan.placements.len(), 4);
        }
        assert_eq!((registered.jobs(), registered.engine.state().digest()), (2, before));
        assert!(matches!(EmptyCluster::new(1, 1)?.with([])?.measure(1, || 0), Err(GridError::NotEvaluated)));
        Ok(())
    }
}
