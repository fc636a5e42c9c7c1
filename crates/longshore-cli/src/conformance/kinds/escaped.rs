//! `escaped`: which constraints tell nodes of one class apart (FEAS-24).

use longshore_constraint::Rule;
use longshore_model::Constraint;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("escaped", answer);

#[derive(Deserialize)]
struct Input {
    constraints: Vec<Constraint>,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { constraints } = super::input(input)?;
    let escaped: Vec<usize> =
        (0..constraints.len()).filter(|index| Rule::new(&constraints[*index]).escapes()).collect();
    Ok(json!({ "escaped": escaped }))
}
