//! Pipeline P of `formats/model.md`: from a document to the job that the reference would store, as the kinds of the job
//! model ask for it.

use longshore_model::wire::Wire;
use longshore_model::{Cluster, DecodeError, Job, Request, document, from_json};
use serde_json::Value;

/// The engine's settings that the recordings were made with.
pub(super) fn cluster() -> Cluster {
    Cluster::default()
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
