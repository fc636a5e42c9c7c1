//! Targets: what the sides of a constraint stand for on a node.

use std::borrow::Cow;

use longshore_model::Node;

/// One side of a constraint, read once (FEAS-40 to FEAS-43).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Target {
    /// Text that stands for itself; there is no interpolation within a text.
    Literal(String),
    /// `${node.unique.id}`
    NodeId,
    /// `${node.unique.name}`
    NodeName,
    /// `${node.datacenter}`
    Datacenter,
    /// `${node.class}`
    Class,
    /// `${node.pool}`
    Pool,
    /// `${attr.KEY}`
    Attribute(String),
    /// `${meta.KEY}`
    Meta(String),
    /// Anything else that begins with `${`: found on no node.
    Unknown,
}

impl Target {
    /// Reads a target. Any text is one.
    ///
    /// ```
    /// use longshore_constraint::Target;
    /// assert_eq!(Target::parse("${meta.rack}"), Target::Meta("rack".into()));
    /// assert_eq!(Target::parse("x-${meta.rack}"), Target::Literal("x-${meta.rack}".into()));
    /// assert_eq!(Target::parse("${node.region}"), Target::Unknown);
    /// ```
    pub fn parse(text: &str) -> Target {
        let Some(inner) = text.strip_prefix("${") else { return Target::Literal(text.into()) };
        match text {
            "${node.unique.id}" => return Target::NodeId,
            "${node.unique.name}" => return Target::NodeName,
            "${node.datacenter}" => return Target::Datacenter,
            "${node.class}" => return Target::Class,
            "${node.pool}" => return Target::Pool,
            _ => {}
        }
        // A missing brace is tolerated; text after one is part of the key (FEAS-42).
        let key = |rest: &str| rest.strip_suffix('}').unwrap_or(rest).to_owned();
        if let Some(rest) = inner.strip_prefix("attr.") {
            Target::Attribute(key(rest))
        } else if let Some(rest) = inner.strip_prefix("meta.") {
            Target::Meta(key(rest))
        } else {
            Target::Unknown
        }
    }

    /// What it stands for on a node; `None` if it is not found there.
    ///
    /// ```
    /// use longshore_constraint::Target;
    /// use longshore_model::Node;
    /// let node = Node::new("n1").datacenter("dc1");
    /// assert_eq!(Target::Datacenter.resolve(&node).as_deref(), Some("dc1"));
    /// assert_eq!(Target::Meta("rack".into()).resolve(&node), None);
    /// ```
    pub fn resolve<'a>(&'a self, node: &'a Node) -> Option<Cow<'a, str>> {
        let text: &str = match self {
            Target::Literal(text) => text,
            Target::NodeId => return Some(Cow::Owned(node.id.to_string())),
            Target::NodeName => &node.name,
            Target::Datacenter => &node.datacenter,
            Target::Class => &node.node_class,
            Target::Pool => &node.node_pool,
            Target::Attribute(key) => node.attributes.get(key)?,
            Target::Meta(key) => node.meta.get(key)?,
            Target::Unknown => return None,
        };
        Some(Cow::Borrowed(text))
    }

    /// The text of a literal.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Target::Literal(text) => Some(text),
            _ => None,
        }
    }
}

/// Whether a target names what only one node has, so that nodes of one class differ by it (FEAS-24).
pub fn escapes(target: &str) -> bool {
    ["${unique.", "${node.unique.", "${attr.unique.", "${meta.unique."].iter().any(|prefix| target.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feas_41_42_targets() {
        let mut node = Node::new("0c0c0c0c-1111-2222-3333-444444444444").attribute("a.b", "1").meta("k", "");
        node.name = "otter".into();
        node.meta.insert("a}-x", "odd".into());
        let table: &[(&str, Option<&str>)] = &[
            ("${node.unique.id}", Some("0c0c0c0c-1111-2222-3333-444444444444")),
            ("${node.unique.name}", Some("otter")),
            ("${node.class}", Some("")),
            ("${node.pool}", Some("default")),
            ("${attr.a.b}", Some("1")),
            ("${attr.a.b", Some("1")),
            ("${attr.a}", None),
            ("${meta.k}", Some("")),
            ("${meta.a}-x", Some("odd")),
            ("${Node.class}", None),
            ("${node.region}", None),
            ("${device.model}", None),
            ("", Some("")),
            ("$node.class", Some("$node.class")),
        ];
        for (text, expected) in table {
            assert_eq!(Target::parse(text).resolve(&node).as_deref(), *expected, "{text:?}");
        }
    }
}
