//! Nodes in cells, cells in lanes: how the best node is found when a spread weighs in.
//!
//! A score has a part that is the node's own and a part that it shares with all nodes of equal property values: the
//! boost of the spreads. Nodes of equal values are a *cell*; a tournament keeps the best of each. The boost of a cell
//! depends on its values only by their *class*: of an even spread by how often the value is in use, of one with targets
//! by the target. Cells of equal classes are a *lane*: they share their boost, so the best cell of a lane is known
//! without knowing the boost. There are few lanes (even spreading keeps two or three classes), so their boosts are
//! computed anew for every selection, and that is the whole algorithm: a placement changes one leaf, and moves the cells
//! of one value to another lane.
//!
//! Scores are means of `n` parts, and `n` differs between nodes (PLACE-88). Nodes are told apart by the number of their
//! own *extra* parts, each number with tournaments of its own, so that within one tournament `n` is the same for all.
//!
//! Exactness: within a lane and a number of extras the final score rises strictly with the key, in whole numbers. Across
//! them, whole numbers are compared. Nothing is rounded after comparing begins.
//!
//! Invariants:
//! 1. A node's key is in the forest of its extras and absent from the others.
//! 2. `heads[cell]` is what the forests say is best in the cell.
//! 3. Each living head of a cell is in the lane of the cell's classes, and nowhere else.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use longshore_model::Node;

use super::block::{Block, NONE, Weather};
use super::bytes::tree;
use super::forest::{ABSENT, Forest, Plots};
use super::round::{Kind, Use};
use super::score::{Score, final_score, fixed_boost};
use super::slot_set::SlotSet;
use crate::ask::Ask;
use crate::fleet::{Fleet, NO_PROFILE, Slot};

/// Extra parts that a node's score may have: anti-affinity and the penalty.
pub(super) const EXTRAS: usize = 3;

/// The nodes that an ask admits, by the values that its spreads look at.
#[derive(Debug, Default)]
pub(super) struct Cells {
    blocks: Vec<Block>,
    plots: Plots,
    /// Slots by position, and the other way round.
    order: Vec<u32>,
    position: Vec<u32>,
    /// The values of each cell, block by block.
    values: Vec<u32>,
    forests: [Forest; EXTRAS],
    heads: Vec<[(i64, u32); EXTRAS]>,
    lane_of: Vec<u32>,
    lanes: Vec<Lane>,
    by_classes: BTreeMap<Vec<u32>, u32>,
    free: Vec<u32>,
}

/// Cells of equal boost.
#[derive(Debug, Default)]
struct Lane {
    classes: Vec<u32>,
    cells: u32,
    /// Best first: the key, then the oldest node.
    heads: [BTreeSet<(Reverse<i64>, u32)>; EXTRAS],
}

