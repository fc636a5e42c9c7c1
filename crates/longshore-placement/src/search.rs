//! The exact search: the best of all nodes that fit, for one placement after the other.
//!
//! For every ask that is in use a *board* keeps each node's key, and a tournament over them the best. A board is
//! patched from the fleet's log of changed slots, so that a placement re-scores the few nodes that changed and nothing
//! else. Boards are caches: kept, patched and rebuilt ones give the same answers, since an answer depends on
//! (key, slot) alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use longshore_model::{Job, TaskGroup};

use crate::amounts::Amounts;
use crate::ask::{Ask, AskError, DeviceAsk, WHOLE};
use crate::asks::Asks;
use crate::filter::{Builtin, Filter, Reason, device_matches};
use crate::fleet::{Assigned, DeviceKind, Fleet, FleetError, Group, NO_PROFILE, NodeView, Slot};
use crate::policy::{Marks, Occasion, Policy};
use crate::tournament::{ABSENT, Tournament};

/// A node for one allocation, and what to take there.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The node.
    pub slot: Slot,
    /// Its score.
    pub score: f64,
    /// Device instances, one entry per request of the ask, in its order.
    pub devices: Vec<Assigned>,
}

/// Why no node would do: every node is counted once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Failure {
    /// Nodes looked at: those that are ready and in the job's pool and datacenters.
    pub evaluated: u64,
    /// Nodes that a rule kept out, by reason.
    pub filtered: BTreeMap<Reason, u64>,
    /// Nodes with too little room, by the first resource that was short; only those that were.
    pub exhausted: Vec<(Dimension, u64)>,
}

/// A resource that a node can be short of, in the order of the test (PLACE-48, PLACE-72).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Dimension {
    /// MHz.
    Cpu,
    /// MiB of memory.
    Memory,
    /// MiB of disk.
    Disk,
    /// Device instances, or enough room on one.
    Devices,
}

impl Dimension {
    const ALL: [Dimension; 4] = [Dimension::Cpu, Dimension::Memory, Dimension::Disk, Dimension::Devices];

    /// As metrics name it (PLACE-130).
    pub const fn as_str(self) -> &'static str {
        match self {
            Dimension::Cpu => "cpu",
            Dimension::Memory => "memory",
            Dimension::Disk => "disk",
            Dimension::Devices => "devices: no devices match request",
        }
    }
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
    /// Counts uses, so that the board used longest ago can be dropped.
    uses: u64,
    scratch: Vec<Slot>,
}

/// Boards kept at most; beyond it the one used longest ago goes.
const BOARDS: usize = 1024;

