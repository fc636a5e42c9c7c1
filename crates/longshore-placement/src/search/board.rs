//! One ask's view of the fleet: which nodes it admits, and a key for each that it fits on.

use std::collections::BTreeMap;

use super::assign::{amounts_fit, fits};
use super::bytes::tree;
use super::cells::Cells;
use super::dimension::Dimension;
use super::forest::{ABSENT, Forest, Plots};
use super::round::Round;
use super::score::{fixed, folded};
use super::slot_set::SlotSet;
use super::verdicts::Verdicts;
use super::{Request, look};
use crate::ask::{Ask, DeviceAsk, Look};
use crate::attempt::Exhausted;
use crate::feasible::Unfit;
use crate::fleet::{DeviceKind, Fleet, NO_PROFILE, NodeView, Slot};
use crate::policy::{Algorithm, Policy, thinning};
use crate::record::Record;
use crate::score::{Scores, anti_affinity};

/// One ask's view of the fleet.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub(super) keys: Keys,
    /// Which slots the filters admit.
    pub(super) admitted: SlotSet,
    /// Whom the filters keep out, and what is known of classes; `None` until somebody asks.
    pub(super) kept_out: Option<(Record, BTreeMap<String, bool>)>,
    verdicts: Verdicts,
    /// How well each profile is liked; a NaN until somebody asks.
    liked: Vec<f64>,
    /// What each slot was short of when it was last looked at: nothing, or one more than a dimension's number.
    pub(super) short: Vec<u8>,
    /// Slots that are out until their node changes, and why: found by a look at the node itself.
    pub(super) closed: BTreeMap<Slot, Closed>,
    /// Those of them that are out for the allocation of this name: others may have other volumes there (FEAS-121).
    pub(super) by_name: Vec<Slot>,
    name: String,
    /// Which device kinds answer each request.
    pub(super) matching: Vec<Vec<bool>>,
    /// What the ask does to nodes of each shape.
    thinned: Vec<[f64; 2]>,
    /// The fleet's change number that the keys are current to.
    pub(super) current: u64,
    /// The numbering of profiles that verdicts go by.
    pub(super) epoch: u64,
    /// Slots to be looked at again, besides those that changed.
    pub(super) stale: Vec<Slot>,
    /// When it was last used.
    pub(super) used: u64,
}

/// Keys by slot: of the nodes' own parts alone, or with those that cells share.
#[derive(Debug)]
pub(super) enum Keys {
    Plain(Plots, Forest),
    Spread(Box<Cells>),
}

impl Default for Keys {
    fn default() -> Keys {
        Keys::Plain(Plots::default(), Forest::default())
    }
}

/// Why a node that has the room is out all the same.
#[derive(Clone, Debug)]
pub(super) enum Closed {
    Filtered(Unfit),
    Exhausted(Exhausted),
}

impl Board {
    /// Makes the board another ask's; what it holds is kept for that one to fill.
    pub(super) fn forget(&mut self) {
        self.admitted.clear();
        self.thinned.clear();
        self.current = 0;
    }

    /// Closes a slot until its node changes.
    pub(super) fn close(&mut self, slot: Slot, why: Closed) {
        self.closed.insert(slot, why);
        self.set(slot, 0, ABSENT);
    }

    /// Takes a slot's key out, for as long as its board is not patched.
    pub(super) fn take_out(&mut self, slot: Slot) {
        self.set(slot, 0, ABSENT);
    }

    /// Opens it again: it is to be looked at anew.
    pub(super) fn reopen(&mut self, slot: Slot) {
        if self.closed.remove(&slot).is_some() {
            self.stale.push(slot);
        }
    }

    /// Opens what was closed for an allocation of another name.
    pub(super) fn ask_for(&mut self, request: &Request<'_>) {
        if request.ask.goes_by_name() && self.name != request.alloc_name {
            self.name = request.alloc_name.to_owned();
            std::mem::take(&mut self.by_name).into_iter().for_each(|slot| self.reopen(slot));
        }
    }

