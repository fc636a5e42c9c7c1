//! `diff`: how two versions of a job differ (MODEL-222 to MODEL-243).

use longshore_model::diff::{Detail, JobDiff};
use serde_json::{Value, json};

use super::{Kind, pipeline};

pub(super) const KIND: Kind = Kind::new("diff", answer);

fn answer(input: &Value) -> Result<Value, String> {
    let (old, new) = (pipeline::job(input, "old")?, pipeline::job(input, "new")?);
    let contextual = input["contextual"].as_bool().ok_or("the input does not say whether the diff is contextual")?;
    let detail = if contextual { Detail::Contextual } else { Detail::Changes };
    match JobDiff::between(old.as_ref(), new.as_ref(), detail) {
        Err(error) => Ok(json!({ "error": error.code() })),
        Ok(diff) => {
            let mut diff = json!(diff);
            drop_empty_texts(&mut diff);
            Ok(json!({ "diff": diff }))
        }
    }
}

/// The recordings leave out empty texts.
fn drop_empty_texts(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| member.as_str() != Some(""));
            members.values_mut().for_each(drop_empty_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty_texts),
        _ => {}
    }
}
