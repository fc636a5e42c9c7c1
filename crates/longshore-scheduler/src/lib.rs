//! From an evaluation to a plan: the service and batch schedulers.
//!
//! [`Scheduler::process`] compares what a job should be with what a state says it is, and answers with a [`Plan`]: what
//! to stop, what to update where it is, what to place and on which node. It changes nothing itself, reads no clock and
//! draws nothing from a stream: the answer is a function of state, evaluation, time and seed.

mod history;
mod ids;
mod occupants;
mod plan;
mod reconcile;
mod resources;
mod run;
mod scheduler;

pub use ids::Ids;
pub use plan::{InPlace, Outcome, Placement, Plan, Preempted, Stop, StopReason};
pub use scheduler::{Preemption, Scheduler, Settings};
