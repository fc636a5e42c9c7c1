//! Constraints, affinities and spreads: what a job says about nodes.

use crate::wire::List;

keyword! {
    /// How the two sides of a constraint or affinity compare (MODEL-135 to MODEL-140).
    ///
    /// ```
    /// use longshore_model::Operand;
    /// assert_eq!(Operand::from_text("set_contains"), Operand::SetContains);
    /// assert_eq!(Operand::from_text("like").as_str(), "like"); // kept, for validation to refuse
    /// ```
    pub enum Operand: open {
        /// Equal.
        Equal = "=",
        /// Equal.
        EqualEqual = "==",
        /// Equal.
        Is = "is",
        /// Different.
        NotEqual = "!=",
        /// Different.
        Not = "not",
        /// Before.
        Less = "<",
        /// Before or equal.
        LessOrEqual = "<=",
        /// After.
        Greater = ">",
        /// After or equal.
        GreaterOrEqual = ">=",
        /// The left matches the expression on the right.
        Regexp = "regexp",
        /// The left is a version that the right allows.
        Version = "version",
        /// The left is a semantic version that the right allows.
        Semver = "semver",
        /// The left list holds every element of the right.
        SetContains = "set_contains",
        /// The left list holds every element of the right.
        SetContainsAll = "set_contains_all",
        /// The left list holds some element of the right.
        SetContainsAny = "set_contains_any",
        /// The left exists.
        IsSet = "is_set",
        /// The left does not exist.
        IsNotSet = "is_not_set",
        /// No two allocations on one node.
        DistinctHosts = "distinct_hosts",
        /// At most so many allocations per value.
        DistinctProperty = "distinct_property",
    }
}

record! {
    /// A rule that a node must meet (MODEL-29).
    ///
    /// ```
    /// use longshore_model::Constraint;
    /// let linux = Constraint::new("${attr.kernel.name}", "=", "linux");
    /// assert!(linux.validate().is_valid());
    /// ```
    pub struct Constraint {
        /// The left target, such as `${attr.kernel.name}`, or a literal.
        "LTarget" ltarget: String,
        /// The right target or a literal.
        "RTarget" rtarget: String,
        /// How they compare; an absent one is no known operand.
        "Operand" operand: Operand = Operand::Other("".into()),
    }
}

impl Constraint {
    /// `left operand right`.
    pub fn new(left: &str, operand: &str, right: &str) -> Constraint {
        Constraint { ltarget: left.into(), operand: Operand::from_text(operand), rtarget: right.into() }
    }
}

record! {
    /// A rule that makes a node better or worse (MODEL-29).
    ///
    /// ```
    /// use longshore_model::{Affinity, from_json};
    /// let affinity: Affinity = from_json(
    ///     r#"{"LTarget": "${node.class}", "Operand": "=", "RTarget": "ssd"}"#,
    /// )?;
    /// assert_eq!(affinity.weight, 50);
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Affinity {
        /// The left target.
        "LTarget" ltarget: String,
        /// The right target.
        "RTarget" rtarget: String,
        /// How they compare.
        "Operand" operand: Operand = Operand::Other("".into()),
        /// How much it matters, −100 to 100 without 0; negative repels.
        "Weight" weight: i8 = 50,
    }
}

record! {
    /// How allocations should spread over the values of an attribute (MODEL-29).
    ///
    /// ```
    /// use longshore_model::{Spread, from_json};
    /// let even: Spread = from_json(r#"{"Attribute": "${node.datacenter}"}"#)?;
    /// assert_eq!((even.weight, even.spread_target.len()), (50, 0));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct Spread {
        /// The attribute, such as `${node.datacenter}`.
        "Attribute" attribute: String,
        /// How much it matters, 1 to 100.
        "Weight" weight: i8 = 50,
        /// Wanted shares; none for an even spread.
        "SpreadTarget" spread_target: List<SpreadTarget>,
    }
}

record! {
    /// A value's wanted share of allocations (MODEL-29).
    ///
    /// ```
    /// use longshore_model::{SpreadTarget, from_json};
    /// let most: SpreadTarget = from_json(r#"{"Value": "dc1", "Percent": 70}"#)?;
    /// assert_eq!((most.value.as_str(), most.percent), ("dc1", 70));
    /// # Ok::<(), longshore_model::DecodeError>(())
    /// ```
    pub struct SpreadTarget {
        /// The value.
        "Value" value: String,
        /// Its share in percent.
        "Percent" percent: u8,
    }
}
