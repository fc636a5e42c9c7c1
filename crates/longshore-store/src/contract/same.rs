//! Whether two states are the same to every reader.

use crate::batch::Table;
use crate::frame::Writer;
use crate::state::State;

/// What differs first between two states, as readers see them: rows, their order, indexes, digests, writers.
///
/// More than a comparison of digests, which say nothing of order and of the job versions behind allocations.
pub fn difference(left: &State, right: &State) -> Option<String> {
    let whole = |state: &State| (state.index(), state.time(), state.digest());
    if whole(left) != whole(right) {
        return Some(format!("index, time and digest: {:?} and {:?}", whole(left), whole(right)));
    }
    for table in Table::ALL {
        let of = |state: &State| (state.table_index(*table), state.table_digest(*table));
        if of(left) != of(right) {
            return Some(format!("index and digest of {table}: {:?} and {:?}", of(left), of(right)));
        }
    }
    let writers = |state: &State| -> Vec<(Writer, u64)> { state.writers.iter().map(|(who, at)| (*who, *at)).collect() };
    rows("writers", writers(left), writers(right))
        .or_else(|| rows("nodes", left.nodes(), right.nodes()))
        .or_else(|| {
            let jobs = |state: &State| -> Vec<_> {
                let all = state.jobs.iter().map(|(_, row)| row).filter(|row| row.is_there());
                let mut jobs: Vec<_> = all
                    .map(|row| {
                        let versions: Vec<_> = row.versions.iter().map(|version| version.job.clone()).collect();
                        (row.state.clone(), versions, row.summary.clone())
                    })
                    .collect();
                jobs.sort_by(|(a, ..), (b, ..)| (&a.namespace, &a.id).cmp(&(&b.namespace, &b.id)));
                jobs
            };
            rows("jobs", jobs(left), jobs(right))
        })
        .or_else(|| rows("evaluations", left.evals(), right.evals()))
        .or_else(|| {
            let whole = |state: &State| -> Vec<_> { state.allocs().map(|alloc| alloc.to_allocation()).collect() };
            rows("allocations", whole(left), whole(right))
        })
        .or_else(|| {
            let by_eval = |state: &State| -> Vec<_> {
                let of = |eval: &std::sync::Arc<longshore_model::Evaluation>| {
                    (
                        eval.id.clone(),
                        state.allocs_of_eval(&eval.id).map(|alloc| alloc.id().clone()).collect::<Vec<_>>(),
                    )
                };
                state.evals().map(of).collect()
            };
            rows("allocations by evaluation", by_eval(left), by_eval(right))
        })
}

fn rows<T: PartialEq + std::fmt::Debug>(
    what: &str,
    left: impl IntoIterator<Item = T>,
    right: impl IntoIterator<Item = T>,
) -> Option<String> {
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    for number in 0.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (left, right) if left == right => {}
            (left, right) => return Some(format!("{what}, number {number}: {left:?} and {right:?}")),
        }
    }
    None
}
