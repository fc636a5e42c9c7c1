//! `feasible`: one node, one group: filtered, exhausted or right (FEAS-1 to FEAS-159).

use longshore_placement::feasible::is_candidate;
use serde_json::{Value, json};

use super::world::World;
use super::{Kind, reason};

pub(super) const KIND: Kind = Kind::new("feasible", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let world = World::read(input)?;
    let node = world.nodes.first().ok_or("there is no node")?;
    if !is_candidate(&world.job, node) {
        return Ok(json!({ "status": "no-candidate" }));
    }
    reason::outcome(&world.examine(node)?)
}
