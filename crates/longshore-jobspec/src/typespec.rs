//! Type expressions: `string`, `list(number)`, `object({ a = bool })` (SPEC-53).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::{Complaint, did_you_mean};
use crate::syntax::ast::{Call, EntryKey, Expr, Kind, Part};
use crate::text::Span;
use crate::value::Type;

/// Reads a type expression; `any` is one only where a value decides.
pub(crate) fn read(expr: &Expr, any: bool) -> Result<Type, Complaint> {
    match &*expr.kind {
        Kind::Reference { root, steps } if steps.is_empty() => word(&root.text, expr.span, any),
        Kind::Call(call) => constructor(call, expr.span, any),
        _ => Err(wrong(expr.span, "this is no type")),
    }
}

/// Reads a type that a string of JSON holds.
pub(crate) fn read_json(expr: &Expr) -> Option<&str> {
    match &*expr.kind {
        Kind::Template(parts) => match &parts[..] {
            [Part::Text(text, _)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// A complaint about a type.
fn wrong(span: Span, message: impl Into<String>) -> Complaint {
    Complaint::new("SPEC-53:type", span, message)
        .help("types are string, number, bool, list(T), set(T), map(T), tuple([T, …]) and object({ name = T, … })")
}

fn word(word: &str, span: Span, any: bool) -> Result<Type, Complaint> {
    match word {
        "string" => Ok(Type::Text),
        "number" => Ok(Type::Number),
        "bool" => Ok(Type::Bool),
        "any" if any => Ok(Type::Any),
        "any" => Err(wrong(span, "`any` is no exact type")),
        "list" | "set" | "map" | "tuple" | "object" => {
            Err(wrong(span, format!("`{word}` needs to know of what")).help(format!("write `{word}(…)`")))
        }
        _ => Err(wrong(span, format!("there is no type `{word}`"))
            .hint(did_you_mean(word, ["string", "number", "bool", "list", "set", "map", "tuple", "object"]))),
    }
}

fn constructor(call: &Call, span: Span, any: bool) -> Result<Type, Complaint> {
    let name = &*call.name.text;
    if !["list", "set", "map", "tuple", "object"].contains(&name) {
        return Err(wrong(span, format!("`{name}(…)` is no type")));
    }
    let [of] = &call.arguments[..] else {
        return Err(wrong(span, format!("`{name}` takes one argument, these are {}", call.arguments.len())));
    };
    match (name, &*of.kind) {
        ("list", _) => Ok(Type::list(read(of, any)?)),
        ("set", _) => Ok(Type::Set(Arc::new(read(of, any)?))),
        ("map", _) => Ok(Type::map(read(of, any)?)),
        ("tuple", Kind::Tuple(types)) => {
            Ok(Type::Tuple(types.iter().map(|one| read(one, any)).collect::<Result<Vec<_>, _>>()?.into()))
        }
        ("tuple", _) => Err(wrong(of.span, "`tuple` takes a list of types").help("write `tuple([string, number])`")),
        (_, Kind::Object(entries)) => {
            let mut types = BTreeMap::new();
            for entry in entries {
                let EntryKey::Word(key) = &entry.key else {
                    return Err(wrong(entry.value.span, "the names of an object type's attributes are bare words"));
                };
                types.insert(Arc::clone(&key.text), read(&entry.value, any)?);
            }
            Ok(Type::Object(Arc::new(types)))
        }
        _ => {
            Err(wrong(of.span, "`object` takes attributes with their types").help("write `object({ name = string })`"))
        }
    }
}