    fn set(&mut self, slot: Slot, extras: u8, key: i64) {
        match &mut self.keys {
            Keys::Plain(plots, forest) => forest.set(plots, 0, slot.index(), key),
            Keys::Spread(cells) => cells.set(slot, extras, key),
        }
    }

    /// Bytes held, about.
    pub(super) fn bytes(&self) -> usize {
        let keys = match &self.keys {
            Keys::Plain(plots, forest) => plots.bytes() + forest.bytes(),
            Keys::Spread(cells) => cells.bytes(),
        };
        let matching: usize = self.matching.iter().map(Vec::capacity).sum();
        keys + self.admitted.bytes()
            + self.short.capacity()
            + self.liked.capacity() * size_of::<f64>()
            + self.verdicts.bytes()
            + tree(self.closed.len(), size_of::<(Slot, Closed)>())
            + (self.by_name.capacity() + self.stale.capacity()) * size_of::<Slot>()
            + self.thinned.capacity() * size_of::<[f64; 2]>()
            + matching
    }
}

/// What it takes to bring a board up to date.
pub(super) struct Patch<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) policy: &'a Policy,
    pub(super) request: &'a Request<'a>,
    /// The turn that is on, if it is this ask's.
    pub(super) round: Option<&'a Round>,
    /// Set where columns alone tell the key of a node that the turn does not know.
    swift: Option<Algorithm>,
}

