//! `filter`: list filter expressions over stored objects (API-801 to API-818).

mod stored;

use longshore_filter::Filter;
use longshore_model::reflect::Reflect;
use longshore_model::{Allocation, Deployment, Evaluation, Job, Node, NodePool, ServiceRegistration, from_json};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::stored::Stored;
use super::Kind;
use crate::args::ObjectType;
use crate::conformance::case::Case;
use crate::conformance::compare::{Difference, Level, Rules, first_difference};

pub(super) const KIND: Kind = Kind::new("filter", answer).compared(compare);

/// An expression, and objects of one type as they are stored.
#[derive(Deserialize)]
struct Input {
    #[serde(rename = "type")]
    kind: ObjectType,
    expression: String,
    objects: Vec<Value>,
}

/// The positions of the objects that pass, or the first error.
fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let filter = match Filter::parse(&input.expression) {
        Ok(filter) => filter,
        Err(error) => return Ok(json!({ "error": format!("{}:{}", error.code(), error.detail()) })),
    };
    match input.kind {
        ObjectType::Job => run::<Job>(&filter, &input.objects),
        ObjectType::Evaluation => run::<Evaluation>(&filter, &input.objects),
        ObjectType::Allocation => run::<Allocation>(&filter, &input.objects),
        ObjectType::Deployment => run::<Deployment>(&filter, &input.objects),
        ObjectType::Node => run::<Node>(&filter, &input.objects),
        ObjectType::NodePool => run::<NodePool>(&filter, &input.objects),
        ObjectType::Service => run::<ServiceRegistration>(&filter, &input.objects),
    }
}

fn run<T: DeserializeOwned + Reflect>(filter: &Filter, objects: &[Value]) -> Result<Value, String> {
    let mut matches = Vec::new();
    for (at, document) in objects.iter().enumerate() {
        let object: T = from_json(&document.to_string()).map_err(|error| format!("object {at}: {error}"))?;
        match filter.matches(&Stored::new(&object, document)) {
            Ok(true) => matches.push(at),
            Ok(false) => {}
            Err(error) => return Ok(json!({ "error": format!("{}:{}", error.code(), error.detail()), "object": at })),
        }
    }
    Ok(json!({ "matches": matches }))
}

/// Ordinarily an error is an error. Where the reference gives up on a text for its length anything is right: accepting
/// more is allowed (API-818).
fn compare(case: &Case, got: &Value, level: Level) -> Option<Difference> {
    if case.expect.get("error") == Some(&json!("API-818:too-long")) {
        return None;
    }
    let both_fail = case.expect.get("error").is_some() && got.get("error").is_some();
    if level == Level::Ordinary && both_fail {
        return None;
    }
    first_difference(&case.expect, got, &Rules::DEFAULT)
}
