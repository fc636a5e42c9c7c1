//! How good a node is for a group: the reference's scores, each a pure function, and their mean.
//!
//! | Score | Counts when | Function |
//! |---|---|---|
//! | `binpack` | always | [`fit`] |
//! | `devices` | devices are asked for with affinities | `Placed::devices` |
//! | `job-anti-affinity` | the group runs there already | [`anti_affinity`] |
//! | `node-reschedule-penalty` | it failed there | −1 |
//! | `node-affinity` | the group has affinities | [`Affinities`] |
//! | `allocation-spread` | the sum is not 0 | [`SpreadSet`] |
//! | `preemption` | somebody is displaced | [`preemption`] |
//!
//! The final score is the mean of those that count (PLACE-88). Powers and exponentials go through `libm`, so every
//! platform agrees.

mod property;
mod spread;

pub use property::{Census, PropertyUse};
pub use spread::SpreadSet;
pub(crate) use spread::{SpreadRule, even};

use longshore_constraint::Rule;
use longshore_model::{Affinity, Job, Node, TaskGroup};

use crate::amounts::Amounts;
use crate::policy::Algorithm;

/// How full a node gets (PLACE-79 to PLACE-82): fuller is better, or emptier with `spread`. Division by nothing follows
/// IEEE 754, so the answer may be NaN.
///
/// ```
/// use longshore_placement::{Amounts, score::fit};
/// let has = Amounts { cpu: 4000, memory: 8192, disk: 0 };
/// let used = Amounts { cpu: 500, memory: 256, disk: 0 };
/// assert!((fit(has, used, false) - 0.177_518_749_9).abs() < 1e-9);
/// assert!((fit(has, used, true) - 0.822_481_250_1).abs() < 1e-9);
/// ```
pub fn fit(available: Amounts, used: Amounts, spread: bool) -> f64 {
    let power = |used: i64, has: i64| libm::exp10(1.0 - used as f64 / has as f64);
    let algorithm = if spread { Algorithm::Spread } else { Algorithm::BinPack };
    algorithm.of_powers(power(used.cpu, available.cpu) + power(used.memory, available.memory))
}

/// Worse for every allocation of the group that is there already (PLACE-84); `None` if there is none. A count of nothing
/// is taken as one, so that every score is a number.
pub fn anti_affinity(there: u32, count: i64) -> Option<f64> {
    (there > 0).then(|| -(f64::from(there) + 1.0) / count.max(1) as f64)
}

/// Better for each displaced priority that is low (PLACE-87); `None` if nobody is displaced.
///
/// ```
/// use longshore_placement::score::preemption;
/// assert_eq!(preemption(&[]), None);
/// assert!((preemption(&[30, 40]).unwrap() - 0.999_934_277_3).abs() < 1e-9);
/// ```
pub fn preemption(priorities: &[i64]) -> Option<f64> {
    let most = *priorities.iter().max()? as f64;
    let sum: f64 = priorities.iter().map(|priority| *priority as f64).sum();
    // Of priorities of nothing the quotient is none: they displace nobody of weight.
    let net = most + if most == 0.0 { 0.0 } else { sum / most };
    Some(1.0 / (1.0 + libm::exp(0.0048 * (net - 2048.0))))
}

/// Affinities of a job, a group and its tasks, compiled (FEAS-165).
#[derive(Clone, Debug, Default)]
pub struct Affinities {
    rules: Vec<(Rule, i64)>,
}

impl Affinities {
    /// Those that count for a group.
    pub fn of(job: &Job, group: &TaskGroup) -> Affinities {
        let tasks = group.tasks.iter().flat_map(|task| task.affinities.iter());
        let all = job.affinities.iter().chain(group.affinities.iter()).chain(tasks);
        let compiled = |one: &Affinity| {
            (Rule::from_parts(&one.ltarget, one.operand.as_str(), &one.rtarget), i64::from(one.weight))
        };
        Affinities { rules: all.map(compiled).collect() }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether a rule names single nodes (FEAS-24).
    pub(crate) fn escapes(&self) -> bool {
        self.rules.iter().any(|(rule, _)| rule.escapes())
    }

    /// Weights of those that hold by the weights of all (PLACE-86); `None` if there are none. A sum of 0 is a score. If
    /// all weights are 0, which no valid job has, the quotient is none: NaN.
    pub fn score(&self, node: &Node) -> Option<f64> {
        let all: i64 = self.rules.iter().map(|(_, weight)| weight.abs()).sum();
        let held: i64 = self.rules.iter().filter(|(rule, _)| rule.holds(node)).map(|(_, weight)| weight).sum();
        (!self.rules.is_empty()).then(|| held as f64 / all as f64)
    }
}

/// Every score of one node; `None` is a score that does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// How full it gets.
    pub fit: f64,
    /// Affinities of devices.
    pub devices: Option<f64>,
    /// Company of its own kind.
    pub anti_affinity: Option<f64>,
    /// Earlier failures there.
    pub penalty: Option<f64>,
    /// Affinities.
    pub affinity: Option<f64>,
    /// Spreads.
    pub spread: Option<f64>,
    /// Those displaced.
    pub preemption: Option<f64>,
}

