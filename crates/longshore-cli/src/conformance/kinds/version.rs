//! `version`: a node's version against a list of constraints, in two dialects (FEAS-70 to FEAS-88).

use longshore_value::{Constraints, Version};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("version", answer);

#[derive(Deserialize)]
struct Input {
    version: String,
    constraint: String,
    dialect: Dialect,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Dialect {
    Version,
    Semver,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { version, constraint, dialect } = super::input(input)?;
    let Ok(version) = Version::loose(&version) else { return Ok(json!({ "invalid": "version" })) };
    let constraints = match dialect {
        Dialect::Version => Constraints::version(&constraint),
        Dialect::Semver => Constraints::semver(&constraint),
    };
    Ok(match constraints {
        Ok(constraints) => json!({ "ok": constraints.allow(&version) }),
        Err(_) => json!({ "invalid": "constraint" }),
    })
}
