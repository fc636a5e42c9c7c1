//! The dialect's JSON (SPEC-161).

use super::ast::{Item, Key, Kind, Object, Value};
use crate::diagnostics::Complaint;
use crate::syntax::json::{Json, Kind as JsonKind, Strictness, read as read_json};
use crate::text::TextId;

/// Reads a text.
pub(super) fn read(content: &str, text: TextId, depth: usize) -> Result<Object, Complaint> {
    let json = read_json(content, text, depth, Strictness::Legacy).map_err(|mut complaint| {
        if complaint.code == "SPEC-134:syntax" {
            complaint.code = "SPEC-126:syntax";
        }
        complaint
    })?;
    match &json.kind {
        JsonKind::Object(members) => Ok(object(members)),
        _ => Err(Complaint::new("SPEC-126:syntax", json.span, "the text must be an object")),
    }
}

/// The items that members are.
fn object(members: &[(crate::syntax::json::Key, Json)]) -> Object {
    let mut items = Vec::new();
    for (key, value) in members {
        add(&mut items, &[Key { text: key.text.to_string(), span: key.span }], value);
    }
    Object { items }
}

/// Adds the items that a member is. An object of nothing but objects is labels: its members' names.
fn add(items: &mut Vec<Item>, keys: &[Key], json: &Json) {
    match &json.kind {
        JsonKind::Object(members) if !members.is_empty() && members.iter().all(|(_, one)| is_object(one)) => {
            for (key, inner) in members {
                let mut keys = keys.to_vec();
                keys.push(Key { text: key.text.to_string(), span: key.span });
                add(items, &keys, inner);
            }
        }
        JsonKind::Array(elements) if !elements.is_empty() && elements.iter().all(is_object) => {
            elements.iter().for_each(|element| add(items, keys, element));
        }
        _ => items.push(Item { keys: keys.to_vec(), value: value(json) }),
    }
}

fn is_object(json: &Json) -> bool {
    matches!(json.kind, JsonKind::Object(_))
}

fn value(json: &Json) -> Value {
    let kind = match &json.kind {
        JsonKind::Null => Kind::Text(String::new()),
        JsonKind::Bool(value) => Kind::Bool(*value),
        JsonKind::Number(text) if text.contains(['.', 'e', 'E']) => Kind::Float(text.to_string()),
        JsonKind::Number(text) => Kind::Number(text.to_string()),
        JsonKind::Text(text) => Kind::Text(text.to_string()),
        JsonKind::Array(elements) => Kind::List(elements.iter().map(value).collect()),
        JsonKind::Object(members) => Kind::Object(object(members)),
    };
    Value { kind, span: json.span }
}