/// One ask's view of the fleet.
#[derive(Debug, Default)]
struct Board {
    keys: Tournament,
    /// Which slots the filters admit.
    admitted: Vec<bool>,
    /// How many nodes the filters keep out, by reason; `None` until somebody asks.
    filtered: Option<BTreeMap<Reason, u64>>,
    /// What the built-in filters said of each profile of nodes.
    verdicts: BTreeMap<u32, Result<(), Reason>>,
    /// What each slot was short of when it was last looked at: nothing, or one more than a dimension's number.
    short: Vec<u8>,
    /// How many slots are short of each dimension.
    shortages: [u64; Dimension::ALL.len()],
    /// Which device kinds answer each request.
    matching: Vec<Vec<bool>>,
    /// The fleet's change number that the keys are current to.
    current: u64,
    used: u64,
    /// Nodes that mean something to the job being placed, in slot order; their keys are blended.
    marks: BTreeMap<Slot, Marks>,
}

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

    /// Says what nodes mean to the job being placed; replaces what was said before about this ask.
    pub fn mark(&mut self, ask: &Arc<Ask>, marks: impl IntoIterator<Item = (Slot, Marks)>) {
        let mut marks: BTreeMap<Slot, Marks> = marks.into_iter().collect();
        if marks.is_empty() && self.place_of(ask).is_none_or(|place| self.boards[place].marks.is_empty()) {
            return;
        }
        // Made or brought up to date first: a mark re-scores its node by what the board knows of the fleet.
        let place = self.current_board(ask, Occasion::default());
        let board = &mut self.boards[place];
        std::mem::swap(&mut board.marks, &mut marks);
        let len = board.keys.len();
        let changed: BTreeSet<Slot> = marks.keys().chain(board.marks.keys()).copied().collect();
        let patch = Patch { fleet: &self.fleet, policy: &self.policy, ask };
        for slot in changed.into_iter().filter(|slot| slot.index() < len) {
            let key = patch.look(board, slot, Occasion::default());
            board.keys.set(slot.index(), key);
        }
    }

    /// The best node for the ask, and what to take there; the oldest of equals.
    ///
    /// # Cost
    /// A re-scoring per node changed since the ask was last placed; the first time, one per node.
    pub fn best(&mut self, ask: &Arc<Ask>, occasion: Occasion) -> Option<Choice> {
        let place = self.current_board(ask, occasion);
        let board = &self.boards[place];
        let (slot, key) = board.keys.best()?;
        let slot = Slot(slot as u32);
        let node = self.fleet.view(slot)?;
        // Of several requests an early choice may leave none for a later one; the tightest, by which they fit, does not.
        let chosen =
            |request: &DeviceAsk, free: &[u16]| self.policy.chooser().choose(ask, request, &node, free, occasion);
        let devices = assign(ask, &node, &board.matching, chosen)
            .or_else(|| assign(ask, &node, &board.matching, tightest_fitting))?;
        Some(Choice { slot, score: unfixed(key), devices })
    }

    /// Why there is no node for the ask. O(1) but for what the filters keep out, which is counted once.
    pub fn explain(&mut self, ask: &Arc<Ask>) -> Failure {
        let place = self.current_board(ask, Occasion::default());
        let board = &mut self.boards[place];
        let patch = Patch { fleet: &self.fleet, policy: &self.policy, ask };
        let filtered = board.filtered.take().unwrap_or_else(|| patch.reasons(board));
        let exhausted = Dimension::ALL.into_iter().zip(board.shortages).filter(|(_, nodes)| *nodes > 0).collect();
        let evaluated = board.shortages.iter().sum::<u64>() + filtered.values().sum::<u64>();
        board.filtered = Some(filtered.clone());
        Failure { evaluated, filtered, exhausted }
    }

    /// Takes a choice: later placements see it. Give it back with [`Search::undo`].
    ///
    /// # Errors
    /// [`FleetError::Overflow`] if the node's usage would not fit 64 bits.
    pub fn place(&mut self, ask: &Ask, choice: &Choice) -> Result<(), FleetError> {
        self.fleet.take(choice.slot, ask.amounts, &choice.devices)
    }

    /// Gives a choice back.
    pub fn undo(&mut self, ask: &Ask, choice: &Choice) {
        self.fleet.give_back(choice.slot, ask.amounts, &choice.devices);
    }

    /// The ask's board, if it has one.
    fn place_of(&self, ask: &Arc<Ask>) -> Option<usize> {
        match &self.last {
            Some((last, place)) if Arc::ptr_eq(last, ask) => Some(*place),
            _ => self.places.get(ask).copied(),
        }
    }

    /// The ask's board, made or patched to be current.
    fn current_board(&mut self, ask: &Arc<Ask>, occasion: Occasion) -> usize {
        self.uses += 1;
        let place = self.place_of(ask).unwrap_or_else(|| self.new_place(ask));
        if self.last.as_ref().is_none_or(|(last, _)| !Arc::ptr_eq(last, ask)) {
            self.last = Some((ask.clone(), place));
        }
        let board = &mut self.boards[place];
        board.used = self.uses;
        let patch = Patch { fleet: &self.fleet, policy: &self.policy, ask };
        self.scratch.clear();
        match self.fleet.changed_since(board.current) {
            Some(changed) if board.keys.len() == self.fleet.len() && board.keys.len() > 0 => {
                self.scratch.extend(changed)
            }
            _ => {
                patch.rebuild(board, occasion);
                return place;
            }
        }
        let since = std::mem::replace(&mut board.current, self.fleet.now());
        if self.policy.scorer().by_chance() {
            patch.readmit(board, &self.scratch, since);
            patch.rescore_all(board, occasion);
        } else {
            patch.readmit(board, &self.scratch, since);
            for slot in &self.scratch {
                let key = patch.look(board, *slot, occasion);
                board.keys.set(slot.index(), key);
            }
        }
        place
    }

    /// An empty board, in the place of the one used longest ago once there are [`BOARDS`].
    fn new_place(&mut self, ask: &Arc<Ask>) -> usize {
        let mut place = self.boards.len();
        if place < BOARDS {
            self.boards.push(Board::default());
        } else {
            place = (0..place).min_by_key(|place| self.boards[*place].used).unwrap_or(0);
            self.places.retain(|_, of| *of != place);
            self.boards[place] = Board::default();
        }
        self.places.insert(ask.clone(), place);
        place
    }
}

