//! Every opaque value of every object is found if it nests too deep, and where it is.

use std::collections::BTreeSet;

use longshore_model::reflect::Reflect;
use longshore_model::{Allocation, Job, JobScalingEvents, Node, deep_values};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

mod filler;
use filler::{Filler, Place};

const LEVELS: usize = 32;

/// So many lists within each other.
fn nested(lists: usize) -> Value {
    (0..lists).fold(Value::from("within"), |inner, _| Value::Array(vec![inner]))
}

/// Choices from a seed, as an object with plenty in it needs.
fn choices(seed: u32) -> Vec<u32> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state >> 3
    };
    (0..4_096).map(|_| next()).collect()
}

/// The paths to where a value stands in a document, a text key of a map being told from a member by its looks.
fn paths(document: &Value, value: &Value, path: String, found: &mut Vec<String>) {
    match document {
        found_it if found_it == value => found.push(path),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                paths(item, value, format!("{path}[{at}]"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                // Keys made from choices have one capital letter, which is followed by no small one.
                let is_member = name.starts_with(|first: char| first.is_ascii_uppercase())
                    && name.len() > 1
                    && name.chars().all(char::is_alphabetic)
                    && !name.contains(['é', 'B'])
                    || name.starts_with("CSI");
                let step = if is_member { format!("{dot}{name}") } else { format!("[{name:?}]") };
                paths(member, value, format!("{path}{step}"), found);
            }
        }
        _ => {}
    }
}

/// Puts a value that is too deep at each opaque place of objects of a type in turn; answers the places.
fn places<T: DeserializeOwned + Reflect + Serialize>() -> BTreeSet<Place> {
    let (filler, deep) = (Filler::of_every_object(), nested(LEVELS + 1));
    let mut places = BTreeSet::new();
    for seed in 1..40 {
        let choices = choices(seed);
        for number in 0.. {
            let (object, place) = filler.fill_opaque::<T>(&choices, (number, &deep));
            let Some(place) = place else { break };
            let mut expected = Vec::new();
            paths(&serde_json::to_value(&object).unwrap(), &deep, String::new(), &mut expected);
            assert_eq!(deep_values(&object, LEVELS), expected, "{place:?}");
            assert_eq!(deep_values(&object, LEVELS + 1), [""; 0], "{place:?}");
            places.insert(place);
        }
    }
    places
}

/// MODEL-2: these are the opaque values that there are; whatever is added is found by its type, and is told here.
#[test]
fn every_opaque_value_is_found() {
    let set = |places: &[(&str, &str)]| {
        places.iter().map(|(object, member)| (object.to_string(), member.to_string())).collect::<BTreeSet<_>>()
    };
    let of_job = [("ScalingPolicy", "Policy"), ("Secret", "Config"), ("Service", "Connect"), ("Task", "Config")];
    assert_eq!(places::<Job>(), set(&of_job));
    assert_eq!(places::<Allocation>(), set(&of_job), "its job's");
    assert_eq!(places::<Node>(), set(&[("CsiInfo", "ControllerInfo"), ("CsiInfo", "NodeInfo")]));
    assert_eq!(places::<JobScalingEvents>(), set(&[("ScalingEvent", "Meta")]));
}

#[test]
fn maps_count_as_lists_do() {
    let deep = |text: &str| deep_values(&serde_json::from_str::<Value>(text).unwrap(), 2).len();
    assert_eq!([deep(r#"{"a": {"b": 1}}"#), deep(r#"{"a": {"b": {}}}"#), deep(r#"[{}, [[]]]"#)], [0, 1, 1]);
}
