//! Constraints and affinities (SPEC-78, SPEC-81, SPEC-128).

use serde_json::Value as Json;

use super::ast::{Item, Kind, Object};
use super::weak::{bool_text, member, text};
use crate::decode::constraint::{AFFINITY, CONSTRAINT, Given};
use crate::diagnostics::Complaint;
use crate::schema::{Kind as Holds, Schema};

/// A part of the job, or what is wrong.
type Read<T> = Result<T, Vec<Complaint>>;

/// A constraint; `None` if it says that hosts need not be distinct.
pub(super) fn constraint(object: &Object) -> Read<Option<Json>> {
    let given = given(object, &CONSTRAINT)?;
    let mut distinct = None;
    if let Some(item) = last(object, "distinct_hosts") {
        if !distinct_hosts(item)? {
            return Ok(None);
        }
        distinct = Some(String::new());
    }
    Ok(Some(given.constraint(distinct)))
}

/// An affinity.
pub(super) fn affinity(object: &Object) -> Read<Json> {
    let given = given(object, &AFFINITY)?;
    let weight = match last(object, "weight") {
        Some(item) => member("weight", &item.value, Holds::I8N).map_err(|wrong| vec![wrong])?,
        None => Json::Null,
    };
    Ok(given.affinity(weight))
}

/// The last item of a name.
fn last<'o>(object: &'o Object, name: &str) -> Option<&'o Item> {
    object.items.iter().rev().find(|item| item.name() == name)
}

/// The texts of an object.
fn given(object: &Object, schema: &'static Schema) -> Read<Given> {
    let mut given = Given::default();
    for attribute in schema.attributes.iter().filter(|attribute| attribute.kind == Holds::SN) {
        let Some(item) = last(object, attribute.name) else { continue };
        match text(&item.value) {
            Some(text) => given.texts.push((attribute.name, text)),
            None => {
                let message = format!("`{}`: {} is no string", attribute.name, item.value.kind.noun());
                return Err(vec![Complaint::new("SPEC-123:conversion", item.value.span, message)]);
            }
        }
    }
    Ok(given)
}

/// Whether hosts must be distinct.
fn distinct_hosts(item: &Item) -> Read<bool> {
    let wrong = |code, why: &str| Err(vec![Complaint::new(code, item.value.span, format!("`distinct_hosts`: {why}"))]);
    match &item.value.kind {
        Kind::Bool(value) => Ok(*value),
        Kind::Text(text) => match bool_text(text) {
            Some(value) => Ok(value),
            None => wrong("SPEC-123:conversion", "this is neither true nor false"),
        },
        other => wrong("SPEC-127:distinct-hosts", &format!("true or false is needed, this is {}", other.noun())),
    }
}
