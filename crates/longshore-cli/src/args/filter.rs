//! The flags of `filter`.

use std::path::PathBuf;

use clap::Args;

use super::existing_file;

/// Which objects to choose from a list.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterArgs {
    /// The filter expression; checked where it is run, so that errors can point into it.
    pub expression: String,
    /// The list, a JSON document; existed when it was named.
    pub file: PathBuf,
    /// What its elements are; `None` for JSON of any kind.
    pub kind: Option<ObjectType>,
}

/// What the elements of a list are.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")] // as recorded cases name them
pub enum ObjectType {
    /// Jobs.
    Job,
    /// Evaluations.
    Evaluation,
    /// Allocations.
    Allocation,
    /// Deployments.
    Deployment,
    /// Nodes.
    Node,
    /// Node pools.
    NodePool,
    /// Registered services.
    Service,
}

/// The flags as clap sees them.
#[derive(Debug, Args)]
pub(super) struct FilterFlags {
    /// Expression such as 'Status == running and "dc1" in Datacenters'
    #[arg(value_name = "EXPRESSION")]
    expression: String,
    /// File with a JSON list
    #[arg(value_name = "FILE", value_parser = existing_file)]
    file: PathBuf,
    /// What the elements are, so that members have their types and defaults [default: JSON as it is]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<ObjectType>,
}

impl FilterFlags {
    /// The flags as plain values.
    pub(super) fn check(self) -> FilterArgs {
        FilterArgs { expression: self.expression, file: self.file, kind: self.kind }
    }
}
