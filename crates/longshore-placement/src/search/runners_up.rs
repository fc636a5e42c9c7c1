//! The next best nodes, for the record.

use super::block::Weather;
use super::board::{Keys, Patch};
use super::choose::leader;
use super::{Request, Search};
use crate::ask::Look;
use crate::fleet::Slot;
use crate::score::Scores;

impl Search {
    /// The next best nodes: the leaders when those before them are taken out. They are put back.
    pub(super) fn runners_up(
        &mut self,
        request: &Request<'_>,
        place: usize,
        best: Slot,
        mut weather: Weather,
    ) -> Vec<(Slot, Scores)> {
        let mut found: Vec<(Slot, Scores)> = Vec::new();
        if self.policy.scorer().algorithm().is_none() || request.ask.look == Look::Each {
            return found;
        }
        self.boards[place].take_out(best);
        while found.len() < request.runners_up {
            let Some(slot) = leader(request, &self.boards[place], &mut weather) else { break };
            let Some(node) = self.fleet.view(slot) else { break };
            let board = &mut self.boards[place];
            let own = self.round.as_ref().filter(|round| round.place == place);
            let patch = Patch::new(&self.fleet, &self.policy, request, own);
            let mut scores = patch.scores(board, &node, None);
            if let Keys::Spread(cells) = &board.keys {
                let boost = cells.boost_at(request.ask, slot, &mut weather);
                scores.spread = (boost != 0.0).then_some(boost);
            }
            board.take_out(slot);
            found.push((slot, scores));
        }
        let own = self.round.as_ref().filter(|round| round.place == place);
        let patch = Patch::new(&self.fleet, &self.policy, request, own);
        for slot in found.iter().map(|(slot, _)| *slot).chain([best]) {
            patch.renew(&mut self.boards[place], slot);
        }
        found
    }
}
