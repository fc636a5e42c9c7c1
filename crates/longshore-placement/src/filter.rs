//! Which nodes may be considered at all: rules over what a node *is*, not over what is free on it.
//!
//! A filter's answer may depend on the node's record and the ask alone, since it is kept until the record changes.

use longshore_model::Node;

use crate::ask::{Ask, DeviceAsk};
use crate::feasible::Unfit;
use crate::fleet::DeviceKind;

/// Why a node is out of the question.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Reason {
    /// Not ready, draining or ineligible (FEAS-1).
    NotReady,
    /// In another pool (FEAS-3).
    Pool,
    /// In none of the job's datacenters (FEAS-4).
    Datacenter,
    /// It does not meet a demand of the group.
    Unfit(Unfit),
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
            Reason::Unfit(unfit) => unfit.code(),
            Reason::Other(_) => "LONGSHORE-FILTER",
        }
    }

    /// Whether the node is looked at by the job at all: what is no candidate is not counted (FEAS-2).
    pub fn is_of_candidates(&self) -> bool {
        !matches!(self, Reason::NotReady | Reason::Pool | Reason::Datacenter)
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::NotReady => f.write_str("the node is not ready"),
            Reason::Pool => f.write_str("the node is in another pool"),
            Reason::Datacenter => f.write_str("the node is in another datacenter"),
            // Metrics name a constraint as it was written (FEAS-101).
            Reason::Unfit(Unfit::Constraint(rule)) => f.write_str(rule),
            Reason::Unfit(unfit) => unfit.fmt(f),
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

/// The reference's own rules in their order (FEAS-1 to FEAS-4, FEAS-10), as far as a node's record answers them.
#[derive(Clone, Copy, Debug)]
pub struct Builtin;

impl Filter for Builtin {
    fn admits(&self, ask: &Ask, node: &Node) -> Result<(), Reason> {
        candidate(ask, node)?;
        ask.demands.admit(node).map_err(Reason::Unfit)
    }
}

/// FEAS-1 to FEAS-4: whether the node is looked at at all.
pub(crate) fn candidate(ask: &Ask, node: &Node) -> Result<(), Reason> {
    if !node.ready() {
        return Err(Reason::NotReady);
    }
    if !in_pool(&ask.pool, &node.node_pool) {
        return Err(Reason::Pool);
    }
    if !ask.datacenters.iter().any(|pattern| longshore_constraint::matches(pattern, &node.datacenter)) {
        return Err(Reason::Datacenter);
    }
    Ok(())
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

/// FEAS-105, FEAS-106: whether a device group answers a request.
pub(crate) fn device_matches(ask: &DeviceAsk, kind: &DeviceKind) -> bool {
    ask.name.matches(&kind.vendor, &kind.kind, &kind.model)
        && ask.constraints.iter().all(|rule| rule.holds(kind.facts()))
}
