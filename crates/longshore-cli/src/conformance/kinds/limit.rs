//! `limit`: the limit stage of the sampled search, and the maximum after it (PLACE-21, PLACE-22).

use longshore_placement::{Limit, first_best};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Kind;
use super::top_scores::Score;

pub(super) const KIND: Kind = Kind::new("limit", answer);

#[derive(Deserialize)]
struct Input {
    limit: usize,
    scores: Vec<Score>,
}

fn answer(input: &Value) -> Result<Value, String> {
    let Input { limit, scores } = super::input(input)?;
    let scores = scores.iter().map(Score::value).collect::<Result<Vec<f64>, _>>()?;
    let source = scores.into_iter().enumerate().map(|(index, score)| (score, index));
    let delivered: Vec<(f64, usize)> = Limit::new(limit, source).collect();
    let indexes: Vec<usize> = delivered.iter().map(|(_, index)| *index).collect();
    Ok(json!({ "delivered": indexes, "selected": first_best(delivered).map(|(_, index)| index) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_82_scores_that_are_no_numbers() {
        let given = json!({ "limit": 2, "scores": ["NaN", "-Inf", 1, "+Inf"] });
        assert_eq!(answer(&given).unwrap(), json!({ "delivered": [0, 2], "selected": 0 }));
    }
}
