//! `constraint`: one constraint against one node (FEAS-40 to FEAS-65).

use longshore_constraint::Rule;
use longshore_model::{Node, Operand};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("constraint", answer);

#[derive(Deserialize)]
struct Input {
    operand: Operand,
    ltarget: String,
    rtarget: String,
    node: Node,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { operand, ltarget, rtarget, node } = super::input(input)?;
    let rule = Rule::from_parts(&ltarget, operand.as_str(), &rtarget);
    Ok(json!({
        "satisfied": rule.holds(&node),
        "lresolved": rule.left().resolve(&node),
        "rresolved": rule.right().resolve(&node),
    }))
}
