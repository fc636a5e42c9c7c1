//! `class`: which nodes have one computed class (FEAS-20 to FEAS-22).

use std::collections::BTreeMap;

use longshore_constraint::class::computed_class;
use longshore_model::Node;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("class", answer);

#[derive(Deserialize)]
struct Input {
    nodes: Vec<Node>,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { nodes } = super::input(input)?;
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        groups.entry(computed_class(node)).or_default().push(index);
    }
    let mut partition: Vec<Vec<usize>> = groups.into_values().collect();
    partition.sort();
    Ok(json!({ "partition": partition }))
}
