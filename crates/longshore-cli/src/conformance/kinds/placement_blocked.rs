//! `placement_blocked`: what a failed evaluation tells: metrics, what is queued, and what the blocked evaluation knows of
//! classes of nodes (FEAS-24 to FEAS-38, FEAS-175 to FEAS-185).

use longshore_model::Node;
use longshore_placement::{Eligibility, Record};
use serde_json::{Map, Value, json};

use super::super::compare::{Difference, Level};
use super::driver::Run;
use super::world::World;
use super::{Case, Kind, driver};

pub(super) const KIND: Kind = Kind::new("placement_blocked", answer).compared(compare);

fn answer(input: &Value) -> Result<Value, String> {
    driver::answer(input, tell)
}

fn tell(world: &World, run: &Run<'_>) -> Result<Value, String> {
    let placements = run.placements.iter().map(|one| json!({ "name": one.name, "node": one.node }));
    let failed = run.failed.iter().map(|(group, record)| Ok((group.clone(), self::failed(record)?)));
    let mut blocked: Vec<_> = run.blocked.iter().collect();
    blocked.sort_by_key(|(_, node)| node.map(|node| &node.name));
    let blocked = blocked.into_iter().map(|(eligibility, node)| self::blocked(world, eligibility, *node));
    Ok(json!({
        "placements": placements.collect::<Vec<_>>(),
        "failed": failed.collect::<Result<Map<_, _>, String>>()?,
        "queued": run.queued,
        "blocked": blocked.collect::<Vec<_>>(),
    }))
}

/// A failure with what [`Record::metric`] tells besides reasons, which it words.
fn failed(record: &Record) -> Result<Value, String> {
    let (mut answer, metric) = (driver::failed(record)?, record.metric());
    let map = |map: &longshore_model::Map<i64>| {
        let entries = || map.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
        if map.is_null() { Value::Null } else { Value::Object(entries()) }
    };
    answer["class_filtered"] = map(&metric.class_filtered);
    answer["class_exhausted"] = map(&metric.class_exhausted);
    answer["nodes_available"] = map(&metric.nodes_available);
    answer["nodes_in_pool"] = metric.nodes_in_pool.into();
    answer["node_pool"] = metric.node_pool.into();
    Ok(answer)
}

/// What a blocked evaluation knows of classes, by the names of their nodes.
pub(in super::super) fn blocked(world: &World, eligibility: &Eligibility, node: Option<&Node>) -> Value {
    let class = |(class, eligible): (&String, &bool)| {
        let mut nodes: Vec<&str> =
            world.nodes.iter().filter(|node| node.computed_class == *class).map(|node| node.name.as_str()).collect();
        nodes.sort_unstable();
        json!({ "nodes": nodes, "eligible": eligible })
    };
    let mut classes: Vec<Value> = eligibility.classes.iter().map(class).collect();
    classes.sort_by_key(|class| class["nodes"].to_string());
    let mut answer = json!({
        "escaped": eligibility.escaped,
        "classes": Some(classes).filter(|_| !eligibility.escaped),
        "missing_resources": eligibility.missing,
    });
    if let Some(node) = node {
        answer["node"] = node.name.as_str().into();
    }
    answer
}

/// Where the reference may answer in several ways, any of them will do.
fn compare(case: &Case, got: &Value, _: Level) -> Option<Difference> {
    let mut got = got.clone();
    let several = case.expect["blocked_one_of"].as_array();
    if several.is_some_and(|several| several.contains(&without_nulls(&got["blocked"]))) {
        got["blocked"] = Value::Null;
        got["blocked_one_of"] = case.expect["blocked_one_of"].clone();
    }
    driver::compare(case, &got)
}

/// Empty lists as the cases write them.
fn without_nulls(blocked: &Value) -> Value {
    let mut blocked = blocked.clone();
    for one in blocked.as_array_mut().into_iter().flatten() {
        if one["missing_resources"].as_array().is_some_and(Vec::is_empty) {
            one["missing_resources"] = Value::Null;
        }
    }
    blocked
}