impl Scores {
    /// The mean of those that count, summed in this order (PLACE-88).
    ///
    /// ```
    /// use longshore_placement::score::Scores;
    /// let scores = Scores { fit: 0.5, penalty: Some(-1.0), ..Scores::default() };
    /// assert_eq!(scores.mean(), -0.25);
    /// ```
    pub fn mean(&self) -> f64 {
        let rest = [self.devices, self.anti_affinity, self.penalty, self.affinity, self.spread, self.preemption];
        let (mut sum, mut count) = (self.fit, 1.0);
        for score in rest.into_iter().flatten() {
            sum += score;
            count += 1.0;
        }
        sum / count
    }

    /// The scores that a record tells, by name (PLACE-131): some are told even where they add nothing, but not of
    /// `system` jobs, which know nothing but fit and devices (PLACE-32).
    ///
    /// ```
    /// use longshore_placement::score::Scores;
    /// let names = |system| Scores::default().told(system).map(|(name, _)| name).collect::<Vec<_>>();
    /// assert_eq!(names(false), ["binpack", "job-anti-affinity", "node-reschedule-penalty", "node-affinity"]);
    /// assert_eq!(names(true), ["binpack"]);
    /// ```
    pub fn told(&self, system: bool) -> impl Iterator<Item = (&'static str, f64)> {
        let always = |score: Option<f64>| if system { score } else { Some(score.unwrap_or(0.0)) };
        let all = [
            ("binpack", Some(self.fit)),
            ("devices", self.devices),
            ("job-anti-affinity", always(self.anti_affinity)),
            ("node-reschedule-penalty", always(self.penalty)),
            ("node-affinity", always(self.affinity)),
            ("allocation-spread", self.spread),
            ("preemption", self.preemption),
        ];
        all.into_iter().filter_map(|(name, score)| Some((name, score?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longshore_model::Operand;

    #[test]
    fn place_79_82_fit() {
        let has = Amounts { cpu: 2048, memory: 4096, disk: 0 };
        assert_eq!((fit(has, has, false), fit(has, Amounts::ZERO, false)), (1.0, 0.0));
        assert!(fit(Amounts::ZERO, Amounts::ZERO, false).is_nan());
    }

    /// Division by nothing follows IEEE 754, as everywhere in the scores.
    #[test]
    fn place_82_86_weights_of_nothing() {
        let affinity = |weight| Affinity { operand: Operand::Equal, weight, ..Affinity::default() };
        let score = |weights: &[i8]| {
            let affinities = weights.iter().map(|weight| affinity(*weight)).collect();
            Affinities::of(&Job { affinities, ..Job::default() }, &TaskGroup::default()).score(&Node::default())
        };
        assert_eq!((score(&[]), score(&[50, -30])), (None, Some(0.25)));
        assert!(score(&[0]).unwrap().is_nan());
    }

    #[test]
    fn place_84_87_others() {
        assert_eq!((anti_affinity(2, 4), anti_affinity(1, 1), anti_affinity(0, 1)), (Some(-0.75), Some(-2.0), None));
        assert!(anti_affinity(3, 0).unwrap().is_finite());
        let table: [(&[i64], f64); 3] =
            [(&[20], 0.999_940_507_5), (&[30, 50], 0.999_931_095_5), (&[10; 10], 0.999_940_792_3)];
        for (priorities, score) in table {
            assert!((preemption(priorities).unwrap() - score).abs() < 1e-9, "{priorities:?}");
        }
    }
}
