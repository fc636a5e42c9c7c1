//! Functions of lists, maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Accepts, Answer, Function, Host, Refusal, any, blame, function, number, or_null, parameter, refuse};
use super::{string, text, value, variadic, whole};
use crate::eval::element as element_at;
use crate::value::{Elements, Members, Number, Type, Value, convert, convert_all, unify};

pub(super) const TABLE: &[Function] = &[
    function("chunklist", &[parameter("list", Accepts::List), number("size")], chunklist),
    variadic("coalesce", &[], or_null(any("vals")), coalesce),
    variadic("coalescelist", &[], or_null(any("vals")), coalescelist),
    variadic("concat", &[], any("seqs"), concat),
    function("contains", &[any("list"), or_null(any("value"))], contains),
    function("distinct", &[parameter("list", Accepts::List)], distinct),
    function("element", &[any("list"), number("index")], element),
    function("flatten", &[any("list")], flatten),
    function("index", &[any("collection"), any("key")], index),
    function("keys", &[any("inputMap")], keys),
    function("values", &[any("mapping")], values_of),
    function("length", &[any("collection")], length),
    function("lookup", &[any("inputMap"), text("key"), any("default")], lookup),
    variadic("merge", &[], or_null(any("maps")), merge),
    function("slice", &[any("list"), number("start_index"), number("end_index")], slice),
    function("zipmap", &[parameter("keys", Accepts::Texts), any("values")], zipmap),
];

/// The elements of a list, tuple or set.
fn elements(values: &[Value], index: usize) -> Result<&[Value], Refusal> {
    let given = value(values, index);
    match given.elements() {
        Some(elements) => Ok(elements),
        None => refuse(format!("a list is needed, this is {}", given.noun())),
    }
}

/// The members of an object or map.
fn members(values: &[Value], index: usize) -> Result<&BTreeMap<Arc<str>, Value>, Refusal> {
    let given = value(values, index);
    match given.members() {
        Some(members) => Ok(members),
        None => refuse(format!("a map is needed, this is {}", given.noun())),
    }
}

/// The same kind of sequence with other elements.
fn like(model: &Value, values: Vec<Value>) -> Value {
    match model {
        Value::List(of, _) | Value::Set(of, _) => Value::List(Arc::clone(of), Elements::new(values)),
        _ => Value::tuple(values),
    }
}

/// Lists of so many elements each; of none, one list of all.
fn chunklist(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let list = value(values, 0);
    let elements = elements(values, 0)?;
    let size = match usize::try_from(whole(values, 1)?) {
        Ok(0) => elements.len().max(1),
        Ok(size) => size,
        Err(_) => return refuse("the size must not be negative"),
    };
    let chunks = elements.chunks(size).map(|chunk| like(list, chunk.to_vec())).collect();
    Ok(Value::list(list.kind(), chunks))
}

/// The first that is not null, as one of the type that all have in common.
fn coalesce(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Some(kind) = unify(values.iter().map(Value::kind)) else {
        return refuse("all values must be of one type");
    };
    match values.iter().find(|value| !matches!(value, Value::Null)) {
        Some(found) => convert(found, &kind).or_else(refuse),
        None => refuse("every value is null"),
    }
}

/// The first list that is not empty.
fn coalescelist(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    for given in values {
        match given.elements() {
            Some([]) => {}
            Some(_) => return Ok(given.clone()),
            None => return refuse(format!("lists are needed, this is {}", given.noun())),
        }
    }
    refuse("every list is empty")
}

/// All elements one list after another.
fn concat(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let Some(first) = values.first() else {
        return refuse("there is no list");
    };
    let mut all = Vec::new();
    for (position, given) in values.iter().enumerate() {
        match given {
            Value::Tuple(elements) | Value::List(_, elements) => all.extend(elements.values.iter().cloned()),
            other => return blame(position, format!("a list is needed, this is {}", other.noun())),
        }
    }
    let lists = matches!(first, Value::List(..)) && values.iter().all(|given| given.kind() == first.kind());
    Ok(if lists { like(first, all) } else { Value::tuple(all) })
}

/// Whether one of the elements is a value.
fn contains(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let wanted = value(values, 1);
    Ok(Value::Bool(elements(values, 0)?.iter().any(|element| element.same(wanted))))
}

/// Every element once, in the order of their first places.
fn distinct(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let list = value(values, 0);
    let elements = elements(values, 0)?;
    host.room(elements.len().saturating_mul(16))?;
    let mut seen = std::collections::BTreeSet::new();
    let kept = elements.iter().filter(|element| seen.insert(Ordered(element))).cloned().collect();
    Ok(like(list, kept))
}

/// A value that is compared by its total order.
struct Ordered<'a>(&'a Value);

impl PartialEq for Ordered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered<'_> {}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        crate::value::order(self.0, other.0)
    }
}

/// The element at an index; past the end, and before the start, it begins again.
fn element(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let given = value(values, 0);
    let (Value::Tuple(list) | Value::List(_, list)) = given else {
        return refuse(format!("a list is needed, this is {}", given.noun()));
    };
    let index = whole(values, 1)?;
    if list.values.is_empty() {
        return refuse("the list is empty");
    }
    let at = index.rem_euclid(list.values.len() as i64) as usize;
    list.values.get(at).cloned().map_or_else(|| refuse("the list is empty"), Ok)
}

