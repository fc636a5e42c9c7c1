//! Documents: what is read can be written, and reads the same again.

use std::fmt::Debug;

use longshore::model::validate::{Finding, Report, validate};
use longshore::model::wire::{Form, Wire};
use longshore::model::{Cluster, Job, Node, Request, document, from_json, to_json};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads a job in the engine's own form, and as a document; a document becomes a canonical job, which can be judged, reads
/// the same again and stays what it is.
pub fn job_json(bytes: &[u8]) {
    round_trips::<Job>(bytes);
    round_trips::<document::Job>(bytes);
    let Some(document) = std::str::from_utf8(bytes).ok().and_then(|text| from_json::<document::Job>(text).ok()) else {
        return;
    };
    let cluster = Cluster::default();
    let job = document.canonicalize(&Request::default(), &cluster);
    let Report { violations, warnings } = validate(&job, &cluster);
    for Finding { code, what, message, .. } in violations.iter().chain(&warnings) {
        assert!(code.contains('-') && !what.is_empty() && !message.is_empty(), "{code} {what}: {message}");
    }
    let written = to_json(&job, Form::Full);
    assert_eq!(from_json::<Job>(&written).as_ref(), Ok(&job), "{written}");
    let mut again = job.clone();
    again.complete();
    let default = |job: &Job| {
        let mut tasks = job.task_groups.iter().flat_map(|group| &*group.tasks);
        tasks.any(|task| task.identities.iter().any(|identity| identity.name == "default"))
    };
    assert!(again == job || default(&job), "completing twice changes {written}");
}

/// Reads a node.
pub fn node_json(bytes: &[u8]) {
    round_trips::<Node>(bytes);
}

/// The compact form is left out: it drops zeros that an absent member would not read as (MODEL-8).
fn round_trips<T: Wire + Serialize + DeserializeOwned + Debug + PartialEq>(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let value = match from_json::<T>(text) {
        Ok(value) => value,
        Err(refused) => {
            assert!(refused.line() > 0 && refused.column() > 0 && !refused.problem().is_empty(), "{refused:?}");
            return;
        }
    };
    for form in [Form::Full, Form::Present, Form::Sparse] {
        let written = to_json(&value, form);
        match from_json::<T>(&written) {
            Ok(again) => assert_eq!(again, value, "{form:?}: {written}"),
            Err(refused) => panic!("{form:?}: {refused}: {written}"),
        }
    }
    let stored = rmp_serde::to_vec_named(&value).expect("a document can be stored");
    match rmp_serde::from_slice::<T>(&stored) {
        Ok(again) => assert_eq!(again, value, "as stored"),
        Err(refused) => panic!("as stored: {refused}"),
    }
}
