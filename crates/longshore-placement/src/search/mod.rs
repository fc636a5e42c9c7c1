//! The exact search: the best of all nodes that fit, for one placement after the other.
//!
//! For every ask that is in use a *board* keeps each node's key, and tournaments over them the best. A board is patched
//! from the fleet's log of changed slots, so that a placement re-scores the few nodes that changed and nothing else.
//! Boards are caches: kept, patched and rebuilt ones give the same answers, since an answer depends on (score, slot)
//! alone.
//!
//! | Module | Idea |
//! |---|---|
//! | [`board`] | one ask's view of the fleet: admitted nodes and their keys |
//! | [`forest`] | tournaments: the greatest of many keys, kept current |
//! | [`cells`] | nodes of equal property values, for spreads |
//! | [`block`] | one spread: values, their use and their worth |
//! | [`round`] | one group's turn: where the job is already |
//! | [`score`] | scores as they are compared: whole numbers |
//! | [`scan`] | one pass for an ask that was never seen |
//! | [`bytes`] | what structures weigh |
//! | [`verdicts`] | what rules say of nodes |
//! | [`slot_set`] | which nodes they admit: a bit each |
//! | [`look`] | a look at one node itself: ports, volumes, cores, victims |
//! | [`choose`] | the best node |
//! | [`displace`] | the best node where others make room |
//! | [`runners_up`] | the next best nodes, for the record |
//! | [`assign`] | device instances for an ask |
//! | [`explain`] | why no node would do |
//! | [`dimension`] | what columns can tell a node to be short of |
//!
//! A group has its [turn](Search::begin): then its own allocations mean something to nodes, and uses of properties are
//! counted. What columns cannot answer (ports, volumes) is looked at on the best node alone; one that fails is closed
//! until it changes. Where even the score needs a look (cores, devices that are liked), every node gets one.
//!
//! # What made it fast
//!
//! Evaluations of the grid's job at 10,000 nodes, half of them admitted, in µs, on a machine whose calibration loop takes
//! 4.4 ns a step; each the fastest of ten or more, before and after.
//!
//! | What was slow | Case | before | after |
//! |---|---|---|---|
//! | two powers a node, and its record looked at; now powers are columns, and a pass reads one line of the cache | 1 placement | 262 | 135 |
//! | a board for an ask that never comes again; now one pass that compares sums of powers | 1 placement | 135 | 19 |
//! | six powers a placement, which is taken, given back and counted again; now remembered | 1,200 placements | 1,084 | 861 |
//! | rules asked of each profile's own node, which was in no cache; now of the profile's first | 2, 75 racks | 237 | 201 |
//! | keys in the order of cells: each look missed the cache | 50, 75 racks, spread | 397 | 352 |
//! | company's columns made anew for every placement | 50, 75 racks, spread | 352 | 329 |
//!
//! A refusal among the 1,213 nodes of the GPU benchmark took 124 µs with all around it at the hundredth slowest, as every
//! node that was out had its reason written; 57 since reasons are counted by profile.
//!
//! Tried and dropped: devices looked at again for reasons only (a refusal looks at every node: 65 µs); cells found
//! through a column of their own (a search of a few steps costs less than its making).

mod assign;
mod block;
mod board;
mod bytes;
mod cells;
mod choose;
mod dimension;
mod displace;
mod explain;
mod forest;
mod look;
mod round;
mod runners_up;
mod scan;
mod score;
mod slot_set;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{AllocId, AllocatedResources, Job, TaskGroup};

use self::board::{Board, Keys, Patch};
use self::round::{Company, Kind, Round};
use crate::ask::{Ask, AskError};
use crate::asks::Asks;
use crate::classes::Eligibility;
use crate::fleet::{Assigned, Fleet, FleetError, Slot};
use crate::policy::{Occasion, Policy};
use crate::record::Record;
use crate::score::Scores;

pub use look::{Nobody, Occupants};
pub use round::{Before, Resident};

