//! How often values of node properties are in use, and what spreads make of that: counted anew for every question.

use std::collections::BTreeMap;

use longshore_model::{Job, Spread, TaskGroup};

use crate::ledger::{Held, Status};

/// FEAS-154 to FEAS-157: combined use by value. A value that the plan has emptied stays, with 0 (PLACE-99).
pub(crate) fn combined<'a>(
    allocs: impl Iterator<Item = &'a Held> + Clone,
    value: impl Fn(usize) -> Option<&'a str>,
) -> BTreeMap<&'a str, u64> {
    let tally = |counts: fn(&Held) -> bool| {
        let mut tally: BTreeMap<&str, u64> = BTreeMap::new();
        for value in allocs.clone().filter(|held| counts(held)).filter_map(|held| value(held.slot)) {
            *tally.entry(value).or_default() += 1;
        }
        tally
    };
    let mut existing = tally(|held| !held.planned && held.status == Status::Running);
    let proposed = tally(|held| held.planned);
    let mut cleared = tally(|held| held.stopped);
    for (value, count) in proposed {
        if let Some(cleared) = cleared.get_mut(value).filter(|cleared| **cleared > 1) {
            *cleared -= 1;
        }
        *existing.entry(value).or_default() += count;
    }
    for (value, count) in &mut existing {
        *count = count.saturating_sub(cleared.get(value).copied().unwrap_or(0));
    }
    existing
}

/// One spread of a group, as PLACE-100 has it: weight and targets are those of the first with this attribute.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) attribute: String,
    /// Values that its own targets name; `None` without targets (PLACE-91).
    named: Option<Vec<String>>,
    weight: f64,
    /// Wanted counts; `None` spreads evenly.
    wanted: Option<BTreeMap<String, f64>>,
}

impl Block {
    pub(crate) fn all(job: &Job, group: &TaskGroup) -> Vec<Block> {
        let all: Vec<&Spread> = job.spreads.iter().chain(group.spreads.iter()).collect();
        let block = |spread: &&Spread| {
            let first = all.iter().find(|first| first.attribute == spread.attribute).expect("itself, at least");
            let names: Vec<String> = spread.spread_target.iter().map(|target| target.value.clone()).collect();
            Block {
                attribute: spread.attribute.clone(),
                named: (!names.is_empty()).then_some(names),
                weight: f64::from(first.weight),
                wanted: wanted(first, group.count as f64),
            }
        };
        all.iter().map(block).collect()
    }

    /// The name that a value is counted under (PLACE-91).
    pub(crate) fn folded(&self, value: String) -> String {
        let named = self.named.as_ref().is_none_or(|named| named.contains(&value));
        if named { value } else { "*".to_owned() }
    }

    pub(crate) fn has_targets(&self) -> bool {
        self.wanted.is_some()
    }

    /// What a node with this value, folded, gains by it (PLACE-94 to PLACE-98). `weights` is `W` (PLACE-93).
    pub(crate) fn boost(&self, value: Option<&str>, uses: &BTreeMap<&str, u64>, weights: f64, lowest: &mut f64) -> f64 {
        let Some(value) = value else { return -1.0 };
        let used = uses.get(value).copied().unwrap_or(0) as f64;
        match &self.wanted {
            None => even(used, uses),
            Some(wanted) => match wanted.get(value).or_else(|| wanted.get("*")) {
                None => -1.0,
                Some(0.0) => *lowest,
                Some(wanted) => {
                    let boost = (wanted - (used + 1.0)) / wanted * (self.weight / weights);
                    *lowest = lowest.min(boost);
                    boost
                }
            },
        }
    }
}

/// PLACE-92.
fn wanted(spread: &Spread, count: f64) -> Option<BTreeMap<String, f64>> {
    let (mut wanted, mut sum) = (BTreeMap::new(), 0.0);
    for target in &spread.spread_target {
        let share = f64::from(target.percent) / 100.0 * count;
        wanted.insert(target.value.clone(), share);
        sum += share;
    }
    if sum > 0.0 && sum < count {
        wanted.insert("*".to_owned(), count - sum);
    }
    (!spread.spread_target.is_empty()).then_some(wanted)
}

/// PLACE-97, PLACE-98.
fn even(used: f64, uses: &BTreeMap<&str, u64>) -> f64 {
    let (Some(least), Some(most)) = (uses.values().min(), uses.values().max()) else { return 0.0 };
    let (least, most) = (*least as f64, *most as f64);
    match used == least {
        false if least == 0.0 => -1.0,
        false => (least - used) / least,
        true if least == most => -1.0,
        true if least == 0.0 => 1.0,
        true => (most - least) / least,
    }
}