/// What it takes to bring a board up to date.
struct Patch<'a> {
    fleet: &'a Fleet,
    policy: &'a Policy,
    ask: &'a Ask,
}

impl Patch<'_> {
    fn rebuild(&self, board: &mut Board, occasion: Occasion) {
        self.match_kinds(board);
        board.filtered = None;
        board.admitted.clear();
        for slot in self.fleet.slots() {
            let admitted = self.fleet.view(slot).is_some_and(|node| self.admits(&node, board).is_ok());
            board.admitted.push(admitted);
        }
        board.short.clear();
        board.short.resize(board.admitted.len(), 0);
        board.shortages = Default::default();
        board.current = self.fleet.now();
        self.rescore_all(board, occasion);
    }

    fn rescore_all(&self, board: &mut Board, occasion: Occasion) {
        let mut keys = std::mem::take(&mut board.keys);
        keys.build(self.fleet.slots().map(|slot| self.look(board, slot, occasion)));
        board.keys = keys;
    }

    /// Asks the filters again about nodes whose record changed.
    fn readmit(&self, board: &mut Board, changed: &[Slot], since: u64) {
        if board.matching.iter().any(|kinds| kinds.len() < self.fleet.kinds().len()) {
            self.match_kinds(board);
        }
        for slot in changed.iter().filter(|slot| self.fleet.record_changed_since(**slot, since)) {
            board.filtered = None;
            let node = self.fleet.view(*slot);
            board.admitted[slot.index()] = node.is_some_and(|node| self.admits(&node, board).is_ok());
        }
    }

    fn match_kinds(&self, board: &mut Board) {
        let row = |request: &DeviceAsk| {
            self.fleet.kinds().iter().map(|kind: &DeviceKind| device_matches(request, kind)).collect()
        };
        board.matching = self.ask.devices.iter().map(row).collect();
    }

    /// Counts what the filters keep out of the base set; what FEAS-2 leaves out before is not counted.
    fn reasons(&self, board: &mut Board) -> BTreeMap<Reason, u64> {
        let mut reasons = BTreeMap::new();
        for slot in self.fleet.slots() {
            if board.admitted[slot.index()] {
                continue;
            }
            match self.fleet.view(slot).map(|node| self.admits(&node, board)) {
                None | Some(Ok(()) | Err(Reason::NotReady | Reason::Pool | Reason::Datacenter)) => {}
                Some(Err(reason)) => *reasons.entry(reason).or_default() += 1,
            }
        }
        reasons
    }

    fn admits(&self, node: &NodeView<'_>, board: &mut Board) -> Result<(), Reason> {
        let by_profile = node.profile() != NO_PROFILE && !self.ask.names_nodes();
        if by_profile {
            let verdict = board.verdicts.entry(node.profile());
            verdict.or_insert_with(|| Builtin.admits(self.ask, node.node())).clone()?;
        } else {
            Builtin.admits(self.ask, node.node())?;
        }
        for (request, kinds) in self.ask.devices.iter().zip(&board.matching) {
            let healthy = |group: &&Group| group.len >= request.count;
            if !node.groups().iter().filter(healthy).any(|group| kinds[group.kind as usize]) {
                return Err(Reason::Device(request.name.to_string()));
            }
        }
        self.policy.filters().iter().try_for_each(|filter| filter.admits(self.ask, node.node()))
    }

    /// The key of a node, absent if it may not be used or does not fit; notes what it is short of.
    fn look(&self, board: &mut Board, slot: Slot, occasion: Occasion) -> i64 {
        let key = self.key(board, slot, occasion);
        let now = key.err().flatten().map_or(0, |dimension| dimension as u8 + 1);
        let before = std::mem::replace(&mut board.short[slot.index()], now);
        if before != now {
            if let Some(at) = before.checked_sub(1) {
                board.shortages[usize::from(at)] -= 1;
            }
            if let Some(at) = now.checked_sub(1) {
                board.shortages[usize::from(at)] += 1;
            }
        }
        key.unwrap_or(ABSENT)
    }

    fn key(&self, board: &Board, slot: Slot, occasion: Occasion) -> Result<i64, Option<Dimension>> {
        if !board.admitted[slot.index()] {
            return Err(None);
        }
        let node = self.fleet.view(slot).ok_or(None)?;
        fits(self.ask, &node, &board.matching)?;
        let scorer = self.policy.scorer();
        let score = scorer.score(self.ask, &node, occasion);
        Ok(fixed(board.marks.get(&slot).map_or(score, |marks| scorer.blend(score, *marks))))
    }
}

