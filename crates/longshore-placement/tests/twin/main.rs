//! The exact search against a brute-force twin: its own ledger of allocations, its own fitting, its own scoring.
//!
//! A world has a policy, a fleet that changes, and jobs with every kind of rule. Jobs are evaluated as a scheduler does
//! it: groups have their turns, something stops, something is placed, at the end all is taken back, and the plan is
//! committed or refused. Of every placement search and twin must say the same: which node, what it gets there, and how
//! good it is. The twin reads nothing of the search, and of the crate only [`Attempt`](longshore_placement::Attempt)
//! for what one node answers by itself; that is held to recorded cases.
//!
//! `LONGSHORE_TWIN_DECISIONS=1000000 cargo test --profile ci -p longshore-placement --test twin` makes a million
//! decisions, `LONGSHORE_TWIN_SEED` says with which world to begin; the default is a few thousand.
//!
//! | Module | Idea |
//! |---|---|
//! | [`dice`] | chance |
//! | [`nodes`], [`jobs`] | what worlds are made of |
//! | [`policies`] | scores that decide alone |
//! | [`ledger`] | who is where |
//! | [`rules`] | what a node's record says |
//! | [`fit`] | amounts and devices |
//! | [`uses`] | property values in use, and spreads |
//! | [`judge`] | one question, every node |
//! | [`world`] | what happens between evaluations |
//! | [`turns`] | one evaluation |

mod dice;
mod fit;
mod jobs;
mod judge;
mod ledger;
mod nodes;
mod policies;
mod rules;
mod turns;
mod uses;
mod world;

use world::World;

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
#[expect(clippy::print_stdout, reason = "a long run says what it did")]
fn the_exact_search_equals_the_twin() {
    let wanted = number("LONGSHORE_TWIN_DECISIONS").unwrap_or(6_000);
    let (mut seed, mut made, mut found) = (number("LONGSHORE_TWIN_SEED").unwrap_or(0) as u64, 0, 0);
    while made < wanted {
        let mut world = World::new(seed);
        // A long one every now and then, for what comes only with time.
        let enough = if seed % 64 == 63 { 20_000 } else { 600 };
        while world.decisions < enough.min(wanted - made) {
            match world.dice.once_in(3) {
                true => world.change(),
                false => turns::evaluate(&mut world),
            }
        }
        (made, found, seed) = (made + world.decisions, found + world.found, seed + 1);
    }
    println!("{made} decisions, {found} found a node, worlds up to {seed}");
    assert!(found > made / 4, "more decisions should find a node, only {found} of {made} did");
}
