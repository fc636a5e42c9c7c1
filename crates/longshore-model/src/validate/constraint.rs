//! Constraints, affinities and spreads, at whatever level they stand (MODEL-100 to MODEL-102, MODEL-135 to MODEL-141).

use longshore_value::{Constraints, Regexp};

use crate::{Affinity, Constraint, JobType, List, Operand, Spread};

use super::finding::Report;
use super::place::Block;
use super::repeats::repeats;
use super::scope::{At, rules};

impl Constraint {
    /// What is wrong with it by itself (MODEL-135 to MODEL-139); where it stands may forbid more.
    ///
    /// ```
    /// use longshore_model::Constraint;
    /// let report = Constraint::new("${attr.cpu.arch", "=", "amd64").validate();
    /// assert_eq!(report.violations[0].to_string(),
    ///     "LTarget: \"${attr.cpu.arch\" has no closing brace; write \"${attr.cpu.arch}\" (MODEL-139)");
    /// ```
    pub fn validate(&self) -> Report {
        let mut report = Report::default();
        constraint(&mut At::job(&mut report), self);
        report
    }
}

impl Affinity {
    /// What is wrong with it (MODEL-140).
    ///
    /// ```
    /// use longshore_model::Affinity;
    /// let report = Affinity { weight: 0, ..Affinity::default() }.validate();
    /// assert!(report.violations.iter().any(|fault| fault.what == "weight-zero"));
    /// ```
    pub fn validate(&self) -> Report {
        let mut report = Report::default();
        affinity(&mut At::job(&mut report), self);
        report
    }
}

impl Spread {
    /// What is wrong with it (MODEL-141).
    ///
    /// ```
    /// use longshore_model::Spread;
    /// assert!(Spread { attribute: "${node.datacenter}".into(), ..Spread::default() }.validate().is_valid());
    /// ```
    pub fn validate(&self) -> Report {
        let mut report = Report::default();
        spread(&mut At::job(&mut report), self);
        report
    }
}

/// All constraints of one level.
pub(super) fn constraints(at: &mut At<'_>, list: &List<Constraint>) {
    for (index, one) in list.iter().enumerate() {
        constraint(&mut at.element(Block::Constraint, index, ""), one);
    }
}

/// All affinities of one level; system jobs may have none, not even an empty list (MODEL-101).
pub(super) fn affinities(at: &mut At<'_>, list: &List<Affinity>, kind: &JobType) {
    let allowed = *kind != JobType::System;
    rules! { at;
        "MODEL-101" "system-affinity" "Affinities" if !list.is_null() && !allowed
            => "is not for system jobs, which run on every node; leave it out";
    }
    for (index, one) in list.iter().enumerate().filter(|_| allowed) {
        affinity(&mut at.element(Block::Affinity, index, ""), one);
    }
}

/// All spreads of one level; system jobs may have none, not even an empty list (MODEL-102).
pub(super) fn spreads(at: &mut At<'_>, list: &List<Spread>, kind: &JobType) {
    let allowed = *kind != JobType::System;
    rules! { at;
        "MODEL-102" "system-spread" "Spreads" if !list.is_null() && !allowed
            => "is not for system jobs, which run on every node; leave it out";
    }
    for (index, one) in list.iter().enumerate().filter(|_| allowed) {
        spread(&mut at.element(Block::Spread, index, ""), one);
    }
}

/// What an operand asks of the right side.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Right {
    /// A list.
    Set,
    /// Something to compare with.
    Value,
    Regexp,
    Version,
    Semver,
    Nothing,
    /// A number above 0, or nothing.
    Number,
    /// It is not looked at.
    Ignored,
    /// The operand is unknown.
    Unknown,
}

