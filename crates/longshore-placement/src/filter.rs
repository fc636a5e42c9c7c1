//! Which nodes may be considered at all: rules over what a node *is*, not over what is free on it.
//!
//! A filter's answer may depend on the node's record and the ask alone, since it is kept until the record changes.

use longshore_model::{Node, Operand};

use crate::ask::{Ask, DeviceAsk, Rule};
use crate::fleet::DeviceKind;

/// Why a node is out of the question, by the rule that says so.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Reason {
    /// Not ready, draining or ineligible (FEAS-1).
    NotReady,
    /// In another pool (FEAS-3).
    Pool,
    /// In none of the job's datacenters (FEAS-4).
    Datacenter,
    /// A driver is missing or unhealthy (FEAS-100).
    Driver(String),
    /// A constraint does not hold (FEAS-101).
    Constraint(Rule),
    /// No device group matches a request (FEAS-102).
    Device(String),
    /// A filter of the host's own.
    Other(String),
}

impl Reason {
    /// The id of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::NotReady => "FEAS-1",
            Reason::Pool => "FEAS-3",
            Reason::Datacenter => "FEAS-4",
            Reason::Driver(_) => "FEAS-100",
            Reason::Constraint(_) => "FEAS-101",
            Reason::Device(_) => "FEAS-102",
            Reason::Other(_) => "LONGSHORE-FILTER",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::NotReady => f.write_str("node not ready"),
            Reason::Pool => f.write_str("other node pool"),
            Reason::Datacenter => f.write_str("other datacenter"),
            Reason::Driver(driver) => write!(f, "driver {driver} missing or unhealthy"),
            Reason::Constraint(rule) => write!(f, "{} {} {}", rule.left, rule.operand, rule.right),
            Reason::Device(device) => write!(f, "no device matches {device}"),
            Reason::Other(text) => f.write_str(text),
        }
    }
}

/// A rule of one's own about which nodes may be considered.
///
/// ```
/// use longshore_model::Node;
/// use longshore_placement::{Ask, Filter, Reason};
/// /// Keeps work off one rack.
/// #[derive(Debug)]
/// struct NotRack(&'static str);
/// impl Filter for NotRack {
///     fn admits(&self, _: &Ask, node: &Node) -> Result<(), Reason> {
///         match node.meta.get("rack") {
///             Some(rack) if rack == self.0 => Err(Reason::Other(format!("rack {rack} is closed"))),
///             _ => Ok(()),
///         }
///     }
/// }
/// ```
pub trait Filter: std::fmt::Debug + Send + Sync {
    /// Whether the node may be considered; else why not.
    ///
    /// # Errors
    /// The reason, which is counted in the metrics of a failed placement.
    fn admits(&self, ask: &Ask, node: &Node) -> Result<(), Reason>;
}

/// The reference's own filters in their order (FEAS-1 to FEAS-4, FEAS-10), devices aside.
#[derive(Clone, Copy, Debug)]
pub struct Builtin;

impl Filter for Builtin {
    fn admits(&self, ask: &Ask, node: &Node) -> Result<(), Reason> {
        if !node.ready() {
            return Err(Reason::NotReady);
        }
        if !in_pool(&ask.pool, &node.node_pool) {
            return Err(Reason::Pool);
        }
        if !ask.datacenters.iter().any(|pattern| glob(pattern, &node.datacenter)) {
            return Err(Reason::Datacenter);
        }
        if let Some(driver) = ask.drivers.iter().find(|driver| !has_driver(node, driver)) {
            return Err(Reason::Driver(driver.clone()));
        }
        match ask.constraints.iter().find(|rule| !holds(rule, |target| node_target(node, target))) {
            Some(rule) => Err(Reason::Constraint(rule.clone())),
            None => Ok(()),
        }
    }
}

/// FEAS-3: `all` or nothing is every pool.
fn in_pool(asked: &str, pool: &str) -> bool {
    asked.is_empty() || asked == "all" || asked == pool
}

