//! The kinds of cases that this program answers, one module each.
//!
//! To add one: write `kinds/<kind>.rs` with a `KIND`, name it in [`ALL`], copy the cases. See
//! `conformance/README.md`.

mod alloc_name;
mod alloc_resources;
mod alloc_status;
mod attribute;
mod bytes;
mod canonicalize;
mod class;
mod constraint;
mod constraint_validate;
mod cron;
mod deployment_state;
mod devices;
mod diff;
pub(super) mod driver;
mod duration;
mod enforce_index;
mod escaped;
mod expression;
mod feasible;
mod filter;
mod fit;
mod job_json;
mod job_update;
mod jobspec;
mod jobspec_v1;
mod language;
mod limit;
pub(super) mod placement_blocked;
mod port_list;
mod ports;
mod preempt;
mod reason;
mod reschedule;
mod score;
mod select_many;
mod spec_changed;
mod task_meta;
mod tasks_updated;
mod top_scores;
mod transition_merge;
mod validate;
mod version;
mod version_compare;
mod walk;

use serde_json::Value;

use super::case::Case;
use super::compare::{Difference, Level, Rules, first_difference};
use super::{pipeline, world};

/// A kind of cases: how this engine answers its inputs, and how answers compare.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name, as in the cases.
    pub name: &'static str,
    /// Answers a case's `input` in the shape of its `expect`. An error text says that the input
    /// was not understood; an error that the *reference* would answer with is an answer.
    pub answer: fn(&Value) -> Result<Value, String>,
    /// The first difference of an answer to what is recorded.
    pub compare: fn(&Case, &Value, Level) -> Option<Difference>,
}

impl Kind {
    /// A kind that compares by [`Rules::DEFAULT`].
    pub const fn new(name: &'static str, answer: fn(&Value) -> Result<Value, String>) -> Self {
        Self { name, answer, compare: by_default }
    }

    /// The same kind with a comparison of its own.
    pub const fn compared(self, compare: fn(&Case, &Value, Level) -> Option<Difference>) -> Self {
        Self { compare, ..self }
    }
}

/// Every kind that is answered; a kind that is not here is reported as unsupported.
pub const ALL: &[Kind] = &[
    alloc_name::KIND,
    alloc_resources::KIND,
    alloc_status::KIND,
    attribute::KIND,
    bytes::KIND,
    canonicalize::KIND,
    class::KIND,
    constraint::KIND,
    constraint_validate::KIND,
    cron::KIND,
    deployment_state::KIND,
    devices::KIND,
    diff::KIND,
    duration::KIND,
    enforce_index::KIND,
    escaped::KIND,
    expression::KIND,
    feasible::KIND,
    filter::KIND,
    fit::KIND,
    job_json::KIND,
    job_update::KIND,
    jobspec::KIND,
    jobspec_v1::KIND,
    limit::KIND,
    placement_blocked::KIND,
    port_list::KIND,
    ports::KIND,
    preempt::KIND,
    reschedule::KIND,
    score::KIND,
    select_many::KIND,
    spec_changed::KIND,
    task_meta::KIND,
    tasks_updated::KIND,
    top_scores::KIND,
    transition_merge::KIND,
    validate::KIND,
    version::KIND,
    version_compare::KIND,
    walk::KIND,
];

/// The whole answer by the default rules, at both levels.
fn by_default(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    first_difference(&case.expect, got, &Rules::DEFAULT)
}

/// Decodes an input into what the kind works on; the error names the member.
fn input<'de, T: serde::Deserialize<'de>>(input: &'de Value) -> Result<T, String> {
    serde_path_to_error::deserialize(input).map_err(|error| format!("the input was not understood: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_names_of_their_own() {
        let names: std::collections::BTreeSet<_> = ALL.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
