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
    rule: SpreadRule,
    in_use: PropertyUse,
}

/// One spread as it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct SpreadRule {
    /// The attribute, as it was written.
    pub(crate) attribute: String,
    pub(crate) target: Target,
    /// Values that the block's own targets name; counted apart, all others as one (PLACE-91).
    named: Option<Vec<String>>,
    weight: i64,
    /// Wanted counts by value; `None` spreads evenly.
    wanted: Option<BTreeMap<String, f64>>,
}

impl SpreadSet {
    /// The spreads of a job and a group, job first, counted over the group's allocations (PLACE-89). `weights` is the
    /// sum for the groups that were selected before; 0 for the first (PLACE-93).
    pub fn new(census: Census<'_>, job: &Job, group: &TaskGroup, weights: i64) -> SpreadSet {
        let block = |rule: SpreadRule| {
            let in_use = PropertyUse::count(census, job, Some(&group.name), &rule.target, &|value| rule.folded(value));
            Block { rule, in_use }
        };
        let blocks = SpreadRule::of(job, group).into_iter().map(block).collect();
        SpreadSet { blocks, weights: weights.saturating_add(SpreadRule::weights(job, group)) }
    }

    /// The sum of weights, for the groups that are selected after.
    pub fn weights(&self) -> i64 {
        self.weights
    }

    /// The score of a node, a plain sum over the blocks; `None` if it is 0 (PLACE-101). If all weights are 0, shares of
    /// them are none, and the score of a targeted spread is NaN (PLACE-93).
    ///
    /// `lowest` is the lowest boost so far, −1 at first (PLACE-95): scoring a node may lower it.
    pub fn score(&self, node: &Node, lowest: &mut f64) -> Option<f64> {
        let sum: f64 = self.blocks.iter().map(|block| block.score(node, self.weights, lowest)).sum();
        (sum != 0.0).then_some(sum)
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

impl SpreadRule {
    /// The spreads of a job and a group, job first.
    pub(crate) fn of(job: &Job, group: &TaskGroup) -> Vec<SpreadRule> {
        let spreads: Vec<&Spread> = job.spreads.iter().chain(group.spreads.iter()).collect();
        let rule = |spread: &&Spread| {
            // PLACE-100: of blocks with one attribute, the first says weight and targets.
            let rule = spreads.iter().find(|first| first.attribute == spread.attribute).unwrap_or(spread);
            let names = spread.spread_target.iter().map(|target| target.value.clone()).collect::<Vec<_>>();
            SpreadRule {
                attribute: spread.attribute.clone(),
                target: Target::parse(&spread.attribute),
                named: (!names.is_empty()).then_some(names),
                weight: i64::from(rule.weight),
                wanted: wanted(rule, group.count),
            }
        };
        spreads.iter().map(rule).collect()
    }

    /// The sum of the weights of a job's and a group's spreads.
    pub(crate) fn weights(job: &Job, group: &TaskGroup) -> i64 {
        job.spreads.iter().chain(group.spreads.iter()).map(|spread| i64::from(spread.weight)).sum()
    }

    /// Whether it wants equal counts of all values.
    pub(crate) fn is_even(&self) -> bool {
        self.wanted.is_none()
    }

    /// The name that a value is counted under (PLACE-91).
    pub(crate) fn folded(&self, value: &str) -> String {
        match &self.named {
            Some(named) if !named.iter().any(|name| name == value) => OTHERS.into(),
            _ => value.into(),
        }
    }

    /// The boost of a folded value that is used so often, with targets (PLACE-94, PLACE-95). `lowest` is the lowest so far.
    pub(crate) fn towards(&self, value: &str, used: u64, weights: i64, lowest: &mut f64) -> f64 {
        let Some(wanted) = self.wanted.as_ref().and_then(|wanted| wanted.get(value).or_else(|| wanted.get(OTHERS)))
        else {
            return -1.0;
        };
        if *wanted == 0.0 {
            return *lowest; // PLACE-95
        }
        let used = used as f64 + 1.0;
        let boost = (wanted - used) / wanted * (self.weight as f64 / weights as f64);
        *lowest = lowest.min(boost);
        boost
    }
}

impl Block {
    fn score(&self, node: &Node, weights: i64, lowest: &mut f64) -> f64 {
        let Some(value) = self.rule.target.resolve(node) else { return -1.0 }; // PLACE-96
        let value = self.rule.folded(&value);
        match self.rule.is_even() {
            true => even(self.in_use.extremes(), self.in_use.of(&value)),
            false => self.rule.towards(&value, self.in_use.of(&value), weights, lowest),
        }
    }
}

/// PLACE-97, PLACE-98: towards equal counts; `extremes` are the least and the greatest count.
pub(crate) fn even(extremes: Option<(u64, u64)>, here: u64) -> f64 {
    let Some((least, most)) = extremes else { return 0.0 };
    let (least, most, here) = (least as f64, most as f64, here as f64);
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
            assert_eq!(even(in_use.extremes(), in_use.of(value)), expected, "{counts:?} {value}");
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
    fn place_82_93_weights_of_nothing() {
        let rule = |wanted| SpreadRule {
            attribute: "${node.datacenter}".into(),
            target: Target::parse("${node.datacenter}"),
            named: None,
            weight: 0,
            wanted,
        };
        let block = |wanted| Block { rule: rule(wanted), in_use: PropertyUse::default() };
        let score = |wanted| block(wanted).score(&Node::default(), 0, &mut -1.0);
        assert!(score(Some([(OTHERS.to_owned(), 2.0)].into())).is_nan());
        assert_eq!(score(None), 0.0);
    }

    #[test]
    fn place_92_the_rest_is_for_others() {
        let target = |value: &str, percent| SpreadTarget { value: value.into(), percent };
        let spread = Spread { spread_target: [target("dc1", 50), target("*", 0)].into(), ..Spread::default() };
        assert_eq!(wanted(&spread, 10).unwrap()["*"], 5.0);
        assert_eq!(wanted(&Spread::default(), 10), None);
    }
}
