//! The best node where others make room.

use std::sync::Arc;

use super::board::{Keys, Patch};
use super::look::{self, Tried};
use super::{Choice, Given, Request, Search};
use crate::score::preemption;

impl Search {
    /// The best node if others may be displaced there: where there is none without, that is. Whom the plan displaces
    /// already says nothing (PLACE-105).
    ///
    /// # Cost
    /// Every admitted node is tried with all that is on it.
    pub fn best_displacing(&mut self, request: &Request<'_>) -> Option<Choice> {
        let place = self.current_board(request);
        let mut best: Option<Choice> = None;
        for slot in self.boards[place].admitted.iter().collect::<Vec<_>>() {
            let board = &mut self.boards[place];
            let mut own = self.round.as_mut().filter(|round| round.place == place);
            let barred = own.as_ref().is_some_and(|round| round.forbids(slot));
            let Some(node) = self.fleet.view(slot).filter(|_| !barred) else { continue };
            if own.as_ref().is_some_and(|round| round.taken(node.node()).is_some()) {
                continue;
            }
            let Ok(tried) = look::attempt_displacing(request, &node, Some(&[])) else { continue };
            let patch = Patch::new(&self.fleet, &self.policy, request, own.as_deref());
            let mut scores = patch.scores(board, &node, Some(&tried));
            if let (Keys::Spread(cells), Some(round)) = (&board.keys, &mut own) {
                let boost = cells.boost_at(request.ask, slot, &mut round.weather);
                scores.spread = (boost != 0.0).then_some(boost);
            }
            scores.preemption = preemption(&priorities(&tried));
            let choice = Choice {
                slot,
                score: scores.mean(),
                scores,
                given: Given::Resources(Arc::new(tried.placed.resources)),
                victims: tried.placed.victims,
                runners_up: Vec::new(),
            };
            if best.as_ref().is_none_or(|best| choice.score > best.score) {
                best = Some(choice);
            }
        }
        best
    }
}

/// The priorities of those that an attempt displaces.
fn priorities(tried: &Tried) -> Vec<i64> {
    let victims = tried.occupants.iter().filter(|alloc| tried.placed.victims.contains(&alloc.id));
    victims.filter_map(|alloc| Some(alloc.job.as_ref()?.priority)).collect()
}