/// A score as compared: steps of 2⁻³⁶ in ±2¹⁶, a NaN below all.
fn fixed(score: f64) -> i64 {
    const LIMIT: f64 = 65_536.0;
    if score.is_nan() { ABSENT + 1 } else { (score.clamp(-LIMIT, LIMIT) * (1u64 << 36) as f64) as i64 }
}

fn unfixed(key: i64) -> f64 {
    key as f64 / (1u64 << 36) as f64
}

/// Whether the ask fits, else the first resource that is short (PLACE-48, PLACE-72).
fn fits(ask: &Ask, node: &NodeView<'_>, matching: &[Vec<bool>]) -> Result<(), Dimension> {
    let (room, Amounts { cpu, memory, disk }) = (node.free(), ask.amounts);
    if cpu > room.cpu {
        return Err(Dimension::Cpu);
    }
    if memory > room.memory {
        return Err(Dimension::Memory);
    }
    if disk > room.disk {
        return Err(Dimension::Disk);
    }
    let served = match (ask.devices.as_slice(), matching) {
        ([], _) => true,
        ([request], [kinds]) => group_for(request, node, kinds, |group| node.free_of(group)).is_some(),
        _ => assign(ask, node, matching, tightest_fitting).is_some(),
    };
    if served { Ok(()) } else { Err(Dimension::Devices) }
}

/// The group that serves a request: of several the last, as the reference has it on a tie (PLACE-73).
fn group_for<'f>(
    request: &DeviceAsk,
    node: &NodeView<'_>,
    kinds: &[bool],
    free: impl Fn(Group) -> &'f [u16],
) -> Option<usize> {
    node.groups().iter().rposition(|group| {
        kinds[group.kind as usize]
            && free(*group).iter().filter(|room| **room >= request.share).count() >= request.count as usize
    })
}

fn tightest_fitting(request: &DeviceAsk, free: &[u16]) -> usize {
    let fitting = free.iter().enumerate().filter(|(_, room)| **room >= request.share);
    fitting.min_by_key(|(at, room)| (**room, *at)).map_or(0, |(at, _)| at)
}

fn first_fitting(request: &DeviceAsk, free: &[u16]) -> usize {
    free.iter().position(|room| *room >= request.share).unwrap_or(0)
}

/// Instances for every request of the ask, one after the other; `None` if one of them is not served.
fn assign(
    ask: &Ask,
    node: &NodeView<'_>,
    matching: &[Vec<bool>],
    choose: impl Fn(&DeviceAsk, &[u16]) -> usize,
) -> Option<Vec<Assigned>> {
    if ask.devices.is_empty() {
        return Some(Vec::new());
    }
    let first = node.groups().first()?.start;
    let mut left: Vec<u16> = node.instances().to_vec();
    let mut assigned = Vec::with_capacity(ask.devices.len());
    for (request, kinds) in ask.devices.iter().zip(matching) {
        let range = |group: Group| (group.start - first) as usize..(group.start - first + group.len) as usize;
        let group = group_for(request, node, kinds, |group| &left[range(group)])?;
        let free = &mut left[range(node.groups()[group])];
        let instances: Vec<u32> = if request.share < WHOLE {
            let chosen = choose(request, free);
            let fits = free.get(chosen).is_some_and(|room| *room >= request.share);
            vec![if fits { chosen } else { first_fitting(request, free) } as u32]
        } else {
            let whole = free.iter().enumerate().filter(|(_, room)| **room == WHOLE);
            whole.map(|(at, _)| at as u32).take(request.count as usize).collect()
        };
        instances.iter().for_each(|at| free[*at as usize] -= request.share);
        assigned.push(Assigned { group: group as u32, instances, share: request.share });
    }
    Some(assigned)
}
