//! An embedded scheduling engine: jobs and nodes in, decisions out. No clock, no threads, no network.
//!
//! A host links this crate, tells an [`Engine`] of nodes and jobs, reports what happens, and asks what must run where.
//! Every call that writes takes the time; everything left to chance follows from a seed. So the same calls give the same
//! state, bit for bit, on every machine: [`State::digest`](store::State::digest) says so.
//!
//! ```
//! use longshore::{AllocReport, Engine, Options};
//! use longshore::model::{ClientStatus, Duration, Job, Node, Task, TaskGroup, Time};
//!
//! let mut engine = Engine::new(Options::default());
//! let start = Time::from_secs(1_700_000_000);
//! for id in ["node-1", "node-2"] {
//!     engine.register_node(Node::new(id).datacenter("dc1").cpu(4000).memory_mb(8192).disk_mb(9000).driver("exec"), start)?;
//! }
//! let task = Task::new("server").driver("exec").cpu(500).memory_mb(256);
//! engine.register_job(Job::service("web").with_group(TaskGroup::new("front").task(task)), start)?;
//! engine.tick(start)?;
//!
//! // It fails; the policy holds it back for thirty seconds, then it is placed again, on the other node.
//! let (id, node) = {
//!     let alloc = engine.state().allocs().next().unwrap();
//!     (alloc.id().clone(), alloc.node().unwrap().id.clone())
//! };
//! engine.report_allocs(&[AllocReport::new(id, ClientStatus::Failed)], start)?;
//! engine.tick(start)?;
//! let due = engine.next_wakeup().unwrap();
//! assert_eq!(due, start + Duration::from_secs(30));
//! engine.tick(due)?;
//! assert_eq!(engine.work_of(&node).count(), 0);
//! # Ok::<(), longshore::Error>(())
//! ```

mod apply_plan;
mod blocked;
mod broker;
mod catch_up;
mod check;
mod engine;
mod error;
mod events;
mod jobs;
mod ledgers;
mod nodes;
mod reports;
mod timers;
mod write;

pub use engine::{Engine, Limits, Options, Snapshot, Tick, Written};
pub use error::{Error, JobFault};
pub use events::{Cursor, Event, Lagged, Subject};
pub use jobs::{DocumentWritten, JobWritten};
pub use longshore_filter as filter;
pub use longshore_model as model;
pub use longshore_placement as placement;
pub use longshore_placement::Policy;
pub use longshore_scheduler as scheduler;
pub use longshore_store as store;
pub use reports::AllocReport;
