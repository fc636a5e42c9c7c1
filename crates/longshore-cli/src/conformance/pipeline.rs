//! Pipeline P of `formats/model.md`: from a document to the job that the reference would store, as the kinds of the job
//! model ask for it.

use longshore_model::wire::Wire;
use longshore_model::{Cluster, DecodeError, Job, NamespaceCapabilities, Request, document, from_json};
use serde_json::Value;

/// The engine's settings that the recordings were made with.
pub(super) fn cluster() -> Cluster {
    let list = |items: &[&str]| items.iter().map(|item| (*item).to_string()).collect();
    let mut cluster = Cluster::default();
    cluster.node_pools.insert("gpu".into());
    cluster.namespaces.insert("lab".into(), NamespaceCapabilities::default());
    let strict = NamespaceCapabilities {
        enabled_task_drivers: list(&["exec", "docker"]),
        disabled_task_drivers: list(&["docker"]),
        enabled_network_modes: list(&["bridge", "host"]),
        disabled_network_modes: list(&["bridge"]),
    };
    cluster.namespaces.insert("strict".into(), strict);
    let deny = NamespaceCapabilities {
        disabled_task_drivers: list(&["raw_exec", "java"]),
        disabled_network_modes: list(&["none", "cni/mesh"]),
        ..NamespaceCapabilities::default()
    };
    cluster.namespaces.insert("deny".into(), deny);
    cluster
}

/// A job through P.
pub(super) fn canonical(text: &str) -> Result<Job, DecodeError> {
    let document: document::Job = from_json(text)?;
    Ok(document.canonicalize(&Request::default(), &cluster()))
}

/// The canonical job of an input's member, null for none; an `…_stored` member beside it is laid over it.
pub(super) fn job(input: &Value, member: &str) -> Result<Option<Job>, String> {
    let document = &input[member];
    if document.is_null() {
        return Ok(None);
    }
    let refused = |why: DecodeError| format!("the member {member} was not understood: {why}");
    let mut job = canonical(&document.to_string()).map_err(refused)?;
    let stored = &input[format!("{member}_stored")];
    if !stored.is_null() {
        job.decode(stored).map_err(|why| format!("the member {member}_stored was not understood: {why}"))?;
    }
    Ok(Some(job))
}