/// All elements, those of nested lists in their places.
fn flatten(host: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut flat = Vec::new();
    // Depth of values is bounded, see `Evaluator::bounded`.
    fn add(elements: &[Value], flat: &mut Vec<Value>) {
        for element in elements {
            match element.elements() {
                Some(inner) => add(inner, flat),
                None => flat.push(element.clone()),
            }
        }
    }
    let elements = elements(values, 0)?;
    host.room(value(values, 0).size().weight.saturating_mul(16) as usize)?;
    add(elements, &mut flat);
    Ok(Value::tuple(flat))
}

/// The element at a key; of an object there is none.
fn index(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let collection = value(values, 0);
    match collection {
        Value::Tuple(_) | Value::List(..) | Value::Map(..) => element_at(collection, value(values, 1)).or_else(refuse),
        other => refuse(format!("a list or a map is needed, this is {}", other.noun())),
    }
}

/// The keys in order.
fn keys(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let names = members(values, 0)?.keys().map(|key| Value::Text(Arc::clone(key))).collect();
    Ok(match value(values, 0) {
        Value::Map(..) => Value::list(Type::Text, names),
        _ => Value::tuple(names),
    })
}

/// The values in the order of their keys.
fn values_of(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let all = members(values, 0)?.values().cloned().collect();
    Ok(match value(values, 0) {
        Value::Map(of, _) => Value::List(Arc::clone(of), Elements::new(all)),
        _ => Value::tuple(all),
    })
}

/// How many elements a list, set, map or tuple has.
fn length(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let collection = value(values, 0);
    let count = match (collection, collection.elements(), collection.members()) {
        (Value::Object(_), ..) => None,
        (_, Some(elements), _) => Some(elements.len()),
        (.., members) => members.map(BTreeMap::len),
    };
    match count {
        Some(count) => Ok(Value::Number(Number::from(count))),
        None => refuse(format!("a list, set or map is needed, this is {}", collection.noun())),
    }
}

/// The value at a key, or another.
fn lookup(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let collection = value(values, 0);
    let Some(members) = collection.members() else {
        return blame(0, format!("a map is needed, this is {}", collection.noun()));
    };
    let found = members.get(string(values, 1)).unwrap_or(value(values, 2));
    match collection {
        Value::Map(of, _) => convert(found, of).or_else(|why| blame(2, why)),
        _ => Ok(found.clone()),
    }
}

/// All members; of a repeated key the last counts.
fn merge(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let mut merged = BTreeMap::new();
    let mut of: Option<Arc<Type>> = None;
    let mut maps = true;
    for (position, given) in values.iter().enumerate() {
        match (given, given.members()) {
            (Value::Null, _) => continue,
            (Value::Map(kind, _), Some(_)) => {
                maps &= of.as_ref().is_none_or(|known| known == kind);
                of = Some(Arc::clone(kind));
            }
            (_, Some(_)) => maps = false,
            (other, None) => return blame(position, format!("a map is needed, this is {}", other.noun())),
        }
        let members = given.members().into_iter().flatten();
        merged.extend(members.map(|(key, value)| (Arc::clone(key), value.clone())));
    }
    Ok(match of {
        Some(of) if maps => Value::Map(of, Members::new(merged)),
        _ => Value::object(merged),
    })
}

/// The elements from an index up to, and without, another.
fn slice(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let given = value(values, 0);
    let (Value::Tuple(list) | Value::List(_, list)) = given else {
        return blame(0, format!("a list is needed, this is {}", given.noun()));
    };
    let bounds = [1, 2].map(|index| match whole(values, index).map(usize::try_from) {
        Ok(Ok(bound)) if bound <= list.values.len() => Ok(bound),
        _ => blame(index, format!("an index is a whole number from 0 to {}", list.values.len())),
    });
    let [start, end] = bounds;
    let (start, end) = (start?, end?);
    match list.values.get(start..end) {
        Some(part) => Ok(like(given, part.to_vec())),
        None => blame(1, "the start must not be after the end"),
    }
}

/// Keys with values, pair by pair.
fn zipmap(_: &mut Host<'_, '_>, values: &[Value]) -> Answer {
    let (keys, given) = (elements(values, 0)?, value(values, 1));
    let all = elements(values, 1)?;
    if keys.len() != all.len() {
        return refuse(format!("there are {} keys and {} values", keys.len(), all.len()));
    }
    let mut zipped = BTreeMap::new();
    for (key, value) in keys.iter().zip(all) {
        let Value::Text(key) = key else { return refuse("a key is null") };
        zipped.insert(Arc::clone(key), value.clone());
    }
    Ok(match given {
        Value::List(of, _) => Value::Map(Arc::clone(of), Members::new(zipped)),
        _ => Value::object(zipped),
    })
}

/// All elements of lists as ones of the type that they have in common; used by sets as well.
pub(super) fn common(values: &[Value]) -> Result<(Type, Vec<Value>), Refusal> {
    convert_all(values).map_or_else(|| refuse("all elements must be of one type"), Ok)
}
