//! The worlds of `formats/placement.md` §1: sparse nodes, jobs and allocations, as the recordings completed them.

use std::collections::BTreeMap;
use std::sync::Arc;

use longshore_model::{
    Allocation, ClientStatus, Cluster, DesiredStatus, Job, Node, NodeId, Request, document,
    from_json,
};
use serde_json::Value;

fn decoded<T: serde::de::DeserializeOwned>(what: &str, value: &Value) -> Result<T, String> {
    from_json(&value.to_string()).map_err(|why| format!("{what} was not understood: {why}"))
}

/// A node: one without a status is ready, one without a pool in the default one. A null driver is one that is not there.
pub(super) fn node(value: &Value) -> Result<Node, String> {
    let mut value = value.clone();
    let absent = |value: &Value| value.as_str().is_none_or(str::is_empty);
    if absent(&value["Status"]) {
        value["Status"] = "ready".into();
    }
    if absent(&value["NodePool"]) {
        value["NodePool"] = "default".into();
    }
    for driver in value["Drivers"].as_object_mut().into_iter().flat_map(|drivers| drivers.values_mut()) {
        if driver.is_null() {
            *driver = serde_json::json!({ "Detected": false, "Healthy": false });
        }
    }
    let mut node: Node = decoded("a node", &value)?;
    node.computed_class = longshore_constraint::class::computed_class(&node);
    Ok(node)
}

/// A job with its defaults filled in and completed, but neither admitted nor validated.
pub(super) fn job(value: &Value) -> Result<Job, String> {
    let mut document: document::Job = decoded("a job", value)?;
    document.fill_defaults();
    let mut job = document.into_submitted(&Request::default(), &Cluster::default());
    job.complete();
    if job.node_pool.is_empty() {
        job.node_pool = "default".into();
    }
    Ok(job)
}

/// Jobs by id, those of both lists; a null list has none.
pub(super) fn jobs(lists: &[&Value]) -> Result<BTreeMap<String, Arc<Job>>, String> {
    let values = lists.iter().flat_map(|list| list.as_array().into_iter().flatten());
    values.map(|value| job(value).map(|job| (job.id.to_string(), Arc::new(job)))).collect()
}

/// An allocation: on the node of its name, with the registered job of its id.
pub(super) fn alloc(
    value: &Value,
    nodes: &BTreeMap<String, NodeId>,
    jobs: &BTreeMap<String, Arc<Job>>,
) -> Result<Allocation, String> {
    let mut alloc: Allocation = decoded("an allocation", value)?;
    let absent = |member: &str| value[member].as_str().is_none_or(str::is_empty);
    if absent("Namespace") {
        alloc.namespace = "default".into();
    }
    if absent("DesiredStatus") {
        alloc.desired_status = DesiredStatus::Run;
    }
    if absent("ClientStatus") {
        alloc.client_status = ClientStatus::Running;
    }
    if let Some(id) = nodes.get(&alloc.node_name) {
        alloc.node_id = id.clone();
    }
    alloc.job = alloc.job.or_else(|| jobs.get(&*alloc.job_id).cloned());
    Ok(alloc)
}

/// A list of allocations; null is empty.
pub(super) fn allocs(
    list: &Value,
    nodes: &BTreeMap<String, NodeId>,
    jobs: &BTreeMap<String, Arc<Job>>,
) -> Result<Vec<Allocation>, String> {
    list.as_array().into_iter().flatten().map(|value| alloc(value, nodes, jobs)).collect()
}
