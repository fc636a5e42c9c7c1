//! `version_compare`: two versions parsed and compared (FEAS-70 to FEAS-75, FEAS-85).

use longshore_value::Version;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("version_compare", answer);

#[derive(Deserialize)]
struct Input {
    a: String,
    b: String,
    grammar: Grammar,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Grammar {
    Loose,
    Strict,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { a, b, grammar } = super::input(input)?;
    let read = match grammar {
        Grammar::Loose => Version::loose,
        Grammar::Strict => Version::strict,
    };
    let (a, b) = match (read(&a), read(&b)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(_), _) => return Ok(json!({ "invalid": "a" })),
        (_, Err(_)) => return Ok(json!({ "invalid": "b" })),
    };
    Ok(json!({
        "order": a.compare(&b) as i8,
        "a": { "segments": a.segments(), "prerelease": a.prerelease(), "metadata": a.metadata() },
    }))
}