impl<'a> Patch<'a> {
    pub(super) fn new(
        fleet: &'a Fleet,
        policy: &'a Policy,
        request: &'a Request<'a>,
        round: Option<&'a Round>,
    ) -> Patch<'a> {
        let plain =
            request.ask.look != Look::Each && request.ask.devices.is_empty() && request.ask.affinities.is_empty();
        let swift = policy.scorer().algorithm().filter(|_| plain);
        Patch { fleet, policy, request, round, swift }
    }

    pub(super) fn ask(&self) -> &Ask {
        self.request.ask
    }

    /// Makes the board anew.
    pub(super) fn rebuild(&self, board: &mut Board) {
        self.match_kinds(board);
        board.kept_out = None;
        board.closed.clear();
        board.by_name.clear();
        board.name.clear();
        board.name.push_str(self.request.alloc_name);
        board.stale.clear();
        board.verdicts.clear();
        board.liked.clear();
        board.verdicts.admit_all(self.ask(), self.fleet, &mut board.admitted);
        if !self.policy.filters().is_empty() {
            for slot in board.admitted.iter().collect::<Vec<_>>() {
                let admitted = self.admits(slot, board);
                board.admitted.set(slot, admitted);
            }
        }
        board.short.clear();
        board.short.resize(board.admitted.len(), 0);
        board.current = self.fleet.now();
        board.epoch = self.fleet.epoch();
        let spreads = self.policy.scorer().algorithm().is_some() && !self.ask().spreads.is_empty();
        if spreads {
            let mut cells = Cells::of(self.ask(), self.fleet, &board.admitted);
            if let Some(round) = self.round {
                for (resident, kind) in &round.notes {
                    if let Some(node) = self.fleet.view(resident.slot).filter(|_| resident.of_group) {
                        cells.note(self.ask(), resident.slot, node.node(), *kind);
                    }
                }
            }
            board.keys = Keys::Spread(Box::new(cells));
        } else {
            let forest = match std::mem::take(&mut board.keys) {
                Keys::Plain(_, forest) => forest,
                Keys::Spread(_) => Forest::default(),
            };
            board.keys = Keys::Plain(Plots::of([self.fleet.len()]), forest);
        }
        self.rescore_all(board);
    }

    /// Computes every key anew.
    pub(super) fn rescore_all(&self, board: &mut Board) {
        self.thin(board);
        match std::mem::take(&mut board.keys) {
            Keys::Plain(plots, mut forest) => {
                forest.build(&plots, self.fleet.slots().map(|slot| self.look(board, slot).1));
                board.keys = Keys::Plain(plots, forest);
            }
            Keys::Spread(mut cells) => {
                match self.swift.filter(|_| self.round.is_none() && board.closed.is_empty()) {
                    // Only admitted nodes have a place here.
                    Some(algorithm) => cells.fill(|slot| self.swift_look(algorithm, board, slot)),
                    None => cells.fill(|slot| self.look(board, slot)),
                }
                board.keys = Keys::Spread(cells);
            }
        }
    }

    /// Looks at a slot again.
    pub(super) fn renew(&self, board: &mut Board, slot: Slot) {
        let (extras, key) = self.look(board, slot);
        board.set(slot, extras, key);
    }

    /// Looks at slots whose node changed again.
    pub(super) fn follow(&self, board: &mut Board, changed: &[Slot]) {
        self.thin(board);
        for slot in changed {
            board.closed.remove(slot);
            self.renew(board, *slot);
        }
    }

    /// Asks the filters again about nodes whose record changed. Answers whether that is all it takes.
    pub(super) fn readmit(&self, board: &mut Board, changed: &[Slot], since: u64) -> bool {
        if board.matching.iter().any(|kinds| kinds.len() < self.fleet.kinds().len()) {
            self.match_kinds(board);
        }
        for slot in changed.iter().filter(|slot| self.fleet.record_changed_since(**slot, since)) {
            if matches!(board.keys, Keys::Spread(_)) {
                return false; // it may be of another cell now
            }
            board.kept_out = None;
            let admitted = self.admits(*slot, board);
            board.admitted.set(*slot, admitted);
        }
        true
    }

    fn match_kinds(&self, board: &mut Board) {
        let row = |request: &DeviceAsk| {
            self.fleet.kinds().iter().map(|kind: &DeviceKind| request.request.matches(kind.facts())).collect()
        };
        board.matching = self.ask().devices.iter().map(row).collect();
    }

    fn thin(&self, board: &mut Board) {
        let known = board.thinned.len();
        board.thinned.extend(self.fleet.shapes()[known..].iter().map(|shape| thinning(self.ask().amounts, *shape)));
    }

    /// Whether a node may be used, by its record.
    fn admits(&self, slot: Slot, board: &mut Board) -> bool {
        let by_rules = board.verdicts.admit(self.ask(), self.fleet, slot);
        let filters = self.policy.filters();
        let by_filters =
            |node: NodeView<'_>| filters.iter().all(|filter| filter.admits(self.ask(), node.node()).is_ok());
        by_rules && (filters.is_empty() || self.fleet.view(slot).is_some_and(by_filters))
    }

    /// The extras and the key of a node, absent if it may not be used or does not fit; notes what it is short of.
    fn look(&self, board: &mut Board, slot: Slot) -> (u8, i64) {
        let found = if board.admitted.contains(slot) { self.key(board, slot) } else { Err(None) };
        let short = found.as_ref().err().copied().flatten();
        board.short[slot.index()] = short.map_or(0, |dimension| dimension as u8 + 1);
        found.unwrap_or((0, ABSENT))
    }

    /// The same by columns alone, for a node that is admitted and that no turn knows.
    #[inline]
    fn swift_look(&self, algorithm: Algorithm, board: &mut Board, slot: Slot) -> (u8, i64) {
        let found = self.swift_key(algorithm, &board.thinned, slot);
        board.short[slot.index()] = found.err().map_or(0, |dimension| dimension as u8 + 1);
        (0, found.unwrap_or(ABSENT))
    }

    #[inline]
    fn swift_key(&self, algorithm: Algorithm, thinned: &[[f64; 2]], slot: Slot) -> Result<i64, Dimension> {
        let hot = &self.fleet.hot()[slot.index()];
        amounts_fit(self.ask().amounts, hot)?;
        let own = algorithm.fit(hot.emptiness, thinned[hot.shape as usize]);
        Ok(if self.ask().spreads.is_empty() { folded(own, 1) } else { fixed(own) })
    }

    fn key(&self, board: &mut Board, slot: Slot) -> Result<(u8, i64), Option<Dimension>> {
        if let Some(algorithm) = self.swift
            && self.round.is_none_or(|round| round.knows_not(slot))
            && !board.closed.contains_key(&slot)
        {
            return Ok((0, self.swift_key(algorithm, &board.thinned, slot)?));
        }
        if self.round.is_some_and(|round| round.forbids(slot)) {
            return Err(None);
        }
        let node = self.fleet.view(slot).ok_or(None)?;
        if board.closed.contains_key(&slot) {
            return Err(None);
        }
        let scores = if self.ask().look == Look::Each {
            match look::attempt(self.request, &node) {
                Ok(placed) => self.scores(board, &node, Some(&placed)),
                Err(closed) => {
                    board.closed.insert(slot, closed);
                    if self.ask().goes_by_name() {
                        board.by_name.push(slot);
                    }
                    return Err(None);
                }
            }
        } else {
            fits(self.ask(), &node, &board.matching)?;
            self.scores(board, &node, None)
        };
        Ok(match (&board.keys, self.policy.scorer().algorithm()) {
            (_, None) => (0, folded(scores.fit, 1)),
            // The keys are taken out while they are built: what they are is known by the ask.
            (_, Some(_)) if self.ask().spreads.is_empty() => (0, folded(scores.own(), scores.own_parts())),
            _ => (scores.extras(), fixed(scores.own())),
        })
    }

    /// The scores that are the node's own. What is used on it with the group is known if it was tried.
    pub(super) fn scores(&self, board: &mut Board, node: &NodeView<'_>, tried: Option<&look::Tried>) -> Scores {
        let scorer = self.policy.scorer();
        let Some(algorithm) = scorer.algorithm() else {
            return Scores { fit: scorer.score(self.ask(), node, self.request.occasion), ..Scores::default() };
        };
        let mut scores = Scores {
            fit: match tried {
                Some(tried) => algorithm.fit_used(tried.placed.used, node),
                None => algorithm.fit(node.hot().emptiness, board.thinned[node.hot().shape as usize]),
            },
            devices: tried.and_then(|tried| tried.placed.devices),
            affinity: self.affinity(board, node),
            ..Scores::default()
        };
        if let Some(round) = self.round {
            let (there, count) = round.company_of(node.slot());
            scores.anti_affinity = anti_affinity(there, count);
            scores.penalty = round.penalizes(node.slot()).then_some(-1.0);
        }
        scores
    }

    fn affinity(&self, board: &mut Board, node: &NodeView<'_>) -> Option<f64> {
        let affinities = &self.ask().affinities;
        if affinities.is_empty() {
            return None;
        }
        let profile = node.profile() as usize;
        if node.profile() == NO_PROFILE || affinities.escapes() {
            return affinities.score(node.node());
        }
        if board.liked.len() <= profile {
            board.liked.resize(profile + 1, f64::NAN);
        }
        if board.liked[profile].is_nan() {
            board.liked[profile] = affinities.score(node.node()).unwrap_or(0.0);
        }
        Some(board.liked[profile])
    }
}

impl Scores {
    /// The sum of those that are a node's own, in the order of the mean.
    fn own(&self) -> f64 {
        let rest = [self.devices, self.anti_affinity, self.penalty, self.affinity];
        rest.into_iter().flatten().fold(self.fit, |sum, score| sum + score)
    }

    fn own_parts(&self) -> i64 {
        let rest = [self.devices, self.anti_affinity, self.penalty, self.affinity];
        1 + rest.iter().flatten().count() as i64
    }

    /// Those that only some nodes have.
    fn extras(&self) -> u8 {
        u8::from(self.anti_affinity.is_some()) + u8::from(self.penalty.is_some())
    }
}
