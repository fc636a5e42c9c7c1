//! Constraints on nodes, compiled.

use longshore_model::{Constraint, Node};
use longshore_value::Operand;
use longshore_value::operand::Test;

use crate::target::{Target, escapes};

/// A constraint, compiled: asked of a node it costs what its comparison costs.
///
/// ```
/// use longshore_constraint::Rule;
/// use longshore_model::{Constraint, Node};
/// let rule = Rule::new(&Constraint::new("${node.datacenter}", "regexp", "^eu-"));
/// assert!(rule.holds(&Node::new("n").datacenter("eu-west")));
/// ```
#[derive(Clone, Debug)]
pub struct Rule {
    left: Target,
    right: Target,
    /// `None` is no operand, which never holds (FEAS-59).
    operand: Option<Operand>,
    /// The comparison with a literal right side.
    test: Option<Test>,
    escapes: bool,
}

impl Rule {
    /// Compiles a constraint. Any constraint is a rule.
    pub fn new(constraint: &Constraint) -> Rule {
        Rule::from_parts(&constraint.ltarget, constraint.operand.as_str(), &constraint.rtarget)
    }

    /// Compiles `left operand right`, as affinities have it.
    pub fn from_parts(left: &str, operand: &str, right: &str) -> Rule {
        let escapes = escapes(left) || escapes(right);
        let (left, right, operand) = (Target::parse(left), Target::parse(right), Operand::named(operand));
        let test = operand.zip(right.literal()).map(|(operand, text)| Test::new(operand, Some(text)));
        Rule { left, right, operand, test, escapes }
    }

    /// Whether it holds on a node (FEAS-50 to FEAS-59).
    pub fn holds(&self, node: &Node) -> bool {
        let Some(operand) = self.operand else { return false };
        let left = self.left.resolve(node);
        match &self.test {
            Some(test) => test.holds(left.as_deref()),
            None => operand.holds(left.as_deref(), self.right.resolve(node).as_deref()),
        }
    }

    /// Whether nodes of one class may differ by it (FEAS-24).
    pub fn escapes(&self) -> bool {
        self.escapes
    }

    /// Whether it is about where the job's other allocations are, not about nodes: `distinct_hosts`,
    /// `distinct_property`.
    pub fn is_distinct(&self) -> bool {
        matches!(self.operand, Some(Operand::DistinctHosts | Operand::DistinctProperty))
    }

    /// The left target.
    pub fn left(&self) -> &Target {
        &self.left
    }

    /// The right target.
    pub fn right(&self) -> &Target {
        &self.right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feas_44_51_both_sides_resolve_alike() {
        let node = Node::new("n").attribute("a", "x").attribute("b", "x").meta("v", "~> 1.2").attribute("os", "1.3.0");
        let table = [
            ("${attr.a}", "=", "${attr.b}", true),
            ("x", "=", "${attr.b}", true),
            ("${attr.none}", "!=", "${meta.none}", false),
            ("${attr.none}", "!=", "${attr.a}", true),
            ("${attr.os}", "version", "${meta.v}", true),
            ("${attr.os}", "version", "not one", false),
            ("${attr.a}", "like", "x", false),
            ("${attr.none}", "distinct_hosts", "", true),
        ];
        for (left, operand, right, expected) in table {
            assert_eq!(Rule::from_parts(left, operand, right).holds(&node), expected, "{left} {operand} {right}");
        }
    }
}