/// What is to be placed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The ask of the job's group.
    pub ask: &'a Arc<Ask>,
    /// The job.
    pub job: &'a Job,
    /// Its group.
    pub group: &'a TaskGroup,
    /// The name of the allocation: some volumes go by it (FEAS-121).
    pub alloc_name: &'a str,
    /// Where chance and dynamic ports come from.
    pub occasion: Occasion,
    /// Whether tasks may grow beyond their memory (PLACE-46).
    pub oversubscription: bool,
    /// Who is where.
    pub occupants: &'a dyn Occupants,
    /// Whether this is all that is to be placed of the group, for the first time: an ask that was never seen then leaves
    /// nothing behind, and nothing is [penalized](Search::penalize).
    pub single: bool,
    /// How many runners-up are to be told of, for the record (PLACE-133). A score of one's own has none.
    pub runners_up: usize,
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("job", &self.job.id).field("group", &self.group.name).finish_non_exhaustive()
    }
}

/// A node for one allocation, and what it gets there.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The node.
    pub slot: Slot,
    /// Its score.
    pub score: f64,
    /// What the score is the mean of; by a policy of one's own, its score is the `fit`.
    pub scores: Scores,
    /// What it gets.
    pub given: Given,
    /// Those it displaces, in order (PLACE-123).
    pub victims: Vec<AllocId>,
    /// The next best nodes by what columns tell, best first: as many as were asked for, if there are.
    pub runners_up: Vec<(Slot, Scores)>,
}

/// What an allocation gets on a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// What every allocation of the ask gets, and device instances: one entry per request of the ask, in its order.
    Devices(Vec<Assigned>),
    /// All that it gets: ports and cores are its own.
    Resources(Arc<AllocatedResources>),
}

/// The fleet, a policy, and the structures that find the best node fast.
#[derive(Debug)]
pub struct Search {
    fleet: Fleet,
    policy: Policy,
    asks: Asks,
    boards: Vec<Board>,
    /// Which board is whose.
    places: BTreeMap<Arc<Ask>, usize>,
    /// The board used last: mostly the next one too.
    last: Option<(Arc<Ask>, usize)>,
    /// The turn that is on.
    round: Option<Round>,
    /// Asks that were scanned for, and have no board yet.
    glanced: BTreeSet<Arc<Ask>>,
    /// Columns for the next one: all zero.
    company: Company,
    /// Counts uses, so that the board used longest ago can be dropped.
    uses: u64,
    scratch: Vec<Slot>,
}

/// Boards kept at most, and bytes that they may hold together: beyond either the one used longest ago goes.
const BOARDS: usize = 1024;
const BOARD_BYTES: usize = 256 << 20;

impl Search {
    /// A search over an empty fleet.
    pub fn new(policy: Policy) -> Search {
        Search {
            fleet: Fleet::new(),
            policy,
            asks: Asks::default(),
            boards: Vec::new(),
            places: BTreeMap::new(),
            last: None,
            round: None,
            glanced: BTreeSet::new(),
            company: Company::default(),
            uses: 0,
            scratch: Vec::new(),
        }
    }

    /// The fleet.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// The fleet, to mirror the state's changes in.
    pub fn fleet_mut(&mut self) -> &mut Fleet {
        &mut self.fleet
    }

    /// Starts over with another fleet, such as that of another fork.
    pub fn replace_fleet(&mut self, fleet: Fleet) {
        self.fleet = fleet;
        self.boards.clear();
        self.places.clear();
        self.last = None;
        self.round = None;
        self.glanced.clear();
    }

