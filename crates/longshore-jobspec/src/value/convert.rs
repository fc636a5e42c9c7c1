//! Conversions between types, and the type that several have in common (SPEC-31, SPEC-102).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::text::quoted;

use super::{Elements, Members, Number, Type, Value};

/// The value as one of a type; otherwise what is wrong with it, as the end of a sentence.
pub(crate) fn convert(value: &Value, wanted: &Type) -> Result<Value, String> {
    match (value, wanted) {
        (Value::Unknown | Value::Null, _) | (_, Type::Any) => Ok(value.clone()),
        (Value::Bool(_), Type::Bool) | (Value::Number(_), Type::Number) | (Value::Text(_), Type::Text) => {
            Ok(value.clone())
        }
        (Value::Bool(value), Type::Text) => Ok(Value::text(if *value { "true" } else { "false" })),
        (Value::Number(value), Type::Text) => Ok(Value::text(value.to_string())),
        (Value::Text(text), Type::Number) => Number::parse(text)
            .map(Value::Number)
            .ok_or_else(|| format!("a number is needed, {} is none", quoted(text))),
        (Value::Text(text), Type::Bool) => match &**text {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("a bool is needed, {} is none", quoted(text))),
        },
        _ => collection(value, wanted).unwrap_or_else(|| Err(mismatch(value, wanted))),
    }
}

/// The sentence about a value of another type.
fn mismatch(value: &Value, wanted: &Type) -> String {
    let wanted = match wanted {
        Type::Text => "a string is".to_owned(),
        Type::Number => "a number is".to_owned(),
        Type::Bool => "a bool is".to_owned(),
        other => format!("{other} is"),
    };
    format!("{wanted} needed, this is {}", value.noun())
}

/// Conversions to collections; `None` if there is none.
fn collection(value: &Value, wanted: &Type) -> Option<Result<Value, String>> {
    Some(match wanted {
        Type::List(of) => elements_as(value.elements()?, of).map(|(of, values)| Value::list(of, values)),
        Type::Set(of) => elements_as(value.elements()?, of).map(|(of, values)| Value::set(of, values)),
        Type::Map(of) => members_as(value.members()?, of),
        Type::Tuple(types) => tuple(value, types)?,
        Type::Object(types) => object(value.members()?, types),
        _ => return None,
    })
}

/// The elements as ones of a type; for any type, of the one they have in common.
fn elements_as(values: &[Value], of: &Type) -> Result<(Type, Vec<Value>), String> {
    if *of == Type::Any {
        return convert_all(values).ok_or_else(|| "all elements must be of one type".to_owned());
    }
    let converted = values
        .iter()
        .enumerate()
        .map(|(index, value)| convert(value, of).map_err(|why| format!("element {index}: {why}")));
    Ok((of.clone(), converted.collect::<Result<_, _>>()?))
}

/// All values as ones of the type that they have in common.
pub(crate) fn convert_all(values: &[Value]) -> Option<(Type, Vec<Value>)> {
    let of = unify(values.iter().map(Value::kind))?;
    let values = values.iter().map(|value| convert(value, &of).ok()).collect::<Option<Vec<_>>>()?;
    Some((of, values))
}

fn members_as(members: &BTreeMap<Arc<str>, Value>, of: &Type) -> Result<Value, String> {
    let of = match of {
        Type::Any => {
            unify(members.values().map(Value::kind)).ok_or_else(|| "all members must be of one type".to_owned())?
        }
        other => other.clone(),
    };
    let converted = members.iter().map(|(key, value)| {
        let value = convert(value, &of).map_err(|why| format!("member {}: {why}", quoted(key)))?;
        Ok((Arc::clone(key), value))
    });
    let members = converted.collect::<Result<BTreeMap<_, _>, String>>()?;
    Ok(Value::Map(Arc::new(of), Members::new(members)))
}

fn tuple(value: &Value, types: &[Type]) -> Option<Result<Value, String>> {
    let Value::Tuple(elements) = value else { return None };
    let values = &elements.values;
    if values.len() != types.len() {
        return Some(Err(format!("{} elements are needed, this has {}", types.len(), values.len())));
    }
    let converted = values
        .iter()
        .zip(types)
        .enumerate()
        .map(|(index, (value, wanted))| convert(value, wanted).map_err(|why| format!("element {index}: {why}")));
    Some(converted.collect::<Result<Vec<_>, _>>().map(|values| Value::Tuple(Elements::new(values))))
}

/// The members that a type names; others are left out.
fn object(members: &BTreeMap<Arc<str>, Value>, types: &BTreeMap<Arc<str>, Type>) -> Result<Value, String> {
    let converted = types.iter().map(|(key, wanted)| {
        let value = members.get(key).ok_or_else(|| format!("the attribute {} is missing", quoted(key)))?;
        let value = convert(value, wanted).map_err(|why| format!("attribute {}: {why}", quoted(key)))?;
        Ok((Arc::clone(key), value))
    });
    converted.collect::<Result<BTreeMap<_, _>, String>>().map(Value::object)
}

