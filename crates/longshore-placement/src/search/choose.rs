//! The best node: what leads by columns, looked at where columns do not tell all.

use std::sync::Arc;

use super::assign::{assign, tightest_fitting};
use super::block::{LOWEST, Weather};
use super::board::{Board, Closed, Keys, Patch};
use super::look::{self, Tried};
use super::{Choice, Given, Request, Search};
use crate::ask::{DeviceAsk, Look};
use crate::fleet::{Assigned, NodeView, Slot};
use crate::policy::Policy;

impl Search {
    /// The best node for the request, and what it gets there; the oldest of equals. `None` if there is none.
    ///
    /// # Cost
    /// A re-scoring per node changed since the ask was last placed; the first time, one per node.
    pub fn best(&mut self, request: &Request<'_>) -> Option<Choice> {
        if self.round.is_none()
            && self.may_scan(request)
            && let Some(choice) = self.scan(request)
        {
            return Some(choice);
        }
        let place = self.current_board(request);
        let own =
            |search: &mut Search| search.round.as_mut().filter(|round| round.place == place).map(|round| round.weather);
        let turn = own(self);
        let mut weather = turn.unwrap_or(Weather { weights: request.ask.weights, lowest: LOWEST });
        self.settle(request, place, &mut weather);
        let choice = self.choose(request, place, &mut weather);
        if let (Some(_), Some(round)) = (turn, &mut self.round) {
            round.weather = weather;
        }
        choice
    }

    /// Lowers the lowest boost by what nodes have that would do (PLACE-95): of a cell that would lower it, the best node is
    /// examined, and the next if that one would not do.
    fn settle(&mut self, request: &Request<'_>, place: usize, weather: &mut Weather) {
        let examined =
            request.ask.look == Look::Winner || !request.ask.properties.is_empty() || request.ask.goes_by_name();
        if !examined {
            return; // columns tell all
        }
        loop {
            let Keys::Spread(cells) = &self.boards[place].keys else { return };
            let Some((slot, lowest)) = cells.sinking(request.ask, *weather) else { return };
            if self.examine(request, place, slot).is_some() {
                weather.lowest = lowest;
            }
        }
    }

    /// The best node that would do.
    fn choose(&mut self, request: &Request<'_>, place: usize, weather: &mut Weather) -> Option<Choice> {
        loop {
            let slot = leader(request, &self.boards[place], weather)?;
            let Some(tried) = self.examine(request, place, slot) else { continue };
            let (node, board) = (self.fleet.view(slot)?, &mut self.boards[place]);
            let own = self.round.as_ref().filter(|round| round.place == place);
            let patch = Patch::new(&self.fleet, &self.policy, request, own);
            let mut scores = patch.scores(board, &node, tried.as_ref().filter(|_| request.ask.look == Look::Each));
            let given = match tried {
                Some(tried) => Given::Resources(Arc::new(tried.placed.resources)),
                None => Given::Devices(instances(&self.policy, request, &node, &board.matching)?),
            };
            if let Keys::Spread(cells) = &board.keys {
                let boost = cells.boost_at(request.ask, slot, weather);
                scores.spread = (boost != 0.0).then_some(boost);
            }
            let runners_up =
                if request.runners_up == 0 { Vec::new() } else { self.runners_up(request, place, slot, *weather) };
            return Some(Choice { slot, score: scores.mean(), scores, given, victims: Vec::new(), runners_up });
        }
    }

    /// Whether a node would do that columns speak for, and what a look at it came to; one that would not is closed.
    fn examine(&mut self, request: &Request<'_>, place: usize, slot: Slot) -> Option<Option<Tried>> {
        let (node, board) = (self.fleet.view(slot)?, &mut self.boards[place]);
        let own = self.round.as_mut().filter(|round| round.place == place);
        if let Some(unfit) = own.as_ref().and_then(|round| round.taken(node.node())) {
            board.close(slot, Closed::Filtered(unfit));
            own.into_iter().for_each(|round| round.closed.push(slot));
            return None;
        }
        if request.ask.look == Look::Columns {
            return Some(None);
        }
        match look::attempt(request, &node) {
            Ok(tried) => Some(Some(tried)),
            Err(closed) => {
                board.close(slot, closed);
                if request.ask.goes_by_name() {
                    board.by_name.push(slot);
                }
                None
            }
        }
    }
}

/// The best by what columns tell.
pub(super) fn leader(request: &Request<'_>, board: &Board, weather: &mut Weather) -> Option<Slot> {
    match &board.keys {
        Keys::Plain(plots, forest) => forest.best(plots, 0).map(|(slot, _)| Slot(slot as u32)),
        Keys::Spread(cells) => {
            let parts = 1 + i64::from(!request.ask.affinities.is_empty()) + i64::from(request.ask.likes_devices);
            cells.best(request.ask, weather, parts).map(|(slot, _)| slot)
        }
    }
}

/// Of several requests an early choice may leave none for a later one; the tightest, by which they fit, does not.
fn instances(
    policy: &Policy,
    request: &Request<'_>,
    node: &NodeView<'_>,
    matching: &[Vec<bool>],
) -> Option<Vec<Assigned>> {
    let Request { ask, occasion, .. } = *request;
    let chosen = |device: &DeviceAsk, free: &[u16]| policy.chooser().choose(ask, device, node, free, occasion);
    assign(ask, node, matching, chosen).or_else(|| assign(ask, node, matching, tightest_fitting))
}
