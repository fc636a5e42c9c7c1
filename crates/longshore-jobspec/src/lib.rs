//! Job specification texts.

mod decode;
mod diagnostics;
mod eval;
mod files;
mod functions;
mod hcl1;
mod job_json;
mod limits;
mod locals;
mod options;
mod parse;
mod schema;
mod submission;
mod syntax;
mod text;
mod typespec;
mod value;
mod variables;

pub use diagnostics::{Diagnostic, Place, Severity};
pub use files::{Files, MemoryFiles};
pub use hcl1::parse_hcl1;
pub use job_json::parse_json;
pub use limits::Limits;
pub use options::Options;
pub use parse::{Failure, Parsed, Stage, kill_timeout, parse, to_document};
pub use submission::{Format, Submission};
pub use text::Position;