    /// The ask of a group. Equal groups share one, found without writing it out again.
    ///
    /// # Errors
    /// As [`Ask::new`].
    pub fn ask(&mut self, job: &Job, group: &TaskGroup) -> Result<Arc<Ask>, AskError> {
        let Search { asks, places, .. } = self;
        asks.of(job, group, |ask| match places.get_key_value(&ask) {
            Some((shared, _)) => shared.clone(),
            None => Arc::new(ask),
        })
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Begins a group's turn, and ends the one before: from now on its allocations there are company, and uses of
    /// properties count.
    pub fn begin(&mut self, request: &Request<'_>, before: &Before) {
        self.end();
        self.company.fit(self.fleet.len());
        if self.may_scan(request) && before.there.is_empty() {
            return; // and let the pass have its turn
        }
        let place = self.current_board(request);
        let mut round = Round::new(place, request.ask.clone(), before, std::mem::take(&mut self.company));
        if round.counts_uses() {
            let all =
                [(Kind::Stored, &before.stored), (Kind::Stopped, &before.stopped), (Kind::Placed, &before.placed)];
            for (kind, residents) in all {
                residents
                    .iter()
                    .for_each(|resident| note(&self.fleet, &mut round, &mut self.boards[place], *resident, kind));
            }
        }
        self.round = Some(round);
    }

    /// Ends the turn, if one is on. Answers the lowest boost that it saw, for the turns after it (PLACE-95).
    pub fn end(&mut self) -> Option<f64> {
        let mut round = self.round.take()?;
        let board = &mut self.boards[round.place];
        round.closed.iter().for_each(|slot| board.reopen(*slot));
        self.company = round.forget_company();
        board.stale.append(&mut round.marked);
        if let Keys::Spread(cells) = &mut board.keys {
            cells.forget_uses();
        }
        Some(round.weather.lowest)
    }

    /// Says where the next allocation of the turn's group failed before (PLACE-26).
    pub fn penalize(&mut self, slots: &[Slot]) {
        if let Some(round) = &mut self.round {
            round.penalize(slots);
        }
    }

    /// Says that the plan stops an allocation of the turn's job; `held` if it had not ended before.
    pub fn leave(&mut self, resident: Resident, held: bool) {
        self.move_resident(resident, Kind::Stopped, held);
    }

    /// Says that it does not after all.
    pub fn stay(&mut self, resident: Resident, held: bool) {
        self.move_resident(resident, Kind::Spared, held);
    }

    fn move_resident(&mut self, resident: Resident, kind: Kind, held: bool) {
        let Some(round) = &mut self.round else { return };
        match kind {
            Kind::Stored | Kind::Stopped if held => round.move_out(resident),
            Kind::Placed | Kind::Spared if held => round.move_in(resident),
            _ => {}
        }
        if round.counts_uses() {
            let board = &mut self.boards[round.place];
            note(&self.fleet, round, board, resident, kind);
            // A use less may open what was closed for its value.
            if kind == Kind::Stopped {
                round.closed.drain(..).for_each(|slot| board.reopen(slot));
            }
        }
    }

    /// Why there is no node for the request: what a select of the plain way would tell that looked at every node.
    pub fn explain(&mut self, request: &Request<'_>) -> Record {
        let place = self.current_board(request);
        let round = self.round.as_ref().filter(|round| round.place == place);
        Patch::new(&self.fleet, &self.policy, request, round).explain(&mut self.boards[place])
    }

    /// What a blocked evaluation of the job carries about the request's group: which classes of nodes may run it, by all
    /// candidates, and whether a constraint of the job tells nodes of one class apart (FEAS-26, FEAS-33).
    ///
    /// # Cost
    /// After [`explain`](Search::explain) that of a copy.
    pub fn eligibility(&mut self, request: &Request<'_>) -> Eligibility {
        let place = self.current_board(request);
        let round = self.round.as_ref().filter(|round| round.place == place);
        Patch::new(&self.fleet, &self.policy, request, round).eligibility(&mut self.boards[place])
    }

    /// Takes a choice: later placements see it. Give it back with [`Search::undo`], after the turn.
    ///
    /// # Errors
    /// [`FleetError::Overflow`] if the node's usage would not fit 64 bits.
    pub fn place(&mut self, ask: &Ask, choice: &Choice) -> Result<(), FleetError> {
        match &choice.given {
            Given::Devices(devices) => self.fleet.take(choice.slot, ask.amounts, devices)?,
            Given::Resources(resources) => self.fleet.add(choice.slot, resources)?,
        }
        let own = self.round.as_ref().is_some_and(|round| *round.ask() == *ask);
        if own {
            self.move_resident(Resident { slot: choice.slot, of_group: true }, Kind::Placed, true);
        }
        Ok(())
    }

    /// Gives a choice back.
    pub fn undo(&mut self, ask: &Ask, choice: &Choice) {
        match &choice.given {
            Given::Devices(devices) => self.fleet.give_back(choice.slot, ask.amounts, devices),
            Given::Resources(resources) => self.fleet.remove(choice.slot, resources),
        }
    }

    /// The ask's board, if it has one.
    fn place_of(&self, ask: &Arc<Ask>) -> Option<usize> {
        match &self.last {
            Some((last, place)) if Arc::ptr_eq(last, ask) => Some(*place),
            _ => self.places.get(ask).copied(),
        }
    }

    /// The ask's board, made or patched to be current.
    fn current_board(&mut self, request: &Request<'_>) -> usize {
        let ask = request.ask;
        self.uses += 1;
        let place = self.place_of(ask).unwrap_or_else(|| self.new_place(ask));
        if self.last.as_ref().is_none_or(|(last, _)| !Arc::ptr_eq(last, ask)) {
            self.last = Some((ask.clone(), place));
        }
        let board = &mut self.boards[place];
        board.used = self.uses;
        board.ask_for(request);
        let mut own = self.round.as_mut().filter(|round| round.place == place);
        if let Some(round) = &mut own {
            board.stale.append(&mut round.touched);
        }
        let patch = Patch::new(&self.fleet, &self.policy, request, own.as_deref());
        self.scratch.clear();
        match self.fleet.changed_since(board.current) {
            Some(changed)
                if board.admitted.len() == self.fleet.len()
                    && board.admitted.len() > 0
                    && board.epoch == self.fleet.epoch() =>
            {
                self.scratch.extend(changed);
            }
            _ => {
                patch.rebuild(board);
                return place;
            }
        }
        let since = std::mem::replace(&mut board.current, self.fleet.now());
        if !patch.readmit(board, &self.scratch, since) {
            patch.rebuild(board);
        } else if self.policy.scorer().by_chance() {
            self.scratch.iter().for_each(|slot| board.reopen(*slot));
            board.stale.clear();
            patch.rescore_all(board);
        } else {
            patch.follow(board, &self.scratch);
            let mut stale = std::mem::take(&mut board.stale);
            stale.iter().for_each(|slot| patch.renew(board, *slot));
            stale.clear();
            board.stale = stale;
        }
        place
    }

    /// An empty board, in the place of the one used longest ago once there are too many.
    fn new_place(&mut self, ask: &Arc<Ask>) -> usize {
        let mut place = self.boards.len();
        let held: usize = self.boards.iter().map(Board::bytes).sum();
        if place < BOARDS && held < BOARD_BYTES {
            self.boards.push(Board::default());
        } else {
            place = (0..place).min_by_key(|place| self.boards[*place].used).unwrap_or(0);
            self.places.retain(|_, of| *of != place);
            self.boards[place].forget();
        }
        self.places.insert(ask.clone(), place);
        place
    }
}

/// Counts a use of a node's values in a turn and on its board.
fn note(fleet: &Fleet, round: &mut Round, board: &mut Board, resident: Resident, kind: Kind) {
    let Some(node) = fleet.view(resident.slot) else { return };
    round.note(node.node(), resident, kind);
    if let Keys::Spread(cells) = &mut board.keys
        && resident.of_group
    {
        cells.note(round.ask(), resident.slot, node.node(), kind);
    }
}
