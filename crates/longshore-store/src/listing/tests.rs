//! Lists against a twin that sorts everything and cuts by hand.

use std::convert::Infallible;

use longshore_model::id::IdPrefix;
use longshore_model::{JobId, Namespace};
use proptest::prelude::*;

use super::{Direction, Listing, Page, PageOptions, Token};
use crate::contract::Life;
use crate::state::State;

const BOTH: [Direction; 2] = [Direction::Forward, Direction::Reverse];

fn state(seed: u64, frames: usize) -> State {
    let mut life = Life::new(seed);
    (0..frames).for_each(|_| drop(life.frame(3)));
    life.state().clone()
}

/// Every page of a list in turn, and how many there were.
fn pages<'a, T: 'a>(per_page: i32, list: impl Fn() -> Listing<'a, T>) -> (Vec<T>, usize) {
    let (mut all, mut token, mut count) = (Vec::new(), String::new(), 0);
    loop {
        let Ok(Page { items, next_token }) =
            list().page(PageOptions { token: &token, per_page }, |_| Ok::<_, Infallible>(true));
        assert!(items.len() <= per_page as usize);
        all.extend(items);
        count += 1;
        if next_token.is_empty() {
            return (all, count);
        }
        token = next_token;
    }
}

/// A list is what the twin sorts, and its pages are the list.
fn agree<'a, T: 'a>(
    twin: &[String],
    per_page: i32,
    list: impl Fn() -> Listing<'a, T>,
    text: impl Fn(&T) -> String,
) -> Result<(), TestCaseError> {
    let whole: Vec<String> = list().map(|item| text(&item)).collect();
    prop_assert_eq!(&whole, twin);
    let (paged, count) = pages(per_page, &list);
    prop_assert_eq!(paged.iter().map(&text).collect::<Vec<_>>(), twin);
    prop_assert_eq!(count, twin.len().div_ceil(per_page as usize).max(1));
    Ok(())
}