impl Cells {
    /// Sorts the admitted nodes into cells. O(n) for properties that nodes share; those of single nodes cost a look each.
    pub(super) fn of(ask: &Ask, fleet: &Fleet, admitted: &SlotSet) -> Cells {
        let mut cells = Cells { blocks: ask.spreads.iter().map(Block::new).collect(), ..Cells::default() };
        let by_profile = !ask.spreads.iter().any(|spread| longshore_constraint::escapes(&spread.attribute));
        // The cell of each profile, and of each slot whose profile does not tell.
        let mut known: Vec<u32> = Vec::new();
        let mut apart: Vec<u32> = Vec::new();
        let mut numbers: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        let mut sizes: Vec<usize> = Vec::new();
        let nodes = || admitted.iter().map(|slot| (slot, &fleet.profiles()[slot.index()]));
        for (slot, profile) in nodes() {
            let shared = by_profile && *profile != NO_PROFILE;
            let cell = match known.get(*profile as usize) {
                Some(cell) if shared && *cell != NONE => *cell,
                _ => {
                    let own = || fleet.view(slot).map(|node| node.node());
                    let node = if shared { fleet.first_of(*profile).map(|first| &**first) } else { own() };
                    let values = node.map_or_else(Vec::new, |node| cells.values_of(ask, node));
                    let next = sizes.len() as u32;
                    let cell = *numbers.entry(values.clone()).or_insert(next);
                    if cell == next {
                        sizes.push(0);
                        cells.values.extend(values);
                    }
                    if shared {
                        known.resize(known.len().max(*profile as usize + 1), NONE);
                        known[*profile as usize] = cell;
                    } else {
                        apart.push(cell);
                    }
                    cell
                }
            };
            sizes[cell as usize] += 1;
        }
        cells.plots = Plots::of(sizes.iter().copied());
        let mut next: Vec<u32> = (0..sizes.len()).map(|cell| cells.plots.positions(cell).start as u32).collect();
        cells.order = vec![0; cells.plots.len()];
        cells.position = vec![NONE; fleet.len()];
        let mut apart = apart.into_iter();
        for (slot, profile) in nodes() {
            let shared = by_profile && *profile != NO_PROFILE;
            let cell = if shared { Some(known[*profile as usize]) } else { apart.next() };
            let Some(next) = cell.map(|cell| &mut next[cell as usize]) else { continue };
            cells.order[*next as usize] = slot.0;
            cells.position[slot.index()] = *next;
            *next += 1;
        }
        let blocks = cells.blocks.len();
        for cell in 0..sizes.len() {
            for (block, value) in cells.blocks.iter_mut().zip(&cells.values[cell * blocks..(cell + 1) * blocks]) {
                if *value != NONE {
                    block.cells[*value as usize].push(cell as u32);
                }
            }
        }
        cells.heads = vec![[(ABSENT, 0); EXTRAS]; sizes.len()];
        cells
    }

    fn values_of(&mut self, ask: &Ask, node: &Node) -> Vec<u32> {
        let values = self.blocks.iter_mut().zip(&ask.spreads);
        values.map(|(block, rule)| block.value_of(rule, node).unwrap_or(NONE)).collect()
    }

    /// Puts all keys, as extras and key; heads and lanes follow. O(n).
    pub(super) fn fill(&mut self, mut keys: impl FnMut(Slot) -> (u8, i64)) {
        // In order of slots, since that is how nodes lie in memory: in order of positions every look would miss the cache.
        let mut others: Vec<(u8, u32, i64)> = Vec::new();
        let mut plain = vec![ABSENT; self.order.len()];
        for (slot, position) in self.position.iter().enumerate().filter(|(_, position)| **position != NONE) {
            match keys(Slot(slot as u32)) {
                (0, key) => plain[*position as usize] = key,
                (extras, key) => others.push((extras, slot as u32, key)),
            }
        }
        let [first, rest @ ..] = &mut self.forests;
        rest.iter_mut().for_each(|forest| *forest = Forest::default());
        first.build(&self.plots, plain.into_iter());
        self.lanes.clear();
        self.by_classes.clear();
        self.free.clear();
        self.lane_of = vec![NONE; self.heads.len()];
        for cell in 0..self.heads.len() {
            self.heads[cell] = self.best_of(cell);
            self.enter_lane(cell);
        }
        for (extras, slot, key) in others {
            self.set(Slot(slot), extras, key);
        }
    }

    /// The cell of a slot, and its position.
    fn place_of(&self, slot: Slot) -> Option<(usize, usize)> {
        let position = self.position.get(slot.index()).copied().filter(|position| *position != NONE)? as usize;
        Some((self.plots.cell_of(position), position))
    }

    fn best_of(&self, cell: usize) -> [(i64, u32); EXTRAS] {
        std::array::from_fn(|extras| {
            let forest = &self.forests[extras];
            let best = if forest.is_empty() { None } else { forest.best(&self.plots, cell) };
            best.map_or((ABSENT, 0), |(position, key)| (key, self.order[position]))
        })
    }

