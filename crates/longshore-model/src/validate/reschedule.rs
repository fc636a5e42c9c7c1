//! Rescheduling, and whether its attempts fit into its interval (MODEL-117, MODEL-129 to MODEL-134).

use crate::{DelayFunction, Duration, JobType, ReschedulePolicy};

use super::group::runs_everywhere;
use super::place::Block;
use super::scope::{At, rules};

const DELAY_MIN: Duration = Duration::from_secs(5);
const INTERVAL_MIN: Duration = Duration::from_secs(15);

pub(super) fn reschedule(at: &mut At<'_>, policy: Option<&ReschedulePolicy>, kind: &JobType) {
    rules! { at;
        "MODEL-117" "reschedule-present" "ReschedulePolicy" if policy.is_some() && runs_everywhere(kind)
            => "is not for {} jobs, whose allocations stay on their nodes; leave it out", kind;
        else "MODEL-117" "reschedule-missing" "ReschedulePolicy" if policy.is_none() && !runs_everywhere(kind)
            => "is missing; say when failed allocations are placed again";
    }
    if let Some(policy) = policy.filter(|policy| policy.enabled() && !runs_everywhere(kind)) {
        members(&mut at.only(Block::Reschedule), policy);
    }
}

fn members(at: &mut At<'_>, policy: &ReschedulePolicy) {
    let ReschedulePolicy { attempts, interval, delay, delay_function, max_delay, unlimited } = policy;
    let both = *attempts > 0 && *unlimited;
    rules! { at;
        "MODEL-130" "attempts-no-interval" "Interval" if *attempts > 0 && interval.0 <= 0
            => "{} holds no attempt, and Attempts is {}; use more than 0", interval, attempts;
        "MODEL-130" "unlimited-ambiguous" "Unlimited" if both
            => "is true, and {} attempts in {} are a limit; use one of them", attempts, interval;
        "MODEL-130" "attempts-and-unlimited" "Attempts" if both
            => "is {} and Unlimited is true; use 0 attempts, or set Unlimited to false", attempts;
    }
    let before = at.violations();
    let grows = *delay_function != DelayFunction::Constant;
    rules! { at;
        "MODEL-131" "delay" "Delay" if *delay < DELAY_MIN
            => "{} is too short; use {} or more", delay, DELAY_MIN;
        "MODEL-131" "delay-function" "DelayFunction" if matches!(delay_function, DelayFunction::Other(_))
            => "{:?} is unknown; use constant, exponential or fibonacci", delay_function.as_str();
        "MODEL-131" "max-delay" "MaxDelay" if grows && *max_delay < DELAY_MIN
            => "{} is too short; use {} or more", max_delay, DELAY_MIN;
        "MODEL-131" "max-delay-vs-delay" "MaxDelay" if grows && max_delay < delay
            => "{} is shorter than Delay, which is {}; use as much or more", max_delay, delay;
    }
    if *unlimited {
        return;
    }
    let delays_are_sound = at.violations() == before;
    rules! { at;
        "MODEL-132" "interval" "Interval" if *interval < INTERVAL_MIN
            => "{} is too short; use {} or more", interval, INTERVAL_MIN;
    }
    if delays_are_sound {
        fits(at, policy);
    }
}

/// MODEL-134.
fn fits(at: &mut At<'_>, policy: &ReschedulePolicy) {
    let ReschedulePolicy { attempts, interval, .. } = policy;
    let Viability { ok, possible, wanted } = viability(policy);
    let wanted = rounded_to_seconds(wanted);
    rules! { at;
        "MODEL-134" "attempts-possible" "Attempts" [possible] if !ok
            => "{} is too many, {} fit into an Interval of {}; allow fewer", attempts, possible, interval;
        "MODEL-134" "interval-wanted" "Interval" [wanted] if !ok
            => "{} is too short for {} attempts; use {} or more", interval, attempts, wanted;
    }
}

/// Whether the attempts of a policy have room in its interval, how many have, and which interval has room for all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Viability {
    ok: bool,
    possible: i64,
    wanted: Duration,
}