/// The type that all convert to without loss, if there is one.
///
/// Of plain types it is one of those given: text if one is text. Tuples of one length unify element by element, others
/// as lists; objects of the same attributes one by one, others as maps.
pub(crate) fn unify(types: impl IntoIterator<Item = Type>) -> Option<Type> {
    let mut distinct: Vec<Type> = Vec::new();
    for one in types {
        // Past so many the search costs more than the repetitions, which are harmless.
        if one != Type::Any && (distinct.len() > 256 || !distinct.contains(&one)) {
            distinct.push(one);
        }
    }
    match &distinct[..] {
        [] => Some(Type::Any),
        [one] => Some(one.clone()),
        all if all.iter().all(Type::is_plain) => all.contains(&Type::Text).then_some(Type::Text),
        all => tuples(all).or_else(|| objects(all)).unwrap_or_else(|| collections(all)),
    }
}

/// The outer `None`: not all are tuples of one length.
fn tuples(all: &[Type]) -> Option<Option<Type>> {
    let all: Vec<&Arc<[Type]>> =
        all.iter().map(|one| if let Type::Tuple(types) = one { Some(types) } else { None }).collect::<Option<_>>()?;
    let length = all.first()?.len();
    if all.iter().any(|types| types.len() != length) {
        return None;
    }
    let column = |index: usize| unify(all.iter().filter_map(|types| types.get(index)).cloned());
    let unified: Option<Vec<Type>> = (0..length).map(column).collect();
    Some(unified.map(|types| Type::Tuple(types.into())))
}

/// The outer `None`: not all are objects of the same attributes.
fn objects(all: &[Type]) -> Option<Option<Type>> {
    let all: Vec<&Arc<BTreeMap<Arc<str>, Type>>> =
        all.iter().map(|one| if let Type::Object(types) = one { Some(types) } else { None }).collect::<Option<_>>()?;
    let first = all.first()?;
    if all.iter().any(|types| !types.keys().eq(first.keys())) {
        return None;
    }
    let unified: Option<BTreeMap<_, _>> = first
        .keys()
        .map(|key| Some((Arc::clone(key), unify(all.iter().filter_map(|types| types.get(key)).cloned())?)))
        .collect();
    Some(unified.map(|types| Type::Object(Arc::new(types))))
}

/// As lists, or as maps.
fn collections(all: &[Type]) -> Option<Type> {
    let mut elements = Vec::new();
    let (mut lists, mut maps) = (0, 0);
    let mut only_sets = true;
    for one in all {
        only_sets &= matches!(one, Type::Set(_));
        match one {
            Type::List(of) | Type::Set(of) => {
                lists += 1;
                elements.push(Type::clone(of));
            }
            Type::Tuple(types) => {
                lists += 1;
                elements.extend(types.iter().cloned());
            }
            Type::Map(of) => {
                maps += 1;
                elements.push(Type::clone(of));
            }
            Type::Object(types) => {
                maps += 1;
                elements.extend(types.values().cloned());
            }
            _ => return None,
        }
    }
    // Where there is a null, nothing is asked of the others.
    let of = Arc::new(if elements.contains(&Type::Any) { Type::Any } else { unify(elements)? });
    match (lists, maps) {
        (_, 0) if only_sets => Some(Type::Set(of)),
        (_, 0) => Some(Type::List(of)),
        (0, _) => Some(Type::Map(of)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[i64]) -> Value {
        Value::tuple(values.iter().map(|value| Value::Number(Number::from(*value))).collect())
    }

    #[test]
    fn spec_31_common_types() {
        let tuple = |types: &[Type]| Type::Tuple(types.into());
        assert_eq!(unify([Type::Number, Type::Text]), Some(Type::Text));
        assert_eq!(unify([Type::Number, Type::Bool]), None);
        assert_eq!(unify([Type::Any, Type::Bool]), Some(Type::Bool));
        let (one, none) = (tuple(&[Type::Number]), tuple(&[]));
        assert_eq!(unify([one.clone(), none]), Some(Type::list(Type::Number)));
        assert_eq!(unify([one, tuple(&[Type::Text])]), Some(tuple(&[Type::Text])));
        assert_eq!(unify([tuple(&[Type::Bool]), tuple(&[Type::Number])]), None);
        assert_eq!(unify([Type::Text, Type::list(Type::Text)]), None);
    }

    #[test]
    fn spec_102_conversions() {
        let wanted = Type::list(Type::Text);
        let texts = convert(&numbers(&[1, 2]), &wanted).ok();
        assert!(texts.is_some_and(|value| value.same(&Value::texts(["1", "2"]))));
        assert!(convert(&Value::text("a"), &wanted).is_err());
        assert!(convert(&Value::text(" 5"), &Type::Number).is_err());
        assert!(convert(&Value::Bool(true), &Type::Number).is_err());
        assert!(matches!(convert(&Value::Null, &wanted), Ok(Value::Null)));
    }
}
