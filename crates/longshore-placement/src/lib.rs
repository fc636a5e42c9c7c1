//! Which node: the fleet table, filters, scorers, choosers and the exact search.
//!
//! This crate knows no store and no clock. Somebody else keeps the [`Fleet`] equal to a cluster's state and asks a
//! [`Search`] for the best node of an [`Ask`], again and again; [`Policy`] says what best means.
//!
//! | Module | Idea |
//! |---|---|
//! | [`account`] | what nodes have and what is held of it: cores, ports, devices, and does it fit |
//! | `asks`, `phases`, `proposed` | asks seen before; which tasks run together; what a plan leaves on nodes |
//! | [`amounts`](Amounts) | checked sums of CPU, memory and disk |
//! | [`ask`](Ask) | what one allocation of a group needs |
//! | [`fleet`](Fleet) | what every node has and what is free on it |
//! | [`attempt`](Attempt) | one group on one node: what it gets, whom it displaces, or what is short |
//! | [`score`] | how good a node is: every score of the reference, and their mean |
//! | [`preempt`] | whom to displace on one node |
//! | `distinct` | hosts of its own, and values of properties used only so often |
//! | `emptiness` | how empty a node is, as scores have it |
//! | [`classes`](Eligibility) | what is known of whole classes of nodes |
//! | [`every_node`](EveryNode) | what came of a system job's group on all nodes |
//! | [`examine`](Examiner) | one node under a select's eyes: feasible, fitting, how good |
//! | [`feasible`] | which nodes a group may run on at all |
//! | [`filter`](Filter) | which nodes may be considered |
//! | [`ledger`](Ledger) | a second opinion: does all this fit on one node |
//! | [`limit`](Limit) | how few scored nodes are enough for the sampled search |
//! | [`policy`] | which fitting node is best, which device instances to take |
//! | [`record`](Record) | what a select tells about itself |
//! | [`scan`](Scan) | the nodes that a job is tried on |
//! | [`search`](Search) | the best of all nodes, kept current |
//! | [`shuffle`](fn@shuffle) | the order in which the sampled search visits nodes |
//! | [`stack`](Stack) | select after select for one plan, the plain way: sampled as the reference does, or exact |
//! | [`top_scores`](TopScores) | the best few, for the record |
//! | [`volumes`] | whether a node has the volumes that a group asks for |

pub mod account;
mod amounts;
mod ask;
mod asks;
mod attempt;
mod classes;
mod distinct;
mod emptiness;
mod every_node;
mod examine;
pub mod feasible;
mod filter;
mod fleet;
mod ledger;
mod limit;
mod phases;
pub mod policy;
pub mod preempt;
mod proposed;
mod record;
mod scan;
pub mod score;
mod search;
mod shuffle;
mod stack;
mod top_scores;
pub mod volumes;

pub use amounts::{Amounts, Overflow};
pub use ask::{Ask, AskError, DeviceAsk, WHOLE};
pub use attempt::{Attempt, Exhausted, Placed, interpolated, memory};
pub use classes::Eligibility;
pub use every_node::EveryNode;
pub use examine::{Examined, Examiner, Manner};
pub use filter::Filter;
pub use fleet::{Assigned, DeviceKind, Fleet, FleetError, Holdings, NodeView, Slot};
pub use ledger::{Ledger, Refusal};
pub use limit::{Limit, first_best, visit_limit};
pub use policy::Policy;
pub use proposed::Tentative;
pub use record::{Ranked, Record, Tally, Wanted};
pub use scan::Scan;
pub use search::{Before, Choice, Given, Nobody, Occupants, Request, Resident, Search};
pub use shuffle::shuffle;
pub use stack::{Chosen, SelectOptions, Selection, Settings, Stack, Visit};
pub use top_scores::TopScores;