fn right(operand: &Operand) -> Right {
    use Operand as O;
    match operand {
        O::SetContains | O::SetContainsAll | O::SetContainsAny => Right::Set,
        O::Equal | O::EqualEqual | O::Is | O::NotEqual | O::Not => Right::Value,
        O::Less | O::LessOrEqual | O::Greater | O::GreaterOrEqual => Right::Value,
        O::Regexp => Right::Regexp,
        O::Version => Right::Version,
        O::Semver => Right::Semver,
        O::IsSet | O::IsNotSet => Right::Nothing,
        O::DistinctProperty => Right::Number,
        O::DistinctHosts => Right::Ignored,
        O::Other(_) => Right::Unknown,
    }
}

/// Why the right side cannot be read as `regexp`, `version` or `semver` want it (MODEL-137); nothing if it can.
fn unreadable(wanted: Right, text: &str) -> String {
    let why = match wanted {
        Right::Regexp => Regexp::new(text).err().map(|error| error.to_string()),
        Right::Version => Constraints::version(text).err().map(|error| error.to_string()),
        Right::Semver => Constraints::semver(text).err().map(|error| error.to_string()),
        _ => None,
    };
    why.unwrap_or_default()
}

/// What is wrong with a right side, by the codes of what is missing and of what cannot be read.
macro_rules! right_side {
    ($at:ident, $missing:literal, $unreadable:literal, $wanted:ident, $name:ident, $rtarget:ident) => {
        let why = unreadable($wanted, $rtarget);
        rules! { $at;
            $missing "set-needs-rtarget" "RTarget" if $wanted == Right::Set && $rtarget.is_empty()
                => "is missing; {:?} needs the elements to look for", $name;
            $missing "op-needs-rtarget" "RTarget" if $wanted == Right::Value && $rtarget.is_empty()
                => "is missing; {:?} needs a value to compare with", $name;
            $unreadable "regexp" "RTarget" if $wanted == Right::Regexp && !why.is_empty()
                => "{:?} is no regular expression: {}", $rtarget, why;
            $unreadable "version" "RTarget" if $wanted == Right::Version && !why.is_empty()
                => "is no version constraint: {}", why;
            $unreadable "semver" "RTarget" if $wanted == Right::Semver && !why.is_empty()
                => "is no semantic version constraint: {}", why;
        }
    };
}

pub(super) fn constraint(at: &mut At<'_>, constraint: &Constraint) {
    let Constraint { ltarget, rtarget, operand } = constraint;
    let wanted = right(operand);
    let name = operand.as_str();
    rules! { at;
        "MODEL-135" "operand-missing" "Operand" if name.is_empty()
            => "is missing; say how the two sides compare";
        "MODEL-135" "operand-unknown" "Operand" if wanted == Right::Unknown
            => "{:?} is unknown; use one of {}", name, OPERANDS;
    }
    right_side!(at, "MODEL-136", "MODEL-137", wanted, name, rtarget);
    let number = unsigned(rtarget);
    let counts = wanted == Right::Number && !rtarget.is_empty();
    rules! { at;
        "MODEL-136" "op-forbids-rtarget" "RTarget" if wanted == Right::Nothing && !rtarget.is_empty()
            => "{:?} means nothing to {:?}; leave it out", rtarget, name;
        "MODEL-138" "distinct-not-number" "RTarget" if counts && number.is_none()
            => "{:?} is no number of allocations; use 1 or more, or leave it out for 1", rtarget;
        "MODEL-138" "distinct-zero" "RTarget" if counts && number == Some(0)
            => "{:?} allows no allocation at all; use 1 or more, or leave it out for 1", rtarget;
    }
    if wanted != Right::Ignored {
        left_target(at, ltarget, name);
    }
}

