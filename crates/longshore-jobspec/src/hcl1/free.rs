//! Free-form maps and maps of texts (SPEC-124).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::ast::{Item, Kind, Object, Value};
use super::weak;
use crate::diagnostics::Complaint;

/// A part of the job, or what is wrong.
type Read<T> = Result<T, Vec<Complaint>>;

/// The complaint about a value that must be an object.
pub(super) fn no_object(name: &str, value: &Value) -> Vec<Complaint> {
    let message = format!("`{name}`: an object is needed, this is {}", value.kind.noun());
    vec![Complaint::new("SPEC-127:not-an-object", value.span, message)]
}

/// The object that an item must be.
pub(super) fn object(item: &Item) -> Read<&Object> {
    match &item.value.kind {
        Kind::Object(object) => Ok(object),
        _ => Err(no_object(item.name(), &item.value)),
    }
}

/// All items of a name merged into one free-form map; the later keys win.
pub(super) fn config(items: &[&Item]) -> Read<Json> {
    let mut members = Map::new();
    for item in items {
        members.extend(map(object(item)?)?);
    }
    Ok(Json::Object(members))
}

/// What an object holds: objects stand in lists, one for each item, each label a level (SPEC-71).
fn map(object: &Object) -> Read<Map<String, Json>> {
    let mut members: Map<String, Json> = Map::new();
    let mut is_block: BTreeMap<&str, bool> = BTreeMap::new();
    for item in &object.items {
        let block = matches!(item.value.kind, Kind::Object(_));
        let name = item.name();
        if *is_block.entry(name).or_insert(block) != block {
            let message = format!("`{name}` is a block and an argument");
            return Err(vec![Complaint::new("SPEC-127:not-an-object", item.span(), message)]);
        }
        let inner = value(&item.value)?;
        if !block {
            members.insert(name.to_owned(), inner);
            continue;
        }
        let labelled =
            item.labels().iter().rev().fold(inner, |inner, label| {
                Json::Object(Map::from_iter([(label.text.clone(), Json::Array(vec![inner]))]))
            });
        match members.get_mut(name) {
            Some(Json::Array(list)) => list.push(labelled),
            _ => drop(members.insert(name.to_owned(), Json::Array(vec![labelled]))),
        }
    }
    Ok(members)
}

fn value(given: &Value) -> Read<Json> {
    let number = |found: Option<Json>| {
        found.ok_or_else(|| vec![Complaint::new("SPEC-123:conversion", given.span, "this number is out of range")])
    };
    match &given.kind {
        Kind::Number(text) => number(weak::whole(text).map(Json::from)),
        Kind::Float(text) => number(text.parse::<f64>().ok().filter(|float| float.is_finite()).map(Json::from)),
        Kind::Bool(value) => Ok(Json::Bool(*value)),
        Kind::Text(text) => Ok(Json::from(text.as_str())),
        Kind::List(elements) => elements.iter().map(value).collect(),
        Kind::Object(object) => Ok(Json::Object(map(object)?)),
    }
}

/// A free-form map whose lists of maps are the maps, merged (SPEC-128).
pub(super) fn flattened(json: Json) -> Json {
    match json {
        Json::Object(members) => members.into_iter().map(|(key, value)| (key, flattened(value))).collect(),
        Json::Array(elements) if !elements.is_empty() && elements.iter().all(Json::is_object) => {
            let maps = elements.into_iter().filter_map(|element| match flattened(element) {
                Json::Object(members) => Some(members),
                _ => None,
            });
            Json::Object(maps.flatten().collect())
        }
        other => other,
    }
}

/// All items of a name merged into one map of texts.
pub(super) fn texts(items: &[&Item]) -> Read<Json> {
    let mut members = Map::new();
    for item in items {
        for inner in &object(item)?.items {
            let text = weak::member(inner.name(), &inner.value, crate::schema::Kind::S).map_err(|wrong| vec![wrong])?;
            members.insert(inner.name().to_owned(), text);
        }
    }
    Ok(Json::Object(members))
}

/// All items of a name merged into one map of lists of texts; lists of one name are appended.
pub(super) fn text_lists(items: &[&Item]) -> Read<Json> {
    let mut members: Map<String, Json> = Map::new();
    for item in items {
        for inner in &object(item)?.items {
            let Kind::List(elements) = &inner.value.kind else { return Err(no_list(inner)) };
            let texts = elements.iter().map(|element| match &element.kind {
                Kind::Text(text) => Ok(Json::from(text.as_str())),
                _ => Err(no_list(inner)),
            });
            let texts = texts.collect::<Read<Vec<Json>>>()?;
            match members.get_mut(inner.name()) {
                Some(Json::Array(list)) => list.extend(texts),
                _ => drop(members.insert(inner.name().to_owned(), Json::Array(texts))),
            }
        }
    }
    Ok(Json::Object(members))
}

fn no_list(item: &Item) -> Vec<Complaint> {
    let message = format!("`{}`: a list of strings is needed", item.name());
    vec![Complaint::new("SPEC-127:header", item.value.span, message)]
}
