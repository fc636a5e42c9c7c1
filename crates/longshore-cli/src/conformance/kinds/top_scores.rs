//! `top_scores`: which nodes a metric record keeps, in which order (PLACE-133, PLACE-134).

use longshore_placement::TopScores;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;

pub(super) const KIND: Kind = Kind::new("top_scores", answer);

/// Scores in the order given; node i is named `i`. Non-finite ones are written as strings.
#[derive(Deserialize)]
struct Input {
    scores: Vec<Score>,
}

/// A score as cases write it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Score {
    Finite(f64),
    Named(String),
}

impl Score {
    /// Its value.
    pub(super) fn value(&self) -> Result<f64, String> {
        match self {
            Self::Finite(value) => Ok(*value),
            Self::Named(name) => match name.as_str() {
                "NaN" => Ok(f64::NAN),
                "+Inf" => Ok(f64::INFINITY),
                "-Inf" => Ok(f64::NEG_INFINITY),
                other => Err(format!("\"{other}\" is no score: NaN, +Inf and -Inf are")),
            },
        }
    }
}

/// Pushes every score, answers the names kept.
fn answer(input: &Value) -> Result<Value, String> {
    let input: Input = super::input(input)?;
    let mut top = TopScores::new();
    for (node, score) in input.scores.iter().enumerate() {
        top.push(score.value()?, node.to_string());
    }
    let kept: Vec<String> = top.into_sorted().into_iter().map(|(_, name)| name).collect();
    Ok(json!({ "kept": kept }))
}
