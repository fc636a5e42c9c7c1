//! What the fuzz targets hold true. A target hands its bytes to the function of its name; a panic is a finding.
//!
//! `tests/corpus.rs` runs every file of `corpus` through the same functions, without a fuzzer.

mod checkpoint;
mod choices;
mod engine;
mod envelope;
mod filter;
mod invariants;
mod jobspec;
mod json;
mod log;
mod shapes;
mod state_ops;
mod twin;

pub use checkpoint::{Edited, checkpoint};
pub use engine::engine_calls;
pub use filter::filter;
pub use jobspec::{jobspec_hcl1, jobspec_hcl2};
pub use json::{job_json, node_json};
pub use log::{Tape, frame};
pub use state_ops::state_ops;