/// MODEL-133. `Delay` is positive and `MaxDelay` not below it where the function looks at it.
///
/// Sums saturate: an interval beyond 292 years is as good as none.
fn viability(policy: &ReschedulePolicy) -> Viability {
    match policy.delay_function {
        DelayFunction::Exponential => exponential(policy),
        DelayFunction::Fibonacci => fibonacci(policy),
        DelayFunction::Constant | DelayFunction::Other(_) => constant(policy),
    }
}

fn constant(policy: &ReschedulePolicy) -> Viability {
    let wanted = policy.attempts.saturating_mul(policy.delay.0);
    let possible = policy.interval.0.checked_div(policy.delay.0).unwrap_or(policy.attempts);
    Viability { ok: policy.interval.0 >= wanted, possible, wanted: Duration(wanted) }
}

fn exponential(policy: &ReschedulePolicy) -> Viability {
    let (mut wanted, mut possible) = (0i64, 0i64);
    let (mut delay, ceiling) = (policy.delay.0, policy.max_delay.0);
    let mut attempt = 0;
    while attempt < policy.attempts && delay <= ceiling {
        wanted = delay;
        possible += i64::from(wanted < policy.interval.0);
        delay = delay.saturating_mul(2);
        attempt += 1;
        if delay == i64::MAX {
            break; // no ceiling is above it, and the rest is added at once
        }
    }
    let rest = policy.attempts - attempt;
    possible = possible.saturating_add(steps_below(policy.interval.0, wanted, ceiling, rest));
    wanted = wanted.saturating_add(rest.saturating_mul(ceiling));
    Viability { ok: possible == policy.attempts, possible, wanted: Duration(wanted) }
}

/// Of `count` sums `start + step`, `start + 2 × step`, … how many are below `bound`.
fn steps_below(bound: i64, start: i64, step: i64, count: i64) -> i64 {
    let room = bound.saturating_sub(1).saturating_sub(start);
    if room < 0 { 0 } else { room.checked_div(step).unwrap_or(count).min(count) }
}

fn fibonacci(policy: &ReschedulePolicy) -> Viability {
    let interval = policy.interval.0;
    let mut series = FibonacciSeries { last: [policy.delay.0; 2], ceiling: policy.max_delay.0, at_ceiling: false };
    // The first two elements are the delay itself; at least they are looked at.
    let count = policy.attempts.max(2);
    let mut possible = i64::from(policy.delay.0 <= interval) * 2;
    let mut above = policy.delay.0 > interval;
    let mut index = 2;
    while index < count && !series.at_ceiling {
        let element = series.next();
        above |= element > interval;
        possible += i64::from(!above);
        index += 1;
    }
    // From the ceiling on the series is a straight line.
    let rest = count - index;
    if !above {
        let room = steps_below(interval.saturating_add(1), series.last[1], series.ceiling, rest);
        possible += room;
    }
    let wanted = series.last[1].saturating_add(rest.saturating_mul(series.ceiling));
    Viability { ok: interval >= wanted, possible, wanted: Duration(wanted) }
}

/// Sums of the last two until they pass the ceiling, where the ceiling itself stands.
struct FibonacciSeries {
    last: [i64; 2],
    ceiling: i64,
    at_ceiling: bool,
}

impl FibonacciSeries {
    fn next(&mut self) -> i64 {
        let sum = self.last[0].saturating_add(self.last[1]);
        self.at_ceiling = sum > self.ceiling || sum == i64::MAX;
        self.last = [self.last[1], sum.min(self.ceiling)];
        self.last[1]
    }
}

/// To the nearest second, halves away from zero.
fn rounded_to_seconds(span: Duration) -> Duration {
    const SECOND: i64 = 1_000_000_000;
    let rest = span.0 % SECOND;
    let down = span.0 - rest;
    Duration(if rest * 2 >= SECOND { down.saturating_add(SECOND) } else { down })
}
