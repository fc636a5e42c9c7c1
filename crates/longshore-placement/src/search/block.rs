//! One spread over the fleet: its values, how often each is in use, and what that is worth.

use std::collections::{BTreeMap, BTreeSet};

use longshore_model::Node;

use super::bytes::tree;
use super::round::Use;
use crate::score::{SpreadRule, even};

/// No cell, no value.
pub(super) const NONE: u32 = u32::MAX;

/// One spread over the fleet.
#[derive(Debug)]
pub(super) struct Block {
    /// Values met, each with its number.
    pub(super) numbers: BTreeMap<String, u32>,
    /// Values by number; only those of a spread with targets are asked for by name.
    pub(super) names: Vec<String>,
    /// Bytes of all values.
    pub(super) text: usize,
    pub(super) uses: Vec<Use>,
    /// How many values are counted so often (PLACE-99).
    pub(super) histogram: BTreeMap<u64, u32>,
    /// The cells of each value.
    pub(super) cells: Vec<Vec<u32>>,
    /// Values whose use is not none.
    pub(super) touched: BTreeSet<u32>,
    pub(super) even: bool,
}

/// The lowest boost at first (PLACE-95).
pub(super) const LOWEST: f64 = -1.0;

/// What the boosts of a selection depend on besides use.
#[derive(Clone, Copy)]
pub(super) struct Weather {
    /// The sum of the weights of all spreads selected so far (PLACE-93).
    pub(super) weights: i64,
    /// The lowest boost so far (PLACE-95).
    pub(super) lowest: f64,
}

impl Block {
    pub(super) fn new(rule: &SpreadRule) -> Block {
        Block {
            numbers: BTreeMap::new(),
            names: Vec::new(),
            text: 0,
            uses: Vec::new(),
            histogram: BTreeMap::new(),
            cells: Vec::new(),
            touched: BTreeSet::new(),
            even: rule.is_even(),
        }
    }

    /// Bytes held, about: `cells` are in the lists of values.
    pub(super) fn bytes(&self, cells: usize) -> usize {
        let names = self.names.capacity() * size_of::<String>() + if self.even { 0 } else { self.text };
        let lists = self.cells.capacity() * size_of::<Vec<u32>>() + (4 * self.cells.len() + cells) * size_of::<u32>();
        tree(self.numbers.len(), size_of::<(String, u32)>())
            + self.text
            + names
            + self.uses.capacity() * size_of::<Use>()
            + lists
            + tree(self.histogram.len(), size_of::<(u64, u32)>())
            + tree(self.touched.len(), size_of::<u32>())
    }

    /// The number of a node's value, folded; `None` if it has none.
    pub(super) fn value_of(&mut self, rule: &SpreadRule, node: &Node) -> Option<u32> {
        let value = rule.folded(&rule.target.resolve(node)?);
        if let Some(number) = self.numbers.get(&value) {
            return Some(*number);
        }
        let number = self.uses.len() as u32;
        if !self.even {
            self.names.push(value.clone());
        }
        self.text += value.len();
        self.numbers.insert(value, number);
        self.uses.push(Use::default());
        self.cells.push(Vec::new());
        Some(number)
    }

    /// What a value's boost depends on, besides what all values share.
    pub(super) fn class(&self, value: u32) -> u32 {
        match (value, self.even) {
            (NONE, _) => NONE,
            (_, true) => u32::try_from(self.uses[value as usize].count()).unwrap_or(NONE - 1),
            (_, false) => value,
        }
    }

    pub(super) fn change(&mut self, value: u32, change: &impl Fn(&mut Use)) {
        let used = &mut self.uses[value as usize];
        let before = used.is_counted().then(|| used.count());
        change(used);
        let after = used.is_counted().then(|| used.count());
        if *used == Use::default() {
            self.touched.remove(&value);
        } else {
            self.touched.insert(value);
        }
        if before == after {
            return;
        }
        if let Some(before) = before
            && let Some(values) = self.histogram.get_mut(&before)
        {
            *values -= 1;
            if *values == 0 {
                self.histogram.remove(&before);
            }
        }
        if let Some(after) = after {
            *self.histogram.entry(after).or_default() += 1;
        }
    }

    /// The boost of a class (PLACE-94 to PLACE-99).
    pub(super) fn boost(&self, rule: &SpreadRule, class: u32, weather: &mut Weather) -> f64 {
        if class == NONE {
            return -1.0; // PLACE-96
        }
        if self.even {
            let least = self.histogram.first_key_value().map(|(count, _)| *count);
            let most = self.histogram.last_key_value().map(|(count, _)| *count);
            return even(least.zip(most), u64::from(class));
        }
        let used = self.uses[class as usize].count();
        rule.towards(&self.names[class as usize], used, weather.weights, &mut weather.lowest)
    }
}