    /// Changes a node's key. Nodes that are not admitted have none.
    pub(super) fn set(&mut self, slot: Slot, extras: u8, key: i64) {
        let Some((cell, position)) = self.place_of(slot) else { return };
        for (of, forest) in self.forests.iter_mut().enumerate() {
            let key = if of == usize::from(extras) { key } else { ABSENT };
            if forest.is_empty() {
                if key == ABSENT {
                    continue;
                }
                forest.clear(&self.plots);
            }
            forest.set(&self.plots, cell, position, key);
        }
        let heads = self.best_of(cell);
        if heads != self.heads[cell] {
            self.leave_heads(cell);
            self.heads[cell] = heads;
            self.enter_heads(cell);
        }
    }

    fn classes(&self, cell: usize) -> Vec<u32> {
        let blocks = self.blocks.len();
        let values = &self.values[cell * blocks..(cell + 1) * blocks];
        self.blocks.iter().zip(values).map(|(block, value)| block.class(*value)).collect()
    }

    fn enter_lane(&mut self, cell: usize) {
        let classes = self.classes(cell);
        let lane = match self.by_classes.get(&classes) {
            Some(lane) => *lane,
            None => {
                let lane = self.free.pop().unwrap_or_else(|| {
                    self.lanes.push(Lane::default());
                    self.lanes.len() as u32 - 1
                });
                self.lanes[lane as usize].classes.clone_from(&classes);
                self.by_classes.insert(classes, lane);
                lane
            }
        };
        self.lanes[lane as usize].cells += 1;
        self.lane_of[cell] = lane;
        self.enter_heads(cell);
    }

    fn leave_lane(&mut self, cell: usize) {
        self.leave_heads(cell);
        let at = self.lane_of[cell];
        let lane = &mut self.lanes[at as usize];
        lane.cells -= 1;
        if lane.cells == 0 {
            self.by_classes.remove(&lane.classes);
            self.free.push(at);
        }
    }

    fn enter_heads(&mut self, cell: usize) {
        let lane = &mut self.lanes[self.lane_of[cell] as usize];
        for (heads, (key, slot)) in lane.heads.iter_mut().zip(self.heads[cell]) {
            if key != ABSENT {
                heads.insert((Reverse(key), slot));
            }
        }
    }

    fn leave_heads(&mut self, cell: usize) {
        let lane = &mut self.lanes[self.lane_of[cell] as usize];
        for (heads, (key, slot)) in lane.heads.iter_mut().zip(self.heads[cell]) {
            if key != ABSENT {
                heads.remove(&(Reverse(key), slot));
            }
        }
    }

    /// Counts a use of a node's values.
    pub(super) fn note(&mut self, ask: &Ask, slot: Slot, node: &Node, kind: Kind) {
        let cell = self.place_of(slot).map(|(cell, _)| cell);
        for at in 0..self.blocks.len() {
            let value = match cell {
                Some(cell) => Some(self.values[cell * self.blocks.len() + at]).filter(|value| *value != NONE),
                // Allocations on nodes that are out of the question count too.
                None => self.blocks[at].value_of(&ask.spreads[at], node),
            };
            if let Some(value) = value {
                self.change_use(at, value, &|used| used.note(kind));
            }
        }
    }

    fn change_use(&mut self, block: usize, value: u32, change: &impl Fn(&mut Use)) {
        let of = &mut self.blocks[block];
        let before = of.class(value);
        of.change(value, change);
        if of.class(value) == before {
            return;
        }
        let moving = std::mem::take(&mut of.cells[value as usize]);
        for cell in &moving {
            self.leave_lane(*cell as usize);
            self.enter_lane(*cell as usize);
        }
        self.blocks[block].cells[value as usize] = moving;
    }

