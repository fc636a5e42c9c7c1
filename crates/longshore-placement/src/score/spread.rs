//! Spreads: allocations over the values of an attribute, by wanted shares or evenly.

use std::collections::BTreeMap;

use longshore_constraint::Target;
use longshore_model::{Job, Node, Spread, TaskGroup};

use super::property::{Census, PropertyUse};

/// The value that stands for all that no target names.
const OTHERS: &str = "*";

/// The spreads of a group, counted for one plan in the making.
#[derive(Clone, Debug)]
pub struct SpreadSet {
    blocks: Vec<Block>,
    /// The sum of the weights of all blocks (PLACE-93).
    weights: i64,
}

/// One spread with what is in use.
#[derive(Clone, Debug)]
struct Block {
    target: Target,
    /// Values that the block's own targets name; counted apart, all others as one (PLACE-91).
    named: Option<Vec<String>>,
    in_use: PropertyUse,
    weight: i64,
    /// Wanted counts by value; `None` spreads evenly.
    wanted: Option<BTreeMap<String, f64>>,
}

impl SpreadSet {
    /// The spreads of a job and a group, job first, counted over the group's allocations (PLACE-89). `weights` is the
    /// sum for the groups that were selected before; 0 for the first (PLACE-93).
    pub fn new(census: Census<'_>, job: &Job, group: &TaskGroup, weights: i64) -> SpreadSet {
        let spreads: Vec<&Spread> = job.spreads.iter().chain(group.spreads.iter()).collect();
        let block = |spread: &&Spread| {
            // PLACE-100: of blocks with one attribute, the first says weight and targets.
            let rule = spreads.iter().find(|first| first.attribute == spread.attribute).unwrap_or(spread);
            let target = Target::parse(&spread.attribute);
            let names = spread.spread_target.iter().map(|target| target.value.clone()).collect::<Vec<_>>();
            let named = (!names.is_empty()).then_some(names);
            let in_use = PropertyUse::count(census, job, Some(&group.name), &target, &|value| folded(&named, value));
            Block { target, named, in_use, weight: i64::from(rule.weight), wanted: wanted(rule, group.count) }
        };
        let own: i64 = spreads.iter().map(|spread| i64::from(spread.weight)).sum();
        SpreadSet { blocks: spreads.iter().map(block).collect(), weights: weights.saturating_add(own) }
    }

    /// The sum of weights, for the groups that are selected after.
    pub fn weights(&self) -> i64 {
        self.weights
    }

    /// The score of a node, a plain sum over the blocks; `None` if it is 0 (PLACE-101).
    ///
    /// `lowest` is the lowest boost so far, −1 at first (PLACE-95): scoring a node may lower it.
    pub fn score(&self, node: &Node, lowest: &mut f64) -> Option<f64> {
        let sum: f64 = self.blocks.iter().map(|block| block.score(node, self.weights, lowest)).sum();
        (sum != 0.0).then_some(sum)
    }
}

fn folded(named: &Option<Vec<String>>, value: &str) -> String {
    match named {
        Some(named) if !named.iter().any(|name| name == value) => OTHERS.into(),
        _ => value.into(),
    }
}

/// PLACE-92: shares of the count; what they leave is for all others.
fn wanted(spread: &Spread, count: i64) -> Option<BTreeMap<String, f64>> {
    if spread.spread_target.is_empty() {
        return None;
    }
    let count = count as f64;
    let (mut wanted, mut sum) = (BTreeMap::new(), 0.0);
    for target in &spread.spread_target {
        let share = f64::from(target.percent) / 100.0 * count;
        sum += share;
        wanted.insert(target.value.clone(), share);
    }
    if sum > 0.0 && sum < count {
        wanted.insert(OTHERS.into(), count - sum);
    }
    Some(wanted)
}

impl Block {
    fn score(&self, node: &Node, weights: i64, lowest: &mut f64) -> f64 {
        let Some(value) = self.target.resolve(node) else { return -1.0 }; // PLACE-96
        let value = folded(&self.named, &value);
        let Some(wanted) = &self.wanted else { return even(&self.in_use, &value) };
        let Some(wanted) = wanted.get(&value).or_else(|| wanted.get(OTHERS)) else { return -1.0 };
        if *wanted == 0.0 {
            return *lowest; // PLACE-95
        }
        let used = self.in_use.of(&value) as f64 + 1.0;
        let boost = (wanted - used) / wanted * (self.weight as f64 / weights.max(1) as f64);
        *lowest = lowest.min(boost);
        boost
    }
}

/// PLACE-97, PLACE-98: towards equal counts.
fn even(in_use: &PropertyUse, value: &str) -> f64 {
    let Some((least, most)) = in_use.extremes() else { return 0.0 };
    let here = in_use.of(value) as f64;
    let (least, most) = (least as f64, most as f64);
    if here != least {
        return if least == 0.0 { -1.0 } else { (least - here) / least };
    }
    if least == most {
        return -1.0;
    }
    if least == 0.0 { 1.0 } else { (most - least) / least }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::SpreadTarget;

    #[test]
    fn place_97_98_99_even() {
        let check = |counts: &[(&str, u64)], value: &str, expected: f64| {
            let in_use = PropertyUse::from_counts(counts.iter().copied());
            assert_eq!(even(&in_use, value), expected, "{counts:?} {value}");
        };
        check(&[], "dc1", 0.0);
        check(&[("dc1", 2)], "dc1", -1.0);
        check(&[("dc1", 2)], "dc2", 1.0);
        check(&[("dc1", 2), ("dc2", 3)], "dc1", 0.5);
        check(&[("dc1", 2), ("dc2", 3)], "dc2", -0.5);
        check(&[("a", 5), ("b", 1)], "b", 4.0);
        check(&[("a", 5), ("b", 1), ("c", 0)], "c", 1.0);
        check(&[("a", 5), ("b", 1), ("c", 0)], "b", -1.0);
        check(&[("dc1", 3), ("dc2", 3)], "dc3", 1.0);
    }

    #[test]
    fn place_92_the_rest_is_for_others() {
        let target = |value: &str, percent| SpreadTarget { value: value.into(), percent };
        let spread = Spread { spread_target: [target("dc1", 50), target("*", 0)].into(), ..Spread::default() };
        assert_eq!(wanted(&spread, 10).unwrap()["*"], 5.0);
        assert_eq!(wanted(&Spread::default(), 10), None);
    }
}