/// FEAS-4: `*` is any run of characters, everything else literal. O(pattern × text), no recursion.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star stood, and how much of the text it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && pattern[p] == text[t] {
            p += 1;
            t += 1;
        } else if let Some((at, swallowed)) = star {
            star = Some((at, swallowed + 1));
            p = at + 1;
            t = swallowed + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// FEAS-100: the driver's record decides if there is one, else the attribute `driver.NAME`.
fn has_driver(node: &Node, driver: &str) -> bool {
    match node.drivers.get(driver) {
        Some(info) => info.detected && info.healthy,
        None => {
            let truth = node.attributes.get(&format!("driver.{driver}"));
            matches!(truth.map(String::as_str), Some("1" | "t" | "T" | "TRUE" | "true" | "True"))
        }
    }
}

/// Whether this version can evaluate an operand.
pub(crate) fn supports(operand: &Operand) -> bool {
    !matches!(operand.as_str(), "regexp" | "version" | "semver" | "distinct_hosts" | "distinct_property")
        && !matches!(operand, Operand::Other(_))
}

/// FEAS-40 to FEAS-43: what a target stands for on a node; `None` if it is not found.
fn node_target<'a>(node: &'a Node, target: &'a str) -> Target<'a> {
    let Some(inner) = target.strip_prefix("${") else { return Target::Text(target) };
    match target {
        "${node.unique.id}" => return Target::Id(&node.id),
        "${node.unique.name}" => return Target::Text(&node.name),
        "${node.datacenter}" => return Target::Text(&node.datacenter),
        "${node.class}" => return Target::Text(&node.node_class),
        "${node.pool}" => return Target::Text(&node.node_pool),
        _ => {}
    }
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let found = match inner.split_once('.') {
        Some(("attr", key)) => node.attributes.get(key),
        Some(("meta", key)) => node.meta.get(key),
        _ => None,
    };
    found.map_or(Target::Missing, |text| Target::Text(text))
}

/// FEAS-140, as far as it is text.
fn device_target<'a>(kind: &'a DeviceKind, target: &'a str) -> Target<'a> {
    match target {
        "${device.vendor}" => Target::Text(&kind.vendor),
        "${device.type}" => Target::Text(&kind.kind),
        "${device.model}" => Target::Text(&kind.model),
        _ if target.starts_with("${") => Target::Missing,
        literal => Target::Text(literal),
    }
}

/// A resolved target.
enum Target<'a> {
    Text(&'a str),
    Id(&'a longshore_model::NodeId),
    Missing,
}

/// Whether a rule holds, its targets resolved by `resolve` (FEAS-50 to FEAS-58).
fn holds<'a>(rule: &'a Rule, resolve: impl Fn(&'a str) -> Target<'a>) -> bool {
    let (left_id, right_id);
    let left = match resolve(&rule.left) {
        Target::Text(text) => Some(text),
        Target::Id(id) => {
            left_id = id.to_string();
            Some(left_id.as_str())
        }
        Target::Missing => None,
    };
    let right = match resolve(&rule.right) {
        Target::Text(text) => Some(text),
        Target::Id(id) => {
            right_id = id.to_string();
            Some(right_id.as_str())
        }
        Target::Missing => None,
    };
    compare(&rule.operand, left, right)
}

fn compare(operand: &Operand, left: Option<&str>, right: Option<&str>) -> bool {
    let both = left.zip(right);
    match operand.as_str() {
        "=" | "==" | "is" => both.is_some_and(|(l, r)| l == r),
        "!=" | "not" => left.unwrap_or("") != right.unwrap_or(""),
        "<" => both.is_some_and(|(l, r)| order(l, r).is_some_and(|o| o.is_lt())),
        "<=" => both.is_some_and(|(l, r)| order(l, r).is_some_and(|o| o.is_le())),
        ">" => both.is_some_and(|(l, r)| order(l, r).is_some_and(|o| o.is_gt())),
        ">=" => both.is_some_and(|(l, r)| order(l, r).is_some_and(|o| o.is_ge())),
        "set_contains" | "set_contains_all" => {
            both.is_some_and(|(l, r)| elements(r).all(|wanted| elements(l).any(|held| held == wanted)))
        }
        "set_contains_any" => {
            both.is_some_and(|(l, r)| elements(r).any(|wanted| elements(l).any(|held| held == wanted)))
        }
        "is_set" => left.is_some(),
        "is_not_set" => left.is_none(),
        _ => false,
    }
}

/// FEAS-62: elements between commas, trimmed; empty ones count.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

/// FEAS-60: as integers, else as decimal numbers, else byte by byte; `None` beside a NaN.
fn order(left: &str, right: &str) -> Option<std::cmp::Ordering> {
    if let (Ok(l), Ok(r)) = (left.parse::<i64>(), right.parse::<i64>()) {
        return Some(l.cmp(&r));
    }
    if let (Ok(l), Ok(r)) = (left.parse::<f64>(), right.parse::<f64>()) {
        return l.partial_cmp(&r);
    }
    Some(left.cmp(right))
}

/// FEAS-105, FEAS-106: whether a device group answers a request.
pub(crate) fn device_matches(ask: &DeviceAsk, kind: &DeviceKind) -> bool {
    let part = |asked: Option<&str>, is: &str| asked.is_none_or(|asked| asked.is_empty() || asked == is);
    let named = ask.vendor.is_some() || ask.model.is_some() || !ask.kind.is_empty();
    named
        && part(ask.vendor.as_deref(), &kind.vendor)
        && part(Some(&ask.kind), &kind.kind)
        && part(ask.model.as_deref(), &kind.model)
        && ask.constraints.iter().all(|rule| holds(rule, |target| device_target(kind, target)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feas_4_datacenter_patterns() {
        let cases = [
            ("*", "", true),
            ("*", "dc1", true),
            ("dc*", "dc1", true),
            ("*1", "dc1", true),
            ("d*c*1", "d-x-c-y-1", true),
            ("d*c", "dcd", false),
            ("dc?", "dc1", false),
            ("", "", true),
            ("", "dc1", false),
            ("DC1", "dc1", false),
            ("a*a", "a", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(glob(pattern, text), expected, "{pattern:?} against {text:?}");
        }
    }

    #[test]
    fn feas_50_to_62_operands() {
        let cases = [
            ("=", Some("a"), Some("a"), true),
            ("=", Some("a"), Some("A"), false),
            ("=", None, None, false),
            ("!=", None, None, false),
            ("!=", None, Some(""), false),
            ("!=", None, Some("x"), true),
            ("<", Some("9"), Some("10"), true),
            ("<", Some("9a"), Some("10"), false),
            (">", Some("10"), Some("9.5"), true),
            (">=", Some("nan"), Some("1"), false),
            ("set_contains", Some("a, b,c"), Some("c,a"), true),
            ("set_contains", Some("a,b"), Some(""), false),
            ("set_contains_any", Some("a,b"), Some("x,b"), true),
            ("is_set", Some(""), None, true),
            ("is_not_set", None, None, true),
        ];
        for (operand, left, right, expected) in cases {
            let got = compare(&Operand::from_text(operand), left, right);
            assert_eq!(got, expected, "{left:?} {operand} {right:?}");
        }
    }
}
