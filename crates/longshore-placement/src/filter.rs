//! Which nodes may be considered at all: rules over what a node *is*, not over what is free on it.
//!
//! A filter's answer may depend on the node's record and the ask alone, since it is kept until the record changes.

use longshore_model::{Node, Operand};

use crate::ask::{Ask, DeviceAsk};
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
    /// A constraint does not hold: as it was written (FEAS-101).
    Constraint(String),
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
            Reason::Constraint(rule) => f.write_str(rule),
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
        if !ask.datacenters.iter().any(|pattern| longshore_constraint::matches(pattern, &node.datacenter)) {
            return Err(Reason::Datacenter);
        }
        if let Some(driver) = ask.drivers.iter().find(|driver| !has_driver(node, driver)) {
            return Err(Reason::Driver(driver.clone()));
        }
        match ask.constraints.iter().find(|rule| !rule.compiled.holds(node)) {
            Some(rule) => Err(Reason::Constraint(rule.to_string())),
            None => Ok(()),
        }
    }
}

/// FEAS-3: `all` or nothing is every pool.
pub(crate) fn in_pool(asked: &str, pool: &str) -> bool {
    asked.is_empty() || asked == "all" || asked == pool
}

/// FEAS-100: the driver's record decides if there is one, else the attribute `driver.NAME`.
pub(crate) fn has_driver(node: &Node, driver: &str) -> bool {
    match node.drivers.get(driver) {
        Some(info) => info.detected && info.healthy,
        None => {
            let truth = node.attributes.get(&format!("driver.{driver}"));
            truth.and_then(|text| longshore_value::number::boolean(text)) == Some(true)
        }
    }
}

/// Whether this version can evaluate an operand.
pub(crate) fn supports(operand: &Operand) -> bool {
    !matches!(operand, Operand::DistinctHosts | Operand::DistinctProperty | Operand::Other(_))
}

/// FEAS-105, FEAS-106: whether a device group answers a request.
pub(crate) fn device_matches(ask: &DeviceAsk, kind: &DeviceKind) -> bool {
    ask.name.matches(&kind.vendor, &kind.kind, &kind.model)
        && ask.constraints.iter().all(|rule| rule.compiled.holds(kind.facts()))
}
