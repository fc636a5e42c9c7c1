//! What jobs demand of nodes and of devices, and which nodes no demand tells apart.
//!
//! | Module | Question | Rules |
//! |---|---|---|
//! | [`target`] | what does `${attr.kernel.name}` stand for on this node? | FEAS-40 to FEAS-44 |
//! | [`rule`] | does a constraint hold? | FEAS-50 to FEAS-65 |
//! | [`device`] | does a device group answer a request? | FEAS-105, FEAS-106, FEAS-140 to FEAS-146 |
//! | [`pattern`] | is a node in one of these datacenters? | FEAS-4 |
//! | [`class`] | are two nodes alike to every rule that names no single node? | FEAS-20 to FEAS-22 |
//! | [`escape`](escapes) | does a rule name single nodes? | FEAS-24 |
//!
//! A constraint is compiled once and asked of many nodes: expressions, version lists and sets on its right side are read
//! when it is compiled.
//!
//! ```
//! use longshore_constraint::Rule;
//! use longshore_model::{Constraint, Node};
//! let rule = Rule::new(&Constraint::new("${attr.kernel.version}", "version", ">= 5.4"));
//! let node = |kernel: &str| Node::new("n").attribute("kernel.version", kernel);
//! assert!(rule.holds(&node("5.15.0")) && !rule.holds(&node("4.19.1")) && !rule.holds(&Node::new("bare")));
//! ```
//!
//! Nothing here fails: what a rule cannot read never holds (FEAS-64). Validation refuses most of that before.

pub mod class;
pub mod device;
pub mod pattern;
pub mod rule;
pub mod target;

pub use device::{DeviceFacts, DeviceName, DeviceRule};
pub use pattern::matches;
pub use rule::Rule;
pub use target::{Target, escapes};
