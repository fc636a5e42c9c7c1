//! Which nodes may be considered at all: rules over what a node *is*, not over what is free on it.
//!
//! A filter's answer may depend on the node's record and the ask alone, since it is kept until the record changes.

use longshore_model::Node;

use crate::ask::Ask;
use crate::feasible::Unfit;

/// A rule of one's own about which nodes may be considered.
///
/// ```
/// use longshore_model::Node;
/// use longshore_placement::{Ask, Filter, feasible::Unfit};
/// /// Keeps work off one rack.
/// #[derive(Debug)]
/// struct NotRack(&'static str);
/// impl Filter for NotRack {
///     fn admits(&self, _: &Ask, node: &Node) -> Result<(), Unfit> {
///         match node.meta.get("rack") {
///             Some(rack) if rack == self.0 => Err(Unfit::Other(format!("rack {rack} is closed"))),
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
    fn admits(&self, ask: &Ask, node: &Node) -> Result<(), Unfit>;
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
