//! The reference's own scheduler benchmark, rebuilt: one evaluation of a large job on an otherwise empty cluster.
//!
//! A [`Case`] is one of 120: so many equal nodes in so many racks, a job of so many allocations that may use half of the
//! racks, spread over them or not. [`EmptyCluster`] holds the nodes, [`Registered`] jobs that nobody has evaluated yet,
//! and [`Reference`] what the reference took.
//!
//! What is timed is one call of the scheduler: from the evaluation that it is handed to the finished plan. The plan is
//! not committed. The fleet is in place, and nothing is cached for the job or for one like it.

mod case;
mod reference;
mod registered;

pub use case::{COUNTS, Case, NODES, RACKS, job, machine, node};
pub use reference::{Reference, ReferenceError, geometric_mean};
pub use registered::{EmptyCluster, GridError, Measured, Registered};
