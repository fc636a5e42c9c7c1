//! The job model of the Longshore scheduling engine: jobs, nodes, allocations, evaluations, deployments, plans.
//!
//! Every object is declared once, by [`record!`]: a Rust struct with Rust's names, the reference's JSON names, what an
//! absent member means, and its encodings. Enumerations are enums ([`keyword!`]), identifiers newtypes ([`id`]),
//! durations and times integers of nanoseconds ([`time`]).
//!
//! What an author submits is a [`document`], in which absent differs from zero; it becomes a canonical [`Job`], in which
//! everything has a value:
//!
//! ```
//! use longshore_model::{Cluster, Request, document, from_json};
//! let document: document::Job = from_json(r#"{
//!     "ID": "web", "TaskGroups": [{"Name": "front", "Count": 3,
//!     "Tasks": [{"Name": "server", "Driver": "exec", "Resources": {"CPU": 500}}]}]
//! }"#)?;
//! let job = document.canonicalize(&Request::default(), &Cluster::default());
//! assert_eq!((job.priority, job.task_groups[0].count), (50, 3));
//! # Ok::<(), longshore_model::DecodeError>(())
//! ```
//!
//! This crate knows no store, no clock and no scheduler.

mod canonical;
#[macro_use]
pub mod wire;
#[macro_use]
mod record;
#[macro_use]
mod keyword;
pub mod change;
pub mod diff;
pub mod disconnect;
pub mod document;
pub mod id;
pub mod names;
pub mod reflect;
pub mod time;

mod alloc;
mod alloc_status;
mod alloc_total;
mod build;
mod bytes;
mod canonicalize;
mod constraint;
mod decode;
mod deployment;
mod depth;
mod eval;
mod group;
mod job;
mod map;
mod metric;
mod namespace;
mod network;
mod node;
mod node_resources;
mod nullable;
mod opaque;
mod periodic;
mod plan;
mod registration;
mod resources;
mod scaling;
mod service;
mod stubs;
mod summary;
mod task;
mod task_state;
mod template;
mod update;
pub mod validate;
mod value;
mod volume;

pub use alloc::*;
pub use alloc_total::AllocatedTotal;
pub use build::InvalidJob;
pub use bytes::Bytes;
pub use canonicalize::{Cluster, Request};
pub use constraint::*;
pub use decode::{DecodeError, from_json, to_json};
pub use deployment::*;
pub use depth::deep_values;
pub use eval::*;
pub use group::*;
pub use id::{AllocId, DeploymentId, EvalId, GroupName, JobId, Namespace, NodeId, TaskName};
pub use job::*;
pub use map::Map;
pub use metric::*;
pub use namespace::*;
pub use network::*;
pub use node::*;
pub use node_resources::*;
pub use nullable::{Nullable, SharedDefault};
pub use opaque::*;
pub use periodic::*;
pub use plan::*;
pub use registration::{IndexError, UpdateError, enforce_index};
pub use resources::*;
pub use scaling::*;
pub use service::*;
pub use stubs::*;
pub use summary::*;
pub use task::*;
pub use task_state::*;
pub use template::*;
pub use time::{DateTime, Duration, Time};
pub use update::*;
pub use value::plain_numbers;
pub use volume::*;
pub use wire::List;