/// Digits only, as an unsigned number of 64 bits.
fn unsigned(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// What constraints may be told by, for messages.
const OPERANDS: &str = "=, !=, <, <=, >, >=, regexp, version, semver, set_contains, set_contains_any, is_set, \
                        is_not_set, distinct_hosts, distinct_property";

/// The attributes of nodes that targets may name in full.
const NODE_TARGETS: [&str; 5] =
    ["${node.unique.id}", "${node.datacenter}", "${node.unique.name}", "${node.class}", "${node.pool}"];

/// What else a target may begin with.
const TARGET_PREFIXES: [&str; 3] = ["${attr.", "${meta.", "${device."];

/// MODEL-139: nothing, or a literal, or an attribute that nodes may have.
fn left_target(at: &mut At<'_>, target: &str, operand: &str) {
    let attribute = target.starts_with('$');
    let known = || NODE_TARGETS.contains(&target) || TARGET_PREFIXES.iter().any(|prefix| target.starts_with(prefix));
    rules! { at;
        "MODEL-139" "ltarget-missing" "LTarget" if target.is_empty()
            => "is missing; {:?} needs an attribute such as \"${{attr.kernel.name}}\"", operand;
        else "MODEL-139" "ltarget-open" "LTarget" if attribute && !target.starts_with("${")
            => "{:?} has no opening brace; write \"${{{}\"", target, &target[1..];
        else "MODEL-139" "ltarget-close" "LTarget" if attribute && !target.ends_with('}')
            => "{:?} has no closing brace; write \"{}}}\"", target, target;
        else "MODEL-139" "ltarget-unsupported" "LTarget" if attribute && !known()
            => "{:?} is no attribute of nodes; use one below attr., meta. or device., or one of {}",
               target, NODE_TARGETS.join(" ");
    }
}

pub(super) fn affinity(at: &mut At<'_>, affinity: &Affinity) {
    let Affinity { ltarget, rtarget, operand, weight } = affinity;
    // Of the operands of constraints affinities know those that compare (FEAS-96).
    let wanted = match right(operand) {
        Right::Nothing | Right::Number | Right::Ignored => Right::Unknown,
        known => known,
    };
    let name = operand.as_str();
    rules! { at;
        "MODEL-140" "operand-missing" "Operand" if name.is_empty()
            => "is missing; say how the two sides compare";
        "MODEL-140" "operand-unknown" "Operand" if wanted == Right::Unknown
            => "{:?} is not for affinities; use one that compares two sides", name;
    }
    right_side!(at, "MODEL-140", "MODEL-140", wanted, name, rtarget);
    rules! { at;
        "MODEL-140" "ltarget-missing" "LTarget" if ltarget.is_empty()
            => "is missing; name an attribute such as \"${{meta.rack}}\"";
        "MODEL-140" "weight-zero" "Weight" if *weight == 0
            => "is 0, which means nothing; use -100 to 100 without 0";
        "MODEL-140" "weight-range" "Weight" if !(-100..=100).contains(weight)
            => "{} is out of range; use -100 to 100 without 0", weight;
    }
}

fn spread(at: &mut At<'_>, spread: &Spread) {
    let Spread { attribute, weight, spread_target: targets } = spread;
    rules! { at;
        "MODEL-141" "attribute-missing" "Attribute" if attribute.is_empty()
            => "is missing; name an attribute such as \"${{node.datacenter}}\"";
        "MODEL-141" "weight" "Weight" if !(1..=100).contains(weight)
            => "{} is out of range; use 1 to 100", weight;
    }
    for repeat in repeats(targets, |target| target.value.as_str()) {
        let value = &targets[repeat.later].value;
        rules! { at.element(Block::SpreadTarget, repeat.later, value);
            "MODEL-141" "value-repeated" "Value"
                => "{:?} has a share in SpreadTarget[{}] already; give each value one", value, repeat.first;
        }
    }
    for (index, target) in targets.iter().enumerate() {
        rules! { at.element(Block::SpreadTarget, index, &target.value);
            "MODEL-141" "percent" "Percent" if target.percent > 100
                => "{} is more than the whole; use 0 to 100", target.percent;
        }
    }
    let sum: u64 = targets.iter().map(|target| u64::from(target.percent)).sum();
    rules! { at;
        "MODEL-141" "percent-sum" "SpreadTarget" if sum > 100
            => "shares out {}%; use at most 100% in all", sum;
    }
}