/// Sorted, one way or the other, and without the key.
fn sorted<K: Ord>(mut rows: Vec<(K, String)>, direction: Direction) -> Vec<String> {
    rows.sort();
    if direction == Direction::Reverse {
        rows.reverse();
    }
    rows.into_iter().map(|(_, text)| text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn lists_and_their_pages_are_those_of_the_twin(seed: u64, frames in 1..60_usize, per_page in 1..9_i32, digit in 0..16_u8) {
        let state = state(seed, frames);
        let (default, digit) = (Namespace::from("default"), format!("{digit:x}0"));
        let prefix = IdPrefix::parse(&digit).unwrap();
        for direction in BOTH {
            for namespace in [None, Some(&default)] {
                let within = |found: &Namespace| namespace.is_none_or(|namespace| namespace == found);
                for start in ["", "job-1"] {
                    let jobs = state.jobs().map(|job| job.spec().clone());
                    let jobs = jobs.filter(|job| within(&job.namespace) && job.id.starts_with(start));
                    let key = |namespace: &Namespace, id: &JobId| (namespace.clone(), id.clone());
                    let twin = jobs.map(|job| (key(&job.namespace, &job.id), format!("{}/{}", job.namespace, job.id)));
                    agree(&sorted(twin.collect(), direction), per_page, || state.list_jobs(namespace, start, direction), |job| {
                        format!("{}/{}", job.spec().namespace, job.spec().id)
                    })?;
                }
                let allocs = || state.allocs().filter(|alloc| within(&alloc.job().namespace));
                let twin = allocs().map(|alloc| ((alloc.create_index(), alloc.id().clone()), alloc.id().to_string()));
                agree(&sorted(twin.collect(), direction), per_page, || state.list_allocs(namespace, None, direction), |alloc| alloc.id().to_string())?;
                let begun = allocs().filter(|alloc| alloc.id().to_string().starts_with(&digit));
                let twin = begun.map(|alloc| (alloc.id().clone(), alloc.id().to_string()));
                agree(&sorted(twin.collect(), direction), per_page, || state.list_allocs(namespace, Some(&prefix), direction), |alloc| alloc.id().to_string())?;
                let evals = state.evals().filter(|eval| within(&eval.namespace));
                let twin = evals.map(|eval| ((eval.create_index, eval.id.clone()), eval.id.to_string()));
                agree(&sorted(twin.collect(), direction), per_page, || state.list_evals(namespace, None, direction), |eval| eval.id.to_string())?;
            }
            let twin = state.nodes().map(|node| (node.id.clone(), node.id.to_string()));
            agree(&sorted(twin.collect(), direction), per_page, || state.list_nodes(None, direction), |node| node.id.to_string())?;
        }
    }
}

/// Statuses run from the latest change to the earliest, ties against the order of names.
#[test]
fn statuses_begin_with_the_latest_change() {
    let state = state(3, 40);
    let key = |job: &crate::JobRef<'_>| (job.modify_index(), job.spec().namespace.clone(), job.spec().id.clone());
    let mut twin: Vec<_> = state.jobs().map(|job| key(&job)).collect();
    twin.sort();
    assert!(twin.len() > 4);
    let listed = |direction| state.list_statuses(None, direction).map(|job| key(&job)).collect::<Vec<_>>();
    assert_eq!(listed(Direction::Reverse), twin);
    twin.reverse();
    assert_eq!(listed(Direction::Forward), twin);
}

/// API-123: below zero, no object, and the token of the first that passes.
#[test]
fn a_page_of_less_than_none_tells_where_the_first_is() {
    let state = state(5, 30);
    let second = state.list_nodes(None, Direction::Forward).nth(1).unwrap().id.clone();
    let options = PageOptions { token: "", per_page: -1 };
    let Ok(page) =
        state.list_nodes(None, Direction::Forward).page(options, |node| Ok::<_, Infallible>(node.id == second));
    assert_eq!((page.items.len(), page.next_token), (0, second.to_string()));
}

/// API-124: what has gone leaves its place to the next, and beyond the end there is nothing.
#[test]
fn tokens_of_what_has_gone() {
    let state = state(5, 30);
    let page = |token: &str, direction| {
        let Ok(page) = state
            .list_allocs(None, None, direction)
            .page(PageOptions { token, per_page: 1 }, |_| Ok::<_, Infallible>(true));
        page.items.first().map(|alloc| alloc.create_index())
    };
    let indexes: Vec<u64> =
        state.list_allocs(None, None, Direction::Forward).map(|alloc| alloc.create_index()).collect();
    let (first, last) = (indexes[0], *indexes.last().unwrap());
    assert_eq!(page(&format!("{first}."), Direction::Forward), Some(first));
    let later = indexes.iter().copied().find(|index| *index > first);
    assert_eq!(page(&format!("{}.", first + 1), Direction::Forward), later);
    assert_eq!(page(&format!("{}.", last + 1), Direction::Forward), None);
    assert_eq!(page(&format!("{}.", last + 1), Direction::Reverse), Some(last));
    assert_eq!(page("0.", Direction::Reverse), None);
}

/// API-125: one object that cannot be judged fails the page, unless it stands before the token.
#[test]
fn an_object_before_the_token_is_not_judged() {
    let state = state(5, 30);
    let ids: Vec<String> = state.list_nodes(None, Direction::Forward).map(|node| node.id.to_string()).collect();
    let page = |token: &str| {
        let options = PageOptions { token, per_page: 0 };
        let judge = |node: &&_| judge_all_but(&ids[0], node);
        state.list_nodes(None, Direction::Forward).page(options, judge).map(|page| page.items.len())
    };
    assert_eq!(page(""), Err("the first"));
    assert_eq!(page(&ids[1]), Ok(ids.len() - 1));
}

fn judge_all_but(id: &str, node: &std::sync::Arc<longshore_model::Node>) -> Result<bool, &'static str> {
    if node.id.to_string() == id { Err("the first") } else { Ok(true) }
}

/// The table of API-121's section: what tokens look like, and how they compare.
#[test]
fn tokens_compare_by_their_parts() {
    let id = "0c0c0c0c-1111-2222-3333-444444444444".into();
    let created = Token::Created(90, &id);
    assert_eq!(created.to_string(), "90.0c0c0c0c-1111-2222-3333-444444444444");
    assert!(created.compare("100.").is_lt() && created.compare("90.0").is_gt());
    // Whole texts where there is no number.
    assert!(created.compare("100").is_gt() && created.compare("x.1").is_lt());
    // API-128: by namespace first, whatever sorts below a dot.
    assert!(Token::Named("a", "z").compare("a-b.c").is_lt());
    assert!(Token::Modified(7).compare("nonsense").is_gt());
}
