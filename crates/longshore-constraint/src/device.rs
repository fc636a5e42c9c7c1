//! Requests for devices: names and rules on device groups.

use std::fmt;

use longshore_model::{DeviceAttribute, Map, NodeDevice, NodeDeviceInstance};
use longshore_value::{Attribute, Operand, Value};

/// A requested device's name, split: `type`, `vendor/type` or `vendor/type/model` (FEAS-105).
///
/// ```
/// use longshore_constraint::DeviceName;
/// let name = DeviceName::parse("nvidia/gpu");
/// assert!(name.matches("nvidia", "gpu", "T4") && !name.matches("amd", "gpu", "MI300"));
/// ```
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct DeviceName {
    vendor: String,
    kind: String,
    model: String,
}

impl DeviceName {
    /// Splits a name at its first two slashes.
    pub fn parse(name: &str) -> DeviceName {
        let parts: Vec<&str> = name.splitn(3, '/').collect();
        let (vendor, kind, model) = match parts.as_slice() {
            [vendor, kind, model] => (*vendor, *kind, *model),
            [vendor, kind] => (*vendor, *kind, ""),
            _ => ("", name, ""),
        };
        DeviceName { vendor: vendor.into(), kind: kind.into(), model: model.into() }
    }

    /// Whether a device group answers to it: an empty part is any, an empty name is none.
    pub fn matches(&self, vendor: &str, kind: &str, model: &str) -> bool {
        let part = |asked: &str, is: &str| asked.is_empty() || asked == is;
        let named = !(self.vendor.is_empty() && self.kind.is_empty() && self.model.is_empty());
        named && part(&self.vendor, vendor) && part(&self.kind, kind) && part(&self.model, model)
    }
}

/// As it was written, empty parts at the front left out.
impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.vendor.as_str(), self.kind.as_str(), self.model.as_str()) {
            ("", kind, "") => f.write_str(kind),
            (vendor, kind, "") => write!(f, "{vendor}/{kind}"),
            (vendor, kind, model) => write!(f, "{vendor}/{kind}/{model}"),
        }
    }
}

/// What rules may know of a device group.
#[derive(Clone, Copy, Debug)]
pub struct DeviceFacts<'a> {
    /// Such as `nvidia`.
    pub vendor: &'a str,
    /// Such as `gpu`.
    pub kind: &'a str,
    /// Such as `T4`.
    pub model: &'a str,
    /// Facts about it.
    pub attributes: &'a Map<DeviceAttribute>,
    /// Its instances.
    pub instances: &'a [NodeDeviceInstance],
}

impl<'a> From<&'a NodeDevice> for DeviceFacts<'a> {
    fn from(group: &'a NodeDevice) -> DeviceFacts<'a> {
        let NodeDevice { vendor, kind, name, attributes, instances, .. } = group;
        DeviceFacts { vendor, kind, model: name, attributes, instances }
    }
}

/// A constraint or affinity on a device group, compiled (FEAS-140, FEAS-145).
#[derive(Clone, Debug)]
pub struct DeviceRule {
    left: Side,
    operand: Option<Operand>,
    right: Side,
}

/// One side: what it stands for on a device group.
#[derive(Clone, Debug)]
enum Side {
    /// A typed literal.
    Literal(Attribute),
    Ids,
    Vendor,
    Kind,
    Model,
    Attribute(String),
    Unknown,
}

impl DeviceRule {
    /// Compiles `left operand right`.
    ///
    /// ```
    /// use longshore_constraint::DeviceRule;
    /// use longshore_model::{DeviceAttribute, Map, NodeDevice, NodeDeviceInstance};
    /// let mut gpu = NodeDevice::new("nvidia", "gpu", "T4");
    /// let memory = DeviceAttribute { int: Some(16), unit: "GiB".into(), ..DeviceAttribute::default() };
    /// gpu.attributes.insert("memory", memory);
    /// assert!(DeviceRule::new("${device.attr.memory}", ">=", "15000 MiB").holds((&gpu).into()));
    /// ```
    pub fn new(left: &str, operand: &str, right: &str) -> DeviceRule {
        DeviceRule { left: Side::parse(left), operand: Operand::named(operand), right: Side::parse(right) }
    }

    /// Whether it holds for a device group.
    pub fn holds(&self, group: DeviceFacts<'_>) -> bool {
        let Some(operand) = self.operand else { return false };
        operand.holds_typed(self.left.resolve(group).as_ref(), self.right.resolve(group).as_ref())
    }

    /// Whether an instance may be given under it (FEAS-146): where one side is the list of ids, the other side's value is
    /// compared with the instance's own id, on the right. A rule about anything else leaves every instance alone.
    pub fn admits_instance(&self, group: DeviceFacts<'_>, id: &str) -> bool {
        let other = match (&self.left, &self.right) {
            (Side::Ids, other) | (other, Side::Ids) => other,
            _ => return true,
        };
        let operand = self.operand;
        operand.is_some_and(|operand| operand.holds_typed(other.resolve(group).as_ref(), Some(&Attribute::text(id))))
    }

    /// Whether it looks at which instances a group has, so that groups alike in all else may differ (FEAS-146).
    pub fn names_instances(&self) -> bool {
        matches!(self.left, Side::Ids) || matches!(self.right, Side::Ids)
    }
}

impl Side {
    fn parse(text: &str) -> Side {
        let Some(inner) = text.strip_prefix("${") else { return Side::Literal(Attribute::parse(text)) };
        match text {
            "${device.ids}" => Side::Ids,
            "${device.vendor}" => Side::Vendor,
            "${device.type}" => Side::Kind,
            "${device.model}" => Side::Model,
            _ => match inner.strip_prefix("device.attr.") {
                Some(rest) => Side::Attribute(rest.strip_suffix('}').unwrap_or(rest).to_owned()),
                None => Side::Unknown,
            },
        }
    }

    fn resolve(&self, group: DeviceFacts<'_>) -> Option<Attribute> {
        Some(match self {
            Side::Literal(attribute) => attribute.clone(),
            Side::Ids => {
                let ids: Vec<&str> = group.instances.iter().map(|instance| instance.id.as_str()).collect();
                Attribute::text(ids.join(","))
            }
            Side::Vendor => Attribute::text(group.vendor),
            Side::Kind => Attribute::text(group.kind),
            Side::Model => Attribute::text(group.model),
            Side::Attribute(key) => typed(group.attributes.get(key)?)?,
            Side::Unknown => return None,
        })
    }
}

/// A stored attribute as a value; `None` if it holds none.
pub fn typed(stored: &DeviceAttribute) -> Option<Attribute> {
    let value = match stored {
        DeviceAttribute { int: Some(int), .. } => Value::Int(*int),
        DeviceAttribute { float: Some(float), .. } => Value::Float(*float),
        DeviceAttribute { bool: Some(bool), .. } => Value::Bool(*bool),
        DeviceAttribute { string: Some(string), .. } => Value::String(string.clone()),
        _ => return None,
    };
    Some(Attribute::new(value, &stored.unit))
}