    /// Forgets all uses.
    pub(super) fn forget_uses(&mut self) {
        for block in 0..self.blocks.len() {
            for value in std::mem::take(&mut self.blocks[block].touched) {
                self.change_use(block, value, &|used| *used = Use::default());
            }
            self.blocks[block].touched.clear();
        }
    }

    /// The best node and its score, and what it costs: O(lanes).
    ///
    /// The lowest boost (PLACE-95) depends on visiting order in the reference; here it is taken over all nodes that are
    /// admitted and fit, before each selection (DIFF-19).
    pub(super) fn best(&self, ask: &Ask, weather: &mut Weather, parts: i64) -> Option<(Slot, Score)> {
        let living = || self.lanes.iter().filter(|lane| lane.heads.iter().any(|heads| !heads.is_empty()));
        if self.blocks.iter().any(|block| !block.even) {
            for lane in living() {
                self.boost(ask, &lane.classes, weather);
            }
        }
        let mut best: Option<(Score, Reverse<u32>)> = None;
        for lane in living() {
            let boost = self.boost(ask, &lane.classes, weather);
            for (extras, heads) in lane.heads.iter().enumerate() {
                let Some((Reverse(key), slot)) = heads.first() else { continue };
                let found = (final_score(*key, boost, parts + extras as i64), Reverse(*slot));
                if best.is_none_or(|best| found > best) {
                    best = Some(found);
                }
            }
        }
        best.map(|(score, Reverse(slot))| (Slot(slot), score))
    }

    /// The best node of a lane that would lower the lowest boost, and to what.
    pub(super) fn sinking(&self, ask: &Ask, weather: Weather) -> Option<(Slot, f64)> {
        self.lanes.iter().find_map(|lane| {
            let (_, slot) = lane.heads.iter().find_map(BTreeSet::first)?;
            let mut after = weather;
            self.boost_of(ask, &lane.classes, &mut after);
            (after.lowest < weather.lowest).then_some((Slot(*slot), after.lowest))
        })
    }

    /// The sum of the boosts of some classes, `None` if it is 0 (PLACE-101), in fixed point.
    fn boost(&self, ask: &Ask, classes: &[u32], weather: &mut Weather) -> Option<i128> {
        fixed_boost(self.boost_of(ask, classes, weather))
    }

    fn boost_of(&self, ask: &Ask, classes: &[u32], weather: &mut Weather) -> f64 {
        let each = self.blocks.iter().zip(&ask.spreads).zip(classes);
        each.map(|((block, rule), class)| block.boost(rule, *class, weather)).sum()
    }

    /// The boost of a node's cell, as it is reported.
    pub(super) fn boost_at(&self, ask: &Ask, slot: Slot, weather: &mut Weather) -> f64 {
        match self.place_of(slot) {
            Some((cell, _)) => self.boost_of(ask, &self.classes(cell), weather),
            None => 0.0,
        }
    }

    /// Bytes held, about. O(lanes).
    pub(super) fn bytes(&self) -> usize {
        let columns = self.order.capacity()
            + self.position.capacity()
            + self.values.capacity()
            + self.lane_of.capacity()
            + self.free.capacity();
        let heads: usize = self.lanes.iter().flat_map(|lane| &lane.heads).map(BTreeSet::len).sum();
        let classes = self.blocks.len() * size_of::<u32>();
        let lanes = self.lanes.capacity() * size_of::<Lane>()
            + self.lanes.len() * classes
            + tree(self.by_classes.len(), size_of::<(Vec<u32>, u32)>() + classes)
            + tree(heads, size_of::<(Reverse<i64>, u32)>());
        let forests: usize = self.forests.iter().map(Forest::bytes).sum();
        let blocks: usize = self.blocks.iter().map(|block| block.bytes(self.heads.len())).sum();
        columns * size_of::<u32>()
            + self.heads.capacity() * size_of::<[(i64, u32); EXTRAS]>()
            + lanes
            + forests
            + self.plots.bytes()
            + blocks
    }
}
